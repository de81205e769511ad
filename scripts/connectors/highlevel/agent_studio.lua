-- HighLevel: agent-studio.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local versions = { 'list' }
local version = { 'object' }
local text = { 'string' }
local flag = { 'boolean' }
local maybe_input_variables = { 'object', optional = true }
local maybe_text = { 'string', optional = true }
local maybe_edges = { 'list', optional = true, of = version }
local maybe_edges_2 = { 'list', optional = true, of = text }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }
local maybe_attachments = { 'list', optional = true, of = { 'object', fields = { imageUrl = text, type = text } } }
local pagination = {
  'object', fields = { hasMore = flag, limit = { 'number' }, offset = { 'number' }, total = { 'number' } },
}
local agents = {
  'list',
  of = {
    'object',
    fields = {
      agentId = text, createdAt = text, description = text, locationId = text, name = text, status = text,
      updatedAt = text,
    },
  },
}

return {
  operations = {
    agent_studio_create_agent = {
      method = 'POST', path = '/agent-studio/agent', summary = 'Create an agent', scopes = { 'agent-studio.write' },
      success = 201, headers = { Version = '2021-04-15' }, query = { 'source' },
      input = {
        agencyId = maybe_text, authorEmail = maybe_text, authorId = maybe_text, authorName = maybe_text,
        description = maybe_text, edges = maybe_edges_2, locationId = maybe_text_2, name = maybe_text,
        nodes = maybe_edges_2, source = maybe_text, status = { 'string', enum = { 'active', 'inactive', 'archived' } },
        version = version,
      },
      output = { agent = version, message = text, success = flag, versions = versions },
    },
    agent_studio_delete_agent = {
      method = 'DELETE', path = '/agent-studio/agent/{agentId}', summary = 'Delete an agent',
      scopes = { 'agent-studio.write' }, success = 200, headers = { Version = '2021-04-15' },
      query = { 'locationId', 'source' }, input = { agentId = text, locationId = maybe_text_2, source = maybe_text },
      output = { agentId = text, message = text, success = flag },
    },
    agent_studio_get_agents = {
      method = 'GET', path = '/agent-studio/agent', summary = 'List agents', scopes = { 'agent-studio.readonly' },
      success = 200, headers = { Version = '2021-04-15' },
      query = { 'locationId', 'isPublished', 'limit', 'offset', 'source' },
      input = { isPublished = maybe_text, limit = text, locationId = maybe_text_2, offset = text, source = maybe_text },
      output = { agents = agents, message = text, pagination = pagination, success = flag },
    },
    execute_agent = {
      method = 'POST', path = '/agent-studio/agent/{agentId}/execute', summary = 'Run an agent',
      scopes = { 'agent-studio.write' }, success = 200, headers = { Version = '2021-04-15' }, query = { 'source' },
      input = {
        agentId = text, attachments = maybe_attachments, contactId = maybe_text, executionId = maybe_text,
        inputVariables = maybe_input_variables, locationId = maybe_text_2, message = text, source = maybe_text,
        versionId = maybe_text,
      },
      output = {
        attachments = versions, executionId = text, executionStatus = text, flowSwitch = flag,
        generativeOutputs = versions, goalCompletion = flag, interactionId = text, nextExpectedInput = text,
        response = text, success = flag, type = text,
      },
    },
    execute_agent_deprecated = {
      method = 'POST', path = '/agent-studio/public-api/agents/{agentId}/execute', summary = 'Run an agent',
      scopes = { 'agent-studio.write' }, success = 200, headers = { Version = '2021-04-15' },
      deprecated = 'use execute_agent', query = { 'source' },
      input = {
        agentId = text, attachments = maybe_attachments, contactId = maybe_text, executionId = maybe_text,
        inputVariables = maybe_input_variables, locationId = maybe_text_2, message = text, source = maybe_text,
        versionId = maybe_text,
      },
      output = {
        attachments = versions, executionId = text, executionStatus = text, flowSwitch = flag,
        generativeOutputs = versions, goalCompletion = flag, interactionId = text, nextExpectedInput = text,
        response = text, success = flag, type = text,
      },
    },
    get_agent_by_id = {
      method = 'GET', path = '/agent-studio/agent/{agentId}', summary = 'Read an agent',
      scopes = { 'agent-studio.readonly' }, success = 200, headers = { Version = '2021-04-15' },
      query = { 'locationId', 'source' }, input = { agentId = text, locationId = maybe_text_2, source = maybe_text },
      output = { agent = version, message = text, success = flag, traceId = text },
    },
    get_agent_by_id_deprecated = {
      method = 'GET', path = '/agent-studio/public-api/agents/{agentId}', summary = 'Read an agent',
      scopes = { 'agent-studio.readonly' }, success = 200, headers = { Version = '2021-04-15' },
      deprecated = 'use get_agent_by_id', query = { 'locationId', 'source' },
      input = { agentId = text, locationId = maybe_text_2, source = maybe_text },
      output = { agent = version, message = text, success = flag, traceId = text },
    },
    get_agents_deprecated = {
      method = 'GET', path = '/agent-studio/public-api/agents', summary = 'List agents',
      scopes = { 'agent-studio.readonly' }, success = 200, headers = { Version = '2021-04-15' },
      deprecated = 'use agent_studio_get_agents', query = { 'locationId', 'limit', 'offset', 'source' },
      input = { limit = text, locationId = maybe_text_2, offset = text, source = maybe_text },
      output = { agents = agents, message = text, pagination = pagination, success = flag },
    },
    promote_and_publish = {
      method = 'POST', path = '/agent-studio/agent/versions/{versionId}/publish',
      summary = 'Promote a version of an agent and publish it', scopes = { 'agent-studio.write' }, success = 200,
      headers = { Version = '2021-04-15' }, query = { 'source' },
      input = {
        locationId = maybe_text_2, source = maybe_text, userEmail = maybe_text, userId = maybe_text,
        userName = maybe_text, versionId = text,
      },
      output = { data = version, message = text, success = flag },
    },
    update_agent_metadata = {
      method = 'PATCH', path = '/agent-studio/agent/{agentId}', summary = 'Change the name and status of an agent',
      scopes = { 'agent-studio.write' }, success = 200, headers = { Version = '2021-04-15' }, query = { 'source' },
      input = {
        agentId = text, description = maybe_text, locationId = maybe_text_2, name = maybe_text, source = maybe_text,
        status = { 'string', optional = true, enum = { 'active', 'inactive', 'archived' } },
      },
      output = { data = version, message = text, success = flag },
    },
    update_agent_version = {
      method = 'PATCH', path = '/agent-studio/agent/versions/{versionId}', summary = 'Change an agent version',
      scopes = { 'agent-studio.write' }, success = 200, headers = { Version = '2021-04-15' }, query = { 'source' },
      input = {
        description = maybe_text, edges = maybe_edges, globalConfig = maybe_input_variables,
        globalVariables = maybe_edges, inputVariables = maybe_edges, locationId = maybe_text_2, nodes = maybe_edges,
        runtimeVariables = maybe_edges, source = maybe_text, userId = maybe_text, userName = maybe_text,
        versionId = text, versionName = maybe_text,
      },
      output = { data = version, message = text, success = flag },
    },
  },
}
