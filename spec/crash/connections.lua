-- Crashes around what keeps a connection alive: tokens, authorisations, the accounts of an agency, calls that go as
-- one. Of the form that scenarios.lua describes.

local host = require 'host'
local json = require 'json'

local JOHN, RUBIKA, MINA, TOMAS = 'nmFmQEsNgz6AVpgLVUJ0', 'CWBf1PR9LvvBkcYqiXlc', '9NkT25Vor1v4aQatFsv2',
  'ocQHyuzHvysMo5N5VsXc'
local CREATED = 'highlevel/contact_created'
local QUICK = '    retry: { tries: 6, first: 200ms, longest: 400ms, jitter: none }\n'
local PATIENT = '    retry: { tries: 99, first: 200ms, longest: 400ms, jitter: none }\n'
local REFUSED = { status = 400, body = { error = 'invalid_grant', error_description = 'gone' } }

local function recipe(name, trigger, steps)
  return ('recipe: %s\nsummary: A test\nneeds:\n  crm: highlevel\nwhen:\n  - %s\ndo:\n%s'):format(name, trigger, steps)
end

local READ = '  - step: read\n    use: crm.get_contact\n    with: { contactId: = event.id }\n' .. QUICK
local NOTE = '  - step: note\n    use: crm.create_note\n    with: { contactId: = event.id, body: "Of ${meta.id}" }\n'
  .. QUICK
local TAG = '  - step: tag\n    use: crm.add_tags\n    with: { contactId: = event.id, tags: [called] }\n' .. QUICK

