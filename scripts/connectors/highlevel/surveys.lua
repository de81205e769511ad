-- HighLevel: surveys.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local text = { 'string' }
local maybe_number = { 'number', optional = true }
local maybe_text = { 'string', optional = true }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }

return {
  operations = {
    get_surveys = {
      method = 'GET', path = '/surveys/', summary = 'List surveys', scopes = { 'surveys.readonly' }, success = 200,
      query = { 'locationId', 'skip', 'limit', 'type' },
      input = { limit = maybe_number, locationId = maybe_text_2, skip = maybe_number, type = maybe_text },
      output = {
        surveys = { 'list', of = { 'object', fields = { id = text, locationId = text, name = text } } },
        total = { 'number' },
      },
    },
    get_surveys_submissions = {
      method = 'GET', path = '/surveys/submissions', summary = 'List submissions of surveys',
      scopes = { 'surveys.readonly' }, success = 200,
      query = { 'locationId', 'page', 'limit', 'surveyId', 'q', 'startAt', 'endAt' },
      input = {
        endAt = maybe_text, limit = maybe_number, locationId = maybe_text_2, page = maybe_number, q = maybe_text,
        startAt = maybe_text, surveyId = maybe_text,
      },
      output = {
        meta = {
          'object',
          fields = {
            currentPage = { 'number' }, nextPage = { 'number', nullable = true },
            prevPage = { 'number', nullable = true }, total = { 'number' },
          },
        },
        submissions = {
          'list',
          of = {
            'object',
            fields = {
              contactId = text, createdAt = text, email = text, id = text, name = text,
              others = {
                'object',
                fields = {
                  __custom_field_id__ = text, __submissions_other_field__ = text, eventData = { 'object' },
                  fieldsOriSequance = { 'list', of = text },
                },
              },
              surveyId = text,
            },
          },
        },
      },
    },
  },
}
