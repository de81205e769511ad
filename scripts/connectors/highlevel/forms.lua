-- HighLevel: forms.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local text = { 'string' }
local maybe_number = { 'number', optional = true }
local maybe_text = { 'string', optional = true }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }

return {
  operations = {
    get_forms = {
      method = 'GET', path = '/forms/', summary = 'List forms', scopes = { 'forms.readonly' }, success = 200,
      query = { 'locationId', 'skip', 'limit', 'type' },
      input = { limit = maybe_number, locationId = maybe_text_2, skip = maybe_number, type = maybe_text },
      output = {
        forms = { 'list', of = { 'object', fields = { id = text, locationId = text, name = text } } },
        total = { 'number' },
      },
    },
    get_forms_submissions = {
      method = 'GET', path = '/forms/submissions', summary = 'List submissions of forms', scopes = { 'forms.readonly' },
      success = 200, query = { 'locationId', 'page', 'limit', 'formId', 'q', 'startAt', 'endAt' },
      input = {
        endAt = maybe_text, formId = maybe_text, limit = maybe_number, locationId = maybe_text_2, page = maybe_number,
        q = maybe_text, startAt = maybe_text,
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
              contactId = text, createdAt = text, email = text, formId = text, id = text, name = text,
              others = {
                'object',
                fields = {
                  __custom_field_id__ = text, __submissions_other_field__ = text, eventData = { 'object' },
                  fieldsOriSequance = { 'list', of = text },
                },
              },
            },
          },
        },
      },
    },
    upload_to_custom_fields = {
      method = 'POST', path = '/forms/upload-custom-files', summary = 'Upload files to custom fields of a contact',
      scopes = { 'forms.write' }, success = 200,
      unsupported = 'it takes a file as multipart/form-data; recipes carry no files',
      query = { 'contactId', 'locationId' }, input = { contactId = text, locationId = maybe_text_2 },
    },
  },
}
