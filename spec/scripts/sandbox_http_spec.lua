-- The sandbox as a program sees it: over real HTTP, with signed webhooks, a ledger file and the
-- command itself; and whether the connector and the sandbox, which are written apart from one
-- another, agree.

local host = require 'host'
local json = require 'json'
local main = require 'sandbox.main'
local routes = require 'sandbox.routes'

local LOCATION = 've9EPM428h8vShlRW1KT'
local RUBIKA = 'CWBf1PR9LvvBkcYqiXlc'
local TASK = { title = 'Call', dueDate = '2026-11-25T10:00:00Z', completed = false }

local function temp()
  local folder = assert(host.mkdtemp('sandbox-spec'))
  finally(function() host.rm_rf(folder) end)
  return folder
end

-- Turns the loop until is_done() holds; fails after ten seconds.
local function wait_until(is_done)
  local deadline = host.mono_ms() + 60000
  while not is_done() do
    assert(host.mono_ms() < deadline, 'it did not happen')
    host.turn(50)
  end
end

local function start(options)
  options.listen = '127.0.0.1:0'
  local sandbox, address, key, listener = main.start(options)
  finally(function() listener:close() end)
  local world = { sandbox = sandbox, url = 'http://' .. address, key = key,
    token = sandbox:credentials().token }
  function world.call(method, path, body)
    local headers = { Authorization = 'Bearer ' .. world.token, Version = '2021-07-28' }
    if body then
      headers['Content-Type'] = 'application/json'
    end
    local text = body and json.encode(body)
    return host.fetch { method = method, url = world.url .. path, headers = headers, body = text }
  end
  return world
end

