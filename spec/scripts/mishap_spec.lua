-- What an expression lacked, in the words of who wrote it.

local json = require 'json'
local mishap = require 'lib.mishap'

local env = {
  event = { id = 'c1', name = 'Jane', tags = json.array {}, gone = json.null, contact = { phone = '1' } },
  steps = { found = { items = json.array { { id = 1 } } } }, inputs = {}, task = { id = 't1' }, lower = string.lower,
}

-- How Lua says it, and what is made of it.
local function explains(text, message, expected)
  assert.are.equal(expected, mishap.explain(text, env, message))
end

describe('what an expression lacked', function()
  it('is named with the part that is missing', function()
    explains('steps.bad', 'recipes/a.yaml:3:1: attempt to compare nil with number', 'steps.bad is missing')
    explains('steps.bad.count > 3', 'recipes/a.yaml:3:1: attempt to compare nil with number',
      'steps.bad.count: steps.bad is missing')
    explains('"x" .. event.contact.email', "a:1:1: attempt to concatenate a nil value (field 'email')",
      'event.contact.email is missing')
    explains('event.lead.contact.email .. "x"', "a:1:1: attempt to concatenate a nil value (field 'email')",
      'event.lead.contact.email: event.lead is missing')
  end)

  it('is told by null as well', function()
    explains('event.gone + 1', "a:1:1: attempt to perform arithmetic on a userdata value (field 'gone')",
      'event.gone is missing')
  end)

  it('is found by index and by odd names', function()
    explains('steps.found.items[2].id + 1', "a:1:1: attempt to perform arithmetic on a nil value (field 'id')",
      'steps.found.items[2].id: steps.found.items[2] is missing')
    explains('event["Full name"] .. "x"', "a:1:1: attempt to concatenate a nil value (field 'Full name')",
      'event["Full name"] is missing')
  end)

  it('is the one that Lua names, where several are missing', function()
    explains('lower(event.nick) .. event.street', "a:1:1: attempt to concatenate a nil value (field 'street')",
      'event.street is missing')
    explains('event.a < event.b', 'a:1:1: attempt to compare two nil values',
      'event.a is missing, or event.b is missing')
  end)

  it('is not what a function stands in for, nor a key, a field, a text or a comment', function()
    explains('default(event.nick, 1) < event.b', 'a:1:1: attempt to compare nil with number', 'event.b is missing')
    explains('{ size = event.b, ["event.x"] = 1 } -- event.y', 'a:1:1: attempt to compare nil with number',
      'event.b is missing')
    explains("'event.x' .. [[event.y]] .. lower(event.name).event.z .. event.b",
      "a:1:1: attempt to concatenate a nil value (field 'b')", 'event.b is missing')
  end)

  it('is a text\'s field', function()
    explains('event.name.first .. "x"', "a:1:1: attempt to concatenate a nil value (field 'first')",
      'event.name.first is missing')
  end)

  it('is told of items by their names', function()
    explains('task.title .. "x"', "a:1:1: attempt to concatenate a nil value (field 'title')", 'task.title is missing')
    explains('item.title .. "x"', "a:1:1: attempt to concatenate a nil value (field 'title')",
      'item.title: item is missing')
  end)
end)

describe('another error of an expression', function()
  it('keeps Lua\'s words, without the chunk', function()
    explains('event.tags .. "x"', "recipes/a.yaml:3:1: attempt to concatenate a table value (field 'tags')",
      "attempt to concatenate a table value (field 'tags')")
    explains('event.id()', "recipes/a.yaml:3:1: attempt to call a nil value (field 'id')",
      "attempt to call a nil value (field 'id')")
    explains('(event.tags or nil) < 3', 'recipes/a.yaml:3:1: attempt to compare table with number',
      'attempt to compare table with number')
    explains('nil + 1', 'recipes/a.yaml:3:1: attempt to perform arithmetic on a nil value',
      'attempt to perform arithmetic on a nil value')
  end)

  it('may have any text for an expression', function()
    for _, text in ipairs { '', '"', '[[', '[', 'event[', 'event["', 'event.', '--[[', '--', 'event["a', '\0a' } do
      assert.is_string(mishap.explain(text, env, 'a:1:1: attempt to compare nil with number'))
    end
  end)
end)
