-- The 53 actions of the core set as steps of recipes, and what each must leave in the sandbox's
-- ledger: an effect and how often, or nothing where it only reads. Steps have the names of their
-- actions. Beside them stand those further operations that the sandbox plays with state, some of them for
-- an agency's connection, `hq`.

local core = {}

local RUBIKA, MINA = 'CWBf1PR9LvvBkcYqiXlc', '9NkT25Vor1v4aQatFsv2'
local PIPELINE, STAGE = 'VDm7RPYC2GLUvdpKmBfC', '7915dedc-8f18-44d5-8bc3-77c04e994a10'
local REASON, USER = 'CLu7BaljjqrEjBGKTNNe', '63e4qiWDsFJjOYAC8phG'
local WORKFLOW, CAMPAIGN = '78559bb3-b920-461e-b010-7b2a2816d2a9', 'Y2I9XM7aO1hncuSOlc9L'

local HEAD = [[
recipe: %s
summary: Calls each of them once
needs: { crm: highlevel%s }
when: [crm.contact_created]
if: = event.id == "begin"
do:
]]

-- Steps in short: name, and its `with` as YAML in one line. They use `crm`, or the other connection.
local function recipe(name, steps, other)
  local lines = { HEAD:format(name, other and (', %s: highlevel'):format(other) or '') }
  for _, step in ipairs(steps) do
    lines[#lines + 1] = ('  - step: %s\n    use: %s.%s\n    with: %s\n'):format(step[1], other or 'crm', step[1],
      step[2])
  end
  return table.concat(lines)
end

local NEW = '= steps.create_contact.contact.id'
local COMPANY = '= steps.create_business.buiseness.id'
local DEAL = '= steps.create_opportunity.opportunity.id'
local NEW_TASK, NEW_NOTE = '= steps.create_task.task.id', '= steps.create_note.note.id'

