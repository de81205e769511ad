-- A call whose answer is lost, at a service that shows late what it took and gives texts back in other forms: what it
-- made is there once, and `ladle show` tells how that was found out.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'

local TEXT = 'R&D asks: "roof < 20 m2"?'
local RECIPE = [[
recipe: write
summary: A test
needs: { crm: highlevel }
when: [crm.contact_created]
do:
  - step: write
    %s
    retry: { tries: 3, first: 100ms, longest: 100ms, jitter: none }
]]
local NOTE = ("use: crm.create_note\n    with: { contactId: = event.id, body: '%s' }"):format(TEXT)
local TASK = ("use: crm.create_task\n    with: { contactId: = event.id, title: '%s', "
  .. 'dueDate: "2026-12-01T09:00:00Z", completed: false }'):format(TEXT)

local function lost(operation, more)
  local action = { lose_answer = true }
  for name, value in pairs(more) do action[name] = value end
  return { { match = { operation = operation, nth = 1 }, ['do'] = action } }
end

local function on_stage(step, options, body)
  flow.on_stage({ ['write.yaml'] = RECIPE:format(step) }, options, function(stage)
    stage:deliver(flow.sample 'contact_created')
    body(stage)
  end)
end

local function assert_once(stage, effect)
  local run = flow.only_run(stage)
  assert.are.equal('done', run.state)
  assert.are.equal(1, #stage:ledger(effect))
  return flow.show(stage, run.id).steps[1]
end

describe('an effect whose answer was lost', function()
  for _, form in ipairs { 'html', 'entities', 'spaces', 'upper' } do
    it('is known by its mark, given back as ' .. form, function()
      local options = { marks = true, faults = lost('create_note', { given_back = form }) }
      on_stage(NOTE, options, function(stage)
        local step = assert_once(stage, 'note_created')
        assert.is_truthy(stage:ledger('note_created')[1].body:find('^' .. TEXT:gsub('%p', '%%%0') .. ' %[ladle %x+%]$'))
        assert.are.equal('its effect', step.tries[1].looks[1].found)
      end)
    end)

    it('is known by what it says where there is no mark, given back as ' .. form, function()
      on_stage(TASK, { faults = lost('create_task', { given_back = form }) }, function(stage)
        assert_once(stage, 'task_created')
      end)
    end)
  end

  it('is looked for until it shows, over a restart, and each look is shown', function()
    local options = { marks = true, lag = '12 s', faults = lost('create_note', { show_late_ms = 6000 }) }
    on_stage(NOTE, options, function(stage)
      local waiting = stage.wait_for('a look', 30000, function()
        local run = stage:runs('--state', 'waiting')[1]
        local shown = run and flow.show(stage, run.id)
        return shown and shown.steps[1].error and shown.steps[1].error.looks and shown
      end)
      assert.are.equal('look', waiting.waits[1]['for'])
      stage:kill_engine()
      stage:start_engine()
      local step = assert_once(stage, 'note_created')
      local looks = step.tries[1].looks
      assert.are.equal('its effect is not there yet', looks[1].found)
      assert.are.equal('its effect', looks[#looks].found)
      local text = select(3, stage:cli('show', flow.only_run(stage).id))
      assert.is_truthy(text:find('looked%s+%S+  its effect is not there yet'), text)
    end)
  end)

  it('that never was is made again, by the policy of its step', function()
    local faults = { { match = { operation = 'create_note', nth = 1 }, ['do'] = { reset = true } } }
    on_stage(NOTE, { marks = true, faults = faults }, function(stage)
      local step = assert_once(stage, 'note_created')
      assert.are.equal('no effect', step.tries[1].looks[1].found)
      assert.are.equal('timeout', step.tries[2].kind)
    end)
  end)
end)
