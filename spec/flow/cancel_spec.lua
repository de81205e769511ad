-- `ladle cancel`: a run ends wherever it is, what is in flight is closed, and the next of its key goes on.
package.path = './spec/support/?.lua;' .. package.path
local journey = require 'journey'
local note = journey.note

local HELD_MS = 60000

local function cancel(stage, id)
  local _, code, text = stage:cli('cancel', id)
  assert(code == 0, text)
end

-- The state once it is one that does not change any more.
local function state_of(stage, name)
  return journey.only(stage, name).state
end

describe('ladle cancel', function()
  it('ends a run that waits for a time, for an event and for another try', function()
    local recipes = {
      pause = '  - step: pause\n    wait: 1 day\n' .. note('a', 'a'),
      hope = journey.GATE .. note('b', 'b'),
      retry = note('c', 'c', '    retry: { tries: 3, first: 1 h, longest: 1 h, jitter: none }\n'),
    }
    local faults = { { match = { operation = 'create_note' }, ['do'] = { status = 503 } } }
    journey.on_stage(recipes, { faults = faults }, function(stage)
      for name in pairs(recipes) do journey.send(stage, name, { gate = 'g1' }) end
      for name in pairs(recipes) do cancel(stage, journey.await(stage, name, 'waiting')[1].id) end
      for name in pairs(recipes) do assert.are.equal('cancelled', state_of(stage, name), name) end
      journey.open(stage, 'g1')
      journey.crash(stage)
      for name in pairs(recipes) do assert.are.equal('cancelled', state_of(stage, name), name) end
      assert.are.same({}, journey.notes(stage))
    end)
  end)

  it('ends a run in the middle of a slow call, and lets the next of its key go', function()
    local recipe = { note('save', '${event.n}') .. note('after', 'after ${event.n}'), top = 'key: = "all"\n' }
    journey.on_stage({ slow = recipe }, { faults = { journey.slow('create_note', 1, HELD_MS) } }, function(stage)
      journey.send(stage, 'slow', { n = 1 })
      journey.await_note(stage, '1')
      journey.send(stage, 'slow', { n = 2 })
      cancel(stage, journey.await(stage, 'slow', 'running')[1].id)
      journey.await(stage, 'slow', 'done')
      assert.are.equal('cancelled', journey.runs(stage, 'slow')[1].state)
      assert.are.same({ '1', '2', 'after 2' }, journey.notes(stage))
    end)
  end)

  it('ends a run that is queued behind another, and the one after it still goes', function()
    local recipe = { journey.GATE .. note('save', '${event.n}'), top = 'key: = "all"\n' }
    journey.on_stage({ line = recipe }, nil, function(stage)
      journey.send(stage, 'line', { n = 1, gate = 'g1' })
      journey.await(stage, 'line', 'waiting')
      for n = 2, 3 do journey.send(stage, 'line', { n = n }) end
      cancel(stage, journey.await(stage, 'line', 'queued', 2)[1].id)
      journey.open(stage, 'g1')
      journey.await(stage, 'line', 'done', 2)
      assert.are.equal('cancelled', journey.runs(stage, 'line')[2].state)
      assert.are.same({ '1', '3' }, journey.notes(stage))
    end)
  end)

  it('closes all branches of a run', function()
    local warm = '  - step: warm\n    use: crm.get_contact\n    with: { contactId: ' .. journey.JOHN .. ' }\n'
    local steps = warm .. '  - step: all\n    each: [a, b, c]\n    parallel: 3\n    do:\n'
      .. journey.inner(note('hold', '= item') .. note('never', 'never'))
    local faults = { journey.slow('create_note', { 1, 2, 3 }, HELD_MS) }
    journey.on_stage({ forks = steps }, { faults = faults }, function(stage)
      journey.send(stage, 'forks')
      stage.wait_for('three calls in flight', 60000, function() return #journey.notes(stage) == 3 end)
      cancel(stage, journey.runs(stage, 'forks')[1].id)
      assert.are.equal('cancelled', state_of(stage, 'forks'))
      stage.wait_for('the engine to let go of the run', 60000, function()
        local metrics = journey.host.fetch { url = stage.url .. '/metrics', timeout_ms = 60000 }
        return metrics.body:find('\nladle_runs_active 0\n', 1, true)
      end)
      journey.crash(stage)
      assert.are.equal('cancelled', state_of(stage, 'forks'))
      assert.are.same({ 'a', 'b', 'c' }, journey.sorted_notes(stage))
    end)
  end)

  it('refuses a run that has ended, an event, and an id that is none', function()
    journey.on_stage({ quick = note('save', 'x') }, nil, function(stage)
      local event = journey.send(stage, 'quick')
      local run = journey.await(stage, 'quick', 'done')[1]
      local _, code, text = stage:cli('cancel', run.id)
      assert.are.equal(1, code)
      assert.is_truthy(text:find('done', 1, true))
      _, code, text = stage:cli('cancel', event)
      assert.are.equal(1, code)
      assert.is_truthy(text:find('is an event', 1, true))
      assert.are.equal(2, select(2, stage:cli('cancel', 'nonsense')))
      assert.are.equal(2, select(2, stage:cli 'cancel'))
      assert.are.equal('done', state_of(stage, 'quick'))
    end)
  end)
end)
