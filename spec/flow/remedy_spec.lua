-- A service that does not let a connection in: the run, the log and `ladle connections` say what to do, by the kind of
-- the connection. Each remedy is typed as it was printed, and then the run goes on.
package.path = './spec/support/?.lua;' .. package.path
local journey = require 'journey'
local stages = require 'stages'
local show = journey.flow.show
local host = journey.host

local GOOD = 'the-good-token-4711'

-- A service that wants its token in a header.
local function new_service(header, value)
  local address, server = host.serve { listen = '127.0.0.1:0', on_request = function(request)
    local is_right = request.headers[header:lower()] == value
    return { status = is_right and 200 or 401, headers = { ['Content-Type'] = 'application/json' },
             body = is_right and '{"ok":true}' or '{"message":"who are you?"}' }
  end }
  return address, server
end

local RECIPE = journey.recipe('asks', '  - step: ask\n    use: shop.get\n    with: { url: /things }\n')
  :gsub('  crm: highlevel\n', '  crm: highlevel\n  shop: http\n')

-- A stage with the recipe `asks` and a connection `shop` with these further keys.
local function on_service(keys, body, header, value)
  local address, server = new_service(header or 'Authorization', value or 'Bearer ' .. GOOD)
  local entry = '  shop: { connector: http, base_url: "http://%s", allow_private: true%s }\n'
  local stage = journey.flow.stage({ ['asks.yaml'] = RECIPE }, {
    connections = entry:format(address, keys)
      .. '  in_asks:\n    connector: webhook\n    verify: none\n',
  })
  local ok, problem = pcall(stages.with, stage, function() body(stage) end)
  server:close()
  if not ok then error(problem, 0) end
end

local function start(stage)
  stage:start_sandbox()
  stage:connect()
  stage:start_engine()
end

local function change_config(stage, from, to)
  local path = stage:path 'ladle.yaml'
  local text, count = host.read_file(path):gsub(from:gsub('%p', '%%%0'), (to:gsub('%%', '%%%%')))
  assert.are.equal(1, count, from)
  assert(host.write_file(path, text))
end

