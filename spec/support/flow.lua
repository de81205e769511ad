-- What the flow specs share: a stage with the real program, an event to send, a few looks at the result.

package.path = './spec/support/?.lua;' .. package.path

local host = require 'host'
local json = require 'json'
local Stage = require 'demo.stage'

local flow = {}

local ladle = assert(host.env 'LADLE', 'LADLE must name the program to test')

-- A stage that was not started yet. recipes: {name = text}; further options as Stage.new's.
function flow.stage(recipes, options)
  options = options or {}
  options.ladle = ladle
  options.recipes = recipes
  return Stage.new(options)
end

-- Runs body(stage) with sandbox, connection and engine started, and always cleans up.
function flow.on_stage(recipes, options, body)
  local stage = flow.stage(recipes, options)
  local ok, problem = xpcall(function()
    stage:start()
    body(stage)
  end, function(e) return type(e) == 'table' and e or debug.traceback(tostring(e), 2) end)
  local log = not ok and host.read_file(stage:path 'engine.log') or ''
  local closed, complaint = pcall(stage.close, stage)
  if ok and (complaint or not closed) then
    ok, problem = false, tostring(complaint)
  end
  if not ok then
    if type(problem) == 'string' then problem = problem .. '\nthe engine said:\n' .. log end
    error(problem, 0)
  end
end

function flow.shipped(...)
  local recipes = {}
  for _, name in ipairs(host.embedded_names 'recipes/maps/') do
    recipes[name:sub(#'recipes/' + 1)] = host.embedded(name)
  end
  for _, name in ipairs { ... } do
    recipes[name .. '.yaml'] = assert(host.embedded('recipes/' .. name .. '.yaml'), name)
  end
  return recipes
end

function flow.sample(name)
  local event = json.decode(assert(host.embedded('scripts/connectors/samples/highlevel/' .. name .. '.json'), name))
  event.webhookId = host.uuid()
  return event
end

-- The only run there is, after all have ended.
function flow.only_run(stage)
  local runs = stage:settle()
  assert(#runs == 1, ('%d runs, not 1'):format(#runs))
  return runs[1]
end

-- What `ladle show` says of a run.
function flow.show(stage, id)
  return stage:look('show', id, '--json')[1]
end

flow.host, flow.json = host, json
return flow
