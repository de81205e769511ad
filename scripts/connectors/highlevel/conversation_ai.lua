-- HighLevel: conversation-ai.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local number = { 'number' }
local text = { 'string' }
local flag = { 'boolean' }
local followup_sequence = { 'list', of = { 'object' } }
local contact_update_examples = { 'list', of = text }
local maybe_number = { 'number', optional = true }
local maybe_text = { 'string', optional = true }
local maybe_flag = { 'boolean', optional = true }
local maybe_contact_update_examples = { 'list', optional = true, of = text }
local wait_time_unit = { 'string', optional = true, enum = { 'minutes', 'seconds' } }
local timezone_to_use = { 'string', optional = true, enum = { 'contact', 'business' } }
local sleep_time_unit = { 'string', optional = true, enum = { 'hours', 'minutes', 'seconds' } }
local mode = { 'string', optional = true, enum = { 'off', 'suggestive', 'auto-pilot' } }
local actions = { 'list', of = { 'object', fields = { id = text, type = text } } }
local maybe_channels = {
  'list', optional = true, of = { 'string', enum = { 'IG', 'FB', 'SMS', 'WebChat', 'WhatsApp', 'Live_Chat' } },
}
local type = {
  'string',
  enum = {
    'triggerWorkflow', 'updateContactField', 'appointmentBooking', 'stopBot', 'humanHandOver', 'advancedFollowup',
    'transferBot',
  },
}
local maybe_working_hours = {
  'list', optional = true,
  of = {
    'object',
    fields = {
      dayOfTheWeek = number,
      intervals = {
        'list', optional = true,
        of = { 'object', fields = { endHour = number, endMinute = number, startHour = number, startMinute = number } },
      },
    },
  },
}
local data = {
  'object',
  fields = {
    agentId = text,
    details = {
      'object',
      fields = {
        actionId = text, assignToUserId = text, calendarId = text, cancelEnabled = flag, contactFieldId = text,
        contactUpdateExamples = contact_update_examples, createTask = flag, description = text, enabled = flag,
        examples = contact_update_examples, finalMessage = text, followupSequence = followup_sequence,
        followupSettings = {
          'object',
          fields = {
            dynamicChannelSwitching = flag, followUpHours = flag, timezoneToUse = text,
            workingHours = followup_sequence,
          },
        },
        handoverType = text, onlySendLink = flag, reactivateEnabled = flag, rescheduleEnabled = flag, scenarioId = text,
        skipAssignToUser = flag, sleepAfterBooking = flag, sleepTime = number, sleepTimeUnit = text,
        stopBotDetectionType = text, stopBotExamples = contact_update_examples, stopBotTriggerCondition = text,
        tags = contact_update_examples, transferAgent = text, transferBot = flag,
        transferBotExamples = contact_update_examples, transferBotTriggerCondition = text, transferBotType = text,
        transferToBot = text, triggerCondition = text, triggerMessage = text, triggerWorkflow = flag,
        workflowIds = contact_update_examples,
      },
    },
    id = text, name = text, type = text,
  },
}
local details = {
  'object',
  fields = {
    actionId = maybe_text, assignToUserId = maybe_text, calendarId = maybe_text, cancelEnabled = maybe_flag,
    contactFieldId = maybe_text, contactUpdateExamples = maybe_contact_update_examples, createTask = maybe_flag,
    description = maybe_text, enabled = maybe_flag, examples = maybe_contact_update_examples, finalMessage = maybe_text,
    followupSequence = {
      'list', optional = true,
      of = {
        'object',
        fields = {
          aiEnabledMessage = maybe_flag, contactRequested = maybe_flag, customMessage = maybe_text,
          followupTime = number, followupTimeUnit = { 'string', enum = { 'days', 'hours', 'minutes' } }, id = number,
          triggerWorkflow = maybe_flag, workflowId = maybe_text,
        },
      },
    },
    followupSettings = {
      'object', optional = true,
      fields = {
        dynamicChannelSwitching = flag, followUpHours = maybe_flag, timezoneToUse = timezone_to_use,
        workingHours = maybe_working_hours,
      },
    },
    handoverType = {
      'string', optional = true, enum = { 'contactRequest', 'lackOfInformation', 'failedToResolveIssue', 'custom' },
    },
    onlySendLink = maybe_flag, reactivateEnabled = maybe_flag, rescheduleEnabled = maybe_flag,
    scenarioId = {
      'string', optional = true, enum = { 'contactStoppedReplying', 'contactIsBusy', 'contactRequested' },
    },
    skipAssignToUser = maybe_flag, sleepAfterBooking = maybe_flag, sleepTime = maybe_number,
    sleepTimeUnit = { 'string', optional = true, enum = { 'days', 'hours', 'minutes' } },
    stopBotDetectionType = { 'string', optional = true, enum = { 'Goodbye', 'Custom' } },
    stopBotExamples = maybe_contact_update_examples, stopBotTriggerCondition = maybe_text,
    tags = maybe_contact_update_examples, transferAgent = maybe_text, transferBot = maybe_flag,
    transferBotExamples = maybe_contact_update_examples, transferBotTriggerCondition = maybe_text,
    transferBotType = { 'string', optional = true, enum = { 'Default', 'Custom' } }, transferToBot = maybe_text,
    triggerCondition = maybe_text, triggerMessage = maybe_text, triggerWorkflow = maybe_flag,
    workflowIds = maybe_contact_update_examples,
  },
}

