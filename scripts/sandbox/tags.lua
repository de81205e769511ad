-- Plays the tags of a contact, added and removed one by one. The answer lists all tags that the
-- contact has afterwards.

local answer = require 'sandbox.answer'
local contacts = require 'sandbox.contacts'

local tags = {}

local function set_of(items)
  local set = {}
  for _, item in ipairs(items) do
    set[item] = true
  end
  return set
end

-- Sets the new list; tells of it only where something changed.
local function finish(call, contact, list, effect, changed)
  if changed[1] then
    contact.tags = list
    contacts.changed(call, contact, effect, 'ContactTagUpdate', { tags = answer.list(changed) })
  end
  return changed
end

-- Adds tags to a contact; those that it did not have.
function tags.add_to(call, contact, wanted)
  local list = table.move(contact.tags, 1, #contact.tags, 1, {})
  local known, added = set_of(list), {}
  for _, tag in ipairs(wanted) do
    if not known[tag] then
      known[tag] = true
      list[#list + 1] = tag
      added[#added + 1] = tag
    end
  end
  return finish(call, contact, list, 'tags_added', added)
end

-- Removes tags from a contact, all of them where `wanted` is nil; those that it had.
function tags.remove_from(call, contact, wanted)
  local unwanted, list, removed = wanted and set_of(wanted), {}, {}
  for _, tag in ipairs(contact.tags) do
    local into = (not unwanted or unwanted[tag]) and removed or list
    into[#into + 1] = tag
  end
  return finish(call, contact, list, 'tags_removed', removed)
end

local function all_of(contact)
  return { tags = answer.list(table.move(contact.tags, 1, #contact.tags, 1, {})) }
end

function tags.add(call)
  local contact = contacts.of_path(call)
  tags.add_to(call, contact, call.body.tags)
  return answer.created(all_of(contact))
end

function tags.remove(call)
  local contact = contacts.of_path(call)
  tags.remove_from(call, contact, call.body.tags)
  return answer.ok(all_of(contact))
end

return tags
