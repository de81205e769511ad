-- The appointments of a contact: seeded, read only, since the calendars API is not part of the
-- sandbox. Times are without a zone here and with one in webhooks, as in the real service.

local answer = require 'sandbox.answer'
local contacts = require 'sandbox.contacts'
local times = require 'sandbox.times'

local appointments = {}

local function view(appointment)
  return {
    id = appointment.id, calendarId = appointment.calendarId, status = appointment.status,
    title = appointment.title, assignedUserId = appointment.assignedUserId,
    notes = appointment.notes, startTime = times.naive(appointment.startMs),
    endTime = times.naive(appointment.endMs), address = appointment.address,
    locationId = appointment.locationId, contactId = appointment.contactId,
    groupId = appointment.groupId, appointmentStatus = appointment.status,
    users = answer.list({ appointment.assignedUserId }),
    dateAdded = times.naive(appointment.addedMs), dateUpdated = times.naive(appointment.addedMs),
    assignedResources = answer.list(),
  }
end

function appointments.list(call)
  local list = {}
  for i, appointment in ipairs(contacts.of_path(call).appointments) do
    list[i] = view(appointment)
  end
  return answer.ok { events = answer.list(list) }
end

return appointments
