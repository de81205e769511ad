-- A connection's life: authorised in three ways, its token refreshed once for all who wait, broken and mended, and its
-- secrets nowhere to be read.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local stages = require 'stages'

local host, json = flow.host, flow.json

local READ_ONE = [[
recipe: read-one
needs: { crm: highlevel }
when: [crm.contact_updated]
do:
  - step: contact
    use: crm.get_contact
    with: { contactId: = event.id }
    retry: { tries: 3, first: 100ms, longest: 100ms, jitter: none }
]]

local THREE_STEPS = [[
recipe: three-steps
needs: { crm: highlevel }
when: [crm.contact_created]
do:
  - step: task
    use: crm.create_task
    with: { contactId: = event.id, title: Call, dueDate: "2026-12-01T09:00:00Z", completed: false }
  - step: note
    use: crm.create_note
    with: { contactId: = event.id, body: Called }
  - step: tag
    use: crm.add_tags
    with: { contactId: = event.id, tags: [called] }
]]

local RECIPES = { ['read.yaml'] = READ_ONE, ['three.yaml'] = THREE_STEPS }
local CONTACT = 'nmFmQEsNgz6AVpgLVUJ0' -- of the sandbox

-- A stage whose sandbox runs, with a connection that nobody has authorised yet.
local function on_new_connection(options, body)
  local stage = flow.stage(RECIPES, options)
  stages.with(stage, function()
    stage:start_sandbox()
    body(stage)
  end)
end

-- Runs a command with `text` on its stdin: the JSON document that it printed, and its exit code.
local function cli_with(stage, text, ...)
  local path = stage:path 'stdin'
  assert(host.write_file(path, text))
  local process = assert(host.spawn {
    argv = { '/bin/sh', '-c', 'exec "$0" "$@" <stdin', stage.ladle, ... }, cwd = stage.folder,
    output = stage:path 'out', env = { STAGE_CLIENT_SECRET = stage.app.client_secret },
  })
  local code = process:wait(60000)
  local shown
  for line in host.read_file(stage:path 'out'):gmatch '[^\n]+' do shown = json.try_decode(line) or shown end
  os.remove(path)
  return shown, code
end

-- A pair of tokens, asked for as another installation would.
local function grant(stage, code)
  local answer = assert(host.fetch {
    method = 'POST', url = stage.app.url .. '/oauth/token', timeout_ms = 60000,
    headers = { ['Content-Type'] = 'application/x-www-form-urlencoded' },
    body = ('client_id=%s&client_secret=%s&grant_type=authorization_code&code=%s'):format(stage.app.client_id,
      stage.app.client_secret, code),
  })
  return json.decode(answer.body)
end

-- Changes ladle.yaml: the connection takes a token that does not expire.
local function use_private_token(stage)
  local config = host.read_file(stage:path 'ladle.yaml'):gsub('auth: oauth', 'auth: token')
  config = config:gsub('    client_[^\n]*\n', ''):gsub('    token_url[^\n]*\n', '')
  assert(host.write_file(stage:path 'ladle.yaml', config))
end

local function state_of(stage, name)
  for _, row in ipairs((stage:cli('connections', '--json'))) do
    if row.name == name then return row end
  end
end

local function read_once(stage)
  return stages.run_of(stage, 'contact_updated', { id = CONTACT }, 'read-one')
end

