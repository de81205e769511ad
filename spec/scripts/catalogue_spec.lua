-- The catalogue that was generated from HighLevel's files: whole, well formed, and the same in its facts as
-- what is written by hand.
local host = require 'host'
local json = require 'json'

local FOLDER = 'scripts/connectors/'

local connector = dofile(FOLDER .. 'highlevel.lua')
local index = dofile(FOLDER .. 'highlevel/index.lua')
local areas = {}

local function generated(name)
  local area = index.operations[name]
  areas[area] = areas[area] or dofile(FOLDER .. 'highlevel/' .. area .. '.lua').operations
  return areas[area][name]
end

local function count(list)
  local n = 0
  for _ in pairs(list) do
    n = n + 1
  end
  return n
end

local function sorted(list)
  local copy = table.move(list or {}, 1, #(list or {}), 1, {})
  table.sort(copy)
  return copy
end

local function required(input)
  local names = {}
  for name, descriptor in pairs(input) do
    if not descriptor.optional and descriptor.default == nil then
      table.insert(names, name)
    end
  end
  return sorted(names)
end

describe('the HighLevel catalogue', function()
  it('has 576 operations and 73 events, of which 126 are the core set', function()
    assert.are.equal(576, count(index.operations))
    assert.are.equal(73, count(index.events))
    local core = count(index.core)
    for _, event in pairs(index.events) do
      core = core + (event.core and 1 or 0)
    end
    assert.are.equal(126, core)
  end)

  it('finds every operation in the file that the index names, and no other', function()
    local listed = 0
    for name in pairs(index.operations) do
      assert.is_table(generated(name), name)
      assert.are.equal(index.core[name], generated(name).core, name)
    end
    for _, operations in pairs(areas) do
      listed = listed + count(operations)
    end
    assert.are.equal(576, listed)
    assert.are.equal(41, count(areas))
  end)

  it('has as many of each method, and as many that go, as the vendor\'s files', function()
    local counts = { deprecated = 0, other_version = 0, oauth_only = 0, agency = 0 }
    for name in pairs(index.operations) do
      local one = generated(name)
      counts[one.method] = (counts[one.method] or 0) + 1
      counts.deprecated = counts.deprecated + (one.deprecated and 1 or 0)
      counts.other_version = counts.other_version + (one.headers and 1 or 0)
      counts.oauth_only = counts.oauth_only + (one.oauth_only and 1 or 0)
      counts.agency = counts.agency + (one.access == 'parent' and 1 or 0)
    end
    assert.are.same({
      GET = 246, POST = 165, DELETE = 80, PUT = 72, PATCH = 13, deprecated = 19, other_version = 139,
      oauth_only = counts.oauth_only, agency = counts.agency,
    }, counts)
    assert.is_true(counts.oauth_only >= 8 and counts.agency >= 30)
  end)

  it('calls no two operations by one method and path', function()
    local seen = {}
    for name in pairs(index.operations) do
      local call = generated(name).method .. ' ' .. generated(name).path:gsub('{[^}]*}', '{}')
      assert.is_nil(seen[call], name .. ' and ' .. tostring(seen[call]))
      seen[call] = name
    end
  end)

  it('says of each in one line what it does', function()
    for name in pairs(index.operations) do
      local summary = generated(name).summary
      assert.is_truthy(summary:match('^%u[^\n]*[^.]$'), name .. ': ' .. summary)
      assert.is_true(#summary <= 80, name .. ': ' .. summary)
    end
  end)

  it('agrees with every operation that is written by hand', function()
    for name, ours in pairs(connector.operations) do
      local theirs = index.operations[name] and generated(name)
      if theirs then
        for _, key in ipairs { 'method', 'path', 'success', 'access', 'oauth_only' } do
          assert.are.equal(theirs[key], ours[key], name .. '.' .. key)
        end
        assert.are.same(sorted(theirs.scopes), sorted(ours.scopes), name)
        assert.are.same(sorted(theirs.query), sorted(ours.query), name)
        assert.are.same(required(theirs.input), required(ours.input), name)
        assert.are.equal(theirs.deprecated == nil, ours.deprecated == nil, name)
        for field, descriptor in pairs(ours.input) do
          assert.is_true(theirs.input[field] ~= nil or descriptor.engine == true, name .. '.' .. field)
        end
      end
    end
  end)

  it('agrees with every event that is written by hand', function()
    for name, ours in pairs(connector.events) do
      if not ours.of and not ours.internal then
        assert.is_table(index.events[name], name)
        assert.are.equal(index.events[name].type, ours.type, name)
      assert.are.same(index.events[name].scopes, ours.scopes, name)
      end
    end
  end)

  it('has a sample of every event, of its type', function()
    for name, event in pairs(index.events) do
      local sample = json.decode((assert(host.read_file(FOLDER .. event.sample))))
      if event.types then
        assert.is_truthy(table.concat(event.types, ' '):find(sample.type, 1, true), name)
      else
        assert.are.equal(event.type, sample.type, name)
      end
      assert.is_string(sample.webhookId, name)
      for _, field in ipairs(event.required or {}) do
        assert.is_not_nil(sample[field], name .. '.' .. field)
      end
    end
  end)

  it('takes no two events for one another', function()
    local seen = {}
    for name, event in pairs(index.events) do
      for _, kind in ipairs(event.types or { event.type }) do
        assert.is_nil(seen[kind], name)
        seen[kind] = name
      end
    end
  end)
end)
