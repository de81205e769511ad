-- Answers that come in pages, walked lazily: every style, crashes in the middle, circles, bounds, scripts, and what
-- `ladle check` says.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local journey = require 'journey'
local stages = require 'stages'
local json = flow.json

local BUSINESS = '63b7ec34ea409a9a8bd2a4ff'

-- A note on each contact that the pages hold.
local function notes(pages, more)
  return ([[
  - step: visit
    each: = pages(%s)
    use: crm.create_note
    with: { contactId: = item.id, body: "${item.email}" }
%s]]):format(pages, more or '')
end

local SEARCH = 'crm.search_contacts_advanced, { pageLimit = 2, sort = { { field = "dateAdded", direction = "asc" } } }'

-- How many notes each contact got, by id.
local function visits(stage)
  local counts, all = {}, 0
  for _, entry in ipairs(stage:ledger 'note_created') do
    counts[entry.contactId] = (counts[entry.contactId] or 0) + 1
    all = all + 1
  end
  return counts, all
end

local function each_once(stage, wanted)
  local counts, all = visits(stage)
  assert.are.equal(wanted, all)
  for id, count in pairs(counts) do assert.are.equal(1, count, id) end
end

local function run(steps, options, check)
  journey.on_stage({ walk = steps }, options, function(stage)
    journey.send(stage, 'walk')
    check(stage, journey.only(stage, 'walk'))
  end)
end

describe('a step over pages', function()
  it('meets every item once, whatever way the service parts them', function()
    local recipes = {
      cursor = notes(SEARCH),
      start_after = notes 'crm.get_contacts, { limit = 2 }',
      offset = notes(('crm.get_contacts_by_business_id, { businessId = "%s", limit = 1 }'):format(BUSINESS)),
    }
    journey.on_stage(recipes, nil, function(stage)
      for name, items in pairs { cursor = 4, start_after = 4, offset = 2 } do
        journey.send(stage, name)
        local shown = journey.only(stage, name)
        assert.are.equal('done', shown.state, name .. json.encode(shown.error or {}))
        assert.are.same({ items = items, pages = name == 'offset' and 3 or 2 },
          journey.step(shown, 'visit').input, name)
      end
      local _, all = visits(stage)
      assert.are.equal(10, all)
    end)
  end)

  it('takes several items of a page at once', function()
    run(notes(SEARCH, '    parallel: 2\n'), nil, function(stage, shown)
      assert.are.equal('done', shown.state)
      each_once(stage, 4)
    end)
  end)

  it('goes on in the middle of a page after SIGKILL, and does no item again', function()
    local options = { faults = { { match = { operation = 'create_note', nth = 3 }, ['do'] = { delay_ms = 60000 } } } }
    journey.on_stage({ walk = notes(SEARCH) }, options, function(stage)
      journey.send(stage, 'walk')
      stage.wait_for('the third note', 60000, function() return #stage:ledger 'note_created' == 3 end)
      stage:kill_engine()
      stage:start_engine()
      assert.are.equal('done', journey.only(stage, 'walk').state)
      each_once(stage, 4)
    end)
  end)

  it('keeps of a page that is done no more than what leads on', function()
    run(notes(SEARCH), nil, function(_, shown)
      local page = journey.step(shown, 'visit/page/1') or journey.step(shown, 'page/1')
      assert(page, json.encode(shown.steps))
      assert.are.equal(2, page.output.items)
      assert.is_nil(page.output.contacts)
      assert.is_table(page.output.next)
    end)
  end)

  it('ends where the service gives the same page again', function()
    local contacts = json.array { { id = 'c1', searchAfter = json.array { 1, 'c1' } } }
    local options = {
      faults = { { match = { operation = 'search_contacts_advanced', every = 1 },
                   ['do'] = { status = 200, body = { contacts = contacts, total = 50 } } } },
    }
    local steps = '  - step: visit\n    each: = pages(%s)\n    do:\n      - step: nothing\n        wait: 1 ms\n'
    run(steps:format(SEARCH), options,
      function(_, shown)
        assert.are.equal('dead', shown.state)
        assert.are.equal('protocol', shown.error.kind)
        assert.is_truthy(shown.error.message:find('in a circle', 1, true), shown.error.message)
        assert.are.equal('visit', shown.step)
      end)
  end)

  it('takes no more than max', function()
    run(notes(SEARCH .. ', { max = 3 }'), nil, function(stage, shown)
      assert.are.equal('done', shown.state)
      each_once(stage, 3)
    end)
  end)

  it('stays stopped when the run is walked again', function()
    local group = [[
  - step: both
    parallel:
      - step: visit
        each: = pages(%s)
        do:
          - step: note
            use: crm.create_note
            with: { contactId: = item.id, body: seen }
          - step: enough
            stop: one will do
      - step: pause
        wait: 50 ms
]]
    run(group:format(SEARCH), nil, function(stage, shown)
      assert.are.equal('done', shown.state, json.encode(shown.error or {}))
      each_once(stage, 1)
    end)
  end)

  it('asks for a page again where that fails', function()
    local options = {
      faults = { { match = { operation = 'search_contacts_advanced', nth = 2 }, ['do'] = { status = 503 } } },
    }
    local policy = '    retry: { tries: 3, first: 100 ms, longest: 100 ms }\n'
    run(notes(SEARCH, policy), options, function(stage, shown)
      assert.are.equal('done', shown.state)
      each_once(stage, 4)
    end)
  end)
end)

describe('a script', function()
  local ACTION = [[
return {
  name = 'count_contacts', summary = 'Counts contacts',
  output = { count = { 'integer' }, names = { 'list' } },
  run = function(ctx)
    local names = require('json').array()
    for contact in ctx.crm:pages('search_contacts_advanced', { pageLimit = 3 }, { max = 4 }) do
      names[#names + 1] = contact.id
    end
    return { count = #names, names = names }
  end,
}]]

  it('goes through the pages of an operation', function()
    run('  - step: count\n    use: scripts.count_contacts\n', { scripts = { ['count_contacts.lua'] = ACTION } },
      function(_, shown)
        assert.are.equal('done', shown.state)
        local output = journey.step(shown, 'count').output
        assert.are.equal(4, output.count)
        local seen = {}
        for _, id in ipairs(output.names) do
          assert.is_nil(seen[id])
          seen[id] = true
        end
      end)
  end)
end)

describe('ladle check', function()
  local function complaint(each)
    local text = 'recipe: a\nneeds:\n  crm: highlevel\nwhen:\n  - crm.contact_created\ndo:\n' .. each
    local stage = flow.stage { ['a.yaml'] = text }
    local said
    stages.with(stage, function()
      stage:start_sandbox()
      local _, code, output = stage:cli('check')
      said = code == 0 and 'fine' or output
    end)
    return said
  end

  local function says(each, wanted)
    local said = complaint(each)
    assert.is_truthy(said:find(wanted, 1, true), said)
  end

  it('knows the operations that answer in pages', function()
    says(notes(SEARCH), 'fine')
    says(notes 'crm.list_orders, { altId = "x" }', 'fine')
    says(notes 'crm.get_all_tasks, { contactId = "x" }', 'crm.get_all_tasks does not answer in pages')
    says(notes 'crm.search_contacts, {}', 'highlevel has no operation `search_contacts`')
    says(notes 'crm, {}', 'an operation\'s name stands as the first value of `pages`')
    says('  - step: a\n    stop: = pages(crm.get_contacts)\n', '`pages` is there only in `each`')
  end)
end)
