-- HighLevel: contacts.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local number = { 'number' }
local text = { 'string' }
local flag = { 'boolean' }
local maybe_filters = { 'list', optional = true }
local followers = { 'list', of = text }
local maybe_number = { 'number', optional = true }
local text_2 = { 'string', nullable = true }
local maybe_text = { 'string', optional = true }
local maybe_flag = { 'boolean', optional = true }
local maybe_tags = { 'list', optional = true, of = text }
local maybe_text_2 = { 'string', optional = true, nullable = true }
local maybe_text_3 = { 'string', optional = true, from_connection = 'location' }
local custom_fields = { 'list', of = { 'object', fields = { id = text, value = text } } }
local call = { 'object', fields = { code = text, message = text, status = text } }
local maybe_custom_fields = {
  'list', optional = true,
  of = { 'object', fields = { field_value = { 'any', optional = true }, id = maybe_text, key = maybe_text } },
}
local inbound_dnd_settings = {
  'object', optional = true,
  fields = {
    all = {
      'object', optional = true,
      fields = { message = maybe_text, status = { 'string', enum = { 'active', 'inactive' } } },
    },
  },
}
local call_2 = {
  'object', optional = true,
  fields = {
    code = maybe_text, message = maybe_text, status = { 'string', enum = { 'active', 'inactive', 'permanent' } },
  },
}
local task = {
  'object',
  fields = {
    assignedTo = text, body = text, completed = flag, contactId = text, dueDate = text, id = text, title = text,
  },
}
local note = {
  'object',
  fields = {
    body = text, color = text, contactId = text, dateAdded = text, id = text, pinned = flag, title = text,
    userId = text,
  },
}
local contacts = {
  'list',
  of = {
    'object',
    fields = {
      attributions = { 'list', of = { 'object' } }, businessId = text, country = text,
      customFields = { 'list', of = { 'object' } }, dateAdded = text, email = text, followers = followers, id = text,
      locationId = text, source = text, tags = followers, timezone = text,
    },
  },
}
local dnd_settings = {
  'object', fields = { Call = call, Email = call, FB = call, GMB = call, SMS = call, WhatsApp = call },
}
local attribution_source = {
  'object',
  fields = {
    campaign = text_2, campaignId = text_2, dclid = text_2, fbEventId = text_2, fbc = text_2, fbclid = text_2,
    fbp = text_2, gclid = text_2, ip = text_2, medium = text_2, mediumId = text_2, msclikid = text_2, referrer = text_2,
    url = text, userAgent = text_2, utmContent = text_2, utmMedium = text_2, utmSource = text_2,
  },
}
local dnd_settings_2 = {
  'object', optional = true,
  fields = { Call = call_2, Email = call_2, FB = call_2, GMB = call_2, SMS = call_2, WhatsApp = call_2 },
}
local contact = {
  'object',
  fields = {
    address1 = text, assignedTo = text, attachments = text, attributionSource = attribution_source, businessId = text,
    city = text, companyName = text, country = text, customFields = custom_fields, dateAdded = text, dateOfBirth = text,
    dateUpdated = text, dnd = flag, dndSettings = dnd_settings, email = text, emailLowerCase = text, firstName = text,
    firstNameLowerCase = text, fullNameLowerCase = text, id = text, keyword = text, lastActivity = text,
    lastAttributionSource = attribution_source, lastName = text, lastNameLowerCase = text, locationId = text,
    name = text, phone = text, postalCode = text, source = text, ssn = text, state = text, tags = followers,
    timezone = text, type = text, visitorId = text, website = text,
  },
}

