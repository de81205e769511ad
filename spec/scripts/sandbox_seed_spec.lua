-- What a sandbox begins with: the data of a file, checked with places; the page that shows it; reset.

package.path = './spec/support/?.lua;' .. package.path

local form = require 'sandbox.seed_form'
local host = require 'host'
local json = require 'json'
local kit = require 'sandbox_kit'

local DATA = [[
locations:
  - { id: loc, name: Roofs, timezone: Europe/Amsterdam }
  - { name: Second }
customFields:
  - { name: Roof area, dataType: NUMERICAL }
  - { name: Source of it, model: opportunity, key: source_of }
businesses:
  - { name: Acme }
calendars:
  - { name: Visits }
pipelines:
  - { name: Sales, stages: [New, { id: st-2, name: Quoted }] }
contacts:
  - firstName: Eva
    email: eva@roofs.example
    dnd: true
    tags: [lead, "1"]
    business: Acme
    dateOfBirth: 1980-02-29
    customFields: { roof_area: 120.5 }
    tasks:
      - { title: Call, dueDate: +1d 09:30, completed: true }
    notes:
      - { body: Hello }
    appointments:
      - { title: Visit, startTime: -2d 10:00 }
    opportunities:
      - { id: deal, name: Roof, stage: Quoted, monetaryValue: 9000, customFields: { source_of: [a, b] } }
  - { location: Second, firstName: Bo }
]]

local function read(text)
  local tree, problems = host.parse_yaml('data.yaml', text)
  if not tree then
    return nil, problems
  end
  return form.read(tree)
end

-- The first problem of a text as "line:column message".
local function problem_of(text)
  local data, problems = read(text)
  assert.is_nil(data)
  return ('%d:%d %s'):format(problems[1].line, problems[1].column, problems[1].message)
end

local ONE = 'locations:\n  - { id: loc, name: Roofs }\n'

