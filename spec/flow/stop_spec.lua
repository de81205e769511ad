-- SIGTERM whatever the disk does: the engine ends in time and in order, and the next one goes on with what was left.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local stages = require 'stages'

local host = flow.host

local DOOR = '  door: { connector: webhook, verify: none }\n'
local NOTE = [[
recipe: note
needs: { crm: highlevel, door: webhook }
when: [door.received]
do:
  - step: note
    use: crm.create_note
    with: { contactId: nmFmQEsNgz6AVpgLVUJ0, body: "= event.n" }
    retry: { tries: 5, first: 100ms, longest: 100ms, jitter: none }
]]

local function start_with(stage, faults)
  stage.env.LADLE_FAULTS = faults
  stage:start_engine()
  stage.env.LADLE_FAULTS = nil
end

local function post(stage, n)
  return (stage:post('door', ('{"n":"%s"}'):format(n)))
end

local function on_stage(recipes, options, body)
  local stage = flow.stage(recipes, options)
  stages.with(stage, function()
    stage:start_sandbox()
    stage:connect()
    body(stage)
  end)
end

local function log_of(stage)
  return host.read_file(stage:path 'engine.log')
end

describe('a stop', function()
  it('on a disk that stays full ends, and the next start goes on with what was stored', function()
    local slow = { { match = { operation = 'create_note' }, ['do'] = { delay_ms = 400 } } }
    on_stage({ ['a.yaml'] = NOTE }, { connections = DOOR, faults = slow }, function(stage)
      start_with(stage, 'store.commit_full=fail*@24')
      local stored = 0
      stage.wait_for('the disk to be full', 20000, function()
        local status = post(stage, 'number ' .. stored + 1)
        if status == 202 then stored = stored + 1 end
        return status == 503
      end)
      assert.is_true(stored > 0)
      assert.are.equal(0, stage:stop_engine())
      assert.is_truthy(log_of(stage):find('the disk takes nothing', 1, true), log_of(stage))
      stages.faults(stage)
      stage:start_engine()
      local runs = stage:settle()
      assert.are.equal(stored, #runs)
      for _, run in ipairs(runs) do assert.are.equal('done', run.state) end
      assert.are.equal(stored, #stage:ledger 'note_created')
    end)
  end)

  -- What the dying run stores is looked for by nobody any more; it must not be delivered to who is gone either.
  it('while a run dies is clean, and who is told of dead runs is told by the next start', function()
    local refused = { { match = { operation = 'create_note', nth = 1 }, ['do'] = { delay_ms = 3500, status = 422 } } }
    local told = 'recipe: told\nneeds: { crm: highlevel }\nwhen: [ladle.run_dead]\ndo:\n'
      .. '  - step: end\n    stop: told\n'
    local options = { connections = DOOR, faults = refused }
    on_stage({ ['a.yaml'] = NOTE, ['b.yaml'] = told }, options, function(stage)
      stage:start_engine()
      assert.are.equal(202, post(stage, 'bad'))
      stage.wait_for('the call', 10000, function()
        local run = stage:runs()[1]
        local steps = run and flow.show(stage, run.id).steps
        return steps and steps[1] and steps[1].state == 'started'
      end)
      assert.are.equal(0, stage:stop_engine())
      local runs = stage:runs()
      assert.are.equal(1, #runs)
      assert.are.equal('dead', runs[1].state)
      stage:start_engine()
      assert.are.equal('done', stages.ended(stage, function(run) return run.recipe == 'told' end).state)
    end)
  end)

  it('while the version of a claimed run is read is clean, and the run ends on that version', function()
    local first = NOTE:gsub('do:\n', 'do:\n  - step: pause\n    wait: 2s\n')
    on_stage({ ['a.yaml'] = first }, { connections = DOOR }, function(stage)
      stage:start_engine()
      assert.are.equal(202, post(stage, 'old'))
      stage.wait_for('the wait', 10000, function() return stage:runs('--state', 'waiting')[1] end)
      stage:kill_engine()
      assert(host.write_file(stage:path 'recipes/a.yaml', (first:gsub('body: [^}]+', 'body: new '))))
      start_with(stage, 'store.read=stall..+5s')
      stage.wait_for('the claim', 10000, function() return stage:runs('--state', 'running')[1] end)
      assert.are.equal(0, stage:stop_engine())
      stage:start_engine()
      assert.are.equal('done', flow.only_run(stage).state)
      assert.are.equal('old', stage:ledger('note_created')[1].body)
    end)
  end)

  it('that a disk holds up which does not answer is ended by force', function()
    on_stage({ ['a.yaml'] = NOTE }, { connections = DOOR }, function(stage)
      start_with(stage, 'store.before_commit=stall@12..+60s')
      local answered, n = true, 0
      while answered do
        n = n + 1
        answered = host.fetch { method = 'POST', url = stage.url .. '/hooks/door', body = ('{"n":"%d"}'):format(n),
          timeout_ms = 2000 }
      end
      assert.are.equal(1, stage:stop_engine())
      assert.is_truthy(log_of(stage):find('took too long', 1, true), log_of(stage))
      stage:start_engine()
      local stored = stages.pick(stage:events(), function(event) return event.connection == 'door' end)
      local done = stages.pick(stage:settle(), function(run) return run.state == 'done' end)
      assert.are.equal(#stored, #done)
      assert.are.equal(#stored, #stage:ledger 'note_created')
    end)
  end)
end)

describe('a start', function()
  it('whose port is taken says so and ends', function()
    on_stage({ ['a.yaml'] = NOTE }, { connections = DOOR }, function(stage)
      local holder = host.spawn {
        argv = { stage.ladle, 'sandbox', '--listen', '127.0.0.1:' .. stage.port }, output = stage:path 'holder.log',
      }
      stage.wait_for('the port to be taken', 10000, function()
        return host.fetch { url = stage.url .. '/', timeout_ms = 500 }
      end)
      local process = stage:spawn({ 'run' }, stage:path 'second.log')
      assert.are.equal(2, process:wait(20000))
      local text = host.read_file(stage:path 'second.log')
      assert.is_truthy(text:find(tostring(stage.port), 1, true), text)
      holder:kill 'TERM'
      holder:wait(10000)
    end)
  end)
end)
