-- Contacts: get, create, update, delete, upsert. Each takes a call {sandbox, params, body, query,
-- token …} and returns an answer or raises a refusal. Nothing is changed before everything is
-- checked.

local access = require 'sandbox.access'
local answer = require 'sandbox.answer'
local fields = require 'sandbox.fields'
local followers = require 'sandbox.followers'
local json = require 'json'
local people = require 'sandbox.people'
local times = require 'sandbox.times'
local validate = require 'sandbox.validate'
local views = require 'sandbox.views'

local contacts = {}

-- Fields that are stored as they come; a null clears. `gender` is none of them: the service takes it
-- and no answer of its ever shows it.
local PLAIN = {
  'firstName', 'lastName', 'address1', 'city', 'state', 'postalCode', 'website', 'timezone', 'dnd',
  'source', 'country', 'companyName', 'assignedTo',
}

-- The contact that the path names, of the token's location.
function contacts.of_path(call)
  return access.contact(call, call.params.contactId)
end

-- 'Ann van Dam' -> first 'Ann', last 'van Dam'; only where the two are not given themselves.
local function split_name(body)
  local name = body.name
  if type(name) ~= 'string' or body.firstName ~= nil or body.lastName ~= nil then
    return
  end
  body.firstName, body.lastName = name:match('^%s*(%S+)%s*(.-)%s*$')
  if body.lastName == '' then
    body.lastName = nil
  end
end

local function set_text(contact, name, value)
  if value == json.null or value == '' then
    contact[name] = nil
  elseif value ~= nil then
    contact[name] = value
  end
end

local function set_birth(contact, value)
  if value == json.null then
    contact.birth = nil
  elseif value then
    contact.birth = { times.parse_birth(value) }
  end
end

