-- Plays every scenario once to learn which fault points it passes and how often, then once for each passage of each of
-- them, at which something happens, and holds what is left against the sandbox's ledger. --mode says what happens
-- (case.lua):
--
--   crash   the process dies (the default)
--   fail    what can fail there fails once
--   fail5   and everything that passes there in the five seconds that follow
--   stop    SIGTERM; and where something can fail, SIGTERM while it fails from then on for good
--
--   ladle lua spec/crash/points.lua                 all of it
--   … --only 'replay,one call'                      these scenarios
--   … --sample 40                                   so many cases, spread evenly over all
--   … --every 3                                     each third of the passages only
--   … --case 'replay' store.before_commit@7 [--keep]   one case, its folder kept
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

-- Of each mode: how a case is played, and what is armed at a passage of a point that can fail, and of one that cannot.
-- What can fail lies within a transaction, where a crash leaves what one at store.before_commit does, or only reads.
-- What fails for long covers the passages behind it, so of these each `stride`-th is the first.
local MODES = {
  crash = { play = 'crash', plain = '%s=crash@%d' },
  fail = { play = 'fail', failing = '%s=fail@%d' },
  fail5 = { play = 'fail', failing = '%s=fail@%d..+5s', stride = 3 },
  stop = { play = 'stop', plain = '%s=stop@%d', failing = '%s=stop@%d,%1$s=fail*@%2$d', stride = 3 },
}

local function find(name)
  for _, scenario in ipairs(scenarios) do
    if scenario.name == name then return scenario end
  end
  error(('there is no scenario "%s"'):format(name), 0)
end

local function options_of(list)
  local options, i = { jobs = 8, mode = 'crash', every = 1, rest = {} }, 1
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
  for _, name in ipairs { 'jobs', 'sample', 'every' } do options[name] = tonumber(options[name]) end
  if not MODES[options.mode] then error('there is no mode ' .. options.mode, 0) end
  return options
end

-- In a process of its own --------------------------------------------------------------------------

-- "store.read@3": a point and its passage.
local function place(text)
  local point, at = text:match '^(.+)@(%d+)$'
  return { point = point, at = tonumber(at) }
end

