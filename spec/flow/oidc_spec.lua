-- OAuth 2.0 against a real provider of someone else's making (npm's oidc-provider): PKCE, rotation, client credentials,
-- revocation. Nothing of the provider is ours but its settings, so what both ends of our own agree on by mistake fails
-- here.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local oidc = require 'oidc'
local stages = require 'stages'

local host, json = flow.host, flow.json

local why_not = oidc.install()
if why_not then
  io.stderr:write('skipped: spec/flow/oidc_spec.lua: ', why_not, '\n')
end

local function test(name, body)
  if why_not then
    pending(name .. ' (skipped: ' .. why_not .. ')')
  else
    it(name, body)
  end
end

local RECIPE = [[
recipe: who
needs: { shop: http, door: webhook }
when: [door.received]
do:
  - step: me
    use: shop.get
    with: { url: /api/whoami }
    retry: { tries: 3, first: 100ms, longest: 100ms, jitter: none }
]]

local CONFIG = [[
listen: 127.0.0.1:%d
connections:
  door: { connector: webhook, verify: none }
  shop:
    connector: http
    base_url: %s
    allow_private: true
    auth: oauth
    authorize_url: /auth
    token_url: /token
    issuer: %s
%s
]]

local CODE = [[
    client_id: ladle shop
    client_secret: a secret/with signs
    client: basic
    scopes: [openid, offline_access, profile]
    params: { authorize: { prompt: consent } }
]]

local PUBLIC = [[
    client_id: ladle-public
    client: none
    scopes: [openid, offline_access]
    params: { authorize: { prompt: consent } }
]]

local MACHINE = [[
    client_id: ladle-machine
    client_secret: machine-secret-1
    grant: client_credentials
    scopes: ["stock:read"]
]]

local CONNECTOR = [[
return {
  name = 'idp', title = 'A provider',
  auth = {
    kinds = { 'oauth' }, authorize_url = '/auth', token_url = '/token', client = 'basic', pkce = 'S256',
    scopes = { 'openid', 'offline_access' }, params = { authorize = { prompt = 'consent' } },
  },
  events = {},
  operations = {
    who_am_i = {
      method = 'GET', path = '/api/whoami', summary = 'Whose token it is',
      output = { subject = { 'string' }, client = { 'string' } },
    },
  },
}
]]

local BY_TABLE = [[
listen: 127.0.0.1:%d
connections:
  door: { connector: webhook, verify: none }
  shop:
    connector: idp
    auth: oauth
    base_url: %s
    client_id: ladle shop
    client_secret: a secret/with signs
]]

-- An engine and the provider, with a connection of these settings that nobody has authorised yet.
local function on_provider(settings, body)
  local stage = flow.stage { ['who.yaml'] = RECIPE }
  local provider = oidc.start(stage.url .. '/oauth/callback')
  local ok, problem = xpcall(function()
    stages.with(stage, function()
      local config = CONFIG:format(stage.port, provider.issuer, provider.issuer, settings)
      assert(host.write_file(stage:path 'ladle.yaml', config))
      stage:start_engine()
      body(stage, provider)
    end)
  end, function(e) return e end)
  provider.stop()
  if not ok then error(problem, 0) end
end

local function link_of(stage)
  local told, code, text = stage:cli('connect', 'shop', '--no-wait', '--json')
  assert.are.equal(0, code, text)
  return told[1].authorize_url
end

local function fetch(url)
  return assert(host.fetch { url = url, timeout_ms = 60000 })
end

local function connect(stage, provider)
  local page = fetch(provider.browse(link_of(stage)))
  assert.are.equal(200, page.status, page.body)
end

local function connection(stage)
  for _, row in ipairs((stage:cli('connections', '--json'))) do
    if row.name == 'shop' then return row end
  end
end

-- One run that calls the provider's resource: the run, and what the step got.
local function who_am_i(stage)
  local status, body = stage:post('door', json.encode { at = host.uuid() })
  assert.are.equal(202, status)
  local run = stages.ended(stage, function(run) return run.event_id == body.id end)
  for _, step in ipairs(flow.show(stage, run.id).steps) do
    if step.name == 'me' then return run, step.output ~= json.null and step.output.body end
  end
  return run
end


