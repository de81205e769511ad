-- `ladle demo`: a sandbox and an engine in a temporary folder, sample traffic with duplicates and forgeries,
-- a service that
-- fails now and then, and at the end a table of what came in, what ran and what it changed, held against the
-- sandbox's ledger.
-- It plays on the stage that the tests of the whole program use too.

local host = require 'host'
local json = require 'json'
local Stage = require 'demo.stage'
local audit = require 'demo.audit'

local TYPES = {
  'contact_created', 'contact_updated', 'contact_tag_updated', 'note_created', 'note_updated', 'note_deleted',
  'task_created', 'task_completed', 'task_deleted', 'appointment_created', 'appointment_updated',
  'appointment_deleted', 'contact_deleted',
}
local DUPLICATED = { contact_created = true, note_created = true, task_completed = true, appointment_created = true }
local FORGED = { contact_updated = true, note_created = true, task_deleted = true }

-- What the service does wrong while the recipes run.
local FAULTS = {
  { match = { operation = 'create_task', nth = 1 }, ['do'] = { status = 503 } },
  { match = { operation = 'create_task', nth = 2 }, ['do'] = { delay_ms = 4000, lose_answer = true } },
  { match = { operation = 'create_task', nth = 4 }, ['do'] = { status = 429, retry_after = 1 } },
  { match = { operation = 'get_appointments_for_contact', nth = 4 }, ['do'] = { expire_token = true } },
  { match = { operation = 'get_all_tasks', nth = 3 }, ['do'] = { status = 429, retry_after = 1 } },
  { match = { operation = 'get_all_notes', nth = 2 }, ['do'] = { status = 503 } },
  { match = { operation = 'create_note', nth = 1 }, ['do'] = { delay_ms = 300 } },
}

local LEADS = {
  { firstName = 'Ada', lastName = 'Brook', email = 'ada.brook@example.com', phone = '+31205550101' },
  { firstName = 'Bram', lastName = 'Visser', email = 'bram.visser@example.com', phone = '+31205550102' },
  { firstName = 'Chloe', lastName = 'Meyer', email = 'chloe.meyer@example.com', phone = '+31205550103' },
}

local SUBMISSIONS = {
  { name = 'Dana Wolf', email = 'dana.wolf@example.com', phone = '+31205550104', area = 120, price = 5400 },
  { name = 'Emil Novak', email = 'emil.novak@example.com', phone = '+31205550105', area = 80, price = 3600 },
}

-- Telling ------------------------------------------------------------------------------------------

local Teller = {}
Teller.__index = Teller

local function new_teller(is_silent)
  return setmetatable({ is_silent = is_silent, known = {}, started_ms = host.mono_ms() }, Teller)
end

function Teller:say(format, ...)
  if self.is_silent then return end
  io.stdout:write(('%5.1f s  '):format((host.mono_ms() - self.started_ms) / 1000), format:format(...), '\n')
  io.stdout:flush()
end

local MARK = { done = 'ok', dead = 'DEAD', parked = 'PARKED', waiting = 'waits', skipped = 'not for it' }

-- Says of each run what is new about it.
function Teller:follow(runs)
  for _, run in ipairs(runs) do
    local now = run.state .. (run.error and run.error ~= json.null and run.error.kind or '')
    if MARK[run.state] and self.known[run.id] ~= now then
      self.known[run.id] = now
      local why = run.state ~= 'done' and run.error and run.error ~= json.null
        and (' at %s: %s'):format(tostring(run.step), run.error.message) or ''
      self:say('%-10s %s%s', MARK[run.state], run.recipe, why)
    end
  end
end

-- Traffic ------------------------------------------------------------------------------------------

local function sample(name)
  return json.decode(assert(host.embedded('scripts/connectors/samples/' .. name .. '.json'), 'no sample ' .. name))
end

local Traffic = {}
Traffic.__index = Traffic

local function new_traffic(stage, teller)
  return setmetatable({ stage = stage, teller = teller, sent = 0, rejected = 0, acknowledged = {} }, Traffic)
end

