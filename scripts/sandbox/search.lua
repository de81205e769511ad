-- Lists of contacts: GET /contacts/, GET /contacts/business/{id}, POST /contacts/search. Their
-- pagination differs and each is as the vendor describes it, or as clients have found it where it
-- does not.
--
-- The order of GET /contacts/ is not documented: here, and in a search without `sort`, newest
-- first, equal times by id. The real search is an index that lags behind; the setting search_lag_ms
-- hides changes younger than that.

local access = require 'sandbox.access'
local answer = require 'sandbox.answer'
local json = require 'json'
local times = require 'sandbox.times'
local views = require 'sandbox.views'

local search = {}

local function is_newer(a, b)
  if a.addedMs ~= b.addedMs then
    return a.addedMs > b.addedMs
  end
  return a.id < b.id
end

-- `query` is looked for in names, e-mail address and phone.
local function mentions(contact, query)
  if not query or query == '' then
    return true
  end
  local parts = {
    contact.firstName or '', contact.lastName or '', contact.email or '', contact.phone or '',
  }
  return table.concat(parts, ' '):lower():find(query:lower(), 1, true) ~= nil
end

local function slice(items, first, count)
  return table.move(items, first, math.min(first + count - 1, #items), 1, {})
end

local function all_lite(items)
  local list = {}
  for i, contact in ipairs(items) do
    list[i] = views.lite(contact)
  end
  return answer.list(list)
end

local function is_behind(contact, start_ms, start_id)
  return contact.addedMs < start_ms or contact.addedMs == start_ms and contact.id > start_id
end

-- The index of the first item behind the cursor; either half of it may be missing.
local function index_after(items, start_ms, start_id)
  if not start_ms and not start_id then
    return 1
  end
  for i, contact in ipairs(items) do
    if contact.id == start_id then
      return i + 1
    elseif start_ms and is_behind(contact, start_ms, start_id or '') then
      return i
    end
  end
  return #items + 1
end

local function encode(text)
  return (text:gsub('[^%w%-._~]', function(c)
    return ('%%%02X'):format(c:byte())
  end))
end

local function next_url(call, limit, last)
  return ('%s/contacts/?locationId=%s&limit=%d&startAfter=%d&startAfterId=%s'):format(
    call.base_url, encode(call.query.locationId), limit, last.addedMs, encode(last.id))
end

local function list_meta(call, limit, total, first, page, has_more)
  local last = page[#page]
  local number = (first - 1) // limit + 1
  return {
    total = total,
    nextPageUrl = has_more and next_url(call, limit, last) or json.null,
    startAfterId = last and last.id or json.null,
    startAfter = last and last.addedMs or json.null,
    currentPage = number,
    nextPage = has_more and number + 1 or json.null,
    prevPage = number > 1 and number - 1 or json.null,
  }
end

-- GET /contacts/ (deprecated by the vendor): limit, startAfter with startAfterId, query.
function search.list(call)
  local query = call.query
  access.location(call, query.locationId)
  local found = call.sandbox.people:filter(query.locationId, function(contact)
    return mentions(contact, query.query)
  end)
  table.sort(found, is_newer)
  local limit = math.tointeger(tonumber(query.limit or '20'))
  local first = index_after(found, math.tointeger(tonumber(query.startAfter)), query.startAfterId)
  local page = slice(found, first, limit)
  local meta = list_meta(call, limit, #found, first, page, first + limit <= #found)
  return answer.ok {
    contacts = all_lite(page), count = #found, meta = meta, traceId = call.trace_id,
  }
end

-- GET /contacts/business/{businessId}: limit and skip.
function search.by_business(call)
  local query = call.query
  access.location(call, query.locationId)
  local found = call.sandbox.people:filter(query.locationId, function(contact)
    return contact.businessId == call.params.businessId and mentions(contact, query.query)
  end)
  table.sort(found, is_newer)
  local limit, skip = tonumber(query.limit or '25'), tonumber(query.skip or '0')
  return answer.ok { contacts = all_lite(slice(found, skip + 1, limit)), count = #found }
end

-- --- POST /contacts/search
-- -------------------------------------------------------------------------------------

-- What a filter and a sort may name, and how it is read from a contact.
local FIELDS = {
  id = function(c) return c.id end,
  email = function(c) return c.email and c.email:lower() end,
  phone = function(c) return c.phone end,
  firstNameLowerCase = function(c) return c.firstName and c.firstName:lower() end,
  lastNameLowerCase = function(c) return c.lastName and c.lastName:lower() end,
  firstName = function(c) return c.firstName and c.firstName:lower() end,
  lastName = function(c) return c.lastName and c.lastName:lower() end,
  companyName = function(c) return c.companyName and c.companyName:lower() end,
  businessId = function(c) return c.businessId end,
  city = function(c) return c.city and c.city:lower() end,
  country = function(c) return c.country and c.country:lower() end,
  source = function(c) return c.source and c.source:lower() end,
  assignedTo = function(c) return c.assignedTo end,
  dnd = function(c) return c.dnd or false end,
  tags = function(c) return c.tags end,
  dateAdded = function(c) return c.addedMs end,
  dateUpdated = function(c) return c.updatedMs end,
}

local function custom_field(id)
  return function(contact)
    for _, field in ipairs(contact.customFields or {}) do
      if field.id == id then
        return field.value
      end
    end
  end
end

local function reader_of(name)
  local id = type(name) == 'string' and name:match('^customFields%.(%w+)$')
  local read = id and custom_field(id) or FIELDS[name]
  if not read then
    answer.unprocessable { 'Invalid field name passed in filters or sort: ' .. tostring(name) }
  end
  return read
end

local function comparable(value)
  if type(value) == 'string' then
    return times.parse(value) or value:lower()
  end
  return value
end

local function is_equal(value, wanted)
  if type(wanted) == 'table' then
    for _, item in ipairs(wanted) do
      if is_equal(value, item) then
        return true
      end
    end
    return false
  elseif type(value) == 'table' then
    return is_equal(wanted, value)
  end
  return value ~= nil and comparable(value) == comparable(wanted)
end

-- Of a list, whether one of its texts does.
local function contains(value, wanted)
  if type(value) == 'table' then
    for _, item in ipairs(value) do
      if contains(item, wanted) then
        return true
      end
    end
    return false
  end
  return type(value) == 'string' and type(wanted) == 'string' and
    value:lower():find(wanted:lower(), 1, true) ~= nil
end

local BOUNDS = {
  gt = function(a, b) return a > b end,
  gte = function(a, b) return a >= b end,
  lt = function(a, b) return a < b end,
  lte = function(a, b) return a <= b end,
}

local function in_range(value, range)
  local number = comparable(value)
  if not math.type(number) or type(range) ~= 'table' then
    return false
  end
  for name, test in pairs(BOUNDS) do
    local bound = comparable(range[name])
    if bound ~= nil and not (math.type(bound) and test(number, bound)) then
      return false
    end
  end
  return true
end

local function exists(value)
  return value ~= nil and not (type(value) == 'table' and #value == 0)
end

local OPERATORS = {
  eq = is_equal,
  not_eq = function(value, wanted) return not is_equal(value, wanted) end,
  contains = contains,
  not_contains = function(value, wanted) return not contains(value, wanted) end,
  exists = exists, not_exists = function(value) return not exists(value) end,
  range = in_range,
}

local compile_filters

local function compile_leaf(filter)
  local read, test = reader_of(filter.field), OPERATORS[filter.operator]
  if not test then
    answer.unprocessable { 'Invalid operator passed in filters: ' .. tostring(filter.operator) }
  end
  return function(contact)
    return test(read(contact), filter.value)
  end
end

local function compile_filter(filter, depth)
  if type(filter) ~= 'table' or depth > 5 then
    answer.unprocessable { 'each value in filters must be an object' }
  elseif filter.group then
    return compile_filters(filter.filters, filter.group == 'OR', depth + 1)
  end
  return compile_leaf(filter)
end

-- One test made of many: all must hold, or with is_any one of them.
function compile_filters(filters, is_any, depth)
  local tests = {}
  if type(filters) ~= 'table' then
    answer.unprocessable { 'filters must be an array' }
  end
  for i, filter in ipairs(filters) do
    tests[i] = compile_filter(filter, depth)
  end
  return function(contact)
    for _, test in ipairs(tests) do
      if is_any == test(contact) then
        return is_any
      end
    end
    return not is_any or #tests == 0
  end
end

-- The order of a search, {value of the field, id} per contact, and whether one such key comes
-- before another.
local function sorting(body)
  local sort = body.sort and body.sort[1] or { field = 'dateAdded', direction = 'desc' }
  local read = reader_of(sort.field)
  local is_descending = sort.direction == 'desc'
  local function key(contact)
    local value = read(contact)
    local is_plain = type(value) == 'number' or type(value) == 'string'
    return { is_plain and value or '', contact.id }
  end
  local function before(a, b)
    if a[1] == b[1] then
      return a[2] < b[2]
    elseif type(a[1]) ~= type(b[1]) then
      return false
    end
    return a[1] < b[1] ~= is_descending
  end
  return key, before
end

local function check_cursor(body)
  local cursor = body.searchAfter
  if cursor and (#cursor ~= 2 or type(cursor[2]) ~= 'string') then
    answer.unprocessable { 'searchAfter must contain the two values of the last contact' }
  elseif (body.page or 1) * body.pageLimit > 10000 then
    answer.unprocessable { 'page * pageLimit must not be greater than 10000' }
  end
end

local function find(call, body)
  local test = compile_filters(body.filters or {}, false, 1)
  local visible_ms = call.sandbox.now() - call.sandbox.settings.search_lag_ms
  return call.sandbox.people:filter(body.locationId, function(contact)
    return contact.updatedMs <= visible_ms and mentions(contact, body.query) and test(contact)
  end)
end

local function first_index(found, key, before, body)
  if not body.searchAfter then
    return ((body.page or 1) - 1) * body.pageLimit + 1
  end
  for i, contact in ipairs(found) do
    if before(body.searchAfter, key(contact)) then
      return i
    end
  end
  return #found + 1
end

-- The last contact of a page carries the cursor; there is none at the top.
function search.advanced(call)
  local body = call.body
  access.location(call, body.locationId)
  check_cursor(body)
  local key, before = sorting(body)
  local found = find(call, body)
  table.sort(found, function(a, b)
    return before(key(a), key(b))
  end)
  local page = slice(found, math.tointeger(first_index(found, key, before, body)), body.pageLimit)
  local list = all_lite(page)
  if page[1] then
    list[#list].searchAfter = answer.list(key(page[#page]))
  end
  return answer.ok { contacts = list, total = #found, traceId = call.trace_id }
end

return search
