-- Makes the events of the index, and their samples: the vendor's own where there is one, else one
-- made from the fields. A sample that stands there by hand is left alone.

local host = require 'host'

local names = require 'generate.names'

local SAMPLES = 'scripts/connectors/samples/highlevel/'

-- Samples that were written by hand, with the connector's own events.
local BY_HAND = {
  appointment_created = true, appointment_deleted = true, appointment_updated = true, contact_created = true,
  contact_deleted = true, contact_tag_updated = true, contact_updated = true, note_created = true, note_deleted = true,
  note_updated = true, task_completed = true, task_created = true, task_deleted = true,
}

-- What the vendor says of itself and does not keep. `types`: the payload has no type of its own, and one of
-- these stands in its place.
local ODD = {
  ProviderOutboundMessage = {
    types = { 'Email', 'SMS' },
    note = 'its `type` is the channel, SMS or Email; it goes to the conversation provider\'s delivery URL',
  },
  ConversationUnreadWebhook = { note = 'named ConversationUnreadWebhook where it is subscribed to' },
  PriceUpdate = { note = 'the vendor\'s sample has the price\'s own type in the place of the event\'s' },
  PriceDelete = { note = 'the vendor\'s sample has the price\'s own type in the place of the event\'s' },
  AppInstall = { note = 'goes to the app\'s default webhook URL only' },
  AppUninstall = { note = 'goes to the app\'s default webhook URL only' },
}

local UNTYPED = 'the vendor shows no `type` in the payload: taken from its page; a delivery without one starts nothing'

-- The scope without which an app is not told of an event, by the beginning of its id. The vendor's list has
-- ContactCreate and the like; events that are newer than it are taken to be like their neighbours.
local SCOPES = {
  { 'Contact', 'contacts.readonly' }, { 'Note', 'contacts.readonly' }, { 'Task', 'contacts.readonly' },
  { 'Opportunity', 'opportunities.readonly' }, { 'ConversationUnread', 'conversations.readonly' },
  { 'InboundMessage', 'conversations/message.readonly' }, { 'OutboundMessage', 'conversations/message.readonly' },
  { 'ProviderOutboundMessage', 'conversations/message.write' }, { 'CampaignStatus', 'campaigns.readonly' },
  { 'Location', 'locations.readonly' }, { 'VoiceAiCallEnd', 'voice-ai-dashboard.readonly' },
}

local events = {}

local function scopes_of(page)
  for _, rule in ipairs(SCOPES) do
    if page:find(rule[1], 1, true) == 1 then
      return { rule[2] }
    end
  end
  return nil
end

-- --- fields -----------------------------------------------------------------------------------

local KINDS = { string = 'string', number = 'number', integer = 'integer', boolean = 'boolean', object = 'object' }

-- 'array<string>', 'string{A|B}', 'null' …
local function descriptor(kind)
  local items = kind:match('^array<(.+)>$')
  if items then
    return { 'list', of = KINDS[items] and { KINDS[items] } or nil }
  end
  return { KINDS[kind:match('^%a+')] or 'any' }
end

-- The descriptor that holds the fields below `path`, made on the way: 'a.b[].c'.
local function place(fields, path)
  local at = fields
  for part in path:gmatch('[^.]+') do
    local name, is_list = part:match('^([^%[]+)(%[?)')
    at[name] = at[name] or { is_list == '[' and 'list' or 'object' }
    local one = at[name]
    if is_list == '[' then
      one.of = one.of or { 'object' }
      one = one.of
    end
    one.fields = one.fields or {}
    at = one.fields
  end
  return at
end

local function fields_of(flat)
  local fields, paths = {}, {}
  for path in pairs(flat) do
    table.insert(paths, path)
  end
  table.sort(paths)
  for _, path in ipairs(paths) do
    local parent, name = path:match('^(.+)%.([^.]+)$')
    local at = parent and place(fields, parent) or fields
    at[name or path] = at[name or path] or descriptor(flat[path])
  end
  return fields
end

-- --- samples ----------------------------------------------------------------------------------

local ID = 'nmFmQEsNgz6AVpgLVUJ0'
local LOCATION = 've9EPM428h8vShlRW1KT'
local APP = '665c6bb13d4e5364bdec0e2f'
local WHEN = '2026-11-23T09:15:27.412Z'

