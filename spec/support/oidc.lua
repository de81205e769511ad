-- An authorisation server of someone else's making, the npm package oidc-provider, for the tests (oidc/server.mjs
-- says what it is set up to do). It is installed on demand into build/oidc, by its lock file. Where node, npm or npm's
-- registry are not there, oidc.install() says so, and the tests that need it are skipped with that message.

local flow = require 'flow'
local host, json = flow.host, flow.json

local oidc = {}

local SOURCE, FOLDER = 'spec/support/oidc/', 'build/oidc'
local FILES = { 'package.json', 'package-lock.json', 'server.mjs' }

local function run(command, timeout_ms, output)
  local process = assert(host.spawn { argv = { '/bin/sh', '-c', command }, output = output })
  return process:wait(timeout_ms)
end

-- Whether what is installed is what the lock file says: a copy of it is put there at the very end.
local function is_installed()
  return host.read_file(FOLDER .. '/installed') == host.read_file(SOURCE .. 'package-lock.json')
end

-- nil, or why the tests cannot run here.
function oidc.install()
  host.mkdir 'build'
  host.mkdir(FOLDER)
  for _, name in ipairs(FILES) do
    assert(host.write_file(FOLDER .. '/' .. name, assert(host.read_file(SOURCE .. name))))
  end
  if run('command -v node && command -v npm', 10000, '/dev/null') ~= 0 then
    return 'node and npm are not installed'
  elseif is_installed() then
    return nil
  end
  local log = FOLDER .. '/npm.log'
  os.remove(log)
  local npm = ' && exec npm ci --ignore-scripts --no-audit --no-fund --fetch-retries 1'
  if run('cd ' .. FOLDER .. npm, 180000, log) ~= 0 then
    return 'npm could not install oidc-provider (build/oidc/npm.log says why)'
  end
  assert(host.write_file(FOLDER .. '/installed', assert(host.read_file(SOURCE .. 'package-lock.json'))))
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
