-- HighLevel: voice-ai.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local number = { 'number' }
local headers = { 'object' }
local text = { 'string' }
local flag = { 'boolean' }
local headers_2 = { 'list', of = headers }
local examples = { 'list', of = text }
local maybe_number = { 'number', optional = true }
local maybe_text = { 'string', optional = true }
local maybe_flag = { 'boolean', optional = true }
local maybe_call_end_workflow_ids = { 'list', optional = true, of = text }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }
local patience_level = { 'string', optional = true, enum = { 'low', 'medium', 'high' } }
local translation = { 'object', fields = { enabled = flag, language = text } }
local language = { 'string', optional = true, enum = { 'en-US', 'pt-BR', 'es', 'fr', 'de', 'it', 'nl-NL', 'multi' } }
local translation_2 = { 'object', optional = true, fields = { enabled = flag, language = maybe_text } }
local agent_working_hours = { 'list', of = { 'object', fields = { dayOfTheWeek = number, intervals = headers_2 } } }
local action_type = {
  'string',
  enum = {
    'CALL_TRANSFER', 'DATA_EXTRACTION', 'IN_CALL_DATA_EXTRACTION', 'WORKFLOW_TRIGGER', 'SMS', 'APPOINTMENT_BOOKING',
    'CUSTOM_ACTION', 'KNOWLEDGE_BASE',
  },
}
local send_post_call_notification_to = {
  'object',
  fields = {
    admins = flag, allUsers = flag, contactAssignedUser = flag, customEmails = examples, specificUsers = examples,
  },
}
local send_post_call_notification_to_2 = {
  'object', optional = true,
  fields = {
    admins = flag, allUsers = flag, contactAssignedUser = flag, customEmails = examples, specificUsers = examples,
  },
}
local maybe_agent_working_hours = {
  'list', optional = true,
  of = {
    'object',
    fields = {
      dayOfTheWeek = { 'number', enum = { 1, 2, 3, 4, 5, 6, 7 } },
      intervals = {
        'list',
        of = { 'object', fields = { endHour = number, endMinute = number, startHour = number, startMinute = number } },
      },
    },
  },
}
local action_parameters = {
  'object',
  fields = {
    apiDetails = headers, calendarId = text, contactFieldId = text, daysOfOfferingDates = number, description = text,
    examples = examples, hearWhisperMessage = flag, hoursBetweenSlots = number, knowledgeBaseId = text,
    messageBody = text, overwriteExistingValue = flag, selectedPaths = examples, slotsPerDay = number,
    transferToType = text, transferToValue = text, triggerMessage = text, triggerPrompt = text, workflowId = text,
  },
}
local action_parameters_2 = {
  'object',
  fields = {
    apiDetails = {
      'object',
      fields = {
        authenticationRequired = flag, authenticationValue = text, headers = headers_2, method = text,
        parameters = headers_2, url = text,
      },
    },
    calendarId = text, contactFieldId = text, daysOfOfferingDates = number, description = text, examples = examples,
    hearWhisperMessage = flag, hoursBetweenSlots = number, knowledgeBaseId = text, messageBody = text,
    overwriteExistingValue = flag, selectedPaths = examples, slotsPerDay = number, transferToType = text,
    transferToValue = text, triggerMessage = text, triggerPrompt = text, workflowId = text,
  },
}
local action_parameters_3 = {
  'object',
  fields = {
    apiDetails = {
      'object', optional = true,
      fields = {
        authenticationRequired = maybe_flag, authenticationValue = maybe_text,
        headers = { 'list', of = { 'object', fields = { key = text, value = text } }, optional = true },
        method = { 'string', enum = { 'POST', 'GET' } },
        parameters = {
          'list', optional = true,
          of = {
            'object', fields = { description = maybe_text, example = maybe_text, name = text, type = maybe_text },
          },
        },
        url = text,
      },
    },
    calendarId = maybe_text, contactFieldId = maybe_text, daysOfOfferingDates = maybe_number, description = maybe_text,
    examples = maybe_call_end_workflow_ids, hearWhisperMessage = maybe_flag, hoursBetweenSlots = maybe_number,
    knowledgeBaseId = maybe_text, messageBody = maybe_text, overwriteExistingValue = maybe_flag,
    selectedPaths = maybe_call_end_workflow_ids, slotsPerDay = maybe_number,
    transferToType = { 'string', optional = true, enum = number }, transferToValue = maybe_text,
    triggerMessage = maybe_text, triggerPrompt = maybe_text, workflowId = maybe_text,
  },
}

