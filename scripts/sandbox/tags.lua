-- The tags of a contact, added and removed one by one. The answer lists all tags that the contact
-- has afterwards.

local answer = require 'sandbox.answer'
local contacts = require 'sandbox.contacts'
local views = require 'sandbox.views'

local tags = {}

local function set_of(items)
  local set = {}
  for _, item in ipairs(items) do
    set[item] = true
  end
  return set
end

local function record(call, effect, contact, changed)
  call.sandbox.ledger:add(call, {
    effect = effect, id = contact.id, contactId = contact.id, locationId = contact.locationId,
    tags = answer.list(changed),
  })
end

-- Sets the new list; tells of it only where something changed.
local function finish(call, contact, list, effect, changed)
  if changed[1] then
    contact.tags = list
    contact.updatedMs = call.sandbox.now()
    record(call, effect, contact, changed)
    call.sandbox.webhooks:emit('ContactTagUpdate', views.event(contact))
  end
  return answer.list(table.move(list, 1, #list, 1, {}))
end

function tags.add(call)
  local contact = contacts.of_path(call)
  local list = table.move(contact.tags, 1, #contact.tags, 1, {})
  local known, added = set_of(list), {}
  for _, tag in ipairs(call.body.tags) do
    if not known[tag] then
      known[tag] = true
      list[#list + 1] = tag
      added[#added + 1] = tag
    end
  end
  return answer.created { tags = finish(call, contact, list, 'tags_added', added) }
end

function tags.remove(call)
  local contact = contacts.of_path(call)
  local unwanted, list, removed = set_of(call.body.tags), {}, {}
  for _, tag in ipairs(contact.tags) do
    local into = unwanted[tag] and removed or list
    into[#into + 1] = tag
  end
  return answer.ok { tags = finish(call, contact, list, 'tags_removed', removed) }
end

return tags
