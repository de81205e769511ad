-- The first five minutes as README.md describes them: the files and commands as they stand there, but for the ports and
-- the length of the wait. What the README shows of the trace has the lines that `ladle show` prints.
package.path = './spec/support/?.lua;' .. package.path
local documents = require 'documents'
local json = require 'json'
local played = require 'played_page'

local HEADING = 'Your first webhook, in five minutes'

local function only_run(world) return json.decode((world:run 'ladle runs --json')) end

-- The first word of each line of a trace. On a terminal `ladle show` leaves the version out, and says how to see it.
local function outline(trace)
  local words = {}
  for word in trace:gmatch '(%S+)[^\n]*\n' do
    if word ~= 'version' then words[#words + 1] = word end
  end
  return words
end

local function trace_of_readme()
  return assert(documents.read('README.md'):match '%$ ladle show %x+\n(.-\n)\n')
end

describe('the first webhook', function()
  it('does what the README says, also when the engine is killed while the run waits', function()
    played.in_folder(function(world)
      local files, commands = played.read('README.md', { ladle = true, curl = true }, HEADING)
      assert.are.equal(4, #commands, table.concat(commands, '\n'))
      world:write('ladle.yaml', 'listen: 127.0.0.1:8420\n' .. assert(files['ladle.yaml']))
      local recipe, waits = assert(files['recipes/call-back.yaml']):gsub('wait: 30s', 'wait: 3s')
      assert.are.equal(1, waits)
      world:write('recipes/call-back.yaml', recipe)

      local engine
      for _, command in ipairs(commands) do
        if command == 'ladle run' then engine = world:start_engine() else world:run(command) end
      end
      played.wait_for('the wait', function() return only_run(world).state ~= 'running' end)
      engine:kill 'KILL'
      engine:wait(60000)
      world:start_engine()
      local run = played.wait_for('the end', function()
        local run = only_run(world)
        return run.state == 'done' and run
      end)

      assert.are.same(outline(trace_of_readme()), outline(world:run('ladle show ' .. run.id:sub(-6))))
      local task = json.decode((world:run 'ladle records tasks --json'))
      assert.is_truthy(json.encode(task):find('Call Jane at 555-0100', 1, true))
    end)
  end)
end)
