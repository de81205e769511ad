-- One case: a scenario is played on a stage of its own with an engine to which something happens at a fault point, then
-- it is drained and audited. What happens is the mode:
--
--   crash   the engine dies there; the scenario is played again with one that does not
--   stop    SIGTERM comes there, and the engine must end in time, with 0; played again as after a crash
--   fail    the operation fails there, once or for a while; the engine goes on, and what it left when all is at rest is
--           audited as it is. Where it was the start that failed, it is made again, as a supervisor would
--
-- A scenario acts in steps that may be repeated: a delivery that was acknowledged is not sent again, a command that
-- succeeded is not given again, what is waited for may be there already. So the second play is what the services and
-- the people outside do after a crash: they repeat what nobody confirmed to them. A step that finds the engine gone
-- ends the play.

local audit = require 'demo.audit'
local host = require 'host'
local json = require 'json'
local Stage = require 'demo.stage'

local Case = {}
Case.__index = Case

local DIED = setmetatable({}, { __tostring = function() return 'the engine died' end })
local CRASHED = 70 -- engine/base/fault.c
local SIGTERM = 15
local WAIT_MS = 60000

-- What may stand in the ledger only as often as the scenario says. The rest may be repeated, as repeating it changes
-- nothing.
local COUNTED = { 'task_created', 'note_created', 'contact_created' }

local function sample(name)
  return json.decode(assert(host.embedded('scripts/connectors/samples/' .. name .. '.json'), 'no sample ' .. name))
end

-- Stage and processes ------------------------------------------------------------------------------

-- One call of the sandbox's control endpoint (scripts/sandbox/control.lua): POST where there is a body.
local function control(self, what, body)
  local answer = host.fetch {
    method = body and 'POST' or 'GET', url = self.stage.app.url .. '/_sandbox/' .. what,
    body = body and json.encode(body), timeout_ms = 60000, headers = { ['Content-Type'] = 'application/json' },
  }
  assert(answer and answer.status == 200, 'the sandbox did not take its ' .. what)
  return json.decode(answer.body)
end

-- options: ladle, inspect (paths of the programs), scenario, mode (crash where none is given), faults (LADLE_FAULTS of
-- the engine to which it happens), point and at (where), trace (a file for the names of the fault points that it
-- passes).
function Case.new(options)
  local scenario = options.scenario
  local self = setmetatable({ options = options, mode = options.mode or 'crash', scenario = scenario,
    acknowledged = {}, done = {}, events = {}, logs = {} }, Case)
  self.stage = Stage.new {
    ladle = options.ladle, recipes = scenario.recipes, scripts = scenario.scripts, faults = scenario.faults,
  }
  return self
end

-- The file of an earlier release, in the place of the store that is there.
local function put_store(stage, path)
  for _, suffix in ipairs { '', '-wal', '-shm' } do os.remove(stage:path('data/ladle.db' .. suffix)) end
  assert(host.write_file(stage:path 'data/ladle.db', assert(host.read_file(path))))
end

-- One app on the sandbox's locations, loc-0001 and so on, in place of a connection of one.
local function use_agency(self)
  local stage = self.stage
  control(self, 'settings', { agency_locations = self.scenario.agency })
  local path = stage:path 'ladle.yaml'
  local config = assert(host.read_file(path)):gsub('location: [^\n]+', 'agency: ' .. stage.app.company, 1)
  assert(host.write_file(path, config))
end

local function configure(self)
  local stage, scenario = self.stage, self.scenario
  if scenario.connections then
    stage.options.connections = scenario.connections(stage.app)
    stage:write_config()
  end
  if scenario.agency then use_agency(self) end
  if scenario.config then
    local path = stage:path 'ladle.yaml'
    assert(host.write_file(path, scenario.config(host.read_file(path), stage.app)))
  end
end

-- The sandbox's own webhooks come when they like; only a scenario that is about them hears them.
local function prepare(self)
  local stage, scenario = self.stage, self.scenario
  stage:start_sandbox()
  configure(self)
  if not scenario.hears_sandbox then control(self, 'hooks', { urls = json.array {} }) end
  if scenario.settings then control(self, 'settings', scenario.settings) end
  if scenario.connect then scenario.connect(stage) else stage:connect() end
  if scenario.store then put_store(stage, scenario.store) end
  control(self, 'settings', { access_token_s = 86399, rate_max = 1000000 })
end

function Case:is_alive()
  return self.engine ~= nil and self.engine:is_running()
