-- Agencies: where the app is installed, and a location's token for an agency's. The app is installed in the
-- locations of the data, and in as many more as the setting `agency_locations` says ('loc-0001' …); it comes and
-- goes by POST /_sandbox/installs, which also tells the webhook, as the service does.

local answer = require 'sandbox.answer'
local auth = require 'sandbox.auth'

local agency = {}

local LIMIT_DEFAULT, LIMIT_MAX = 20, 500

local function extra_id(n)
  return ('loc-%04d'):format(n)
end

-- Every location of the company, in one order; {id, name}.
local function all(sandbox)
  local list = table.move(sandbox.locations.list, 1, #sandbox.locations.list, 1, {})
  for n = 1, sandbox.settings.agency_locations do
    list[#list + 1] = { id = extra_id(n), name = ('Location %d'):format(n) }
  end
  return list
end

local function exists(sandbox, id)
  local n = math.tointeger(tonumber(id:match('^loc%-(%d%d%d%d)$')))
  return sandbox.locations:get(id) ~= nil
    or n ~= nil and n >= 1 and n <= sandbox.settings.agency_locations
end

local function removed(sandbox)
  sandbox.removed_locations = sandbox.removed_locations or {}
  return sandbox.removed_locations
end

local function check_company(call, company)
  if company ~= call.sandbox.app.company then
    answer.refuse(403, 'The token does not have access to this company.')
  end
end

-- POST /oauth/locationToken. What the service says of a location without the app is not documented.
function agency.location_token(call)
  local sandbox, form = call.sandbox, call.form
  check_company(call, form.companyId)
  if not exists(sandbox, form.locationId) then
    answer.refuse(400, 'Location not found')
  elseif removed(sandbox)[form.locationId] then
    answer.refuse(400, 'The app is not installed in this location.')
  end
  return auth.issue_for_location(call, form.locationId)
end

local function is_wanted(sandbox, query, location)
  local is_installed = not removed(sandbox)[location.id]
  return (not query.isInstalled or (query.isInstalled == 'true') == is_installed)
    and (not query.locationId or query.locationId == location.id)
    and (not query.query or location.name:lower():find(query.query:lower(), 1, true) ~= nil)
end

local text = { type = 'string' }

agency.query = {
  companyId = { type = 'string', required = true, not_empty = true },
  appId = { type = 'string', required = true, not_empty = true },
  skip = text, limit = text, query = text, isInstalled = text, versionId = text, onTrial = text,
  planId = text, locationId = text,
}

-- GET /oauth/installedLocations
function agency.installed_locations(call)
  local sandbox, query = call.sandbox, call.query
  check_company(call, query.companyId)
  if query.appId ~= sandbox.app.id then
    answer.refuse(400, 'appId is invalid')
  end
  local found, page = {}, {}
  for _, location in ipairs(all(sandbox)) do
    if is_wanted(sandbox, query, location) then
      found[#found + 1] = location
    end
  end
  local skip = math.tointeger(tonumber(query.skip or '0')) or 0
  local limit = math.min(math.tointeger(tonumber(query.limit or '')) or LIMIT_DEFAULT, LIMIT_MAX)
  for i = skip + 1, math.min(skip + limit, #found) do
    page[#page + 1] = {
      _id = found[i].id, name = found[i].name, address = '3535 1st St N',
      isInstalled = not removed(sandbox)[found[i].id], versionId = sandbox.app.version_id,
    }
  end
  return answer.ok { locations = answer.list(page), count = #found, installToFutureLocations = false }
end

-- POST /_sandbox/installs: {"location": id, "installed": false}; "silent": true tells no webhook.
function agency.set_installed(sandbox, wanted)
  local id = wanted.location
  if type(id) ~= 'string' or not exists(sandbox, id) or type(wanted.installed) ~= 'boolean' then
    answer.refuse(400, '"location" is one of the company, "installed" true or false')
  end
  removed(sandbox)[id] = not wanted.installed or nil
  if not wanted.installed then
    sandbox.auth:forget_location(id)
  end
  if not wanted.silent then
    local kind = wanted.installed and 'INSTALL' or 'UNINSTALL'
    local company = wanted.installed and sandbox.app.company or nil
    sandbox.webhooks:emit(kind, { locationId = id, companyId = company })
  end
  return answer.ok { location = id, installed = wanted.installed }
end

return agency
