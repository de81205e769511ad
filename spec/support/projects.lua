-- A project folder in which commands run without an engine.
local host, json = require 'host', require 'json'

local projects = {}

-- ladle.yaml, where a test writes no other: %d is a port.
projects.CONFIG = [[
listen: 127.0.0.1:%d
store: sqlite:data/ladle.db
timezone: Europe/Amsterdam
connections:
  crm: { connector: highlevel, auth: token, location: ve9EPM428h8vShlRW1KT }
  door: { connector: webhook, verify: none }
]]

local Project = {}
Project.__index = Project

-- ladle.yaml and what `files` has more, or instead, by its name.
function projects.new(files)
  local self = setmetatable({ folder = host.mkdtemp() }, Project)
  self:write('ladle.yaml', projects.CONFIG:format(host.free_port()))
  host.mkdir(self.folder .. '/recipes')
  for name, text in pairs(files or {}) do self:write(name, text) end
  return self
end

function Project:write(name, text)
  assert(host.write_file(self.folder .. '/' .. name, text))
end

-- Runs a command: its exit code, stdout and stderr. The signal that ended it is an error.
function Project:run(args, stdin)
  self:write('.stdin', stdin or '')
  local process = assert(host.spawn {
    argv = { '/bin/sh', '-c', 'exec "$0" "$@" <.stdin >.out 2>.err', host.env 'LADLE', table.unpack(args) },
    cwd = self.folder,
  })
  local code, signal = process:wait(60000)
  assert(code and (signal == nil or signal == 0), 'ended by signal ' .. tostring(signal))
  local out, err = host.read_file(self.folder .. '/.out'), host.read_file(self.folder .. '/.err')
  assert(not err:find('==ERROR: ', 1, true) and not err:find('runtime error: ', 1, true), err)
  return code, out, err
end

function Project:json(...)
  local code, out = self:run { ... }
  local documents = {}
  for line in out:gmatch '[^\n]+' do documents[#documents + 1] = json.decode(line) end
  return code, documents
end

-- Runs body(project), and removes the folder in any case.
function projects.with(files, body)
  local project = projects.new(files)
  local ok, problem = xpcall(body, debug.traceback, project)
  host.rm_rf(project.folder)
  if not ok then error(problem, 0) end
end

return projects
