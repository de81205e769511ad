-- The judges of timetables: programs that know from others when a schedule comes, and ask the engine (timetable.c).
-- Each is a function of the arguments of its program, and gives its exit code and output, or nil and why it cannot
-- judge here.
local host = require 'host'
local npm = require 'npm'

local judges = {}

local TOOL = assert(host.env 'LADLE', 'LADLE must name the program to test'):gsub('[^/]+$', 'judge/timetable')
local CRONER = 'build/croner'

-- Where `is_shown`, what it prints goes to the terminal.
local function run(argv, timeout_ms, is_shown)
  local folder = host.mkdtemp()
  local log = not is_shown and folder .. '/log' or nil
  local quoted = {}
  for i, word in ipairs(argv) do quoted[i] = "'" .. word .. "'" end
  local command = table.concat(quoted, ' ') .. ' 2>&1'
  local code = assert(host.spawn { argv = { '/bin/sh', '-c', command }, output = log }):wait(timeout_ms)
  local text = log and host.read_file(log) or ''
  host.rm_rf(folder)
  return code, text
end

local function with(program, arguments)
  local argv = { table.unpack(program) }
  for _, word in ipairs(arguments) do argv[#argv + 1] = word end
  return argv
end

function judges.zoneinfo(arguments, timeout_ms, is_shown)
  if run({ 'python3', '-c', 'import zoneinfo' }, 20000) ~= 0 then
    return nil, 'python3 with its zoneinfo is not installed'
  end
  return run(with({ 'python3', 'spec/judge/timetable.py', TOOL }, arguments), timeout_ms, is_shown)
end

function judges.croner(arguments, timeout_ms, is_shown)
  local why_not = npm.install('spec/judge', CRONER, { 'croner.mjs' })
  if why_not then return nil, why_not end
  return run(with({ 'node', CRONER .. '/croner.mjs', TOOL }, arguments), timeout_ms, is_shown)
end

return judges
