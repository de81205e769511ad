-- The command line as people and programs meet it: help, JSON with the fields that others rely on, exit codes, `check`
-- on anything, secrets, and signals.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local projects = require 'projects'
local stages = require 'stages'

local host, json = flow.host, flow.json
local new_project, with_project = projects.new, projects.with

local COMMANDS = { 'run', 'check', 'demo', 'sandbox', 'send', 'connect', 'connections', 'ops', 'secret', 'records',
                   'events', 'runs', 'dead', 'show', 'retry', 'replay', 'lua' }

local TASK = [[
recipe: task
needs: { crm: highlevel }
when: [crm.contact_created]
key: = event.id
do:
  - step: follow_up
    use: crm.create_task
    with: { contactId: = event.id, title: "Call ${event.firstName}", dueDate: "2026-12-01T09:00:00Z", completed: false }
    retry: once
]]

local function sorted_keys(object)
  local names = {}
  for name in pairs(object) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function names(text)
  local out = {}
  for name in text:gmatch '%S+' do out[#out + 1] = name end
  table.sort(out)
  return out
end

describe('every command', function()
  local project
  setup(function() project = new_project() end)
  teardown(function() host.rm_rf(project.folder) end)

  for _, name in ipairs(COMMANDS) do
    it('explains itself: ' .. name, function()
      local code, out, err = project:run { name, '--help' }
      assert.are.equal(0, code)
      assert.are.equal('', err)
      assert.is_truthy(out:find('usage: ladle ' .. name, 1, true))
      assert.is_truthy(out:lower():find('examples:\n  ladle ' .. name), out)
      assert.is_truthy(out:find('--json', 1, true))
    end)

    it('refuses an option that it does not know: ' .. name, function()
      local code, out, err = project:run { name, '--no-such-option' }
      assert.are.equal(2, code)
      assert.are.equal('', out)
      assert.is_truthy(err:find('no-such-option', 1, true), err)
    end)
  end

  it('is listed by ladle --help', function()
    local code, out = project:run { '--help' }
    assert.are.equal(0, code)
    for _, name in ipairs(COMMANDS) do assert.is_truthy(out:find('\n  ' .. name .. ' ', 1, true), name) end
  end)

  it('is suggested where it is mistyped', function()
    for wrong, right in pairs { chekc = 'check', recrods = 'records', connection = 'connections', runns = 'runs' } do
      local code, _, err = project:run { wrong }
      assert.are.equal(2, code)
      assert.is_truthy(err:find('is "' .. right .. '" meant?', 1, true), err)
    end
  end)

  it('tells its errors as JSON with --json', function()
    local code, out = project:run { 'runs', '--limit', 'many', '--json' }
    assert.are.equal(2, code)
    local problem = json.decode(out).error
    assert.are.same(names 'kind message status', sorted_keys(problem))
    assert.are.equal('config', problem.kind)
  end)

  it('needs a ladle.yaml, and says so', function()
    local empty = host.mkdtemp()
    for _, name in ipairs { 'run', 'check', 'runs', 'events', 'dead', 'connections' } do
      local code, out, err = project:run { name, '-C', empty }
      assert.are.equal(2, code, name)
      assert.is_truthy((out .. err):find('ladle.yaml', 1, true), name)
    end
    host.rm_rf(empty)
  end)

  it('tells the version', function()
    local code, out = project:run { '--version' }
    assert.are.equal(0, code)
    assert.is_truthy(out:match '^ladle %d+%.%d+%.%d+\n$')
  end)
end)

describe('JSON', function()
  local stage, run

  setup(function()
    stage = stages.open({ ['task.yaml'] = TASK }, { connections = '  door: { connector: webhook, verify: none }\n' })
    run = stages.run_of(stage, 'contact_created')
  end)
  teardown(function() stages.close(stage) end)

  it('of an event has its fields', function()
    local event = stages.pick(stage:events(), function(one) return one.id == run.event_id end)[1]
    assert.are.same(names 'id connection type key received_at runs duplicate_of note', sorted_keys(event))
    assert.are.equal('crm', event.connection)
    assert.are.equal('contact_created', event.type)
    assert.are.equal(1, event.runs)
    assert.are.equal(json.null, event.duplicate_of)
  end)

  it('of a run has its fields', function()
    for _, name in ipairs(names 'id recipe event_id key state attempts step created_at updated_at error') do
      assert.is_not_nil(run[name], name)
    end
    assert.are.equal('done', run.state)
    assert.are.equal(1, run.attempts)
    assert.are.equal(json.null, run.error)
  end)

  it('of a run that failed tells the error', function()
    stages.faults(stage, { match = { operation = 'create_task', nth = 1 }, ['do'] = { status = 400 } })
    local dead = stages.run_of(stage, 'contact_created')
    assert.are.equal('dead', dead.state)
    assert.are.same(names 'kind message status', sorted_keys(dead.error))
    assert.are.equal(400, dead.error.status)
  end)

  it('of ladle show has the steps with their fields', function()
    local shown = flow.show(stage, run.id)
    assert.are.equal(run.id, shown.id)
    for _, name in ipairs { 'name', 'state', 'attempts', 'started_at', 'ended_at', 'input', 'output', 'error' } do
      assert.is_not_nil(shown.steps[1][name], name)
    end
  end)

  it('of an event in ladle show has the payload and its runs', function()
    local shown = flow.show(stage, run.event_id)
    assert.are.equal('ContactCreate', shown.payload.type)
    assert.are.equal(run.id, shown.started[1].id)
  end)

  it('of ladle ops has its fields, for every trigger and action', function()
    local list, code = stage:cli('ops', '--json')
    assert.are.equal(0, code)
    local kinds = { trigger = 0, action = 0 }
    for _, entry in ipairs(list) do
      for _, name in ipairs(names 'name kind method path scopes input') do assert.is_not_nil(entry[name], name) end
      kinds[entry.kind] = kinds[entry.kind] + 1
    end
    assert.is_true(kinds.trigger >= 16 and kinds.action >= 22)
    local one = stage:cli('ops', 'crm.create_task', '--json')
    assert.are.equal(1, #one)
    assert.are.equal('POST', one[1].method)
    assert.are.equal('/contacts/{contactId}/tasks', one[1].path)
    assert.are.equal('contacts.write', table.concat(one[1].scopes, ' '))
    assert.is_true(one[1].input.title.required)
  end)

  it('of ladle ops names every operation of the mission', function()
    local known = {}
    for _, entry in ipairs((stage:cli('ops', 'highlevel', '--json'))) do known[entry.name] = entry.kind end
    for name in ([[get_contact get_all_tasks get_task get_all_notes get_note get_appointments_for_contact get_contacts
      get_contacts_by_business_id create_contact update_contact delete_contact create_task update_task
      update_task_completed delete_task add_tags upsert_contact search_contacts_advanced create_note update_note
      delete_note remove_tags]]):gmatch '%S+' do
      assert.are.equal('action', known['highlevel.' .. name], name)
    end
    for name in ([[contact_created contact_updated contact_deleted contact_tag_updated note_created note_updated
      note_deleted task_created task_completed task_deleted appointment_created appointment_updated
      appointment_deleted new_lead]]):gmatch '%S+' do
      assert.are.equal('trigger', known['highlevel.' .. name], name)
    end
  end)

  it('of ladle connections has its fields', function()
    for _, row in ipairs((stage:cli('connections', '--json'))) do
      local fields = 'name connector state reason since expires_at scopes account breaker webhook tokens advice gaps'
      assert.are.same(names(fields), sorted_keys(row))
    end
  end)

  it('of ladle records has its fields', function()
    local args = { 'records', 'add', 'activity', '--contact', 'c1', '--text', 'Called', '--id', 'own-1', '--json' }
    local shown, code = stage:cli(table.unpack(args))
    assert.are.equal(0, code)
    assert.are.equal('created', shown[1].change)
    local again = stage:cli(table.unpack(args))
    assert.are_not.equal('created', again[1].change)
    local rows = stage:cli('records', 'activities', '--json', '--contact', 'c1')
    assert.are.equal(1, #rows)
    local fields = 'id kind source source_id contact_id origin version created_at updated_at deleted_at fields'
    assert.are.same(names(fields), sorted_keys(rows[1]))
    assert.are.equal('Called', rows[1].fields.body)
  end)

  it('of GET /healthz tells the version', function()
    local answer = host.fetch { url = stage.url .. '/healthz', timeout_ms = 60000 }
    assert.are.equal(200, answer.status)
    assert.is_truthy(json.decode(answer.body).version:match '^%d+%.%d+%.%d+$')
  end)

  it('is chosen by the options of the lists', function()
    assert.are.equal(0, #stage:runs('--state', 'parked'))
    assert.are.equal(0, #stage:runs('--recipe', 'no-such-recipe'))
    assert.are.equal(1, #(stage:cli('runs', '--json', '--limit', '1')))
    assert.are.equal(2, (select(2, stage:cli('runs', '--state', 'sleeping'))))
    assert.are.equal(2, (select(2, stage:cli('runs', '--since', 'yesterdayish'))))
    local ended = stage:runs('--state', 'done,dead')
    assert.is_true(#ended > 0)
    for _, one in ipairs(ended) do assert.is_true(one.state == 'done' or one.state == 'dead') end
  end)
end)

describe('an exit code', function()
  it('is 1 where the answer is no', function()
    with_project({ ['recipes/task.yaml'] = TASK:gsub('create_task', 'create_tasc') }, function(project)
      assert.are.equal(1, (project:run { 'check' }))
      assert.are.equal(1, (project:run { 'show', '0199f3a2-7c11-7d3e-8a54-3f1b2c4d5e6f' }))
      assert.are.equal(1, (project:run { 'secret', 'rm', 'not_there' }))
      assert.are.equal(1, (project:run { 'ops', 'no_such_connector' }))
    end)
  end)

  it('is 2 where the usage or the configuration is wrong', function()
    with_project({ ['recipes/task.yaml'] = TASK:gsub('create_task', 'create_tasc') }, function(project)
      assert.are.equal(2, (project:run { 'run', '--strict' }))
      assert.are.equal(2, (project:run { 'show' }))
      assert.are.equal(2, (project:run { 'connect', 'nobody', '--code', 'x' }))
      assert.are.equal(2, (project:run { 'secret', 'set', 'Not A Name' }))
      assert.are.equal(2, (project:run { 'records', 'cats' }))
      project:write('ladle.yaml', 'listen: 127.0.0.1:1\nconections: {}\n')
      local code, out = project:run { 'check' }
      assert.are.equal(2, code)
      assert.is_truthy(out:find('ladle.yaml:2:', 1, true), out)
      assert.is_truthy(out:find('connections', 1, true), out)
    end)
  end)

  it('is 3 where the engine cannot be reached', function()
    with_project(nil, function(project)
      local code, _, err = project:run { 'send', 'contact_created' }
      assert.are.equal(3, code)
      assert.is_truthy(err:find('ladle run', 1, true), err)
    end)
  end)
end)

describe('ladle check', function()
  it('is content with what is right', function()
    with_project({ ['recipes/task.yaml'] = TASK }, function(project)
      local code, documents = project:json('check', '--json')
      assert.are.equal(0, code)
      assert.is_true(documents[1].ok)
      assert.are.equal(1, documents[1].recipes)
      assert.are.equal(0, #documents[1].errors)
    end)
  end)

  it('finds all errors of all files at once, with their places, a caret and a suggestion', function()
    local broken = TASK:gsub('create_task', 'create_tasc'):gsub('retry: once', 'retrry: once'):gsub('when:', 'wen:')
    with_project({ ['recipes/a.yaml'] = broken, ['recipes/b.yaml'] = 'recipe: b\ndo: [\n' }, function(project)
      local code, documents = project:json('check', '--json')
      assert.are.equal(1, code)
      assert.is_false(documents[1].ok)
      local lines = {}
      for _, problem in ipairs(documents[1].errors) do
        assert.is_string(problem.message)
        assert.are.equal('integer', math.type(problem.column))
        lines[problem.file .. ':' .. problem.line] = true
      end
      for _, place in ipairs { 'recipes/a.yaml:3', 'recipes/a.yaml:7', 'recipes/a.yaml:9' } do
        assert.is_true(lines[place], place .. ' is not told: ' .. json.encode(documents[1].errors))
      end
      local in_b = false
      for place in pairs(lines) do in_b = in_b or place:find('recipes/b.yaml', 1, true) ~= nil end
      assert.is_true(in_b)
      local _, out, err = project:run { 'check' }
      local text = out .. err
      assert.is_truthy(text:find('recipes/a.yaml:7:%d+: [^\n]+\n%s*7 | [^\n]+\n%s*|%s+%^'), text)
      assert.is_truthy(text:find('create_task', 1, true), text)
    end)
  end)

  local BAD = {
    ['an anchor'] = TASK:gsub('recipe: task', 'recipe: &a task'),
    ['a tag'] = TASK:gsub('recipe: task', 'recipe: !!str task'),
    ['two documents'] = TASK .. '---\n' .. TASK,
    ['a repeated key'] = TASK .. 'recipe: again\n',
    ['a repeated step'] = TASK .. '  - step: follow_up\n    stop: twice\n',
    ['a comment behind an expression'] = TASK:gsub('key: = event.id', 'key: = event.id # the contact'),
    ['an expression that does not compile'] = TASK:gsub('key: = event.id', 'key: = event.id +'),
    ['a missing field'] = TASK:gsub('title: [^,]+, ', ''),
    ['an unknown field'] = TASK:gsub('completed:', 'complete:'),
    ['a value of the wrong kind'] = TASK:gsub('completed: false', 'completed: 3'),
    ['an unknown trigger'] = TASK:gsub('contact_created', 'contact_crated'),
    ['a connection that is not needed'] = TASK:gsub('needs: [^\n]+', 'needs: { door: webhook }'),
    ['a connection of another kind'] = TASK:gsub('highlevel', 'http'),
    ['a result of a later step'] = TASK:gsub('contactId: = event.id', 'contactId: = steps.later.id'),
    ['no steps'] = TASK:gsub('do:.*', 'do: []\n'),
    ['a word of a later version'] = TASK .. '  - step: pause\n    parallel: []\n',
    ['bytes that are no UTF-8'] = TASK:gsub('Call', 'C\xff\xfell'),
    ['a list where a recipe belongs'] = '- a\n- b\n',
    ['depth without end'] = 'recipe: a\ndo: ' .. ('['):rep(20000),
  }
  for what, text in pairs(BAD) do
    it('refuses ' .. what, function()
      with_project({ ['recipes/bad.yaml'] = text }, function(project)
        local code, documents = project:json('check', '--json')
        assert.are.equal(1, code)
        assert.is_true(#documents[1].errors > 0)
        for _, problem in ipairs(documents[1].errors) do
          assert.are.equal('recipes/bad.yaml', problem.file)
          assert.is_true(problem.line >= 1 and problem.column >= 1)
        end
      end)
    end)
  end

  it('refuses a file that is empty, which has no line to point at', function()
    with_project({ ['recipes/bad.yaml'] = '' }, function(project)
      local code, out = project:run { 'check' }
      assert.are.equal(1, code)
      assert.is_truthy(out:find('recipes/bad.yaml:1:1: the file is empty', 1, true), out)
    end)
  end)

  -- A generator of its own, so that every run of the test sees the same bytes.
  local function new_random(seed)
    return function(most)
      seed = (seed * 6364136223846793005 + 1442695040888963407) & 0x7fffffffffffffff
      return (seed >> 33) % most + 1
    end
  end

  local function random_bytes(random)
    local out = {}
    for i = 1, random(400) do out[i] = string.char(random(256) - 1) end
    return table.concat(out)
  end

  local PIECES = { ':', ' ', '\n', '- ', '= ', '${', '}', '[', ']', '{', '}', '"', "'", '|', '>-', '#', '&a', '*a',
                   '!!x', '%', '\t', '\0', 'é', 'do', 'when', 'each', '---', '1e999', '~' }

  -- A recipe with some bytes exchanged for what means something in YAML.
  local function mangled(random)
    local text = TASK
    for _ = 1, random(6) do
      local at = random(#text)
      text = text:sub(1, at - 1) .. PIECES[random(#PIECES)] .. text:sub(at + random(4) - 1)
    end
    return text
  end

  it('survives any bytes, in recipes and in ladle.yaml', function()
    with_project(nil, function(project)
      local random = new_random(20261123)
      for i = 1, 150 do
        project:write(('recipes/random-%d.yaml'):format(i), random_bytes(random))
        project:write(('recipes/mangled-%d.yaml'):format(i), mangled(random))
      end
      local code, documents = project:json('check', '--json')
      assert.are.equal(1, code)
      assert.is_true(#documents[1].errors >= 150)
      for _ = 1, 20 do
        project:write('ladle.yaml', random_bytes(random))
        assert.are.equal(2, (project:run { 'check' }))
      end
    end)
  end)
end)

describe('ladle send', function()
  local DOOR = [[
  door: { connector: webhook, verify: hmac_sha256, header: X-Sig, encoding: hex, secret: a-secret-of-the-door }
]]
  local stage

  setup(function()
    stage = flow.stage({ ['task.yaml'] = TASK }, { connections = DOOR })
    stage:start_sandbox()
    stage:connect()
    stage:cli('send', 'contact_created') -- nobody is there yet, but now there is a test key
    local key = assert(host.read_file(stage:path 'data/test-webhook-key.pub.pem'))
    assert(host.write_file(stage:path 'keys/stage.pem', key))
    stage:start_engine()
  end)
  teardown(function() stages.close(stage) end)

  local function send(...)
    local documents, code, text = stage:cli('send', '--json', ...)
    assert.are.equal(0, code, text)
    return documents[1]
  end

  it('delivers a sample, signed, and a recipe runs', function()
    local sent = send 'contact_created'
    assert.is_true(sent.ok)
    assert.are.equal(202, sent.status)
    assert.are.equal('crm', sent.connection)
    assert.are.equal('contact_created', sent.type)
    local run = stages.ended(stage, function(one) return one.event_id == sent.answer.id end)
    assert.are.equal('done', run.state)
  end)

  it('delivers a new event each time, with fields that are set', function()
    local first = send('contact_created', '--set', 'firstName=Zoe')
    local second = send('contact_created', '--set', 'firstName=Zoe')
    assert.are_not.equal(first.answer.id, second.answer.id)
    assert.are.equal('Zoe', flow.show(stage, second.answer.id).payload.firstName)
  end)

  it('delivers every sample that there is', function()
    local unread = {} -- names by the id of their event
    for _, entry in ipairs((stage:cli('ops', '--kind', 'trigger', '--json'))) do
      local connector, name = entry.name:match '^(.-)%.(.*)$'
      if connector == 'highlevel' or connector == 'convertcalculator' then
        local sent = send(name)
        assert.are.equal(202, sent.status, name)
        unread[sent.answer.id] = name
      end
    end
    for _, event in ipairs(stage:events()) do
      local name, note = unread[event.id], event.note
      local is_of_app = name == 'app_installed' or name == 'app_uninstalled' -- of another app than this one
      assert.is_true(name == nil or is_of_app or note == nil or note == json.null, ('%s: %s'):format(name, note))
      unread[event.id] = nil
    end
    assert.is_nil(next(unread))
  end)

  it('signs as the connection wants it', function()
    assert.are.equal(202, send('received', '--to', 'door').status)
  end)

  it('delivers a file as it is, and so a duplicate', function()
    assert(host.write_file(stage:path 'event.json', json.encode { hello = host.uuid() }))
    assert.is_false(send('event.json', '--to', 'door', '--as-is').answer.duplicate)
    assert.is_true(send('event.json', '--to', 'door', '--as-is').answer.duplicate)
  end)

  it('refuses what it does not know', function()
    assert.are.equal(2, (select(2, stage:cli('send', 'contact_crated'))))
    assert.are.equal(2, (select(2, stage:cli('send', 'contact_created', '--to', 'nobody'))))
    local _, code, text = stage:cli('send', 'activity_added')
    assert.are.equal(2, code)
    assert.is_truthy(text:find('records add activity', 1, true), text)
  end)

  it('says what to do where the engine does not know its key', function()
    local other = host.sign.ed25519_new()
    assert(host.write_file(stage:path 'keys/other.pem', other:public_pem()))
    local config = host.read_file(stage:path 'ladle.yaml')
    assert.are.equal(0, stage:stop_engine())
    assert(host.write_file(stage:path 'ladle.yaml', (config:gsub('keys/stage.pem', 'keys/other.pem'))))
    stage:start_engine()
    local _, code, text = stage:cli('send', 'contact_created')
    assert.are.equal(1, code)
    assert.is_truthy(text:find('public_keys', 1, true), text)
  end)
end)

describe('ladle secret', function()
  it('takes a value from stdin, lists its name, and forgets it', function()
    with_project(nil, function(project)
      local code, out, err = project:run({ 'secret', 'set', 'crm_token' }, 'a-very-secret-value\n')
      assert.are.equal(0, code)
      assert.is_nil((out .. err):find('a-very-secret', 1, true))
      local _, listed = project:json('secret', 'list', '--json')
      assert.are.equal(1, #listed)
      assert.are.same(names 'name updated_at', sorted_keys(listed[1]))
      assert.are.equal('crm_token', listed[1].name)
      assert.are.equal(0, (project:run { 'secret', 'rm', 'crm_token' }))
      _, listed = project:json('secret', 'list', '--json')
      assert.are.equal(0, #listed)
    end)
  end)

  it('fills the hole that names it, without the line end behind it', function()
    local door = '  door: { connector: webhook, verify: token, header: X-Door, secret: "${secret.door_key}" }\n'
    local stage = flow.stage({ ['task.yaml'] = TASK }, { connections = door })
    stages.with(stage, function()
      stage:start_sandbox()
      local process = assert(host.spawn {
        argv = { '/bin/sh', '-c', 'printf "the-key-of-the-door\\n" | "$0" secret set door_key', stage.ladle },
        cwd = stage.folder, output = stage:path 'secret.log', env = { STAGE_CLIENT_SECRET = stage.app.client_secret },
      })
      assert.are.equal(0, process:wait(60000))
      stage:start_engine()
      assert.are.equal(202, (stage:post('door', '{}', { ['X-Door'] = 'the-key-of-the-door' })))
      assert.are.equal(401, (stage:post('door', '{"a":1}', { ['X-Door'] = 'another-key-of-a-door' })))
    end)
  end)

  it('that is missing keeps the engine from starting, and is named', function()
    with_project(nil, function(project)
      local shop = '  shop: { connector: http, auth: token, token: "${secret.gone}" }\n'
      project:write('ladle.yaml', projects.CONFIG:format(host.free_port()) .. shop)
      local code, _, err = project:run { 'run' }
      assert.are.equal(2, code)
      assert.is_truthy(err:find('gone', 1, true), err)
      assert.is_truthy(err:find('ladle secret set gone', 1, true), err)
    end)
  end)
end)

describe('ladle lua', function()
  local project
  setup(function()
    project = new_project {
      ['ok.lua'] = 'print(arg[0], arg[1], arg[2], require "json".encode { n = 9007199254740993 })\n',
      ['bad.lua'] = 'local function f() error "broken here" end\nf()\n',
      ['code.lua'] = 'os.exit(7)\n',
    }
  end)
  teardown(function() host.rm_rf(project.folder) end)

  it('runs a file with its arguments and the engine\'s modules', function()
    local code, out = project:run { 'lua', 'ok.lua', 'one', '--two' }
    assert.are.equal(0, code)
    assert.are.equal('ok.lua\tone\t--two\t{"n":9007199254740993}\n', out)
  end)

  it('runs what stdin holds', function()
    local code, out = project:run({ 'lua', '-' }, 'print(6 * 7)')
    assert.are.equal(0, code)
    assert.are.equal('42\n', out)
  end)

  it('ends with 1 and a traceback where the file fails', function()
    local code, out, err = project:run { 'lua', 'bad.lua' }
    assert.are.equal(1, code)
    assert.are.equal('', out)
    assert.is_truthy(err:find('bad.lua:1: broken here', 1, true), err)
    assert.is_truthy(err:find('traceback', 1, true))
  end)

  it('ends as the file says, and names one that is not there', function()
    assert.are.equal(7, (project:run { 'lua', 'code.lua' }))
    local code, _, err = project:run { 'lua', 'missing.lua' }
    assert.are.equal(2, code)
    assert.is_truthy(err:find('missing.lua', 1, true), err)
  end)
end)

describe('a signal', function()
  local function with_slow_run(body)
    local faults = { { match = { operation = 'create_task', nth = 1 }, ['do'] = { delay_ms = 60000 } } }
    local stage = stages.open({ ['task.yaml'] = TASK }, { faults = faults })
    stages.with(stage, function()
      stage:deliver(flow.sample 'contact_created')
      stage.wait_for('the call to be sent', 60000, function()
        local run = stage:runs()[1]
        local steps = run and flow.show(stage, run.id).steps
        return steps and steps[1] and steps[1].state == 'started'
      end)
      body(stage)
    end)
  end

  it('that comes twice ends the engine at once, and the run goes on at the next start', function()
    with_slow_run(function(stage)
      stage.engine:kill 'TERM'
      stage.wait_for('the engine to begin to stop', 60000, function()
        return host.read_file(stage:path 'engine.log'):find('again to stop at once', 1, true)
      end)
      assert.is_true(stage.engine:is_running())
      stage.engine:kill 'TERM'
      local code = stage.engine:wait(60000)
      assert.are.equal(128 + 15, code)
      stage:start_engine()
      assert.are.equal('done', flow.only_run(stage).state)
      assert.are.equal(1, #stage:ledger 'task_created')
    end)
  end)

  it('that comes once ends the engine with 0, whatever hangs, and the run goes on at the next start', function()
    with_slow_run(function(stage)
      assert.are.equal(0, stage:stop_engine())
      stage:start_engine()
      assert.are.equal('done', flow.only_run(stage).state)
      assert.are.equal(1, #stage:ledger 'task_created')
    end)
  end)

  it('of the terminal does the same', function()
    flow.on_stage({ ['task.yaml'] = TASK }, nil, function(stage)
      stage.engine:kill 'INT'
      assert.are.equal(0, (stage.engine:wait(60000)))
      stage.engine = nil
      stage:start_engine()
    end)
  end)
end)