describe('a connection is authorised', function()
  it('by a code', function()
    on_new_connection(nil, function(stage)
      assert.are.equal('new', state_of(stage, 'crm').state)
      local shown, code = stage:cli('connect', 'crm', '--code', stage.app.code, '--json')
      assert.are.equal(0, code)
      assert.are.equal('connected', shown[1].state)
      local row = state_of(stage, 'crm')
      assert.are.equal('connected', row.state)
      assert.are.equal(json.null, row.reason)
      assert.are.equal(stage.app.location, row.account)
      assert.is_string(row.expires_at)
      assert.is_truthy(row.scopes:find('contacts.write', 1, true))
      assert.are.equal(1, #stage:ledger 'token_issued')
      stage:start_engine()
      assert.are.equal('done', read_once(stage).state)
    end)
  end)

  it('by a code once only, and a refusal leaves it as it was', function()
    on_new_connection(nil, function(stage)
      stage:connect()
      local shown, code = stage:cli('connect', 'crm', '--code', stage.app.code, '--json')
      assert.are.equal(1, code)
      assert.are.equal('auth', shown[1].error.kind)
      assert.are.equal('connected', state_of(stage, 'crm').state)
    end)
  end)

  it('by a refresh token, which is used up by it', function()
    on_new_connection(nil, function(stage)
      local pair = grant(stage, stage.app.codes[2])
      local line = pair.refresh_token .. '\n'
      local shown, code = cli_with(stage, line, 'connect', 'crm', '--refresh-token', '-', '--json')
      assert.are.equal(0, code)
      assert.are.equal('connected', shown.state)
      assert.are.equal(1, #stage:ledger 'token_refreshed')
      shown, code = cli_with(stage, line, 'connect', 'crm', '--refresh-token', '-', '--json')
      assert.are.equal(1, code)
      assert.are.equal('auth', shown.error.kind)
      stage:start_engine()
      assert.are.equal('done', read_once(stage).state)
      assert.are.equal(1, #stage:ledger 'token_refreshed')
    end)
  end)

  it('by a private token', function()
    on_new_connection(nil, function(stage)
      use_private_token(stage)
      local shown, code = cli_with(stage, stage.app.token, 'connect', 'crm', '--token', '-', '--json')
      assert.are.equal(0, code)
      assert.are.equal('connected', shown.state)
      assert.are.equal(json.null, shown.expires_at)
      stage:start_engine()
      assert.are.equal('done', read_once(stage).state)
      assert.are.equal(0, #stage:ledger 'token_issued')
    end)
  end)

  it('while the engine runs, which notices', function()
    on_new_connection(nil, function(stage)
      stage:start_engine()
      local parked = read_once(stage)
      assert.are.equal('parked', parked.state)
      assert.are.equal('auth', parked.error.kind)
      assert.is_truthy(parked.error.message:find('ladle connect crm', 1, true))
      stage:connect()
      -- The engine looks at the store in its own time.
      stage.wait_for('a run that is done', 60000, function() return read_once(stage).state == 'done' end)
      -- What was parked for the connection goes on by itself.
      stages.ended(stage, function(run) return run.id == parked.id and run.state == 'done' end)
    end)
  end)

  it('only with what the service accepts: a wrong code is refused with its words', function()
    on_new_connection(nil, function(stage)
      local _, code, text = stage:cli('connect', 'crm', '--code', 'no-such-code')
      assert.are.equal(1, code)
      assert.is_truthy(text:find('authorization code is invalid', 1, true), text)
      assert.are.equal('new', state_of(stage, 'crm').state)
    end)
  end)

  it('not where the service cannot be reached, and the exit code says so', function()
    on_new_connection(nil, function(stage)
      stage.sandbox:kill 'KILL'
      stage.sandbox:wait(60000)
      stage.sandbox = nil
      assert.are.equal(3, (select(2, stage:cli('connect', 'crm', '--code', 'any'))))
    end)
  end)
end)

describe('an expired token', function()
  -- Posts `count` events at once, and waits for the answers.
  local function deliver_all(stage, count)
    local accepted = 0
    for _ = 1, count do
      local event = flow.sample 'contact_updated'
      event.id = CONTACT
      local body = json.encode(event)
      host.fetch({ method = 'POST', url = stage.url .. '/hooks/crm', body = body, timeout_ms = 60000,
                   headers = { ['Content-Type'] = 'application/json', ['X-GHL-Signature'] = stage.key:sign(body) } },
        function(answer) accepted = accepted + (answer and answer.status == 202 and 1 or 0) end)
    end
    stage.wait_for('all events to be accepted', 60000, function() return accepted == count end)
  end

  local function assert_all_done(stage, count)
    local runs = stage:settle()
    assert.are.equal(count, #runs)
    for _, run in ipairs(runs) do assert.are.equal('done', run.state) end
  end

  it('is refreshed once for many runs that are refused at the same time', function()
    flow.on_stage(RECIPES, nil, function(stage)
      read_once(stage) -- a young engine lets one call go alone, to learn the limits
      local first = { match = { operation = 'get_contact', nth = 1 }, ['do'] = { expire_token = true, delay_ms = 300 } }
      stages.faults(stage, first)
      deliver_all(stage, 50)
      assert_all_done(stage, 51)
      assert.are.equal(1, #stage:ledger 'token_refreshed')
      assert.is_true(stages.control(stage, 'state').answers['401'] > 1)
    end)
  end)

  it('is refreshed once where it has expired by the clock', function()
    on_new_connection(nil, function(stage)
      stages.control(stage, 'settings', { access_token_s = 1 })
      stage:connect()
      stages.control(stage, 'settings', { access_token_s = 86399 })
      stage:start_engine()
      deliver_all(stage, 20)
      stage.wait_for('the refresh', 60000, function() return #stage:ledger 'token_refreshed' > 0 end)
      deliver_all(stage, 20)
      assert_all_done(stage, 40)
      assert.are.equal(1, #stage:ledger 'token_refreshed')
      assert.are.equal(0, #stage:ledger 'token_refused')
    end)
  end)

  it('is refreshed ahead of its expiry, without a run that needs it', function()
    on_new_connection(nil, function(stage)
      stages.control(stage, 'settings', { access_token_s = 2 })
      stage:connect()
      stages.control(stage, 'settings', { access_token_s = 86399 })
      stage:start_engine()
      stage.wait_for('the refresh', 60000, function() return #stage:ledger 'token_refreshed' == 1 end)
      assert.are.equal('done', read_once(stage).state)
      assert.is_nil(stages.control(stage, 'state').answers['401'])
    end)
  end)

  it('in the middle of a run changes nothing of what the run does', function()
    flow.on_stage(RECIPES, nil, function(stage)
      stages.faults(stage, { match = { operation = 'create_note', nth = 1 }, ['do'] = { expire_token = true } })
      local run = stages.run_of(stage, 'contact_created')
      assert.are.equal('done', run.state)
      assert.are.equal(1, #stage:ledger 'task_created')
      assert.are.equal(1, #stage:ledger 'note_created')
      assert.are.equal(1, #stage:ledger 'tags_added')
      assert.are.equal(1, #stage:ledger 'token_refreshed')
      assert.are.equal(1, flow.show(stage, run.id).steps[2].attempts)
    end)
  end)

  it('waits for a token endpoint that is down, and runs go on', function()
    flow.on_stage(RECIPES, nil, function(stage)
      stages.faults(stage,
        { match = { operation = 'get_contact', nth = 1 }, ['do'] = { expire_token = true } },
        { match = { operation = 'token', times = 1 }, ['do'] = { status = 503 } })
      local run = read_once(stage)
      assert.are.equal('done', run.state)
      assert.are.equal(1, #stage:ledger 'token_refreshed')
      assert.are.equal('connected', state_of(stage, 'crm').state)
    end)
  end)
end)

describe('a refresh that is refused', function()
  local stage, parked

  setup(function()
    stage = stages.open(RECIPES)
    stages.faults(stage,
      { match = { operation = 'create_note', nth = 1 }, ['do'] = { expire_token = true } },
      { match = { operation = 'token' },
        ['do'] = { status = 400, body = { error = 'invalid_grant', error_description = 'The grant was withdrawn' } } })
    parked = stages.run_of(stage, 'contact_created')
    stages.faults(stage)
  end)
  teardown(function() stages.close(stage) end)

  it('parks the run, and says what to do', function()
    assert.are.equal('parked', parked.state)
    assert.are.equal('note', parked.step)
    assert.are.equal('auth', parked.error.kind)
    assert.is_truthy(parked.error.message:find('run `ladle connect crm`', 1, true), parked.error.message)
  end)

  it('shows the connection as broken, with the reason', function()
    local row = state_of(stage, 'crm')
    assert.are.equal('broken', row.state)
    assert.is_truthy(row.reason:find('The grant was withdrawn', 1, true), row.reason)
    assert.is_string(row.since)
    local _, code, text = stage:cli 'connections'
    assert.are.equal(0, code)
    assert.is_truthy(text:find('broken', 1, true))
  end)

  it('is listed for a person, and asks the service for nothing more', function()
    local asked = stages.control(stage, 'state').requests
    assert.are.equal('parked', read_once(stage).state)
    assert.are.equal(asked, stages.control(stage, 'state').requests)
    local ids = {}
    for _, run in ipairs((stage:cli('dead', '--json'))) do ids[run.id] = run.state end
    assert.are.equal('parked', ids[parked.id])
  end)

  it('stands after a restart of the engine', function()
    assert.are.equal(0, stage:stop_engine())
    stage:start_engine()
    assert.are.equal('broken', state_of(stage, 'crm').state)
    assert.are.equal('parked', read_once(stage).state)
  end)

  it('is mended by ladle connect: runs go on from the step that they stood at', function()
    assert.are.equal(0, (select(2, stage:cli('connect', 'crm', '--code', stage.app.codes[2]))))
    assert.are.equal('connected', state_of(stage, 'crm').state)
    stage.wait_for('a new run to be done', 60000, function() return read_once(stage).state == 'done' end)
    stages.ended(stage, function(run) return run.id == parked.id and run.state == 'done' end)
    for _, run in ipairs(stage:settle()) do assert.are.equal('done', run.state) end
    assert.are.equal(1, #stage:ledger 'task_created')
    assert.are.equal(1, #stage:ledger 'note_created')
  end)
end)

describe('a static token that the service refuses', function()
  it('breaks the connection and parks the run', function()
    on_new_connection(nil, function(stage)
      use_private_token(stage)
      stage:cli('connect', 'crm', '--token', 'pit-of-somebody-else')
      stage:start_engine()
      local run = read_once(stage)
      assert.are.equal('parked', run.state)
      assert.are.equal('auth', run.error.kind)
      assert.are.equal('broken', state_of(stage, 'crm').state)
    end)
  end)
end)

describe('a secret', function()
  -- Where tokens of the sandbox begin: a header that all have in common.
  local JWT = 'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.'
  local SHOP_TOKEN = 'shop-token-7d1e55aa90'
  local HEADER_TOKEN = 'door-token-0c4b7e21f3'

  local SHOP = [[
  shop:
    connector: http
    base_url: %s
    allow_private: true
    auth: token
    token: ${env.SHOP_TOKEN}
  door:
    connector: webhook
    verify: token
    header: X-Door
    secret: ${env.DOOR_TOKEN}
]]

  local LEAKY = [[
recipe: leaky
needs: { shop: http, door: webhook }
when: [door.received]
do:
  - step: fails
    use: shop.get
    with: { url: /refuse }
    on_error: continue
  - step: echo
    use: shop.post
    with: { url: /echo, json: = event }
]]

  -- A service that tells everything it was sent, in its answers and in its errors.
  local function tell_all(request)
    local text = json.encode { message = 'you sent ' .. tostring(request.headers.authorization), request = request }
    return { status = request.path == '/refuse' and 422 or 200, body = text,
             headers = { ['Content-Type'] = 'application/json' } }
  end

  -- Every file below the folder, but those in which the sandbox itself says what its secrets are.
  local function files_of(folder, out)
    for _, name in ipairs(assert(host.list(folder))) do
      local path = folder .. '/' .. name
      if host.stat(path).kind == 'folder' then
        files_of(path, out)
      elseif name ~= 'sandbox.log' then
        out[#out + 1] = path
      end
    end
    return out
  end

  it('stands in no log, no journal, no output of a command and no file', function()
    local address, server = host.serve { on_request = tell_all }
    local options = { connections = SHOP:format('http://' .. address),
                      env = { SHOP_TOKEN = SHOP_TOKEN, DOOR_TOKEN = HEADER_TOKEN } }
    local recipes = { ['leaky.yaml'] = LEAKY, ['three.yaml'] = THREE_STEPS }
    flow.on_stage(recipes, options, function(stage)
      stages.faults(stage, { match = { operation = 'create_note', nth = 1 }, ['do'] = { expire_token = true } })
      assert.are.equal('done', stages.run_of(stage, 'contact_created').state)
      assert.are.equal(1, #stage:ledger 'token_refreshed')
      local status, event = stage:post('door', '{"a":1}', { ['X-Door'] = HEADER_TOKEN })
      assert.are.equal(202, status)
      local leaky = stages.ended(stage, function(run) return run.event_id == event.id end)
      assert.are.equal('done', leaky.state)
      cli_with(stage, 'a-value-of-a-user-4411', 'secret', 'set', 'shop_key')

      local outputs = {}
      for _, run in ipairs(stage:runs()) do outputs[#outputs + 1] = select(3, stage:cli('show', run.id, '--json')) end
      for _, one in ipairs(stage:events()) do outputs[#outputs + 1] = select(3, stage:cli('show', one.id, '--json')) end
      for _, command in ipairs { 'connections', 'runs', 'events' } do
        outputs[#outputs + 1] = select(3, stage:cli(command, '--json'))
      end
      outputs[#outputs + 1] = select(3, stage:cli('secret', 'list', '--json'))
      local joined = table.concat(outputs, '\n')
      assert.is_truthy(joined:find('you sent', 1, true)) -- the answers were kept, without the token

      -- While it runs (the write-ahead log is there), and after it has ended.
      local kept = { output = joined }
      local function read_files()
        for _, path in ipairs(files_of(stage.folder, {})) do
          kept[path .. ' ' .. tostring(stage.engine)] = assert(host.read_file(path))
        end
      end
      read_files()
      assert.are.equal(0, stage:stop_engine())
      read_files()
      local secrets = { stage.app.client_secret, JWT, SHOP_TOKEN, HEADER_TOKEN, 'a-value-of-a-user-4411' }
      for where, text in pairs(kept) do
        for i, secret in ipairs(secrets) do
          assert.is_nil(text:find(secret, 1, true), ('secret %d stands in %s'):format(i, where))
        end
      end
      assert.are.equal(tonumber('600', 8), host.stat(stage:path 'data/key').mode & tonumber('777', 8))
    end)
    server:close()
  end)
end)
