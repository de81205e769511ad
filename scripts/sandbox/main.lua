-- `ladle sandbox`: the mock service on the engine's own server. engine/cli/cmd_sandbox.c hands over
-- the options of the command and this file does the rest, until it is told to stop.

local host = require 'host'
local json = require 'json'
local server = require 'sandbox.server'

local main = {}

local HOOK_TIMEOUT_MS = 10000

local function refuse(message)
  error({ kind = 'config', message = message }, 0)
end

local function read_faults(path)
  if not path then
    return nil
  end
  local text, err = host.read_file(path)
  if not text then
    refuse(('--faults: %s'):format(err.message))
  end
  local rules, problem = json.try_decode(text)
  if rules == nil then
    refuse(('--faults: %s: %s'):format(path, tostring(problem)))
  end
  return rules
end

local function read_data(path)
  if not path then
    return nil
  end
  local text, err = host.read_file(path)
  if not text then
    refuse(('--seed-data: %s'):format(err.message))
  end
  local tree, problems = host.parse_yaml(path, text)
  local data
  if tree then
    data, problems = require('sandbox.seed_form').read(tree)
  end
  if not data then
    io.stderr:write(host.show_problems(path, text, problems))
    refuse(('--seed-data: %d problem%s in %s'):format(#problems, #problems == 1 and '' or 's', path))
  end
  return data
end

-- A ledger that cannot be written is found out now, not at the first effect.
local function ledger_writer(path)
  if not path then
    return nil
  end
  local file, problem = io.open(path, 'a')
  if not file then
    refuse(('--ledger: %s'):format(problem))
  end
  file:close()
  return function(line)
    local ok, err = host.append_line(path, line)
    if not ok then
      error(err, 0)
    end
  end
end

local function send_hook(url, headers, body, done)
  local options = {
    method = 'POST', url = url, headers = headers, body = body, timeout_ms = HOOK_TIMEOUT_MS,
  }
  host.fetch(options, function(response)
    done(response and response.status)
  end)
end

local function split(text)
  local list = {}
  for item in (text or ''):gmatch('[^,%s]+') do
    list[#list + 1] = item
  end
  return list
end

-- A key of the sandbox's own: the vendor's private key is nobody's to have.
local function signing_key(seed, path)
  local key = host.sign.ed25519_new(host.sha256('ladle sandbox ' .. seed, 'raw'))
  if path then
    local ok, err = host.write_file(path, key:public_pem())
    if not ok then
      refuse(('--key: %s'):format(err.message))
    end
  end
  return key
end

-- What the command prints once it listens.
local function announcement(address, sandbox, key)
  local found = sandbox:credentials()
  found.address = address
  found.url = 'http://' .. address
  found.public_key = key:public_pem()
  return found
end

local function print_text(found)
  print(('sandbox listens on %s'):format(found.url))
  print(('  client_id      %s'):format(found.client_id))
  print(('  client_secret  %s'):format(found.client_secret))
  print(('  code           %s'):format(found.code))
  print(('  token          %s'):format(found.token))
  print(('  location       %s'):format(found.location))
  print(('  agency_token   %s'):format(found.agency_token))
  print(('  company        %s'):format(found.company))
  print(('  what it holds  %s/'):format(found.url))
end

-- Makes a sandbox that acts through `host`; used by the command, the demo and the tests of the
-- whole program. Returns the sandbox, its address and its key. Options: listen, seed, seed-data,
-- faults, ledger, hooks, key as the command's.
function main.start(options)
  local seed = options.seed or 1
  local key = signing_key(seed, options.key)
  local ok, sandbox = pcall(server.new, {
    seed = seed, data = read_data(options['seed-data']), now = host.now_ms, faults = read_faults(options.faults),
    write_ledger = ledger_writer(options.ledger), hooks = split(options.hooks), send = send_hook,
    after = host.after, settings = options.settings,
    sign = function(bytes) return key:sign(bytes) end,
  })
  if not ok then
    refuse(tostring(sandbox))
  end
  local address, listener = host.serve {
    listen = options.listen or '127.0.0.1:8430',
    on_request = function(request) return sandbox:handle(request) end,
  }
  sandbox.base_url = 'http://' .. address
  return sandbox, address, key, listener
end

function main.run(options)
  local sandbox, address, key = main.start(options)
  local found = announcement(address, sandbox, key)
  if options.json then
    print(json.encode(found))
  else
    print_text(found)
  end
  io.stdout:flush()
  host.run()
end

return main
