-- The sandbox's door, its validator and what it keeps: contacts, tasks, notes, tags, appointments.
package.path = './spec/support/?.lua;' .. package.path
local json = require 'json'
local kit = require 'sandbox_kit'

local LOCATION, JOHN, RUBIKA, MINA = kit.LOCATION, kit.JOHN, kit.RUBIKA, kit.MINA
local ELSEWHERE, TASK = kit.ELSEWHERE, kit.TASK
local new_world, call, effects, event_types = kit.new_world, kit.call, kit.effects, kit.event_types

describe('the door of the sandbox', function()
  it('refuses a request without a token, or with one that it does not know', function()
    local world = new_world()
    local path = '/contacts/' .. JOHN
    local none = call(world, 'GET', path, nil, { headers = { authorization = false } })
    assert.are.equal(401, none.status)
    assert.are.equal('Invalid JWT', none.json.message)
    assert.are.equal('Invalid JWT',
      call(world, 'GET', path, nil, { token = 'abc.def.ghi' }).json.message)
    local unknown = call(world, 'GET', path, nil, { token = 'pit-00000000-0000' })
    assert.are.equal('Invalid Private Integration token', unknown.json.message)
    assert.are.equal('Unauthorized', unknown.json.error)
  end)

  it('wants the version header, and the right one', function()
    local world = new_world()
    local missing = call(world, 'GET', '/contacts/' .. JOHN, nil, { headers = { version = false } })
    assert.are.same({ 401, 'version header was not found.' },
      { missing.status, missing.json.message })
    local wrong = call(world, 'GET', '/contacts/' .. JOHN, nil,
      { headers = { version = '2021-04-15' } })
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
    assert.are.same({ 401, 'The token is not authorized for this scope.' },
      { refused.status, refused.json.message })
    assert.are.equal(200, call(world, 'GET', '/contacts/' .. JOHN).status)
  end)

  it('answers 403 for another location, in a path, a body and a query', function()
    local world = new_world()
    local message = 'The token does not have access to this location.'
    local by_path = call(world, 'GET', '/contacts/' .. ELSEWHERE)
    assert.are.same({ 403, message }, { by_path.status, by_path.json.message })
    assert.are.equal(403,
      call(world, 'POST', '/contacts/', { locationId = 'other', email = 'a@b.example' }).status)
    assert.are.equal(403,
      call(world, 'GET', '/contacts/', nil, { query = { locationId = 'other' } }).status)
    assert.are.equal(0, #world.lines)
  end)

  it('knows no path but the vendor\'s, slash by slash', function()
    local world = new_world()
    local absent = call(world, 'GET', '/contacts')
    assert.are.same({ 404, 'Cannot GET /contacts' }, { absent.status, absent.json.message })
    assert.are.equal(404, call(world, 'GET', '/contacts/' .. JOHN .. '/').status)
    assert.are.equal(404, call(world, 'PATCH', '/contacts/' .. JOHN).status)
    assert.are.equal(404, call(world, 'GET', '/tasks').status)
  end)

  it('answers 400 for a body that is no JSON, and 413 for one that is too large', function()
    local world = new_world()
    local request = {
      method = 'POST', path = '/contacts/', query = {}, body = '{"locationId":',
      headers = { authorization = 'Bearer ' .. world.token, version = '2021-07-28',
        ['content-type'] = 'application/json' },
    }
    assert.are.equal(400, world.sandbox:handle(request).status)
    request.body = ('x'):rep((1 << 20) + 1)
    assert.are.equal(413, world.sandbox:handle(request).status)
  end)

  it('takes a body for empty that is not called JSON', function()
    local world = new_world()
    local refused = call(world, 'POST', '/contacts/' .. JOHN .. '/notes', { body = 'x' },
      { headers = { ['content-type'] = 'text/plain' } })
    assert.are.same({ 422, { 'body should not be empty' } },
      { refused.status, refused.json.message })
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
    local faults = faults_of('POST', '/contacts/' .. JOHN .. '/tasks',
      { dueDate = 'soon', completed = 'no', when = 1 })
    assert.are.same({
      'property when should not exist', 'completed must be a boolean value',
      'dueDate must be a valid ISO 8601 date string', 'title should not be empty',
    }, faults)
  end)

  it('refuses in an update what only a create may say', function()
    local faults = faults_of('PUT', '/contacts/' .. JOHN,
      { gender = 'f', locationId = LOCATION, companyName = 'X' })
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
    assert.are.same({ 'country must be a string' },
      faults_of('PUT', '/contacts/' .. JOHN, { country = json.null }))
    assert.are.equal(200,
      call(new_world(), 'PUT', '/contacts/' .. JOHN, { city = json.null }).status)
  end)

  it('refuses the type of a value although it could be converted', function()
    assert.are.same({ 'title must be a string' },
      faults_of('PUT', '/contacts/' .. JOHN .. '/tasks/lJpzYrWdpkC2hX6t2yue',
      { title = 5 }))
    assert.are.same({ 'tags must be an array' },
      faults_of('POST', '/contacts/' .. JOHN .. '/tags', { tags = 'vip' }))
  end)

  it('refuses bad e-mail addresses, colours and dates of birth', function()
    assert.are.same({ 'email must be an email' },
      faults_of('PUT', '/contacts/' .. JOHN, { email = 'ann at home' }))
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

  it('are created with 201 and a shape of its own, a ledger line and an event', function()
    local world = new_world { hooks = { 'http://hook/' } }
    local made = call(world, 'POST', '/contacts/', {
      locationId = LOCATION, name = 'Ann van Dam', email = 'Ann@Dam.example',
      phone = '+31 20-555 0101',
      tags = { 'a', 'a', 'b' }, dateOfBirth = '09/25/1990', source = 'api',
      customFields = { { key = 'company_size',
        field_value = '10' } },
    })
    local contact = made.json.contact
    assert.are.equal(201, made.status)
    assert.are.same({ 'Ann', 'van Dam', 'ann@dam.example', '+31205550101', 9, 25 },
      { contact.firstName,
      contact.lastName, contact.emailLowerCase, contact.phone, contact.birthMonth,
      contact.birthDay })
    assert.is_nil(contact.name)
    assert.are.same({ 'a', 'b' }, contact.tags)
    assert.are.same({ { id = 'BcdmQEsNgz6AVpgLVUJ0', value = '10' } }, contact.customFields)
    assert.are.equal('contact_created', effects(world))
    assert.are.equal(contact.id, world.lines[1].id)
    assert.are.equal('ContactCreate', event_types(world))
    assert.are.equal(contact.id, world.sent[1].event.id)
  end)

  it('with the address or phone of another are refused with its id', function()
    local world = new_world()
    local by_email = call(world, 'POST', '/contacts/',
      { locationId = LOCATION, email = 'johndeo@GMAIL.comm' })
    assert.are.equal(400, by_email.status)
    assert.are.equal('This location does not allow duplicated contacts.', by_email.json.message)
    assert.are.same({ contactId = JOHN, matchingField = 'email' }, by_email.json.meta)
    local by_phone = call(world, 'PUT', '/contacts/' .. RUBIKA, { phone = '+91 950 959 7501' })
    assert.are.same({ contactId = JOHN, matchingField = 'phone' }, by_phone.json.meta)
    assert.are.equal(0, #world.lines)
  end)

  it('may share an address once the location allows it', function()
    local world = new_world { settings = { allow_duplicates = true } }
    assert.are.equal(201,
      call(world, 'POST', '/contacts/',
        { locationId = LOCATION, email = 'JohnDeo@gmail.comm' }).status)
  end)

  it('can keep their own address in an update', function()
    assert.are.equal(200,
      call(new_world(), 'PUT', '/contacts/' .. JOHN, { email = 'JohnDeo@gmail.comm' }).status)
  end)

  it('free their old address when they get another', function()
    local world = new_world()
    call(world, 'PUT', '/contacts/' .. JOHN, { email = 'new@deo.example' })
    assert.are.equal(201,
      call(world, 'POST', '/contacts/',
        { locationId = LOCATION, email = 'JohnDeo@gmail.comm' }).status)
    assert.are.equal(400,
      call(world, 'POST', '/contacts/',
        { locationId = LOCATION, email = 'new@deo.example' }).status)
  end)

  it('are updated field by field; tags are overwritten, null clears', function()
    local world = new_world { hooks = { 'http://hook/' } }
    local updated = call(world, 'PUT', '/contacts/' .. JOHN,
      { tags = { 'only' }, city = json.null, lastName = 'Doe' })
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
    local updated = upsert(world,
      { email = 'johndeo@gmail.comm', gender = 'male', tags = { 'x' }, city = 'Utrecht' })
    assert.are.same({ false, JOHN, 'Utrecht' },
      { updated.json.new, updated.json.contact.id, updated.json.contact.city })
    assert.are.same({ 'x' }, updated.json.contact.tags)
    assert.are.equal('contact_updated', effects(world))
  end)

  it('updates the first of two and drops the second\'s phone without a word', function()
    local world = new_world()
    local updated = upsert(world,
      { email = 'JohnDeo@gmail.comm', phone = '+18832327657', city = 'Delft' })
    assert.are.same({ 200, JOHN, '+919509597501', 'Delft' },
      { updated.status, updated.json.contact.id,
      updated.json.contact.phone, updated.json.contact.city })
    assert.are.equal('+18832327657', call(world, 'GET', '/contacts/' .. RUBIKA).json.contact.phone)
  end)

  it('makes a second one only where both the request and the location allow it', function()
    local refused = upsert(new_world(),
      { email = 'JohnDeo@gmail.comm', createNewIfDuplicateAllowed = true })
    assert.is_false(refused.json.new)
    local world = new_world { settings = { allow_duplicates = true } }
    assert.is_true(upsert(world,
      { email = 'JohnDeo@gmail.comm', createNewIfDuplicateAllowed = true }).json.new)
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
    assert.are.equal('Mail',
      call(world, 'PUT', path .. '/' .. id, { title = 'Mail' }).json.task.title)
    assert.is_true(call(world, 'PUT', path .. '/' .. id .. '/completed',
      { completed = true }).json.task.completed)
    assert.is_true(call(world, 'DELETE', path .. '/' .. id).json.succeded)
    assert.are.equal(400, call(world, 'GET', path .. '/' .. id).status)
    assert.are.equal('task_created task_updated task_completed task_deleted', effects(world))
    assert.are.equal('TaskCreate TaskComplete TaskDelete', event_types(world))
  end)

  it('are completed once: a second time is an update and no event', function()
    local world = new_world { hooks = { 'http://hook/' } }
    local task = path .. '/UlRWGLSXh0ji5qbiGu4i'
    for _ = 1, 2 do
      local done = call(world, 'PUT', task .. '/completed', { completed = true })
      assert.is_true(done.json.task.completed)
    end
    assert.are.equal('task_completed task_updated', effects(world))
    assert.are.equal('TaskComplete', event_types(world))
  end)

  it('are due at the moment that their date names, whatever its zone', function()
    local function due(text)
      local task = { title = 'x', dueDate = text, completed = false }
      return call(new_world(), 'POST', path, task).json.task.dueDate
    end
    assert.are.equal('2026-11-25T15:30:00.000Z', due('2026-11-25T10:00:00-05:30'))
    assert.are.equal('2026-11-25T10:00:00.250Z', due('2026-11-25T10:00:00.25Z'))
    assert.are.equal('2024-02-29T00:00:00.000Z', due('2024-02-29'))
  end)

  it('of another contact are not found', function()
    local absent = call(new_world(), 'GET', '/contacts/' .. JOHN .. '/tasks/UlRWGLSXh0ji5qbiGu4i')
    assert.are.same({ 400, 'Task with id UlRWGLSXh0ji5qbiGu4i not found' },
      { absent.status, absent.json.message })
  end)

  it('give an empty list as a list', function()
    local none = call(new_world(), 'GET', '/contacts/' .. MINA .. '/tasks')
    assert.is_truthy(none.body:find('"tasks":[]', 1, true))
  end)

  it('leave in the ledger what a test can tell them by', function()
    local world = new_world()
    call(world, 'POST', path, TASK, { headers = { ['x-request-id'] = 'r-1' } })
    local line = world.lines[1]
    assert.are.same({ 'Call', RUBIKA, '2026-11-25T09:00:00.000Z', 'r-1', false },
      { line.title, line.contactId,
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
    assert.are.equal(422,
      call(new_world(), 'POST', '/contacts/' .. MINA .. '/notes', { body = '' }).status)
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
