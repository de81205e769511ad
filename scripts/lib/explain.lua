-- Says for people why a condition did not hold: its text, and what the names in it stood for.
--
--   explain.condition(node, env)   if: event.amount > 100 (event.amount is 5)
--
-- node: the plan's, an expression or a literal; env: what it was computed with. The text is read only for the paths
-- that it names (event.amount, event["Full name"], event.tags[1]); calling the condition again would tell less.

local json = require 'json'
local paths = require 'lib.paths'

local explain = {}

local TEXT_MOST, VALUE_MOST, VALUES_MOST = 200, 60, 5

-- What an expression is about. Functions, `steps` and the names of constructs are no values that people look for.
local ROOTS = { event = true, meta = true, inputs = true, now = true }

-- The first bytes of a text, whole characters.
local function cut(text, most)
  if #text <= most then return text end
  return text:sub(1, most):gsub('[\xC2-\xF4][\x80-\xBF]*$', '') .. '…'
end

local function show(value)
  if value == nil or value == json.null then return 'missing' end
  return cut(json.encode(value), VALUE_MOST)
end

-- Calls take(path, text of the path) for each path of the expression, from left to right.
local function each_path(text, take)
  local at = 1
  while at <= #text do
    local name, stop = text:match('^([%a_][%w_]*)()', at)
    local behind = text:match('^["\']', at) and paths.skip_text(text, at)
    if name and ROOTS[name] and not text:match('^[%.:]', at - 1) then
      local path, path_end = paths.read(text, at)
      take(path, text:sub(at, path_end - 1))
      at = path_end
    else
      at = stop or behind or text:match('^%.?%d[%w%.]*()', at) or at + 1
    end
  end
end

local function values_of(text, env)
  local out, seen = {}, {}
  each_path(text, function(path, name)
    if #out < VALUES_MOST and not seen[name] and not (#path == 1 and path[1] ~= 'now') then
      seen[name] = true
      out[#out + 1] = name .. ' is ' .. show(paths.follow(env, path))
    end
  end)
  return out
end

function explain.condition(node, env)
  if node.t ~= 'expr' then return 'if: ' .. tostring(node.v) end
  local text = node.s:gsub('%s+', ' ')
  local values = values_of(node.s, env)
  if #values == 0 then return 'if: ' .. cut(text, TEXT_MOST) end
  return ('if: %s (%s)'):format(cut(text, TEXT_MOST), table.concat(values, ', '))
end

return explain