describe('a provider that is not ours', function()
  test('authorises by a code with PKCE through the callback, and its token is good', function()
    on_provider(CODE, function(stage, provider)
      local link = link_of(stage)
      assert.is_truthy(link:find('code_challenge_method=S256', 1, true))
      local page = fetch(provider.browse(link))
      assert.are.equal(200, page.status, page.body)
      local row = connection(stage)
      assert.are.equal('connected', row.state)
      assert.are.equal('openid offline_access profile', row.scopes)
      local run, me = who_am_i(stage)
      assert.are.equal('done', run.state)
      assert.are.equal('jane', me.subject)
      assert.are.equal('ladle shop', me.client)
    end)
  end)

  test('authorises a public client, whose refresh needs no secret either', function()
    on_provider(PUBLIC, function(stage, provider)
      connect(stage, provider)
      provider.expire()
      local run, me = who_am_i(stage)
      assert.are.equal('done', run.state)
      assert.are.equal('ladle-public', me.client)
      assert.are.equal(2, #provider.tokens())
    end)
  end)

  test('rotates the refresh token: the new one is kept, and the old one is refused', function()
    on_provider(PUBLIC, function(stage, provider)
      connect(stage, provider)
      for round = 2, 4 do
        provider.expire()
        assert.are.equal('done', who_am_i(stage).state)
        assert.are.equal(round, #provider.tokens())
      end
      local tokens = provider.tokens()
      for i = 2, #tokens do assert.are_not.equal(tokens[i - 1].refresh_token, tokens[i].refresh_token) end
      stage:kill_engine() -- the last pair was committed before it was used
      stage:start_engine()
      provider.expire()
      assert.are.equal('done', who_am_i(stage).state)
      local refused, status = provider.post('/token',
        'grant_type=refresh_token&client_id=ladle-public&refresh_token=' .. tokens[1].refresh_token)
      assert.are.equal(400, status)
      assert.are.equal('invalid_grant', refused.error)
    end)
  end)

  test('revokes: the connection breaks once, says what to do, and is mended by a new authorisation', function()
    on_provider(PUBLIC, function(stage, provider)
      connect(stage, provider)
      local tokens = provider.tokens()
      local _, status = provider.post('/token/revocation',
        'token_type_hint=refresh_token&client_id=ladle-public&token=' .. tokens[#tokens].refresh_token)
      assert.are.equal(200, status)
      local run = who_am_i(stage)
      assert.are.equal('parked', run.state)
      local row = connection(stage)
      assert.are.equal('broken', row.state)
      assert.is_truthy(row.reason:find('invalid_grant', 1, true), row.reason)
      local _, _, text = stage:cli('connections')
      assert.is_truthy(text:find('broken', 1, true), text)
      connect(stage, provider)
      assert.are.equal('connected', connection(stage).state)
      local ended = stages.ended(stage, function(one) return one.id == run.id and one.state ~= 'parked' end)
      assert.are.equal('done', ended.state)
    end)
  end)

  test('refuses a code with another verifier; a state that is not ours is refused before it is asked', function()
    on_provider(CODE, function(stage, provider)
      local first, second = link_of(stage), link_of(stage)
      local back, other = provider.browse(first), provider.browse(second)
      local code, state = back:match 'code=([%w_-]+)', other:match 'state=([%w_-]+)'
      local forged = fetch(('%s/oauth/callback?code=%s&state=%s'):format(stage.url, code, state:reverse()))
      assert.are.equal(400, forged.status)
      assert.are.equal('new', connection(stage).state)
      local crossed = fetch((back:gsub('state=[%w_-]+', 'state=' .. state))) -- the first's code, the second's verifier
      assert.are.equal(502, crossed.status)
      assert.is_truthy(crossed.body:find('invalid_grant', 1, true), crossed.body)
      assert.are.equal('new', connection(stage).state)
      assert.are.equal(0, #provider.tokens())
    end)
  end)

  test('gives client credentials a token when one is needed, and another when it has expired', function()
    on_provider(MACHINE, function(stage, provider)
      assert.are.equal(0, #provider.tokens())
      local run, me = who_am_i(stage)
      assert.are.equal('done', run.state)
      assert.are.equal('ladle-machine', me.client)
      assert.are.equal('stock:read', me.scope)
      provider.expire()
      assert.are.equal('done', who_am_i(stage).state)
      assert.are.equal(2, #provider.tokens())
      local told, code = stage:cli('connect', 'shop', '--json')
      assert.are.equal(0, code)
      assert.are.equal('connected', told[1].state)
    end)
  end)

  test('tells a wrong client secret as what it is', function()
    on_provider(MACHINE:gsub('machine%-secret%-1', 'machine-secret-2'), function(stage)
      local run = who_am_i(stage)
      assert.are.equal('parked', run.state)
      local row = connection(stage)
      assert.are.equal('broken', row.state)
      assert.is_truthy(row.reason:find('invalid_client', 1, true), row.reason)
      assert.is_truthy(row.reason:find('check client_id, client_secret', 1, true), row.reason)
    end)
  end)

  test('works from a connector of the project, which is a table', function()
    on_provider(CODE, function(stage, provider)
      stage:stop_engine()
      host.mkdir(stage:path 'scripts/connectors')
      assert(host.write_file(stage:path 'scripts/connectors/idp.lua', CONNECTOR))
      assert(host.write_file(stage:path 'recipes/who.yaml', (RECIPE:gsub('shop: http', 'shop: idp')
        :gsub('shop.get', 'shop.who_am_i'):gsub('    with: [^\n]*\n', ''))))
      assert(host.write_file(stage:path 'ladle.yaml', BY_TABLE:format(stage.port, provider.issuer)))
      stage:start_engine()
      connect(stage, provider)
      provider.expire()
      local run = who_am_i(stage)
      assert.are.equal('done', run.state)
      assert.are.equal('jane', flow.show(stage, run.id).steps[1].output.subject)
      assert.are.equal(2, #provider.tokens())
    end)
  end)

  test('is given its code by hand, with the verifier of the link', function()
    on_provider(CODE, function(stage, provider)
      local told, code, text = stage:cli('connect', 'shop', '--code', provider.browse(link_of(stage)), '--json')
      assert.are.equal(0, code, text)
      assert.are.equal('connected', told[1].state)
    end)
  end)
end)