describe('the data that a sandbox begins with', function()
  it('is held as the file has it', function()
    local world = kit.new_world { data = assert(read(DATA)) }
    local token = world.sandbox:credentials()
    assert.are.equal('loc', token.location)
    local found = kit.call(world, 'GET', '/contacts/', nil, { query = { locationId = 'loc' } }).json.contacts
    assert.are.equal(1, #found)
    local contact = kit.call(world, 'GET', '/contacts/' .. found[1].id).json.contact
    assert.are.same({ 'Eva', true, { 'lead', '1' }, '1980-02-29T00:00:00.000Z', 120.5 },
      { contact.firstName, contact.dnd, contact.tags, contact.dateOfBirth, contact.customFields[1].value })
    local task = kit.call(world, 'GET', '/contacts/' .. contact.id .. '/tasks').json.tasks[1]
    assert.are.same({ 'Call', true, '2026-11-24T08:30:00.000Z' }, { task.title, task.completed, task.dueDate })
    local visit = kit.call(world, 'GET', '/contacts/' .. contact.id .. '/appointments').json.events[1]
    assert.are.equal('2026-11-21 10:00:00', visit.startTime)
    local deal = kit.call(world, 'GET', '/opportunities/deal').json.opportunity
    assert.are.same({ 'st-2', 9000, { 'a', 'b' } },
      { deal.pipelineStageId, deal.monetaryValue, deal.customFields[1].fieldValue })
  end)

  it('gives the same ids in each run, by the seed', function()
    local function id_of(seed)
      return (next(kit.new_world { seed = seed, data = assert(read(DATA)) }.sandbox.people.by_id))
    end
    local function ids(seed)
      local list = {}
      for id in pairs(kit.new_world { seed = seed, data = assert(read(DATA)) }.sandbox.people.by_id) do
        list[#list + 1] = id
      end
      table.sort(list)
      return list
    end
    assert.are.equal(20, #id_of(1))
    assert.are.same(ids(1), ids(1))
    assert.are_not.same(ids(1), ids(2))
  end)

  it('may be JSON', function()
    local data = assert(read(json.encode {
      locations = { { name = 'One' } }, contacts = { { firstName = 'Eva', dnd = false } },
    }))
    assert.are.equal('Eva', data.contacts[1].firstName)
  end)

  it('that is built in has the same form', function()
    local data = assert(form.read((assert(host.parse_yaml('x', json.encode(require 'sandbox.seed_data'))))))
    assert.are.equal(5, #data.contacts)
  end)

  it('is refused with the place of what is wrong', function()
    for expected, text in pairs {
      ['1:1 a file needs `locations`'] = 'contacts: []\n',
      ['1:1 a file is a map of keys and values'] = '- a\n',
      ['1:12 at least one location is needed'] = 'locations: []\n',
      ['1:12 `locations` is a list'] = 'locations: { name: x }\n',
      ['2:5 a location needs `name`'] = 'locations:\n  - { id: x }\n',
      ['2:13 `name` is a single value'] = 'locations:\n  - { name: [x] }\n',
      ['2:39 `timezone` is no time zone'] = 'locations:\n  - { name: x, country: NL, timezone: Mars/Base }\n',
      ['3:1 a file has no `tasks`'] = ONE .. 'tasks: []\n',
      ['4:7 a contact has no `colour`'] = ONE .. 'contacts:\n  - { colour: red }\n',
      ['4:12 `dnd` is true or false'] = ONE .. 'contacts:\n  - { dnd: yes }\n',
      ['4:14 `email` is no e-mail address'] = ONE .. 'contacts:\n  - { email: eva }\n',
      ['4:11 `id` is no id: letters, digits, "_" and "-", at most 128'] = ONE .. 'contacts:\n  - { id: "a b" }\n',
      ['4:20 `dateOfBirth` is no date'] = ONE .. 'contacts:\n  - { dateOfBirth: 1980-02-30 }\n',
      ['4:13 `tags` is a list'] = ONE .. 'contacts:\n  - { tags: lead }\n',
      ['4:36 `dueDate` is no moment'] = ONE .. 'contacts:\n  - { tasks: [{ title: x, dueDate: tomorrow }] }\n',
      ['4:33 `status` cannot be `sold`'] =
        ONE .. 'contacts:\n  - { opportunities: [{ status: sold, name: x }] }\n',
      ['4:28 `stages` is a list of at least one stage'] = ONE .. 'pipelines:\n  - { name: Sales, stages: [] }\n',
      ['4:17 there is no location `Nowhere`'] = ONE .. 'contacts:\n  - { location: Nowhere }\n',
      ['4:17 there is no business `Acme`'] = ONE .. 'contacts:\n  - { business: Acme }\n',
      ['4:26 there is no custom field `x` of contacts'] = ONE .. 'contacts:\n  - { customFields: { x: 1 } }\n',
      ['4:23 the location has no pipeline for it'] = ONE .. 'contacts:\n  - { opportunities: [{ name: x }] }\n',
      ['4:22 the location has no calendar for it'] =
        ONE .. 'contacts:\n  - { appointments: [{ title: x, startTime: +1d }] }\n',
      ['4:11 the id `loc` stands twice'] = ONE .. 'contacts:\n  - { id: loc }\n',
      ['2:1 the key "locations" is here already, in line 1'] = 'locations: []\nlocations: []\n',
    } do
      assert.are.equal(expected, problem_of(text))
    end
  end)

  it('wants numbers where a custom field is one, and stages that the pipeline has', function()
    assert.is_truthy(problem_of(ONE .. 'customFields:\n  - { name: Area, dataType: NUMERICAL }\n'
      .. 'contacts:\n  - { customFields: { Area: large } }\n'):find(' `Area` takes a number', 1, true))
    assert.is_truthy(problem_of(ONE .. 'pipelines:\n  - { name: Sales, stages: [New] }\ncontacts:\n'
      .. '  - { opportunities: [{ name: x, stage: Old }] }\n'):find('pipeline `Sales` has no stage `Old`', 1, true))
  end)

  it('is told of with the line itself, as `ladle check` does', function()
    local text = ONE .. 'tasks: []\n'
    local _, problems = read(text)
    local shown = host.show_problems('data.yaml', text, problems)
    assert.is_truthy(shown:find('data.yaml:3:1: a file has no `tasks`\n    3 | tasks: []\n', 1, true), shown)
  end)
end)

describe('the page of the sandbox', function()
  local function get(world, path)
    return kit.decoded(world.sandbox:handle { method = 'GET', path = path, query = {}, headers = {}, body = '' })
  end

  it('shows what it holds and what happened, escaped', function()
    local world = kit.new_world()
    kit.call(world, 'PUT', '/contacts/' .. kit.JOHN, { firstName = '<script>alert(1)</script>' })
    local page = get(world, '/')
    assert.are.equal('text/html; charset=utf-8', page.headers['Content-Type'])
    assert.is_nil(page.body:find('<script', 1, true))
    for _, text in ipairs { '&lt;script&gt;', 'Dolomite Roofing', 'New roof', 'contact_updated', kit.RUBIKA } do
      assert(page.body:find(text, 1, true), text)
    end
  end)

  it('has the same as JSON, by kind', function()
    local world = kit.new_world()
    assert.are.equal('New roof', get(world, '/_sandbox/holdings').json.opportunities[1].name)
    local holds = get(world, '/_sandbox/state').json.holds
    assert.are.same({ 5, 2, 7, 1 }, { holds.contacts, holds.locations, holds.fields, holds.opportunities })
  end)
end)

describe('a sandbox that is reset', function()
  it('holds what it began with, and still tells what happened', function()
    local world = kit.new_world()
    kit.call(world, 'DELETE', '/contacts/' .. kit.JOHN)
    kit.call(world, 'POST', '/businesses/', { name = 'New', locationId = kit.LOCATION })
    local answer = world.sandbox:handle { method = 'POST', path = '/_sandbox/reset', headers = {}, body = '' }
    assert.are.equal(200, answer.status)
    assert.are.equal(200, kit.call(world, 'GET', '/contacts/' .. kit.JOHN).status)
    assert.are.equal(2, #world.sandbox.businesses.list)
    assert.are.equal('contact_deleted business_created', kit.effects(world))
  end)
end)
