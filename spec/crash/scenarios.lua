-- What is played to every crash, as data. Of each scenario:
--   name
--   recipes         {file = text}
--   scripts         {file = text}
--   connections     a function of the sandbox's app: YAML to add to ladle.yaml
--   config(text, app)  another text for ladle.yaml
--   connect(stage)  authorises the connection, where a code given by hand is not the way
--   faults          rules for the sandbox; keeps_faults: they stay when the rest is healed
--   store           a store that an earlier release left behind, in place of an empty one
--   settings        of the sandbox, while the connection is authorised
--   agency          the connection is that of the sandbox's agency, with so many locations
--   hears_sandbox   the sandbox's own webhooks come in
--   engine_faults   armed besides the crash
--   before(case)    the steps of a life before, in which nothing goes wrong
--   victim          the command (by its name in act) that dies, in place of the engine
--   act(case)       the steps, which may be played again (case.lua)
--   between(case)   what happens while the engine is down
--   effects, runs   what must stand in the sandbox's ledger and in the store at the end, exactly; with is_open it
--                   depends on the moment of the crash, and check says what must hold; with may_repeat the effects are
--                   the least that must be there, and may stand there several times
--   check(case)     anything else: what is wrong, or nil

local dates = require 'dates'
local host = require 'host'
local json = require 'json'

local JOHN, RUBIKA, MINA, TOMAS = 'nmFmQEsNgz6AVpgLVUJ0', 'CWBf1PR9LvvBkcYqiXlc', '9NkT25Vor1v4aQatFsv2',
  'ocQHyuzHvysMo5N5VsXc'
local CREATED = 'highlevel/contact_created'

local function recipe(body, options)
  options = options or {}
  local head = ('recipe: %s\nsummary: A test\nneeds:\n  crm: highlevel\n%swhen:\n  - crm.%s\n%s')
    :format(options.name or 'tested', options.needs or '', options.when or 'contact_created', options.head or '')
  return head .. 'do:\n' .. body
end

local QUICK = '    retry: { tries: 6, first: 200ms, longest: 400ms, jitter: none }\n'

local TASK = [[
  - step: task
    use: crm.create_task
    with: { contactId: = event.id, title: "Call ${event.firstName}", dueDate: "2026-12-01T09:00:00Z",
      completed: false }
]] .. QUICK
local NOTE = [[
  - step: note
    use: crm.create_note
    with: { contactId: = event.id, body: "Came in at ${meta.received_at} as ${meta.id}" }
]] .. QUICK
local TAG = [[
  - step: tag
    use: crm.add_tags
    with: { contactId: = event.id, tags: [called] }
]] .. QUICK
local READ = [[
  - step: read
    use: crm.get_contact
    with: { contactId: = event.id }
]] .. QUICK

local ONE_TASK = { ['a.yaml'] = recipe(TASK) }
local THREE_CALLS = { ['a.yaml'] = recipe(TASK .. NOTE .. TAG) }

-- A rule for the sandbox: what it does at the n-th call of an operation.
local function fault(operation, nth, action)
  return { match = { operation = operation, nth = nth }, ['do'] = action }
end

local function one_event(case)
  case:deliver('a', CREATED)
  case:await_end(1)
end

