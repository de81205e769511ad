-- The staging environment as scripts/README.md describes it: its files are written as they stand there,
-- its commands are run as they stand there, but for the ports.

package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'

local host, json = flow.host, flow.json

local ladle = assert(host.env 'LADLE')

local function section()
  local text = assert(host.read_file 'scripts/README.md')
  return text:sub((assert(text:find('## Staging', 1, true))))
end

-- The YAML blocks by the file that the text before them names, and the commands, in order.
local function read_section(text)
  local files, commands = {}, {}
  for name, block in text:gmatch('`([%w/.-]+%.yaml)`[^`]*```yaml\n(.-)```') do
    files[name] = block
  end
  files['staging.yaml'] = text:match('begins with, `staging.yaml`.-```yaml\n(.-)```')
  for command in (text:gsub('```.-```', '')):gmatch('\n    ([%w][^\n]*)') do
    commands[#commands + 1] = command
  end
  return files, commands
end

local function wait_for(what, probe)
  local deadline = host.now_ms() + 60000
  while true do
    local value = probe()
    if value then return value end
    assert(host.now_ms() < deadline, 'in vain for ' .. what)
    host.turn(20)
  end
end

-- A project's folder with `ladle` to be found in bin/, and ports of its own in place of the documentation's.
local function with_folder(body)
  local world = { folder = host.mkdtemp(), processes = {},
                  ports = { ['8420'] = tostring(host.free_port()), ['8430'] = tostring(host.free_port()) } }
  for _, name in ipairs { 'recipes', 'bin' } do host.mkdir(world.folder .. '/' .. name) end
  assert(host.write_file(world.folder .. '/bin/ladle', '#!/bin/sh\nexec "' .. ladle .. '" "$@"\n', 493))
  local ok, problem = pcall(body, world)
  for _, process in ipairs(world.processes) do
    process:kill('TERM')
    process:wait(60000)
  end
  local log = ''
  for _, name in ipairs { 'sandbox.log', 'run.log', 'command.log' } do
    log = log .. (host.read_file(world.folder .. '/' .. name) or '')
  end
  host.rm_rf(world.folder)
  if not ok then error(type(problem) == 'string' and problem .. '\n' .. log or problem, 0) end
end

-- Runs a command in a shell that finds `ladle`; the process.
local function shell(world, command, output)
  return assert(host.spawn {
    argv = { '/bin/sh', '-c', command }, cwd = world.folder, output = world.folder .. '/' .. output,
    env = { PATH = world.folder .. '/bin:' .. (host.env 'PATH'), TOKEN = world.token or '' },
  })
end

local function stays(world, command, output)
  world.processes[#world.processes + 1] = shell(world, 'exec ' .. command, output)
end

-- How each of the commands is run that does not end by itself, or has to be waited for.
local special = {
  ['^ladle sandbox'] = function(world, command)
    stays(world, command .. ' --listen 127.0.0.1:' .. world.ports['8430'], 'sandbox.log')
    world.token = wait_for('the sandbox', function()
      return (host.read_file(world.folder .. '/sandbox.log') or ''):match('token%s+(pit%S+)')
    end)
  end,
  ['^ladle run$'] = function(world, command)
    stays(world, command, 'run.log')
    wait_for('the engine', function()
      return host.fetch { url = 'http://127.0.0.1:' .. world.ports['8420'] .. '/healthz', timeout_ms = 1000 }
    end)
  end,
  ['^grep task_created'] = function(world)
    world.task = wait_for('the task', function()
      local line = (host.read_file(world.folder .. '/ledger.jsonl') or ''):match('[^\n]*task_created[^\n]*')
      return line and json.decode(line)
    end)
  end,
}

local function run(world, command)
  for pattern, act in pairs(special) do
    if command:find(pattern) then
      return act(world, command)
    end
  end
  local process = shell(world, command, 'command.log')
  assert(process:wait(60000) == 0, command .. '\n' .. host.read_file(world.folder .. '/command.log'))
end

local function at_ports(world, text)
  return (text:gsub('127%.0%.0%.1:(%d+)', function(port) return '127.0.0.1:' .. world.ports[port] end))
end

describe('the staging environment', function()
  it('works as the documentation says, word for word', function()
    with_folder(function(world)
      local files, commands = read_section(section())
      for _, name in ipairs { 'recipes/plan-the-crew.yaml', 'ladle.yaml', 'staging.yaml' } do
        assert(host.write_file(world.folder .. '/' .. name, at_ports(world, assert(files[name], name))))
      end
      for _, command in ipairs(commands) do
        run(world, at_ports(world, command))
      end
      assert.are.equal(9, #commands)
      assert.are.same({ 'eva', 'Plan the crew for the roof of Eva' }, { world.task.contactId, world.task.title })
      local page = host.fetch { url = 'http://127.0.0.1:' .. world.ports['8430'] .. '/', timeout_ms = 60000 }
      assert.is_truthy(page.body:find('Utrecht Roofs', 1, true))
      assert.is_truthy(page.body:find('the roof of Eva', 1, true))
    end)
  end)
end)
