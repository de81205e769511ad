-- Creates, changes and upserts contacts of HighLevel, with what that takes beyond the one call: an
-- existing contact in place of a duplicate, a conflict that the service keeps quiet about, custom
-- fields by name, and a look at what was really taken over. The answers of the service that all
-- this rests on are in the connector's documentation (scripts/connectors/highlevel/README.md).

local compare = require 'lib.highlevel.compare'
local custom_fields = require 'lib.highlevel.custom_fields'
local json = require 'json'

local writes = {}

-- Fields that say how to write, and are not themselves written.
local IS_HOW = {
  contactId = true, locationId = true, on_duplicate = true, verify = true, preserve_primary = true,
  replace_tags = true, createNewIfDuplicateAllowed = true, on_conflict = true,
}

local function is_given(value)
  return value ~= nil and value ~= json.null and value ~= ''
end

-- The input as the service takes it.
local function ready(ctx, input)
  return custom_fields.encoded(ctx, input, 'contact')
end

-- Looks ---------------------------------------------------------------------------------------------------

-- The contact that the service takes for the same by an e-mail address or a phone, or nil.
local function find(ctx, input, by)
  local query = { locationId = input.locationId, email = by.email, number = by.phone }
  local contact = ctx:call('get_duplicate_contact', query).contact
  return type(contact) == 'table' and contact.id and contact or nil
end

-- The same where it is only told: what stands in the way of looking is no reason to fail.
local function try_find(ctx, input, by)
  local ok, contact = pcall(find, ctx, input, by)
  return ok and contact or nil
end

-- verify ---------------------------------------------------------------------------------------------------

-- The service keeps only one of the two forms of a name.
local function stored_value(contact, name)
  if name == 'name' then
    local whole = ((contact.firstName or '') .. ' ' .. (contact.lastName or '')):match '^%s*(.-)%s*$'
    return contact.name or contact.contactName or whole
  end
  return contact[name]
end

local function has_all(list, items)
  local known = {}
  for _, item in ipairs(list or {}) do known[tostring(item):lower()] = true end
  for _, item in ipairs(items) do
    if not known[tostring(item):lower()] then return false end
  end
  return true
end

local function is_applied(name, sent, contact)
  if name == 'tags' then return has_all(contact.tags, sent) end
  return compare.field(name, sent, stored_value(contact, name))
end

