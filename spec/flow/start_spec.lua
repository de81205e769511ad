-- A start: what it refuses (and `ladle check` finds, with the same words at the same place), what it goes on without,
-- and what it says.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local projects = require 'projects'
local stages = require 'stages'

local host, json = flow.host, flow.json

local GOOD = 'recipe: good\nneeds: { door: webhook }\nwhen: [door.received]\ndo:\n  - step: keep\n'
  .. '    use: records.append_activity\n    with: { activity_id: = event.id, contact_id: c1, body: came }\n'
local BROKEN = 'recipe: broken\nneeds: { door: webhook }\nwhen: [door.received]\ndo:\n  - step: x\n    stopp: now\n'
local PART = 'recipe: part\ndo:\n  - step: x\n    stop: here\n'
local CALLER = 'recipe: caller\nneeds: { door: webhook }\nwhen: [door.received]\ndo:\n  - step: x\n    call: broken\n'
local DOOR = '  door: { connector: webhook, verify: none }\n'

local function settings(connections, rest)
  return 'listen: 127.0.0.1:0\n' .. (rest or '') .. 'connections:\n' .. connections
end

local function contains(text, part)
  if not text:find(part, 1, true) then error(('%q is not in:\n%s'):format(part, text), 2) end
end

local function lacks(text, part)
  if text:find(part, 1, true) then error(('%q is in:\n%s'):format(part, text), 2) end
end

-- What a start refuses: ladle.yaml, and what is told of it.
local REFUSED = {
  ['a secret that is not set'] = {
    settings '  door:\n    connector: webhook\n    verify: token\n    secret: ${secret.door}\n',
    'ladle.yaml:6:13: the secret `door` is not set: run `ladle secret set door`',
  },
  ['a secret within longer text, in a list'] = {
    settings '  door:\n    connector: webhook\n    verify: token\n    secrets: [long-enough, "a ${secret.door}"]\n',
    'ladle.yaml:6:28: the secret `door` is not set: run `ladle secret set door`',
  },
  ['a secret that is too short'] = {
    settings '  door:\n    connector: webhook\n    verify: token\n    secret: short\n',
    'ladle.yaml:6:5: the connection `door`: `secret` is too short: a secret has 8 characters at least',
  },
  ['a token at the end of the address that is too short'] = {
    settings '  door:\n    connector: webhook\n    verify: token\n    webhook:\n      token: short\n',
    'ladle.yaml:7:7: the connection `door`: `webhook.token` is too short',
  },
  ['an address with a query'] = {
    settings '  web:\n    connector: http\n    base_url: https://a.test/?x=1\n',
    'ladle.yaml:5:5: the connection `web`: `base_url` has no query',
  },
  ['an http connection without an address'] = {
    settings '  web:\n    connector: http\n',
    'ladle.yaml:3:3: the connection `web`: it needs `base_url`, or `allow_hosts` for whole URLs',
  },
  ['a private address without a word'] = {
    settings '  web:\n    connector: http\n    base_url: http://192.168.1.10/api\n',
    'ladle.yaml:5:5: the connection `web`: `base_url`: 192.168.1.10 is a private address; `allow_private: true`',
  },
  ['a private address that tokens are asked for'] = {
    settings('  web:\n    connector: http\n    base_url: https://a.test\n    auth: oauth\n    client: none\n'
      .. '    client_id: a\n    authorize_url: https://a.test/x\n    token_url: http://localhost:9/token\n'),
    'ladle.yaml:10:5: the connection `web`: `token_url`: localhost is a private address',
  },
  ['a signed text without the body'] = {
    settings('  door:\n    connector: webhook\n    verify: hmac_sha256\n    header: X\n    secret: long-enough\n'
      .. '    timestamp: T\n    signed: "{timestamp}"\n'),
    'ladle.yaml:9:5: the connection `door`: `signed`: a signature that leaves out {body} proves nothing',
  },
  ['a secret that is not written as its scheme writes them'] = {
    settings '  door:\n    connector: webhook\n    verify: standard_webhooks\n    secret: whsec_***\n',
    'ladle.yaml:6:5: the connection `door`: `secret` is not in base64',
  },
  ['a key that its connector does not have'] = {
    settings '  web:\n    connector: http\n    base_url: https://a.test\n    auth: token\n    agency: x\n',
    'ladle.yaml:7:5: unknown key `agency` in a connection of http',
  },
  ['a certificate that is not there'] = {
    settings('  door: { connector: webhook, verify: none }\n', 'tls: { certificate: a.pem, key: b.pem }\n'),
    'ladle.yaml:2:1: tls: cannot open ',
  },
  ['an address that cannot be listened on'] = {
    'listen: 127.0.0.1:http\n', 'ladle.yaml:1:9: `listen`: "127.0.0.1:http" is no address and port to listen on',
  },
  ['a key that does not exist'] = {
    settings(DOOR, 'retenton: { runs: 1 day }\n'),
    'ladle.yaml:2:1: unknown key `retenton` in ladle.yaml',
  },
  ['values for a recipe that is not there'] = {
    settings(DOOR) .. 'inputs:\n  goood: { days: 1 }\n',
    'ladle.yaml:5:3: `inputs` gives values to `goood`, and there is no such recipe',
  },
}

