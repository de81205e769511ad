-- Finds the operation that a request to the sandbox means. This table has those that the sandbox
-- plays with state: method, path, the scope that a token needs, the schemas that guard it, and the
-- function that does it. Paths are the vendor's, letter by letter: `/contacts/` ends in a slash,
-- the others do not. A fixed segment wins over a parameter, so `/contacts/search` is never a
-- contact.

local agency = require 'sandbox.agency'
local appointments = require 'sandbox.appointments'
local auth = require 'sandbox.auth'
local bulk = require 'sandbox.bulk'
local contacts = require 'sandbox.contacts'
local enrolments = require 'sandbox.enrolments'
local followers = require 'sandbox.followers'
local notes = require 'sandbox.notes'
local schemas = require 'sandbox.schemas'
local search = require 'sandbox.search'
local tags = require 'sandbox.tags'
local tasks = require 'sandbox.tasks'

local READ, WRITE = 'contacts.readonly', 'contacts.write'

local TASK = '/contacts/{contactId}/tasks/{taskId}'
local NOTE = '/contacts/{contactId}/notes/{id}'

local operations = {
  { 'get_contact', 'GET', '/contacts/{contactId}', scope = READ, run = contacts.get },
  { 'update_contact', 'PUT', '/contacts/{contactId}', scope = WRITE, body = schemas.update_contact,
    run = contacts.update },
  { 'delete_contact', 'DELETE', '/contacts/{contactId}', scope = WRITE, run = contacts.delete },
  { 'create_contact', 'POST', '/contacts/', scope = WRITE, body = schemas.create_contact,
    run = contacts.create },
  { 'upsert_contact', 'POST', '/contacts/upsert', scope = WRITE, body = schemas.upsert_contact,
    run = contacts.upsert },
  { 'get_contacts', 'GET', '/contacts/', scope = READ, query = schemas.get_contacts_query,
    run = search.list },
  { 'get_contacts_by_business_id', 'GET', '/contacts/business/{businessId}', scope = READ,
    query = schemas.business_query, run = search.by_business },
  { 'get_duplicate_contact', 'GET', '/contacts/search/duplicate', scope = READ,
    query = schemas.duplicate_query, run = contacts.duplicate },
  { 'search_contacts_advanced', 'POST', '/contacts/search', scope = READ, body = schemas.search,
    run = search.advanced },
  { 'get_all_tasks', 'GET', '/contacts/{contactId}/tasks', scope = READ, run = tasks.list },
  { 'create_task', 'POST', '/contacts/{contactId}/tasks', scope = WRITE, body = schemas.create_task,
    run = tasks.create },
  { 'get_task', 'GET', TASK, scope = READ, run = tasks.get },
  { 'update_task', 'PUT', TASK, scope = WRITE, body = schemas.update_task, run = tasks.update },
  { 'delete_task', 'DELETE', TASK, scope = WRITE, run = tasks.delete },
  { 'update_task_completed', 'PUT', TASK .. '/completed', scope = WRITE,
    body = schemas.update_task_completed,
    run = tasks.update_completed },
  { 'get_all_notes', 'GET', '/contacts/{contactId}/notes', scope = READ, run = notes.list },
  { 'create_note', 'POST', '/contacts/{contactId}/notes', scope = WRITE, body = schemas.create_note,
    run = notes.create },
  { 'get_note', 'GET', NOTE, scope = READ, run = notes.get },
  { 'update_note', 'PUT', NOTE, scope = WRITE, body = schemas.update_note, run = notes.update },
  { 'delete_note', 'DELETE', NOTE, scope = WRITE, run = notes.delete },
  { 'add_tags', 'POST', '/contacts/{contactId}/tags', scope = WRITE, body = schemas.tags,
    run = tags.add },
  { 'remove_tags', 'DELETE', '/contacts/{contactId}/tags', scope = WRITE, body = schemas.tags,
    run = tags.remove },
  { 'add_followers_contact', 'POST', '/contacts/{contactId}/followers', scope = WRITE,
    body = followers.body, run = contacts.add_followers },
  { 'remove_followers_contact', 'DELETE', '/contacts/{contactId}/followers', scope = WRITE,
    body = followers.body, run = contacts.remove_followers },
  { 'get_appointments_for_contact', 'GET', '/contacts/{contactId}/appointments', scope = READ,
    run = appointments.list },
  { 'get_location_token', 'POST', '/oauth/locationToken', scope = 'oauth.write',
    form = schemas.location_token,
    is_agency = true, run = agency.location_token },
  { 'get_installed_location', 'GET', '/oauth/installedLocations', scope = 'oauth.readonly',
    query = agency.query, is_agency = true, run = agency.installed_locations },
  { 'token', 'POST', '/oauth/token', is_open = true, form = schemas.token, run = auth.token },
  { 'choose_location', 'GET', '/oauth/chooselocation', is_open = true, run = auth.choose_location },
  { 'choose_location', 'GET', '/v2/oauth/chooselocation', is_open = true,
    run = auth.choose_location },
}

