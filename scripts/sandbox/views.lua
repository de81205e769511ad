-- How a contact looks from outside: the API shows it in three shapes (of get, of create and of
-- lists) and the webhooks in a fourth. Fields without a value are left out, as in real answers.

local answer = require 'sandbox.answer'
local times = require 'sandbox.times'

local views = {}

local SHARED = {
  'id', 'locationId', 'firstName', 'lastName', 'email', 'phone', 'dnd', 'dndSettings', 'type',
  'source', 'assignedTo', 'address1', 'city', 'state', 'country', 'postalCode', 'website',
  'companyName', 'businessId',
}

local function pick(contact, names)
  local view = {}
  for _, name in ipairs(names) do
    view[name] = contact[name]
  end
  return view
end

local function lower(text)
  return text and text:lower()
end

function views.full_name(contact)
  local parts = {}
  parts[#parts + 1] = contact.firstName
  parts[#parts + 1] = contact.lastName
  return parts[1] and table.concat(parts, ' ')
end

local function copy_list(items)
  return answer.list(table.move(items or {}, 1, #(items or {}), 1, {}))
end

-- Reads give a custom field's id and value, never its key.
local function custom_fields(contact)
  local list = {}
  for i, field in ipairs(contact.customFields or {}) do
    list[i] = { id = field.id, value = field.value }
  end
  return answer.list(list)
end

local function birth(contact)
  local born = contact.birth
  return born and ('%04d-%02d-%02dT00:00:00.000Z'):format(born[1], born[2], born[3])
end

local function add_common(view, contact)
  view.emailLowerCase = lower(contact.email)
  view.firstNameLowerCase = lower(contact.firstName)
  view.lastNameLowerCase = lower(contact.lastName)
  view.fullNameLowerCase = lower(views.full_name(contact))
  view.tags = copy_list(contact.tags)
  view.customFields = custom_fields(contact)
  view.dateAdded = times.iso(contact.addedMs)
  view.dateUpdated = times.iso(contact.updatedMs)
  view.dateOfBirth = birth(contact)
  return view
end

-- get, update and upsert.
function views.contact(contact)
  local view = add_common(pick(contact, SHARED), contact)
  view.name = views.full_name(contact)
  view.timezone = contact.timezone
  view.inboundDndSettings = contact.inboundDndSettings
  view.attributionSource = contact.attributionSource
  view.additionalEmails = answer.list()
  return view
end

-- The answer of create has no name, timezone and attribution, and fields that nothing else has.
function views.created(contact)
  local view = add_common(pick(contact, SHARED), contact)
  view.deleted = false
  view.bounceEmail = false
  view.unsubscribeEmail = false
  view.birthMonth = contact.birth and contact.birth[2]
  view.birthDay = contact.birth and contact.birth[3]
  view.offers = answer.list()
  view.products = answer.list()
  return view
end

-- Lists and search. The description of a list's item has no names; real answers of the search have
-- them.
function views.lite(contact)
  local view = pick(contact, {
    'id', 'locationId', 'email', 'phone', 'firstName', 'lastName', 'timezone', 'country', 'source',
    'businessId', 'assignedTo', 'companyName', 'dnd', 'type',
  })
  view.dateAdded = times.iso(contact.addedMs)
  view.dateUpdated = times.iso(contact.updatedMs)
  view.tags = copy_list(contact.tags)
  view.customFields = custom_fields(contact)
  view.attributions = answer.list()
  view.followers = copy_list(contact.followers)
  return view
end

-- The fields of ContactCreate, ContactUpdate, ContactDelete, ContactTagUpdate and ContactDndUpdate.
function views.event(contact)
  local view = pick(contact, {
    'locationId', 'id', 'address1', 'city', 'companyName', 'country', 'source', 'email',
    'firstName', 'lastName', 'phone', 'postalCode', 'state', 'website', 'assignedTo',
  })
  view.name = views.full_name(contact)
  view.dnd = contact.dnd or false
  view.dateAdded = times.iso(contact.addedMs)
  view.dateOfBirth = birth(contact)
  view.tags = copy_list(contact.tags)
  view.attachments = answer.list()
  view.customFields = custom_fields(contact)
  return view
end

return views
