-- The staging environment as scripts/sandbox/README.md describes it: its files are written as they stand there,
-- its commands are run as they stand there, but for the ports.
package.path = './spec/support/?.lua;' .. package.path
local host, json = require 'host', require 'json'
local played = require 'played_page'

local WORDS = { mkdir = true, ladle = true, printf = true, curl = true, grep = true }

-- How each of the commands is run that does not end by itself, or has to be waited for.
local special = {
  ['^ladle sandbox'] = function(world, command)
    world:start(command .. ' --listen 127.0.0.1:8430', 'sandbox.log')
    world.token = played.wait_for('the sandbox', function()
      return world:log('sandbox.log'):match 'token%s+(pit%S+)'
    end)
  end,
  ['^ladle run$'] = function(world) world:start_engine() end,
  ['^grep task_created'] = function(world)
    world.task = played.wait_for('the task', function()
      local line = world:log('ledger.jsonl'):match '[^\n]*task_created[^\n]*'
      return line and json.decode(line)
    end)
  end,
}

local function run(world, command)
  for pattern, act in pairs(special) do
    if command:find(pattern) then return act(world, command) end
  end
  world:run(command)
end

describe('the staging environment', function()
  it('works as the documentation says, word for word', function()
    played.in_folder(function(world)
      local files, commands = played.read('scripts/sandbox/README.md', WORDS)
      for _, name in ipairs { 'recipes/plan-the-crew.yaml', 'ladle.yaml', 'staging.yaml' } do
        world:write(name, assert(files[name], name))
      end
      for _, command in ipairs(commands) do run(world, command) end
      assert.are.equal(9, #commands)
      assert.are.same({ 'eva', 'Plan the crew for the roof of Eva' }, { world.task.contactId, world.task.title })
      local page = host.fetch { url = world:at_ports 'http://127.0.0.1:8430/', timeout_ms = 60000 }
      assert.is_truthy(page.body:find('Utrecht Roofs', 1, true))
      assert.is_truthy(page.body:find('the roof of Eva', 1, true))
    end)
  end)
end)
