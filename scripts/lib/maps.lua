-- Applies field maps: recipes/maps/NAME.yaml, checked by the engine and handed over as lists of
-- {from = {'path', …}, to = 'name', convert = 'date'}. Pure: a value in, a new table out.
--
-- A field that is missing, null or empty text is left out of the result, so that nothing is overwritten by
-- nothing. Converters to text hand on what they cannot read as it came (a person typed it, and it is better
-- kept than lost); those to another type raise an error that names the field, as a wrong date would lie.

local json = require 'json'

local maps = {}

local function follow(value, path)
  for i = 1, #path do
    if type(value) ~= 'table' then
      return nil
    end
    local key = path[i]
    local inner = value[key]
    if inner == nil and key:find '^%d+$' then
      inner = value[tonumber(key)]
    end
    value = inner
  end
  return value
end

local function is_missing(value)
  return value == nil or value == json.null or value == ''
end

local words = {
  ['true'] = true, ['yes'] = true, ['on'] = true, ['1'] = true,
  ['false'] = false, ['no'] = false, ['off'] = false, ['0'] = false,
}

local function to_boolean(value)
  local result = words[tostring(value):lower()]
  if type(value) == 'boolean' then
    result = value
  end
  if result == nil then
    error({ kind = 'invalid', message = '"' .. tostring(value) .. '" is neither true nor false' }, 0)
  end
  return result
end

-- Converters by name; each takes the helpers of this run and a value that is there.
local converters = {
  bool = function(_, value) return to_boolean(value) end,
  date = function(env, value) return env.date(value) end,
  day = function(env, value)
    local ok, day = pcall(env.day, value)
    return ok and day or env.trim(env.text(value))
  end,
  email = function(env, value) return env.email(value) or env.trim(env.text(value)) end,
  lower = function(env, value) return env.lower(env.trim(env.text(value))) end,
  number = function(env, value) return env.number(value) end,
  phone = function(env, value) return env.phone(value) or env.trim(env.text(value)) end,
  text = function(env, value) return env.text(value) end,
}

-- An error of a converter, with the field that it stumbled over; other errors (out of budget, …) pass.
local function convert(name, field, env, value)
  local ok, result = pcall(converters[field.convert], env, value)
  if ok then
    return result
  end
  if type(result) == 'table' and result.kind == 'invalid' then
    result = {
      kind = 'invalid',
      message = 'the map ' .. name .. ' cannot fill ' .. field.to .. ' from ' .. table.concat(field.from, '.')
        .. ': ' .. tostring(result.message),
    }
  end
  error(result, 0)
end

-- apply(name, map, value, env) -> a new table with the map's fields; env holds the helpers of this run.
function maps.apply(name, map, value, env)
  local out = {}
  for i = 1, #map do
    local field = map[i]
    local found = follow(value, field.from)
    if not is_missing(found) then
      if field.convert then
        found = convert(name, field, env, found)
      end
      out[field.to] = found
    end
  end
  return out
end

return maps
