-- `ladle send` makes events that the running project accepts: of every way to verify that there is, with what the
-- connection has of keys; and where it has none, it says what to do.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local stages = require 'stages'

local host = flow.host
local presets = require('lib.signatures').presets

local SEED = host.sha256('the key of a sender', 'raw')
local OWN = host.sign.ed25519_new(SEED)
-- PKCS #8 of an Ed25519 key (RFC 8410, 7).
local OWN_PEM = '-----BEGIN PRIVATE KEY-----\n'
  .. host.base64('\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20' .. SEED)
  .. '\n-----END PRIVATE KEY-----\n'

-- Connections by their names, which begin with the way that they verify.
local DOORS = {
  none = 'verify: none',
  token = 'verify: token, secret: "a token/with odd+characters"',
  token_in_header = 'verify: token, header: X-Token, prefix: "Key ", secret: a-token-in-a-header',
  basic = 'verify: basic, user: ann, secret: "open: sesame"',
  hmac_sha1 = 'verify: hmac_sha1, header: X-Sig, secret: a-secret-of-the-door',
  hmac_sha256 = 'verify: hmac_sha256, header: X-Sig, prefix: "sha256=", secret: a-secret-of-the-door',
  hmac_sha256_dated = 'verify: hmac_sha256, header: X-Sig, timestamp: X-Time, tolerance: 1 minute, '
    .. 'signed: "{timestamp}:{body}", secret: a-secret-of-the-door',
  hmac_sha512 = 'verify: hmac_sha512, header: X-Sig, encoding: base64, secret: a-secret-of-the-door',
  hmac_sha256_rotated = 'verify: hmac_sha256, header: X-Sig, secrets: [the-newest-secret, the-secret-before]',
  hmac_sha256_of_address = 'verify: hmac_sha256, header: X-Sig, signed: "{url}{body}", secret: a-secret-of-the-door',
  standard_webhooks = 'verify: standard_webhooks, secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  standard_webhooks_by_key = 'verify: standard_webhooks, webhook: { public_keys: [keys/own.pem] }',
  stripe = 'verify: stripe, secret: whsec_test_secret',
  github = 'verify: github, secret: "It\'s a Secret to Everybody"',
  slack = 'verify: slack, secret: 8f742231b10e8888abcd99yyyzzz85a5',
  shopify = 'verify: shopify, secret: the-secret-of-the-shop',
  twilio = 'verify: twilio, secret: the-auth-token-12345',
}

local function connections()
  local out = {}
  for name, keys in pairs(DOORS) do out[#out + 1] = ('  %s: { connector: webhook, %s }\n'):format(name, keys) end
  return table.concat(out) .. 'public_url: https://hooks.example.com/base\n'
end

describe('ladle send', function()
  local stage

  setup(function()
    stage = flow.stage({}, { connections = connections() })
    stage:start_sandbox()
    assert(host.write_file(stage:path 'keys/own.pem', OWN:public_pem()))
    assert(host.write_file(stage:path 'keys/own-private.pem', OWN_PEM))
    stage:connect()
    stage:start_engine()
  end)
  teardown(function() stages.close(stage) end)

  local function send(...)
    local documents, code, text = stage:cli('send', '--json', ...)
    return documents[1], code, text
  end

  it('knows a connection of every way to verify', function()
    for name in pairs(presets) do assert.is_not_nil(DOORS[name], name) end
  end)

  for name in pairs(DOORS) do
    it('is let in, and is a new event each time: ' .. name, function()
      local key = name:find '_by_key' and { '--key', 'keys/own-private.pem' } or {}
      for _ = 1, 2 do
        local sent, code, text = send('received', '--to', name, table.unpack(key))
        assert.are.equal(0, code, text)
        assert.are.equal(name, sent.connection)
      end
      local events = stages.pick(stage:events(), function(one) return one.connection == name end)
      assert.are.equal(2, #events) -- not all of them tell it in their answer
      for _, event in ipairs(events) do assert.are.equal(flow.json.null, event.duplicate_of) end
    end)
  end

  it('is let in by the token of a connector that has its own way', function()
    local sent, code, text = send 'submission_received'
    assert.are.equal(0, code, text)
    assert.are.equal('quotes', sent.connection)
  end)

  it('sends further headers, which the sender would have sent', function()
    local sent, code, text = send('received', '--to', 'github', '--header', 'X-GitHub-Event: push', '--header',
      'X-Other:  spaced ')
    assert.are.equal(0, code, text)
    local headers = flow.show(stage, sent.answer.id).headers
    local found = {}
    for name, value in pairs(headers) do found[name:lower()] = value end
    assert.are.equal('push', found['x-github-event'])
    assert.are.equal('spaced', found['x-other'])
  end)

  it('lets --header stand for what it would have sent itself', function()
    local _, code, text = send('received', '--to', 'token_in_header', '--header', 'x-token: Key something-else')
    assert.are.equal(1, code, text)
    _, code, text = send('received', '--to', 'none', '--header', 'Content-Type: application/x-www-form-urlencoded')
    assert.are.equal(2, code)
    assert.is_truthy(text:find('--content-type', 1, true), text)
  end)

  it('refuses what is no header', function()
    for _, wrong in ipairs { 'nothing', ': value', 'A B: c', 'A: b\nC: d' } do
      local _, code, text = send('received', '--to', 'none', '--header', wrong)
      assert.are.equal(2, code, wrong)
      assert.is_truthy(text:find('NAME: VALUE', 1, true), text)
    end
  end)

  it('says which file to name where, where the key is the service\'s own, and that works', function()
    local project = stage.folder
    local config = host.read_file(stage:path 'ladle.yaml')
    local _, code, text = stage:cli('send', 'contact_created')
    assert.are.equal(1, code)
    local line = text:match '`(webhook: %b{})`'
    assert.are.equal('webhook: { public_keys: [data/test-webhook-key.pub.pem] }', line, text)
    assert.is_truthy(text:find('connection crm', 1, true), text)
    assert.are.equal(0, stage:stop_engine())
    local changed, count = config:gsub('    webhook:\n      public_keys: %b[]\n', '    ' .. line .. '\n')
    assert.are.equal(1, count)
    assert(host.write_file(project .. '/ladle.yaml', changed))
    stage:start_engine()
    assert.are.equal(0, (select(2, stage:cli('send', 'contact_created'))))
    assert(host.write_file(project .. '/ladle.yaml', config))
  end)
end)

describe('ladle send to a connection that lets in some networks only', function()
  it('says which one this is', function()
    local door = '  door: { connector: webhook, verify: none, webhook: { allow_from: [198.51.100.0/24] } }\n'
    flow.on_stage({}, { connections = door }, function(stage)
      local _, code, text = stage:cli('send', 'received', '--to', 'door')
      assert.are.equal(1, code)
      assert.is_truthy(text:find('403', 1, true), text)
      assert.is_truthy(text:find('add it to `allow_from` of connection door', 1, true), text)
    end)
  end)
end)

