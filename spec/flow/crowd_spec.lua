-- Crowds from outside: many large events at once.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'

local json = flow.json

local RECIPE = [[
recipe: keep
summary: Keeps what came
needs: { door: webhook }
when: [door.received]
do:
  - step: note
    use: records.upsert_contact
    with:
      contact_id: = event.id
      first_name: = event.items[1].name
]]

describe('events of almost a megabyte', function()
  it('that come thirty at once all end well', function()
    local options = { connections = '  door: { connector: webhook, verify: none }\n' }
    flow.on_stage({ ['keep.yaml'] = RECIPE }, options, function(stage)
      local items = {}
      for k = 1, 20000 do items[k] = { name = 'item ' .. k, n = k, of = 1 } end
      local text = json.encode(items)
      for i = 1, 30 do
        assert.are.equal(202, (stage:post('door', ('{"id":"c%d","items":%s}'):format(i, text))))
      end
      local runs = stage:settle()
      assert.are.equal(30, #runs)
      for _, run in ipairs(runs) do assert.are.equal('done', run.state) end
    end)
  end)
end)
