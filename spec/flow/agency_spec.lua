-- One app on many locations: each event goes to its location, each location has a token of its own that is made from
-- the agency's, and locations come and go.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local stages = require 'stages'

local host, json = flow.host, flow.json

local NOTE = [[
recipe: note
needs: { crm: highlevel }
when: [crm.contact_updated]
do:
  - step: made
    use: crm.create_contact
    with: { firstName: = "At " .. meta.location, email: = event.email }
  - step: note
    use: crm.create_note
    with: { contactId: = steps.made.contact.id, body: Seen }
]]

local ELSEWHERE = [[
recipe: elsewhere
needs: { crm: highlevel }
when: [crm.contact_deleted]
do:
  - step: made
    use: crm.create_contact
    with: { locationId: loc-0002, firstName: Copy, email: = event.email }
  - step: note
    use: crm.create_note
    with: { locationId: loc-0002, contactId: = steps.made.contact.id, body: There }
]]

local LIST = [[
recipe: list
needs: { crm: highlevel }
when: [crm.contact_updated]
do:
  - step: all
    use: crm.get_installed_location
    with: { appId: 665c6bb13d4e5364bdec0e2f }
]]

local KEYED = [[
recipe: keyed
needs: { crm: highlevel }
when: [crm.contact_updated]
key: = event.email
mode: drop
do:
  - step: gone
    wait_for: crm.contact_deleted
    with: { email: = event.email }
    timeout: 1h
  - step: paid
    wait_for: crm.invoice_paid
    with: { name: = event.email }
    timeout: 1h
]]

local TELL = [[
recipe: tell
needs: {}
when: [ladle.connection_broken]
do:
  - step: wait
    wait: 1s
]]

local RECIPES = { ['note.yaml'] = NOTE }

local function use_agency(stage)
  local path = stage:path 'ladle.yaml'
  local config = host.read_file(path):gsub('location: [^\n]+', 'agency: ' .. stage.app.company, 1)
  assert(host.write_file(path, config))
end

-- A stage whose sandbox has `count` more locations, and an engine that is connected as an agency.
local function on_agency(count, options, body)
  local stage = flow.stage(options and options.recipes or RECIPES, options)
  stages.with(stage, function()
    stage:start_sandbox()
    stages.control(stage, 'settings', { agency_locations = count })
    use_agency(stage)
    stage:connect()
    stage:start_engine()
    body(stage)
  end)
end

local function event_of(location, n, sample)
  local event = flow.sample(sample or 'contact_updated')
  event.locationId = location
  event.email = ('n%s@%s.example'):format(n or 1, location)
  return event
end

-- Delivers an event of that location, and waits for the end of its run.
local function run_at(stage, location, n, sample)
  local status, body = stage:deliver(event_of(location, n, sample))
  assert.are.equal(202, status)
  return stages.ended(stage, function(run) return run.event_id == body.id end)
end

local function wait_done(stage, id)
  return stages.ended(stage, function(run) return run.id == id and run.state == 'done' end)
end

local function state_of(stage, name)
  for _, row in ipairs((stage:cli('connections', '--all', '--json'))) do
    if row.name == name then return row end
  end
end

local function count_of(list, pick)
  return #stages.pick(list, pick)
end

local function made_at(stage, location)
  return count_of(stage:ledger 'contact_created', function(entry) return entry.locationId == location end)
end

