-- Followers: users who are told of what happens to a contact or an opportunity. An answer lists all
-- that there are afterwards, and those that this call changed. There is no event for them.

local answer = require 'sandbox.answer'

local followers = {}

-- The rule of a body.
followers.body = { followers = { type = 'strings', required = true } }

local function set_of(items)
  local set = {}
  for _, item in ipairs(items) do
    set[item] = true
  end
  return set
end

local function copy(items)
  return answer.list(table.move(items, 1, #items, 1, {}))
end

-- `owner` is the contact or opportunity, `kind` its name in the ledger.
local function record(call, owner, kind, effect, changed)
  if changed[1] then
    call.sandbox.ledger:add(call, {
      effect = effect, id = owner.id, locationId = owner.locationId, kind = kind,
      contactId = owner.contactId or owner.id, followers = answer.list(changed),
    })
  end
end

-- Adds `users` to the owner's list; those that were new.
function followers.add(call, owner, kind, users)
  local known, added = set_of(owner.followers or {}), {}
  local list = copy(owner.followers or {})
  for _, user in ipairs(users) do
    if not known[user] then
      known[user] = true
      list[#list + 1] = user
      added[#added + 1] = user
    end
  end
  owner.followers = list
  record(call, owner, kind, 'followers_added', added)
  return added
end

-- Takes `users` out, all of them where it is nil; those that were there.
function followers.remove(call, owner, kind, users)
  local unwanted, left, removed = users and set_of(users), {}, {}
  for _, user in ipairs(owner.followers or {}) do
    local into = (not unwanted or unwanted[user]) and removed or left
    into[#into + 1] = user
  end
  owner.followers = left
  record(call, owner, kind, 'followers_removed', removed)
  return removed
end

-- The answers of the operations.
function followers.answer_added(owner, added)
  return answer.created { followers = copy(owner.followers), followersAdded = answer.list(added) }
end

function followers.answer_removed(owner, removed)
  return answer.ok { followers = copy(owner.followers), followersRemoved = answer.list(removed) }
end

return followers
