-- ConvertCalculator: submissions in, engine calls out.
--
-- ConvertCalculator documents neither the shape of what its "Send Data to Webhook" action sends, nor
-- a signature, nor an API that stores records. So `receive` accepts what it can make sense of and
-- keeps the whole in `raw`; the address of the connection ends in a secret token; and an engine call
-- sends what the recipe says and hands back what was answered. Records are the business of the
-- connector `records`.

local json = require 'json'

-- Keys that hold a submission's id, in order of trust.
local id_keys = { 'submissionId', 'submission_id', '_id', 'id' }

local function as_text(value)
  if type(value) == 'string' then
    return value:match '^%s*(.-)%s*$'
  elseif math.type(value) == 'integer' then
    return tostring(value)
  end
end

local function is_address(value)
  return #value <= 254 and value:find '^[^%s@<>]+@[^%s@<>]+%.[^%s@<>]+$' ~= nil
end

local function is_phone(value)
  local digits = select(2, value:gsub('%d', ''))
  return digits >= 7 and digits <= 15 and value:find '^%+?[%d%s%-%.%(%)/]+$' ~= nil
end

-- What a person typed or chose: `value` where there is one, else the label.
local function answer_of(item)
  local value = item.value
  if value == nil or value == json.null then
    value = item.label
  end
  if value == nil or value == json.null then
    value = item.answer
  end
  return value
end

-- Reads a list of {name, type, label, value} into `fields` and the typed list `found`.
local function read_list(list, fields, found)
  for _, item in ipairs(list) do
    if type(item) == 'table' then
      local name = as_text(item.name) or as_text(item.title) or as_text(item.reference) or as_text(item.key)
      local value = answer_of(item)
      if name and name ~= '' and value ~= nil and value ~= json.null then
        if fields[name] == nil then
          fields[name] = value
        end
        found[#found + 1] = {
          name = name, kind = as_text(item.type) or '', value = as_text(value), label = as_text(item.label),
        }
      end
    end
  end
end

local function is_list(value)
  return type(value) == 'table' and #value > 0
end

