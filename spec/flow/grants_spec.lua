-- What recipes need of their connections and were not granted: told by `ladle check`, by `ladle connections`, and at
-- the start of the engine.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local projects = require 'projects'
local stages = require 'stages'

local host, json = flow.host, flow.json

local NEEDY = [[
recipe: needy
summary: Calls more than was granted
needs: { crm: highlevel }
when: [crm.new_lead, crm.inbound_message]
do:
  - step: fine
    use: crm.get_contact
    with: { contactId: = event.id }
  - step: group
    do:
      - step: slots
        use: crm.get_calendars
    on_error:
      - step: mark
        use: crm.create_calendar_group
        with: { name: A, description: B, slug: c }
  - step: by_script
    use: scripts.look
]]

local LOOK = [[
return {
  name = 'look', summary = 'Looks at a pipeline',
  run = function(ctx) return ctx.crm:get_pipelines {} end,
}
]]

-- The service grants less than it was asked for.
local FEW = {
  match = { path = '/oauth/token' },
  ['do'] = {
    status = 200,
    body = {
      access_token = 'a-token-of-the-tests', refresh_token = 'another-of-the-tests', token_type = 'Bearer',
      expires_in = 86399, scope = 'contacts.readonly contacts.write', userType = 'Location',
      locationId = 've9EPM428h8vShlRW1KT',
    },
  },
}

local function steps_of(gaps)
  local list = {}
  for _, gap in ipairs(gaps) do
    table.insert(list, (gap.step ~= json.null and gap.step or gap.operation) .. ': ' .. table.concat(gap.scopes, ' '))
  end
  table.sort(list)
  return list
end

local WANTED = {
  'by_script: opportunities.readonly', 'inbound_message: conversations/message.readonly',
  'mark: calendars/groups.write', 'slots: calendars.readonly',
}

describe('a scope that the recipes need and the token lacks', function()
  local stage

  lazy_setup(function()
    stage = stages.open({ ['needy.yaml'] = NEEDY }, { scripts = { ['look.lua'] = LOOK }, faults = { FEW } })
  end)

  lazy_teardown(function()
    stages.close(stage)
  end)

  it('is a warning of ladle check, with recipe and step', function()
    local answer, code = stage:cli('check', '--json')
    assert.are.equal(0, code)
    assert.are.same(WANTED, steps_of(answer[1].warnings))
    assert.are.equal('needy', answer[1].warnings[1].recipe)
    local _, _, text = stage:cli 'check'
    local missing = 'warning: crm.inbound_message does not come without the scope conversations/message.readonly'
    assert.is_truthy(text:find(missing, 1, true), text)
    assert.is_truthy(text:find('needy.yaml:11: warning: step `slots`: crm.get_calendars needs the scope '
      .. 'calendars.readonly, which its token was not granted', 1, true), text)
  end)

  it('stands beside its connection', function()
    local rows = stage:cli('connections', '--json')
    assert.are.same(WANTED, steps_of(rows[1].gaps))
  end)

  it('is in the log of the engine that starts', function()
    local log = host.read_file(stage:path 'engine.log')
    for _, scope in ipairs { 'calendars.readonly', 'calendars/groups.write', 'opportunities.readonly' } do
      assert.is_truthy(log:find('needs the scope ' .. scope .. ', which its token was not granted', 1, true), log)
    end
    assert.is_nil(log:find('fine: ', 1, true))
  end)
end)

local function warnings_of(config, use)
  local recipe = ('recipe: r\nsummary: s\nneeds: { crm: highlevel }\nwhen: [crm.contact_created]\ndo:\n'
    .. '  - step: only\n    use: crm.%s\n'):format(use)
  local found
  projects.with({ ['ladle.yaml'] = 'connections:\n  crm: ' .. config, ['recipes/r.yaml'] = recipe }, function(project)
    local code, out = project:run { 'check', '--json' }
    assert.are.equal(0, code, out)
    found = json.decode(out).warnings
  end)
  return found
end

describe('a kind of token that an operation does not take', function()
  it('is told where the connection has a private token', function()
    local warnings = warnings_of('{ connector: highlevel, auth: token, location: l1 }', 'get_charges')
    assert.are.equal(1, #warnings)
    assert.is_truthy(warnings[1].message:find('takes no private integration token', 1, true))
  end)

  it('is told where it takes an agency and the connection is of a location', function()
    local warnings = warnings_of('{ connector: highlevel, auth: token, location: l1 }',
      'get_company\n    with: { companyId: c1 }')
    assert.are.equal(1, #warnings)
    assert.is_truthy(warnings[1].message:find('takes a token of an agency', 1, true))
  end)

  it('is not told where nobody knows it', function()
    assert.are.same({}, warnings_of('{ connector: highlevel, auth: token, location: l1 }', 'get_calendars'))
  end)
end)

describe('a scope that nobody will ask for', function()
  local OAUTH = '{ connector: highlevel, auth: oauth, client_id: a-b, client_secret: "0123456789", location: l1%s }'

  it('is told before anybody has authorised the connection', function()
    local warnings = warnings_of(OAUTH:format '', 'get_calendars')
    assert.are.same({ 'only: calendars.readonly' }, steps_of(warnings))
    assert.is_truthy(warnings[1].message:find('`ladle connect` will not ask for', 1, true))
  end)

  it('is not told where the connection names it', function()
    assert.are.same({}, warnings_of(OAUTH:format ', scopes: [contacts.readonly, calendars.readonly]', 'get_calendars'))
  end)
end)
