-- The areas of the sandbox beside contacts, tasks, notes and tags: locations, custom fields, bulk
-- calls, followers, appointments, workflows and campaigns, businesses, users, opportunities.

package.path = './spec/support/?.lua;' .. package.path

local json = require 'json'
local kit = require 'sandbox_kit'

local new_world, call, effects, event_types = kit.new_world, kit.call, kit.effects, kit.event_types
local LOCATION, OTHER = kit.LOCATION, 'C2QujeCh8ZnC7al2InWR'
local JOHN, RUBIKA, MINA, ELSEWHERE = kit.JOHN, kit.RUBIKA, kit.MINA, kit.ELSEWHERE
local PIPELINE, REPAIRS = 'VDm7RPYC2GLUvdpKmBfC', 'bCkKGpDsyPP4peuKowkG'
local NEW, QUOTED = 'e93ba61a-53b3-45e7-985a-c7732dbcdb69', '7915dedc-8f18-44d5-8bc3-77c04e994a10'
local DEAL = 'yWQobCRIhRguQtD2llvk'
local CALENDAR = 'BqTwX8QFwXzpegMve9EQ'
local V_CALENDARS = { headers = { version = '2021-04-15' } }

local function world_with_hooks()
  return new_world { hooks = { 'http://one.test/hook' } }
end

local function query(fields)
  return { query = fields }
end

local function names_of(list, key)
  local names = {}
  for i, item in ipairs(list) do
    names[i] = item[key]
  end
  return table.concat(names, ' ')
end

local function refused(status, answer)
  local message = answer.json.message
  return { status, type(message) == 'table' and message[1] or message },
    { answer.status, type(message) == 'table' and message[1] or message }
end

local NO_ACCESS = 'The token does not have access to this location.'

describe('a location of the sandbox', function()
  it('has a zone, and is not shown to the token of another one', function()
    local world = new_world()
    local location = call(world, 'GET', '/locations/' .. LOCATION).json.location
    assert.are.same({ LOCATION, 'America/Chicago', false },
      { location.id, location.timezone, location.settings.allowDuplicateContact })
    local answer = call(world, 'GET', '/locations/' .. OTHER)
    assert.are.same({ 403, NO_ACCESS }, { answer.status, answer.json.message })
  end)

  it('finds the tasks of all its contacts by who, whose, what and whether they are done', function()
    local world = new_world()
    local function found(body)
      local answer = call(world, 'POST', '/locations/' .. LOCATION .. '/tasks/search', body)
      assert.are.equal(200, answer.status)
      return names_of(answer.json.tasks, 'title')
    end
    assert.are.equal('Send brochure Call back Loram ipsum', found(json.decode '{}'))
    assert.are.equal('Call back Loram ipsum', found { completed = false })
    assert.are.equal('Loram ipsum', found { contactId = { RUBIKA } })
    assert.are.equal('Call back', found { query = 'SIZE' })
    assert.are.equal('', found { assignedTo = { 'nobody' } })
    assert.are.equal('Call back', found { skip = 1, limit = 1 })
    local task = call(world, 'POST', '/locations/' .. LOCATION .. '/tasks/search',
      { query = 'size' }).json.tasks[1]
    assert.are.same({ JOHN, LOCATION, 'Ask for the size' },
      { task.contactId, task.locationId, task.body })
  end)

  it('refuses a task search that asks for what there is not', function()
    local world = new_world()
    local answer = call(world, 'POST', '/locations/' .. LOCATION .. '/tasks/search',
      { contactId = JOHN, status = 'open' })
    assert.are.same({ 422, { 'property status should not exist', 'contactId must be an array' } },
      { answer.status, answer.json.message })
  end)
end)

