-- A page of the documentation, played: its files are written as they stand there and its commands are run as they stand
-- there, in a project's folder of its own, with ports of its own.
local host = require 'host'

local documents = require 'documents'

local played = {}

local World = {}
World.__index = World

-- The YAML blocks of a page by the file that the text before them names last, and the indented lines that begin with a
-- word of `words` ({ ladle = true }), in order. From the heading on, where one is given, to the next of its kind.
function played.read(path, words, heading)
  local text = documents.read(path)
  if heading then text = assert(text:match('\n## ' .. heading .. '\n.-\n## '), heading) end
  local files, commands, name = {}, {}, nil
  for prose, block in (text .. '```yaml\n```'):gmatch '(.-)```yaml\n(.-)```' do
    for one in prose:gmatch '`([%w/.-]+%.yaml)`' do name = one end
    if block ~= '' then files[assert(name, block)] = block end
  end
  for command in documents.without_fences(text):gmatch '\n    (%l[^\n]*)' do
    if words[command:match '^%l+'] then commands[#commands + 1] = command end
  end
  return files, commands
end

function World:path(name) return self.folder .. '/' .. name end

-- The documentation's ports are the world's own.
function World:at_ports(text)
  return (text:gsub('127%.0%.0%.1:(%d+)', function(port) return '127.0.0.1:' .. assert(self.ports[port], port) end))
end

function World:write(name, text) assert(host.write_file(self:path(name), self:at_ports(text))) end

function World:log(name) return host.read_file(self:path(name)) or '' end

function played.wait_for(what, probe)
  local deadline = host.now_ms() + 60000
  while true do
    local value = probe()
    if value then return value end
    assert(host.now_ms() < deadline, 'in vain for ' .. what)
    host.turn(20)
  end
end

-- Runs a command in a shell that finds `ladle`; the process.
function World:spawn(command, log)
  return assert(host.spawn {
    argv = { '/bin/sh', '-c', self:at_ports(command) }, cwd = self.folder, output = self:path(log),
    env = { PATH = self:path 'bin' .. ':' .. host.env 'PATH', TOKEN = self.token or '' },
  })
end

-- Runs a command to its end, which must be a good one; what it printed.
function World:run(command)
  os.remove(self:path 'command.log')
  local code = self:spawn(command, 'command.log'):wait(60000)
  assert(code == 0, command .. '\n' .. self:log 'command.log')
  return self:log 'command.log'
end

-- Starts a command that stays until the world ends.
function World:start(command, log)
  self.logs[#self.logs + 1] = log
  local process = self:spawn('exec ' .. command, log)
  self.processes[#self.processes + 1] = process
  return process
end

-- `ladle run`, once it listens.
function World:start_engine()
  local engine = self:start('ladle run', 'run.log')
  played.wait_for('the engine', function()
    return host.fetch { url = self:at_ports 'http://127.0.0.1:8420/healthz', timeout_ms = 1000 }
  end)
  return engine
end

-- Runs body(world), and ends and removes everything in any case.
function played.in_folder(body)
  local world = setmetatable({ folder = host.mkdtemp(), processes = {}, logs = {}, ports = {} }, World)
  for _, port in ipairs { '8420', '8430' } do world.ports[port] = tostring(host.free_port()) end
  for _, name in ipairs { 'recipes', 'bin' } do host.mkdir(world:path(name)) end
  local wrapper = '#!/bin/sh\nexec "' .. assert(host.env 'LADLE') .. '" "$@"\n'
  assert(host.write_file(world:path 'bin/ladle', wrapper, 493)) -- 0755
  local ok, problem = xpcall(body, debug.traceback, world)
  for _, process in ipairs(world.processes) do
    process:kill 'TERM'
    process:wait(60000)
  end
  local told = ''
  for _, name in ipairs(world.logs) do told = told .. '\n' .. world:log(name) end
  host.rm_rf(world.folder)
  if not ok then error(tostring(problem) .. told, 0) end
end

return played
