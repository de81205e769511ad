-- The functions of expressions: what each gives, that nothing in gives nothing out, and what a wrong value
-- is told. The moment is fixed: 2026-11-23T10:15:30Z, a Monday, in Amsterdam an hour later.

local helpers = require 'lib.helpers'
local dates = require 'dates'
local json = require 'json'

local NOW = dates.parse '2026-11-23T10:15:30Z'

local function new(zone, maps)
  return helpers.new { now_us = NOW, timezone = zone or 'Europe/Amsterdam', maps = maps }
end

local h = new()

-- The message of the error that fn raises; its kind is always `invalid`.
local function refused(fn, ...)
  local ok, problem = pcall(fn, ...)
  assert.is_false(ok)
  assert.are.equal('table', type(problem))
  assert.are.equal('invalid', problem.kind)
  return problem.message
end

describe('the library', function()
  it('lists its names in order, each of them a function', function()
    local sorted = { table.unpack(helpers.names) }
    table.sort(sorted)
    assert.are.same(sorted, helpers.names)
    for _, name in ipairs(helpers.names) do
      assert.are.equal('function', type(h[name]), name)
    end
  end)

  it('has every function that recipes are promised', function()
    local promised = {
      'has', 'len', 'lower', 'upper', 'trim', 'default', 'first', 'last', 'join', 'split', 'contains',
      'starts_with', 'ends_with', 'replace', 'round', 'number', 'text', 'in_days', 'in_hours', 'in_minutes',
      'date', 'date_add', 'map_fields', 'map_each', 'pick', 'where', 'count', 'sum', 'unique', 'email', 'phone',
      'merge', 'keys', 'is_empty',
    }
    for _, name in ipairs(promised) do
      assert.is_truthy(h[name], name)
    end
  end)

  it('keeps two runs apart', function()
    local other = helpers.new { now_us = NOW + 3600 * 1000000, timezone = 'UTC' }
    assert.are.equal('2026-11-23T11:15:30Z', other.in_hours(0))
    assert.are.equal('2026-11-23T10:15:30Z', h.in_hours(0))
  end)

  it('gives nothing for nothing', function()
    for _, name in ipairs { 'lower', 'upper', 'trim', 'split', 'replace', 'contains', 'starts_with', 'ends_with',
      'text', 'email', 'phone', 'number', 'round', 'first', 'last', 'date', 'date_add', 'day' } do
      assert.is_nil(h[name](nil, 'x'), name)
      assert.is_nil(h[name](json.null, 'x'), name)
    end
  end)
end)

describe('texts', function()
  it('are changed in case and trimmed', function()
    assert.are.equal('abc', h.lower 'AbC')
    assert.are.equal('ABC', h.upper 'AbC')
    assert.are.equal('a b', h.trim '  a b \n')
    assert.are.equal('12', h.trim(12))
  end)

  it('are searched plainly, without patterns', function()
    assert.is_true(h.contains('a.b', '.'))
    assert.is_false(h.contains('ab', '.'))
    assert.is_true(h.starts_with('+31 6', '+31'))
    assert.is_false(h.starts_with('a', 'abc'))
    assert.is_true(h.ends_with('quote.pdf', '.pdf'))
    assert.is_true(h.ends_with('x', ''))
    assert.is_false(h.ends_with('quoteXpdf', '.pdf'))
  end)

  it('are replaced plainly', function()
    assert.are.equal('1+2', h.replace('1.2', '.', '+'))
    assert.are.equal('50%1', h.replace('50x1', 'x', '%'))
    assert.are.equal('ac', h.replace('abc', 'b'))
    assert.are.equal('replace: the text to look for is empty', refused(h.replace, 'abc', '', 'x'))
  end)

  it('are split and joined', function()
    assert.are.same({ 'a', 'b', '', 'c' }, h.split 'a, b,,c')
    assert.are.same({ 'a', 'b' }, h.split('a -> b', '->'))
    assert.are.same({ '' }, h.split '')
    assert.are.equal('a, 1, 2.5', h.join { 'a', 1, 2.5 })
    assert.are.equal('a+b', h.join({ 'a', json.null, 'b' }, '+'))
    assert.are.equal('', h.join(nil))
  end)

  it('are cut out between two marks', function()
    assert.are.equal('0199', h.between('note [ladle:0199] x', '[ladle:', ']'))
    assert.are.equal('', h.between('[]', '[', ']'))
    assert.is_nil(h.between('[ladle:0199', '[ladle:', ']'))
    assert.is_nil(h.between('none', '[', ']'))
  end)

  it('are made of anything', function()
    assert.are.equal('12', h.text(12))
    assert.are.equal('12', h.text(12.0))
    assert.are.equal('9007199254740993', h.text(9007199254740993))
    assert.are.equal('0.1', h.text(0.1))
    assert.are.equal('true', h.text(true))
    assert.are.equal('[1]', h.text { 1 })
  end)

  it('come as lines, without those that are empty', function()
    assert.are.equal('a\n2', h.lines('a', nil, '', json.null, 2))
  end)

  it('are refused where a list was given', function()
    assert.are.equal('lower: takes a text, not a list', refused(h.lower, { 'a' }))
    assert.are.equal('contains: takes a text, not true', refused(h.contains, true, 'x'))
  end)
end)