-- What a text field of that name holds; the first pattern that fits.
local TEXTS = {
  { '^locationId$', LOCATION }, { '^altId$', LOCATION }, { '^altType$', 'location' },
  { '^companyId$', 'GNb7aIv4rQFVb9iwNl5K' },
  { 'Id$', ID }, { '^_?id$', ID }, { '[Ee]mail', 'john.doe@example.com' }, { '[Pp]hone', '+15551234567' },
  { 'Number$', '+15551234567' }, { 'At$', WHEN }, { '^date', WHEN }, { 'Date$', WHEN }, { 'Time$', WHEN },
  { '[Uu]rl$', 'https://www.example.com/' }, { '^website$', 'https://www.example.com/' }, { '^currency$', 'USD' },
  { '^firstName$', 'John' }, { '^lastName$', 'Doe' }, { '^name$', 'John Doe' }, { '^country$', 'US' },
  { '^direction$', 'inbound' }, { '^messageType$', 'SMS' }, { '^contentType$', 'text/plain' }, { '^status$', 'active' },
  { '^body$', 'Hello, when can you come?' }, { '^title$', 'A title' }, { '^role$', 'user' },
}

local function sample_text(name)
  for _, rule in ipairs(TEXTS) do
    if name:find(rule[1]) then
      return rule[2]
    end
  end
  return name
end

local value_of

local function object_of(fields)
  local object = {}
  for name, one in pairs(fields or {}) do
    object[name] = value_of(name, one)
  end
  return object
end

function value_of(name, one)
  local kind = one[1]
  if kind == 'object' then
    return object_of(one.fields)
  elseif kind == 'list' then
    return { is_list = true, one.of and value_of(name, one.of) or nil }
  elseif kind == 'number' or kind == 'integer' then
    return 1
  elseif kind == 'boolean' then
    return false
  end
  return kind == 'string' and sample_text(name) or nil
end

local function keys_of(object)
  local keys = {}
  for key in pairs(object) do
    if type(key) == 'string' and key ~= 'is_list' then
      table.insert(keys, key)
    end
  end
  table.sort(keys, function(a, b)
    if (a == 'type') ~= (b == 'type') then
      return a == 'type'
    end
    return a < b
  end)
  return keys
end

local function pretty(value, indent)
  if type(value) ~= 'table' then
    return type(value) == 'string' and string.format('"%s"', value:gsub('["\\]', '\\%0')) or tostring(value)
  end
  local inner, parts = indent .. '  ', {}
  for _, item in ipairs(value) do
    table.insert(parts, inner .. pretty(item, inner))
  end
  for _, key in ipairs(keys_of(value)) do
    table.insert(parts, inner .. '"' .. key .. '": ' .. pretty(value[key], inner))
  end
  local open, close = value.is_list and '[' or '{', value.is_list and ']' or '}'
  return #parts == 0 and open .. close or open .. '\n' .. table.concat(parts, ',\n') .. '\n' .. indent .. close
end

-- A UUID that is the event's own, and the same each time.
local function fixed_uuid(name)
  local hex = host.sha256(name)
  local parts = { hex:sub(1, 8), hex:sub(9, 12), '5' .. hex:sub(14, 16), '8' .. hex:sub(18, 20), hex:sub(21, 32) }
  return table.concat(parts, '-')
end

local function made(name, event, fields)
  local sample = object_of(fields)
  sample.type = event.types and event.types[1] or event.type
  sample.appId, sample.versionId = APP, APP
  sample.timestamp, sample.webhookId = WHEN, fixed_uuid(name)
  return pretty(sample, '') .. '\n'
end

local function write_sample(dir, page, name, event, fields)
  if BY_HAND[name] then
    return
  end
  local path = dir .. '/events/' .. page .. '.json'
  local text = host.stat(path) and assert(host.read_file(path)) or made(name, event, fields)
  assert(host.write_file(SAMPLES .. name .. '.json', text:gsub('\n*$', '\n')))
end

-- --- all --------------------------------------------------------------------------------------

-- Every event of event-types.json by the name of its trigger, and the fields of each apart, as only people ask
-- for those; writes the samples. All are of the core set.
function events.generate(dir, read)
  local known = read(dir .. '/event-types.json').events
  local list, fields = {}, {}
  for page, facts in pairs(known) do
    local odd = ODD[page] or {}
    local name, summary = names.event(page)
    assert(not list[name], name .. ' comes twice')
    local event = {
      type = not odd.types and facts.type or nil, types = odd.types, summary = summary, core = true,
      sample = 'samples/highlevel/' .. name .. '.json', scopes = scopes_of(page),
      required = #facts.required > 0 and facts.required or nil,
      note = odd.note or (not facts.fields.type and UNTYPED) or nil,
    }
    fields[name] = fields_of(facts.fields)
    write_sample(dir, page, name, event, fields[name])
    list[name] = event
  end
  return list, fields
end

return events
