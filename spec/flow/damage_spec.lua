-- A store whose file is damaged, or whose log was cut: what the engine says and does, and the way out.
package.path = './spec/support/?.lua;' .. package.path
local journey = require 'journey'
local host, json, note = journey.host, journey.json, journey.note

local RECIPES = { save = { note('save', '${event.n} ${event.text}') } }
local TEXT = ('a long line '):rep(200)

local function store_of(stage) return stage:path 'data/ladle.db' end

local function await_said(stage, text)
  stage.wait_for('the log to say ' .. text, 60000, function()
    return host.read_file(stage:path 'engine.log'):find(text, 1, true) ~= nil
  end)
end

local function readyz(stage) return host.fetch { url = stage.url .. '/readyz', timeout_ms = 60000 } end

-- Overwrites pages in the middle of the file.
local function damage(path)
  local size = host.stat(path).size
  local file = assert(io.open(path, 'r+b'))
  file:seek('set', size // 8192 * 4096)
  file:write(('\xa5'):rep(8 * 4096))
  file:close()
end

describe('a damaged store', function()
  it('is told of, takes nothing more, and gives a backup of what can be read, which an engine goes on from', function()
    journey.on_stage(RECIPES, nil, function(stage)
      for n = 1, 60 do journey.send(stage, 'save', { n = n, text = TEXT }) end
      journey.await(stage, 'save', 'done', 60)
      assert.are.equal(200, readyz(stage).status)
      assert.are.equal(0, stage:stop_engine())
      damage(store_of(stage))
      stage:start_engine()
      await_said(stage, 'ladle backup FILE')
      stage.wait_for('/readyz to say 503', 60000, function() return readyz(stage).status == 503 end)
      assert.is_truthy(readyz(stage).body:find('damaged', 1, true))
      assert.are.equal(503, (stage:post('in_save', json.encode { n = 61, text = 'late' })))
      local found, code = stage:cli('doctor', '--json')
      assert.are.equal(1, code)
      assert.is_false(found[1].ok)
      local saved, saved_code = stage:cli('backup', 'saved.db', '--json')
      assert.are.equal(1, saved_code)
      assert.is_true(saved[1].rows > 60)
      assert.are.equal(0, stage:stop_engine())
      for _, name in ipairs { '', '-wal', '-shm', '.seq' } do os.remove(store_of(stage) .. name) end
      assert(os.rename(stage:path 'saved.db', store_of(stage)))
      stage:start_engine()
      assert.are.equal(200, readyz(stage).status)
      journey.send(stage, 'save', { n = 62, text = 'after' })
      journey.await_note(stage, '62 after')
      assert.are.equal(0, select(2, stage:cli('doctor', '--json')))
    end)
  end)

  it('of which the log was cut is told of, with the number of commits, and doctor keeps saying so', function()
    journey.on_stage(RECIPES, nil, function(stage)
      for n = 1, 20 do journey.send(stage, 'save', { n = n, text = TEXT }) end
      journey.await(stage, 'save', 'done', 20)
      stage:kill_engine()
      local log = store_of(stage) .. '-wal'
      local text = host.read_file(log)
      assert(host.write_file(log, text:sub(1, #text // 2)))
      stage:start_engine()
      await_said(stage, 'gone: its log was cut, or an older copy is in its place')
      local found, code = stage:cli('doctor', '--json')
      assert.are.equal(1, code)
      local said
      for _, one in ipairs(found[1].checks) do
        if one.check == 'commits' then said = one end
      end
      assert.is_false(said.ok)
      assert.is_truthy(said.found:find '%d+ commits were missing')
    end)
  end)
end)
