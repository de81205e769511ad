-- Dead letters that go on: several branches that failed at once, many runs at once beside fresh events, and the
-- tries that a step had, told also after it succeeded.
package.path = './spec/support/?.lua;' .. package.path
local journey = require 'journey'
local stages = require 'stages'
local note, inner, show = journey.note, journey.inner, journey.flow.show

local ONCE = '    retry: once\n'
local REFUSED = { match = { operation = 'create_note' }, ['do'] = { status = 400, body = { message = 'not today' } } }

local function retry(stage, ...)
  assert.are.equal(0, (select(2, stage:cli('retry', ...))))
end

local function states(shown, ...)
  local out = {}
  for i, name in ipairs { ... } do out[i] = journey.step(shown, name).state end
  return out
end

describe('a run whose branches failed', function()
  local THREE = '  - step: all\n    parallel:\n'
    .. inner(note('a', 'a', ONCE) .. note('b', 'b', ONCE) .. note('c', 'c', ONCE)) .. note('after', 'after')

  it('goes on with all of them by one retry', function()
    journey.on_stage({ forks = THREE }, { faults = { REFUSED } }, function(stage)
      journey.send(stage, 'forks')
      local shown = journey.only(stage, 'forks')
      assert.are.equal('dead', shown.state)
      assert.are.same({ 'failed', 'failed', 'failed' }, states(shown, 'a', 'b', 'c'))
      stages.faults(stage)
      retry(stage, shown.id)
      journey.await(stage, 'forks', 'done')
      assert.are.same({ 'a', 'after', 'b', 'c' }, journey.sorted_notes(stage))
    end)
  end)

  it('goes on with all of them where many are retried, also after SIGKILL', function()
    journey.on_stage({ forks = THREE }, { faults = { REFUSED } }, function(stage)
      journey.send(stage, 'forks')
      journey.send(stage, 'forks')
      journey.await(stage, 'forks', 'dead', 2)
      stages.faults(stage)
      stage:kill_engine()
      retry(stage, '--all')
      stage:start_engine()
      journey.await(stage, 'forks', 'done', 2)
      assert.are.same({ 'a', 'a', 'after', 'after', 'b', 'b', 'c', 'c' }, journey.sorted_notes(stage))
    end)
  end)

  it('goes on with every item that failed, and with none that was passed over', function()
    local passed = '  - step: passed\n    on_error: continue\n    do:\n' .. inner(journey.WRONG)
      .. '  - step: called\n    on_error: continue\n    call: errs\n'
    local errs = 'recipe: errs\nneeds:\n  crm: highlevel\ndo:\n' .. journey.WRONG
    local items = '  - step: items\n    each: [x, y, z]\n    parallel: 3\n    use: crm.create_note\n'
      .. ('    with: { contactId: %s, body: "${item}" }\n'):format(journey.JOHN) .. ONCE
    local options = { faults = { REFUSED }, texts = { ['errs.yaml'] = errs } }
    journey.on_stage({ forks = passed .. items }, options, function(stage)
      journey.send(stage, 'forks')
      local shown = journey.only(stage, 'forks')
      assert.are.equal('dead', shown.state)
      stages.faults(stage, { match = { operation = 'get_contact' }, ['do'] = { status = 400 } })
      retry(stage, shown.id)
      journey.await(stage, 'forks', 'done')
      assert.are.same({ 'x', 'y', 'z' }, journey.sorted_notes(stage))
      shown = show(stage, shown.id)
      assert.are.same({ 'failed', 'failed' }, states(shown, 'wrong', 'called/wrong'))
      assert.are.equal(0, stages.control(stage, 'faults').rules[1].fired)
    end)
  end)
end)

describe('dead letters that are retried at once', function()
  local RATE = { rate_max = 10, rate_interval_ms = 3600000 }
  local MANY, WINDOW = 12, 8 -- four fifths of the window
  local READ = ("    with: { contactId: %s }\n"):format(journey.JOHN)
  local REFUSE = "return { name = 'look', run = function() fail('invalid', 'not yet') end }"
  local LOOK = ("return { name = 'look', run = function(ctx) ctx.crm:get_contact { contactId = '%s' } return {} end }")
    :format(journey.JOHN)

  local function count(stage, state)
    return #stages.pick(journey.runs(stage, 'late'), function(run) return run.state == state end)
  end

  it('leave room in the limit for what just happened', function()
    local recipes = {
      late = '  - step: look\n    use: scripts.look\n',
      fresh = '  - step: read\n    use: crm.get_contact\n' .. READ,
    }
    journey.on_stage(recipes, { scripts = { ['look.lua'] = REFUSE } }, function(stage)
      stages.control(stage, 'settings', RATE)
      for _ = 1, MANY do journey.send(stage, 'late') end
      journey.await(stage, 'late', 'dead', MANY)
      stage:stop_engine()
      assert(journey.host.write_file(stage:path 'scripts/look.lua', LOOK))
      stage:start_engine()
      journey.send(stage, 'fresh') -- from its answer the engine learns the limit
      journey.await(stage, 'fresh', 'done', 1)
      retry(stage, '--all', '--newest')
      stage.wait_for('as many as may go', 60000, function() return count(stage, 'done') == WINDOW end)
      journey.send(stage, 'fresh')
      journey.await(stage, 'fresh', 'done', 2)
      assert.are.equal(WINDOW, count(stage, 'done'))
    end)
  end)
end)

