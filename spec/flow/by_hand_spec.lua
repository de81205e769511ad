-- Runs that a person starts: with an event and inputs of his own, of a recipe that nothing else starts, once more by a
-- replay, and told like any other where they fail.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'

local HAND = [[
recipe: by-hand
inputs:
  days: { type: integer, default: 2 }
  who: { type: string, default: nobody }
  tags: { type: list, default: [] }
do:
  - step: end
    stop: '= inputs.days .. " " .. inputs.who .. " " .. #inputs.tags .. " " .. (event.x or "-") .. " " .. meta.type'
]]

local function started(stage, ...)
  local rows, code, text = stage:cli('start', 'by-hand', '--json', ...)
  assert.are.equal(0, code, text)
  return rows[1]
end

local function reason(stage, id)
  return stage.wait_for('the end of the run', 20000, function()
    local run = flow.show(stage, id)
    return run.state == 'done' and run.steps[1].input.reason or nil
  end)
end

describe('a start by hand', function()
  it('runs a recipe with the event and the inputs that it is given, and a replay does so again', function()
    flow.on_stage({ ['hand.yaml'] = HAND }, nil, function(stage)
      assert.are.equal('2 nobody 0 - start', reason(stage, started(stage).run))
      assert(flow.host.write_file(stage:path 'event.json', '{"x":5}'))
      local one = started(stage, '--event', stage:path 'event.json', '--input', 'days=7', '--input', 'who=Ann',
        '--input', 'tags=["a"]')
      assert.are.equal('7 Ann 1 5 start', reason(stage, one.run))
      local _, code, text = stage:cli('replay', one.run)
      assert.are.equal(0, code, text)
      local second = stage.wait_for('the second run', 20000, function()
        for _, run in ipairs(flow.show(stage, one.event).started) do
          if run.id ~= one.run then return run.id end
        end
      end)
      assert.are.equal('7 Ann 1 5 start', reason(stage, second))
    end)
  end)

  it('takes the sample of a trigger for its event', function()
    local recipe = 'recipe: by-hand\nneeds:\n  crm: highlevel\nwhen:\n  - crm.contact_created\nif: = false\n'
      .. 'do:\n  - step: end\n    stop: = event.firstName\n'
    flow.on_stage({ ['hand.yaml'] = recipe }, nil, function(stage)
      local run = started(stage, '--event', 'crm.contact_created').run
      assert.are.equal(flow.sample('contact_created').firstName, reason(stage, run))
    end)
  end)

  it('waits for an engine, and is refused where something is missing', function()
    local recipe = HAND:gsub('default: nobody', 'label: Who')
    flow.on_stage({ ['hand.yaml'] = recipe }, nil, function(stage)
      stage:stop_engine()
      local function refused(says, ...)
        local _, code, text = stage:cli('start', ...)
        assert.are_not.equal(0, code)
        assert.is_truthy(text:find(says, 1, true), text)
      end
      refused('the input `who` has no value: add --input who=VALUE', 'by-hand')
      refused('--input days takes an integer, not `soon`', 'by-hand', '--input', 'days=soon', '--input', 'who=Ann')
      refused('by-hand has no input `day`', 'by-hand', '--input', 'day=1')
      refused('did you mean "by-hand"?', 'by-hnd')
      refused('neither a file nor a trigger', 'by-hand', '--input', 'who=Ann', '--event', 'crm.nothing')
      stage:cli('pause', 'by-hand')
      refused('by-hand is paused', 'by-hand', '--input', 'who=Ann')
      stage:cli('resume', 'by-hand')
      local run = started(stage, '--input', 'who=Ann').run
      assert.are.equal('queued', flow.show(stage, run).state)
      stage:start_engine()
      assert.are.equal('2 Ann 0 - start', reason(stage, run))
    end)
  end)

  it('that fails is told as any other', function()
    local recipe = 'recipe: by-hand\ndo:\n  - step: end\n    stop: = event.x.y\n'
    flow.on_stage({ ['hand.yaml'] = recipe:gsub('event.x.y', 'event.x + 1') }, nil, function(stage)
      started(stage)
      stage.wait_for('the event of its death', 20000, function()
        for _, event in ipairs(stage:events()) do
          if event.type == 'run_dead' then return event end
        end
      end)
    end)
  end)
end)
