-- The endpoints below /_sandbox/, for tests and demonstrations; the real service has nothing like
-- them. They need no token, are never limited and make no ledger lines.
--
--   GET  /                    a page for people: what it holds, and the last effects
--   GET  /_sandbox/state      credentials, counts, limits, webhooks
--   GET  /_sandbox/ledger     {"entries": […], "dropped": 0}; ?effect=task_created only those
--   GET  /_sandbox/contacts   every contact with its tasks and notes
--   GET  /_sandbox/holdings   all that it holds beside contacts, by kind
--   POST /_sandbox/reset      everything as at the start, but for tokens, settings, faults and ledger
--   GET  /_sandbox/faults     the rules with how often they matched and fired
--   POST /_sandbox/faults     a list of rules; replaces the old ones (faults.lua)
--   POST /_sandbox/settings   {"rate_max": 5, "access_token_s": 2}: those named change (server.lua)
--   POST /_sandbox/emit       {"event": {"type": …}, "signature": "forged", "copies": 2}: a webhook
--   POST /_sandbox/installs   {"location": id, "installed": false}: the app comes and goes (agency.lua)
--   POST /_sandbox/hooks      {"urls": [...]}: where webhooks go from now on

local agency = require 'sandbox.agency'
local answer = require 'sandbox.answer'
local json = require 'json'
local times = require 'sandbox.times'
local views = require 'sandbox.views'

local control = {}

local COPIES_MAX = 1000

local function body_of(request)
  local value, err = json.try_decode(request.body or '')
  if type(value) ~= 'table' then
    answer.refuse(400, 'the body is not a JSON object or list: ' .. tostring(err or ''))
  end
  return value
end

local function tasks_of(contact)
  local list = {}
  for i, task in ipairs(contact.tasks) do
    list[i] = { id = task.id, title = task.title, body = task.body, completed = task.completed,
      dueDate = times.iso(task.dueMs) }
  end
  return answer.list(list)
end

local function notes_of(contact)
  local list = {}
  for i, note in ipairs(contact.notes) do
    list[i] = { id = note.id, body = note.body, title = note.title }
  end
  return answer.list(list)
end

local function contacts(sandbox)
  local list = {}
  for _, contact in pairs(sandbox.people.by_id) do
    local view = views.contact(contact)
    view.tasks = tasks_of(contact)
    view.notes = notes_of(contact)
    list[#list + 1] = view
  end
  table.sort(list, function(a, b) return a.id < b.id end)
  return answer.ok { contacts = answer.list(list) }
end

local function state(sandbox)
  local holds = { contacts = sandbox.people.count }
  for name, rows in pairs(sandbox:holdings()) do
    holds[name] = #rows.list
  end
  return answer.ok {
    app = sandbox:credentials(), settings = sandbox.settings, effects = sandbox.ledger.counts,
    contacts = sandbox.people.count, holds = holds, requests = sandbox.requests, answers = sandbox.answers,
    served = sandbox.served,
    rate = { refused = sandbox.limits.refused, peak = sandbox.limits.peak },
    webhooks = sandbox.webhooks:report(), lost_answers = sandbox.lost_answers,
  }
end

local function holdings(sandbox)
  local found = {}
  for name, rows in pairs(sandbox:holdings()) do
    found[name] = answer.list(rows.list)
  end
  return answer.ok(found)
end

local function reset(sandbox)
  sandbox:reset()
  return answer.ok { contacts = sandbox.people.count }
end

local function ledger(sandbox, request)
  local entries = sandbox.ledger:entries(request.query.effect)
  return answer.ok { entries = answer.list(entries), dropped = sandbox.ledger.dropped }
end

local function set_faults(sandbox, request)
  local ok, message = pcall(sandbox.faults.replace, sandbox.faults, body_of(request))
  if not ok then
    answer.refuse(400, message)
  end
  return answer.ok { rules = sandbox.faults:report() }
end

local function set_settings(sandbox, request)
  local wanted = body_of(request)
  for name, value in pairs(wanted) do
    local old = sandbox.settings[name]
    if old == nil or math.type(old) ~= math.type(value) or type(old) ~= type(value) then
      answer.refuse(400, ('no setting "%s" of that type'):format(tostring(name)))
    end
  end
  for name, value in pairs(wanted) do
    sandbox.settings[name] = value
  end
  return answer.ok { settings = sandbox.settings }
end

local function emit(sandbox, request)
  local body = body_of(request)
  local event = body.event
  local signature, copies = body.signature or 'valid', body.copies or 1
  if type(event) ~= 'table' or type(event.type) ~= 'string' then
    answer.refuse(400, '"event" must be an object with a "type"')
  elseif not sandbox.webhooks.knows_signature(signature) then
    answer.refuse(400, '"signature" is one of valid, forged, na, missing')
  elseif math.type(copies) ~= 'integer' or copies < 1 or copies > COPIES_MAX then
    answer.refuse(400, ('"copies" is a number from 1 to %d'):format(COPIES_MAX))
  end
  local id = sandbox.webhooks:emit(event.type, event, { signature = signature, copies = copies })
  return answer.ok { webhookId = id }
end

local function set_hooks(sandbox, request)
  local urls = body_of(request).urls
  if type(urls) ~= 'table' then
    answer.refuse(400, '"urls" must be a list')
  end
  for _, url in ipairs(urls) do
    if type(url) ~= 'string' or not url:match('^https?://') then
      answer.refuse(400, '"urls" must hold addresses of http or https')
    end
  end
  sandbox.webhooks.urls = urls
  return answer.ok { urls = answer.list(urls) }
end

local function show_faults(sandbox)
  return answer.ok { rules = sandbox.faults:report() }
end

local function set_installed(sandbox, request)
  return agency.set_installed(sandbox, body_of(request))
end

local HANDLERS = {
  ['GET /_sandbox/state'] = state,
  ['GET /_sandbox/ledger'] = ledger,
  ['GET /_sandbox/contacts'] = contacts,
  ['GET /_sandbox/holdings'] = holdings,
  ['POST /_sandbox/reset'] = reset,
  ['GET /_sandbox/faults'] = show_faults,
  ['POST /_sandbox/faults'] = set_faults,
  ['POST /_sandbox/settings'] = set_settings,
  ['POST /_sandbox/emit'] = emit,
  ['POST /_sandbox/hooks'] = set_hooks,
  ['POST /_sandbox/installs'] = set_installed,
}

function control.is_path(path)
  return path == '/' or path:sub(1, 10) == '/_sandbox/'
end

function control.handle(sandbox, request)
  if request.path == '/' and request.method == 'GET' then
    return require('sandbox.page').answer(sandbox)
  end
  local handler = HANDLERS[request.method .. ' ' .. request.path]
  if not handler then
    answer.refuse(404, ('no control endpoint %s %s; see scripts/sandbox/control.lua'):format(
      request.method, request.path))
  end
  return handler(sandbox, request)
end

return control
