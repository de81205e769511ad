-- What a service refuses and what becomes of it: limits that it counts, errors that pass and errors that do not, the
-- policies of a retry, on_error, and dead letters in the hands of a person.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local stages = require 'stages'

local json = flow.json

local DOOR = '  door: { connector: webhook, verify: none }\n'
local QUICK = '{ tries: 3, first: 100ms, longest: 100ms, factor: 1, jitter: none }'

-- A recipe that runs for deliveries that name it.
local function recipe(name, steps, more)
  local head = 'recipe: %s\nneeds: { crm: highlevel, door: webhook }\nwhen: [door.received]\nif: = event.who == "%s"\n'
  return head:format(name, name) .. (more or '') .. 'do:\n' .. steps
end

local function recipes(list)
  local out = {}
  for name, parts in pairs(list) do
    local steps, more = parts, nil
    if type(parts) == 'table' then steps, more = parts[1], parts[2] end
    out[name .. '.yaml'] = recipe(name, steps, more)
  end
  return out
end

local TASK = [[
  - step: task
    use: crm.create_task
    with: { contactId: nmFmQEsNgz6AVpgLVUJ0, title: "= event.title", dueDate: "2026-12-01T09:00:00Z", completed: false }
    retry: RETRY
]]
local NOTE = [[
  - step: note
    use: crm.create_note
    with: { contactId: nmFmQEsNgz6AVpgLVUJ0, body: "= event.title" }
    retry: RETRY
]]
local READ = [[
  - step: read
    use: crm.get_contact
    with: { contactId: nmFmQEsNgz6AVpgLVUJ0 }
    retry: RETRY
]]

local function with_retry(steps, policy)
  return (steps:gsub('RETRY', policy or QUICK))
end

-- Delivers what starts that recipe; the id of its run, and the event's.
local function start(stage, name, fields)
  fields = fields or {}
  fields.who, fields.n = name, flow.host.uuid()
  fields.title = fields.title or name .. ' ' .. fields.n
  local status, answer = stage:post('door', json.encode(fields))
  assert(status == 202, json.encode(answer))
  local id
  for _, run in ipairs(stage:runs('--recipe', name)) do
    if run.event_id == answer.id then id = run.id end
  end
  return id, answer.id, fields.title
end

local function perform(stage, name, fields)
  local id, event_id, title = start(stage, name, fields)
  local run = stages.ended(stage, function(one) return one.id == id end)
  return run, flow.show(stage, id).steps, title, event_id
end

local function waits(stage, id)
  local found
  stage.wait_for('the run to wait', 60000, function()
    found = flow.show(stage, id)
    return found.state == 'waiting'
  end)
  return found
end

local function titled(stage, effect, field, title)
  return #stages.pick(stage:ledger(effect), function(entry) return entry[field] == title end)
end

-- Seconds from one date to another, of those that the engine prints.
local function seconds_between(from, to)
  local function seconds(text)
    local y, m, d, h, min, s = text:match '^(%d+)-(%d+)-(%d+)T(%d+):(%d+):(%d+)'
    return os.time { year = y, month = m, day = d, hour = h, min = min, sec = s }
  end
  return seconds(to) - seconds(from)
end

local function fault(operation, action, match)
  match = match or {}
  match.operation = operation
  return { match = match, ['do'] = action }
end

