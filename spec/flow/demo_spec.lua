-- `ladle demo --json`: it ends by itself, with nothing lost and nothing repeated, and prints what others rely on.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'

local host, json = flow.host, flow.json

local FIELDS = {
  events = { 'sent', 'stored', 'duplicates', 'rejected' },
  runs = { 'done', 'dead', 'waiting', 'parked' },
  effects = { 'tasks_created', 'notes_created', 'contacts_created', 'records_upserted', 'repeated' },
}

describe('ladle demo --json', function()
  local folder, code, result

  setup(function()
    folder = host.mkdtemp()
    local process = assert(host.spawn {
      argv = { host.env 'LADLE', 'demo', '--json' }, cwd = folder, output = folder .. '/out',
    })
    code = process:wait(60000)
    result = json.decode(host.read_file(folder .. '/out'))
  end)
  teardown(function() host.rm_rf(folder) end)

  it('ends with exit code 0, nothing lost and nothing repeated', function()
    assert.are.equal(0, code)
    assert.is_true(result.ok)
    assert.are.equal(0, result.effects.repeated)
    assert.are.equal(0, result.runs.dead)
    assert.are.equal(0, result.runs.parked)
    assert.are.equal(0, result.runs.waiting)
  end)

  it('has all the fields of its contract, as numbers', function()
    assert.is_number(result.seconds)
    for part, names in pairs(FIELDS) do
      for _, name in ipairs(names) do
        assert.are.equal('integer', math.type(result[part][name]), part .. '.' .. name)
      end
    end
  end)

  it('tells of duplicates that were recognised and forgeries that were refused', function()
    local events = result.events
    assert.are.equal(3, events.rejected)
    assert.is_true(events.duplicates >= 5)
    assert.are.equal(events.sent, events.stored + events.duplicates + events.rejected)
  end)

  it('changes something of every kind', function()
    for name, count in pairs(result.effects) do
      assert.is_true(name == 'repeated' or count > 0, name)
    end
    assert.is_true(result.runs.done > 0)
  end)

  it('leaves nothing in the folder that it was started in', function()
    assert.are.same({ 'out' }, host.list(folder))
  end)
end)
