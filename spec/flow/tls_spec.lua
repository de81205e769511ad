-- The engine's own port with a certificate: deliveries within TLS, old protocols refused, a renewal while it runs.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local stages = require 'stages'

local host = flow.host

local GOT = [[
recipe: got
needs: { door: webhook }
when: [door.received]
do:
  - step: got
    stop: "= 'from ' .. meta.connection"
]]

describe('an engine with a certificate', function()
  local stage

  local function openssl(input, ...)
    local output = stage:path 'openssl.log'
    os.remove(output)
    local argv = { 'sh', '-c', 'echo "$0" | openssl "$@" 2>&1', input, ... }
    local code = assert(host.spawn { argv = argv, output = output }):wait(60000)
    return code, host.read_file(output) or ''
  end

  -- A certificate that trusts itself, put where the engine looks for it, the key first.
  local function certify(name)
    local code, text = openssl('', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
      '-days', '2', '-subj', '/CN=' .. name, '-addext', 'subjectAltName=IP:127.0.0.1',
      '-keyout', stage:path 'tls/key.new', '-out', stage:path 'tls/cert.new')
    assert(code == 0, text)
    assert(os.rename(stage:path 'tls/key.new', stage:path 'tls/key.pem'))
    assert(os.rename(stage:path 'tls/cert.new', stage:path 'tls/cert.pem'))
  end

  local function handshake(...)
    return openssl('', 's_client', '-connect', '127.0.0.1:' .. stage.port, '-CAfile', stage:path 'tls/cert.pem', ...)
  end

  setup(function()
    stage = flow.stage({ ['got.yaml'] = GOT }, {
      connections = '  door: { connector: webhook, verify: github, secret: a-secret-of-the-door }\n'
        .. 'tls: { certificate: tls/cert.pem, key: tls/key.pem }\n',
    })
    stage.env.LADLE_CA_FILE = stage:path 'tls/cert.pem'
    assert(host.mkdir(stage:path 'tls'))
    certify 'first'
    stage:start_sandbox()
    stage.engine = stage:spawn({ 'run' }, stage:path 'engine.log')
    stage.wait_for('the engine to listen', 60000, function()
      return (host.read_file(stage:path 'engine.log') or ''):find('listens on https://', 1, true)
    end)
  end)
  teardown(function() stages.close(stage) end)

  it('takes deliveries within TLS', function()
    local _, code, text = stage:cli('send', 'received', '--to', 'door')
    assert.are.equal(0, code, text)
    local run = stages.ended(stage, function(one) return one.recipe == 'got' end)
    assert.are.equal('from door', flow.show(stage, run.id).steps[1].input.reason)
  end)

  it('does not speak plain HTTP', function()
    local answer = host.fetch { url = 'http://127.0.0.1:' .. stage.port .. '/healthz', timeout_ms = 60000 }
    assert.is_nil(answer)
  end)

  it('speaks TLS 1.2 and 1.3, and nothing older', function()
    assert.are.equal(0, (handshake('-tls1_3', '-verify_return_error')))
    assert.are.equal(0, (handshake('-tls1_2', '-verify_return_error')))
    assert.are_not.equal(0, (handshake('-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0')))
  end)

  it('takes a new certificate while it runs, and keeps the one that it has where the new one is none', function()
    certify 'second'
    stage.wait_for('the new certificate', 60000, function()
      local _, text = handshake()
      return text:find('CN = second', 1, true)
    end)
    assert(host.write_file(stage:path 'tls/cert.pem', 'no certificate\n'))
    stage.wait_for('the word in the log', 60000, function()
      return host.read_file(stage:path 'engine.log'):find('the certificate stays as it was', 1, true)
    end)
    local _, text = openssl('', 's_client', '-connect', '127.0.0.1:' .. stage.port)
    assert.is_truthy(text:find('CN = second', 1, true), text)
    local documents, code = stage:cli('check', '--json')
    assert.are.equal(2, code)
    assert.is_truthy(flow.json.encode(documents[1].errors):find('holds no certificate', 1, true))
  end)
end)
