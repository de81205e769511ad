-- HighLevel: what the payloads of events have.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local any = { 'any' }
local users = { 'list' }
local number = { 'number' }
local trial = { 'object' }
local text = { 'string' }
local flag = { 'boolean' }
local count = { 'integer' }
local custom_values = { 'list', of = text }
local discount = { 'object', fields = { type = text, value = number } }
local total_summary = { 'object', fields = { discount = number, subTotal = number } }
local recurring = { 'object', fields = { interval = text, intervalCount = number } }
local custom_fields = { 'list', of = { 'object', fields = { id = text, value = text } } }
local properties = { 'list', of = { 'object', fields = { key = text, valueString = text } } }
local call = { 'object', fields = { code = text, message = text, status = text } }
local membership_offers = { 'list', of = { 'object', fields = { _id = text, label = text, value = text } } }
local amount_summary = { 'object', fields = { discount = number, shipping = number, subtotal = number, tax = number } }
local items = { 'list', of = { 'object', fields = { name = text, price = trial, product = trial, qty = number } } }
local source = { 'object', fields = { id = text, meta = trial, name = text, subType = text, type = text } }
local medias = {
  'list', of = { 'object', fields = { id = text, isFeatured = flag, title = text, type = text, url = text } },
}
local tax_summary = {
  'list', of = { 'object', fields = { _id = text, amount = number, calculation = text, name = text, rate = number } },
}
local variants = {
  'list',
  of = {
    'object',
    fields = { id = text, name = text, options = { 'list', of = { 'object', fields = { id = text, name = text } } } },
  },
}
local business_details = {
  'object',
  fields = {
    address = text, customValues = custom_values, logoUrl = text, name = text, phoneNo = text, website = text,
  },
}
local invoice_items = {
  'list',
  of = {
    'object',
    fields = {
      _id = text, amount = number, currency = text, name = text, priceId = text, productId = text, qty = number,
      taxes = users,
    },
  },
}
local appointment = {
  'object',
  fields = {
    address = text, appointmentStatus = text, assignedUserId = text, calendarId = text, contactId = text,
    dateAdded = text, dateUpdated = text, endTime = text, groupId = text, id = text, notes = text, source = text,
    startTime = text, title = text, users = users,
  },
}
local contact_details = {
  'object',
  fields = {
    additionalEmails = { 'list', of = { 'object', fields = { email = text } } },
    address = {
      'object',
      fields = {
        addressLine1 = text, addressLine2 = text, city = text, countryCode = text, postalCode = text, state = text,
      },
    },
    companyName = text, customFields = custom_values, email = text, id = text, name = text, phoneNo = text,
  },
}
local contact_snapshot = {
  'object',
  fields = {
    address1 = text, assignedTo = text, attachments = users, city = text, companyName = text, country = text,
    dateAdded = text, dateOfBirth = text, dnd = flag, email = text, firstName = text, id = text, lastName = text,
    locationId = text, name = text, phone = text, postalCode = text, source = text, state = text, tags = users,
    website = text,
  },
}
local permissions = {
  'object',
  fields = {
    adwordsReportingEnabled = flag, affiliateManagerEnabled = flag, agentReportingEnabled = flag,
    appointmentsEnabled = flag, assignedDataOnly = flag, attributionsReportingEnabled = flag, bloggingEnabled = flag,
    botService = flag, bulkRequestsEnabled = flag, campaignsEnabled = flag, campaignsReadOnly = flag,
    cancelSubscriptionEnabled = flag, communitiesEnabled = flag, contactsEnabled = flag, contentAiEnabled = flag,
    conversationsEnabled = flag, dashboardStatsEnabled = flag, facebookAdsReportingEnabled = flag,
    funnelsEnabled = flag, invoiceEnabled = flag, leadValueEnabled = flag, marketingEnabled = flag,
    membershipEnabled = flag, onlineListingsEnabled = flag, opportunitiesEnabled = flag, paymentsEnabled = flag,
    phoneCallEnabled = flag, recordPaymentEnabled = flag, refundsEnabled = flag, reviewsEnabled = flag,
    settingsEnabled = flag, socialPlanner = flag, tagsEnabled = flag, triggersEnabled = flag, websitesEnabled = flag,
    workflowsEnabled = flag, workflowsReadOnly = flag,
  },
}

