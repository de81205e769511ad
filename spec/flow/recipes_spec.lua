-- The shipped recipes, all at once on one engine against the sandbox: what each changes in the CRM, what it keeps in
-- the workspace, and that what one of them does never sets another one off for ever. Each test has a contact of its
-- own.
package.path = './spec/support/?.lua;' .. package.path
local audit = require 'demo.audit'
local flow = require 'flow'
local stages = require 'stages'

local json = flow.json
local SEEDED = 'nmFmQEsNgz6AVpgLVUJ0' -- of the sandbox: two tasks, a note, an appointment

local stage

local function crm(...) return stages.crm(stage, ...) end
local function records(kind, contact) return stages.records(stage, kind, contact) end

local function ledger_of(effect, contact)
  return stages.pick(stage:ledger(effect), function(entry) return entry.contactId == contact end)
end

local function runs_of(recipe, key)
  return stages.pick(stage:runs(), function(run) return run.recipe == recipe and run.key == key end)
end

-- Whether the run ended at this `stop`.
local function stopped_at(run, step)
  local found = stages.pick(flow.show(stage, run.id).steps, function(one) return one.name == step end)
  return run.state == 'done' and #found == 1 and found[1].input.reason ~= nil
end

local function contact(first, fields)
  fields = fields or {}
  fields.firstName, fields.lastName = first, 'Tester'
  fields.email = first:lower() .. '@tester.example'
  local made = stages.new_contact(stage, fields)
  stages.calm(stage)
  return made.id
end

local function update(id)
  crm('PUT', '/contacts/' .. id, { city = 'Delft' })
  stages.calm(stage)
end

local function with_all_recipes()
  setup(function()
    stage = stages.open(flow.shipped('contact-sync', 'contact-delete-sync', 'new-lead-follow-up', 'note-activity-log',
                                     'note-push', 'quote-to-contact'))
  end)
  teardown(function() stages.close(stage) end)
end

local function leaves_nothing_behind()
  it('leaves no run that failed, and nothing that was done twice', function()
    for _, run in ipairs(stages.calm(stage)) do
      assert.is_true(run.state == 'done' or run.state == 'skipped', run.recipe .. ' is ' .. run.state)
    end
    assert.are.same({}, audit.repeated(stage:ledger()))
  end)
end

