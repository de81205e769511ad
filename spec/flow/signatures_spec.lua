-- Webhooks of services that sign in their own ways, through the whole program: what fits becomes an event once, with
-- the sender's word for its type; what does not is refused; and `ladle send` makes samples that fit.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local stages = require 'stages'

local host, json = flow.host, flow.json

local DOORS = [[
  standard: { connector: webhook, verify: standard_webhooks, secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw }
  stripe: { connector: webhook, verify: stripe, secrets: [the-secret-before-it, whsec_test_secret] }
  github: { connector: webhook, verify: github, secret: "It's a Secret to Everybody" }
  slack: { connector: webhook, verify: slack, secret: 8f742231b10e8888abcd99yyyzzz85a5 }
  shopify: { connector: webhook, verify: shopify, secret: the-secret-of-the-shop }
  twilio: { connector: webhook, verify: twilio, secret: the-auth-token-12345 }
  basic: { connector: webhook, verify: basic, user: ann, secret: open sesame }
  own: { connector: webhook, verify: github, secret: "It's a Secret to Everybody", dedupe: [n] }
]]
local GOT = [[
recipe: got
needs:
  standard: webhook
  stripe: webhook
  github: webhook
  slack: webhook
  shopify: webhook
  twilio: webhook
  basic: webhook
when:
  - standard.received
  - stripe.received
  - github.received
  - slack.received
  - shopify.received
  - twilio.received
  - basic.received
do:
  - step: got
    stop: "= default(meta.event_type, 'something') .. ' of ' .. meta.connection"
]]

