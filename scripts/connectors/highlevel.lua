-- HighLevel: the Contacts API (version 2021-07-28) and the webhooks of Marketplace apps. The rest of what the
-- vendor documents is in highlevel/, generated; what stands here goes before it, as it knows more.
--
-- This file is data; README.md explains every key.
--
-- What is particular here:
--   * Paths keep the vendor's trailing slashes. Operation names are the vendor's ids in snake case,
--     field names are the vendor's own (`succeded` is how the service spells it).
--   * A date field takes RFC 3339 and is sent in UTC with whole seconds.
--   * `tags` of update_contact and upsert_contact overwrite all tags of the contact, so they are
--     refused unless the engine-side field `replace_tags` is true; add_tags and remove_tags change
--     single tags.
--   * Creating is not idempotent. After a call of unknown outcome the engine looks for the effect,
--     as `probe` says.
--   * A webhook is signed with Ed25519 over the body's bytes. Only `webhookId` is used against
--     repeats: the vendor repeats a delivery for days with its first timestamp, so a time window
--     would refuse honest repeats.

local id = { 'string', max = 128 }
local text = { 'string', optional = true }
local nullable = { 'string', optional = true, nullable = true }
local flag = { 'boolean', optional = true }
local when = { 'date', optional = true }
local count = { 'integer', optional = true }
local object = { 'object', optional = true }
local tags = { 'list', of = { 'string' } }
local location = { 'string', max = 128, optional = true, from_connection = 'location' }

local number = { 'number', optional = true }
local readonly, write = { 'contacts.readonly' }, { 'contacts.write' }
local opportunity_readonly, opportunity_write = { 'opportunities.readonly' }, { 'opportunities.write' }

local fixed_tags = {
  'list', of = { 'string' }, optional = true, needs = 'replace_tags',
  why = 'they overwrite all tags of the contact; use add_tags or remove_tags, or set replace_tags: true',
}
local replace_tags = { 'boolean', optional = true, engine = true, label = 'Overwrite all tags of the contact' }

local custom_fields = {
  'any', optional = true,
  of = {
    'object',
    fields = { id = text, key = text, field_value = { 'any', optional = true, nullable = true } },
  },
  label = 'By name or key: { Roof area: 120 }; or a list of { id or key, field_value }',
}
local names = { 'string', optional = true, engine = true, enum = { 'names' }, label = 'names: adds `custom`' }
local verify = { 'boolean', optional = true, engine = true, label = 'Read it back: `unapplied` is what was not kept' }

-- What one call cannot do, in a file of its own that is loaded with its first use.
local function writes(name)
  return function(ctx, input) return require('lib.highlevel.contact_writes')[name](ctx, input) end
end

-- Contacts that get, or lose, the same tags while they wait for the limit go as one call (call/batch.c).
local function tag_batch(kind)
  return {
    use = 'create_association', each = 'contactId', into = 'contacts', same = { 'tags' }, fixed = { type = kind },
    most = 100,
    answers = {
      at = 'responses', id = 'contactId', ok = { type = 'success' }, message = 'message',
      gives = { tags = { 'oldTags', 'tagsAdded', 'tagsRemoved' } },
    },
  }
end

-- The same operation, with custom fields by name.
local function opportunity_writes(name)
  return function(ctx, input)
    return ctx:call(name, require('lib.highlevel.custom_fields').encoded(ctx, input, 'opportunity'))
  end
end

-- The fields of a contact that every operation that writes one takes; `more` adds those that only some take.
local function contact_fields(more)
  local fields = {
    firstName = nullable, lastName = nullable, name = nullable, email = nullable, phone = nullable,
    address1 = nullable, city = nullable, state = nullable, postalCode = text, country = text,
    website = nullable, timezone = nullable, source = nullable, dateOfBirth = nullable, assignedTo = nullable,
    dnd = flag, dndSettings = object, inboundDndSettings = object, customFields = custom_fields, tags = fixed_tags,
  }
  for name, descriptor in pairs(more) do
    fields[name] = descriptor
  end
  return fields
end

