-- Appointments: a contact's list of them, and the calendar operations that make, change and delete
-- one. The list writes times without a zone, which are those of the location's clocks; everything
-- else writes them with its offset, as the real service's webhooks do.

local access = require 'sandbox.access'
local answer = require 'sandbox.answer'
local times = require 'sandbox.times'

local appointments = {}

local STATUSES = { 'new', 'confirmed', 'cancelled', 'showed', 'noshow', 'invalid' }
local HALF_HOUR_MS = 30 * 60000
local VERSION = '2021-04-15'

local function zone_of(call, appointment)
  local location = call.sandbox.locations:get(appointment.locationId)
  return location and location.timezone
end

local function users_of(appointment)
  return answer.list { appointment.assignedUserId }
end

local function list_view(appointment, zone)
  return {
    id = appointment.id, calendarId = appointment.calendarId, status = appointment.status,
    title = appointment.title, assignedUserId = appointment.assignedUserId,
    notes = appointment.notes, startTime = times.naive(appointment.startMs, zone),
    endTime = times.naive(appointment.endMs, zone), address = appointment.address,
    locationId = appointment.locationId, contactId = appointment.contactId,
    groupId = appointment.groupId, appointmentStatus = appointment.status,
    users = users_of(appointment), dateAdded = times.naive(appointment.addedMs, zone),
    dateUpdated = times.naive(appointment.updatedMs, zone), assignedResources = answer.list(),
  }
end

