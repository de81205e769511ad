-- What is told of a run that failed: the recipe's file and line, the step, and what was missing.
package.path = './spec/support/?.lua;' .. package.path
local journey = require 'journey'
local stages = require 'stages'
local note, inner = journey.note, journey.inner

-- A step that reads a contact whose id is `v`, in the step's fourth line. The first step of a recipe is in line 8.
local function asks(name, v)
  return ('  - step: %s\n    use: crm.get_contact\n    with:\n      contactId: %s\n'):format(name, v)
end

local HANDED_ON = '    on_error:\n'
  .. inner '  - step: again\n    if: = error.kind == "not_found" or fail(error.message)\n    stop: x\n'

local CRASHES = "return {\n  name = 'crashes', summary = 'x',\n  run = function(_, input)\n    return input.a.b\n"
  .. '  end,\n}'
local REFUSES = "return { name = 'refuses', summary = 'x', run = function() fail('invalid', 'not you') end }"
local SHARES = "local same = { kind = 'invalid', message = 'the same each time' }\n"
  .. "return { name = 'shares', summary = 'x',\n"
  .. '  run = function(_, _) error(same, 0) end }'
local NEEDS = "return { name = 'needs', summary = 'x', input = { id = { 'string' } }, run = function() return {} end }"

-- By the recipe's name: its steps, the message, the line that the error stands in. %s is the recipe's file.
local CASES = {
  ['names-what-is-missing'] = {
    note('first', 'x') .. asks('ask', '= "c" .. steps.first.note.nothing'),
    '%s:14: step ask: steps.first.note.nothing is missing', 14,
  },
  ['names-the-whole-path'] = {
    asks('ask', '= event.contact.email .. "x"'), '%s:11: step ask: event.contact.email: event.contact is missing', 11,
  },
  ['in-if'] = { asks('ask', 'c1') .. '    if: = event.count > 3\n', '%s:12: step ask: event.count is missing', 12 },
  ['in-each'] = { asks('ask', 'c1') .. '    each: = event.count + 1\n', '%s:12: step ask: event.count is missing', 12 },
  ['in-stop'] = { '  - step: ask\n    stop: = "x" .. event.count\n', '%s:9: step ask: event.count is missing', 9 },
  ['in-wait'] = { '  - step: ask\n    wait: = "x" .. event.count\n', '%s:9: step ask: event.count is missing', 9 },
  ['no-list'] = {
    asks('ask', '= item .. "x"') .. '    each: = event.nonce\n',
    '%s:8: step ask: `each` gives no list, but a string', 8,
  },
  ['of-an-item'] = {
    '  - step: all\n    each: [{ id: c1 }, {}]\n    as: one\n    on_error: fail\n    do:\n'
      .. inner(note('say', 'x'):gsub('"x"', '= one.id .. "x"')),
    '%s:15: step all/2/say: one.id is missing', 15,
  },
  ['of-a-helper'] = {
    asks('ask', '= in_days(event.days)'),
    '%s:11: step ask: in_days: takes a number, not nothing: event.days is missing', 11,
  },
  ['of-a-field'] = {
    asks('ask', '= event.contact.id'),
    '%s:8: step ask: input of get_contact: contactId: is missing '
      .. '(contactId: event.contact.id: event.contact is missing)', 8,
  },
  ['of-fail'] = { asks('ask', '= fail("no such thing")'), 'no such thing', 11 },
  ['handed-on'] = {
    asks('ask', '= "c" .. event.no') .. HANDED_ON, '%s:11: step ask: event.no is missing', 14,
  },
  ['of-a-script'] = {
    '  - step: bad\n    use: scripts.crashes\n',
    "%s:8: step bad: scripts/crashes.lua:4: attempt to index a nil value (its field 'b')", 8,
  },
  ['of-a-script-s-own'] = { '  - step: bad\n    use: scripts.refuses\n', 'not you', 8 },
  ['of-a-script-s-table'] = { '  - step: bad\n    use: scripts.shares\n', 'the same each time', 8 },
  ['of-a-script-s-input'] = {
    '  - step: bad\n    use: scripts.needs\n    with: { id: = event.contact.id }\n',
    '%s:8: step bad: id: is missing (id: event.contact.id: event.contact is missing)', 8,
  },
  ['of-a-service'] = {
    note('first', 'x') .. journey.WRONG, 'get_contact was answered 400: Contact with id nobody not found', 11,
  },
  ['after-a-caught-one'] = {
    asks('gone', 'nobody') .. '    on_error: continue\n' .. asks('ask', '= "c" .. event.no'),
    '%s:16: step ask: event.no is missing', 16,
  },
  ['of-the-condition'] = { { note('a', 'x'), top = 'if: = event.count > 3\n' }, '%s:7: if: event.count is missing' },
  ['of-the-key'] = { { note('a', 'x'), top = 'key: = "k" .. event.count\n' }, '%s:7: key: event.count is missing' },
}