describe('a webhook of a service', function()
  local stage

  setup(function()
    stage = stages.open({ ['got.yaml'] = GOT }, { connections = DOORS .. 'public_url: https://hooks.example.com/\n' })
  end)
  teardown(function() stages.close(stage) end)

  -- The reason that the run of an event stopped for.
  local function got(id)
    local run = stages.ended(stage, function(one) return one.event_id == id end)
    return flow.show(stage, run.id).steps[1].input.reason
  end

  local function hex(hash, key, text) return host.hmac(hash, key, text, 'hex') end
  local function base64(hash, key, text) return host.hmac(hash, key, text, 'base64') end

  local function assert_once(what, path, body, headers)
    local status, answer = stage:post(path, body, headers)
    assert.are.equal(202, status, json.encode(answer))
    assert.are.equal(what, got(answer.id))
    status = stage:post(path, body, headers)
    assert.are.equal(200, status)
    assert.are.equal(401, (stage:post(path, body .. ' ', headers)))
  end

  it('of GitHub is let in by its signature, and known by its delivery', function()
    local body = '{"zen":"Keep it logically awesome."}'
    assert_once('push of github', 'github', body, {
      ['X-Hub-Signature-256'] = 'sha256=' .. hex('sha256', "It's a Secret to Everybody", body),
      ['X-GitHub-Delivery'] = host.uuid(), ['X-GitHub-Event'] = 'push',
    })
  end)

  it('of GitHub is an event of its own for each delivery, though the body be the same', function()
    local body = '{"zen":"Half measures are as bad as nothing at all."}'
    local headers = { ['X-Hub-Signature-256'] = 'sha256=' .. hex('sha256', "It's a Secret to Everybody", body) }
    for _ = 1, 2 do
      headers['X-GitHub-Delivery'] = host.uuid()
      assert.are.equal(202, (stage:post('github', body, headers)))
    end
  end)

  it('is known by the fields that the connection names, where it names some', function()
    local function post(body)
      return (stage:post('own', body, {
        ['X-Hub-Signature-256'] = 'sha256=' .. hex('sha256', "It's a Secret to Everybody", body),
        ['X-GitHub-Delivery'] = host.uuid(),
      }))
    end
    assert.are.equal(202, post '{"n":1,"zen":"a"}')
    assert.are.equal(200, post '{"n":1,"zen":"b"}')
    assert.are.equal(202, post '{"n":2,"zen":"a"}')
  end)

  it('of Stripe is let in by either secret, within five minutes', function()
    local now = os.time()
    local function signed(key, at, body)
      return { ['Stripe-Signature'] = ('t=%d,v1=%s'):format(at, hex('sha256', key, ('%d.%s'):format(at, body))) }
    end
    local body = json.encode { id = 'evt_' .. host.uuid(), type = 'invoice.paid' }
    assert_once('invoice.paid of stripe', 'stripe', body, signed('whsec_test_secret', now, body))
    local repeated = signed('the-secret-before-it', now - 60, body)
    assert.are.equal(200, (stage:post('stripe', body, repeated)))
    assert.are.equal(401, (stage:post('stripe', body, signed('whsec_test_secret', now - 3600, body))))
  end)

  it('of Standard Webhooks is let in, also beside signatures of another kind', function()
    local id, now = 'msg_' .. host.uuid(), os.time()
    local body = '{"type":"user.created"}'
    local key = host.base64_decode 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
    local signature = base64('sha256', key, ('%s.%d.%s'):format(id, now, body))
    assert_once('user.created of standard', 'standard', body, {
      ['webhook-id'] = id, ['webhook-timestamp'] = tostring(now), ['webhook-signature'] = 'v2,abc v1,' .. signature,
    })
  end)

  it('of Shopify is let in, and is known by its id', function()
    local body = '{"id":820982911946154508}'
    assert_once('orders/create of shopify', 'shopify', body, {
      ['X-Shopify-Hmac-SHA256'] = base64('sha256', 'the-secret-of-the-shop', body),
      ['X-Shopify-Webhook-Id'] = host.uuid(), ['X-Shopify-Topic'] = 'orders/create',
    })
  end)

  local function slack(body)
    local now = os.time()
    local text = ('v0:%d:%s'):format(now, body)
    return {
      ['X-Slack-Request-Timestamp'] = tostring(now),
      ['X-Slack-Signature'] = 'v0=' .. hex('sha256', '8f742231b10e8888abcd99yyyzzz85a5', text),
    }
  end

  local function fetch(path, body, headers)
    return host.fetch { method = 'POST', url = stage.url .. '/hooks/' .. path, headers = headers, body = body }
  end

  it('of Slack gets its challenge back, where it is signed, and nothing is stored', function()
    local before = #stage:events()
    local body = '{"type":"url_verification","challenge":"3eZbrw1aB"}'
    local answer = fetch('slack', body, slack(body))
    assert.are.equal(200, answer.status)
    assert.are.equal('3eZbrw1aB', answer.body)
    assert.are.equal(401, (stage:post('slack', body, slack 'x')))
    assert.are.equal(before, #stage:events())
  end)

  it('of Slack is answered with nothing, once it is stored', function()
    local body = json.encode { type = 'event_callback', event_id = host.uuid(), event = { type = 'app_mention' } }
    for _ = 1, 2 do
      local answer = fetch('slack', body, slack(body))
      assert.are.equal(200, answer.status)
      assert.are.equal('', answer.body)
    end
    local run = stages.ended(stage, function(one)
      return flow.show(stage, one.id).steps[1].input.reason == 'app_mention of slack'
    end)
    assert.is_not_nil(run)
  end)

  it('of Twilio is signed over the public address and the form', function()
    local body = 'MessageSid=SM' .. host.uuid() .. '&From=%2B14158675309&Body=hello+there'
    local fields = { 'Body', 'hello there', 'From', '+14158675309', 'MessageSid', body:match 'MessageSid=([^&]+)' }
    local text = 'https://hooks.example.com/hooks/twilio?who=me' .. table.concat(fields)
    local headers = {
      ['Content-Type'] = 'application/x-www-form-urlencoded',
      ['X-Twilio-Signature'] = base64('sha1', 'the-auth-token-12345', text),
    }
    local answer = fetch('twilio?who=me', body, headers)
    assert.are.equal(200, answer.status, answer.body)
    assert.are.equal('<Response/>', answer.body)
    assert.are.equal(401, fetch('twilio?who=you', body, headers).status)
    assert.are.equal(401, fetch('twilio', body, headers).status)
  end)

  it('with user and password is asked for them', function()
    local answer = fetch('basic', '{"n":1}')
    assert.are.equal(401, answer.status)
    assert.are.equal('Basic realm="webhook"', answer.headers['www-authenticate'])
    local headers = { Authorization = 'Basic ' .. host.base64 'ann:open sesame' }
    assert.are.equal(202, (stage:post('basic', '{"n":2}', headers)))
    headers.Authorization = 'Basic ' .. host.base64 'ann:open sesamf'
    assert.are.equal(401, (stage:post('basic', '{"n":3}', headers)))
    for _, event in ipairs(stage:events()) do
      assert.is_nil(json.encode(flow.show(stage, event.id)):find('Basic ', 1, true))
    end
  end)

  it('is imitated by `ladle send` for every preset', function()
    for name in DOORS:gmatch '(%w+): { connector' do
      local _, code, output = stage:cli('send', 'received', '--to', name, '--url', stage.url .. '/hooks/' .. name)
      assert.are.equal(0, code, name .. ': ' .. output)
    end
  end)

  it('that was refused is counted by connection and reason', function()
    stage:post('github', '{}')
    stage:post('github', '{}', { ['X-Hub-Signature-256'] = 'sha256=' .. ('0'):rep(64) })
    local metrics = host.fetch { url = stage.url .. '/metrics' }.body
    for _, reason in ipairs { 'unsigned', 'wrong' } do
      local count = metrics:match('ladle_webhook_refused_total{connection="github",reason="' .. reason .. '"} (%d+)')
      assert.is_true(tonumber(count) >= 1, reason)
    end
  end)
end)

describe('a door behind a proxy', function()
  local stage

  setup(function()
    stage = stages.open({}, { connections = [[
  door: { connector: webhook, verify: none, webhook: { allow_from: [198.51.100.0/24] } }
  local: { connector: webhook, verify: none, webhook: { allow_from: [127.0.0.1] } }
trusted_proxies: [127.0.0.0/8, 10.0.0.0/8]
]] })
  end)
  teardown(function() stages.close(stage) end)

  local function status(path, headers)
    return (stage:post(path, json.encode { n = host.uuid() }, headers))
  end

  it('is open to whom the proxy names, whatever else was written there', function()
    assert.are.equal(202, status('door', { ['X-Forwarded-For'] = '203.0.113.1, 198.51.100.7, 10.0.0.3' }))
    assert.are.equal(202, status('door', { Forwarded = 'for="198.51.100.7:4711";proto=https' }))
    assert.are.equal(403, status('door', { ['X-Forwarded-For'] = '198.51.100.7, 203.0.113.1' }))
    assert.are.equal(403, status('door', { ['X-Forwarded-For'] = '198.51.100.7, unknown' }))
    assert.are.equal(403, status('door', { ['X-Forwarded-For'] = '198.51.100.7', Forwarded = 'for=203.0.113.1' }))
    assert.are.equal(403, status 'door')
  end)

  it('is open to the proxy itself where it speaks for nobody', function()
    assert.are.equal(202, status 'local')
    assert.are.equal(403, status('local', { ['X-Forwarded-For'] = '198.51.100.7' }))
  end)
end)

describe('a key that was changed', function()
  local TELL = [[
recipe: tell
when: [ladle.verification_failing]
do:
  - step: tell
    stop: ${event.connection} ${event.reason}
]]

  it('starts a recipe once, stands beside the connection, and is forgotten when deliveries fit again', function()
    local stage = flow.stage({ ['tell.yaml'] = TELL }, {
      connections = '  door: { connector: webhook, verify: github, secret: the-new-secret }\n',
    })
    stages.with(stage, function()
      stage:start()
      local function post(secret)
        local body = json.encode { n = host.uuid() }
        local signature = 'sha256=' .. host.hmac('sha256', secret, body, 'hex')
        return (stage:post('door', body, { ['X-Hub-Signature-256'] = signature }))
      end
      local function trouble()
        for _, row in ipairs((stage:cli('connections', '--json'))) do
          if row.name == 'door' then return row.webhook.failing_since end
        end
      end
      for _ = 1, 20 do assert.are.equal(401, post 'the-old-secret') end
      local run = stages.ended(stage, function(one) return one.recipe == 'tell' end)
      assert.is_truthy(flow.show(stage, run.id).steps[1].input.reason:find('door 5 of 5 signed deliveries', 1, true))
      stage.wait_for('the state in the store', 60000, function() return type(trouble()) == 'string' end)
      local _, _, text = stage:cli 'connections'
      assert.is_truthy(text:find('do not fit their signature', 1, true), text)
      for _ = 1, 3 do assert.are.equal(202, post 'the-new-secret') end
      stage.wait_for('the end in the store', 60000, function() return type(trouble()) ~= 'string' end)
      assert.are.equal(1, #stage:settle())
      local log = host.read_file(stage:path 'engine.log')
      assert.are.equal(1, select(2, log:gsub('was refused', '')))
    end)
  end)
end)
