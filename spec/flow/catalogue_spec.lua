-- The whole catalogue, through the real engine: each of the 53 core actions as a step of a recipe, held
-- against the sandbox's ledger; each of the other operations as a step that is made from its schema, and
-- taken by the sandbox, which holds it against the schema on its own; and of each a broken step, which
-- `ladle check` refuses. The 73 triggers are in triggers_spec.lua.

package.path = './spec/support/?.lua;' .. package.path
local core = require 'core_actions'
local flow = require 'flow'
local generated_calls = require 'generated_calls'
local stages = require 'stages'

local host, json = flow.host, flow.json
local index = require 'connectors.highlevel.index'

local AT_MOST = 50 -- steps of one generated recipe, and errors that `ladle check` keeps of a file
local TRIGGERS, ACTIONS, OTHERS = 73, 53, 523

local by_hand = require('connectors.highlevel').operations

-- As the engine knows it: what is written by hand wins.
local function operation_of(name)
  return by_hand[name] or require('connectors.highlevel.' .. index.operations[name]).operations[name]
end

local function sorted_names(map)
  local names = {}
  for name in pairs(map) do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

-- Says how many of how many, where a person looks.
local function say(count, of, what)
  io.write(('# %d of %d %s\n'):format(count, of, what))
  assert.are.equal(of, count)
end

-- Generated recipes -------------------------------------------------------------------------------

local HEAD = 'recipe: %s\nsummary: Generated\nneeds: { crm: highlevel, hq: highlevel }\nwhen: [crm.contact_created]\n'
  .. 'if: = event.id == "begin"\ndo:\n'
local HEAD_LINES, STEP_LINES = 6, 3

