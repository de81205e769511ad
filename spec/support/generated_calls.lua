-- Calls of operations that are known by their schema alone, made from it: a valid input, and broken
-- ones, each of which must be refused. The same in each run.

local generated_calls = {}

local EXAMPLES = {
  string = 'text', number = 1, integer = 1, boolean = true, date = '2026-12-01T10:00:00Z',
}

local value_of

local function sorted_names(map)
  local names = {}
  for name in pairs(map) do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

local function object_of(fields, with_optional)
  local object = {}
  for _, name in ipairs(sorted_names(fields)) do
    local descriptor = fields[name]
    if with_optional or not descriptor.optional then
      object[name] = value_of(descriptor, with_optional)
    end
  end
  return object
end

function value_of(descriptor, with_optional)
  local kind = descriptor[1]
  if descriptor.enum then
    return descriptor.enum[1]
  elseif kind == 'list' then
    return { descriptor.of and value_of(descriptor.of, with_optional) or 'item' }
  elseif kind == 'object' then
    return descriptor.fields and object_of(descriptor.fields, with_optional) or { key = 'value' }
  end
  return EXAMPLES[kind] or 'anything'
end

-- The input of a call with everything that the operation takes. `known` has the values of fields that
-- must be right (by name); `filled` the keys that the connection has, whose fields are left out.
function generated_calls.input(operation, known, filled)
  local input = {}
  for name, descriptor in pairs(operation.input or {}) do
    if not (filled and filled[descriptor.from_connection]) then
      input[name] = known[name] or value_of(descriptor, true)
    end
  end
  return input
end

-- An input that must be refused: a required field of it is missing; where none is, one is too many.
function generated_calls.broken(operation, known, filled)
  local input = generated_calls.input(operation, known, filled)
  for _, name in ipairs(sorted_names(input)) do
    local descriptor = operation.input[name]
    if not descriptor.optional and descriptor.default == nil then
      input[name] = nil
      return input
    end
  end
  input.noSuchField = 'x'
  return input
end

return generated_calls
