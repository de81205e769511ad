-- Events that come with less than the steps need: what is fetched, when, and what happens where it cannot be.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local journey = require 'journey'
local stages = require 'stages'
local json = flow.json

local JOHN = journey.JOHN
local TASK = 'lJpzYrWdpkC2hX6t2yue' -- one of John's, 'Call back'

local function recipe(name, trigger, steps, top)
  return ('recipe: %s\nneeds:\n  crm: highlevel\nwhen:\n  - crm.%s\n%sdo:\n%s'):format(name, trigger, top or '', steps)
end

local NOTE = [[
  - step: note
    use: crm.create_note
    with: { contactId: = event.contactId, body: "task: ${event.body}" }
]]

-- Delivers an event that has `fields` only, and gives what `ladle show` says of the run.
local function deliver(stage, kind, fields)
  fields.type, fields.webhookId, fields.locationId = kind, flow.host.uuid(), stage.app.location
  local status, body = stage:deliver(fields)
  assert.are.equal(202, status, json.encode(body))
  local run = stages.ended(stage, function(found) return found.event_id == body.id end)
  return flow.show(stage, run.id)
end

local function requests(stage)
  return stages.control(stage, 'state').requests
end

local function on_stage(text, options, body)
  flow.on_stage({ ['a.yaml'] = text }, options, body)
end

