-- A part of what `make sim` tries with many seeds, small enough for every test run.
local host = require 'host'

local LADLE = assert(host.env 'LADLE', 'LADLE must name the program to test')
local SIM = LADLE:gsub('[^/]+$', 'crash/sim')

local function simulate(...)
  local folder = host.mkdtemp()
  local code = host.spawn({ argv = { SIM, ... }, output = folder .. '/output' }):wait(900000)
  local text = host.read_file(folder .. '/output') or ''
  host.rm_rf(folder)
  return code, text
end

describe('the engine in a world that fails by a seed', function()
  it('loses nothing, repeats nothing and comes to an end', function()
    local code, text = simulate('1', '4')
    assert.are.equal(0, code, text)
    assert.is_truthy(text:find('sim: 4 of 4 seeds', 1, true), text)
  end)

  it('does the same again for the same seed, and something else for another', function()
    local _, first = simulate '3'
    local _, again = simulate '3'
    local _, other = simulate '5'
    local trace = first:match 'trace (%x+)'
    assert.is_truthy(trace, first)
    assert.are.equal(trace, again:match 'trace (%x+)', again)
    assert.are_not.equal(trace, other:match 'trace (%x+)', other)
  end)
end)
