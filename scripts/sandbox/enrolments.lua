-- Workflows and campaigns: their lists, and contacts put in and taken out. What a workflow does to a
-- contact is not played; that a contact was put in twice shows in the ledger. No event is made: the
-- payload of CampaignStatusUpdate is documented, but not when it comes.

local access = require 'sandbox.access'
local answer = require 'sandbox.answer'
local times = require 'sandbox.times'

local enrolments = {}

local function workflow_view(row)
  return {
    id = row.id, name = row.name, status = row.status, version = row.version,
    createdAt = times.iso(row.addedMs), updatedAt = times.iso(row.addedMs),
    locationId = row.locationId,
  }
end

local function campaign_view(row)
  return { id = row.id, name = row.name, status = row.status, locationId = row.locationId }
end

local function list_workflows(call)
  access.location(call, call.query.locationId)
  local list = {}
  for i, row in ipairs(call.sandbox.workflows:of(call.query.locationId)) do
    list[i] = workflow_view(row)
  end
  return answer.ok { workflows = answer.list(list) }
end

local function list_campaigns(call)
  access.location(call, call.query.locationId)
  local list = {}
  for _, row in ipairs(call.sandbox.campaigns:of(call.query.locationId)) do
    if not call.query.status or call.query.status == row.status then
      list[#list + 1] = campaign_view(row)
    end
  end
  return answer.ok { campaigns = answer.list(list) }
end

-- --- contacts in them ----------------------------------------------------------------------------

-- The kinds: the key of a contact that holds the set of ids that it is in, the rows, the parameter
-- of the path and the word for people.
local WORKFLOW = { key = 'workflows', param = 'workflowId', what = 'Workflow', effect = 'workflow' }
local CAMPAIGN = { key = 'campaigns', param = 'campaignId', what = 'Campaign', effect = 'campaign' }

local function record(call, kind, contact, id, verb)
  call.sandbox.ledger:add(call, {
    effect = ('%s_%s'):format(kind.effect, verb), id = id, contactId = contact.id,
    locationId = contact.locationId,
  })
end

local function add(call, kind)
  local contact = access.contact(call, call.params.contactId)
  local row = access.row(call, call.sandbox[kind.key], call.params[kind.param], kind.what)
  contact[kind.key] = contact[kind.key] or {}
  contact[kind.key][row.id] = true
  record(call, kind, contact, row.id, 'added')
  return { succeded = true }
end

local function take_out(call, kind, contact, id)
  local inside = contact[kind.key]
  if inside and inside[id] then
    inside[id] = nil
    record(call, kind, contact, id, 'removed')
  end
end

local function remove(call, kind)
  local contact = access.contact(call, call.params.contactId)
  local row = access.row(call, call.sandbox[kind.key], call.params[kind.param], kind.what)
  take_out(call, kind, contact, row.id)
  return answer.ok { succeded = true }
end

local function add_to_workflow(call) return answer.ok(add(call, WORKFLOW)) end
local function remove_from_workflow(call) return remove(call, WORKFLOW) end
local function add_to_campaign(call) return answer.created(add(call, CAMPAIGN)) end
local function remove_from_campaign(call) return remove(call, CAMPAIGN) end

local function remove_from_every_campaign(call)
  local contact = access.contact(call, call.params.contactId)
  for _, row in ipairs(call.sandbox.campaigns:of(contact.locationId)) do
    take_out(call, CAMPAIGN, contact, row.id)
  end
  return answer.ok { succeded = true }
end

-- --- operations ----------------------------------------------------------------------------------

local id = { type = 'string', required = true, not_empty = true }
local start = { eventStartTime = { type = 'date' } }

local IN_WORKFLOW = '/contacts/{contactId}/workflow/{workflowId}'
local IN_CAMPAIGN = '/contacts/{contactId}/campaigns/{campaignId}'
local WRITE = 'contacts.write'

enrolments.operations = {
  { 'get_workflow', 'GET', '/workflows/', scope = 'workflows.readonly',
    query = { locationId = id }, run = list_workflows },
  { 'get_campaigns', 'GET', '/campaigns/', scope = 'campaigns.readonly',
    query = { locationId = id, status = { type = 'string' } }, run = list_campaigns },
}

enrolments.contact_operations = {
  { 'add_contact_to_workflow', 'POST', IN_WORKFLOW, scope = WRITE, body = start,
    run = add_to_workflow },
  { 'delete_contact_from_workflow', 'DELETE', IN_WORKFLOW, scope = WRITE, body = start,
    run = remove_from_workflow },
  { 'add_contact_to_campaign', 'POST', IN_CAMPAIGN, scope = WRITE, body = {},
    run = add_to_campaign },
  { 'remove_contact_from_campaign', 'DELETE', IN_CAMPAIGN, scope = WRITE,
    run = remove_from_campaign },
  { 'remove_contact_from_every_campaign', 'DELETE', '/contacts/{contactId}/campaigns/removeAll',
    scope = WRITE, run = remove_from_every_campaign },
}

return enrolments
