-- A run ends on the version of the recipe, and of its scripts, that it began on.
package.path = './spec/support/?.lua;' .. package.path
local journey = require 'journey'
local note = journey.note

local function with_note(body)
  return journey.recipe('kept', journey.GATE .. note('say', body))
end

local CONNECTIONS = '  in_kept:\n    connector: webhook\n    verify: none\n'

local SCRIPT = "return { name = 'word', summary = 'Says a word', run = function() return { word = %q } end }"

local function change(stage, file, text)
  assert(journey.host.write_file(stage:path(file), text))
end

local function restart(stage)
  assert(stage:stop_engine() == 0)
  stage:start_engine()
end

describe('a run that waits while its recipe is changed', function()
  it('ends on the version that it began on, and new runs begin on the new one', function()
    local options = { texts = { ['kept.yaml'] = with_note 'old' }, connections = CONNECTIONS }
    journey.on_stage({}, options, function(stage)
      journey.send(stage, 'kept', { gate = 'g1' })
      local version = journey.flow.show(stage, journey.await(stage, 'kept', 'waiting')[1].id).version
      change(stage, 'recipes/kept.yaml', with_note 'new')
      restart(stage)
      journey.send(stage, 'kept')
      journey.await(stage, 'kept', 'done')
      journey.open(stage, 'g1')
      local runs = journey.await(stage, 'kept', 'done', 2)
      assert.are.same({ 'new', 'old' }, journey.notes(stage))
      assert.are.equal(version, journey.flow.show(stage, runs[1].id).version)
      assert.are_not.equal(version, journey.flow.show(stage, runs[2].id).version)
    end)
  end)

  it('keeps the scripts that it began on, also when the recipe is gone', function()
    local steps = journey.GATE .. '  - step: ask\n    use: scripts.word\n' .. note('say', '${steps.ask.word}')
    local options = {
      texts = { ['kept.yaml'] = journey.recipe('kept', steps) }, connections = CONNECTIONS,
      scripts = { ['word.lua'] = SCRIPT:format 'old' },
    }
    journey.on_stage({}, options, function(stage)
      journey.send(stage, 'kept', { gate = 'g1' })
      journey.await(stage, 'kept', 'waiting')
      change(stage, 'scripts/word.lua', SCRIPT:format 'new')
      assert(os.remove(stage:path 'recipes/kept.yaml'))
      stage:kill_engine()
      stage:start_engine()
      journey.open(stage, 'g1')
      journey.await(stage, 'kept', 'done')
      assert.are.same({ 'old' }, journey.notes(stage))
    end)
  end)
end)

describe('ladle retry of a dead run', function()
  local BROKEN = note('first', 'first') .. journey.WRONG:gsub('wrong', 'second')
  local MENDED = note('first', 'changed') .. note('second', 'mended')

  local function on_dead(body)
    local options = { texts = { ['kept.yaml'] = journey.recipe('kept', BROKEN) }, connections = CONNECTIONS }
    journey.on_stage({}, options, function(stage)
      journey.send(stage, 'kept')
      local run = journey.await(stage, 'kept', 'dead')[1]
      change(stage, 'recipes/kept.yaml', journey.recipe('kept', MENDED))
      restart(stage)
      body(stage, run)
    end)
  end

  it('goes on with the old version, and with --newest on the new one; what is done stays done', function()
    on_dead(function(stage, run)
      assert.are.equal(0, select(2, stage:cli('retry', run.id)))
      stage.wait_for('the second death', 60000, function()
        local again = journey.runs(stage, 'kept')[1]
        return again.state == 'dead' and again.attempts == 2
      end)
      assert.are.equal(0, select(2, stage:cli('retry', run.id, '--newest')))
      journey.await(stage, 'kept', 'done')
      assert.are.same({ 'first', 'mended' }, journey.notes(stage))
    end)
  end)
end)
