-- What the sandbox holds at its start: one app with its credentials, two locations, and contacts
-- with the ids that the vendor's sample events name, so that a recipe which gets a sample can fetch
-- what it speaks of. Credentials follow from the seed, the ids of the samples do not.

local random = require 'sandbox.random'

local seed = {}

local LOCATION = 've9EPM428h8vShlRW1KT'
local OTHER_LOCATION = 'C2QujeCh8ZnC7al2InWR'
local APP_ID = '665c6bb13d4e5364bdec0e2f'
local BUSINESS = '63b7ec34ea409a9a8bd2a4ff'
local USER = '63e4qiWDsFJjOYAC8phG'
local DAY_MS = 86400000
local CODES = 8

-- Custom fields of the seeded location: key -> id.
seed.custom_fields = { company_size = 'BcdmQEsNgz6AVpgLVUJ0', quote_total = '6dvNaf7VhkQ9snc5vnjJ' }

local SCOPES = {
  'contacts.readonly', 'contacts.write', 'calendars/events.readonly', 'oauth.readonly',
  'oauth.write',
}

-- The app: what a project's ladle.yaml and `ladle connect` need.
function seed.app(number)
  local numbers = random.new(number, 'app')
  local app = {
    id = APP_ID, version_id = APP_ID, location = LOCATION, other_location = OTHER_LOCATION,
    company = numbers:token(20), user = USER, scopes = table.move(SCOPES, 1, #SCOPES, 1, {}),
    client_id = APP_ID .. '-' .. numbers:text(8, 'abcdefghijklmnopqrstuvwxyz0123456789'),
    client_secret = numbers:uuid(), private_token = 'pit-' .. numbers:uuid(), codes = {},
  }
  for i = 1, CODES do
    app.codes[i] = numbers:token(40)
  end
  return app
end

local function contact(id, location, fields)
  fields.id = id
  fields.locationId = location
  fields.type = 'lead'
  fields.dnd = fields.dnd or false
  fields.tags = fields.tags or {}
  return fields
end

local CONTACTS = {
  contact('nmFmQEsNgz6AVpgLVUJ0', LOCATION, {
    firstName = 'John', lastName = 'Deo', email = 'JohnDeo@gmail.comm', phone = '+919509597501',
    address1 = '3535 1st St N', city = 'ruDolomitebika', state = 'AL', country = 'DE',
    postalCode = '452001', companyName = 'Loram ipsum', source = 'xyz form',
    website = 'https://www.google.com/', dnd = true,
    tags = { 'id magna sed Lorem', 'Duis dolor commodo aliqua' }, birth = { 2000, 1, 5 },
    assignedTo = 'nmFmQEsNgz6AVpgLVUJ0', businessId = BUSINESS,
    customFields = { { id = 'BcdmQEsNgz6AVpgLVUJ0', value = 'XYZ Corp' } },
  }),
  contact('CWBf1PR9LvvBkcYqiXlc', LOCATION, {
    firstName = 'Rubika', lastName = 'Deo', email = 'rubika@deos.example', phone = '+18832327657',
    country = 'US', source = 'public api', timezone = 'Asia/Calcutta', companyName = 'DGS VolMAX',
    businessId = BUSINESS, tags = { 'customer' },
  }),
  contact('9NkT25Vor1v4aQatFsv2', LOCATION, {
    firstName = 'Mina', lastName = 'Okafor', email = 'mina@okafor.example', phone = '+31201234567',
    country = 'NL', source = 'booking widget', timezone = 'Europe/Amsterdam',
  }),
  contact('ocQHyuzHvysMo5N5VsXc', LOCATION, {
    firstName = 'Tomas', lastName = 'Lind', email = 'tomas@lind.example', phone = '+46812345678',
    country = 'SE', source = 'xyz form', tags = { 'newsletter' },
  }),
  -- Another sub-account: what a token of the first may not see.
  contact('sx6wyHhbFdRXh302LLNR', OTHER_LOCATION, {
    firstName = 'Olga', lastName = 'Elsewhere', email = 'olga@elsewhere.example', country = 'US',
  }),
}

local TASKS = {
  { id = 'UlRWGLSXh0ji5qbiGu4i', contactId = 'CWBf1PR9LvvBkcYqiXlc', title = 'Loram ipsum',
    body = 'Loram ipsum',
    due_days = 2, completed = false },
  { id = 'lJpzYrWdpkC2hX6t2yue', contactId = 'nmFmQEsNgz6AVpgLVUJ0', title = 'Call back',
    body = 'Ask for the size',
    due_days = 1, completed = false },
  { id = 'hX6t2yuelJpzYrWdpkC2', contactId = 'nmFmQEsNgz6AVpgLVUJ0', title = 'Send brochure',
    due_days = -3,
    completed = true },
}

local NOTES = {
  { id = 'otg8dTQqGLh3Q6iQI55w', contactId = 'CWBf1PR9LvvBkcYqiXlc', body = 'Loram ipsum' },
  { id = 'HGPcayliwcdoUFzvbTok', contactId = 'nmFmQEsNgz6AVpgLVUJ0', body = 'Met at the fair',
    title = 'Fair' },
}

local APPOINTMENTS = {
  { id = '0007BWpSzSwfiuSl0tR2', contactId = '9NkT25Vor1v4aQatFsv2',
    title = 'Appointment with GHL Dev team',
    start_days = 3, notes = 'Some dummy note' },
  { id = 'YS3jaqqeehkR2Is80miy', contactId = 'nmFmQEsNgz6AVpgLVUJ0', title = 'Site visit',
    start_days = 5 },
}

local function copy(value)
  if type(value) ~= 'table' then
    return value
  end
  local new = {}
  for key, item in pairs(value) do
    new[key] = copy(item)
  end
  return new
end

local function add_tasks(people, midnight)
  for _, row in ipairs(TASKS) do
    local owner = people:get(row.contactId)
    owner.tasks[#owner.tasks + 1] = {
      id = row.id, contactId = row.contactId, locationId = owner.locationId, title = row.title,
      body = row.body, assignedTo = USER, completed = row.completed, addedMs = owner.addedMs,
      dueMs = midnight + row.due_days * DAY_MS + 9 * 3600000,
    }
  end
end

local function add_notes(people)
  for _, row in ipairs(NOTES) do
    local owner = people:get(row.contactId)
    owner.notes[#owner.notes + 1] = {
      id = row.id, contactId = row.contactId, locationId = owner.locationId, body = row.body,
      title = row.title, userId = USER, pinned = false, addedMs = owner.addedMs,
    }
  end
end

local function add_appointments(people, midnight)
  for _, row in ipairs(APPOINTMENTS) do
    local owner = people:get(row.contactId)
    local start = midnight + row.start_days * DAY_MS + 11 * 3600000
    owner.appointments[#owner.appointments + 1] = {
      id = row.id, contactId = row.contactId, locationId = owner.locationId, title = row.title,
      notes = row.notes, calendarId = 'BqTwX8QFwXzpegMve9EQ', groupId = '9NkT25Vor1v4aQatFsv2',
      assignedUserId = USER, address = 'https://example.com/meeting', status = 'confirmed',
      startMs = start, endMs = start + 1800000, addedMs = owner.addedMs,
    }
  end
end

-- Fills an empty store. Contacts were added on the days before `now`, one a day; dates are whole
-- days from today.
function seed.fill(people, now)
  local midnight = now - now % DAY_MS
  for i, row in ipairs(CONTACTS) do
    local fresh = copy(row)
    fresh.addedMs = midnight - i * DAY_MS
    fresh.updatedMs = fresh.addedMs
    people:add(fresh)
  end
  add_tasks(people, midnight)
  add_notes(people)
  add_appointments(people, midnight)
end

return seed
