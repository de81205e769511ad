-- `make mutants` takes minutes; that what its lists change is still there is seen at once.
package.path = './spec/support/?.lua;' .. package.path
local host = require 'host'
local mutants = require 'mutants'

-- The source of a test that is named: "store/run_test", or "spec/flow/order_spec.lua: the words of a test".
local function source_of(test)
  return test:match '^%S+_spec%.lua' or ('spec/engine/%s.c'):format(test)
end

describe('the lists of mutants', function()
  it('name what is in the source, once, and tests that there are', function()
    local list = mutants.read()
    assert.is_true(#list > 100)
    for _, m in ipairs(list) do
      local text = host.read_file(m.file)
      assert.is_truthy(text, m.at .. ': there is no ' .. m.file)
      local changed, problem = mutants.mutated(text, m)
      assert.is_truthy(changed, ('%s: %s: %s'):format(m.at, m.file, problem))
      assert.are_not.equal(text, changed, m.at)
      for _, test in ipairs(m.tests) do
        assert.is_truthy(host.stat(source_of(test)), ('%s: there is no test %s'):format(m.at, test))
      end
    end
  end)

  it('are found wherever their lines are wrapped', function()
    local m = { ['-'] = 'a(b, c);', ['+'] = 'd;' }
    assert.are.equal('x d; y', (mutants.mutated('x a(b,\n    c); y', m)))
    assert.is_nil(mutants.mutated('x a(b, d);', m))
    assert.is_nil(mutants.mutated('a(b, c); a(b, c);', m))
    m.after = 'second'
    assert.are.equal('a(b, c); second d; a(b, c);', (mutants.mutated('a(b, c); second a(b, c); a(b, c);', m)))
  end)
end)
