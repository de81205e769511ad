-- HighLevel: conversations.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local number = { 'number' }
local metadata = { 'object' }
local text = { 'string' }
local flag = { 'boolean' }
local attachments = { 'list', of = text }
local maybe_number = { 'number', optional = true }
local maybe_text = { 'string', optional = true }
local maybe_flag = { 'boolean', optional = true }
local maybe_attachments = { 'list', optional = true, of = text }
local sort_order = { 'string', optional = true, enum = { 'asc', 'desc' } }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }
local status = { 'string', enum = { 'delivered', 'failed', 'pending', 'read' } }
local meta = { 'object', fields = { callDuration = text, callStatus = text, email = metadata } }
local call = {
  'object', optional = true,
  fields = {
    from = maybe_text,
    status = {
      'string', optional = true,
      enum = { 'pending', 'completed', 'answered', 'busy', 'no-answer', 'failed', 'canceled', 'voicemail' },
    },
    to = maybe_text,
  },
}
local forward_data = {
  'object',
  fields = {
    emailMessageId = text, forwardToEmail = text, forwardWholeThread = flag, messageId = text,
    recipientContactId = text, recipientConversationId = text, sourceContactId = text, sourceConversationId = text,
  },
}
local messages = {
  'list',
  of = {
    'object',
    fields = {
      attachments = attachments, body = text, chatWidgetId = text, contactId = text, contentType = text,
      conversationId = text, conversationProviderId = text, dateAdded = text, direction = text, id = text,
      locationId = text, messageType = text, meta = meta, source = text, status = text, type = number, userId = text,
    },
  },
}

