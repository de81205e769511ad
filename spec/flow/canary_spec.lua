-- Promise P9, with canaries: a secret of its own is put in every place where one can be, a service tells it to the
-- engine in every way that services have, and then it is looked for wherever something is kept or shown.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local stages = require 'stages'

local host, json = flow.host, flow.json

-- Canaries -----------------------------------------------------------------------------------------

local SIGABRT = 6
local PIECE = 15 -- a cut may leave the beginning or the end of a secret

-- Letters of its own, and what encodings change.
local function canary(name, is_plain)
  local seed = host.sha256('canary ' .. name, 'hex')
  return ('%s%s%s'):format(seed:sub(1, 20), is_plain and 'x' or '/+"\\=&% ', seed:sub(21, 40))
end

local CANARY = {
  client_secret = canary 'client_secret', access_1 = canary 'access_1', access_2 = canary 'access_2',
  refresh_1 = canary 'refresh_1', refresh_2 = canary 'refresh_2', code = canary('code', true),
  callback_code = canary('callback_code', true), key = canary 'key', key_next = canary 'key_next',
  stored = canary 'stored', stored_next = canary 'stored_next', header = canary 'header',
  other_header = canary 'other_header', env_header = canary 'env_header', hook_header = canary 'hook_header',
  hook_url = canary('hook_url', true), hook_hmac = canary 'hook_hmac', unused = canary 'unused',
  basic_secret = canary 'basic_secret', argument = canary('argument', true), path = canary('path', true),
  far_path = canary('far_path', true), hook_basic = canary 'hook_basic', master_key = host.sha256('canary key', 'hex'),
}

local LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

