-- HighLevel: calendars.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local number = { 'number' }
local text = { 'string' }
local flag = { 'boolean' }
local hours = { 'list', of = { 'object' } }
local calendar_ids = { 'list', of = text }
local maybe_number = { 'number', optional = true }
local maybe_text = { 'string', optional = true }
local maybe_flag = { 'boolean', optional = true }
local maybe_additional_email_ids = { 'list', optional = true, of = text }
local availability_type = { 'number', optional = true, enum = { 0, 1 } }
local resource_type = { 'string', enum = { 'equipments', 'rooms' } }
local pre_buffer_unit = { 'string', optional = true, enum = { 'mins', 'hours' } }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }
local widget_type = { 'string', optional = true, enum = { 'default', 'classic' } }
local allow_booking_for_unit = { 'string', optional = true, enum = { 'days', 'weeks', 'months' } }
local guest_type = { 'string', optional = true, enum = { 'count_only', 'collect_detail' } }
local form_submit_type = { 'string', optional = true, enum = { 'RedirectURL', 'ThankYouMessage' } }
local allow_booking_after_unit = { 'string', optional = true, enum = { 'hours', 'days', 'weeks', 'months' } }
local look_busy_config = { 'object', fields = { LookBusyPercentage = number, enabled = flag } }
local after_time = { 'list', of = { 'object', fields = { timeOffset = number, unit = text } } }
local look_busy_config_2 = { 'object', optional = true, fields = { LookBusyPercentage = number, enabled = flag } }
local appointment_status = {
  'string', optional = true, enum = { 'new', 'confirmed', 'cancelled', 'showed', 'noshow', 'invalid' },
}
local meeting_location_type = {
  'string', optional = true, enum = { 'custom', 'zoom', 'gmeet', 'phone', 'address', 'ms_teams', 'google' },
}
local event_type = {
  'string', optional = true, enum = { 'RoundRobin_OptimizeForAvailability', 'RoundRobin_OptimizeForEqualDistribution' },
}
local maybe_after_time = {
  'list', optional = true, of = { 'object', fields = { timeOffset = maybe_number, unit = maybe_text } },
}
local recurring = {
  'object', fields = { bookingOption = text, bookingOverlapDefaultStatus = text, count = number, freq = text },
}
local hours_2 = {
  'list',
  of = { 'object', fields = { closeHour = number, closeMinute = number, openHour = number, openMinute = number } },
}
local group = {
  'object', fields = { description = text, id = text, isActive = flag, locationId = text, name = text, slug = text },
}
local note = {
  'object',
  fields = {
    body = text, contactId = text, createdBy = { 'object', fields = { id = text, name = text } }, dateAdded = text,
    id = text, userId = text,
  },
}
local maybe_location_configurations = {
  'list', optional = true,
  of = {
    'object',
    fields = {
      kind = {
        'string',
        enum = {
          'custom', 'zoom_conference', 'google_conference', 'inbound_call', 'outbound_call', 'physical', 'booker',
          'ms_teams_conference',
        },
      },
      location = maybe_text,
    },
  },
}
local maybe_open_hours = {
  'list', optional = true, of = { 'object', fields = { daysOfTheWeek = { 'list', of = number }, hours = hours_2 } },
}
local maybe_notifications = {
  'list', optional = true,
  of = {
    'object',
    fields = {
      selectedUsers = text, shouldSendToContact = flag, shouldSendToGuest = flag, shouldSendToSelectedUsers = flag,
      shouldSendToUser = flag, type = { 'string', optional = true, enum = { 'email' } },
    },
  },
}
local recurring_2 = {
  'object', optional = true,
  fields = {
    bookingOption = { 'string', optional = true, enum = { 'skip', 'continue', 'book_next' } },
    bookingOverlapDefaultStatus = { 'string', optional = true, enum = { 'confirmed', 'new' } }, count = maybe_number,
    freq = { 'string', optional = true, enum = { 'DAILY', 'WEEKLY', 'MONTHLY' } },
  },
}
local maybe_rules = {
  'list', optional = true,
  of = {
    'object',
    fields = {
      date = maybe_text,
      day = {
        'string', optional = true,
        enum = { 'sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday' },
      },
      intervals = { 'list', of = { 'object', fields = { from = text, to = text } } },
      type = { 'string', enum = { 'wday', 'date' } },
    },
  },
}
local schedule = {
  'object',
  fields = {
    calendarIds = calendar_ids, dateAdded = text, dateUpdated = text, deleted = flag, id = text, locationId = text,
    name = text,
    rules = { 'list', of = { 'object', fields = { date = text, day = text, intervals = hours, type = text } } },
    timezone = text, userId = text,
  },
}
local maybe_team_members = {
  'list', optional = true,
  of = {
    'object',
    fields = {
      isPrimary = maybe_flag, locationConfigurations = maybe_location_configurations, meetingLocation = maybe_text,
      meetingLocationType = {
        'string', optional = true, enum = { 'custom', 'zoom', 'gmeet', 'phone', 'address', 'teams', 'booker' },
      },
      priority = { 'number', optional = true, enum = { 0, 0.5, 1 } }, userId = text,
    },
  },
}
local event = {
  'object',
  fields = {
    address = text, appointmentStatus = text, assignedResources = calendar_ids, assignedUserId = text,
    calendarId = text, contactId = text, createdBy = { 'object', fields = { source = text, userId = text } },
    dateAdded = text, dateUpdated = text, description = text, endTime = text, groupId = text, id = text,
    isRecurring = flag, locationId = text, masterEventId = text, notes = text, rrule = text, startTime = text,
    title = text, users = calendar_ids,
  },
}
local events = { 'list', of = event }
local items = {
  'list',
  of = {
    'object',
    fields = {
      _id = text, additionalEmailIds = calendar_ids, additionalPhoneNumbers = calendar_ids,
      additionalWhatsappNumbers = calendar_ids, afterTime = after_time, beforeTime = after_time, body = text,
      channel = text, deleted = flag, isActive = flag, notificationType = text, receiverType = text,
      selectedUsers = calendar_ids, subject = text, templateId = text,
    },
  },
}
local calendar = {
  'object',
  fields = {
    alertEmail = text, allowBookingAfter = number, allowBookingAfterUnit = text, allowBookingFor = number,
    allowBookingForUnit = text, allowCancellation = flag, allowReschedule = flag, appoinmentPerDay = number,
    appoinmentPerSlot = number, autoConfirm = flag,
    availabilities = { 'list', of = { 'object', fields = { date = text, deleted = flag, hours = hours } } },
    availabilityType = number, calendarCoverImage = text, calendarType = text, consentLabel = text, description = text,
    enableRecurring = flag, eventColor = text, eventTitle = text, eventType = text, formId = text,
    formSubmitRedirectURL = text, formSubmitThanksMessage = text, formSubmitType = text, googleInvitationEmails = flag,
    groupId = text, guestType = text, id = text, isActive = flag, isLivePaymentMode = flag,
    locationConfigurations = { 'list', of = { 'object', fields = { kind = text, location = text, meetingId = text } } },
    locationId = text, lookBusyConfig = look_busy_config, meetingLocation = text, name = text, notes = text,
    notifications = {
      'list',
      of = {
        'object',
        fields = {
          selectedUsers = text, shouldSendToContact = flag, shouldSendToGuest = flag, shouldSendToSelectedUsers = flag,
          shouldSendToUser = flag, type = text,
        },
      },
    },
    openHours = { 'list', of = { 'object', fields = { daysOfTheWeek = { 'list', of = number }, hours = hours } } },
    pixelId = text, preBuffer = number, preBufferUnit = text, recurring = recurring,
    shouldAssignContactToTeamMember = flag, shouldSendAlertEmailsToAssignedMember = flag,
    shouldSkipAssigningContactForExisting = flag, slotBuffer = number, slotBufferUnit = text, slotDuration = number,
    slotDurationUnit = text, slotInterval = number, slotIntervalUnit = text, slug = text, stickyContact = flag,
    teamMembers = {
      'list',
      of = {
        'object',
        fields = {
          isPrimary = flag, locationConfigurations = hours, meetingLocation = text, meetingLocationType = text,
          priority = number, userId = text,
        },
      },
    },
    widgetSlug = text, widgetType = text,
  },
}