end

local function log_of_last(self)
  return host.read_file(self.logs[#self.logs]) or ''
end

-- By its own word: while it starts another case's engine may answer at its port.
local function has_begun(self)
  return log_of_last(self):find(' listens on ', 1, true) ~= nil
end

local function start(self, env)
  local stage = self.stage
  self.logs[#self.logs + 1] = stage:path(('engine-%d.log'):format(#self.logs + 1))
  stage.env = env
  self.engine = stage:spawn({ 'run' }, self.logs[#self.logs])
  stage.env = {}
  return Stage.wait_for('the engine to listen', WAIT_MS, function()
    return not self:is_alive() and 'gone' or has_begun(self) and 'up'
  end) == 'up'
end

-- The exit code of the engine that is ending or has ended.
local function collect(self)
  local code, signum = self.engine:wait(WAIT_MS)
  self.engine = nil
  if code == nil then error('the engine did not end in time', 0) end
  return signum ~= 0 and 128 + signum or code
end

function Case:stop()
  self.engine:kill('TERM')
  return collect(self)
end

-- Steps of a scenario ------------------------------------------------------------------------------

-- Ends the play if the engine is gone.
function Case:check()
  if not self:is_alive() then error(DIED, 0) end
end

-- Waits until probe() gives a value, and returns it.
function Case:await(what, probe)
  return Stage.wait_for(what, WAIT_MS, function()
    local value = probe()
    if not value then self:check() end
    return value
  end)
end

-- Does fn once, however often the scenario is played.
function Case:once(name, fn)
  if not self.done[name] then
    fn()
    self.done[name] = true
  end
end

-- The event that goes by this key: the same id in every delivery.
function Case:event(key, name, fields)
  local event = self.events[key]
  if not event then
    event = sample(name)
    event[name:find '^convertcalculator' and 'submissionId' or 'webhookId'] = host.uuid()
    for field, value in pairs(fields or {}) do event[field] = value end
    self.events[key] = event
  end
  return event
end

Case.control = control

-- Sends an event until it is acknowledged, as the service would; `name` is a sample, "highlevel/contact_created".
function Case:deliver(key, name, fields)
  if self.acknowledged[key] then return end
  local event = self:event(key, name, fields)
  local send = name:find '^convertcalculator' and self.stage.submit or self.stage.deliver
  self:await('an acknowledgement', function()
    local status, body = send(self.stage, event)
    if status == 202 or status == 200 then
      self.acknowledged[key] = body.id
      return true
    elseif status ~= nil and status ~= 503 then
      error(('a delivery was answered with %d: %s'):format(status, json.encode(body)), 0)
    end
  end)
end

-- Sends an event that was acknowledged once more: the answer must name the first.
function Case:deliver_again(key)
  local status, body = self.stage:deliver(self.events[key])
  if status == nil then
    Stage.wait_for('the engine to end', WAIT_MS, function() return not self:is_alive() end)
  end
  self:check()
  if status ~= 503 and (status ~= 200 or body.id ~= self.acknowledged[key]) then
    error(('a duplicate was answered with %s: %s'):format(tostring(status), json.encode(body)), 0)
  end
end

-- A command of ladle's, which must succeed. Given once. It may be what dies in this scenario, or fails: then it is
-- given again.
function Case:command(name, ...)
  local args, is_victim = { ... }, self.scenario.victim == name and not self.is_second
  self:once(name, function()
    if is_victim then self.stage.env = self.deadly end
    local _, code, text = self.stage:cli(table.unpack(args))
    self.stage.env = {}
    if is_victim and code == CRASHED then
      self.has_crashed = true
      error(DIED, 0)
    elseif is_victim and code ~= 0 and self.mode == 'fail' then
      _, code, text = self.stage:cli(table.unpack(args))
    end
    if code ~= 0 then error(('ladle %s: %s'):format(table.concat(args, ' '), text), 0) end
  end)
end

function Case:count(effect)
  return #self.stage:ledger(effect)
end

function Case:runs()
  return self.stage:runs()
end

function Case:await_runs(what, test)
  return self:await(what, function()
    local runs = self:runs()
    host.turn(30)
    return test(runs) and runs
  end)
end

-- Waits until n runs are there and all of them have ended or wait for a person.
function Case:await_end(n)
  return self:await_runs(('%d runs to end'):format(n), function(runs)
    for _, run in ipairs(runs) do
      if run.state == 'queued' or run.state == 'running' or run.state == 'waiting' then return false end
    end
    return #runs >= n
  end)
end

-- The id of a run in that state; nil where there is none.
function Case:run_in(state)
  for _, run in ipairs(self:runs()) do
    if run.state == state then return run.id end
  end
end

-- Puts another text in the place of a recipe, for the next start.
function Case:rewrite(name, text)
  assert(host.write_file(self.stage:path('recipes/' .. name), text))
end

-- Audit --------------------------------------------------------------------------------------------

local function compare(problems, what, wanted, found)
  for name, n in pairs(wanted) do
    if (found[name] or 0) ~= n then
      problems[#problems + 1] = ('%d %s %s, not %d'):format(found[name] or 0, what, name, n)
    end
  end
end

local function audit_effects(self, problems)
  local ledger, may_repeat = self.stage:ledger(), self.scenario.may_repeat
  for _, entry in ipairs(may_repeat and {} or audit.repeated(ledger)) do
    problems[#problems + 1] = 'repeated: ' .. json.encode(entry)
  end
  if self.scenario.is_open then return end
  local found, wanted = audit.count(ledger, 'effect'), {}
  for _, effect in ipairs(may_repeat and {} or COUNTED) do wanted[effect] = self.scenario.effects[effect] or 0 end
  compare(problems, 'effects', wanted, found)
  for effect, n in pairs(self.scenario.effects) do
    if (found[effect] or 0) < n then problems[#problems + 1] = ('the effect %s is missing'):format(effect) end
  end
end

local function audit_runs(self, problems)
  local runs = self:runs()
  local found, wanted = audit.count(runs, 'state'), {}
  for state in pairs(found) do wanted[state] = 0 end
  for state, n in pairs(self.scenario.runs) do wanted[state] = n end
  compare(problems, 'runs', wanted, found)
  for _, run in ipairs(runs) do
    local err = run.error
    if err and err ~= json.null and not self.scenario.runs[run.state] then
      problems[#problems + 1] = ('run of %s is %s at %s: %s: %s'):format(run.recipe, run.state, run.step, err.kind,
        err.message)
    end
  end
end

local function audit_events(self, problems)
  local ids = {}
  for _, id in pairs(self.acknowledged) do ids[#ids + 1] = id end
  for _, id in ipairs(audit.lost(ids, self.stage:events())) do
    problems[#problems + 1] = 'an acknowledged event is lost: ' .. id
  end
end

-- What `inspect` finds wrong with a store, a file of the project; nil where it is sound.
function Case:inspect(name, option)
  local output = self.stage:path 'inspect.log'
  os.remove(output)
  local argv = { self.options.inspect, self.stage:path(name) }
  if option then table.insert(argv, 2, option) end
  local code = host.spawn({ argv = argv, output = output }):wait(WAIT_MS)
  if code ~= 0 then return ('%s: %s'):format(name, host.read_file(output)) end
end

local function audit_store(self, problems, option)
  problems[#problems + 1] = self:inspect('data/ladle.db', option)
end

-- Reports of sanitizers and failed assertions.
local function audit_logs(self, problems)
  for _, path in ipairs(self.logs) do
    local text = host.read_file(path) or ''
    local at = text:find('==ERROR: ', 1, true) or text:find('runtime error: ', 1, true) or text:find('Assertion `',
      1, true)
    if at then problems[#problems + 1] = text:sub(math.max(1, at - 200), at + 3000) end
  end
end

local function audit_all(self)
  local problems = {}
  audit_effects(self, problems)
  if not self.scenario.is_open then audit_runs(self, problems) end
  audit_events(self, problems)
  if self.scenario.check then
    local problem = self.scenario.check(self)
    if problem then problems[#problems + 1] = problem end
  end
  return problems
end

-- Play ---------------------------------------------------------------------------------------------

-- One play of the scenario; false if the engine died on the way.
local function play(self, env)
  if not start(self, env) then return false end
  local ok, problem = pcall(self.scenario.act, self)
  if not ok and problem ~= DIED then error(problem, 0) end
  return ok
end

-- A life of which nothing goes wrong, for what must be there before.
local function earlier_life(self)
  if not start(self, {}) then error('the engine died without a fault', 0) end
  self.scenario.before(self)
  if self:stop() ~= 0 then error('the engine did not end well', 0) end
end

-- Waits until nothing is under way: every run has ended, or waits for what it says it waits for (promise P10).
local function settle(self)
  local problem
  local ok = pcall(Stage.wait_for, 'rest', WAIT_MS, function()
    problem = self:inspect('data/ladle.db', '--at-rest')
    return problem == nil
  end)
  if not ok then error('it does not come to rest: ' .. problem, 0) end
end

-- The end of a life in which all has to be in order.
local function audit_life(self, problems)
  settle(self)
  table.move(audit_all(self), 1, 100, #problems + 1, problems)
  local code = self:stop()
  if code ~= 0 then problems[#problems + 1] = ('the engine ended with %d'):format(code) end
  audit_store(self, problems, '--at-rest')
end

local function second_life(self, problems)
  self.is_second = true
  if not self.scenario.keeps_faults then control(self, 'faults', json.array {}) end
  if self.scenario.between then self.scenario.between(self) end
  if not play(self, {}) then error('the engine died without a fault', 0) end
  audit_life(self, problems)
end

local function is_stopping(self)
  return log_of_last(self):find('engine: stopping', 1, true) ~= nil
end

-- Each plays the first life and says whether what was armed happened.
local first_life = {}

-- It dies, or comes to its end by SIGTERM.
function first_life.crash(self)
  local is_alive = play(self, self.scenario.victim and {} or self.deadly) or self.has_crashed
  local code = is_alive and self:stop() or collect(self)
  if self.has_crashed then return true end
  if code ~= 0 and code ~= CRASHED then error(('the engine ended with %d, not with the crash'):format(code), 0) end
  return code == CRASHED
end

-- It is stopped where that is armed, else at the end. One that is stopped already when SIGTERM comes ends at once.
function first_life.stop(self)
  local is_alive = play(self, self.deadly)
  local is_by_fault = not is_alive or is_stopping(self)
  local code = is_by_fault and collect(self) or self:stop()
  if not has_begun(self) and code > 0 and code <= 3 then return true end -- on a full disk it does not start
  if code == 128 + SIGTERM and is_stopping(self) then return true end
  if code ~= 0 then error(('the engine was stopped, and ended with %d'):format(code), 0) end
  return is_by_fault
end

-- It goes on, whatever fails. A start that fails says why, and is made again.
function first_life.fail(self)
  if not start(self, self.scenario.victim and {} or self.deadly) then
    local code = collect(self)
    if code == 0 or code > 3 then error(('the engine did not start, and ended with %d'):format(code), 0) end
    if not start(self, {}) then error('the engine does not start', 0) end
  end
  local ok, problem = pcall(self.scenario.act, self)
  if not ok then error(problem == DIED and 'the engine died of a failure' or problem, 0) end
end

-- Whether those who had it armed passed the point so often.
local function was_passed(self)
  local passed = 0
  for line in (host.read_file(self.deadly.LADLE_FAULT_TRACE) or ''):gmatch '[^\n]+' do
    local point, count = line:match '^(%S+) (%d+)'
    if point == self.options.point then passed = passed + tonumber(count) end
  end
  return passed >= self.options.at
end

local function run(self)
  prepare(self)
  if self.scenario.before then earlier_life(self) end
  local problems = {}
  self.deadly = {
    LADLE_FAULTS = self.options.faults or false,
    LADLE_FAULT_TRACE = self.options.trace or self.mode == 'fail' and self.stage:path 'trace',
  }
  self.has_happened = first_life[self.mode](self)
  if self.mode == 'fail' then
    audit_life(self, problems)
    self.has_happened = was_passed(self)
  else
    self.has_crashed = self.has_happened
    audit_store(self, problems)
    second_life(self, problems)
  end
  audit_logs(self, problems)
  return problems
end

local function tell_logs(self)
  local texts = {}
  for i, path in ipairs(self.logs) do
    texts[#texts + 1] = ('--- engine %d said:\n%s'):format(i, (host.read_file(path) or ''):sub(-2500))
  end
  return table.concat(texts, '\n')
end

-- Plays the case to its end: whether what was armed happened, and what is wrong (a text), or nil. `keep` leaves the
-- folder.
function Case:play(keep)
  local ok, problems = pcall(run, self)
  if not ok then problems = { tostring(problems) } end
  local problem
  if #problems > 0 then
    problem = ('%s\n%s%s'):format(table.concat(problems, '\n'), tell_logs(self),
      keep and '\nfolder ' .. self.stage.folder or '')
  end
  if self.engine then self.engine:kill('KILL') end
  self.stage:close(keep)
  return self.has_happened == true, problem
end

return Case
