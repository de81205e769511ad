-- The world of one seed: the service (the sandbox, as pure logic), the people who send events, repair and stop, the
-- faults, and the memory of what was promised. Engines come and go in it; the world decides when. It holds what they
-- did against what it saw.
--
-- The engine asks, in JSON: start, next (when do you act?), act, http, ack, connected, counts; see sim_life.c.
-- Everything follows from the seed and from what the engine does, so nothing here depends on the order of pairs().

local audit = require 'demo.audit'
local json = require 'json'
local random = require 'sandbox.random'
local server = require 'sandbox.server'

local World = {}
World.__index = World

local SECOND, MINUTE = 1000000, 60000000
local BEGIN_US = 1795425327 * SECOND -- 2026-11-23T09:15:27Z
local LOOK_EVERY_US = 5 * MINUTE
local DRAIN_US = 48 * 60 * MINUTE -- everything must have ended by then, once all is healed
local PAUSE_US = 90 * SECOND      -- of the recipe `steps`
local WALL_MS = 1000
local HOST = 'https://service.example'
local CRASHED = 70

-- Of the worlds in which the app is an agency's: each contact is in one of its locations.
local LOCATIONS = { 'loc-a', 'loc-b', 'loc-c' }
local CONTACTS = { 'nmFmQEsNgz6AVpgLVUJ0', 'CWBf1PR9LvvBkcYqiXlc', '9NkT25Vor1v4aQatFsv2', 'ocQHyuzHvysMo5N5VsXc' }

-- The project -----------------------------------------------------------------------------------------

local CONFIG = [[
listen: 127.0.0.1:0
store: sqlite:data/ladle.db
connections:
  crm:
    connector: highlevel
    auth: oauth
    client_id: %s
    client_secret: %s
    %s: %s
    base_url: ]] .. HOST .. [[

    token_url: ]] .. HOST .. [[/oauth/token
    marks: %s
]]

local HEAD = 'recipe: %s\nsummary: Of the simulation\nneeds:\n  crm: highlevel\nwhen:\n  - crm.%s\n%sdo:\n'
local RETRY = '    retry: { tries: 12, first: 2s, longest: 2 minutes }\n'
-- Never dead: a run that a person retries has lost its place.
local PATIENT = '    retry: { tries: 99, first: 2s, longest: 2 minutes }\n'

local function note(step, text, retry)
  local form = '  - step: %s\n    use: crm.create_note\n    with: { contactId: = event.id, body: "%s" }\n'
  return form:format(step, text) .. (retry or RETRY)
end

local function indented(text)
  return (text:gsub('([^\n]+)', '    %1'))
end

-- Each says by the texts of its effects which event made them.
local RECIPES = {
  keyed = HEAD:format('keyed', 'contact_created', 'key: = event.id\n')
    .. note('note', 'keyed ${event.number}', PATIENT),
  steps = HEAD:format('steps', 'contact_created', '') .. [[
  - step: read
    use: crm.get_contact
    with: { contactId: = event.id }
]] .. RETRY .. [[
  - step: task
    use: crm.create_task
    with: { contactId: = event.id, title: "steps ${event.number}", dueDate: "2026-12-01T09:00:00Z", completed: false }
]] .. RETRY .. [[
  - step: pause
    wait: 90 seconds
  - step: save
    use: records.upsert_task
    with: { contact_id: = event.id, task_id: = steps.task.task.id, title: = steps.task.task.title }
]] .. note('last', 'steps ${event.number}'),
  forks = HEAD:format('forks', 'note_created', '') .. '  - step: both\n    parallel:\n'
    .. indented(note('left', 'left ${event.number}') .. note('right', 'right ${event.number}'))
    .. '  - step: items\n    each: "= { 1, 2, 3 }"\n    parallel: 2\n    use: crm.create_note\n'
    .. '    with: { contactId: = event.id, body: "item ${item} of ${event.number}" }\n' .. RETRY,
  waits = HEAD:format('waits', 'task_created', '') .. [[
  - step: answer
    wait_for: crm.task_completed
    with: { number: = event.number }
    timeout: 20 minutes
    on_error: continue
]] .. note('note', 'waits ${event.number}'),
  calm = HEAD:format('calm', 'contact_updated', 'key: = event.id\nmode: latest\nsettle: 30s\n')
    .. note('note', 'calm ${event.number}'),
  -- It causes nothing; its ledger is held against what it must be by inspect.c.
  clocked = [[
recipe: clocked
summary: Of the simulation
when:
  - every: 4 min
    missed: all
    until: "2026-11-23T13:00:00Z"
do:
  - step: end
    stop: it was time
]],
}
local NAMES = { 'keyed', 'steps', 'forks', 'waits', 'calm', 'clocked' }

