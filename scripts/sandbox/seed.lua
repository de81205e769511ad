-- What the sandbox holds at its start: one app with its credentials, and locations with all that
-- belongs to them, from data of the form of seed_form.lua. Credentials follow from the seed, and so
-- do the ids of what the data gives none.

local people = require 'sandbox.people'
local fields = require 'sandbox.fields'
local random = require 'sandbox.random'
local scopes = require 'sandbox.scopes'
local times = require 'sandbox.times'

local seed = {}

local APP_ID = '665c6bb13d4e5364bdec0e2f'
local DAY_MS = 86400000
local HALF_HOUR_MS = 30 * 60000
local CODES = 8

-- Gives locations without an id one, once and for all: the app is installed in them.
local function name_locations(number, locations)
  local ids = random.new(number, 'locations')
  for _, row in ipairs(locations) do
    row.id = row.id or ids:id20()
  end
end

-- The app: what a project's ladle.yaml and `ladle connect` need.
function seed.app(number, data)
  local numbers = random.new(number, 'app')
  name_locations(number, data.locations)
  local first, second = data.locations[1], data.locations[2]
  local user = data.users and data.users[1]
  local app = {
    id = APP_ID, version_id = APP_ID, location = first.id,
    other_location = second and second.id, company = numbers:token(20),
    user = user and user.id or first.id, scopes = table.move(scopes, 1, #scopes, 1, {}),
    client_id = APP_ID .. '-' .. numbers:text(8, 'abcdefghijklmnopqrstuvwxyz0123456789'),
    client_secret = numbers:uuid(), private_token = 'pit-' .. numbers:uuid(), codes = {},
  }
  for i = 1, CODES do
    app.codes[i] = numbers:token(40)
  end
  app.agency_token = 'pit-' .. numbers:uuid()
  return app
end

-- --- the fill: what the functions below share ----------------------------------------------------

local Fill = {}
Fill.__index = Fill

-- '+2d 09:00' and '-3d' are days from today by the location's clocks; anything else is a date.
function Fill:moment(text, zone)
  local sign, days, clock = text:match('^([+-])(%d+)d%s*([%d:]*)$')
  if not sign then
    return times.parse(text, zone)
  end
  local day = self.midnight + (sign == '-' and -1 or 1) * math.tointeger(days) * DAY_MS
  return times.parse(times.iso(day):sub(1, 10) .. 'T' .. (clock ~= '' and clock or '00:00'), zone)
end

function Fill:location(row)
  local wanted = row.location
  for _, location in ipairs(wanted and self.sandbox.locations.list or {}) do
    if location.id == wanted or location.name == wanted then
      return location
    end
  end
  return self.sandbox.locations.list[1]
end

-- The row of a location with that id or name, or the first one where nothing is named.
local function pick(rows, location, wanted)
  for _, row in ipairs(rows:of(location)) do
    if wanted == nil or row.id == wanted or row.name == wanted then
      return row
    end
  end
  return nil
end

local function copy(row)
  local new = {}
  for key, value in pairs(row) do
    new[key] = type(value) == 'table' and copy(value) or value
  end
  return new
end

-- A copy of a row of the data with its id, its location and its moment.
function Fill:fresh(row, id)
  local new = copy(row)
  new.id = row.id or self.ids[id](self.ids)
  new.locationId = self:location(row).id
  new.location = nil
  new.addedMs, new.updatedMs = self.midnight, self.midnight
  return new
end

-- --- what a location has -------------------------------------------------------------------------

local function add_locations(fill, list)
  for _, row in ipairs(list) do
    local location = copy(row)
    location.companyId = fill.sandbox.app.company
    location.timezone = location.timezone or 'UTC'
    fill.sandbox.locations:add(location)
  end
end

local function add_rows(fill, rows, list, id)
  for _, row in ipairs(list or {}) do
    rows:add(fill:fresh(row, id))
  end
end

local function add_fields(fill, list)
  for i, row in ipairs(list or {}) do
    local field = fill:fresh(row, 'id20')
    field.model = row.model or 'contact'
    field.dataType = row.dataType or 'TEXT'
    field.fieldKey = ('%s.%s'):format(field.model, row.key or fields.key_of('', row.name):sub(2))
    field.position, field.picklistOptions, field.options = i * 50, field.options, nil
    fill.sandbox.fields:add(field)
  end
end

local function add_pipelines(fill, list)
  for _, row in ipairs(list or {}) do
    local pipeline = fill:fresh(row, 'id20')
    for i, stage in ipairs(pipeline.stages) do
      stage = type(stage) == 'table' and stage or { name = stage }
      stage.id = stage.id or fill.ids:uuid()
      pipeline.stages[i] = stage
    end
    fill.sandbox.pipelines:add(pipeline)
  end
end

-- --- contacts ------------------------------------------------------------------------------------

local function custom_fields(fill, location, model, values)
  local list = {}
  for _, row in ipairs(fill.sandbox.fields:of(location)) do
    local short = row.fieldKey:match('%.(.*)$')
    local value = values[row.id]
    for _, name in ipairs { row.name, row.fieldKey, short } do
      value = value == nil and values[name] or value
    end
    if row.model == model and value ~= nil then
      list[#list + 1] = { id = row.id, value = value }
    end
  end
  return list
end

local function add_tasks(fill, contact, zone, list)
  for _, row in ipairs(list or {}) do
    contact.tasks[#contact.tasks + 1] = {
      id = row.id or fill.ids:id20(), contactId = contact.id, locationId = contact.locationId,
      title = row.title, body = row.body, assignedTo = row.assignedTo or fill.sandbox.app.user,
      completed = row.completed or false, addedMs = contact.addedMs,
      dueMs = fill:moment(row.dueDate, zone),
    }
  end
end

local function add_notes(fill, contact, list)
  for _, row in ipairs(list or {}) do
    contact.notes[#contact.notes + 1] = {
      id = row.id or fill.ids:id20(), contactId = contact.id, locationId = contact.locationId,
      body = row.body, title = row.title, userId = fill.sandbox.app.user, pinned = false,
      addedMs = contact.addedMs,
    }
  end
end

local function add_appointments(fill, contact, zone, list)
  for _, row in ipairs(list or {}) do
    local calendar = pick(fill.sandbox.calendars, contact.locationId, row.calendar)
    local start = fill:moment(row.startTime, zone)
    fill.sandbox.appointments:add {
      id = row.id or fill.ids:id20(), contactId = contact.id, locationId = contact.locationId,
      title = row.title, notes = row.notes, calendarId = calendar.id, groupId = calendar.groupId,
      assignedUserId = row.assignedUserId or fill.sandbox.app.user, source = 'booking_widget',
      address = row.address or 'https://example.com/meeting',
      status = row.appointmentStatus or 'confirmed', startMs = start,
      endMs = row.endTime and fill:moment(row.endTime, zone) or start + HALF_HOUR_MS,
      addedMs = contact.addedMs, updatedMs = contact.addedMs,
    }
  end
end

local function stage_of(pipeline, wanted)
  for _, stage in ipairs(pipeline.stages) do
    if wanted == nil or stage.id == wanted or stage.name == wanted then
      return stage.id
    end
  end
end

local function add_opportunities(fill, contact, list)
  for _, row in ipairs(list or {}) do
    local pipeline = pick(fill.sandbox.pipelines, contact.locationId, row.pipeline)
    fill.sandbox.opportunities:add {
      id = row.id or fill.ids:id20(), contactId = contact.id, locationId = contact.locationId,
      name = row.name, monetaryValue = row.monetaryValue, assignedTo = row.assignedTo,
      pipelineId = pipeline.id, pipelineStageId = stage_of(pipeline, row.stage),
      status = row.status or 'open', source = row.source,
      customFields = custom_fields(fill, contact.locationId, 'opportunity', row.customFields or {}),
      addedMs = contact.addedMs, updatedMs = contact.addedMs, statusMs = contact.addedMs,
      stageMs = contact.addedMs,
    }
  end
end

-- Contacts were added on the days before today, one a day, where the data does not say when.
local function add_contact(fill, row, at)
  local sandbox, contact = fill.sandbox, fill:fresh(row, 'id20')
  local zone = sandbox.locations:get(contact.locationId).timezone
  local business = row.business and pick(sandbox.businesses, contact.locationId, row.business)
  contact.addedMs = row.dateAdded and fill:moment(row.dateAdded, zone)
    or fill.midnight - at * DAY_MS
  contact.updatedMs = contact.addedMs
  contact.type, contact.dnd, contact.tags = 'lead', row.dnd or false, contact.tags or {}
  contact.phone = people.fold_phone(row.phone)
  contact.businessId, contact.business = business and business.id, nil
  contact.birth = row.dateOfBirth and { times.parse_birth(row.dateOfBirth) }
  contact.customFields = custom_fields(fill, contact.locationId, 'contact', row.customFields or {})
  contact.dateAdded, contact.dateOfBirth = nil, nil
  contact.tasks, contact.notes, contact.appointments, contact.opportunities = nil, nil, nil, nil
  sandbox.people:add(contact)
  add_tasks(fill, contact, zone, row.tasks)
  add_notes(fill, contact, row.notes)
  add_appointments(fill, contact, zone, row.appointments)
  add_opportunities(fill, contact, row.opportunities)
end

-- Fills an empty sandbox from checked data.
function seed.fill(sandbox, data, number)
  local now = sandbox.now()
  local fill = setmetatable({
    sandbox = sandbox, midnight = now - now % DAY_MS, ids = random.new(number, 'seed'),
  }, Fill)
  add_locations(fill, data.locations)
  add_rows(fill, sandbox.users, data.users, 'id20')
  add_fields(fill, data.customFields)
  add_rows(fill, sandbox.businesses, data.businesses, 'hex24')
  add_rows(fill, sandbox.calendars, data.calendars, 'id20')
  add_pipelines(fill, data.pipelines)
  add_rows(fill, sandbox.lost_reasons, data.lostReasons, 'id20')
  add_rows(fill, sandbox.workflows, data.workflows, 'uuid')
  add_rows(fill, sandbox.campaigns, data.campaigns, 'id20')
  for i, row in ipairs(data.contacts or {}) do
    add_contact(fill, row, i)
  end
end

return seed
