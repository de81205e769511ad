-- What flow specs of one file share: a stage that several tests use, the sandbox's control endpoint, the CRM as another
-- program would call it, and a look at what came of it.

local flow = require 'flow'
local host, json = flow.host, flow.json

local stages = {}

-- A stage with sandbox, connection and engine started. An error holds the engine's log.
function stages.open(recipes, options)
  local stage = flow.stage(recipes, options)
  local ok, problem = pcall(stage.start, stage)
  if not ok then
    local log = host.read_file(stage:path 'engine.log') or ''
    pcall(stage.close, stage)
    error(('%s\nthe engine said:\n%s'):format(tostring(problem), log), 0)
  end
  return stage
end

-- Ends it; an error where a process left a sanitizer's report, or did not end with 0.
function stages.close(stage)
  local problem = stage and stage:close()
  if problem then error(problem, 0) end
end

-- Runs body() on a stage that it starts itself, as far as it needs it, and always cleans up.
function stages.with(stage, body)
  local ok, problem = xpcall(body, function(e) return type(e) == 'table' and e or debug.traceback(tostring(e), 2) end)
  local log = not ok and host.read_file(stage:path 'engine.log') or ''
  local complaint = stage:close()
  if type(problem) == 'string' then problem = problem .. '\nthe engine said:\n' .. log end
  if not ok or complaint then error(ok and complaint or problem, 0) end
end

-- One call of the sandbox's control endpoint (scripts/sandbox/control.lua): POST where there is a body.
function stages.control(stage, name, body)
  local answer = assert(host.fetch {
    method = body and 'POST' or 'GET', url = stage.app.url .. '/_sandbox/' .. name, body = body and json.encode(body),
    headers = { ['Content-Type'] = 'application/json' }, timeout_ms = 60000,
  })
  assert(answer.status == 200, answer.body)
  return json.decode(answer.body)
end

-- Replaces the sandbox's fault rules; without rules there are none.
function stages.faults(stage, ...)
  return stages.control(stage, 'faults', json.array { ... })
end

-- Calls the CRM as another program with a token of its own: the decoded answer and its status.
function stages.crm(stage, method, path, body)
  local answer = assert(host.fetch {
    method = method, url = stage.app.url .. path, body = body and json.encode(body), timeout_ms = 60000,
    headers = { Authorization = 'Bearer ' .. stage.app.token, Version = '2021-07-28',
                ['Content-Type'] = 'application/json' },
  })
  return json.try_decode(answer.body), answer.status
end

-- A contact that somebody else makes in the CRM, whose webhook tells the engine.
function stages.new_contact(stage, fields)
  fields.locationId = stage.app.location
  local answer, status = stages.crm(stage, 'POST', '/contacts/', fields)
  assert(status == 201, json.encode(answer))
  return answer.contact
end

-- Waits until no webhook of the sandbox is on its way and no run is open, with nothing new meanwhile. The list of runs.
function stages.calm(stage)
  local seen, runs
  stage.wait_for('the webhooks and runs to end', 60000, function()
    local hooks = stages.control(stage, 'state').webhooks
    runs = hooks.pending == 0 and stage:open_runs() == 0 and stage:runs()
    local is_calm = runs and seen == hooks.made
    seen = runs and hooks.made
    return is_calm
  end)
  return runs
end

-- Waits until a run that pick(run) accepts is there and has ended or waits for a person.
function stages.ended(stage, pick)
  local found
  stage.wait_for('the run to end', 60000, function()
    for _, run in ipairs(stage:runs()) do
      if pick(run) then found = run end
    end
    local is_open = found == nil or found.state == 'queued' or found.state == 'running' or found.state == 'waiting'
    return not is_open
  end)
  return found
end

-- Delivers a sample event, changed by fields, and waits for the end of the run that it starts (of `recipe`, where it
-- starts several). The run, and the sample as it was sent.
function stages.run_of(stage, sample, fields, recipe)
  local event = flow.sample(sample)
  for name, value in pairs(fields or {}) do event[name] = value end
  local status, body = stage:deliver(event)
  assert(status == 202, json.encode(body))
  return stages.ended(stage, function(run)
    return run.event_id == body.id and (recipe == nil or run.recipe == recipe)
  end), event
end

-- Runs that pick(run) accepts.
function stages.pick(list, pick)
  local out = {}
  for _, item in ipairs(list) do
    if pick(item) then out[#out + 1] = item end
  end
  return out
end

-- Records of the workspace, also those that are marked as deleted, by their id in the service.
function stages.records(stage, kind, contact)
  local args = { 'records', kind, '--json', '--deleted', '--limit', '1000' }
  if contact then
    args[#args + 1] = '--contact'
    args[#args + 1] = contact
  end
  local by_id = {}
  for _, record in ipairs((stage:cli(table.unpack(args)))) do by_id[record.source_id] = record end
  return by_id
end

return stages