return {
  events = {
    app_installed = {
      appId = text, companyId = text, companyName = text, isWhitelabelCompany = flag, locationId = text, planId = text,
      trial = { 'object', fields = { onTrial = flag, trialDuration = number, trialStartDate = any } }, type = text,
      userId = text, whitelabelDetails = { 'object', fields = { domain = text, logoUrl = text } },
    },
    app_uninstalled = { appId = text, companyId = text, locationId = text, type = text },
    app_updated = {
      appId = text, companyId = text, companyName = text, isWhitelabelCompany = flag, locationId = text, planId = text,
      previousVersionId = text, trial = trial, type = text, userId = text, whitelabelDetails = trial,
    },
    appointment_created = { appointment = appointment, locationId = text, type = text },
    appointment_deleted = { appointment = appointment, locationId = text, type = text },
    appointment_updated = { appointment = appointment, locationId = text, type = text },
    association_created = {
      associationType = text, firstObjectKey = text, firstObjectLabel = text, id = text, key = text, locationId = text,
      secondObjectKey = text, secondObjectLabel = text,
    },
    association_deleted = {
      associationType = text, firstObjectKey = text, firstObjectLabel = text,
      firstObjectToSecondObjectCardinality = text, id = text, key = text, locationId = text, secondObjectKey = text,
      secondObjectLabel = text, secondObjectToFirstObjectCardinality = text,
    },
    association_updated = {
      associationType = text, firstObjectKey = text, firstObjectLabel = text,
      firstObjectToSecondObjectCardinality = text, id = text, key = text, locationId = text, secondObjectKey = text,
      secondObjectLabel = text, secondObjectToFirstObjectCardinality = text,
    },
    campaign_status_updated = {
      contactId = text, dateAdded = text, id = text, locationId = text, replied = text, status = text,
      templateId = text, type = text,
    },
    contact_created = {
      address1 = text, assignedTo = text, attachments = users, city = text, companyName = text, country = text,
      customFields = custom_fields, dateAdded = text, dateOfBirth = text, dnd = flag, email = text, firstName = text,
      id = text, lastName = text, locationId = text, name = text, phone = text, postalCode = text, source = text,
      state = text, tags = users, type = text, website = text,
    },
    contact_deleted = {
      address1 = text, assignedTo = text, attachments = users, city = text, companyName = text, country = text,
      customFields = custom_fields, dateAdded = text, dateOfBirth = text, dnd = flag, email = text, firstName = text,
      id = text, lastName = text, locationId = text, name = text, phone = text, postalCode = text, source = text,
      state = text, tags = users, type = text, website = text,
    },
    contact_dnd_updated = {
      address1 = text, assignedTo = text, attachments = users, city = text, companyName = text, country = text,
      customFields = custom_fields, dateAdded = text, dateOfBirth = text, dnd = flag,
      dndSettings = {
        'object', fields = { Call = call, Email = call, FB = call, GMB = call, SMS = call, WhatsApp = call },
      },
      email = text, firstName = text, id = text, lastName = text, locationId = text, name = text, phone = text,
      postalCode = text, source = text, state = text, tags = users, type = text, website = text,
    },
    contact_tag_updated = {
      address1 = text, assignedTo = text, attachments = users, city = text, companyName = text, country = text,
      customFields = custom_fields, dateAdded = text, dateOfBirth = text, dnd = flag, email = text, firstName = text,
      id = text, lastName = text, locationId = text, name = text, phone = text, postalCode = text, source = text,
      state = text, tags = users, type = text, website = text,
    },
    contact_updated = {
      address1 = text, assignedTo = text, attachments = users, city = text, companyName = text, country = text,
      customFields = custom_fields, dateAdded = text, dateOfBirth = text, dnd = flag, email = text, firstName = text,
      id = text, lastName = text, locationId = text, name = text, phone = text, postalCode = text, source = text,
      state = text, tags = users, type = text, website = text,
    },
    conversation_unread_updated = {
      contactId = text, deleted = flag, id = text, inbox = flag, locationId = text, starred = flag, type = text,
      unreadCount = number,
    },
    conversation_updated = {
      companyId = text, contactId = text, locationId = text, newConversationId = text, oldConversationId = text,
      type = text,
    },
    external_auth_connected = {
      appId = text, authType = text, companyId = text, isAutoRefreshTokenEnabled = flag, locationId = text,
      scopes = text, timestamp = text, type = text, webhookId = text,
    },
    inbound_message = {
      attachments = users, bcc = text, body = text, callDuration = number, callStatus = text, cc = text,
      contactId = text, contentType = text, conversationId = text, conversationProviderId = text, dateAdded = text,
      direction = text, emailMessageId = text, locationId = text, messageId = text, messageType = text, provider = text,
      status = text, threadId = text, to = text, type = text, userId = text,
    },
    invoice_created = {
      _id = text, altId = text, altType = text, amountDue = number, amountPaid = number,
      businessDetails = business_details, contactDetails = contact_details, createdAt = text, currency = text,
      discount = discount, dueDate = text, invoiceItems = invoice_items, invoiceNumber = text, issueDate = text,
      liveMode = flag, name = text, status = text, title = text, total = number, totalSummary = total_summary,
      updatedAt = text,
    },
    invoice_deleted = {
      _id = text, altId = text, altType = text, amountDue = number, amountPaid = number,
      businessDetails = business_details, contactDetails = contact_details, createdAt = text, currency = text,
      discount = discount, dueDate = text, invoiceItems = invoice_items, invoiceNumber = text, issueDate = text,
      liveMode = flag, name = text, status = text, title = text, total = number, totalSummary = total_summary,
      updatedAt = text,
    },
    invoice_paid = {
      _id = text, altId = text, altType = text, amountDue = number, amountPaid = number,
      businessDetails = business_details, contactDetails = contact_details, createdAt = text, currency = text,
      discount = discount, dueDate = text, invoiceItems = invoice_items, invoiceNumber = text, issueDate = text,
      liveMode = flag, name = text, status = text, title = text, total = number, totalSummary = total_summary,
      updatedAt = text,
    },
    invoice_partially_paid = {
      _id = text, altId = text, altType = text, amountDue = number, amountPaid = number,
      businessDetails = business_details, contactDetails = contact_details, createdAt = text, currency = text,
      discount = discount, dueDate = text, invoiceItems = invoice_items, invoiceNumber = text, issueDate = text,
      liveMode = flag, name = text, status = text, title = text, total = number, totalSummary = total_summary,
      updatedAt = text,
    },
    invoice_sent = {
      _id = text, altId = text, altType = text, amountDue = number, amountPaid = number,
      businessDetails = business_details, contactDetails = contact_details, createdAt = text, currency = text,
      discount = discount, dueDate = text, invoiceItems = invoice_items, invoiceNumber = text, issueDate = text,
      liveMode = flag, name = text, status = text, title = text, total = number, totalSummary = total_summary,
      updatedAt = text,
    },
    invoice_updated = {
      _id = text, altId = text, altType = text, amountDue = number, amountPaid = number,
      businessDetails = business_details, contactDetails = contact_details, createdAt = text, currency = text,
      discount = discount, dueDate = text, invoiceItems = invoice_items, invoiceNumber = text, issueDate = text,
      liveMode = flag, name = text, status = text, title = text, total = number, totalSummary = total_summary,
      updatedAt = text,
    },
    invoice_voided = {
      _id = text, altId = text, altType = text, amountDue = number, amountPaid = number,
      businessDetails = business_details, contactDetails = contact_details, createdAt = text, currency = text,
      discount = discount, dueDate = text, invoiceItems = invoice_items, invoiceNumber = text, issueDate = text,
      liveMode = flag, name = text, status = text, title = text, total = number, totalSummary = total_summary,
      updatedAt = text,
    },
    knowledge_base_created = {
      deleted = flag, description = text, id = text, locationId = text, name = text, type = text,
    },
    knowledge_base_deleted = {
      deleted = flag, description = text, id = text, locationId = text, name = text, type = text,
    },
    knowledge_base_faq_changed = {
      action = text, assetType = text, deleted = flag, id = text, knowledgeBaseId = text, locationId = text,
      status = text, type = text,
    },
    knowledge_base_file_changed = {
      action = text, assetType = text, deleted = flag, id = text, knowledgeBaseId = text, locationId = text,
      status = text, type = text,
    },
    knowledge_base_rich_text_changed = {
      action = text, assetType = text, deleted = flag, id = text, knowledgeBaseId = text, locationId = text,
      status = text, type = text,
    },
    knowledge_base_table_file_changed = {
      action = text, assetType = text, deleted = flag, id = text, knowledgeBaseId = text, locationId = text,
      status = text, type = text,
    },
    knowledge_base_trained_url_changed = {
      action = text, assetType = text, deleted = flag, id = text, knowledgeBaseId = text, locationId = text,
      status = text, type = text,
    },
    knowledge_base_updated = {
      deleted = flag, description = text, id = text, locationId = text, name = text, type = text,
    },
    lc_email_stats = {
      companyId = text, locationId = text, type = text,
      webhookPayload = {
        'object',
        fields = {
          campaigns = users,
          ['delivery-status'] = {
            'object',
            fields = {
              ['attempt-no'] = count, code = count, description = text, ['enhanced-code'] = text,
              ['i-first-delivery-attempt-seconds'] = number, message = text, ['mx-host'] = text,
              ['session-seconds'] = number, utf8 = flag,
            },
          },
          envelope = {
            'object',
            fields = {
              ['i-ip-pool-id'] = text, ['i-ip-pool-name'] = text, sender = text, ['sending-ip'] = text, targets = text,
              transport = text,
            },
          },
          event = text,
          flags = {
            'object',
            fields = {
              ['is-authenticated'] = flag, ['is-big'] = flag, ['is-routed'] = flag, ['is-system-test'] = flag,
              ['is-test-mode'] = flag,
            },
          },
          id = text, ['log-level'] = text,
          message = {
            'object',
            fields = {
              attachments = users, headers = { 'object', fields = { from = text, ['message-id'] = text, to = text } },
              size = count,
            },
          },
          recipient = text, ['recipient-domain'] = text, ['recipient-provider'] = text, tags = users, timestamp = count,
        },
      },
    },
    location_created = { companyId = text, email = text, id = text, name = text, stripeProductId = text, type = text },
    location_updated = { companyId = text, email = text, id = text, name = text, stripeProductId = text, type = text },
    note_created = { body = text, contactId = text, dateAdded = text, id = text, locationId = text, type = text },
    note_deleted = { body = text, contactId = text, dateAdded = text, id = text, locationId = text, type = text },
    note_updated = { body = text, contactId = text, dateAdded = text, id = text, locationId = text, type = text },
    object_schema_created = {
      createdBy = trial, description = text, key = text, labels = trial, locationId = text, objectType = text,
      primaryDisplayProperty = text, searchableProperties = users, timestamp = text, updatedBy = trial,
    },
    object_schema_updated = {
      createdBy = trial, description = text, key = text, labels = trial, locationId = text, objectType = text,
      primaryDisplayProperty = text, searchableProperties = users, timestamp = text, updatedBy = trial,
    },
    opportunity_assigned_to_updated = {
      assignedTo = text, contactId = text, dateAdded = text, id = text, locationId = text, monetaryValue = number,
      name = text, pipelineId = text, pipelineStageId = text, source = text, status = text, type = text,
    },
    opportunity_created = {
      assignedTo = text, contactId = text, dateAdded = text, id = text, locationId = text, monetaryValue = number,
      name = text, pipelineId = text, pipelineStageId = text, source = text, status = text, type = text,
    },
    opportunity_deleted = {
      assignedTo = text, contactId = text, dateAdded = text, id = text, locationId = text, monetaryValue = number,
      name = text, pipelineId = text, pipelineStageId = text, source = text, status = text, type = text,
    },
    opportunity_monetary_value_updated = {
      assignedTo = text, contactId = text, dateAdded = text, id = text, locationId = text, monetaryValue = number,
      name = text, pipelineId = text, pipelineStageId = text, source = text, status = text, type = text,
    },
    opportunity_stage_updated = {
      assignedTo = text, contactId = text, dateAdded = text, id = text, locationId = text, monetaryValue = number,
      name = text, pipelineId = text, pipelineStageId = text, source = text, status = text, type = text,
    },
    opportunity_status_updated = {
      assignedTo = text, contactId = text, dateAdded = text, id = text, locationId = text, monetaryValue = number,
      name = text, pipelineId = text, pipelineStageId = text, source = text, status = text, type = text,
    },
    opportunity_updated = {
      assignedTo = text, contactId = text, dateAdded = text, id = text, locationId = text, monetaryValue = number,
      name = text, pipelineId = text, pipelineStageId = text, source = text, status = text, type = text,
    },
    order_created = {
      _id = text, altId = text, altType = text, amount = number, amountSummary = amount_summary, contactId = text,
      contactSnapshot = contact_snapshot, createdAt = text, currency = text, fulfillmentStatus = text, items = items,
      liveMode = flag, source = source, status = text, taxSummary = tax_summary, type = text, updatedAt = text,
    },
    order_status_updated = {
      _id = text, altId = text, altType = text, amount = number, amountSummary = amount_summary, contactId = text,
      contactSnapshot = contact_snapshot, createdAt = text, currency = text, fulfillmentStatus = text, items = items,
      liveMode = flag, source = source, status = text, taxSummary = tax_summary, type = text, updatedAt = text,
    },
    outbound_message = {
      attachments = users, bcc = text, body = text, callDuration = number, callStatus = text, cc = text,
      contactId = text, contentType = text, conversationId = text, conversationProviderId = text, dateAdded = text,
      direction = text, emailMessageId = text, locationId = text, messageId = text, messageType = text, provider = text,
      source = text, status = text, threadId = text, to = text, type = text, userId = text,
    },
    plan_changed = {
      appId = text, companyId = text, currentPlanId = text, locationId = text, newPlanId = text, type = text,
      userId = text,
    },
    price_created = {
      _id = text, allowOutOfStockPurchases = flag, amount = number, availableQuantity = number, compareAtPrice = number,
      createdAt = text, currency = text, locationId = text, membershipOffers = membership_offers, name = text,
      priceType = text, product = text, recurring = recurring, trackInventory = any, updatedAt = text, userId = text,
      variantOptionIds = custom_values,
    },
    price_deleted = {
      _id = text, allowOutOfStockPurchases = flag, amount = number, availableQuantity = number, compareAtPrice = number,
      createdAt = text, currency = text, locationId = text, membershipOffers = membership_offers, name = text,
      product = text, recurring = recurring, trackInventory = any, type = text, updatedAt = text, userId = text,
      variantOptionIds = custom_values,
    },
    price_updated = {
      _id = text, allowOutOfStockPurchases = flag, amount = number, availableQuantity = number, compareAtPrice = number,
      createdAt = text, currency = text, locationId = text, membershipOffers = membership_offers, name = text,
      product = text, recurring = recurring, trackInventory = any, type = text, updatedAt = text, userId = text,
      variantOptionIds = custom_values,
    },
    product_created = {
      _id = text, availableInStore = flag, createdAt = text, description = text, image = text, locationId = text,
      medias = medias, name = text, productType = text, statementDescriptor = text, updatedAt = text, userId = text,
      variants = variants,
    },
    product_deleted = {
      _id = text, availableInStore = flag, createdAt = text, description = text, image = text, locationId = text,
      medias = medias, name = text, productType = text, statementDescriptor = text, updatedAt = text, userId = text,
      variants = variants,
    },
    product_updated = {
      _id = text, availableInStore = flag, createdAt = text, description = text, image = text, locationId = text,
      medias = medias, name = text, productType = text, statementDescriptor = text, updatedAt = text, userId = text,
      variants = variants,
    },
    provider_outbound_message = {
      attachments = users, contactId = text, emailFrom = text, emailMessageId = text, emailTo = text, html = text,
      locationId = text, message = text, messageId = text, phone = text, subject = text, type = any, userId = text,
    },
    record_created = {
      followers = custom_values, id = text, locationId = text, owners = custom_values, properties = properties,
      timestamp = text, type = text,
    },
    record_deleted = {
      followers = custom_values, id = text, locationId = text, owners = custom_values, properties = properties,
      timestamp = text, type = text,
    },
    record_updated = {
      followers = custom_values, id = text, locationId = text, owners = custom_values, properties = properties,
      timestamp = text, type = text,
    },
    relation_created = {
      associationId = text, firstObjectKey = text, firstRecordId = text, id = text, locationId = text,
      secondObjectKey = text, secondRecordId = text,
    },
    relation_deleted = {
      associationId = text, firstObjectKey = text, firstRecordId = text, id = text, locationId = text,
      secondObjectKey = text, secondRecordId = text,
    },
    saas_plan_created = {
      addOns = custom_values, categoryId = text, createdAt = text, description = text, isSaaSV2 = flag, planId = text,
      planLevel = number,
      prices = {
        'list',
        of = {
          'object',
          fields = {
            active = flag, amount = number, billingInterval = text, currency = text, id = text, symbol = text,
          },
        },
      },
      productId = text, saasProducts = custom_values, snapshotId = text, title = text, trialPeriod = number,
      updatedAt = text,
    },
    task_completed = {
      assignedTo = text, body = text, contactId = text, dateAdded = text, dueDate = text, id = text, locationId = text,
      title = text, type = text,
    },
    task_created = {
      assignedTo = text, body = text, contactId = text, dateAdded = text, dueDate = text, id = text, locationId = text,
      title = text, type = text,
    },
    task_deleted = {
      assignedTo = text, body = text, contactId = text, dateAdded = text, dueDate = text, id = text, locationId = text,
      title = text, type = text,
    },
    user_created = {
      companyId = text, email = text, extension = text, firstName = text, id = text, lastName = text, locationId = text,
      locations = custom_values, permissions = permissions, phone = text, role = text, type = text,
    },
    user_deleted = {
      companyId = text, email = text, extension = text, firstName = text, id = text, lastName = text, locationId = text,
      locations = custom_values, permissions = permissions, phone = text, role = text, scopes = custom_values,
      type = text,
    },
    user_updated = {
      companyId = text, email = text, extension = text, firstName = text, id = text, lastName = text, locationId = text,
      locations = custom_values, permissions = permissions, phone = text, role = text, type = text,
    },
    voice_ai_call_ended = {
      agentId = text, contactId = text, createdAt = text, duration = number,
      executedCallActions = {
        'list',
        of = {
          'object',
          fields = {
            _id = text, actionName = text, actionParameters = any, actionType = text, description = text,
            executedAt = text, triggerReceivedAt = text,
          },
        },
      },
      extractedData = trial, fromNumber = text, id = text, locationId = text, messageId = text, summary = text,
      transcript = text, translation = any, trialCall = flag,
    },
  },
}
