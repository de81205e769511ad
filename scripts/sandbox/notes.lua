-- Plays the notes of a contact.

local answer = require 'sandbox.answer'
local contacts = require 'sandbox.contacts'
local late = require 'sandbox.late'
local times = require 'sandbox.times'

local notes = {}

local FIELDS = { 'body', 'userId', 'title', 'color', 'pinned' }

function notes.view(note)
  return {
    id = note.id, body = late.text(note, note.body), userId = note.userId, dateAdded = times.iso(note.addedMs),
    contactId = note.contactId, title = late.text(note, note.title), color = note.color, pinned = note.pinned,
  }
end

local function event(note)
  return {
    locationId = note.locationId, id = note.id, body = note.body, contactId = note.contactId,
    dateAdded = times.iso(note.addedMs),
  }
end

local function record(call, effect, note)
  call.sandbox.ledger:add(call, {
    effect = effect, id = note.id, contactId = note.contactId, locationId = note.locationId,
    title = note.title, body = note.body,
  })
end

local function of_path(call)
  local contact = contacts.of_path(call)
  for i, note in ipairs(contact.notes) do
    if note.id == call.params.id then
      return note, contact, i
    end
  end
  answer.refuse(400, ('Note with id %s not found'):format(call.params.id))
end

local function apply(note, body)
  for _, name in ipairs(FIELDS) do
    if body[name] ~= nil then
      note[name] = body[name]
    end
  end
end

function notes.list(call)
  return answer.ok { notes = answer.list(late.shown(call, contacts.of_path(call).notes, notes.view)) }
end

function notes.get(call)
  return answer.ok { note = notes.view((of_path(call))) }
end

function notes.create(call)
  local contact = contacts.of_path(call)
  local note = {
    id = call.sandbox.ids:id20(), contactId = contact.id, locationId = contact.locationId,
    addedMs = call.sandbox.now(), userId = call.token.user, pinned = false,
  }
  apply(note, call.body)
  late.mark(call, note)
  contact.notes[#contact.notes + 1] = note
  record(call, 'note_created', note)
  call.sandbox.webhooks:emit('NoteCreate', event(note))
  return answer.created { note = notes.view(note) }
end

function notes.update(call)
  local note = of_path(call)
  apply(note, call.body)
  record(call, 'note_updated', note)
  call.sandbox.webhooks:emit('NoteUpdate', event(note))
  return answer.ok { note = notes.view(note) }
end

function notes.delete(call)
  local note, contact, at = of_path(call)
  table.remove(contact.notes, at)
  record(call, 'note_deleted', note)
  call.sandbox.webhooks:emit('NoteDelete', event(note))
  return answer.ok { succeded = true }
end

return notes
