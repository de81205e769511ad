-- A stage: a project in a temporary folder, a sandbox and an engine as processes of their own, and what is needed to
-- drive them from outside: signed deliveries, the command line, the sandbox's ledger. The demo plays on it, and so do
-- the tests of the whole program. Everything is done through the doors that a user has.

local host = require 'host'
local json = require 'json'

local Stage = {}
Stage.__index = Stage

local LOCATION = 've9EPM428h8vShlRW1KT'
local HOOK_TOKEN = 'stage-hook-token-1f0c2b'

-- The lines of a text that are JSON.
local function read_documents(text)
  local out = {}
  for line in text:gmatch('[^\n]+') do
    local value = json.try_decode(line)
    if value ~= nil then out[#out + 1] = value end
  end
  return out
end

local function read_lines(path)
  return read_documents(host.read_file(path) or '')
end

-- Waits until probe() gives a value; an error after timeout_ms.
local function wait_for(what, timeout_ms, probe)
  local deadline = host.now_ms() + timeout_ms
  while true do
    local value = probe()
    if value then return value end
    if host.now_ms() > deadline then error(('waited %d ms in vain for %s'):format(timeout_ms, what), 0) end
    host.turn(20)
  end
end

local CONFIG = [[
listen: 127.0.0.1:%d
store: sqlite:data/ladle.db
timezone: Europe/Amsterdam
connections:
  crm:
    connector: highlevel
    auth: oauth
    client_id: %s
    client_secret: ${env.STAGE_CLIENT_SECRET}
    location: %s
    base_url: %s
    token_url: %s/oauth/token
    lag: %s
    marks: %s
    webhook:
      public_keys: [keys/sandbox.pem, keys/stage.pem]
  quotes:
    connector: convertcalculator
    webhook:
      token: %s
%s]]

-- options: ladle (path of the program), recipes {name = text} (recipes/<name>), scripts {name = text},
-- connections (YAML appended to the connections), faults (rules for the sandbox), marks (notes have one: else what is
-- written is what is found), lag (of what the sandbox lists: without it what it took shows at once), seed,
-- env {NAME = value} for the engine, lenient (recipes may be broken).
function Stage.new(options)
  local self = setmetatable({ ladle = options.ladle, options = options, env = options.env or {}, seen = {} }, Stage)
  self.folder = host.mkdtemp()
  self.port = host.free_port()
  self.url = 'http://127.0.0.1:' .. self.port
  self.ledger_path = self.folder .. '/ledger.jsonl'
  self.key = host.sign.ed25519_new(host.sha256('ladle stage', 'raw'))
  host.mkdir(self.folder .. '/keys')
  host.mkdir(self.folder .. '/recipes')
  host.mkdir(self.folder .. '/recipes/maps')
  assert(host.write_file(self.folder .. '/keys/stage.pem', self.key:public_pem()))
  for name, text in pairs(options.recipes or {}) do
    assert(host.write_file(self.folder .. '/recipes/' .. name, text))
  end
  host.mkdir(self.folder .. '/scripts')
  for name, text in pairs(options.scripts or {}) do
    assert(host.write_file(self.folder .. '/scripts/' .. name, text))
  end
  return self
end

function Stage:path(name)
  return self.folder .. '/' .. name
end

-- Runs `ladle ARGS…` as a process; env adds to its environment.
function Stage:spawn(args, output)
  local argv = { self.ladle }
  for i = 1, #args do argv[#argv + 1] = args[i] end
  local env = { STAGE_CLIENT_SECRET = self.app and self.app.client_secret or '' }
  for name, value in pairs(self.env) do env[name] = value end
  return assert(host.spawn { argv = argv, cwd = self.folder, env = env, output = output })
end

-- Runs one command to its end, at most `cli_ms`: the JSON documents that it printed, its exit code, all of its output.
function Stage:cli(...)
  self.calls = (self.calls or 0) + 1
  local output = self:path('cli-' .. self.calls .. '.log')
  local process = self:spawn({ ... }, output)
  local code = process:wait(self.cli_ms or 60000)
  local text = host.read_file(output) or ''
  os.remove(output)
  return read_documents(text), code, text
end

-- Changes with each transaction of the store: the beginning of the index that all its processes share, which counts
-- them (sqlite.org/walformat.html, "The WAL-Index Header"). nil where no process has the store open.
local function store_version(self)
  local file = io.open(self:path 'data/ladle.db-shm', 'rb')
  if not file then return nil end
  local header = file:read(48)
  file:close()
  return header
end

-- Runs a command that only reads the store: the JSON documents that it printed. It is not run again while nothing was
-- written to the store, as those who wait for something ask often.
function Stage:look(...)
  local command, version = table.concat({ ... }, ' '), store_version(self)
  local seen = self.seen[command]
  if version and seen and seen.version == version then return read_documents(seen.text) end
  local documents, code, text = self:cli(...)
  self.seen[command] = code == 0 and { version = version, text = text } or nil
  return documents
end

-- Starts the sandbox and writes ladle.yaml with the credentials that it gave out.
function Stage:start_sandbox()
  local args = { 'sandbox', '--json', '--listen', '127.0.0.1:0', '--seed', tostring(self.options.seed or 7), '--ledger',
                 self.ledger_path, '--key', self:path('keys/sandbox.pem'), '--hooks', self.url .. '/hooks/crm' }
  if self.options.faults then
    assert(host.write_file(self:path('faults.json'), json.encode(json.array(self.options.faults))))
    args[#args + 1] = '--faults'
    args[#args + 1] = self:path('faults.json')
  end
  local output = self:path('sandbox.log')
  self.sandbox = self:spawn(args, output)
  self.app = wait_for('the sandbox to listen', 60000, function() return read_lines(output)[1] end)
  self:write_config()
end

function Stage:write_config()
  local app = self.app
  assert(host.write_file(self:path('ladle.yaml'), CONFIG:format(self.port, app.client_id, app.location or LOCATION,
    app.url, app.url, self.options.lag or '1 s', self.options.marks and 'true' or 'false', HOOK_TOKEN,
    self.options.connections or '')))
end

-- Authorises the connection with a code, as a person would after the browser came back.
function Stage:connect()
  local _, code, text = self:cli('connect', 'crm', '--code', self.app.code)
  if code ~= 0 then error('ladle connect failed: ' .. text, 0) end
end

function Stage:is_up()
  local answer = host.fetch { url = self.url .. '/healthz', timeout_ms = 1000 }
  return answer ~= nil and answer.status == 200
end

-- A recipe with errors is a mistake of who wrote the stage, unless it says `lenient`.
function Stage:start_engine()
  self.engine = self:spawn({ 'run', not self.options.lenient and '--strict' or nil }, self:path('engine.log'))
  wait_for('the engine to listen', 60000, function()
    if not self.engine:is_running() then error('the engine did not start; its log tells why', 0) end
    return self:is_up()
  end)
end

-- SIGKILL, as a power cut would.
function Stage:kill_engine()
  self.engine:kill('KILL')
  self.engine:wait(60000)
  self.engine = nil
end

-- SIGTERM; the exit code.
function Stage:stop_engine()
  self.engine:kill('TERM')
  local code = self.engine:wait(60000)
  self.engine = nil
  return code
end

function Stage:start()
  self:start_sandbox()
  self:connect()
  self:start_engine()
  return self
end

-- What a process left in its log that it should not: the report of a sanitizer, a failed assertion.
local function complaint(path)
  local text = host.read_file(path) or ''
  local at = text:find('==ERROR: ', 1, true) or text:find('runtime error: ', 1, true)
    or text:find('Assertion `', 1, true)
  return at and text:sub(math.max(1, at - 200), at + 3000)
end

-- Stops what runs and removes the folder, unless `keep`. Returns what went wrong at the end, or nil.
function Stage:close(keep)
  local problem
  if self.engine then
    local code = self:stop_engine()
    if code ~= 0 then problem = 'the engine ended with ' .. tostring(code) end
  end
  if self.sandbox then
    self.sandbox:kill('TERM')
    self.sandbox:wait(60000)
    self.sandbox = nil
  end
  problem = complaint(self:path 'engine.log') or complaint(self:path 'sandbox.log') or problem
  if not keep then host.rm_rf(self.folder) end
  return problem
end

-- Deliveries ---------------------------------------------------------------------------------------

-- POSTs body to /hooks/<connection>; the status, or nil where the engine is not there.
function Stage:post(path, body, headers)
  headers = headers or {}
  headers['Content-Type'] = headers['Content-Type'] or 'application/json'
  local answer, problem = host.fetch { method = 'POST', url = self.url .. '/hooks/' .. path, body = body,
                                       headers = headers, timeout_ms = 60000 }
  return answer and answer.status, answer and json.try_decode(answer.body) or problem
end

-- Delivers a HighLevel event, signed with the stage's key; `forged`: with a signature that does not fit.
function Stage:deliver(event, forged)
  local body = json.encode(event)
  local signed = forged and body .. ' ' or body
  return self:post('crm', body, { ['X-GHL-Signature'] = self.key:sign(signed) })
end

function Stage:submit(submission)
  return self:post('quotes/' .. HOOK_TOKEN, json.encode(submission))
end

-- What happened ------------------------------------------------------------------------------------

function Stage:ledger(effect)
  local out = {}
  for _, entry in ipairs(read_lines(self.ledger_path)) do
    if effect == nil or entry.effect == effect then out[#out + 1] = entry end
  end
  return out
end

function Stage:runs(...)
  return self:look('runs', '--json', '--limit', '1000', ...)
end

function Stage:events(...)
  return self:look('events', '--json', '--limit', '1000', ...)
end

local OPEN = { queued = true, running = true, waiting = true }

-- Runs that have not come to an end, nor wait for a person.
function Stage:open_runs()
  local count = 0
  for _, run in ipairs(self:runs()) do
    if OPEN[run.state] then count = count + 1 end
  end
  return count
end

-- Waits until every run has ended or is parked; the list of runs.
function Stage:settle(timeout_ms)
  wait_for('all runs to end', timeout_ms or 60000, function() return self:open_runs() == 0 end)
  return self:runs()
end

Stage.wait_for = wait_for
return Stage
