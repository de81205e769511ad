-- What the shipped recipes do, played with answers made up here: each case gives an event, says what the
-- services answer, and looks at the calls that the recipe made. shipped_test.c runs this in the engine's
-- sandbox and hands over the tools: bundle, checked, compile, sample.

local tools = ...

local dates = require 'dates'
local json = require 'json'
local walk = require 'lib.walk'

local NOW = dates.parse '2026-11-23T10:15:30Z'
local CONTACT = 'nmFmQEsNgz6AVpgLVUJ0'

-- The fake of what acts: notes each call after holding it against the operation's schema, and answers.
local function new_act(answers, meta, calls, stops)
  local act = { compile = tools.compile }
  function act.meta() return meta end
  function act.recall() return false end
  function act.describe() return false end
  function act.describe_event() return false end
  function act.enter() end
  function act.failed() end
  function act.settle() end
  function act.echo() end
  function act.complete(path, input) stops[path] = input and input.reason end
  function act.call(_, connection, operation, input)
    local name = connection .. '.' .. operation
    calls[#calls + 1] = { name = name, input = tools.checked(connection, operation, input) }
    local answer = answers[name]
    if type(answer) == 'table' and answer.fails then
      error({ kind = answer.fails, message = 'it failed with ' .. answer.fails }, 0)
    end
    return answer or {}
  end
  return act
end

-- Takes one event through a recipe: {wanted, key, calls, stops, problem}.
local function play(recipe, event, answers)
  local result = { calls = {}, stops = {} }
  local meta = { id = 'event-1', type = event.type, connection = 'crm' }
  local decide, run = walk.new(tools.bundle(recipe), new_act(answers or {}, meta, result.calls, result.stops))
  result.wanted, result.key = decide(event, meta, NOW)
  if result.wanted then
    local ok, problem = pcall(run, event, meta.connection, meta.type, NOW)
    result.problem = not ok and problem or nil
  end
  return result
end

local function show(value)
  return type(value) == 'table' and json.encode(value) or tostring(value)
end

local function equal(a, b)
  if type(a) ~= 'table' or type(b) ~= 'table' then
    return a == b
  end
  for key, value in pairs(a) do
    if not equal(value, b[key]) then
      return false
    end
  end
  for key in pairs(b) do
    if a[key] == nil then
      return false
    end
  end
  return true
end

local function same(expected, actual)
  if not equal(expected, actual) then
    error('expected ' .. show(expected) .. ', not ' .. show(actual), 2)
  end
end

-- The inputs of all calls of one operation.
local function inputs(result, name)
  local out = {}
  for _, call in ipairs(result.calls) do
    if call.name == name then
      out[#out + 1] = call.input
    end
  end
  return out
end

local function names(result)
  local out = {}
  for i, call in ipairs(result.calls) do
    out[i] = call.name
  end
  return table.concat(out, ' ')
end

local function fine(result)
  if result.problem then
    error('the run failed: ' .. show(result.problem), 2)
  end
end

local cases = {}

-- contact-sync ------------------------------------------------------------------------------------------

local function crm_answers()
  return {
    ['crm.get_contact'] = {
      contact = {
        id = CONTACT, email = 'Jane@Example.com', phone = '+1 555 0100', firstName = 'Jane', lastName = 'Doe',
        dateOfBirth = '2000-01-05T00:00:00.000Z', dateAdded = '2021-07-08T12:02:11.285Z', dnd = false,
        tags = json.array { 'lead' },
      },
    },
    ['crm.get_all_tasks'] = {
      tasks = json.array {
        { id = 't1', title = 'Call', dueDate = '2026-11-25T10:00:00.000Z', completed = false, contactId = CONTACT },
        { id = 't2', title = 'Write', dueDate = '2026-11-26', completed = true },
      },
    },
    ['crm.get_all_notes'] = {
      notes = json.array { { id = 'n1', body = 'Hello', dateAdded = '2021-07-08T12:02:11.285Z', userId = 'u1' } },
    },
    ['crm.get_appointments_for_contact'] = {
      events = json.array {
        { id = 'a1', title = 'Visit', startTime = '2021-07-16 11:00:00', endTime = '2021-07-16 12:00:00' },
      },
    },
    ['records.list_tasks'] = { records = json.array {} },
    ['records.list_activities'] = { records = json.array {} },
  }
end

function cases.contact_sync_saves_the_contact_with_all_that_belongs_to_it()
  local result = play('contact-sync', tools.sample 'highlevel/contact_created', crm_answers())
  fine(result)
  same(CONTACT, result.key)
  same({ {
    contact_id = CONTACT, source = 'highlevel', origin = 'crm', email_address = 'jane@example.com', phone = '+15550100',
    first_name = 'Jane', last_name = 'Doe', date_of_birth = '2000-01-05', created_at = '2021-07-08T12:02:11Z',
    do_not_contact = false, tags = { 'lead' },
  } }, inputs(result, 'records.upsert_contact'))
  same({
    { task_id = 't1', contact_id = CONTACT, source = 'highlevel', origin = 'crm', title = 'Call', completed = false,
      due_date = '2026-11-25T10:00:00Z' },
    { task_id = 't2', contact_id = CONTACT, source = 'highlevel', origin = 'crm', title = 'Write', completed = true,
      due_date = '2026-11-25T23:00:00Z' },
  }, inputs(result, 'records.upsert_task'))
  same({
    { activity_id = 'n1', contact_id = CONTACT, source = 'highlevel', origin = 'crm', kind = 'note', body = 'Hello',
      author_id = 'u1', at = '2021-07-08T12:02:11Z' },
    { activity_id = 'a1', contact_id = CONTACT, source = 'highlevel', origin = 'crm', kind = 'appointment',
      title = 'Visit', starts_at = '2021-07-16T09:00:00Z', ends_at = '2021-07-16T10:00:00Z' },
  }, inputs(result, 'records.append_activity'))
  same({}, inputs(result, 'records.delete_task'))
end

function cases.contact_sync_marks_tasks_and_notes_that_are_gone()
  local answers = crm_answers()
  answers['records.list_tasks'] = { records = json.array { { task_id = 't1' }, { task_id = 'old' } } }
  answers['records.list_activities'] = {
    records = json.array {
      { activity_id = 'n1', kind = 'note' }, { activity_id = 'n0', kind = 'note' },
      { activity_id = 'a0', kind = 'appointment' },
    },
  }
  local result = play('contact-sync', tools.sample 'highlevel/contact_updated', answers)
  fine(result)
  same({ { task_id = 'old', source = 'highlevel', origin = 'crm' } }, inputs(result, 'records.delete_task'))
  same({ { activity_id = 'n0', source = 'highlevel', origin = 'crm' } }, inputs(result, 'records.delete_activity'))
end

function cases.contact_sync_marks_a_contact_that_is_gone_and_stops()
  local result = play('contact-sync', tools.sample 'highlevel/contact_created',
    { ['crm.get_contact'] = { fails = 'not_found' } })
  fine(result)
  same('crm.get_contact records.delete_contact', names(result))
  same({ { contact_id = CONTACT, source = 'highlevel', origin = 'crm' } }, inputs(result, 'records.delete_contact'))
  same('the contact was deleted before it could be read', result.stops.gone)
end

function cases.contact_sync_fails_where_the_contact_cannot_be_read()
  local result = play('contact-sync', tools.sample 'highlevel/contact_created',
    { ['crm.get_contact'] = { fails = 'unavailable' } })
  same('crm.get_contact', names(result))
  same('it failed with unavailable', result.problem.message)
end

function cases.contact_sync_passes_over_notes_that_were_pushed()
  local answers = crm_answers()
  answers['crm.get_all_notes'] = { notes = json.array { { id = 'n2', body = 'Hi\n\n[ladle:0199]' } } }
  answers['crm.get_appointments_for_contact'] = { events = json.array {} }
  local result = play('contact-sync', tools.sample 'highlevel/contact_created', answers)
  fine(result)
  same({}, inputs(result, 'records.append_activity'))
end

-- contact-delete-sync -----------------------------------------------------------------------------------

function cases.contact_delete_sync_marks_the_contact()
  local result = play('contact-delete-sync', tools.sample 'highlevel/contact_deleted')
  fine(result)
  same(CONTACT, result.key)
  same({ { contact_id = CONTACT, source = 'highlevel', origin = 'crm' } }, inputs(result, 'records.delete_contact'))
end

-- new-lead-follow-up ------------------------------------------------------------------------------------

local function lead(changes)
  local event = tools.sample 'highlevel/contact_created'
  for name, value in pairs(changes) do
    event[name] = value
  end
  return event
end

local TASK = { id = 't9', title = 'Follow up', dueDate = '2026-11-25T09:00:00.000Z', completed = false }

function cases.new_lead_follow_up_creates_one_task_and_mirrors_it()
  local event = lead { firstName = 'Jane', email = 'jane@example.com', phone = '+15550100', source = 'web form' }
  local result = play('new-lead-follow-up', event, { ['crm.create_task'] = { task = TASK } })
  fine(result)
  same(CONTACT, result.key)
  same({ {
    contactId = CONTACT, title = 'Follow up with Jane', dueDate = '2026-11-25T09:00:00Z', completed = false,
    body = 'A new lead came in.\njane@example.com\n+15550100\nweb form',
  } }, inputs(result, 'crm.create_task'))
  same({ {
    task_id = 't9', contact_id = CONTACT, source = 'highlevel', origin = 'engine', title = 'Follow up',
    due_date = '2026-11-25T09:00:00Z', completed = false,
  } }, inputs(result, 'records.upsert_task'))
end

function cases.new_lead_follow_up_leaves_contacts_alone_that_do_not_want_it()
  local result = play('new-lead-follow-up', lead { tags = json.array { 'lead', 'do not contact' } })
  same(false, result.wanted)
end

function cases.new_lead_follow_up_works_without_a_name()
  local result = play('new-lead-follow-up', { id = 'c1' }, { ['crm.create_task'] = { task = TASK } })
  fine(result)
  same('Follow up with a new lead', inputs(result, 'crm.create_task')[1].title)
end

-- note-activity-log -------------------------------------------------------------------------------------

local MARKED = 'Called back\n\n[ladle:0199-a]'

local function note(type, body)
  return { type = type, id = 'n1', contactId = CONTACT, body = body, dateAdded = '2021-11-26T12:41:02.193Z' }
end

local function logged(body)
  return { {
    activity_id = 'n1', contact_id = CONTACT, source = 'highlevel', origin = 'crm', kind = 'note', body = body,
    at = '2021-11-26T12:41:02Z',
  } }
end

function cases.note_activity_log_logs_a_new_and_an_edited_note()
  for _, kind in ipairs { 'NoteCreate', 'NoteUpdate' } do
    local result = play('note-activity-log', note(kind, 'Hello'))
    fine(result)
    same('n1', result.key)
    same('records.append_activity', names(result))
    same(logged 'Hello', inputs(result, 'records.append_activity'))
  end
end

function cases.note_activity_log_marks_a_deleted_note()
  local result = play('note-activity-log', note('NoteDelete', 'Hello'))
  fine(result)
  same('records.delete_activity', names(result))
  same({ { activity_id = 'n1', source = 'highlevel', origin = 'crm' } }, inputs(result, 'records.delete_activity'))
end

function cases.note_activity_log_drops_an_echo_that_comes_before_the_answer()
  local result = play('note-activity-log', note('NoteCreate', MARKED),
    { ['records.get_activity'] = { record = { activity_id = '0199-a' } } })
  fine(result)
  same('records.get_activity', names(result))
  same({ { activity_id = '0199-a', source = 'workspace' } }, inputs(result, 'records.get_activity'))
  same('this is the echo of a note that note-push wrote', result.stops.echo)
end

function cases.note_activity_log_drops_an_echo_that_comes_after_the_answer()
  local result = play('note-activity-log', note('NoteCreate', MARKED),
    { ['records.get_activity'] = { record = { activity_id = '0199-a', note_id = 'n1' } } })
  fine(result)
  same('records.get_activity', names(result))
end

function cases.note_activity_log_logs_a_copy_of_a_pushed_note()
  local result = play('note-activity-log', note('NoteCreate', MARKED),
    { ['records.get_activity'] = { record = { activity_id = '0199-a', note_id = 'another' } } })
  fine(result)
  same(logged(MARKED), inputs(result, 'records.append_activity'))
end

function cases.note_activity_log_logs_a_note_with_a_mark_of_nothing()
  for _, body in ipairs { 'see [ladle:0000]', 'see [ladle: for details' } do
    local result = play('note-activity-log', note('NoteCreate', body))
    fine(result)
    same(logged(body), inputs(result, 'records.append_activity'))
  end
end

-- note-push ---------------------------------------------------------------------------------------------

function cases.note_push_writes_the_note_with_its_mark_and_keeps_its_id()
  local event = tools.sample 'records/activity_added'
  local result = play('note-push', event, { ['crm.create_note'] = { note = { id = 'n7' } } })
  fine(result)
  same(CONTACT, result.key)
  same({ { contactId = CONTACT, body = event.body .. '\n\n[ladle:' .. event.activity_id .. ']' } },
    inputs(result, 'crm.create_note'))
  same({ {
    activity_id = event.activity_id, contact_id = CONTACT, source = 'workspace', origin = 'workspace', kind = 'note',
    note_id = 'n7',
  } }, inputs(result, 'records.append_activity'))
end

function cases.note_push_sends_nothing_that_came_from_the_crm()
  for _, change in ipairs { { origin = 'crm' }, { origin = 'engine' }, { kind = 'call' }, { contact_id = '' } } do
    local event = tools.sample 'records/activity_added'
    for name, value in pairs(change) do
      event[name] = value
    end
    same(false, play('note-push', event).wanted)
  end
end

-- quote-to-contact --------------------------------------------------------------------------------------

-- The sample as the connector hands it on.
local function submission(change)
  local event = {
    submission_id = 's1', key_rule = 'submissionId', calculator_name = 'Roof quote', name = 'Jane Doe',
    email = 'Jane.Doe@example.com', phone = '+1 555 0100', fields = { ['Roof area (m2)'] = 120 },
    results = { Price = { reference = 'FA', value = 5400, text = '$5,400.00' } }, raw = {},
  }
  for name, value in pairs(change or {}) do
    event[name] = value or nil
  end
  return event
end

local QUOTE_ANSWERS = {
  ['crm.upsert_contact'] = { contact = { id = 'c5' }, new = true },
  ['crm.create_note'] = { note = { id = 'n5' } },
  ['crm.create_task'] = { task = { id = 't5', title = 'Call', dueDate = '2026-11-24T09:00:00Z', completed = false } },
}

function cases.quote_to_contact_makes_a_contact_a_note_and_a_task()
  local result = play('quote-to-contact', submission(), QUOTE_ANSWERS)
  fine(result)
  same('jane.doe@example.com', result.key)
  same('records.save_submission crm.upsert_contact crm.create_note crm.create_task records.upsert_task '
    .. 'records.save_submission', names(result))
  same({ { email = 'jane.doe@example.com', phone = '+15550100', name = 'Jane Doe', on_conflict = 'report' } },
    inputs(result, 'crm.upsert_contact'))
  same({ { contactId = 'c5', body = 'Quote: Roof quote\nPrice: $5,400.00\nRoof area (m2): 120\nSubmission s1' } },
    inputs(result, 'crm.create_note'))
  same({ {
    contactId = 'c5', title = 'Call Jane Doe about the quote', dueDate = '2026-11-24T09:00:00Z', completed = false,
    body = 'Asked for a quote.\nPrice: $5,400.00\n+1 555 0100\nJane.Doe@example.com',
  } }, inputs(result, 'crm.create_task'))
  same('c5', inputs(result, 'records.upsert_task')[1].contact_id)
  same('c5', inputs(result, 'records.save_submission')[2].contact_id)
end

function cases.quote_to_contact_tells_of_a_phone_that_is_another_contacts()
  local answers = {}
  for name, answer in pairs(QUOTE_ANSWERS) do answers[name] = answer end
  answers['crm.upsert_contact'] = { contact = { id = 'c5' }, new = false, dropped = json.array { 'phone' } }
  local result = play('quote-to-contact', submission(), answers)
  fine(result)
  same('Another contact has this phone', inputs(result, 'crm.create_note')[1].body:match '[^\n]+$')
end

function cases.quote_to_contact_only_saves_a_submission_without_an_address()
  local event = submission()
  event.email, event.phone = 'none', nil
  local result = play('quote-to-contact', event, QUOTE_ANSWERS)
  fine(result)
  same('records.save_submission', names(result))
end

function cases.quote_to_contact_takes_a_bare_submission()
  local event = { key_rule = 'body', phone = '0612345678', fields = {}, results = {}, raw = {} }
  local result = play('quote-to-contact', event, QUOTE_ANSWERS)
  fine(result)
  same('0612345678', result.key)
  same('event-1', inputs(result, 'records.save_submission')[1].submission_id)
  same('Call back about the quote', inputs(result, 'crm.create_task')[1].title)
end

return cases
