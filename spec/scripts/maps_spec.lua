-- Field maps: paths, converters, and what happens to values that are missing or cannot be converted.

local dates = require 'dates'
local helpers = require 'lib.helpers'
local json = require 'json'
local maps = require 'lib.maps'

local env = helpers.new { now_us = dates.parse '2026-11-23T10:15:30Z', timezone = 'Europe/Amsterdam' }

-- Converts one value by the converter.
local function convert(name, value)
  return maps.apply('m', { { from = { 'a' }, to = 'b', convert = name } }, { a = value }, env).b
end

describe('a field map', function()
  it('gives fields their new names', function()
    local map = { { from = { 'contactId' }, to = 'contact_id' }, { from = { 'email' }, to = 'email_address' } }
    assert.are.same({ contact_id = 'c1', email_address = 'x@y.z' },
      maps.apply('contact', map, { contactId = 'c1', email = 'x@y.z', phone = '1' }, env))
  end)

  it('follows paths, by name and by place in a list', function()
    local map = { { from = { 'a', 'b' }, to = 'x' }, { from = { 'list', '2', 'id' }, to = 'y' } }
    local value = { a = { b = 1 }, list = { { id = 'p' }, { id = 'q' } } }
    assert.are.same({ x = 1, y = 'q' }, maps.apply('m', map, value, env))
  end)

  it('leaves out what is missing, null or empty', function()
    local map = {
      { from = { 'a' }, to = 'a' }, { from = { 'b' }, to = 'b' }, { from = { 'c' }, to = 'c' },
      { from = { 'd', 'e' }, to = 'd' },
    }
    assert.are.same({}, maps.apply('m', map, { b = json.null, c = '', d = 'text' }, env))
  end)

  it('keeps false and zero', function()
    local map = { { from = { 'a' }, to = 'a' }, { from = { 'b' }, to = 'b' } }
    assert.are.same({ a = false, b = 0 }, maps.apply('m', map, { a = false, b = 0 }, env))
  end)

  it('leaves the value as it was', function()
    local value = { a = 'X' }
    maps.apply('m', { { from = { 'a' }, to = 'a', convert = 'lower' } }, value, env)
    assert.are.same({ a = 'X' }, value)
  end)
end)

describe('a converter', function()
  it('makes dates of one format', function()
    assert.are.equal('2021-07-16T09:00:00Z', convert('date', '2021-07-16 11:00:00'))
    assert.are.equal('2000-01-05', convert('day', '2000-01-05T00:00:00.000Z'))
  end)

  it('makes texts', function()
    assert.are.equal('jane@example.com', convert('email', ' Jane@Example.com'))
    assert.are.equal('+15550100', convert('phone', '+1 555 0100'))
    assert.are.equal('abc', convert('lower', ' ABC '))
    assert.are.equal('12', convert('text', 12))
  end)

  it('keeps a text that it cannot read: better as it came than lost', function()
    assert.are.equal('ask reception', convert('phone', ' ask reception '))
    assert.are.equal('none', convert('email', 'none'))
    assert.are.equal('5 January', convert('day', '5 January'))
  end)

  it('makes numbers and booleans', function()
    assert.are.equal(1234.5, convert('number', '1,234.5'))
    for _, word in ipairs { 'true', 'Yes', 'on', '1', 1, true } do
      assert.is_true(convert('bool', word))
    end
    for _, word in ipairs { 'false', 'NO', 'off', 0, false } do
      assert.is_false(convert('bool', word))
    end
  end)

  it('names the map and the field where a value is of the wrong kind', function()
    local cases = {
      { 'date', 'soon', 'date: the text "soon" is no date; write it as 2026-11-25T10:00:00Z or 2026-11-25' },
      { 'number', 'many', 'number: the text "many" is no number' },
      { 'bool', 'perhaps', '"perhaps" is neither true nor false' },
    }
    for _, case in ipairs(cases) do
      local ok, problem = pcall(convert, case[1], case[2])
      assert.is_false(ok)
      assert.are.equal('invalid', problem.kind)
      assert.are.equal('the map m cannot fill b from a: ' .. case[3], problem.message)
    end
  end)
end)
