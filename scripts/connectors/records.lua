-- The workspace: contacts, tasks, activities and submissions kept beside ConvertCalculator, which
-- documents no API that stores records. Each is kept under the (source, id) of what it mirrors.
--
-- The sink of the connection says where they go. `local` (the default) is the engine's own store,
-- and the record is saved in the workspace: the run layer does it in the transaction of its journal,
-- as `store` says (what kind, which field is the id, which the contact that it belongs to). `rest`
-- sends them to base_url, by the method and path of the operation, in a shape that is ours: an API
-- of your own takes it, and answers 2xx. A 409 means that it has the record already.
--
-- This connection exists in every project; an entry in ladle.yaml is needed for the `rest` sink.

local id = { 'string', max = 200 }
local optional_id = { 'string', max = 200, optional = true, nullable = true }
local text = { 'string', optional = true, nullable = true }
local flag = { 'boolean', optional = true, nullable = true }
local when = { 'date', optional = true, nullable = true }
local anything = { 'any', optional = true, nullable = true }
local origin = {
  'string', default = 'engine', enum = { 'crm', 'engine', 'workspace' },
  label = 'Who wrote it first; what came from the crm never goes back to it',
}
local limit = { 'integer', default = 100 }

local function source(name)
  return { 'string', default = name, max = 64, label = 'The system that its id is from' }
end

local written = {
  change = { 'string', optional = true, enum = { 'same', 'created', 'updated', 'deleted' } },
  record = { 'object', optional = true }, saved = { 'string', optional = true },
}
local one = { record = { 'object', optional = true, nullable = true } }
local many = { records = { 'list' } }

local function upsert(kind, method, path, summary, input, causes)
  return {
    method = method, path = path, summary = summary, input = input, output = written, idempotent = true,
    idempotency_header = 'Idempotency-Key', when_conflict = { change = 'same' },
    store = { action = 'upsert', kind = kind, id = kind .. '_id', contact = 'contact_id' }, causes = causes,
  }
end

local function delete(kind, path, from)
  return {
    method = 'DELETE', path = path, query = { 'source' }, idempotent = true,
    summary = 'Mark a ' .. kind .. ' as deleted' .. (kind == 'contact' and ', and what belongs to it' or ''),
    input = { [kind .. '_id'] = id, source = source(from), origin = origin }, output = written,
    idempotency_header = 'Idempotency-Key', when_missing = { change = 'same' },
    store = { action = 'delete', kind = kind, id = kind .. '_id' },
  }
end

local function get(kind, path, from)
  return {
    method = 'GET', path = path, query = { 'source' }, summary = 'Read one ' .. kind .. '; none is no error',
    input = { [kind .. '_id'] = id, source = source(from) }, output = one, when_missing = {},
    store = { action = 'get', kind = kind, id = kind .. '_id' },
  }
end

local function list(kind, path)
  return {
    method = 'GET', path = path, query = { 'contact_id', 'source', 'limit' },
    summary = 'List ' .. kind .. ' records, those of one contact or all, newest change first',
    input = { contact_id = optional_id, source = { 'string', optional = true, max = 64 }, limit = limit },
    output = many,
    store = { action = 'list', kind = kind, contact = 'contact_id' },
  }
end

local crm, calculator = 'highlevel', 'convertcalculator'

local activity = {
  activity_id = id, contact_id = id, source = source(crm), origin = origin,
  kind = {
    'string', default = 'note',
    enum = { 'note', 'task', 'contact', 'appointment', 'submission', 'call', 'message', 'other' },
  },
  title = text, body = text, at = when, author_id = text, note_id = text, status = text,
  starts_at = text, ends_at = text, custom = anything,
}

return {
  name = 'records',
  title = 'Records (workspace)',

  auth = { kinds = { 'none', 'token' }, header = 'Authorization', header_config = 'header', scheme = 'Bearer' },
  headers = { Accept = 'application/json' },

  config = {
    sink = {
      'string', optional = true, enum = { 'local', 'rest' },
      label = 'local: saved in the workspace; rest: sent to base_url',
    },
    scheme = { 'string', optional = true, max = 32, label = 'The word before the token; "" for none' },
  },

  events = {
    activity_added = {
      summary = 'Somebody wrote an activity in the workspace',
      sample = 'samples/records/activity_added.json', fields = activity,
      internal = true, -- comes from the store, not through a webhook
    },
  },

  operations = {
    upsert_contact = upsert('contact', 'PUT', '/contacts/{contact_id}', 'Save a contact', {
      contact_id = id, source = source(crm), origin = origin,
      email_address = text, phone = text, name = text, first_name = text, last_name = text,
      company = text, address = text, city = text, state = text, postal_code = text, country = text,
      website = text, timezone = text, date_of_birth = text, lead_source = text, owner_id = text,
      tags = { 'list', optional = true, nullable = true }, do_not_contact = flag,
      created_at = when, updated_at = when, custom = anything,
    }),
    upsert_task = upsert('task', 'PUT', '/contacts/{contact_id}/tasks/{task_id}', 'Save a task', {
      task_id = id, contact_id = id, source = source(crm), origin = origin,
      title = text, body = text, due_date = when, completed = flag, assigned_to = text,
      created_at = when, updated_at = when, custom = anything,
    }),
    append_activity = upsert(
      'activity', 'POST', '/contacts/{contact_id}/activities',
      'Write a line of a contact\'s activity log; the same id again with another text is a new version',
      activity, { activity_added = { origin = 'workspace' } }
    ),
    save_submission = upsert('submission', 'PUT', '/submissions/{submission_id}', 'Save a submission', {
      submission_id = id, contact_id = optional_id, source = source(calculator), origin = origin,
      calculator_id = text, calculator_name = text, email_address = text, phone = text, name = text,
      fields = anything, results = anything, raw = anything, key_rule = text, submitted_at = text,
      custom = anything,
    }),

    delete_contact = delete('contact', '/contacts/{contact_id}', crm),
    delete_task = delete('task', '/tasks/{task_id}', crm),
    delete_activity = delete('activity', '/activities/{activity_id}', crm),
    delete_submission = delete('submission', '/submissions/{submission_id}', calculator),

    get_contact = get('contact', '/contacts/{contact_id}', crm),
    get_task = get('task', '/tasks/{task_id}', crm),
    get_activity = get('activity', '/activities/{activity_id}', crm),
    get_submission = get('submission', '/submissions/{submission_id}', calculator),

    list_contacts = list('contact', '/contacts'),
    list_tasks = list('task', '/tasks'),
    list_activities = list('activity', '/activities'),
    list_submissions = list('submission', '/submissions'),
  },
}