local task = {
  'object',
  fields = {
    id = text, title = text, body = text, assignedTo = text, dueDate = text, completed = flag, contactId = text,
  },
}
local note = {
  'object',
  fields = {
    id = text, body = text, userId = text, dateAdded = text, contactId = text, title = text,
    color = text, pinned = flag,
  },
}
local contact = { 'object' }
local removed, both_spellings = { succeded = flag }, { succeded = 'succeeded' }
local one_contact = { model = 'contact', at = { 'contact' } }
local many_contacts = { model = 'contact', at = { 'contacts[]' } }

-- How to find what a webhook left out (lib/events.lua). A task comes without its contact and text; only the search
-- over the location leads from its id to the contact.
local found_task = {
  {
    fields = { 'contactId', 'body' }, use = 'task_search', with = { query = 'title' }, fixed = { limit = 100 },
    items = 'tasks', match = { id = 'id' },
  },
}
local whole_note = {
  fields = { 'body', 'userId' }, use = 'get_note', with = { contactId = 'contactId', id = 'id' }, item = 'note',
}
local whole_contact = {
  fields = {
    'firstName', 'lastName', 'name', 'email', 'phone', 'address1', 'city', 'state', 'postalCode', 'country', 'website',
    'source', 'companyName', 'dateOfBirth', 'assignedTo', 'tags', 'dnd', 'customFields', 'timezone',
  },
  use = 'get_contact', with = { contactId = 'id' }, item = 'contact',
}
local whole_opportunity = {
  fields = {
    'contactId', 'name', 'pipelineId', 'pipelineStageId', 'status', 'source', 'assignedTo', 'monetaryValue',
  },
  use = 'get_opportunity', with = { id = 'id' }, item = 'opportunity',
}
-- Which events a change of an opportunity brings, by the fields that it gives.
local opportunity_changes = {
  opportunity_updated = true, opportunity_status_updated = 'status', opportunity_stage_updated = 'pipelineStageId',
  opportunity_monetary_value_updated = 'monetaryValue', opportunity_assigned_to_updated = 'assignedTo',
}
local invoice_dates = { dates = { issueDate = 'day', dueDate = 'day' } }

-- An app is told of events by the scopes that it was granted; the vendor names none for appointments.
local function event(type, name, summary)
  local scopes = not type:find '^Appointment' and { 'contacts.readonly' } or nil
  return { type = type, summary = summary, sample = 'samples/highlevel/' .. name .. '.json', scopes = scopes }
end

-- What signed the vendor's webhooks until 2026-09-01, in X-WH-Signature.
local rsa_key = table.concat({
  '-----BEGIN PUBLIC KEY-----',
  'MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAokvo/r9tVgcfZ5DysOSC',
  'Frm602qYV0MaAiNnX9O8KxMbiyRKWeL9JpCpVpt4XHIcBOK4u3cLSqJGOLaPuXw6',
  'dO0t6Q/ZVdAV5Phz+ZtzPL16iCGeK9po6D6JHBpbi989mmzMryUnQJezlYJ3DVfB',
  'csedpinheNnyYeFXolrJvcsjDtfAeRx5ByHQmTnSdFUzuAnC9/GepgLT9SM4nCpv',
  'uxmZMxrJt5Rw+VUaQ9B8JSvbMPpez4peKaJPZHBbU3OdeCVx5klVXXZQGNHOs8gF',
  '3kvoV5rTnXV0IknLBXlcKKAQLZcY/Q9rG6Ifi9c+5vqlvHPCUJFT5XUGG5RKgOKU',
  'J062fRtN+rLYZUV+BjafxQauvC8wSWeYja63VSUruvmNj8xkx2zE/Juc+yjLjTXp',
  'IocmaiFeAO6fUtNjDeFVkhf5LNb59vECyrHD2SQIrhgXpO4Q3dVNA5rw576PwTzN',
  'h/AMfHKIjE4xQA1SZuYJmNnmVZLIZBlQAF9Ntd03rfadZ+yDiOXCCs9FkHibELhC',
  'HULgCsnuDJHcrGNd5/Ddm5hxGQ0ASitgHeMZ0kcIOwKDOzOU53lDza6/Y09T7sYJ',
  'PQe7z0cvj7aE4B+Ax1ZoZGPzpJlZtGXCsu9aTEGEnKzmsFqwcSsnw3JB31IGKAyk',
  'T1hhTiaCeIY/OwwwNUY2yvcCAwEAAQ==',
  '-----END PUBLIC KEY-----',
  '',
}, '\n')

