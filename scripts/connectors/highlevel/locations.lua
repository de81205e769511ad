-- HighLevel: locations.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local number = { 'number' }
local text = { 'string' }
local flag = { 'boolean' }
local url_attachments = { 'list', of = text }
local maybe_number = { 'number', optional = true }
local maybe_text = { 'string', optional = true }
local maybe_flag = { 'boolean', optional = true }
local maybe_contact_ids = { 'list', optional = true, of = text }
local maybe_text_2 = { 'string', optional = true, from_connection = 'agency' }
local maybe_text_3 = { 'string', optional = true, from_connection = 'location' }
local model = { 'string', optional = true, enum = { 'contact', 'opportunity' } }
local interval_type = { 'string', enum = { 'yearly', 'monthly', 'weekly', 'daily', 'hourly' } }
local day_of_week = { 'string', optional = true, enum = { 'MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU' } }
local mailgun = { 'object', optional = true, fields = { apiKey = text, domain = text } }
local twilio = { 'object', optional = true, fields = { authToken = text, sid = text } }
local tag = { 'object', fields = { id = text, locationId = text, name = text } }
local prospect_info = { 'object', optional = true, fields = { email = text, firstName = text, lastName = text } }
local custom_value = {
  'object', fields = { fieldKey = text, id = text, locationId = text, name = text, value = text },
}
local maybe_text_box_list_options = {
  'list', optional = true, of = { 'object', fields = { label = maybe_text, prefillValue = maybe_text } },
}
local settings = {
  'object',
  fields = {
    allowDuplicateContact = flag, allowDuplicateOpportunity = flag, allowFacebookNameMerge = flag,
    disableContactTimezone = flag,
  },
}
local settings_2 = {
  'object', optional = true,
  fields = {
    allowDuplicateContact = maybe_flag, allowDuplicateOpportunity = maybe_flag, allowFacebookNameMerge = maybe_flag,
    disableContactTimezone = maybe_flag,
  },
}
local social = {
  'object',
  fields = {
    blogRss = text, facebookUrl = text, foursquare = text, googlePlacesId = text, googlePlus = text, instagram = text,
    linkedIn = text, pinterest = text, twitter = text, yelp = text, youtube = text,
  },
}
local custom_field = {
  'object',
  fields = {
    dataType = text, fieldKey = text, id = text, isAllowedCustomOption = flag, isMultiFileAllowed = flag,
    locationId = text, maxFileLimit = number, model = text, name = text, picklistImageOptions = url_attachments,
    picklistOptions = url_attachments, placeholder = text, position = number,
  },
}
local social_2 = {
  'object', optional = true,
  fields = {
    blogRss = maybe_text, facebookUrl = maybe_text, foursquare = maybe_text, googlePlacesId = maybe_text,
    googlePlus = maybe_text, instagram = maybe_text, linkedIn = maybe_text, pinterest = maybe_text,
    twitter = maybe_text, yelp = maybe_text, youtube = maybe_text,
  },
}
local recurring_task = {
  'object',
  fields = {
    assignedTo = text, contactId = text, createdAt = text, deleted = flag, description = text, id = text,
    locationId = text,
    rruleOptions = {
      'object',
      fields = {
        count = number, createTaskIfOverDue = flag, dayOfMonth = number, dayOfWeek = text, dueAfterSeconds = number,
        endDate = text, interval = number, intervalType = text, monthOfYear = number, startDate = text,
      },
    },
    title = text, totalOccurrence = number, updatedAt = text,
  },
}
local country = {
  'string', optional = true,
  enum = {
    'AF', 'AX', 'AL', 'DZ', 'AS', 'AD', 'AO', 'AI', 'AQ', 'AG', 'AR', 'AM', 'AW', 'AU', 'AT', 'AZ', 'BS', 'BH', 'BD',
    'BB', 'BY', 'BE', 'BZ', 'BJ', 'BM', 'BT', 'BO', 'BA', 'BW', 'BV', 'BR', 'IO', 'BN', 'BG', 'BF', 'BI', 'KH', 'CM',
    'CA', 'CV', 'KY', 'CF', 'TD', 'CL', 'CN', 'CX', 'CC', 'CO', 'KM', 'CG', 'CD', 'CK', 'CR', 'CI', 'HR', 'CU', 'CY',
    'CZ', 'DK', 'DJ', 'DM', 'DO', 'EC', 'EG', 'SV', 'GQ', 'ER', 'EE', 'ET', 'FK', 'FO', 'FJ', 'FI', 'FR', 'GF', 'PF',
    'TF', 'GA', 'GM', 'GE', 'DE', 'GH', 'GI', 'GR', 'GL', 'GD', 'GP', 'GU', 'GT', 'GG', 'GN', 'GW', 'GY', 'HT', 'HM',
    'VA', 'HN', 'HK', 'HU', 'IS', 'IN', 'ID', 'IR', 'IQ', 'IE', 'IM', 'IL', 'IT', 'JM', 'JP', 'JE', 'JO', 'KZ', 'KE',
    'KI', 'KP', 'KR', 'XK', 'KW', 'KG', 'LA', 'LV', 'LB', 'LS', 'LR', 'LY', 'LI', 'LT', 'LU', 'MO', 'MK', 'MG', 'MW',
    'MY', 'MV', 'ML', 'MT', 'MH', 'MQ', 'MR', 'MU', 'YT', 'MX', 'FM', 'MD', 'MC', 'MN', 'ME', 'MS', 'MA', 'MZ', 'MM',
    'NA', 'NR', 'NP', 'NL', 'AN', 'NC', 'NZ', 'NI', 'NE', 'NG', 'NU', 'NF', 'MP', 'NO', 'OM', 'PK', 'PW', 'PS', 'PA',
    'PG', 'PY', 'PE', 'PH', 'PN', 'PL', 'PT', 'PR', 'QA', 'RE', 'RO', 'RU', 'RW', 'SH', 'KN', 'LC', 'MF', 'PM', 'VC',
    'WS', 'SM', 'ST', 'SA', 'SN', 'RS', 'SC', 'SL', 'SG', 'SX', 'SK', 'SI', 'SB', 'SO', 'ZA', 'GS', 'ES', 'LK', 'SD',
    'SR', 'SJ', 'SZ', 'SE', 'CH', 'SY', 'TW', 'TJ', 'TZ', 'TH', 'TL', 'TG', 'TK', 'TO', 'TT', 'TN', 'TR', 'TM', 'TC',
    'TV', 'UG', 'GB', 'UA', 'AE', 'US', 'UM', 'UY', 'UZ', 'VU', 'VE', 'VN', 'VG', 'VI', 'WF', 'EH', 'YE', 'ZM', 'ZW',
  },
}