describe('a start', function()
  for what, case in pairs(REFUSED) do
    it('refuses ' .. what .. ', and check finds it', function()
      projects.with({ ['ladle.yaml'] = case[1] }, function(project)
        local code, out = project:run { 'check' }
        assert.are.equal(2, code, out)
        contains(out, case[2])
        assert.is_nil(host.stat(project.folder .. '/data'))
        local run_code, _, err = project:run { 'run' }
        assert.are.equal(2, run_code, err)
        contains(err, case[2])
      end)
    end)
  end

  it('tells all that is wrong with the settings at once, as JSON too', function()
    local two = settings '  a: { connector: http }\n  b: { connector: webhook, verify: token, secret: "${secret.b}" }\n'
    projects.with({ ['ladle.yaml'] = two }, function(project)
      local code, documents = project:json('run', '--json')
      assert.are.equal(2, code)
      assert.are.equal('config', documents[1].error.kind)
      assert.are.equal(2, #documents[1].error.errors)
      assert.are.equal(4, documents[1].error.errors[2].line)
      local _, checked = project:json('check', '--json')
      assert.are.same(documents[1].error.errors, checked[1].errors)
    end)
  end)

  it('names files as the user named the folder', function()
    projects.with({ ['ladle.yaml'] = settings(DOOR, 'lisen: x\n'), ['recipes/broken.yaml'] = BROKEN }, function(project)
      local _, out = project:run { 'check' }
      contains(out, '\nrecipes/broken.yaml:6:5: ')
      assert.are.equal(1, out:find('ladle.yaml:2:1: ', 1, true))
      contains(select(2, project:run { 'check', 'recipes/' }), '\nrecipes/broken.yaml:6:5: ')
      local place = '../' .. project.folder:match '[^/]+$'
      for _, command in ipairs { 'check', 'run', 'runs' } do
        local _, shown, err = project:run { command, '-C', place }
        contains(shown .. err, place .. '/ladle.yaml:2:1: ')
      end
      contains(select(2, project:run { 'check', '-C', place }), '\n' .. place .. '/recipes/broken.yaml:6:5: ')
    end)
  end)
end)

describe('a call that has nowhere to go', function()
  it('is found where its URL is a path', function()
    local recipe = 'recipe: r\nneeds: { web: http }\nwhen: [ladle.run_dead]\ndo:\n  - step: a\n    use: web.get\n'
      .. '    with: { url: /orders }\n  - step: b\n    use: web.get\n    with: { url: https://files.test/x }\n'
    projects.with({ ['ladle.yaml'] = settings '  web: { connector: http, allow_hosts: [files.test] }\n',
                    ['recipes/r.yaml'] = recipe }, function(project)
      local code, out = project:run { 'check' }
      assert.are.equal(1, code, out)
      contains(out, 'recipes/r.yaml:7:18: the connection `web` has no `base_url`, so `url` has to be a whole URL')
      contains(out, '1 error')
    end)
  end)

  it('is found where its operation has a path', function()
    local connector = "return { name = 'desk', title = 'Desk', auth = { kinds = { 'none' } }, events = {},\n"
      .. "  operations = { list = { method = 'GET', path = '/v1', summary = 'List', input = {}, output = {} } } }\n"
    local recipe = 'recipe: r\nneeds: { desk: desk }\nwhen: [ladle.run_dead]\ndo:\n  - step: a\n    use: desk.list\n'
    projects.with({ ['ladle.yaml'] = settings '  desk: { connector: desk }\n' }, function(project)
      host.mkdir(project.folder .. '/scripts')
      host.mkdir(project.folder .. '/scripts/connectors')
      project:write('scripts/connectors/desk.lua', connector)
      project:write('recipes/r.yaml', recipe)
      local code, out = project:run { 'check' }
      assert.are.equal(1, code, out)
      contains(out, 'recipes/r.yaml:6:10: the connection `desk` has no `base_url`, which desk.list needs')
    end)
  end)
end)

describe('a broken recipe', function()
  it('does not stop the others', function()
    local recipes = { ['good.yaml'] = GOOD, ['broken.yaml'] = BROKEN, ['part.yaml'] = PART, ['caller.yaml'] = CALLER }
    flow.on_stage(recipes, { connections = DOOR, lenient = true }, function(stage)
      assert.are.equal(202, (stage:post('door', '{"id":"a1"}')))
      local run = flow.only_run(stage)
      assert.are.equal('good', run.recipe)
      assert.are.equal('done', run.state)
      local log = assert(host.read_file(stage:path 'engine.log'))
      contains(log, '2 recipes are in force: good, part\n')
      contains(log, 'error recipe: recipes/broken.yaml:6:5: ')
      contains(log, 'recipes/caller.yaml:6:11: the recipe `broken` has errors: recipes/broken.yaml:5:5: ')
      contains(log, '2 recipes are broken and do not run')
      contains(log, 'recipes/part.yaml:1: part: nothing starts it: it has no `when`, and no recipe calls it')
      assert.are.equal(200, host.fetch { url = stage.url .. '/healthz' }.status)
      contains(host.fetch { url = stage.url .. '/metrics' }.body, 'ladle_recipes_broken 2\n')
    end)
  end)

  it('lets the runs that it began end, on the version that they began with', function()
    local task = 'recipe: task\nneeds: { crm: highlevel, door: webhook }\nwhen: [door.received]\ndo:\n  - step: a\n'
      .. '    use: crm.create_note\n    with: { contactId: = event.id, body: kept }\n'
    local faults = { { match = { operation = 'create_note', times = 1 }, ['do'] = { status = 503 } } }
    flow.on_stage({ ['task.yaml'] = task }, { connections = DOOR, faults = faults, lenient = true }, function(stage)
      local contact = stages.crm(stage, 'POST', '/contacts/', { locationId = stage.app.location, firstName = 'Ann' })
      assert.are.equal(202, (stage:post('door', json.encode { id = contact.contact.id })))
      stage.wait_for('the first try', 20000, function()
        local run = stage:runs()[1]
        return run and flow.show(stage, run.id).steps[1] ~= nil
      end)
      stage:kill_engine()
      assert(host.write_file(stage:path 'recipes/task.yaml', (task:gsub('create_note', 'create_nots'))))
      stage:start_engine()
      assert.are.equal('done', flow.only_run(stage).state)
      assert.are.equal('kept', stage:ledger('note_created')[1].body)
    end)
  end)

  it('is counted in the line for programs', function()
    projects.with({ ['ladle.yaml'] = settings(DOOR), ['recipes/good.yaml'] = GOOD, ['recipes/broken.yaml'] = BROKEN },
      function(project)
        local output = project.folder .. '/run.log'
        local engine = assert(host.spawn {
          argv = { host.env 'LADLE', 'run', '--json' }, cwd = project.folder, output = output,
        })
        local line
        local ok, problem = pcall(function()
          line = flow.stage({}).wait_for('the line', 20000, function()
            return (host.read_file(output) or ''):match '{"listening"[^\n]*\n'
          end)
        end)
        engine:kill 'TERM'
        engine:wait(20000)
        assert(ok, problem)
        local said = json.decode(line)
        assert.are.equal(1, said.recipes)
        assert.are.equal(1, said.broken)
      end)
  end)

  it('is refused with --strict', function()
    projects.with({ ['ladle.yaml'] = settings(DOOR), ['recipes/good.yaml'] = GOOD, ['recipes/broken.yaml'] = BROKEN },
      function(project)
        local code, out, err = project:run { 'run', '--strict' }
        assert.are.equal(2, code)
        assert.are.equal('', out)
        contains(err, 'recipes/broken.yaml:6:5: ')
        contains(err, 'nothing was started')
        assert.is_nil(host.stat(project.folder .. '/data'))
        local json_code, documents = project:json('run', '--strict', '--json')
        assert.are.equal(2, json_code)
        assert.are.equal(1, #documents)
        assert.are.equal('recipes/broken.yaml', documents[1].error.errors[1].file)
        assert.are.equal(1, (project:run { 'check' }))
      end)
  end)
end)

describe('a recipe that nothing starts', function()
  it('is no error, and check warns of it', function()
    projects.with({ ['ladle.yaml'] = settings(DOOR), ['recipes/part.yaml'] = PART }, function(project)
      local code, out = project:run { 'check' }
      assert.are.equal(0, code)
      contains(out, 'recipes/part.yaml:1: warning: nothing starts it: it has no `when`, and no recipe calls it')
      assert.are.equal(0, (project:run { 'check', 'recipes/part.yaml' }))
    end)
  end)
end)

describe('the log of a start', function()
  it('tells the recipes in force, a long list cut', function()
    local recipes = {}
    for i = 10, 23 do recipes['r' .. i .. '.yaml'] = (GOOD:gsub('recipe: good', 'recipe: r' .. i)) end
    flow.on_stage(recipes, { connections = DOOR }, function(stage)
      local log = assert(host.read_file(stage:path 'engine.log'))
      contains(log, '14 recipes are in force: r10, r11, r12, r13, r14, r15, r16, r17, r18, r19, r20, r21 and 2 more\n')
    end)
  end)

  it('tells the address of each hook, and no token', function()
    flow.on_stage({}, { connections = DOOR }, function(stage)
      local log = assert(host.read_file(stage:path 'engine.log'))
      contains(log, ('door takes webhooks at %s/hooks/door\n'):format(stage.url))
      contains(log, ('quotes takes webhooks at %s/hooks/quotes/<its token>\n'):format(stage.url))
      lacks(log, 'stage-hook-token')
      lacks(log, 'records takes webhooks')
      lacks(log, 'not authorised')
    end)
  end)

  it('tells hooks under the public address', function()
    local stage = flow.stage({})
    stages.with(stage, function()
      stage:start_sandbox()
      local yaml = assert(host.read_file(stage:path 'ladle.yaml'))
      assert(host.write_file(stage:path 'ladle.yaml', 'public_url: https://hooks.example.com/x/\n' .. yaml))
      stage:connect()
      stage:start_engine()
      contains(host.read_file(stage:path 'engine.log'), 'crm takes webhooks at https://hooks.example.com/x/hooks/crm\n')
    end)
  end)

  it('tells what to type where a connection is not authorised, and it works', function()
    local connections = '  key: { connector: http, auth: token, base_url: https://a.test }\n'
    local stage = flow.stage({}, { connections = connections })
    stages.with(stage, function()
      stage:start_sandbox()
      stage:start_engine()
      local log = host.read_file(stage:path 'engine.log')
      contains(log, 'crm is not authorised: run `ladle connect crm`\n')
      local typed = assert(log:match 'key is not authorised: run `ladle ([^`]+)`\n', log)
      assert.are.equal('connect key', typed)
      local words = {}
      for word in typed:gmatch '%S+' do words[#words + 1] = word end
      local process = assert(host.spawn {
        argv = { '/bin/sh', '-c', 'echo a-private-token | "$0" "$@"', stage.ladle, table.unpack(words) },
        cwd = stage.folder, env = { STAGE_CLIENT_SECRET = stage.app.client_secret },
      })
      assert.are.equal(0, (process:wait(20000)))
      local states = {}
      for _, row in ipairs((stage:cli('connections', '--json'))) do states[row.name] = row.state end
      assert.are.equal('connected', states.key)
      assert.are.equal('new', states.crm)
    end)
  end)
end)

describe('a store of an earlier release', function()
  it('is no error of check: the start brings it up to date', function()
    local yaml = settings '  door: { connector: webhook, verify: token, secret: "${secret.x}" }\n'
    projects.with({ ['ladle.yaml'] = yaml }, function(project)
      host.mkdir(project.folder .. '/data')
      project:write('data/ladle.db', assert(host.read_file 'spec/flow/stores/version-1.db'))
      local code, out = project:run { 'check' }
      assert.are.equal(0, code, out)
      project:write('data/ladle.db', 'no database at all, but long enough to be looked at as one')
      local broken_code, broken_out = project:run { 'check' }
      assert.are.equal(2, broken_code)
      contains(broken_out, 'ladle.yaml: ')
    end)
  end)
end)