-- Types a command of which `text` tells, with `input` on its stdin.
local function type_it(stage, text, command, input)
  assert.is_truthy(text:find(command, 1, true), command .. ' is not in: ' .. text)
  local words = {}
  for word in command:gmatch '%S+' do words[#words + 1] = word end
  table.remove(words, 1) -- ladle
  assert(host.write_file(stage:path '.input', input))
  local process = assert(host.spawn {
    argv = { '/bin/sh', '-c', 'exec "$0" "$@" <.input >.output 2>&1', stage.ladle, table.unpack(words) },
    cwd = stage.folder, env = { STAGE_CLIENT_SECRET = stage.app and stage.app.client_secret or '' },
  })
  local code = process:wait(20000)
  assert.are.equal(0, code, command .. ': ' .. host.read_file(stage:path '.output'))
end

local function connection(stage)
  return stages.pick((stage:cli('connections', '--json')), function(one) return one.name == 'shop' end)[1]
end

local function listed(stage)
  local _, _, text = stage:cli 'connections'
  return text:match '\nshop[^\n]*'
end

local function parked(stage)
  journey.send(stage, 'asks')
  return show(stage, journey.await(stage, 'asks', 'parked')[1].id)
end

local function restart(stage)
  assert.are.equal(0, stage:stop_engine())
  stage:start_engine()
end

describe('a connection that the service does not let in', function()
  it('and that shows no token: which key and which secret it needs', function()
    on_service('', function(stage)
      start(stage)
      local message = parked(stage).error.message
      assert.is_truthy(message:find('get was answered 401: who are you?; shop shows no token', 1, true), message)
      local key = 'token: "${secret.shop_token}"'
      assert.is_truthy(message:find('`' .. key .. '`', 1, true), message)
      assert.is_truthy(message:find('`header:`', 1, true), message)
      change_config(stage, 'allow_private: true', 'allow_private: true, ' .. key)
      assert.are.equal('new', connection(stage).state)
      type_it(stage, message, 'ladle secret set shop_token', GOOD)
      restart(stage)
      journey.await(stage, 'asks', 'done')
      assert.are.equal('connected', connection(stage).state)
    end)
  end)

  it('and that shows no token, where another header is wanted', function()
    on_service('', function(stage)
      start(stage)
      type_it(stage, parked(stage).error.message, 'ladle secret set shop_token', GOOD)
      change_config(stage, 'allow_private: true',
        'allow_private: true, token: "${secret.shop_token}", header: X-Api-Key, scheme: ""')
      restart(stage)
      journey.await(stage, 'asks', 'done')
    end, 'X-Api-Key', GOOD)
  end)

  it('and that nobody gave its token: ladle connect asks for it, and the run goes on by itself', function()
    on_service(', auth: token', function(stage)
      start(stage)
      local shown = parked(stage)
      assert.are.equal('new', connection(stage).state)
      assert.is_truthy(listed(stage):find('run: ladle connect shop', 1, true))
      type_it(stage, shown.error.message, 'ladle connect shop', GOOD .. '\n')
      journey.await(stage, 'asks', 'done')
      assert.are.equal('connected', connection(stage).state)
    end)
  end)

  it('and whose stored token is refused: ladle connect again', function()
    on_service(', auth: token', function(stage)
      start(stage)
      assert.are.equal(0, (select(2, stage:cli('connect', 'shop', '--token', 'a-stale-token-0815'))))
      local shown = parked(stage)
      type_it(stage, shown.error.message, 'ladle connect shop', GOOD .. '\n')
      journey.await(stage, 'asks', 'done')
    end)
  end)

  it('and whose secret is wrong: which one to set', function()
    on_service(', token: "${secret.the_key}"', function(stage)
      stage:start_sandbox()
      type_it(stage, 'ladle secret set the_key', 'ladle secret set the_key', 'a-stale-token-0815')
      stage:connect()
      stage:start_engine()
      type_it(stage, parked(stage).error.message, 'ladle secret set the_key', GOOD)
      restart(stage)
      journey.await(stage, 'asks', 'done')
    end)
  end)

  it('and whose own header is refused: where that stands', function()
    on_service(', headers: { Authorization: Bearer a-stale-token-0815 }', function(stage)
      start(stage)
      local message = parked(stage).error.message
      assert.is_truthy(message:find('change `headers` of shop in ladle.yaml', 1, true), message)
      change_config(stage, 'a-stale-token-0815', GOOD)
      restart(stage)
      journey.await(stage, 'asks', 'done')
    end)
  end)
end)

describe('ladle connections', function()
  it('does not say connected where a secret is not set, and how to set it', function()
    on_service(', token: "${secret.the_key}"', function(stage)
      stage:start_sandbox()
      local row = connection(stage)
      assert.are.equal('new', row.state)
      assert.are.equal('the secret the_key is not set', row.reason)
      local _, code, text = stage:cli 'run' -- and the engine does not start without it
      assert.are.equal(2, code)
      assert.is_truthy(text:find('ladle secret set the_key', 1, true), text)
      type_it(stage, listed(stage), 'ladle secret set the_key', GOOD)
      assert.are.equal('connected', connection(stage).state)
      stage:connect()
      stage:start_engine()
      journey.send(stage, 'asks')
      journey.await(stage, 'asks', 'done')
    end)
  end)

  it('does not say connected where the token is not stored any more', function()
    on_service(', auth: token', function(stage)
      stage:start_sandbox()
      type_it(stage, listed(stage), 'ladle connect shop', GOOD)
      assert.are.equal('connected', connection(stage).state)
      assert(os.remove(stage:path 'data/key')) -- the master key is lost, and with it what was sealed
      type_it(stage, 'ladle key forget --yes', 'ladle key forget --yes', '')
      assert.are.equal('new', connection(stage).state)
      type_it(stage, listed(stage), 'ladle connect shop', GOOD)
      assert.are.equal('connected', connection(stage).state)
      stage:start_engine()
    end)
  end)
end)

describe('ladle connect', function()
  local function refused(keys, expected)
    on_service(keys, function(stage)
      stage:start_sandbox()
      type_it(stage, 'ladle secret set the_key', 'ladle secret set the_key', GOOD)
      local _, code, text = stage:cli('connect', 'shop')
      assert.are.equal(2, code)
      assert.is_truthy(text:find(expected, 1, true), text)
      stage:start_engine()
    end)
  end

  it('of a connection whose token stands in ladle.yaml says which secret to change', function()
    refused(', token: "${secret.the_key}"', 'run `ladle secret set the_key` and start the engine again')
  end)

  it('of one that shows no token says what to write', function()
    refused('', 'say `token: "${secret.shop_token}"` for it in ladle.yaml')
  end)
end)
