-- Walks a recipe: compiles its plan once per version, then takes each run through its steps.
--
-- The engine hands in `act`, the functions that touch the world (engine/run/lua_act.c). Every one of them
-- is journalled under a path, so a run that is walked again after a wait or a crash is handed back what it
-- did before and takes the same way. Nothing here keeps state between runs.

local json = require 'json'
local calls = require 'lib.calls'
local dates = require 'dates'
local events = require 'lib.events'
local helpers = require 'lib.helpers'
local paths = require 'lib.paths'

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

local function compile_text(parts)
  return function(env)
    local out = {}
    for i = 1, #parts do
      local part = parts[i]
      out[i] = type(part) == 'string' and part or as_text(paths.follow(env, part))
    end
    return table.concat(out)
  end
end

local function compile_map(fields, act, file)
  local names, values = {}, {}
  for name, node in pairs(fields) do
    names[#names + 1] = name
    values[#values + 1] = compile(node, act, file)
  end
  return function(env)
    local out = {}
    for i = 1, #names do out[names[i]] = values[i](env) end
    return out
  end
end

local function compile_list(nodes, act, file)
  local values = {}
  for i = 1, #nodes do values[i] = compile(nodes[i], act, file) end
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
function compile(node, act, file)
  if node.t == 'expr' then
    return act.compile(node.s, file, node.line or 0)
  elseif node.t == 'text' then
    return compile_text(node.parts)
  elseif node.t == 'map' then
    return compile_map(node.v, act, file)
  elseif node.t == 'list' then
    return compile_list(node.v, act, file)
  end
  local value = node.v
  return function() return value end
end

local compile_steps

-- What a step does beside `use` and `stop`.
local function compile_flow(step, source, part, act, file)
  local is_caught = step.is_caught
  step.wait = part('wait')
  step.wait_for = source.wait_for
  step.call = source.call
  step.steps = source['do'] and compile_steps(source['do'], act, file, is_caught)
  step.branches = source.parallel and compile_steps(source.parallel, act, file, is_caught)
  step.at_once = source.at_once or 1
end

-- is_caught: an `on_error` around these steps lets the run go on where one of them fails.
function compile_steps(list, act, file, is_caught)
  local steps = {}
  for i = 1, #list do
    local source = list[i]
    local function part(name) return source[name] and compile(source[name], act, file) or nil end
    local on_error = source.on_error
    local step = {
      name = source.step, source = source, use = source.use, as = source.as or 'item', retry = source.retry,
      timeout_us = source.timeout_us, may_repeat = source.on_unknown == 'again', condition = part('if'),
      with = part('with'), each = part('each'), stop = part('stop'),
      is_caught = is_caught or (on_error ~= nil and on_error ~= 'fail'),
      on_error = type(on_error) == 'table' and compile_steps(on_error, act, file, is_caught) or on_error,
    }
    compile_flow(step, source, part, act, file)
    steps[i] = step
  end
  return steps
end

-- The environment of expressions -------------------------------------------------------------------

-- Helpers, `now` and, where it is not given, `meta` are made when an expression first asks for one: most runs never
-- do.
local function new_env(program, event, meta, now_us, inputs)
  local library
  return setmetatable({ event = event, meta = meta, inputs = inputs or program.inputs, steps = {} }, {
    __index = function(env, name)
      if name == 'now' then
        local now = dates.format(now_us, 'UTC')
        rawset(env, 'now', now)
        return now
      elseif name == 'meta' then
        local own = program.act.meta()
        rawset(env, 'meta', own)
        return own
      end
      library = library
        or helpers.new { now_us = now_us, timezone = program.timezone, maps = program.maps }
      if library[name] ~= nil then return library[name] end
      -- What `each: = pages(crm.search_contacts, …)` names.
      if name == 'pages' then
        return function(...) return require('lib.pages').request(program.requests, ...) end
      end
      return program.needs[name] and require('lib.pages').operations_of(name) or nil
    end,
  })
end

local function holds(condition, env)
  local value = condition(env)
  return value ~= nil and value ~= false and value ~= json.null
end

-- Steps --------------------------------------------------------------------------------------------

-- What an action gets: its connections by name (`ctx.crm:get_contact { … }`), each call an effect of its own.
local function new_ctx(program, step, env, path)
  local count = 0
  local function call(name, operation, input)
    count = count + 1
    local at = { path = path .. '/' .. count, unit = path, timeout = step.timeout_us, may_repeat = step.may_repeat }
    return calls.take(program, at, name, operation, input or {})
  end
  local function connection(name)
    -- for contact in ctx.crm:pages('search_contacts_advanced', { … }, { max = 500 }) do
    local function each_page(_, operation, input, options)
      local paging = calls.paging(program, name, operation)
      return require('lib.pages').iterate(paging, function(page) return call(name, operation, page) end, input or {},
        options and options.max)
    end
    return setmetatable({ pages = each_page }, {
      __index = function(methods, operation)
        local function method(_, input) return call(name, operation, input) end
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

-- What a recipe gives, held against what is wanted: where it does not fit, the recipe is to be changed.
local function checked(program, schema, input)
  local ok, result = pcall(program.act.check, schema, input)
  if ok then return result end
  if type(result) == 'table' then result.is_input = true end
  error(result, 0)
end

local function run_action(program, step, env, path, input)
  local action = program.actions[step.use.script]
  input = checked(program, action.input, input)
  local output = action.run(new_ctx(program, step, env, path), input)
  program.act.complete(path, input, output)
  return output
end

local run_steps

-- The steps of another recipe, as part of this run: with its own inputs and connections, and paths below this step's.
local function run_call(program, step, env, path, input)
  local called = program.calls[step.call]
  local inputs = checked(program, called.schema, input)
  local inner = new_env(program, env.event, rawget(env, 'meta'), env.now_us, inputs)
  inner.now_us = env.now_us
  local within = setmetatable({ is_caught = program.is_caught or step.is_caught }, { __index = called.program })
  run_steps(within, called.steps, inner, path .. '/')
  return inner.steps
end

local function execute(program, step, env, path)
  local input = step.with and step.with(env) or {}
  if step.wait_for then
    return program.act.wait_for(path, step.wait_for.connection, step.wait_for.event, input, step.timeout_us)
  elseif step.use.script then
    return run_action(program, step, env, path, input)
  end
  local at = { path = path, timeout = step.timeout_us, may_repeat = step.may_repeat }
  return calls.take(program, at, step.use.connection, step.use.operation, input)
end

-- Errors that know their step and their place: tables of our own, and none that a script raised.
local placed = setmetatable({}, { __mode = 'k' })

local function is_placed(problem)
  return type(problem) == 'table' and placed[problem] == true
end

-- An error as such a table (lib/blame.lua). is_early: the step had not come to act.
local function located(program, step, env, path, problem, is_early)
  if is_placed(problem) then return problem end
  problem = require('lib.blame').step(program, step, env, path, problem, is_early)
  placed[problem] = true
  return problem
end

-- One step, or one item of a step with `each`. act.failed comes back only where the failure is final.
local function perform(program, step, env, path)
  local ok, is_known, output = pcall(program.act.recall, path)
  if not ok then -- it failed in an earlier attempt: the place was journalled with the error
    if type(is_known) == 'table' then
      is_known.path = path
      placed[is_known] = true
    end
    error(is_known, 0)
  end
  if is_known then return output end
  local result
  ok, result = pcall(execute, program, step, env, path)
  if ok then return result end
  result = located(program, step, env, path, result)
  program.act.failed(path, result, not step.wait_for and step.retry or nil, step.wait_for ~= nil,
    program.is_caught or step.is_caught)
  error(result, 0)
end

-- Runs functions side by side, at most at_once of them at the same time. Once all have ended, the first error is
-- raised, as it was thrown (a branch's end keeps no path); else true where one of them said stop.
local function side_by_side(program, functions, at_once)
  local problems, guarded = {}, {}
  for i = 1, #functions do
    guarded[i] = function()
      local ok, result = pcall(functions[i])
      if ok then return result end
      problems[i] = result
      error(result, 0)
    end
  end
  local results = program.act.fork(guarded, at_once)
  local is_stopped = false
  for i = 1, #functions do
    local result = results[i]
    if not result[1] then error(problems[i] or result[2], 0) end
    is_stopped = is_stopped or result[2] == true
  end
  return is_stopped
end

-- What one item of `each` comes to: the result of the action, or of the steps of the group by their names.
local function perform_item(program, step, inner, path)
  if not step.steps then return perform(program, step, inner, path) end
  inner.steps = setmetatable({}, { __index = inner.steps })
  local is_stopped = run_steps(program, step.steps, inner, path .. '/')
  return setmetatable(inner.steps, nil), is_stopped
end

local function list_of(items)
  if items == nil or items == json.null then return {} end
  if type(items) ~= 'table' then
    error({ kind = 'invalid', message = '`each` gives no list, but a ' .. type(items) }, 0)
  end
  return items
end

-- The items of a step, those of `done` before them: keep(i, output) takes what each comes to. True where one
-- said stop.
local function perform_items(program, step, env, path, items, done, keep)
  local function one(i)
    local inner = setmetatable({ [step.as] = items[i], item = items[i] }, { __index = env })
    local output, is_stopped = perform_item(program, step, inner, path .. '/' .. done + i)
    keep(i, output)
    return is_stopped
  end
  if step.at_once > 1 then
    local functions = {}
    for i = 1, #items do functions[i] = function() return one(i) end end
    return side_by_side(program, functions, step.at_once)
  end
  for i = 1, #items do
    if one(i) then return true end
  end
  return false
end

-- Page by page. A page is an effect of its own, as if it were a step; once its items are done only what is needed to
-- go on behind it is kept. What the items came to is in their own rows: there may be any number of them.
local function perform_pages(program, step, env, path, request)
  local paging = calls.paging(program, request.connection, request.operation)
  local pager = require('lib.pages').open(paging, request.input, request.max)
  local ask = { use = request, with = function() return pager.input end, retry = step.retry,
                timeout_us = step.timeout_us, is_caught = step.is_caught, source = { line = step.source.line } }
  local is_stopped = false
  while not pager.is_over and not is_stopped do
    local page_path = path .. '/page/' .. pager.number
    local items, page = pager:read(perform(program, ask, env, page_path))
    if items then
      is_stopped = perform_items(program, step, env, path, items, pager.seen, function() end)
      page.is_stopped = is_stopped or nil
      program.act.complete(page_path, nil, page, true)
    end
    is_stopped = page.is_stopped == true
    pager:advance(page)
  end
  local result = { items = pager.seen, pages = pager.number - 1 }
  program.act.complete(path, result, nil)
  return result, is_stopped
end

local function perform_each(program, step, env, path)
  local items = step.each(env)
  local request = items ~= nil and program.requests[items]
  if request then return perform_pages(program, step, env, path, request) end
  items = list_of(items)
  local outputs = {}
  local is_stopped = perform_items(program, step, env, path, items, 0, function(i, output)
    outputs[i] = output == nil and json.null or output
  end)
  program.act.complete(path, { items = #items }, nil)
  return json.array(outputs), is_stopped
end

-- An error as expressions see it, with the name of the innermost step; its path may end with an item's number.
local function describe(problem)
  return { kind = problem.kind, message = problem.message, status = problem.status,
           detail = problem.detail, step = problem.path:gsub('/page/%d+$', ''):match '([%a_][^/]*)[/%d]*$' }
end

local run_step

local function run_branches(program, step, env, prefix)
  local functions = {}
  for i = 1, #step.branches do
    local branch = json.array { step.branches[i] }
    functions[i] = function() return run_steps(program, branch, env, prefix) end
  end
  return side_by_side(program, functions, #functions)
end

-- What the step does, whatever it is: its result, and true where the run is to stop here.
local function act_on(program, step, env, prefix)
  local path = prefix .. step.name
  if step.stop then
    program.act.complete(path, { reason = as_text(step.stop(env)) }, nil)
    return nil, true
  elseif step.each then
    return perform_each(program, step, env, path)
  elseif step.wait then
    program.act.wait(path, step.wait(env), program.timezone)
  elseif step.call then
    return run_call(program, step, env, path, step.with and step.with(env) or {})
  elseif step.steps then
    return nil, run_steps(program, step.steps, env, prefix)
  elseif step.branches then
    return nil, run_branches(program, step, env, prefix)
  else
    return perform(program, step, env, path)
  end
end

-- Returns true where the run is to stop here.
function run_step(program, step, env, prefix)
  program.act.enter(prefix .. step.name)
  if step.condition and not holds(step.condition, env) then
    program.act.settle(prefix .. step.name)
    return false
  end
  local result, is_stopped = act_on(program, step, env, prefix)
  env.steps[step.name] = result
  if step.steps or step.branches or step.call then program.act.settle(prefix .. step.name) end
  return is_stopped == true
end

-- The error of a step that had not come to do anything: its condition, its list, its text. It is journalled here.
local function fail_early(program, step, env, path, problem)
  problem = located(program, step, env, path, problem, true)
  program.act.failed(path, problem, nil, true, program.is_caught or step.is_caught)
  return problem
end

-- `prefix` keeps the paths of steps apart that run more than once (in an item of `each`, in a call).
function run_steps(program, steps, env, prefix)
  for i = 1, #steps do
    local step = steps[i]
    local ok, result = pcall(run_step, program, step, env, prefix)
    if ok and result then return true end
    if not ok then
      if not is_placed(result) then
        result = fail_early(program, step, env, prefix .. step.name, result)
      end
      env.error = describe(result)
      if step.on_error == nil or step.on_error == 'fail' then error(result, 0) end
      if type(step.on_error) == 'table' and run_steps(program, step.on_error, env, prefix) then return true end
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

-- Where a recipe stands, for errors; plans of older versions do not say it.
local function file_of(plan)
  return plan.file or 'recipe ' .. tostring(plan.recipe)
end

-- A recipe that this one calls: its steps, the schema of its inputs, and the program with its connections.
local function load_call(program, called, act)
  local schema = {}
  for name, input in pairs(called.plan.inputs or {}) do
    local default = called.inputs and called.inputs[name]
    schema[name] = { input.type, default = default, optional = default ~= nil or nil }
  end
  local file = file_of(called.plan)
  return {
    steps = compile_steps(called.plan['do'], act, file), schema = schema,
    program = setmetatable({ needs = called.plan.needs or {}, file = file }, { __index = program }),
  }
end

-- bundle: {plan, inputs, timezone, scripts, maps, calls}, as recipe/recipe.h says.
local function new(bundle, act)
  local plan = bundle.plan
  local program = {
    file = file_of(plan), act = act, inputs = bundle.inputs or {}, timezone = bundle.timezone, maps = bundle.maps or {},
    needs = plan.needs or {}, actions = load_actions(bundle.scripts), calls = {}, described = {},
    requests = setmetatable({}, { __mode = 'k' }),
    event_names = events.references(bundle),
  }
  for name, called in pairs(bundle.calls or {}) do
    program.calls[name] = load_call(program, called, act)
  end
  local condition = plan['if'] and compile(plan['if'], act, program.file)
  local key = plan.key and compile(plan.key, act, program.file)
  local steps = compile_steps(plan['do'], act, program.file)
  local on_error = plan.on_error and compile_steps(plan.on_error, act, program.file, true)

  local function look(env)
    if condition and not holds(condition, env) then
      local ok, why = pcall(require('lib.explain').condition, plan['if'], env)
      return false, ok and why or 'its `if` does not hold'
    end
    local value = key and key(env)
    return true, value ~= nil and value ~= json.null and as_text(value) or nil
  end

  -- Whether the event is for this recipe, and the key that orders its runs (nil: none); or false, and why not.
  local function decide(event, meta, now_us)
    local env = new_env(program, event, meta, now_us)
    local ok, is_wanted, order_key = pcall(look, env)
    if not ok then error(require('lib.blame').recipe(program, plan, env, is_wanted), 0) end
    return is_wanted, order_key
  end

  -- A call for the event's sake: tried again like a step, and no reason for the run to fail.
  local function ask(path, connection, operation, input)
    local step = { use = { connection = connection, operation = operation }, with = function() return input end,
                   is_caught = true }
    return perform(program, step, nil, path)
  end

  -- Runs that an effect of the engine's own started are counted by their key: recipes that answer each other's effects
  -- would go round without end. The one too many is parked here.
  local function count_echo(about, env)
    local ok, value = pcall(key or function() end, env)
    act.admit(ok and value ~= nil and value ~= json.null and as_text(value) or about)
  end

  -- The inputs of a run that a person started: those that came with it, before the others.
  local function given_inputs(connection, type_name)
    if connection ~= 'ladle' or type_name ~= 'start' then return nil end
    local inputs = {}
    for name, value in pairs(program.inputs) do inputs[name] = value end
    for name, value in pairs(act.meta().inputs or {}) do inputs[name] = value end
    return inputs
  end

  -- The event, and of which connection and type it is.
  local function run(event, connection, type_name, now_us)
    local about = act.echo()
    if about then count_echo(about, new_env(program, event, nil, now_us)) end
    events.prepare(program, ask, event, connection, type_name)
    local env = new_env(program, event, nil, now_us, given_inputs(connection, type_name))
    env.now_us = now_us
    local ok, problem = pcall(run_steps, program, steps, env, '')
    if ok then return end
    -- A failure among these steps stands in their own rows; the run ends with what led here.
    if on_error then pcall(run_steps, program, on_error, env, '') end
    if is_placed(problem) then act.enter(problem.path) end
    error(problem, 0)
  end

  return decide, run
end

return { new = new }