-- Members of the object that are plain values, in the order of their names, so that the same
-- submission always reads the same.
local function read_flat(object, fields, found)
  local names = {}
  for name in pairs(object) do
    if type(name) == 'string' then
      names[#names + 1] = name
    end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local value = object[name]
    if value ~= json.null and type(value) ~= 'table' then
      if fields[name] == nil then
        fields[name] = value
      end
      found[#found + 1] = { name = name, kind = '', value = as_text(value) }
    end
  end
end

local envelope = {
  submissionId = true, submission_id = true, _id = true, id = true, calculatorId = true, calculator_id = true,
  calculatorName = true, calculator_name = true, createdAt = true, created_at = true,
}

-- Without the envelope's own members, which are no answers.
local function answers_only(found)
  local out = {}
  for _, item in ipairs(found) do
    if not envelope[item.name] then
      out[#out + 1] = item
    end
  end
  return out
end

local function first_text(item, accept)
  if item.value and item.value ~= '' and accept(item.value) then
    return item.value
  elseif item.label and item.label ~= '' and accept(item.label) then
    return item.label
  end
end

-- First by the field's type, then by its name, then by the look of its value.
local function find(found, kinds, patterns, accept, by_value)
  for _, item in ipairs(found) do
    if kinds[item.kind:lower()] then
      local value = first_text(item, accept)
      if value then
        return value
      end
    end
  end
  for _, pattern in ipairs(patterns) do
    for _, item in ipairs(found) do
      if item.name:lower():find(pattern) then
        local value = first_text(item, accept)
        if value then
          return value
        end
      end
    end
  end
  if by_value then
    for _, item in ipairs(found) do
      local value = first_text(item, accept)
      if value then
        return value
      end
    end
  end
end

local function any_text(value)
  return #value <= 200
end

local function find_name(found)
  local whole = { '^full.?name', '^your.?name', '^name$', '^naam$' }
  local name = find(found, { name = true, fullname = true }, whole, any_text)
  if name then
    return name
  end
  local first = find(found, {}, { '^first.?name', '^voornaam' }, any_text)
  local last = find(found, {}, { '^last.?name', '^surname', '^achternaam' }, any_text)
  if first and last then
    return first .. ' ' .. last
  end
  return first or last or find(found, {}, { 'name' }, any_text)
end

local function results_of(object)
  local results = {}
  local list = object.formulas or object.results
  if is_list(list) then
    for _, item in ipairs(list) do
      local name = type(item) == 'table' and (as_text(item.title) or as_text(item.reference) or as_text(item.name))
      if name then
        results[name] = {
          reference = item.reference, value = item.result or item.value,
          text = item.resultFormattedFull or item.resultFormatted or item.label,
        }
      end
    end
  elseif type(list) == 'table' then
    return list
  end
  return results
end

-- The id of the calculator, where the object names it as such.
local function calculator_of(object)
  local nested = type(object.calculator) == 'table' and object.calculator or {}
  return as_text(object.calculatorId) or as_text(object.calculator_id) or as_text(nested.id) or as_text(nested._id)
end

-- Whether a plain `id` is the calculator's: it is the same in every submission, so taking it for a key would lose all
-- but the first. It is where it equals that of the calculator, and where the object looks like one and names no other.
local function is_of_calculator(object, value)
  local calculator = calculator_of(object)
  if calculator then return value == calculator end
  local name = object.calculatorName or object.calculator_name or object.calculator
  return (name or object.questions or object.formulas) ~= nil
end

local function submission_key(object)
  for _, name in ipairs(id_keys) do
    local value = as_text(object[name])
    local is_plain = name == 'id' or name == '_id'
    if value and value ~= '' and #value <= 200 and not (is_plain and is_of_calculator(object, value)) then
      return value, name
    end
  end
end

local function normalise(object)
  local fields, found = {}, {}
  for _, part in ipairs { 'fields', 'questions', 'answers' } do
    local value = object[part]
    if is_list(value) then
      read_list(value, fields, found)
    elseif type(value) == 'table' then
      read_flat(value, fields, found)
    end
  end
  if #found == 0 then
    read_flat(object, fields, found)
    found = answers_only(found)
    for name in pairs(envelope) do
      fields[name] = nil
    end
  end
  local key, rule = submission_key(object)
  return {
    submission_id = key,
    key_rule = rule or 'body',
    calculator_id = calculator_of(object),
    calculator_name = as_text(object.calculatorName) or as_text(object.calculator_name),
    submitted_at = as_text(object.createdAt) or as_text(object.created_at),
    contact_id = as_text(fields.crm_contact_id),
    email = find(found, { email = true }, { 'e%-?mail' }, is_address, true),
    phone = find(found, { phone = true, tel = true }, { 'phone', 'mobile', 'telefo', '^tel' }, is_phone, true),
    name = find_name(found),
    fields = fields,
    results = results_of(object),
    raw = object,
  }
end

local function decode_part(text)
  return (text:gsub('%+', ' '):gsub('%%(%x%x)', function(hex)
    return string.char(tonumber(hex, 16))
  end))
end

-- A form's fields; one that holds a JSON object by the name of payload or data is that object.
local function decode_form(body)
  local object = {}
  for pair in body:gmatch '[^&]+' do
    local name, value = pair:match '^([^=]*)=?(.*)$'
    name = decode_part(name)
    if name ~= '' and object[name] == nil then
      object[name] = decode_part(value)
    end
  end
  local inner = object.payload or object.data
  if type(inner) == 'string' and inner:find '^%s*{' then
    local ok, value = pcall(json.decode, inner)
    if ok then
      return value
    end
  end
  return object
end

local function decode(body, content_type)
  if content_type:find 'form%-urlencoded' and not body:find '^%s*[{%[]' then
    return decode_form(body)
  end
  local value = json.decode(body)
  if type(value) ~= 'table' then
    fail('invalid', 'a submission is a JSON object, a list of them, or a form')
  end
  return value
end

-- receive(body, content_type) -> {rule=…, events={{type, key, payload}}}
--
-- `key` is the submission's own id, or nil where it has none: then the engine takes the hash of the
-- body, and `rule` says so.
local function receive(body, content_type)
  local value = decode(body, content_type or '')
  local list = is_list(value) and value or { value }
  local events, rule = {}, 'body'
  for index, object in ipairs(list) do
    if type(object) ~= 'table' then
      fail('invalid', 'item ' .. index .. ' of the list is no object')
    end
    local payload = normalise(object)
    rule = payload.key_rule
    events[index] = { type = 'submission_received', key = payload.submission_id, payload = payload }
  end
  return { rule = rule, events = events }
end

local text = { 'string', optional = true }

local service_hosts = {
  'convertcalculator.com', '*.convertcalculator.com', 'convertcalculator.co', '*.convertcalculator.co',
}

return {
  name = 'convertcalculator',
  title = 'ConvertCalculator',

  auth = { kinds = { 'none', 'token' }, header = 'Authorization', scheme = 'Bearer' },

  webhook = {
    content = 'any',
    event = 'submission_received',
    dedupe = id_keys,
    verify = 'config',
    verify_default = 'token',
  },

  config = {
    engine_url = {
      'string', optional = true, max = 2048, format = 'url', label = 'The API-url of a published engine',
    },
    scheme = { 'string', optional = true, max = 32, label = 'The word before the token; "" for none' },
  },

  events = {
    submission_received = {
      summary = 'A visitor submitted a calculator',
      sample = 'samples/convertcalculator/submission_received.json', -- what is posted; `receive` makes of it:
      fields = {
        submission_id = text, key_rule = { 'string' }, calculator_id = text, calculator_name = text,
        submitted_at = text, contact_id = text, email = text, phone = text, name = text,
        fields = { 'object' }, results = { 'any' }, raw = { 'any' },
      },
    },
  },

  operations = {
    run_engine = {
      method = 'POST',
      summary = 'Run a published engine: inputs in, its answer out',
      idempotent = true, -- an engine computes; nothing says that a call stores anything
      free = {
        url = 'engine_url', url_config = 'engine_url', hosts = service_hosts,
        method = 'method', headers = 'headers', json = 'inputs', wrap = 'wrap',
      },
      input = {
        inputs = { 'object', label = 'Values by the engine\'s input references' },
        engine_url = { 'string', optional = true, max = 2048, from_connection = 'engine_url' },
        method = { 'string', optional = true, enum = { 'POST', 'GET' }, label = 'POST as JSON, or GET as a query' },
        wrap = { 'string', optional = true, max = 64, label = 'Puts the inputs under this key of the body' },
        headers = { 'object', optional = true },
      },
      output_as = 'response',
      output = { status = { 'integer' }, headers = { 'object' }, body = { 'any', nullable = true } },
    },
  },

  receive = receive,
}
