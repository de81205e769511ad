-- The limits of a service, kept by the sandbox's own count over recipes, bursts and SIGKILL; and the
-- breaker, from the first failure to the last run that waited.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local host, json = flow.host, flow.json

local function recipe(name, operation)
  return ([[
recipe: %s
summary: One call for every new contact
needs:
  crm: highlevel
when:
  - crm.contact_created
do:
  - step: call
    use: crm.%s
    with: { contactId: = event.id }]]):format(name, operation)
end

local function ask_sandbox(stage, method, path, body)
  local answer = assert(host.fetch {
    method = method, url = stage.app.url .. '/_sandbox/' .. path, body = body and json.encode(body),
    headers = { ['Content-Type'] = 'application/json' }, timeout_ms = 60000,
  })
  assert.are.equal(200, answer.status)
  return json.decode(answer.body)
end

local function deliver(stage, count)
  for _ = 1, count do
    assert.are.equal(202, (stage:deliver(flow.sample 'contact_created')))
  end
end

local function count_done(stage)
  local count = 0
  for _, run in ipairs(stage:runs()) do
    if run.state == 'done' then count = count + 1 end
  end
  return count
end

describe('the limit of a service', function()
  it('is passed in no window, by bursts, several recipes and a restart after SIGKILL', function()
    local recipes = { ['a.yaml'] = recipe('look', 'get_contact'), ['b.yaml'] = recipe('list', 'get_all_tasks') }
    local stage = flow.stage(recipes)
    finally(function() stage:close() end)
    stage:start_sandbox()
    ask_sandbox(stage, 'POST', 'settings', { rate_max = 20, rate_interval_ms = 500 })
    stage:connect()
    stage:start_engine()
    deliver(stage, 30)
    stage.wait_for('the first calls', 60000, function() return count_done(stage) > 5 end)
    stage:kill_engine()
    stage:start_engine()
    deliver(stage, 20)
    local runs = stage:settle()
    assert.are.equal(100, #runs)
    for _, run in ipairs(runs) do assert.are.equal('done', run.state) end
    local rate = ask_sandbox(stage, 'GET', 'state').rate
    assert.are.equal(0, rate.refused)
    assert.is_true(rate.peak <= 20, rate.peak)
  end)
end)

local ALARM = [[
recipe: tell
summary: Notes that a service is down
when:
  - ladle.breaker_open
do:
  - step: note
    use: records.upsert_contact
    with: { contact_id: = event.connection }
]]

describe('the breaker', function()
  local faults = { { match = { operation = 'get_contact', times = 5 }, ['do'] = { status = 503 } } }

  it('opens, is shown and told, and all who waited go on without having lost a try', function()
    -- With tries: 2 a refusal that counted would soon end the run.
    local retry = '\n    retry: { tries: 2, first: 1s, longest: 1s, jitter: none }'
    local recipes = { ['a.yaml'] = recipe('look', 'get_contact') .. retry, ['tell.yaml'] = ALARM }
    flow.on_stage(recipes, { faults = faults }, function(stage)
      deliver(stage, 12)
      stage.wait_for('the breaker to open', 60000, function()
        local shown = stage:cli('connections', '--json')
        for _, connection in ipairs(shown) do
          if connection.name == 'crm' then
            return connection.breaker.state == 'open' and connection.breaker.reason:find('503', 1, true)
          end
        end
      end)
      local runs = stage:settle(60000)
      local told = 0
      for _, run in ipairs(runs) do
        assert.are.equal('done', run.state)
        if run.recipe == 'tell' then told = told + 1 end
      end
      assert.are.equal(1, told)
      assert.are.equal(13, #runs)
    end)
  end)
end)
