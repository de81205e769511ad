-- What comes in through the connectors webhook and convertcalculator, and what goes out through http: each way of
-- checking a delivery, each form of a body, and every way in which a service can answer badly.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local stages = require 'stages'

local host, json = flow.host, flow.json

local FORM = { ['Content-Type'] = 'application/x-www-form-urlencoded' }

-- The payload of a stored event, as recipes see it.
local function payload(stage, id)
  return flow.show(stage, id).payload
end

describe('a webhook connection', function()
  local SECRET = 'the-secret-of-the-door-91'
  local DOORS = [[
  open: { connector: webhook, verify: none, dedupe: [order.id, id] }
  path: { connector: webhook, verify: token, secret: the-secret-of-the-door-91 }
  header: { connector: webhook, verify: token, header: X-Door, secret: the-secret-of-the-door-91 }
  hex:
    connector: webhook
    verify: hmac_sha256
    header: X-Sig
    encoding: hex
    prefix: "sha256="
    secret: the-secret-of-the-door-91
  b64: { connector: webhook, verify: hmac_sha256, header: X-Sig, encoding: base64, secret: the-secret-of-the-door-91 }
]]
  local GOT = [[
recipe: got
needs: { open: webhook, path: webhook, header: webhook, hex: webhook, b64: webhook }
when: [open.received, path.received, header.received, hex.received, b64.received]
do:
  - step: got
    stop: ${meta.connection} got ${event.text}
]]
  local BODY = '{"text":"hello"}'
  local stage

  setup(function() stage = stages.open({ ['got.yaml'] = GOT }, { connections = DOORS }) end)
  teardown(function() stages.close(stage) end)

  -- A body of its own, so that no test meets another's duplicate.
  local function fresh()
    return ('{"text":"hello","n":"%s"}'):format(host.uuid())
  end

  local function assert_takes(path, body, headers)
    local status, answer = stage:post(path, body, headers)
    assert.are.equal(202, status, json.encode(answer))
    local run = stages.ended(stage, function(one) return one.event_id == answer.id end)
    local name = path:match '^[^/]+'
    assert.are.equal(name .. ' got hello', flow.show(stage, run.id).steps[1].input.reason)
    return answer
  end

  local function assert_refuses(status, path, body, headers)
    local name = path:match '^[^/]+'
    local before = #stage:events('--connection', name)
    local got, answer = stage:post(path, body, headers)
    assert.are.equal(status, got)
    assert.is_string(answer.error.message)
    assert.are.equal(before, #stage:events('--connection', name))
  end

  it('takes from anybody where it says verify: none', function()
    assert_takes('open', fresh())
  end)

  it('takes a token at the end of the address', function()
    assert_takes('path/' .. SECRET, fresh())
    assert_refuses(404, 'path/' .. SECRET .. 'x', fresh())
    assert_refuses(404, 'path/', fresh())
    assert_refuses(404, 'path', fresh())
    assert_refuses(404, 'path', fresh(), { ['X-Door'] = SECRET })
  end)

  it('takes a token in a header', function()
    assert_takes('header', fresh(), { ['X-Door'] = SECRET })
    assert_takes('header', fresh(), { ['x-door'] = SECRET })
    assert_refuses(401, 'header', fresh(), { ['X-Door'] = SECRET:sub(1, -2) })
    assert_refuses(401, 'header', fresh(), { ['X-Door'] = '' })
    assert_refuses(401, 'header/' .. SECRET, fresh())
  end)

  it('does not keep the token with the event', function()
    local answer = assert_takes('header', fresh(), { ['X-Door'] = SECRET, ['X-Other'] = 'kept' })
    local headers = flow.show(stage, answer.id).headers
    assert.are.equal('kept', headers['x-other'] or headers['X-Other'])
    for name in pairs(headers) do assert.are_not.equal('x-door', name:lower()) end
  end)

  it('takes a hexadecimal HMAC behind a prefix', function()
    local body = fresh()
    local code = host.hmac('sha256', SECRET, body, 'hex')
    assert_takes('hex', body, { ['X-Sig'] = 'sha256=' .. code })
    assert_refuses(401, 'hex', body, { ['X-Sig'] = code })
    assert_refuses(401, 'hex', body .. ' ', { ['X-Sig'] = 'sha256=' .. code })
    assert_refuses(401, 'hex', body, { ['X-Sig'] = 'sha256=' .. host.hmac('sha256', 'another', body, 'hex') })
    assert_refuses(401, 'hex', body, { ['X-Sig'] = 'sha256=' .. code:sub(1, 32) })
    assert_refuses(401, 'hex', body, { ['X-Sig'] = 'sha256=' })
    assert_refuses(401, 'hex', body)
  end)

  it('takes an HMAC in base64', function()
    local body = fresh()
    assert_takes('b64', body, { ['X-Sig'] = host.hmac('sha256', SECRET, body, 'base64') })
    assert_refuses(401, 'b64', body, { ['X-Sig'] = host.hmac('sha256', SECRET, body, 'hex') })
    assert_refuses(401, 'b64', body, { ['X-Sig'] = '!!!!' })
  end)

  it('checks the signature before it reads the body', function()
    assert_refuses(401, 'hex', '{"broken', { ['X-Sig'] = 'sha256=00' })
  end)

  it('reads a form as its fields', function()
    local answer = assert_takes('open', 'text=hello&b=x+y%21%C3%A9&empty=&n=' .. host.uuid(), FORM)
    local event = payload(stage, answer.id)
    assert.are.equal('x y!é', event.b)
    assert.are.equal('', event.empty)
  end)

  it('signs a form over its bytes, too', function()
    local body = 'text=hello&n=' .. host.uuid()
    assert_takes('hex', body, { ['Content-Type'] = FORM['Content-Type'],
                                ['X-Sig'] = 'sha256=' .. host.hmac('sha256', SECRET, body, 'hex') })
  end)

  it('keeps a text that was cut within an emoji, and what is nested deep', function()
    local n = host.uuid()
    local status, answer = stage:post('open', ('{"n":"%s","text":"cut \\ud83d"}'):format(n))
    assert.are.equal(202, status)
    assert.are.equal('cut \u{fffd}', payload(stage, answer.id).text)
    local shown = stage:cli('show', answer.id, '--json')
    assert.is_truthy(shown[1].note:find('U+FFFD', 1, true))
    local deep = '{"n":"%s","deep":%s1%s}'
    assert.are.equal(202, (stage:post('open', deep:format(n, ('['):rep(199), (']'):rep(199)))))
    assert.are.equal(400, (stage:post('open', deep:format(n, ('['):rep(200), (']'):rep(200)))))
  end)

  it('refuses a body that is no JSON', function()
    assert_refuses(400, 'open', '{"text": ')
    assert_refuses(400, 'open', '')
    assert_refuses(400, 'open', '{"text": "\xff\xfe"}')
  end)

  it('knows a repeat by the fields that the connection names', function()
    local id = host.uuid()
    local _, first = stage:post('open', ('{"order":{"id":"%s"},"text":"one"}'):format(id))
    local status, second = stage:post('open', ('{"order":{"id":"%s"},"text":"two"}'):format(id))
    assert.are.equal(200, status)
    assert.are.equal(first.id, second.id)
    assert.is_true(second.duplicate)
  end)

  it('knows a repeat by the whole body where it names none', function()
    local body = fresh()
    assert.are.equal(202, (stage:post('path/' .. SECRET, body)))
    assert.are.equal(200, (stage:post('path/' .. SECRET, body)))
    assert.are.equal(202, (stage:post('path/' .. SECRET, body .. ' ')))
  end)

  it('starts nothing for an address that is no hook', function()
    assert_refuses(404, 'nobody', BODY)
    assert_refuses(404, '', BODY)
  end)
end)

describe('an http connection', function()
  local CONNECTIONS = [[
  door: { connector: webhook, verify: none }
  api: { connector: http, base_url: %s/base, allow_private: true, headers: { X-App: ladle } }
  strict: { connector: http, base_url: "https://a.test", allow_hosts: ["%s"] }
  gone: { connector: http, base_url: "http://127.0.0.1:%d", allow_private: true }
]]
  local function call(method, body)
    return ([[
recipe: call-%s
needs: { door: webhook, api: http }
when: [door.received]
if: = event.method == "%s"
do:
  - step: call
    use: api.%s
    with: { url: = event.url, query: = event.query, headers: = event.headers%s }
    retry: once
    timeout: 4s
]]):format(method, method, method, body or '')
  end
  local BODIES = ', json: = event.json, form: = event.form, text: = event.text'
  local STRICT = [[
recipe: call-strict
needs: { door: webhook, strict: http }
when: [door.received]
if: = event.method == "strict"
do:
  - step: call
    use: strict.get
    with: { url: = event.url }
    retry: once
]]
  local GONE = [[
recipe: call-gone
needs: { door: webhook, gone: http }
when: [door.received]
if: = event.method == "gone"
do:
  - step: call
    use: gone.post
    with: { url: /x, text: y }
    retry: once
]]

  local stage, server, address
  local requests, answer = {}, nil

  setup(function()
    address, server = host.serve {
      on_request = function(request)
        requests[#requests + 1] = request
        return answer
          or { status = 200, headers = { ['Content-Type'] = 'application/json' }, body = '{"fine":true}' }
      end,
    }
    stage = stages.open({
      ['get.yaml'] = call 'get', ['post.yaml'] = call('post', BODIES), ['put.yaml'] = call('put', BODIES),
      ['patch.yaml'] = call('patch', BODIES), ['delete.yaml'] = call 'delete', ['strict.yaml'] = STRICT,
      ['gone.yaml'] = GONE,
    }, { connections = CONNECTIONS:format('http://' .. address, address, host.free_port()) })
  end)
  teardown(function()
    stages.close(stage)
    if server then server:close() end
  end)
  before_each(function() requests, answer = {}, nil end)

  -- Delivers an event that makes this call, and waits for its run: the run, its step, the request that was sent.
  local function perform(method, fields)
    fields.method, fields.n = method, host.uuid()
    local _, event = stage:post('door', json.encode(fields))
    local run = stages.ended(stage, function(one)
      return one.event_id == event.id and one.recipe == 'call-' .. method
    end)
    return run, flow.show(stage, run.id).steps[1], requests[1]
  end

  local function assert_dead(kind, run)
    assert.are.equal('dead', run.state)
    assert.are.equal(kind, run.error.kind, run.error.message)
    assert.is_true(stage:is_up())
  end

  it('gets under its base_url, with query and headers', function()
    local fields = { url = '/items', query = { q = 'a b&c', n = 3 }, headers = { ['X-One'] = '1' } }
    local run, step, request = perform('get', fields)
    assert.are.equal('done', run.state)
    assert.are.equal('GET', request.method)
    assert.are.equal('/base/items', request.path)
    assert.are.equal('a b&c', request.query.q)
    assert.are.equal('3', request.query.n)
    assert.are.equal('1', request.headers['x-one'])
    assert.are.equal('ladle', request.headers['x-app'])
    assert.are.equal(200, step.output.status)
    assert.are.same({ fine = true }, step.output.body)
    assert.are.equal('application/json', step.output.headers['content-type'])
  end)

  for _, method in ipairs { 'post', 'put', 'patch' } do
    it('sends JSON by ' .. method .. ', exactly', function()
      local body = { big = 9007199254740993, none = json.array {}, s = 'é' }
      local run, _, request = perform(method, { url = '/x', json = body })
      assert.are.equal('done', run.state)
      assert.are.equal(method:upper(), request.method)
      assert.are.equal('application/json', request.headers['content-type'])
      assert.is_truthy(request.body:find('9007199254740993', 1, true))
      assert.is_truthy(request.body:find('"none":[]', 1, true))
    end)
  end

  it('posts a form', function()
    local _, _, request = perform('post', { url = '/x', form = { name = 'A & B', city = 'Delft' } })
    assert.are.equal('application/x-www-form-urlencoded', request.headers['content-type'])
    local parts = {}
    for part in request.body:gmatch '[^&]+' do parts[part] = true end
    assert.is_true(parts['city=Delft'])
    assert.is_true(parts['name=A%20%26%20B'] or parts['name=A+%26+B'], request.body)
  end)

  it('posts text, and two bodies at once are an error', function()
    local _, _, request = perform('post', { url = '/x', text = 'plain words' })
    assert.are.equal('plain words', request.body)
    assert.is_truthy(request.headers['content-type']:find('text/plain', 1, true))
    assert_dead('invalid', (perform('post', { url = '/x', text = 'a', form = { b = 'c' } })))
  end)

  it('deletes', function()
    local run, _, request = perform('delete', { url = '/x/7' })
    assert.are.equal('done', run.state)
    assert.are.equal('DELETE', request.method)
    assert.are.equal('/base/x/7', request.path)
  end)

  it('hands back what is no JSON as text', function()
    answer = { status = 201, headers = { ['Content-Type'] = 'text/plain' }, body = 'made <it>' }
    local run, step = perform('put', { url = '/x', text = 'y' })
    assert.are.equal('done', run.state)
    assert.are.equal(201, step.output.status)
    assert.are.equal('made <it>', step.output.body)
  end)

  it('takes a JSON answer that is garbage for the text that it is, and goes on', function()
    answer = { status = 200, headers = { ['Content-Type'] = 'application/json' }, body = '<<<not json' }
    local run, step = perform('get', { url = '/x' })
    assert.are.equal('done', run.state)
    assert.are.equal('<<<not json', step.output.body)
  end)

  it('survives an answer of random bytes', function()
    local bytes = {}
    for i = 1, 400 do bytes[i] = string.char((i * 151 + 7) % 256) end
    answer = { status = 200, headers = { ['Content-Type'] = 'application/json' }, body = table.concat(bytes) }
    local run, step = perform('get', { url = '/x' })
    assert.are.equal('done', run.state)
    assert.are.equal(json.null, step.output.body) -- what is no text is not kept
    assert.is_true(stage:is_up())
  end)

  for _, pair in ipairs { { 400, 'invalid' }, { 403, 'forbidden' }, { 404, 'not_found' }, { 409, 'conflict' },
                          { 422, 'invalid' }, { 429, 'rate_limited' }, { 500, 'unavailable' },
                          { 503, 'unavailable' } } do
    local status, kind = pair[1], pair[2]
    it(('fails as %s where it is answered %d'):format(kind, status), function()
      answer = { status = status, headers = { ['Content-Type'] = 'application/json' },
                 body = '{"message":"no such luck"}' }
      local run, step = perform('get', { url = '/x' })
      assert_dead(kind, run)
      assert.are.equal(status, run.error.status)
      assert.is_truthy(run.error.message:find('no such luck', 1, true))
      assert.are.equal('{"message":"no such luck"}', step.error.answer)
      -- What shut the connection out for a while must not reach the next test.
      if status == 429 or status >= 500 then
        stages.close(stage)
        stage = stages.open(stage.options.recipes, { connections = stage.options.connections })
      end
    end)
  end

  it('refuses a host that is not the connection\'s', function()
    local run = perform('get', { url = 'http://other.example/x' })
    assert_dead('invalid', run)
    assert.is_truthy(run.error.message:find('other.example', 1, true), run.error.message)
    assert.is_truthy(run.error.message:find('allow_hosts', 1, true))
    assert.is_nil(requests[1])
  end)

  it('refuses another port of its own host', function()
    assert_dead('invalid', (perform('get', { url = stage.app.url .. '/_sandbox/state' })))
  end)

  it('refuses a private address without allow_private', function()
    local run = perform('strict', { url = 'http://' .. address .. '/x' })
    assert_dead('config', run)
    assert.is_truthy(run.error.message:find('127.0.0.1 is a private one', 1, true), run.error.message)
    assert.is_nil(requests[1])
  end)

  it('gives up a slow answer: what is safe to repeat has timed out', function()
    answer = { status = 200, body = 'late', delay_ms = 60000 }
    assert_dead('timeout', (perform('get', { url = '/x' })))
  end)

  it('gives up a slow answer: what may have happened waits for a person', function()
    answer = { status = 200, body = 'late', delay_ms = 60000 }
    local run = perform('post', { url = '/x', text = 'y' })
    assert.are.equal('parked', run.state)
    assert.are.equal('unknown', run.error.kind)
    assert.are.equal(1, #requests)
  end)

  it('parks what was cut off before its answer, and repeats nothing', function()
    answer = { drop = true }
    local run = perform('post', { url = '/x', text = 'y' })
    assert.are.equal('parked', run.state)
    assert.are.equal('unknown', run.error.kind)
    assert.are.equal(1, #requests)
  end)

  it('fails where nobody listens: nothing was sent, so nothing can have happened', function()
    assert_dead('unreachable', (perform('gone', {})))
  end)
end)

describe('a certificate', function()
  local folder, good, bad, unknown

  local function certificate(name, host_name)
    local process = assert(host.spawn {
      argv = { 'openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
               '-days', '2', '-subj', '/CN=' .. host_name, '-addext', 'subjectAltName=DNS:' .. host_name,
               '-keyout', folder .. '/' .. name .. '.key', '-out', folder .. '/' .. name .. '.pem' },
      output = folder .. '/openssl.log',
    })
    assert(process:wait(60000) == 0, host.read_file(folder .. '/openssl.log'))
    return assert(host.read_file(folder .. '/' .. name .. '.pem'))
  end

  local function tls_server(name)
    local port = host.free_port()
    local process = assert(host.spawn {
      argv = { 'openssl', 's_server', '-accept', '127.0.0.1:' .. port, '-cert', folder .. '/' .. name .. '.pem',
               '-key', folder .. '/' .. name .. '.key', '-www', '-quiet' },
      output = folder .. '/' .. name .. '.log',
    })
    flow.stage().wait_for('the TLS server', 60000, function()
      local _, problem = host.fetch { url = 'https://127.0.0.1:' .. port .. '/', timeout_ms = 2000 }
      return problem and problem.kind == 'tls'
    end)
    return { process = process, port = port }
  end

  local RECIPE = [[
recipe: call-NAME
needs: { door: webhook, NAME: http }
when: [door.received]
do:
  - step: call
    use: NAME.get
    with: { url: / }
    retry: once
]]

  local stage

  setup(function()
    folder = host.mkdtemp()
    local trusted = certificate('good', 'localhost') .. certificate('bad', 'elsewhere.example')
    certificate('unknown', 'localhost')
    assert(host.write_file(folder .. '/ca.pem', trusted))
    good, bad, unknown = tls_server 'good', tls_server 'bad', tls_server 'unknown'
    local recipes, connections = {}, { '  door: { connector: webhook, verify: none }\n' }
    for name, server in pairs { good = good, bad = bad, unknown = unknown } do
      recipes[name .. '.yaml'] = RECIPE:gsub('NAME', name)
      local line = '  %s: { connector: http, base_url: "https://localhost:%d", allow_private: true }\n'
      connections[#connections + 1] = line:format(name, server.port)
    end
    local env = { LADLE_CA_FILE = folder .. '/ca.pem' }
    stage = stages.open(recipes, { connections = table.concat(connections), env = env })
    stage:post('door', '{}')
    stage:settle()
  end)
  teardown(function()
    stages.close(stage)
    for _, server in pairs { good, bad, unknown } do server.process:kill 'KILL' end
    host.rm_rf(folder)
  end)

  local function run_of(name)
    return stages.ended(stage, function(run) return run.recipe == 'call-' .. name end)
  end

  it('that is trusted and names the host is accepted', function()
    assert.are.equal('done', run_of 'good'.state)
  end)

  it('of another host is refused, by name', function()
    local run = run_of 'bad'
    assert.are.equal('dead', run.state)
    assert.are.equal('tls', run.error.kind)
    assert.is_truthy(run.error.message:find('localhost', 1, true), run.error.message)
  end)

  it('that nobody vouches for is refused', function()
    local run = run_of 'unknown'
    assert.are.equal('dead', run.state)
    assert.are.equal('tls', run.error.kind)
    assert.is_true(stage:is_up())
  end)
end)

describe('a submission of a calculator', function()
  local SAVE = [[
recipe: run-engine
needs: { quotes: convertcalculator, engine: convertcalculator }
when: [quotes.submission_received]
if: = event.fields.area
do:
  - step: price
    use: engine.run_engine
    with: { inputs: { area: = number(event.fields.area) }, wrap: inputs }
]]
  local stage, token, server
  local asked = {}

  setup(function()
    local address
    address, server = host.serve {
      on_request = function(request)
        asked[#asked + 1] = request
        return { status = 200, headers = { ['Content-Type'] = 'application/json' }, body = '{"price":5400}' }
      end,
    }
    local connections = '  engine: { connector: convertcalculator, verify: none, engine_url: "http://%s/run" }\n'
    stage = stages.open({ ['run.yaml'] = SAVE }, { connections = connections:format(address) })
    token = host.read_file(stage:path 'ladle.yaml'):match 'token: (stage%S+)'
  end)
  teardown(function()
    stages.close(stage)
    if server then server:close() end
  end)

  local function submit(body, headers)
    return stage:post('quotes/' .. token, type(body) == 'table' and json.encode(body) or body, headers)
  end

  -- The event that a body becomes.
  local function read(body, headers)
    local status, answer = submit(body, headers)
    assert.are.equal(202, status, json.encode(answer))
    return payload(stage, answer.id)
  end

  it('is read where it is flat', function()
    local event = read { submissionId = 'flat-1', ['Full name'] = 'Ann Lee', Email = 'ann@lee.example',
                         Telephone = '+31 20 555 0100', rooms = 4 }
    assert.are.equal('flat-1', event.submission_id)
    assert.are.equal('submissionId', event.key_rule)
    assert.are.equal('Ann Lee', event.name)
    assert.are.equal('ann@lee.example', event.email)
    assert.are.equal('+31 20 555 0100', event.phone)
    assert.are.equal(4, event.fields.rooms)
    assert.is_nil(event.fields.submissionId)
    assert.are.equal('flat-1', event.raw.submissionId)
  end)

  it('is read where it holds lists of fields, questions and formulas', function()
    local event = read {
      submissionId = 'list-1', calculatorId = 'c1', calculatorName = 'Roofs', createdAt = '2026-11-23T10:15:30.000Z',
      fields = { { name = 'Who', type = 'text', value = 'Bo Chan' },
                 { name = 'Contact', type = 'email', label = 'bo@chan.example' } },
      questions = { { reference = 'QA', title = 'Size', label = '120 m2', value = 120 } },
      formulas = { { reference = 'FA', title = 'Price', result = 5400, resultFormattedFull = '$5,400' } },
    }
    assert.are.equal('bo@chan.example', event.email)
    assert.are.equal('Roofs', event.calculator_name)
    assert.are.equal(120, event.fields.Size)
    assert.are.equal(5400, event.results.Price.value)
    assert.are.equal('$5,400', event.results.Price.text)
    assert.are.equal('2026-11-23T10:15:30.000Z', event.submitted_at)
  end)

  it('becomes one event for each item of a list', function()
    local before = #stage:events()
    local one, two = { id = 'many-1', email = 'one@many.example' }, { id = 'many-2', email = 'two@many.example' }
    local status = submit(json.array { one, two })
    assert.are.equal(202, status)
    local events = stage:events()
    assert.are.equal(before + 2, #events)
    local keys = {}
    for _, event in ipairs(events) do keys[event.key] = true end
    assert.is_true(keys['many-1'] and keys['many-2'])
    assert.are.equal(200, (submit(json.array { two })))
  end)

  it('is read where it is a form', function()
    local event = read('submissionId=form-1&Name=Cy+Dent&e-mail=cy%40dent.example&note=a%26b', FORM)
    assert.are.equal('form-1', event.submission_id)
    assert.are.equal('cy@dent.example', event.email)
    assert.are.equal('Cy Dent', event.name)
    assert.are.equal('a&b', event.fields.note)
  end)

  it('is read where it is JSON in a field of a form', function()
    local event = read('payload=%7B%22id%22%3A%22inner-1%22%2C%22email%22%3A%22di%40dent.example%22%7D', FORM)
    assert.are.equal('inner-1', event.submission_id)
    assert.are.equal('di@dent.example', event.email)
  end)

  it('is stored once by its id, whatever else it says', function()
    local _, first = submit { submissionId = 'twice-1', email = 'a@b.example' }
    local status, second = submit { submissionId = 'twice-1', email = 'other@b.example' }
    assert.are.equal(200, status)
    assert.are.equal(first.id, second.id)
  end)

  it('is stored once by its body where it has no id', function()
    local body = { email = 'no-id@b.example', n = host.uuid() }
    local event = read(body)
    assert.are.equal('body', event.key_rule)
    assert.are.equal(200, (submit(body)))
    body.n = host.uuid()
    assert.are.equal(202, (submit(body)))
  end)

  it('is refused with a wrong token or none, and nothing is stored', function()
    local before = #stage:events()
    for _, path in ipairs { 'quotes/wrong', 'quotes', 'quotes/', 'quotes/' .. token .. 'x' } do
      assert.are.equal(404, (stage:post(path, '{"submissionId":"x"}')), path)
    end
    assert.are.equal(before, #stage:events())
  end)

  it('is refused where it cannot be read', function()
    local before = #stage:events()
    for _, body in ipairs { '{"a":', '3', '"text"', '[1,2]', '' } do
      assert.are.equal(400, (submit(body)), body)
    end
    assert.are.equal(before, #stage:events())
  end)

  it('can have an engine run for it', function()
    local _, answer = submit { submissionId = 'engine-1', area = '120' }
    local run = stages.ended(stage, function(one) return one.event_id == answer.id end)
    assert.are.equal('done', run.state)
    assert.are.equal('/run', asked[1].path)
    assert.are.same({ inputs = { area = 120 } }, json.decode(asked[1].body))
    assert.are.equal(5400, flow.show(stage, run.id).steps[1].output.body.price)
  end)
end)

describe('a connector of the project', function()
  local PAIRS = [[
return {
  name = 'pairs', title = 'Pairs', auth = { kinds = { 'none' } },
  webhook = { content = 'any', event = 'received', verify = 'config' },
  events = { received = { summary = 'One half of a pair came in' } },
  operations = {},
  receive = function(body)
    if body == 'loop' then while true do end end
    local list = {}
    for word in body:gmatch '%a+' do
      list[#list + 1] = { type = 'received', payload = word ~= 'bad' and { word = word } or nil }
    end
    return { events = list }
  end,
}
]]
  local RECIPE = [[
recipe: take-pairs
needs: { pairs: pairs }
when: [pairs.received]
do:
  - step: got
    stop: "= event.word"
]]
  local stage

  setup(function()
    stage = flow.stage({ ['pairs.yaml'] = RECIPE }, { connections = '  pairs: { connector: pairs, verify: none }\n' })
    assert(host.mkdir(stage:path 'scripts/connectors'))
    assert(host.write_file(stage:path 'scripts/connectors/pairs.lua', PAIRS))
    stage:start()
  end)
  teardown(function() stages.close(stage) end)

  it('may make several events of one delivery', function()
    local status, answer = stage:post('pairs', 'one two')
    assert.are.equal(202, status, json.encode(answer))
    assert.are.equal(2, answer.runs)
    for _, run in ipairs(stage:settle()) do assert.are.equal('done', run.state) end
    assert.are.equal(200, (stage:post('pairs', 'one two')))
  end)

  it('has a delivery refused whole where one of its events is wrong', function()
    local before = #stage:events()
    for _, body in ipairs { 'three bad', 'bad four', 'bad', '' } do
      assert.are.equal(400, (stage:post('pairs', body)), body)
    end
    assert.are.equal(before, #stage:events())
    assert.are.equal(202, (stage:post('pairs', 'five six')))
  end)

  it('that loops for ever is stopped, and the engine goes on', function()
    local status, answer = stage:post('pairs', 'loop')
    assert.is_true(status >= 400)
    assert.are.equal('budget', answer.error.kind)
    assert.are.equal(202, (stage:post('pairs', 'seven eight')))
  end)
end)
