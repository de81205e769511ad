-- The store in trouble: no room, not ours, not readable, in use. And recipes that change or break under it. What was
-- acknowledged is there afterwards, once.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local stages = require 'stages'

local host, json = flow.host, flow.json

local DOOR = '  door: { connector: webhook, verify: none }\n'
local TAKE = [[
recipe: take
needs: { crm: highlevel, door: webhook }
when: [door.received]
do:
  - step: note
    use: crm.create_note
    with: { contactId: nmFmQEsNgz6AVpgLVUJ0, body: "= event.n" }
    retry: { tries: 5, first: 100ms, longest: 100ms, jitter: none }
]]
local NOTHING = [[
recipe: nothing
needs: { crm: highlevel }
when: [crm.note_deleted]
do:
  - step: no
    stop: never
]]

-- Posts one event; the whole answer, whose body is decoded.
local function post(stage, n)
  local answer = assert(host.fetch {
    method = 'POST', url = stage.url .. '/hooks/door', body = json.encode { n = n }, timeout_ms = 60000,
    headers = { ['Content-Type'] = 'application/json' },
  })
  answer.json = json.try_decode(answer.body)
  return answer
end

-- Runs `ladle run` until it ends by itself: its exit code and what it said.
local function run_to_end(stage, option)
  local output = stage:path 'second.log'
  local process = stage:spawn({ 'run', option }, output)
  local code = process:wait(60000)
  return code, host.read_file(output)
end

local function with_byte(text, at, byte)
  return text:sub(1, at) .. string.char(byte) .. text:sub(at + 2)
end

-- A stage whose store has been made by an engine that was stopped again, with one event in it.
local function on_stopped_stage(body)
  flow.on_stage({ ['take.yaml'] = TAKE }, { connections = DOOR }, function(stage)
    assert.are.equal(202, post(stage, 'first').status)
    stage:settle()
    assert.are.equal(0, stage:stop_engine())
    body(stage, stage:path 'data/ladle.db')
  end)
end

local function assert_refused(stage, ...)
  local code, text = run_to_end(stage)
  assert.are.equal(2, code, text)
  for _, words in ipairs { 'ladle.db', ... } do assert.is_truthy(text:find(words, 1, true), text) end
end

-- Events of the door that are no duplicates; the notes that its runs write come back as events of the CRM.
local function stored(stage)
  return stages.pick(stage:events(), function(event)
    return event.connection == 'door' and event.duplicate_of == json.null
  end)
end

