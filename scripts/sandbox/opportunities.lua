-- Opportunities: get, create, update, its status, delete, upsert, followers; pipelines and lost
-- reasons. Every change makes OpportunityUpdate, and besides the event of each of status, stage,
-- value and owner that differs afterwards; the vendor does not say which come together.

local access = require 'sandbox.access'
local answer = require 'sandbox.answer'
local fields = require 'sandbox.fields'
local followers = require 'sandbox.followers'
local times = require 'sandbox.times'

local opportunities = {}

-- --- views ---------------------------------------------------------------------------------------

local function full_name(contact)
  local name = ('%s %s'):format(contact.firstName or '', contact.lastName or '')
  return name:match('^%s*(.-)%s*$')
end

local function contact_view(contact)
  return contact and {
    id = contact.id, name = full_name(contact), companyName = contact.companyName,
    email = contact.email, phone = contact.phone,
    tags = answer.list(table.move(contact.tags, 1, #contact.tags, 1, {})),
  }
end

local function custom_fields(row)
  local list = {}
  for i, field in ipairs(row.customFields or {}) do
    list[i] = { id = field.id, fieldValue = field.value }
  end
  return answer.list(list)
end

function opportunities.view(sandbox, row)
  local own = row.followers or {}
  return {
    id = row.id, name = row.name, monetaryValue = row.monetaryValue, pipelineId = row.pipelineId,
    pipelineStageId = row.pipelineStageId, assignedTo = row.assignedTo, status = row.status,
    source = row.source, lastStatusChangeAt = times.iso(row.statusMs),
    lastStageChangeAt = times.iso(row.stageMs), lastActionDate = times.iso(row.updatedMs),
    indexVersion = '1', createdAt = times.iso(row.addedMs), updatedAt = times.iso(row.updatedMs),
    contactId = row.contactId, locationId = row.locationId, lostReasonId = row.lostReasonId,
    contact = contact_view(sandbox.people:get(row.contactId)), notes = answer.list(),
    tasks = answer.list(), calendarEvents = answer.list(), customFields = custom_fields(row),
    followers = answer.list(table.move(own, 1, #own, 1, {})),
  }
end

local function event_of(row)
  return {
    locationId = row.locationId, id = row.id, assignedTo = row.assignedTo,
    contactId = row.contactId, monetaryValue = row.monetaryValue, name = row.name,
    pipelineId = row.pipelineId, pipelineStageId = row.pipelineStageId, source = row.source,
    status = row.status, dateAdded = times.iso(row.addedMs),
  }
end

-- --- changes -------------------------------------------------------------------------------------

local function record(call, effect, row)
  call.sandbox.ledger:add(call, {
    effect = effect, id = row.id, contactId = row.contactId, locationId = row.locationId,
    name = row.name, status = row.status, pipelineStageId = row.pipelineStageId,
    monetaryValue = row.monetaryValue, assignedTo = row.assignedTo,
  })
end

local function emit(call, event, row)
  call.sandbox.webhooks:emit(event, event_of(row))
end

local function has_stage(pipeline, id)
  for _, stage in ipairs(pipeline.stages) do
    if stage.id == id then
      return true
    end
  end
  return false
end

-- The pipeline and stage that a body names, of the location; the first stage where it names none.
local function check_stage(call, body, row)
  local pipeline_id = body.pipelineId or row.pipelineId
  local pipeline = access.row(call, call.sandbox.pipelines, pipeline_id, 'Pipeline')
  local is_moved = pipeline_id ~= row.pipelineId
  local stage = body.pipelineStageId or (is_moved and pipeline.stages[1].id) or row.pipelineStageId
  if not has_stage(pipeline, stage) then
    answer.refuse(400, ('Pipeline stage with id %s not found'):format(tostring(stage)))
  end
  return pipeline.id, stage
end

local function check_reason(call, id)
  if id then
    access.row(call, call.sandbox.lost_reasons, id, 'Lost reason')
  end
end

local PLAIN = { 'name', 'monetaryValue', 'assignedTo', 'status', 'lostReasonId' }

-- Puts a body into a row. What can be refused is asked for first.
local function apply(call, row, body)
  local now = call.sandbox.now()
  local status, stage = row.status, row.pipelineStageId
  local pipeline_id, stage_id = check_stage(call, body, row)
  row.pipelineId, row.pipelineStageId = pipeline_id, stage_id
  if body.customFields then
    row.customFields = fields.merge(row.customFields, body.customFields)
  end
  for _, name in ipairs(PLAIN) do
    if body[name] ~= nil then
      row[name] = body[name]
    end
  end
  row.statusMs = row.status ~= status and now or row.statusMs
  row.stageMs = row.pipelineStageId ~= stage and now or row.stageMs
  row.updatedMs = now
end

local EVENTS = {
  { 'status', 'OpportunityStatusUpdate' }, { 'pipelineStageId', 'OpportunityStageUpdate' },
  { 'monetaryValue', 'OpportunityMonetaryValueUpdate' },
  { 'assignedTo', 'OpportunityAssignedToUpdate' },
}

local function change(call, row, body)
  local before = {}
  for _, event in ipairs(EVENTS) do
    before[event[1]] = row[event[1]]
  end
  apply(call, row, body)
  record(call, 'opportunity_updated', row)
  emit(call, 'OpportunityUpdate', row)
  for _, event in ipairs(EVENTS) do
    if row[event[1]] ~= before[event[1]] then
      emit(call, event[2], row)
    end
  end
end

-- A second open one of a contact in the same pipeline, where the location does not allow it.
local function check_duplicate(call, body)
  if call.sandbox.settings.allow_duplicate_opportunities then
    return
  end
  for _, row in ipairs(call.sandbox.opportunities:of(body.locationId)) do
    local is_same = row.contactId == body.contactId and row.pipelineId == body.pipelineId
    if is_same and row.status == 'open' then
      answer.refuse(400, 'Can not create duplicate opportunity for the contact.')
    end
  end
end

local function insert(call, body)
  local now = call.sandbox.now()
  local row = {
    id = call.sandbox.ids:id20(), locationId = body.locationId, contactId = body.contactId,
    source = 'public api', status = 'open', addedMs = now, statusMs = now, stageMs = now,
  }
  apply(call, row, body)
  call.sandbox.opportunities:add(row)
  record(call, 'opportunity_created', row)
  emit(call, 'OpportunityCreate', row)
  return row
end

-- --- operations ----------------------------------------------------------------------------------

local function of_path(call)
  return access.row(call, call.sandbox.opportunities, call.params.id, 'Opportunity')
end

local function answer_one(call, row, status)
  return { status = status, body = { opportunity = opportunities.view(call.sandbox, row) } }
end

function opportunities.get(call)
  return answer_one(call, of_path(call), 200)
end

function opportunities.create(call)
  local body = call.body
  access.location(call, body.locationId)
  access.contact(call, body.contactId)
  fields.check(call, body.locationId, 'opportunity', body)
  check_duplicate(call, body)
  return answer_one(call, insert(call, body), 201)
end

function opportunities.update(call)
  local row = of_path(call)
  fields.check(call, row.locationId, 'opportunity', call.body)
  change(call, row, call.body)
  return answer_one(call, row, 200)
end

function opportunities.update_status(call)
  local row = of_path(call)
  check_reason(call, call.body.lostReasonId)
  change(call, row, call.body)
  return answer.ok { succeded = true }
end

function opportunities.delete(call)
  local row = of_path(call)
  call.sandbox.opportunities:remove(row)
  record(call, 'opportunity_deleted', row)
  emit(call, 'OpportunityDelete', row)
  return answer.ok { succeded = true }
end

-- The one that an upsert means: that of the id, else the open one of that name in the pipeline. The
-- description has no contactId here, and does not say what is taken for the same.
local function find_same(call, body)
  if body.id then
    return access.row(call, call.sandbox.opportunities, body.id, 'Opportunity')
  end
  return call.sandbox.opportunities:filter(function(row)
    return row.locationId == body.locationId and row.pipelineId == body.pipelineId
      and row.name == body.name and row.status == 'open'
  end)[1]
end

local function set_followers(call, row, body)
  if body.isRemoveAllFollowers then
    followers.remove(call, row, 'opportunity')
  elseif body.followersActionType == 'remove' then
    followers.remove(call, row, 'opportunity', body.followers)
  else
    followers.add(call, row, 'opportunity', body.followers)
  end
end

function opportunities.upsert(call)
  local body = call.body
  access.location(call, body.locationId)
  check_reason(call, body.lostReasonId)
  local row = find_same(call, body)
  local is_new = row == nil
  if is_new then
    row = insert(call, body)
  else
    change(call, row, body)
  end
  set_followers(call, row, body)
  return answer.ok { opportunity = opportunities.view(call.sandbox, row), new = is_new }
end

function opportunities.add_followers(call)
  local row = of_path(call)
  return followers.answer_added(row, followers.add(call, row, 'opportunity', call.body.followers))
end

function opportunities.remove_followers(call)
  local row = of_path(call)
  local users = call.query.isRemoveAllFollowers ~= 'true' and call.body.followers or nil
  return followers.answer_removed(row, followers.remove(call, row, 'opportunity', users))
end

-- --- pipelines and lost reasons ------------------------------------------------------------------

local function pipeline_view(row)
  local stages = {}
  for i, stage in ipairs(row.stages) do
    stages[i] = { id = stage.id, name = stage.name, position = i - 1 }
  end
  return {
    id = row.id, name = row.name, stages = answer.list(stages), showInFunnel = true,
    showInPieChart = true, locationId = row.locationId,
  }
end

function opportunities.pipelines(call)
  access.location(call, call.query.locationId)
  local list = {}
  for i, row in ipairs(call.sandbox.pipelines:of(call.query.locationId)) do
    list[i] = pipeline_view(row)
  end
  return answer.ok { pipelines = answer.list(list) }
end

local function is_wanted_reason(row, query)
  local name = row.name:lower()
  return row.locationId == query.locationId and query.deleted ~= 'true'
    and (not query.name or name == query.name:lower())
    and (not query.query or name:find(query.query:lower(), 1, true))
end

function opportunities.lost_reasons(call)
  local query, list = call.query, {}
  access.location(call, query.locationId)
  local found = call.sandbox.lost_reasons:filter(function(row)
    return is_wanted_reason(row, query)
  end)
  local skip = math.tointeger(tonumber(query.skip or '0'))
  for i = skip + 1, math.min(skip + math.tointeger(tonumber(query.limit or '100')), #found) do
    local row = found[i]
    list[#list + 1] = {
      id = row.id, name = row.name, locationId = row.locationId,
      createdAt = times.iso(row.addedMs), updatedAt = times.iso(row.addedMs),
    }
  end
  return answer.ok { lostReasons = answer.list(list), total = #found }
end

return opportunities
