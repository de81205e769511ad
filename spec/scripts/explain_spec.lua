-- Why a condition did not hold: its text with the values of what it names.
local explain = require 'lib.explain'
local json = require 'json'

local ENV = {
  event = {
    amount = 5, email = 'jane@example.com', tags = json.array { 'lead', 'web' }, ['Full name'] = 'Jane Doe',
    address = { city = 'Delft' }, gone = json.null, big = ('x'):rep(300), open = false,
  },
  meta = { type = 'contact_created' }, inputs = { least = 100 }, now = '2026-11-25T10:00:00Z',
  contains = function() end,
}

local function why(text)
  return explain.condition({ t = 'expr', s = text, line = 1 }, ENV)
end

describe('a condition that does not hold', function()
  local CASES = {
    ['event.amount > 100'] = 'event.amount is 5',
    ['event.amount > inputs.least'] = 'event.amount is 5, inputs.least is 100',
    ['event.email == "joe@example.com"'] = 'event.email is "jane@example.com"',
    ['event.address.city == "Leiden"'] = 'event.address.city is "Delft"',
    ['event.address.street ~= nil'] = 'event.address.street is missing',
    ['event.no.such.thing'] = 'event.no.such.thing is missing',
    ['event.gone'] = 'event.gone is missing',
    ['event.open'] = 'event.open is false',
    ['event["Full name"] == "Joe"'] = 'event["Full name"] is "Jane Doe"',
    ["event['Full name'] == 'Joe'"] = "event['Full name'] is \"Jane Doe\"",
    ['event.tags[2] == "lead"'] = 'event.tags[2] is "web"',
    ['has(event.tags, "vip")'] = 'event.tags is ["lead","web"]',
    ['now > "2027"'] = 'now is "2026-11-25T10:00:00Z"',
    ['meta.type == "event.amount"'] = 'meta.type is "contact_created"',
    ['event.amount == 4 or event.amount == 6'] = 'event.amount is 5',
  }
  for text, values in pairs(CASES) do
    it('tells its values: ' .. text, function()
      assert.are.equal(('if: %s (%s)'):format(text, values), why(text))
    end)
  end

  it('that names nothing is its text alone', function()
    assert.are.equal('if: 1 > 2', why '1 > 2')
    assert.are.equal('if: "event.amount" == nil', why '"event.amount" == nil')
    assert.are.equal('if: contains("a", "b")', why 'contains("a", "b")')
    assert.are.equal('if: false', explain.condition({ t = 'lit', v = false }, ENV))
  end)

  it('is one line, however it was written', function()
    assert.are.equal('if: event.amount > 100 and event.open (event.amount is 5, event.open is false)',
      why 'event.amount > 100\n  and event.open')
  end)

  it('is bounded, and cut between characters', function()
    local said = why 'event.big == ""'
    assert.is_true(#said < 120, said)
    assert.is_truthy(said:find('xxx…', 1, true))
    local many = {}
    for i = 1, 50 do many[i] = 'event.f' .. i .. ' == "é"' end
    said = why(table.concat(many, ' or '))
    assert.is_true(#said < 400, said)
    assert.is_truthy(utf8.len(said))
  end)

  it('of any bytes is explained without an error', function()
    for _, text in ipairs { 'event', 'event.', 'event[', 'event["', 'len(event["a\\"b"]) > 1.5e3',
                            '"', "'\\", 'event["a', 'event. x', '..event.amount',
                            'x.event.amount', '\xff\xfe' } do
      assert.is_string(why(text))
    end
  end)
end)
