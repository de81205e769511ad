-- The two searches of opportunities, newest first unless `order` says otherwise. GET pages by a
-- number, or by the creation time and id of the last one; POST by a number, or by the two values
-- that the last opportunity of a page carries as `searchAfter`, as contacts do: its description
-- names the field of the request and not where its value comes from.

local access = require 'sandbox.access'
local answer = require 'sandbox.answer'
local notes = require 'sandbox.notes'
local opportunities = require 'sandbox.opportunities'
local tasks = require 'sandbox.tasks'
local times = require 'sandbox.times'

local search = {}

local DAY_MS = 86400000

local function is_newer(a, b)
  if a.addedMs ~= b.addedMs then
    return a.addedMs > b.addedMs
  end
  return a.id < b.id
end

local function is_older(a, b)
  return is_newer(b, a)
end

-- What `query` is looked for in: the opportunity's name, and its contact's name, address and phone.
local function mentions(sandbox, row, query)
  if not query or query == '' then
    return true
  end
  local contact = sandbox.people:get(row.contactId) or {}
  local parts = {
    row.name or '', contact.firstName or '', contact.lastName or '', contact.email or '',
    contact.phone or '',
  }
  return table.concat(parts, ' '):lower():find(query:lower(), 1, true) ~= nil
end

-- 'mm-dd-yyyy' as the day's first moment, in UTC.
local function day_of(name, text)
  local month, day, year = text:match('^(%d%d)%-(%d%d)%-(%d%d%d%d)$')
  local ms = month and times.parse(('%s-%s-%s'):format(year, month, day))
  if not ms then
    answer.unprocessable { name .. ' must be a date of the form mm-dd-yyyy' }
  end
  return ms
end

-- Fields of the query that must be equal, by the row's name of them.
local EQUAL = {
  pipeline_id = 'pipelineId', pipeline_stage_id = 'pipelineStageId', contact_id = 'contactId',
  assigned_to = 'assignedTo', id = 'id',
}

local function compile(call)
  local query, sandbox = call.query, call.sandbox
  local from = query.date and day_of('date', query.date)
  local to = query.endDate and day_of('endDate', query.endDate) + DAY_MS
  return function(row)
    for name, field in pairs(EQUAL) do
      if query[name] and query[name] ~= row[field] then
        return false
      end
    end
    local contact = sandbox.people:get(row.contactId) or {}
    return row.locationId == query.location_id
      and (not query.status or query.status == 'all' or query.status == row.status)
      and (not query.country or query.country == contact.country)
      and (not query.campaignId or (contact.campaigns or {})[query.campaignId] ~= nil)
      and (not from or row.addedMs >= from) and (not to or row.addedMs < to)
      and mentions(sandbox, row, query.q)
  end
end

-- The index of the first row behind the cursor, by the order of `before`.
local function index_after(found, start_ms, start_id, before)
  local cursor = { addedMs = start_ms, id = start_id }
  for i, row in ipairs(found) do
    if row.id == start_id then
      return i + 1
    elseif start_ms and before(cursor, row) then
      return i
    end
  end
  return #found + 1
end

local function appointments_of(sandbox, contact)
  local list = {}
  for i, row in ipairs(sandbox.appointments:filter(function(a)
    return a.contactId == contact.id
  end)) do
    list[i] = { id = row.id, title = row.title, startTime = times.iso(row.startMs) }
  end
  return list
end

local function views_of(items, view)
  local list = {}
  for i, item in ipairs(items) do
    list[i] = view(item)
  end
  return answer.list(list)
end

-- The page's views; `wants` says what of the contact goes with them: notes, tasks, events.
local function page_of(sandbox, found, first, limit, wants)
  local page = {}
  for i = first, math.min(first + limit - 1, #found) do
    local view = opportunities.view(sandbox, found[i])
    local contact = sandbox.people:get(found[i].contactId)
    if contact then
      view.notes = wants.notes and views_of(contact.notes, notes.view) or view.notes
      view.tasks = wants.tasks and views_of(contact.tasks, tasks.view) or view.tasks
      view.calendarEvents = wants.events and answer.list(appointments_of(sandbox, contact))
        or view.calendarEvents
    end
    page[#page + 1] = view
  end
  return answer.list(page)
end

local function encode(text)
  return (text:gsub('[^%w%-._~]', function(c) return ('%%%02X'):format(c:byte()) end))
end

local function meta(call, found, first, limit)
  local last, number = found[math.min(first + limit - 1, #found)], (first - 1) // limit + 1
  local has_more = first + limit <= #found
  return {
    total = #found, currentPage = number, nextPage = has_more and number + 1 or nil,
    prevPage = number > 1 and number - 1 or nil, startAfter = last and last.addedMs,
    startAfterId = last and last.id,
    nextPageUrl = has_more and ('%s/opportunities/search?location_id=%s&limit=%d&startAfter=%d'
      .. '&startAfterId=%s'):format(call.base_url, encode(call.query.location_id), limit,
      last.addedMs, encode(last.id)) or nil,
  }
end

local function whole(text)
  return math.tointeger(tonumber(text))
end

-- GET /opportunities/search
function search.by_query(call)
  local query = call.query
  access.location(call, query.location_id)
  local before = query.order == 'added_asc' and is_older or is_newer
  local found = call.sandbox.opportunities:filter(compile(call))
  table.sort(found, before)
  local limit = whole(query.limit or '20')
  local first = (whole(query.page or '1') - 1) * limit + 1
  if query.startAfterId then
    first = index_after(found, whole(query.startAfter), query.startAfterId, before)
  end
  local wants = {
    notes = query.getNotes == 'true', tasks = query.getTasks == 'true',
    events = query.getCalendarEvents == 'true',
  }
  return answer.ok {
    opportunities = page_of(call.sandbox, found, first, limit, wants),
    meta = meta(call, found, first, limit), aggregations = {},
  }
end

-- POST /opportunities/search
function search.advanced(call)
  local body, sandbox = call.body, call.sandbox
  access.location(call, body.locationId)
  local found = sandbox.opportunities:filter(function(row)
    return row.locationId == body.locationId and mentions(sandbox, row, body.query)
  end)
  table.sort(found, is_newer)
  local cursor, first = body.searchAfter, (body.page - 1) * body.limit + 1
  if cursor[1] ~= nil then
    first = index_after(found, whole(cursor[1]), tostring(cursor[2]), is_newer)
  end
  local more = body.additionalDetails
  local page = page_of(sandbox, found, math.tointeger(first), math.tointeger(body.limit), {
    notes = more.notes, tasks = more.tasks, events = more.calendarEvents,
  })
  local last = page[1] and found[math.tointeger(first) + #page - 1]
  if last then
    page[#page].searchAfter = answer.list { tostring(last.addedMs), last.id }
  end
  return answer.ok { opportunities = page, total = #found, aggregations = {} }
end

return search
