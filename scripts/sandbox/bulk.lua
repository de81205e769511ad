-- What is done to many contacts in one call: tags added or removed, and a business set or taken away.
-- The vendor's description declares neither a scope nor the `{type}` in the path of the first.

local access = require 'sandbox.access'
local answer = require 'sandbox.answer'
local contacts = require 'sandbox.contacts'
local tags = require 'sandbox.tags'

local bulk = {}

local function report(id, kind, message)
  return { contactId = id, type = kind, message = message }
end

-- One contact of the list: what is said of it. Each stands for itself; one that is not there does
-- not stop the others.
local function update_one(call, id)
  local contact = call.sandbox.people:get(id)
  if not contact then
    return report(id, 'error', 'contact id is not a valid firebase id')
  elseif contact.locationId ~= call.body.locationId then
    return report(id, 'error', 'contact does not belong to location')
  end
  local said = report(id, 'success', 'Tags updated')
  said.oldTags = answer.list(table.move(contact.tags, 1, #contact.tags, 1, {}))
  said.tagsAdded, said.tagsRemoved = answer.list(), answer.list()
  if call.params.type == 'add' then
    said.tagsAdded = answer.list(tags.add_to(call, contact, call.body.tags))
  else
    local unwanted = not call.body.removeAllTags and call.body.tags or nil
    said.tagsRemoved = answer.list(tags.remove_from(call, contact, unwanted))
  end
  return said
end

function bulk.tags(call)
  local body, kind = call.body, call.params.type
  access.location(call, body.locationId)
  if kind ~= 'add' and kind ~= 'remove' then
    answer.unprocessable { 'type must be one of the following values: add, remove' }
  elseif kind == 'add' and body.removeAllTags then
    answer.refuse(400, 'removeAllTags can only be used with the remove type')
  end
  local responses, errors = {}, 0
  for i, id in ipairs(body.contacts) do
    responses[i] = update_one(call, id)
    errors = errors + (responses[i].type == 'error' and 1 or 0)
  end
  return answer.created {
    succeded = true, errorCount = errors, responses = answer.list(responses),
  }
end

-- All contacts are looked at before the first one is changed.
function bulk.business(call)
  local body, found = call.body, {}
  access.location(call, body.locationId)
  local business = type(body.businessId) == 'string'
    and access.row(call, call.sandbox.businesses, body.businessId, 'Business')
  for i, id in ipairs(body.ids) do
    found[i] = access.contact(call, id)
  end
  for _, contact in ipairs(found) do
    contact.businessId = business and business.id or nil
    contacts.changed(call, contact, business and 'business_set' or 'business_removed',
      'ContactUpdate', { businessId = business and business.id or nil })
  end
  return answer.ok { success = true, ids = answer.list(table.move(body.ids, 1, #body.ids, 1, {})) }
end

local id = { type = 'string', required = true, not_empty = true }
local ids = { type = 'strings', required = true }

bulk.operations = {
  -- By the vendor's name for it, which is the one that the catalogue has too.
  { 'create_association', 'POST', '/contacts/bulk/tags/update/{type}', scope = 'contacts.write',
    body = { contacts = ids, tags = { type = 'strings', required = true }, locationId = id,
      removeAllTags = { type = 'boolean' } },
    run = bulk.tags },
  { 'add_remove_contact_from_business', 'POST', '/contacts/bulk/business', scope = 'contacts.write',
    body = { locationId = id, ids = ids,
      businessId = { type = 'string', required = true, nullable = true } },
    run = bulk.business },
}

return bulk
