-- Crash points: plays every scenario once to learn which fault points it passes and how often, then once for each
-- passage of each of them, dying there, and holds what is left against the sandbox's ledger.
--
--   ladle lua spec/crash/points.lua                 all of it
--   … --only 'replay,one call'                      these scenarios
--   … --sample 40                                   so many crashes, spread evenly over all
--   … --case 'replay' store.before_commit@7 [--keep]   one crash, its folder kept
--   … --jobs 8                                      how many at once
--
-- Work is dealt out to processes of this same file: most of a case is waiting. Exit 1 if anything is wrong.

package.path = './spec/crash/?.lua;' .. package.path

local Case = require 'case'
local host = require 'host'
local json = require 'json'
local scenarios = require 'scenarios'

local LADLE = host.env 'LADLE' or host.program()
local INSPECT = LADLE:gsub('[^/]+$', 'crash/inspect')
local BEYOND = 3 -- passages over the recorded number that are tried: the size of batches varies
-- Within a transaction: a crash there leaves what one at store.before_commit does.
local REDUNDANT = { ['store.before_exec'] = true, ['store.commit_full'] = true }

local function find(name)
  for _, scenario in ipairs(scenarios) do
    if scenario.name == name then return scenario end
  end
  error(('there is no scenario "%s"'):format(name), 0)
end

local function options_of(list)
  local options, i = { jobs = 8, rest = {} }, 1
  while list[i] do
    local name = list[i]:match '^%-%-(%w+)$'
    if name == 'keep' then
      options.keep = true
    elseif name then
      i = i + 1
      options[name] = list[i]
    else
      table.insert(options.rest, list[i])
    end
    i = i + 1
  end
  options.jobs, options.sample = tonumber(options.jobs), tonumber(options.sample)
  return options
end

-- In a process of its own --------------------------------------------------------------------------

