-- What the specs of the sandbox share: a sandbox with a clock, a network and a ledger of the test's
-- own, and short words for what tests do with it.

local json = require 'json'
local server = require 'sandbox.server'

local kit = {
  LOCATION = 've9EPM428h8vShlRW1KT',
  JOHN = 'nmFmQEsNgz6AVpgLVUJ0',
  RUBIKA = 'CWBf1PR9LvvBkcYqiXlc',
  MINA = '9NkT25Vor1v4aQatFsv2',
  ELSEWHERE = 'sx6wyHhbFdRXh302LLNR',
  TASK = { title = 'Call', dueDate = '2026-11-25T10:00:00+01:00', completed = false },
}

-- A sandbox at a fixed moment. world.now moves its clock; world.sent holds the webhooks that were
-- sent, each with done(status); world.timers what waits for a later moment; world.lines the
-- ledger's lines.
function kit.new_world(options)
  local world = { now = 1795425327000, sent = {}, timers = {}, lines = {} }
  options = options or {}
  options.seed = options.seed or 7
  options.now = function() return world.now end
  options.sign = function(bytes) return 'signed:' .. #bytes end
  options.after = function(ms, fn) world.timers[#world.timers + 1] = { ms = ms, fn = fn } end
  options.write_ledger = function(line) world.lines[#world.lines + 1] = json.decode(line) end
  options.send = function(url, headers, body, done)
    world.sent[#world.sent + 1] = { url = url, headers = headers, body = body,
      event = json.decode(body), done = done }
  end
  world.sandbox = server.new(options)
  world.token = world.sandbox:credentials().token
  return world
end

function kit.decoded(response)
  local content_type = response.headers and response.headers['Content-Type'] or ''
  local is_json = content_type:find('json', 1, true)
  response.json = is_json and json.decode(response.body) or nil
  return response
end

-- Sends a request with a good token and version unless `more` says otherwise (false takes a header
-- out).
function kit.call(world, method, path, body, more)
  more = more or {}
  local token = more.token or world.token
  local headers = { authorization = 'Bearer ' .. token, version = '2021-07-28' }
  if body then
    headers['content-type'] = 'application/json'
  end
  for name, value in pairs(more.headers or {}) do
    headers[name] = value or nil
  end
  return kit.decoded(world.sandbox:handle {
    method = method, path = path, query = more.query or {}, headers = headers,
    body = body and json.encode(body) or '',
  })
end

function kit.form(fields)
  local parts = {}
  for key, value in pairs(fields) do
    local escaped = value:gsub('[^%w]', function(c) return ('%%%02X'):format(c:byte()) end)
    parts[#parts + 1] = key .. '=' .. escaped
  end
  return table.concat(parts, '&')
end

function kit.token_request(world, fields)
  local app = world.sandbox:credentials()
  local all = { client_id = app.client_id, client_secret = app.client_secret }
  for key, value in pairs(fields) do
    all[key] = value
  end
  return kit.decoded(world.sandbox:handle {
    method = 'POST', path = '/oauth/token', query = {}, body = kit.form(all),
    headers = { ['content-type'] = 'application/x-www-form-urlencoded' },
  })
end

function kit.effects(world)
  local names = {}
  for i, line in ipairs(world.lines) do
    names[i] = line.effect
  end
  return table.concat(names, ' ')
end

function kit.event_types(world)
  local names = {}
  for i, message in ipairs(world.sent) do
    names[i] = message.event.type
  end
  return table.concat(names, ' ')
end

return kit
