-- Says what an expression that failed lacked, for the message that a person reads. Lua names the
-- operation that failed ("attempt to compare nil with number"); who wrote the recipe wants to know
-- which value was not there. The paths of the expression (event.contact.email) are looked up again,
-- and those that lead to nothing are named, with the part of them that is missing. Only for what
-- has failed already, so nothing here costs a run that goes well. Pure.

local json = require 'json'
local paths = require 'lib.paths'

local mishap = {}

local NAMED_MAX = 3

local function is_missing(value)
  return value == nil or value == json.null
end

-- Paths ------------------------------------------------------------------------------------------------

-- Behind what stands between long brackets at `at`, or nil where there are none.
local function skip_long(text, at)
  local level = text:match('^%[(=*)%[', at)
  if not level then return nil end
  local _, last = text:find(']' .. level .. ']', at, true)
  return (last or #text) + 1
end

-- Whether a name at `at` is a value: not a field of something, not a key of a table, not a part of a number.
local function is_value(text, at)
  local before = text:sub(1, at - 1)
  local is_field = before:find '[%.:]%s*$' and not before:find '%.%.%s*$'
  local is_key = text:find('^[%a_][%w_]*%s*=[^=]', at)
  return not is_field and not is_key and not before:find '[%w_]$'
end

-- These make something of a value that is missing, so it is not what stopped the expression.
local tolerant = { count = true, default = true, has = true, is_empty = true, len = true }

local function is_excused(text, at)
  return tolerant[text:sub(1, at - 1):match '([%a_]+)%s*%(%s*$'] ~= nil
end

-- All paths of an expression, in their order.
local function paths_of(text)
  local found, at = {}, 1
  while at <= #text do
    local char = text:sub(at, at)
    if char == '"' or char == "'" then
      at = paths.skip_text(text, at)
    elseif char == '[' and skip_long(text, at) then
      at = skip_long(text, at)
    elseif text:find('^%-%-', at) then
      at = skip_long(text, at + 2) or (text:find('\n', at, true) or #text) + 1
    elseif char:find '[%a_]' and is_value(text, at) then
      local is_wanted = not is_excused(text, at)
      local path, behind = paths.read(text, at)
      if is_wanted then found[#found + 1] = path end
      at = behind
    else
      at = at + 1
    end
  end
  return found
end

local function shown(path, count)
  local out = path[1]
  for i = 2, count do
    local part = path[i]
    if type(part) == 'string' and part:find '^[%a_][%w_]*$' then
      out = out .. '.' .. part
    else
      out = out .. (type(part) == 'string' and '["' .. part .. '"]' or '[' .. part .. ']')
    end
  end
  return out
end

-- How many parts of the path lead to something; all of them where nothing is missing. A text has no fields,
-- although Lua's texts have methods.
local function reach(path, env)
  local value = env[path[1]]
  if is_missing(value) then return 0 end
  for i = 2, #path do
    value = type(value) == 'table' and value[path[i]] or nil
    if is_missing(value) then return i - 1 end
  end
  return #path
end

-- Sentences --------------------------------------------------------------------------------------------

-- What an expression always sees; other names (of items, of functions) count where they are values.
local environment = { error = true, event = true, inputs = true, item = true, meta = true, now = true, steps = true }

local function is_known(path, env)
  local name = path[1]
  return environment[name] or (env[name] ~= nil and type(env[name]) ~= 'function')
end

-- 'steps.bad is missing', 'event.contact.email: event.contact is missing' for each path that leads to nothing;
-- with `name`, for those that end with it, if there are any.
local function sentences(text, env, name)
  local all, named, seen = {}, {}, {}
  for _, path in ipairs(paths_of(text)) do
    local count = is_known(path, env) and reach(path, env) or #path
    local whole = shown(path, #path)
    if count < #path and not seen[whole] then
      seen[whole] = true
      local missing = shown(path, count + 1)
      local sentence = (missing == whole and '' or whole .. ': ') .. missing .. ' is missing'
      all[#all + 1] = sentence
      if tostring(path[#path]) == name then named[#named + 1] = sentence end
    end
  end
  return #named > 0 and named or all
end

-- What is missing of the values that the expression names, or nil.
function mishap.missing(text, env, name)
  local found = sentences(text, env, name)
  if #found == 0 then return nil end
  return table.concat(found, ', or ', 1, math.min(#found, NAMED_MAX))
end

-- Lua's message about an expression, in the words of who wrote it.
function mishap.explain(text, env, message)
  local plain = message:gsub('^.-:%d+: ', '', 1)
  local lacks = plain:find('nil', 1, true) or plain:find('userdata', 1, true)
  if not lacks or plain:find('^attempt to call') then return plain end
  return mishap.missing(text, env, plain:match "%(%a+ '([^']+)'%)$") or plain
end

return mishap