local list = {}
local function scenario(s)
  s.recipes = s.recipes or { ['a.yaml'] = recipe('tested', 'crm.contact_created', READ .. NOTE) }
  s.effects, s.runs = s.effects or { note_created = 1 }, s.runs or { done = 1 }
  list[#list + 1] = s
end

local function expect(what, wanted, found)
  if wanted ~= found then return ('%s: %s, not %s'):format(what, tostring(found), tostring(wanted)) end
end

local function fault(operation, nth, action)
  return { match = { operation = operation, nth = nth }, ['do'] = action }
end

-- The row of a connection in `ladle connections`.
local function row_of(stage, name)
  for _, row in ipairs((stage:cli('connections', '--all', '--json'))) do
    if row.name == name then return row end
  end
end

local function connected(...)
  local names = { ... }
  return function(case)
    for _, name in ipairs(names) do
      local row = row_of(case.stage, name)
      local problem = expect('state of ' .. name, 'connected', row and row.state)
      if problem then return problem end
    end
  end
end

local function await_done(case, n)
  case:await_runs('the runs to be done', function(runs)
    for _, run in ipairs(runs) do
      if run.state ~= 'done' then return false end
    end
    return #runs >= n
  end)
end

-- Authorising -------------------------------------------------------------------------------------

local function fetch(case, url)
  local answer = host.fetch { url = url, timeout_ms = 60000 }
  if not answer then case:await('the engine to end', function() return false end) end
  return answer
end

-- The address that the service sends the browser back to, of a new flow.
local function begin_flow(case)
  local told, code, text = case.stage:cli('connect', 'crm', '--json', '--no-wait')
  assert(code == 0, text)
  local answer = fetch(case, told[1].authorize_url)
  assert(answer.status == 302, answer.body)
  return answer.headers.location
end

-- Loads a page, and reloads it as long as it says so.
local function load(case, url)
  local page
  case:await('a page that is no "try again"', function()
    page = fetch(case, url)
    return page.status ~= 502 and page.status ~= 503
  end)
  return page
end

-- A browser comes back, is not answered, and is reloaded; where the code was used up by then, a person begins again.
scenario { name = 'a browser that comes back',
  config = function(text, app)
    return (text:gsub('(    token_url[^\n]*\n)', '%1    authorize_url: ' .. app.url .. '/oauth/chooselocation\n'))
  end,
  connect = function() end,
  act = function(case)
    case:once('flow', function() case.back = begin_flow(case) end)
    case:once('return', function() case.page = load(case, case.back) end)
    if row_of(case.stage, 'crm').state ~= 'connected' then
      assert(case.page.status == 409 and case.page.body:find('ladle connect crm', 1, true), case.page.body)
      case.page = load(case, begin_flow(case))
    end
    case:deliver('a', CREATED)
    case:await_end(1)
  end,
  check = function(case)
    local status = case.page.status
    return connected 'crm' (case) or status ~= 409 and expect('the page', 200, status)
  end }

-- The lease that a command leaves when it dies is waited for by the next one.
scenario { name = 'a new code by hand', victim = 'connect',
  act = function(case)
    local codes = case.stage.app.codes
    case.stage.cli_ms = 120000
    case:command('connect', 'connect', 'crm', '--code', codes[case.is_second and 3 or 2])
    case:deliver('a', CREATED)
    case:await_end(1)
  end,
  check = connected 'crm' }

-- Tokens ------------------------------------------------------------------------------------------

-- A refusal breaks the connection, a recipe is told of it once, and all goes on after a new authorisation.
scenario { name = 'told of a broken connection', runs = { done = 2 }, keeps_faults = true,
  recipes = {
    ['a.yaml'] = recipe('tested', 'crm.contact_created', READ .. NOTE),
    ['b.yaml'] = recipe('told', 'ladle.connection_broken', '  - step: pause\n    wait: 1 ms\n'),
  },
  faults = { fault('get_contact', 1, { expire_token = true }), fault('token', { 2, 3, 4, 5 }, REFUSED) },
  act = function(case)
    case:deliver('a', CREATED)
    case:await_runs('the recipe to be told', function(runs)
      local done = 0
      for _, run in ipairs(runs) do done = done + (run.recipe == 'told' and run.state == 'done' and 1 or 0) end
      return done > 0
    end)
    case:once('healed', function() case:control('faults', json.array {}) end)
    case:command('connect', 'connect', 'crm', '--code', case.stage.app.codes[2])
    await_done(case, 2)
  end,
  check = connected 'crm' }

-- Runs `ladle connect crm --token -` with that token.
local function store_token(stage, token, ...)
  assert(host.write_file(stage:path 'stdin', token))
  local process = assert(host.spawn {
    argv = { '/bin/sh', '-c', 'exec "$0" connect crm --token - "$@" <stdin', stage.ladle, ... }, cwd = stage.folder,
    output = stage:path 'out',
  })
  local code = process:wait(60000)
  assert(code == 0, host.read_file(stage:path 'out'))
  os.remove(stage:path 'stdin')
end

-- The first token is one that the service does not know any more.
scenario { name = 'a second token takes over',
  config = function(text)
    return (text:gsub('auth: oauth', 'auth: token'):gsub('    client_[^\n]*\n', ''):gsub('    token_url[^\n]*\n', ''))
  end,
  connect = function(stage)
    store_token(stage, 'pit-removed-there-0001')
    store_token(stage, stage.app.token, '--next')
  end,
  act = function(case)
    case:deliver('a', CREATED)
    case:await_end(1)
  end,
  check = function(case)
    return connected 'crm' (case) or expect('tokens', 1, #row_of(case.stage, 'crm').tokens)
  end }

-- Agencies ----------------------------------------------------------------------------------------

local AT_LOCATION = { ['a.yaml'] = recipe('tested', 'crm.contact_updated', [[
  - step: made
    use: crm.create_contact
    with: { firstName: = "At " .. meta.location, email: = event.email }
]] .. PATIENT .. [[
  - step: note
    use: crm.create_note
    with: { contactId: = steps.made.contact.id, body: "Of ${meta.id}" }
]] .. PATIENT) }

local function deliver_at(case, key, location)
  case:deliver(key, 'highlevel/contact_updated',
    { locationId = location, email = ('%s@%s.example'):format(key:gsub(' ', '-'), location) })
end

local function deliver_to_two(case)
  deliver_at(case, 'one', 'loc-0001')
  deliver_at(case, 'two', 'loc-0002')
  case:await_end(2)
end

-- The contacts stand in the locations of their events.
local function in_their_locations(case)
  for _, entry in ipairs(case.stage:ledger 'contact_created') do
    local problem = expect('location', entry.email:match '@(.-)%.', entry.locationId)
    if problem then return problem end
  end
  return connected('crm', 'crm/loc-0001', 'crm/loc-0002')(case)
end

local BOTH = { contact_created = 2, note_created = 2 }

scenario { name = 'the answer to an exchange is lost', agency = 2, recipes = AT_LOCATION, effects = BOTH,
  runs = { done = 2 }, act = deliver_to_two,
  faults = { fault('get_location_token', 1, { lose_answer = true }) }, check = in_their_locations }

scenario { name = 'a location whose refresh is refused', agency = 2, recipes = AT_LOCATION, effects = BOTH,
  runs = { done = 2 }, act = deliver_to_two,
  faults = { fault('create_note', 1, { expire_token = true }), fault('token', { 2, 3 }, REFUSED) },
  check = in_their_locations }

local function app_event(case, key, kind, location)
  local app = case.stage.app
  case:deliver(key, 'highlevel/app_' .. kind,
    { appId = app.client_id:match '^[^-]+', locationId = location, companyId = app.company })
end

local function is_installed(case, installed)
  case:once(installed and 'installed' or 'removed', function()
    case:control('installs', { location = 'loc-0001', installed = installed, silent = true })
  end)
end

-- A run is under way when the app is removed; it goes on when the app is back. What came between starts nothing.
scenario { name = 'UNINSTALL and INSTALL', agency = 1, recipes = AT_LOCATION, effects = BOTH, runs = { done = 2 },
  act = function(case)
    case:once('held up', function()
      case:control('faults', json.array { fault('create_note', nil, { status = 503 }) })
    end)
    deliver_at(case, 'before', 'loc-0001')
    case:await('the contact', function() return case:count 'contact_created' > 0 end)
    is_installed(case, false)
    app_event(case, 'gone', 'uninstalled', 'loc-0001')
    case:await_end(1)
    deliver_at(case, 'between', 'loc-0001')
    is_installed(case, true)
    case:once('healed', function() case:control('faults', json.array {}) end)
    app_event(case, 'back', 'installed', 'loc-0001')
    await_done(case, 1)
    deliver_at(case, 'after', 'loc-0001')
    case:await_end(2)
  end,
  check = connected('crm', 'crm/loc-0001') }

-- Batches -----------------------------------------------------------------------------------------

local function folded(case)
  local text = fetch(case, case.stage.url .. '/metrics').body
  return tonumber(text:match '\nladle_calls_folded_total{[^}]*} (%d+)') or 0
end

-- Many runs want the same tag for contacts of theirs. The first call goes alone, as nothing is known of the limit yet,
-- and the others wait for its answer.
scenario { name = 'calls that go as one', effects = { tags_added = 4 }, runs = { done = 16 },
  recipes = { ['a.yaml'] = recipe('tested', 'crm.contact_created', TAG) },
  faults = { fault('add_tags', 1, { delay_ms = 500 }) },
  act = function(case)
    for i = 1, 16 do case:deliver('event ' .. i, CREATED, { id = ({ JOHN, RUBIKA, MINA, TOMAS })[i % 4 + 1] }) end
    case:await_end(16)
    case.folded = case.folded or folded(case)
  end,
  check = function(case)
    if not case.options.point and case.folded == 0 then return 'no call went along with another' end
  end }

return list
