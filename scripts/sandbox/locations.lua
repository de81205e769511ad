-- Locations (sub-accounts): the location itself with its zone, and the search over the tasks of all
-- its contacts.

local access = require 'sandbox.access'
local answer = require 'sandbox.answer'
local tasks = require 'sandbox.tasks'

local locations = {}

-- --- the location --------------------------------------------------------------------------------

local function business(location)
  return {
    name = location.name, address = location.address, city = location.city, state = location.state,
    country = location.country, postalCode = location.postalCode, website = location.website,
    timezone = location.timezone,
  }
end

local function get(call)
  access.location_or_agency(call, call.params.locationId)
  local location = call.sandbox.locations:get(call.params.locationId)
    or { id = call.params.locationId, companyId = call.sandbox.app.company }
  local settings = call.sandbox.settings
  local view = business(location)
  view.id, view.companyId = location.id, location.companyId
  view.email, view.phone = location.email, location.phone
  view.firstName, view.lastName = location.firstName, location.lastName
  view.business = business(location)
  view.social = {}
  view.settings = {
    allowDuplicateContact = settings.allow_duplicates,
    allowDuplicateOpportunity = settings.allow_duplicate_opportunities,
    allowFacebookNameMerge = false, disableContactTimezone = false,
  }
  return answer.ok { location = view }
end

-- --- tasks of the whole location -----------------------------------------------------------------

local function set_of(items)
  local set = {}
  for _, item in ipairs(items or {}) do
    set[item] = true
  end
  return next(set) and set
end

local function mentions(task, query)
  local text = ('%s %s'):format(task.title, task.body or '')
  return text:lower():find(query:lower(), 1, true) ~= nil
end

local function is_wanted(contact, task, body, sets)
  return (not sets.contacts or sets.contacts[contact.id])
    and (not sets.users or sets.users[task.assignedTo or ''])
    and (body.completed == nil or body.completed == task.completed)
    and (not body.businessId or body.businessId == contact.businessId)
    and (not body.query or mentions(task, body.query))
end

-- Newest first, equal times by id: the real order is not documented.
local function is_before(a, b)
  if a.addedMs ~= b.addedMs then
    return a.addedMs > b.addedMs
  end
  return a.id < b.id
end

-- The description says nothing of a task's fields here; clients find the contact's id in them.
local function task_view(task)
  local view = tasks.view(task)
  view.locationId = task.locationId
  view.dateAdded = tasks.added(task)
  return view
end

local function search_tasks(call)
  local body, found = call.body, {}
  access.location(call, call.params.locationId)
  local sets = { contacts = set_of(body.contactId), users = set_of(body.assignedTo) }
  for _, contact in pairs(call.sandbox.people.by_id) do
    for _, task in ipairs(contact.locationId == call.params.locationId and contact.tasks or {}) do
      if is_wanted(contact, task, body, sets) then
        found[#found + 1] = task
      end
    end
  end
  table.sort(found, is_before)
  local skip, page = body.skip or 0, {}
  for i = skip + 1, math.min(skip + (body.limit or 25), #found) do
    page[#page + 1] = task_view(found[i])
  end
  return answer.ok { tasks = answer.list(page) }
end

-- --- operations ----------------------------------------------------------------------------------

local text = { type = 'string' }

local task_search = {
  contactId = { type = 'strings' },
  assignedTo = { type = 'strings' },
  completed = { type = 'boolean' },
  query = text,
  limit = { type = 'whole', min = 1, max = 100 },
  skip = { type = 'whole', min = 0 },
  businessId = text,
}

locations.operations = {
  { 'get_location', 'GET', '/locations/{locationId}', scope = 'locations.readonly', run = get },
  { 'task_search', 'POST', '/locations/{locationId}/tasks/search',
    scope = 'locations/tasks.readonly', body = task_search, run = search_tasks },
}

return locations
