-- What the HighLevel connector does beyond one call when a contact is written: a duplicate in its place, a dropped
-- key as a conflict, a look at what was kept; and that all of it is journalled like the calls of an action.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local journey = require 'journey'
local json = flow.json

local JOHN, MINA = journey.JOHN, journey.MINA
local JOHNS_MAIL, RUBIKAS_PHONE = 'JohnDeo@gmail.comm', '+18832327657'

local function step(operation, with, more)
  return ('  - step: write\n    use: crm.%s\n    with: %s\n%s'):format(operation, json.encode(with), more or '')
end

-- Runs one recipe of one step; what `ladle show` says of the run, and of its step.
local function run(steps, options, check)
  journey.on_stage({ write = steps }, options, function(stage)
    journey.send(stage, 'write')
    local shown = journey.only(stage, 'write')
    check(stage, shown, journey.step(shown, 'write'))
  end)
end

describe('create_contact', function()
  it('fails for good where the contact is there, and names it', function()
    run(step('create_contact', { email = JOHNS_MAIL, firstName = 'Jo' }), nil, function(_, shown, written)
      assert.are.equal('dead', shown.state)
      assert.are.equal('duplicate', shown.error.kind)
      assert.are.equal(JOHN, written.error.detail)
    end)
  end)

  it('takes the contact that is there, with on_duplicate: use', function()
    run(step('create_contact', { email = JOHNS_MAIL, firstName = 'Jo', on_duplicate = 'use' }), nil,
      function(stage, shown, written)
        assert.are.equal('done', shown.state)
        assert.is_true(written.output.duplicate)
        assert.are.equal(JOHN, written.output.contact.id)
        assert.are.equal(0, #stage:ledger 'contact_created')
        assert.are.equal(0, #stage:ledger 'contact_updated')
      end)
  end)

  it('changes the contact that is there, with on_duplicate: update, and keeps its tags', function()
    local with = { email = JOHNS_MAIL, city = 'Delft', tags = { 'fresh' }, on_duplicate = 'update' }
    run(step('create_contact', with), nil, function(stage, shown, written)
      assert.are.equal('done', shown.state)
      local contact = written.output.contact
      assert.are.equal(JOHN, contact.id)
      assert.are.equal('Delft', contact.city)
      assert.are.equal(1, #stage:ledger 'contact_updated')
      local known = {}
      for _, tag in ipairs(contact.tags) do known[tag] = true end
      assert.is_true(known.fresh)
      assert.is_true(#contact.tags > 1, 'its own tags are gone')
    end)
  end)

  it('creates the contact where there is none', function()
    run(step('create_contact', { email = 'new@example.com', on_duplicate = 'update' }), nil,
      function(stage, shown, written)
        assert.are.equal('done', shown.state)
        assert.is_false(written.output.duplicate)
        assert.are.equal(1, #stage:ledger 'contact_created')
      end)
  end)

  it('is not repeated where its answer was lost', function()
    local options = {
      faults = { { match = { operation = 'create_contact', nth = 1 }, ['do'] = { lose_answer = true } } },
    }
    run(step('create_contact', { email = 'new@example.com', on_duplicate = 'use' }), options,
      function(stage, shown, written)
        assert.are.equal('done', shown.state)
        assert.are.equal(1, #stage:ledger 'contact_created')
        assert.are.equal('new@example.com', written.output.contact.email)
      end)
  end)

  it('goes on behind the calls that were answered, after SIGKILL', function()
    local options = {
      faults = { { match = { operation = 'get_contact', nth = 1 }, ['do'] = { delay_ms = 60000 } } },
    }
    local steps = step('create_contact', { email = JOHNS_MAIL, city = 'Delft', verify = true, on_duplicate = 'update' })
    journey.on_stage({ write = steps }, options, function(stage)
      journey.send(stage, 'write')
      stage.wait_for('the update in the journal', 60000, function()
        local found = journey.runs(stage, 'write')[1]
        local update = found and journey.step(flow.show(stage, found.id), 'write/2')
        return update and update.state == 'done'
      end)
      stage:kill_engine()
      stage:start_engine()
      local shown = journey.only(stage, 'write')
      assert.are.equal('done', shown.state)
      assert.are.equal(1, #stage:ledger 'contact_updated')
    end)
  end)
end)

describe('upsert_contact', function()
  local both = { email = JOHNS_MAIL, phone = RUBIKAS_PHONE, city = 'Delft' }

  it('is a conflict where the e-mail address is one contact\'s and the phone another\'s', function()
    run(step('upsert_contact', both), nil, function(_, shown)
      assert.are.equal('dead', shown.state)
      assert.are.equal('conflict', shown.error.kind)
      assert.is_truthy(shown.error.message:find('`phone`', 1, true), shown.error.message)
      assert.is_truthy(shown.error.message:find(JOHN, 1, true), shown.error.message)
    end)
  end)

  it('goes on with on_conflict: report, and tells what was dropped', function()
    local with = { on_conflict = 'report' }
    for name, value in pairs(both) do with[name] = value end
    run(step('upsert_contact', with), nil, function(_, shown, written)
      assert.are.equal('done', shown.state, json.encode(shown.error or {}))
      assert.are.same({ { 'phone' }, 'CWBf1PR9LvvBkcYqiXlc', JOHN },
        { written.output.dropped, written.output.other, written.output.contact.id })
    end)
  end)

  it('lets a recipe branch on the conflict', function()
    local branch = [[
    on_error:
      - step: tell
        if: = error.kind == "conflict"
        use: crm.create_note
        with: { contactId: %s, body: "${error.message}" }
]]
    run(step('upsert_contact', both, branch:format(JOHN)), nil, function(stage, shown)
      assert.are.equal('done', shown.state)
      assert.are.equal(1, #stage:ledger 'note_created')
    end)
  end)

  it('takes phones for the same that are written in another way', function()
    local with = { email = 'new@example.com', phone = '(212) 555-0187' }
    run(step('upsert_contact', with), nil, function(stage, shown)
      assert.are.equal('done', shown.state, json.encode(shown.error or {}))
      assert.are.equal(1, #stage:ledger 'contact_created')
    end)
  end)

  it('leaves the first phone as it is with preserve_primary, and says so', function()
    local with = { email = JOHNS_MAIL, phone = '+31699999999', city = 'Delft', preserve_primary = true }
    run(step('upsert_contact', with), nil, function(_, shown, written)
      assert.are.equal('done', shown.state, json.encode(shown.error or {}))
      assert.are.same({ 'phone' }, written.output.kept)
      assert.are.same({ JOHN, '+919509597501', 'Delft' },
        { written.output.contact.id, written.output.contact.phone, written.output.contact.city })
    end)
  end)

  it('creates the contact that is not there with preserve_primary', function()
    run(step('upsert_contact', { email = 'new@example.com', preserve_primary = true }), nil, function(stage, shown)
      assert.are.equal('done', shown.state, json.encode(shown.error or {}))
      assert.are.equal(1, #stage:ledger 'contact_created')
    end)
  end)

  it('tells with verify what the service did not keep', function()
    local with = { email = JOHNS_MAIL, gender = 'male', city = 'Delft', verify = true }
    run(step('upsert_contact', with), nil, function(_, shown, written)
      assert.are.equal('done', shown.state)
      assert.are.same({ 'gender' }, written.output.unapplied)
    end)
  end)
end)

describe('a script', function()
  local ACTION = [[
return {
  name = 'take', summary = 'Takes the contact that is there',
  output = { id = { 'string' } },
  run = function(ctx)
    local first = ctx.crm:get_contact { contactId = '%s' }
    local output = ctx.crm:create_contact { email = first.contact.email, on_duplicate = 'use' }
    return { id = output.contact.id, duplicate = output.duplicate }
  end,
}]]

  it('takes the same way, and its calls are in the journal one below the other', function()
    run('  - step: write\n    use: scripts.take\n', { scripts = { ['take.lua'] = ACTION:format(JOHN) } },
      function(_, shown, written)
        assert.are.equal('done', shown.state, json.encode(shown.error or {}))
        assert.are.same({ id = JOHN, duplicate = true }, written.output)
        local names = {}
        for i, effect in ipairs(written.effects) do names[i] = effect.name end
        table.sort(names)
        assert.are.same({ 'write/1', 'write/2', 'write/2/1', 'write/2/2' }, names)
      end)
  end)
end)

describe('tags that overwrite', function()
  it('are refused when the recipe is checked, and taken with replace_tags', function()
    local function recipe(name, with)
      local head = 'recipe: %s\nneeds:\n  crm: highlevel\nwhen:\n  - crm.contact_created\ndo:\n%s'
      return head:format(name, step('update_contact', with))
    end
    local stage = flow.stage {
      ['a.yaml'] = recipe('a', { contactId = MINA, tags = { 'x' } }),
      ['b.yaml'] = recipe('b', { contactId = MINA, tags = { 'x' }, replace_tags = true }),
    }
    finally(function() stage:close() end)
    stage:start_sandbox()
    local _, code, text = stage:cli('check')
    assert.are.equal(1, code)
    assert.is_truthy(text:find('recipes/a.yaml:%d+:%d+: `tags` is taken only with `replace_tags: true`'), text)
    assert.is_nil(text:find('recipes/b.yaml', 1, true), text)
  end)
end)
