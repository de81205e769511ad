-- HighLevel: custom-fields.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local text = { 'string' }
local flag = { 'boolean' }
local maybe_text = { 'string', optional = true }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }
local accepted_formats = {
  'string', optional = true,
  enum = { '.pdf', '.docx', '.doc', '.jpg', '.jpeg', '.png', '.gif', '.csv', '.xlsx', '.xls', 'all' },
}
local maybe_options = {
  'list', optional = true, of = { 'object', fields = { key = text, label = text, url = maybe_text } },
}
local fields = {
  'list',
  of = {
    'object',
    fields = {
      acceptedFormats = text, allowCustomOption = flag, dataType = text, dateAdded = text, dateUpdated = text,
      description = text, fieldKey = text, id = text, locationId = text, maxFileLimit = { 'number' }, name = text,
      objectKey = text, options = { 'list', of = { 'object' } }, parentId = text, placeholder = text,
      showInForms = flag,
    },
  },
}
local field = {
  'object',
  fields = {
    acceptedFormats = text, allowCustomOption = flag, dataType = text, dateAdded = text, dateUpdated = text,
    description = text, fieldKey = text, id = text, locationId = text, maxFileLimit = { 'number' }, name = text,
    objectKey = text, options = { 'list', of = { 'object', fields = { key = text, label = text, url = text } } },
    parentId = text, placeholder = text, showInForms = flag,
  },
}

return {
  operations = {
    create_custom_field_folder = {
      method = 'POST', path = '/custom-fields/folder', summary = 'Create a custom field folder',
      scopes = { 'locations/customFields.write' }, success = 201,
      input = { locationId = maybe_text_2, name = text, objectKey = text },
      output = { id = text, locationId = text, name = text, objectKey = text },
    },
    custom_fields_create_custom_field = {
      method = 'POST', path = '/custom-fields/', summary = 'Create a custom field',
      scopes = { 'locations/customFields.write' }, success = 201,
      input = {
        acceptedFormats = accepted_formats, allowCustomOption = { 'boolean', optional = true },
        dataType = {
          'string',
          enum = {
            'TEXT', 'LARGE_TEXT', 'NUMERICAL', 'PHONE', 'MONETORY', 'CHECKBOX', 'SINGLE_OPTIONS', 'MULTIPLE_OPTIONS',
            'DATE', 'TEXTBOX_LIST', 'FILE_UPLOAD', 'RADIO', 'EMAIL',
          },
        },
        description = maybe_text, fieldKey = text, locationId = maybe_text_2,
        maxFileLimit = { 'number', optional = true }, name = maybe_text, objectKey = text, options = maybe_options,
        parentId = text, placeholder = maybe_text, showInForms = flag,
      },
      output = { field = field },
    },
    custom_fields_delete_custom_field = {
      method = 'DELETE', path = '/custom-fields/{id}', summary = 'Delete a custom field',
      scopes = { 'locations/customFields.write' }, success = 200, input = { id = text },
      output = { id = text, key = text, succeded = flag },
    },
    custom_fields_update_custom_field = {
      method = 'PUT', path = '/custom-fields/{id}', summary = 'Change a custom field',
      scopes = { 'locations/customFields.write' }, success = 200,
      input = {
        acceptedFormats = accepted_formats, description = maybe_text, id = text, locationId = maybe_text_2,
        maxFileLimit = { 'number', optional = true }, name = maybe_text, options = maybe_options,
        placeholder = maybe_text, showInForms = flag,
      },
      output = { field = field },
    },
    delete_custom_field_folder = {
      method = 'DELETE', path = '/custom-fields/folder/{id}', summary = 'Delete a custom field folder',
      scopes = { 'locations/customFields.write' }, success = 200, query = { 'locationId' },
      input = { id = text, locationId = maybe_text_2 }, output = { id = text, key = text, succeded = flag },
    },
    get_custom_field_by_id = {
      method = 'GET', path = '/custom-fields/{id}', summary = 'Read a custom field',
      scopes = { 'locations/customFields.readonly' }, success = 200, input = { id = text }, output = { field = field },
    },
    get_custom_fields_by_object_key = {
      method = 'GET', path = '/custom-fields/object-key/{objectKey}', summary = 'List custom fields by object key',
      scopes = { 'locations/customFields.readonly' }, success = 200, query = { 'locationId' },
      input = { locationId = maybe_text_2, objectKey = text }, output = { fields = fields, folders = fields },
    },
    update_custom_field_folder = {
      method = 'PUT', path = '/custom-fields/folder/{id}', summary = 'Change a custom field folder',
      scopes = { 'locations/customFields.write' }, success = 200,
      input = { id = text, locationId = maybe_text_2, name = text },
      output = { id = text, locationId = text, name = text, objectKey = text },
    },
  },
}