describe('an error', function()
  local stage

  lazy_setup(function()
    local recipes = {
      ['of-the-same-table'] = '  - step: one\n    if: = not event.again\n    use: scripts.shares\n'
        .. '  - step: two\n    use: scripts.shares\n',
      calls = '  - step: inner\n    call: part\n',
      loops = asks('ask', "'= (function() while true do end end)()'"),
    }
    for name, case in pairs(CASES) do recipes[name] = case[1] end
    stage = stages.open(journey.files(recipes, {
      scripts = {
        ['shares.lua'] = SHARES, ['crashes.lua'] = CRASHES, ['refuses.lua'] = REFUSES, ['needs.lua'] = NEEDS,
      },
      texts = { ['part.yaml'] = 'recipe: part\nneeds:\n  crm: highlevel\ndo:\n' .. asks('ask', '= "c" .. event.no') },
    }))
    for name in pairs(recipes) do journey.send(stage, name) end
  end)

  lazy_teardown(function() stages.close(stage) end)

  for name, case in pairs(CASES) do
    it(name:gsub('%-', ' ') .. ': is told with its place', function()
      local shown = journey.only(stage, name)
      local file = 'recipes/' .. name .. '.yaml'
      assert.are.equal('dead', shown.state)
      assert.are.equal((case[2]:gsub('%%s', (file:gsub('%%', '%%%%')))), shown.error.message)
      assert.are.equal(case[3], shown.error.line)
      assert.are.equal(case[3] and file, shown.error.file)
    end)
  end

  it('stands in the row of its step, and in what people read', function()
    local shown = journey.only(stage, 'in-if')
    local step = journey.step(shown, 'ask')
    assert.are.equal('failed', step.state)
    local expected = { kind = 'script', message = shown.error.message, file = 'recipes/in-if.yaml', line = 12 }
    assert.are.same(expected, step.error)
    local _, _, text = stage:cli('show', shown.id)
    assert.is_truthy(text:find('at           recipes/in-if.yaml:12', 1, true), text)
  end)

  it('of a table that a script raises again and again is told with the place of each run', function()
    journey.await(stage, 'of-the-same-table', 'dead')
    journey.send(stage, 'of-the-same-table', { again = true })
    local runs = journey.await(stage, 'of-the-same-table', 'dead', 2)
    assert.are.same({ 'one', 'two' }, { runs[1].step, runs[2].step })
  end)

  it('of a recipe that was called names that recipe', function()
    local shown = journey.only(stage, 'calls')
    assert.are.equal('recipes/part.yaml:8: step inner/ask: event.no is missing', shown.error.message)
    assert.are.equal('recipes/part.yaml', shown.error.file)
    assert.are.equal(8, shown.error.line)
  end)

  it('of a budget that is used up names the expression', function()
    local shown = journey.only(stage, 'loops')
    assert.are.equal('budget', shown.error.kind)
    assert.are.equal(1, shown.error.message:find('recipes/loops.yaml:11: the script ran too long', 1, true))
  end)

  it('takes no answer of another call for its own', function()
    local shown = journey.only(stage, 'after-a-caught-one')
    assert.is_nil(journey.step(shown, 'ask').error.answer)
    assert.is_string(journey.step(shown, 'gone').error.answer)
  end)
end)