return {
  operations = {
    get_action = {
      method = 'GET', path = '/voice-ai/actions/{actionId}', summary = 'Read an action (voice AI)',
      scopes = { 'voice-ai-agent-goals.readonly' }, success = 200, headers = { Version = '2021-04-15' },
      query = { 'locationId' }, input = { actionId = text, locationId = maybe_text_2 },
      output = { actionParameters = action_parameters_2, actionType = text, id = text, name = text },
    },
    get_call_log = {
      method = 'GET', path = '/voice-ai/dashboard/call-logs/{callId}', summary = 'Read one call (voice AI)',
      scopes = { 'voice-ai-dashboard.readonly' }, success = 200, headers = { Version = '2021-04-15' },
      query = { 'locationId' }, input = { callId = text, locationId = maybe_text_2 },
      output = {
        agentId = text, contactId = text, createdAt = text, duration = number,
        executedCallActions = {
          'list',
          of = {
            'object',
            fields = {
              actionId = text, actionName = text, actionParameters = action_parameters, actionType = text,
              executedAt = text, triggerReceivedAt = text,
            },
          },
        },
        extractedData = headers, fromNumber = text, id = text, isAgentDeleted = flag, messageId = text, summary = text,
        transcript = text, translation = translation, trialCall = flag,
      },
    },
    get_call_logs = {
      method = 'GET', path = '/voice-ai/dashboard/call-logs', summary = 'List calls (voice AI)',
      scopes = { 'voice-ai-dashboard.readonly' }, success = 200, headers = { Version = '2021-04-15' },
      query = {
        'locationId', 'agentId', 'contactId', 'callType', 'startDate', 'endDate', 'actionType', 'sortBy', 'sort',
        'page', 'pageSize',
      },
      input = {
        actionType = {
          'string', optional = true,
          enum = {
            'CALL_TRANSFER', 'DATA_EXTRACTION', 'IN_CALL_DATA_EXTRACTION', 'WORKFLOW_TRIGGER', 'SMS',
            'APPOINTMENT_BOOKING', 'CUSTOM_ACTION', 'KNOWLEDGE_BASE',
          },
        },
        agentId = maybe_text, callType = { 'string', optional = true, enum = { 'LIVE', 'TRIAL' } },
        contactId = maybe_text, endDate = maybe_number, locationId = maybe_text_2, page = maybe_number,
        pageSize = maybe_number, sort = { 'string', optional = true, enum = { 'ascend', 'descend' } },
        sortBy = { 'string', optional = true, enum = { 'duration', 'createdAt' } }, startDate = maybe_number,
      },
      output = {
        callLogs = {
          'list',
          of = {
            'object',
            fields = {
              agentId = text, contactId = text, createdAt = text, duration = number, executedCallActions = headers_2,
              extractedData = headers, fromNumber = text, id = text, isAgentDeleted = flag, messageId = text,
              summary = text, transcript = text, translation = translation, trialCall = flag,
            },
          },
        },
        page = number, pageSize = number, total = number,
      },
    },
    patch_agent = {
      method = 'PATCH', path = '/voice-ai/agents/{agentId}', summary = 'Change an agent (voice AI)',
      scopes = { 'voice-ai-agents.write' }, success = 200, headers = { Version = '2021-04-15' },
      query = { 'locationId' },
      input = {
        agentId = text, agentName = maybe_text, agentPrompt = maybe_text, agentWorkingHours = maybe_agent_working_hours,
        businessName = maybe_text, callEndWorkflowIds = maybe_call_end_workflow_ids, inboundNumber = maybe_text,
        isAgentAsBackupDisabled = maybe_flag, language = language, locationId = maybe_text_2,
        maxCallDuration = maybe_number, numberPoolId = maybe_text, patienceLevel = patience_level,
        reminderAfterIdleTimeSeconds = maybe_number, sendPostCallNotificationTo = send_post_call_notification_to_2,
        sendUserIdleReminders = maybe_flag, timezone = maybe_text, translation = translation_2, voiceId = maybe_text,
        welcomeMessage = maybe_text,
      },
      output = {
        agentName = text, agentPrompt = text, agentWorkingHours = agent_working_hours, businessName = text,
        callEndWorkflowIds = examples, id = text, inboundNumber = text, isAgentAsBackupDisabled = flag, language = text,
        locationId = text, maxCallDuration = number, numberPoolId = text, patienceLevel = text,
        reminderAfterIdleTimeSeconds = number, sendPostCallNotificationTo = send_post_call_notification_to,
        sendUserIdleReminders = flag, timezone = text, translation = translation, voiceId = text, welcomeMessage = text,
      },
    },
    voice_ai_create_action = {
      method = 'POST', path = '/voice-ai/actions', summary = 'Create an action (voice AI)',
      scopes = { 'voice-ai-agent-goals.write' }, success = 201, headers = { Version = '2021-04-15' },
      input = {
        actionParameters = action_parameters_3, actionType = action_type, agentId = text, locationId = maybe_text_2,
        name = text,
      },
      output = { actionParameters = action_parameters_2, actionType = text, id = text, name = text },
    },
    voice_ai_create_agent = {
      method = 'POST', path = '/voice-ai/agents', summary = 'Create an agent (voice AI)',
      scopes = { 'voice-ai-agents.write' }, success = 201, headers = { Version = '2021-04-15' },
      input = {
        agentName = maybe_text, agentPrompt = maybe_text, agentWorkingHours = maybe_agent_working_hours,
        businessName = maybe_text, callEndWorkflowIds = maybe_call_end_workflow_ids, inboundNumber = maybe_text,
        isAgentAsBackupDisabled = maybe_flag, language = language, locationId = maybe_text_2,
        maxCallDuration = maybe_number, numberPoolId = maybe_text, patienceLevel = patience_level,
        reminderAfterIdleTimeSeconds = maybe_number, sendPostCallNotificationTo = send_post_call_notification_to_2,
        sendUserIdleReminders = maybe_flag, timezone = maybe_text, translation = translation_2, voiceId = maybe_text,
        welcomeMessage = maybe_text,
      },
      output = {
        agentName = text, agentPrompt = text, agentWorkingHours = agent_working_hours, businessName = text,
        callEndWorkflowIds = examples, id = text, inboundNumber = text, isAgentAsBackupDisabled = flag, language = text,
        locationId = text, maxCallDuration = number, numberPoolId = text, patienceLevel = text,
        reminderAfterIdleTimeSeconds = number, sendPostCallNotificationTo = send_post_call_notification_to,
        sendUserIdleReminders = flag, timezone = text, translation = translation, voiceId = text, welcomeMessage = text,
      },
    },
    voice_ai_delete_action = {
      method = 'DELETE', path = '/voice-ai/actions/{actionId}', summary = 'Delete an action (voice AI)',
      scopes = { 'voice-ai-agent-goals.write' }, success = 204, headers = { Version = '2021-04-15' },
      query = { 'locationId', 'agentId' }, input = { actionId = text, agentId = text, locationId = maybe_text_2 },
    },
    voice_ai_delete_agent = {
      method = 'DELETE', path = '/voice-ai/agents/{agentId}', summary = 'Delete an agent (voice AI)',
      scopes = { 'voice-ai-agents.write' }, success = 204, headers = { Version = '2021-04-15' },
      query = { 'locationId' }, input = { agentId = text, locationId = maybe_text_2 },
    },
    voice_ai_get_agent = {
      method = 'GET', path = '/voice-ai/agents/{agentId}', summary = 'Read an agent (voice AI)',
      scopes = { 'voice-ai-agents.readonly' }, success = 200, headers = { Version = '2021-04-15' },
      query = { 'locationId' }, input = { agentId = text, locationId = maybe_text_2 },
      output = {
        actions = {
          'list',
          of = {
            'object', fields = { actionParameters = action_parameters, actionType = text, id = text, name = text },
          },
        },
        agentName = text, agentPrompt = text, agentWorkingHours = agent_working_hours, businessName = text,
        callEndWorkflowIds = examples, id = text, inboundNumber = text, isAgentAsBackupDisabled = flag, language = text,
        locationId = text, maxCallDuration = number, numberPoolId = text, patienceLevel = text,
        reminderAfterIdleTimeSeconds = number, sendPostCallNotificationTo = send_post_call_notification_to,
        sendUserIdleReminders = flag, timezone = text, translation = translation, voiceId = text, welcomeMessage = text,
      },
    },
    voice_ai_get_agents = {
      method = 'GET', path = '/voice-ai/agents', summary = 'List agents (voice AI)',
      scopes = { 'voice-ai-agents.readonly' }, success = 200, headers = { Version = '2021-04-15' },
      query = { 'page', 'pageSize', 'locationId', 'query' },
      input = { locationId = maybe_text_2, page = maybe_number, pageSize = maybe_number, query = maybe_text },
      output = {
        agents = {
          'list',
          of = {
            'object',
            fields = {
              actions = headers_2, agentName = text, agentPrompt = text, agentWorkingHours = headers_2,
              businessName = text, callEndWorkflowIds = examples, id = text, inboundNumber = text,
              isAgentAsBackupDisabled = flag, language = text, locationId = text, maxCallDuration = number,
              numberPoolId = text, patienceLevel = text, reminderAfterIdleTimeSeconds = number,
              sendPostCallNotificationTo = send_post_call_notification_to, sendUserIdleReminders = flag,
              timezone = text, translation = translation, voiceId = text, welcomeMessage = text,
            },
          },
        },
        page = number, pageSize = number, total = number,
      },
    },
    voice_ai_update_action = {
      method = 'PUT', path = '/voice-ai/actions/{actionId}', summary = 'Change an action (voice AI)',
      scopes = { 'voice-ai-agent-goals.write' }, success = 200, headers = { Version = '2021-04-15' },
      input = {
        actionId = text, actionParameters = action_parameters_3, actionType = action_type, agentId = text,
        locationId = maybe_text_2, name = text,
      },
      output = { actionParameters = action_parameters_2, actionType = text, id = text, name = text },
    },
  },
}