core.recipes = {
  ['core-contacts.yaml'] = recipe('core-contacts', {
    { 'create_contact', '{ firstName: Core, email: core@core.example, tags: [first] }' },
    { 'get_contact', '{ contactId: ' .. NEW .. ' }' },
    { 'update_contact', '{ contactId: ' .. NEW .. ', lastName: Updated }' },
    { 'upsert_contact', '{ email: core@core.example, city: Upserted }' },
    { 'get_duplicate_contact', '{ email: core@core.example }' },
    { 'get_contacts', '{ query: core@core.example, limit: 5 }' },
    { 'search_contacts_advanced',
      '{ pageLimit: 5, filters: [{ field: email, operator: eq, value: core@core.example }] }' },
    { 'add_tags', '{ contactId: ' .. NEW .. ', tags: [second, third] }' },
    { 'remove_tags', '{ contactId: ' .. NEW .. ', tags: [second] }' },
    { 'create_association', '{ contacts: ["= steps.create_contact.contact.id"], tags: [bulk], type: add }' },
    { 'add_followers_contact', '{ contactId: ' .. NEW .. ', followers: [' .. USER .. '] }' },
    { 'remove_followers_contact', '{ contactId: ' .. NEW .. ', followers: [' .. USER .. '] }' },
    { 'create_business', '{ name: Core Works }' },
    { 'get_business', '{ businessId: ' .. COMPANY .. ' }' },
    { 'get_businesses_by_location', '{ limit: "10" }' },
    { 'update_business', '{ businessId: ' .. COMPANY .. ', city: Chicago }' },
    { 'add_remove_contact_from_business',
      '{ ids: ["= steps.create_contact.contact.id"], businessId: ' .. COMPANY .. ' }' },
    { 'get_contacts_by_business_id', '{ businessId: ' .. COMPANY .. ' }' },
    { 'add_contact_to_workflow', '{ contactId: ' .. NEW .. ', workflowId: ' .. WORKFLOW
      .. ', eventStartTime: "2026-12-01T03:30:00+01:00" }' },
    { 'delete_contact_from_workflow', '{ contactId: ' .. NEW .. ', workflowId: ' .. WORKFLOW .. ' }' },
    { 'add_contact_to_campaign', '{ contactId: ' .. NEW .. ', campaignId: ' .. CAMPAIGN .. ' }' },
    { 'remove_contact_from_campaign', '{ contactId: ' .. NEW .. ', campaignId: ' .. CAMPAIGN .. ' }' },
    { 'remove_contact_from_every_campaign', '{ contactId: ' .. NEW .. ' }' },
    { 'delete_business', '{ businessId: ' .. COMPANY .. ' }' },
    { 'delete_contact', '{ contactId: ' .. NEW .. ' }' },
  }),
  ['core-tasks.yaml'] = recipe('core-tasks', {
    { 'create_task', '{ contactId: ' .. RUBIKA .. ', title: Core call, dueDate: 2026-12-01T10:00:00Z,'
      .. ' completed: false }' },
    { 'get_task', '{ contactId: ' .. RUBIKA .. ', taskId: ' .. NEW_TASK .. ' }' },
    { 'get_all_tasks', '{ contactId: ' .. RUBIKA .. ' }' },
    { 'task_search', '{ query: Core call, completed: false, limit: 10 }' },
    { 'update_task', '{ contactId: ' .. RUBIKA .. ', taskId: ' .. NEW_TASK .. ', body: Updated }' },
    { 'update_task_completed', '{ contactId: ' .. RUBIKA .. ', taskId: ' .. NEW_TASK .. ', completed: true }' },
    { 'delete_task', '{ contactId: ' .. RUBIKA .. ', taskId: ' .. NEW_TASK .. ' }' },
    { 'create_note', '{ contactId: ' .. RUBIKA .. ', body: Core note }' },
    { 'get_note', '{ contactId: ' .. RUBIKA .. ', id: ' .. NEW_NOTE .. ' }' },
    { 'get_all_notes', '{ contactId: ' .. RUBIKA .. ' }' },
    { 'update_note', '{ contactId: ' .. RUBIKA .. ', id: ' .. NEW_NOTE .. ', body: Edited }' },
    { 'delete_note', '{ contactId: ' .. RUBIKA .. ', id: ' .. NEW_NOTE .. ' }' },
    { 'get_appointments_for_contact', '{ contactId: ' .. MINA .. ' }' },
    { 'get_custom_fields', '{ model: all }' },
    { 'get_workflow', '{}' },
    { 'get_campaigns', '{ status: published }' },
  }),
  ['core-opportunities.yaml'] = recipe('core-opportunities', {
    { 'get_pipelines', '{}' },
    { 'get_lost_reason', '{ query: expensive }' },
    { 'create_opportunity', '{ pipelineId: ' .. PIPELINE .. ', name: Core deal, status: open, contactId: '
      .. RUBIKA .. ', monetaryValue: 500 }' },
    { 'get_opportunity', '{ id: ' .. DEAL .. ' }' },
    { 'update_opportunity', '{ id: ' .. DEAL .. ', pipelineStageId: ' .. STAGE .. ', monetaryValue: 600,'
      .. ' assignedTo: ' .. USER .. ' }' },
    { 'upsert_opportunity', '{ id: ' .. DEAL .. ', pipelineId: ' .. PIPELINE .. ', followers: [' .. USER
      .. '], isRemoveAllFollowers: false, followersActionType: add, name: Core deal renamed }' },
    { 'add_followers_opportunity', '{ id: ' .. DEAL .. ', followers: [YlWd2wuCAZQzh2cH1fVZ] }' },
    { 'remove_followers_opportunity', '{ id: ' .. DEAL .. ', followers: [' .. USER .. '] }' },
    { 'search_opportunity', '{ location_id: ve9EPM428h8vShlRW1KT, q: Core deal, limit: 5 }' },
    { 'search_opportunities_advanced', '{ query: Core deal, limit: 5, page: 1, searchAfter: [],'
      .. ' additionalDetails: { notes: true, tasks: true, calendarEvents: true, unReadConversations: false } }' },
    { 'update_opportunity_status', '{ id: ' .. DEAL .. ', status: lost, lostReasonId: ' .. REASON .. ' }' },
    { 'delete_opportunity', '{ id: ' .. DEAL .. ' }' },
  }),
}