return {
  operations = {
    add_contact_to_campaign = {
      method = 'POST', path = '/contacts/{contactId}/campaigns/{campaignId}', summary = 'Put a contact into a campaign',
      scopes = { 'contacts.write' }, success = 201, core = true, input = { campaignId = text, contactId = text },
      output = { succeded = flag },
    },
    add_contact_to_workflow = {
      method = 'POST', path = '/contacts/{contactId}/workflow/{workflowId}', summary = 'Put a contact into a workflow',
      scopes = { 'contacts.write' }, success = 200, core = true,
      input = { contactId = text, eventStartTime = maybe_text, workflowId = text }, output = { succeded = flag },
    },
    add_followers_contact = {
      method = 'POST', path = '/contacts/{contactId}/followers', summary = 'Add followers to a contact',
      scopes = { 'contacts.write' }, success = 201, core = true, input = { contactId = text, followers = followers },
      output = { followers = followers, followersAdded = followers },
    },
    add_remove_contact_from_business = {
      method = 'POST', path = '/contacts/bulk/business',
      summary = 'Put many contacts into a business, or take them out', scopes = { 'contacts.write' }, success = 200,
      core = true, input = { businessId = text_2, ids = followers, locationId = maybe_text_3 },
      output = { ids = followers, success = flag },
    },
    add_tags = {
      method = 'POST', path = '/contacts/{contactId}/tags', summary = 'Add tags to a contact',
      scopes = { 'contacts.write' }, success = 201, core = true, input = { contactId = text, tags = followers },
      output = { tags = followers },
    },
    create_association = {
      method = 'POST', path = '/contacts/bulk/tags/update/{type}',
      summary = 'Add tags to, or remove them from, many contacts', scopes = { 'contacts.write' }, success = 201,
      core = true,
      input = {
        contacts = followers, locationId = maybe_text_3, removeAllTags = maybe_flag, tags = followers,
        type = { 'string', enum = { 'add', 'remove' } },
      },
      output = { errorCount = number, responses = followers, succeded = flag },
    },
    create_contact = {
      method = 'POST', path = '/contacts/', summary = 'Create a contact', scopes = { 'contacts.write' }, success = 201,
      core = true,
      input = {
        address1 = maybe_text_2, assignedTo = maybe_text, city = maybe_text_2, companyName = maybe_text_2,
        country = maybe_text, customFields = maybe_custom_fields, dateOfBirth = maybe_text_2, dnd = maybe_flag,
        dndSettings = dnd_settings_2, email = maybe_text_2, firstName = maybe_text_2, gender = maybe_text,
        inboundDndSettings = inbound_dnd_settings, lastName = maybe_text_2, locationId = maybe_text_3,
        name = maybe_text_2, phone = maybe_text_2, postalCode = maybe_text, source = maybe_text, state = maybe_text_2,
        tags = maybe_tags, timezone = maybe_text_2, website = maybe_text_2,
      },
      output = {
        contact = {
          'object',
          fields = {
            address1 = text, assignedTo = text, birthDay = number, birthMonth = number, bounceEmail = flag,
            businessId = text, city = text, companyName = text, country = text, customFields = custom_fields,
            dateAdded = text, dateOfBirth = text, dateUpdated = text, deleted = flag, dnd = flag,
            dndSettings = dnd_settings, email = text, emailLowerCase = text, firstName = text,
            firstNameLowerCase = text, fullNameLowerCase = text, id = text, lastName = text, lastNameLowerCase = text,
            lastSessionActivityAt = text, locationId = text, offers = followers, phone = text, postalCode = text,
            products = followers, source = text, state = text, tags = followers, type = text, unsubscribeEmail = flag,
            website = text,
          },
        },
      },
    },
    create_note = {
      method = 'POST', path = '/contacts/{contactId}/notes', summary = 'Write a note on a contact',
      scopes = { 'contacts.write' }, success = 201, core = true,
      input = {
        body = text, color = maybe_text, contactId = text, pinned = maybe_flag, title = maybe_text, userId = maybe_text,
      },
      output = { note = note },
    },
    create_task = {
      method = 'POST', path = '/contacts/{contactId}/tasks', summary = 'Create a task on a contact',
      scopes = { 'contacts.write' }, success = 201, core = true,
      input = {
        assignedTo = maybe_text, body = maybe_text, completed = flag, contactId = text, dueDate = text, title = text,
      },
      output = { task = task },
    },
    delete_contact = {
      method = 'DELETE', path = '/contacts/{contactId}', summary = 'Delete a contact', scopes = { 'contacts.write' },
      success = 200, core = true, input = { contactId = text }, output = { succeded = flag },
    },
    delete_contact_from_workflow = {
      method = 'DELETE', path = '/contacts/{contactId}/workflow/{workflowId}',
      summary = 'Take a contact out of a workflow', scopes = { 'contacts.write' }, success = 200, core = true,
      body = { 'eventStartTime' }, input = { contactId = text, eventStartTime = maybe_text, workflowId = text },
      output = { succeded = flag },
    },
    delete_note = {
      method = 'DELETE', path = '/contacts/{contactId}/notes/{id}', summary = 'Delete a note of a contact',
      scopes = { 'contacts.write' }, success = 200, core = true, input = { contactId = text, id = text },
      output = { succeded = flag },
    },
    delete_task = {
      method = 'DELETE', path = '/contacts/{contactId}/tasks/{taskId}', summary = 'Delete a task of a contact',
      scopes = { 'contacts.write' }, success = 200, core = true, input = { contactId = text, taskId = text },
      output = { succeded = flag },
    },
    get_all_notes = {
      method = 'GET', path = '/contacts/{contactId}/notes', summary = 'List the notes of a contact',
      scopes = { 'contacts.readonly' }, success = 200, core = true, input = { contactId = text },
      output = { notes = { 'list', of = note } },
    },
    get_all_tasks = {
      method = 'GET', path = '/contacts/{contactId}/tasks', summary = 'List the tasks of a contact',
      scopes = { 'contacts.readonly' }, success = 200, core = true, input = { contactId = text },
      output = { tasks = { 'list', of = task } },
    },
    get_appointments_for_contact = {
      method = 'GET', path = '/contacts/{contactId}/appointments', summary = 'List the appointments of a contact',
      scopes = { 'contacts.readonly' }, success = 200, core = true, input = { contactId = text },
      output = {
        events = {
          'list',
          of = {
            'object',
            fields = {
              address = text, appointmentStatus = text, assignedResources = followers, assignedUserId = text,
              calendarId = text, contactId = text, dateAdded = text, dateUpdated = text, endTime = text, groupId = text,
              id = text, locationId = text, notes = text, startTime = text, status = text, title = text,
              users = followers,
            },
          },
        },
      },
    },
    get_contact = {
      method = 'GET', path = '/contacts/{contactId}', summary = 'Read a contact', scopes = { 'contacts.readonly' },
      success = 200, core = true, input = { contactId = text }, output = { contact = contact },
    },
    get_contacts = {
      method = 'GET', path = '/contacts/', summary = 'List contacts', scopes = { 'contacts.readonly' }, success = 200,
      deprecated = 'the vendor plans to remove it', core = true,
      query = { 'locationId', 'startAfterId', 'startAfter', 'query', 'limit' },
      input = {
        limit = maybe_number, locationId = maybe_text_3, query = maybe_text, startAfter = maybe_number,
        startAfterId = maybe_text,
      },
      output = { contacts = contacts, count = number },
    },
    get_contacts_by_business_id = {
      method = 'GET', path = '/contacts/business/{businessId}', summary = 'List the contacts of a business',
      scopes = { 'contacts.readonly' }, success = 200, core = true, query = { 'limit', 'locationId', 'skip', 'query' },
      input = {
        businessId = text, limit = maybe_text, locationId = maybe_text_3, query = maybe_text, skip = maybe_text,
      },
      output = { contacts = contacts, count = number },
    },
    get_duplicate_contact = {
      method = 'GET', path = '/contacts/search/duplicate',
      summary = 'Find the contact that has an e-mail address or a phone number', scopes = { 'contacts.readonly' },
      success = 200, core = true, query = { 'locationId', 'number', 'email' },
      input = { email = maybe_text, locationId = maybe_text_3, number = maybe_text },
    },
    get_note = {
      method = 'GET', path = '/contacts/{contactId}/notes/{id}', summary = 'Read one note of a contact',
      scopes = { 'contacts.readonly' }, success = 200, core = true, input = { contactId = text, id = text },
      output = { note = note },
    },
    get_task = {
      method = 'GET', path = '/contacts/{contactId}/tasks/{taskId}', summary = 'Read one task of a contact',
      scopes = { 'contacts.readonly' }, success = 200, core = true, input = { contactId = text, taskId = text },
      output = { task = task },
    },
    remove_contact_from_campaign = {
      method = 'DELETE', path = '/contacts/{contactId}/campaigns/{campaignId}',
      summary = 'Take a contact out of a campaign', scopes = { 'contacts.write' }, success = 200, core = true,
      input = { campaignId = text, contactId = text }, output = { succeded = flag },
    },
    remove_contact_from_every_campaign = {
      method = 'DELETE', path = '/contacts/{contactId}/campaigns/removeAll',
      summary = 'Take a contact out of every campaign', scopes = { 'contacts.write' }, success = 200, core = true,
      input = { contactId = text }, output = { succeded = flag },
    },
    remove_followers_contact = {
      method = 'DELETE', path = '/contacts/{contactId}/followers', summary = 'Remove followers from a contact',
      scopes = { 'contacts.write' }, success = 200, core = true, body = { 'followers' },
      input = { contactId = text, followers = followers },
      output = { followers = followers, followersRemoved = followers },
    },
    remove_tags = {
      method = 'DELETE', path = '/contacts/{contactId}/tags', summary = 'Remove tags from a contact',
      scopes = { 'contacts.write' }, success = 200, core = true, body = { 'tags' },
      input = { contactId = text, tags = followers }, output = { tags = followers },
    },
    search_contacts_advanced = {
      method = 'POST', path = '/contacts/search', summary = 'Search contacts by filters, page by page',
      scopes = { 'contacts.readonly' }, success = 200, core = true,
      input = {
        filters = maybe_filters, locationId = maybe_text_3, page = maybe_number,
        pageLimit = { 'number', default = 100 }, query = maybe_text, searchAfter = maybe_filters, sort = maybe_filters,
      },
    },
    update_contact = {
      method = 'PUT', path = '/contacts/{contactId}', summary = 'Change a contact', scopes = { 'contacts.write' },
      success = 200, core = true,
      input = {
        address1 = maybe_text_2, assignedTo = maybe_text_2, city = maybe_text_2, contactId = text, country = maybe_text,
        customFields = maybe_custom_fields, dateOfBirth = maybe_text_2, dnd = maybe_flag, dndSettings = dnd_settings_2,
        email = maybe_text_2, firstName = maybe_text_2, inboundDndSettings = inbound_dnd_settings,
        lastName = maybe_text_2, name = maybe_text_2, phone = maybe_text_2, postalCode = maybe_text,
        source = maybe_text_2, state = maybe_text_2, tags = maybe_tags, timezone = maybe_text_2, website = maybe_text_2,
      },
      output = { contact = contact, succeded = flag },
    },
    update_note = {
      method = 'PUT', path = '/contacts/{contactId}/notes/{id}', summary = 'Edit a note of a contact',
      scopes = { 'contacts.write' }, success = 200, core = true,
      input = {
        body = maybe_text, color = maybe_text, contactId = text, id = text, pinned = maybe_flag, title = maybe_text,
        userId = maybe_text,
      },
      output = { note = note },
    },
    update_task = {
      method = 'PUT', path = '/contacts/{contactId}/tasks/{taskId}', summary = 'Change fields of a task of a contact',
      scopes = { 'contacts.write' }, success = 200, core = true,
      input = {
        assignedTo = maybe_text, body = maybe_text, completed = maybe_flag, contactId = text, dueDate = maybe_text,
        taskId = text, title = maybe_text,
      },
      output = { task = task },
    },
    update_task_completed = {
      method = 'PUT', path = '/contacts/{contactId}/tasks/{taskId}/completed', summary = 'Mark a task as done or open',
      scopes = { 'contacts.write' }, success = 200, core = true,
      input = { completed = flag, contactId = text, taskId = text }, output = { task = task },
    },
    upsert_contact = {
      method = 'POST', path = '/contacts/upsert',
      summary = 'Create a contact, or update the one with that e-mail or phone', scopes = { 'contacts.write' },
      success = 200, core = true,
      input = {
        address1 = maybe_text_2, assignedTo = maybe_text, city = maybe_text_2, companyName = maybe_text_2,
        country = maybe_text, createNewIfDuplicateAllowed = maybe_flag, customFields = maybe_custom_fields,
        dateOfBirth = maybe_text_2, dnd = maybe_flag, dndSettings = dnd_settings_2, email = maybe_text_2,
        firstName = maybe_text_2, gender = maybe_text, inboundDndSettings = inbound_dnd_settings,
        lastName = maybe_text_2, locationId = maybe_text_3, name = maybe_text_2, phone = maybe_text_2,
        postalCode = maybe_text, source = maybe_text, state = maybe_text_2, tags = maybe_tags, timezone = maybe_text_2,
        website = maybe_text_2,
      },
      output = { contact = contact, new = flag, traceId = text },
    },
  },
}