-- Notes the answer to a delivery: 2xx means that the engine vouches for it.
function Traffic:note(status, body)
  self.sent = self.sent + 1
  if status == 202 or status == 200 then
    self.acknowledged[#self.acknowledged + 1] = body.id
  elseif status == 401 then
    self.rejected = self.rejected + 1
  end
end

function Traffic:samples(first, last)
  local before = self.sent
  for i = first, last do
    local name = TYPES[i]
    local event = sample('highlevel/' .. name)
    event.webhookId = host.uuid()
    self:note(self.stage:deliver(event))
    if DUPLICATED[name] then self:note(self.stage:deliver(event)) end
    if FORGED[name] then
      event.webhookId = host.uuid()
      self:note(self.stage:deliver(event, true))
    end
  end
  self.teller:say('delivered %d samples of %d types, among them duplicates and forgeries', self.sent - before,
    last - first + 1)
end

-- New contacts are made in the service, as a form of its own would; its webhook tells the engine.
function Traffic:leads()
  local app = self.stage.app
  for _, lead in ipairs(LEADS) do
    local body = { locationId = app.location, tags = json.array { 'lead' }, source = 'web form' }
    for name, value in pairs(lead) do body[name] = value end
    local answer = host.fetch {
      method = 'POST', url = app.url .. '/contacts/', body = json.encode(body), timeout_ms = 60000,
      headers = { Authorization = 'Bearer ' .. app.token, Version = '2021-07-28',
                  ['Content-Type'] = 'application/json' },
    }
    assert(answer and answer.status == 201, 'the sandbox did not take a contact')
  end
  self.teller:say('%d leads came in', #LEADS)
end

function Traffic:submissions()
  for i, person in ipairs(SUBMISSIONS) do
    local submission = sample('convertcalculator/submission_received')
    submission.submissionId = 'demo-submission-' .. i
    submission.fields = json.array {
      { name = 'Full name', type = 'text', value = person.name },
      { name = 'E-mail', type = 'email', value = person.email },
      { name = 'Phone', type = 'phone', value = person.phone },
    }
    submission.questions = json.array {
      { reference = 'QA', title = 'Roof area (m2)', label = person.area .. ' m2', value = person.area },
    }
    submission.formulas = json.array {
      { reference = 'FA', title = 'Price', result = person.price, resultFormattedFull = '$' .. person.price },
    }
    self:note(self.stage:submit(submission))
    if i == 1 then self:note(self.stage:submit(submission)) end
  end
  self.teller:say('%d calculator submissions came in, one of them twice', #SUBMISSIONS)
end

-- An activity that somebody writes in the workspace: it becomes a note in the CRM, once.
function Traffic:activity()
  local _, code, text = self.stage:cli('records', 'add', 'activity', '--contact', 'CWBf1PR9LvvBkcYqiXlc', '--text',
                                       'Called about the roof; wants a visit on Friday')
  assert(code == 0, text)
  self.teller:say('somebody wrote an activity in the workspace')
end

-- The end ------------------------------------------------------------------------------------------

local function settle(stage, teller, timeout_ms)
  local calm = 0
  return pcall(Stage.wait_for, 'the runs to end', timeout_ms, function()
    local runs = stage:runs()
    teller:follow(runs)
    local is_open = false
    for _, run in ipairs(runs) do
      is_open = is_open or run.state == 'queued' or run.state == 'running' or run.state == 'waiting'
    end
    -- Twice in a row: the last effects come back as webhooks.
    calm = is_open and 0 or calm + 1
    if calm >= 3 then return runs end
    host.sleep_ms(150)
  end)
end

local function summarise(stage, traffic, seconds)
  local runs, events, ledger = stage:runs(), stage:events(), stage:ledger()
  local by_state, effects = audit.count(runs, 'state'), audit.count(ledger, 'effect')
  local duplicates = 0
  for _, event in ipairs(events) do
    if event.duplicate_of ~= nil and event.duplicate_of ~= json.null then duplicates = duplicates + 1 end
  end
  local records = 0
  for _, kind in ipairs { 'contacts', 'tasks', 'activities', 'submissions' } do
    records = records + #stage:cli('records', kind, '--json')
  end
  local hooks = #events - #traffic.acknowledged
  local repeated, lost = audit.repeated(ledger), audit.lost(traffic.acknowledged, events)
  local result = {
    seconds = seconds,
    events = { sent = traffic.sent + hooks, stored = #events - duplicates, duplicates = duplicates,
               rejected = traffic.rejected },
    runs = { done = by_state.done or 0, dead = by_state.dead or 0, waiting = by_state.waiting or 0,
             parked = by_state.parked or 0 },
    effects = { tasks_created = effects.task_created or 0, notes_created = effects.note_created or 0,
                contacts_created = (effects.contact_created or 0) - #LEADS, records_upserted = records,
                repeated = #repeated },
    kills = stage.kills,
  }
  local open = (by_state.queued or 0) + (by_state.running or 0) + (by_state.waiting or 0)
  result.ok = #lost == 0 and #repeated == 0 and open == 0 and result.runs.dead == 0 and result.runs.parked == 0
    and traffic.rejected == 3 and result.runs.done > 0
  return result, lost, repeated
end

-- "1 run", "2 runs", "3 forgeries".
local function count(n, one, many)
  return ('%d %s'):format(n, n == 1 and one or many or one .. 's')
end

local function print_summary(result, lost, repeated)
  local e, r, f = result.events, result.runs, result.effects
  print()
  print(('came in   %s: %s stored, %s recognised, %s refused'):format(count(e.sent, 'delivery', 'deliveries'),
    count(e.stored, 'event'), count(e.duplicates, 'duplicate'), count(e.rejected, 'forgery', 'forgeries')))
  print(('ran       %s done, %d dead, %d waiting, %d parked'):format(count(r.done, 'run'), r.dead, r.waiting, r.parked))
  print(('changed   %s, %s and %s in the CRM, %s saved in the workspace')
    :format(count(f.tasks_created, 'task'), count(f.notes_created, 'note'), count(f.contacts_created, 'contact'),
      count(f.records_upserted, 'record')))
  print(('killed    %s with SIGKILL, once while an answer was lost after its effect')
    :format(count(result.kills, 'time')))
  print(('ledger    %s lost, %s repeated'):format(count(#lost, 'acknowledged event'), count(#repeated, 'effect')))
  for _, entry in ipairs(repeated) do print('  repeated: ' .. json.encode(entry)) end
  print(('%s, %.1f s'):format(result.ok and 'nothing was lost and nothing was done twice' or 'NOT AS IT SHOULD BE',
                             result.seconds))
end

-- SIGKILL, as a power cut would, and a new start.
local function kill(stage, teller, when)
  stage:kill_engine()
  teller:say('the engine was killed %s', when)
  stage:start_engine()
  teller:say('the engine is up again')
  stage.kills = (stage.kills or 0) + 1
end

-- A task stands in the ledger whose answer the service withholds, and then loses.
local function wait_for_lost_answer(stage)
  Stage.wait_for('a task without an answer', 60000, function()
    for _, entry in ipairs(stage:ledger 'task_created') do
      if entry.answer == 'lost' then return true end
    end
  end)
end

local function play(stage, teller)
  stage:start_sandbox()
  teller:say('the sandbox listens on %s', stage.app.url)
  stage:connect()
  stage:start_engine()
  teller:say('the engine listens on %s, project in %s', stage.url, stage.folder)
  local traffic = new_traffic(stage, teller)
  traffic:leads()
  traffic:samples(1, 6)
  wait_for_lost_answer(stage)
  kill(stage, teller, 'while a task was created and its answer lost')
  traffic:samples(7, #TYPES)
  traffic:submissions()
  kill(stage, teller, 'right after it took the submissions')
  traffic:activity()
  settle(stage, teller, 20000)
  return traffic
end

local function shipped_recipes()
  local recipes = {}
  for _, name in ipairs(host.embedded_names('recipes/')) do
    recipes[name:sub(#'recipes/' + 1)] = host.embedded(name)
  end
  return recipes
end

-- options: ladle (path of the program), json (bool), keep (bool: leave the folder). Returns 0 if all was
-- well, else 1.
local function run(options)
  local teller = new_teller(options.json)
  local stage = Stage.new { ladle = options.ladle, recipes = shipped_recipes(), faults = FAULTS }
  local ok, result, lost, repeated = pcall(function()
    local traffic = play(stage, teller)
    return summarise(stage, traffic, (host.mono_ms() - teller.started_ms) / 1000)
  end)
  local log = not ok and host.read_file(stage:path 'engine.log')
  pcall(stage.close, stage, options.keep)
  if not ok then
    local why = type(result) == 'table' and result.message or result
    io.stderr:write('ladle demo: ', tostring(why), '\n', log or '', '\n')
    return 1
  end
  if options.json then
    print(json.encode(result))
  else
    print_summary(result, lost, repeated)
  end
  return result.ok and 0 or 1
end

return { run = run }