return {
  operations = {
    create_custom_value = {
      method = 'POST', path = '/locations/{locationId}/customValues', summary = 'Create a custom value (locations)',
      scopes = { 'locations/customValues.write' }, success = 201,
      input = { locationId = maybe_text_3, name = text, value = text }, output = { customValue = custom_value },
    },
    create_location = {
      method = 'POST', path = '/locations/', summary = 'Create a location (sub-account)',
      scopes = { 'locations.write' }, access = 'parent', success = 200,
      input = {
        address = maybe_text, city = maybe_text, companyId = maybe_text_2, country = country, mailgun = mailgun,
        name = text, phone = maybe_text, postalCode = maybe_text, prospectInfo = prospect_info, settings = settings_2,
        snapshotId = maybe_text, social = social_2, state = maybe_text, timezone = maybe_text, twilio = twilio,
        website = maybe_text,
      },
      output = {
        address = text, city = text, companyId = text, country = text, domain = text, email = text, id = text,
        name = text, phone = text, postalCode = text, settings = settings, social = social, state = text,
        timezone = text, website = text,
      },
    },
    create_recurring_task = {
      method = 'POST', path = '/locations/{locationId}/recurring-tasks',
      summary = 'Create a recurring task (locations)', success = 201,
      input = {
        contactIds = maybe_contact_ids, description = maybe_text, ignoreTaskCreation = maybe_flag,
        locationId = maybe_text_3, owners = maybe_contact_ids,
        rruleOptions = {
          'object',
          fields = {
            count = maybe_number, createTaskIfOverDue = maybe_flag, dayOfMonth = maybe_number, dayOfWeek = day_of_week,
            dueAfterSeconds = number, endDate = maybe_text, interval = number, intervalType = interval_type,
            monthOfYear = maybe_number, startDate = text,
          },
        },
        title = text,
      },
      output = { recurringTask = recurring_task },
    },
    create_tag = {
      method = 'POST', path = '/locations/{locationId}/tags', summary = 'Create a tag (locations)',
      scopes = { 'locations/tags.write' }, success = 200, input = { locationId = maybe_text_3, name = text },
      output = { tag = tag },
    },
    delete_an_email_sms_template = {
      method = 'DELETE', path = '/locations/{locationId}/templates/{id}', summary = 'Delete an e-mail or SMS template',
      success = 200, input = { id = text, locationId = maybe_text_3 },
    },
    delete_custom_value = {
      method = 'DELETE', path = '/locations/{locationId}/customValues/{id}',
      summary = 'Delete a custom value (locations)', success = 200, input = { id = text, locationId = maybe_text_3 },
      output = { succeded = flag },
    },
    delete_location = {
      method = 'DELETE', path = '/locations/{locationId}', summary = 'Delete a location (sub-account)',
      scopes = { 'locations.internal-access-only' }, access = 'parent', success = 200,
      query = { 'deleteTwilioAccount' }, input = { deleteTwilioAccount = flag, locationId = text },
      output = { message = text, success = flag },
    },
    delete_recurring_task = {
      method = 'DELETE', path = '/locations/{locationId}/recurring-tasks/{id}',
      summary = 'Delete a recurring task (locations)', success = 200, input = { id = text, locationId = maybe_text_3 },
      output = { id = text, success = flag },
    },
    delete_tag = {
      method = 'DELETE', path = '/locations/{locationId}/tags/{tagId}', summary = 'Delete a tag (locations)',
      success = 200, input = { locationId = maybe_text_3, tagId = text }, output = { succeded = flag },
    },
    get_all_or_email_sms_templates = {
      method = 'GET', path = '/locations/{locationId}/templates', summary = 'List e-mail and SMS templates',
      scopes = { 'locations/templates.readonly' }, success = 200,
      query = { 'deleted', 'skip', 'limit', 'type', 'originId' },
      input = {
        deleted = maybe_flag, limit = maybe_text, locationId = maybe_text_3, originId = text, skip = maybe_text,
        type = { 'string', optional = true, enum = { 'sms', 'email', 'whatsapp' } },
      },
      output = {
        templates = {
          'list',
          of = {
            'object',
            fields = {
              dateAdded = text, id = text, locationId = text, name = text, template = { 'any' }, type = text,
              urlAttachments = url_attachments,
            },
          },
        },
        totalCount = number,
      },
    },
    get_custom_field = {
      method = 'GET', path = '/locations/{locationId}/customFields/{id}', summary = 'Read a custom field (locations)',
      success = 200, input = { id = text, locationId = maybe_text_3 }, output = { customField = custom_field },
    },
    get_custom_fields = {
      method = 'GET', path = '/locations/{locationId}/customFields', summary = 'List custom fields (locations)',
      scopes = { 'locations/customFields.readonly' }, success = 200, core = true, query = { 'model' },
      input = {
        locationId = maybe_text_3, model = { 'string', optional = true, enum = { 'contact', 'opportunity', 'all' } },
      },
      output = { customFields = { 'list', of = custom_field } },
    },
    get_custom_value = {
      method = 'GET', path = '/locations/{locationId}/customValues/{id}', summary = 'Read a custom value (locations)',
      success = 200, input = { id = text, locationId = maybe_text_3 }, output = { customValue = custom_value },
    },
    get_custom_values = {
      method = 'GET', path = '/locations/{locationId}/customValues', summary = 'List custom values (locations)',
      scopes = { 'locations/customValues.readonly' }, success = 200, input = { locationId = maybe_text_3 },
      output = { customValues = { 'list', of = custom_value } },
    },
    get_location = {
      method = 'GET', path = '/locations/{locationId}', summary = 'Read a location', scopes = { 'locations.readonly' },
      access = 'any', success = 200, input = { locationId = maybe_text_3 },
      output = {
        location = {
          'object',
          fields = {
            address = text,
            business = {
              'object',
              fields = {
                address = text, city = text, country = text, logoUrl = text, name = text, postalCode = text,
                state = text, timezone = text, website = text,
              },
            },
            city = text, companyId = text, country = text, domain = text, email = text, firstName = text, id = text,
            lastName = text, logoUrl = text, name = text, phone = text, postalCode = text, reseller = { 'object' },
            settings = settings, social = social, state = text, timezone = text, website = text,
          },
        },
      },
    },
    get_location_tags = {
      method = 'GET', path = '/locations/{locationId}/tags', summary = 'List location tags',
      scopes = { 'locations/tags.readonly' }, success = 200, input = { locationId = maybe_text_3 },
      output = { tags = { 'list', of = tag } },
    },
    get_recurring_task_by_id = {
      method = 'GET', path = '/locations/{locationId}/recurring-tasks/{id}',
      summary = 'Read a recurring task (locations)', success = 200, input = { id = text, locationId = maybe_text_3 },
      output = { recurringTask = recurring_task },
    },
    get_tag_by_id = {
      method = 'GET', path = '/locations/{locationId}/tags/{tagId}', summary = 'Read a tag (locations)', success = 200,
      input = { locationId = maybe_text_3, tagId = text }, output = { tag = tag },
    },
    get_timezones = {
      method = 'GET', path = '/locations/{locationId}/timezones',
      summary = 'List the time zones that a location can have', scopes = { 'locations.readonly' }, success = 200,
      input = { locationId = maybe_text_3 },
    },
    locations_create_custom_field = {
      method = 'POST', path = '/locations/{locationId}/customFields', summary = 'Create a custom field (locations)',
      scopes = { 'locations/customFields.write' }, success = 201,
      input = {
        acceptedFormat = maybe_contact_ids, dataType = text, isMultipleFile = maybe_flag, locationId = maybe_text_3,
        maxNumberOfFiles = maybe_number, model = model, name = text, placeholder = maybe_text, position = maybe_number,
        textBoxListOptions = maybe_text_box_list_options,
      },
      output = { customField = custom_field },
    },
    locations_delete_custom_field = {
      method = 'DELETE', path = '/locations/{locationId}/customFields/{id}',
      summary = 'Delete a custom field (locations)', success = 200, input = { id = text, locationId = maybe_text_3 },
      output = { succeded = flag },
    },
    locations_update_custom_field = {
      method = 'PUT', path = '/locations/{locationId}/customFields/{id}', summary = 'Change a custom field (locations)',
      success = 200,
      input = {
        acceptedFormat = maybe_contact_ids, id = text, isMultipleFile = maybe_flag, locationId = maybe_text_3,
        maxNumberOfFiles = maybe_number, model = model, name = text, placeholder = maybe_text, position = maybe_number,
        textBoxListOptions = maybe_text_box_list_options,
      },
      output = { customField = custom_field },
    },
    put_location = {
      method = 'PUT', path = '/locations/{locationId}', summary = 'Change a location (sub-account)',
      scopes = { 'locations.write' }, access = 'parent', success = 200,
      input = {
        address = maybe_text, city = maybe_text, companyId = maybe_text_2, country = country, locationId = maybe_text_3,
        mailgun = mailgun, name = maybe_text, phone = maybe_text, postalCode = maybe_text, prospectInfo = prospect_info,
        settings = settings_2, snapshot = { 'object', optional = true, fields = { id = text, override = maybe_flag } },
        social = social_2, state = maybe_text, timezone = maybe_text, twilio = twilio, website = maybe_text,
      },
      output = {
        address = text, city = text, companyId = text, country = text, domain = text, email = text, id = text,
        name = text, phone = text, postalCode = text, settings = settings, social = social, state = text,
        timezone = text, website = text,
      },
    },
    search_locations = {
      method = 'GET', path = '/locations/search', summary = 'Search locations', scopes = { 'locations.readonly' },
      access = 'any', success = 200, query = { 'companyId', 'skip', 'limit', 'order', 'email' },
      input = { companyId = maybe_text, email = maybe_text, limit = maybe_text, order = maybe_text, skip = maybe_text },
      output = {
        locations = {
          'list',
          of = {
            'object',
            fields = {
              address = text, city = text, country = text, email = text, id = text, name = text, phone = text,
              postalCode = text, settings = settings, social = social, state = text, timezone = text, website = text,
            },
          },
        },
      },
    },
    task_search = {
      method = 'POST', path = '/locations/{locationId}/tasks/search', summary = 'Search the tasks of a location',
      scopes = { 'locations/tasks.readonly' }, success = 200, core = true,
      input = {
        assignedTo = maybe_contact_ids, businessId = maybe_text, completed = maybe_flag, contactId = maybe_contact_ids,
        limit = maybe_number, locationId = maybe_text_3, query = maybe_text, skip = maybe_number,
      },
      output = { tasks = { 'list', of = { 'list' } } },
    },
    update_custom_value = {
      method = 'PUT', path = '/locations/{locationId}/customValues/{id}', summary = 'Change a custom value (locations)',
      success = 200, input = { id = text, locationId = maybe_text_3, name = text, value = text },
      output = { customValue = custom_value },
    },
    update_recurring_task = {
      method = 'PUT', path = '/locations/{locationId}/recurring-tasks/{id}',
      summary = 'Change a recurring task (locations)', success = 200,
      input = {
        contactIds = maybe_contact_ids, description = maybe_text, id = text, ignoreTaskCreation = maybe_flag,
        locationId = maybe_text_3, owners = maybe_contact_ids,
        rruleOptions = {
          'object', optional = true,
          fields = {
            count = maybe_number, createTaskIfOverDue = maybe_flag, dayOfMonth = maybe_number, dayOfWeek = day_of_week,
            dueAfterSeconds = number, endDate = maybe_text, interval = number, intervalType = interval_type,
            monthOfYear = maybe_number, startDate = text,
          },
        },
        title = maybe_text,
      },
      output = { recurringTask = recurring_task },
    },
    update_tag = {
      method = 'PUT', path = '/locations/{locationId}/tags/{tagId}', summary = 'Change a tag (locations)',
      success = 200, input = { locationId = maybe_text_3, name = text, tagId = text }, output = { tag = tag },
    },
    upload_file_custom_fields = {
      method = 'POST', path = '/locations/{locationId}/customFields/upload', summary = 'Upload files to a custom field',
      scopes = { 'locations/customFields.write' }, success = 200,
      unsupported = 'it takes a file as multipart/form-data; recipes carry no files',
      input = { id = maybe_text, locationId = maybe_text_3, maxFiles = maybe_text },
      output = { meta = url_attachments, uploadedFiles = { 'object' } },
    },
  },
}
