-- HighLevel: opportunities.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local number = { 'number' }
local aggregations = { 'object' }
local text = { 'string' }
local flag = { 'boolean' }
local calendar_events = { 'list', of = { 'list' } }
local followers = { 'list', of = text }
local maybe_number = { 'number', optional = true }
local maybe_text = { 'string', optional = true }
local maybe_flag = { 'boolean', optional = true }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }
local status = { 'string', enum = { 'open', 'won', 'lost', 'abandoned', 'all' } }
local status_2 = { 'string', optional = true, enum = { 'open', 'won', 'lost', 'abandoned', 'all' } }
local maybe_custom_fields = {
  'list', optional = true,
  of = { 'object', fields = { field_value = { 'any', optional = true }, id = maybe_text, key = maybe_text } },
}
local contact = {
  'object', fields = { companyName = text, email = text, id = text, name = text, phone = text, tags = followers },
}
local opportunities = {
  'list',
  of = {
    'object',
    fields = {
      assignedTo = text, calendarEvents = calendar_events, contact = contact, contactId = text, createdAt = text,
      customFields = { 'list', of = aggregations }, externalObjectId = text, followers = calendar_events, id = text,
      indexVersion = text, lastActionDate = text, lastStageChangeAt = text, lastStatusChangeAt = text,
      locationId = text, lostReasonId = text, monetaryValue = number, name = text, notes = calendar_events,
      pipelineId = text, pipelineStageId = text, source = text, status = text, tasks = calendar_events,
      updatedAt = text,
    },
  },
}
local opportunity = {
  'object',
  fields = {
    assignedTo = text, calendarEvents = calendar_events, contact = contact, contactId = text, createdAt = text,
    customFields = { 'list', of = { 'object', fields = { fieldValue = { 'any' }, id = text } } },
    externalObjectId = text, followers = calendar_events, id = text, indexVersion = text, lastActionDate = text,
    lastStageChangeAt = text, lastStatusChangeAt = text, locationId = text, lostReasonId = text, monetaryValue = number,
    name = text, notes = calendar_events, pipelineId = text, pipelineStageId = text, source = text, status = text,
    tasks = calendar_events, updatedAt = text,
  },
}

