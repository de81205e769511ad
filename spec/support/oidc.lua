-- An authorisation server of someone else's making, the npm package oidc-provider, for the tests (oidc/server.mjs
-- says what it is set up to do).

local flow = require 'flow'
local npm = require 'npm'
local host, json = flow.host, flow.json

local oidc = {}

local FOLDER = 'build/oidc'

-- nil, or why the tests cannot run here.
function oidc.install()
  return npm.install('spec/support/oidc', FOLDER, { 'server.mjs' })
end

-- Starts it for a client that is sent back to `redirect_uri`: {issuer, browse(url), tokens(), expire(),
-- post(path, form), stop()}.
function oidc.start(redirect_uri)
  local output = host.mkdtemp() .. '/log'
  local process = assert(host.spawn {
    argv = { '/bin/sh', '-c', 'exec node ' .. FOLDER .. '/server.mjs 2>>' .. output .. '.err' }, output = output,
    env = { OIDC_REDIRECT = redirect_uri },
  })
  local self = {}
  flow.stage({}).wait_for('the provider to listen', 60000, function()
    local first = (host.read_file(output) or ''):match '^[^\n]+\n'
    self.issuer = first and json.decode(first).issuer
    if not process:is_running() then error(host.read_file(output .. '.err'), 0) end
    return self.issuer
  end)

  local function ask(method, path, body, type)
    local answer = assert(host.fetch { method = method, url = self.issuer .. path, body = body, timeout_ms = 60000,
                                       headers = { ['Content-Type'] = type } })
    return json.try_decode(answer.body), answer.status
  end
  -- A person opens the link, signs in and agrees: the address that they are sent back to.
  function self.browse(url)
    local answer = ask('POST', '/_test/browse', json.encode { url = url }, 'application/json')
    return assert(answer.location, json.encode(answer))
  end
  -- What the token endpoint gave out, in order.
  function self.tokens() return (ask('GET', '/_test/tokens')) end
  function self.expire() ask('POST', '/_test/expire', '{}', 'application/json') end
  -- A request of another program: the decoded answer, and its status.
  function self.post(path, form) return ask('POST', path, form, 'application/x-www-form-urlencoded') end
  function self.stop()
    process:kill 'TERM'
    process:wait(60000)
    host.rm_rf(output:match '^(.*)/log$')
  end
  return self
end

return oidc