describe('addresses and numbers of people', function()
  it('normalise an e-mail address, and know what is none', function()
    assert.are.equal('jane.doe@example.com', h.email '  Jane.Doe@Example.com ')
    for _, text in ipairs { '', 'jane', 'jane@host', 'a b@c.d', 'a@b.c,d@e.f', '@b.c' } do
      assert.is_nil(h.email(text), text)
    end
  end)

  it('normalise a phone number, and know what is none', function()
    assert.are.equal('+15550100', h.phone '+1 555 0100')
    assert.are.equal('+31612345678', h.phone '00 31 6-1234 5678')
    assert.are.equal('+31612345678', h.phone '+31 (0)6 12345678')
    assert.are.equal('0612345678', h.phone '06.12.34.56.78')
    for _, text in ipairs { '', 'n/a', '12', '+1 555 call me', '1234567890123456' } do
      assert.is_nil(h.phone(text), text)
    end
  end)
end)

describe('numbers', function()
  it('are read from text', function()
    assert.are.equal(12, h.number '12')
    assert.are.equal('integer', math.type(h.number '12'))
    assert.are.equal(-1.5, h.number ' -1.5 ')
    assert.are.equal(1234567.5, h.number '1,234,567.5')
    assert.are.equal(1234.5, h.number('1.234,5', ','))
    assert.are.equal(1000.0, h.number '1e3')
    assert.are.equal(7, h.number(7))
    assert.is_nil(h.number '')
  end)

  it('are refused where the text is none', function()
    for _, text in ipairs { 'abc', '12,34', '1,2345', '1.2.3', '$5', '0x10', '5 euro' } do
      assert.are.equal('number: the text "' .. text .. '" is no number', refused(h.number, text))
    end
    assert.are.equal('number: the decimal mark is "." or ","', refused(h.number, '1', ';'))
    assert.are.equal('number: a list is no number', refused(h.number, { 1 }))
  end)

  it('are not made of texts that would lose digits', function()
    local big = '12345678901234567890'
    local told = ': the text "' .. big .. '" has more digits than a number can keep; leave it a text'
    assert.are.equal('number' .. told, refused(h.number, big))
    assert.are.equal('round' .. told, refused(h.round, big))
    assert.are.equal('sum' .. told, refused(h.sum, { 1, big }))
    assert.are.equal('number: the text "12,345,678,901,234,567,890" has more digits than a number can keep; '
      .. 'leave it a text', refused(h.number, '12,345,678,901,234,567,890'))
    assert.are.equal(9223372036854775807, h.number '9223372036854775807')
    assert.are.equal(9223372036854775807, h.number('9.223.372.036.854.775.807', ','))
    assert.are.equal(1e30, h.number '1e30')
    assert.are.equal(big, h.text(big))
  end)

  it('are rounded half away from zero', function()
    assert.are.equal(3, h.round(2.5))
    assert.are.equal(-3, h.round(-2.5))
    assert.are.equal('integer', math.type(h.round(2.4)))
    assert.are.equal(2.35, h.round(2.3456, 2))
    assert.are.equal(7, h.round(7, 2))
    assert.are.equal(1200, h.round(1234, -2))
    assert.are.equal(3, h.round '2.6')
    assert.are.equal('round: takes a number, not the text "x"', refused(h.round, 'x'))
  end)
end)