-- What an event of a type must have caused once everything is over: texts of notes and tasks. `calm` lets newer events
-- stand for older ones, so it is looked at by itself.
local EFFECTS = {
  contact_created = { 'keyed %d', 'task steps %d', 'steps %d' },
  note_created = { 'left %d', 'right %d', 'item 1 of %d', 'item 2 of %d', 'item 3 of %d' },
  task_created = { 'waits %d' },
  task_completed = {},
  contact_updated = {},
  app_installed = {},
  app_uninstalled = {},
}
local TYPES = { 'contact_created', 'contact_created', 'note_created', 'task_created', 'contact_updated' }

local function write_file(path, text)
  local file = assert(io.open(path, 'w'))
  assert(file:write(text))
  assert(file:close())
end

local function write_project(self)
  local app = self.sandbox:credentials()
  local key, id = 'location', app.location
  if self.is_agency then key, id = 'agency', app.company end
  write_file(self.folder .. '/ladle.yaml', CONFIG:format(app.client_id, app.client_secret, key, id,
    self.has_marks and 'true' or 'false'))
  for _, name in ipairs(NAMES) do write_file(('%s/recipes/%s.yaml'):format(self.folder, name), RECIPES[name]) end
end

-- The plan --------------------------------------------------------------------------------------------

local function pick(self, list)
  return list[self.random:below(#list) + 1]
end

-- A number from low to high.
local function between(self, low, high)
  return low + self.random:below(high - low + 1)
end

-- Acts stand in order of time; those of one moment in the order in which they were added.
local function add_act(self, at_us, act)
  local at = #self.acts + 1
  while at > 1 and self.acts[at - 1].at_us > at_us do at = at - 1 end
  table.insert(self.acts, at, { at_us = at_us, act = act })
end

local function add_event(self, at_us, type, contact, number)
  local event = { type = type, id = contact, number = number, webhookId = ('%s-%d'):format(type, number) }
  event.locationId = self.home and self.home[contact]
  local known = { key = event.webhookId, type = type, event = event }
  self.events[#self.events + 1] = known
  add_act(self, at_us, { act = 'event', known = known })
  while self.random:fraction() < 0.15 do
    add_act(self, at_us + between(self, 0, 3 * MINUTE), { act = 'event', known = known })
  end
end

local function plan_events(self)
  local at_us = self.now_us + 5 * SECOND
  local span_us = pick(self, { 1, 10, 40 }) * MINUTE
  local is_burst = self.random:fraction() < 0.4
  local burst_us = at_us + between(self, 0, span_us)
  for number = 1, between(self, 4, 30) do
    local type = pick(self, TYPES)
    local when = is_burst and self.random:fraction() < 0.7 and burst_us or at_us + between(self, 0, span_us)
    local contact = pick(self, CONTACTS)
    add_event(self, when, type, contact, number)
    if type == 'task_created' and self.random:fraction() < 0.7 then
      add_event(self, when + between(self, 0, 25 * MINUTE), 'task_completed', contact, number)
    end
  end
  self.heal_us = at_us + span_us + between(self, 0, 20 * MINUTE)
end

-- The app goes from a location, and comes back once that was heard of. What comes from there in between is kept, and
-- starts nothing.
local function add_install(self, at_us, location, is_installed)
  local kind = is_installed and 'INSTALL' or 'UNINSTALL'
  local event = {
    type = kind, locationId = location, companyId = self.sandbox.app.company, appId = self.sandbox.app.id,
    webhookId = ('%s-%s'):format(kind, location),
  }
  local known = { key = event.webhookId, type = is_installed and 'app_installed' or 'app_uninstalled', event = event }
  self.events[#self.events + 1] = known
  add_act(self, at_us, { act = 'event', known = known })
end

local function plan_installs(self)
  for _, location in ipairs(LOCATIONS) do
    if self.random:fraction() < 0.4 then
      add_install(self, between(self, self.now_us, self.heal_us), location, false)
    end
  end
end

local function set_installed(self, event)
  local is_installed = event.type == 'INSTALL'
  if not is_installed then self.gone[event.locationId] = true end
  local answer = self.sandbox:handle {
    method = 'POST', path = '/_sandbox/installs', query = {}, headers = {},
    body = json.encode { location = event.locationId, installed = is_installed, silent = true },
  }
  assert(answer.status == 200, answer.body)
end

-- Notes what the answer to an event of the app's own means for the world.
local function note_install(self, known)
  local location = known.event.locationId
  if known.type == 'app_uninstalled' then
    add_install(self, self.now_us + between(self, 0, 30 * MINUTE), location, true)
  elseif known.type == 'app_installed' then
    self.gone[location] = nil
  end
end

-- What goes wrong, each with a chance of its own in this world.
-- An answer that is lost, of an effect that shows late and comes back in another form.
local function late_effect(self)
  return {
    lose_answer = true, show_late_ms = between(self, 0, 60000),
    given_back = pick(self, { 'html', 'entities', 'spaces', 'upper' }),
  }
end

local function plan_faults(self)
  local function chance(list) return pick(self, list) end
  local rules = {
    { match = { chance = chance { 0, 0.02, 0.1 } }, ['do'] = { status = 503 } },
    { match = { chance = chance { 0, 0.02, 0.1 } }, ['do'] = { status = 429, retry_after = between(self, 1, 90) } },
    { match = { chance = chance { 0, 0.02 } }, ['do'] = { status = 429 } },
    { match = { chance = chance { 0, 0.02, 0.1 } }, ['do'] = { status = 500 } },
    { match = { chance = chance { 0, 0.05, 0.2 }, method = 'POST' }, ['do'] = late_effect(self) },
    { match = { chance = chance { 0, 0.05, 0.2 }, method = 'POST' }, ['do'] = { lose_answer = true } },
    { match = { chance = chance { 0, 0.03, 0.1 } }, ['do'] = { reset = true } },
    { match = { chance = chance { 0, 0.02 }, path = '/contacts' }, ['do'] = { expire_token = true } },
  }
  self.sandbox.faults:replace(rules)
  self.chances = { refused = chance { 0, 0.03, 0.1 }, slow = chance { 0, 0.05 } }
  if self.random:fraction() < 0.3 then
    local from_us = self.now_us + between(self, 0, self.heal_us - self.now_us)
    self.outage = { from_us = from_us, to_us = from_us + between(self, 1, 15) * MINUTE }
  end
end

-- How a life ends before all is healed; nil: not at all.
local CRASH_POINTS = {
  'store.before_commit', 'store.after_commit', 'store.before_exec', 'run.claimed', 'run.over', 'engine.recovered',
  'engine.stopping', 'engine.runs_stopped',
}

local function plan_death(self)
  local kind = pick(self, { 'fault', 'fault', 'http', 'die', 'stop' })
  local at_us = self.now_us + between(self, 0, math.max(self.heal_us - self.now_us, MINUTE) // 2)
  if kind == 'fault' then
    local point = pick(self, CRASH_POINTS)
    local most = point:find '^store' and 150 or point:find '^run' and 12 or 1
    self.life.faults = ('%s=crash@%d'):format(point, between(self, 1, most))
  elseif kind == 'http' then
    self.life.deadly_http, self.life.is_effect_first = between(self, 1, 40), self.random:fraction() < 0.5
  else
    self.life.end_us, self.life.ending = at_us, kind
  end
end

-- A new engine after a while without one. Who was not answered sends again.
local function begin_life(self)
  self.lives = self.lives + 1
  self.life = { seed = self.random:below(1 << 40) + 1, http = 0 }
  if self.lives > 1 then self.now_us = self.now_us + between(self, 0, pick(self, { 2, 300 }) * SECOND) end
  for _, known in ipairs(self.events) do
    if known.is_sent and not known.id then
      add_act(self, self.now_us + between(self, 0, MINUTE), { act = 'event', known = known })
    end
    known.is_sent = known.id ~= nil
  end
  add_act(self, self.now_us, { act = 'connect' })
  if not self.is_healed and self.lives <= self.deaths then plan_death(self) end
end

-- The first of the acts and of what the life itself brings: its end, the healing, looks at what is left.
local function next_act(self)
  local life, first = self.life, self.acts[1]
  local own_us, own
  if life.is_ending then return nil end
  if life.end_us then own_us, own = life.end_us, life.ending end
  if not self.is_healed and (not own_us or self.heal_us < own_us) then own_us, own = self.heal_us, 'heal' end
  if self.is_healed and not own_us then own_us, own = self.look_us, self.is_over and 'stop' or 'count' end
  if first and (not own_us or first.at_us <= own_us) then return first.at_us, first end
  return own_us, own
end

-- Answers ----------------------------------------------------------------------------------------------

local function problem(self, form, ...)
  self.problems[#self.problems + 1] = form:format(...)
end

local Answer = {}

function Answer.start(self)
  return { now_us = self.now_us, seed = self.life.seed, faults = self.life.faults, limit = self.limit }
end

Answer['next'] = function(self)
  local at_us = next_act(self)
  return { at_us = at_us }
end

local function code(self)
  self.codes = self.codes + 1
  local text = ('code-%d-of-the-simulation'):format(self.codes)
  self.sandbox.auth.codes[text] = { scopes = self.sandbox.app.scopes, type = 'Location' }
  return text
end

local function heal(self)
  self.is_healed, self.look_us = true, self.now_us + LOOK_EVERY_US
  self.life.deadly_http, self.life.end_us = nil, nil
  self.drained_us = self.now_us + DRAIN_US
  self.sandbox.faults:replace {}
  self.chances, self.outage = { refused = 0, slow = 0 }, nil
end

-- A look at what is left: a person repairs, and lets go on what was given up.
local function look(self)
  self.look_us = self.now_us + LOOK_EVERY_US
  add_act(self, self.now_us, { act = 'connect' })
  add_act(self, self.now_us, { act = 'retry' })
end

function Answer.act(self)
  local _, due = next_act(self)
  if type(due) == 'table' then
    table.remove(self.acts, 1)
    local act = due.act
    if act.act == 'event' then
      local known = act.known
      known.is_sent = true
      if known.type:find '^app_' and not known.is_done then
        known.is_done = true
        set_installed(self, known.event)
      end
      known.is_optional = known.is_optional or self.gone[known.event.locationId or ''] or false
      return { act = 'event', key = act.known.key, type = act.known.type, event = act.known.event }
    elseif act.act == 'connect' then
      return { act = 'connect', code = code(self) }
    end
    return act
  elseif due == 'heal' then
    heal(self)
  elseif due == 'count' then
    look(self)
  else
    self.life.is_ending = true
  end
  return { act = due }
end

function Answer.ack(self, message)
  for _, known in ipairs(self.events) do
    if known.key == message.key then
      if message.failed then
        add_act(self, self.now_us + 10 * SECOND, { act = 'event', known = known })
      elseif known.id and known.id ~= message.id then
        problem(self, 'P2: %s was answered with %s, before that with %s', known.key, message.id, known.id)
      else
        if not known.id then note_install(self, known) end
        known.id = message.id
        known.is_optional = known.is_optional or self.gone[known.event.locationId or ''] or false
      end
    end
  end
  return {}
end

-- A code whose answer was lost is used up: the person tries another one.
function Answer.connected(self, message)
  if message.error ~= '' then add_act(self, self.now_us + 30 * SECOND, { act = 'connect' }) end
  return {}
end

function Answer.counts(self, message)
  local runs, open = message.runs, message.unrouted
  for _, state in ipairs { 'queued', 'running', 'waiting', 'parked', 'dead' } do open = open + runs[state] end
  local is_waiting = #self.acts > 2 -- of the look itself there are two
  if open == 0 and not is_waiting then
    self.is_over = true
  elseif self.now_us > self.drained_us then
    problem(self, 'P10: after %d h without faults: %s, %d events unrouted, %d acts', DRAIN_US // MINUTE // 60,
      json.encode(runs), message.unrouted, #self.acts)
    self.is_over = true
  end
  return {}
end

-- The service ------------------------------------------------------------------------------------------

local function decode(text)
  return (text:gsub('+', ' '):gsub('%%(%x%x)', function(hex) return string.char(tonumber(hex, 16)) end))
end

local function parse_url(url)
  local path, query = url:sub(#HOST + 1):match '^([^?]*)%??(.*)$'
  local fields = {}
  for name, value in query:gmatch '([^&=]+)=([^&]*)' do fields[decode(name)] = decode(value) end
  return decode(path), fields
end

local function to_sandbox(self, message)
  local path, query = parse_url(message.url)
  local headers = {}
  for name, value in pairs(message.headers) do headers[name:lower()] = value end
  return self.sandbox:handle {
    method = message.method, path = path, query = query, headers = headers, body = message.body,
  }
end

local function fate_of(response, delay_us)
  if response.drop then return { broken = 'unknown', delay_us = delay_us } end
  local headers = {}
  for name, value in pairs(response.headers) do headers[name:lower()] = value end
  return { status = response.status, headers = headers, body = response.body, delay_us = delay_us }
end

local function is_out(self)
  return self.outage and self.now_us >= self.outage.from_us and self.now_us < self.outage.to_us
end

-- P7: a refresh token whose answer has come, in a life that went on for a while after that, is not sent again.
local function check_refresh(self, message)
  local token = message.url:find('/oauth/token', 1, true) and message.body:match 'refresh_token=([^&]+)'
  local known = token and self.refreshes[token]
  if known and known.life.last_us > known.answered_us + SECOND then
    problem(self, 'P7: a refresh token that worked was sent again, %d s later', (self.now_us - known.sent_us) // SECOND)
  end
  return token
end

local function note_refresh(self, token, response, delay_us)
  if token and not response.drop and response.status == 200 and delay_us < SECOND then
    self.refreshes[token] = { sent_us = self.now_us, answered_us = self.now_us + delay_us, life = self.life }
  end
end

function Answer.http(self, message)
  local life = self.life
  local delay_us = between(self, 5000, 400000)
  local token = check_refresh(self, message)
  life.http = life.http + 1
  local is_deadly = life.http == life.deadly_http
  if is_deadly and not life.is_effect_first then return { die = true } end
  if self.random:fraction() < self.chances.slow then delay_us = between(self, 5, 60) * SECOND end
  if is_out(self) or self.random:fraction() < self.chances.refused then
    return { broken = 'unreachable', delay_us = delay_us }
  end
  local response = to_sandbox(self, message)
  if is_deadly then return { die = true } end
  note_refresh(self, token, response, delay_us)
  return fate_of(response, delay_us)
end

-- Audit --------------------------------------------------------------------------------------------------

-- Lines of the program that looks at a store with nothing but SQLite.
local function inspect(self, option)
  local pipe = assert(io.popen(('%s %s %s/data/ladle.db 2>&1'):format(self.inspect, option, self.folder)))
  local lines = {}
  for line in pipe:lines() do lines[#lines + 1] = line end
  return pipe:close(), lines
end

local function check_store(self, option)
  local ok, lines = inspect(self, option)
  if not ok then problem(self, 'the store: %s', table.concat(lines, '; ')) end
end

-- P1: what was acknowledged is there.
local function check_events(self)
  local _, lines = inspect(self, '--list')
  local stored = {}
  for _, line in ipairs(lines) do stored[line:match '^event (%x+)$' or ''] = true end
  for _, known in ipairs(self.events) do
    if known.id and not stored[(known.id:gsub('-', ''))] then
      problem(self, 'P1: %s was acknowledged and is lost', known.key)
    end
  end
end

local function text_of(entry)
  if entry.effect == 'task_created' then return 'task ' .. entry.title end
  return entry.effect == 'note_created' and (entry.body:gsub(' %[ladle %x+%]$', '')) or nil
end

-- P3, P4 and P6, after every life.
local function check_service(self)
  for _, entry in ipairs(audit.repeated(self.sandbox.ledger:entries())) do
    problem(self, 'P3, P4: repeated: %s', json.encode(entry))
  end
  if self.sandbox.limits.refused > 0 then
    problem(self, 'P6: %d calls were over the limit of %d', self.sandbox.limits.refused, self.limit)
  end
end

local function happened(self)
  local found = {}
  for at, entry in ipairs(self.sandbox.ledger:entries()) do
    local text = text_of(entry)
    if text then found[text] = { at = at, us = self.times[at] } end
  end
  return found
end

local function check_effects(self, found)
  for _, known in ipairs(self.events) do
    for _, text in ipairs(known.id and not known.is_optional and EFFECTS[known.type] or {}) do
      text = text:format(known.event.number)
      if not found[text] then problem(self, 'never happened: %s', text) end
    end
  end
end

-- P5: the notes of a contact stand in the ledger in the order in which their events were stored.
local function check_order(self, found)
  local by_id = {}
  for _, known in ipairs(self.events) do
    if known.id and known.type == 'contact_created' then by_id[#by_id + 1] = known end
  end
  table.sort(by_id, function(a, b) return a.id < b.id end)
  local last = {}
  for _, known in ipairs(by_id) do
    local effect, contact = found['keyed ' .. known.event.number], known.event.id
    if effect and last[contact] and effect.at < last[contact] then
      problem(self, 'P5: %s is out of order', known.key)
    end
    last[contact] = effect and effect.at or last[contact]
  end
end

-- Of a burst at least its newest event must have run.
local function check_newest(self, found)
  local newest = {}
  for _, known in ipairs(self.events) do
    local contact = known.event.id
    if known.id and known.type == 'contact_updated' and (not newest[contact] or newest[contact].id < known.id) then
      newest[contact] = known
    end
  end
  for _, contact in ipairs(CONTACTS) do
    local known = newest[contact]
    if known and not known.is_optional and not found['calm ' .. known.event.number] then
      problem(self, 'the newest did not run: %s', known.key)
    end
  end
end

-- P8: a wait is never over early.
local function check_waits(self, found)
  for _, known in ipairs(self.events) do
    local number = known.type == 'contact_created' and known.event.number or -1
    local task, last = found['task steps ' .. number], found['steps ' .. number]
    if task and last and last.us - task.us < PAUSE_US then
      problem(self, 'P8: %s waited %d us', known.key, last.us - task.us)
    end
  end
end

-- The agency's --------------------------------------------------------------------------------------------

-- Locations with the contacts that events speak of.
local function agency_data(self)
  local data = { locations = {}, contacts = {} }
  self.home = {}
  for i, id in ipairs(LOCATIONS) do data.locations[i] = { id = id, name = id, timezone = 'Europe/Amsterdam' } end
  for i, id in ipairs(CONTACTS) do
    self.home[id] = LOCATIONS[i % #LOCATIONS + 1]
    data.contacts[i] = { id = id, firstName = 'Contact', location = self.home[id] }
  end
  return data
end

-- The door for sim.c ------------------------------------------------------------------------------------

local sim = {}
local world

-- options: seed, folder (with recipes/ in it), inspect (path of the program).
function sim.open(options)
  local self = setmetatable({
    folder = options.folder, inspect = options.inspect, random = random.new(options.seed, 'world'), now_us = BEGIN_US,
    lives = 0, codes = 0, acts = {}, events = {}, problems = {}, times = {}, refreshes = {}, gone = {},
  }, World)
  self.limit = pick(self, { 6, 15, 100 })
  self.is_agency = random.new(options.seed, 'agency'):fraction() < 0.3
  self.has_marks = random.new(options.seed, 'marks'):fraction() < 0.5
  self.sandbox = server.new {
    seed = options.seed, base_url = HOST, data = self.is_agency and agency_data(self) or nil,
    now = function() return self.now_us // WALL_MS end,
    write_ledger = function() self.times[#self.times + 1] = self.now_us end,
    settings = { rate_max = self.limit, access_token_s = pick(self, { 86399, 1500, 600 }) },
  }
  self.deaths = between(self, 0, 6)
  write_project(self)
  plan_events(self)
  plan_faults(self)
  if self.is_agency then plan_installs(self) end
  world = self
  return {}
end

-- Whether there is another life; false: all is over, and was audited.
function sim.live()
  if world.is_over or #world.problems > 0 then return { is_over = true } end
  begin_life(world)
  return { is_over = false }
end

function sim.ask(message)
  world.now_us = message.now_us or world.now_us
  world.life.last_us = world.now_us
  return Answer[message['do']](world, message)
end

function sim.ended(how)
  local self = world
  self.now_us = math.max(self.now_us, how.now_us)
  self.life.last_us = self.now_us
  if how.is_silent then
    problem(self, 'the engine hung')
  elseif how.code ~= 0 and (how.code ~= CRASHED or self.is_healed) then
    problem(self, 'the engine ended with %d', how.code)
  end
  check_store(self, self.is_over and '--at-rest' or '')
  check_events(self)
  check_service(self)
  if not self.is_over then return {} end
  local found = happened(self)
  check_effects(self, found)
  check_order(self, found)
  check_newest(self, found)
  check_waits(self, found)
  return {}
end

function sim.report()
  return {
    problems = json.array(world.problems), lives = world.lives, events = #world.events,
    requests = world.sandbox.requests, effects = #world.sandbox.ledger:entries(),
    virtual_s = (world.now_us - BEGIN_US) // SECOND,
  }
end

return sim
