-- Custom fields: what a location's contacts and opportunities have beside the service's own fields.
-- A value is written by the field's id or key, and read by its id alone.

local access = require 'sandbox.access'
local answer = require 'sandbox.answer'

local fields = {}

fields.DATA_TYPES = {
  'TEXT', 'LARGE_TEXT', 'NUMERICAL', 'PHONE', 'MONETORY', 'CHECKBOX', 'SINGLE_OPTIONS',
  'MULTIPLE_OPTIONS', 'DATE', 'TEXTBOX_LIST', 'FILE_UPLOAD', 'SIGNATURE', 'RADIO',
}

local function view_of(field)
  return {
    id = field.id, name = field.name, fieldKey = field.fieldKey, placeholder = field.placeholder,
    dataType = field.dataType, position = field.position, locationId = field.locationId,
    model = field.model,
    picklistOptions = field.picklistOptions and answer.list(field.picklistOptions),
  }
end

-- 'Roof area (m2)' -> 'contact.roof_area_m2'
function fields.key_of(model, name)
  local key = name:lower():gsub('[^%w]+', '_'):gsub('^_+', ''):gsub('_+$', '')
  return ('%s.%s'):format(model, key)
end

local function of_path(call)
  access.location(call, call.params.locationId)
  return access.row(call, call.sandbox.fields, call.params.id, 'Custom field')
end

local function list_fields(call)
  access.location(call, call.params.locationId)
  local model, list = call.query.model or 'contact', {}
  for _, field in ipairs(call.sandbox.fields:of(call.params.locationId)) do
    if model == 'all' or field.model == model then
      list[#list + 1] = view_of(field)
    end
  end
  return answer.ok { customFields = answer.list(list) }
end

local function get_field(call)
  return answer.ok { customField = view_of(of_path(call)) }
end

local function record(call, effect, field)
  call.sandbox.ledger:add(call, {
    effect = effect, id = field.id, locationId = field.locationId, name = field.name,
  })
end

local function labels(options)
  local list = {}
  for i, option in ipairs(options or {}) do
    list[i] = type(option) == 'table' and option.label or option
  end
  return list[1] and list
end

local function apply_field(field, body)
  field.name = body.name
  field.placeholder = body.placeholder or field.placeholder
  field.position = body.position or field.position or 0
  field.picklistOptions = labels(body.textBoxListOptions) or field.picklistOptions
end

local function create_field(call)
  local body, location = call.body, call.params.locationId
  access.location(call, location)
  local model = body.model or 'contact'
  local key = fields.key_of(model, body.name)
  for _, field in ipairs(call.sandbox.fields:of(location)) do
    if field.fieldKey == key then
      answer.refuse(400, ('%s field key already exists'):format(key))
    end
  end
  local field = {
    id = call.sandbox.ids:id20(), locationId = location, fieldKey = key, model = model,
    dataType = body.dataType,
  }
  apply_field(field, body)
  call.sandbox.fields:add(field)
  record(call, 'custom_field_created', field)
  return answer.created { customField = view_of(field) }
end

local function update_field(call)
  local field = of_path(call)
  apply_field(field, call.body)
  record(call, 'custom_field_updated', field)
  return answer.ok { customField = view_of(field) }
end

local function delete_field(call)
  local field = of_path(call)
  call.sandbox.fields:remove(field)
  record(call, 'custom_field_deleted', field)
  return answer.ok { succeded = true }
end

-- --- operations ----------------------------------------------------------------------------------

local text = { type = 'string' }

local field = {
  name = { type = 'string', required = true, not_empty = true },
  placeholder = text,
  acceptedFormat = { type = 'strings' },
  isMultipleFile = { type = 'boolean' },
  maxNumberOfFiles = { type = 'number' },
  textBoxListOptions = { type = 'list' },
  position = { type = 'number' },
  model = { type = 'enum', values = { 'contact', 'opportunity' } },
}

local new_field = { dataType = { type = 'enum', values = fields.DATA_TYPES, required = true } }
for name, rule in pairs(field) do
  new_field[name] = rule
end

local LIST = '/locations/{locationId}/customFields'
local ONE = LIST .. '/{id}'
local READ, WRITE = 'locations/customFields.readonly', 'locations/customFields.write'

fields.operations = {
  { 'get_custom_fields', 'GET', LIST, scope = READ, run = list_fields,
    query = { model = { type = 'enum', values = { 'contact', 'opportunity', 'all' } } } },
  { 'locations_create_custom_field', 'POST', LIST, scope = WRITE, body = new_field, run = create_field },
  { 'get_custom_field', 'GET', ONE, scope = READ, run = get_field },
  { 'locations_update_custom_field', 'PUT', ONE, scope = WRITE, body = field, run = update_field },
  { 'locations_delete_custom_field', 'DELETE', ONE, scope = WRITE, run = delete_field },
}

-- --- for what has custom fields ------------------------------------------------------------------

-- The id of a field that is named by its key, with or without "contact." before it; or nil.
function fields.find(sandbox, location, model, key)
  local wanted = key:find('^' .. model .. '%.') and key or model .. '.' .. key
  for _, row in ipairs(sandbox.fields:of(location)) do
    if row.fieldKey == wanted then
      return row.id
    end
  end
  return nil
end

local function check_names(given)
  local faults = {}
  for i, item in ipairs(given) do
    if item.id == nil and item.key == nil then
      faults[#faults + 1] = ('customFields.%d.id should not be empty'):format(i - 1)
    end
  end
  if faults[1] then
    answer.unprocessable(faults)
  end
end

-- Checks a body's customFields and gives those named by a key their id. 422 where one has neither:
-- `id` is marked required in most of the vendor's variants and optional in one, whose text says
-- "either id or key".
function fields.check(call, location, model, body)
  local given = type(body.customFields) == 'table' and body.customFields or {}
  check_names(given)
  for _, item in ipairs(given) do
    item.id = item.id or fields.find(call.sandbox, location, model, item.key)
    if not item.id then
      answer.refuse(400, ('Custom field with key %s not found'):format(item.key))
    end
  end
end

-- The list `old` ({id, value} each) with the values of a checked body's customFields put in.
function fields.merge(old, given)
  local known, list = {}, {}
  for i, item in ipairs(old or {}) do
    list[i] = item
    known[item.id] = i
  end
  for _, item in ipairs(given) do
    local at = known[item.id] or #list + 1
    known[item.id] = at
    list[at] = { id = item.id, value = item.field_value }
  end
  return list
end

return fields
