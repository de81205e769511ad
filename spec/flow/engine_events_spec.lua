-- What happens to the engine's own runs is an event that recipes can use, and none of them starts itself for ever.
package.path = './spec/support/?.lua;' .. package.path
local journey = require 'journey'

local function tell(name, event, steps)
  return ('recipe: %s\nneeds:\n  crm: highlevel\nwhen:\n  - ladle.%s\ndo:\n%s'):format(name, event, steps)
end

local UNSURE = '  - step: order\n    use: shop.post\n    with: { url: /orders, json: {} }\n'

-- The events that the engine wrote, by their type.
local function own_events(stage, kind)
  return (stage:events('--connection', 'ladle', '--type', kind))
end

describe('ladle.run_dead', function()
  it('starts a recipe once, and tells which run died of what', function()
    local body = '${event.run.recipe} ${event.run.step} ${event.run.error.kind} '
      .. '${event.event.connection}.${event.event.type}'
    local texts = { ['tell.yaml'] = tell('tell', 'run_dead', journey.note('note', body)) }
    journey.on_stage({ fails = journey.WRONG }, { texts = texts }, function(stage)
      journey.send(stage, 'fails')
      journey.await(stage, 'fails', 'dead')
      journey.await(stage, 'tell', 'done')
      assert.are.same({ 'fails wrong not_found in_fails.received' }, journey.notes(stage))
      assert.are.equal(1, #own_events(stage, 'run_dead'))
    end)
  end)

  it('tells it again when a retry dies again, and after SIGKILL not twice', function()
    local texts = { ['tell.yaml'] = tell('tell', 'run_dead', journey.note('note', 'died in try ${event.run.id}')) }
    journey.on_stage({ fails = journey.WRONG }, { texts = texts }, function(stage)
      journey.send(stage, 'fails')
      local run = journey.await(stage, 'fails', 'dead')[1]
      journey.await(stage, 'tell', 'done')
      journey.crash(stage)
      assert.are.equal(0, select(2, stage:cli('retry', run.id)))
      journey.await(stage, 'tell', 'done', 2)
      local said = 'died in try ' .. run.id
      assert.are.same({ said, said }, journey.notes(stage))
    end)
  end)

  it('tells of a run that never began, because its if failed', function()
    local texts = { ['tell.yaml'] = tell('tell', 'run_dead', journey.note('note', '${event.run.recipe}')) }
    local recipe = { journey.note('never', 'never'), top = 'if: = event.missing.part > 1\n' }
    journey.on_stage({ broken = recipe }, { texts = texts }, function(stage)
      journey.send(stage, 'broken')
      journey.await(stage, 'tell', 'done')
      assert.are.equal('dead', journey.runs(stage, 'broken')[1].state)
      assert.are.same({ 'broken' }, journey.notes(stage))
    end)
  end)

  it('is not written for a run that one of these events started', function()
    local texts = { ['tell.yaml'] = tell('tell', 'run_dead', journey.WRONG) }
    journey.on_stage({ fails = journey.WRONG }, { texts = texts }, function(stage)
      journey.send(stage, 'fails')
      journey.await(stage, 'tell', 'dead')
      -- An event of a second death would be routed before that of a run which dies later.
      journey.send(stage, 'fails')
      journey.await(stage, 'tell', 'dead', 2)
      assert.are.equal(2, #journey.runs(stage, 'tell'))
      assert.are.equal(2, #own_events(stage, 'run_dead'))
    end)
  end)
end)

describe('ladle.run_parked', function()
  it('starts a recipe when a run waits for a person', function()
    local function on_request() return { drop = true } end
    local address, server = journey.host.serve { listen = '127.0.0.1:0', on_request = on_request }
    local text = journey.recipe('unsure', UNSURE):gsub('  crm: highlevel\n', '  crm: highlevel\n  shop: http\n')
    local said = journey.note('note', 'parked: ${event.run.step}')
    local options = {
      texts = { ['unsure.yaml'] = text, ['tell.yaml'] = tell('tell', 'run_parked', said) },
      connections = ('  shop:\n    connector: http\n    base_url: http://%s\n    allow_private: true\n'):format(address)
        .. '  in_unsure:\n    connector: webhook\n    verify: none\n',
    }
    local ok, problem = pcall(journey.on_stage, {}, options, function(stage)
      journey.send(stage, 'unsure')
      journey.await(stage, 'unsure', 'parked')
      journey.await(stage, 'tell', 'done')
      assert.are.same({ 'parked: order' }, journey.notes(stage))
      assert.are.equal(0, #own_events(stage, 'run_dead'))
    end)
    server:close()
    if not ok then error(problem, 0) end
  end)
end)

describe('an activity that a run writes in the workspace', function()
  it('starts the recipes that wait for one', function()
    local write = '  - step: save\n    use: records.append_activity\n'
      .. '    with: { activity_id: = event.nonce, contact_id: c1, body: written, origin: workspace }\n'
    local text = 'recipe: tell\nneeds:\n  crm: highlevel\nwhen:\n  - records.activity_added\ndo:\n'
      .. journey.note('note', 'seen: ${event.body}')
    journey.on_stage({ writes = write }, { texts = { ['tell.yaml'] = text } }, function(stage)
      journey.send(stage, 'writes')
      journey.await(stage, 'tell', 'done')
      assert.are.same({ 'seen: written' }, journey.notes(stage))
    end)
  end)
end)