local function assert_all_there(stage)
  stage:start_engine()
  assert.are.equal(1, #stored(stage))
  assert.are.equal('done', flow.only_run(stage).state)
  assert.are.equal(202, post(stage, 'second').status)
end

describe('a full disk', function()
  it('is answered 503, and what the sender repeats is stored, once', function()
    local stage = flow.stage({ ['nothing.yaml'] = NOTHING }, { connections = DOOR })
    stages.with(stage, function()
      stage:start_sandbox()
      stage.env.LADLE_FAULTS = 'store.commit_full=fail@20' -- the start makes some commits, each event one
      stage:start_engine()
      stage.env.LADLE_FAULTS = nil
      local refused = {}
      for n = 1, 30 do
        local answer = post(stage, 'event ' .. n)
        if answer.status ~= 202 then refused[#refused + 1] = { n = n, answer = answer } end
      end
      assert.are.equal(1, #refused)
      local answer = refused[1].answer
      assert.are.equal(503, answer.status)
      assert.are.equal('store_full', answer.json.error.kind)
      assert.is_truthy(tonumber(answer.headers['retry-after']))
      assert.are.equal(29, #stored(stage))
      assert.are.equal(202, post(stage, 'event ' .. refused[1].n).status)
      assert.are.equal(200, post(stage, 'event ' .. refused[1].n).status)
      assert.is_true(stage:is_up())
      assert.are.equal(30, #stored(stage))
    end)
  end)

  it('holds runs up and repeats nothing that they did', function()
    local stage = flow.stage({ ['take.yaml'] = TAKE }, { connections = DOOR })
    stages.with(stage, function()
      stage:start_sandbox()
      stage:connect()
      local faults = {}
      for n = 8, 40, 4 do faults[#faults + 1] = 'store.commit_full=fail@' .. n end
      stage.env.LADLE_FAULTS = table.concat(faults, ',')
      stage:start_engine()
      stage.env.LADLE_FAULTS = nil
      for n = 1, 10 do
        local name = 'note ' .. n
        stage.wait_for('the event to be stored', 60000, function()
          local status = post(stage, name).status
          return status == 202 or status == 200
        end)
      end
      local runs = stage:settle()
      assert.are.equal(10, #runs)
      for _, run in ipairs(runs) do assert.are.equal('done', run.state) end
      assert.are.equal(10, #stage:ledger 'note_created')
      assert.are.same({}, require 'demo.audit'.repeated(stage:ledger()))
      local log = host.read_file(stage:path 'engine.log')
      assert.is_truthy(log:find('no room left', 1, true)) -- so the faults were met
    end)
  end)
end)

describe('a disk that fails now and then', function()
  -- With marks: what was killed between a call and its row is found again, beside all the other notes.
  it('loses nothing that was acknowledged and repeats nothing, also over SIGKILL', function()
    local stage = flow.stage({ ['take.yaml'] = TAKE }, { connections = DOOR, marks = true })
    stages.with(stage, function()
      stage:start_sandbox()
      stage:connect()
      stage.env.LADLE_FAULTS = 'disk.write=fail%8,disk.full=fail%8,disk.sync=fail%8,disk.slow=stall%5..+100ms'
      stage:start_engine()
      for n = 1, 24 do
        stage.wait_for('the event to be stored', 60000, function()
          local status = post(stage, 'note ' .. n).status
          return status == 202 or status == 200
        end)
        if n % 8 == 0 then
          assert.is_true(stage.engine:is_running())
          stage:kill_engine()
          stage:start_engine()
        end
      end
      local runs = stage:settle()
      assert.are.equal(24, #runs)
      for _, run in ipairs(runs) do assert.are.equal('done', run.state) end
      assert.are.equal(24, #stage:ledger 'note_created')
      assert.are.same({}, require 'demo.audit'.repeated(stage:ledger()))
      assert.is_truthy(host.read_file(stage:path 'engine.log'):find('nothing can be stored', 1, true))
    end)
  end)
end)

describe('a disk that is full at the start', function()
  it('lets the engine come up, which answers 503 and goes on by itself when there is room', function()
    local stage = flow.stage({ ['take.yaml'] = TAKE }, { connections = DOOR })
    stages.with(stage, function()
      stage:start_sandbox()
      stage:connect()
      stage:start_engine()
      assert.are.equal(202, post(stage, 'before').status)
      stage:kill_engine()
      stage.env.LADLE_FAULTS = 'store.commit_full=fail@1..+4s'
      stage:start_engine()
      stage.env.LADLE_FAULTS = nil
      local answer = host.fetch { url = stage.url .. '/readyz', timeout_ms = 60000 }
      assert.are.equal(503, answer.status)
      assert.are.equal(503, post(stage, 'while it is full').status)
      assert.are.equal(1, #stage:cli('runs', '--json'))
      stage.wait_for('the event to be stored', 60000, function() return post(stage, 'late').status == 202 end)
      assert.are.equal(200, host.fetch({ url = stage.url .. '/readyz', timeout_ms = 60000 }).status)
      assert.are.equal(2, #stage:settle())
      assert.are.equal(2, #stage:ledger 'note_created')
    end)
  end)

  it('does not keep it from being stopped', function()
    local stage = flow.stage({ ['take.yaml'] = TAKE }, { connections = DOOR })
    stages.with(stage, function()
      stage:start_sandbox()
      stage:connect()
      stage.env.LADLE_FAULTS = 'store.commit_full=fail*'
      stage:start_engine()
      stage.env.LADLE_FAULTS = nil
      assert.are.equal(0, stage:stop_engine())
    end)
  end)
end)

describe('a store', function()
  it('that is no database is refused and left as it is', function()
    on_stopped_stage(function(stage, path)
      local kept = host.read_file(path)
      local garbage = ('no database at all. '):rep(500)
      assert(host.write_file(path, garbage))
      assert_refused(stage)
      assert.are.equal(garbage, host.read_file(path))
      local _, code = stage:cli('runs', '--json')
      assert.is_true(code == 2 or code == 3)
      assert(host.write_file(path, kept))
      assert_all_there(stage)
    end)
  end)

  it('of a newer ladle is refused, says so, and is left as it is', function()
    on_stopped_stage(function(stage, path)
      local kept = host.read_file(path)
      local newer = with_byte(kept, 63, 99) -- user_version stands in bytes 60 to 63 of an SQLite file
      assert(host.write_file(path, newer))
      assert_refused(stage, 'newer ladle', '99')
      assert.are.equal(newer, host.read_file(path))
      assert(host.write_file(path, kept))
      assert_all_there(stage)
    end)
  end)

  it('of another program is refused', function()
    on_stopped_stage(function(stage, path)
      local kept = host.read_file(path)
      assert(host.write_file(path, with_byte(kept, 68, 1))) -- application_id
      assert_refused(stage, 'another program')
      assert(host.write_file(path, kept))
      assert_all_there(stage)
    end)
  end)

  it('whose place is a folder is refused', function()
    on_stopped_stage(function(stage, path)
      local kept = host.read_file(path)
      assert(os.remove(path))
      assert(host.mkdir(path))
      assert_refused(stage)
      assert(host.rm_rf(path))
      assert(host.write_file(path, kept))
      assert_all_there(stage)
    end)
  end)

  it('that may not be written is refused', function()
    on_stopped_stage(function(stage)
      -- Root may write everywhere, so another user tries where the test runs as root.
      local script = [[
        chmod -R a+rX . && chmod a-w data data/ladle.db* || exit 90
        if [ "$(id -u)" = 0 ]; then set -- setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; fi
        exec "$@"
      ]]
      local process = assert(host.spawn {
        argv = { '/bin/sh', '-c', script, 'sh', stage.ladle, 'run' }, cwd = stage.folder,
        output = stage:path 'second.log', env = { STAGE_CLIENT_SECRET = stage.app.client_secret },
      })
      local code = process:wait(60000)
      local text = host.read_file(stage:path 'second.log')
      assert.are.equal(2, code, text)
      assert.is_truthy(text:find('ladle.db', 1, true), text)
      local mend = assert(host.spawn { argv = { 'chmod', '-R', 'u+w,go-rwx', stage:path 'data' } })
      assert.are.equal(0, mend:wait(60000))
      assert_all_there(stage)
    end)
  end)

  it('that an engine works on is refused to a second one, and the first goes on', function()
    flow.on_stage({ ['take.yaml'] = TAKE }, { connections = DOOR }, function(stage)
      local code, text = run_to_end(stage)
      assert.are.equal(1, code)
      assert.is_truthy(text:find('process ' .. stage.engine:pid(), 1, true), text)
      assert.are.equal(202, post(stage, 'still here').status)
      assert.are.equal('done', flow.only_run(stage).state)
    end)
  end)

  it('can be taken over at once after SIGKILL', function()
    flow.on_stage({ ['take.yaml'] = TAKE }, { connections = DOOR }, function(stage)
      assert.are.equal(202, post(stage, 'before').status)
      stage:kill_engine()
      stage:start_engine()
      assert.are.equal('done', flow.only_run(stage).state)
      assert.are.equal(200, post(stage, 'before').status)
    end)
  end)
end)

describe('a recipe that changes', function()
  local BROKEN = TAKE:gsub('use: crm.create_note', 'use: crm.create_nots')

  it('and is wrong does not disturb the engine that runs, and keeps a strict one from starting', function()
    flow.on_stage({ ['take.yaml'] = TAKE }, { connections = DOOR }, function(stage)
      assert(host.write_file(stage:path 'recipes/take.yaml', BROKEN))
      assert.are.equal(202, post(stage, 'while broken').status)
      assert.are.equal('done', flow.only_run(stage).state)
      assert.are.equal(0, stage:stop_engine())
      local code, text = run_to_end(stage, '--strict')
      assert.are.equal(2, code)
      assert.is_truthy(text:find('recipes/take.yaml:6:', 1, true), text)
      assert.is_truthy(text:find('create_note', 1, true), text)
      assert.is_truthy(text:find('nothing was started', 1, true), text)
      assert(host.write_file(stage:path 'recipes/take.yaml', TAKE))
      stage:start_engine()
      assert.are.equal(200, post(stage, 'while broken').status)
      assert.are.equal(202, post(stage, 'mended').status)
      assert.are.equal(2, #stage:settle())
    end)
  end)

  it('does not change the runs that it began: they end on their version, even where the file is gone', function()
    local faults = { { match = { operation = 'create_note', times = 2 }, ['do'] = { status = 503 } } }
    local recipes = { ['take.yaml'] = TAKE, ['nothing.yaml'] = NOTHING }
    flow.on_stage(recipes, { connections = DOOR, faults = faults }, function(stage)
      post(stage, 'as it was')
      stage.wait_for('the first try', 60000, function() return flow.show(stage, stage:runs()[1].id).steps[1] ~= nil end)
      stage:kill_engine()
      assert(os.remove(stage:path 'recipes/take.yaml'))
      stage:start_engine()
      assert.are.equal('done', flow.only_run(stage).state)
      assert.are.equal('as it was', stage:ledger('note_created')[1].body)
      assert.are.equal(202, post(stage, 'for nobody').status)
      assert.are.equal(1, #stage:runs())
    end)
  end)

  it('can take up what came in before it was there, by ladle replay', function()
    flow.on_stage({ ['nothing.yaml'] = NOTHING }, { connections = DOOR }, function(stage)
      local answer = post(stage, 'early')
      assert.are.equal(202, answer.status)
      assert.are.equal(0, answer.json.runs)
      assert.are.equal(0, stage:stop_engine())
      assert(host.write_file(stage:path 'recipes/take.yaml', TAKE))
      stage:start_engine()
      assert.are.equal(0, (select(2, stage:cli('replay', answer.json.id))))
      local run = stages.ended(stage, function(one) return one.event_id == answer.json.id end)
      assert.are.equal('done', run.state)
      assert.are.equal('early', stage:ledger('note_created')[1].body)
    end)
  end)
end)
