-- Changes one place of the core at a time, as spec/mutants/*.txt lists them, and demands that the tests named there
-- fail (make mutants). A change that they let pass is a promise that no test holds.
--
--   ladle lua spec/tools/mutants.lua [--jobs N] [--only PATTERN]
--
-- Each worker has a tree of its own in build/mutants: a copy of this one with what was built for it. A mutant is put
-- into it, the one program that it needs is made and run, and the file is put back. Before, each named test must pass
-- on the source as it is. Exit 1 if a mutant survives, or cannot be tried: its line is gone, it does not compile, its
-- test fails without it or hangs although the list does not say so.

package.path = './spec/support/?.lua;' .. package.path

local host = require 'host'
local mutants = require 'mutants'

local BUILD = 'build/mutants' -- of this tree, and of each worker's
local LIMIT_S = 300 -- for a test on the source as it is

local function chosen(list, only)
  if not only or only == '' then return list end
  local out = {}
  for _, m in ipairs(list) do
    local all = table.concat({ m.sentence, m.file, m['-'], m['+'] or '', m.at, table.unpack(m.tests) }, '\n')
    if all:find(only) then out[#out + 1] = m end
  end
  return out
end

-- Processes; everything from here to the dealer runs in a worker's coroutine ------------------------

-- Runs a program in the tree, its output in `tree/output`; its exit code.
local function run(tree, ...)
  os.remove(tree .. '/output') -- else it is added to
  local process = host.spawn { argv = { ... }, cwd = tree, output = tree .. '/output' }
  while process:is_running() do coroutine.yield() end
  local code, signum = process:wait()
  return signum ~= 0 and 128 + signum or code
end

local function output_of(tree) return host.read_file(tree .. '/output') or '' end

-- "run/retry_test", or "spec/flow/flow_spec.lua: the words of a test".
local function program_of(test)
  return BUILD .. (test:match '_spec%.lua' and '/ladle' or '/spec/' .. test)
end

local function make(tree, target)
  return run(tree, 'make', '--no-print-directory', 'VARIANT=mutants', 'B=' .. BUILD, target)
end

local function try_test(tree, test, limit_s)
  local limit = { 'timeout', '--kill-after=5', tostring(limit_s) }
  local spec, words = test:match '^(%S+_spec%.lua):?%s*(.*)$'
  local argv
  if spec then
    local ladle = host.cwd() .. '/' .. tree .. '/' .. BUILD .. '/ladle'
    argv = { 'env', 'LADLE=' .. ladle, ladle, 'lua', '/usr/bin/busted', '--ignore-lua', '--output=TAP',
             '--pattern=_spec', spec }
    if words ~= '' then table.insert(argv, '--filter=' .. words:gsub('%p', '%%%0')) end
  else
    argv = { 'env', 'CMOCKA_MESSAGE_OUTPUT=tap', program_of(test) }
  end
  table.move(argv, 1, #argv, #limit + 1, limit)
  return run(tree, table.unpack(limit))
end

local TIMED_OUT = { [124] = true, [137] = true }

-- The first test that failed, by its name, or how the program ended.
local function what_failed(tree, code)
  local name = output_of(tree):match 'not ok %d+ %-? ?([^\n]+)'
  return name or ('it ended with %d'):format(code)
end

-- How long a test may take with a mutant, by what it takes without: many wait for what then never comes.
local function limit_of(took_ms) return 10 + took_ms * 5 // 1000 end

-- On the source as it is: {limit_s}, or {problem} where the test is of no use. It must pass, and really run.
local function check_test(tree, test)
  if make(tree, program_of(test)) ~= 0 then return { problem = 'it cannot be built: ' .. output_of(tree):sub(-500) } end
  local started_ms = host.mono_ms()
  local code = try_test(tree, test, LIMIT_S)
  if code ~= 0 then
    return { problem = ('it fails on the source as it is (%s)'):format(what_failed(tree, code)) }
  elseif not output_of(tree):find '%f[%w]ok %d' then
    return { problem = 'there is no such test' }
  end
  return { limit_s = limit_of(host.mono_ms() - started_ms) }
end

-- Whether all the tests fail; else false and the one that does not, or nil and what is wrong.
local function judge(tree, m, checks)
  local how
  for _, test in ipairs(m.tests) do
    if make(tree, program_of(test)) ~= 0 then return nil, 'it does not compile: ' .. output_of(tree):sub(-700) end
    local code = try_test(tree, test, checks[test].limit_s)
    if code == 0 then return false, test end
    if TIMED_OUT[code] and not m.hangs then return nil, test .. ' hangs; if that is meant, say `hangs`' end
    how = how or TIMED_OUT[code] and 'it hangs' or what_failed(tree, code)
  end
  return true, how
end

local function try_mutant(tree, m, checks)
  local path = tree .. '/' .. m.file
  local text, problem = host.read_file(path)
  if not text then return nil, problem end
  local changed
  changed, problem = mutants.mutated(text, m)
  if not changed then return nil, problem end
  assert(host.write_file(path, changed))
  local is_killed, how = judge(tree, m, checks)
  assert(host.write_file(path, text))
  return is_killed, how
end

-- Workers ------------------------------------------------------------------------------------------

local function drop_tree(tree) assert(os.execute(("rm -rf '%s'"):format(tree))) end

-- A fresh copy; what was built keeps its times, so that make sees that it is of this source.
local function make_tree(tree)
  drop_tree(tree)
  assert(os.execute(("mkdir -p '%s/%s'"):format(tree, BUILD)))
  local names = {}
  for _, name in ipairs(host.list '.') do
    if name ~= 'build' and name ~= '.git' and name ~= 'data' then names[#names + 1] = "'" .. name .. "'" end
  end
  assert(os.execute(("cp -a %s '%s'"):format(table.concat(names, ' '), tree)))
  assert(os.execute(("cd %s && cp -a gen lib obj ladle '%s/%s/%s'"):format(BUILD, host.cwd(), tree, BUILD)))
end

-- Runs work(item, tree) for all items, `jobs` at a time, each in the tree of its worker.
local function deal(items, jobs, work)
  local next_item, running = 1, {}
  local function worker(tree)
    while next_item <= #items do
      local item = items[next_item]
      next_item = next_item + 1
      work(item, tree)
    end
  end
  for k = 1, jobs do
    running[k] = coroutine.create(worker)
    assert(coroutine.resume(running[k], BUILD .. '/tree-' .. k))
  end
  while #running > 0 do
    host.turn(20)
    for k = #running, 1, -1 do
      if coroutine.status(running[k]) == 'dead' then
        table.remove(running, k)
      else
        local ok, problem = coroutine.resume(running[k])
        if not ok then error(problem, 0) end
      end
    end
  end
end

local function tell(m, word, started_ms, how)
  local seconds = (host.mono_ms() - started_ms) / 1000
  print(('%-8s %4.1f s  %s: %s'):format(word, seconds, m.file:match '[^/]+/[^/]+$', m.sentence))
  if word == 'killed' then
    print('                 ' .. how)
  else
    print(('    %s\n    - %s\n    + %s\n    %s'):format(m.at, m['-'], m['+'] or '', how))
  end
  io.stdout:flush()
end

-- What is known of each of the tests that are named: check_test's.
local function check_tests(list, jobs)
  local tests, checks = {}, {}
  for _, m in ipairs(list) do
    for _, test in ipairs(m.tests) do
      tests[#tests + 1] = not checks[test] and test or nil
      checks[test] = {}
    end
  end
  deal(tests, jobs, function(test, tree) checks[test] = check_test(tree, test) end)
  return checks
end

-- Why a mutant cannot be tried, by its tests; nil: it can.
local function problem_of(m, checks)
  for _, test in ipairs(m.tests) do
    if checks[test].problem then return test .. ': ' .. checks[test].problem end
  end
end

local function main(options)
  local list = chosen(mutants.read(), options.only)
  local jobs = math.max(1, math.min(options.jobs, #list))
  for k = 1, jobs do make_tree(BUILD .. '/tree-' .. k) end
  local checks = check_tests(list, jobs)
  local count = { killed = 0, SURVIVED = 0, ERROR = 0 }
  deal(list, jobs, function(m, tree)
    local started_ms, is_killed, how = host.mono_ms(), nil, problem_of(m, checks)
    if not how then is_killed, how = try_mutant(tree, m, checks) end
    local word = is_killed and 'killed' or is_killed == false and 'SURVIVED' or 'ERROR'
    count[word] = count[word] + 1
    tell(m, word, started_ms, word == 'SURVIVED' and how .. ' passes' or how)
  end)
  for k = 1, jobs do drop_tree(BUILD .. '/tree-' .. k) end
  print(('%d mutants: %d killed, %d survived, %d could not be tried'):format(#list, count.killed, count.SURVIVED,
    count.ERROR))
  return #list > 0 and count.killed == #list
end

local options = { jobs = 1 }
for i = 1, #arg, 2 do
  if arg[i] == '--jobs' then
    options.jobs = tonumber(arg[i + 1]) or 1
  elseif arg[i] == '--only' then
    options.only = arg[i + 1]
  else
    error('usage: mutants.lua [--jobs N] [--only PATTERN]', 0)
  end
end
os.exit(main(options) and 0 or 1, true)