describe('an agency', function()
  it('gives each location a token of its own, once, and each event goes to its location', function()
    on_agency(3, nil, function(stage)
      for n = 1, 2 do
        for _, location in ipairs { 'loc-0001', 'loc-0002', 'loc-0003' } do
          assert.are.equal('done', run_at(stage, location, n).state)
        end
      end
      for _, location in ipairs { 'loc-0001', 'loc-0002', 'loc-0003' } do
        assert.are.equal(2, made_at(stage, location))
        assert.are.equal('connected', state_of(stage, 'crm/' .. location).state)
      end
      assert.are.equal(3, count_of(stage:ledger 'token_issued', function(e) return e.userType == 'Location' end))
    end)
  end)

  it('keeps what two locations have in common apart: keys, and events that are waited for', function()
    on_agency(2, { recipes = { ['keyed.yaml'] = KEYED } }, function(stage)
      local function deliver(location, sample)
        local event = event_of(location, 1, sample)
        event.email, event.name = 'same@example.com', 'same@example.com'
        if sample == 'invoice_paid' then event.locationId, event.altId = nil, location end
        local status, body = stage:deliver(event)
        assert.are.equal(202, status)
        return body.id
      end
      local function at(id, state, step)
        stage.wait_for(state, 60000, function()
          for _, run in ipairs(stage:runs()) do
            if run.event_id == id then return run.state == state and (not step or run.step == step) end
          end
        end)
      end
      local one, two = deliver 'loc-0001', deliver 'loc-0002'
      at(one, 'waiting', 'gone')
      at(two, 'waiting', 'gone')
      deliver('loc-0002', 'contact_deleted')
      at(two, 'waiting', 'paid')
      deliver('loc-0002', 'invoice_paid')
      at(two, 'done')
      at(one, 'waiting', 'gone')
      deliver('loc-0001', 'contact_deleted')
      at(one, 'waiting', 'paid')
      deliver('loc-0001', 'invoice_paid')
      at(one, 'done')
    end)
  end)

  it('keeps the tokens of its locations over a restart', function()
    on_agency(1, nil, function(stage)
      assert.are.equal('done', run_at(stage, 'loc-0001', 1).state)
      stage:kill_engine()
      stage:start_engine()
      assert.are.equal('done', run_at(stage, 'loc-0001', 2).state)
      assert.are.equal(1, count_of(stage:ledger 'token_issued', function(e) return e.userType == 'Location' end))
    end)
  end)

  it('calls another location where a step names it', function()
    on_agency(2, { recipes = { ['elsewhere.yaml'] = ELSEWHERE } }, function(stage)
      assert.are.equal('done', run_at(stage, 'loc-0001', 1, 'contact_deleted').state)
      assert.are.equal(0, made_at(stage, 'loc-0001'))
      assert.are.equal(1, made_at(stage, 'loc-0002'))
      assert.are.equal(1, #stage:ledger 'note_created')
    end)
  end)

  it('has operations of its own, which go with its own token', function()
    on_agency(3, { recipes = { ['list.yaml'] = LIST } }, function(stage)
      local run = run_at(stage, 'loc-0001')
      assert.are.equal('done', run.state)
      assert.are.equal(5, flow.show(stage, run.id).steps[1].output.count) -- with the two that the sandbox begins with
      assert.are.equal(0, count_of(stage:ledger 'token_issued', function(e) return e.userType == 'Location' end))
    end)
  end)

  it('starts nothing for an event of another app, which the service signs alike', function()
    on_agency(1, nil, function(stage)
      local event = event_of('loc-0001', 1)
      event.appId = '665c6bb13d4e5364bdec0e2e'
      local status, body = stage:deliver(event)
      assert.are.equal(202, status)
      assert.is_truthy(flow.show(stage, body.id).note:find('another app', 1, true))
      assert.are.equal(0, #stage:runs())
      assert.are.equal('done', run_at(stage, 'loc-0001', 2).state)
    end)
  end)

  it('starts nothing for an event of another agency, and keeps it with the reason', function()
    on_agency(1, nil, function(stage)
      local event = event_of 'loc-0001'
      event.companyId = 'another-company'
      assert.are.equal(202, (stage:deliver(event)))
      local kept = stage:events()[1]
      assert.are.equal(0, kept.runs)
      assert.is_truthy(kept.note:find('another-company', 1, true), kept.note)
      assert.are.equal(0, #stage:runs())
    end)
  end)
end)

describe('a location', function()
  it('whose refresh token is refused gets a new token from its agency', function()
    on_agency(1, nil, function(stage)
      assert.are.equal('done', run_at(stage, 'loc-0001', 1).state)
      stages.faults(stage,
        { match = { operation = 'create_note', nth = 1 }, ['do'] = { expire_token = true } },
        { match = { operation = 'token' },
          ['do'] = { status = 400, body = { error = 'invalid_grant', error_description = 'gone' } } })
      assert.are.equal('done', run_at(stage, 'loc-0001', 2).state)
      stages.faults(stage)
      assert.are.equal(2, count_of(stage:ledger 'token_issued', function(e) return e.userType == 'Location' end))
      assert.are.equal('connected', state_of(stage, 'crm/loc-0001').state)
    end)
  end)

  it('without the app is stopped by UNINSTALL; INSTALL lets its runs go on', function()
    on_agency(1, { recipes = { ['note.yaml'] = NOTE, ['tell.yaml'] = TELL } }, function(stage)
      assert.are.equal('done', run_at(stage, 'loc-0001', 1).state)
      stages.faults(stage, { match = { operation = 'create_note', nth = 1 }, ['do'] = { status = 503 } })
      local status, body = stage:deliver(event_of('loc-0001', 2))
      assert.are.equal(202, status)
      stage.wait_for('the run to wait', 60000, function()
        return stages.control(stage, 'state').answers['503'] == 1
      end)
      stages.control(stage, 'installs', { location = 'loc-0001', installed = false })
      local parked = stages.ended(stage, function(run) return run.event_id == body.id end)
      assert.are.equal('parked', parked.state)
      assert.is_truthy(parked.error.message:find('uninstalled', 1, true), parked.error.message)
      local row = state_of(stage, 'crm/loc-0001')
      assert.are.equal('suspended', row.state)
      -- What comes now is kept with the reason.
      assert.are.equal(202, (stage:deliver(event_of('loc-0001', 3))))
      local kept = stages.pick(stage:events(), function(e) return e.note and e.note ~= json.null end)
      assert.are.equal(1, #kept)
      assert.is_truthy(kept[1].note:find('not installed', 1, true), kept[1].note)
      stages.control(stage, 'installs', { location = 'loc-0001', installed = true })
      wait_done(stage, parked.id)
      assert.are.equal('connected', state_of(stage, 'crm/loc-0001').state)
      assert.are.equal(2, made_at(stage, 'loc-0001'))
      assert.are.equal(1, count_of(stage:runs(), function(run) return run.recipe == 'tell' end))
    end)
  end)

  it('that gives no token is broken, and its runs go on after ladle connect', function()
    on_agency(1, nil, function(stage)
      stages.control(stage, 'installs', { location = 'loc-0001', installed = false, silent = true })
      local parked = run_at(stage, 'loc-0001', 1)
      assert.are.equal('parked', parked.state)
      assert.are.equal('broken', state_of(stage, 'crm/loc-0001').state)
      assert.is_truthy(parked.error.message:find('ladle connect crm', 1, true), parked.error.message)
      stages.control(stage, 'installs', { location = 'loc-0001', installed = true, silent = true })
      assert.are.equal(0, (select(2, stage:cli('connect', 'crm', '--code', stage.app.codes[2]))))
      wait_done(stage, parked.id)
      assert.are.equal('connected', state_of(stage, 'crm/loc-0001').state)
    end)
  end)
end)

describe('500 locations', function()
  local COUNT = 500

  local function accounts_in_memory(stage)
    local answer = host.fetch { url = stage.url .. '/metrics', timeout_ms = 60000 }
    return tonumber(answer.body:match '\nladle_accounts_in_memory (%d+)')
  end

  -- Delivers an INSTALL for each, many at a time.
  local function install_all(stage)
    local accepted = 0
    for n = 1, COUNT do
      local body = json.encode {
        type = 'INSTALL', appId = stage.app.client_id:match '^[^-]+', locationId = ('loc-%04d'):format(n),
        companyId = stage.app.company, webhookId = host.uuid(), timestamp = '2026-11-23T09:15:27.412Z',
      }
      host.fetch({ method = 'POST', url = stage.url .. '/hooks/crm', body = body, timeout_ms = 60000,
                   headers = { ['Content-Type'] = 'application/json', ['X-GHL-Signature'] = stage.key:sign(body) } },
        function(answer) accepted = accepted + (answer and answer.status == 202 and 1 or 0) end)
    end
    stage.wait_for('all events to be accepted', 60000, function() return accepted == COUNT end)
  end

  it('are rows, and nothing in memory that is not used', function()
    on_agency(COUNT, nil, function(stage)
      install_all(stage)
      assert.are.equal(0, stage:stop_engine())
      stage:start_engine()
      assert.are.equal(0, accounts_in_memory(stage))
      for _, location in ipairs { 'loc-0001', 'loc-0250', 'loc-0500' } do
        assert.are.equal('done', run_at(stage, location, 1).state)
        assert.are.equal(1, made_at(stage, location))
      end
      assert.are.equal(3, accounts_in_memory(stage))
      local rows, listed = (stage:cli('connections', '--all', '--json')), (stage:cli('connections', '--json'))
      local function locations(list)
        return count_of(list, function(row) return row.name:find('crm/', 1, true) == 1 end)
      end
      assert.are.equal(COUNT, locations(rows))
      assert.are.equal(20, locations(listed))
      local _, _, text = stage:cli 'connections'
      assert.is_truthy(text:find('and 480 more; --all lists them', 1, true), text)
    end)
  end)
end)

describe('a connection of one location', function()
  it('starts nothing for an event of another, and keeps it with the reason', function()
    flow.on_stage(RECIPES, nil, function(stage)
      local status, body = stage:deliver(event_of(stage.app.location .. 'X'))
      assert.are.equal(202, status)
      assert.are.equal(0, body.runs)
      local kept = stage:events()[1]
      assert.is_truthy(kept.note:find(stage.app.location .. 'X', 1, true), kept.note)
      assert.are.equal(0, #stage:runs())
    end)
  end)
end)
