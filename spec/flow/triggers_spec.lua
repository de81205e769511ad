-- Every event that HighLevel documents, as a signed delivery of its sample: stored under the name of its
-- trigger, and the start of a run.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local stages = require 'stages'

local index = dofile('scripts/connectors/highlevel/index.lua')

local function names()
  local list = {}
  for name in pairs(index.events) do
    table.insert(list, name)
  end
  table.sort(list)
  return list
end

local AT_MOST = 50 -- triggers of one recipe

-- As many recipes as it takes to start from every event once.
local function recipes()
  local files, list = {}, names()
  for first = 1, #list, AT_MOST do
    local lines = { 'recipe: events-' .. first, 'summary: Starts from events', 'needs: { crm: highlevel }', 'when:' }
    for i = first, math.min(first + AT_MOST - 1, #list) do
      table.insert(lines, '  - crm.' .. list[i])
    end
    table.insert(lines, 'do:\n  - step: done\n    stop: = meta.type\n')
    files['events-' .. first .. '.yaml'] = table.concat(lines, '\n')
  end
  return files
end

describe('a delivery', function()
  local stage

  lazy_setup(function()
    stage = stages.open(recipes())
  end)

  lazy_teardown(function()
    stages.close(stage)
  end)

  for _, name in ipairs(names()) do
    it('of ' .. name .. ' is known by its type and starts a run', function()
      local event = flow.sample(name)
      event.appId = event.appId and stage.app.client_id:match('^[^-]+')
      event.locationId = event.locationId and stage.app.location
      event.altId = event.altId and stage.app.location
      local status, answer = stage:deliver(event)
      assert.are.equal(202, status)
      assert.are.equal(1, answer.runs)
      local shown = flow.show(stage, answer.id)
      assert.are.equal(name, shown.type)
    end)
  end

  it('of an event that nobody knows is stored under the service\'s own word, and starts nothing', function()
    local status, answer = stage:deliver { type = 'SomethingNew', webhookId = 'w-1', locationId = 'l' }
    assert.are.equal(202, status)
    assert.are.equal(0, answer.runs)
    assert.are.equal('SomethingNew', flow.show(stage, answer.id).type)
  end)
end)