return {
  operations = {
    add_calendar_to_schedule = {
      method = 'PUT', path = '/calendars/schedules/{id}/associations/{calendarId}',
      summary = 'Put a calendar under a schedule', scopes = { 'calendars.write' }, success = 200,
      headers = { Version = '2021-04-15' }, input = { calendarId = text, id = text }, output = { success = flag },
    },
    create_appointment = {
      method = 'POST', path = '/calendars/events/appointments', summary = 'Create an appointment (calendars)',
      scopes = { 'calendars/events.write' }, success = 200, headers = { Version = '2021-04-15' },
      input = {
        address = maybe_text, appointmentStatus = appointment_status, assignedUserId = maybe_text, calendarId = text,
        contactId = text, description = maybe_text, endTime = maybe_text, ignoreDateRange = maybe_flag,
        ignoreFreeSlotValidation = maybe_flag, locationId = maybe_text_2, meetingLocationId = maybe_text,
        meetingLocationType = meeting_location_type, overrideLocationConfig = maybe_flag, rrule = maybe_text,
        startTime = text, title = maybe_text, toNotify = maybe_flag,
      },
      output = {
        address = text, appointmentStatus = text, assignedUserId = text, calendarId = text, contactId = text,
        endTime = text, id = text, isRecurring = flag, locationId = text, meetingLocationType = text, rrule = text,
        startTime = text, title = text,
      },
    },
    create_appointment_note = {
      method = 'POST', path = '/calendars/appointments/{appointmentId}/notes',
      summary = 'Create an appointment note (calendars)', scopes = { 'calendars/events.write' }, success = 201,
      headers = { Version = '2021-04-15' }, input = { appointmentId = text, body = text, userId = maybe_text },
      output = { note = note },
    },
    create_block_slot = {
      method = 'POST', path = '/calendars/events/block-slots', summary = 'Block a span of time',
      scopes = { 'calendars/events.write' }, success = 201, headers = { Version = '2021-04-15' },
      input = {
        assignedUserId = maybe_text, calendarId = text, endTime = maybe_text, locationId = maybe_text_2,
        startTime = maybe_text, title = maybe_text,
      },
      output = {
        assignedUserId = text, calendarId = text, endTime = text, id = text, locationId = text, startTime = text,
        title = text,
      },
    },
    create_calendar = {
      method = 'POST', path = '/calendars/', summary = 'Create a calendar', scopes = { 'calendars.write' },
      success = 200, headers = { Version = '2021-04-15' },
      input = {
        alertEmail = maybe_text, allowBookingAfter = maybe_number, allowBookingAfterUnit = allow_booking_after_unit,
        allowBookingFor = maybe_number, allowBookingForUnit = allow_booking_for_unit, allowCancellation = maybe_flag,
        allowReschedule = maybe_flag, appoinmentPerDay = maybe_number, appoinmentPerSlot = maybe_number,
        autoConfirm = maybe_flag,
        availabilities = {
          'list', optional = true, of = { 'object', fields = { date = text, deleted = maybe_flag, hours = hours_2 } },
        },
        availabilityType = availability_type, calendarCoverImage = maybe_text,
        calendarType = {
          'string', optional = true,
          enum = { 'round_robin', 'event', 'class_booking', 'collective', 'service_booking', 'personal' },
        },
        consentLabel = maybe_text, description = maybe_text, enableRecurring = maybe_flag, eventColor = maybe_text,
        eventTitle = maybe_text, eventType = event_type, formId = maybe_text, formSubmitRedirectURL = maybe_text,
        formSubmitThanksMessage = maybe_text, formSubmitType = form_submit_type, googleInvitationEmails = maybe_flag,
        groupId = maybe_text, guestType = guest_type, isActive = maybe_flag, isLivePaymentMode = maybe_flag,
        locationConfigurations = maybe_location_configurations, locationId = maybe_text_2,
        lookBusyConfig = look_busy_config_2, meetingLocation = maybe_text, name = text, notes = maybe_text,
        notifications = maybe_notifications, openHours = maybe_open_hours, pixelId = maybe_text,
        preBuffer = maybe_number, preBufferUnit = pre_buffer_unit, recurring = recurring_2,
        shouldAssignContactToTeamMember = maybe_flag, shouldSendAlertEmailsToAssignedMember = maybe_flag,
        shouldSkipAssigningContactForExisting = maybe_flag, slotBuffer = maybe_number, slotBufferUnit = pre_buffer_unit,
        slotDuration = maybe_number, slotDurationUnit = pre_buffer_unit, slotInterval = maybe_number,
        slotIntervalUnit = pre_buffer_unit, slug = maybe_text, stickyContact = maybe_flag,
        teamMembers = maybe_team_members, widgetSlug = maybe_text, widgetType = widget_type,
      },
      output = { calendar = calendar },
    },
    create_calendar_group = {
      method = 'POST', path = '/calendars/groups', summary = 'Create a calendar group',
      scopes = { 'calendars/groups.write' }, success = 201, headers = { Version = '2021-04-15' },
      input = { description = text, isActive = maybe_flag, locationId = maybe_text_2, name = text, slug = text },
      output = { group = group },
    },
    create_calendar_resource = {
      method = 'POST', path = '/calendars/resources/{resourceType}', summary = 'Create a calendar resource',
      scopes = { 'calendars/resources.write' }, success = 201, headers = { Version = '2021-04-15' },
      input = {
        calendarIds = calendar_ids, capacity = number, description = text, locationId = maybe_text_2, name = text,
        outOfService = number, quantity = number, resourceType = resource_type,
      },
      output = {
        calendarIds = calendar_ids, capacity = number, description = text, isActive = flag, locationId = text,
        name = text, outOfService = number, quantity = number, resourceType = text,
      },
    },
    create_event_notification = {
      method = 'POST', path = '/calendars/{calendarId}/notifications',
      summary = 'Create an event notification (calendars)', scopes = { 'calendars/events.write' }, success = 200,
      headers = { Version = '2021-04-15' }, body_as = 'body',
      input = {
        body = {
          'list',
          of = {
            'object',
            fields = {
              additionalEmailIds = maybe_additional_email_ids, additionalPhoneNumbers = maybe_additional_email_ids,
              afterTime = maybe_after_time, beforeTime = maybe_after_time, body = maybe_text,
              channel = { 'string', enum = { 'email', 'inApp', 'sms', 'whatsapp' } }, fromAddress = maybe_text,
              fromName = maybe_text, fromNumber = maybe_text, isActive = maybe_flag,
              notificationType = {
                'string', enum = { 'booked', 'confirmation', 'cancellation', 'reminder', 'followup', 'reschedule' },
              },
              receiverType = {
                'string', enum = { 'contact', 'guest', 'assignedUser', 'emails', 'phoneNumbers', 'business' },
              },
              selectedUsers = maybe_additional_email_ids, subject = maybe_text, templateId = maybe_text,
            },
          },
        },
        calendarId = text,
      },
      returns = items,
    },
    create_schedule = {
      method = 'POST', path = '/calendars/schedules', summary = 'Create a schedule (calendars)',
      scopes = { 'calendars.write' }, success = 201, headers = { Version = '2021-04-15' },
      input = {
        calendarIds = maybe_additional_email_ids, locationId = maybe_text_2, name = text, rules = maybe_rules,
        timezone = text, userId = text,
      },
      output = { schedule = schedule },
    },
    delete_appointment_note = {
      method = 'DELETE', path = '/calendars/appointments/{appointmentId}/notes/{noteId}',
      summary = 'Delete an appointment note (calendars)', scopes = { 'calendars/events.write' }, success = 200,
      headers = { Version = '2021-04-15' }, input = { appointmentId = text, noteId = text },
      output = { success = flag },
    },
    delete_calendar = {
      method = 'DELETE', path = '/calendars/{calendarId}', summary = 'Delete a calendar',
      scopes = { 'calendars.write' }, success = 200, headers = { Version = '2021-04-15' },
      input = { calendarId = text }, output = { success = flag },
    },
    delete_calendar_resource = {
      method = 'DELETE', path = '/calendars/resources/{resourceType}/{id}', summary = 'Delete a calendar resource',
      scopes = { 'calendars/resources.write' }, success = 200, headers = { Version = '2021-04-15' },
      input = { id = text, resourceType = resource_type }, output = { success = flag },
    },
    delete_event = {
      method = 'DELETE', path = '/calendars/events/{eventId}', summary = 'Delete an event of a calendar',
      scopes = { 'calendars/events.write' }, success = 201, headers = { Version = '2021-04-15' },
      input = { eventId = text }, output = { succeeded = flag },
    },
    delete_event_notification = {
      method = 'DELETE', path = '/calendars/{calendarId}/notifications/{notificationId}',
      summary = 'Delete an event notification (calendars)', scopes = { 'calendars/events.write' }, success = 200,
      headers = { Version = '2021-04-15' }, input = { calendarId = text, notificationId = text },
      output = { message = text },
    },
    delete_group = {
      method = 'DELETE', path = '/calendars/groups/{groupId}', summary = 'Delete a calendar group',
      scopes = { 'calendars/groups.write' }, success = 200, headers = { Version = '2021-04-15' },
      input = { groupId = text }, output = { success = flag },
    },
    delete_schedule = {
      method = 'DELETE', path = '/calendars/schedules/{id}', summary = 'Delete a schedule (calendars)',
      scopes = { 'calendars.write' }, success = 200, headers = { Version = '2021-04-15' }, input = { id = text },
      output = { success = flag },
    },
    disable_group = {
      method = 'PUT', path = '/calendars/groups/{groupId}/status', summary = 'Switch a calendar group on or off',
      scopes = { 'calendars/groups.write' }, success = 200, headers = { Version = '2021-04-15' },
      input = { groupId = text, isActive = flag }, output = { success = flag },
    },
    edit_appointment = {
      method = 'PUT', path = '/calendars/events/appointments/{eventId}', summary = 'Change an appointment (calendars)',
      scopes = { 'calendars/events.write' }, success = 200, headers = { Version = '2021-04-15' },
      input = {
        address = maybe_text, appointmentStatus = appointment_status, assignedUserId = maybe_text,
        calendarId = maybe_text, description = maybe_text, endTime = maybe_text, eventId = text,
        ignoreDateRange = maybe_flag, ignoreFreeSlotValidation = maybe_flag, meetingLocationId = maybe_text,
        meetingLocationType = meeting_location_type, overrideLocationConfig = maybe_flag, rrule = maybe_text,
        startTime = maybe_text, title = maybe_text, toNotify = maybe_flag,
      },
      output = {
        address = text, appointmentStatus = text, assignedUserId = text, calendarId = text, contactId = text,
        endTime = text, id = text, isRecurring = flag, locationId = text, meetingLocationType = text, rrule = text,
        startTime = text, title = text,
      },
    },
    edit_block_slot = {
      method = 'PUT', path = '/calendars/events/block-slots/{eventId}', summary = 'Change a blocked span of time',
      scopes = { 'calendars/events.write' }, success = 201, headers = { Version = '2021-04-15' },
      input = {
        assignedUserId = maybe_text, calendarId = text, endTime = maybe_text, eventId = text, locationId = maybe_text_2,
        startTime = maybe_text, title = maybe_text,
      },
      output = {
        assignedUserId = text, calendarId = text, endTime = text, id = text, locationId = text, startTime = text,
        title = text,
      },
    },
    edit_group = {
      method = 'PUT', path = '/calendars/groups/{groupId}', summary = 'Change a calendar group',
      scopes = { 'calendars/groups.write' }, success = 200, headers = { Version = '2021-04-15' },
      input = { description = text, groupId = text, name = text, slug = text }, output = { group = group },
    },
    fetch_calendar_resources = {
      method = 'GET', path = '/calendars/resources/{resourceType}', summary = 'List calendar resources',
      scopes = { 'calendars/resources.readonly' }, success = 200, headers = { Version = '2021-04-15' },
      query = { 'locationId', 'limit', 'skip' },
      input = { limit = number, locationId = maybe_text_2, resourceType = resource_type, skip = number },
      returns = {
        'list',
        of = {
          'object',
          fields = {
            calendarIds = calendar_ids, capacity = number, description = text, isActive = flag, locationId = text,
            name = text, outOfService = number, quantity = number, resourceType = text,
          },
        },
      },
    },
    find_event_notification = {
      method = 'GET', path = '/calendars/{calendarId}/notifications/{notificationId}',
      summary = 'Read one notification of a calendar', scopes = { 'calendars/events.readonly' }, success = 200,
      headers = { Version = '2021-04-15' }, input = { calendarId = text, notificationId = text },
      output = {
        _id = text, additionalEmailIds = calendar_ids, additionalPhoneNumbers = calendar_ids,
        additionalWhatsappNumbers = calendar_ids, afterTime = after_time, beforeTime = after_time, body = text,
        channel = text, deleted = flag, isActive = flag, notificationType = text, receiverType = text,
        selectedUsers = calendar_ids, subject = text, templateId = text,
      },
    },
    get_all_schedules = {
      method = 'GET', path = '/calendars/schedules/search', summary = 'List schedules of availability',
      scopes = { 'calendars.readonly' }, success = 200, headers = { Version = '2021-04-15' },
      query = { 'locationId', 'userId', 'calendarId', 'skip', 'limit' },
      input = {
        calendarId = maybe_text, limit = maybe_number, locationId = maybe_text_2, skip = maybe_number, userId = text,
      },
      output = {
        schedules = {
          'list',
          of = {
            'object',
            fields = {
              calendarIds = calendar_ids, dateAdded = text, dateUpdated = text, deleted = flag, id = text,
              locationId = text, name = text, rules = hours, timezone = text, userId = text,
            },
          },
        },
      },
    },
    get_appointment = {
      method = 'GET', path = '/calendars/events/appointments/{eventId}', summary = 'Read an appointment (calendars)',
      scopes = { 'calendars/events.readonly' }, success = 200, headers = { Version = '2021-04-15' },
      input = { eventId = text }, output = { event = event },
    },
    get_appointment_notes = {
      method = 'GET', path = '/calendars/appointments/{appointmentId}/notes',
      summary = 'List appointment notes (calendars)', scopes = { 'calendars/events.readonly' }, success = 200,
      headers = { Version = '2021-04-15' }, query = { 'limit', 'offset' },
      input = { appointmentId = text, limit = number, offset = number },
      output = { hasMore = flag, notes = { 'list', of = note } },
    },
    get_blocked_slots = {
      method = 'GET', path = '/calendars/blocked-slots', summary = 'List blocked spans of time',
      scopes = { 'calendars/events.readonly' }, success = 200, headers = { Version = '2021-04-15' },
      query = { 'locationId', 'userId', 'calendarId', 'groupId', 'startTime', 'endTime' },
      input = {
        calendarId = maybe_text, endTime = text, groupId = maybe_text, locationId = maybe_text_2, startTime = text,
        userId = maybe_text,
      },
      output = { events = events },
    },
    get_calendar = {
      method = 'GET', path = '/calendars/{calendarId}', summary = 'Read a calendar', scopes = { 'calendars.readonly' },
      success = 200, headers = { Version = '2021-04-15' }, input = { calendarId = text },
      output = { calendar = calendar },
    },
    get_calendar_events = {
      method = 'GET', path = '/calendars/events', summary = 'List the events of calendars',
      scopes = { 'calendars/events.readonly' }, success = 200, headers = { Version = '2021-04-15' },
      query = { 'locationId', 'userId', 'calendarId', 'groupId', 'startTime', 'endTime' },
      input = {
        calendarId = maybe_text, endTime = text, groupId = maybe_text, locationId = maybe_text_2, startTime = text,
        userId = maybe_text,
      },
      output = { events = events },
    },
    get_calendar_resource = {
      method = 'GET', path = '/calendars/resources/{resourceType}/{id}', summary = 'Read a calendar resource',
      scopes = { 'calendars/resources.readonly' }, success = 200, headers = { Version = '2021-04-15' },
      input = { id = text, resourceType = resource_type },
      output = {
        calendarIds = calendar_ids, capacity = number, description = text, isActive = flag, locationId = text,
        name = text, outOfService = number, quantity = number, resourceType = text,
      },
    },
    get_calendars = {
      method = 'GET', path = '/calendars/', summary = 'List calendars', scopes = { 'calendars.readonly' },
      success = 200, headers = { Version = '2021-04-15' }, query = { 'locationId', 'groupId', 'showDrafted' },
      input = { groupId = maybe_text, locationId = maybe_text_2, showDrafted = maybe_flag },
      output = {
        calendars = {
          'list',
          of = {
            'object',
            fields = {
              alertEmail = text, allowBookingAfter = number, allowBookingAfterUnit = text, allowBookingFor = number,
              allowBookingForUnit = text, allowCancellation = flag, allowReschedule = flag, appoinmentPerDay = number,
              appoinmentPerSlot = number, autoConfirm = flag, availabilities = hours, availabilityType = number,
              calendarCoverImage = text, calendarType = text, consentLabel = text, description = text,
              enableRecurring = flag, eventColor = text, eventTitle = text, eventType = text, formId = text,
              formSubmitRedirectURL = text, formSubmitThanksMessage = text, formSubmitType = text,
              googleInvitationEmails = flag, groupId = text, guestType = text, id = text, isActive = flag,
              isLivePaymentMode = flag, locationConfigurations = hours, locationId = text,
              lookBusyConfig = look_busy_config, meetingLocation = text, name = text, notes = text,
              notifications = hours, openHours = hours, pixelId = text, preBuffer = number, preBufferUnit = text,
              recurring = recurring, shouldAssignContactToTeamMember = flag,
              shouldSendAlertEmailsToAssignedMember = flag, shouldSkipAssigningContactForExisting = flag,
              slotBuffer = number, slotBufferUnit = text, slotDuration = number, slotDurationUnit = text,
              slotInterval = number, slotIntervalUnit = text, slug = text, stickyContact = flag, teamMembers = hours,
              widgetSlug = text, widgetType = text,
            },
          },
        },
      },
    },
    get_event_notification = {
      method = 'GET', path = '/calendars/{calendarId}/notifications', summary = 'List the notifications of a calendar',
      scopes = { 'calendars/events.readonly' }, success = 200, headers = { Version = '2021-04-15' },
      query = { 'isActive', 'deleted', 'limit', 'skip' },
      input = {
        calendarId = text, deleted = maybe_flag, isActive = maybe_flag, limit = maybe_number, skip = maybe_number,
      },
      returns = items,
    },
    get_groups = {
      method = 'GET', path = '/calendars/groups', summary = 'List calendar groups',
      scopes = { 'calendars/groups.readonly' }, success = 200, headers = { Version = '2021-04-15' },
      query = { 'locationId' }, input = { locationId = maybe_text_2 }, output = { groups = { 'list', of = group } },
    },
    get_schedule_by_id = {
      method = 'GET', path = '/calendars/schedules/{id}', summary = 'Read a schedule (calendars)',
      scopes = { 'calendars.readonly' }, success = 200, headers = { Version = '2021-04-15' }, input = { id = text },
      output = { schedule = schedule },
    },
    get_slots = {
      method = 'GET', path = '/calendars/{calendarId}/free-slots', summary = 'List the free slots of a calendar',
      scopes = { 'calendars.readonly' }, success = 200, headers = { Version = '2021-04-15' },
      query = { 'startDate', 'endDate', 'timezone', 'userId', 'userIds' },
      input = {
        calendarId = text, endDate = number, startDate = number, timezone = maybe_text, userId = maybe_text,
        userIds = maybe_additional_email_ids,
      },
    },
    remove_calendar_from_schedule = {
      method = 'DELETE', path = '/calendars/schedules/{id}/associations/{calendarId}',
      summary = 'Take a calendar from a schedule', scopes = { 'calendars.write' }, success = 200,
      headers = { Version = '2021-04-15' }, input = { calendarId = text, id = text }, output = { success = flag },
    },
    update_appointment_note = {
      method = 'PUT', path = '/calendars/appointments/{appointmentId}/notes/{noteId}',
      summary = 'Change an appointment note (calendars)', scopes = { 'calendars/events.write' }, success = 200,
      headers = { Version = '2021-04-15' },
      input = { appointmentId = text, body = text, noteId = text, userId = maybe_text }, output = { note = note },
    },
    update_calendar = {
      method = 'PUT', path = '/calendars/{calendarId}', summary = 'Change a calendar', scopes = { 'calendars.write' },
      success = 200, headers = { Version = '2021-04-15' },
      input = {
        alertEmail = maybe_text, allowBookingAfter = maybe_number, allowBookingAfterUnit = allow_booking_after_unit,
        allowBookingFor = maybe_number, allowBookingForUnit = allow_booking_for_unit, allowCancellation = maybe_flag,
        allowReschedule = maybe_flag, appoinmentPerDay = maybe_number, appoinmentPerSlot = maybe_number,
        autoConfirm = maybe_flag,
        availabilities = {
          'list', optional = true,
          of = { 'object', fields = { date = text, deleted = maybe_flag, hours = hours_2, id = maybe_text } },
        },
        availabilityType = availability_type, calendarCoverImage = maybe_text, calendarId = text,
        consentLabel = maybe_text, description = maybe_text, enableRecurring = maybe_flag, eventColor = maybe_text,
        eventTitle = maybe_text, eventType = event_type, formId = maybe_text, formSubmitRedirectURL = maybe_text,
        formSubmitThanksMessage = maybe_text, formSubmitType = form_submit_type, googleInvitationEmails = maybe_flag,
        groupId = maybe_text, guestType = guest_type, isActive = maybe_flag, isLivePaymentMode = maybe_flag,
        locationConfigurations = maybe_location_configurations, lookBusyConfig = look_busy_config_2,
        meetingLocation = maybe_text, name = maybe_text, notes = maybe_text, notifications = maybe_notifications,
        openHours = maybe_open_hours, pixelId = maybe_text, preBuffer = maybe_number, preBufferUnit = pre_buffer_unit,
        recurring = recurring_2, shouldAssignContactToTeamMember = maybe_flag,
        shouldSendAlertEmailsToAssignedMember = maybe_flag, shouldSkipAssigningContactForExisting = maybe_flag,
        slotBuffer = maybe_number, slotDuration = maybe_number, slotDurationUnit = pre_buffer_unit,
        slotInterval = maybe_number, slotIntervalUnit = pre_buffer_unit, slug = maybe_text, stickyContact = maybe_flag,
        teamMembers = maybe_team_members, widgetSlug = maybe_text, widgetType = widget_type,
      },
      output = { calendar = calendar },
    },
    update_calendar_resource = {
      method = 'PUT', path = '/calendars/resources/{resourceType}/{id}', summary = 'Change a calendar resource',
      scopes = { 'calendars/resources.write' }, success = 200, headers = { Version = '2021-04-15' },
      input = {
        calendarIds = maybe_additional_email_ids, capacity = maybe_number, description = maybe_text, id = text,
        isActive = maybe_flag, locationId = maybe_text, name = maybe_text, outOfService = maybe_number,
        quantity = maybe_number, resourceType = resource_type,
      },
      output = {
        capacity = number, description = text, isActive = flag, locationId = text, name = text, outOfService = number,
        quantity = number, resourceType = text,
      },
    },
    update_event_notification = {
      method = 'PUT', path = '/calendars/{calendarId}/notifications/{notificationId}',
      summary = 'Change an event notification (calendars)', scopes = { 'calendars/events.write' }, success = 200,
      headers = { Version = '2021-04-15' },
      input = {
        additionalEmailIds = maybe_additional_email_ids, additionalPhoneNumbers = maybe_additional_email_ids,
        afterTime = maybe_after_time, beforeTime = maybe_after_time, body = maybe_text, calendarId = text,
        channel = { 'string', optional = true, enum = { 'email', 'inApp', 'sms', 'whatsapp' } }, deleted = maybe_flag,
        fromAddress = maybe_text, fromName = maybe_text, fromNumber = maybe_text, isActive = maybe_flag,
        notificationId = text,
        notificationType = {
          'string', optional = true,
          enum = { 'booked', 'confirmation', 'cancellation', 'reminder', 'followup', 'reschedule' },
        },
        receiverType = {
          'string', optional = true,
          enum = { 'contact', 'guest', 'assignedUser', 'emails', 'phoneNumbers', 'business' },
        },
        selectedUsers = maybe_additional_email_ids, subject = maybe_text, templateId = maybe_text,
      },
      output = { message = text },
    },
    update_schedule = {
      method = 'PUT', path = '/calendars/schedules/{id}', summary = 'Change a schedule (calendars)',
      scopes = { 'calendars.write' }, success = 200, headers = { Version = '2021-04-15' },
      input = { id = text, name = maybe_text, rules = maybe_rules, timezone = maybe_text },
      output = { schedule = schedule },
    },
    validate_groups_slug = {
      method = 'POST', path = '/calendars/groups/validate-slug',
      summary = 'Check whether the address of a calendar group is free', scopes = { 'calendars/groups.write' },
      success = 200, headers = { Version = '2021-04-15' }, input = { locationId = maybe_text_2, slug = text },
      output = { available = flag },
    },
  },
}
