-- The stage that the other flow specs play on: what it tells them of the store is what stands there now.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'

local TASK = [[
recipe: task
needs: { crm: highlevel }
when: [crm.contact_created]
do:
  - step: task
    use: crm.create_task
    with: { contactId: = event.id, title: Call, dueDate: "2026-11-25T10:00:00Z", completed: false }
]]

describe('a look at the store', function()
  it('starts a command only where something was written since the last one, and tells what is there', function()
    flow.on_stage({ ['task.yaml'] = TASK }, nil, function(stage)
      for count = 0, 3 do
        if count > 0 then assert(stage:deliver(flow.sample 'contact_created') == 202) end
        stage:settle()
        stage.wait_for('a look that starts no command', 60000, function()
          local calls = stage.calls
          stage:runs()
          return calls == stage.calls
        end)
        assert.are.same((stage:cli('runs', '--json', '--limit', '1000')), stage:runs())
        assert.are.equal(count, #stage:runs())
      end
    end)
  end)
end)
