-- The operations on opportunities, and what each accepts by the vendor's description. `status` is
-- described with the value `all` for bodies too, which is no status that an opportunity can have:
-- it is refused.

local opportunities = require 'sandbox.opportunities'
local followers = require 'sandbox.followers'
local search = require 'sandbox.opportunity_search'

local text, flag = { type = 'string' }, { type = 'flag' }
local id = { type = 'string', required = true, not_empty = true }
local must = { type = 'boolean', required = true }
local STATUSES = { 'open', 'won', 'lost', 'abandoned' }

local custom_fields = {
  type = 'objects', fields = { id = text, key = text, field_value = { type = 'any' } },
}

local function with(base, more)
  local fields = {}
  for _, part in ipairs { base, more } do
    for name, rule in pairs(part) do
      fields[name] = rule
    end
  end
  return fields
end

local shared = {
  pipelineId = text, name = text, pipelineStageId = text, monetaryValue = { type = 'number' },
  status = { type = 'enum', values = STATUSES }, assignedTo = text,
}

local bodies = {
  update = with(shared, { customFields = custom_fields }),
  create = with(shared, {
    pipelineId = id, locationId = id, name = id, contactId = id, customFields = custom_fields,
    status = { type = 'enum', values = STATUSES, required = true },
  }),
  status = { status = { type = 'enum', values = STATUSES, required = true }, lostReasonId = text },
  upsert = with(shared, {
    id = text, pipelineId = id, locationId = id, lostReasonId = text,
    followers = { type = 'strings', required = true }, isRemoveAllFollowers = must,
    followersActionType = { type = 'enum', values = { 'add', 'remove' }, required = true },
  }),
  search = {
    locationId = id, query = { type = 'string', required = true },
    limit = { type = 'whole', min = 1, max = 500, required = true },
    page = { type = 'whole', min = 1, max = 10000, required = true },
    searchAfter = { type = 'strings', required = true },
    additionalDetails = {
      type = 'object', required = true,
      fields = { notes = must, tasks = must, calendarEvents = must, unReadConversations = must },
    },
  },
}

local queries = {
  search = {
    q = text, location_id = id, pipeline_id = text, pipeline_stage_id = text, contact_id = text,
    status = { type = 'enum', values = { 'open', 'won', 'lost', 'abandoned', 'all' } },
    assigned_to = text, campaignId = text, id = text, order = text, endDate = text,
    startAfter = { type = 'digits' }, startAfterId = text, date = text, country = text,
    page = { type = 'digits', min = 1, max = 10000 },
    limit = { type = 'digits', min = 1, max = 100 }, getTasks = flag, getNotes = flag,
    getCalendarEvents = flag,
  },
  reasons = {
    locationId = id, name = text, deleted = flag, query = text, skip = { type = 'digits', min = 0 },
    limit = { type = 'digits', min = 1, max = 100 }, getCount = flag,
  },
}

local ONE, FOLLOWERS = '/opportunities/{id}', '/opportunities/{id}/followers'
local READ, WRITE = 'opportunities.readonly', 'opportunities.write'

local routes = {}

routes.operations = {
  { 'get_lost_reason', 'GET', '/opportunities/lost-reason', scope = READ,
    query = queries.reasons, run = opportunities.lost_reasons },
  { 'get_pipelines', 'GET', '/opportunities/pipelines', scope = READ, query = { locationId = id },
    run = opportunities.pipelines },
  { 'search_opportunity', 'GET', '/opportunities/search', scope = READ, query = queries.search,
    run = search.by_query },
  { 'search_opportunities_advanced', 'POST', '/opportunities/search', scope = READ,
    body = bodies.search, run = search.advanced },
  { 'create_opportunity', 'POST', '/opportunities/', scope = WRITE, body = bodies.create,
    run = opportunities.create },
  { 'upsert_opportunity', 'POST', '/opportunities/upsert', scope = WRITE, body = bodies.upsert,
    run = opportunities.upsert },
  { 'get_opportunity', 'GET', ONE, scope = READ, run = opportunities.get },
  { 'update_opportunity', 'PUT', ONE, scope = WRITE, body = bodies.update,
    run = opportunities.update },
  { 'delete_opportunity', 'DELETE', ONE, scope = WRITE, run = opportunities.delete },
  { 'update_opportunity_status', 'PUT', ONE .. '/status', scope = WRITE, body = bodies.status,
    run = opportunities.update_status },
  { 'add_followers_opportunity', 'POST', FOLLOWERS, scope = WRITE, body = followers.body,
    run = opportunities.add_followers },
  { 'remove_followers_opportunity', 'DELETE', FOLLOWERS, scope = WRITE, body = followers.body,
    query = { isRemoveAllFollowers = flag }, run = opportunities.remove_followers },
}

return routes