-- The names of the fields that were sent and are not stored; of custom fields as `custom.` and key or id.
local function unapplied(sent, contact)
  local names = {}
  for name, value in pairs(sent) do
    if name ~= 'customFields' and not IS_HOW[name] and not is_applied(name, value, contact) then
      names[#names + 1] = name
    end
  end
  for _, name in ipairs(custom_fields.unapplied(sent.customFields, contact.customFields)) do
    names[#names + 1] = 'custom.' .. name
  end
  table.sort(names)
  return json.array(names)
end

-- With `verify` the contact is read back, and the output says what was not taken over.
local function verified(ctx, input, sent, output)
  if input.verify ~= true then return output end
  output.contact = ctx:call('get_contact', { contactId = output.contact.id }).contact
  output.unapplied = unapplied(sent, output.contact)
  return output
end

-- create ---------------------------------------------------------------------------------------------------

local function raise_conflict(message, id)
  error({ kind = 'conflict', message = message, detail = id }, 0)
end

-- The fields of `sent` that an update takes, without tags (they would overwrite those that are there).
local function as_update(ctx, sent, id)
  local takes, out = ctx:takes 'update_contact', { contactId = id }
  for name, value in pairs(sent) do
    if takes[name] and name ~= 'tags' and name ~= 'verify' then out[name] = value end
  end
  return out
end

local function add_tags(ctx, contact, tags)
  if tags and #tags > 0 then
    contact.tags = ctx:call('add_tags', { contactId = contact.id, tags = tags }).tags
  end
end

-- update_contact; a key that is another contact's is a conflict of the two.
local function change(ctx, fields)
  local ok, answer = pcall(ctx.call, ctx, 'update_contact', fields)
  if ok then return answer.contact end
  if type(answer) == 'table' and answer.kind == 'duplicate' then
    raise_conflict(('the e-mail address and the phone belong to two contacts, %s and %s'):format(fields.contactId,
      answer.detail or 'another one'), answer.detail)
  end
  error(answer, 0)
end

local function update_existing(ctx, sent, id)
  local contact = change(ctx, as_update(ctx, sent, id))
  add_tags(ctx, contact, sent.tags)
  return contact
end

local function existing(ctx, input, sent, problem)
  local id = problem.detail
  if not id then
    local found = find(ctx, input, { email = sent.email, phone = sent.phone })
    if not found then error(problem, 0) end
    id = found.id
  end
  local contact
  if input.on_duplicate == 'update' then
    contact = update_existing(ctx, sent, id)
  else
    contact = ctx:call('get_contact', { contactId = id }).contact
  end
  return { contact = contact, duplicate = true }
end

-- on_duplicate: use | update | fail.
function writes.create(ctx, input)
  local sent = ready(ctx, input)
  local ok, result = pcall(ctx.call, ctx, 'create_contact', sent)
  if ok then
    result.duplicate = false
  elseif type(result) == 'table' and result.kind == 'duplicate'
    and (input.on_duplicate == 'use' or input.on_duplicate == 'update') then
    result = existing(ctx, input, sent, result)
    if input.on_duplicate == 'use' then return result end
  else
    error(result, 0)
  end
  return verified(ctx, input, sent, result)
end

-- update ---------------------------------------------------------------------------------------------------

function writes.update(ctx, input)
  local sent = ready(ctx, input)
  return verified(ctx, input, sent, ctx:call('update_contact', sent))
end

-- upsert ---------------------------------------------------------------------------------------------------

local KEYS = { { 'email', compare.text }, { 'phone', compare.phone } }

-- The service matches one contact, and drops without a word the key that is another's. What was dropped, and the
-- contact that has it, as far as it is known.
local function find_conflict(ctx, input, sent, answer)
  local dropped, owner = json.array {}, nil
  for _, key in ipairs(KEYS) do
    local name, is_same = key[1], key[2]
    local stored = answer.contact[name]
    if is_given(sent[name]) and not (is_given(stored) and is_same(sent[name], stored)) then
      local other = try_find(ctx, input, { [name] = sent[name] })
      owner = other and other.id ~= answer.contact.id and other.id or owner
      dropped[#dropped + 1] = name
    end
  end
  return dropped, owner
end

-- on_conflict: fail (the default) | report.
local function check_conflict(ctx, input, sent, answer)
  local dropped, owner = find_conflict(ctx, input, sent, answer)
  if input.on_conflict == 'report' then
    answer.dropped, answer.other = dropped, owner
  elseif #dropped > 0 then
    raise_conflict(('contact %s was written, but without `%s`: %s'):format(answer.contact.id,
      table.concat(dropped, '` and `'), owner and 'it belongs to contact ' .. owner or 'the service did not take it'),
      owner)
  end
end

-- What stands as the contact's first address or phone stays; names of the fields that were left out.
local function keep_primary(sent, contact)
  local kept = json.array {}
  for _, key in ipairs(KEYS) do
    local name, is_same = key[1], key[2]
    if is_given(sent[name]) and is_given(contact[name]) and not is_same(sent[name], contact[name]) then
      sent[name] = nil
      kept[#kept + 1] = name
    end
  end
  return kept
end

-- The contact that is there already, changed without touching its first e-mail address and phone; nil: there is none.
local function update_preserving(ctx, input, sent)
  local found = is_given(sent.email) and find(ctx, input, { email = sent.email })
    or is_given(sent.phone) and find(ctx, input, { phone = sent.phone })
  if not found then return nil end
  local kept = keep_primary(sent, found)
  local fields = as_update(ctx, sent, found.id)
  fields.tags = sent.tags
  return { new = false, contact = change(ctx, fields), kept = kept }
end

function writes.upsert(ctx, input)
  local sent = ready(ctx, input)
  local output = input.preserve_primary == true and update_preserving(ctx, input, sent)
  if not output then
    output = ctx:call('upsert_contact', sent)
    check_conflict(ctx, input, sent, output)
  end
  return verified(ctx, input, sent, output)
end

return writes