return {
  name = 'highlevel',
  title = 'HighLevel',
  areas = true, -- what is not here is in highlevel/: all that the vendor documents
  base_url = 'https://services.leadconnectorhq.com',

  auth = {
    kinds = { 'oauth', 'token' },
    authorize_url = 'https://marketplace.gohighlevel.com/v2/oauth/chooselocation',
    white_label_url = 'https://marketplace.leadconnectorhq.com/v2/oauth/chooselocation',
    token_url = '/oauth/token',
    encoding = 'form',
    client = 'body',
    fields = { user_type = 'Location' },
    header = 'Authorization',
    scheme = 'Bearer',
    scopes = { 'contacts.readonly', 'contacts.write' },
    account = 'locationId',
    -- "Location is not active": a sub-account that the agency has not paid for, or has paused.
    suspended = { 'location is not active' },
    -- One app on many locations: what is another for the agency's own token, and the call that gives a
    -- location's.
    accounts = {
      name = 'location', parent = 'agency', field = 'locationId',
      parent_auth = {
        fields = { user_type = 'Company' }, account = 'companyId',
        scopes = { 'contacts.readonly', 'contacts.write', 'oauth.readonly', 'oauth.write' },
      },
      exchange = {
        method = 'POST', path = '/oauth/locationToken', encoding = 'form', scopes = { 'oauth.write' },
        input = { companyId = { 'string', from_connection = 'agency' }, locationId = { 'string', max = 128 } },
      },
    },
  },

  headers = { Accept = 'application/json', Version = '2021-07-28' },

  -- Per app and location. The vendor documents no Retry-After; it is honoured where it comes.
  limits = { { requests = 100, per_ms = 10000 }, { requests = 200000, per_ms = 86400000 } },
  rate_headers = {
    max = 'x-ratelimit-max',
    remaining = 'x-ratelimit-remaining',
    interval_ms = 'x-ratelimit-interval-milliseconds',
    daily_max = 'x-ratelimit-limit-daily',
    daily_remaining = 'x-ratelimit-daily-remaining',
    daily_reset_ms = 'x-ratelimit-daily-reset',
  },

  webhook = {
    content = 'json',
    type = 'type',
    dedupe = { 'webhookId' },
    account = 'locationId',
    account_else = 'altId', -- of invoices and orders
    account_config = 'location',
    parent = 'companyId',
    app = 'appId',
    installs = { add = 'INSTALL', remove = 'UNINSTALL' },
    verify = {
      {
        kind = 'ed25519', header = 'X-GHL-Signature', encoding = 'base64',
        keys = {
          '-----BEGIN PUBLIC KEY-----\n'
            .. 'MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=\n'
            .. '-----END PUBLIC KEY-----\n',
        },
      },
      -- The old signature, which the vendor has ended on 2026-09-01. Only with `webhook: { accept_rsa: true }`, for
      -- what was signed before, or for a proxy that still repeats it.
      {
        kind = 'rsa_sha256', header = 'X-WH-Signature', encoding = 'base64', switch = 'accept_rsa',
        keys = { rsa_key },
      },
    },
  },

  config = {
    location = { 'string', optional = true, max = 128, label = 'The sub-account (locationId)' },
    timezone = { 'string', optional = true, max = 64, label = 'Its time zone, where it is not to be asked for' },
    agency = { 'string', optional = true, max = 128, label = 'The agency (companyId): the app on all its locations' },
    new_lead = {
      'object', optional = true, label = 'Which new contacts are leads; any one condition is enough',
      fields = {
        tags = { 'list', of = { 'string' }, optional = true, label = 'It has one of these tags' },
        sources = { 'list', of = { 'string' }, optional = true, label = 'It came from one of these sources' },
        missing_owner = { 'boolean', optional = true, label = 'Nobody is assigned to it' },
      },
    },
  },

  -- The first rule that fits an answer names its kind; what fits none goes by its status alone.
  classify = {
    { status = { 400 }, has = 'meta.contactId', kind = 'duplicate', detail = 'meta.contactId' },
    { status = { 400 }, message = 'does not allow duplicated contacts', kind = 'duplicate' },
    { status = { 401 }, message = 'not authorized for this scope', kind = 'forbidden', scopes = true },
    {
      status = { 403 }, message = 'access to this location', kind = 'forbidden',
      say = 'the token is for another location',
    },
    { status = { 403 }, kind = 'forbidden', scopes = true },
    { status = { 400, 401, 403 }, message = 'location is not active', kind = 'auth' },
    { status = { 401 }, kind = 'expired' },
    { status = { 400 }, message = 'not found', kind = 'not_found' },
  },

  -- What the engine needs to put dates and custom fields into one form (lib/answers.lua).
  zone = function(ctx, location_id) return require 'lib.highlevel.zone' (ctx, location_id) end,
  custom_fields = function(ctx, location_id, model)
    return require('lib.highlevel.custom_fields').reader(ctx, location_id, model)
  end,

  -- What is done to an event before the steps see it, by the event's name (lib/events.lua).
  prepare = {
    contact_created = { custom_fields = { model = 'contact' } },
    contact_updated = { hydrate = { whole_contact }, custom_fields = { model = 'contact' } },
    contact_tag_updated = { custom_fields = { model = 'contact' } },
    contact_dnd_updated = { custom_fields = { model = 'contact' } },
    task_created = { hydrate = found_task },
    task_completed = { hydrate = found_task },
    note_created = { hydrate = { whole_note } },
    note_updated = { hydrate = { whole_note } },
    opportunity_created = { hydrate = { whole_opportunity } },
    opportunity_updated = { hydrate = { whole_opportunity } },
    opportunity_status_updated = { hydrate = { whole_opportunity } },
    opportunity_stage_updated = { hydrate = { whole_opportunity } },
    lc_email_stats = { dates = { ['webhookPayload.timestamp'] = 'epoch_s' } },
    invoice_created = invoice_dates, invoice_updated = invoice_dates, invoice_sent = invoice_dates,
    invoice_paid = invoice_dates, invoice_partially_paid = invoice_dates, invoice_voided = invoice_dates,
  },

  events = {
    contact_created = event('ContactCreate', 'contact_created', 'A contact was created'),
    contact_updated = event('ContactUpdate', 'contact_updated', 'A contact was changed'),
    contact_deleted = event('ContactDelete', 'contact_deleted', 'A contact was deleted'),
    contact_tag_updated = event('ContactTagUpdate', 'contact_tag_updated', 'The tags of a contact changed'),
    note_created = event('NoteCreate', 'note_created', 'A note was written'),
    note_updated = event('NoteUpdate', 'note_updated', 'A note was edited'),
    note_deleted = event('NoteDelete', 'note_deleted', 'A note was deleted'),
    task_created = event('TaskCreate', 'task_created', 'A task was created'),
    task_completed = event('TaskComplete', 'task_completed', 'A task was completed'),
    task_deleted = event('TaskDelete', 'task_deleted', 'A task was deleted'),
    appointment_created = event('AppointmentCreate', 'appointment_created', 'An appointment was made'),
    appointment_updated = event('AppointmentUpdate', 'appointment_updated', 'An appointment was changed'),
    appointment_deleted = event('AppointmentDelete', 'appointment_deleted', 'An appointment was deleted'),
    new_lead = {
      of = 'contact_created',
      summary = 'A contact was created that counts as a lead, by the connection\'s new_lead rule',
      sample = 'samples/highlevel/new_lead.json',
      any = {
        { field = 'tags', has = 'new_lead.tags' },
        { field = 'source', is = 'new_lead.sources' },
        { field = 'assignedTo', missing = 'new_lead.missing_owner' },
      },
      defaults = { new_lead = { tags = { 'lead', 'new lead' }, missing_owner = true } },
    },
  },

  operations = {
    get_contact = {
      method = 'GET', path = '/contacts/{contactId}', summary = 'Read one contact', scopes = readonly, success = 200,
      input = { contactId = id, custom_fields = names },
      output = { contact = contact }, custom_fields = one_contact,
    },
    get_duplicate_contact = {
      method = 'GET', path = '/contacts/search/duplicate', scopes = readonly, success = 200,
      summary = 'Find the contact that would be a duplicate', query = { 'locationId', 'number', 'email' },
      one_of = { 'email', 'number' },
      input = { locationId = location, number = nullable, email = nullable, custom_fields = names },
      output = { contact = { 'object', optional = true, nullable = true } }, custom_fields = one_contact,
    },
    get_contacts = {
      method = 'GET', path = '/contacts/', summary = 'List contacts, page by page', scopes = readonly, success = 200,
      deprecated = 'the vendor recommends search_contacts_advanced',
      query = { 'locationId', 'startAfterId', 'startAfter', 'query', 'limit' },
      input = {
        locationId = location, startAfterId = text, startAfter = count, query = text,
        limit = { 'integer', optional = true, label = 'At most 100; the service takes 20 without it' },
        custom_fields = names,
      },
      output = { contacts = { 'list' }, count = count, meta = object }, custom_fields = many_contacts,
      pages = {
        items = 'contacts', style = 'start_after', size = 'limit', size_max = 100, total = 'meta.total',
        next = { startAfter = 'meta.startAfter', startAfterId = 'meta.startAfterId' },
      },
    },
    get_contacts_by_business_id = {
      method = 'GET', path = '/contacts/business/{businessId}', summary = 'List the contacts of a business',
      scopes = readonly, success = 200,
      query = { 'locationId', 'limit', 'skip', 'query' },
      input = {
        businessId = id, locationId = location, limit = count, skip = count, query = text, custom_fields = names,
      },
      output = { contacts = { 'list' }, count = count }, custom_fields = many_contacts,
      pages = { items = 'contacts', style = 'offset', offset = 'skip', size = 'limit', size_max = 100 },
    },
    search_contacts_advanced = {
      method = 'POST', path = '/contacts/search', summary = 'Search contacts by filters, page by page',
      scopes = readonly, success = 200, idempotent = true,
      input = {
        locationId = location,
        pageLimit = { 'integer', default = 100 },
        page = count, query = text,
        filters = { 'list', optional = true },
        sort = { 'list', optional = true },
        searchAfter = { 'list', optional = true, label = 'The searchAfter of the last contact of the page before' },
        custom_fields = names,
      },
      output = { contacts = { 'list' }, total = count }, custom_fields = many_contacts,
      pages = {
        items = 'contacts', style = 'cursor', size = 'pageLimit', size_max = 100, total = 'total',
        last = { searchAfter = 'searchAfter' },
      },
    },
    create_contact = {
      method = 'POST', path = '/contacts/', summary = 'Create a contact', scopes = write, success = 201,
      idempotent = false,
      input = contact_fields {
        locationId = location, gender = text, companyName = nullable,
        tags = { 'list', of = { 'string' }, optional = true }, verify = verify,
        on_duplicate = {
          'string', optional = true, engine = true, enum = { 'use', 'update', 'fail' },
          label = 'Where the contact is there already: use it, update it, or fail (the default)',
        },
      },
      output = { contact = contact, duplicate = flag, unapplied = { 'list', optional = true } },
      run = writes 'create', run_when = { 'on_duplicate', 'verify', { map = 'customFields' } },
      probe = {
        list = 'get_contacts', from = { locationId = 'locationId', query = 'email' }, with = { limit = 100 },
        items = 'contacts', match = { 'email' }, fold = { 'email' }, date = 'dateAdded', as = 'contact',
      },
    },
    upsert_contact = {
      method = 'POST', path = '/contacts/upsert', scopes = write, success = 200,
      summary = 'Create a contact, or update the one with that e-mail or phone',
      idempotent = true, idempotent_unless = 'createNewIfDuplicateAllowed',
      one_of = { 'email', 'phone' },
      input = contact_fields {
        locationId = location, gender = text, companyName = nullable, createNewIfDuplicateAllowed = flag,
        replace_tags = replace_tags, verify = verify,
        on_conflict = {
          'string', optional = true, engine = true, enum = { 'fail', 'report' },
          label = 'Where a key is another contact\'s: fail (the default), or name it in `dropped` and `other`',
        },
        preserve_primary = {
          'boolean', optional = true, engine = true,
          label = 'Look the contact up first, and leave its first e-mail address and phone as they are',
        },
      },
      output = {
        new = flag, contact = contact, traceId = text, unapplied = { 'list', optional = true },
        kept = { 'list', optional = true }, dropped = { 'list', optional = true }, other = text,
      },
      run = writes 'upsert',
      run_when = { { 'email', 'phone' }, 'preserve_primary', 'verify', { map = 'customFields' } },
    },
    update_contact = {
      method = 'PUT', path = '/contacts/{contactId}', summary = 'Change fields of a contact', scopes = write,
      success = 200, idempotent = true,
      input = contact_fields { contactId = id, replace_tags = replace_tags, verify = verify },
      output = { succeded = flag, contact = contact, unapplied = { 'list', optional = true } }, also = both_spellings,
      run = writes 'update', run_when = { 'verify', { map = 'customFields' } },
    },
    delete_contact = {
      method = 'DELETE', path = '/contacts/{contactId}', summary = 'Delete a contact', scopes = write, success = 200,
      idempotent = true, when_missing = { succeded = true },
      input = { contactId = id },
      output = removed, also = both_spellings,
    },

    get_all_tasks = {
      method = 'GET', path = '/contacts/{contactId}/tasks', summary = 'List the tasks of a contact', scopes = readonly,
      success = 200,
      input = { contactId = id },
      output = { tasks = { 'list', of = task } },
    },
    get_task = {
      method = 'GET', path = '/contacts/{contactId}/tasks/{taskId}', summary = 'Read one task', scopes = readonly,
      success = 200,
      input = { contactId = id, taskId = id },
      output = { task = task },
    },
    create_task = {
      method = 'POST', path = '/contacts/{contactId}/tasks', summary = 'Create a task on a contact', scopes = write,
      success = 201, idempotent = false,
      input = {
        contactId = id, title = { 'string' }, dueDate = { 'date' }, completed = { 'boolean' }, body = text,
        assignedTo = text,
      },
      output = { task = task },
      probe = {
        list = 'get_all_tasks', from = { contactId = 'contactId' }, items = 'tasks',
        match = { 'title', 'dueDate', 'completed', 'body' }, date = 'dateAdded', as = 'task',
      },
    },
    update_task = {
      method = 'PUT', path = '/contacts/{contactId}/tasks/{taskId}', summary = 'Change fields of a task',
      scopes = write, success = 200, idempotent = true,
      input = {
        contactId = id, taskId = id, title = text, body = text, dueDate = when, completed = flag, assignedTo = text,
      },
      output = { task = task },
    },
    update_task_completed = {
      method = 'PUT', path = '/contacts/{contactId}/tasks/{taskId}/completed',
      summary = 'Mark a task as done or open', scopes = write, success = 200, idempotent = true,
      input = { contactId = id, taskId = id, completed = { 'boolean' } },
      output = { task = task }, causes = { task_completed = { completed = true } },
    },
    delete_task = {
      method = 'DELETE', path = '/contacts/{contactId}/tasks/{taskId}', summary = 'Delete a task', scopes = write,
      success = 200, idempotent = true, when_missing = { succeded = true },
      input = { contactId = id, taskId = id },
      output = removed, also = both_spellings,
    },

    get_all_notes = {
      method = 'GET', path = '/contacts/{contactId}/notes', summary = 'List the notes of a contact', scopes = readonly,
      success = 200,
      input = { contactId = id },
      output = { notes = { 'list', of = note } },
    },
    get_note = {
      method = 'GET', path = '/contacts/{contactId}/notes/{id}', summary = 'Read one note', scopes = readonly,
      success = 200,
      input = { contactId = id, id = id },
      output = { note = note },
    },
    create_note = {
      method = 'POST', path = '/contacts/{contactId}/notes', summary = 'Write a note on a contact', scopes = write,
      success = 201, idempotent = false,
      input = { contactId = id, body = { 'string' }, userId = text, title = text, color = text, pinned = flag },
      output = { note = note },
      probe = {
        list = 'get_all_notes', from = { contactId = 'contactId' }, items = 'notes', match = { 'body', 'title' },
        date = 'dateAdded', as = 'note',
      },
    },
    update_note = {
      method = 'PUT', path = '/contacts/{contactId}/notes/{id}', summary = 'Edit a note', scopes = write,
      success = 200, idempotent = true,
      input = { contactId = id, id = id, body = text, userId = text, title = text, color = text, pinned = flag },
      output = { note = note },
    },
    delete_note = {
      method = 'DELETE', path = '/contacts/{contactId}/notes/{id}', summary = 'Delete a note', scopes = write,
      success = 200, idempotent = true, when_missing = { succeded = true },
      input = { contactId = id, id = id },
      output = removed, also = both_spellings,
    },

    add_tags = {
      method = 'POST', path = '/contacts/{contactId}/tags', summary = 'Add tags to a contact', scopes = write,
      success = 201, idempotent = true,
      input = { contactId = id, tags = tags },
      output = { tags = { 'list', of = { 'string' } } }, causes = { contact_tag_updated = true },
      batch = tag_batch 'add',
    },
    remove_tags = {
      method = 'DELETE', path = '/contacts/{contactId}/tags', summary = 'Remove tags from a contact', scopes = write,
      success = 200, idempotent = true, body = { 'tags' },
      input = { contactId = id, tags = tags },
      output = { tags = { 'list', of = { 'string' } } }, causes = { contact_tag_updated = true },
      batch = tag_batch 'remove',
    },

    create_association = {
      method = 'POST', path = '/contacts/bulk/tags/update/{type}', scopes = write, success = 201, idempotent = true,
      summary = 'Add tags to, or remove them from, many contacts',
      input = {
        type = { 'string', enum = { 'add', 'remove' } }, contacts = { 'list', of = { 'string' } }, tags = tags,
        locationId = location, removeAllTags = flag,
      },
      output = { succeded = flag, errorCount = count, responses = { 'list', optional = true } }, also = both_spellings,
      causes = { contact_tag_updated = true },
    },
    add_remove_contact_from_business = {
      method = 'POST', path = '/contacts/bulk/business', scopes = write, success = 200, idempotent = true,
      summary = 'Set the business of contacts, or take it away',
      input = {
        locationId = location, ids = { 'list', of = { 'string' } }, businessId = { 'string', nullable = true },
      },
      output = { success = flag, ids = { 'list', optional = true } },
      batch = {
        use = 'add_remove_contact_from_business', each = 'ids', into = 'ids', same = { 'businessId' }, most = 100,
      },
    },

    get_appointments_for_contact = {
      method = 'GET', path = '/contacts/{contactId}/appointments', summary = 'List the appointments of a contact',
      scopes = readonly, success = 200,
      input = { contactId = id },
      output = { events = { 'list' } },
      dates = {
        ['events[].startTime'] = 'naive', ['events[].endTime'] = 'naive', ['events[].dateAdded'] = 'naive',
        ['events[].dateUpdated'] = 'naive',
      },
    },

    get_custom_fields = {
      method = 'GET', path = '/locations/{locationId}/customFields', summary = 'List the custom fields of a location',
      scopes = { 'locations/customFields.readonly' }, success = 200, query = { 'model' }, cache_ms = 600000,
      input = {
        locationId = location, model = { 'string', optional = true, enum = { 'contact', 'opportunity', 'all' } },
      },
      output = { customFields = { 'list' } },
    },
    get_location = {
      method = 'GET', path = '/locations/{locationId}', summary = 'Read a location', success = 200,
      scopes = { 'locations.readonly' }, access = 'any', cache_ms = 600000,
      input = { locationId = location },
      output = { location = { 'object' } },
    },
    task_search = {
      method = 'POST', path = '/locations/{locationId}/tasks/search', summary = 'Search the tasks of a location',
      scopes = { 'locations/tasks.readonly' }, success = 200, idempotent = true,
      input = {
        locationId = location, contactId = { 'list', of = { 'string' }, optional = true }, completed = flag,
        assignedTo = { 'list', of = { 'string' }, optional = true }, query = text, limit = count, skip = count,
        businessId = text,
      },
      output = { tasks = { 'list' } },
      pages = { items = 'tasks', style = 'offset', offset = 'skip', size = 'limit', size_max = 100 },
    },

    create_opportunity = {
      method = 'POST', path = '/opportunities/', summary = 'Create an opportunity', scopes = opportunity_write,
      success = 201, idempotent = false,
      input = {
        pipelineId = id, locationId = location, name = { 'string' }, pipelineStageId = text, contactId = id,
        status = { 'string', enum = { 'open', 'won', 'lost', 'abandoned', 'all' } }, monetaryValue = number,
        assignedTo = text, customFields = custom_fields,
      },
      output = { opportunity = { 'object' } },
      run = opportunity_writes 'create_opportunity', run_when = { { map = 'customFields' } },
      probe = {
        list = 'search_opportunity',
        from = { location_id = 'locationId', contact_id = 'contactId', pipeline_id = 'pipelineId' },
        with = { limit = 100 }, items = 'opportunities', match = { 'name', 'contactId', 'pipelineId' },
        date = 'createdAt', as = 'opportunity',
      },
    },
    update_opportunity = {
      method = 'PUT', path = '/opportunities/{id}', summary = 'Change fields of an opportunity', success = 200,
      scopes = opportunity_write, idempotent = true,
      input = {
        id = id, pipelineId = text, name = text, pipelineStageId = text, monetaryValue = number, assignedTo = text,
        status = { 'string', optional = true, enum = { 'open', 'won', 'lost', 'abandoned', 'all' } },
        customFields = custom_fields,
      },
      output = { opportunity = { 'object' } }, causes = opportunity_changes,
      run = opportunity_writes 'update_opportunity', run_when = { { map = 'customFields' } },
    },
    get_opportunity = {
      method = 'GET', path = '/opportunities/{id}', summary = 'Read one opportunity', success = 200,
      scopes = opportunity_readonly,
      input = { id = id, custom_fields = names },
      output = { opportunity = { 'object' } },
      custom_fields = { model = 'opportunity', at = { 'opportunity' } },
    },
    search_opportunity = {
      method = 'GET', path = '/opportunities/search', summary = 'Search opportunities, page by page', success = 200,
      scopes = opportunity_readonly,
      query = {
        'q', 'location_id', 'pipeline_id', 'pipeline_stage_id', 'contact_id', 'status', 'assigned_to', 'campaignId',
        'id', 'order', 'endDate', 'startAfter', 'startAfterId', 'date', 'country', 'page', 'limit', 'getTasks',
        'getNotes', 'getCalendarEvents',
      },
      input = {
        q = text, location_id = { 'string', max = 128, from_connection = 'location' }, pipeline_id = text,
        pipeline_stage_id = text, contact_id = text, assigned_to = text, campaignId = text, id = text, order = text,
        status = { 'string', optional = true, enum = { 'open', 'won', 'lost', 'abandoned', 'all' } },
        endDate = text, startAfter = { 'any', optional = true }, startAfterId = text, date = text, country = text,
        page = count, limit = count, getTasks = flag, getNotes = flag, getCalendarEvents = flag,
        custom_fields = names,
      },
      output = { opportunities = { 'list' }, meta = object },
      custom_fields = { model = 'opportunity', at = { 'opportunities[]' } },
      pages = {
        items = 'opportunities', style = 'start_after', size = 'limit', size_max = 100, total = 'meta.total',
        next = { startAfter = 'meta.startAfter', startAfterId = 'meta.startAfterId' },
      },
    },
  },
}