return {
  operations = {
    add_followers_opportunity = {
      method = 'POST', path = '/opportunities/{id}/followers', summary = 'Add followers to an opportunity',
      scopes = { 'opportunities.write' }, success = 201, core = true, input = { followers = followers, id = text },
      output = { followers = followers, followersAdded = followers },
    },
    create_opportunity = {
      method = 'POST', path = '/opportunities/', summary = 'Create an opportunity', scopes = { 'opportunities.write' },
      success = 201, core = true,
      input = {
        assignedTo = maybe_text, contactId = text, customFields = maybe_custom_fields, locationId = maybe_text_2,
        monetaryValue = maybe_number, name = text, pipelineId = text, pipelineStageId = maybe_text, status = status,
      },
      output = { opportunity = opportunity },
    },
    delete_opportunity = {
      method = 'DELETE', path = '/opportunities/{id}', summary = 'Delete an opportunity',
      scopes = { 'opportunities.write' }, success = 200, core = true, input = { id = text },
      output = { succeded = flag },
    },
    get_lost_reason = {
      method = 'GET', path = '/opportunities/lost-reason', summary = 'List the reasons why opportunities are lost',
      scopes = { 'opportunities.readonly' }, success = 200, core = true,
      query = { 'locationId', 'name', 'deleted', 'query', 'skip', 'limit', 'getCount' },
      input = {
        deleted = maybe_flag, getCount = maybe_flag, limit = maybe_number, locationId = maybe_text_2, name = maybe_text,
        query = maybe_text, skip = maybe_number,
      },
      output = {
        lostReasons = {
          'list',
          of = { 'object', fields = { createdAt = text, id = text, locationId = text, name = text, updatedAt = text } },
        },
        total = number,
      },
    },
    get_opportunity = {
      method = 'GET', path = '/opportunities/{id}', summary = 'Read an opportunity',
      scopes = { 'opportunities.readonly' }, success = 200, core = true, input = { id = text },
      output = { opportunity = opportunity },
    },
    get_pipelines = {
      method = 'GET', path = '/opportunities/pipelines', summary = 'List pipelines (opportunities)',
      scopes = { 'opportunities.readonly' }, success = 200, core = true, query = { 'locationId' },
      input = { locationId = maybe_text_2 },
      output = {
        pipelines = {
          'list',
          of = {
            'object',
            fields = {
              colorRenderMode = text, id = text, locationId = text, name = text, showInFunnel = flag,
              showInPieChart = flag, stages = calendar_events,
            },
          },
        },
      },
    },
    remove_followers_opportunity = {
      method = 'DELETE', path = '/opportunities/{id}/followers', summary = 'Remove followers from an opportunity',
      scopes = { 'opportunities.write' }, success = 200, core = true, query = { 'isRemoveAllFollowers' },
      body = { 'followers' }, input = { followers = followers, id = text, isRemoveAllFollowers = maybe_flag },
      output = { followers = followers, followersRemoved = followers },
    },
    search_opportunities_advanced = {
      method = 'POST', path = '/opportunities/search', summary = 'Search opportunities by filters, page by page',
      scopes = { 'opportunities.readonly' }, success = 200, core = true,
      input = {
        additionalDetails = {
          'object', fields = { calendarEvents = flag, notes = flag, tasks = flag, unReadConversations = flag },
        },
        limit = number, locationId = maybe_text_2, page = number, query = text, searchAfter = followers,
      },
      output = { aggregations = aggregations, opportunities = opportunities, total = number },
    },
    search_opportunity = {
      method = 'GET', path = '/opportunities/search', summary = 'Search opportunities',
      scopes = { 'opportunities.readonly' }, success = 200, core = true,
      query = {
        'q', 'location_id', 'pipeline_id', 'pipeline_stage_id', 'contact_id', 'status', 'assigned_to', 'campaignId',
        'id', 'order', 'endDate', 'startAfter', 'startAfterId', 'date', 'country', 'page', 'limit', 'getTasks',
        'getNotes', 'getCalendarEvents',
      },
      input = {
        assigned_to = maybe_text, campaignId = maybe_text, contact_id = maybe_text, country = maybe_text,
        date = maybe_text, endDate = maybe_text, getCalendarEvents = maybe_flag, getNotes = maybe_flag,
        getTasks = maybe_flag, id = maybe_text, limit = maybe_number, location_id = text, order = maybe_text,
        page = maybe_number, pipeline_id = maybe_text, pipeline_stage_id = maybe_text, q = maybe_text,
        startAfter = maybe_text, startAfterId = maybe_text, status = status_2,
      },
      output = {
        aggregations = aggregations,
        meta = {
          'object',
          fields = {
            currentPage = number, nextPage = number, nextPageUrl = text, prevPage = number, startAfter = number,
            startAfterId = text, total = number,
          },
        },
        opportunities = opportunities,
      },
    },
    update_opportunity = {
      method = 'PUT', path = '/opportunities/{id}', summary = 'Change an opportunity',
      scopes = { 'opportunities.write' }, success = 200, core = true,
      input = {
        assignedTo = maybe_text, customFields = maybe_custom_fields, id = text, monetaryValue = maybe_number,
        name = maybe_text, pipelineId = maybe_text, pipelineStageId = maybe_text, status = status_2,
      },
      output = { opportunity = opportunity },
    },
    update_opportunity_status = {
      method = 'PUT', path = '/opportunities/{id}/status', summary = 'Change the status of an opportunity',
      scopes = { 'opportunities.write' }, success = 200, core = true,
      input = { id = text, lostReasonId = maybe_text, status = status }, output = { succeded = flag },
    },
    upsert_opportunity = {
      method = 'POST', path = '/opportunities/upsert', summary = 'Create or change an opportunity',
      scopes = { 'opportunities.write' }, success = 200, core = true,
      input = {
        assignedTo = maybe_text, followers = followers, followersActionType = { 'string', enum = { 'add', 'remove' } },
        id = maybe_text, isRemoveAllFollowers = flag, locationId = maybe_text_2, lostReasonId = maybe_text,
        monetaryValue = maybe_number, name = maybe_text, pipelineId = text, pipelineStageId = maybe_text,
        status = status_2,
      },
      output = { new = flag, opportunity = aggregations },
    },
  },
}
