-- Custom fields by name in both directions, and times with the location's zone: what the connector translates, how
-- often it asks for what it needs for that, and what it refuses.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local journey = require 'journey'
local stages = require 'stages'
local json = flow.json

local JOHN, MINA = journey.JOHN, journey.MINA
local PIPELINE, STAGE = 'VDm7RPYC2GLUvdpKmBfC', 'e93ba61a-53b3-45e7-985a-c7732dbcdb69'

local function step(name, operation, with, more)
  return ('  - step: %s\n    use: crm.%s\n    with: %s\n%s'):format(name, operation, json.encode(with), more or '')
end

local function run(steps, options, check)
  journey.on_stage({ walk = steps }, options, function(stage)
    journey.send(stage, 'walk')
    check(stage, journey.only(stage, 'walk'))
  end)
end

local function output(shown, name)
  return journey.step(shown, name).output
end

describe('custom fields by name', function()
  it('are written in the type of the field, and read back by name', function()
    local fields = {
      ['Roof area'] = '120', company_size = 'XXL', ['quote total'] = 99.5, ['Wanted services'] = { 'repair' },
      ['Move-in date'] = '2026-12-01T10:00:00Z',
    }
    local steps = step('save', 'update_contact', { contactId = MINA, customFields = fields, verify = true })
      .. step('look', 'get_contact', { contactId = MINA, custom_fields = 'names' })
      .. '  - step: note\n    use: crm.create_note\n    with:\n      contactId: ' .. MINA
      .. '\n      body: = "area " .. steps.look.contact.custom["Roof area"] + 1\n'
    run(steps, nil, function(stage, shown)
      assert.are.equal('done', shown.state, json.encode(shown.error or {}))
      assert.are.same({}, output(shown, 'save').unapplied)
      assert.are.same({
        ['Roof area'] = 120, ['Company size'] = 'XXL', ['Quote total'] = 99.5, ['Wanted services'] = { 'Repair' },
        ['Move-in date'] = '2026-12-01',
      }, output(shown, 'look').contact.custom)
      assert.is_truthy(output(shown, 'look').contact.customFields[1].id)
      assert.are.same({ 'area 121' }, journey.notes(stage))
    end)
  end)

  it('of opportunities are those of opportunities', function()
    local steps = step('make', 'create_opportunity', {
        pipelineId = PIPELINE, pipelineStageId = STAGE, contactId = JOHN, name = 'Roof', status = 'open',
        customFields = { ['Deal source'] = 'fair', roof_pitch = 30 },
      }) .. '  - step: look\n    use: crm.get_opportunity\n    with: { id: = steps.make.opportunity.id, '
      .. 'custom_fields: names }\n'
    run(steps, nil, function(_, shown)
      assert.are.equal('done', shown.state, json.encode(shown.error or {}))
      assert.are.same({ ['Deal source'] = 'fair', ['Roof pitch'] = 30 }, output(shown, 'look').opportunity.custom)
    end)
  end)

  it('that are not there are looked for once more, and then refused with those that are close', function()
    run(step('save', 'update_contact', { contactId = MINA, customFields = { ['Roof aera'] = 1 } }), nil,
      function(stage, shown)
        assert.are.equal('dead', shown.state)
        assert.are.equal('invalid', shown.error.kind)
        assert.is_truthy(shown.error.message:find('no custom field "Roof aera"; close to it: "Roof area"', 1, true),
          shown.error.message)
        assert.are.equal(0, #stage:ledger 'contact_updated')
      end)
  end)

  it('of the wrong type are refused before anything is sent', function()
    for name, value in pairs { ['Roof area'] = 'large', ['Wanted services'] = 'Painting', ['Move-in date'] = 'soon' } do
      run(step('save', 'update_contact', { contactId = MINA, customFields = { [name] = value } }), nil,
        function(stage, shown)
          assert.are.equal('dead', shown.state, name)
          assert.is_truthy(shown.error.message:find('custom field "' .. name .. '"', 1, true), shown.error.message)
          assert.are.equal(0, #stage:ledger 'contact_updated')
        end)
    end
  end)

  it('are asked for once, however many runs need them', function()
    local steps = step('save', 'update_contact', { contactId = MINA, customFields = { ['Roof area'] = 1 } })
    journey.on_stage({ walk = steps }, nil, function(stage)
      local before = stages.control(stage, 'state').requests
      for _ = 1, 10 do journey.send(stage, 'walk') end
      journey.await(stage, 'walk', 'done', 10)
      assert.are.equal(before + 11, stages.control(stage, 'state').requests)
    end)
  end)
end)

describe('appointments', function()
  local steps = step('list', 'get_appointments_for_contact', { contactId = JOHN })

  it('have times with the zone of the location, and what came beside them', function()
    run(steps, nil, function(_, shown)
      local event = output(shown, 'list').events[1]
      assert.is_truthy(event.startTime_raw:match '^%d%d%d%d%-%d%d%-%d%d %d%d:%d%d:%d%d$', event.startTime_raw)
      assert.is_truthy(event.startTime:match '^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:00%.000%-0[56]:00$', event.startTime)
      assert.are.equal(event.startTime_raw:gsub(' ', 'T'), event.startTime:sub(1, 19))
    end)
  end)

  it('stay as they came where the token may not read the location', function()
    local options = {
      faults = { { match = { operation = 'get_location', every = 1 },
                   ['do'] = { status = 403, body = { statusCode = 403, message = 'no' } } } },
    }
    run(steps, options, function(_, shown)
      assert.are.equal('done', shown.state)
      local event = output(shown, 'list').events[1]
      assert.is_truthy(event.startTime:match '^%d%d%d%d%-%d%d%-%d%d %d%d', event.startTime)
      assert.is_nil(event.startTime_raw)
    end)
  end)
end)