describe('an event that lacks fields', function()
  it('gets those that a step names, and keeps what it has', function()
    on_stage(recipe('a', 'task_created', NOTE), nil, function(stage)
      local shown = deliver(stage, 'TaskCreate', { id = TASK, title = 'Call back' })
      assert.are.equal('done', shown.state, json.encode(shown.error or {}))
      local note = stage:ledger('note_created')[1]
      assert.are.same({ JOHN, 'task: Ask for the size' }, { note.contactId, note.body })
      assert.are.equal('done', journey.step(shown, ':event/1').state)
      shown = deliver(stage, 'TaskCreate', { id = TASK, title = 'Call back', body = 'mine' })
      assert.are.equal('done', shown.state)
      assert.are.equal('task: mine', stage:ledger('note_created')[2].body)
    end)
  end)

  it('is not asked about where all that is named is there, or nothing is named', function()
    local quiet = '  - step: look\n    use: crm.get_contact\n    with: { contactId: ' .. JOHN .. ' }\n'
    flow.on_stage({ ['a.yaml'] = recipe('a', 'task_created', NOTE), ['b.yaml'] = recipe('b', 'task_completed', quiet) },
      nil, function(stage)
        local before = requests(stage)
        deliver(stage, 'TaskCreate', { id = TASK, title = 'Call back', contactId = JOHN, body = 'x' })
        deliver(stage, 'TaskComplete', { id = TASK, title = 'Call back' })
        assert.are.equal(before + 2, requests(stage))
      end)
  end)

  it('is read again after a pause where the search does not know it yet', function()
    local options = {
      faults = { { match = { operation = 'task_search', nth = 1 },
                   ['do'] = { status = 200, body = { tasks = json.array {} } } } },
    }
    on_stage(recipe('a', 'task_created', NOTE), options, function(stage)
      local status, body = stage:deliver { type = 'TaskCreate', webhookId = 'w1', locationId = stage.app.location,
                                           id = TASK, title = 'Call back' }
      assert.are.equal(202, status)
      stage.wait_for('the pause', 60000, function()
        local run = stage:runs()[1]
        return run and run.event_id == body.id and run.state == 'waiting'
      end)
      local shown = flow.show(stage, stage:runs()[1].id)
      assert.are.equal('done', journey.step(shown, ':event/1').state)
      assert.are.equal('waiting', journey.step(shown, ':event/pause').state)
      assert.are.equal(0, #stage:ledger 'note_created')
    end)
  end)

  it('goes on without them where they cannot be had, and the step says what is missing', function()
    local options = {
      faults = { { match = { operation = 'task_search', every = 1 },
                   ['do'] = { status = 403, body = { statusCode = 403, message = 'no' } } } },
    }
    on_stage(recipe('a', 'task_created', NOTE), options, function(stage)
      local shown = deliver(stage, 'TaskCreate', { id = TASK, title = 'Call back' })
      assert.are.equal('dead', shown.state)
      assert.are.equal('note', shown.step)
      assert.is_truthy(shown.error.message:find('contactId: is missing', 1, true), shown.error.message)
    end)
  end)

  it('is fetched once, also over a SIGKILL', function()
    local options = { faults = { { match = { operation = 'create_note', nth = 1 }, ['do'] = { delay_ms = 60000 } } } }
    on_stage(recipe('a', 'task_created', NOTE), options, function(stage)
      local before = requests(stage)
      stage:deliver { type = 'TaskCreate', webhookId = 'w1', locationId = stage.app.location,
                      id = TASK, title = 'Call back' }
      stage.wait_for('the note', 60000, function() return #stage:ledger 'note_created' == 1 end)
      stage:kill_engine()
      stage:start_engine()
      assert.are.equal('done', flow.only_run(stage).state)
      -- The search, the note, and the list that tells that the note was made.
      assert.are.equal(before + 3, requests(stage))
    end)
  end)

  it('of a contact that came in part is completed, with its custom fields by name', function()
    local steps = '  - step: note\n    use: crm.create_note\n    with:\n      contactId: = event.id\n'
      .. '      body: = event.email .. " " .. event.custom["Company size"] .. " " .. event.firstName\n'
    on_stage(recipe('a', 'contact_updated', steps), nil, function(stage)
      local shown = deliver(stage, 'ContactUpdate', { id = JOHN, firstName = 'Johnny' })
      assert.are.equal('done', shown.state, json.encode(shown.error or {}))
      assert.is_truthy(stage:ledger('note_created')[1].body:find('^JohnDeo@gmail.comm .* Johnny$'))
    end)
  end)

  it('does not show what was fetched to `if`', function()
    on_stage(recipe('a', 'task_created', NOTE, 'if: = event.contactId ~= nil\n'), nil, function(stage)
      local status, body = stage:deliver { type = 'TaskCreate', webhookId = 'w1', locationId = stage.app.location,
                                           id = TASK, title = 'Call back' }
      assert.are.equal(202, status)
      assert.is_truthy(body.id)
      assert.are.equal('skipped', flow.only_run(stage).state)
    end)
  end)
end)

describe('a date of an event', function()
  it('is RFC 3339, with what came beside it', function()
    local steps = '  - step: note\n    use: crm.create_note\n    with:\n      contactId: ' .. JOHN .. '\n'
      .. '      body: "${event.webhookPayload.timestamp} ${event.webhookPayload.timestamp_raw}"\n'
    on_stage(recipe('a', 'lc_email_stats', steps), nil, function(stage)
      local shown = deliver(stage, 'LCEmailStats', { webhookPayload = { event = 'opened', timestamp = 1692103117 } })
      assert.are.equal('done', shown.state, json.encode(shown.error or {}))
      assert.are.equal('2023-08-15T12:38:37.000Z 1692103117', stage:ledger('note_created')[1].body)
    end)
  end)

  it('without a zone is meant in that of the location', function()
    local steps = '  - step: note\n    use: crm.create_note\n    with: { contactId: ' .. JOHN
      .. ', body: "due ${event.dueDate}" }\n'
    on_stage(recipe('a', 'invoice_created', steps), nil, function(stage)
      local shown = deliver(stage, 'InvoiceCreate', { _id = 'i1', dueDate = '2026-01-15', issueDate = '2026-01-01' })
      assert.are.equal('done', shown.state, json.encode(shown.error or {}))
      assert.are.equal('due 2026-01-15T00:00:00.000-06:00', stage:ledger('note_created')[1].body)
    end)
  end)
end)
