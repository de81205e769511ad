-- Many runs that want the same of different contacts, under a tight limit: few calls, and each run gets its own part.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local journey = require 'journey'
local stages = require 'stages'
local json = flow.json

local CONTACTS = { journey.JOHN, journey.MINA, 'CWBf1PR9LvvBkcYqiXlc', 'ocQHyuzHvysMo5N5VsXc' }
local RUNS = 200

local TAG = [[
  - step: tag
    use: crm.add_tags
    with:
      contactId: = event.contact
      tags: [hot]
]]

local function config(stage)
  stages.control(stage, 'settings', { rate_max = 10, rate_interval_ms = 1000 })
end

describe('runs that add the same tag at the same time', function()
  it('share calls while they wait for the limit', function()
    journey.on_stage({ tag = journey.GATE .. TAG }, nil, function(stage)
      config(stage)
      local before = stages.control(stage, 'state').requests
      for i = 1, RUNS do journey.send(stage, 'tag', { contact = CONTACTS[i % 4 + 1], gate = 'all' }) end
      journey.await(stage, 'tag', 'waiting', RUNS)
      journey.open(stage, 'all')
      local runs = journey.await(stage, 'tag', 'done', RUNS)
      assert.are.equal(RUNS, #runs)
      local state = stages.control(stage, 'state')
      assert.are.equal(0, state.rate.refused)
      assert.is_true(state.requests - before < RUNS // 2, ('%d requests'):format(state.requests - before))
      assert.are.equal(4, #stage:ledger 'tags_added')
    end)
  end)

  it('fail each for itself', function()
    journey.on_stage({ tag = TAG }, nil, function(stage)
      config(stage)
      for i = 1, 40 do journey.send(stage, 'tag', { contact = i % 2 == 0 and CONTACTS[1] or 'nobody' }) end
      journey.await(stage, 'tag', 'done dead', 40)
      assert.are.equal(20, #journey.await(stage, 'tag', 'done', 20))
      local dead = journey.await(stage, 'tag', 'dead', 20)
      assert.are.equal(20, #dead)
      for _, run in ipairs(dead) do
        assert.is_true(run.error.kind == 'invalid' or run.error.kind == 'not_found', json.encode(run.error))
      end
    end)
  end)
end)
