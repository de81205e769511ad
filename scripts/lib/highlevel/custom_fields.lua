-- Translates custom fields between the names in recipes and the ids of HighLevel. The service
-- identifies a field by an id that differs from location to location, takes {id, field_value} and
-- gives {id, value}; recipes say what people see: the name, or the key. The definitions of a
-- location come from the cache of the connection; a name that is not among them is looked for once
-- more in fresh ones.

local json = require 'json'

local custom_fields = {}

-- Definitions --------------------------------------------------------------------------------------------

local function fold(text)
  return (tostring(text):lower():gsub('^%s+', ''):gsub('%s+$', ''):gsub('%s+', ' '))
end

-- contact.roof_area -> roof_area
local function short_key(key)
  return (tostring(key):gsub('^contact%.', ''):gsub('^opportunity%.', ''))
end

local function add(index, word, definition)
  local known = index[word]
  if known and known ~= definition then
    index[word] = { clash = { known.clash and known.clash[1] or known, definition } }
  else
    index[word] = definition
  end
end

-- By id, by key and by name; a name that two fields have leads to { clash = … }.
local function index_of(definitions, model)
  local index = { by_id = {}, by_key = {}, by_name = {}, all = {} }
  for _, definition in ipairs(definitions) do
    if definition.id and (definition.model or 'contact') == model then
      index.all[#index.all + 1] = definition
      index.by_id[definition.id] = definition
      if definition.fieldKey then index.by_key[fold(short_key(definition.fieldKey))] = definition end
      add(index.by_name, fold(definition.name or ''), definition)
    end
  end
  return index
end

local function load(ctx, location, model, is_fresh)
  local input = { locationId = location, model = 'all' }
  return index_of(ctx:look('get_custom_fields', input, is_fresh).customFields or {}, model)
end

-- A field keeps its key when it is renamed, and another may then get its old name: a word that is the key of one
-- and the name of another is neither's. With its prefix (contact.size) it is a key and nothing else.
local function find(index, word)
  local key = fold(short_key(word))
  local by_key = index.by_key[key]
  if index.by_id[word] then return index.by_id[word] end
  if by_key and key ~= fold(word) then return by_key end
  local by_name = index.by_name[fold(word)]
  if by_key and by_name and by_name ~= by_key and not by_name.clash then return { clash = { by_key, by_name } } end
  return by_key or by_name
end

-- Names that are close: those that share the most pairs of letters.
local function closeness(a, b)
  local pairs_of_a, count, common = {}, 0, 0
  for i = 1, #a - 1 do
    pairs_of_a[a:sub(i, i + 1)] = true
  end
  for i = 1, #b - 1 do
    count = count + 1
    if pairs_of_a[b:sub(i, i + 1)] then common = common + 1 end
  end
  return 2 * common / math.max(1, #a - 1 + count)
end

local function suggestions(index, word)
  local close = {}
  for _, definition in ipairs(index.all) do
    local score = closeness(fold(word), fold(definition.name or ''))
    if score >= 0.4 then close[#close + 1] = { score, definition.name } end
  end
  table.sort(close, function(a, b) return a[1] > b[1] or a[1] == b[1] and a[2] < b[2] end)
  local names = {}
  for i = 1, math.min(3, #close) do names[i] = '"' .. close[i][2] .. '"' end
  return names[1] and '; close to it: ' .. table.concat(names, ', ') or ''
end

local function refuse(message)
  error({ kind = 'invalid', message = message }, 0)
end

-- Values to the service ----------------------------------------------------------------------------------

local function number_of(name, value)
  local number = tonumber(value)
  if not number or number - number ~= 0 then refuse(('custom field "%s" takes a number'):format(name)) end
  return math.tointeger(number) or number
end

local function list_of(value)
  if type(value) ~= 'table' then return json.array { value } end
  return json.array(value)
end

local function check_options(name, definition, values)
  local options = definition.picklistOptions
  if type(options) ~= 'table' or #options == 0 or definition.isAllowedCustomOption == true then return values end
  local by_fold = {}
  for _, option in ipairs(options) do
    local label = type(option) == 'table' and (option.label or option.name or option.key) or option
    by_fold[fold(label)] = label
  end
  local out = json.array {}
  for i, value in ipairs(values) do
    out[i] = by_fold[fold(value)]
    if out[i] == nil then refuse(('custom field "%s" has no option "%s"'):format(name, tostring(value))) end
  end
  return out
end

local function text_of(value)
  return tostring(math.type(value) == 'float' and math.tointeger(value) or value)
end

-- The day of a date, which is all that a field of days keeps.
local function day_of(name, value)
  local day = type(value) == 'string' and value:match '^%d%d%d%d%-%d%d%-%d%d'
  if not day then refuse(('custom field "%s" takes a date like 2026-11-23'):format(name)) end
  return day
end

local function one_option(name, value, definition)
  return check_options(name, definition, { text_of(value) })[1]
end

local function options(name, value, definition)
  return check_options(name, definition, list_of(value))
end

local function as_text(_, value)
  return type(value) == 'table' and value or text_of(value)
end

-- By the dataType of the definition; what is not here goes as it is.
local ENCODE = {
  NUMERICAL = number_of, FLOAT = number_of, MONETORY = number_of, DATE = day_of,
  TEXT = as_text, LARGE_TEXT = as_text, PHONE = as_text, EMAIL = as_text, TIME = as_text,
  SINGLE_OPTIONS = one_option, RADIO = one_option,
  MULTIPLE_OPTIONS = options, CHECKBOX = options,
}

local function encode_value(name, value, definition)
  if value == nil or value == json.null then return '' end
  local encode = ENCODE[definition.dataType]
  return encode and encode(name, value, definition) or value
end

local function is_map(value)
  return type(value) == 'table' and not json.is_array(value) and #value == 0 and next(value) ~= nil
end

local function sorted_names(map)
  local names = {}
  for name in pairs(map) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function resolve(index, name)
  local definition = find(index, name)
  if definition and definition.clash then
    local one, other = definition.clash[1], definition.clash[2]
    refuse(('two custom fields are called "%s"; say the key: %s (%s) or %s (%s)'):format(name,
      one.fieldKey or one.id, tostring(one.name), other.fieldKey or other.id, tostring(other.name)))
  end
  return definition
end

-- An index that knows all names, where there is one: old definitions are refetched once.
local function index_for(ctx, location, model, names)
  local index = load(ctx, location, model)
  for _, name in ipairs(names) do
    if not find(index, name) then return load(ctx, location, model, true) end
  end
  return index
end

local function translate(ctx, input, model)
  local names = sorted_names(input.customFields)
  local index = index_for(ctx, input.locationId, model, names)
  local list = json.array {}
  for i, name in ipairs(names) do
    local definition = resolve(index, name)
    if not definition then
      refuse(('this location has no custom field "%s"%s'):format(name, suggestions(index, name)))
    end
    list[i] = {
      id = definition.id, key = definition.fieldKey and short_key(definition.fieldKey),
      field_value = encode_value(name, input.customFields[name], definition),
    }
  end
  return list
end

-- The input's customFields as the service takes them: a map of names is translated, once per run; a list of
-- {id or key, field_value} goes as it is.
function custom_fields.encode(ctx, input, model)
  if not is_map(input.customFields) then return input.customFields end
  return ctx:once('custom_fields', function() return translate(ctx, input, model) end)
end

-- A copy of the input with its customFields as the service takes them.
function custom_fields.encoded(ctx, input, model)
  local out = {}
  for name, value in pairs(input) do out[name] = value end
  out.customFields = custom_fields.encode(ctx, input, model)
  return out
end

-- Values from the service --------------------------------------------------------------------------------

-- Contacts say `value`; opportunities say `fieldValue`, or a word for each type.
local function value_of(field)
  for _, name in ipairs { 'value', 'fieldValue', 'field_value', 'fieldValueString', 'fieldValueNumber',
                          'fieldValueArray', 'fieldValueDate', 'fieldValueFiles' } do
    if field[name] ~= nil then return field[name] end
  end
end

local function decode_value(value, definition)
  local kind = definition and definition.dataType
  if (kind == 'NUMERICAL' or kind == 'FLOAT' or kind == 'MONETORY') and type(value) == 'string' then
    local number = tonumber(value)
    return number and (math.tointeger(number) or number) or value
  end
  return value
end

-- {["Roof area"] = 120}: by name, or by key where two fields share the name; unknown ones by their id.
local function decode(index, fields)
  local out = {}
  for _, field in ipairs(fields) do
    local definition = index.by_id[field.id]
    local name = definition and definition.name
    if name and index.by_name[fold(name)].clash then name = short_key(definition.fieldKey or definition.id) end
    if field.id then out[name or field.id] = decode_value(value_of(field), definition) end
  end
  return out
end

local function has_unknown(index, fields)
  for _, field in ipairs(fields) do
    if field.id and not index.by_id[field.id] then return true end
  end
  return false
end

-- A function that gives the values of a list of fields by name. Definitions are loaded when it is first asked.
function custom_fields.reader(ctx, location, model)
  local index, is_fresh
  return function(fields)
    if type(fields) ~= 'table' then return {} end
    index = index or load(ctx, location, model)
    if not is_fresh and has_unknown(index, fields) then
      index, is_fresh = load(ctx, location, model, true), true
    end
    return decode(index, fields)
  end
end

local function is_same(sent, stored)
  if type(sent) ~= 'table' or type(stored) ~= 'table' then
    local a, b = tonumber(sent), tonumber(stored)
    return a ~= nil and a == b or tostring(sent) == tostring(stored)
  end
  for i = 1, math.max(#sent, #stored) do
    if tostring(sent[i]) ~= tostring(stored[i]) then return false end
  end
  return true
end

-- Which of the fields that were sent are not stored: by key, or by id.
function custom_fields.unapplied(sent, stored)
  local by_id, names = {}, {}
  for _, field in ipairs(stored or {}) do by_id[field.id or ''] = value_of(field) end
  for _, field in ipairs(type(sent) == 'table' and sent or {}) do
    local is_cleared = field.field_value == '' and by_id[field.id] == nil
    if field.id and not is_cleared and not is_same(field.field_value, by_id[field.id]) then
      names[#names + 1] = field.key or field.id
    end
  end
  return names
end

return custom_fields