core.beside = {
  ['beside-core.yaml'] = recipe('beside-core', {
    { 'get_location', '{}' },
    { 'locations_create_custom_field', '{ name: Beside, dataType: TEXT }' },
    { 'get_custom_field', '{ id: = steps.locations_create_custom_field.customField.id }' },
    { 'locations_update_custom_field',
      '{ id: = steps.locations_create_custom_field.customField.id, name: Beside the core }' },
    { 'locations_delete_custom_field', '{ id: = steps.locations_create_custom_field.customField.id }' },
    { 'create_appointment', '{ calendarId: BqTwX8QFwXzpegMve9EQ, contactId: ' .. MINA
      .. ', startTime: "2026-12-01T10:00:00-06:00", title: Beside }' },
    { 'get_appointment', '{ eventId: = steps.create_appointment.id }' },
    { 'edit_appointment', '{ eventId: = steps.create_appointment.id, title: Moved }' },
    { 'delete_event', '{ eventId: = steps.create_appointment.id }' },
    { 'get_user_by_location', '{}' },
    { 'get_user', '{ userId: ' .. USER .. ' }' },
    { 'search_users', '{ companyId: "%COMPANY%" }' },
  }),
  ['beside-agency.yaml'] = recipe('beside-agency', {
    { 'get_installed_location', '{ companyId: "%COMPANY%", appId: "%APP%" }' },
  }, 'hq'),
}

-- Effects by name, and how often each must stand in the ledger after the core recipes; for each, the
-- actions that make them.
core.effects = {
  contact_created = { 'create_contact' },
  contact_updated = { 'update_contact', 'upsert_contact' },
  contact_deleted = { 'delete_contact' },
  tags_added = { 'add_tags', 'create_association' },
  tags_removed = { 'remove_tags' },
  followers_added = { 'add_followers_contact', 'upsert_opportunity', 'add_followers_opportunity' },
  followers_removed = { 'remove_followers_contact', 'remove_followers_opportunity' },
  business_created = { 'create_business' },
  business_updated = { 'update_business' },
  business_deleted = { 'delete_business' },
  business_set = { 'add_remove_contact_from_business' },
  workflow_added = { 'add_contact_to_workflow' },
  workflow_removed = { 'delete_contact_from_workflow' },
  campaign_added = { 'add_contact_to_campaign' },
  campaign_removed = { 'remove_contact_from_campaign' },
  task_created = { 'create_task' },
  task_updated = { 'update_task' },
  task_completed = { 'update_task_completed' },
  task_deleted = { 'delete_task' },
  note_created = { 'create_note' },
  note_updated = { 'update_note' },
  note_deleted = { 'delete_note' },
  opportunity_created = { 'create_opportunity' },
  opportunity_updated = { 'update_opportunity', 'upsert_opportunity', 'update_opportunity_status' },
  opportunity_deleted = { 'delete_opportunity' },
}

-- The events that come back as webhooks, under the names of their triggers.
core.events = {
  'contact_created', 'contact_updated', 'contact_deleted', 'contact_tag_updated', 'task_created',
  'task_completed', 'task_deleted', 'note_created', 'note_updated', 'note_deleted', 'record_created',
  'record_updated', 'record_deleted', 'opportunity_created', 'opportunity_updated',
  'opportunity_deleted', 'opportunity_status_updated', 'opportunity_stage_updated',
  'opportunity_monetary_value_updated', 'opportunity_assigned_to_updated', 'appointment_created',
  'appointment_updated', 'appointment_deleted',
}

return core