describe('custom fields of the sandbox', function()
  local PATH = '/locations/' .. LOCATION .. '/customFields'

  it('are listed by model, contacts\' where none is named', function()
    local world = new_world()
    assert.are.equal('contact.company_size contact.quote_total contact.roof_area '
      .. 'contact.wanted_services contact.move_in_date',
      names_of(call(world, 'GET', PATH).json.customFields, 'fieldKey'))
    assert.are.equal('opportunity.deal_source opportunity.roof_pitch',
      names_of(call(world, 'GET', PATH, nil, query { model = 'opportunity' }).json.customFields,
        'fieldKey'))
    assert.are.equal(7, #call(world, 'GET', PATH, nil, query { model = 'all' }).json.customFields)
    assert.are.equal(422, call(world, 'GET', PATH, nil, query { model = 'task' }).status)
  end)

  it('are made, changed and deleted, and then known by their key', function()
    local world = new_world()
    local made = call(world, 'POST', PATH, { name = 'Roof colour', dataType = 'TEXT' })
    assert.are.same({ 201, 'contact.roof_colour' },
      { made.status, made.json.customField.fieldKey })
    local answer = call(world, 'PUT', '/contacts/' .. RUBIKA,
      { customFields = { { key = 'roof_colour', field_value = 'red' } } })
    assert.are.same({ { id = made.json.customField.id, value = 'red' } },
      answer.json.contact.customFields)
    assert.are.equal(400, call(world, 'POST', PATH, { name = 'Roof colour', dataType = 'TEXT' }).status)
    local one = PATH .. '/' .. made.json.customField.id
    assert.are.equal('Colour', call(world, 'PUT', one, { name = 'Colour' }).json.customField.name)
    assert.are.equal(200, call(world, 'DELETE', one).status)
    assert.are.equal(400, call(world, 'GET', one).status)
    assert.are.equal('custom_field_created contact_updated custom_field_updated custom_field_deleted',
      effects(world))
  end)

  it('that are not there by their key change nothing of the contact', function()
    local world = new_world()
    local answer = call(world, 'PUT', '/contacts/' .. JOHN,
      { email = 'new@deo.example', customFields = { { key = 'no_such', field_value = 'x' } } })
    assert.are.same({ 400, 'Custom field with key no_such not found' },
      { answer.status, answer.json.message })
    local same = call(world, 'GET', '/contacts/search/duplicate', nil,
      query { locationId = LOCATION, email = 'johndeo@gmail.comm' })
    assert.are.equal(JOHN, same.json.contact.id)
    assert.are.equal('', effects(world))
  end)
end)

describe('bulk calls of the sandbox', function()
  local ADD, REMOVE = '/contacts/bulk/tags/update/add', '/contacts/bulk/tags/update/remove'

  local function body(contacts, tags, more)
    local fields = { contacts = contacts, tags = tags, locationId = LOCATION }
    for name, value in pairs(more or {}) do
      fields[name] = value
    end
    return fields
  end

  it('add tags to each contact and say of each what came of it', function()
    local world = world_with_hooks()
    local answer = call(world, 'POST', ADD,
      body({ RUBIKA, 'nobody', ELSEWHERE, MINA }, { 'customer', 'vip' }))
    assert.are.same({ 201, true, 2 }, { answer.status, answer.json.succeded, answer.json.errorCount })
    local said = answer.json.responses
    assert.are.same({ 'success', 'error', 'error', 'success' },
      { said[1].type, said[2].type, said[3].type, said[4].type })
    assert.are.same({ { 'customer' }, { 'vip' } }, { said[1].oldTags, said[1].tagsAdded })
    assert.are.equal('contact does not belong to location', said[3].message)
    assert.are.equal('tags_added tags_added', effects(world))
    assert.are.equal('ContactTagUpdate ContactTagUpdate', event_types(world))
  end)

  it('remove tags, or all of them, and do nothing twice', function()
    local world = new_world()
    call(world, 'POST', REMOVE, body({ RUBIKA, MINA }, { 'customer' }))
    call(world, 'POST', REMOVE, body({ JOHN }, json.decode '[]', { removeAllTags = true }))
    call(world, 'POST', REMOVE, body({ JOHN }, json.decode '[]', { removeAllTags = true }))
    assert.are.equal('tags_removed tags_removed', effects(world))
    assert.are.same({ 0, 0 }, { #world.sandbox.people:get(RUBIKA).tags,
      #world.sandbox.people:get(JOHN).tags })
  end)

  it('refuse another type, removing all while adding, and another location', function()
    local world = new_world()
    assert.are.equal(422,
      call(world, 'POST', '/contacts/bulk/tags/update/set', body({ JOHN }, { 'a' })).status)
    assert.are.equal(400,
      call(world, 'POST', ADD, body({ JOHN }, { 'a' }, { removeAllTags = true })).status)
    assert.are.equal(403,
      call(world, 'POST', ADD, body({ JOHN }, { 'a' }, { locationId = OTHER })).status)
    assert.are.same(refused(422, call(world, 'POST', ADD, { contacts = { JOHN } })))
    assert.are.equal('', effects(world))
  end)

  it('set the business of many contacts, and take it away with null', function()
    local world = world_with_hooks()
    local function set(business)
      return call(world, 'POST', '/contacts/bulk/business',
        { locationId = LOCATION, ids = { JOHN, MINA }, businessId = business })
    end
    assert.are.equal(200, set('63771dcac1116f0e21de8e12').status)
    assert.are.equal('63771dcac1116f0e21de8e12', world.sandbox.people:get(MINA).businessId)
    assert.are.equal(200, set(json.null).status)
    assert.is_nil(world.sandbox.people:get(MINA).businessId)
    assert.are.equal(400, set('none').status)
    assert.are.equal(422, set(nil).status)
    assert.are.equal('business_set business_set business_removed business_removed', effects(world))
    assert.are.equal(4, #world.sent)
  end)
end)

describe('followers, workflows and campaigns of a contact', function()
  it('are added and removed once, and told in the answer', function()
    local world = new_world()
    local path = '/contacts/' .. JOHN .. '/followers'
    local answer = call(world, 'POST', path, { followers = { 'u1', 'u2', 'u1' } })
    assert.are.same({ 201, { 'u1', 'u2' }, { 'u1', 'u2' } },
      { answer.status, answer.json.followers, answer.json.followersAdded })
    answer = call(world, 'DELETE', path, { followers = { 'u2', 'u9' } })
    assert.are.same({ 200, { 'u1' }, { 'u2' } },
      { answer.status, answer.json.followers, answer.json.followersRemoved })
    assert.are.equal(422, call(world, 'POST', path, {}).status)
    assert.are.equal('followers_added followers_removed', effects(world))
  end)

  it('count each time that a contact is put into a workflow', function()
    local world = new_world()
    local path = '/contacts/' .. JOHN .. '/workflow/78559bb3-b920-461e-b010-7b2a2816d2a9'
    local body = { eventStartTime = '2021-06-23T03:30:00+01:00' }
    assert.are.equal(200, call(world, 'POST', path, body).status)
    assert.are.equal(200, call(world, 'POST', path, body).status)
    assert.are.equal(200, call(world, 'DELETE', path, body).status)
    assert.are.equal(200, call(world, 'DELETE', path, body).status)
    assert.are.equal(400, call(world, 'POST', '/contacts/' .. JOHN .. '/workflow/none', body).status)
    assert.are.equal(422, call(world, 'POST', path, { eventStartTime = 'soon' }).status)
    assert.are.equal('workflow_added workflow_added workflow_removed', effects(world))
  end)

  it('take a contact out of one campaign, or of all', function()
    local world = new_world()
    local path = '/contacts/' .. JOHN .. '/campaigns/'
    assert.are.equal(201, call(world, 'POST', path .. 'Y2I9XM7aO1hncuSOlc9L', {}).status)
    assert.are.equal(201, call(world, 'POST', path .. 'mIVALPYuTD7YjUHnFEx4', {}).status)
    assert.are.equal(200, call(world, 'DELETE', path .. 'Y2I9XM7aO1hncuSOlc9L').status)
    assert.are.equal(200, call(world, 'DELETE', path .. 'removeAll').status)
    assert.are.equal('campaign_added campaign_added campaign_removed campaign_removed',
      effects(world))
  end)

  it('are listed for the location', function()
    local world = new_world()
    local function list(path, fields)
      fields.locationId = fields.locationId or LOCATION
      return call(world, 'GET', path, nil, query(fields))
    end
    assert.are.equal('Nurture Review request', names_of(list('/workflows/', {}).json.workflows, 'name'))
    assert.are.equal('Autumn',
      names_of(list('/campaigns/', { status = 'draft' }).json.campaigns, 'name'))
    assert.are.equal(403, list('/campaigns/', { locationId = OTHER }).status)
    assert.are.equal(404, list('/workflows', {}).status)
  end)
end)

describe('appointments of the sandbox', function()
  local PATH = '/calendars/events/appointments'

  it('stand in a contact\'s list by the location\'s clocks, without a zone', function()
    local world = new_world()
    local events = call(world, 'GET', '/contacts/' .. MINA .. '/appointments').json.events
    assert.are.same({ '2026-11-26 11:00:00', '2026-11-26 11:30:00' },
      { events[1].startTime, events[1].endTime })
  end)

  it('are made, changed and deleted, each with its event', function()
    local world = world_with_hooks()
    local made = call(world, 'POST', PATH, { calendarId = CALENDAR, locationId = LOCATION,
      contactId = RUBIKA, startTime = '2026-12-01T10:00:00', title = 'Visit' }, V_CALENDARS)
    assert.are.same({ 200, '2026-12-01T10:00:00-06:00', '2026-12-01T10:30:00-06:00' },
      { made.status, made.json.startTime, made.json.endTime })
    local one = PATH .. '/' .. made.json.id
    local moved = call(world, 'PUT', one, { startTime = '2026-12-01T18:00:00Z',
      appointmentStatus = 'cancelled' }, V_CALENDARS)
    assert.are.same({ '2026-12-01T12:00:00-06:00', 'cancelled' },
      { moved.json.startTime, moved.json.appointmentStatus })
    assert.are.equal(RUBIKA, call(world, 'GET', one, nil, V_CALENDARS).json.event.contactId)
    assert.are.equal(201,
      call(world, 'DELETE', '/calendars/events/' .. made.json.id, nil, V_CALENDARS).status)
    assert.are.equal(400, call(world, 'GET', one, nil, V_CALENDARS).status)
    assert.are.equal('AppointmentCreate', event_types(world):match('^%S+'))
    assert.are.equal('2026-12-01T10:00:00-06:00', world.sent[1].event.appointment.startTime)
    assert.are.equal('appointment_created appointment_updated appointment_deleted', effects(world))
  end)

  it('are refused with another version, without a calendar, and where they end too early', function()
    local world = new_world()
    local body = { calendarId = CALENDAR, locationId = LOCATION, contactId = RUBIKA,
      startTime = '2026-12-01T10:00:00Z', endTime = '2026-12-01T09:00:00Z' }
    assert.are.same({ 401, 'version header is invalid' },
      { call(world, 'POST', PATH, body).status, call(world, 'POST', PATH, body).json.message })
    assert.are.equal(400, call(world, 'POST', PATH, body, V_CALENDARS).status)
    body.endTime, body.calendarId = nil, 'none'
    assert.are.equal(400, call(world, 'POST', PATH, body, V_CALENDARS).status)
    body.calendarId = nil
    assert.are.same(refused(422, call(world, 'POST', PATH, body, V_CALENDARS)))
    assert.are.equal('', effects(world))
  end)
end)

describe('businesses and users of the sandbox', function()
  it('are made, changed, listed and deleted; their events are those of records', function()
    local world = world_with_hooks()
    local made = call(world, 'POST', '/businesses/', { name = 'Acme', locationId = LOCATION })
    assert.are.equal(201, made.status)
    local one = '/businesses/' .. made.json.buiseness.id
    assert.are.equal('Chicago', call(world, 'PUT', one, { city = 'Chicago' }).json.buiseness.city)
    assert.are.equal('Acme', call(world, 'GET', one).json.business.name)
    local list = call(world, 'GET', '/businesses/', nil,
      query { locationId = LOCATION, skip = '1', limit = '5' }).json.businesses
    assert.are.equal('Deo Holding Acme', names_of(list, 'name'))
    assert.are.equal(200, call(world, 'DELETE', one).status)
    assert.are.equal('business_created business_updated business_deleted', effects(world))
    assert.are.equal('RecordCreate RecordUpdate RecordDelete', event_types(world))
    assert.are.same({ { key = 'name', valueString = 'Acme' } }, world.sent[1].event.properties)
    assert.are.equal(422, call(world, 'POST', '/businesses/', { locationId = LOCATION }).status)
  end)

  it('leave their contacts without one when they go', function()
    local world = new_world()
    call(world, 'DELETE', '/businesses/63b7ec34ea409a9a8bd2a4ff')
    assert.is_nil(world.sandbox.people:get(JOHN).businessId)
  end)

  it('are shown to their own location only', function()
    local world = new_world()
    local users = call(world, 'GET', '/users/', nil, query { locationId = LOCATION }).json.users
    assert.are.equal('Ada Noor', names_of(users, 'firstName'))
    assert.are.equal('Ada', call(world, 'GET', '/users/' .. users[1].id).json.firstName)
    assert.are.equal(403, call(world, 'GET', '/users/sx6wyHhbFdRXh302LLsA').status)
    local company = world.sandbox:credentials().company
    local found = call(world, 'GET', '/users/search', nil, query { companyId = company, query = 'oor' })
    assert.are.equal('Noor', names_of(found.json.users, 'firstName'))
    assert.are.equal(403, call(world, 'GET', '/users/search', nil, query { companyId = 'x' }).status)
  end)
end)

describe('opportunities of the sandbox', function()
  local function create(world, more)
    local body = { pipelineId = PIPELINE, locationId = LOCATION, name = 'Gutter', status = 'open',
      contactId = RUBIKA, monetaryValue = 500 }
    for name, value in pairs(more or {}) do
      body[name] = value
    end
    return call(world, 'POST', '/opportunities/', body)
  end

  it('are made in the first stage, with a view of their contact', function()
    local world = world_with_hooks()
    local answer = create(world, { customFields = { { key = 'deal_source', field_value = 'fair' } } })
    local made = answer.json.opportunity
    assert.are.same({ 201, NEW, 'Rubika Deo', 'fair' },
      { answer.status, made.pipelineStageId, made.contact.name, made.customFields[1].fieldValue })
    assert.are.equal('OpportunityCreate', event_types(world))
    assert.are.same({ RUBIKA, 500, 'open' }, { world.sent[1].event.contactId,
      world.sent[1].event.monetaryValue, world.sent[1].event.status })
    assert.are.equal('opportunity_created', effects(world))
  end)

  it('tell of each of status, stage, value and owner that changed', function()
    local world = world_with_hooks()
    local path = '/opportunities/' .. DEAL
    call(world, 'PUT', path, { name = 'New roof and gutter' })
    call(world, 'PUT', path, { pipelineStageId = QUOTED, monetaryValue = 13000, assignedTo = 'u2' })
    local answer = call(world, 'PUT', path .. '/status',
      { status = 'lost', lostReasonId = 'CLu7BaljjqrEjBGKTNNe' })
    assert.are.same({ 200, true }, { answer.status, answer.json.succeded })
    assert.are.equal('OpportunityUpdate OpportunityUpdate OpportunityStageUpdate '
      .. 'OpportunityMonetaryValueUpdate OpportunityAssignedToUpdate OpportunityUpdate '
      .. 'OpportunityStatusUpdate', event_types(world))
    assert.are.equal('lost', call(world, 'GET', path).json.opportunity.status)
    assert.are.equal(200, call(world, 'DELETE', path).status)
    assert.are.equal(400, call(world, 'GET', path).status)
    assert.are.equal('OpportunityDelete', world.sent[#world.sent].event.type)
  end)

  it('are refused with what is not there, and change nothing', function()
    local world = new_world()
    for message, more in pairs {
      ['Contact with id x not found'] = { contactId = 'x' },
      ['Pipeline with id x not found'] = { pipelineId = 'x' },
      ['Pipeline stage with id x not found'] = { pipelineStageId = 'x' },
      ['Custom field with key x not found'] = {
        customFields = { { key = 'x', field_value = 'x' } },
      },
      ['Pipeline stage with id ' .. NEW .. ' not found'] = {
        pipelineId = REPAIRS, pipelineStageId = NEW,
      },
    } do
      local answer = create(world, more)
      assert.are.same({ 400, message }, { answer.status, answer.json.message })
    end
    assert.are.equal(403, create(world, { locationId = OTHER }).status)
    assert.are.same({ 'property colour should not exist',
      'monetaryValue must be a number conforming to the specified constraints',
      'status must be one of the following values: open, won, lost, abandoned' },
      create(world, { status = 'all', monetaryValue = '5', colour = 'red' }).json.message)
    assert.are.equal(400, call(world, 'PUT', '/opportunities/' .. DEAL,
      { name = 'Changed', customFields = { { key = 'x', field_value = 1 } } }).status)
    assert.are.equal('New roof', world.sandbox.opportunities:get(DEAL).name)
    assert.are.equal('', effects(world))
  end)

  it('are not made twice for a contact where the location does not allow it', function()
    local world = new_world { settings = { allow_duplicate_opportunities = false } }
    assert.are.equal(201, create(world).status)
    local answer = create(world)
    assert.are.same({ 400, 'Can not create duplicate opportunity for the contact.' },
      { answer.status, answer.json.message })
    assert.are.equal(201, create(world, { pipelineId = REPAIRS }).status)
  end)

  it('are upserted by id, or by name in the pipeline, with their followers', function()
    local world = new_world()
    local function upsert(more)
      local body = { pipelineId = PIPELINE, locationId = LOCATION, followers = { 'u1' },
        isRemoveAllFollowers = false, followersActionType = 'add' }
      for name, value in pairs(more) do
        body[name] = value
      end
      return call(world, 'POST', '/opportunities/upsert', body)
    end
    assert.are.same({ true, true, false, false }, {
      upsert { name = 'Fence' }.json.new, upsert { name = 'Door' }.json.new,
      upsert { name = 'Fence', monetaryValue = 9 }.json.new, upsert { id = DEAL }.json.new,
    })
    assert.are.same({ 'u1' }, upsert { id = DEAL }.json.opportunity.followers)
    assert.are.equal(0, #upsert { id = DEAL, isRemoveAllFollowers = true }.json.opportunity.followers)
    assert.are.equal(400, upsert { id = 'none' }.status)
    assert.are.same({ 422, 'property contactId should not exist' },
      { upsert { contactId = JOHN }.status, upsert { contactId = JOHN }.json.message[1] })
  end)

  it('have followers', function()
    local world = new_world()
    local path = '/opportunities/' .. DEAL .. '/followers'
    assert.are.same({ 'u1', 'u2' },
      call(world, 'POST', path, { followers = { 'u1', 'u2' } }).json.followersAdded)
    assert.are.same({ 'u2' }, call(world, 'DELETE', path, { followers = { 'u1' } }).json.followers)
    assert.are.same({ 'u2' }, call(world, 'DELETE', path, { followers = { 'x' } },
      query { isRemoveAllFollowers = 'true' }).json.followersRemoved)
    assert.are.equal(422, call(world, 'DELETE', path, { followers = { 'x' } },
      query { isRemoveAllFollowers = 'yes' }).status)
  end)

  it('belong to pipelines with stages, and are lost for a reason', function()
    local world = new_world()
    local pipelines = call(world, 'GET', '/opportunities/pipelines', nil,
      query { locationId = LOCATION }).json.pipelines
    assert.are.same({ 'Sales Repairs', 'New Quoted Won' },
      { names_of(pipelines, 'name'), names_of(pipelines[1].stages, 'name') })
    local reasons = call(world, 'GET', '/opportunities/lost-reason', nil,
      query { locationId = LOCATION, query = 'another' }).json
    assert.are.same({ 1, 'Chose another' }, { reasons.total, names_of(reasons.lostReasons, 'name') })
  end)

  it('are found by what the query names, page by page to the last', function()
    local world = new_world()
    for i = 1, 5 do
      world.now = world.now + 1000
      create(world, { name = 'Deal ' .. i, status = i == 5 and 'won' or 'open' })
    end
    local function search(fields)
      fields.location_id = fields.location_id or LOCATION
      return call(world, 'GET', '/opportunities/search', nil, query(fields))
    end
    assert.are.equal('Deal 5', names_of(search { status = 'won' }.json.opportunities, 'name'))
    assert.are.equal('New roof', names_of(search { q = 'johndeo@' }.json.opportunities, 'name'))
    assert.are.equal('Deal 1', names_of(search { contact_id = RUBIKA, order = 'added_asc',
      limit = '1' }.json.opportunities, 'name'))
    local names, after = {}, {}
    repeat
      local page = search { limit = '2', startAfter = after.ms, startAfterId = after.id }.json
      names[#names + 1] = names_of(page.opportunities, 'name')
      after = { ms = tostring(page.meta.startAfter), id = page.meta.startAfterId }
    until not page.meta.nextPage
    assert.are.same({ 'Deal 5 Deal 4', 'Deal 3 Deal 2', 'Deal 1 New roof' }, names)
    assert.are.equal(2, #search { q = 'johndeo', getTasks = 'true' }.json.opportunities[1].tasks)
    assert.are.equal(422, search { date = '2026-11-23' }.status)
    assert.are.equal(0, #search { date = '01-01-2020', endDate = '01-02-2020' }.json.opportunities)
  end)

  it('are found by the advanced search, which wants all its fields', function()
    local world = new_world()
    for i = 1, 3 do
      world.now = world.now + 1000
      create(world, { name = 'Deal ' .. i })
    end
    local details = { notes = true, tasks = false, calendarEvents = true, unReadConversations = false }
    local body = { locationId = LOCATION, query = '', limit = 3, page = 1, additionalDetails = details,
      searchAfter = json.decode '[]' }
    local page = call(world, 'POST', '/opportunities/search', body).json
    assert.are.same({ 4, 'Deal 3 Deal 2 Deal 1' }, { page.total, names_of(page.opportunities, 'name') })
    body.searchAfter = page.opportunities[3].searchAfter
    local rest = call(world, 'POST', '/opportunities/search', body).json.opportunities
    assert.are.same({ 'New roof', 1, 1 },
      { names_of(rest, 'name'), #rest[1].notes, #rest[1].calendarEvents })
    body.additionalDetails = nil
    assert.are.same({ 422, { 'additionalDetails should not be empty' } },
      { call(world, 'POST', '/opportunities/search', body).status,
        call(world, 'POST', '/opportunities/search', body).json.message })
  end)
end)