describe('values', function()
  it('have a default where they are missing or empty', function()
    assert.are.equal('x', h.default(nil, 'x'))
    assert.are.equal('x', h.default(json.null, 'x'))
    assert.are.equal('x', h.default('', 'x'))
    assert.are.equal(false, h.default(false, 'x'))
    assert.are.equal(0, h.default(0, 'x'))
  end)

  it('know whether they are empty', function()
    for _, value in ipairs { '', {}, json.null } do
      assert.is_true(h.is_empty(value))
    end
    assert.is_true(h.is_empty(nil))
    for _, value in ipairs { 'x', { 1 }, 0, false, { a = 1 } } do
      assert.is_false(h.is_empty(value))
    end
  end)

  it('can end a step', function()
    assert.are.equal('no contact', refused(h.fail, 'no contact'))
  end)

  it('have a length', function()
    assert.are.equal(0, h.len(nil))
    assert.are.equal(2, h.len { 'a', 'b' })
    assert.are.equal(4, h.len 'café')
  end)

  it('have something in them, or not', function()
    assert.is_true(h.has({ 'lead', 'do not contact' }, 'do not contact'))
    assert.is_false(h.has({ 'lead' }, 'lea'))
    assert.is_true(h.has('new lead', 'lead'))
    assert.is_true(h.has({ email = 'x' }, 'email'))
    assert.is_false(h.has({ email = json.null }, 'email'))
    assert.is_false(h.has(nil, 'x'))
    assert.is_false(h.has({ 'x' }, nil))
    assert.are.equal('has: takes a text, not true', refused(h.has, true, 'x'))
  end)

  it('are merged, the second wins', function()
    local a = { x = 1, y = 1 }
    assert.are.same({ x = 1, y = 2, z = 3 }, h.merge(a, { y = 2, z = 3 }))
    assert.are.same({ x = 1, y = 1 }, a)
    assert.are.same({ x = 1, y = 1 }, h.merge(a, nil))
    assert.are.equal('merge: takes two tables, not the text "x"', refused(h.merge, 'x', {}))
  end)

  it('name their fields in order', function()
    assert.are.same({ 'a', 'b' }, h.keys { b = 1, a = 2 })
    assert.are.same({}, h.keys(nil))
  end)

  it('are listed a line each', function()
    local results = { Price = { reference = 'FA', value = 5400, text = '$5,400.00' }, Area = 120, Empty = '' }
    assert.are.equal('Area: 120\nPrice: $5,400.00', h.listing(results))
    assert.are.equal('Tags: a, b', h.listing { Tags = { 'a', 'b' } })
    assert.are.equal('', h.listing(nil))
  end)
end)

