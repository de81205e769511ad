-- What the specs of durable runs share: recipes that each have an inbox of their own, so that a post
-- starts exactly one run, and notes in the CRM as the trace of what really took place.
--
-- The sandbox makes the note first and answers after the delay of a fault, so a run that is killed
-- in between is one whose answer was lost after its effect.

local flow = require 'flow'
local host, json = flow.host, flow.json

local journey = { JOHN = 'nmFmQEsNgz6AVpgLVUJ0', MINA = '9NkT25Vor1v4aQatFsv2' }

local RECIPE = [[
recipe: %s
needs:
  crm: highlevel
  in_%s: webhook
when:
  - in_%s.received
%sdo:
%s]]

local INBOX = '  in_%s:\n    connector: webhook\n    verify: none\n'

-- A step that makes a note; `more` are further lines of the step.
function journey.note(name, body, more)
  return ('  - step: %s\n    use: crm.create_note\n    with: { contactId: %s, body: %s }\n%s'):format(name,
    journey.JOHN, json.encode(body), more or '')
end

-- A step that fails for good: there is no such contact.
journey.WRONG = '  - step: wrong\n    use: crm.get_contact\n    with: { contactId: nobody }\n'

-- Steps as they stand within another one.
function journey.inner(steps)
  return (steps:gsub('([^\n]+\n)', '    %1'))
end

-- The text of a recipe whose inbox has its name; `top` are lines such as `key: …`.
function journey.recipe(name, steps, top)
  local inbox = name:gsub('-', '_')
  return RECIPE:format(name, inbox, inbox, top or '', steps)
end

-- recipes: {name = steps, or {steps, top = text}}. options: as flow.stage's, and texts {file = text}, config (further
-- lines of ladle.yaml).
local function prepare(recipes, options)
  local files, inboxes = {}, options.connections or ''
  for name, text in pairs(options.texts or {}) do files[name] = text end
  for name, steps in pairs(recipes) do
    local body, top = steps, nil
    if type(steps) == 'table' then body, top = steps[1], steps.top end
    files[name .. '.yaml'] = journey.recipe(name, body, top)
    inboxes = inboxes .. INBOX:format((name:gsub('-', '_')))
  end
  return files, inboxes
end

-- The same as the files and the options of a stage.
function journey.files(recipes, options)
  options = options or {}
  local files, inboxes = prepare(recipes, options)
  local settings = {}
  for name, value in pairs(options) do settings[name] = value end
  settings.connections = inboxes .. (options.config or '')
  return files, settings
end

function journey.on_stage(recipes, options, body)
  local files, settings = journey.files(recipes, options)
  flow.on_stage(files, settings, body)
end

-- Posts to a recipe's inbox; the event's id.
function journey.send(stage, name, event)
  event = event or {}
  event.nonce = host.uuid()
  local status, answer = stage:post('in_' .. name:gsub('-', '_'), json.encode(event))
  assert(status == 202, ('the inbox of %s answered %s'):format(name, tostring(status)))
  return answer.id
end

-- The runs of a recipe, oldest first.
function journey.runs(stage, name)
  local newest_first, runs = stage:runs('--recipe', name), {}
  for i = #newest_first, 1, -1 do runs[#runs + 1] = newest_first[i] end
  return runs
end

-- Waits until the recipe has that many runs in one of the states; the runs.
function journey.await(stage, name, states, count)
  local wanted = {}
  for state in states:gmatch '%a+' do wanted[state] = true end
  local what = ('%d runs of %s that are %s'):format(count or 1, name, states)
  return stage.wait_for(what, 60000, function()
    local runs, found = journey.runs(stage, name), {}
    for _, run in ipairs(runs) do
      if wanted[run.state] then found[#found + 1] = run end
    end
    return #found >= (count or 1) and found or nil
  end)
end

-- Waits for the end of the only run of a recipe; what `ladle show` says of it.
function journey.only(stage, name)
  local run = journey.await(stage, name, 'done dead cancelled skipped parked')[1]
  assert(#journey.runs(stage, name) == 1, name .. ' has more than one run')
  return flow.show(stage, run.id)
end

-- A step of `ladle show` by its name, or nil.
function journey.step(shown, name)
  for _, step in ipairs(shown.steps) do
    if step.name == name then return step end
    for _, effect in ipairs(step.effects or {}) do
      if effect.name == name then return effect end
    end
  end
end

-- The notes that were made, in their order.
function journey.notes(stage)
  local bodies = {}
  for i, entry in ipairs(stage:ledger 'note_created') do bodies[i] = entry.body end
  return bodies
end

function journey.sorted_notes(stage)
  local bodies = journey.notes(stage)
  table.sort(bodies)
  return bodies
end

function journey.await_note(stage, body)
  stage.wait_for('the note ' .. body, 60000, function()
    for _, made in ipairs(journey.notes(stage)) do
      if made == body then return true end
    end
  end)
end

-- SIGKILL and another start.
function journey.crash(stage)
  stage:kill_engine()
  stage:start_engine()
end

-- A step that holds a run that began, until `open` is called with the same name: what is tested meanwhile does not
-- depend on time. Runs whose event has no `gate` pass.
journey.GATE = '  - step: gate\n    if: = event.gate ~= nil\n    wait_for: crm.appointment_created\n'
  .. '    with: { appointment.id: = event.gate }\n'

function journey.open(stage, gate)
  local event = flow.sample 'appointment_created'
  event.appointment.id = gate
  assert(stage:deliver(event) == 202)
end

-- A fault: the n-th call of the operation (or each of the list) is answered after ms.
function journey.slow(operation, nth, ms)
  return { match = { operation = operation, nth = nth }, ['do'] = { delay_ms = ms } }
end

journey.flow, journey.host, journey.json = flow, host, json
return journey
