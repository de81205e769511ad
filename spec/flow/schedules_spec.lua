-- Schedules of the real program: an occurrence becomes a run, what was missed is made up for and told, and what the
-- command line says of it all.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'

local function recipe(name, when)
  return 'recipe: ' .. name .. '\nwhen:\n' .. when .. 'do:\n  - step: end\n    stop: done\n'
end

local TICK = recipe('tick', '  - every: 1 s\n')

-- The rows of the ledger, oldest first.
local function history(stage, name)
  local rows = stage:cli('schedules', name, '--history', '--limit', '1000', '--json')
  local sorted = {}
  for i = #rows, 1, -1 do sorted[#sorted + 1] = rows[i] end
  return sorted
end

local function await_rows(stage, name, count, state)
  return stage.wait_for(count .. ' rows of ' .. name, 20000, function()
    local found = {}
    for _, row in ipairs(history(stage, name)) do
      if not state or row.state == state then found[#found + 1] = row end
    end
    return #found >= count and found or nil
  end)
end

local function seconds_of(at)
  local h, m, s = at:match 'T(%d+):(%d+):(%d+)'
  return h * 3600 + m * 60 + s
end

-- Whether each second between the first and the last row has one row.
local function assert_complete(rows)
  for i = 2, #rows do
    local step = (seconds_of(rows[i].at) - seconds_of(rows[i - 1].at)) % 86400
    assert.are.equal(1, step, rows[i - 1].at .. ' and ' .. rows[i].at)
  end
end

describe('a schedule', function()
  it('starts runs by itself, one for each occurrence, over kill -9 and a stop', function()
    flow.on_stage({ ['tick.yaml'] = TICK }, nil, function(stage)
      await_rows(stage, 'tick', 2, 'ran')
      stage:kill_engine()
      stage:start_engine()
      local before = #await_rows(stage, 'tick', 4)
      assert.are.equal(0, stage:stop_engine())
      stage:start_engine()
      local rows = await_rows(stage, 'tick', before + 2)
      assert_complete(rows)
      local runs = {}
      for _, row in ipairs(rows) do
        if row.state ~= 'skipped' then
          assert.is_nil(runs[row.run], 'two rows name one run')
          runs[row.run] = true
        end
      end
    end)
  end)

  it('gives its run the planned time, and can be replayed', function()
    flow.on_stage({ ['tick.yaml'] = TICK }, nil, function(stage)
      local row = await_rows(stage, 'tick', 1, 'ran')[1]
      local run = stage.wait_for('the end of its run', 20000, function()
        local shown = flow.show(stage, row.run)
        return shown.state == 'done' and shown or nil
      end)
      local event = flow.show(stage, run.event_id)
      assert.are.equal(row.at, event.payload.at)
      assert.are.equal('every 1 s', event.payload.schedule)
      local _, code, text = stage:cli('replay', row.run)
      assert.are.equal(0, code, text)
      stage.wait_for('a second run', 20000, function()
        return flow.show(stage, run.event_id).runs == 2 or nil
      end)
    end)
  end)

  it('says what it means and when it comes, and the engine need not run', function()
    local report = recipe('report', '  - at: "09:00"\n    on: weekdays\n    timezone: Europe/Amsterdam\n')
    flow.on_stage({ ['report.yaml'] = report }, nil, function(stage)
      stage:stop_engine()
      local checked, code = stage:cli('check', '--json')
      assert.are.equal(0, code)
      local schedule = checked[1].schedules[1]
      assert.are.equal('every weekday at 09:00 in Europe/Amsterdam', schedule.sentence)
      assert.are.equal(3, #schedule.next)
      local rows = stage:cli('schedules', 'report', '--next', '3', '--from', '2027-03-26', '--json')
      assert.are.equal('2027-03-26T08:00:00.000Z', rows[1].at)
      assert.are.equal('2027-03-29T07:00:00.000Z', rows[2].at) -- summer time has begun
      assert.are.equal('2027-03-30T07:00:00.000Z', rows[3].at)
      assert.are.equal('09:00 on weekdays in Europe/Amsterdam', rows[1].schedule)
      local _, no, text = stage:cli('schedules', 'reprot')
      assert.are_not.equal(0, no)
      assert.is_truthy(text:find('did you mean "report"?', 1, true), text)
    end)
  end)

  it('runs again what a range of the past did not run, as a person asks for it', function()
    local report = recipe('report', '  - at: ["08:00", "09:00"]\n    timezone: UTC\n')
    local range = { '--from', '2026-01-05T00:00Z', '--to', '2026-01-06T08:30Z' }
    flow.on_stage({ ['report.yaml'] = report }, nil, function(stage)
      local function backfill(...)
        return stage:cli('schedules', 'backfill', 'report', range[1], range[2], range[3], range[4], '--json', ...)
      end
      assert.are.equal(3, #backfill '--dry-run')
      assert.are.equal(0, #history(stage, 'report'))
      assert.are.equal(3, backfill('--rate', '6000')[1].count)
      local rows = await_rows(stage, 'report', 3, 'backfilled')
      assert.are.equal('2026-01-05T08:00:00.000Z', rows[1].at)
      assert.are.equal('2026-01-06T08:00:00.000Z', rows[3].at)
      assert.is_truthy(rows[1].why:find '^by ')
      assert.are.equal(0, #backfill '--dry-run')
    end)
  end)

  it('starts nothing while its recipe is paused', function()
    flow.on_stage({ ['tick.yaml'] = TICK }, nil, function(stage)
      await_rows(stage, 'tick', 1)
      local paused, code = stage:cli('pause', 'tick', '--why', 'we move', '--json')
      assert.are.equal(0, code)
      assert.are.equal('we move', paused[1].why)
      assert.are.equal(paused[1].since_at, stage:cli('pause', '--json')[1].since_at)
      local before = #history(stage, 'tick')
      flow.host.turn(2500) -- what must not happen has time to
      assert.are.equal(before, #history(stage, 'tick'))
      local _, again = stage:cli('pause', 'tick')
      assert.are.equal(1, again)
      assert.are.equal('tick', stage:cli('resume', 'tick', '--json')[1].recipe)
      assert_complete(await_rows(stage, 'tick', before + 3))
    end)
  end)

  it('is refused where its words are wrong, with the place', function()
    flow.on_stage({ ['tick.yaml'] = TICK }, nil, function(stage)
      stage:stop_engine()
      flow.host.write_file(stage:path 'recipes/tick.yaml', recipe('tick', '  - every: 7 min\n'))
      local _, code, text = stage:cli 'check'
      assert.are.equal(1, code)
      assert.is_truthy(text:find('recipes/tick.yaml:3:12: `every`: "7 min" does not divide a day', 1, true), text)
    end)
  end)
end)
