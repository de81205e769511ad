-- Users, read only: those of a location, one of them, and the search of a company.

local access = require 'sandbox.access'
local answer = require 'sandbox.answer'

local users = {}

local function view_of(user)
  return {
    id = user.id, name = ('%s %s'):format(user.firstName, user.lastName),
    firstName = user.firstName, lastName = user.lastName, email = user.email, phone = user.phone,
    extension = '', permissions = {}, deleted = false,
    roles = { type = 'account', role = user.role, locationIds = answer.list { user.locationId } },
  }
end

local function all_views(rows)
  local list = {}
  for i, user in ipairs(rows) do
    list[i] = view_of(user)
  end
  return answer.list(list)
end

local function by_location(call)
  access.location(call, call.query.locationId)
  return answer.ok { users = all_views(call.sandbox.users:of(call.query.locationId)) }
end

local function get(call)
  local user = call.sandbox.users:get(call.params.userId)
  if not user then
    answer.refuse(400, ('User with id %s not found'):format(call.params.userId))
  end
  access.location_or_agency(call, user.locationId)
  return answer.ok(view_of(user))
end

local function is_wanted(user, query)
  local text = ('%s %s %s'):format(user.firstName, user.lastName, user.email):lower()
  return (not query.locationId or user.locationId == query.locationId)
    and (not query.role or user.role == query.role)
    and (not query.query or text:find(query.query:lower(), 1, true))
    and (not query.ids or (',' .. query.ids .. ','):find(',' .. user.id .. ',', 1, true))
end

-- A location's token sees its own users only.
local function search(call)
  local query, token = call.query, call.token
  if query.companyId ~= call.sandbox.app.company then
    answer.refuse(403, 'The token does not have access to this company.')
  end
  local found = call.sandbox.users:filter(function(user)
    return (token.type == 'Company' or user.locationId == token.location) and is_wanted(user, query)
  end)
  local skip = math.tointeger(tonumber(query.skip or '0'))
  local limit = math.tointeger(tonumber(query.limit or '25'))
  local page = table.move(found, skip + 1, math.min(skip + limit, #found), 1, {})
  return answer.ok { users = all_views(page), count = #found }
end

local text = { type = 'string' }
local id = { type = 'string', required = true, not_empty = true }
local SCOPE = 'users.readonly'

users.operations = {
  { 'get_user_by_location', 'GET', '/users/', scope = SCOPE, query = { locationId = id },
    run = by_location },
  { 'get_user', 'GET', '/users/{userId}', scope = SCOPE, run = get },
  { 'search_users', 'GET', '/users/search', scope = SCOPE, run = search,
    query = {
      companyId = id, query = text, skip = { type = 'digits', min = 0 },
      limit = { type = 'digits', min = 1, max = 100 }, locationId = text, type = text, role = text,
      ids = text, sort = text, sortDirection = text, enabled2waySync = { type = 'flag' },
    } },
}

return users