describe('a call that fails', function()
  local stage

  setup(function()
    stage = stages.open(recipes {
      read = with_retry(READ), once = with_retry(READ, 'once'),
      only = with_retry(READ, '{ tries: 3, first: 100ms, longest: 100ms, jitter: none, for: [rate_limited] }'),
      write = with_retry(TASK .. NOTE),
      bad_contact = '  - step: contact\n    use: crm.create_contact\n    with: { email: "= event.email" }\n',
      known_contact = '  - step: contact\n    use: crm.create_contact\n    with: { email: "= event.email" }\n'
        .. '    on_error:\n      - step: note\n        if: = error.kind == "duplicate"\n        use: crm.create_note\n'
        .. '        with: { contactId: = error.detail, body: "= event.title" }\n',
      go_on = with_retry(READ, 'once') .. '    on_error: continue\n' .. with_retry(NOTE),
      instead = with_retry(READ, 'once') .. '    on_error:\n      - step: tell\n        use: crm.create_note\n'
        .. '        with: { contactId: nmFmQEsNgz6AVpgLVUJ0, body: "${error.kind} ${error.status} at ${error.step}" }\n'
        .. with_retry(TASK),
      stops = with_retry(READ, 'once') .. '    on_error:\n      - step: enough\n        stop: not today\n'
        .. with_retry(TASK),
      at_last = { with_retry(READ, 'once') .. with_retry(TASK), 'on_error:\n  - step: tell\n    use: crm.create_note\n'
        .. '    with: { contactId: nmFmQEsNgz6AVpgLVUJ0, body: "failed: ${error.kind} at ${error.step}" }\n' },
    }, { connections = DOOR })
  end)
  teardown(function() stages.close(stage) end)
  after_each(function() stages.faults(stage) end)

  it('is tried again after 503', function()
    stages.faults(stage, fault('get_contact', { status = 503 }, { nth = 1 }))
    local run, steps = perform(stage, 'read')
    assert.are.equal('done', run.state)
    assert.are.equal(2, steps[1].attempts)
  end)

  it('is tried again after 503 with Retry-After', function()
    stages.faults(stage, fault('get_contact', { status = 503, retry_after = 1 }, { nth = 1 }))
    local run, steps = perform(stage, 'read')
    assert.are.equal('done', run.state)
    assert.are.equal(2, steps[1].attempts)
  end)

  it('is tried again after 429 with Retry-After, and done once', function()
    stages.faults(stage, fault('create_task', { status = 429, retry_after = 1 }, { nth = 1 }))
    local run, steps, title = perform(stage, 'write')
    assert.are.equal('done', run.state)
    assert.are.equal(2, steps[1].attempts)
    assert.are.equal(1, titled(stage, 'task_created', 'title', title))
  end)

  it('is dead when its tries are used up, and each was made', function()
    stages.faults(stage, fault('get_contact', { status = 503 }))
    local run, steps = perform(stage, 'read')
    assert.are.equal('dead', run.state)
    assert.are.equal('read', run.step)
    assert.are.equal('unavailable', run.error.kind)
    assert.are.equal(503, run.error.status)
    assert.are.equal(3, steps[1].attempts)
    assert.are.equal('failed', steps[1].state)
    assert.are.equal(3, stages.control(stage, 'faults').rules[1].fired)
    stages.faults(stage)
    perform(stage, 'read') -- an answer that is fine closes the breaker again
  end)

  it('is tried once by the policy once', function()
    stages.faults(stage, fault('get_contact', { status = 503 }))
    assert.are.equal('dead', perform(stage, 'once').state)
    assert.are.equal(1, stages.control(stage, 'faults').rules[1].fired)
  end)

  it('is tried again for the kinds of error that the policy names, and for no others', function()
    stages.faults(stage, fault('get_contact', { status = 503 }))
    assert.are.equal('dead', perform(stage, 'only').state)
    assert.are.equal(1, stages.control(stage, 'faults').rules[1].fired)
    stages.faults(stage, fault('get_contact', { status = 429, retry_after = 1 }, { nth = 1 }))
    assert.are.equal('done', perform(stage, 'only').state)
  end)

  it('goes on from the step that failed, and repeats none before it', function()
    stages.faults(stage, fault('create_note', { status = 503 }, { times = 2 }))
    local run, steps, title = perform(stage, 'write')
    assert.are.equal('done', run.state)
    assert.are.equal(1, steps[1].attempts)
    assert.are.equal(3, steps[2].attempts)
    assert.are.equal(1, titled(stage, 'task_created', 'title', title))
    assert.are.equal(1, titled(stage, 'note_created', 'body', title))
  end)

  it('is dead at once where the service refuses a field, and the message names it', function()
    local run, steps = perform(stage, 'bad_contact', { email = 'no address' })
    assert.are.equal('dead', run.state)
    assert.are.equal('invalid', run.error.kind)
    assert.are.equal(422, run.error.status)
    assert.is_truthy(run.error.message:find('email', 1, true), run.error.message)
    assert.are.equal(1, steps[1].attempts)
    assert.is_truthy(steps[1].error.answer:find('email', 1, true))
  end)

  it('is dead at once for a contact that is there already, and the detail is its id', function()
    local run, steps = perform(stage, 'bad_contact', { email = 'mina@okafor.example' })
    assert.are.equal('dead', run.state)
    assert.are.equal('duplicate', run.error.kind)
    assert.are.equal('9NkT25Vor1v4aQatFsv2', steps[1].error.detail)
    assert.are.equal(1, steps[1].attempts)
  end)

  it('lets a recipe use the id of the contact that is there already', function()
    local run, _, title = perform(stage, 'known_contact', { email = 'mina@okafor.example' })
    assert.are.equal('done', run.state)
    assert.are.equal('9NkT25Vor1v4aQatFsv2', stages.pick(stage:ledger 'note_created',
      function(entry) return entry.body == title end)[1].contactId)
  end)

  it('is passed over by on_error: continue', function()
    stages.faults(stage, fault('get_contact', { status = 503 }))
    local run, steps, title = perform(stage, 'go_on')
    assert.are.equal('done', run.state)
    assert.are.equal('failed', steps[1].state)
    assert.are.equal(json.null, run.error)
    assert.are.equal(1, titled(stage, 'note_created', 'body', title))
  end)

  it('is answered by the steps of on_error, which see the error, and the run goes on', function()
    stages.faults(stage, fault('get_contact', { status = 503 }))
    local run, _, title = perform(stage, 'instead')
    assert.are.equal('done', run.state)
    assert.are.equal(1, titled(stage, 'note_created', 'body', 'unavailable 503 at read'))
    assert.are.equal(1, titled(stage, 'task_created', 'title', title))
  end)

  it('ends the run where a step of on_error says stop', function()
    stages.faults(stage, fault('get_contact', { status = 503 }))
    local run, _, title = perform(stage, 'stops')
    assert.are.equal('done', run.state)
    assert.are.equal(0, titled(stage, 'task_created', 'title', title))
  end)

  it('is told by the recipe\'s own on_error, and the run is dead all the same', function()
    stages.faults(stage, fault('get_contact', { status = 503 }))
    local run, _, title = perform(stage, 'at_last')
    assert.are.equal('dead', run.state)
    assert.are.equal('read', run.step)
    assert.are.equal('unavailable', run.error.kind)
    assert.are.equal(1, titled(stage, 'note_created', 'body', 'failed: unavailable at read'))
    assert.are.equal(0, titled(stage, 'task_created', 'title', title))
  end)
end)

