-- The border: what a recipe, a script and a connector of a project cannot reach. The cases stand in recipes.lua and
-- checks.lua beside this file; a hostile one must fail in the way that it says, and its control must work.
package.path = './spec/support/?.lua;./spec/border/?.lua;' .. package.path
local flow = require 'flow'
local stages = require 'stages'
local host, json = flow.host, flow.json

local CASES = dofile 'spec/border/recipes.lua'
local CHECKS = dofile 'spec/border/checks.lua'

local HEAD = 'recipe: %s\nsummary: A test\nneeds:\n  crm: highlevel\nwhen:\n  - crm.contact_created\ndo:\n%s'

-- Only the body of the action's function is written down in a case.
local function action(case)
  local text = "return {\n  name = '%s', summary = 'A test',\n  run = function(ctx, input)\n%s\n  end,\n}\n"
  return text:format(case.name, case.script)
end

describe('in an engine with a hostile recipe of each kind', function()
  local stage, runs

  setup(function()
    local recipes, scripts = {}, {}
    for _, case in ipairs(CASES) do
      recipes[case.name .. '.yaml'] = HEAD:format(case.name, case.steps)
      if case.script or case.text then scripts[case.name .. '.lua'] = case.text or action(case) end
    end
    stage = stages.open(recipes, { scripts = scripts })
    stage:deliver(flow.sample 'contact_created')
    runs = {}
    for _, run in ipairs(stage:settle()) do runs[run.recipe] = run end
  end)

  teardown(function() stages.close(stage) end)

  for _, case in ipairs(CASES) do
    it(case.name .. ' becomes ' .. case.becomes, function()
      local run = assert(runs[case.name], 'it did not run')
      local problem = run.error ~= json.null and run.error or {}
      local message = ('%s: %s'):format(run.state, tostring(problem.message))
      if case.becomes == 'done' then
        assert.are.equal('done', run.state, message)
      else
        assert.are.equal('dead', run.state, message)
        assert.are.equal(case.becomes, problem.kind, message)
      end
    end)
  end

  it('nothing was deleted, and nothing was written behind a refusal', function()
    assert.are.equal(0, #stage:ledger 'contact_deleted')
    for _, note in ipairs(stage:ledger 'note_created') do assert.are_not.equal('never', note.body) end
  end)

  it('what was refused names recipe, step, operation and remedy, and is counted', function()
    local run = runs.hidden_operation
    for _, word in ipairs { 'recipe hidden_operation', 'step act', 'crm.delete_contact', 'name it in' } do
      assert.is_truthy(run.error.message:find(word, 1, true), run.error.message)
    end
    local journalled
    for _, step in ipairs(flow.show(stage, run.id).steps) do
      journalled = journalled or (step.error ~= json.null and step.error and step.error.kind == 'forbidden')
    end
    assert.is_true(journalled)
    local metrics = assert(host.fetch { url = stage.url .. '/metrics', timeout_ms = 60000 }).body
    assert.is_truthy(metrics:find('ladle_denied_total{recipe="hidden_operation"} 1', 1, true))
  end)

  it('the engine is up', function() assert.is_true(stage:is_up()) end)

  it('`ladle check` says of each what it may do', function()
    local _, code, output = stage:cli 'check'
    assert.are.equal(0, code)
    assert.is_truthy(output:find('named_call: reads crm\n', 1, true), output)
    assert.is_truthy(output:find('computed_operation: does anything with crm\n', 1, true), output)
    local rights
    for _, line in ipairs(stage:look('check', '--rights', '--json')) do
      if line.recipe == 'named_call' then rights = line.rights end
    end
    assert.are.equal('get_contact', rights[1].operation)
    assert.are.equal('read', rights[1].kind)
    assert.are.equal(1, #rights[1].hosts)
  end)
end)

describe('`ladle check`', function()
  local PROJECT = 'connections:\n  crm: { connector: highlevel, auth: token, token: pit-12345678, location: abc }\n' ..
    '  other: { connector: http, auth: none, allow_hosts: [api.example.com] }\n'

  local function check(files)
    local folder = host.mkdtemp()
    for _, name in ipairs { 'recipes', 'scripts', 'scripts/connectors' } do host.mkdir(folder .. '/' .. name) end
    assert(host.write_file(folder .. '/ladle.yaml', PROJECT))
    for name, text in pairs(files) do assert(host.write_file(folder .. '/' .. name, text)) end
    local process = assert(host.spawn { argv = { host.env 'LADLE', 'check' }, cwd = folder, output = folder .. '/out' })
    local code = process:wait(60000)
    local output = host.read_file(folder .. '/out')
    host.rm_rf(folder)
    return { code = code, output = output }
  end

  for _, case in ipairs(CHECKS) do
    it((case.error and 'refuses: ' or 'takes: ') .. case.name, function()
      local result = check(case.files)
      if case.error then
        assert.are_not.equal(0, result.code, result.output)
        assert.is_truthy(result.output:find(case.error, 1, true), result.output)
      else
        assert.are.equal(0, result.code, result.output)
      end
    end)
  end
end)
