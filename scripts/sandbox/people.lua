-- The contacts that the sandbox holds, with the indexes that the duplicate check needs. A contact
-- is a table with the API's field names and besides: addedMs, updatedMs, and the lists tasks, notes
-- and appointments that go with it.

local people = {}
people.__index = people

function people.new()
  return setmetatable({ by_id = {}, by_key = {}, count = 0 }, people)
end

-- 'Ann@Example.com ' -> 'ann@example.com'; nil for nothing.
function people.fold_email(text)
  local folded = type(text) == 'string' and text:lower():match('^%s*(.-)%s*$')
  return folded ~= '' and folded or nil
end

-- '+1 888-888-8888' -> '+18888888888'. The real service normalises to E.164 by the location's
-- country; a number without a country code is kept as its digits here.
function people.fold_phone(text)
  if type(text) ~= 'string' then
    return nil
  end
  local digits = text:gsub('[^%d]', '')
  if digits == '' then
    return nil
  end
  return (text:match('^%s*%+') and '+' or '') .. digits
end

local function key_of(location, kind, value)
  return value and table.concat({ location, kind, value }, '\n')
end

local function keys_of(contact)
  local keys = {}
  keys[#keys + 1] = key_of(contact.locationId, 'email', people.fold_email(contact.email))
  keys[#keys + 1] = key_of(contact.locationId, 'phone', people.fold_phone(contact.phone))
  return keys
end

local function index(self, contact)
  for _, key in ipairs(keys_of(contact)) do
    local ids = self.by_key[key] or {}
    ids[#ids + 1] = contact.id
    self.by_key[key] = ids
  end
end

local function unindex(self, contact)
  for _, key in ipairs(keys_of(contact)) do
    local left = {}
    for _, id in ipairs(self.by_key[key] or {}) do
      if id ~= contact.id then
        left[#left + 1] = id
      end
    end
    self.by_key[key] = left[1] and left or nil
  end
end

function people:add(contact)
  contact.tasks = contact.tasks or {}
  contact.notes = contact.notes or {}
  contact.appointments = contact.appointments or {}
  self.by_id[contact.id] = contact
  self.count = self.count + 1
  index(self, contact)
end

function people:remove(contact)
  unindex(self, contact)
  self.by_id[contact.id] = nil
  self.count = self.count - 1
end

-- Runs change(contact), which may give it another e-mail address or phone.
function people:change(contact, change)
  unindex(self, contact)
  change(contact)
  index(self, contact)
end

local FOLDS = { email = people.fold_email, phone = people.fold_phone }

function people:get(id)
  return self.by_id[id]
end

-- The first contact of a location with that e-mail address (kind 'email') or phone, other than
-- `except`.
function people:find(location, kind, value, except)
  local folded = FOLDS[kind](value)
  for _, id in ipairs(folded and self.by_key[key_of(location, kind, folded)] or {}) do
    if id ~= except then
      return self.by_id[id]
    end
  end
  return nil
end

-- The contacts of a location for which accept(contact) holds, in no order.
function people:filter(location, accept)
  local found = {}
  for _, contact in pairs(self.by_id) do
    if contact.locationId == location and accept(contact) then
      found[#found + 1] = contact
    end
  end
  return found
end

return people
