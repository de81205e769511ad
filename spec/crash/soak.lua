-- A long run: events, duplicates of them, a service that fails in every way it knows, and SIGKILL for the engine at
-- random moments. When the time is over everything is healed and drained, and what is left is held against the
-- sandbox's ledger.
--
--   ladle lua spec/crash/soak.lua [SECONDS [SEED]]
--
-- With DISK=bad the disk fails, too: of the writes and syncs of the store's log some fail, find no room or are slow.
-- Then the engine may end by nothing but SIGKILL.
--
-- Exit 1 if anything is wrong. The moments are real ones, so the seed gives the same load, not the same run.

package.path = './spec/crash/?.lua;' .. package.path

local audit = require 'demo.audit'
local host = require 'host'
local json = require 'json'
local Stage = require 'demo.stage'

local LADLE = host.env 'LADLE' or host.program()
local INSPECT = LADLE:gsub('[^/]+$', 'crash/inspect')
local SECONDS, SEED = tonumber(arg[1]) or 60, tonumber(arg[2]) or os.time()
local DRAIN_MS = 120000
local BAD_DISK = host.env 'DISK' == 'bad'
local DISK_FAULTS = 'disk.write=fail%4,disk.full=fail%4,disk.sync=fail%4,disk.slow=stall%2..+300ms'

local CONTACTS = { 'nmFmQEsNgz6AVpgLVUJ0', 'CWBf1PR9LvvBkcYqiXlc', '9NkT25Vor1v4aQatFsv2', 'ocQHyuzHvysMo5N5VsXc' }
local STATES = { [0] = 'queued', 'running', 'waiting', 'parked', 'done', 'dead', 'cancelled', 'skipped' }

local RETRY = '    retry: { tries: 60, first: 200ms, longest: 1s }\n'

-- In order for each contact; the number tells one event from another.
local KEYED = [[
recipe: keyed
summary: Notes in the order of the events
needs:
  crm: roomy
when:
  - crm.contact_created
key: = event.id
do:
  - step: note
    use: crm.create_note
    with: { contactId: = event.id, body: "keyed ${event.number}" }
]] .. RETRY

local STEPS = [[
recipe: steps
summary: A few calls with a pause between them
needs:
  crm: roomy
when:
  - crm.contact_created
do:
  - step: read
    use: crm.get_contact
    with: { contactId: = event.id }
]] .. RETRY .. [[
  - step: task
    use: crm.create_task
    with: { contactId: = event.id, title: "steps ${event.number}", dueDate: "2026-12-01T09:00:00Z", completed: false }
]] .. RETRY .. [[
  - step: pause
    wait: 300 ms
  - step: save
    use: records.upsert_task
    with: { contact_id: = event.id, task_id: = steps.task.task.id, title: = steps.task.task.title }
]]

local FAULTS = {
  { match = { chance = 0.02 }, ['do'] = { status = 503 } },
  { match = { chance = 0.01 }, ['do'] = { status = 429, retry_after = 1 } },
  { match = { chance = 0.02, method = 'POST' }, ['do'] = { lose_answer = true } },
  { match = { chance = 0.02 }, ['do'] = { reset = true } },
  { match = { chance = 0.05 }, ['do'] = { delay_ms = 300 } },
  { match = { chance = 0.002, times = 4, path = '/contacts' }, ['do'] = { expire_token = true } },
}

local function control(stage, what, body)
  local answer = host.fetch {
    method = 'POST', url = stage.app.url .. '/_sandbox/' .. what, body = json.encode(body), timeout_ms = 60000,
    headers = { ['Content-Type'] = 'application/json' },
  }
  assert(answer and answer.status == 200, 'the sandbox did not take its ' .. what)
end

-- Load ---------------------------------------------------------------------------------------------

local Load = {}
Load.__index = Load

local function new_load(stage)
  local sample = json.decode(host.embedded 'scripts/connectors/samples/highlevel/contact_created.json')
  return setmetatable({ stage = stage, sample = sample, count = 0, unanswered = {}, acknowledged = {}, events = {},
    kills = 0,
                        duplicates = 0, reconnects = 0 }, Load)
