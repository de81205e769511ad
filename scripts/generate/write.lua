-- Writes tables as Lua source, the same bytes for the same facts: keys in a fixed order, at most 120
-- columns, and descriptors that come again as locals.

local WIDTH = 120

-- These first and in this order, the others by the alphabet.
local ORDER = {}
for i, key in ipairs {
  'method', 'path', 'type', 'summary', 'scopes', 'access', 'oauth_only', 'success', 'headers', 'deprecated',
  'core', 'unsupported', 'types', 'sample', 'note', 'query', 'joined', 'body', 'body_as', 'input', 'output', 'returns',
  'optional', 'nullable', 'from_connection', 'default', 'enum', 'of', 'fields',
} do
  ORDER[key] = i
end

local RESERVED = {}
for word in ('and break do else elseif end false for function goto if in local nil not or repeat return then true'
  .. ' until while'):gmatch('%a+') do
  RESERVED[word] = true
end

local write = {}

local function is_name(key)
  return key:match('^[%a_][%w_]*$') and not RESERVED[key]
end

local function quote(text)
  if text:find("'", 1, true) and not text:find('"', 1, true) then
    return '"' .. text .. '"'
  end
  return "'" .. text:gsub('[\\\']', '\\%0'):gsub('\n', '\\n') .. "'"
end

local function sorted_keys(value, by_name)
  local keys = {}
  for key in pairs(value) do
    if math.type(key) ~= 'integer' then
      table.insert(keys, key)
    end
  end
  table.sort(keys, function(a, b)
    local first, second = not by_name and ORDER[a] or 1000, not by_name and ORDER[b] or 1000
    if first ~= second then
      return first < second
    end
    return a < b
  end)
  return keys
end

-- Tables whose keys are names of the vendor's, not words of ours.
local BY_NAME = { fields = true, input = true, output = true, operations = true, events = true, headers = true }

local function key_text(key)
  return (is_name(key) and key or "['" .. key .. "']") .. ' = '
end

local scalar = { string = quote, number = tostring, boolean = tostring }

-- The table's text on one line. `names` gives the local that stands for a text.
local function flat(value, names, by_name)
  if type(value) ~= 'table' then
    return scalar[type(value)](value)
  end
  local parts = {}
  for _, item in ipairs(value) do
    table.insert(parts, flat(item, names))
  end
  for _, key in ipairs(sorted_keys(value, by_name)) do
    table.insert(parts, key_text(key) .. flat(value[key], names, BY_NAME[key]))
  end
  local text = #parts == 0 and '{}' or '{ ' .. table.concat(parts, ', ') .. ' }'
  return names and names[text] or text
end

local render

