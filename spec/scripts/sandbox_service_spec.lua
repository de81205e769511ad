-- What surrounds the sandbox's data: OAuth, rate limits, webhooks, faults, control, the seed.
package.path = './spec/support/?.lua;' .. package.path
local json = require 'json'
local kit = require 'sandbox_kit'

local LOCATION, JOHN, RUBIKA, TASK = kit.LOCATION, kit.JOHN, kit.RUBIKA, kit.TASK
local new_world, decoded, call, form = kit.new_world, kit.decoded, kit.call, kit.form
local token_request, effects = kit.token_request, kit.effects

describe('OAuth', function()
  it('exchanges a code for a pair, once', function()
    local world = new_world()
    local code = world.sandbox:credentials().code
    local fields = { grant_type = 'authorization_code', code = code, user_type = 'Location' }
    local first = token_request(world, fields)
    assert.are.equal(200, first.status)
    assert.are.same({ 'Bearer', 86399, 'Location', LOCATION },
      { first.json.token_type, first.json.expires_in,
      first.json.userType, first.json.locationId })
    assert.are.equal(200,
      call(world, 'GET', '/contacts/' .. JOHN, nil, { token = first.json.access_token }).status)
    local second = token_request(world, fields)
    assert.are.same({ 400, 'invalid_grant' }, { second.status, second.json.error })
    assert.are.equal('token_issued token_refused', effects(world))
  end)

  it('takes a refresh token once and gives another', function()
    local world = new_world()
    local pair = token_request(world,
      { grant_type = 'authorization_code', code = world.sandbox:credentials().code }).json
    local refresh = { grant_type = 'refresh_token', refresh_token = pair.refresh_token }
    local rotated = token_request(world, refresh)
    assert.are.equal(200, rotated.status)
    assert.are_not.equal(pair.refresh_token, rotated.json.refresh_token)
    assert.are.equal(400, token_request(world, refresh).status)
    local again = token_request(world,
      { grant_type = 'refresh_token', refresh_token = rotated.json.refresh_token })
    assert.are.equal(200, again.status)
    assert.are.equal('token_issued token_refreshed token_refused token_refreshed', effects(world))
  end)

  it('ends an access token when its time is up', function()
    local world = new_world { settings = { access_token_s = 60 } }
    local pair = token_request(world,
      { grant_type = 'authorization_code', code = world.sandbox:credentials().code }).json
    world.now = world.now + 59999
    assert.are.equal(200,
      call(world, 'GET', '/contacts/' .. JOHN, nil, { token = pair.access_token }).status)
    world.now = world.now + 1
    local ended = call(world, 'GET', '/contacts/' .. JOHN, nil, { token = pair.access_token })
    assert.are.same({ 401, 'Invalid token: access token is invalid' },
      { ended.status, ended.json.message })
  end)

  it('refuses a wrong client, an unknown grant and unknown fields', function()
    local world = new_world()
    local client = token_request(world, { grant_type = 'refresh_token', client_secret = 'x' })
    assert.are.same({ 401, 'invalid_client' }, { client.status, client.json.error })
    client = token_request(world, { grant_type = 'refresh_token', client_id = 'x' })
    assert.are.same({ 401, 'invalid_client' }, { client.status, client.json.error })
    assert.are.equal(422, token_request(world, { grant_type = 'password' }).status)
    assert.are.equal(400, token_request(world, { grant_type = 'client_credentials' }).status)
    local unknown = token_request(world, { grant_type = 'refresh_token', state = 'x' })
    assert.are.same({ 'property state should not exist' }, unknown.json.message)
  end)

  it('wants a form, not JSON', function()
    local world = new_world()
    local app = world.sandbox:credentials()
    local refused = world.sandbox:handle { method = 'POST', path = '/oauth/token', query = {},
      headers = { ['content-type'] = 'application/json' },
      body = json.encode { client_id = app.client_id } }
    assert.are.equal(422, refused.status)
  end)

  it('sends the browser back with a code that works, for the scopes that were asked for', function()
    local world = new_world()
    local app = world.sandbox:credentials()
    local sent = world.sandbox:handle { method = 'GET', path = '/oauth/chooselocation',
      headers = {}, query = {
      response_type = 'code', client_id = app.client_id,
      redirect_uri = 'http://127.0.0.1:8420/oauth/crm',
      scope = 'contacts.readonly no.such.scope', state = 'a b',
    } }
    assert.are.equal(302, sent.status)
    local pattern = '^http://127%.0%.0%.1:8420/oauth/crm%?code=(%w+)&state=a%%20b$'
    local code = sent.headers.Location:match(pattern)
    local pair = token_request(world, { grant_type = 'authorization_code', code = code,
      redirect_uri = 'http://127.0.0.1:8420/oauth/crm' })
    assert.are.equal('contacts.readonly', pair.json.scope)
    local refused = call(world, 'DELETE', '/contacts/' .. JOHN, nil,
      { token = pair.json.access_token })
    assert.are.equal('The token is not authorized for this scope.', refused.json.message)
  end)

  it('gives an agency a token for each of its locations', function()
    local world = new_world()
    local app = world.sandbox:credentials()
    local agency = token_request(world,
      { grant_type = 'authorization_code', code = app.code, user_type = 'Company' }).json
    assert.are.equal(2, #agency.approvedLocations)
    local function location_token(token, location)
      return decoded(world.sandbox:handle { method = 'POST', path = '/oauth/locationToken',
        query = {},
        headers = { authorization = 'Bearer ' .. token, version = '2021-07-28',
          ['content-type'] = 'application/x-www-form-urlencoded' },
        body = form { companyId = app.company, locationId = location } })
    end
    local got = location_token(agency.access_token, LOCATION)
    assert.are.equal(200, got.status)
    assert.are.equal(200,
      call(world, 'GET', '/contacts/' .. JOHN, nil, { token = got.json.access_token }).status)
    assert.are.equal(401, location_token(world.token, LOCATION).status)
  end)
end)

describe('the rate limit', function()
  it('answers 429 from the hundred and first request in ten seconds, with the headers', function()
    local world = new_world()
    local answer
    for i = 1, 100 do
      answer = call(world, 'GET', '/contacts/' .. JOHN)
      assert.are.equal(200, answer.status)
      assert.are.equal(tostring(100 - i), answer.headers['X-RateLimit-Remaining'])
    end
    answer = call(world, 'GET', '/contacts/' .. JOHN)
    assert.are.equal(429, answer.status)
    assert.are.same({ '100', '0', '10000', '200000', '199900' }, {
      answer.headers['X-RateLimit-Max'], answer.headers['X-RateLimit-Remaining'],
      answer.headers['X-RateLimit-Interval-Milliseconds'],
        answer.headers['X-RateLimit-Limit-Daily'],
      answer.headers['X-RateLimit-Daily-Remaining'],
    })
    assert.is_nil(answer.headers['Retry-After'])
    world.now = world.now + 10000
    assert.are.equal(200, call(world, 'GET', '/contacts/' .. JOHN).status)
  end)

  it('counts in a window that moves, not in fixed ones', function()
    local world = new_world { settings = { rate_max = 2 } }
    call(world, 'GET', '/contacts/' .. JOHN)
    world.now = world.now + 9000
    call(world, 'GET', '/contacts/' .. JOHN)
    world.now = world.now + 1000
    assert.are.equal(200, call(world, 'GET', '/contacts/' .. JOHN).status)
    assert.are.equal(429, call(world, 'GET', '/contacts/' .. JOHN).status)
  end)

  it('ends the day at its daily limit', function()
    local world = new_world { settings = { rate_daily_max = 1 } }
    call(world, 'GET', '/contacts/' .. JOHN)
    world.now = world.now + 20000
    local refused = call(world, 'GET', '/contacts/' .. JOHN)
    assert.are.same({ 429, '0' },
      { refused.status, refused.headers['X-RateLimit-Daily-Remaining'] })
    world.now = world.now + 86400000
    assert.are.equal(200, call(world, 'GET', '/contacts/' .. JOHN).status)
  end)
end)

describe('webhooks', function()
  it('are flat, in the envelope, and signed over the bytes that are sent', function()
    local world = new_world { hooks = { 'http://hook/a' } }
    call(world, 'POST', '/contacts/' .. RUBIKA .. '/tasks', TASK)
    local message = world.sent[1]
    assert.are.equal('http://hook/a', message.url)
    assert.are.equal('signed:' .. #message.body, message.headers['X-GHL-Signature'])
    assert.are.equal('application/json', message.headers['Content-Type'])
    local event = message.event
    assert.are.same({ 'TaskCreate', LOCATION, RUBIKA, '665c6bb13d4e5364bdec0e2f',
      '2026-11-23T09:15:27.000Z' },
      { event.type, event.locationId, event.contactId, event.appId, event.timestamp })
    assert.is_truthy(event.webhookId:match('^%x+%-%x+%-4%x+%-[89ab]%x+%-%x+$'))
  end)

  it('are tried again with growing delays until a 2xx, with the same bytes', function()
    local world = new_world { hooks = { 'http://hook/' } }
    call(world, 'DELETE', '/contacts/' .. RUBIKA)
    world.sent[1].done(503)
    assert.is_true(world.timers[1].ms >= 100 and world.timers[1].ms <= 200)
    world.timers[1].fn()
    assert.are.equal(world.sent[1].body, world.sent[2].body)
    world.sent[2].done(nil)
    assert.is_true(world.timers[2].ms >= 200 and world.timers[2].ms <= 400)
    world.timers[2].fn()
    world.sent[3].done(202)
    assert.are.equal(2, #world.timers)
    local report = world.sandbox.webhooks:report()
    assert.are.same({ 1, 1, 0, 3 }, { report.made, report.delivered, report.pending, report.tries })
  end)

  it('are given up after twelve retries', function()
    local world = new_world { hooks = { 'http://hook/' } }
    call(world, 'DELETE', '/contacts/' .. RUBIKA)
    for try = 1, 13 do
      world.sent[try].done(500)
      if world.timers[try] then
        world.timers[try].fn()
      end
    end
    assert.are.equal(12, #world.timers)
    assert.are.equal(13, #world.sent)
    assert.are.equal(1, world.sandbox.webhooks:report().failed)
  end)

  it('go out at most sixteen at a time', function()
    local world = new_world { hooks = { 'http://hook/' }, settings = { rate_max = 1000 } }
    for _ = 1, 20 do
      call(world, 'POST', '/contacts/' .. RUBIKA .. '/tasks', TASK)
    end
    assert.are.equal(16, #world.sent)
    world.sent[1].done(200)
    assert.are.equal(17, #world.sent)
  end)
end)

describe('fault rules', function()
  it('answer a status without an effect, as often as they say', function()
    local world = new_world { faults = { { match = { method = 'POST', path = '/contacts/',
      times = 2 },
      ['do'] = { status = 503, retry_after = 7 } } } }
    local path = '/contacts/' .. RUBIKA .. '/tasks'
    local first = call(world, 'POST', path, TASK)
    assert.are.same({ 503, '7' }, { first.status, first.headers['Retry-After'] })
    assert.are.equal(200, call(world, 'GET', path).status)
    assert.are.equal(503, call(world, 'POST', path, TASK).status)
    assert.are.equal(201, call(world, 'POST', path, TASK).status)
    assert.are.equal('task_created', effects(world))
  end)

  it('fire at the nth request, at every kth, after some', function()
    local function statuses(match)
      local world = new_world { faults = { { match = match, ['do'] = { status = 500 } } } }
      local list = {}
      for i = 1, 6 do
        list[i] = call(world, 'GET', '/contacts/' .. JOHN).status == 500 and 'x' or '.'
      end
      return table.concat(list)
    end
    assert.are.equal('..x...', statuses { nth = 3 })
    assert.are.equal('x...x.', statuses { nth = { 1, 5 } })
    assert.are.equal('.x.x.x', statuses { every = 2 })
    assert.are.equal('...xxx', statuses { after = 3 })
    assert.are.equal('......', statuses { path = '^/oauth' })
    assert.are.equal('xxxxxx', statuses { path = '^/contacts/%w+$' })
    assert.are.equal('xxxxxx', statuses { operation = 'get_contact' })
    assert.are.equal(statuses { chance = 0.5 }, statuses { chance = 0.5 })
  end)

  it('cut the connection before or after the effect', function()
    local world = new_world { faults = {
      { match = { nth = 1 }, ['do'] = { reset = true } },
      { match = { nth = 2 }, ['do'] = { lose_answer = true } },
    } }
    local path = '/contacts/' .. RUBIKA .. '/tasks'
    assert.is_true(call(world, 'POST', path, TASK).drop)
    assert.are.equal(0, #world.lines)
    assert.is_true(call(world, 'POST', path, TASK).drop)
    assert.are.same({ 'task_created', 'lost' }, { world.lines[1].effect, world.lines[1].answer })
    assert.are.equal(2, #call(world, 'GET', path).json.tasks)
  end)

  it('end the access token of a request, and a refreshed one works', function()
    local world = new_world { faults = { { match = { path = '/contacts/', times = 1 },
      ['do'] = { expire_token = true } } } }
    local pair = token_request(world,
      { grant_type = 'authorization_code', code = world.sandbox:credentials().code }).json
    local path = '/contacts/' .. JOHN
    assert.are.equal(401, call(world, 'GET', path, nil, { token = pair.access_token }).status)
    assert.are.equal(401, call(world, 'GET', path, nil, { token = pair.access_token }).status)
    local new = token_request(world,
      { grant_type = 'refresh_token', refresh_token = pair.refresh_token }).json
    assert.are.equal(200, call(world, 'GET', path, nil, { token = new.access_token }).status)
  end)

  it('lose the answer of a refresh: the old refresh token is spent', function()
    local world = new_world { faults = { { match = { operation = 'token', nth = 2 },
      ['do'] = { lose_answer = true } } } }
    local pair = token_request(world,
      { grant_type = 'authorization_code', code = world.sandbox:credentials().code }).json
    local refresh = { grant_type = 'refresh_token', refresh_token = pair.refresh_token }
    assert.is_true(token_request(world, refresh).drop)
    assert.are.equal(400, token_request(world, refresh).status)
  end)

  it('delay an answer and still give it', function()
    local world = new_world { faults = { { ['do'] = { delay_ms = 250 } } } }
    local answer = call(world, 'GET', '/contacts/' .. JOHN)
    assert.are.same({ 200, 250 }, { answer.status, answer.delay_ms })
  end)

  it('that make no sense are refused, with the rule\'s number', function()
    local function fault_of(rules)
      local _, message = pcall(new_world, { faults = rules })
      return message
    end
    assert.are.equal('faults: rule 1: "do.explode" is not known',
      fault_of { { ['do'] = { explode = true } } })
    assert.are.equal('faults: rule 2: "match.nht" is not known',
      fault_of { { ['do'] = { reset = true } },
        { match = { nht = 1 }, ['do'] = { reset = true } } })
    assert.are.equal('faults: rule 1: "do" must be an object', fault_of { { match = {} } })
    assert.are.equal('faults: rule 1: "match.every" is out of range',
      fault_of { { match = { every = 0 }, ['do'] = { reset = true } } })
    assert.are.equal('faults: rule 1: "do.status" is out of range',
      fault_of { { ['do'] = { status = 99 } } })
    assert.are.equal('faults: rule 1: "match.path" is not a pattern',
      fault_of { { match = { path = '^[' }, ['do'] = { reset = true } } })
  end)
end)

describe('the control endpoints', function()
  local function control(world, method, path, body, query)
    return decoded(world.sandbox:handle { method = method, path = '/_sandbox/' .. path,
      query = query or {},
      headers = {}, body = body and json.encode(body) or '' })
  end

  it('show the ledger, all of it or one kind of effect', function()
    local world = new_world()
    call(world, 'POST', '/contacts/' .. RUBIKA .. '/tasks', TASK)
    call(world, 'DELETE', '/contacts/' .. JOHN)
    assert.are.equal(2, #control(world, 'GET', 'ledger').json.entries)
    local tasks = control(world, 'GET', 'ledger', nil, { effect = 'task_created' }).json.entries
    assert.are.same({ 1, 'Call' }, { #tasks, tasks[1].title })
  end)

  it('show credentials, counts and the busiest window', function()
    local world = new_world()
    call(world, 'POST', '/contacts/' .. RUBIKA .. '/tasks', TASK)
    call(world, 'GET', '/contacts/nobody')
    local state = control(world, 'GET', 'state').json
    assert.are.equal(world.token, state.app.token)
    assert.are.same({ ['201'] = 1, ['400'] = 1 }, state.answers)
    assert.are.same({ 2, 2, 1 }, { state.requests, state.rate.peak, state.effects.task_created })
  end)

  it('replace the fault rules and refuse bad ones without losing the good', function()
    local world = new_world()
    assert.are.equal(200,
      control(world, 'POST', 'faults', { { ['do'] = { status = 503 } } }).status)
    assert.are.equal(503, call(world, 'GET', '/contacts/' .. JOHN).status)
    assert.are.equal(400,
      control(world, 'POST', 'faults', { { ['do'] = { nonsense = 1 } } }).status)
    local rules = control(world, 'GET', 'faults').json.rules
    assert.are.same({ 1, 1 }, { rules[1].seen, rules[1].fired })
    control(world, 'POST', 'faults', json.array {})
    assert.are.equal(200, call(world, 'GET', '/contacts/' .. JOHN).status)
  end)

  it('change settings of the right name and type', function()
    local world = new_world()
    assert.are.equal(400, control(world, 'POST', 'settings', { rate_max = 'many' }).status)
    assert.are.equal(400, control(world, 'POST', 'settings', { speed = 1 }).status)
    control(world, 'POST', 'settings', { rate_max = 1 })
    call(world, 'GET', '/contacts/' .. JOHN)
    assert.are.equal(429, call(world, 'GET', '/contacts/' .. JOHN).status)
  end)

  it('send any event, also a forged or repeated one', function()
    local world = new_world { hooks = { 'http://hook/' } }
    local event = { type = 'AppointmentCreate', appointment = { id = 'a1' } }
    local sent = control(world, 'POST', 'emit', { event = event, copies = 2 }).json
    assert.are.equal(sent.webhookId, world.sent[1].event.webhookId)
    assert.are.equal(world.sent[1].body, world.sent[2].body)
    control(world, 'POST', 'emit', { event = event, signature = 'forged' })
    assert.are_not.equal('signed:' .. #world.sent[3].body, world.sent[3].headers['X-GHL-Signature'])
    control(world, 'POST', 'emit', { event = event, signature = 'na' })
    assert.are.equal('N/A', world.sent[4].headers['X-GHL-Signature'])
    control(world, 'POST', 'emit', { event = event, signature = 'missing' })
    assert.is_nil(world.sent[5].headers['X-GHL-Signature'])
    assert.are.equal(400, control(world, 'POST', 'emit', { event = {} }).status)
  end)

  it('say what they do not know', function()
    assert.are.equal(404, control(new_world(), 'GET', 'nothing').status)
    assert.are.equal(400, control(new_world(), 'POST', 'faults').status)
  end)
end)

describe('the seed', function()
  it('decides credentials and ids', function()
    local function fingerprint(number)
      local world = new_world { seed = number }
      local made = call(world, 'POST', '/contacts/' .. RUBIKA .. '/tasks', TASK).json.task.id
      local app = world.sandbox:credentials()
      return table.concat({ app.client_id, app.client_secret, app.code, app.token, made }, ' ')
    end
    assert.are.equal(fingerprint(1), fingerprint(1))
    assert.are_not.equal(fingerprint(1), fingerprint(2))
  end)

  it('gives a client id that begins with the app id of the events', function()
    local id = new_world().sandbox:credentials().client_id
    assert.is_truthy(id:match('^665c6bb13d4e5364bdec0e2f%-%w+$'))
  end)
end)

describe('whatever is sent', function()
  local random = require 'sandbox.random'
  local routes = require 'sandbox.routes'

  local numbers = random.new(1, 'fuzz')

  local function pick(list)
    return list[numbers:below(#list) + 1]
  end

  local value

  local NAMES = { 'id', 'key', 'status', 'field', 'operator', 'value', 'group', 'filters', 'all' }
  local TEXTS = {
    '', 'x', 'eq', 'range', 'OR', 'email', 'a@b.example', '2026-01-01', '#FFAA00', '%', '1e400',
  }

  local function object(depth)
    local result = {}
    for _ = 1, numbers:below(4) do
      result[pick(NAMES)] = value(depth + 1)
    end
    return result
  end

  local function list(depth)
    local result = {}
    for i = 1, numbers:below(4) do
      result[i] = value(depth + 1)
    end
    return json.array(result)
  end

  function value(depth)
    local kind = numbers:below(depth > 4 and 6 or 9)
    if kind < 3 then
      return pick(TEXTS)
    elseif kind == 3 then
      return pick { 0, -1, 20, 1.5, 1 << 62, 10000 }
    elseif kind == 4 then
      return numbers:below(2) == 1
    elseif kind == 5 then
      return json.null
    end
    return kind < 7 and object(depth) or list(depth)
  end

  local function body_of(route)
    local body = {}
    for name in pairs(route.body or {}) do
      if numbers:below(3) > 0 then
        body[name] = value(0)
      end
    end
    body.locationId = body.locationId and LOCATION
    if body.pageLimit and numbers:below(2) == 1 then
      body.pageLimit = 5
    end
    return body
  end

  local function path_of(route)
    local ids = { contactId = JOHN, taskId = 'lJpzYrWdpkC2hX6t2yue', id = 'HGPcayliwcdoUFzvbTok' }
    return (route.path:gsub('{(%w+)}', function(name)
      return numbers:below(4) > 0 and ids[name] or pick { 'x', '%', '..', ('y'):rep(300) }
    end))
  end

  local function query_of(route)
    local query = {}
    for name in pairs(route.query or {}) do
      query[name] = name == 'locationId' and LOCATION or pick(TEXTS)
    end
    return query
  end

  it('is never answered with a fault of the sandbox itself', function()
    local seen = {}
    for _ = 1, 300 do
      local world = new_world()
      for _, route in ipairs(routes.all()) do
        local is_spared = route.name == 'delete_contact' and numbers:below(8) > 0
        if not is_spared then
          local body, query = body_of(route), query_of(route)
          local answer = call(world, route.method, path_of(route), body, { query = query })
          assert(answer.status ~= 500, json.encode { route.name, body, query, answer.json })
          seen[answer.status] = true
        end
      end
    end
    assert.is_true(seen[200] and seen[201] and seen[400] and seen[422])
  end)
end)
