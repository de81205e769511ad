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
