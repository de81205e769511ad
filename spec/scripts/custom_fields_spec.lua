-- Custom fields by name, against definitions of our own: which field a word means, and what becomes of a value.
local custom_fields = require 'lib.highlevel.custom_fields'
local moments = require 'lib.moments'

local DEFINITIONS = {
  { id = 'f1', name = 'Old size', fieldKey = 'contact.size', dataType = 'TEXT' },
  { id = 'f2', name = 'Size', fieldKey = 'contact.size_1', dataType = 'TEXT' },
  { id = 'f3', name = 'Area', fieldKey = 'contact.area', dataType = 'NUMERICAL' },
  { id = 'f4', name = 'Twice', fieldKey = 'contact.twice_a', dataType = 'TEXT' },
  { id = 'f5', name = 'twice ', fieldKey = 'contact.twice_b', dataType = 'TEXT' },
}

local function encode(name, value)
  local ctx = {
    look = function() return { customFields = DEFINITIONS } end,
    once = function(_, _, make) return make() end,
  }
  return custom_fields.encode(ctx, { locationId = 'L1', customFields = { [name] = value } }, 'contact')[1]
end

local function refusal(name, value)
  local ok, problem = pcall(encode, name, value)
  assert.is_false(ok)
  assert.are.equal('invalid', problem.kind)
  return problem.message
end

describe('the word for a custom field', function()
  it('is its name, its key or its id', function()
    for _, word in ipairs { 'Area', ' area', 'contact.area', 'f3' } do
      assert.are.equal('f3', encode(word, 1).id, word)
    end
  end)

  it('that is the key of one and the name of another is refused, with the keys of both', function()
    local said = refusal('Size', 'XL')
    assert.is_truthy(said:find('contact.size (Old size) or contact.size_1 (Size)', 1, true), said)
    assert.are.equal('f1', encode('contact.size', 'XL').id)
    assert.are.equal('f2', encode('contact.size_1', 'XL').id)
    assert.are.equal('f1', encode('Old size', 'XL').id)
  end)

  it('that is the name of two is refused', function()
    assert.is_truthy(refusal('Twice', 'x'):find('contact.twice_a', 1, true))
  end)
end)

describe('a value', function()
  it('of a text stays the text that it is', function()
    assert.are.equal('007', encode('Old size', '007').field_value)
    assert.are.equal('3', encode('Old size', 3.0).field_value)
    assert.are.equal('1e+300', encode('Old size', 1e300).field_value)
  end)

  it('that is no number of this world is refused', function()
    assert.are.equal(12, encode('Area', '12').field_value)
    for _, value in ipairs { 'large', '1e999', 0 / 0 } do
      assert.is_truthy(refusal('Area', value):find('takes a number', 1, true))
    end
  end)
end)

describe('a moment as a number', function()
  it('becomes a date, and one that no date can hold stays as it came', function()
    assert.are.equal('2026-11-23T10:00:00.000Z', moments.settle({ at = 1795428000000 }, { at = 'epoch_ms' }).at)
    for _, value in ipairs { math.maxinteger, math.mininteger, 1 << 62, 'soon' } do
      assert.are.same({ at = value }, moments.settle({ at = value }, { at = 'epoch_ms' }))
      assert.are.same({ at = value }, moments.settle({ at = value }, { at = 'epoch_s' }))
    end
  end)
end)
