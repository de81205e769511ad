-- Keeping house: what is pruned and what is not, backups while the engine works, dead letters in groups.
package.path = './spec/support/?.lua;' .. package.path
local journey = require 'journey'
local note, host, json = journey.note, journey.host, journey.json

describe('retention', function()
  it('prunes what ended long enough ago, and nothing else', function()
    local waits = journey.GATE .. note('after', 'after')
    local recipes = { quick = note('say', '${event.n}'), fails = journey.WRONG, waits = waits }
    local options = { config = 'retention: { runs: 1s, dead: 30 days, events: 1s }\n' }
    journey.on_stage(recipes, options, function(stage)
      journey.send(stage, 'fails')
      journey.send(stage, 'waits', { gate = 'g1' })
      journey.await(stage, 'fails', 'dead')
      journey.await(stage, 'waits', 'waiting')
      local body = json.encode { n = 1 }
      local status, first = stage:post('in_quick', body)
      assert.are.equal(202, status)
      journey.await_note(stage, '1')
      journey.await(stage, 'quick', 'done')
      journey.crash(stage) -- the first look comes a second after a start, the next ones are rare
      stage.wait_for('the run to be pruned', 60000, function() return #journey.runs(stage, 'quick') == 0 end)
      -- Its event is kept for its dedupe key: a sender may still repeat it.
      local again, second = stage:post('in_quick', body)
      assert.are.equal(200, again)
      assert.are.equal(first.id, second.id)
      assert.are.same({ '1' }, journey.notes(stage))
      assert.are.equal('dead', journey.runs(stage, 'fails')[1].state)
      journey.open(stage, 'g1')
      journey.await_note(stage, 'after')
    end)
  end)
end)

describe('ladle backup', function()
  -- Lists what a store file holds, as a project of its own would.
  local function look_into(stage, path, what)
    host.mkdir(stage:path 'look')
    assert(host.write_file(stage:path 'look/ladle.yaml', 'store: sqlite:' .. path .. '\n'))
    local rows, code, text = stage:cli(what, '-C', stage:path 'look', '--json', '--limit', '5000')
    assert(code == 0, text)
    return rows
  end

  it('of an engine under load is whole: every event with its run, every run with its event', function()
    journey.on_stage({ load = note('say', '${event.n}') }, nil, function(stage)
      local sent = 0
      local function send()
        sent = sent + 1
        journey.send(stage, 'load', { n = sent })
      end
      for _ = 1, 20 do send() end
      local before = sent
      local process = stage:spawn({ 'backup', stage:path 'copy.db' }, stage:path 'backup.log')
      repeat send() until not process:is_running()
      assert.are.equal(0, process:wait(60000))
      local events = look_into(stage, stage:path 'copy.db', 'events')
      local runs = look_into(stage, stage:path 'copy.db', 'runs')
      local inbox, of_event = 0, {}
      for _, run in ipairs(runs) do of_event[run.event_id] = run.id end
      for _, event in ipairs(events) do
        if event.connection == 'in_load' then
          inbox = inbox + 1
          assert.are.equal(1, event.runs)
          assert.is_string(of_event[event.id])
        end
      end
      assert.are.equal(inbox, #runs)
      assert.is_true(inbox >= before and inbox <= sent)
      journey.await(stage, 'load', 'done', sent)
    end)
  end)

  it('is a store to go back to: what waited then waits again', function()
    journey.on_stage({ waits = journey.GATE .. note('after', 'after') }, nil, function(stage)
      journey.send(stage, 'waits', { gate = 'g1' })
      journey.await(stage, 'waits', 'waiting')
      local _, code, text = stage:cli('backup', stage:path 'copy.db')
      assert(code == 0, text)
      journey.open(stage, 'g1')
      journey.await(stage, 'waits', 'done')
      stage:stop_engine()
      for _, tail in ipairs { '-wal', '-shm' } do os.remove(stage:path('data/ladle.db' .. tail)) end
      assert(os.rename(stage:path 'copy.db', stage:path 'data/ladle.db'))
      stage:start_engine()
      assert.are.equal('waiting', journey.runs(stage, 'waits')[1].state)
      journey.open(stage, 'g1')
      journey.await(stage, 'waits', 'done')
      assert.are.same({ 'after', 'after' }, journey.notes(stage))
    end)
  end)

  it('overwrites nothing, and says so', function()
    journey.on_stage({ load = note('say', 'x') }, nil, function(stage)
      assert(host.write_file(stage:path 'copy.db', 'mine'))
      local _, code, text = stage:cli('backup', stage:path 'copy.db')
      assert.are.equal(1, code)
      assert.is_truthy(text:find('is there already', 1, true))
      assert.are.equal('mine', host.read_file(stage:path 'copy.db'))
      local rows = stage:cli('backup', stage:path 'other.db', '--json')
      assert.is_true(rows[1].ok)
      assert.are.equal(#host.read_file(stage:path 'other.db'), rows[1].bytes)
    end)
  end)
end)

describe('dead letters', function()
  it('are grouped by cause, and a group goes on at a rate', function()
    local faults = { { match = { operation = 'create_note' }, ['do'] = { status = 422 } } }
    local recipes = { fails = journey.WRONG, refused = note('say', '${event.n}') }
    journey.on_stage(recipes, { faults = faults }, function(stage)
      journey.send(stage, 'fails')
      journey.await(stage, 'fails', 'dead')
      for n = 1, 5 do journey.send(stage, 'refused', { n = n }) end
      journey.await(stage, 'refused', 'dead', 5)
      local groups = {}
      for _, run in ipairs((stage:cli('dead', '--json'))) do
        groups[run.recipe] = groups[run.recipe] or run.group
        assert.are.equal(groups[run.recipe], run.group)
      end
      assert.are.same({ fails = 1, refused = 2 }, groups)
      require('stages').faults(stage)
      local rows = stage:cli('retry', '--group', '2', '--rate', '10', '--json')
      assert.are.equal(5, rows[1].runs)
      assert.are.equal('refused', rows[1].group.recipe)
      journey.await(stage, 'refused', 'done', 5)
      assert.are.same({ '1', '2', '3', '4', '5' }, journey.notes(stage))
      assert.are.equal(1, #(stage:cli('dead', '--json')))
      local _, code, text = stage:cli('retry', '--group', '2')
      assert.are.equal(1, code)
      assert.is_truthy(text:find('there is no group 2', 1, true))
    end)
  end)
end)