local function armed(scenario, point)
  local list = { scenario.engine_faults }
  if point then list[#list + 1] = point end
  return #list > 0 and table.concat(list, ',') or nil
end

-- Plays one case; one whose port was taken by another process meanwhile is played again.
local function play(scenario, point, trace, keep)
  for _ = 1, 3 do
    local case = Case.new {
      ladle = LADLE, inspect = INSPECT, scenario = scenario, trace = trace,
      faults = armed(scenario, point and point:gsub('@', '=crash@')),
    }
    local has_crashed, problem = case:play(keep)
    if not (problem and problem:find 'already in use') then return has_crashed, problem end
  end
end

local function say(result)
  print(json.encode(result))
  io.stdout:flush()
end

-- Which fault points the scenario passes, and how often.
local function record(name)
  local trace = host.mkdtemp()
  local _, problem = play(find(name), nil, trace .. '/trace')
  local points = {}
  for line in (host.read_file(trace .. '/trace') or ''):gmatch '[^\n]+' do
    local point, count = line:match '^(%S+) (%d+)$'
    if not REDUNDANT[point] then points[point] = (points[point] or 0) + tonumber(count) end
  end
  host.rm_rf(trace)
  say { scenario = name, points = points, problem = problem }
end

-- Crashes at these passages of one fault point; where none is given, at all that there are.
local function crash(name, point, passages, last)
  local i = 1
  while i <= last do
    local at = ('%s@%d'):format(point, passages and passages[i] or i)
    local has_crashed, problem = play(find(name), at)
    say { scenario = name, point = at, crashed = has_crashed, problem = problem }
    if not has_crashed and not passages then return end
    i = i + 1
  end
end

-- The one that deals out ---------------------------------------------------------------------------

-- Runs tasks (lists of arguments), `jobs` at a time; on_line(result) for every line that one prints.
local function deal(tasks, jobs, on_line)
  local folder, running, next_task, bad = host.mkdtemp(), {}, 1, {}
  local function finish(job)
    for line in (host.read_file(job.output) or ''):gmatch '[^\n]+' do
      local result = json.try_decode(line)
      if result then on_line(result) else bad[#bad + 1] = line end
    end
  end
  while next_task <= #tasks or #running > 0 do
    while #running < jobs and next_task <= #tasks do
      local output = ('%s/%d'):format(folder, next_task)
      local argv = table.move(tasks[next_task], 1, #tasks[next_task], 4, { LADLE, 'lua', arg[0] })
      running[#running + 1] = { output = output, process = host.spawn { argv = argv, output = output } }
      next_task = next_task + 1
    end
    host.turn(50)
    for i = #running, 1, -1 do
      if not running[i].process:is_running() then finish(table.remove(running, i)) end
    end
  end
  host.rm_rf(folder)
  return bad
end

local function chosen(only)
  local names = {}
  if only then
    for name in only:gmatch '[^,]+' do names[#names + 1] = find(name).name end
  else
    for _, scenario in ipairs(scenarios) do names[#names + 1] = scenario.name end
  end
  return names
end

local function all_points(recorded)
  local points = {}
  for _, entry in ipairs(recorded) do
    for point, count in pairs(entry.points) do
      for at = 1, count do points[#points + 1] = { scenario = entry.scenario, point = point, at = at } end
    end
  end
  table.sort(points, function(a, b)
    if a.scenario ~= b.scenario then return a.scenario < b.scenario end
    if a.point ~= b.point then return a.point < b.point end
    return a.at < b.at
  end)
  return points
end

-- Some of the points, evenly spread: each a task.
local function sampled(points, count)
  local tasks = {}
  for i = 0, math.min(count, #points) - 1 do
    local p = points[i * #points // math.min(count, #points) + 1]
    tasks[#tasks + 1] = { '--crash', p.scenario, p.point, '1', tostring(p.at) }
  end
  return tasks
end

-- A task for each scenario and point.
local function complete(recorded)
  local tasks = {}
  for _, entry in ipairs(recorded) do
    for point, count in pairs(entry.points) do
      tasks[#tasks + 1] = { '--crash', entry.scenario, point, tostring(count + BEYOND) }
    end
  end
  table.sort(tasks, function(a, b) return tonumber(a[4]) > tonumber(b[4]) end)
  return tasks
end

local function tell(scenario, point, problem)
  print(('FAILED %s, %s: %s'):format(scenario, point or 'without a crash', problem))
  if point then
    print(('  to see it: LADLE=%s %s lua %s --case "%s" %s --keep'):format(LADLE, LADLE, arg[0], scenario, point))
  end
  io.stdout:flush()
end

-- What came of it: crashes that happened, those that left all in order, and plays that were wrong without a crash.
local function new_score()
  return { crashed = 0, fine = 0, wrong = 0, reached = {} }
end

local function note(score, result)
  if result.problem then tell(result.scenario, result.point, result.problem) end
  if result.crashed then
    score.crashed = score.crashed + 1
    local point = result.point:gsub('@.*', '')
    score.reached[result.scenario .. point], score.reached[point] = true, true
  end
  if result.crashed and not result.problem then
    score.fine = score.fine + 1
  elseif result.problem and not result.crashed then
    score.wrong = score.wrong + 1
  end
end

-- A point that was recorded and then never reached proves nothing. Some are passed by a timer, only where the play was
-- slow (store.prune, a refresh): these count as long as another scenario died there.
local function check_reached(score, tasks)
  for _, task in ipairs(tasks) do
    if not score.reached[task[2] .. task[3]] and not score.reached[task[3]] then
      tell(task[2], task[3], 'was passed when recorded, and never reached again')
      score.wrong = score.wrong + 1
    end
  end
end

local function run(options)
  local score, recorded, tasks = new_score(), {}, {}
  for _, name in ipairs(chosen(options.only)) do tasks[#tasks + 1] = { '--record', name } end
  local bad = deal(tasks, options.jobs, function(result)
    note(score, result)
    recorded[#recorded + 1] = result
  end)
  tasks = options.sample and sampled(all_points(recorded), options.sample) or complete(recorded)
  table.move(deal(tasks, options.jobs, function(result) note(score, result) end), 1, 1000, #bad + 1, bad)
  if not options.sample then check_reached(score, tasks) end
  for _, line in ipairs(bad) do print('FAILED ' .. line) end
  print(('%d scenarios; crash points: %d of %d'):format(#recorded, score.fine, score.crashed))
  return #bad == 0 and score.wrong == 0 and score.fine == score.crashed and score.crashed > 0
end

local options = options_of(arg)
if options.record then
  record(options.record)
elseif options.crash then
  local point, last, at = table.unpack(options.rest)
  crash(options.crash, point, at and { at }, tonumber(last))
elseif options.case then
  local has_crashed, problem = play(find(options.case), options.rest[1], nil, options.keep)
  print(has_crashed and 'the engine crashed' or 'the engine did not crash', problem or 'and nothing is wrong')
  os.exit(problem == nil and 0 or 1, true)
else
  os.exit(run(options) and 0 or 1, true)
end