-- Recipes of at most AT_MOST steps that call the operations named; input(operation) gives `with`. The
-- names of each recipe's steps, in order, by its file.
local function write_recipes(folder, prefix, names, connection, input)
  local steps = {}
  for first = 1, #names, AT_MOST do
    local recipe = ('%s-%d'):format(prefix, first)
    local file = ('%s/%s.yaml'):format(folder, recipe)
    local lines = { HEAD:format(recipe) }
    steps[file] = {}
    for i = first, math.min(first + AT_MOST - 1, #names) do
      lines[#lines + 1] = ('  - step: %s\n    use: %s.%s\n    with: %s\n'):format(names[i], connection, names[i],
        json.encode(input(operation_of(names[i]))))
      table.insert(steps[file], names[i])
    end
    assert(host.write_file(file, table.concat(lines)))
  end
  return steps
end

-- The stage ---------------------------------------------------------------------------------------

local CONNECTIONS = [[
  hq:
    connector: highlevel
    auth: token
    base_url: %s
    token_url: %s/oauth/token
]]

-- An agency's token of an installed app, as the sandbox gives it for one of its codes.
local function agency_token(app)
  local form = { grant_type = 'authorization_code', code = app.codes[2], user_type = 'Company',
                 client_id = app.client_id, client_secret = app.client_secret }
  local parts = {}
  for name, value in pairs(form) do
    parts[#parts + 1] = name .. '=' .. value
  end
  local answer = assert(host.fetch {
    method = 'POST', url = app.url .. '/oauth/token', body = table.concat(parts, '&'), timeout_ms = 60000,
    headers = { ['Content-Type'] = 'application/x-www-form-urlencoded' },
  })
  return json.decode(answer.body).access_token
end

local function connect_agency(stage)
  local path = stage:path 'ladle.yaml'
  local url = stage.app.url
  assert(host.write_file(path, host.read_file(path) .. CONNECTIONS:format(url, url)))
  assert(host.write_file(stage:path 'stdin', agency_token(stage.app)))
  local process = assert(host.spawn {
    argv = { '/bin/sh', '-c', 'exec "$0" connect hq --token - <stdin', stage.ladle }, cwd = stage.folder,
    output = stage:path 'connect.log', env = { STAGE_CLIENT_SECRET = stage.app.client_secret },
  })
  assert(process:wait(60000) == 0, host.read_file(stage:path 'connect.log'))
end

local PLAYED = {}
for _, route in ipairs(require('sandbox.routes').all()) do
  PLAYED[route.name] = true
end

-- The operations that are known by their schema alone, by the connection that can call them.
local function described()
  local names = { crm = {}, hq = {} }
  for _, name in ipairs(sorted_names(index.operations)) do
    local operation = operation_of(name)
    if not PLAYED[name] and not operation.unsupported then
      table.insert(operation.access == 'parent' and names.hq or names.crm, name)
    end
  end
  return names
end

local function write_beside(stage)
  local known = { COMPANY = stage.app.company, APP = stage.app.client_id:match('^[^-]+') }
  for name, text in pairs(core.beside) do
    assert(host.write_file(stage:path('recipes/' .. name), (text:gsub('%%(%u+)%%', known))))
  end
end

local function open()
  local stage = flow.stage(core.recipes)
  local ok, problem = pcall(function()
    stage:start_sandbox()
    stage:connect()
    connect_agency(stage)
    write_beside(stage)
    local names, known = described(), { locationId = stage.app.location, altId = stage.app.location }
    write_recipes(stage:path 'recipes', 'described', names.crm, 'crm', function(operation)
      return generated_calls.input(operation, known, { location = true })
    end)
    write_recipes(stage:path 'recipes', 'agency', names.hq, 'hq', function(operation)
      return generated_calls.input(operation, { companyId = stage.app.company })
    end)
    stages.control(stage, 'settings', { rate_interval_ms = 100 })
    stage:start_engine()
  end)
  if not ok then
    local log = host.read_file(stage:path 'engine.log') or ''
    stage:close()
    error(('%s\nthe engine said:\n%s'):format(tostring(problem), log), 0)
  end
  return stage
end

describe('the catalogue, in recipes', function()
  local stage, recipe_count, runs, state

  -- Everything runs at once, from one event; each test looks at its part.
  lazy_setup(function()
    stage = open()
    recipe_count = 0
    for _, name in ipairs(assert(host.list(stage:path 'recipes'))) do
      recipe_count = recipe_count + (name:find('%.yaml$') and 1 or 0)
    end
    local event = flow.sample 'contact_created'
    event.id = 'begin'
    assert.are.equal(202, (stage:deliver(event)))
    runs = stages.calm(stage)
    state = stages.control(stage, 'state')
  end)

  lazy_teardown(function()
    stages.close(stage)
  end)

  -- The others are those of the contacts that the recipes themselves made, whose `if` said no.
  it('runs every step to its end', function()
    local done = {}
    for _, run in ipairs(runs) do
      assert(run.state == 'done' or run.state == 'skipped', json.encode(run))
      done[#done + 1] = run.state == 'done' and run.recipe or nil
    end
    assert.are.equal(recipe_count, #done)
  end)

  it('does each of the core actions, each effect once', function()
    local done = 0
    for name in pairs(index.core) do
      assert((state.served[name] or 0) > 0, name .. ' was not called')
      done = done + 1
    end
    for effect, actions in pairs(core.effects) do
      local found = #stage:ledger(effect)
      assert(found == #actions, ('%s: %d times, not %d'):format(effect, found, #actions))
    end
    say(done, ACTIONS, 'core actions')
  end)

  it('hears of each change by the webhook of its trigger', function()
    local heard = {}
    for _, event in ipairs(stage:events()) do
      heard[event.type] = true
    end
    for _, name in ipairs(core.events) do
      assert(heard[name], 'no event ' .. name)
    end
  end)

  it('calls each of the other operations, as its schema has it', function()
    local called, untold = 0, 0
    for name in pairs(index.operations) do
      local operation = operation_of(name)
      if operation.unsupported then
        untold = untold + 1
      elseif not index.core[name] then
        assert((state.served[name] or 0) > 0, name .. ' was not called')
        called = called + 1
      end
    end
    say(called + untold, OTHERS, ('other operations: %d called, %d that no recipe can call'):format(called, untold))
    assert.is_nil(state.answers['422'])
    assert.is_nil(state.answers['404'])
  end)

  it('refuses a broken step of each operation, where it stands', function()
    local folder, refused = stage:path 'broken', 0
    assert(host.mkdir(folder))
    local known = { locationId = 'x', altId = 'x' }
    local steps = write_recipes(folder, 'broken', sorted_names(index.operations), 'crm', function(operation)
      return generated_calls.broken(operation, known, { location = true })
    end)
    for file, names in pairs(steps) do
      local documents, code = stage:cli('check', file, '--json')
      assert.are.equal(1, code)
      local told = {}
      for _, problem in ipairs(documents[1].errors) do
        told[(problem.line - HEAD_LINES - 1) // STEP_LINES + 1] = true
      end
      for i, name in ipairs(names) do
        assert(told[i], ('%s: the broken step of %s was taken'):format(file, name))
        refused = refused + 1
      end
    end
    say(refused, ACTIONS + OTHERS, 'broken steps refused')
  end)

  it('refuses a forged delivery of each trigger', function()
    local refused, before = 0, #stage:events('--connection', 'crm')
    for name in pairs(index.events) do
      assert.are.equal(401, (stage:deliver(flow.sample(name), true)), name)
      refused = refused + 1
    end
    assert.are.equal(before, #stage:events('--connection', 'crm'))
    say(refused, TRIGGERS, 'forged deliveries refused')
  end)
end)