-- Entries side by side, as many as fit in a line.
local function fill(parts, indent)
  local lines, line = {}, ''
  for _, part in ipairs(parts) do
    local longer = line == '' and part or line .. ' ' .. part
    if line ~= '' and (#indent + #longer > WIDTH or part:find('\n')) then
      table.insert(lines, indent .. line)
      longer = part
    end
    line = longer
    if part:find('\n') then
      table.insert(lines, indent .. line)
      line = ''
    end
  end
  table.insert(lines, line ~= '' and indent .. line or nil)
  return table.concat(lines, '\n')
end

-- The table's text behind `before` characters of a line; on several lines where it does not fit.
function render(value, names, indent, before, by_name)
  local text = flat(value, names, by_name)
  if #indent + before + #text + 1 <= WIDTH or type(value) ~= 'table' or not text:find('^{') then
    return text
  end
  local inner, parts = indent .. '  ', {}
  for _, item in ipairs(value) do
    table.insert(parts, render(item, names, inner, 0) .. ',')
  end
  for _, key in ipairs(sorted_keys(value, by_name)) do
    local name = key_text(key)
    table.insert(parts, name .. render(value[key], names, inner, #name, BY_NAME[key]) .. ',')
  end
  return '{\n' .. fill(parts, inner) .. '\n' .. indent .. '}'
end

-- --- locals -----------------------------------------------------------------------------------

local function snake(key)
  return (key:gsub('(%l)(%u)', '%1_%2'):gsub('[^%w]+', '_'):lower():gsub('^_+', ''):gsub('^(%d)', 'n%1'))
end

local words = { string = 'text', boolean = 'flag', integer = 'count', number = 'number', date = 'date', any = 'any' }

-- What a local is called: plain types by their type, others by the field that has them.
local function base_name(descriptor, key)
  local base = words[descriptor[1]]
  if not base or descriptor.enum then
    base = snake(key)
  end
  base = (descriptor.optional and not descriptor.fields and not descriptor.enum and 'maybe_' or '') .. base
  return RESERVED[base] and base .. '_' or base
end

-- Counts every descriptor below a schema by its text.
local function count(schema, seen)
  for _, key in ipairs(sorted_keys(schema, true)) do
    local descriptor = schema[key]
    while descriptor do
      local text = flat(descriptor)
      local known = seen[text]
      if not known then
        known = { count = 0, descriptor = descriptor, key = key, text = text }
        seen[text] = known
        table.insert(seen, known)
      end
      known.count = known.count + 1
      if known.count == 1 and descriptor.fields then
        count(descriptor.fields, seen)
      end
      descriptor = known.count == 1 and descriptor.of or nil
    end
  end
end

local MOST = 150 -- Lua takes 200 locals in a function

-- The descriptors that pay as locals, shortest first, so that each stands behind its parts.
local function shared(operations)
  local seen = {}
  for _, name in ipairs(sorted_keys(operations, true)) do
    count(operations[name].input or {}, seen)
    count(operations[name].output or {}, seen)
    if operations[name].returns then
      count({ items = operations[name].returns }, seen)
    end
  end
  local worth = {}
  for _, known in ipairs(seen) do
    local saved = (known.count - 1) * #known.text
    if known.count > 1 and saved > 30 then
      known.saved = saved
      table.insert(worth, known)
    end
  end
  table.sort(worth, function(a, b)
    if a.saved ~= b.saved then
      return a.saved > b.saved
    end
    return a.text < b.text
  end)
  worth = table.move(worth, 1, math.min(#worth, MOST), 1, {})
  table.sort(worth, function(a, b)
    if #a.text ~= #b.text then
      return #a.text < #b.text
    end
    return a.text < b.text
  end)
  return worth
end

-- Writes the locals into `out`; gives the names by text.
local function write_locals(operations, out)
  local names, taken = {}, {}
  for _, known in ipairs(shared(operations)) do
    local base = base_name(known.descriptor, known.key)
    taken[base] = (taken[base] or 0) + 1
    local name = taken[base] > 1 and base .. '_' .. taken[base] or base
    local start = 'local ' .. name .. ' = '
    table.insert(out, start .. render(known.descriptor, names, '', #start))
    names[flat(known.descriptor, names)] = name
  end
  return names
end

-- An area's file.
function write.area(header, operations)
  local out = { header, '' }
  local names = write_locals(operations, out)
  table.insert(out, #out > 2 and '\nreturn {' or 'return {')
  table.insert(out, '  operations = {')
  for _, name in ipairs(sorted_keys(operations, true)) do
    table.insert(out, '    ' .. name .. ' = ' .. render(operations[name], names, '    ', 0) .. ',')
  end
  table.insert(out, '  },\n}\n')
  return table.concat(out, '\n')
end

-- What the payloads of events have: a schema for each, by its name.
function write.events(heading, schemas)
  local out, inputs = { heading, '' }, {}
  for name, fields in pairs(schemas) do
    inputs[name] = { input = fields }
  end
  local names = write_locals(inputs, out)
  table.insert(out, '\nreturn {\n  events = {')
  for _, name in ipairs(sorted_keys(schemas, true)) do
    local start = key_text(name)
    table.insert(out, '    ' .. start .. render(schemas[name], names, '    ', #start, true) .. ',')
  end
  table.insert(out, '  },\n}\n')
  return table.concat(out, '\n')
end

-- The index: members in the order of `keys`, as many short entries in a line as fit.
function write.index(heading, value, keys)
  local out, names = { heading, '', 'return {' }, {}
  for _, key in ipairs(keys) do
    local parts = {}
    for _, name in ipairs(sorted_keys(value[key], true)) do
      local start = key_text(name)
      table.insert(parts, start .. render(value[key][name], names, '    ', #start) .. ',')
    end
    table.insert(out, '  ' .. key .. ' = {\n' .. fill(parts, '    ') .. '\n  },')
  end
  table.insert(out, '}\n')
  return table.concat(out, '\n')
end

return write