describe('lists', function()
  local tasks = {
    { id = 'a', done = true, n = 2, who = { name = 'x' } }, { id = 'b', done = false, n = 3 }, { id = 'c' },
  }

  it('have a first, a last and a count', function()
    assert.are.equal('a', h.first(tasks).id)
    assert.are.equal('c', h.last(tasks).id)
    assert.are.equal(3, h.count(tasks))
    assert.are.equal(0, h.count(nil))
    assert.is_nil(h.first {})
    assert.are.equal('first: takes a list, not the text "x"', refused(h.first, 'x'))
    assert.are.equal('count: takes a list, not a table', refused(h.count, { a = 1 }))
  end)

  it('are picked from', function()
    assert.are.same({ 'a', 'b', 'c' }, h.pick(tasks, 'id'))
    assert.are.same({ 'x' }, h.pick(tasks, 'who.name'))
    assert.are.same({}, h.pick(nil, 'id'))
    assert.are.equal('pick: takes the name of a field in quotes, such as pick(list, "id")', refused(h.pick, tasks))
  end)

  it('are narrowed by a field', function()
    assert.are.same({ 'a' }, h.pick(h.where(tasks, 'done'), 'id'))
    assert.are.same({ 'b' }, h.pick(h.where(tasks, 'done', false), 'id'))
    assert.are.same({ 'c' }, h.pick(h.where(tasks, 'n', nil), 'id'))
    assert.are.same({ 'a' }, h.pick(h.where(tasks, 'who.name', 'x'), 'id'))
  end)

  it('are narrowed by what a text does not hold', function()
    local notes = { { id = 1, body = 'a [x] b' }, { id = 2, body = 'c' }, { id = 3 } }
    assert.are.same({ 2, 3 }, h.pick(h.except(notes, 'body', '[x]'), 'id'))
  end)

  it('are compared with another list', function()
    assert.are.same({ 'b' }, h.without({ 'a', 'b', 'c' }, { 'c', 'a', 'd' }))
    assert.are.same({ 'a' }, h.without({ 'a' }, nil))
    assert.are.same({}, h.without(nil, { 'a' }))
  end)

  it('are summed', function()
    assert.are.equal(6, h.sum { 1, 2, 3 })
    assert.are.equal(5, h.sum(tasks, 'n'))
    assert.are.equal(0, h.sum(nil))
    assert.are.equal('sum: takes a number, not the text "x"', refused(h.sum, { 'x' }))
  end)

  it('lose what comes twice', function()
    assert.are.same({ 'a', 'b', 1 }, h.unique { 'a', 'b', 'a', 1, 1 })
    assert.are.equal(1, #h.unique { { id = 1 }, { id = 1 } })
  end)

  it('are made of what is there', function()
    assert.are.same({ 'a', 'b' }, h.list('a', nil, 'b', json.null))
  end)

  it('stay lists when they are empty', function()
    for _, list in ipairs { h.list(), h.pick(nil, 'x'), h.where({}, 'x'), h.unique(nil), h.keys {} } do
      assert.are.equal('[]', json.encode(list))
    end
  end)
end)

describe('dates', function()
  it('count from the moment of the run', function()
    assert.are.equal('2026-11-23T10:45:30Z', h.in_minutes(30))
    assert.are.equal('2026-11-23T11:45:30Z', h.in_hours(1.5))
    assert.are.equal('2026-11-23T08:15:30Z', h.in_hours(-2))
  end)

  it('name a day by the calendar and a time by the clocks of the project', function()
    assert.are.equal('2026-11-25T09:00:00Z', h.in_days(2, '10:00'))
    assert.are.equal('2026-11-25T10:00:00Z', new('UTC').in_days(2, '10:00'))
    assert.are.equal('2026-11-25T10:15:30Z', h.in_days(2))
    assert.are.equal('2026-11-25T10:15:30Z', h.in_days '2')
  end)

  it('keep the time of day when the clocks change', function()
    local march = helpers.new { now_us = dates.parse '2026-03-28T09:00:00Z', timezone = 'Europe/Amsterdam' }
    assert.are.equal('2026-03-29T08:00:00Z', march.in_days(1, '10:00'))
    assert.are.equal('2026-03-29T08:00:00Z', march.date_add('2026-03-28T09:00:00Z', '1 day'))
    assert.are.equal('2026-03-29T09:00:00Z', march.date_add('2026-03-28T09:00:00Z', '24h'))
  end)

  it('are read in every form that services send', function()
    assert.are.equal('2021-07-08T12:02:11Z', h.date '2021-07-08T12:02:11.285Z')
    assert.are.equal('2023-09-25T10:30:00Z', h.date '2023-09-25T16:00:00+05:30')
    assert.are.equal('2021-07-16T09:00:00Z', h.date '2021-07-16 11:00:00')
    assert.are.equal('2026-11-22T23:00:00Z', h.date '2026-11-23')
    assert.are.equal('2026-11-23T10:15:30Z', h.date(1795428930))
    assert.is_nil(h.date '')
  end)

  it('are written as a day or a time by the clocks of the project', function()
    assert.are.equal('2026-11-24', h.date('2026-11-23T23:30:00Z', 'date'))
    assert.are.equal('00:30', h.date('2026-11-23T23:30:00Z', 'time'))
    assert.are.equal('date: the form is "datetime", "date" or "time", not the text "short"',
      refused(h.date, '2026-11-23', 'short'))
  end)

  it('are moved by a duration', function()
    assert.are.equal('2026-11-25T10:00:00Z', h.date_add('2026-11-23T10:00:00Z', '2 days'))
    assert.are.equal('2026-11-16T10:00:00Z', h.date_add('2026-11-23T10:00:00Z', '-1w'))
    assert.are.equal('2026-11-23T11:30:00Z', h.date_add('2026-11-23T10:00:00Z', '1h 30m'))
    assert.are.equal('2026-11-24T22:00:00Z', h.date_add('2026-11-23T10:00:00Z', '1.5 days'))
    assert.is_truthy(refused(h.date_add, '2026-11-23', 'soon'):find('date_add: ', 1, true))
  end)

  it('are told apart in days', function()
    assert.are.equal(2, h.days_between('2026-11-23T22:00:00Z', '2026-11-25'))
    assert.are.equal(1, h.days_between('2026-11-23T22:30:00Z', '2026-11-23T23:30:00Z'))
    assert.are.equal(-1, h.days_between('2026-11-23', '2026-11-22'))
    assert.is_nil(h.days_between(nil, '2026-11-23'))
  end)

  it('keep the day that a person was born on, whatever the zone', function()
    local west = new 'America/New_York'
    assert.are.equal('2000-01-05', west.day '2000-01-05T00:00:00.000Z')
    assert.are.equal('2000-01-05', west.day '2000/1/5')
    assert.are.equal('2000-01-05', west.day '01/05/2000')
    assert.are.equal('2000-01-05', west.day '2000_01_05')
    assert.are.equal('day: the text "5 January" is no day; write it as 2000-01-05', refused(west.day, '5 January'))
    assert.are.equal('day: the text "2000-13-05" is no day; write it as 2000-01-05', refused(west.day, '2000-13-05'))
  end)

  it('tell what is wrong with a value', function()
    assert.are.equal('date: the text "soon" is no date; write it as 2026-11-25T10:00:00Z or 2026-11-25',
      refused(h.date, 'soon'))
    assert.are.equal('in_days: the text "25:00" is no time of day; write it as "10:00"', refused(h.in_days, 1, '25:00'))
    assert.are.equal('in_days: takes whole days; use in_hours for parts of a day', refused(h.in_days, 1.5))
    assert.are.equal('in_hours: takes a number, not nothing', refused(h.in_hours, nil))
  end)
end)

describe('field maps', function()
  local mapped = new(nil, {
    contact = {
      { from = { 'contactId' }, to = 'contact_id' },
      { from = { 'dateAdded' }, to = 'created_at', convert = 'date' },
    },
  })

  it('are applied to one table', function()
    assert.are.same({ contact_id = 'c1', created_at = '2021-07-08T12:02:11Z' },
      mapped.map_fields('contact', { contactId = 'c1', dateAdded = '2021-07-08T12:02:11.285Z', other = 1 }))
    assert.is_nil(mapped.map_fields('contact', nil))
  end)

  it('are applied to each item of a list', function()
    assert.are.same({ { contact_id = 'a' }, { contact_id = 'b' } },
      mapped.map_each('contact', { { contactId = 'a' }, { contactId = 'b' } }))
    assert.are.equal('[]', json.encode(mapped.map_each('contact', nil)))
  end)

  it('are refused where there is none of that name, or no table', function()
    assert.are.equal('map_fields: there is no field map "task"; a map is a file in recipes/maps',
      refused(mapped.map_fields, 'task', {}))
    assert.are.equal('map_fields: takes a table, not the text "x"', refused(mapped.map_fields, 'contact', 'x'))
    assert.are.equal('map_each: takes a list, not the text "x"', refused(mapped.map_each, 'contact', 'x'))
  end)
end)