return {
  operations = {
    add_an_inbound_message = {
      method = 'POST', path = '/conversations/messages/inbound',
      summary = 'Record a message that came in over another channel', scopes = { 'conversations/message.write' },
      success = 200, headers = { Version = '2021-04-15' },
      input = {
        altId = maybe_text, attachments = maybe_attachments, call = call, contactId = text, conversationId = text,
        conversationProviderId = text, date = { 'date', optional = true }, direction = { 'any', optional = true },
        emailBcc = maybe_attachments, emailCc = maybe_attachments, emailFrom = maybe_text, emailMessageId = maybe_text,
        emailTo = maybe_text, html = maybe_text, message = maybe_text, subject = maybe_text,
        type = {
          'string',
          enum = {
            'SMS', 'RCS', 'Email', 'WhatsApp', 'GMB', 'IG', 'FB', 'Custom', 'WebChat', 'Live_Chat', 'Call', 'IVR_Call',
            'Campaign_Call', 'Campaign_VoiceMail', 'TIKTOK', 'ALL_IN_ONE_CHAT', 'FORM_SUBMISSION',
          },
        },
      },
      output = {
        contactId = text, conversationId = text, dateAdded = text, emailMessageId = text, message = text,
        messageId = text, success = flag,
      },
    },
    add_an_outbound_message = {
      method = 'POST', path = '/conversations/messages/outbound',
      summary = 'Record a call that went out over another channel', scopes = { 'conversations/message.write' },
      success = 200, headers = { Version = '2021-04-15' },
      input = {
        altId = maybe_text, attachments = maybe_attachments, call = call, conversationId = text,
        conversationProviderId = text, date = { 'date', optional = true }, type = { 'string', enum = { 'Call' } },
      },
      output = {
        contactId = text, conversationId = text, dateAdded = text, emailMessageId = text, message = text,
        messageId = text, success = flag,
      },
    },
    add_message_attachments = {
      method = 'PUT', path = '/conversations/messages/{messageId}/attachments',
      summary = 'Add attachments to a message', scopes = { 'conversations/message.write' }, success = 200,
      headers = { Version = '2021-04-15' }, input = { attachments = attachments, messageId = text },
    },
    cancel_scheduled_email_message = {
      method = 'DELETE', path = '/conversations/messages/email/{emailMessageId}/schedule',
      summary = 'Cancel a scheduled e-mail', success = 200, input = { emailMessageId = text },
      output = { message = text, status = number },
    },
    cancel_scheduled_message = {
      method = 'DELETE', path = '/conversations/messages/{messageId}/schedule',
      summary = 'Cancel a scheduled message (conversations)', scopes = { 'conversations/message.write' }, success = 200,
      headers = { Version = '2021-04-15' }, input = { messageId = text }, output = { message = text, status = number },
    },
    complete_file_upload = {
      method = 'POST', path = '/conversations/messages/upload/complete',
      summary = 'Complete a file upload (conversations)', scopes = { 'conversations/message.write' }, success = 200,
      headers = { Version = '2021-04-15' },
      input = { conversationId = text, filePath = text, filename = text, locationId = maybe_text_2, uploadId = text },
      output = { metadata = metadata, uploadedFiles = metadata },
    },
    create_conversation = {
      method = 'POST', path = '/conversations/', summary = 'Create a conversation', scopes = { 'conversations.write' },
      success = 201, headers = { Version = '2021-04-15' }, input = { contactId = text, locationId = maybe_text_2 },
      output = {
        conversation = {
          'object',
          fields = {
            assignedTo = text, contactId = text, dateAdded = text, dateUpdated = text, deleted = flag, id = text,
            lastMessageDate = text, locationId = text,
          },
        },
        success = flag,
      },
    },
    create_custom_subtype = {
      method = 'POST', path = '/conversations/preferences/custom-subtypes',
      summary = 'Create a custom kind of messages', success = 200, headers = { Version = '2021-04-15' },
      query = { 'locationId' },
      input = {
        channel = { 'string', enum = { 'email', 'sms' } }, description = maybe_text, language = text,
        locationId = maybe_text_2, name = text,
      },
    },
    delete_conversation = {
      method = 'DELETE', path = '/conversations/{conversationId}', summary = 'Delete a conversation',
      scopes = { 'conversations.write' }, success = 200, headers = { Version = '2021-04-15' },
      input = { conversationId = text }, output = { success = flag },
    },
    download_message_transcription = {
      method = 'GET', path = '/conversations/locations/{locationId}/messages/{messageId}/transcription/download',
      summary = 'Read the transcription of a call as text', scopes = { 'conversations/message.readonly' },
      success = 200, headers = { Version = '2021-04-15' }, input = { locationId = maybe_text_2, messageId = text },
    },
    export_messages_by_location = {
      method = 'GET', path = '/conversations/messages/export', summary = 'Export messages (conversations)',
      scopes = { 'conversations/message.readonly' }, success = 200, headers = { Version = '2021-04-15' },
      query = {
        'locationId', 'limit', 'cursor', 'sortBy', 'sortOrder', 'conversationId', 'contactId', 'channel', 'startDate',
        'endDate',
      },
      input = {
        channel = { 'string', optional = true, enum = { 'Call', 'SMS', 'Email', 'WhatsApp', 'Instagram', 'Facebook' } },
        contactId = maybe_text, conversationId = maybe_text, cursor = maybe_text, endDate = maybe_text,
        limit = maybe_number, locationId = maybe_text_2,
        sortBy = { 'string', optional = true, enum = { 'createdAt', 'updatedAt' } }, sortOrder = sort_order,
        startDate = maybe_text,
      },
      output = { messages = messages, nextCursor = text, total = number },
    },
    get_all_custom_subtypes = {
      method = 'GET', path = '/conversations/preferences/custom-subtypes',
      summary = 'List the custom kinds of messages', success = 200, headers = { Version = '2021-04-15' },
      query = { 'locationId' }, input = { locationId = maybe_text_2 },
    },
    get_contact_unsubscription_status = {
      method = 'GET', path = '/conversations/preferences/unsubscriptions/status',
      summary = 'Read what a contact has unsubscribed from', success = 200, headers = { Version = '2021-04-15' },
      query = { 'locationId', 'contactId', 'email' },
      input = { contactId = text, email = maybe_text, locationId = maybe_text_2 },
    },
    get_conversation = {
      method = 'GET', path = '/conversations/{conversationId}', summary = 'Read a conversation',
      scopes = { 'conversations.readonly' }, success = 200, headers = { Version = '2021-04-15' },
      input = { conversationId = text },
      output = {
        assignedTo = text, contactId = text, deleted = flag, id = text, inbox = flag, locationId = text, starred = flag,
        type = number, unreadCount = number,
      },
    },
    get_email_by_id = {
      method = 'GET', path = '/conversations/messages/email/{id}', summary = 'Read one e-mail', success = 200,
      input = { id = text },
      output = {
        altId = text, attachments = attachments, bcc = attachments, body = text, cc = attachments, contactId = text,
        contentType = text, conversationId = text, conversationProviderId = text, dateAdded = text, direction = text,
        from = text, id = text, locationId = text, provider = text, replyToMessageId = text, source = text,
        status = text, subject = text, threadId = text, to = attachments,
      },
    },
    get_message = {
      method = 'GET', path = '/conversations/messages/{id}', summary = 'Read a message (conversations)',
      scopes = { 'conversations/message.readonly' }, success = 200, headers = { Version = '2021-04-15' },
      input = { id = text },
      output = {
        attachments = attachments, body = text, chatWidgetId = text, contactId = text, contentType = text,
        conversationId = text, conversationProviderId = text, dateAdded = text, direction = text, id = text,
        locationId = text, messageType = text, meta = meta, source = text, status = text, type = number, userId = text,
      },
    },
    get_message_recording = {
      method = 'GET', path = '/conversations/messages/{messageId}/locations/{locationId}/recording',
      summary = 'Read the recording of a call', scopes = { 'conversations/message.readonly' }, success = 200,
      headers = { Version = '2021-04-15' }, input = { locationId = maybe_text_2, messageId = text },
    },
    get_message_transcription = {
      method = 'GET', path = '/conversations/locations/{locationId}/messages/{messageId}/transcription',
      summary = 'Read the transcription of a call', scopes = { 'conversations/message.readonly' }, success = 200,
      headers = { Version = '2021-04-15' }, input = { locationId = maybe_text_2, messageId = text },
      output = {
        confidence = number, endTime = number, mediaChannel = number, sentenceIndex = number, startTime = number,
        transcript = text,
      },
    },
    get_messages = {
      method = 'GET', path = '/conversations/{conversationId}/messages',
      summary = 'List the messages of a conversation', scopes = { 'conversations/message.readonly' }, success = 200,
      headers = { Version = '2021-04-15' }, query = { 'lastMessageId', 'limit', 'type' },
      input = {
        conversationId = text, lastMessageId = maybe_text, limit = maybe_number,
        type = {
          'string', optional = true,
          enum = {
            'TYPE_CALL', 'TYPE_SMS', 'TYPE_RCS', 'TYPE_EMAIL', 'TYPE_FACEBOOK', 'TYPE_GMB', 'TYPE_INSTAGRAM',
            'TYPE_WHATSAPP', 'TYPE_ACTIVITY_APPOINTMENT', 'TYPE_ACTIVITY_CONTACT', 'TYPE_ACTIVITY_INVOICE',
            'TYPE_ACTIVITY_PAYMENT', 'TYPE_ACTIVITY_OPPORTUNITY', 'TYPE_LIVE_CHAT', 'TYPE_INTERNAL_COMMENTS',
            'TYPE_ACTIVITY_EMPLOYEE_ACTION_LOG', 'TYPE_TIKTOK', 'TYPE_ACTIVITY_WHATSAPP', 'TYPE_FORM_SUBMISSION',
          },
        },
      },
      output = { lastMessageId = text, messages = messages, nextPage = flag },
    },
    initiate_file_upload = {
      method = 'POST', path = '/conversations/messages/upload/initiate',
      summary = 'Begin a file upload (conversations)', scopes = { 'conversations/message.write' }, success = 200,
      headers = { Version = '2021-04-15' },
      input = {
        channel = text, contentType = text, conversationId = text, fileSize = maybe_number, filename = text,
        locationId = maybe_text_2,
      },
      output = { expiresAt = number, filePath = text, maxFileSize = number, uploadId = text, uploadUrl = text },
    },
    live_chat_agent_typing = {
      method = 'POST', path = '/conversations/providers/live-chat/typing',
      summary = 'Show in a live chat that an agent is typing', scopes = { 'conversations/livechat.write' },
      success = 201, headers = { Version = '2021-04-15' },
      input = { conversationId = text, isTyping = text, locationId = maybe_text_2, visitorId = text },
      output = { success = flag },
    },
    search_conversation = {
      method = 'GET', path = '/conversations/search', summary = 'Search conversations',
      scopes = { 'conversations.readonly' }, success = 200, headers = { Version = '2021-04-15' },
      query = {
        'locationId', 'contactId', 'assignedTo', 'followers', 'mentions', 'query', 'sort', 'startAfterDate', 'id',
        'limit', 'lastMessageType', 'lastMessageAction', 'lastMessageDirection', 'status', 'sortBy', 'sortScoreProfile',
        'scoreProfile', 'scoreProfileMin', 'scoreProfileMax', 'startDate', 'endDate',
      },
      input = {
        assignedTo = maybe_text, contactId = maybe_text, endDate = maybe_number, followers = maybe_text,
        id = maybe_text, lastMessageAction = { 'string', optional = true, enum = { 'automated', 'manual' } },
        lastMessageDirection = { 'string', optional = true, enum = { 'inbound', 'outbound' } },
        lastMessageType = {
          'string', optional = true,
          enum = {
            'TYPE_CALL', 'TYPE_SMS', 'TYPE_RCS', 'TYPE_EMAIL', 'TYPE_SMS_REVIEW_REQUEST', 'TYPE_WEBCHAT',
            'TYPE_SMS_NO_SHOW_REQUEST', 'TYPE_CAMPAIGN_SMS', 'TYPE_CAMPAIGN_CALL', 'TYPE_CAMPAIGN_EMAIL',
            'TYPE_CAMPAIGN_VOICEMAIL', 'TYPE_FACEBOOK', 'TYPE_CAMPAIGN_FACEBOOK', 'TYPE_CAMPAIGN_MANUAL_CALL',
            'TYPE_CAMPAIGN_MANUAL_SMS', 'TYPE_GMB', 'TYPE_CAMPAIGN_GMB', 'TYPE_REVIEW', 'TYPE_INSTAGRAM',
            'TYPE_WHATSAPP', 'TYPE_CUSTOM_SMS', 'TYPE_CUSTOM_EMAIL', 'TYPE_CUSTOM_PROVIDER_SMS',
            'TYPE_CUSTOM_PROVIDER_EMAIL', 'TYPE_IVR_CALL', 'TYPE_ACTIVITY_CONTACT', 'TYPE_ACTIVITY_INVOICE',
            'TYPE_ACTIVITY_PAYMENT', 'TYPE_ACTIVITY_OPPORTUNITY', 'TYPE_LIVE_CHAT', 'TYPE_LIVE_CHAT_INFO_MESSAGE',
            'TYPE_ACTIVITY_APPOINTMENT', 'TYPE_FACEBOOK_COMMENT', 'TYPE_INSTAGRAM_COMMENT', 'TYPE_CUSTOM_CALL',
            'TYPE_INTERNAL_COMMENT', 'TYPE_ACTIVITY_EMPLOYEE_ACTION_LOG', 'TYPE_TIKTOK', 'TYPE_TIKTOK_COMMENT',
            'TYPE_ACTIVITY_WHATSAPP', 'TYPE_FORM_SUBMISSION', 'TYPE_SMS_REACTION',
          },
        },
        limit = maybe_number, locationId = maybe_text_2, mentions = maybe_text, query = maybe_text,
        scoreProfile = maybe_text, scoreProfileMax = maybe_number, scoreProfileMin = maybe_number, sort = sort_order,
        sortBy = {
          'string', optional = true,
          enum = { 'last_manual_message_date', 'last_message_date', 'score_profile', 'overdue_at', 'due_at' },
        },
        sortScoreProfile = maybe_text, startAfterDate = { 'any', optional = true }, startDate = maybe_number,
        status = { 'string', optional = true, enum = { 'all', 'read', 'unread', 'starred', 'recents' } },
      },
      output = {
        conversations = {
          'list',
          of = {
            'object',
            fields = {
              contactId = text, contactName = text, email = text, fullName = text, id = text, lastMessageBody = text,
              lastMessageType = text, locationId = text, phone = text, type = text, unreadCount = number,
            },
          },
        },
        total = number,
      },
    },
    send_a_new_message = {
      method = 'POST', path = '/conversations/messages', summary = 'Send a message to a contact',
      scopes = { 'conversations/message.write' }, success = 200, headers = { Version = '2021-04-15' },
      input = {
        appointmentId = maybe_text, attachments = maybe_attachments, contactId = text,
        conversationProviderId = maybe_text, customSubtypeId = maybe_text, emailBcc = maybe_attachments,
        emailCc = maybe_attachments, emailFrom = maybe_text,
        emailReplyMode = { 'string', optional = true, enum = { 'reply', 'reply_all' } }, emailTo = maybe_text,
        forward = {
          'object', optional = true,
          fields = {
            emailMessageId = maybe_text, forwardWholeThread = maybe_flag, isForwarded = flag, messageId = maybe_text,
            recipientContactId = maybe_text, recipientConversationId = maybe_text, sourceContactId = maybe_text,
            sourceConversationId = maybe_text, toEmail = maybe_text,
          },
        },
        fromNumber = maybe_text, html = maybe_text, message = maybe_text,
        optimizationPeriod = { 'string', optional = true, enum = { '24h', '48h', '72h' } }, replyMessageId = maybe_text,
        scheduledTimestamp = maybe_number, status = status, subType = text, subject = maybe_text,
        templateId = maybe_text, threadId = maybe_text, toNumber = maybe_text,
        type = { 'string', enum = { 'SMS', 'RCS', 'Email', 'WhatsApp', 'IG', 'FB', 'Custom', 'Live_Chat', 'TIKTOK' } },
        usesNativeSchedulingAi = maybe_flag,
      },
      output = {
        conversationId = text, emailMessageId = text, forwardData = forward_data, messageId = text,
        messageIds = attachments, msg = text, status = text,
      },
    },
    send_review_reply = {
      method = 'POST', path = '/conversations/messages/review-reply', summary = 'Send a review reply (conversations)',
      scopes = { 'conversations/message.write' }, success = 200, headers = { Version = '2021-04-15' },
      input = { conversationId = text, locationId = maybe_text_2, message = text },
      output = {
        conversationId = text, emailMessageId = text, forwardData = forward_data, messageId = text,
        messageIds = attachments, msg = text, status = text,
      },
    },
    update_conversation = {
      method = 'PUT', path = '/conversations/{conversationId}', summary = 'Change a conversation',
      scopes = { 'conversations.write' }, success = 200, headers = { Version = '2021-04-15' },
      input = {
        conversationId = text, feedback = { 'object', optional = true }, locationId = maybe_text_2,
        starred = maybe_flag, unreadCount = maybe_number,
      },
      output = {
        conversation = {
          'object',
          fields = {
            assignedTo = text, contactId = text, deleted = flag, id = text, inbox = flag, lastMessageBody = text,
            lastMessageDate = text, lastMessageType = text, locationId = text, starred = flag, unreadCount = number,
            userId = text,
          },
        },
        success = flag,
      },
    },
    update_custom_subtype = {
      method = 'PUT', path = '/conversations/preferences/custom-subtypes/{id}',
      summary = 'Change a custom kind of messages', success = 200, headers = { Version = '2021-04-15' },
      query = { 'locationId' },
      input = {
        archived = maybe_flag, description = maybe_text, id = text, locationId = maybe_text_2, name = maybe_text,
        resubscription_legal_form_id = maybe_text,
      },
    },
    update_message_status = {
      method = 'PUT', path = '/conversations/messages/{messageId}/status',
      summary = 'Change a message status (conversations)', scopes = { 'conversations/message.write' }, success = 200,
      headers = { Version = '2021-04-15' },
      input = {
        emailMessageId = maybe_text,
        error = { 'object', optional = true, fields = { code = text, message = text, type = text } }, messageId = text,
        recipients = maybe_attachments, status = status,
      },
      output = {
        conversationId = text, emailMessageId = text, forwardData = forward_data, messageId = text,
        messageIds = attachments, msg = text, status = text,
      },
    },
    upload_file_attachments = {
      method = 'POST', path = '/conversations/messages/upload', summary = 'Upload file attachments (conversations)',
      scopes = { 'conversations/message.write' }, success = 200, headers = { Version = '2021-04-15' },
      unsupported = 'it takes a file as multipart/form-data; recipes carry no files',
      input = {
        attachmentUrls = attachments, chatServiceSid = maybe_text, contactId = text, conversationId = text,
        isGroupSms = maybe_text, locationId = maybe_text_2,
      },
      output = { twilioMediaSids = attachments, uploadedFiles = metadata },
    },
    user_subscription_change = {
      method = 'POST', path = '/conversations/preferences/unsubscriptions/user-change',
      summary = 'Change what a contact is subscribed to', success = 200, headers = { Version = '2021-04-15' },
      input = {
        contactId = text, email = text, legal_description = maybe_text, legal_reason = maybe_text,
        locationId = maybe_text_2,
        subscription_action = {
          'object',
          fields = {
            subtype_id = maybe_text, subtype_name = { 'string', optional = true, enum = { 'One on One' } },
            subtype_status = { 'string', enum = { 'subscribed', 'unsubscribed' } },
            type = { 'string', enum = { 'default', 'custom', 'resub_all' } },
          },
        },
      },
    },
  },
}
