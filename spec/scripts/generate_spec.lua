-- What makes the catalogue: names, lines and descriptors by rule, and files that are the same for the same facts.
local names = require 'generate.names'
local types = require 'generate.types'
local write = require 'generate.write'

describe('a name of the catalogue', function()
  it('is the vendor\'s id in snake case', function()
    local name = names.operation('contacts', 'get-contacts-by-businessId', false, true)
    assert.are.equal('get_contacts_by_business_id', name)
    assert.are.equal('get_all_schedules', names.operation('calendars', 'getAllSchedules', false, false))
    assert.are.equal('create_integration_provider', names.operation('payments', 'create-integration provider'))
  end)

  it('has its area in front where others have the id too, unless it is of the core set', function()
    assert.are.equal('voice_ai_create_agent', names.operation('voice-ai', 'create-agent', true, false))
    assert.are.equal('create_association', names.operation('contacts', 'create-association', true, true))
    assert.are.equal('knowledge_base_delete', names.operation('knowledge-base', 'delete', false, false))
  end)

  it('of an event says what happened', function()
    assert.are.equal('contact_created', (names.event 'ContactCreate'))
    assert.are.equal('app_installed', (names.event 'AppInstall'))
    assert.are.equal('invoice_partially_paid', (names.event 'InvoicePartiallyPaid'))
    assert.are.equal('An invoice was voided', (select(2, names.event 'InvoiceVoid')))
  end)
end)

describe('a line about an operation', function()
  it('is made from the id', function()
    assert.are.equal('Create a calendar group', names.summary('calendars', 'create-calendar-group', 'POST'))
    assert.are.equal('List calendars', names.summary('calendars', 'get-calendars', 'GET'))
    assert.are.equal('Read a schedule (calendars)', names.summary('calendars', 'getScheduleById', 'GET'))
    assert.are.equal('Facebook ads: pause an ad', names.summary('ad-manager', 'fb-pause-ad', 'POST'))
  end)

  it('is written by hand where the rule reads badly', function()
    assert.are.equal('List the reasons why opportunities are lost',
      names.summary('opportunities', 'get-lost-reason', 'GET'))
  end)
end)

local DOCUMENT = {
  components = {
    schemas = {
      Person = {
        type = 'object', required = { 'name' },
        properties = { name = { type = 'string' }, friend = { ['$ref'] = '#/components/schemas/Person' } },
      },
      Email = {
        type = 'object', required = { 'to', 'kind' },
        properties = { to = { type = 'string' }, kind = { type = 'string' } },
      },
      Text = {
        type = 'object', required = { 'kind' },
        properties = { number = { type = 'number' }, kind = { type = 'string' } },
      },
    },
  },
}

local function input(schema)
  return types.descriptor(schema, 'input', DOCUMENT)
end

local function ref(name)
  return { ['$ref'] = '#/components/schemas/' .. name }
end

describe('a descriptor', function()
  it('has the type, and knows what may be left out', function()
    assert.are.same({ 'object', fields = {
      a = { 'string' }, b = { 'number', optional = true }, c = { 'list', of = { 'boolean' }, optional = true },
    } }, input {
      type = 'object', required = { 'a' },
      properties = {
        a = { type = 'string' }, b = { type = 'number' }, c = { type = 'array', items = { type = 'boolean' } },
      },
    })
  end)

  it('cuts what contains itself', function()
    assert.are.same({ 'object', fields = { name = { 'string' }, friend = { 'object', optional = true } } },
      input(ref 'Person'))
  end)

  it('requires of alternatives only what all of them require', function()
    assert.are.same({ 'object', fields = {
      kind = { 'string' }, to = { 'string', optional = true }, number = { 'number', optional = true },
    } }, input { oneOf = { ref 'Email', ref 'Text' } })
    assert.are.same({ 'any' }, input { oneOf = { ref 'Email', { type = 'string' } } })
  end)

  it('takes one part with words beside it for that part', function()
    local fields = { name = { 'string' }, friend = { 'object', optional = true } }
    assert.are.same({ 'object', nullable = true, fields = fields },
      input { allOf = { ref 'Person' }, nullable = true, description = 'a person' })
  end)

  it('keeps the allowed values where they are of the type', function()
    assert.are.same({ 'string', enum = { 'a', 'b' } }, input { type = 'string', enum = { 'a', 'b', 'a' } })
    assert.are.same({ 'number' }, input { type = 'number', enum = { 'a' } })
  end)

  it('is a date of an input only', function()
    local when = { type = 'string', format = 'date-time' }
    assert.are.same({ 'date' }, input(when))
    assert.are.same({ 'string' }, types.descriptor(when, 'output', DOCUMENT))
  end)

  it('is a plain value where the vendor says object and shows a text', function()
    assert.are.same({ 'string' }, input { type = 'object', example = '1990-09-25' })
    assert.are.same({ 'object' }, input { type = 'object', example = '{ id: 1 }' })
  end)

  it('is anything where the reference leads nowhere', function()
    assert.are.same({ 'any' }, input(ref 'Nobody'))
  end)
end)

describe('a file of the catalogue', function()
  local operations = {}
  for i = 1, 30 do
    operations['op_' .. i] = {
      method = 'GET', path = '/things/' .. i, summary = 'Read a thing that has a number and is rather long to say',
      input = { ['end'] = { 'string', optional = true }, ['log-level'] = { 'string', enum = { "it's", 'b' } } },
      output = { list = { 'list', of = { 'object', fields = { name = { 'string' }, size = { 'number' } } } } },
    }
  end
  local text = write.area('-- A head.', operations)

  it('is Lua that gives the facts back', function()
    assert.are.same(operations, assert(load(text))().operations)
  end)

  it('is the same each time, and has no line that is too long', function()
    assert.are.equal(text, write.area('-- A head.', operations))
    for line in text:gmatch '[^\n]+' do
      assert.is_true(#line <= 120, line)
    end
  end)

  it('says once what comes often', function()
    local _, times = text:gsub("enum = { \"it's\", 'b' }", '')
    assert.are.equal(1, times)
  end)
end)
