-- The sandbox as an agency sees it: one authorisation, tokens of its locations, the app that comes and goes.
package.path = './spec/support/?.lua;' .. package.path
local json = require 'json'
local kit = require 'sandbox_kit'

local LOCATION, APP_ID = kit.LOCATION, '665c6bb13d4e5364bdec0e2f'

-- A world with three more locations, its company, and the agency's token.
local function new_agency(settings)
  settings = settings or {}
  settings.agency_locations = 3
  local world = kit.new_world { settings = settings, hooks = { 'http://hook.test/' } }
  local app = world.sandbox:credentials()
  local pair = kit.token_request(world,
    { grant_type = 'authorization_code', code = app.code, user_type = 'Company' }).json
  return world, app.company, pair
end

local function exchange(world, token, fields, headers)
  local all = { authorization = 'Bearer ' .. token, version = '2021-07-28',
    ['content-type'] = 'application/x-www-form-urlencoded' }
  for name, value in pairs(headers or {}) do all[name] = value or nil end
  return kit.decoded(world.sandbox:handle {
    method = 'POST', path = '/oauth/locationToken', query = {}, body = kit.form(fields), headers = all,
  })
end

local function installed(world, token, query)
  return kit.call(world, 'GET', '/oauth/installedLocations', nil, { token = token, query = query })
end

local function set_installed(world, location, is_installed)
  local answer = world.sandbox:handle {
    method = 'POST', path = '/_sandbox/installs', headers = {},
    body = json.encode { location = location, installed = is_installed },
  }
  assert.are.equal(200, answer.status, answer.body)
end

describe('POST /oauth/locationToken', function()
  it('gives a token of that location and no other', function()
    local world, company, pair = new_agency()
    assert.are.equal('Company', pair.userType)
    local answer = exchange(world, pair.access_token, { companyId = company, locationId = 'loc-0002' })
    assert.are.equal(200, answer.status)
    assert.are.same({ 'Location', 'loc-0002' }, { answer.json.userType, answer.json.locationId })
    local made = kit.call(world, 'POST', '/contacts/', { locationId = 'loc-0002', email = 'a@b.example' },
      { token = answer.json.access_token })
    assert.are.equal(201, made.status)
    local elsewhere = kit.call(world, 'POST', '/contacts/', { locationId = LOCATION, email = 'a@b.example' },
      { token = answer.json.access_token })
    assert.are.equal(403, elsewhere.status)
  end)

  it('refuses another company, an unknown location, no form, no version and a location\'s token', function()
    local world, company, pair = new_agency()
    local good = { companyId = company, locationId = 'loc-0001' }
    assert.are.equal(403, exchange(world, pair.access_token, { companyId = 'x', locationId = 'loc-0001' }).status)
    assert.are.equal(400, exchange(world, pair.access_token, { companyId = company, locationId = 'loc-0009' }).status)
    assert.are.equal(422, exchange(world, pair.access_token, { companyId = company }).status)
    assert.are.equal(422,
      exchange(world, pair.access_token, good, { ['content-type'] = 'application/json' }).status)
    assert.are.equal(401, exchange(world, pair.access_token, good, { version = false }).status)
    local location = exchange(world, pair.access_token, good).json.access_token
    assert.are.equal(401, exchange(world, location, good).status)
    assert.are.equal(401, exchange(world, world.token, good).status) -- a private token is no OAuth one
  end)

  it('counts calls of the agency and of each location apart', function()
    local world, company, pair = new_agency { rate_max = 2 }
    local tokens = {}
    for n = 1, 2 do
      tokens[n] = exchange(world, pair.access_token,
        { companyId = company, locationId = ('loc-%04d'):format(n) }).json.access_token
    end
    assert.are.equal(429, exchange(world, pair.access_token, { companyId = company, locationId = 'loc-0003' }).status)
    for _, token in ipairs(tokens) do
      assert.are.equal(400, kit.call(world, 'GET', '/contacts/nobody', nil, { token = token }).status)
    end
  end)
end)

describe('GET /oauth/installedLocations', function()
  it('lists them in pages, and those that are asked for', function()
    local world, company, pair = new_agency()
    local all = installed(world, pair.access_token, { companyId = company, appId = APP_ID })
    assert.are.same({ 200, 5, 5 }, { all.status, all.json.count, #all.json.locations })
    local page = installed(world, pair.access_token, { companyId = company, appId = APP_ID, skip = '4', limit = '3' })
    assert.are.equal(1, #page.json.locations)
    set_installed(world, 'loc-0002', false)
    local gone = installed(world, pair.access_token, { companyId = company, appId = APP_ID, isInstalled = 'false' })
    assert.are.equal('loc-0002', gone.json.locations[1]._id)
    assert.are.equal(1, gone.json.count)
  end)

  it('refuses another app, another company and a location\'s token', function()
    local world, company, pair = new_agency()
    assert.are.equal(400, installed(world, pair.access_token, { companyId = company, appId = 'x' }).status)
    assert.are.equal(403, installed(world, pair.access_token, { companyId = 'x', appId = APP_ID }).status)
    assert.are.equal(401, installed(world, world.token, { companyId = company, appId = APP_ID }).status)
  end)
end)

describe('an app that is removed from a location', function()
  it('tells it, and ends the tokens there until it is back', function()
    local world, company, pair = new_agency()
    local form = { companyId = company, locationId = 'loc-0001' }
    local location = exchange(world, pair.access_token, form).json
    set_installed(world, 'loc-0001', false)
    assert.are.same({ 'UNINSTALL', 'loc-0001' }, { world.sent[1].event.type, world.sent[1].event.locationId })
    assert.are.equal(401, kit.call(world, 'GET', '/contacts/x', nil, { token = location.access_token }).status)
    local refresh = { grant_type = 'refresh_token', refresh_token = location.refresh_token }
    assert.are.equal(400, kit.token_request(world, refresh).status)
    assert.are.equal(400, exchange(world, pair.access_token, form).status)
    set_installed(world, 'loc-0001', true)
    assert.are.same({ 'INSTALL', company }, { world.sent[2].event.type, world.sent[2].event.companyId })
    assert.are.equal(200, exchange(world, pair.access_token, form).status)
  end)
end)

describe('a spent refresh token', function()
  it('gives a pair again within the grace, where there is one', function()
    local world, _, pair = new_agency { refresh_grace_s = 60 }
    local refresh = { grant_type = 'refresh_token', refresh_token = pair.refresh_token }
    assert.are.equal(200, kit.token_request(world, refresh).status)
    world.now = world.now + 59999
    assert.are.equal(200, kit.token_request(world, refresh).status)
    world.now = world.now + 1
    assert.are.equal(400, kit.token_request(world, refresh).status)
  end)
end)
