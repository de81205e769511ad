-- Answers of the token endpoint that never arrive: lost on the way, or with the engine that had sent the request.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local stages = require 'stages'

local READ_ONE = [[
recipe: read-one
needs: { crm: highlevel }
when: [crm.contact_updated]
do:
  - step: contact
    use: crm.get_contact
    with: { contactId: = event.id }
    retry: { tries: 20, first: 200ms, longest: 1s }
]]

local RECIPES = { ['read.yaml'] = READ_ONE }
local CONTACT = 'nmFmQEsNgz6AVpgLVUJ0' -- of the sandbox
local CRASHED = 70

local EXPIRE = { match = { operation = 'get_contact', nth = 1 }, ['do'] = { expire_token = true } }
local LOSE = { match = { operation = 'token', nth = 1 }, ['do'] = { lose_answer = true } }

local function state_of(stage)
  return (stage:cli('connections', '--json'))[1]
end

local function read_once(stage)
  return stages.run_of(stage, 'contact_updated', { id = CONTACT })
end

local function deliver(stage)
  local event = flow.sample 'contact_updated'
  event.id = CONTACT
  local status, body = stage:deliver(event)
  assert(status == 202)
  return body.id
end

local function run_of(stage, event_id)
  return stages.ended(stage, function(run) return run.event_id == event_id end)
end

-- What a lost answer leads to where the service gives nothing for a spent token; mended by a person.
local function assert_broken_and_mended(stage, parked)
  assert.are.equal('parked', parked.state)
  local row = state_of(stage)
  assert.are.equal('broken', row.state)
  assert.is_truthy(row.reason:find('answer to the refresh before this one was lost', 1, true), row.reason)
  assert.is_truthy(parked.error.message:find('run `ladle connect crm`', 1, true), parked.error.message)
  -- Asked once more, refused, and never again.
  assert.are.equal(1, #stage:ledger 'token_refreshed')
  assert.are.equal(1, #stage:ledger 'token_refused')
  assert.are.equal('parked', read_once(stage).state)
  assert.are.equal(1, #stage:ledger 'token_refused')
  assert.are.equal(0, (select(2, stage:cli('connect', 'crm', '--code', stage.app.codes[2]))))
  stages.ended(stage, function(run) return run.id == parked.id and run.state == 'done' end)
end

local function assert_survived(stage, run)
  assert.are.equal('done', run.state)
  assert.are.equal('connected', state_of(stage).state)
  assert.are.equal(2, #stage:ledger 'token_refreshed')
  assert.are.equal(0, #stage:ledger 'token_refused')
end

describe('a lost answer to a refresh', function()
  it('breaks the connection where the service gives nothing for a spent token', function()
    flow.on_stage(RECIPES, nil, function(stage)
      stages.faults(stage, EXPIRE, LOSE)
      assert_broken_and_mended(stage, read_once(stage))
    end)
  end)

  it('is survived where the service has a grace for it', function()
    flow.on_stage(RECIPES, nil, function(stage)
      stages.control(stage, 'settings', { refresh_grace_s = 600 })
      stages.faults(stage, EXPIRE, LOSE)
      assert_survived(stage, read_once(stage))
    end)
  end)
end)

describe('an engine killed between the answer and its commit', function()
  -- Connects, and lets the engine die where it has the new pair only in memory; then starts it again.
  local function die_with_the_pair(settings, body)
    local stage = flow.stage(RECIPES)
    stages.with(stage, function()
      stage:start_sandbox()
      stages.control(stage, 'settings', settings)
      stage:connect()
      stage.env.LADLE_FAULTS = 'token.before_commit=crash'
      stage:start_engine()
      stages.faults(stage, EXPIRE)
      local event_id = deliver(stage)
      assert.are.equal(CRASHED, stage.engine:wait(60000))
      stage.engine, stage.env.LADLE_FAULTS = nil, nil
      stage:start_engine()
      body(stage, run_of(stage, event_id))
    end)
  end

  it('does not send the spent token for ever', function()
    die_with_the_pair({ refresh_grace_s = 0 }, assert_broken_and_mended)
  end)

  it('gets a pair again where the service has a grace for it', function()
    die_with_the_pair({ refresh_grace_s = 600 }, assert_survived)
  end)
end)

describe('a ladle connect that died while it asked', function()
  it('makes the next one wait, which says so', function()
    flow.on_stage(RECIPES, nil, function(stage)
      stage.env = { LADLE_FAULTS = 'token.leased=crash' }
      assert.are.equal(CRASHED, (select(2, stage:cli('connect', 'crm', '--code', stage.app.codes[2]))))
      stage.env = {}
      local said = stage:path 'connect.log'
      local waiting = stage:spawn({ 'connect', 'crm', '--code', stage.app.codes[2] }, said)
      stage.wait_for('a word on why it waits', 60000, function()
        return (flow.host.read_file(said) or ''):find('waiting for that to be over, at most 70 seconds', 1, true)
      end)
      waiting:kill 'KILL'
      waiting:wait(60000)
    end)
  end)
end)

describe('a location that is not active', function()
  it('suspends the connection, parks the run and uses no tries', function()
    flow.on_stage(RECIPES, nil, function(stage)
      stages.faults(stage, { match = { operation = 'get_contact' },
        ['do'] = { status = 400, body = { statusCode = 400, message = 'Location is not active' } } })
      local run = read_once(stage)
      assert.are.equal('parked', run.state)
      local row = state_of(stage)
      assert.are.equal('suspended', row.state)
      assert.is_truthy(row.reason:find('not active', 1, true), row.reason)
      local _, code, text = stage:cli 'connections'
      assert.are.equal(0, code)
      assert.is_truthy(text:find('suspended', 1, true), text)
      -- It stands over a restart, and nothing is sent.
      assert.are.equal(0, stage:stop_engine())
      stage:start_engine()
      local asked = stages.control(stage, 'state').requests
      assert.are.equal('parked', read_once(stage).state)
      assert.are.equal(asked, stages.control(stage, 'state').requests)
    end)
  end)
end)