-- GET /contacts/{contactId}/appointments
function appointments.list(call)
  local contact, list = access.contact(call, call.params.contactId), {}
  for _, row in ipairs(call.sandbox.appointments:of(contact.locationId)) do
    if row.contactId == contact.id then
      list[#list + 1] = list_view(row, zone_of(call, row))
    end
  end
  return answer.ok { events = answer.list(list) }
end

-- --- the calendar's side -------------------------------------------------------------------------

-- The fields that webhooks and GET /calendars/events/appointments/{id} share.
local function full_view(call, row)
  local zone = zone_of(call, row)
  return {
    id = row.id, address = row.address, title = row.title, calendarId = row.calendarId,
    contactId = row.contactId, groupId = row.groupId, appointmentStatus = row.status,
    assignedUserId = row.assignedUserId, users = users_of(row), notes = row.notes,
    startTime = times.zoned(row.startMs, zone), endTime = times.zoned(row.endMs, zone),
    dateAdded = times.zoned(row.addedMs, zone), dateUpdated = times.zoned(row.updatedMs, zone),
  }
end

-- The answer of create and edit, which has no dateAdded.
local function brief_view(call, row)
  local zone = zone_of(call, row)
  return {
    id = row.id, calendarId = row.calendarId, locationId = row.locationId,
    contactId = row.contactId, startTime = times.zoned(row.startMs, zone),
    endTime = times.zoned(row.endMs, zone), title = row.title, appointmentStatus = row.status,
    assignedUserId = row.assignedUserId, address = row.address, isRecurring = false,
  }
end

local function announce(call, effect, event, row)
  call.sandbox.ledger:add(call, {
    effect = effect, id = row.id, contactId = row.contactId, locationId = row.locationId,
    title = row.title, status = row.status, startTime = times.iso(row.startMs),
  })
  local view = full_view(call, row)
  view.source = row.source
  call.sandbox.webhooks:emit(event, { locationId = row.locationId, appointment = view })
end

-- A time without an offset is one of the location's clocks.
local function moment(call, row, text)
  return times.parse(text, zone_of(call, row))
end

local function apply(call, row, body)
  row.title = body.title or row.title
  row.status = body.appointmentStatus or row.status
  row.assignedUserId = body.assignedUserId or row.assignedUserId
  row.address = body.address or row.address
  row.notes = body.description or row.notes
  if body.startTime then
    local length = row.startMs and row.endMs - row.startMs or HALF_HOUR_MS
    row.startMs = moment(call, row, body.startTime)
    row.endMs = row.startMs + length
  end
  row.endMs = body.endTime and moment(call, row, body.endTime) or row.endMs
  row.updatedMs = call.sandbox.now()
end

local function check_times(call, body)
  if not (body.startTime and body.endTime) then
    return
  end
  local location = call.sandbox.locations:get(call.token.location)
  local zone = location and location.timezone
  if times.parse(body.endTime, zone) <= times.parse(body.startTime, zone) then
    answer.refuse(400, 'The end time must be after the start time')
  end
end

local function calendar_of(call, id)
  return access.row(call, call.sandbox.calendars, id, 'Calendar')
end

local function of_path(call)
  return access.row(call, call.sandbox.appointments, call.params.eventId, 'Appointment')
end

local function create(call)
  local body = call.body
  access.location(call, body.locationId)
  local contact, calendar = access.contact(call, body.contactId), calendar_of(call, body.calendarId)
  check_times(call, body)
  local row = {
    id = call.sandbox.ids:id20(), locationId = body.locationId, contactId = contact.id,
    calendarId = calendar.id, groupId = calendar.groupId, status = 'confirmed', source = 'api',
    title = calendar.name, addedMs = call.sandbox.now(),
  }
  apply(call, row, body)
  call.sandbox.appointments:add(row)
  announce(call, 'appointment_created', 'AppointmentCreate', row)
  return answer.ok(brief_view(call, row))
end

local function edit(call)
  local row, body = of_path(call), call.body
  check_times(call, body)
  row.calendarId = body.calendarId and calendar_of(call, body.calendarId).id or row.calendarId
  apply(call, row, body)
  announce(call, 'appointment_updated', 'AppointmentUpdate', row)
  return answer.ok(brief_view(call, row))
end

local function get(call)
  local row = of_path(call)
  local view = full_view(call, row)
  view.locationId, view.isRecurring, view.assignedResources = row.locationId, false, answer.list()
  return answer.ok { event = view }
end

local function delete(call)
  local row = of_path(call)
  call.sandbox.appointments:remove(row)
  announce(call, 'appointment_deleted', 'AppointmentDelete', row)
  return answer.created { succeeded = true }
end

-- --- operations ----------------------------------------------------------------------------------

local text, flag = { type = 'string' }, { type = 'boolean' }
local id = { type = 'string', required = true, not_empty = true }

local function with(more)
  local fields = {
    title = text,
    meetingLocationType = {
      type = 'enum',
      values = { 'custom', 'zoom', 'gmeet', 'phone', 'address', 'ms_teams', 'google' },
    },
    meetingLocationId = text, overrideLocationConfig = flag,
    appointmentStatus = { type = 'enum', values = STATUSES },
    assignedUserId = text, description = text, address = text, ignoreDateRange = flag,
    toNotify = flag, ignoreFreeSlotValidation = flag, rrule = text, calendarId = text,
    startTime = { type = 'date' }, endTime = { type = 'date' },
  }
  for name, rule in pairs(more) do
    fields[name] = rule
  end
  return fields
end

local ONE = '/calendars/events/appointments/{eventId}'
local READ, WRITE = 'calendars/events.readonly', 'calendars/events.write'

appointments.operations = {
  { 'create_appointment', 'POST', '/calendars/events/appointments', scope = WRITE,
    version = VERSION, run = create,
    body = with { calendarId = id, locationId = id, contactId = id,
      startTime = { type = 'date', required = true } } },
  { 'edit_appointment', 'PUT', ONE, scope = WRITE, version = VERSION, body = with {}, run = edit },
  { 'get_appointment', 'GET', ONE, scope = READ, version = VERSION, run = get },
  { 'delete_event', 'DELETE', '/calendars/events/{eventId}', scope = WRITE, version = VERSION,
    run = delete },
}

return appointments
