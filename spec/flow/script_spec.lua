-- Lua actions, and what becomes of recipes and scripts that misbehave: the engine goes on.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'

local function recipe(name, body)
  local head = 'recipe: %s\nsummary: A test\nneeds:\n  crm: highlevel\nwhen:\n  - crm.contact_created\ndo:\n%s'
  return head:format(name, body)
end

local ACTION = [[
return {
  name = 'score_lead', summary = 'Rate a lead from its contact',
  input = { contactId = { 'string' }, base = { 'integer', default = 10 } },
  output = { score = { 'integer' }, tags = { 'list' } },
  run = function(ctx, input)
    local contact = ctx.crm:get_contact { contactId = input.contactId }.contact
    ctx.crm:add_tags { contactId = input.contactId, tags = { 'scored' } }
    return { score = input.base + #contact.firstName, tags = contact.tags }
  end,
}
]]

local function run_one(name, body, scripts, check)
  local stage = flow.stage({ [name .. '.yaml'] = recipe(name, body) }, { scripts = scripts })
  local ok, problem = xpcall(function()
    stage:start()
    stage:deliver(flow.sample 'contact_created')
    check(stage, flow.only_run(stage))
    assert.is_true(stage:is_up())
  end, debug.traceback)
  stage:close()
  if not ok then error(problem, 0) end
end

describe('an action in Lua', function()
  it('calls services, and its result is there for the steps behind it', function()
    local body = [[
  - step: score
    use: scripts.score_lead
    with: { contactId: = event.id }
  - step: note
    use: crm.create_note
    with: { contactId: = event.id, body: "Score ${steps.score.score}" }
]]
    run_one('scored', body, { ['score_lead.lua'] = ACTION }, function(stage, run)
      assert.are.equal('done', run.state)
      assert.are.equal('Score 14', stage:ledger('note_created')[1].body)
      assert.are.equal(1, #stage:ledger 'tags_added')
    end)
  end)
end)

describe('a recipe that misbehaves', function()
  local function dies_of(kind, script)
    run_one('bad', '  - step: bad\n    use: scripts.bad\n', { ['bad.lua'] = script }, function(_, run)
      assert.are.equal('dead', run.state)
      assert.are.equal(kind, run.error.kind)
    end)
  end

  it('ends with the budget when it loops for ever', function()
    dies_of('budget', "return { name = 'bad', summary = 'x', run = function() while true do end end }")
  end)

  it('ends with its memory cap when it allocates without end', function()
    dies_of('memory', [[
return { name = 'bad', summary = 'x', run = function() local t = {} while true do t[#t + 1] = { #t } end end }]])
  end)

  it('ends with the place of the error when it raises one', function()
    run_one('bad', '  - step: bad\n    use: scripts.bad\n',
      { ['bad.lua'] = "return { name = 'bad', summary = 'x', run = function() local a; return a.b end }" },
      function(_, run)
        assert.are.equal('script', run.error.kind)
        assert.is_truthy(run.error.message:find('bad', 1, true))
        assert.are.equal('bad', run.step)
      end)
  end)

  it('ends at once where an input is wrong, and names the field', function()
    run_one('bad', [[
  - step: bad
    use: crm.create_task
    with: { contactId: = event.id, title: = 1 + nil, dueDate: '2026-01-01T00:00:00Z', completed: false }
]], nil, function(_, run)
        assert.are.equal('dead', run.state)
        assert.are.equal('script', run.error.kind)
      end)
  end)
end)

-- A connector of the project's own whose operation is made of two calls, with a module beside it.
local CONNECTOR = [[
local words = require 'connectors.words'
return {
  name = 'desk', title = 'A help desk', base_url = 'http://127.0.0.1:1', auth = { kinds = { 'none' } },
  events = {},
  operations = {
    look = { method = 'GET', path = '/_sandbox/state', output = {} },
    greet = {
      method = 'POST', path = '/nowhere', output = {},
      input = { name = { 'string' }, loud = { 'boolean', optional = true, engine = true } }, run_when = { 'loud' },
      run = function(ctx, input)
        local first = ctx:call('look', {})
        local second = ctx:look('look', {})
        local word = ctx:once('word', function() return { text = words.hello } end)
        return { text = word.text .. ' ' .. input.name, grew = second.requests > first.requests }
      end,
    },
  },
}]]

describe('a connector of the project', function()
  it('has operations that are made of several calls', function()
    local body = [[
  - step: greet
    use: desk.greet
    with: { name: = event.firstName, loud: true }
  - step: note
    use: crm.create_note
    with: { contactId: = event.id, body: "${steps.greet.text}" }
]]
    local text = recipe('greet', body):gsub('crm: highlevel', 'crm: highlevel\n  desk: desk')
    local stage = flow.stage { ['greet.yaml'] = text }
    finally(function() stage:close() end)
    flow.host.mkdir(stage:path 'scripts/connectors')
    flow.host.write_file(stage:path 'scripts/connectors/desk.lua', CONNECTOR)
    flow.host.write_file(stage:path 'scripts/connectors/words.lua', "return { hello = 'Hello' }")
    stage:start_sandbox()
    local desk = '  desk:\n    connector: desk\n    auth: none\n    base_url: %s\n'
    stage.options.connections = desk:format(stage.app.url)
    stage:write_config()
    stage:connect()
    stage:start_engine()
    stage:deliver(flow.sample 'contact_created')
    local run = flow.only_run(stage)
    assert.are.equal('done', run.state, flow.json.encode(run))
    local shown = flow.show(stage, run.id)
    assert.are.equal('Hello John', stage:ledger('note_created')[1].body)
    local effects = {}
    for _, step in ipairs(shown.steps) do
      for _, effect in ipairs(step.effects or {}) do effects[#effects + 1] = effect.name end
    end
    assert.are.same({ 'greet/1', 'greet/word' }, effects)
  end)
end)
