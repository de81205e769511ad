-- The operations that the sandbox knows by their schema alone: each of the catalogue takes a call
-- that is made from its schema, and refuses broken ones.

package.path = './spec/support/?.lua;' .. package.path

local catalogue = require 'sandbox.catalogue'
local generated_calls = require 'generated_calls'
local json = require 'json'
local kit = require 'sandbox_kit'
local routes = require 'sandbox.routes'

local index = require 'connectors.highlevel.index'

local function area_of(name)
  return require('connectors.highlevel.' .. index.operations[name]).operations
end

-- Those that are not played with state, by name; without those that no recipe can call.
local function described()
  local played, list = {}, {}
  for _, route in ipairs(routes.all()) do
    played[route.method .. ' ' .. route.path:gsub('{[^}]*}', '{}')] = true
  end
  for name in pairs(index.operations) do
    local operation = area_of(name)[name]
    local call = operation.method .. ' ' .. operation.path:gsub('{[^}]*}', '{}')
    if not played[call] and not operation.unsupported then
      list[#list + 1] = { name = name, operation = operation }
    end
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

-- Path, query and body of a call, as the engine lays out an input.
local function lay_out(operation, input)
  local rest = {}
  for name, value in pairs(input) do
    rest[name] = value
  end
  local path = operation.path:gsub('{([^}]+)}', function(name)
    local value = rest[name]
    rest[name] = nil
    return tostring(value)
  end)
  local query = {}
  for _, name in ipairs(operation.query or {}) do
    local value = rest[name]
    query[name] = type(value) == 'table' and tostring(value[1]) or value ~= nil and tostring(value) or nil
    rest[name] = nil
  end
  for _, name in ipairs(operation.body or {}) do
    rest[name] = input[name]
  end
  local has_body = operation.method ~= 'GET' and (operation.method ~= 'DELETE' or next(rest) ~= nil)
  local body = rest
  if operation.body_as then
    body = rest[operation.body_as]
  end
  return path, query, has_body and body or nil
end

local function token_for(world, operation)
  local app, is_agency = world.sandbox:credentials(), operation.access == 'parent'
  if operation.oauth_only then
    return world.oauth[is_agency and 'Company' or 'Location']
  end
  return is_agency and app.agency_token or app.token
end

-- `more` may have another version or token, and a query that is added.
local function call(world, operation, input, more)
  more = more or {}
  local path, query, body = lay_out(operation, input)
  for name, value in pairs(more.query or {}) do
    query[name] = value
  end
  return kit.call(world, operation.method, path, body, {
    query = query, token = more.token or token_for(world, operation),
    headers = { version = more.version or (operation.headers or {}).Version },
  })
end

local function new_world()
  local world = kit.new_world { settings = { rate_max = 100000 } }
  local codes = world.sandbox:credentials().codes
  world.oauth = {}
  for i, kind in ipairs { 'Company', 'Location' } do
    world.oauth[kind] = kit.token_request(world, {
      grant_type = 'authorization_code', code = codes[i], user_type = kind,
    }).json.access_token
  end
  return world
end

local function full_input(operation)
  return generated_calls.input(operation, { locationId = kit.LOCATION, altId = kit.LOCATION })
end

describe('an operation of the catalogue that is not played', function()
  it('is found by each first part of a path that there is', function()
    local seen, known = {}, {}
    for name in pairs(index.operations) do
      seen[area_of(name)[name].path:match('^/([^/]*)')] = true
    end
    for _, segment in ipairs(catalogue.first_segments()) do
      known[segment] = true
    end
    assert.are.same(seen, known)
  end)

  it('takes a call with all its fields, and answers with its status and each field of its output', function()
    local world, done = new_world(), 0
    for _, one in ipairs(described()) do
      local answer = call(world, one.operation, full_input(one.operation))
      assert(answer.status == one.operation.success, json.encode { one.name, answer.status, answer.json })
      for field in pairs(one.operation.output or {}) do
        assert(answer.json[field] ~= nil, one.name .. ': ' .. field)
      end
      done = done + 1
    end
    assert.are.equal(#described(), done)
    assert.is_true(done > 500)
  end)

  it('refuses a field that it does not know', function()
    local world = new_world()
    for _, one in ipairs(described()) do
      local input, unknown = full_input(one.operation), { noSuchField = 'x' }
      assert(call(world, one.operation, input, { query = unknown }).status == 422, one.name)
      local _, _, body = lay_out(one.operation, input)
      if body and not one.operation.body_as then
        input.noSuchField = 'x'
        assert(call(world, one.operation, input).status == 422, one.name)
      end
    end
  end)

  it('refuses each field that is required and missing, and each of a wrong type', function()
    local world, tried = new_world(), 0
    for _, one in ipairs(described()) do
      local in_path = {}
      for name in one.operation.path:gmatch('{([^}]+)}') do
        in_path[name] = true
      end
      local in_query = {}
      for _, name in ipairs(one.operation.query or {}) do
        in_query[name] = true
      end
      for name, descriptor in pairs(one.operation.input or {}) do
        local input = full_input(one.operation)
        if not in_path[name] and (not descriptor.optional or descriptor.from_connection) then
          input[name] = nil
          assert(call(world, one.operation, input).status == 422, one.name .. ': ' .. name .. ' is missing')
          tried = tried + 1
        end
        local is_plain = descriptor[1] == 'number' or descriptor[1] == 'boolean' or descriptor.enum
        if is_plain and not (in_query[name] and descriptor.enum and descriptor[1] ~= 'string') then
          input[name] = 'no such value'
          assert(call(world, one.operation, input).status == 422, one.name .. ': ' .. name .. ' is wrong')
          tried = tried + 1
        end
      end
    end
    assert.is_true(tried > 1500, tostring(tried))
  end)

  it('wants its version, its scope and its kind of token', function()
    local world = new_world()
    local app = world.sandbox:credentials()
    for _, one in ipairs(described()) do
      local operation = one.operation
      local answer = call(world, operation, full_input(operation), { version = '2020-01-01' })
      local is_store = index.operations[one.name] == 'store'
      assert(answer.status == (is_store and operation.success or 401), one.name)
      if not operation.oauth_only and operation.access ~= 'any' then
        local wrong = operation.access == 'parent' and app.token or app.agency_token
        answer = call(world, operation, full_input(operation), { token = wrong })
        assert.are.same({ one.name, 401, 'This authClass type is not allowed to access this scope.' },
          { one.name, answer.status, answer.json.message })
      end
    end
    world.sandbox.app.scopes[1] = 'other.scope'
    local operation = area_of('google_get_reporting').google_get_reporting
    local answer = call(world, operation, full_input(operation))
    assert.are.same({ 401, 'The token is not authorized for this scope.' },
      { answer.status, answer.json.message })
  end)

  it('is never answered with a fault of the sandbox itself, whatever is sent', function()
    local world = new_world()
    local junk = { json.null, json.decode '[]', json.decode '{}', { { {} } }, '', ('y'):rep(3000), -1, 1.5, true,
                   { a = { b = { c = json.null } } }, { 1, 'two', json.null } }
    for _, one in ipairs(described()) do
      for _, value in ipairs(junk) do
        local input = full_input(one.operation)
        for name in pairs(input) do
          input[name] = not one.operation.path:find('{' .. name .. '}', 1, true) and value or 'x'
        end
        local answer = call(world, one.operation, input)
        assert(answer.status < 500, json.encode { one.name, answer.json, value })
      end
    end
  end)

  it('refuses another location than the token\'s, wherever it is named', function()
    local world = new_world()
    for _, name in ipairs { 'get_calendars', 'create_calendar', 'get_timezones' } do
      local operation = area_of(name)[name]
      local answer = call(world, operation, generated_calls.input(operation, { locationId = 'other' }))
      assert.are.same({ name, 403, 'The token does not have access to this location.' },
        { name, answer.status, answer.json.message })
    end
  end)

  it('answers the same to the same request, what was sent among it, and counts what it may have changed', function()
    local operation = area_of('create_calendar').create_calendar
    local answers = {}
    for i = 1, 2 do
      local world = new_world()
      local input = full_input(operation)
      input.name = 'Site visits'
      answers[i] = call(world, operation, input)
      assert.are.equal('Site visits', answers[i].json.calendar.name)
      assert.are.equal('create_calendar', world.lines[#world.lines].operation)
    end
    assert.are.same(answers[1].json, answers[2].json)
  end)

  it('has one item on the first page of a list and none on the next', function()
    local world = new_world()
    local headers = { headers = { version = '2021-07-28' }, query = { altId = kit.LOCATION, altType = 'location',
      limit = '10', offset = '0' } }
    assert.are.equal(1, #kit.call(world, 'GET', '/invoices/', nil, headers).json.invoices)
    headers.query.offset = '10'
    assert.are.equal(0, #kit.call(world, 'GET', '/invoices/', nil, headers).json.invoices)
  end)

  it('is never loaded for a contact, and not there with another slash', function()
    local world = new_world()
    assert.are.equal(404, kit.call(world, 'GET', '/invoices').status)
    assert.are.equal(404, kit.call(world, 'GET', '/no-such-area/x').status)
    assert.are.equal(404, kit.call(world, 'GET', '/index').status)
  end)
end)

describe('an operation that is played', function()
  -- The rule of a field in the place where the vendor has it: the query or the body.
  local function rule_of(route, operation, name)
    for _, one in ipairs(operation.query or {}) do
      if one == name then
        return (route.query or {})[name]
      end
    end
    return (route.body or {})[name]
  end

  local function compare(route, operation)
    local known = {}
    for name, descriptor in pairs(operation.input or {}) do
      known[name] = true
      if not operation.path:find('{' .. name .. '}', 1, true) then
        local rule = rule_of(route, operation, name)
        assert(rule, ('%s: the vendor has a field %s'):format(route.name, name))
        local is_required = not descriptor.optional or descriptor.from_connection ~= nil
        assert.are.same({ route.name, name, is_required, descriptor.nullable or false },
          { route.name, name, rule.required or false, rule.nullable or false })
        assert(not descriptor.enum or rule.type == 'enum', route.name .. ': ' .. name)
      end
    end
    for _, rules in ipairs { route.query or {}, route.body or {} } do
      for name in pairs(rules) do
        assert(known[name], ('%s: the vendor has no field %s'):format(route.name, name))
      end
    end
  end

  -- The sandbox's own lists and the catalogue were written apart from one another.
  it('takes the fields that the vendor describes, no more and no less', function()
    local compared = 0
    for _, route in ipairs(routes.all()) do
      if index.operations[route.name] then
        compare(route, area_of(route.name)[route.name])
        compared = compared + 1
      end
    end
    assert.is_true(compared >= 53, tostring(compared))
  end)
end)
