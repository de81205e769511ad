-- What the operations of the Contacts API accept, as the vendor's OpenAPI file of Contacts v2 lists
-- it. This list is the sandbox's own and is not taken from the connector: a field that the
-- connector gets wrong must be refused here.
--
-- A rule: type (a check of validate.lua), required, nullable, not_empty, values, fields, min, max.

local schemas = {}

local text = { type = 'string' }
local nullable_text = { type = 'string', nullable = true }

local dnd_status = {
  type = 'enum', values = { 'active', 'inactive', 'permanent' }, required = true,
}
local dnd_setting = {
  type = 'object', fields = { status = dnd_status, message = text, code = text },
}

-- The v2 spelling of the keys. RCS is not in the description but in real payloads.
local dnd_settings = {
  type = 'object',
  fields = {
    Call = dnd_setting, Email = dnd_setting, SMS = dnd_setting, WhatsApp = dnd_setting,
    GMB = dnd_setting, FB = dnd_setting, RCS = dnd_setting,
  },
}

local inbound_status = { type = 'enum', values = { 'active', 'inactive' }, required = true }
local inbound_dnd_settings = {
  type = 'object',
  fields = { all = { type = 'object', fields = { status = inbound_status, message = text } } },
}

-- One of `id` and `key` is needed: fields.lua asks for it.
local custom_fields = {
  type = 'objects', fields = { id = text, key = text, field_value = { type = 'any' } },
}

local function with(base, more)
  local fields = {}
  for name, rule in pairs(base) do
    fields[name] = rule
  end
  for name, rule in pairs(more) do
    fields[name] = rule
  end
  return fields
end

-- The fields that update, create and upsert share.
local contact = {
  firstName = nullable_text,
  lastName = nullable_text,
  name = nullable_text,
  email = { type = 'email', nullable = true },
  phone = nullable_text,
  address1 = nullable_text,
  city = nullable_text,
  state = nullable_text,
  postalCode = text,
  website = nullable_text,
  timezone = nullable_text,
  dnd = { type = 'boolean' },
  dndSettings = dnd_settings,
  inboundDndSettings = inbound_dnd_settings,
  tags = { type = 'strings' },
  customFields = custom_fields,
  dateOfBirth = { type = 'birth', nullable = true },
  country = { type = 'string', max = 2 },
}

schemas.update_contact = with(contact, { source = nullable_text, assignedTo = nullable_text })

schemas.create_contact = with(contact, {
  locationId = { type = 'string', required = true, not_empty = true },
  gender = text,
  source = text,
  companyName = nullable_text,
  assignedTo = text,
})

schemas.upsert_contact = with(schemas.create_contact, {
  createNewIfDuplicateAllowed = { type = 'boolean' },
})

schemas.create_task = {
  title = { type = 'string', required = true, not_empty = true },
  dueDate = { type = 'date', required = true },
  completed = { type = 'boolean', required = true },
  body = text,
  assignedTo = text,
}

schemas.update_task = {
  title = { type = 'string', not_empty = true },
  dueDate = { type = 'date' },
  completed = { type = 'boolean' },
  body = text,
  assignedTo = text,
}

schemas.update_task_completed = { completed = { type = 'boolean', required = true } }

schemas.update_note = {
  body = { type = 'string', not_empty = true },
  userId = text,
  title = text,
  color = { type = 'color' },
  pinned = { type = 'boolean' },
}

schemas.create_note = with(schemas.update_note, {
  body = { type = 'string', required = true, not_empty = true },
})

schemas.tags = { tags = { type = 'strings', required = true } }

-- The vendor describes the search body as an empty object; this is what issues and probed clients
-- agree on. The limit of 500 is commonly stated, not official.
schemas.search = {
  locationId = { type = 'string', required = true, not_empty = true },
  pageLimit = { type = 'whole', required = true, min = 1, max = 500 },
  page = { type = 'whole', min = 1, max = 10000 },
  query = text,
  searchAfter = { type = 'list' },
  filters = { type = 'list' },
  sort = {
    type = 'objects',
    fields = {
      field = { type = 'string', required = true, not_empty = true },
      direction = { type = 'enum', values = { 'asc', 'desc' }, required = true },
    },
  },
}

-- Queries: everything in them is text.
schemas.get_contacts_query = {
  locationId = { type = 'string', required = true, not_empty = true },
  startAfterId = text,
  startAfter = { type = 'digits' },
  query = text,
  limit = { type = 'digits', min = 1, max = 100 },
}

schemas.business_query = {
  locationId = { type = 'string', required = true, not_empty = true },
  limit = { type = 'digits', min = 1, max = 100 },
  skip = { type = 'digits', min = 0 },
  query = text,
}

schemas.duplicate_query = {
  locationId = { type = 'string', required = true, not_empty = true },
  number = text,
  email = text,
}

schemas.token = {
  client_id = { type = 'string', required = true, not_empty = true },
  client_secret = { type = 'string', required = true, not_empty = true },
  grant_type = {
    type = 'enum', values = { 'authorization_code', 'refresh_token', 'client_credentials' },
    required = true,
  },
  code = text,
  refresh_token = text,
  user_type = { type = 'enum', values = { 'Company', 'Location' } },
  redirect_uri = text,
}

schemas.location_token = {
  companyId = { type = 'string', required = true, not_empty = true },
  locationId = { type = 'string', required = true, not_empty = true },
}

return schemas
