-- Walks a recipe: compiles its plan once per version, then takes each run through its steps.
--
-- The engine hands in `act`, the functions that touch the world (engine/run/lua_act.c). Every one of them
-- is journalled under a path, so a run that is walked again after a wait or a crash is handed back what it
-- did before and takes the same way. Nothing here keeps state between runs.

local json = require 'json'
local dates = require 'dates'
local helpers = require 'lib.helpers'

-- Values: each node of the plan becomes a function of the environment ------------------------------

local compile

local function as_text(value)
  if value == nil or value == json.null then
    return ''
  elseif type(value) == 'table' then
    return json.encode(value)
  end
  return tostring(value)
end

local function follow(env, path)
  local value = env
  for i = 1, #path do
    if type(value) ~= 'table' then return nil end
    value = value[path[i]]
  end
  return value
end

local function compile_text(parts)
  return function(env)
    local out = {}
    for i = 1, #parts do
      local part = parts[i]
      out[i] = type(part) == 'string' and part or as_text(follow(env, part))
    end
    return table.concat(out)
  end
end

local function compile_map(fields, act)
  local names, values = {}, {}
  for name, node in pairs(fields) do
    names[#names + 1] = name
    values[#values + 1] = compile(node, act)
  end
  return function(env)
    local out = {}
    for i = 1, #names do out[names[i]] = values[i](env) end
    return out
  end
end

local function compile_list(nodes, act)
  local values = {}
  for i = 1, #nodes do values[i] = compile(nodes[i], act) end
  return function(env)
    local out = {}
    for i = 1, #values do
      local value = values[i](env)
      out[i] = value == nil and json.null or value
    end
    return json.array(out)
  end
end

-- Literals are scalars; maps and lists come as nodes of their own.
function compile(node, act)
  if node.t == 'expr' then
    return act.compile(node.s, node.line or 0)
  elseif node.t == 'text' then
    return compile_text(node.parts)
  elseif node.t == 'map' then
    return compile_map(node.v, act)
  elseif node.t == 'list' then
    return compile_list(node.v, act)
  end
  local value = node.v
  return function() return value end
end

local function compile_steps(list, act)
  local steps = {}
  for i = 1, #list do
    local source = list[i]
    local function part(name) return source[name] and compile(source[name], act) or nil end
    local on_error = source.on_error
    steps[i] = {
      name = source.step, use = source.use, as = source.as or 'item', retry = source.retry,
      timeout_us = source.timeout_us, condition = part('if'), with = part('with'), each = part('each'),
      stop = part('stop'),
      on_error = type(on_error) == 'table' and compile_steps(on_error, act) or on_error,
    }
  end
  return steps
end

-- The environment of expressions -------------------------------------------------------------------

-- Helpers and `now` are made when an expression first asks for one: most runs never do.
local function new_env(program, event, meta, now_us)
  local library
  return setmetatable({ event = event, meta = meta, inputs = program.inputs, steps = {} }, {
    __index = function(env, name)
      if name == 'now' then
        local now = dates.format(now_us, 'UTC')
        rawset(env, 'now', now)
        return now
      end
      library = library
        or helpers.new { now_us = now_us, timezone = program.timezone, maps = program.maps }
      return library[name]
    end,
  })
end

local function holds(condition, env)
  local value = condition(env)
  return value ~= nil and value ~= false and value ~= json.null
end

-- Steps --------------------------------------------------------------------------------------------

-- What an action gets: its connections by name (`ctx.crm:get_contact { … }`), each call an effect of its own.
local function new_ctx(program, env, path, step_timeout)
  local count = 0
  local function connection(name)
    return setmetatable({}, {
      __index = function(methods, operation)
        local function method(_, input)
          count = count + 1
          return program.act.call(path .. '/' .. count, name, operation, input or {}, step_timeout, path)
        end
        rawset(methods, operation, method)
        return method
      end,
    })
  end
  local ctx = { inputs = env.inputs, event = env.event, meta = env.meta, now = env.now }
  for name in pairs(program.needs) do ctx[name] = connection(name) end
  ctx.records = ctx.records or connection('records')
  function ctx.log(text) program.act.log(path, tostring(text)) end
  return ctx
end

local function run_action(program, step, env, path, input)
  local action = program.actions[step.use.script]
  input = program.act.check(action.input, input)
  local output = action.run(new_ctx(program, env, path, step.timeout_us), input)
  program.act.complete(path, input, output)
  return output
end

local function execute(program, step, env, path)
  local input = step.with and step.with(env) or {}
  if step.use.script then
    return run_action(program, step, env, path, input)
  end
  return program.act.call(path, step.use.connection, step.use.operation, input, step.timeout_us)
end

-- One step, or one item of a step with `each`. act.failed comes back only where the failure is final.
local function perform(program, step, env, path)
  local is_known, output = program.act.recall(path)
  if is_known then return output end
  local ok, result = pcall(execute, program, step, env, path)
  if ok then return result end
  program.act.failed(path, result, step.retry)
  error(result, 0)
end

local function perform_each(program, step, env)
  local items = step.each(env)
  if items == nil or items == json.null then items = {} end
  if type(items) ~= 'table' then
    error({ kind = 'invalid', message = '`each` of step ' .. step.name .. ' is no list' }, 0)
  end
  local outputs = {}
  for i = 1, #items do
    local inner = setmetatable({ [step.as] = items[i], item = items[i] }, { __index = env })
    local output = perform(program, step, inner, step.name .. '/' .. i)
    outputs[i] = output == nil and json.null or output
  end
  program.act.complete(step.name, { items = #items }, nil)
  return json.array(outputs)
end

-- Reads an error value as expressions see it: {kind, message, status, step}.
local function describe(problem, step)
  if type(problem) ~= 'table' then
    return { kind = 'script', message = tostring(problem), step = step.name }
  end
  return { kind = problem.kind, message = problem.message, status = problem.status,
           detail = problem.detail, step = step.name }
end

local run_steps

-- Returns true where the run is to stop here.
local function run_step(program, step, env)
  program.act.enter(step.name)
  if step.condition and not holds(step.condition, env) then return false end
  if step.stop then
    program.act.complete(step.name, { reason = as_text(step.stop(env)) }, nil)
    return true
  end
  if step.each then
    env.steps[step.name] = perform_each(program, step, env)
  else
    env.steps[step.name] = perform(program, step, env, step.name)
  end
  return false
end

function run_steps(program, steps, env)
  for i = 1, #steps do
    local step = steps[i]
    local ok, result = pcall(run_step, program, step, env)
    if ok and result then return true end
    if not ok then
      env.error = describe(result, step)
      if step.on_error == nil or step.on_error == 'fail' then error(result, 0) end
      if type(step.on_error) == 'table' and run_steps(program, step.on_error, env) then return true end
    end
  end
  return false
end

-- The program --------------------------------------------------------------------------------------

local function load_actions(plan_scripts)
  local actions = {}
  for name in pairs(plan_scripts or {}) do actions[name] = require(name) end
  return actions
end

-- bundle: {plan, inputs, timezone, scripts, maps}, as recipe/recipe.h says.
local function new(bundle, act)
  local plan = bundle.plan
  local program = {
    act = act, inputs = bundle.inputs or {}, timezone = bundle.timezone, maps = bundle.maps or {},
    needs = plan.needs or {}, actions = load_actions(bundle.scripts),
  }
  local condition = plan['if'] and compile(plan['if'], act)
  local key = plan.key and compile(plan.key, act)
  local steps = compile_steps(plan['do'], act)
  local on_error = plan.on_error and compile_steps(plan.on_error, act)

  -- Whether the event is for this recipe, and the key that orders its runs (nil: none).
  local function decide(event, meta, now_us)
    local env = new_env(program, event, meta, now_us)
    if condition and not holds(condition, env) then return false end
    local value = key and key(env)
    return true, value ~= nil and value ~= json.null and as_text(value) or nil
  end

  local function run(event, meta, now_us)
    local env = new_env(program, event, meta, now_us)
    local ok, problem = pcall(run_steps, program, steps, env)
    if ok then return end
    -- A failure among these steps stands in their own rows; the run ends with what led here.
    if on_error then
      local failed = env.error and env.error.step
      pcall(run_steps, program, on_error, env)
      if failed then act.enter(failed) end -- the step to go on from is the one that failed
    end
    error(problem, 0)
  end

  return decide, run
end

return { new = new }
