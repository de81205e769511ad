-- The sandbox's behaviour, driven through sandbox:handle(request) with a clock, a network and a ledger of the test's own.

local json = require 'json'
local server = require 'sandbox.server'

local LOCATION = 've9EPM428h8vShlRW1KT'
local JOHN, RUBIKA, MINA = 'nmFmQEsNgz6AVpgLVUJ0', 'CWBf1PR9LvvBkcYqiXlc', '9NkT25Vor1v4aQatFsv2'
local ELSEWHERE = 'sx6wyHhbFdRXh302LLNR'

-- A sandbox at a fixed moment. world.now moves its clock; world.sent holds the webhooks that were sent, each with
-- done(status); world.timers what waits for a later moment; world.lines the ledger's lines.
local function new_world(options)
  local world = { now = 1795425327000, sent = {}, timers = {}, lines = {} }
  options = options or {}
  options.seed = options.seed or 7
  options.now = function() return world.now end
  options.sign = function(bytes) return 'signed:' .. #bytes end
  options.after = function(ms, fn) world.timers[#world.timers + 1] = { ms = ms, fn = fn } end
  options.write_ledger = function(line) world.lines[#world.lines + 1] = json.decode(line) end
  options.send = function(url, headers, body, done)
    world.sent[#world.sent + 1] = { url = url, headers = headers, body = body, event = json.decode(body), done = done }
  end
  world.sandbox = server.new(options)
  world.token = world.sandbox:credentials().token
  return world
end

local function decoded(response)
  local is_json = (response.headers and response.headers['Content-Type'] or ''):find('json', 1, true)
  response.json = is_json and json.decode(response.body) or nil
  return response
end

-- Sends a request with a good token and version unless `more` says otherwise (false takes a header out).
local function call(world, method, path, body, more)
  more = more or {}
  local headers = { authorization = 'Bearer ' .. (more.token or world.token), version = '2021-07-28' }
  if body then
    headers['content-type'] = 'application/json'
  end
  for name, value in pairs(more.headers or {}) do
    headers[name] = value or nil
  end
  return decoded(world.sandbox:handle {
    method = method, path = path, query = more.query or {}, headers = headers, body = body and json.encode(body) or '',
  })
end

local function form(fields)
  local parts = {}
  for key, value in pairs(fields) do
    parts[#parts + 1] = key .. '=' .. value:gsub('[^%w]', function(c) return ('%%%02X'):format(c:byte()) end)
  end
  return table.concat(parts, '&')
end

local function token_request(world, fields)
  local app = world.sandbox:credentials()
  local all = { client_id = app.client_id, client_secret = app.client_secret }
  for key, value in pairs(fields) do
    all[key] = value
  end
  return decoded(world.sandbox:handle {
    method = 'POST', path = '/oauth/token', query = {}, body = form(all),
    headers = { ['content-type'] = 'application/x-www-form-urlencoded' },
  })
end

local function effects(world)
  local names = {}
  for i, line in ipairs(world.lines) do
    names[i] = line.effect
  end
  return table.concat(names, ' ')
end

local function event_types(world)
  local names = {}
  for i, message in ipairs(world.sent) do
    names[i] = message.event.type
  end
  return table.concat(names, ' ')
end

local TASK = { title = 'Call', dueDate = '2026-11-25T10:00:00+01:00', completed = false }

describe('the door of the sandbox', function()
  it('refuses a request without a token, with an unknown one and with an unknown private token', function()
    local world = new_world()
    local path = '/contacts/' .. JOHN
    local none = call(world, 'GET', path, nil, { headers = { authorization = false } })
    assert.are.equal(401, none.status)
    assert.are.equal('Invalid JWT', none.json.message)
    assert.are.equal('Invalid JWT', call(world, 'GET', path, nil, { token = 'abc.def.ghi' }).json.message)
    local unknown = call(world, 'GET', path, nil, { token = 'pit-00000000-0000' })
    assert.are.equal('Invalid Private Integration token', unknown.json.message)
    assert.are.equal('Unauthorized', unknown.json.error)
  end)

  it('wants the version header, and the right one', function()
    local world = new_world()
    local missing = call(world, 'GET', '/contacts/' .. JOHN, nil, { headers = { version = false } })
    assert.are.same({ 401, 'version header was not found.' }, { missing.status, missing.json.message })
    local wrong = call(world, 'GET', '/contacts/' .. JOHN, nil, { headers = { version = '2021-04-15' } })
    assert.are.same({ 401, 'version header is invalid' }, { wrong.status, wrong.json.message })
  end)

  it('answers 401 where the scope was not granted, and names it so', function()
    local world = new_world()
    for i, scope in ipairs(world.sandbox.app.scopes) do
      if scope == 'contacts.write' then
        table.remove(world.sandbox.app.scopes, i)
      end
    end
    local refused = call(world, 'POST', '/contacts/' .. JOHN .. '/tasks', TASK)
    assert.are.same({ 401, 'The token is not authorized for this scope.' }, { refused.status, refused.json.message })
    assert.are.equal(200, call(world, 'GET', '/contacts/' .. JOHN).status)
  end)

  it('answers 403 for another location, in a path, a body and a query', function()
    local world = new_world()
    local message = 'The token does not have access to this location.'
    local by_path = call(world, 'GET', '/contacts/' .. ELSEWHERE)
    assert.are.same({ 403, message }, { by_path.status, by_path.json.message })
    assert.are.equal(403, call(world, 'POST', '/contacts/', { locationId = 'other', email = 'a@b.example' }).status)
    assert.are.equal(403, call(world, 'GET', '/contacts/', nil, { query = { locationId = 'other' } }).status)
    assert.are.equal(0, #world.lines)
  end)

  it('knows no path but the vendor\'s, slash by slash', function()
    local world = new_world()
    local absent = call(world, 'GET', '/contacts')
    assert.are.same({ 404, 'Cannot GET /contacts' }, { absent.status, absent.json.message })
    assert.are.equal(404, call(world, 'GET', '/contacts/' .. JOHN .. '/').status)
    assert.are.equal(404, call(world, 'PATCH', '/contacts/' .. JOHN).status)
    assert.are.equal(404, call(world, 'GET', '/').status)
  end)

  it('answers 400 for a body that is no JSON, and 413 for one that is too large', function()
    local world = new_world()
    local request = {
      method = 'POST', path = '/contacts/', query = {}, body = '{"locationId":',
      headers = { authorization = 'Bearer ' .. world.token, version = '2021-07-28', ['content-type'] = 'application/json' },
    }
    assert.are.equal(400, world.sandbox:handle(request).status)
    request.body = ('x'):rep((1 << 20) + 1)
    assert.are.equal(413, world.sandbox:handle(request).status)
  end)

  it('takes a body for empty that is not called JSON', function()
    local world = new_world()
    local refused = call(world, 'POST', '/contacts/' .. JOHN .. '/notes', { body = 'x' },
      { headers = { ['content-type'] = 'text/plain' } })
    assert.are.same({ 422, { 'body should not be empty' } }, { refused.status, refused.json.message })
  end)
end)

describe('the validator', function()
  local function faults_of(method, path, body)
    local refused = call(new_world(), method, path, body)
    assert.are.equal(422, refused.status)
    assert.are.equal('Unprocessable Entity', refused.json.error)
    assert.is_true(json.is_array(refused.json.message))
    return refused.json.message
  end

  it('names every unknown, missing and wrong field in one list', function()
    local faults = faults_of('POST', '/contacts/' .. JOHN .. '/tasks', { dueDate = 'soon', completed = 'no', when = 1 })
    assert.are.same({
      'property when should not exist', 'completed must be a boolean value',
      'dueDate must be a valid ISO 8601 date string', 'title should not be empty',
    }, faults)
  end)

  it('refuses in an update what only a create may say', function()
    local faults = faults_of('PUT', '/contacts/' .. JOHN, { gender = 'f', locationId = LOCATION, companyName = 'X' })
    assert.are.same({
      'property companyName should not exist', 'property gender should not exist',
      'property locationId should not exist',
    }, faults)
  end)

  it('looks into nested objects and lists', function()
    local faults = faults_of('PUT', '/contacts/' .. JOHN, {
      tags = { 'a', 7 }, dndSettings = { call = {}, Call = { status = 'off' } },
      customFields = { { id = 'x', value = 'y' } },
    })
    assert.are.same({
      'customFields.0.property value should not exist',
      'dndSettings.property call should not exist',
      'dndSettings.Call.status must be one of the following values: active, inactive, permanent',
      'each value in tags must be a string',
    }, faults)
  end)

  it('takes null only for the fields that the description calls nullable', function()
    assert.are.same({ 'country must be a string' }, faults_of('PUT', '/contacts/' .. JOHN, { country = json.null }))
    assert.are.equal(200, call(new_world(), 'PUT', '/contacts/' .. JOHN, { city = json.null }).status)
  end)

  it('refuses the type of a value although it could be converted', function()
    assert.are.same({ 'title must be a string' }, faults_of('PUT', '/contacts/' .. JOHN .. '/tasks/lJpzYrWdpkC2hX6t2yue',
      { title = 5 }))
    assert.are.same({ 'tags must be an array' }, faults_of('POST', '/contacts/' .. JOHN .. '/tags', { tags = 'vip' }))
  end)

  it('refuses bad e-mail addresses, colours and dates of birth', function()
    assert.are.same({ 'email must be an email' }, faults_of('PUT', '/contacts/' .. JOHN, { email = 'ann at home' }))
    assert.are.same({ 'color must be a hexadecimal color' },
      faults_of('POST', '/contacts/' .. JOHN .. '/notes', { body = 'x', color = 'red' }))
    assert.are.same({ 'dateOfBirth must be a valid date' },
      faults_of('PUT', '/contacts/' .. JOHN, { dateOfBirth = '2001-02-30' }))
  end)
end)

describe('contacts', function()
  it('are found by the ids of the vendor\'s sample events', function()
    local world = new_world()
    for _, id in ipairs { JOHN, RUBIKA, MINA, 'ocQHyuzHvysMo5N5VsXc' } do
      local found = call(world, 'GET', '/contacts/' .. id)
      assert.are.equal(200, found.status)
      assert.are.equal(id, found.json.contact.id)
      assert.are.equal(LOCATION, found.json.contact.locationId)
    end
  end)

  it('that are not there are answered with 400', function()
    local absent = call(new_world(), 'GET', '/contacts/AAAAAAAAAAAAAAAAAAAA')
    assert.are.equal(400, absent.status)
    assert.are.equal('Contact with id AAAAAAAAAAAAAAAAAAAA not found', absent.json.message)
  end)

  it('are created with 201, in the shape that only a create has, with a ledger line and an event', function()
    local world = new_world { hooks = { 'http://hook/' } }
    local made = call(world, 'POST', '/contacts/', {
      locationId = LOCATION, name = 'Ann van Dam', email = 'Ann@Dam.example', phone = '+31 20-555 0101',
      tags = { 'a', 'a', 'b' }, dateOfBirth = '09/25/1990', source = 'api', customFields = { { key = 'company_size',
        field_value = '10' } },
    })
    local contact = made.json.contact
    assert.are.equal(201, made.status)
    assert.are.same({ 'Ann', 'van Dam', 'ann@dam.example', '+31205550101', 9, 25 }, { contact.firstName,
      contact.lastName, contact.emailLowerCase, contact.phone, contact.birthMonth, contact.birthDay })
    assert.is_nil(contact.name)
    assert.are.same({ 'a', 'b' }, contact.tags)
    assert.are.same({ { id = 'BcdmQEsNgz6AVpgLVUJ0', value = '10' } }, contact.customFields)
    assert.are.equal('contact_created', effects(world))
    assert.are.equal(contact.id, world.lines[1].id)
    assert.are.equal('ContactCreate', event_types(world))
    assert.are.equal(contact.id, world.sent[1].event.id)
  end)

  it('with the e-mail address or phone of another are refused with its id, on create and on update', function()
    local world = new_world()
    local by_email = call(world, 'POST', '/contacts/', { locationId = LOCATION, email = 'johndeo@GMAIL.comm' })
    assert.are.equal(400, by_email.status)
    assert.are.equal('This location does not allow duplicated contacts.', by_email.json.message)
    assert.are.same({ contactId = JOHN, matchingField = 'email' }, by_email.json.meta)
    local by_phone = call(world, 'PUT', '/contacts/' .. RUBIKA, { phone = '+91 950 959 7501' })
    assert.are.same({ contactId = JOHN, matchingField = 'phone' }, by_phone.json.meta)
    assert.are.equal(0, #world.lines)
  end)

  it('may share an address once the location allows it', function()
    local world = new_world { settings = { allow_duplicates = true } }
    assert.are.equal(201, call(world, 'POST', '/contacts/', { locationId = LOCATION, email = 'JohnDeo@gmail.comm' }).status)
  end)

  it('can keep their own address in an update', function()
    assert.are.equal(200, call(new_world(), 'PUT', '/contacts/' .. JOHN, { email = 'JohnDeo@gmail.comm' }).status)
  end)

  it('free their old address when they get another', function()
    local world = new_world()
    call(world, 'PUT', '/contacts/' .. JOHN, { email = 'new@deo.example' })
    assert.are.equal(201, call(world, 'POST', '/contacts/', { locationId = LOCATION, email = 'JohnDeo@gmail.comm' }).status)
    assert.are.equal(400, call(world, 'POST', '/contacts/', { locationId = LOCATION, email = 'new@deo.example' }).status)
  end)

  it('are updated field by field; tags are overwritten, null clears', function()
    local world = new_world { hooks = { 'http://hook/' } }
    local updated = call(world, 'PUT', '/contacts/' .. JOHN, { tags = { 'only' }, city = json.null, lastName = 'Doe' })
    assert.is_true(updated.json.succeded)
    assert.are.same({ 'only' }, updated.json.contact.tags)
    assert.is_nil(updated.json.contact.city)
    assert.are.equal('John Doe', updated.json.contact.name)
    assert.are.equal('AL', updated.json.contact.state)
    assert.are.equal('ContactUpdate ContactTagUpdate', event_types(world))
  end)

  it('tell of "do not disturb" in an event of its own', function()
    local world = new_world { hooks = { 'http://hook/' } }
    call(world, 'PUT', '/contacts/' .. RUBIKA, { dnd = true })
    assert.are.equal('ContactUpdate ContactDndUpdate', event_types(world))
    assert.is_true(world.sent[2].event.dnd)
  end)

  it('are gone after a delete, with their tasks', function()
    local world = new_world { hooks = { 'http://hook/' } }
    assert.is_true(call(world, 'DELETE', '/contacts/' .. RUBIKA).json.succeded)
    assert.are.equal(400, call(world, 'GET', '/contacts/' .. RUBIKA .. '/tasks').status)
    assert.are.equal(400, call(world, 'DELETE', '/contacts/' .. RUBIKA).status)
    assert.are.equal('contact_deleted', effects(world))
    assert.are.equal('ContactDelete', event_types(world))
    assert.are.equal('rubika@deos.example', world.sent[1].event.email)
  end)
end)

describe('upsert', function()
  local function upsert(world, body)
    body.locationId = LOCATION
    return call(world, 'POST', '/contacts/upsert', body)
  end

  it('creates what is new and says so', function()
    local world = new_world()
    local made = upsert(world, { email = 'new@person.example' })
    assert.are.same({ 200, true }, { made.status, made.json.new })
    assert.are.equal('contact_created', effects(world))
    assert.is_string(made.json.traceId)
  end)

  it('updates what is there, drops the gender, overwrites the tags', function()
    local world = new_world()
    local updated = upsert(world, { email = 'johndeo@gmail.comm', gender = 'male', tags = { 'x' }, city = 'Utrecht' })
    assert.are.same({ false, JOHN, 'Utrecht' }, { updated.json.new, updated.json.contact.id, updated.json.contact.city })
    assert.are.same({ 'x' }, updated.json.contact.tags)
    assert.are.equal('contact_updated', effects(world))
  end)

  it('updates the first of two and drops the second\'s phone without a word', function()
    local world = new_world()
    local updated = upsert(world, { email = 'JohnDeo@gmail.comm', phone = '+18832327657', city = 'Delft' })
    assert.are.same({ 200, JOHN, '+919509597501', 'Delft' }, { updated.status, updated.json.contact.id,
      updated.json.contact.phone, updated.json.contact.city })
    assert.are.equal('+18832327657', call(world, 'GET', '/contacts/' .. RUBIKA).json.contact.phone)
  end)

  it('makes a second one only where both the request and the location allow it', function()
    local refused = upsert(new_world(), { email = 'JohnDeo@gmail.comm', createNewIfDuplicateAllowed = true })
    assert.is_false(refused.json.new)
    local world = new_world { settings = { allow_duplicates = true } }
    assert.is_true(upsert(world, { email = 'JohnDeo@gmail.comm', createNewIfDuplicateAllowed = true }).json.new)
  end)
end)

describe('tasks', function()
  local path = '/contacts/' .. RUBIKA .. '/tasks'

  it('are created, listed, read, updated, completed and deleted', function()
    local world = new_world { hooks = { 'http://hook/' } }
    local made = call(world, 'POST', path, TASK)
    local id = made.json.task.id
    assert.are.equal(201, made.status)
    assert.are.equal('2026-11-25T09:00:00.000Z', made.json.task.dueDate)
    assert.are.equal(2, #call(world, 'GET', path).json.tasks)
    assert.are.equal('Call', call(world, 'GET', path .. '/' .. id).json.task.title)
    assert.are.equal('Mail', call(world, 'PUT', path .. '/' .. id, { title = 'Mail' }).json.task.title)
    assert.is_true(call(world, 'PUT', path .. '/' .. id .. '/completed', { completed = true }).json.task.completed)
    assert.is_true(call(world, 'DELETE', path .. '/' .. id).json.succeded)
    assert.are.equal(400, call(world, 'GET', path .. '/' .. id).status)
    assert.are.equal('task_created task_updated task_completed task_deleted', effects(world))
    assert.are.equal('TaskCreate TaskComplete TaskDelete', event_types(world))
  end)

  it('of another contact are not found', function()
    local absent = call(new_world(), 'GET', '/contacts/' .. JOHN .. '/tasks/UlRWGLSXh0ji5qbiGu4i')
    assert.are.same({ 400, 'Task with id UlRWGLSXh0ji5qbiGu4i not found' }, { absent.status, absent.json.message })
  end)

  it('give an empty list as a list', function()
    assert.is_truthy(call(new_world(), 'GET', '/contacts/' .. MINA .. '/tasks').body:find('"tasks":[]', 1, true))
  end)

  it('leave in the ledger what a test can tell them by', function()
    local world = new_world()
    call(world, 'POST', path, TASK, { headers = { ['x-request-id'] = 'r-1' } })
    local line = world.lines[1]
    assert.are.same({ 'Call', RUBIKA, '2026-11-25T09:00:00.000Z', 'r-1', false }, { line.title, line.contactId,
      line.dueDate, line.request_id, line.completed })
    assert.are.equal('2026-11-23T09:15:27.000Z', line.at)
  end)
end)

describe('notes', function()
  it('are created, read, updated and deleted, each with its event', function()
    local world = new_world { hooks = { 'http://hook/' } }
    local path = '/contacts/' .. MINA .. '/notes'
    local made = call(world, 'POST', path, { body = 'hello', color = '#FFAA00' })
    local id = made.json.note.id
    assert.are.equal(201, made.status)
    assert.are.equal('hello', call(world, 'GET', path .. '/' .. id).json.note.body)
    assert.are.equal('bye', call(world, 'PUT', path .. '/' .. id, { body = 'bye' }).json.note.body)
    assert.are.equal(1, #call(world, 'GET', path).json.notes)
    assert.is_true(call(world, 'DELETE', path .. '/' .. id).json.succeded)
    assert.are.equal('note_created note_updated note_deleted', effects(world))
    assert.are.equal('NoteCreate NoteUpdate NoteDelete', event_types(world))
    assert.are.equal('bye', world.sent[3].event.body)
    assert.are.equal(MINA, world.sent[3].event.contactId)
  end)

  it('must have a body', function()
    assert.are.equal(422, call(new_world(), 'POST', '/contacts/' .. MINA .. '/notes', { body = '' }).status)
  end)
end)

describe('tags', function()
  it('are added and removed, and an event tells of a change only', function()
    local world = new_world { hooks = { 'http://hook/' } }
    local path = '/contacts/' .. RUBIKA .. '/tags'
    local added = call(world, 'POST', path, { tags = { 'vip', 'customer' } })
    assert.are.same({ 201, { 'customer', 'vip' } }, { added.status, added.json.tags })
    call(world, 'POST', path, { tags = { 'vip' } })
    local removed = call(world, 'DELETE', path, { tags = { 'customer' } })
    assert.are.same({ 200, { 'vip' } }, { removed.status, removed.json.tags })
    assert.are.equal('tags_added tags_removed', effects(world))
    assert.are.same({ 'vip' }, world.lines[1].tags)
    assert.are.equal('ContactTagUpdate ContactTagUpdate', event_types(world))
  end)
end)

describe('appointments', function()
  it('are listed as events, with times that name no zone', function()
    local events = call(new_world(), 'GET', '/contacts/' .. MINA .. '/appointments').json.events
    assert.are.equal('0007BWpSzSwfiuSl0tR2', events[1].id)
    assert.is_truthy(events[1].startTime:match('^%d%d%d%d%-%d%d%-%d%d %d%d:%d%d:%d%d$'))
  end)
end)

describe('lists of contacts', function()
  local function fill(world, count)
    for i = 1, count do
      world.now = world.now + (i % 3 == 0 and 0 or 1)
      call(world, 'POST', '/contacts/', { locationId = LOCATION, email = ('p%03d@many.example'):format(i) })
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
      return answer.json.contacts, { locationId = LOCATION, limit = '7', startAfter = tostring(meta.startAfter),
        startAfterId = meta.startAfterId }
    end)
    assert.are.equal(44, total)
  end)

  it('refuse a page of more than a hundred and words that they do not know', function()
    local refused = call(new_world(), 'GET', '/contacts/', nil, { query = { locationId = LOCATION, limit = '101',
      sort = 'x' } })
    assert.are.same({ 'property sort should not exist', 'limit must not be greater than 100' }, refused.json.message)
  end)

  it('look for a name', function()
    local found = call(new_world(), 'GET', '/contacts/', nil, { query = { locationId = LOCATION, query = 'mina' } })
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
      'locationId should not be empty', 'pageLimit must be a number conforming to the specified constraints',
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
      { field = 'firstName', operator = 'eq', value = 'john' }, { field = 'firstName', operator = 'eq', value = 'mina' },
    } } } })
    assert.are.same({ JOHN, MINA }, ids)
  end)

  it('sorts as it is told', function()
    local ids = search(new_world(), { sort = { { field = 'firstName', direction = 'asc' } } })
    assert.are.same({ JOHN, MINA, RUBIKA, 'ocQHyuzHvysMo5N5VsXc' }, ids)
  end)

  it('refuses fields, operators and cursors that it does not know', function()
    local world = new_world()
    local _, by_field = search(world, { filters = { { field = 'shoe', operator = 'eq', value = 1 } } })
    local _, by_operator = search(world, { filters = { { field = 'email', operator = 'like', value = 1 } } })
    local _, by_cursor = search(world, { searchAfter = { 1 } })
    assert.are.same({ 422, 422, 422 }, { by_field.status, by_operator.status, by_cursor.status })
  end)

  it('lags behind where the settings say so', function()
    local world = new_world { settings = { search_lag_ms = 1000 } }
    call(world, 'POST', '/contacts/', { locationId = LOCATION, email = 'late@index.example' })
    local by_email = { filters = { { field = 'email', operator = 'eq', value = 'late@index.example' } } }
    assert.are.same({}, (search(world, by_email)))
    world.now = world.now + 1000
    assert.are.equal(1, #search(world, by_email))
  end)
end)

describe('OAuth', function()
  it('exchanges a code for a pair, once', function()
    local world = new_world()
    local code = world.sandbox:credentials().code
    local fields = { grant_type = 'authorization_code', code = code, user_type = 'Location' }
    local first = token_request(world, fields)
    assert.are.equal(200, first.status)
    assert.are.same({ 'Bearer', 86399, 'Location', LOCATION }, { first.json.token_type, first.json.expires_in,
      first.json.userType, first.json.locationId })
    assert.are.equal(200, call(world, 'GET', '/contacts/' .. JOHN, nil, { token = first.json.access_token }).status)
    local second = token_request(world, fields)
    assert.are.same({ 400, 'invalid_grant' }, { second.status, second.json.error })
    assert.are.equal('token_issued token_refused', effects(world))
  end)

  it('takes a refresh token once and gives another', function()
    local world = new_world()
    local pair = token_request(world, { grant_type = 'authorization_code', code = world.sandbox:credentials().code }).json
    local refresh = { grant_type = 'refresh_token', refresh_token = pair.refresh_token }
    local rotated = token_request(world, refresh)
    assert.are.equal(200, rotated.status)
    assert.are_not.equal(pair.refresh_token, rotated.json.refresh_token)
    assert.are.equal(400, token_request(world, refresh).status)
    local again = token_request(world, { grant_type = 'refresh_token', refresh_token = rotated.json.refresh_token })
    assert.are.equal(200, again.status)
    assert.are.equal('token_issued token_refreshed token_refused token_refreshed', effects(world))
  end)

  it('ends an access token when its time is up', function()
    local world = new_world { settings = { access_token_s = 60 } }
    local pair = token_request(world, { grant_type = 'authorization_code', code = world.sandbox:credentials().code }).json
    world.now = world.now + 59999
    assert.are.equal(200, call(world, 'GET', '/contacts/' .. JOHN, nil, { token = pair.access_token }).status)
    world.now = world.now + 1
    local ended = call(world, 'GET', '/contacts/' .. JOHN, nil, { token = pair.access_token })
    assert.are.same({ 401, 'Invalid token: access token is invalid' }, { ended.status, ended.json.message })
  end)

  it('refuses a wrong client, an unknown grant and unknown fields', function()
    local world = new_world()
    local client = token_request(world, { grant_type = 'refresh_token', client_secret = 'x' })
    assert.are.same({ 401, 'invalid_client' }, { client.status, client.json.error })
    assert.are.equal(422, token_request(world, { grant_type = 'password' }).status)
    assert.are.equal(400, token_request(world, { grant_type = 'client_credentials' }).status)
    local unknown = token_request(world, { grant_type = 'refresh_token', state = 'x' })
    assert.are.same({ 'property state should not exist' }, unknown.json.message)
  end)

  it('wants a form, not JSON', function()
    local world = new_world()
    local app = world.sandbox:credentials()
    local refused = world.sandbox:handle { method = 'POST', path = '/oauth/token', query = {},
      headers = { ['content-type'] = 'application/json' }, body = json.encode { client_id = app.client_id } }
    assert.are.equal(422, refused.status)
  end)

  it('sends the browser back with a code that works, for the scopes that were asked for', function()
    local world = new_world()
    local app = world.sandbox:credentials()
    local sent = world.sandbox:handle { method = 'GET', path = '/oauth/chooselocation', headers = {}, query = {
      response_type = 'code', client_id = app.client_id, redirect_uri = 'http://127.0.0.1:8420/oauth/crm',
      scope = 'contacts.readonly users.write', state = 'a b',
    } }
    assert.are.equal(302, sent.status)
    local code = sent.headers.Location:match('^http://127%.0%.0%.1:8420/oauth/crm%?code=(%w+)&state=a%%20b$')
    local pair = token_request(world, { grant_type = 'authorization_code', code = code,
      redirect_uri = 'http://127.0.0.1:8420/oauth/crm' })
    assert.are.equal('contacts.readonly', pair.json.scope)
    local refused = call(world, 'DELETE', '/contacts/' .. JOHN, nil, { token = pair.json.access_token })
    assert.are.equal('The token is not authorized for this scope.', refused.json.message)
  end)

  it('gives an agency a token for each of its locations', function()
    local world = new_world()
    local app = world.sandbox:credentials()
    local agency = token_request(world, { grant_type = 'authorization_code', code = app.code, user_type = 'Company' }).json
    assert.are.equal(2, #agency.approvedLocations)
    local function location_token(token, location)
      return decoded(world.sandbox:handle { method = 'POST', path = '/oauth/locationToken', query = {},
        headers = { authorization = 'Bearer ' .. token, version = '2021-07-28',
          ['content-type'] = 'application/x-www-form-urlencoded' },
        body = form { companyId = app.company, locationId = location } })
    end
    local got = location_token(agency.access_token, LOCATION)
    assert.are.equal(200, got.status)
    assert.are.equal(200, call(world, 'GET', '/contacts/' .. JOHN, nil, { token = got.json.access_token }).status)
    assert.are.equal(401, location_token(world.token, LOCATION).status)
  end)
end)

describe('the rate limit', function()
  it('answers 429 from the hundred and first request in ten seconds, with the headers', function()
    local world = new_world()
    local answer
    for i = 1, 100 do
      answer = call(world, 'GET', '/contacts/' .. JOHN)
      assert.are.equal(200, answer.status)
      assert.are.equal(tostring(100 - i), answer.headers['X-RateLimit-Remaining'])
    end
    answer = call(world, 'GET', '/contacts/' .. JOHN)
    assert.are.equal(429, answer.status)
    assert.are.same({ '100', '0', '10000', '200000', '199900' }, {
      answer.headers['X-RateLimit-Max'], answer.headers['X-RateLimit-Remaining'],
      answer.headers['X-RateLimit-Interval-Milliseconds'], answer.headers['X-RateLimit-Limit-Daily'],
      answer.headers['X-RateLimit-Daily-Remaining'],
    })
    assert.is_nil(answer.headers['Retry-After'])
    world.now = world.now + 10000
    assert.are.equal(200, call(world, 'GET', '/contacts/' .. JOHN).status)
  end)

  it('counts in a window that moves, not in fixed ones', function()
    local world = new_world { settings = { rate_max = 2 } }
    call(world, 'GET', '/contacts/' .. JOHN)
    world.now = world.now + 9000
    call(world, 'GET', '/contacts/' .. JOHN)
    world.now = world.now + 1000
    assert.are.equal(200, call(world, 'GET', '/contacts/' .. JOHN).status)
    assert.are.equal(429, call(world, 'GET', '/contacts/' .. JOHN).status)
  end)

  it('ends the day at its daily limit', function()
    local world = new_world { settings = { rate_daily_max = 1 } }
    call(world, 'GET', '/contacts/' .. JOHN)
    world.now = world.now + 20000
    local refused = call(world, 'GET', '/contacts/' .. JOHN)
    assert.are.same({ 429, '0' }, { refused.status, refused.headers['X-RateLimit-Daily-Remaining'] })
    world.now = world.now + 86400000
    assert.are.equal(200, call(world, 'GET', '/contacts/' .. JOHN).status)
  end)
end)

describe('webhooks', function()
  it('are flat, in the envelope, and signed over the bytes that are sent', function()
    local world = new_world { hooks = { 'http://hook/a' } }
    call(world, 'POST', '/contacts/' .. RUBIKA .. '/tasks', TASK)
    local message = world.sent[1]
    assert.are.equal('http://hook/a', message.url)
    assert.are.equal('signed:' .. #message.body, message.headers['X-GHL-Signature'])
    assert.are.equal('application/json', message.headers['Content-Type'])
    local event = message.event
    assert.are.same({ 'TaskCreate', LOCATION, RUBIKA, '665c6bb13d4e5364bdec0e2f', '2026-11-23T09:15:27.000Z' },
      { event.type, event.locationId, event.contactId, event.appId, event.timestamp })
    assert.is_truthy(event.webhookId:match('^%x+%-%x+%-4%x+%-[89ab]%x+%-%x+$'))
  end)

  it('are tried again with growing delays until a 2xx, with the same bytes', function()
    local world = new_world { hooks = { 'http://hook/' } }
    call(world, 'DELETE', '/contacts/' .. RUBIKA)
    world.sent[1].done(503)
    assert.is_true(world.timers[1].ms >= 100 and world.timers[1].ms <= 200)
    world.timers[1].fn()
    assert.are.equal(world.sent[1].body, world.sent[2].body)
    world.sent[2].done(nil)
    assert.is_true(world.timers[2].ms >= 200 and world.timers[2].ms <= 400)
    world.timers[2].fn()
    world.sent[3].done(202)
    assert.are.equal(2, #world.timers)
    local report = world.sandbox.webhooks:report()
    assert.are.same({ 1, 1, 0, 3 }, { report.made, report.delivered, report.pending, report.tries })
  end)

  it('are given up after twelve retries', function()
    local world = new_world { hooks = { 'http://hook/' } }
    call(world, 'DELETE', '/contacts/' .. RUBIKA)
    for try = 1, 13 do
      world.sent[try].done(500)
      if world.timers[try] then
        world.timers[try].fn()
      end
    end
    assert.are.equal(12, #world.timers)
    assert.are.equal(13, #world.sent)
    assert.are.equal(1, world.sandbox.webhooks:report().failed)
  end)

  it('go out at most sixteen at a time', function()
    local world = new_world { hooks = { 'http://hook/' }, settings = { rate_max = 1000 } }
    for _ = 1, 20 do
      call(world, 'POST', '/contacts/' .. RUBIKA .. '/tasks', TASK)
    end
    assert.are.equal(16, #world.sent)
    world.sent[1].done(200)
    assert.are.equal(17, #world.sent)
  end)
end)

describe('fault rules', function()
  it('answer a status without an effect, as often as they say', function()
    local world = new_world { faults = { { match = { method = 'POST', path = '/contacts/', times = 2 },
      ['do'] = { status = 503, retry_after = 7 } } } }
    local path = '/contacts/' .. RUBIKA .. '/tasks'
    local first = call(world, 'POST', path, TASK)
    assert.are.same({ 503, '7' }, { first.status, first.headers['Retry-After'] })
    assert.are.equal(200, call(world, 'GET', path).status)
    assert.are.equal(503, call(world, 'POST', path, TASK).status)
    assert.are.equal(201, call(world, 'POST', path, TASK).status)
    assert.are.equal('task_created', effects(world))
  end)

  it('fire at the nth request, at every kth, after some', function()
    local function statuses(match)
      local world = new_world { faults = { { match = match, ['do'] = { status = 500 } } } }
      local list = {}
      for i = 1, 6 do
        list[i] = call(world, 'GET', '/contacts/' .. JOHN).status == 500 and 'x' or '.'
      end
      return table.concat(list)
    end
    assert.are.equal('..x...', statuses { nth = 3 })
    assert.are.equal('x...x.', statuses { nth = { 1, 5 } })
    assert.are.equal('.x.x.x', statuses { every = 2 })
    assert.are.equal('...xxx', statuses { after = 3 })
    assert.are.equal('......', statuses { path = '^/oauth' })
    assert.are.equal('xxxxxx', statuses { path = '^/contacts/%w+$' })
    assert.are.equal('xxxxxx', statuses { operation = 'get_contact' })
    assert.are.equal(statuses { chance = 0.5 }, statuses { chance = 0.5 })
  end)

  it('cut the connection before or after the effect', function()
    local world = new_world { faults = {
      { match = { nth = 1 }, ['do'] = { reset = true } }, { match = { nth = 2 }, ['do'] = { lose_answer = true } },
    } }
    local path = '/contacts/' .. RUBIKA .. '/tasks'
    assert.is_true(call(world, 'POST', path, TASK).drop)
    assert.are.equal(0, #world.lines)
    assert.is_true(call(world, 'POST', path, TASK).drop)
    assert.are.same({ 'task_created', 'lost' }, { world.lines[1].effect, world.lines[1].answer })
    assert.are.equal(2, #call(world, 'GET', path).json.tasks)
  end)

  it('end the access token of a request, and a refreshed one works', function()
    local world = new_world { faults = { { match = { path = '/contacts/', times = 1 }, ['do'] = { expire_token = true } } } }
    local pair = token_request(world, { grant_type = 'authorization_code', code = world.sandbox:credentials().code }).json
    local path = '/contacts/' .. JOHN
    assert.are.equal(401, call(world, 'GET', path, nil, { token = pair.access_token }).status)
    assert.are.equal(401, call(world, 'GET', path, nil, { token = pair.access_token }).status)
    local new = token_request(world, { grant_type = 'refresh_token', refresh_token = pair.refresh_token }).json
    assert.are.equal(200, call(world, 'GET', path, nil, { token = new.access_token }).status)
  end)

  it('lose the answer of a refresh: the old refresh token is spent', function()
    local world = new_world { faults = { { match = { operation = 'token', nth = 2 }, ['do'] = { lose_answer = true } } } }
    local pair = token_request(world, { grant_type = 'authorization_code', code = world.sandbox:credentials().code }).json
    local refresh = { grant_type = 'refresh_token', refresh_token = pair.refresh_token }
    assert.is_true(token_request(world, refresh).drop)
    assert.are.equal(400, token_request(world, refresh).status)
  end)

  it('delay an answer and still give it', function()
    local world = new_world { faults = { { ['do'] = { delay_ms = 250 } } } }
    local answer = call(world, 'GET', '/contacts/' .. JOHN)
    assert.are.same({ 200, 250 }, { answer.status, answer.delay_ms })
  end)

  it('that make no sense are refused, with the rule\'s number', function()
    local function fault_of(rules)
      local _, message = pcall(new_world, { faults = rules })
      return message
    end
    assert.are.equal('faults: rule 1: "do.explode" is not known', fault_of { { ['do'] = { explode = true } } })
    assert.are.equal('faults: rule 2: "match.nht" is not known',
      fault_of { { ['do'] = { reset = true } }, { match = { nht = 1 }, ['do'] = { reset = true } } })
    assert.are.equal('faults: rule 1: "do" must be an object', fault_of { { match = {} } })
    assert.are.equal('faults: rule 1: "match.path" is not a pattern',
      fault_of { { match = { path = '^[' }, ['do'] = { reset = true } } })
  end)
end)

describe('the control endpoints', function()
  local function control(world, method, path, body, query)
    return decoded(world.sandbox:handle { method = method, path = '/_sandbox/' .. path, query = query or {},
      headers = {}, body = body and json.encode(body) or '' })
  end

  it('show the ledger, all of it or one kind of effect', function()
    local world = new_world()
    call(world, 'POST', '/contacts/' .. RUBIKA .. '/tasks', TASK)
    call(world, 'DELETE', '/contacts/' .. JOHN)
    assert.are.equal(2, #control(world, 'GET', 'ledger').json.entries)
    local tasks = control(world, 'GET', 'ledger', nil, { effect = 'task_created' }).json.entries
    assert.are.same({ 1, 'Call' }, { #tasks, tasks[1].title })
  end)

  it('show credentials, counts and the busiest window', function()
    local world = new_world()
    call(world, 'POST', '/contacts/' .. RUBIKA .. '/tasks', TASK)
    call(world, 'GET', '/contacts/nobody')
    local state = control(world, 'GET', 'state').json
    assert.are.equal(world.token, state.app.token)
    assert.are.same({ ['201'] = 1, ['400'] = 1 }, state.answers)
    assert.are.same({ 2, 2, 1 }, { state.requests, state.rate.peak, state.effects.task_created })
  end)

  it('replace the fault rules and refuse bad ones without losing the good', function()
    local world = new_world()
    assert.are.equal(200, control(world, 'POST', 'faults', { { ['do'] = { status = 503 } } }).status)
    assert.are.equal(503, call(world, 'GET', '/contacts/' .. JOHN).status)
    assert.are.equal(400, control(world, 'POST', 'faults', { { ['do'] = { nonsense = 1 } } }).status)
    local rules = control(world, 'GET', 'faults').json.rules
    assert.are.same({ 1, 1 }, { rules[1].seen, rules[1].fired })
    control(world, 'POST', 'faults', json.array {})
    assert.are.equal(200, call(world, 'GET', '/contacts/' .. JOHN).status)
  end)

  it('change settings of the right name and type', function()
    local world = new_world()
    assert.are.equal(400, control(world, 'POST', 'settings', { rate_max = 'many' }).status)
    assert.are.equal(400, control(world, 'POST', 'settings', { speed = 1 }).status)
    control(world, 'POST', 'settings', { rate_max = 1 })
    call(world, 'GET', '/contacts/' .. JOHN)
    assert.are.equal(429, call(world, 'GET', '/contacts/' .. JOHN).status)
  end)

  it('send any event, also a forged or repeated one', function()
    local world = new_world { hooks = { 'http://hook/' } }
    local event = { type = 'AppointmentCreate', appointment = { id = 'a1' } }
    local sent = control(world, 'POST', 'emit', { event = event, copies = 2 }).json
    assert.are.equal(sent.webhookId, world.sent[1].event.webhookId)
    assert.are.equal(world.sent[1].body, world.sent[2].body)
    control(world, 'POST', 'emit', { event = event, signature = 'forged' })
    assert.are_not.equal('signed:' .. #world.sent[3].body, world.sent[3].headers['X-GHL-Signature'])
    control(world, 'POST', 'emit', { event = event, signature = 'na' })
    assert.are.equal('N/A', world.sent[4].headers['X-GHL-Signature'])
    control(world, 'POST', 'emit', { event = event, signature = 'missing' })
    assert.is_nil(world.sent[5].headers['X-GHL-Signature'])
    assert.are.equal(400, control(world, 'POST', 'emit', { event = {} }).status)
  end)

  it('say what they do not know', function()
    assert.are.equal(404, control(new_world(), 'GET', 'nothing').status)
    assert.are.equal(400, control(new_world(), 'POST', 'faults').status)
  end)
end)

describe('the seed', function()
  it('decides credentials and ids', function()
    local function fingerprint(number)
      local world = new_world { seed = number }
      local made = call(world, 'POST', '/contacts/' .. RUBIKA .. '/tasks', TASK).json.task.id
      local app = world.sandbox:credentials()
      return table.concat({ app.client_id, app.client_secret, app.code, app.token, made }, ' ')
    end
    assert.are.equal(fingerprint(1), fingerprint(1))
    assert.are_not.equal(fingerprint(1), fingerprint(2))
  end)

  it('gives a client id that begins with the app id of the events', function()
    assert.is_truthy(new_world().sandbox:credentials().client_id:match('^665c6bb13d4e5364bdec0e2f%-%w+$'))
  end)
end)