local function read_lines(path)
  local lines = {}
  for line in (host.read_file(path) or ''):gmatch('[^\n]+') do
    lines[#lines + 1] = json.decode(line)
  end
  return lines
end

describe('the sandbox over HTTP', function()
  it('has written its ledger line when the answer arrives', function()
    local path = temp() .. '/ledger'
    local world = start { ledger = path }
    local made = world.call('POST', '/contacts/' .. RUBIKA .. '/tasks', TASK)
    assert.are.equal(201, made.status)
    local lines = read_lines(path)
    assert.are.same({ 'task_created', json.decode(made.body).task.id },
      { lines[1].effect, lines[1].id })
  end)

  it('cuts the connection after the effect where a rule says so', function()
    local folder = temp()
    host.write_file(folder .. '/faults',
      json.encode { { match = { operation = 'create_task', nth = 1 },
      ['do'] = { lose_answer = true } } })
    local world = start { ledger = folder .. '/ledger', faults = folder .. '/faults' }
    local answer, err = world.call('POST', '/contacts/' .. RUBIKA .. '/tasks', TASK)
    assert.are.same({ nil, 'unknown' }, { answer, err.kind })
    assert.are.equal('lost', read_lines(folder .. '/ledger')[1].answer)
    local tasks = world.call('GET', '/contacts/' .. RUBIKA .. '/tasks')
    assert.are.equal(2, #json.decode(tasks.body).tasks)
  end)

  it('delivers a change as a signed webhook, again and again until it is taken', function()
    local received = {}
    local hook, hook_server = host.serve {
      on_request = function(request)
        received[#received + 1] = request
        return { status = #received < 3 and 503 or 202 }
      end,
    }
    finally(function() hook_server:close() end)
    local folder = temp()
    local world = start { hooks = 'http://' .. hook .. '/hooks/crm', key = folder .. '/key.pem' }
    local added = world.call('POST', '/contacts/' .. RUBIKA .. '/notes', { body = 'hello "ü"' })
    assert.are.equal(201, added.status)
    wait_until(function() return world.sandbox.webhooks:report().delivered == 1 end)
    assert.are.equal(3, #received)
    local pem = host.read_file(folder .. '/key.pem')
    for _, request in ipairs(received) do
      assert.are.equal('/hooks/crm', request.path)
      assert.are.equal(received[1].body, request.body)
      assert.is_true(host.sign.verify(pem, request.body, request.headers['x-ghl-signature']))
    end
    assert.are.equal('hello "ü"', json.decode(received[1].body).body)
  end)

  it('forges a signature on demand', function()
    local received = {}
    local hook, hook_server = host.serve {
      on_request = function(request) received[#received + 1] = request return {} end,
    }
    finally(function() hook_server:close() end)
    local world = start { hooks = 'http://' .. hook .. '/' }
    local emit = json.encode { event = { type = 'ContactCreate' }, signature = 'forged' }
    assert.are.equal(200, host.fetch({ url = world.url .. '/_sandbox/emit', body = emit }).status)
    wait_until(function() return #received == 1 end)
    local request = received[1]
    assert.is_false(host.sign.verify(world.key:public_pem(), request.body,
      request.headers['x-ghl-signature']))
  end)

  it('tells the next page of a list by an address that works', function()
    local world = start {}
    local first = json.decode(world.call('GET', '/contacts/?limit=3&locationId=' .. LOCATION).body)
    local path = first.meta.nextPageUrl:sub(#world.url + 1)
    local second = json.decode(world.call('GET', path).body)
    assert.are.same({ 3, 1, json.null },
      { #first.contacts, #second.contacts, second.meta.nextPageUrl })
  end)

  it('takes the form of a token request as clients encode it', function()
    local world = start {}
    local app = world.sandbox:credentials()
    local fields = {
      'grant_type=authorization%5Fcode', 'code=' .. app.code, 'client_id=' .. app.client_id,
      'client_secret=' .. app.client_secret,
    }
    local answer = host.fetch {
      url = world.url .. '/oauth/token', body = table.concat(fields, '&'),
      headers = { ['Content-Type'] = 'application/x-www-form-urlencoded' },
    }
    assert.are.equal(200, answer.status)
    world.token = json.decode(answer.body).access_token
    assert.are.equal(200, world.call('GET', '/contacts/' .. RUBIKA).status)
  end)
end)

describe('the command `ladle sandbox`', function()
  local ladle = host.env('LADLE') or host.program()

  local function spawn(arguments)
    local output = temp() .. '/out'
    local process = host.spawn { argv = { ladle, 'sandbox', table.unpack(arguments) },
      output = output }
    finally(function() process:kill('KILL') end)
    return process, output
  end

  it('prints where it listens and who may come in, serves, and stops on SIGTERM', function()
    local process, output = spawn { '--json', '--listen', '127.0.0.1:0', '--seed', '9' }
    wait_until(function() return (host.read_file(output) or ''):find('\n', 1, true) end)
    local found = read_lines(output)[1]
    local state = host.fetch { url = found.url .. '/_sandbox/state' }
    assert.are.equal(found.token, json.decode(state.body).app.token)
    process:kill('TERM')
    assert.are.same({ 0, 0 }, { process:wait(10000) })
  end)

  it('says what is wrong with its options, and exits with 2', function()
    local folder = temp()
    host.write_file(folder .. '/faults', '[{"do":{"explode":true}}]')
    for _, arguments in ipairs {
      { '--faults', folder .. '/faults' }, { '--faults', folder .. '/none' },
      { '--seed-data', folder .. '/faults' }, { '--seed-data', folder .. '/none' },
      { '--listen', 'nowhere' },
      { '--key', folder .. '/no/key' }, { '--seed', 'x' },
      { '--listen', '127.0.0.1:0', '--ledger', folder },
    } do
      local process, output = spawn(arguments)
      assert.are.same({ 2, 0 }, { process:wait(10000) })
      assert.is_truthy(host.read_file(output):find('ladle sandbox: ', 1, true))
    end
  end)
end)

describe('the HighLevel connector and the sandbox', function()
  local connector = require 'connectors.highlevel'

  -- Fields of an operation that do not go into the body: parts of the path, the query, and what the
  -- engine keeps.
  local function body_fields(operation)
    local outside = {}
    for name in operation.path:gmatch('{(%w+)}') do
      outside[name] = true
    end
    for _, name in ipairs(operation.query or {}) do
      outside[name] = true
    end
    local fields = {}
    for name, descriptor in pairs(operation.input) do
      if not outside[name] and not descriptor.engine then
        fields[name] = descriptor
      end
    end
    return fields
  end

  -- By what is called: a name is the connector's own affair.
  local function routes_by_call()
    local found = {}
    for _, route in ipairs(routes.all()) do
      found[route.method .. ' ' .. route.path] = route
    end
    return found
  end

  it('know the same operations by method, path and scope', function()
    local known = routes_by_call()
    for name, operation in pairs(connector.operations) do
      local route = known[operation.method .. ' ' .. operation.path]
      assert(route, name .. ' is not in the sandbox')
      assert.are.same({ name, operation.scopes[1] }, { name, route.scope })
    end
  end)

  it('agree on the fields of each body and query, and on which are required', function()
    local known = routes_by_call()
    for name, operation in pairs(connector.operations) do
      local route = known[operation.method .. ' ' .. operation.path]
      for field, descriptor in pairs(body_fields(operation)) do
        local rule = route.body and route.body[field]
        assert(rule, ('%s: the vendor knows no field %s'):format(name, field))
        local may_be_missing = descriptor.optional and not descriptor.from_connection
        assert(not (rule.required and may_be_missing),
          ('%s: the vendor requires %s'):format(name, field))
      end
      for _, field in ipairs(operation.query or {}) do
        assert(route.query and route.query[field],
          ('%s: the vendor knows no query %s'):format(name, field))
      end
      for field, rule in pairs(route.body or {}) do
        assert(operation.input[field] or not rule.required,
          ('%s: %s is required'):format(name, field))
      end
    end
  end)
end)
