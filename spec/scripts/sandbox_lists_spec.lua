-- The sandbox's lists of contacts and its search.
package.path = './spec/support/?.lua;' .. package.path
local json = require 'json'
local kit = require 'sandbox_kit'

local LOCATION, JOHN, RUBIKA, MINA = kit.LOCATION, kit.JOHN, kit.RUBIKA, kit.MINA
local new_world, call = kit.new_world, kit.call

describe('lists of contacts', function()
  local function fill(world, count)
    for i = 1, count do
      world.now = world.now + (i % 3 == 0 and 0 or 1)
      call(world, 'POST', '/contacts/',
        { locationId = LOCATION, email = ('p%03d@many.example'):format(i) })
    end
  end

  -- Walks a list to its end; next_page(answer) gives the next request's fields.
  local function walk(first, next_page)
    local seen, total, request = {}, 0, first
    for _ = 1, 50 do
      local page, following = next_page(request)
      for _, contact in ipairs(page) do
        assert.is_nil(seen[contact.id], 'a contact came twice')
        seen[contact.id] = true
        total = total + 1
      end
      if not following then
        return total
      end
      request = following
    end
    error('the list has no end')
  end

  it('page by startAfter and startAfterId, each contact once', function()
    local world = new_world { settings = { rate_max = 1000 } }
    fill(world, 40)
    local total = walk({ locationId = LOCATION, limit = '7' }, function(query)
      local answer = call(world, 'GET', '/contacts/', nil, { query = query })
      local meta = answer.json.meta
      assert.are.equal(44, answer.json.count)
      if meta.nextPageUrl == json.null then
        return answer.json.contacts
      end
      return answer.json.contacts,
        { locationId = LOCATION, limit = '7', startAfter = tostring(meta.startAfter),
        startAfterId = meta.startAfterId }
    end)
    assert.are.equal(44, total)
  end)

  it('refuse a page of more than a hundred and words that they do not know', function()
    local refused = call(new_world(), 'GET', '/contacts/', nil,
      { query = { locationId = LOCATION, limit = '101',
      sort = 'x' } })
    assert.are.same({ 'property sort should not exist', 'limit must not be greater than 100' },
      refused.json.message)
  end)

  it('look for a name', function()
    local found = call(new_world(), 'GET', '/contacts/', nil,
      { query = { locationId = LOCATION, query = 'mina' } })
    assert.are.equal(MINA, found.json.contacts[1].id)
    assert.are.equal(1, found.json.count)
  end)

  it('of a business page by limit and skip', function()
    local world = new_world()
    local function page(skip)
      return call(world, 'GET', '/contacts/business/63b7ec34ea409a9a8bd2a4ff', nil,
        { query = { locationId = LOCATION, limit = '1', skip = skip } }).json
    end
    assert.are.same({ 2, JOHN }, { page('0').count, page('0').contacts[1].id })
    assert.are.equal(RUBIKA, page('1').contacts[1].id)
    assert.are.same({}, page('2').contacts)
  end)

  it('of a search page by the cursor of the last contact, each contact once', function()
    local world = new_world { settings = { rate_max = 1000 } }
    fill(world, 40)
    local total = walk({ locationId = LOCATION, pageLimit = 9 }, function(body)
      local answer = call(world, 'POST', '/contacts/search', body)
      local page = answer.json.contacts
      assert.are.equal(44, answer.json.total)
      local cursor = page[1] and page[#page].searchAfter
      return page, cursor and { locationId = LOCATION, pageLimit = 9, searchAfter = cursor }
    end)
    assert.are.equal(44, total)
  end)
end)

describe('the search', function()
  local function search(world, body)
    body.locationId = body.locationId or LOCATION
    body.pageLimit = body.pageLimit or 20
    local answer = call(world, 'POST', '/contacts/search', body)
    local ids = {}
    for i, contact in ipairs(answer.json.contacts or {}) do
      ids[i] = contact.id
    end
    return ids, answer
  end

  it('wants a location and a page size', function()
    local refused = call(new_world(), 'POST', '/contacts/search', {})
    assert.are.same({ 422, {
      'locationId should not be empty',
      'pageLimit must be an integer number',
    } }, { refused.status, refused.json.message })
  end)

  it('filters by equality, text, presence and range', function()
    local world = new_world()
    local function one(field, operator, value)
      return search(world, { filters = { { field = field, operator = operator, value = value } } })
    end
    assert.are.same({ JOHN }, one('email', 'eq', 'JOHNDEO@gmail.comm'))
    assert.are.same({ RUBIKA }, one('tags', 'contains', 'custom'))
    assert.are.same({ MINA, 'ocQHyuzHvysMo5N5VsXc' }, one('businessId', 'not_exists'))
    assert.are.same({ JOHN }, one('customFields.BcdmQEsNgz6AVpgLVUJ0', 'eq', 'XYZ Corp'))
    assert.are.same({ JOHN }, one('dateAdded', 'range', { gte = '2026-11-22T00:00:00Z' }))
    assert.are.equal(3, #one('email', 'not_eq', 'johndeo@gmail.comm'))
  end)

  it('joins the filters of a group by OR', function()
    local ids = search(new_world(), { filters = { { group = 'OR', filters = {
      { field = 'firstName', operator = 'eq', value = 'john' },
      { field = 'firstName', operator = 'eq', value = 'mina' },
    } } } })
    assert.are.same({ JOHN, MINA }, ids)
  end)

  it('sorts as it is told', function()
    local ids = search(new_world(), { sort = { { field = 'firstName', direction = 'asc' } } })
    assert.are.same({ JOHN, MINA, RUBIKA, 'ocQHyuzHvysMo5N5VsXc' }, ids)
  end)

  it('refuses fields, operators and cursors that it does not know', function()
    local world = new_world()
    local _, by_field = search(world,
      { filters = { { field = 'shoe', operator = 'eq', value = 1 } } })
    local _, by_operator = search(world,
      { filters = { { field = 'email', operator = 'like', value = 1 } } })
    local _, by_cursor = search(world, { searchAfter = { 1 } })
    assert.are.same({ 422, 422, 422 }, { by_field.status, by_operator.status, by_cursor.status })
  end)

  it('lags behind where the settings say so', function()
    local world = new_world { settings = { search_lag_ms = 1000 } }
    call(world, 'POST', '/contacts/', { locationId = LOCATION, email = 'late@index.example' })
    local by_email = { filters = { { field = 'email', operator = 'eq',
      value = 'late@index.example' } } }
    assert.are.same({}, (search(world, by_email)))
    world.now = world.now + 1000
    assert.are.equal(1, #search(world, by_email))
  end)
end)
