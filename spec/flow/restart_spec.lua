-- What a crash, a stop and a restart leave: nothing lost, nothing done twice.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'

local THREE_STEPS = [[
recipe: three-steps
summary: A task, a note and a tag for every new contact
needs:
  crm: highlevel
when:
  - crm.contact_created
do:
  - step: task
    use: crm.create_task
    with: { contactId: = event.id, title: "Call ${event.firstName}", dueDate: "2026-12-01T09:00:00Z", completed: false }
  - step: note
    use: crm.create_note
    with: { contactId: = event.id, body: "Came in at ${meta.received_at}" }
  - step: tag
    use: crm.add_tags
    with: { contactId: = event.id, tags: [called] }
]]

local function effects(stage)
  return #stage:ledger 'task_created', #stage:ledger 'note_created'
end

describe('a run', function()
  it('goes on from its journal after SIGKILL', function()
    -- The note is answered late: the engine dies while it waits for it.
    local faults = { { match = { operation = 'create_note', nth = 1 }, ['do'] = { delay_ms = 60000 } } }
    flow.on_stage({ ['a.yaml'] = THREE_STEPS }, { faults = faults }, function(stage)
      stage:deliver(flow.sample 'contact_created')
      stage.wait_for('the task', 60000, function() return #stage:ledger 'task_created' == 1 end)
      stage.wait_for('the note to be sent', 60000, function()
        local shown = flow.show(stage, stage:runs()[1].id)
        return #shown.steps == 2 and shown.steps[2].state == 'started'
      end)
      stage:kill_engine()
      stage:start_engine()
      local run = flow.only_run(stage)
      assert.are.equal('done', run.state)
      local tasks, notes = effects(stage)
      assert.are.equal(1, tasks)
      assert.are.equal(1, notes)
    end)
  end)

  it('is not repeated when the answer to a call is lost after its effect', function()
    local faults = { { match = { operation = 'create_task', nth = 1 }, ['do'] = { lose_answer = true } } }
    flow.on_stage({ ['a.yaml'] = THREE_STEPS }, { faults = faults }, function(stage)
      stage:deliver(flow.sample 'contact_created')
      local run = flow.only_run(stage)
      assert.are.equal('done', run.state)
      local tasks, notes = effects(stage)
      assert.are.equal(1, tasks)
      assert.are.equal(1, notes)
    end)
  end)

  it('ends before the engine does when it is asked to stop', function()
    local faults = { { match = { operation = 'create_note', nth = 1 }, ['do'] = { delay_ms = 700 } } }
    flow.on_stage({ ['a.yaml'] = THREE_STEPS }, { faults = faults }, function(stage)
      stage:deliver(flow.sample 'contact_created')
      stage.wait_for('the task', 60000, function() return #stage:ledger 'task_created' == 1 end)
      assert.are.equal(0, stage:stop_engine())
      assert.are.equal('done', stage:runs()[1].state)
    end)
  end)

  it('that waits for a retry is taken up by the next start', function()
    local faults = { { match = { operation = 'create_task', times = 1 }, ['do'] = { status = 503 } } }
    local retry = 'completed: false }\n    retry: { tries: 5, first: 6s, longest: 6s, jitter: none }'
    local recipe = THREE_STEPS:gsub('completed: false }', retry)
    flow.on_stage({ ['a.yaml'] = recipe }, { faults = faults }, function(stage)
      stage:deliver(flow.sample 'contact_created')
      stage.wait_for('the run to wait', 60000, function() return stage:runs()[1].state == 'waiting' end)
      stage:kill_engine()
      stage:start_engine()
      local run = flow.only_run(stage)
      assert.are.equal('done', run.state)
      assert.are.equal(2, flow.show(stage, run.id).steps[1].attempts)
      assert.are.equal(1, (effects(stage)))
    end)
  end)
end)