-- The other areas, by the first part of their paths: each is loaded when a path of its own is asked
-- for.
local AREAS = {
  businesses = { 'sandbox.businesses' },
  calendars = { 'sandbox.appointments' },
  campaigns = { 'sandbox.enrolments' },
  locations = { 'sandbox.locations', 'sandbox.fields' },
  opportunities = { 'sandbox.opportunity_routes' },
  users = { 'sandbox.users' },
  workflows = { 'sandbox.enrolments' },
}

local routes = {}

local function segments(path)
  local parts = {}
  for part in (path:sub(2) .. '/'):gmatch('([^/]*)/') do
    parts[#parts + 1] = part
  end
  return parts
end

local function compile(operation)
  return {
    name = operation[1], method = operation[2], path = operation[3],
    segments = segments(operation[3]), scope = operation.scope, body = operation.body,
    query = operation.query, form = operation.form, is_open = operation.is_open,
    is_agency = operation.is_agency, version = operation.version, run = operation.run,
  }
end

-- All of them in order, and by method and number of segments: 'GET 2'.
local compiled, by_shape, loaded = {}, {}, {}

local function shape(method, parts)
  return method .. ' ' .. #parts
end

local function add(operation)
  local key = shape(operation.method, operation.segments)
  by_shape[key] = by_shape[key] or {}
  table.insert(by_shape[key], operation)
end

local function add_played(list)
  for _, operation in ipairs(list) do
    local ready = compile(operation)
    add(ready)
    compiled[#compiled + 1] = ready
  end
end

add_played(operations)
add_played(bulk.operations)
add_played(enrolments.contact_operations)

local function load_played(area)
  for _, module in ipairs(AREAS[area] or {}) do
    if not loaded[module] then
      loaded[module] = true
      add_played(require(module).operations)
    end
  end
end

-- What is not played is known by its schema. It comes behind what is played, which wins where both
-- have the same path.
local function load_described(area)
  if loaded[area] then
    return
  end
  loaded[area] = true
  for _, operation in ipairs(require('sandbox.catalogue').operations(area)) do
    operation.segments = segments(operation.path)
    add(operation)
  end
end

-- Areas of which all is played: what is described is looked at only where nothing played fits.
local PLAYED_WHOLE = { contacts = true, oauth = true }

-- The number of fixed segments and the parameters, or nil where the path is another one.
local function match(operation, parts)
  local fixed, params = 0, {}
  for i, segment in ipairs(operation.segments) do
    local name = segment:match('^{(.+)}$')
    if name and parts[i] ~= '' then
      params[name] = parts[i]
    elseif segment == parts[i] then
      fixed = fixed + 1
    else
      return nil
    end
  end
  return fixed, params
end

local function best_match(method, parts)
  local best, best_fixed, best_params = nil, -1, nil
  for _, operation in ipairs(by_shape[shape(method, parts)] or {}) do
    local fixed, params = match(operation, parts)
    if fixed and fixed > best_fixed then
      best, best_fixed, best_params = operation, fixed, params
    end
  end
  return best, best_params
end

-- The operation and its path parameters, or nil.
function routes.find(method, path)
  local parts = segments(path)
  local area = parts[1]
  load_played(area)
  if not PLAYED_WHOLE[area] then
    load_described(area)
  end
  local found, params = best_match(method, parts)
  if not found and PLAYED_WHOLE[area] then
    load_described(area)
    return best_match(method, parts)
  end
  return found, params
end

-- All operations that are played, in the order of the tables.
function routes.all()
  local names = {}
  for name in pairs(AREAS) do
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    load_played(name)
  end
  return compiled
end

return routes
