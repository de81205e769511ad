-- The clock of the machine is set, forward and back, while the engine runs and while it does not.
package.path = './spec/support/?.lua;' .. package.path
local journey = require 'journey'
local flow, host, note = journey.flow, journey.host, journey.note

local DAY = 24 * 3600
local STEPS = note('save', '${event.key} ${event.n}')

-- A stage whose engine goes by a clock that `set(seconds)` puts off the system's.
local function on_stage(recipes, options, body)
  local folder = host.mkdtemp()
  local path = folder .. '/clock'
  local function set(seconds)
    local file = assert(io.open(path, 'r+b'))
    file:write(string.pack('<i8', seconds * 1000000))
    file:close()
  end
  host.write_file(path, string.rep('\0', 4096))
  options = options or {}
  options.env = { LADLE_CLOCK = path }
  local ok, problem = pcall(journey.on_stage, recipes, options, function(stage) body(stage, set) end)
  host.rm_rf(folder)
  if not ok then error(problem, 0) end
end

local function said(stage, text)
  local log, count = host.read_file(stage:path 'engine.log'), 0
  for _ in log:gmatch(text) do count = count + 1 end
  return count
end

local function await_told(stage, text)
  stage.wait_for('the log to say ' .. text, 60000, function() return said(stage, text) > 0 end)
end

describe('a clock that was set', function()
  for _, by in ipairs { -30, -DAY, 15, 40 * DAY } do
    it(('by %d s over SIGKILL keeps the order of a key'):format(by), function()
      on_stage({ queue = { journey.GATE .. STEPS, top = 'key: = event.key\n' } }, nil, function(stage, set)
        journey.send(stage, 'queue', { key = 'a', n = 1, gate = 'g1' })
        journey.await(stage, 'queue', 'waiting')
        for n = 2, 3 do journey.send(stage, 'queue', { key = 'a', n = n }) end
        stage:kill_engine()
        set(by)
        stage:start_engine()
        for n = 4, 6 do journey.send(stage, 'queue', { key = 'a', n = n }) end
        journey.open(stage, 'g1')
        journey.await(stage, 'queue', 'done', 6)
        assert.are.same({ 'a 1', 'a 2', 'a 3', 'a 4', 'a 5', 'a 6' }, journey.notes(stage))
        assert.are.equal(1, said(stage, 'the clock was set'))
      end)
    end)
  end

  it('back by a day lets a wait be over after its while, and is told once', function()
    on_stage({ pause = { '  - step: pause\n    wait: 4 s\n' .. STEPS } }, nil, function(stage, set)
      journey.send(stage, 'pause', { key = 'a', n = 1 })
      journey.await(stage, 'pause', 'waiting')
      set(-DAY)
      journey.await(stage, 'pause', 'done')
      assert.are.equal(1, said(stage, 'the clock was set back by 1 day'))
    end)
  end)

  it('forward makes no wait of a while shorter', function()
    on_stage({ pause = { '  - step: pause\n    wait: 30 days\n' .. STEPS } }, nil, function(stage, set)
      journey.send(stage, 'pause', { key = 'a', n = 1 })
      journey.await(stage, 'pause', 'waiting')
      set(40 * DAY)
      await_told(stage, 'the clock was set forward')
      stage:kill_engine()
      set(80 * DAY)
      stage:start_engine()
      journey.send(stage, 'pause', { key = 'a', n = 2 })
      journey.await(stage, 'pause', 'waiting', 2)
      assert.are.same({}, journey.notes(stage))
    end)
  end)

  it('forward and back again forgets nothing that came in', function()
    on_stage({ save = { STEPS } }, { config = '' }, function(stage, set)
      local event = flow.sample 'contact_created'
      assert.are.equal(202, (stage:deliver(event)))
      set(40 * DAY)
      await_told(stage, 'the clock was set forward')
      stage:kill_engine()
      stage:start_engine()
      set(0)
      await_told(stage, 'the clock was set back')
      assert.are.equal(200, (stage:deliver(event)))
    end)
  end)
end)