local function unique(items)
  local seen, list = {}, {}
  for _, item in ipairs(items) do
    if not seen[item] then
      seen[item] = true
      list[#list + 1] = item
    end
  end
  return list
end

local function merge_settings(old, new)
  local merged = {}
  for key, value in pairs(old or {}) do
    merged[key] = value
  end
  for key, value in pairs(new) do
    merged[key] = value
  end
  return merged
end

-- Puts the fields of a checked body into a contact. `tags` overwrites all tags, as the vendor says
-- it does.
local function apply(contact, body)
  split_name(body)
  for _, name in ipairs(PLAIN) do
    set_text(contact, name, body[name])
  end
  set_text(contact, 'email', body.email)
  set_text(contact, 'phone', people.fold_phone(body.phone) or body.phone)
  set_birth(contact, body.dateOfBirth)
  if body.tags then
    contact.tags = unique(body.tags)
  end
  if body.customFields then
    contact.customFields = fields.merge(contact.customFields, body.customFields)
  end
  if body.dndSettings then
    contact.dndSettings = merge_settings(contact.dndSettings, body.dndSettings)
  end
  if body.inboundDndSettings then
    contact.inboundDndSettings = merge_settings(contact.inboundDndSettings, body.inboundDndSettings)
  end
end

local function refuse_duplicate(existing, field)
  answer.refuse_with(400, {
    statusCode = 400, message = 'This location does not allow duplicated contacts.',
    meta = { contactId = existing.id, matchingField = field },
  })
end

-- The contact that the location's setting takes for the same: by e-mail address, then by phone.
local function find_same(call, location, body, except)
  local store = call.sandbox.people
  local same = store:find(location, 'email', body.email, except)
  if same then
    return same, 'email'
  end
  same = store:find(location, 'phone', body.phone, except)
  return same, same and 'phone'
end

local function check_duplicate(call, location, body, except)
  if call.sandbox.settings.allow_duplicates then
    return
  end
  local same, field = find_same(call, location, body, except)
  if same then
    refuse_duplicate(same, field)
  end
end

local function record(call, effect, contact, more)
  local entry = {
    effect = effect, id = contact.id, contactId = contact.id, locationId = contact.locationId,
    email = contact.email, phone = contact.phone, source = contact.source,
  }
  for key, value in pairs(more or {}) do
    entry[key] = value
  end
  call.sandbox.ledger:add(call, entry)
end

local function announce(call, event, contact)
  call.sandbox.webhooks:emit(event, views.event(contact))
end

-- What other files change in a contact: its moment, its ledger line and its event.
function contacts.changed(call, contact, effect, event, more)
  contact.updatedMs = call.sandbox.now()
  record(call, effect, contact, more)
  if event then
    announce(call, event, contact)
  end
end

local function insert(call, body)
  local sandbox = call.sandbox
  local now = sandbox.now()
  local contact = {
    id = sandbox.ids:id20(), locationId = body.locationId, type = 'lead', dnd = false, tags = {},
    addedMs = now, updatedMs = now,
  }
  apply(contact, body)
  sandbox.people:add(contact)
  record(call, 'contact_created', contact)
  announce(call, 'ContactCreate', contact)
  return contact
end

local function snapshot(contact)
  local view = views.event(contact)
  return json.encode(view.tags), contact.dnd or false, json.encode(contact.dndSettings or {}), view
end

-- Which events a change makes is not documented in full. Here: ContactTagUpdate where the tags
-- changed, ContactDndUpdate where "do not disturb" did, and ContactUpdate for every update.
local function change(call, contact, body)
  local tags, dnd, dnd_settings = snapshot(contact)
  call.sandbox.people:change(contact, function(c)
    apply(c, body)
    c.updatedMs = call.sandbox.now()
  end)
  local new_tags, new_dnd, new_dnd_settings = snapshot(contact)
  record(call, 'contact_updated', contact)
  announce(call, 'ContactUpdate', contact)
  if new_tags ~= tags then
    announce(call, 'ContactTagUpdate', contact)
  end
  if new_dnd ~= dnd or new_dnd_settings ~= dnd_settings then
    call.sandbox.webhooks:emit('ContactDndUpdate', merge_settings(views.event(contact), {
      dndSettings = contact.dndSettings or {},
    }))
  end
end

function contacts.get(call)
  return answer.ok { contact = views.contact(contacts.of_path(call)) }
end

function contacts.create(call)
  local body = validate.without_nulls(call.body)
  access.location(call, body.locationId)
  fields.check(call, body.locationId, 'contact', body)
  check_duplicate(call, body.locationId, body)
  return answer.created { contact = views.created(insert(call, body)) }
end

function contacts.update(call)
  local contact = contacts.of_path(call)
  fields.check(call, contact.locationId, 'contact', call.body)
  check_duplicate(call, contact.locationId, call.body, contact.id)
  change(call, contact, call.body)
  return answer.ok { succeded = true, contact = views.contact(contact) }
end

-- What belongs to nobody any more goes with the contact. Whether the real service tells of that by
-- events is not documented; here it is silent.
local function drop_belongings(sandbox, contact)
  for _, rows in ipairs { sandbox.opportunities, sandbox.appointments } do
    for _, row in ipairs(rows:filter(function(r) return r.contactId == contact.id end)) do
      rows:remove(row)
    end
  end
end

function contacts.delete(call)
  local contact = contacts.of_path(call)
  call.sandbox.people:remove(contact)
  drop_belongings(call.sandbox, contact)
  record(call, 'contact_deleted', contact)
  announce(call, 'ContactDelete', contact)
  return answer.ok { succeded = true }
end

-- Where the e-mail address is one contact's and the phone another's, the first is updated and the
-- second field is dropped without a word, as the real service does.
local function update_same(call, same, field, body)
  local store = call.sandbox.people
  if field == 'email' and store:find(same.locationId, 'phone', body.phone, same.id) then
    body.phone = nil
  end
  change(call, same, body)
  return answer.ok { new = false, contact = views.contact(same), traceId = call.trace_id }
end

function contacts.upsert(call)
  local body = validate.without_nulls(call.body)
  access.location(call, body.locationId)
  fields.check(call, body.locationId, 'contact', body)
  local makes_new = body.createNewIfDuplicateAllowed and call.sandbox.settings.allow_duplicates
  local same, field
  if not makes_new then
    same, field = find_same(call, body.locationId, body)
  end
  if same then
    return update_same(call, same, field, body)
  end
  local made = insert(call, body)
  return answer.ok { new = true, contact = views.contact(made), traceId = call.trace_id }
end

-- GET /contacts/search/duplicate: the contact that the location's setting takes for the same, null
-- where there is none.
function contacts.duplicate(call)
  local query = call.query
  access.location(call, query.locationId)
  local same = find_same(call, query.locationId, { email = query.email, phone = query.number })
  return answer.ok { contact = same and views.contact(same) or json.null, traceId = call.trace_id }
end

function contacts.add_followers(call)
  local contact = contacts.of_path(call)
  return followers.answer_added(contact,
    followers.add(call, contact, 'contact', call.body.followers))
end

function contacts.remove_followers(call)
  local contact = contacts.of_path(call)
  return followers.answer_removed(contact,
    followers.remove(call, contact, 'contact', call.body.followers))
end

return contacts
