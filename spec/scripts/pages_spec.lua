-- Pages, one after the other: the styles, the ends and the circles of lib/pages.lua, without an engine.
package.path = './scripts/?.lua;' .. package.path
local json = require 'json'
local pages = require 'lib.pages'

-- A service of `count` items that answers as `answer(input, all)` says; what it was asked, and the items that came.
local function walk(paging, input, count, answer, max)
  local all, asked, came = {}, {}, {}
  for i = 1, count do all[i] = { id = 'i' .. i, cursor = i } end
  local function fetch(fields)
    local copy = {}
    for name, value in pairs(fields) do copy[name] = value end
    asked[#asked + 1] = copy
    return answer(copy, all)
  end
  for item in pages.iterate(paging, fetch, input, max) do came[#came + 1] = item.id end
  return asked, came
end

local function slice(all, first, count)
  return json.array(table.move(all, first, math.min(first + count - 1, #all), 1, {}))
end

describe('pages', function()
  it('counted by items end with an empty one', function()
    local paging = { items = 'list', style = 'offset', offset = 'skip', size = 'limit', size_max = 2 }
    local asked, came = walk(paging, { q = 'x' }, 4, function(f, all)
      return { list = slice(all, f.skip + 1, f.limit) }
    end)
    assert.are.same({ 'i1', 'i2', 'i3', 'i4' }, came)
    assert.are.same({ q = 'x', limit = 2, skip = 4 }, asked[3])
    assert.are.equal(3, #asked)
  end)

  it('counted by items follow what came, not what was asked for', function()
    local paging = { items = 'list', style = 'offset', offset = 'skip', size = 'limit', size_max = 100 }
    local _, came = walk(paging, {}, 5, function(f, all) return { list = slice(all, f.skip + 1, 2) } end)
    assert.are.equal(5, #came)
  end)

  it('counted by pages end where the total is reached', function()
    local paging = { items = 'data.list', style = 'page', page = 'page', total = 'meta.total' }
    local asked, came = walk(paging, {}, 5, function(f, all)
      return { data = { list = slice(all, (f.page - 1) * 2 + 1, 2) }, meta = { total = 5 } }
    end)
    assert.are.equal(5, #came)
    assert.are.equal(3, #asked)
  end)

  it('count in texts where the service wants texts', function()
    local paging = { items = 'list', style = 'offset', offset = 'skip', as_text = true }
    local asked = walk(paging, {}, 3, function(f, all) return { list = slice(all, tonumber(f.skip) + 1, 2) } end)
    assert.are.same({ '0', '2', '3' }, { asked[1].skip, asked[2].skip, asked[3].skip })
  end)

  it('follow the cursor of the last item, or of the answer', function()
    local by_item = { items = 'list', style = 'cursor', last = { after = 'cursor' } }
    local _, came = walk(by_item, {}, 5, function(f, all) return { list = slice(all, (f.after or 0) + 1, 2) } end)
    assert.are.equal(5, #came)
    local by_answer = { items = 'list', style = 'token', next = { token = 'more.token' } }
    local asked
    asked, came = walk(by_answer, {}, 5, function(f, all)
      local at = tonumber(f.token or '0')
      return { list = slice(all, at + 1, 2), more = { token = at + 2 < #all and tostring(at + 2) or nil } }
    end)
    assert.are.equal(5, #came)
    assert.are.equal(3, #asked)
  end)

  it('end in an error where a page begins like one before, or leads to where it came from', function()
    local paging = { items = 'list', style = 'offset', offset = 'skip' }
    local ok, problem = pcall(walk, paging, {}, 5, function(_, all) return { list = slice(all, 1, 2) } end)
    assert.is_false(ok)
    assert.are.equal('protocol', problem.kind)
    assert.are.equal('page 2 begins like page 1: the service goes round in a circle', problem.message)
    local no_ids = { items = 'list', style = 'token', next = { token = 'token' } }
    ok, problem = pcall(walk, no_ids, {}, 1, function() return { list = json.array { { } }, token = 'same' } end)
    assert.is_false(ok)
    assert.are.equal('protocol', problem.kind)
  end)

  it('end with max, in the middle of a page', function()
    local paging = { items = 'list', style = 'offset', offset = 'skip' }
    local asked, came = walk(paging, {}, 9, function(f, all) return { list = slice(all, f.skip + 1, 4) } end, 6)
    assert.are.equal(6, #came)
    assert.are.equal(2, #asked)
  end)

  it('want a list', function()
    local ok, problem = pcall(walk, { items = 'list', offset = 'skip' }, {}, 1, function() return {} end)
    assert.is_false(ok)
    assert.are.equal('the answer has no list list', problem.message)
  end)
end)

describe('what is kept of a page', function()
  local paging = { items = 'list', style = 'cursor', last = { after = 'cursor' } }

  it('leads on behind it, and knows a circle that began before', function()
    local pager = pages.open(paging, {})
    local _, kept = pager:read { list = json.array { { id = 'a', cursor = 1 }, { id = 'b', cursor = 2 } } }
    local later = pages.open(paging, {})
    local items, page = later:read(json.decode(json.encode(kept)))
    assert.is_nil(items)
    later:advance(page)
    assert.are.same({ after = 2 }, later.input)
    assert.are.equal(2, later.seen)
    assert.is_false(pcall(later.read, later, { list = json.array { { id = 'a', cursor = 3 } } }))
  end)
end)

describe('a request for pages', function()
  it('names an operation', function()
    local requests = {}
    local given = pages.request(requests, pages.operations_of('crm').search, { a = 1 }, { max = 5 })
    assert.are.same({}, given)
    assert.are.same({ connection = 'crm', operation = 'search', input = { a = 1 }, max = 5 }, requests[given])
    assert.is_false(pcall(pages.request, requests, 'search', {}))
    assert.is_false(pcall(pages.request, requests, 'crm.search', 'x'))
  end)
end)