end

function Load:new_event()
  self.count = self.count + 1
  local event = {}
  for name, value in pairs(self.sample) do event[name] = value end
  event.webhookId, event.id, event.number = host.uuid(), CONTACTS[math.random(#CONTACTS)], self.count
  self.events[self.count] = event
  return event
end

-- One delivery; whoever is not answered sends the event again later.
function Load:send(event)
  local status, body = self.stage:deliver(event)
  if status == 200 or status == 202 then
    local first = self.acknowledged[event.number]
    assert(first == nil or first == body.id, 'a duplicate was answered with another event')
    self.acknowledged[event.number] = body.id
  else
    self.unanswered[#self.unanswered + 1] = event
  end
end

function Load:step()
  if math.random() < 0.15 and self.count > 0 then
    self.duplicates = self.duplicates + 1
    self:send(self.events[math.random(self.count)])
  elseif #self.unanswered > 0 and math.random() < 0.5 then
    self:send(table.remove(self.unanswered, 1))
  else
    self:send(self:new_event())
  end
end

function Load:kill()
  self.kills = self.kills + 1
  assert(not BAD_DISK or self.stage.engine:is_running(), 'the engine has ended by itself')
  self.stage:kill_engine()
  self.stage:start_engine()
end

function Load:run(seconds)
  local over, next_kill = host.mono_ms() + seconds * 1000, host.mono_ms() + math.random(200, 3000)
  while host.mono_ms() < over do
    self:step()
    host.turn(math.random(0, 30))
    if host.mono_ms() >= next_kill then
      self:kill()
      next_kill = host.mono_ms() + math.random(50, 3000)
    end
  end
end

-- The end ------------------------------------------------------------------------------------------

-- The exit code and the output of `inspect`.
local function inspect(stage, option)
  local output = stage:path 'inspect.log'
  os.remove(output)
  local code = host.spawn({ argv = { INSPECT, option, stage:path 'data/ladle.db' }, output = output }):wait(60000)
  return code, host.read_file(output) or ''
end

-- What is there: ids of events, and the number of runs by state.
local function look(stage)
  local code, text = inspect(stage, '--list')
  assert(code == 0, 'the store could not be listed: ' .. text)
  local events, states = {}, {}
  for line in text:gmatch '[^\n]+' do
    local id, state = line:match '^event (%x+)$', line:match '^run (%d)$'
    if id then
      events[id] = true
    else
      local name = STATES[tonumber(state)]
      states[name] = (states[name] or 0) + 1
    end
  end
  return events, states
end

-- A refresh whose answer was lost with the engine leaves a connection that only a person can repair.
function Load:repair(states)
  if (states.parked or 0) + (states.dead or 0) == 0 then return end
  local connection = (self.stage:cli('connections', '--json'))[1]
  if connection.state ~= 'connected' then
    self.reconnects = self.reconnects + 1
    self.stage:cli('connect', 'crm', '--code', self.stage.app.codes[self.reconnects + 1])
  end
  self.stage:cli('retry', '--all')
end

function Load:drain()
  control(self.stage, 'faults', json.array {})
  while #self.unanswered > 0 do self:send(table.remove(self.unanswered, 1)) end
  local states
  Stage.wait_for('the runs to end', DRAIN_MS, function()
    host.turn(200)
    states = select(2, look(self.stage))
    self:repair(states)
    return (states.queued or 0) + (states.running or 0) + (states.waiting or 0) + (states.parked
      or 0) + (states.dead or 0) == 0
  end)
  return states
end

-- Notes of a contact stand in the ledger in the order in which their events were stored.
local function check_order(load, problems)
  local last = {}
  for _, entry in ipairs(load.stage:ledger 'note_created') do
    local number = tonumber(entry.body:match '^keyed (%d+)$')
    local id = load.acknowledged[number]
    if last[entry.contactId] and id < last[entry.contactId] then
      problems[#problems + 1] = ('out of order for %s: event %d'):format(entry.contactId, number)
    end
    last[entry.contactId] = id
  end
end

local function check_effects(load, problems)
  local ledger, found = load.stage:ledger(), {}
  for _, entry in ipairs(audit.repeated(ledger)) do problems[#problems + 1] = 'repeated: ' .. json.encode(entry) end
  for _, entry in ipairs(ledger) do found[entry.body or entry.title or ''] = true found[entry.title or ''] = true end
  for number in pairs(load.acknowledged) do
    for _, text in ipairs { 'keyed ' .. number, 'steps ' .. number } do
      if not found[text] then problems[#problems + 1] = 'never happened: ' .. text end
    end
  end
end

local function check_store(load, problems)
  local events = look(load.stage)
  for number, id in pairs(load.acknowledged) do
    if not events[(id:gsub('-', ''))] then
      problems[#problems + 1] = ('event %d was acknowledged and is lost'):format(number)
    end
  end
  if load.stage:stop_engine() ~= 0 then problems[#problems + 1] = 'the engine did not end well' end
  local code, text = inspect(load.stage, '--at-rest')
  if code ~= 0 then problems[#problems + 1] = text end
end

-- A service with room for more: at a hundred calls in ten seconds the engine would spend the time waiting. `make
-- test` and the simulation are about the limits. No file can stand for a built-in connector, so all of it is copied
-- under a name of its own.
local function widen_limits(stage)
  local source = host.embedded 'scripts/connectors/highlevel.lua'
  local function change(from, to)
    local count
    source, count = source:gsub(from, to)
    assert(count == 1, 'highlevel is written in another way: ' .. from)
  end
  change('requests = 100, per_ms = 10000', 'requests = 100000, per_ms = 10000')
  change("name = 'highlevel'", "name = 'roomy'")
  host.mkdir(stage:path 'scripts/connectors')
  host.mkdir(stage:path 'scripts/connectors/roomy')
  assert(host.write_file(stage:path 'scripts/connectors/roomy.lua', source))
  for _, name in ipairs(host.embedded_names 'scripts/connectors/highlevel/') do
    local to = stage:path(name:gsub('/highlevel/', '/roomy/', 1))
    assert(host.write_file(to, host.embedded(name)))
  end
  local yaml = assert(host.read_file(stage:path 'ladle.yaml'))
  assert(host.write_file(stage:path 'ladle.yaml', (yaml:gsub('connector: highlevel', 'connector: roomy', 1))))
end

local function soak(stage)
  stage:start_sandbox()
  widen_limits(stage)
  control(stage, 'hooks', { urls = json.array {} })
  control(stage, 'settings', { rate_max = 100000 })
  stage:connect()
  stage.env.LADLE_FAULTS = BAD_DISK and DISK_FAULTS or nil
  stage:start_engine()
  control(stage, 'faults', json.array(FAULTS))
  local load, problems = new_load(stage), {}
  load:run(SECONDS)
  if BAD_DISK then
    stage.env.LADLE_FAULTS = nil
    load:kill()
  end
  local states = load:drain()
  check_order(load, problems)
  check_effects(load, problems)
  check_store(load, problems)
  print(('seed %d, %d s: %d events and %d duplicates, %d times SIGKILL, %d reconnects; %d runs done; %d effects')
    :format(SEED, SECONDS, load.count, load.duplicates, load.kills, load.reconnects, states.done or 0,
      #stage:ledger()))
  return problems
end

math.randomseed(SEED)
local stage = Stage.new { ladle = LADLE, recipes = { ['keyed.yaml'] = KEYED, ['steps.yaml'] = STEPS },
  seed = SEED % 1000 }
local ok, problems = pcall(soak, stage)
if not ok then problems = { tostring(problems), host.read_file(stage:path 'engine.log') } end
local complaint = stage:close(#problems > 0)
if complaint then problems[#problems + 1] = complaint end
for _, problem in ipairs(problems) do print('FAILED ' .. problem) end
print(#problems == 0 and 'nothing was lost, nothing was done twice' or 'the project is left in ' .. stage.folder)
os.exit(#problems == 0 and 0 or 1, true)