local function shipped(...)
  local recipes = {}
  for _, name in ipairs(host.embedded_names 'recipes/maps/') do
    recipes[name:sub(#'recipes/' + 1)] = host.embedded(name)
  end
  for _, name in ipairs { ... } do recipes[name .. '.yaml'] = assert(host.embedded('recipes/' .. name .. '.yaml'),
    name) end
  return recipes
end

-- Texts of an effect in the order in which it happened, one a line.
local function in_order(case, effect, field)
  local texts = {}
  for _, entry in ipairs(case.stage:ledger(effect)) do texts[#texts + 1] = tostring(entry[field]) end
  return table.concat(texts, '\n')
end

local function records(case, kind)
  return (case.stage:cli('records', kind, '--json'))
end

local function expect(what, wanted, found)
  if wanted ~= found then return ('%s: %s, not %s'):format(what, tostring(found), tostring(wanted)) end
end

-- A run that waits for a new authorisation gets one, as the lost answer of a refresh cannot be had again; then it goes
-- on by itself.
local function reauthorise(case)
  case:await_end(1)
  if case:run_in 'parked' then
    case:command('connect', 'connect', 'crm', '--code', case.stage.app.codes[2])
    case:await_runs('the run to be done', function(runs) return runs[1].state == 'done' end)
  end
end

local list = {}
local function scenario(s)
  s.recipes, s.effects, s.runs = s.recipes or ONE_TASK, s.effects or {}, s.runs or { done = 1 }
  list[#list + 1] = s
end

-- In ----------------------------------------------------------------------------------------------

scenario { name = 'receive', recipes = { ['a.yaml'] = recipe(TASK, { when = 'task_created' }) }, runs = {},
  act = function(case) case:deliver('a', CREATED) end }

scenario { name = 'duplicate delivery', effects = { task_created = 1 },
  act = function(case)
    case:deliver('a', CREATED)
    for _ = 1, 3 do case:deliver_again 'a' end
    case:await_end(1)
  end }

scenario { name = 'delivery while the store is full', effects = { task_created = 2 }, runs = { done = 2 },
  engine_faults = 'store.commit_full=fail@8,store.commit_full=fail@9,store.commit_full=fail@11,'
    .. 'store.commit_full=fail@14', -- the first seven are the start's, which must succeed
  act = function(case)
    case:deliver('a', CREATED)
    case:deliver('b', CREATED, { id = RUBIKA, firstName = 'Rubika' })
    case:await_end(2)
  end }

scenario { name = 'burst', effects = { note_created = 12 }, runs = { done = 12 },
  recipes = { ['a.yaml'] = recipe(NOTE) },
  act = function(case)
    for i = 1, 12 do case:deliver('burst ' .. i, CREATED, { id = i % 2 == 0 and JOHN or MINA }) end
    case:await_end(12)
  end }

scenario { name = 'two recipes for one event', effects = { task_created = 1, note_created = 1 }, runs = { done = 2 },
  recipes = { ['a.yaml'] = recipe(TASK), ['b.yaml'] = recipe(NOTE, { name = 'other' }) },
  act = function(case)
    case:deliver('a', CREATED)
    case:await_end(2)
  end }

scenario { name = 'skipped', recipes = { ['a.yaml'] = recipe(TASK, { head = 'if: = event.id == "nobody"\n' }) },
  runs = { skipped = 1 }, act = one_event }

scenario { name = 'new lead from the service', recipes = shipped 'new-lead-follow-up', hears_sandbox = true,
  effects = { contact_created = 1, task_created = 1 },
  act = function(case)
    case:once('lead', function()
      local app = case.stage.app
      local lead = { locationId = app.location, firstName = 'Ada', email = 'ada.brook@example.com',
        tags = json.array { 'lead' } }
      local answer = host.fetch {
        method = 'POST', url = app.url .. '/contacts/', body = json.encode(lead), timeout_ms = 60000,
        headers = { Authorization = 'Bearer ' .. app.token, Version = '2021-07-28',
          ['Content-Type'] = 'application/json' },
      }
      assert(answer and answer.status == 201, 'the sandbox did not take a contact')
    end)
    case:await_end(1)
  end,
  check = function(case) return expect('tasks in the workspace', 1, #records(case, 'tasks')) end }

scenario { name = 'calculator submission', recipes = shipped 'quote-to-contact',
  effects = { contact_created = 1, note_created = 1, task_created = 1 },
  act = function(case)
    case:deliver('quote', 'convertcalculator/submission_received')
    case:await_end(1)
  end,
  check = function(case) return expect('submissions in the workspace', 1, #records(case, 'submissions')) end }

-- Steps -------------------------------------------------------------------------------------------

scenario { name = 'one call', effects = { task_created = 1 }, act = one_event }

scenario { name = 'three calls', recipes = THREE_CALLS, effects = { task_created = 1, note_created = 1,
  tags_added = 1 },
  act = one_event }

-- The same moment in every attempt: else the note that an earlier one wrote is not found again.
scenario { name = 'now in a note', effects = { note_created = 1 },
  recipes = { ['a.yaml'] = recipe((NOTE:gsub('Came in.-"', 'Written at ${now}"'))) }, act = one_event }

scenario { name = 'script with two calls', effects = { note_created = 1, task_created = 1 },
  recipes = { ['a.yaml'] = recipe('  - step: both\n    use: scripts.both\n    with: { contactId: = event.id }\n'
    .. QUICK) },
  scripts = { ['both.lua'] = [[
return {
  name = 'both', summary = 'A note and a task', input = { contactId = { 'string' } },
    output = { task = { 'object' } },
  run = function(ctx, input)
    local note = ctx.crm:create_note { contactId = input.contactId, body = 'From a script' }.note
    return { task = ctx.crm:create_task { contactId = input.contactId, title = 'About ' .. note.id,
                                          dueDate = '2026-12-01T09:00:00Z', completed = false }.task }
  end,
}
]] }, act = one_event }

scenario { name = 'each item of a list', effects = { note_created = 3 },
  recipes = { ['a.yaml'] = recipe([[
  - step: notes
    use: crm.create_note
    each: = { "one", "two", "three" }
    with: { contactId: = event.id, body: "Item ${item}" }
]] .. QUICK) }, act = one_event,
  check = function(case) return expect('order', 'Item one\nItem two\nItem three', in_order(case, 'note_created',
    'body')) end }

scenario { name = 'each item of pages', effects = { note_created = 4 },
  recipes = { ['a.yaml'] = recipe([[
  - step: notes
    use: crm.create_note
    each: = pages(crm.get_contacts, { limit = 2 })
    with: { contactId: = item.id, body: "Item ${item.id}" }
]] .. QUICK) }, act = one_event }

scenario { name = 'an operation of several calls', effects = { contact_created = 1, note_created = 1 },
  recipes = { ['a.yaml'] = recipe([[
  - step: make
    use: crm.create_contact
    with: { email: "made@example.com", customFields: { Roof area: 12 }, on_duplicate: use, verify: true }
]] .. QUICK .. [[
  - step: note
    use: crm.create_note
    with: { contactId: = steps.make.contact.id, body: Made }
]] .. QUICK) }, act = one_event }

scenario { name = 'stop', effects = { task_created = 1 },
  recipes = { ['a.yaml'] = recipe(TASK .. '  - step: over\n    stop: that was all\n' .. NOTE) }, act = one_event }

scenario { name = 'records', recipes = shipped 'contact-sync', effects = {},
  act = function(case)
    case:deliver('a', CREATED, { id = RUBIKA })
    case:await_end(1)
  end,
  check = function(case)
    return expect('contacts in the workspace', 1, #records(case, 'contacts'))
      or expect('versions of it', 1, records(case, 'contacts')[1].version)
  end }

scenario { name = 'activity to note', recipes = shipped 'note-push', effects = { note_created = 1 },
  act = function(case)
    case:command('activity', 'records', 'add', 'activity', '--contact', RUBIKA, '--text', 'Called about the roof')
    case:await_end(1)
  end }

-- Errors ------------------------------------------------------------------------------------------

local REFUSED = [[
  - step: broken
    use: crm.get_contact
    with: { contactId: nobody-has-this-id }
    on_error: %s]]

scenario { name = 'on_error continue', effects = { task_created = 1 },
  recipes = { ['a.yaml'] = recipe(REFUSED:format 'continue\n' .. TASK) }, act = one_event }

scenario { name = 'on_error steps', effects = { note_created = 1, task_created = 1 },
  recipes = { ['a.yaml'] = recipe(REFUSED:format '\n' .. (NOTE:gsub('([^\n]+)', '    %1')) .. TASK) },
    act = one_event }

scenario { name = 'dead by a final error', effects = { task_created = 1 }, runs = { dead = 1 },
  recipes = { ['a.yaml'] = recipe(TASK .. REFUSED:format 'fail\n') }, act = one_event }

scenario { name = 'dead by the last try', runs = { dead = 1 },
  recipes = { ['a.yaml'] = recipe((READ:gsub('tries: 6', 'tries: 3'))) },
  faults = { { match = { operation = 'get_contact' }, ['do'] = { status = 503 } } },
  act = function(case)
    case:deliver('a', CREATED)
    case:await_end(1)
  end,
  keeps_faults = true }

-- Retries -----------------------------------------------------------------------------------------

scenario { name = 'retry after 503', effects = { task_created = 1 }, faults = { fault('create_task', { 1, 2 },
  { status = 503 }) },
  act = one_event }

scenario { name = 'retry after 429', effects = { task_created = 1, note_created = 1 },
  recipes = { ['a.yaml'] = recipe(TASK .. NOTE) },
  faults = { fault('create_note', 1, { status = 429, retry_after = 1 }) }, act = one_event }

scenario { name = 'retry after a timeout', effects = { task_created = 1 },
  recipes = { ['a.yaml'] = recipe(READ .. '    timeout: 300ms\n' .. TASK) },
  faults = { fault('get_contact', 1, { delay_ms = 900 }) }, act = one_event }

scenario { name = 'retry of a dead run', effects = { task_created = 1 },
  recipes = { ['a.yaml'] = recipe((TASK:gsub('tries: 6', 'tries: 1'))) },
  faults = { fault('create_task', 1, { status = 503 }) },
  act = function(case)
    case:deliver('a', CREATED)
    case:await_end(1)
    local dead = case:run_in 'dead'
    if dead then case:command('retry', 'retry', dead) end
    case:await_runs('the run to be done', function(runs) return runs[1].state == 'done' end)
  end }

-- Tokens ------------------------------------------------------------------------------------------

-- Of a token that lives for a second.
local function await_expiry(case)
  local began_ms = host.now_ms()
  case:await('the token to expire', function() return host.now_ms() - began_ms > 1000 end)
end

local function was_refreshed(case)
  return expect('a refresh', true, case:count 'token_refreshed' > 0)
end

scenario { name = 'refresh of an expired token', effects = { task_created = 1 }, settings = { access_token_s = 1 },
  act = function(case)
    await_expiry(case)
    case:deliver('a', CREATED)
    reauthorise(case)
  end,
  check = was_refreshed }

scenario { name = 'refresh after 401', effects = { task_created = 1, note_created = 1 },
  recipes = { ['a.yaml'] = recipe(TASK .. NOTE) },
  faults = { fault('create_note', 1, { expire_token = true }) },
  act = function(case)
    case:deliver('a', CREATED)
    reauthorise(case)
  end }

-- Unknown outcome ---------------------------------------------------------------------------------

scenario { name = 'answer lost after the effect', effects = { task_created = 1, note_created = 1 },
  recipes = { ['a.yaml'] = recipe(TASK .. NOTE) }, faults = { fault('create_task', 1, { lose_answer = true }) },
    act = one_event }

scenario { name = 'connection lost before the effect', effects = { task_created = 1 },
  faults = { fault('create_task', 1, { reset = true }) }, act = one_event }

-- As late as the stage says that the service lists may lag.
scenario { name = 'an effect that shows late', effects = { task_created = 1, note_created = 1 },
  recipes = { ['a.yaml'] = recipe(TASK .. NOTE) }, act = one_event, faults = {
    fault('create_task', 1, { lose_answer = true, show_late_ms = 700 }),
    fault('create_note', 1, { lose_answer = true, show_late_ms = 400 }),
  } }

scenario { name = 'texts that come back changed', effects = { task_created = 1, note_created = 1 },
  recipes = { ['a.yaml'] = recipe(TASK .. NOTE) }, act = one_event, faults = {
    fault('create_task', 1, { lose_answer = true, given_back = 'html' }),
    fault('create_note', 1, { lose_answer = true, given_back = 'entities' }),
  } }

scenario { name = 'answer too late', effects = { task_created = 1 },
  recipes = { ['a.yaml'] = recipe(TASK .. '    timeout: 300ms\n') },
  faults = { fault('create_task', 1, { delay_ms = 900 }) }, act = one_event }

-- A POST of the http connector, of which nothing tells whether it took effect; `more` is a line of the step.
local function posts(more)
  return { ['a.yaml'] = recipe([[
  - step: post
    use: shop.post
    with:
      url: /contacts/nmFmQEsNgz6AVpgLVUJ0/notes
      json: { body: "From the shop" }
]] .. more, { needs = '  shop: http\n' }) }
end

local function shop(app)
  return ([[
  shop:
    connector: http
    base_url: %s
    allow_private: true
    headers: { Authorization: "Bearer %s", Version: "2021-07-28" }
]]):format(app.url, app.token)
end

-- A person says that it did not take effect.
scenario { name = 'parked without a probe', effects = { note_created = 1 },
  recipes = posts '    retry: { tries: 2, first: 200ms, longest: 200ms, jitter: none }\n', connections = shop,
  faults = { fault('create_note', 1, { reset = true }) },
  act = function(case)
    case:deliver('a', CREATED)
    case:await_end(1)
    local parked = case:run_in 'parked'
    local name = case.is_second and 'resolve again' or 'resolve'
    if parked then case:command(name, 'resolve', parked, '--as',
      case:count 'note_created' > 0 and 'done' or 'not-done') end
    case:await_runs('the run to be done', function(runs) return runs[1].state == 'done' end)
  end }

-- Its author says that doing it twice does no harm: it is never parked, and never left out.
scenario { name = 'sent again without a probe', effects = { note_created = 1 }, may_repeat = true,
  recipes = posts(QUICK .. '    on_unknown: again\n'), connections = shop,
  faults = { fault('create_note', 1, { lose_answer = true }), fault('create_note', 2, { status = 500 }) },
  act = one_event }

-- Order -------------------------------------------------------------------------------------------

scenario { name = 'keyed runs in order', effects = { note_created = 4 }, runs = { done = 4 },
  recipes = { ['a.yaml'] = recipe([[
  - step: read
    use: crm.get_contact
    with: { contactId: = event.id }
  - step: note
    use: crm.create_note
    with: { contactId: = event.id, body: "Number ${event.number}" }
]], { head = 'key: = event.id\n' }) },
  faults = { fault('get_contact', 1, { delay_ms = 150 }) },
  act = function(case)
    for i = 1, 4 do case:deliver('number ' .. i, CREATED, { number = i }) end
    case:await_end(4)
  end,
  check = function(case)
    return expect('order', 'Number 1\nNumber 2\nNumber 3\nNumber 4', in_order(case, 'note_created', 'body'))
  end }

scenario { name = 'keys side by side', effects = { task_created = 4 }, runs = { done = 4 },
  recipes = { ['a.yaml'] = recipe(TASK, { head = 'key: = event.id\n' }) },
  act = function(case)
    for i, id in ipairs { JOHN, RUBIKA, MINA, TOMAS } do case:deliver('key ' .. i, CREATED, { id = id }) end
    case:await_end(4)
  end }

-- Flow --------------------------------------------------------------------------------------------

local function note(name, body, indent)
  local step = '  - step: %s\n    use: crm.create_note\n    with: { contactId: = event.id, body: "%s" }\n%s'
  local text = step:format(name, body, QUICK)
  return (text:gsub('([^\n]+)', (' '):rep(indent or 0) .. '%1'))
end

local function notes(body)
  return function(case) return expect('notes', body, in_order(case, 'note_created', 'body')) end
end

-- The same whatever the order.
local function same_notes(body)
  return function(case)
    local found = {}
    for text in (in_order(case, 'note_created', 'body') .. '\n'):gmatch '([^\n]*)\n' do found[#found + 1] = text end
    table.sort(found)
    return expect('notes', body, table.concat(found, '\n'))
  end
end

scenario { name = 'wait', effects = { note_created = 2 }, act = one_event, check = notes 'before\nafter',
  recipes = { ['a.yaml'] = recipe(note('before', 'before') .. '  - step: pause\n    wait: 500 ms\n' .. note('after',
    'after')) } }

-- Long enough that the run is put away and claimed again.
scenario { name = 'wait for a day that is cut short', effects = { note_created = 1 }, runs = { cancelled = 1 },
  check = notes 'before',
  recipes = { ['a.yaml'] = recipe(note('before', 'before') .. '  - step: pause\n    wait: 1 day\n' .. note('after',
    'after')) },
  act = function(case)
    case:deliver('a', CREATED)
    case:await_runs('the run to wait', function(runs) return runs[1].state == 'waiting'
      or runs[1].state == 'cancelled' end)
    if case:run_in 'waiting' then case:command('cancel', 'cancel', case:run_in 'waiting') end
    case:await_end(1)
  end }

local WAITS_FOR = '  - step: booked\n    wait_for: crm.note_deleted\n    with: { id: note-1 }\n    timeout: %s\n%s'

scenario { name = 'wait_for', effects = { note_created = 1 }, check = notes 'deleted note-1',
  recipes = { ['a.yaml'] = recipe(WAITS_FOR:format('1 h', '') .. note('after', 'deleted ${steps.booked.id}')) },
  act = function(case)
    case:deliver('a', CREATED)
    case:await_runs('the run to wait', function(runs) return runs[1].state == 'waiting'
      or runs[1].state == 'done' end)
    case:deliver('other', 'highlevel/note_deleted', { id = 'note-2' })
    case:deliver('wanted', 'highlevel/note_deleted', { id = 'note-1' })
    case:deliver_again 'wanted'
    case:await_end(1)
  end }

scenario { name = 'wait_for that times out', effects = { note_created = 1 }, check = notes 'nobody came',
  act = one_event,
  recipes = { ['a.yaml'] = recipe(WAITS_FOR:format('500 ms', '    on_error:\n' .. note('none', 'nobody came', 4))) } }

scenario { name = 'parallel branches', effects = { note_created = 3 }, check = same_notes 'after\nleft\nright',
  act = one_event,
  recipes = { ['a.yaml'] = recipe('  - step: both\n    parallel:\n' .. note('left', 'left', 4) .. note('right',
    'right', 4)
    .. note('after', 'after')) } }

scenario { name = 'a list with several items at once', effects = { note_created = 4 },
  check = same_notes 'item 1\nitem 2\nitem 3\nitem 4',
  recipes = { ['a.yaml'] = recipe([[
  - step: notes
    use: crm.create_note
    each: = { 1, 2, 3, 4 }
    parallel: 2
    with: { contactId: = event.id, body: "item ${item}" }
]] .. QUICK) }, act = one_event }

scenario { name = 'a group for each item', effects = { note_created = 4 }, check = notes 'one 1\ntwo 1\none 2\ntwo 2',
  recipes = { ['a.yaml'] = recipe('  - step: group\n    each: = { 1, 2 }\n    do:\n' .. note('first', 'one ${item}',
    4)
    .. note('second', 'two ${item}', 4)) }, act = one_event }

scenario { name = 'call of another recipe', effects = { note_created = 2 }, check = notes 'inner 7\nouter',
  recipes = {
    ['a.yaml'] = recipe('  - step: called\n    call: inner\n    with: { number: 7 }\n' .. note('after', 'outer')),
    ['b.yaml'] = 'recipe: inner\nsummary: A test\nneeds:\n  crm: highlevel\ninputs:\n  number: { type: integer }\ndo:\n'
      .. note('within', 'inner ${inputs.number}'),
  }, act = one_event }

-- Many --------------------------------------------------------------------------------------------

-- Four contacts on two pages: each is met once, whatever page or item the engine dies at.
scenario { name = 'pages', effects = { note_created = 4 },
  recipes = { ['a.yaml'] = recipe([[
  - step: visit
    each: = pages(crm.search_contacts_advanced,
      { pageLimit = 2, sort = { { field = "dateAdded", direction = "asc" } } })
    use: crm.create_note
    with: { contactId: = item.id, body: "${item.email}" }
]] .. QUICK) }, act = one_event }

-- The contact of the task is fetched before the step that names it.
scenario { name = 'an event that lacks a field', effects = { note_created = 1 }, check = notes 'task: Ask for the size',
  recipes = { ['a.yaml'] = recipe([[
  - step: note
    use: crm.create_note
    with: { contactId: = event.contactId, body: "task: ${event.body}" }
]] .. QUICK, { when = 'task_created' }) },
  act = function(case)
    case:deliver('a', 'highlevel/task_created', { id = 'lJpzYrWdpkC2hX6t2yue', title = 'Call back',
                                                  contactId = json.null, body = json.null })
    case:await_end(1)
  end }

-- One operation of several calls: each is done once, and what was looked up is not looked up otherwise.
local WRITTEN = ([[
  - step: made
    use: crm.create_contact
    with:
      firstName: Ada
      email: %s
      on_duplicate: update
      customFields: { Roof area: 120 }
      verify: true
]] .. QUICK .. [[
  - step: note
    use: crm.create_note
    with: { contactId: = steps.made.contact.id, body: "known: ${steps.made.duplicate}" }
]] .. QUICK)

scenario { name = 'a contact made by several calls', effects = { contact_created = 1, note_created = 1 },
  recipes = { ['a.yaml'] = recipe(WRITTEN:format 'ada.brook@example.com') }, act = one_event }

scenario { name = 'a contact that is there already', effects = { note_created = 1 }, check = notes 'known: true',
  recipes = { ['a.yaml'] = recipe(WRITTEN:format 'JohnDeo@gmail.comm') }, act = one_event }

-- Each location gets its token from the agency's, and each event goes to its location.
scenario { name = 'agency', agency = 2, effects = { contact_created = 2, note_created = 2 }, runs = { done = 2 },
  recipes = { ['a.yaml'] = recipe([[
  - step: made
    use: crm.create_contact
    with: { firstName: = "At " .. meta.location, email: = event.email }
]] .. QUICK .. [[
  - step: note
    use: crm.create_note
    with: { contactId: = steps.made.contact.id, body: "At ${meta.location}" }
]] .. QUICK) },
  act = function(case)
    for i, location in ipairs { 'loc-0001', 'loc-0002' } do
      case:deliver(location, CREATED, { locationId = location, email = ('n%d@example.com'):format(i) })
    end
    case:await_end(2)
  end,
  check = function(case)
    local places = {}
    for _, entry in ipairs(case.stage:ledger 'contact_created') do places[#places + 1] = entry.locationId end
    table.sort(places)
    return expect('locations', 'loc-0001 loc-0002', table.concat(places, ' '))
  end }

-- Modes -------------------------------------------------------------------------------------------

local NUMBERED = note('note', 'number ${event.number}')

-- From the first event to the last, in microseconds.
local function spread(case)
  local first, last = math.maxinteger, math.mininteger
  for _, event in ipairs(case.stage:events()) do
    local at = dates.parse(event.received_at)
    first, last = math.min(first, at), math.max(last, at)
  end
  return last - first
end

-- What comes while the first run is held back is folded into one. Where the engine was gone for longer than that, a
-- later event begins a burst of its own.
scenario { name = 'settle', is_open = true,
  recipes = { ['a.yaml'] = recipe(NUMBERED, { head = 'key: = event.id\nsettle: 2s\n' }) },
  act = function(case)
    for i = 1, 3 do case:deliver('number ' .. i, CREATED, { number = i }) end
    case:await_end(3)
  end,
  check = function(case)
    local done = #case.stage:runs('--state', 'done')
    return expect('runs that ended', 3, done + #case.stage:runs('--state', 'skipped'))
      or expect('notes for runs that are done', done, case:count 'note_created')
      or expect('the last note', 'number 3', (in_order(case, 'note_created', 'body'):match '[^\n]+$'))
      or expect('one run for a burst', true, done == 1 or spread(case) >= 2000000)
  end }

-- The first one is held up by its answer, so that the others come while it goes on.
local HELD_UP = { fault('get_contact', 1, { delay_ms = 700 }) }

scenario { name = 'mode drop', faults = HELD_UP,
  recipes = { ['a.yaml'] = recipe(READ .. NUMBERED, { head = 'key: = event.id\nmode: drop\n' }) },
  is_open = true,
  act = function(case)
    for i = 1, 3 do case:deliver('number ' .. i, CREATED, { number = i }) end
    case:await_end(3)
  end,
  check = function(case)
    return expect('notes for runs that are done', #case.stage:runs('--state', 'done'), case:count 'note_created')
      or expect('the first note', 'number 1', (in_order(case, 'note_created', 'body'):match '^[^\n]+'))
  end }

scenario { name = 'mode latest', faults = HELD_UP,
  recipes = { ['a.yaml'] = recipe(READ .. NUMBERED, { head = 'key: = event.id\nmode: latest\n' }) },
  is_open = true,
  act = function(case)
    for i = 1, 3 do case:deliver('number ' .. i, CREATED, { number = i }) end
    case:await_end(3)
  end,
  check = function(case)
    return expect('notes for runs that are done', #case.stage:runs('--state', 'done'), case:count 'note_created')
      or expect('the last note', 'number 3', (in_order(case, 'note_created', 'body'):match '[^\n]+$'))
  end }

-- People ------------------------------------------------------------------------------------------

scenario { name = 'replay', effects = { note_created = 2 }, runs = { done = 2 },
  recipes = { ['a.yaml'] = recipe((NOTE:gsub('Came in.-"', 'Run at ${now}"'))) },
  act = function(case)
    case:deliver('a', CREATED)
    case:await_end(1)
    case:command('replay', 'replay', case.acknowledged.a)
    case:await_end(2)
  end }

scenario { name = 'cancel in flight', is_open = true, keeps_faults = true,
  recipes = { ['a.yaml'] = recipe(READ .. NOTE, { head = 'key: = event.id\n' }) },
  faults = { { match = { operation = 'get_contact' }, ['do'] = { delay_ms = 3000 } } },
  act = function(case)
    case:deliver('first', CREATED)
    if not case.done.cancel then
      local first = case:await_runs('the run', function(runs) return #runs == 1 end)[1]
      case:command('cancel', 'cancel', first.id)
    end
    case:deliver('second', CREATED)
    case:await_end(2)
  end,
  check = function(case)
    return expect('runs that are done', 1, #case.stage:runs('--state', 'done'))
      or expect('notes of the second', 1, case:count 'note_created')
  end }

local function fails_once(name)
  return ('  - step: %s\n    use: crm.create_note\n    with: { contactId: %s, body: %s }\n    retry: once\n')
    :format(name, JOHN, name)
end

-- Three notes side by side that are refused, then done by one retry.
scenario { name = 'retry of failed branches', effects = { note_created = 3 },
  recipes = { ['a.yaml'] = recipe('  - step: all\n    parallel:\n'
    .. (fails_once 'left' .. fails_once 'middle' .. fails_once 'right'):gsub('([^\n]+\n)', '    %1')) },
  faults = { fault('create_note', { 1, 2, 3 }, { status = 400 }) },
  act = function(case)
    case:deliver('a', CREATED)
    case:await_end(1)
    local dead = case:run_in 'dead'
    if dead then case:command('retry', 'retry', dead) end
    case:await_runs('the run to be done', function(runs) return runs[1].state == 'done' end)
  end }

scenario { name = 'retry of all that is dead', effects = { task_created = 2 }, runs = { done = 2 },
  recipes = { ['a.yaml'] = recipe((TASK:gsub('tries: 6', 'tries: 1'))) },
  faults = { fault('create_task', { 1, 2 }, { status = 503 }) },
  act = function(case)
    case:deliver('a', CREATED)
    case:deliver('b', CREATED, { id = RUBIKA })
    case:await_end(2)
    if case:run_in 'dead' then case:command('retry', 'retry', '--all') end
    case:await_runs('the runs to be done', function(runs) return #runs == 2 and not case:run_in 'dead' end)
    case:await_end(2)
  end }

-- A recipe that is told of another one's dead run.
scenario { name = 'told of a dead run', effects = { note_created = 1 }, runs = { dead = 1, done = 1 },
  recipes = {
    ['a.yaml'] = recipe(REFUSED:format 'fail\n'),
    ['b.yaml'] = 'recipe: told\nsummary: A test\nneeds:\n  crm: highlevel\nwhen:\n  - ladle.run_dead\ndo:\n'
      .. '  - step: note\n    use: crm.create_note\n    with: { contactId: ' .. JOHN
        .. ', body: "${event.run.recipe} is dead" }\n' .. QUICK,
  },
  act = function(case)
    case:deliver('a', CREATED)
    case:await_end(2)
  end, check = notes 'tested is dead' }

-- Stop and start ----------------------------------------------------------------------------------

scenario { name = 'shutdown in flight', recipes = THREE_CALLS, effects = { task_created = 1, note_created = 1,
  tags_added = 1 },
  faults = { fault('create_note', 1, { delay_ms = 300 }) },
  act = function(case)
    case:deliver('a', CREATED)
    case:await('the task', function() return case:count 'task_created' == 1 end)
    if case.is_second then case:await_end(1) end
  end }

local function versioned(n)
  return recipe(([[
  - step: task
    use: crm.create_task
    with: { contactId: = event.id, title: "By version %d", dueDate: "2026-12-01T09:00:00Z", completed: false }
  - step: note
    use: crm.create_note
    with: { contactId: = event.id, body: "By version %d" }
]]):format(n, n))
end

scenario { name = 'recipe change', recipes = { ['a.yaml'] = versioned(1) }, effects = { task_created = 1,
  note_created = 1 },
  act = one_event,
  between = function(case) case:rewrite('a.yaml', versioned(2)) end,
  check = function(case)
    return expect('version of the note', in_order(case, 'task_created', 'title'), in_order(case, 'note_created',
      'body'))
  end }

-- Migration ---------------------------------------------------------------------------------------

-- The run of these stores (flow/migrate_spec.lua) waits for a try in the year 2099. The file of before the migration
-- is kept, but for SQLite's header of 100 bytes.
local function migrated(version)
  local path = ('spec/flow/stores/version-%d.db'):format(version)
  local inbox = '  shop: { connector: http, base_url: %s, allow_private: true }\n'
    .. '  in_kept: { connector: webhook, verify: none }\n'

  local function steps_of(case)
    local states = {}
    for _, step in ipairs(case.stage:cli('show', case:run_in 'waiting', '--json')[1].steps) do
      states[#states + 1] = step.name .. ' ' .. step.state
    end
    return table.concat(states, ', ')
  end

  scenario { name = 'migrate from version ' .. version, store = path, runs = { waiting = 1 },
    recipes = { ['a.yaml'] = recipe(NOTE, { name = 'kept', needs = '  shop: http\n' }) },
    connections = function(app) return inbox:format(app.url) end,
    act = function(case)
      case:once('duplicate', function()
        case.answered = case:await('an answer', function()
          local status = case.stage:post('in_kept', '{"n":"one"}')
          return status ~= 503 and status
        end)
      end)
    end,
    check = function(case)
      local copy, old = host.read_file(case.stage:path('data/ladle.db.v' .. version)) or '', host.read_file(path)
      return expect('answer to the duplicate', 200, case.answered)
        or expect('steps', 'first done, order waiting', steps_of(case))
        or expect('activities', 1, #records(case, 'activities'))
        or expect('the copy as it was', true, copy:sub(101) == old:sub(101))
        or expect('half a copy', nil, host.stat(case.stage:path('data/ladle.db.v' .. version .. '.part')))
    end }
end
migrated(1)
migrated(2)

-- Schedules ---------------------------------------------------------------------------------------

local function timed(words, options)
  return (recipe('  - step: note\n    use: crm.create_note\n    with: { contactId: ' .. JOHN
    .. ', body: "Due at ${event.at}" }\n' .. QUICK, options):gsub('crm%.contact_created', words))
end

-- The ledger of the schedules, oldest first.
local function occurrences(case)
  local rows = case.stage:cli('schedules', '--history', '--limit', '1000', '--json')
  table.sort(rows, function(a, b) return a.at < b.at end)
  return rows
end

-- What is wrong with the ledger: a row for each second but for the first, each with a run and a note of its own.
local function ledger_problem(case)
  local rows, seen = occurrences(case), {}
  for i, row in ipairs(rows) do
    if i > 1 and dates.parse(row.at) - dates.parse(rows[i - 1].at) ~= case.step_us then
      return ('no row between %s and %s'):format(rows[i - 1].at, row.at)
    end
    if row.state == 'skipped' then return row.at .. ' was skipped: ' .. tostring(row.why) end
    if seen[row.run] then return 'two occurrences have one run' end
    seen[row.run] = true
  end
  for _, run in ipairs(case:runs()) do
    if not seen[run.id] then return 'a run has no occurrence' end
    if run.state ~= 'done' then return 'a run is ' .. run.state end
  end
  return expect('notes', #rows, case:count 'note_created')
end

-- It comes each second for three seconds, whatever happens.
scenario { name = 'schedule', is_open = true, effects = {},
  recipes = { ['a.yaml'] = timed '{ every: 1 s, until: 2026-01-01 }' },
  before = function(case)
    case.last = os.date('!%Y-%m-%dT%H:%M:%SZ', os.time() + 3)
    case:rewrite('a.yaml', timed('{ every: 1 s, until: "' .. case.last .. '", missed: all, overlap: parallel }'))
  end,
  act = function(case)
    case.step_us = 1000000
    case:await('the last occurrence', function()
      local rows = occurrences(case)
      return #rows > 0 and rows[#rows].at:sub(1, 19) == case.last:sub(1, 19)
    end)
    case:await_end(#occurrences(case))
  end,
  check = ledger_problem }

scenario { name = 'backfill', effects = { note_created = 3 }, runs = { done = 3 },
  recipes = { ['a.yaml'] = timed '{ at: "03:00", timezone: UTC }' },
  act = function(case)
    case.step_us = 86400000000
    case:command('backfill', 'schedules', 'backfill', 'tested', '--from', '2026-01-05T00:00Z', '--to',
      '2026-01-07T12:00Z', '--rate', '6000')
    case:await_end(3)
  end,
  check = ledger_problem }

-- House -------------------------------------------------------------------------------------------

-- The run goes; the event stays, and with it its dedupe key.
scenario { name = 'prune', recipes = THREE_CALLS, effects = { task_created = 1, note_created = 1 }, runs = {},
  connections = function() return 'retention: { runs: 1s, dead: 1s }\n' end,
  before = one_event,
  act = function(case)
    case:await_runs('the run to be gone', function(runs) return #runs == 0 end)
    case:deliver_again 'a'
  end }

scenario { name = 'backup', effects = { task_created = 1 }, victim = 'backup',
  act = function(case)
    one_event(case)
    if not host.stat(case.stage:path 'copy.db') then case:command('backup', 'backup', 'copy.db') end
  end,
  check = function(case) return case:inspect('copy.db', '--at-rest') end }

-- The master key is changed: whatever dies on the way, every value opens afterwards, and one key file is left.
local function one_key(case)
  local shown = (case.stage:cli('key', 'show', '--json'))[1]
  if not shown.fits then return 'the key does not fit the store: ' .. json.encode(shown) end
  if host.stat(case.stage:path 'data/key.next') then return 'data/key.next is left' end
end

local function rotate_and_call(case)
  case:command('rotate', 'key', 'rotate')
  one_event(case)
end

scenario { name = 'key_rotate', effects = { task_created = 1 }, victim = 'rotate', act = rotate_and_call,
  check = one_key }

scenario { name = 'key_rotate under an engine that refreshes', effects = { task_created = 1 },
  settings = { access_token_s = 1 },
  act = function(case)
    await_expiry(case)
    rotate_and_call(case)
    reauthorise(case)
  end,
  check = function(case) return one_key(case) or was_refreshed(case) end }

table.move(require 'connections', 1, 1000, #list + 1, list)

local known = {}
for _, s in ipairs(list) do
  assert(not known[s.name], 'two scenarios are called ' .. s.name)
  known[s.name] = true
end

return list
