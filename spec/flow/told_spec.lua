-- What the log of an engine at its usual level says of runs that do not end well: a line with recipe, run, step, reason
-- and remedy. Each remedy is typed as it stands, and works.
package.path = './spec/support/?.lua;' .. package.path
local journey = require 'journey'
local stages = require 'stages'
local note = journey.note
local host = journey.host

-- The first line of the engine's log that has the text, once it is there.
local function line_with(stage, text)
  return stage.wait_for('a line of the log with "' .. text .. '"', 20000, function()
    for line in (host.read_file(stage:path 'engine.log') or ''):gmatch '[^\n]+' do
      if line:find(text, 1, true) then return line end
    end
  end)
end

-- Runs each command between backquotes of the line whose first word is `word`: the number of commands.
local function obey(stage, line, word)
  local count = 0
  for command in line:gmatch('`ladle (' .. word .. ' [^`]+)`') do
    local words = {}
    for one in command:gmatch '%S+' do words[#words + 1] = one end
    local _, code, text = stage:cli(table.unpack(words))
    assert.are.equal(0, code, command .. ': ' .. text)
    count = count + 1
  end
  return count
end

local ONCE = '    retry: once\n'
local REFUSED = { match = { operation = 'create_note' }, ['do'] = { status = 400, body = { message = 'not today' } } }

describe('the log', function()
  it('says where and why a run died, and how it goes on', function()
    journey.on_stage({ write = note('push', 'pushed', ONCE) }, { faults = { REFUSED } }, function(stage)
      journey.send(stage, 'write')
      local run = journey.await(stage, 'write', 'dead')[1]
      local line = line_with(stage, 'write: run ' .. run.id:sub(-12) .. ' died at push: ')
      assert.is_truthy(line:find('not today', 1, true), line)
      assert.are.equal(1, obey(stage, line, 'show'))
      stages.faults(stage)
      assert.are.equal(1, obey(stage, line, 'retry'))
      journey.await(stage, 'write', 'done')
    end)
  end)

  it('says of a run that died in its if how it begins again', function()
    local broken = { note('push', 'pushed'), top = 'if: = event.n.m > 1\n' }
    journey.on_stage({ broken = broken }, nil, function(stage)
      journey.send(stage, 'broken', { n = 1 })
      journey.await(stage, 'broken', 'dead')
      local line = line_with(stage, 'broken: run ')
      assert.is_truthy(line:find(' died: ', 1, true), line)
      assert.are.equal(1, obey(stage, line, 'replay'))
      journey.await(stage, 'broken', 'dead', 2)
    end)
  end)

  it('says which condition skipped a run, with its values, and keeps it with the run', function()
    local picky = { note('push', 'pushed'), top = 'if: = event.amount > 100\n' }
    journey.on_stage({ picky = picky }, nil, function(stage)
      journey.send(stage, 'picky', { amount = 5 })
      local run = journey.await(stage, 'picky', 'skipped')[1]
      local why = 'if: event.amount > 100 (event.amount is 5)'
      line_with(stage, 'picky: run ' .. run.id:sub(-12) .. ' was skipped: ' .. why)
      assert.are.equal(why, run.error.message)
      local _, _, text = stage:cli('show', run.id)
      assert.is_truthy(text:find(why, 1, true), text)
    end)
  end)

  it('says that a run was cancelled while it ran', function()
    journey.on_stage({ slow = note('push', 'pushed') }, { faults = { journey.slow('create_note', 1, 30000) } },
      function(stage)
        journey.send(stage, 'slow')
        local run = journey.await(stage, 'slow', 'running')[1]
        assert.are.equal(0, (select(2, stage:cli('cancel', run.id))))
        local line = line_with(stage, 'slow: run ' .. run.id:sub(-12) .. ' was cancelled')
        assert.are.equal(1, obey(stage, line, 'replay'))
        journey.await(stage, 'slow', 'done')
      end)
  end)

  it('folds what ends alike, and tells how many there were', function()
    journey.on_stage({ write = note('push', 'pushed', ONCE) }, { faults = { REFUSED } }, function(stage)
      for _ = 1, 20 do journey.send(stage, 'write') end
      journey.await(stage, 'write', 'dead', 20)
      stage:stop_engine() -- what was only counted is told now at the latest
      local single, more = 0, 0
      for line in host.read_file(stage:path 'engine.log'):gmatch '[^\n]+' do
        local number = line:match 'write: (%d+) more runs? died at push since the last line'
        more = more + (tonumber(number) or 0)
        single = single + (line:find('write: run %x+ died at push', 1) and 1 or 0)
      end
      assert.are.equal(20, single + more)
      assert.are.equal(1, single)
      stage:start_engine()
    end)
  end)
end)


describe('an event that ended a wait_for', function()
  it('names the run in ladle events and ladle show', function()
    local hopes = '  - step: hope\n    wait_for: crm.appointment_created\n    with: { appointment.id: = event.id }\n'
    journey.on_stage({ hopes = hopes }, nil, function(stage)
      journey.send(stage, 'hopes', { id = 'ap1' })
      local run = journey.await(stage, 'hopes', 'waiting')[1]
      journey.open(stage, 'ap1')
      journey.await(stage, 'hopes', 'done')
      local said = 'ended the wait hope of run ' .. run.id
      local event = stages.pick(stage:events(), function(one) return one.type == 'appointment_created' end)[1]
      assert.are.equal(said, event.note)
      for _, words in ipairs { { 'events' }, { 'show', event.id } } do
        local _, _, text = stage:cli(table.unpack(words))
        assert.is_truthy(text:find(said, 1, true), text)
      end
    end)
  end)
end)
