-- Plays businesses (companies). Their events are those of records. `buiseness` is how the service
-- spells it in the answers of create and update.

local access = require 'sandbox.access'
local answer = require 'sandbox.answer'
local times = require 'sandbox.times'

local businesses = {}

local FIELDS = {
  'name', 'phone', 'email', 'website', 'address', 'city', 'description', 'state', 'postalCode',
  'country',
}

local function by(business)
  return { id = business.userId, type = 'INTEGRATION' }
end

local function view_of(business)
  local view = {
    id = business.id, locationId = business.locationId, createdBy = by(business),
    updatedBy = by(business), createdAt = times.iso(business.addedMs),
    updatedAt = times.iso(business.updatedMs),
  }
  for _, name in ipairs(FIELDS) do
    view[name] = business[name]
  end
  return view
end

local function event_of(business)
  local properties = {}
  for _, name in ipairs(FIELDS) do
    if business[name] then
      properties[#properties + 1] = { key = name, valueString = business[name] }
    end
  end
  return {
    id = business.id, locationId = business.locationId, owners = answer.list(),
    followers = answer.list(), properties = answer.list(properties),
  }
end

local function announce(call, effect, event, business)
  call.sandbox.ledger:add(call, {
    effect = effect, id = business.id, locationId = business.locationId, name = business.name,
  })
  call.sandbox.webhooks:emit(event, event_of(business))
end

local function of_path(call)
  return access.row(call, call.sandbox.businesses, call.params.businessId, 'Business')
end

local function apply(call, business, body)
  for _, name in ipairs(FIELDS) do
    business[name] = body[name] or business[name]
  end
  business.updatedMs = call.sandbox.now()
end

local function list(call)
  local query, page = call.query, {}
  access.location(call, query.locationId)
  local all = call.sandbox.businesses:of(query.locationId)
  local skip = math.tointeger(tonumber(query.skip or '0'))
  for i = skip + 1, math.min(skip + math.tointeger(tonumber(query.limit or '100')), #all) do
    page[#page + 1] = view_of(all[i])
  end
  return answer.ok { businesses = answer.list(page) }
end

local function get(call)
  return answer.ok { business = view_of(of_path(call)) }
end

local function create(call)
  local body = call.body
  access.location(call, body.locationId)
  local business = {
    id = call.sandbox.ids:hex24(), locationId = body.locationId, userId = call.token.user,
    addedMs = call.sandbox.now(),
  }
  apply(call, business, body)
  call.sandbox.businesses:add(business)
  announce(call, 'business_created', 'RecordCreate', business)
  return answer.created { success = true, buiseness = view_of(business) }
end

local function update(call)
  local business = of_path(call)
  apply(call, business, call.body)
  announce(call, 'business_updated', 'RecordUpdate', business)
  return answer.ok { success = true, buiseness = view_of(business) }
end

local function delete(call)
  local business = of_path(call)
  call.sandbox.businesses:remove(business)
  for _, contact in pairs(call.sandbox.people.by_id) do
    if contact.businessId == business.id then
      contact.businessId = nil
    end
  end
  announce(call, 'business_deleted', 'RecordDelete', business)
  return answer.ok { success = true }
end

-- --- operations ----------------------------------------------------------------------------------

local id = { type = 'string', required = true, not_empty = true }

local function with(more)
  local fields = {}
  for _, name in ipairs(FIELDS) do
    fields[name] = { type = name == 'email' and 'email' or 'string' }
  end
  for name, rule in pairs(more) do
    fields[name] = rule
  end
  return fields
end

local ONE = '/businesses/{businessId}'
local READ, WRITE = 'businesses.readonly', 'businesses.write'

businesses.operations = {
  { 'get_businesses_by_location', 'GET', '/businesses/', scope = READ, run = list,
    query = { locationId = id, limit = { type = 'digits', min = 1, max = 100 },
      skip = { type = 'digits', min = 0 } } },
  { 'create_business', 'POST', '/businesses/', scope = WRITE, run = create,
    body = with { name = id, locationId = id } },
  { 'get_business', 'GET', ONE, scope = READ, run = get },
  { 'update_business', 'PUT', ONE, scope = WRITE, run = update,
    body = with { name = { type = 'string', not_empty = true } } },
  { 'delete_business', 'DELETE', ONE, scope = WRITE, run = delete },
}

return businesses
