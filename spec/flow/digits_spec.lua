-- Whole numbers of more than 64 bits: their digits stay, as a text, on every way through the engine, or it is refused
-- aloud. A float would make another id of an id.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local stages = require 'stages'
local host, json = flow.host, flow.json

local BIG, NEXT = '123456789012345678901234', '123456789012345678901235'

local RECIPE = [[
recipe: digits
needs: { crm: highlevel, shop: http, in: webhook }
when: [in.received]
if: = event.order ~= "%s0"
key: = event.order
do:
  - step: send
    use: shop.post
    with: { url: /orders, json: { id: = event.order, text: "no ${event.order}", list: = event.orders } }
  - step: note
    use: crm.create_note
    with: { contactId: nmFmQEsNgz6AVpgLVUJ0, body: "${event.order} ${steps.send.body.id}" }
  - step: wait
    wait_for: in.received
    with: { order: = steps.send.body.id, step: two }
]]

local ADDS = [[
recipe: adds
needs: { in: webhook }
when: [in.received]
do:
  - step: add
    stop: %s
]]

describe('a whole number of more than 64 bits', function()
  local stage, server, sent

  lazy_setup(function()
    local address
    address, server = host.serve {
      on_request = function(request)
        sent = request.body
        return { status = 200, headers = { ['Content-Type'] = 'application/json' }, body = '{"id":' .. BIG .. '}' }
      end,
    }
    stage = stages.open({
      ['digits.yaml'] = RECIPE:format(BIG),
      ['plus.yaml'] = (ADDS:gsub('adds', 'plus')):format '= event.order + 1',
      ['number.yaml'] = (ADDS:gsub('adds', 'number')):format '= number(event.order)',
    }, {
      connections = '  in:\n    connector: webhook\n    verify: none\n    dedupe: [order, step]\n'
        .. '  shop:\n    connector: http\n    base_url: http://' .. address .. '\n    allow_private: true\n',
    })
  end)

  lazy_teardown(function()
    stages.close(stage)
    if server then server:close() end
  end)

  it('comes in, goes through expressions, journal, calls and answers, and matches, with its digits', function()
    local status, event = stage:post('in', ('{"order":%s,"orders":[%s]}'):format(BIG, BIG))
    assert.are.equal(202, status)
    local run = stage.wait_for('the run to wait', 30000, function()
      return stage:runs('--recipe', 'digits', '--state', 'waiting')[1]
    end)
    assert.are.equal(BIG, run.key)
    assert.are.same({ id = BIG, text = 'no ' .. BIG, list = { BIG } }, json.decode(sent))
    assert.are.equal(BIG .. ' ' .. BIG, stage:ledger('note_created')[1].body)
    assert.are.equal(BIG, flow.show(stage, event.id).payload.order)
    assert.are.equal(BIG, flow.show(stage, run.id).steps[1].output.body.id)
    assert.are.equal(202, (stage:post('in', ('{"order":%s,"step":"two","n":1}'):format(NEXT))))
    assert.are.equal('waiting', flow.show(stage, run.id).state)
  end)

  it('tells one delivery from another by its last digit', function()
    assert.are.equal(202, (stage:post('in', '{"order":' .. BIG .. '1}')))
    assert.are.equal(202, (stage:post('in', '{"order":' .. BIG .. '2}')))
    local status, answer = stage:post('in', '{ "order": ' .. BIG .. '1 }')
    assert.are.equal(200, status, json.encode(answer))
  end)

  it('is not computed with', function()
    for recipe, message in pairs {
      plus = '^recipes/plus.yaml:6: step add: %d+ is a whole number of more than 64 bits',
      number = '^recipes/number.yaml:6: step add: number: the text "%d+" has more digits',
    } do
      local run = stage.wait_for('a run of ' .. recipe, 30000, function()
        return stage:runs('--recipe', recipe, '--state', 'dead')[1]
      end)
      assert.is_truthy(run.error.message:find(message), run.error.message)
    end
  end)

  it('is refused in a recipe', function()
    local text = ADDS:gsub('adds', 'literal')
    host.write_file(stage:path 'recipes/literal.yaml', text:format('= event.order == ' .. BIG))
    local documents, code = stage:cli('check', '--json')
    assert.are.equal(1, code)
    assert.are.equal('a whole number of more than 64 bits would lose digits', documents[1].errors[1].message)
  end)
end)
