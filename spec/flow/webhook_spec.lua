-- A signed webhook, through the whole program, to a task in the service.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'

local TASK = [[
recipe: task-for-contact
summary: A task for every new contact
needs:
  crm: highlevel
when:
  - crm.contact_created
do:
  - step: follow_up
    use: crm.create_task
    with:
      contactId: = event.id
      title: Follow up with ${event.firstName}
      dueDate: "2026-12-01T09:00:00Z"
      completed: false
]]

describe('a signed webhook', function()
  it('becomes a task, by a recipe', function()
    flow.on_stage({ ['task.yaml'] = TASK }, nil, function(stage)
      local status, body = stage:deliver(flow.sample 'contact_created')
      assert.are.equal(202, status)
      assert.are.equal(1, body.runs)
      local run = flow.only_run(stage)
      assert.are.equal('done', run.state)
      assert.are.equal('task-for-contact', run.recipe)
      assert.are.equal(body.id, run.event_id)
      local tasks = stage:ledger 'task_created'
      assert.are.equal(1, #tasks)
      assert.are.equal('Follow up with John', tasks[1].title)
    end)
  end)

  it('is stored and told with the fields that others rely on', function()
    flow.on_stage({ ['task.yaml'] = TASK }, nil, function(stage)
      stage:deliver(flow.sample 'contact_created')
      local run = flow.only_run(stage)
      for _, name in ipairs { 'id', 'recipe', 'event_id', 'state', 'attempts', 'created_at', 'updated_at' } do
        assert.is_not_nil(run[name], name)
      end
      local shown = flow.show(stage, run.id)
      local step = shown.steps[1]
      assert.are.equal('follow_up', step.name)
      assert.are.equal('done', step.state)
      assert.are.equal(1, step.attempts)
      assert.are.equal('Follow up with John', step.input.title)
      assert.are.equal('Follow up with John', step.output.task.title)
      for _, name in ipairs { 'started_at', 'ended_at' } do assert.is_string(step[name]) end
    end)
  end)

  it('starts one run however often it is delivered', function()
    flow.on_stage({ ['task.yaml'] = TASK }, nil, function(stage)
      local event = flow.sample 'contact_created'
      local _, first = stage:deliver(event)
      for _ = 1, 9 do
        local status, body = stage:deliver(event)
        assert.are.equal(200, status)
        assert.are.equal(first.id, body.id)
      end
      flow.only_run(stage)
      assert.are.equal(1, #stage:ledger 'task_created')
      local duplicates = 0
      for _, row in ipairs(stage:events()) do
        if row.duplicate_of == first.id then duplicates = duplicates + 1 end
      end
      assert.are.equal(9, duplicates)
    end)
  end)

  it('is refused when its signature is missing, empty, N/A or of another body', function()
    flow.on_stage({ ['task.yaml'] = TASK }, nil, function(stage)
      local body = flow.json.encode(flow.sample 'contact_created')
      assert.are.equal(401, (stage:post('crm', body)))
      assert.are.equal(401, (stage:post('crm', body, { ['X-GHL-Signature'] = 'N/A' })))
      assert.are.equal(401, (stage:post('crm', body, { ['X-GHL-Signature'] = 'AAAA' })))
      assert.are.equal(401, (stage:deliver(flow.sample 'contact_created', true)))
      assert.are.equal(0, #stage:events())
    end)
  end)

  it('is refused where it cannot be read, is too large, or has no such hook', function()
    flow.on_stage({ ['task.yaml'] = TASK }, nil, function(stage)
      local broken = '{"type": "ContactCreate", '
      local signature = stage.key:sign(broken)
      assert.are.equal(400, (stage:post('crm', broken, { ['X-GHL-Signature'] = signature })))
      local large = ('{"a":"%s"}'):format(('x'):rep((1 << 20) + 100))
      assert.are.equal(413, (stage:post('crm', large, { ['X-GHL-Signature'] = stage.key:sign(large) })))
      assert.are.equal(404, (stage:post('nobody', '{}')))
      assert.are.equal(404, (stage:post('records', '{}')))
      assert.are.equal(405, flow.host.fetch { url = stage.url .. '/hooks/crm' }.status)
      assert.are.equal(202, (stage:deliver(flow.sample 'contact_created')))
    end)
  end)
end)
