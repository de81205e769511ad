-- A part of what `make crash` and `make powerloss` try in full, small enough for every test run.
local host = require 'host'

local LADLE = assert(host.env 'LADLE', 'LADLE must name the program to test')
local POWERLOSS = LADLE:gsub('[^/]+$', 'crash/powerloss')

-- The exit code and the output of a program.
local function run(...)
  local folder = host.mkdtemp()
  local code = host.spawn({ argv = { ... }, output = folder .. '/output' }):wait(900000)
  local text = host.read_file(folder .. '/output') or ''
  host.rm_rf(folder)
  return code, text
end

-- "crash points: 36 of 36": both numbers.
local function counted(text, what)
  local fine, all = text:match(what .. ': (%d+) of (%d+)')
  return tonumber(fine), tonumber(all)
end

-- At least so many cases of a mode, spread over these scenarios, and nothing wrong with any.
local function assert_fine(mode, count, scenarios)
  local code, text = run(LADLE, 'lua', 'spec/crash/points.lua', '--mode', mode, '--sample', tostring(count), '--only',
    scenarios)
  local fine, all = counted(text, mode .. ' points')
  assert.are.equal(0, code, text)
  assert.are.equal(all, fine, text)
  assert.is_true(all >= count * 5 // 6, text)
end

describe('the engine loses nothing, repeats nothing and comes to an end', function()
  it('wherever it dies', function()
    assert_fine('crash', 36, 'duplicate delivery,three calls,script with two calls,refresh after 401,'
      .. 'keyed runs in order,wait_for,settle,activity to note,key_rotate')
  end)

  it('whatever fails once', function()
    assert_fine('fail', 12, 'told of a dead run,refresh after 401,parallel branches,recipe change,activity to note')
  end)

  it('whatever fails for five seconds', function()
    assert_fine('fail5', 4, 'told of a dead run,refresh after 401,wait_for')
  end)

  it('wherever it is stopped, also on a full disk', function()
    assert_fine('stop', 8, 'told of a dead run,refresh after 401,wait')
  end)
end)

describe('the store', function()
  it('has what it acknowledged after a power cut, and is sound', function()
    local code, text = run(POWERLOSS, '--every', '8')
    local fine, all = counted(text, 'images')
    assert.are.equal(0, code, text)
    assert.are.equal(all, fine, text)
    assert.is_true(all > 50, text)
  end)

  it('would be caught if it did not sync', function()
    local code, text = run(POWERLOSS, '--every', '40', '--self-check')
    assert.are.equal(0, code, text)
    assert.is_truthy(text:find('both are found out', 1, true), text)
  end)
end)
