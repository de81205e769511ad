-- Calls an operation of a service for a step or a script. Most are one request. One whose table has
-- a function `run`, or says that its answer is to be read in the connector's way (`custom_fields`,
-- `dates`), is made of several: each is an effect below the step's own path, journalled as the
-- calls of a Lua action are, and what they come to is the output of the step. Where the input asks
-- for nothing special (`run_when`), and where an earlier attempt sent the plain call and never
-- learned its outcome, it is the plain call: same path, same journal.

local json = require 'json'

local calls = {}

local function is_given(value)
  return value ~= nil and value ~= json.null and value ~= false
end

-- A table with names for keys, as opposed to a list.
local function is_map(value)
  return type(value) == 'table' and not json.is_array(value) and #value == 0 and next(value) ~= nil
end

-- A condition of run_when: the name of a field, a list of names (all of them given), or { map = name }.
local function holds(condition, input)
  if type(condition) == 'string' then return is_given(input[condition]) end
  if condition.map then return is_map(input[condition.map]) end
  for _, name in ipairs(condition) do
    if not is_given(input[name]) then return false end
  end
  return true
end

local function wants_run(how, input)
  if not how.run then return false end
  for _, condition in ipairs(how.run_when or {}) do
    if holds(condition, input) then return true end
  end
  return how.run_when == nil
end

-- Whether the engine adds something to the answer (lib/answers.lua).
local function is_shaped(how, input)
  return how.dates ~= nil or (how.custom_fields ~= nil and input.custom_fields == 'names')
end

-- What the operation's table says of how it is called; false: like any other. Looked up once per version.
local function describe(program, connection, operation)
  local name = connection .. '.' .. operation
  local how = program.described[name]
  if how == nil then
    how = program.act.describe(connection, operation)
    program.described[name] = how
  end
  return how
end

-- Tools: what a connector's function gets --------------------------------------------------------------

-- Functions that are bound to its own connection, as ctx:call(operation, input). What they are made of, the bindings
-- that act, is in no field: a connector may be a stranger's.
function calls.tools(program, at, connection, connector)
  local act, path, count = program.act, at.path, 0
  local tools = { connector = require('connectors.' .. connector) }

  -- One call, journalled. It is always the plain one: an operation may call itself.
  function tools.call(_, operation, input)
    count = count + 1
    return act.call(path .. '/' .. count, connection, operation, input, at.timeout, at.unit or path, at.may_repeat)
  end

  -- A reading whose answer is not journalled and may come from the cache; with is_fresh it does not.
  function tools.look(_, operation, input, is_fresh)
    return act.look(path .. '/look', connection, operation, input, at.timeout, is_fresh)
  end

  -- What make() gives, computed once: later attempts are handed the same. For what is made of readings.
  function tools.once(_, name, make)
    local place = path .. '/' .. name
    local is_known, value = act.recall(place)
    if is_known then return value end
    value = make()
    act.complete(place, nil, value)
    return value
  end

  -- A setting of the connection in ladle.yaml that the connector's table names, or nil.
  function tools.setting(_, name)
    return act.setting(connection, name)
  end

  local operations = tools.connector.operations
  -- The fields that an operation of this connector takes.
  function tools.takes(_, operation)
    return operations[operation].input
  end

  return tools
end

-- Calls ------------------------------------------------------------------------------------------------

local function take_apart(program, how, at, connection, operation, input)
  local ok, is_known, output = pcall(program.act.recall, at.path)
  if ok and is_known then return output end
  local ctx = calls.tools(program, at, connection, how.connector)
  local run = wants_run(how, input) and ctx.connector.operations[operation].run
  output = run and run(ctx, input) or ctx:call(operation, input)
  if is_shaped(how, input) then output = require('lib.answers').read(ctx, how, input, output) end
  program.act.complete(at.path, input, output)
  return output
end

-- Calls `operation` with `input`; its output. at: path, timeout (or nil), may_repeat (what was sent may be sent again
-- where nobody knows how it ended), and unit: the step, where the call is one of several that its action makes.
function calls.take(program, at, connection, operation, input)
  local how = describe(program, connection, operation)
  local is_special = how and (wants_run(how, input) or is_shaped(how, input))
  if is_special and not program.act.begun(at.path) then
    return take_apart(program, how, at, connection, operation, input)
  end
  return program.act.call(at.path, connection, operation, input, at.timeout, at.unit, at.may_repeat)
end

-- How the answers of an operation come in pages, for lib/pages.lua.
function calls.paging(program, connection, operation)
  local how = describe(program, connection, operation)
  if how and how.pages then return how.pages end
  error({ kind = 'invalid', message = ('%s.%s does not answer in pages'):format(connection, operation) }, 0)
end

return calls
