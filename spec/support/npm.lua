-- Packages of npm that tests need: programs of someone else's making. They are installed on demand into a folder of
-- build/, by a lock file. Where node, npm or npm's registry are not there, npm.install() says so, and the tests that
-- need them are skipped with that message.

local host = require 'host'

local npm = {}

local function run(command, timeout_ms, output)
  local process = assert(host.spawn { argv = { '/bin/sh', '-c', command }, output = output })
  return process:wait(timeout_ms)
end

-- Whether what is installed is what the lock file says: a copy of it is put there at the very end.
local function is_installed(source, folder)
  return host.read_file(folder .. '/installed') == host.read_file(source .. '/package-lock.json')
end

-- Copies `files`, beside package.json and package-lock.json, from the folder `source` to `folder`, and installs there.
-- nil, or why the tests cannot run here.
function npm.install(source, folder, files)
  host.mkdir 'build'
  host.mkdir(folder)
  for _, name in ipairs { 'package.json', 'package-lock.json', table.unpack(files) } do
    assert(host.write_file(folder .. '/' .. name, assert(host.read_file(source .. '/' .. name))))
  end
  if run('command -v node && command -v npm', 10000, '/dev/null') ~= 0 then
    return 'node and npm are not installed'
  elseif is_installed(source, folder) then
    return nil
  end
  local log = folder .. '/npm.log'
  os.remove(log)
  local command = ' && exec npm ci --ignore-scripts --no-audit --no-fund --fetch-retries 1'
  if run('cd ' .. folder .. command, 180000, log) ~= 0 then
    return 'npm could not install what is needed (' .. log .. ' says why)'
  end
  assert(host.write_file(folder .. '/installed', assert(host.read_file(source .. '/package-lock.json'))))
end

return npm
