-- What a recipe can do beside one call after the other: wait, wait for an event, branch, repeat, call
-- another recipe, stop; each of them also with the engine killed in the middle.
package.path = './spec/support/?.lua;' .. package.path
local journey = require 'journey'
local note, inner, show = journey.note, journey.inner, journey.flow.show

-- An answer that comes so late that the engine is killed before.
local LATE_MS = 60000

-- An engine that has just started sends one call alone, to learn from its answer what is left of the service's
-- limit: this step takes that part, so that calls behind it can go side by side.
local WARM = ('  - step: warm\n    use: crm.get_contact\n    with: { contactId: %s }\n'):format(journey.JOHN)

describe('wait', function()
  it('goes on when its time is over, not before', function()
    local steps = note('before', 'before') .. '  - step: pause\n    wait: 1s\n' .. note('after', 'after')
    journey.on_stage({ pauses = steps }, nil, function(stage)
      journey.send(stage, 'pauses')
      local shown = journey.only(stage, 'pauses')
      assert.are.equal('done', shown.state)
      assert.are.same({ 'before', 'after' }, journey.notes(stage))
      local started, ended = journey.step(shown, 'before').ended_at, journey.step(shown, 'after').started_at
      local dates = require 'dates'
      assert.is_true(dates.parse(ended) - dates.parse(started) >= 1000000)
    end)
  end)

  it('takes a date or an expression, and one that is past is no wait', function()
    local steps = '  - step: past\n    wait: "2020-01-01T00:00:00Z"\n'
      .. '  - step: asked\n    wait: = event.pause\n' .. note('after', 'after')
    journey.on_stage({ dates = steps }, nil, function(stage)
      journey.send(stage, 'dates', { pause = '200 ms' })
      assert.are.equal('done', journey.only(stage, 'dates').state)
      assert.are.same({ 'after' }, journey.notes(stage))
    end)
  end)

  it('is a row: it says until when, and outlives SIGKILL', function()
    local steps = note('before', 'before') .. '  - step: pause\n    wait: 6s\n' .. note('after', 'after')
    journey.on_stage({ sleeps = steps }, nil, function(stage)
      journey.send(stage, 'sleeps')
      local run = journey.await(stage, 'sleeps', 'waiting')[1]
      local waits = show(stage, run.id).waits
      assert.are.equal(1, #waits)
      assert.are.equal('pause', waits[1].step)
      assert.are.equal('time', waits[1]['for'])
      assert.are.equal(run.due_at, waits[1]['until'])
      stage:kill_engine()
      assert.are.equal(run.due_at, journey.runs(stage, 'sleeps')[1].due_at)
      stage:start_engine()
      local shown = journey.only(stage, 'sleeps')
      assert.are.equal('done', shown.state)
      assert.is_true(run.due_at <= journey.step(shown, 'after').started_at)
      assert.are.same({ 'before', 'after' }, journey.notes(stage))
    end)
  end)
end)

describe('wait_for', function()
  local STEPS = '  - step: booked\n    wait_for: crm.appointment_created\n'
    .. '    with: { appointment.contactId: = event.contact }\n%s'
    .. note('after', 'booked ${steps.booked.appointment.title}')

  local function appointment(contact, title)
    local event = journey.flow.sample 'appointment_created'
    event.appointment.contactId, event.appointment.title = contact, title
    return event
  end

  it('goes on with the event that fits, once, and not with another', function()
    journey.on_stage({ hopes = STEPS:format '' }, nil, function(stage)
      journey.send(stage, 'hopes', { contact = journey.JOHN })
      local run = journey.await(stage, 'hopes', 'waiting')[1]
      assert.are.equal(202, (stage:deliver(appointment(journey.MINA, 'not this one'))))
      assert.are.equal('waiting', journey.runs(stage, 'hopes')[1].state)
      local wait = show(stage, run.id).waits[1]
      assert.are.equal('crm.appointment_created', wait.event)
      assert.are.equal(journey.JOHN, wait.match['appointment.contactId'])
      local event = appointment(journey.JOHN, 'this one')
      stage:deliver(event)
      stage:deliver(event)
      stage:deliver(appointment(journey.JOHN, 'too late'))
      local shown = journey.only(stage, 'hopes')
      assert.are.equal('done', shown.state)
      assert.are.equal('this one', journey.step(shown, 'booked').output.appointment.title)
      assert.are.same({ 'booked this one' }, journey.notes(stage))
    end)
  end)

  it('is still waiting after SIGKILL', function()
    journey.on_stage({ hopes = STEPS:format '' }, nil, function(stage)
      journey.send(stage, 'hopes', { contact = journey.JOHN })
      journey.await(stage, 'hopes', 'waiting')
      journey.crash(stage)
      assert.are.equal('waiting', journey.runs(stage, 'hopes')[1].state)
      stage:deliver(appointment(journey.JOHN, 'this one'))
      assert.are.equal('done', journey.only(stage, 'hopes').state)
      assert.are.same({ 'booked this one' }, journey.notes(stage))
    end)
  end)

  it('ends with the error kind timeout when nothing comes in time', function()
    journey.on_stage({ hopes = STEPS:format '    timeout: 500 ms\n' }, nil, function(stage)
      journey.send(stage, 'hopes', { contact = journey.JOHN })
      local shown = journey.only(stage, 'hopes')
      assert.are.equal('dead', shown.state)
      assert.are.equal('timeout', shown.error.kind)
      assert.are.equal('booked', shown.step)
      stage:deliver(appointment(journey.JOHN, 'too late'))
      assert.are.same({}, journey.notes(stage))
    end)
  end)

  it('hands its time-out to on_error', function()
    local on_error = '    timeout: 500 ms\n    on_error:\n' .. inner(note('ask', 'no answer: ${error.kind}'))
      .. '      - step: enough\n        stop: nobody came\n'
    journey.on_stage({ hopes = STEPS:format(on_error) }, nil, function(stage)
      journey.send(stage, 'hopes', { contact = journey.JOHN })
      assert.are.equal('done', journey.only(stage, 'hopes').state)
      assert.are.same({ 'no answer: timeout' }, journey.notes(stage))
    end)
  end)

  it('wakes every run that waits for the same event, and no other', function()
    journey.on_stage({ hopes = STEPS:format '' }, nil, function(stage)
      for _ = 1, 3 do journey.send(stage, 'hopes', { contact = journey.JOHN }) end
      journey.send(stage, 'hopes', { contact = journey.MINA })
      journey.await(stage, 'hopes', 'waiting', 4)
      stage:deliver(appointment(journey.JOHN, 'for three'))
      journey.await(stage, 'hopes', 'done', 3)
      assert.are.equal(1, #journey.await(stage, 'hopes', 'waiting'))
      assert.are.same({ 'booked for three', 'booked for three', 'booked for three' }, journey.notes(stage))
    end)
  end)
end)

describe('parallel', function()
  local STEPS = WARM .. '  - step: both\n    parallel:\n' .. inner(note('left', 'left') .. note('right', 'right'))
    .. note('after', 'after ${steps.left.note.body} and ${steps.right.note.body}')

  it('does its branches at the same time, and goes on when all are over', function()
    -- The first of the two calls is answered only after the second was made.
    local faults = { journey.slow('create_note', 1, 1500) }
    journey.on_stage({ forks = STEPS }, { faults = faults }, function(stage)
      journey.send(stage, 'forks')
      local shown = journey.only(stage, 'forks')
      assert.are.equal('done', shown.state)
      local left, right = journey.step(shown, 'left'), journey.step(shown, 'right')
      assert.is_true(left.started_at < right.ended_at and right.started_at < left.ended_at)
      local after = journey.step(shown, 'after').started_at
      assert.is_true(left.ended_at <= after and right.ended_at <= after)
      assert.are.same({ 'after left and right', 'left', 'right' }, journey.sorted_notes(stage))
    end)
  end)

  it('repeats no branch after SIGKILL', function()
    journey.on_stage({ forks = STEPS }, { faults = { journey.slow('create_note', 1, LATE_MS) } }, function(stage)
      journey.send(stage, 'forks')
      stage.wait_for('one branch to be over, the other to hang', 60000, function()
        local shown = show(stage, journey.runs(stage, 'forks')[1].id)
        local left, right = journey.step(shown, 'left'), journey.step(shown, 'right')
        local is_half = left and right and (left.state == 'done') ~= (right.state == 'done')
        return is_half and #journey.notes(stage) == 2
      end)
      journey.crash(stage)
      assert.are.equal('done', journey.only(stage, 'forks').state)
      assert.are.same({ 'after left and right', 'left', 'right' }, journey.sorted_notes(stage))
    end)
  end)

  it('fails with the branch that failed, once the others are over', function()
    local steps = '  - step: both\n    parallel:\n' .. inner(note('left', 'left'))
      .. inner(journey.WRONG) .. note('after', 'after')
    journey.on_stage({ forks = steps }, { faults = { journey.slow('create_note', 1, 800) } }, function(stage)
      journey.send(stage, 'forks')
      local shown = journey.only(stage, 'forks')
      assert.are.equal('dead', shown.state)
      assert.are.equal('done', journey.step(shown, 'left').state)
      assert.are.equal('failed', journey.step(shown, 'wrong').state)
      assert.are.same({ 'left' }, journey.notes(stage))
    end)
  end)

  it('waits in one branch while another works', function()
    local steps = '  - step: both\n    parallel:\n      - step: pause\n        wait: 100 ms\n'
      .. inner(journey.GATE .. note('right', 'right')) .. note('after', 'after')
    journey.on_stage({ forks = steps }, nil, function(stage)
      journey.send(stage, 'forks', { gate = 'g1' })
      journey.await(stage, 'forks', 'waiting')
      journey.await_note(stage, 'right')
      journey.open(stage, 'g1')
      assert.are.equal('done', journey.only(stage, 'forks').state)
      assert.are.same({ 'right', 'after' }, journey.notes(stage))
    end)
  end)
end)

describe('each with parallel', function()
  local STEPS = WARM .. '  - step: all\n    each: = event.items\n    parallel: 3\n    use: crm.create_note\n'
    .. ('    with: { contactId: %s, body: "item ${item}" }\n'):format(journey.JOHN)
    .. note('after', '${steps.all}')

  it('does as many items at once as it says, and keeps their order in the result', function()
    local faults = { journey.slow('create_note', { 1, 2, 3 }, 1500) }
    local steps = STEPS:gsub('%${steps.all}', 'last ${steps.all.5.note.body}')
    journey.on_stage({ crowd = steps }, { faults = faults }, function(stage)
      journey.send(stage, 'crowd', { items = { 'a', 'b', 'c', 'd', 'e' } })
      local shown = journey.only(stage, 'crowd')
      assert.are.equal('done', shown.state)
      local first_end, last_start = '9', '0' -- of the first three
      for i = 1, 3 do
        local item = journey.step(shown, 'all/' .. i)
        if item.ended_at < first_end then first_end = item.ended_at end
        if item.started_at > last_start then last_start = item.started_at end
      end
      assert.is_true(last_start < first_end)
      for i = 4, 5 do assert.is_true(journey.step(shown, 'all/' .. i).started_at >= first_end) end
      assert.are.same({ 'item a', 'item b', 'item c', 'item d', 'item e', 'last item e' }, journey.sorted_notes(stage))
    end)
  end)

  it('repeats no item after SIGKILL', function()
    local faults = { journey.slow('create_note', { 2, 3 }, LATE_MS) }
    local steps = STEPS:gsub('%${steps.all}', 'after')
    journey.on_stage({ crowd = steps }, { faults = faults }, function(stage)
      journey.send(stage, 'crowd', { items = { 'a', 'b', 'c', 'd', 'e' } })
      -- Two of three places are held up; the third takes what is left.
      stage.wait_for('all notes but one answered', 60000, function() return #journey.notes(stage) == 5 end)
      journey.crash(stage)
      assert.are.equal('done', journey.only(stage, 'crowd').state)
      assert.are.same({ 'after', 'item a', 'item b', 'item c', 'item d', 'item e' }, journey.sorted_notes(stage))
    end)
  end)
end)

describe('a do group', function()
  local STEPS = '  - step: per_item\n    each: = event.items\n    do:\n'
    .. inner(note('first', 'first ${item}') .. note('second', 'second ${item} after ${steps.first.note.body}'))

  local function notes_of(...)
    local notes = {}
    for _, item in ipairs { ... } do
      notes[#notes + 1] = 'first ' .. item
      notes[#notes + 1] = ('second %s after first %s'):format(item, item)
    end
    return notes
  end

  it('does its steps for each item', function()
    journey.on_stage({ group = STEPS }, nil, function(stage)
      journey.send(stage, 'group', { items = { 'a', 'b' } })
      assert.are.equal('done', journey.only(stage, 'group').state)
      assert.are.same(notes_of('a', 'b'), journey.notes(stage))
    end)
  end)

  it('goes on in the middle of an item after SIGKILL', function()
    journey.on_stage({ group = STEPS }, { faults = { journey.slow('create_note', 3, LATE_MS) } }, function(stage)
      journey.send(stage, 'group', { items = { 'a', 'b', 'c' } })
      journey.await_note(stage, 'first b')
      journey.crash(stage)
      assert.are.equal('done', journey.only(stage, 'group').state)
      assert.are.same(notes_of('a', 'b', 'c'), journey.notes(stage))
    end)
  end)

  it('is left out as a whole by its if, and fails as a whole into its on_error', function()
    local steps = '  - step: left_out\n    if: = false\n    do:\n' .. inner(note('never', 'never'))
      .. '  - step: tried\n    on_error: continue\n    do:\n' .. inner(journey.WRONG .. note('skipped', 'skipped'))
      .. note('after', 'after')
    journey.on_stage({ group = steps }, nil, function(stage)
      journey.send(stage, 'group')
      assert.are.equal('done', journey.only(stage, 'group').state)
      assert.are.same({ 'after' }, journey.notes(stage))
    end)
  end)
end)

describe('call', function()
  local CALLED = 'recipe: greet\nneeds:\n  crm: highlevel\ninputs:\n  name: { type: string, default: nobody }\ndo:\n'
    .. note('hello', 'hello ${inputs.name}') .. note('bye', 'bye ${inputs.name}')
  local STEPS = '  - step: greeting\n    call: greet\n    with: { name: = event.name }\n'
    .. note('after', 'after ${steps.greeting.hello.note.body}')

  it('runs the steps of the other recipe in this run, and has their results', function()
    journey.on_stage({ caller = STEPS }, { texts = { ['greet.yaml'] = CALLED } }, function(stage)
      journey.send(stage, 'caller', { name = 'Ada' })
      assert.are.equal('done', journey.only(stage, 'caller').state)
      assert.are.same({ 'hello Ada', 'bye Ada', 'after hello Ada' }, journey.notes(stage))
      assert.are.equal(0, #journey.runs(stage, 'greet'))
    end)
  end)

  it('goes on in the middle of the called recipe after SIGKILL', function()
    local options = { texts = { ['greet.yaml'] = CALLED }, faults = { journey.slow('create_note', 2, LATE_MS) } }
    journey.on_stage({ caller = STEPS }, options, function(stage)
      journey.send(stage, 'caller', { name = 'Ada' })
      journey.await_note(stage, 'bye Ada')
      journey.crash(stage)
      assert.are.equal('done', journey.only(stage, 'caller').state)
      assert.are.same({ 'hello Ada', 'bye Ada', 'after hello Ada' }, journey.notes(stage))
    end)
  end)
end)

describe('stop', function()
  local ENOUGH = '  - step: enough\n    stop: it is enough\n'

  local function inside(wrapper)
    return wrapper .. inner(ENOUGH .. note('never', 'never')) .. note('nor_this', 'nor this')
  end

  it('ends the run from within a group and an item, and within a called recipe only that one', function()
    local called = 'recipe: halts\nneeds:\n  crm: highlevel\ndo:\n' .. ENOUGH .. note('never', 'never')
    local recipes = {
      group = inside '  - step: wrapped\n    do:\n',
      item = inside '  - step: wrapped\n    each: = event.items\n    do:\n',
      caller = '  - step: wrapped\n    call: halts\n' .. note('behind', 'behind the call'),
    }
    journey.on_stage(recipes, { texts = { ['halts.yaml'] = called } }, function(stage)
      for name in pairs(recipes) do journey.send(stage, name, { items = { 1, 2 } }) end
      for name in pairs(recipes) do assert.are.equal('done', journey.only(stage, name).state, name) end
      assert.are.same({ 'behind the call' }, journey.notes(stage))
    end)
  end)

  it('in one branch lets the others end, and then ends the run', function()
    local steps = '  - step: both\n    parallel:\n' .. inner(ENOUGH .. note('other', 'other'))
      .. note('nor_this', 'nor this')
    journey.on_stage({ forks = steps }, nil, function(stage)
      journey.send(stage, 'forks')
      assert.are.equal('done', journey.only(stage, 'forks').state)
      assert.are.same({ 'other' }, journey.notes(stage))
    end)
  end)
end)

describe('on_error', function()
  it('of the recipe runs when a step within a group failed, also after SIGKILL within it', function()
    local steps = '  - step: wrapped\n    do:\n' .. inner(journey.WRONG)
    local top = 'on_error:\n' .. note('tell', 'failed in ${error.step}') .. note('tell_again', 'again')
    local faults = { journey.slow('create_note', 1, LATE_MS) }
    journey.on_stage({ fails = { steps, top = top } }, { faults = faults }, function(stage)
      journey.send(stage, 'fails')
      stage.wait_for('the note to be made', 60000, function() return #journey.notes(stage) == 1 end)
      journey.crash(stage)
      local shown = journey.only(stage, 'fails')
      assert.are.equal('dead', shown.state)
      assert.are.equal('not_found', shown.error.kind)
      assert.are.same({ 'failed in wrong', 'again' }, journey.notes(stage))
    end)
  end)
end)
