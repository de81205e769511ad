-- Walks through the answers of an operation that come in pages, one page after the other. How a
-- service parts them is data in the table of the operation (`pages`), one of five styles:
--
--   offset        a field counts the items to skip                     { offset = 'skip' }
--   page          a field counts the pages                             { page = 'page' }
--   cursor        the last item has what the next call sends           { last = { searchAfter = 'searchAfter' } }
--   token         the answer has it                                    { next = { pageToken = 'more.token' } }
--   start_after   the same, with more than one field
--
-- beside `items` (the path of the list), and, where it is known, `size` and `size_max` (the field that says how many
-- a page has, and the most that it may say) and `total` (the path of the count of all). Pages end with one that is
-- empty, or once as many items came as `total` says. A service that gives the same page again is not asked for ever.
-- Only one page is held at a time.

local json = require 'json'

local pages = {}

local PAGES_MAX = 10000

-- Requests: what `pages(…)` in an expression gives -----------------------------------------------------

local function refuse(message)
  error({ kind = 'invalid', message = message }, 0)
end

-- crm.search_contacts in an expression: the name of an operation.
function pages.operations_of(connection)
  return setmetatable({}, { __index = function(_, operation) return connection .. '.' .. operation end })
end

-- pages(crm.search_contacts, { … }, { max = 1000 }). What it gives is an empty table that stands for the request in
-- `requests`, whose keys are weak: no other table is one, and an expression cannot change it.
function pages.request(requests, operation, input, options)
  local connection, name
  if type(operation) == 'string' then connection, name = operation:match '^([^.]+)%.(.+)$' end
  if not connection then refuse '`pages` takes an operation, such as crm.search_contacts_advanced' end
  if input ~= nil and type(input) ~= 'table' then refuse '`pages` takes the fields of the call as its second value' end
  local request = {}
  requests[request] = { connection = connection, operation = name, input = input or {},
                        max = type(options) == 'table' and options.max or nil }
  return request
end

-- Pager --------------------------------------------------------------------------------------------------

local function at(value, path)
  for key in path:gmatch '[^.]+' do
    if type(value) ~= 'table' then return nil end
    value = value[key]
  end
  return value
end

-- A number as the field takes it; some services have them as text in the query.
local function counted(paging, number)
  return paging.as_text and tostring(number) or number
end

local Pager = {}
Pager.__index = Pager

local function first_input(paging, input)
  local out = {}
  for name, value in pairs(input) do out[name] = value end
  if paging.size and paging.size_max and out[paging.size] == nil then
    out[paging.size] = counted(paging, paging.size_max)
  end
  if paging.offset and out[paging.offset] == nil then out[paging.offset] = counted(paging, 0) end
  if paging.page and out[paging.page] == nil then out[paging.page] = counted(paging, paging.first or 1) end
  return out
end

-- paging: the operation's `pages`. number: of the page to ask for; seen: items of the pages before it.
function pages.open(paging, input, max)
  return setmetatable({
    paging = paging, input = first_input(paging, input), max = max, number = 1, seen = 0, firsts = {}, cursors = {},
  }, Pager)
end

local function refuse_loop(number, what)
  error({ kind = 'protocol', message = ('page %d %s: the service goes round in a circle'):format(number, what) }, 0)
end

-- The fields that the next call changes; nil: this was the last page.
local function cursor_of(self, output, items)
  local paging, last = self.paging, items[#items]
  if paging.offset then
    return { [paging.offset] = counted(paging, math.tointeger(tonumber(self.input[paging.offset])) + #items) }
  elseif paging.page then
    return { [paging.page] = counted(paging, math.tointeger(tonumber(self.input[paging.page])) + 1) }
  end
  local cursor = {}
  for field, path in pairs(paging.last or paging.next) do
    local value = at(paging.last and last or output, path)
    if value == nil or value == json.null or value == '' then return nil end
    cursor[field] = value
  end
  return cursor
end

local function check_loop(self, items, cursor)
  local first = type(items[1]) == 'table' and (items[1].id or items[1]._id)
  if first then
    if self.firsts[first] then
      refuse_loop(self.number, ('begins like page %d'):format(self.firsts[first]))
    end
    self.firsts[first] = self.number
  end
  local text = cursor and json.encode(cursor)
  if text and self.cursors[text] then refuse_loop(self.number, 'leads to the page it came from') end
  if text then self.cursors[text] = true end
  return first or nil
end

local function is_last(self, output, items, cursor)
  local total = self.paging.total and math.tointeger(tonumber(at(output, self.paging.total)))
  local count = self.seen + #items
  return cursor == nil or #items == 0 or (total ~= nil and total > 0 and count >= total)
    or (self.max ~= nil and count >= self.max)
end

-- The page is done: the next one is to be asked for, unless is_over. page: what read gave.
function Pager:advance(page)
  if page.first then self.firsts[page.first] = page.kept_page end
  if page.next then self.cursors[json.encode(page.next)] = true end
  self.seen = self.seen + page.items
  self.number = self.number + 1
  self.is_over = page.next == nil
  for field, value in pairs(page.next or {}) do self.input[field] = value end
  if self.number > PAGES_MAX and not self.is_over then
    error({ kind = 'too_large', message = ('more than %d pages'):format(PAGES_MAX) }, 0)
  end
end

-- The items of the page that was asked for, and what is to be kept of it. Where the output is what was kept (its items
-- are done), there are none: nil.
function Pager:read(output)
  if output.kept_page then return nil, output end
  local items = at(output, self.paging.items)
  if type(items) ~= 'table' then
    error({ kind = 'protocol', message = 'the answer has no list ' .. self.paging.items }, 0)
  end
  local cursor = #items > 0 and cursor_of(self, output, items) or nil
  local first = check_loop(self, items, cursor)
  if is_last(self, output, items, cursor) then cursor = nil end
  local room = self.max and self.max - self.seen or #items
  if room < #items then items = json.array(table.move(items, 1, room, 1, {})) end
  return items, { kept_page = self.number, items = #items, first = first, next = cursor }
end

-- An iterator over the items of all pages, for scripts. fetch(input) calls the operation.
function pages.iterate(paging, fetch, input, max)
  local pager, items, index = pages.open(paging, input, max), nil, 0
  local page
  return function()
    while true do
      if items and index < #items then
        index = index + 1
        return items[index]
      end
      if page then pager:advance(page) end
      if pager.is_over then return nil end
      items, page = pager:read(fetch(pager.input))
      index = 0
    end
  end
end

return pages