describe('the tries of a step', function()
  local policy = '    retry: { tries: 4, first: 100ms, longest: 100ms, jitter: none }\n'

  local function fault(times)
    return { match = { operation = 'create_note', times = times }, ['do'] = { status = 503 } }
  end

  it('are told after it succeeded, with the error of each', function()
    journey.on_stage({ tries = note('push', 'pushed', policy) .. note('after', 'after') }, { faults = { fault(2) } },
      function(stage)
        journey.send(stage, 'tries')
        local shown = journey.only(stage, 'tries')
        assert.are.equal('done', shown.state)
        local push = journey.step(shown, 'push')
        assert.are.equal(3, push.attempts)
        assert.are.equal(journey.json.null, push.error)
        assert.are.equal(2, #push.tries)
        for _, try in ipairs(push.tries) do
          assert.are.same({ 'unavailable', 503 }, { try.kind, try.status })
          assert.is_truthy(try.at:match '^%d+%-%d%d%-%d%dT')
        end
        assert.are.equal(journey.json.null, journey.step(shown, 'after').tries)
        local _, _, text = stage:cli('show', shown.id)
        local _, lines = text:gsub('\n%s+tried%s+%S+  unavailable: ', '')
        assert.are.equal(2, lines)
      end)
  end)

  it('are told of an action in Lua, and of one that a person let go on', function()
    local push = "return { name = 'push', run = function(ctx)"
      .. " return ctx.crm:create_note { contactId = '%s', body = 'p' } end }"
    journey.on_stage({ tries = '  - step: push\n    use: scripts.push\n' .. policy:gsub('4', '2') },
      { faults = { fault(3) }, scripts = { ['push.lua'] = push:format(journey.JOHN) } }, function(stage)
        journey.send(stage, 'tries')
        local shown = journey.only(stage, 'tries')
        assert.are.equal('dead', shown.state)
        assert.are.equal(1, #journey.step(shown, 'push').tries)
        assert.are.equal('unavailable', journey.step(shown, 'push').error.kind)
        retry(stage, shown.id)
        journey.await(stage, 'tries', 'done')
        assert.are.equal(3, #journey.step(show(stage, shown.id), 'push').tries)
      end)
  end)
end)

describe('ladle retry --now', function()
  local WAITS = '  - step: nap\n    wait: 2 days\n' .. note('after', 'after')

  it('skips a wait, and nothing is skipped without it', function()
    journey.on_stage({ naps = WAITS }, nil, function(stage)
      journey.send(stage, 'naps')
      local run = journey.await(stage, 'naps', 'waiting')[1]
      local _, code, text = stage:cli('retry', run.id)
      assert.are.equal(1, code)
      assert.is_truthy(text:find('nap waits until ', 1, true), text)
      assert.are.same({}, journey.notes(stage))
      retry(stage, run.id, '--now')
      journey.await(stage, 'naps', 'done')
      assert.are.same({ 'after' }, journey.notes(stage))
      assert.are.equal('done', journey.step(show(stage, run.id), 'nap').state)
    end)
  end)

  it('ends a wait for an event as its time does', function()
    local hopes = '  - step: hope\n    wait_for: crm.appointment_created\n    with: { appointment.id: = event.id }\n'
      .. '    timeout: 2 days\n    on_error:\n' .. inner(note('gave_up', '${error.kind} of ${error.step}'))
    journey.on_stage({ hopes = hopes }, nil, function(stage)
      journey.send(stage, 'hopes', { id = 'never' })
      local run = journey.await(stage, 'hopes', 'waiting')[1]
      retry(stage, run.id, '--now')
      journey.await(stage, 'hopes', 'done')
      assert.are.same({ 'timeout of hope' }, journey.notes(stage))
    end)
  end)
end)