-- Each dies of the first steps, and goes on with the second.
local MENDED = {
  act = { note('a', 'act') .. '    if: = event.count > 3\n', note('a', 'act') },
  pass = { note('a', 'pass') .. '    if: = event.count > 3\n', note('a', 'pass') .. '    if: = event.count\n' },
  group = {
    '  - step: a\n    if: = event.count > 3\n    do:\n' .. inner(note('b', 'group')),
    '  - step: a\n    do:\n' .. inner(note('b', 'group')),
  },
  wait = { '  - step: a\n    wait: = event.time .. "x"\n', '  - step: a\n    wait: 1 day\n' },
  await = {
    '  - step: a\n    wait_for: crm.appointment_created\n    with: { appointment.id: = "x" .. event.no }\n',
    '  - step: a\n    wait_for: crm.appointment_created\n    with: { appointment.id: none }\n',
  },
}

describe('a step that failed before it acted', function()
  local stage
  local shown = {}

  lazy_setup(function()
    local recipes = {}
    for name, case in pairs(MENDED) do recipes[name] = case[1] end
    stage = stages.open(journey.files(recipes))
    for name in pairs(MENDED) do journey.send(stage, name) end
    for name in pairs(MENDED) do shown[name] = journey.await(stage, name, 'dead')[1] end
    assert(stage:stop_engine() == 0)
    for name, case in pairs(MENDED) do
      assert(journey.host.write_file(stage:path('recipes/' .. name .. '.yaml'), journey.recipe(name, case[2])))
    end
    stage:start_engine()
    for name in pairs(MENDED) do assert(select(2, stage:cli('retry', shown[name].id, '--newest')) == 0) end
    for name in pairs(MENDED) do
      shown[name] = journey.flow.show(stage, journey.await(stage, name, 'done waiting')[1].id)
    end
  end)

  lazy_teardown(function() stages.close(stage) end)

  it('acts when the run goes on with a recipe that is mended', function()
    assert.are.same({ 'act', 'group' }, journey.sorted_notes(stage))
    local step = journey.step(shown.act, 'a')
    assert.are.equal('done', step.state)
    assert.are.equal('recipes/act.yaml:11: step a: event.count is missing', step.tries[1].message)
  end)

  it('leaves nothing behind that seems to wait', function()
    for _, name in ipairs { 'pass', 'group' } do
      assert.are.equal('done', shown[name].state)
      assert.are.equal('done', journey.step(shown[name], 'a').state)
    end
  end)

  it('waits, if it is a wait', function()
    assert.are.equal('waiting', shown.wait.state)
    assert.are.equal('time', shown.wait.waits[1]['for'])
    assert.are.equal('waiting', shown.await.state)
    assert.are.equal('event', shown.await.waits[1]['for'])
  end)
end)

describe('a run that waits for another try', function()
  it('says what the service said, with the place beside it', function()
    local steps = note('a', 'x', '    retry: { tries: 5, first: 1 h, jitter: none }\n')
    local faults = { { match = { operation = 'create_note', nth = 1 }, ['do'] = { status = 503 } } }
    journey.on_stage({ r = steps }, { faults = faults }, function(stage)
      journey.send(stage, 'r')
      local run = journey.flow.show(stage, journey.await(stage, 'r', 'waiting')[1].id)
      assert.are.equal('unavailable', run.error.kind)
      assert.is_nil(run.error.message:find('recipes/', 1, true))
      assert.are.equal(8, run.error.line)
    end)
  end)
end)