local function base64(text)
  local out, held, bits = {}, 0, 0
  for i = 1, #text do
    held, bits = (held << 8 | text:byte(i)) & 0xffffff, bits + 8
    while bits >= 6 do
      bits = bits - 6
      local at = (held >> bits & 63) + 1
      out[#out + 1] = LETTERS:sub(at, at)
    end
  end
  return table.concat(out)
end

local function hex(text)
  return (text:gsub('.', function(c) return ('%02x'):format(c:byte()) end))
end

local function percent(text)
  return (text:gsub('[^%w%-._~]', function(c) return ('%%%02X'):format(c:byte()) end))
end

local function escaped(text)
  return (json.encode(text):sub(2, -2))
end

-- The forms to look for. Of base64 the middle: its edges depend on what stands beside it.
local function forms_of(secret)
  local list = {
    plain = secret, ['plain, its beginning'] = secret:sub(1, PIECE), ['plain, its end'] = secret:sub(-PIECE),
    hex = hex(secret), ['upper hex'] = hex(secret):upper(), ['percent'] = percent(secret),
    ['lower percent'] = percent(secret):gsub('%%%x%x', string.lower), json = escaped(secret),
    ['json twice'] = escaped(escaped(secret)), ['json with \\/'] = escaped(secret):gsub('/', '\\/'),
  }
  for before = 0, 2 do
    list['base64 after ' .. before] = base64(('x'):rep(before) .. secret .. 'xx'):sub(4, -6)
  end
  return list
end

-- "access_1 as hex" of each that stands in the text.
local function found_in(text)
  local found = {}
  for name, secret in pairs(CANARY) do
    for form, look in pairs(forms_of(secret)) do
      if text:find(look, 1, true) then found[#found + 1] = ('%s as %s'):format(name, form) end
    end
  end
  table.sort(found)
  return found
end

-- The service --------------------------------------------------------------------------------------

local TELL = {
  plain = function(text) return text, 'text/plain' end,
  html = function(text) return '<p>' .. text .. '</p>', 'text/html' end,
  message = function(text) return json.encode { message = 'you sent ' .. text }, 'application/json' end,
  -- Long, so that what is kept of it ends within the secret.
  long = function(text) return json.encode { message = ('.'):rep(280 - 20) .. text }, 'application/json' end,
  base64 = function(text) return json.encode { message = 'it was ' .. base64(text) }, 'application/json' end,
  hex = function(text) return json.encode { error = { message = hex(text) } }, 'application/json' end,
  percent = function(text) return 'seen=' .. percent(text), 'text/plain' end,
  twice = function(text) return json.encode { detail = json.encode { was = text } }, 'application/json' end,
  slash = function(text) return (json.encode { message = text }:gsub('/', '\\/')), 'application/json' end,
}

local tokens_given = 0

local function grant(request)
  tokens_given = tokens_given + 1
  local n = tokens_given == 1 and '1' or '2'
  local answer = { access_token = CANARY['access_' .. n], refresh_token = CANARY['refresh_' .. n], expires_in = 3600 }
  return { status = 200, body = json.encode(answer), headers = { ['Content-Type'] = 'application/json' } }, request
end

-- Everything that the request held, as one text.
local function all_of(request)
  local parts = { request.method, request.path, request.body or '' }
  for name, value in pairs(request.headers) do parts[#parts + 1] = name .. ': ' .. value end
  table.sort(parts)
  return table.concat(parts, '\n')
end

-- /tell/FORM/STATUS tells what it was sent; /oauth/token gives tokens; /oauth/refuse tells and refuses.
local function answer(request)
  if request.path == '/oauth/token' then return grant(request) end
  local form, status = request.path:match '/tell/(%w+)/(%d+)$'
  local is_first = request.headers.authorization == 'Bearer ' .. CANARY.stored
    or request.headers.authorization == 'Bearer ' .. CANARY.key
  if is_first and status == '401' then form = 'message' elseif status == '401' then status = '200' end
  local body, kind = TELL[form or 'message'](all_of(request))
  return { status = tonumber(status or '400'), body = body, headers = { ['Content-Type'] = kind } }
end

-- The project --------------------------------------------------------------------------------------

local CONFIG = [[
listen: 127.0.0.1:%d
public_url: http://127.0.0.1:%d
connections:
  api:
    connector: http
    auth: oauth
    base_url: %s
    authorize_url: /authorize
    token_url: /oauth/token
    pkce: none
    client_id: canary-client
    client_secret: ${secret.client_secret}
    allow_private: true
  basic:
    connector: http
    auth: oauth
    base_url: %s
    authorize_url: /authorize
    token_url: /oauth/refuse
    client: basic
    pkce: none
    client_id: canary-basic
    client_secret: ${secret.basic_secret}
    allow_private: true
  keyed:
    connector: http
    auth: token
    token: ${secret.key}
    token_next: ${secret.key_next}
    base_url: %s
    headers: { X-Api-Key: "${secret.header}", X-Other: "${secret.other_header}", X-Env-Key: "${env.CANARY_HEADER}" }
    allow_private: true
  stored:
    connector: http
    auth: token
    base_url: %s
    allow_private: true
  pathed:
    connector: http
    base_url: "%s/in/${secret.path}"
    allow_private: true
  far:
    connector: http
    base_url: "http://127.0.0.1:1/${secret.far_path}"
    allow_private: true
  door:
    connector: webhook
    verify: token
    header: X-Door
    secret: ${env.CANARY_HOOK}
  user:
    connector: webhook
    verify: basic
    user: someone
    secret: ${secret.hook_basic}
  gate:
    connector: webhook
    verify: token
    webhook: { token: "${secret.hook_url}" }
  sealed:
    connector: webhook
    verify: hmac_sha256
    header: X-Signature
    secret: ${secret.hook_hmac}
]]

local USER_SECRETS = { 'client_secret', 'basic_secret', 'key', 'key_next', 'header', 'other_header', 'hook_url',
  'hook_hmac', 'hook_basic', 'path', 'far_path', 'unused' }

local function leaky_recipe()
  local steps = {}
  local function step(name, connection, path, more)
    steps[#steps + 1] = ('  - step: %s\n    use: %s.get\n    with: { url: "%s" }\n%s'):format(name, connection, path,
      more or '    on_error: continue\n    retry: once\n')
  end
  for _, connection in ipairs { 'api', 'keyed', 'stored', 'pathed' } do
    step(connection .. '_switch', connection, '/tell/message/401')
    for form in pairs(TELL) do
      step(('%s_%s_refused'):format(connection, form), connection, ('/tell/%s/422'):format(form))
      step(('%s_%s_fine'):format(connection, form), connection, ('/tell/%s/200'):format(form))
    end
    step(connection .. '_down', connection, '/tell/plain/503')
  end
  step('far', 'far', '/nowhere')
  steps[#steps + 1] = '  - step: mirror\n    use: api.post\n    with: { url: /tell/message/200, json: { was: "= '
    .. 'steps.api_message_fine" } }\n    on_error: continue\n'
  steps[#steps + 1] = '  - step: emits\n    use: scripts.leak\n    with: { text: "= steps.keyed_plain_fine.body" }\n'
  local needs = 'api: http, keyed: http, stored: http, pathed: http, far: http, door: webhook'
  local head = ('recipe: leaky\nneeds: { %s }\n'):format(needs)
  return head .. 'when: [door.received]\ndo:\n' .. table.concat(steps)
end

local LEAK = [[
return {
  name = 'leak', summary = 'Tells what it knows', input = { text = { 'string' } },
  output = { text = { 'string' } },
  run = function(ctx, input)
    ctx.log('a script says ' .. input.text)
    error('a script failed over ' .. input.text)
  end,
}
]]

-- Looking ------------------------------------------------------------------------------------------

-- Every file below the folder, by its path.
local function read_files(folder, into, mark)
  for _, name in ipairs(assert(host.list(folder))) do
    local path = folder .. '/' .. name
    if host.stat(path).kind == 'folder' then
      read_files(path, into, mark)
    else
      into[path .. mark] = assert(host.read_file(path))
    end
  end
end

-- Runs a command with `text` on its stdin; its exit code and output.
local function cli_with(stage, text, ...)
  assert(host.write_file(stage:path 'stdin', text))
  os.remove(stage:path 'out')
  local process = assert(host.spawn {
    argv = { '/bin/sh', '-c', 'exec "$0" "$@" <stdin', stage.ladle, ... }, cwd = stage.folder,
    output = stage:path 'out', env = stage.env,
  })
  local code = process:wait(60000)
  os.remove(stage:path 'stdin')
  return code, host.read_file(stage:path 'out') or ''
end

local function prepare(stage, base)
  assert(host.write_file(stage:path 'ladle.yaml', CONFIG:format(stage.port, stage.port, base, base, base, base, base)))
  local said = {}
  local function run(text, ...)
    local code, output = cli_with(stage, text, ...)
    said[#said + 1] = output
    return code, output
  end
  for _, name in ipairs(USER_SECRETS) do assert.are.equal(0, (run(CANARY[name], 'secret', 'set', name))) end
  assert.are.equal(0, (run(CANARY.stored, 'connect', 'stored', '--token', '-')))
  assert.are.equal(0, (run(CANARY.stored_next, 'connect', 'stored', '--token', '-', '--next')))
  -- Refused: the service tells the whole request.
  assert.are_not.equal(0, (run(CANARY.code, 'connect', 'basic', '--code', '-', '--log', 'debug')))
  assert.are_not.equal(0, (run(CANARY.code, 'connect', 'basic', '--code', '-', '--json')))
  assert.are.equal(2, (run('', 'secret', 'set', 'other', CANARY.argument)))
  local code, text = run(CANARY.code, 'connect', 'api', '--code', '-', '--log', 'debug')
  assert.are.equal(0, code, text)
  return said
end

-- Everything that the engine shows.
local function shown(stage, said)
  for _, command in ipairs { 'runs', 'events', 'dead', 'connections' } do
    said[#said + 1] = select(3, stage:cli(command, '--json'))
    said[#said + 1] = select(3, stage:cli(command))
  end
  for _, rows in ipairs { stage:runs(), stage:events() } do
    for _, row in ipairs(rows) do
      said[#said + 1] = select(3, stage:cli('show', row.id, '--json'))
      said[#said + 1] = select(3, stage:cli('show', row.id))
    end
  end
  said[#said + 1] = select(3, stage:cli('secret', 'list', '--json'))
  said[#said + 1] = select(3, stage:cli('key', 'show', '--json'))
  for _, path in ipairs { '/metrics', '/healthz', '/', '/hooks/door', '/oauth/callback' } do
    local page = host.fetch { url = stage.url .. path, timeout_ms = 60000 }
    said[#said + 1] = page and page.body or ''
  end
  return table.concat(said, '\n')
end

-- What goes in, from outside.
local function deliver(stage)
  local first = 'x'
  local status, event = stage:post('door', '{"a":1}', { ['X-Door'] = CANARY.hook_header })
  assert.are.equal(202, status)
  assert.are.equal(202, (stage:post('gate/' .. CANARY.hook_url, '{"a":2}')))
  local basic = 'Basic ' .. host.base64('someone:' .. CANARY.hook_basic)
  assert.are.equal(202, (stage:post('user', '{"a":3}', { Authorization = basic })))
  for path, headers in pairs { user = { Authorization = basic .. 'AAAA' }, ['gate/' .. CANARY.hook_url .. first] = {},
                               door = { ['X-Door'] = CANARY.hook_header .. first },
                               sealed = { ['X-Signature'] = CANARY.hook_hmac } } do
    assert.is_true(stage:post(path, '{"a":3}', headers) >= 400, path)
  end
  local back = host.fetch { url = stage.url .. '/oauth/callback?state=no-such-state&code=' .. CANARY.callback_code,
    timeout_ms = 60000 }
  assert.is_true(back.status >= 400)
  return stages.ended(stage, function(run) return run.event_id == event.id end), back.body
end

-- The engine as the stage starts it, but with its log at debug, and free to dump core.
local function start_engine(stage)
  local argv = { '/bin/sh', '-c', 'ulimit -c unlimited; exec "$0" run --log debug', stage.ladle }
  local output = stage:path 'engine.log'
  stage.engine = assert(host.spawn { argv = argv, cwd = stage.folder, env = stage.env, output = output })
  stage.wait_for('the engine to listen', 60000, function() return stage:is_up() end)
end

local function no_canary(kept)
  local leaks = {}
  for where, text in pairs(kept) do
    for _, what in ipairs(found_in(text)) do leaks[#leaks + 1] = ('%s stands in %s'):format(what, where) end
  end
  table.sort(leaks)
  assert.are.equal('', table.concat(leaks, '\n'))
end

describe('a canary', function()
  it('is found by this test in each of its forms', function()
    for name, secret in pairs(CANARY) do
      for form, look in pairs(forms_of(secret)) do
        assert.is_true(#found_in('before ' .. look .. ' after') > 0, name .. ' as ' .. form)
      end
    end
    for form, tell in pairs(TELL) do
      assert.is_true(#found_in((tell('Authorization: Bearer ' .. CANARY.key))) > 0, form)
    end
  end)

  it('is found nowhere else', function()
    local address, server = host.serve { on_request = answer }
    local stage = flow.stage({ ['leaky.yaml'] = leaky_recipe() }, {
      scripts = { ['leak.lua'] = LEAK },
      env = { CANARY_HEADER = CANARY.env_header, CANARY_HOOK = CANARY.hook_header, LADLE_KEY = CANARY.master_key },
    })
    stages.with(stage, function()
      local said = prepare(stage, 'http://' .. address)
      start_engine(stage)
      local run, page = deliver(stage)
      said[#said + 1] = page
      local shows = shown(stage, said)
      -- It took place: the answers are kept, the second tokens are in use, the script failed.
      assert.are.equal('dead', run.state, json.encode(run))
      assert.is_truthy(shows:find('you sent', 1, true))
      assert.is_truthy(shows:find('a script failed over', 1, true))
      assert.is_truthy(host.read_file(stage:path 'engine.log'):find('the second is used from now on', 1, true))

      local kept = { ['what commands and pages show'] = shows }
      read_files(stage.folder, kept, ' while it ran')
      assert.is_truthy(kept[stage:path 'data/ladle.db-wal' .. ' while it ran'])
      -- A core dump of the process with all of it in memory.
      stage.engine:kill(SIGABRT)
      stage.engine:wait(60000)
      stage.engine = nil
      for _, name in ipairs(host.list(stage.folder)) do
        assert.is_nil(name:match '^core', 'there is a core dump: ' .. name)
      end
      read_files(stage.folder, kept, ' after it died')
      stage:start_engine()
      assert.are.equal(0, stage:stop_engine())
      read_files(stage.folder, kept, ' at rest')
      no_canary(kept)
    end)
    server:close()
  end)
end)