-- Two stages, so that neither makes more calls than the service's limit lets through without a wait.
describe('the shipped recipe', function()
  with_all_recipes()

  describe('contact-sync', function()
    it('keeps the contact, its tasks, notes and appointments in the workspace', function()
      local run = stages.run_of(stage, 'contact_updated', { id = SEEDED })
      assert.are.equal('done', run.state)
      local kept = records('contacts', SEEDED)[SEEDED]
      assert.are.equal('highlevel', kept.source)
      assert.are.equal('crm', kept.origin)
      assert.are.equal(SEEDED, kept.fields.contact_id)
      assert.are.equal('johndeo@gmail.comm', kept.fields.email_address)
      assert.are.equal('+919509597501', kept.fields.phone)
      assert.are.equal('2000-01-05', kept.fields.date_of_birth)
      assert.are.equal(true, kept.fields.do_not_contact)
      local tasks = records('tasks', SEEDED)
      assert.are.equal('Call back', tasks.lJpzYrWdpkC2hX6t2yue.fields.title)
      assert.are.equal(true, tasks.hX6t2yuelJpzYrWdpkC2.fields.completed)
      local log = records('activities', SEEDED)
      assert.are.equal('Met at the fair', log.HGPcayliwcdoUFzvbTok.fields.body)
      assert.are.equal('note', log.HGPcayliwcdoUFzvbTok.fields.kind)
      assert.are.equal('appointment', log.YS3jaqqeehkR2Is80miy.fields.kind)
    end)

    it('writes all dates in one format', function()
      stages.run_of(stage, 'contact_updated', { id = SEEDED })
      local dates = { records('contacts', SEEDED)[SEEDED].fields.created_at }
      for _, task in pairs(records('tasks', SEEDED)) do dates[#dates + 1] = task.fields.due_date end
      dates[#dates + 1] = records('activities', SEEDED).YS3jaqqeehkR2Is80miy.fields.starts_at
      assert.are.equal(4, #dates)
      for _, date in ipairs(dates) do assert.is_truthy(date:match '^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ$', date) end
    end)

    it('changes nothing where nothing has changed', function()
      stages.run_of(stage, 'contact_updated', { id = SEEDED })
      local before = { records('contacts', SEEDED), records('tasks', SEEDED), records('activities', SEEDED) }
      stages.run_of(stage, 'contact_updated', { id = SEEDED })
      assert.are.same(before, { records('contacts', SEEDED), records('tasks', SEEDED), records('activities', SEEDED) })
    end)

    it('brings a change of the contact into the workspace, as another version', function()
      local id = contact 'Ines'
      assert.are.equal(1, records('contacts', id)[id].version)
      update(id)
      local kept = records('contacts', id)[id]
      assert.are.equal(2, kept.version)
      assert.are.equal('Delft', kept.fields.city)
    end)

    it('marks a task and a note that are gone in the CRM as deleted', function()
      local id = contact 'Joost'
      local task = crm('POST', '/contacts/' .. id .. '/tasks',
                       { title = 'Measure', dueDate = '2026-12-01T09:00:00Z', completed = false }).task
      local note = crm('POST', '/contacts/' .. id .. '/notes', { body = 'Called' }).note
      update(id)
      assert.are.equal(json.null, records('tasks', id)[task.id].deleted_at)
      -- Nobody tells the engine that these are gone.
      stages.control(stage, 'hooks', { urls = json.array {} })
      crm('DELETE', '/contacts/' .. id .. '/tasks/' .. task.id)
      crm('DELETE', '/contacts/' .. id .. '/notes/' .. note.id)
      stages.control(stage, 'hooks', { urls = { stage.url .. '/hooks/crm' } })
      update(id)
      assert.is_string(records('tasks', id)[task.id].deleted_at)
      assert.is_string(records('activities', id)[note.id].deleted_at)
    end)

    it('stops without a failure where the contact is gone already', function()
      local run = stages.run_of(stage, 'contact_updated', { id = 'goneGoneGone00000000' })
      assert.is_true(stopped_at(run, 'gone'))
      assert.are.same({}, records('contacts', 'goneGoneGone00000000'))
    end)
  end)

  describe('contact-delete-sync', function()
    it('marks the contact and what belongs to it, and erases nothing', function()
      local id = contact('Katja', { tags = { 'lead' } })
      local task = ledger_of('task_created', id)[1].id
      crm('DELETE', '/contacts/' .. id)
      stages.calm(stage)
      local kept = records('contacts', id)[id]
      assert.is_string(kept.deleted_at)
      assert.are.equal('katja@tester.example', kept.fields.email_address)
      assert.is_string(records('tasks', id)[task].deleted_at)
      assert.are.equal('done', runs_of('contact-delete-sync', id)[1].state)
    end)
  end)

  describe('new-lead-follow-up', function()
    it('creates one task in the CRM and mirrors it in the workspace', function()
      local id = contact('Lena', { tags = { 'lead' } })
      local tasks = ledger_of('task_created', id)
      assert.are.equal(1, #tasks)
      assert.are.equal('Follow up with Lena', tasks[1].title)
      local kept = records('tasks', id)[tasks[1].id]
      assert.are.equal('Follow up with Lena', kept.fields.title)
      assert.are.equal(false, kept.fields.completed)
      assert.are.equal(tasks[1].dueDate:sub(1, 16), kept.fields.due_date:sub(1, 16))
    end)

    it('creates one task however often the lead is delivered', function()
      local id = contact 'Milan'
      local event = flow.sample 'new_lead'
      event.id, event.firstName = id, 'Milan again'
      assert.are.equal(202, (stage:deliver(event)))
      assert.are.equal(200, (stage:deliver(event)))
      assert.are.equal(200, (stage:deliver(event)))
      stages.calm(stage)
      local again = stages.pick(ledger_of('task_created', id),
                                function(task) return task.title == 'Follow up with Milan again' end)
      assert.are.equal(1, #again)
    end)

    it('leaves a lead alone that does not want to be contacted', function()
      local id = contact('Nadia', { tags = { 'lead', 'do not contact' } })
      local skipped = stages.pick(stage:runs('--state', 'skipped'),
                                  function(run) return run.recipe == 'new-lead-follow-up' end)
      assert.are.equal(1, #skipped)
      assert.are.equal(0, #ledger_of('task_created', id))
      assert.are.same({}, records('tasks', id))
    end)

    it('does not take every contact for a lead', function()
      local id = contact('Olaf', { assignedTo = 'someOwner', tags = { 'customer' } })
      assert.are.equal(0, #runs_of('new-lead-follow-up', id))
      assert.are.equal(0, #ledger_of('task_created', id))
    end)
  end)

  leaves_nothing_behind()
end)

describe('the shipped recipe', function()
  with_all_recipes()

  describe('note-activity-log', function()
    local function note(id, body)
      local made = crm('POST', '/contacts/' .. id .. '/notes', { body = body }).note
      stages.calm(stage)
      return made.id
    end

    it('keeps a new note under its own id', function()
      local id = contact 'Petra'
      local note_id = note(id, 'Wants slate')
      local kept = records('activities', id)[note_id]
      assert.are.equal('highlevel', kept.source)
      assert.are.equal('crm', kept.origin)
      assert.are.equal('Wants slate', kept.fields.body)
      assert.are.equal(1, kept.version)
    end)

    it('makes an edited note a second version of the same line', function()
      local id = contact 'Quint'
      local note_id = note(id, 'Wants slate')
      crm('PUT', '/contacts/' .. id .. '/notes/' .. note_id, { body = 'Wants tiles' })
      stages.calm(stage)
      local log = records('activities', id)
      assert.are.equal(2, log[note_id].version)
      assert.are.equal('Wants tiles', log[note_id].fields.body)
      log[note_id] = nil
      assert.are.same({}, log)
    end)

    it('marks a deleted note', function()
      local id = contact 'Rosa'
      local note_id = note(id, 'Not to be kept')
      crm('DELETE', '/contacts/' .. id .. '/notes/' .. note_id)
      stages.calm(stage)
      assert.is_string(records('activities', id)[note_id].deleted_at)
    end)

    it('never sends back what came from the CRM', function()
      local id = contact 'Sven'
      note(id, 'Written in the CRM')
      assert.are.equal(1, #ledger_of('note_created', id))
      assert.are.equal(0, #ledger_of('note_updated', id))
      assert.are.equal(0, #runs_of('note-push', id))
    end)
  end)

  describe('note-push', function()
    local function push(id, text)
      local saved = (stage:cli('records', 'add', 'activity', '--contact', id, '--text', text, '--json'))[1]
      local run = stages.ended(stage, function(one) return one.recipe == 'note-push' and one.key == id end)
      stages.calm(stage)
      return saved.source_id, run
    end

    it('writes an activity of the workspace as a note, once, and drops its echo', function()
      local id = contact 'Tilda'
      local activity, run = push(id, 'Wants a visit')
      assert.are.equal('done', run.state)
      local notes = ledger_of('note_created', id)
      assert.are.equal(1, #notes)
      assert.are.equal('Wants a visit\n\n[ladle:' .. activity .. ']', notes[1].body)
      local log = records('activities', id)
      assert.is_nil(log[notes[1].id])
      assert.are.equal(notes[1].id, log[activity].fields.note_id)
      assert.are.equal('workspace', log[activity].origin)
      local echo = runs_of('note-activity-log', notes[1].id)
      assert.are.equal(1, #echo)
      assert.is_true(stopped_at(echo[1], 'echo'))
    end)

    it('does not log its own note when the contact is read afresh', function()
      local id = contact 'Udo'
      push(id, 'Wants a visit')
      update(id)
      local log = records('activities', id)
      assert.is_nil(log[ledger_of('note_created', id)[1].id])
      assert.are.equal(1, #runs_of('note-push', id))
    end)

    it('lets a person\'s copy of the note, mark and all, into the log', function()
      local id = contact 'Vera'
      push(id, 'Wants a visit')
      local body = 'Copied: ' .. ledger_of('note_created', id)[1].body
      local copy = crm('POST', '/contacts/' .. id .. '/notes', { body = body }).note
      stages.calm(stage)
      assert.are.equal('crm', records('activities', id)[copy.id].origin)
      assert.are.equal(1, #runs_of('note-push', id))
    end)
  end)

  describe('quote-to-contact', function()
    local function submission(id, email)
      return {
        calculatorId = 'HfJXPJuj5pDCEpLfr', calculatorName = 'Roof quote', submissionId = id,
        createdAt = '2026-11-23T10:15:30.000Z',
        fields = { { name = 'Full name', type = 'text', value = 'Wanda Wolf' },
                   { name = 'E-mail', type = 'email', value = email } },
        questions = { { reference = 'QA', title = 'Roof area (m2)', label = '120 m2', value = 120 } },
        formulas = { { reference = 'FA', title = 'Price', result = 5400, resultFormattedFull = '$5,400.00' } },
      }
    end

    local function submit(body)
      local status, answer = stage:submit(body)
      stages.calm(stage)
      return status, answer
    end

    local function contacts_with(email)
      return stages.pick(stage:ledger 'contact_created', function(entry) return entry.email == email end)
    end

    it('makes a contact, a note with the quote and a task, and keeps the submission', function()
      assert.are.equal(202, (submit(submission('quote-1', 'wanda@wolf.example'))))
      local made = contacts_with 'wanda@wolf.example'
      assert.are.equal(1, #made)
      local id = made[1].contactId
      local notes = ledger_of('note_created', id)
      assert.are.equal(1, #notes)
      assert.is_truthy(notes[1].body:find('$5,400.00', 1, true), notes[1].body)
      assert.is_truthy(notes[1].body:find('Roof area', 1, true), notes[1].body)
      local calls = stages.pick(ledger_of('task_created', id),
                                function(task) return task.title == 'Call Wanda Wolf about the quote' end)
      assert.are.equal(1, #calls)
      assert.are.equal('Call Wanda Wolf about the quote', records('tasks', id)[calls[1].id].fields.title)
      local kept = records 'submissions'['quote-1']
      assert.are.equal(id, kept.contact_id)
      assert.are.equal(5400, kept.fields.results.Price.value)
      assert.are.equal('wanda@wolf.example', kept.fields.email_address)
    end)

    it('does all of it once for a submission that arrives twice', function()
      local body = submission('quote-2', 'xander@wolf.example')
      local _, first = submit(body)
      local status, second = submit(body)
      assert.are.equal(200, status)
      assert.are.equal(first.id, second.id)
      local made = contacts_with 'xander@wolf.example'
      assert.are.equal(1, #made)
      assert.are.equal(1, #ledger_of('note_created', made[1].contactId))
      assert.are.equal(1, #runs_of('quote-to-contact', 'xander@wolf.example'))
    end)

    it('finds the contact that is there already', function()
      local id = contact 'Yara'
      submit(submission('quote-3', 'yara@tester.example'))
      assert.are.equal(1, #contacts_with 'yara@tester.example')
      assert.are.equal(1, #ledger_of('note_created', id))
    end)

    it('only keeps a submission without an address', function()
      local body = submission('quote-4', 'none')
      local _, answer = submit(body)
      local run = stages.ended(stage, function(one) return one.event_id == answer.id end)
      assert.is_true(stopped_at(run, 'nobody'))
      assert.are.equal(json.null, records 'submissions'['quote-4'].contact_id)
    end)
  end)

  leaves_nothing_behind()
end)