-- LADLE_FAULTS of a case; `where` is nil where nothing is to happen. Whether a point can fail tells its form, as the
-- trace does; a case that is named by hand is tried in the form that the mode has.
local function armed(scenario, mode, where, can_fail)
  local list = { scenario.engine_faults }
  if where then
    local form = can_fail and mode.failing or mode.plain or mode.failing
    list[#list + 1] = form:gsub('%%1%$', '%%'):gsub('%%2%$', '%%'):format(where.point, where.at, where.point, where.at)
  end
  return #list > 0 and table.concat(list, ',') or nil
end

-- Plays one case; one whose port was taken by another process meanwhile is played again.
local function play(name, mode, where, can_fail, more)
  local scenario = find(name)
  for _ = 1, 3 do
    local case = Case.new {
      ladle = LADLE, inspect = INSPECT, scenario = scenario, mode = where and mode.play, trace = more and more.trace,
      point = where and where.point, at = where and where.at, faults = armed(scenario, mode, where, can_fail),
    }
    local has_happened, problem = case:play(more and more.keep)
    if not (problem and problem:find 'already in use') then return has_happened, problem end
  end
end

local function say(result)
  print(json.encode(result))
  io.stdout:flush()
end

-- Which fault points of this mode the scenario passes, and how often.
local function record(name, mode)
  local trace = host.mkdtemp()
  local _, problem = play(name, mode, nil, nil, { trace = trace .. '/trace' })
  local points = {}
  for line in (host.read_file(trace .. '/trace') or ''):gmatch '[^\n]+' do
    local point, count, fails = line:match '^(%S+) (%d+)(.*)$'
    local can_fail = fails ~= ''
    if can_fail and mode.failing or not can_fail and mode.plain then
      points[point] = points[point] or { count = 0, can_fail = can_fail }
      points[point].count = points[point].count + tonumber(count)
    end
  end
  host.rm_rf(trace)
  say { scenario = name, points = points, problem = problem }
end

local function say_case(name, point, at, has_happened, problem)
  say { scenario = name, point = ('%s@%d'):format(point, at), happened = has_happened, problem = problem }
end

-- Plays the passages of one fault point.
local function play_point(mode, name, point, can_fail, last, every)
  local i = 1
  while i <= last do
    local has_happened, problem = play(name, mode, { point = point, at = i }, can_fail)
    say_case(name, point, i, has_happened, problem)
    if not has_happened then return end
    i = i + every * (can_fail and mode.stride or 1)
  end
end

-- One passage of a sample. Batches are made by chance, so this play may have fewer than the recorded one: then it is
-- the last that it has.
local function play_passage(mode, name, point, can_fail, at)
  local has_happened, problem = play(name, mode, { point = point, at = at }, can_fail)
  if has_happened or problem or at == 1 then return say_case(name, point, at, has_happened, problem) end
  return play_passage(mode, name, point, can_fail, at - 1)
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
    for point, about in pairs(entry.points) do
      for at = 1, about.count do
        points[#points + 1] = { scenario = entry.scenario, point = point, at = at, can_fail = about.can_fail }
      end
    end
  end
  table.sort(points, function(a, b)
    if a.scenario ~= b.scenario then return a.scenario < b.scenario end
    if a.point ~= b.point then return a.point < b.point end
    return a.at < b.at
  end)
  return points
end

local function task(options, scenario, point, can_fail, last, only)
  return { '--mode', options.mode, '--point', point, '--every', tostring(options.every), '--scenario', scenario,
    can_fail and 'fails' or 'plain', tostring(last), only and tostring(only) }
end

-- Some of the points, evenly spread: each a task.
local function sampled(options, points)
  local tasks, count = {}, math.min(options.sample, #points)
  for i = 0, count - 1 do
    local p = points[i * #points // count + 1]
    tasks[#tasks + 1] = task(options, p.scenario, p.point, p.can_fail, p.at, p.at)
  end
  return tasks
end

-- A task for each scenario and point, those that take longest first.
local function complete(options, recorded)
  local list, tasks = {}, {}
  for _, entry in ipairs(recorded) do
    for point, about in pairs(entry.points) do
      list[#list + 1] = { scenario = entry.scenario, point = point, about = about }
    end
  end
  table.sort(list, function(a, b) return a.about.count > b.about.count end)
  for i, p in ipairs(list) do
    tasks[i] = task(options, p.scenario, p.point, p.about.can_fail, p.about.count + BEYOND)
  end
  return tasks
end

local function tell(mode, scenario, point, problem)
  print(('FAILED %s, %s: %s'):format(scenario, point or 'with nothing armed', problem))
  if point then
    print(('  to see it: LADLE=%s %s lua %s --mode %s --case "%s" %s --keep'):format(LADLE, LADLE, arg[0], mode,
      scenario, point))
  end
  io.stdout:flush()
end

-- What came of it: cases in which it happened, those of them that left all in order, and plays that were wrong without.
local function new_score()
  return { happened = 0, fine = 0, wrong = 0, reached = {} }
end

local function note(score, mode, result)
  if result.problem then tell(mode, result.scenario, result.point, result.problem) end
  if result.happened then
    score.happened = score.happened + 1
    local point = result.point:gsub('@.*', '')
    score.reached[result.scenario .. point], score.reached[point] = true, true
  end
  if result.happened and not result.problem then
    score.fine = score.fine + 1
  elseif result.problem and not result.happened then
    score.wrong = score.wrong + 1
  end
end

-- A point that was recorded and then never reached proves nothing. Some are passed by a timer, only where the play was
-- slow (store.prune, a refresh): these count as long as they were reached in another scenario.
local function check_reached(score, options, recorded)
  for _, entry in ipairs(recorded) do
    for point in pairs(entry.points) do
      if not score.reached[entry.scenario .. point] and not score.reached[point] then
        tell(options.mode, entry.scenario, point, 'was passed when recorded, and never reached again')
        score.wrong = score.wrong + 1
      end
    end
  end
end

local function run(options)
  local score, recorded, tasks = new_score(), {}, {}
  for _, name in ipairs(chosen(options.only)) do
    tasks[#tasks + 1] = { '--mode', options.mode, '--record', name }
  end
  local bad = deal(tasks, options.jobs, function(result)
    note(score, options.mode, result)
    recorded[#recorded + 1] = result
  end)
  tasks = options.sample and sampled(options, all_points(recorded)) or complete(options, recorded)
  table.move(deal(tasks, options.jobs, function(result) note(score, options.mode, result) end), 1, 1000, #bad + 1, bad)
  if not options.sample then check_reached(score, options, recorded) end
  for _, line in ipairs(bad) do print('FAILED ' .. line) end
  print(('%d scenarios; %s points: %d of %d'):format(#recorded, options.mode, score.fine, score.happened))
  return #bad == 0 and score.wrong == 0 and score.fine == score.happened and score.happened > 0
end

local options = options_of(arg)
local mode = MODES[options.mode]
if options.record then
  record(options.record, mode)
elseif options.scenario then
  local fails, last, only = table.unpack(options.rest)
  if only then
    play_passage(mode, options.scenario, options.point, fails == 'fails', tonumber(only))
  else
    play_point(mode, options.scenario, options.point, fails == 'fails', tonumber(last), options.every)
  end
elseif options.case then
  local where = place(options.rest[1])
  local has_happened, problem = play(options.case, mode, where, mode.plain == nil, { keep = options.keep })
  print(has_happened and 'it happened' or 'it did not happen', problem or 'and nothing is wrong')
  os.exit(problem == nil and 0 or 1, true)
else
  os.exit(run(options) and 0 or 1, true)
end
