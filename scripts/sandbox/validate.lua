-- Checks a body or a query against a schema of schemas.lua, in the words of class-validator with
-- whitelisting, which is what the real service runs (422 with an array, "property X should not
-- exist"). Stricter than the validator where the API's description is: null is accepted only where
-- the description calls a field nullable.

local json = require 'json'
local times = require 'sandbox.times'

local validate = {}

local check_fields, check_value

local checks = {}

function checks.string(rule, value)
  if type(value) ~= 'string' then
    return 'must be a string'
  end
  if rule.not_empty and value == '' then
    return 'should not be empty'
  end
  if rule.max and utf8.len(value, 1, -1, true) and utf8.len(value, 1, -1, true) > rule.max then
    return ('must be shorter than or equal to %d characters'):format(rule.max)
  end
end

function checks.email(_, value)
  local is_email = type(value) == 'string' and #value <= 254 and
    value:match('^[%w.!#$%%&\'*+/=?^_`{|}~-]+@[%w-]+%.[%w.-]+$') and not value:find('..', 1, true)
  if value ~= '' and not is_email then
    return 'must be an email'
  end
end

function checks.boolean(_, value)
  if type(value) ~= 'boolean' then
    return 'must be a boolean value'
  end
end

function checks.number(rule, value)
  if type(value) ~= 'number' then
    return 'must be a number conforming to the specified constraints'
  elseif rule.min and value < rule.min then
    return ('must not be less than %d'):format(rule.min)
  elseif rule.max and value > rule.max then
    return ('must not be greater than %d'):format(rule.max)
  end
end

function checks.whole(rule, value)
  if not math.tointeger(value) or type(value) ~= 'number' then
    return 'must be an integer number'
  end
  return checks.number(rule, value)
end

-- A number in a query: text that is one.
function checks.digits(rule, value)
  local number = type(value) == 'string' and value:match('^%-?%d+$')
    and math.tointeger(tonumber(value))
  return checks.number(rule, number or value)
end

-- Any number in a query.
function checks.numeric(rule, value)
  local is_number = type(value) == 'string' and value:find('^%-?%d+%.?%d*$')
  return checks.number(rule, is_number and tonumber(value) or value)
end

-- A boolean in a query.
function checks.flag(_, value)
  if value ~= 'true' and value ~= 'false' then
    return 'must be a boolean value'
  end
end

function checks.date(_, value)
  if not times.parse(value) then
    return 'must be a valid ISO 8601 date string'
  end
end

function checks.birth(_, value)
  if not times.parse_birth(value) then
    return 'must be a valid date'
  end
end

function checks.color(_, value)
  if type(value) ~= 'string' or not value:match('^#%x%x%x%x%x%x$') then
    return 'must be a hexadecimal color'
  end
end

function checks.enum(rule, value)
  for _, allowed in ipairs(rule.values) do
    if value == allowed then
      return nil
    end
  end
  return 'must be one of the following values: ' .. table.concat(rule.values, ', ')
end

function checks.any()
  return nil
end

local function is_list(value)
  return type(value) == 'table' and (json.is_array(value) or #value > 0)
end

local function is_object(value)
  return type(value) == 'table' and not is_list(value)
end

-- 'tags' must be a list of texts: one message for the list, one for its items, as the validator
-- words it.
function checks.strings(_, value, path, messages)
  if not is_list(value) then
    return 'must be an array'
  end
  for _, item in ipairs(value) do
    if type(item) ~= 'string' then
      messages[#messages + 1] = ('each value in %s must be a string'):format(path)
      return nil
    end
  end
end

-- `of` is the rule of its items; those of texts are told of once, as the validator words it.
function checks.list(rule, value, path, messages)
  if not is_list(value) then
    return 'must be an array'
  elseif not rule.of then
    return nil
  elseif rule.of.type == 'string' then
    return checks.strings(rule, value, path, messages)
  end
  for i, item in ipairs(value) do
    check_value(('%d'):format(i - 1), rule.of, item, path .. '.', messages)
  end
end

function checks.objects(rule, value, path, messages)
  if not is_list(value) then
    return 'must be an array'
  end
  for i, item in ipairs(value) do
    local item_path = ('%s.%d.'):format(path, i - 1)
    if is_object(item) then
      check_fields(rule.fields, item, item_path, messages)
    else
      messages[#messages + 1] = ('nested property %s must be either object or array'):format(path)
      return nil
    end
  end
end

function checks.object(rule, value, path, messages)
  if not is_object(value) then
    return 'must be an object'
  end
  if rule.fields then
    check_fields(rule.fields, value, path .. '.', messages)
  end
end

-- Types whose own check words best what a missing value lacks.
local CHECKED_WHEN_MISSING = { boolean = true, date = true, whole = true, strings = true }

local function missing_message(rule)
  if CHECKED_WHEN_MISSING[rule.type] then
    return checks[rule.type](rule, nil, '', {})
  end
  return 'should not be empty'
end

function check_value(name, rule, value, prefix, messages)
  local is_missing = value == nil or (value == json.null and rule.required and not rule.nullable)
  local message
  if is_missing then
    message = rule.required and missing_message(rule)
  elseif value ~= json.null or not rule.nullable then
    message = checks[rule.type](rule, value, prefix .. name, messages)
  end
  if message then
    messages[#messages + 1] = ('%s%s %s'):format(prefix, name, message)
  end
end

local function sorted_names(map)
  local names = {}
  for name in pairs(map) do
    names[#names + 1] = tostring(name)
  end
  table.sort(names)
  return names
end

-- Appends a message for each unknown, missing and wrong field.
function check_fields(fields, value, prefix, messages)
  for _, name in ipairs(sorted_names(value)) do
    if not fields[name] then
      messages[#messages + 1] = ('%sproperty %s should not exist'):format(prefix, name)
    end
  end
  for _, name in ipairs(sorted_names(fields)) do
    check_value(name, fields[name], value[name], prefix, messages)
  end
end

-- Every fault of `value`, a table, as a list of texts; empty where there is none.
function validate.messages(fields, value)
  local messages = {}
  if not is_object(value) then
    return { 'Unprocessable Entity' }
  end
  check_fields(fields, value, '', messages)
  return messages
end

-- A copy of an object without its nulls.
function validate.without_nulls(value)
  local copy = {}
  for key, item in pairs(value) do
    if item ~= json.null then
      copy[key] = item
    end
  end
  return copy
end

return validate