return {
  operations = {
    conversation_ai_create_action = {
      method = 'POST', path = '/conversation-ai/agents/{agentId}/actions',
      summary = 'Create an action (conversation AI)', scopes = { 'conversation-ai.write' }, success = 201,
      headers = { Version = '2021-04-15' }, input = { agentId = text, details = details, name = text, type = type },
      output = { data = data, success = flag },
    },
    conversation_ai_create_agent = {
      method = 'POST', path = '/conversation-ai/agents', summary = 'Create an agent (conversation AI)',
      scopes = { 'conversation-ai.write' }, success = 201, headers = { Version = '2021-04-15' },
      input = {
        autoPilotMaxMessages = maybe_number, businessName = maybe_text, channels = maybe_channels, goal = text,
        instructions = text, isPrimary = maybe_flag, knowledgeBaseIds = maybe_contact_update_examples, mode = mode,
        name = text, personality = text, respondToAudio = maybe_flag, respondToImages = maybe_flag,
        sleepEnabled = maybe_flag, sleepOnManualMessage = maybe_flag, sleepOnWorkflowMessage = maybe_flag,
        sleepTime = maybe_number, sleepTimeUnit = sleep_time_unit, waitTime = maybe_number,
        waitTimeUnit = wait_time_unit,
      },
      output = {
        actions = actions, autoPilotMaxMessages = number, businessName = text, channels = contact_update_examples,
        goal = text, id = text, instructions = text, isPrimary = flag, knowledgeBaseIds = contact_update_examples,
        mode = text, name = text, personality = text, sleepEnabled = flag, sleepOnManualMessage = flag,
        sleepOnWorkflowMessage = flag, sleepTime = number, sleepTimeUnit = text, waitTime = number, waitTimeUnit = text,
      },
    },
    conversation_ai_delete_action = {
      method = 'DELETE', path = '/conversation-ai/agents/{agentId}/actions/{actionId}',
      summary = 'Delete an action (conversation AI)', scopes = { 'conversation-ai.write' }, success = 200,
      headers = { Version = '2021-04-15' }, input = { actionId = text, agentId = text },
      output = { data = { 'object', fields = { id = text } }, success = flag },
    },
    conversation_ai_delete_agent = {
      method = 'DELETE', path = '/conversation-ai/agents/{agentId}', summary = 'Delete an agent (conversation AI)',
      scopes = { 'conversation-ai.write' }, success = 200, headers = { Version = '2021-04-15' },
      input = { agentId = text }, output = { id = text, success = flag },
    },
    conversation_ai_get_agent = {
      method = 'GET', path = '/conversation-ai/agents/{agentId}', summary = 'Read an agent (conversation AI)',
      scopes = { 'conversation-ai.readonly' }, success = 200, headers = { Version = '2021-04-15' },
      input = { agentId = text },
      output = {
        actions = actions, autoPilotMaxMessages = number, businessName = text, channels = contact_update_examples,
        goal = text, id = text, instructions = text, isPrimary = flag, knowledgeBaseIds = contact_update_examples,
        mode = text, name = text, personality = text, sleepEnabled = flag, sleepOnManualMessage = flag,
        sleepOnWorkflowMessage = flag, sleepTime = number, sleepTimeUnit = text, waitTime = number, waitTimeUnit = text,
      },
    },
    conversation_ai_update_action = {
      method = 'PUT', path = '/conversation-ai/agents/{agentId}/actions/{actionId}',
      summary = 'Change an action (conversation AI)', scopes = { 'conversation-ai.write' }, success = 200,
      headers = { Version = '2021-04-15' },
      input = { actionId = text, agentId = text, details = details, name = text, type = type },
      output = { data = data, success = flag },
    },
    get_action_by_id = {
      method = 'GET', path = '/conversation-ai/agents/{agentId}/actions/{actionId}',
      summary = 'Read an action (conversation AI)', scopes = { 'conversation-ai.readonly' }, success = 200,
      headers = { Version = '2021-04-15' }, input = { actionId = text, agentId = text },
      output = { data = data, success = flag },
    },
    get_generation_details = {
      method = 'GET', path = '/conversation-ai/generations', summary = 'List generation details (conversation AI)',
      scopes = { 'conversation-ai.readonly' }, success = 200, headers = { Version = '2021-04-15' },
      query = { 'messageId', 'source' },
      input = { messageId = text, source = { 'string', enum = { 'conversation', 'workflow' } } },
      output = {
        actionLogs = { 'list' }, agentId = text, faqs = { 'list' }, history = { 'list' }, input = text, intent = text,
        mode = text, prompt = text, responseMessage = text, website = { 'list' },
      },
    },
    list_actions = {
      method = 'GET', path = '/conversation-ai/agents/{agentId}/actions/list',
      summary = 'List actions (conversation AI)', scopes = { 'conversation-ai.readonly' }, success = 200,
      headers = { Version = '2021-04-15' }, input = { agentId = text },
      output = {
        data = {
          'list',
          of = {
            'object',
            fields = {
              agentId = text,
              details = {
                'object',
                fields = {
                  actionId = text, assignToUserId = text, calendarId = text, cancelEnabled = flag,
                  contactFieldId = text, contactUpdateExamples = contact_update_examples, createTask = flag,
                  description = text, enabled = flag, examples = contact_update_examples, finalMessage = text,
                  followupSequence = followup_sequence, followupSettings = { 'object' }, handoverType = text,
                  onlySendLink = flag, reactivateEnabled = flag, rescheduleEnabled = flag, scenarioId = text,
                  skipAssignToUser = flag, sleepAfterBooking = flag, sleepTime = number, sleepTimeUnit = text,
                  stopBotDetectionType = text, stopBotExamples = contact_update_examples,
                  stopBotTriggerCondition = text, tags = contact_update_examples, transferAgent = text,
                  transferBot = flag, transferBotExamples = contact_update_examples, transferBotTriggerCondition = text,
                  transferBotType = text, transferToBot = text, triggerCondition = text, triggerMessage = text,
                  triggerWorkflow = flag, workflowIds = contact_update_examples,
                },
              },
              id = text, name = text, type = text,
            },
          },
        },
        success = flag,
      },
    },
    search_agent = {
      method = 'GET', path = '/conversation-ai/agents/search', summary = 'Search agents (conversation AI)',
      scopes = { 'conversation-ai.readonly' }, success = 200, headers = { Version = '2021-04-15' },
      query = { 'startAfter', 'limit', 'query' },
      input = { limit = maybe_number, query = maybe_text, startAfter = maybe_text },
      output = {
        agents = {
          'list',
          of = {
            'object',
            fields = {
              actions = followup_sequence, autoPilotMaxMessages = number, businessName = text,
              channels = contact_update_examples, createdAt = text, goal = { 'object' }, id = text, isPrimary = flag,
              knowledgeBaseIds = contact_update_examples, mode = text, name = text, sleepEnabled = flag,
              sleepOnManualMessage = flag, sleepOnWorkflowMessage = flag, sleepTime = number, sleepTimeUnit = text,
              updatedAt = text, waitTime = number, waitTimeUnit = text,
            },
          },
        },
        count = number, totalCount = number,
      },
    },
    update_agent = {
      method = 'PUT', path = '/conversation-ai/agents/{agentId}', summary = 'Change an agent (conversation AI)',
      scopes = { 'conversation-ai.write' }, success = 200, headers = { Version = '2021-04-15' },
      input = {
        agentId = text, autoPilotMaxMessages = number, businessName = maybe_text, channels = maybe_channels,
        goal = maybe_text, instructions = maybe_text, isPrimary = maybe_flag,
        knowledgeBaseIds = maybe_contact_update_examples, mode = mode, name = maybe_text, personality = maybe_text,
        respondToAudio = maybe_flag, respondToImages = maybe_flag, sleepEnabled = maybe_flag,
        sleepOnManualMessage = maybe_flag, sleepOnWorkflowMessage = maybe_flag, sleepTime = maybe_number,
        sleepTimeUnit = sleep_time_unit, waitTime = maybe_number, waitTimeUnit = wait_time_unit,
      },
      output = {
        actions = actions, autoPilotMaxMessages = number, businessName = text, channels = contact_update_examples,
        goal = text, id = text, instructions = text, isPrimary = flag, knowledgeBaseIds = contact_update_examples,
        mode = text, name = text, personality = text, sleepEnabled = flag, sleepOnManualMessage = flag,
        sleepOnWorkflowMessage = flag, sleepTime = number, sleepTimeUnit = text, waitTime = number, waitTimeUnit = text,
      },
    },
    update_followup_settings = {
      method = 'PATCH', path = '/conversation-ai/agents/{agentId}/followup-settings',
      summary = 'Change the follow-up settings of an agent', scopes = { 'conversation-ai.write' }, success = 200,
      headers = { Version = '2021-04-15' },
      input = {
        actionIds = contact_update_examples, agentId = text,
        followupSettings = {
          'object',
          fields = {
            dynamicChannelSwitching = flag, followUpHours = maybe_flag, timezoneToUse = timezone_to_use,
            workingHours = maybe_working_hours,
          },
        },
      },
      output = { data = data, success = flag },
    },
  },
}