describe('a limit of the service', function()
  it('is kept to, over all runs, in every window', function()
    flow.on_stage(recipes { read = with_retry(READ) }, { connections = DOOR }, function(stage)
      stages.control(stage, 'settings', { rate_max = 5, rate_interval_ms = 500 })
      for _ = 1, 20 do start(stage, 'read') end
      for _, run in ipairs(stage:settle()) do assert.are.equal('done', run.state) end
      local rate = stages.control(stage, 'state').rate
      assert.are.equal(0, rate.refused)
      assert.is_true(rate.peak <= 5)
    end)
  end)

  it('counts per day, too: runs wait, and nothing is asked for meanwhile', function()
    flow.on_stage(recipes { read = with_retry(READ) }, { connections = DOOR }, function(stage)
      stages.control(stage, 'settings', { rate_daily_max = 1 })
      perform(stage, 'read')
      local waiting = waits(stage, (start(stage, 'read')))
      assert.are.equal('turn', waiting.error.kind)
      assert.are.equal('turn', waiting.waits[1]['for'])
      assert.are.equal('read', waiting.waits[1].step)
      assert.is_true(seconds_between(waiting.updated_at, waiting.waits[1]['until']) > 600)
      assert.are.equal(0, #waiting.steps)
      local asked = stages.control(stage, 'state').requests
      waits(stage, (start(stage, 'read')))
      assert.are.equal(asked, stages.control(stage, 'state').requests)
    end)
  end)

  it('that names a time in Retry-After is waited for, whatever the policy says', function()
    flow.on_stage(recipes { read = with_retry(READ) }, { connections = DOOR }, function(stage)
      stages.faults(stage, fault('get_contact', { status = 429, retry_after = 3600 }, { nth = 1 }))
      local waiting = waits(stage, (start(stage, 'read')))
      assert.are.equal('rate_limited', waiting.error.kind)
      assert.are.equal(429, waiting.error.status)
      assert.is_true(seconds_between(waiting.updated_at, waiting.due_at) >= 3590)
    end)
  end)

  it('of an unavailable service is waited for in the same way', function()
    flow.on_stage(recipes { read = with_retry(READ) }, { connections = DOOR }, function(stage)
      stages.faults(stage, fault('get_contact', { status = 503, retry_after = 3600 }, { nth = 1 }))
      local waiting = waits(stage, (start(stage, 'read')))
      assert.are.equal('unavailable', waiting.error.kind)
      assert.is_true(seconds_between(waiting.updated_at, waiting.due_at) >= 3590)
    end)
  end)
end)

describe('a scope that was not granted', function()
  it('is final, named, and breaks nothing else', function()
    local stage = flow.stage(recipes { write = with_retry(TASK), read = with_retry(READ) }, { connections = DOOR })
    stages.with(stage, function()
      stage:start_sandbox()
      local config = flow.host.read_file(stage:path 'ladle.yaml')
      config = config:gsub('    auth: oauth\n', '%0    redirect_uri: http://127.0.0.1/\n', 1)
      assert(flow.host.write_file(stage:path 'ladle.yaml', config))
      local query = '?response_type=code&redirect_uri=http://127.0.0.1/&scope=contacts.readonly&client_id='
      local answer = flow.host.fetch {
        url = stage.app.url .. '/oauth/chooselocation' .. query .. stage.app.client_id, timeout_ms = 60000,
      }
      stage.app.code = json.decode(answer.body).code
      stage:connect()
      stage:start_engine()
      local run, steps = perform(stage, 'write')
      assert.are.equal('dead', run.state)
      assert.are.equal('forbidden', run.error.kind)
      assert.is_truthy(run.error.message:find('needs the scope contacts.write', 1, true), run.error.message)
      assert.are.equal(1, steps[1].attempts)
      assert.are.equal(0, #stage:ledger 'token_refreshed')
      assert.are.equal('done', perform(stage, 'read').state)
    end)
  end)
end)

describe('a dead letter', function()
  local stage

  setup(function()
    stage = stages.open(recipes {
      write = with_retry(TASK .. NOTE, 'once'), other = with_retry(READ, 'once'),
      many = '  - step: notes\n    each: = event.list\n    use: crm.create_note\n'
        .. '    with: { contactId: nmFmQEsNgz6AVpgLVUJ0, body: "= item" }\n    retry: once\n',
      passed = with_retry(READ, 'once') .. '    on_error: continue\n' .. with_retry(NOTE, 'once'),
    }, { connections = DOOR })
  end)
  teardown(function() stages.close(stage) end)
  before_each(function()
    stages.faults(stage, fault('create_note', { status = 400, body = { message = 'no notes today' } }))
  end)

  local function dead_ids()
    local ids = {}
    for _, run in ipairs((stage:cli('dead', '--json'))) do ids[run.id] = run end
    return ids
  end

  it('is listed with its reason, its input and the answer', function()
    local run, steps, title = perform(stage, 'write')
    local listed = dead_ids()[run.id]
    assert.are.equal('dead', listed.state)
    assert.are.equal('note', listed.step)
    assert.are.equal('invalid', listed.error.kind)
    assert.are.equal(title, steps[2].input.body)
    assert.is_truthy(steps[2].error.answer:find('no notes today', 1, true))
  end)

  it('is one line with the others of its cause', function()
    perform(stage, 'write')
    perform(stage, 'write')
    local count = #(stage:cli('dead', '--json', '--recipe', 'write'))
    local _, code, text = stage:cli('dead', '--recipe', 'write')
    assert.are.equal(0, code)
    local lines = {}
    for line in text:gmatch '[^\n]*write[^\n]*' do lines[#lines + 1] = line end
    assert.are.equal(1, #lines)
    assert.is_truthy(lines[1]:find('%f[%d]' .. count .. '%f[%D]'), lines[1])
  end)

  it('goes on from its failed step by ladle retry, while the engine runs', function()
    local run, _, title = perform(stage, 'write')
    stages.faults(stage)
    local shown, code = stage:cli('retry', run.id, '--json')
    assert.are.equal(0, code)
    assert.are.same({ id = run.id, ok = true }, shown[1])
    local again = stages.ended(stage, function(one) return one.id == run.id and one.state ~= 'dead' end)
    assert.are.equal('done', again.state)
    assert.are.equal(json.null, again.error)
    assert.are.equal(1, titled(stage, 'task_created', 'title', title))
    assert.are.equal(1, titled(stage, 'note_created', 'body', title))
    assert.is_nil(dead_ids()[run.id])
  end)

  it('goes on with the item of a list that failed, and repeats none of the others', function()
    stages.faults(stage, fault('create_note', { status = 400 }, { nth = 2 }))
    local n = flow.host.uuid()
    local run = perform(stage, 'many', { list = { 'a ' .. n, 'b ' .. n, 'c ' .. n } })
    assert.are.equal('dead', run.state)
    assert.are.equal(0, (select(2, stage:cli('retry', run.id))))
    stages.ended(stage, function(one) return one.id == run.id and one.state == 'done' end)
    for _, item in ipairs { 'a ', 'b ', 'c ' } do
      assert.are.equal(1, titled(stage, 'note_created', 'body', item .. n))
    end
  end)

  it('does not take up again a step that failed and was passed over', function()
    stages.faults(stage, fault('get_contact', { status = 400 }), fault('create_note', { status = 400 }))
    local run = perform(stage, 'passed')
    assert.are.equal('dead', run.state)
    stages.faults(stage, fault('get_contact', { status = 400 }))
    assert.are.equal(0, (select(2, stage:cli('retry', run.id))))
    stages.ended(stage, function(one) return one.id == run.id and one.state == 'done' end)
    assert.are.equal(0, stages.control(stage, 'faults').rules[1].fired)
    assert.are.equal('failed', flow.show(stage, run.id).steps[1].state)
  end)

  it('is found by the end of its id', function()
    local run = perform(stage, 'write')
    stages.faults(stage)
    assert.are.equal(0, (select(2, stage:cli('retry', run.id:sub(-10)))))
    stages.ended(stage, function(one) return one.id == run.id and one.state == 'done' end)
  end)

  it('goes on with all others of its recipe', function()
    perform(stage, 'write')
    perform(stage, 'write')
    stages.faults(stage, fault('get_contact', { status = 400 }))
    local other = perform(stage, 'other')
    stages.faults(stage)
    local many = #(stage:cli('dead', '--json', '--recipe', 'write'))
    local shown, code = stage:cli('retry', '--all', '--recipe', 'write', '--json')
    assert.are.equal(0, code)
    assert.are.equal(many, shown[1].runs)
    stage:settle()
    local left = dead_ids()
    assert.are.equal('dead', left[other.id].state)
    left[other.id] = nil
    assert.are.same({}, left)
  end)

  it('starts afresh by ladle replay, in a new run', function()
    local run, _, title, event_id = perform(stage, 'write')
    stages.faults(stage)
    assert.are.equal(0, (select(2, stage:cli('replay', event_id))))
    local fresh = stages.ended(stage, function(one)
      return one.event_id == event_id and one.recipe == 'write' and one.id ~= run.id
    end)
    assert.are.equal('done', fresh.state)
    assert.are.equal(2, titled(stage, 'task_created', 'title', title))
    assert.are.equal(1, titled(stage, 'note_created', 'body', title))
    assert.are.equal('dead', flow.show(stage, run.id).state)
    assert.are.equal(1, flow.show(stage, event_id).replays)
  end)

  it('is all that retry takes: what is done, unknown or an event is refused', function()
    stages.faults(stage)
    local done, _, _, event_id = perform(stage, 'write')
    for _, id in ipairs { done.id, event_id, '0199f3a2-7c11-7d3e-8a54-3f1b2c4d5e6f' } do
      local shown, code = stage:cli('retry', id, '--json')
      assert.are.equal(1, code)
      assert.is_string(shown[1].error.message)
    end
    assert.are.equal(2, (select(2, stage:cli 'retry')))
    assert.are.equal(2, (select(2, stage:cli('retry', 'not-an-id'))))
  end)

  it('goes on with the recipe that it began on, or with the newest one where that is asked for', function()
    local old, newest = perform(stage, 'write'), perform(stage, 'write')
    stages.faults(stage)
    assert.are.equal(0, stage:stop_engine())
    local text = with_retry(TASK .. NOTE, 'once'):gsub('body: "= event.title"', 'body: "New ${event.title}"')
    assert(flow.host.write_file(stage:path 'recipes/write.yaml', recipe('write', text)))
    stage:start_engine()
    assert.are.equal(0, (select(2, stage:cli('retry', old.id))))
    assert.are.equal(0, (select(2, stage:cli('retry', newest.id, '--newest'))))
    stage:settle()
    local function note_of(run) return flow.show(stage, run.id).steps[2].output.note.body end
    assert.is_nil(note_of(old):match '^New ')
    assert.is_string(note_of(newest):match '^New ')
  end)
end)
