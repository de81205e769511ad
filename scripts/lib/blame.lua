-- Finds which place of a recipe an error comes from, and says so in it: recipes/a.yaml:14: step note: steps.bad is
-- missing. Expressions are pure, so those of the step are tried once more, in their order: the first that fails is
-- the one that failed. Where none does, it was what the step does. Loaded with the first error of a version.

local json = require 'json'
local mishap = require 'lib.mishap'

local blame = {}

-- The parts of a step that hold expressions, in the order in which a run comes to them: before the step acts, and
-- when it does. What is given to a call is seen with the item, so it is not looked at without one.
local BEFORE, ACTING = { 'if', 'stop', 'each', 'wait' }, { 'with' }

local function value_of(program, node, env)
  return pcall(program.act.compile(node.s, program.file, node.line or 0), env)
end

-- The first expression of a node that fails, and its error.
local function culprit(program, node, env)
  if node.t == 'expr' then
    local ok, problem = value_of(program, node, env)
    if not ok then return node, problem end
  elseif node.t == 'map' or node.t == 'list' then
    for _, inner in pairs(node.v) do
      local found, problem = culprit(program, inner, env)
      if found then return found, problem end
    end
  end
end

local function first_culprit(program, source, env, parts)
  for _, part in ipairs(parts) do
    if source[part] then
      local node, problem = culprit(program, source[part], env)
      if node then return node, problem end
    end
  end
end

-- What an error may say of itself, beside its message.
local FIELDS = { 'kind', 'status', 'detail', 'retry_at', 'is_said', 'is_input' }

-- An error as a table of its own: a script may raise one and the same in every run. A helper refuses what is missing
-- in words of its own; then the name is added.
local function as_table(problem, node, env)
  if type(problem) ~= 'table' then
    local message = tostring(problem)
    return { kind = 'script', message = node and mishap.explain(node.s, env, message) or message }
  end
  local own = {}
  for _, name in ipairs(FIELDS) do own[name] = rawget(problem, name) end
  own.message = rawget(problem, 'message')
  if type(own.message) ~= 'string' then own.message = 'the script raised a table without a message' end
  local missing = node and own.message:find 'not nothing$' and mishap.missing(node.s, env)
  if missing then own.message = own.message .. ': ' .. missing end
  return own
end

-- 'contactId: event.contact is missing' for fields that the message names and whose expression gave nothing.
local function empty_fields(program, with, env, message)
  local out = {}
  for name, node in pairs(with and with.t == 'map' and with.v or {}) do
    if node.t == 'expr' and message:find(name, 1, true) then
      local _, value = value_of(program, node, env)
      local is_empty = value == nil or value == json.null
      local missing = is_empty and mishap.missing(node.s, env)
      if missing then out[#out + 1] = name .. ': ' .. missing end
    end
  end
  return #out > 0 and ' (' .. table.concat(out, '; ') .. ')' or ''
end

-- Whether the recipe is to be changed, and not the service asked, or a script read: a mistake of Lua, or a value that
-- was refused before anything was sent. What `fail` says is what the author wants to be read.
local function is_of_recipe(step, problem)
  if problem.is_said then return false end
  local is_own = step.use and step.use.script -- its error is for who wrote the script
  return problem.kind == 'script' or problem.is_input
    or (problem.kind == 'invalid' and not problem.status and not is_own)
end

local function find(program, step, env, is_early)
  local source = step.source or {}
  local node, problem = first_culprit(program, source, env, is_early and BEFORE or ACTING)
  if not node and step.call then node, problem = first_culprit(program, source, env, ACTING) end
  return node, problem
end

-- The error of a step, with its path, file and line; `env` is what its expressions saw, nil where it has none.
-- is_early: it failed before it acted.
function blame.step(program, step, env, path, problem, is_early)
  local source = step.source or {}
  local node, again
  if env then node, again = find(program, step, env, is_early) end
  problem = as_table(node and again or problem, node, env)
  problem.path = path
  problem.line = node and node.line or source.line
  problem.file = problem.line and program.file
  if problem.line and (node and not problem.is_said or is_of_recipe(step, problem)) then
    local is_refused = not node and problem.kind == 'invalid'
    local empty = is_refused and empty_fields(program, source.with, env, problem.message) or ''
    problem.message = ('%s:%d: step %s: %s%s'):format(program.file, problem.line, path, problem.message, empty)
  end
  return problem
end

-- The error of the recipe's own `if` or `key`.
function blame.recipe(program, plan, env, problem)
  for _, part in ipairs { 'if', 'key' } do
    local node, again = culprit(program, plan[part] or {}, env)
    if node then
      problem = as_table(again, node, env)
      problem.file, problem.line = program.file, node.line
      if not problem.is_said then
        problem.message = ('%s:%d: %s: %s'):format(program.file, node.line or 0, part, problem.message)
      end
      return problem
    end
  end
  return problem
end

return blame
