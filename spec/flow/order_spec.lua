-- `key`, `mode` and `settle`: which runs of a key begin, in which order, under load and across SIGKILL.
package.path = './spec/support/?.lua;' .. package.path
local journey = require 'journey'
local note = journey.note

local STEPS = note('save', '${event.key} ${event.n}')
local GATED = journey.GATE .. STEPS
local HELD_MS = 60000 -- longer than a test: a call that is held until the engine is killed

-- The numbers of the notes of a key, in the order in which they were made.
local function order_of(stage, key)
  local numbers = {}
  for _, body in ipairs(journey.notes(stage)) do
    local of, n = body:match '^(%S+) (%d+)'
    if of == key then numbers[#numbers + 1] = tonumber(n) end
  end
  return numbers
end

local function count_to(n)
  local list = {}
  for i = 1, n do list[i] = i end
  return list
end

-- How many runs of the recipe are in each state.
local function states(stage, name)
  local counts = {}
  for _, run in ipairs(journey.runs(stage, name)) do counts[run.state] = (counts[run.state] or 0) + 1 end
  return counts
end

local function all_ended(stage, name, count)
  journey.await(stage, name, 'done dead cancelled skipped', count)
end

describe('mode: queue', function()
  local RECIPE = { STEPS, top = 'key: = event.key\n' }

  it('keeps the order of arrival per key under load', function()
    journey.on_stage({ queue = RECIPE }, nil, function(stage)
      for n = 1, 12 do
        for _, key in ipairs { 'a', 'b', 'c' } do journey.send(stage, 'queue', { key = key, n = n }) end
      end
      all_ended(stage, 'queue', 36)
      for _, key in ipairs { 'a', 'b', 'c' } do assert.are.same(count_to(12), order_of(stage, key)) end
    end)
  end)

  it('keeps it across SIGKILL, with retries in between', function()
    local steps = note('save', '${event.key} ${event.n}', '    retry: { tries: 6, first: 200 ms, longest: 400 ms }\n')
    local faults = { { match = { operation = 'create_note', nth = { 2, 5, 6 } }, ['do'] = { status = 503 } },
                     journey.slow('create_note', 9, HELD_MS) }
    journey.on_stage({ queue = { steps, top = 'key: = event.key\n' } }, { faults = faults }, function(stage)
      for n = 1, 8 do
        for _, key in ipairs { 'a', 'b' } do journey.send(stage, 'queue', { key = key, n = n }) end
      end
      stage.wait_for('the ninth call', 60000, function() return #journey.notes(stage) >= 6 end)
      journey.crash(stage)
      all_ended(stage, 'queue', 16)
      assert.are.same({ done = 16 }, states(stage, 'queue'))
      assert.are.same(count_to(8), order_of(stage, 'a'))
      assert.are.same(count_to(8), order_of(stage, 'b'))
    end)
  end)

  it('lets the next one go when one dies, and says of the others what they wait for', function()
    local faults = { { match = { operation = 'create_note', nth = 2 }, ['do'] = { status = 422 } } }
    journey.on_stage({ queue = { GATED, top = 'key: = event.key\n' } }, { faults = faults }, function(stage)
      journey.send(stage, 'queue', { key = 'a', n = 1, gate = 'g1' })
      journey.await(stage, 'queue', 'waiting')
      for n = 2, 3 do journey.send(stage, 'queue', { key = 'a', n = n }) end
      local behind = journey.await(stage, 'queue', 'queued', 2)
      assert.are.same({ 'An earlier run of this recipe and key has not ended; this one goes next.' },
        journey.flow.show(stage, behind[1].id).advice)
      journey.open(stage, 'g1')
      all_ended(stage, 'queue', 3)
      assert.are.same({ done = 2, dead = 1 }, states(stage, 'queue'))
      assert.are.same({ 1, 3 }, order_of(stage, 'a'))
    end)
  end)
end)

describe('mode: latest', function()
  it('skips those that have not begun for the newest, and not the one that runs', function()
    journey.on_stage({ latest = { GATED, top = 'key: = event.key\nmode: latest\n' } }, nil, function(stage)
      journey.send(stage, 'latest', { key = 'a', n = 1, gate = 'g1' })
      journey.await(stage, 'latest', 'waiting')
      for n = 2, 5 do journey.send(stage, 'latest', { key = 'a', n = n }) end
      journey.send(stage, 'latest', { key = 'b', n = 6 })
      journey.await(stage, 'latest', 'skipped', 3)
      journey.crash(stage)
      journey.open(stage, 'g1')
      all_ended(stage, 'latest', 6)
      assert.are.same({ done = 3, skipped = 3 }, states(stage, 'latest'))
      assert.are.same({ 1, 5 }, order_of(stage, 'a'))
      assert.are.same({ 6 }, order_of(stage, 'b'))
    end)
  end)
end)

describe('mode: drop', function()
  it('skips what comes while a run of the key has not ended', function()
    journey.on_stage({ drop = { GATED, top = 'key: = event.key\nmode: drop\n' } }, nil, function(stage)
      journey.send(stage, 'drop', { key = 'a', n = 1, gate = 'g1' })
      journey.await(stage, 'drop', 'waiting')
      journey.send(stage, 'drop', { key = 'a', n = 2 })
      journey.crash(stage)
      journey.send(stage, 'drop', { key = 'a', n = 3 })
      journey.await(stage, 'drop', 'skipped', 2)
      journey.open(stage, 'g1')
      journey.await(stage, 'drop', 'done', 1)
      journey.send(stage, 'drop', { key = 'a', n = 4 })
      all_ended(stage, 'drop', 4)
      assert.are.same({ done = 2, skipped = 2 }, states(stage, 'drop'))
      assert.are.same({ 1, 4 }, order_of(stage, 'a'))
    end)
  end)
end)

describe('mode: parallel', function()
  it('lets a run pass an earlier one of its key', function()
    journey.on_stage({ free = { GATED, top = 'key: = event.key\nmode: parallel\n' } }, nil, function(stage)
      journey.send(stage, 'free', { key = 'a', n = 1, gate = 'g1' })
      journey.await(stage, 'free', 'waiting')
      journey.send(stage, 'free', { key = 'a', n = 2 })
      journey.await(stage, 'free', 'done', 1)
      assert.are.same({ 2 }, order_of(stage, 'a'))
      journey.open(stage, 'g1')
      all_ended(stage, 'free', 2)
      assert.are.same({ 2, 1 }, order_of(stage, 'a'))
    end)
  end)
end)

describe('settle', function()
  local RECIPE = { STEPS, top = 'key: = event.key\nsettle: 6s\n' }

  it('folds a burst into one run, of the newest event', function()
    journey.on_stage({ settled = RECIPE }, nil, function(stage)
      for n = 1, 4 do journey.send(stage, 'settled', { key = 'a', n = n }) end
      journey.send(stage, 'settled', { key = 'b', n = 9 })
      all_ended(stage, 'settled', 5)
      assert.are.same({ done = 2, skipped = 3 }, states(stage, 'settled'))
      assert.are.same({ 4 }, order_of(stage, 'a'))
      assert.are.same({ 9 }, order_of(stage, 'b'))
    end)
  end)

  it('keeps the moment of the first event, also across SIGKILL', function()
    journey.on_stage({ settled = { STEPS, top = 'key: = event.key\nsettle: 1 h\n' } }, nil, function(stage)
      journey.send(stage, 'settled', { key = 'a', n = 1 })
      local due = journey.await(stage, 'settled', 'queued')[1].due_at
      journey.crash(stage)
      journey.send(stage, 'settled', { key = 'a', n = 2 })
      local runs = journey.runs(stage, 'settled')
      assert.are.equal(2, #runs)
      assert.are.equal('skipped', runs[1].state)
      assert.are.equal('queued', runs[2].state)
      assert.is_string(due)
      assert.are.equal(due, runs[2].due_at)
    end)
  end)
end)
