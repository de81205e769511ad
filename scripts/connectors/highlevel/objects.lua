-- HighLevel: objects.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local number = { 'number' }
local text = { 'string' }
local flag = { 'boolean' }
local followers = { 'list', of = text }
local maybe_text = { 'string', optional = true }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }
local labels = { 'object', fields = { plural = text, singular = text } }
local created_by = { 'object', fields = { channel = text, createdAt = text, source = text, sourceId = text } }
local record = {
  'object',
  fields = {
    dateAdded = text, dateUpdated = text, followers = followers, id = text, owner = followers, properties = text,
  },
}
local object = {
  'object',
  fields = {
    dateAdded = text, dateUpdated = text, description = text, id = text, key = text, labels = labels, locationId = text,
    primaryDisplayProperty = text, standard = flag, type = text,
  },
}

return {
  operations = {
    create_custom_object_schema = {
      method = 'POST', path = '/objects/', summary = 'Create a custom object', scopes = { 'objects/schema.write' },
      access = 'parent', success = 201,
      input = {
        description = maybe_text, key = text, labels = labels, locationId = maybe_text_2,
        primaryDisplayPropertyDetails = { 'object', fields = { dataType = text, key = text, name = text } },
      },
      output = { object = object },
    },
    create_object_record = {
      method = 'POST', path = '/objects/{schemaKey}/records', summary = 'Create a record of a custom object',
      scopes = { 'objects/record.write' }, success = 201, body_as = 'body',
      input = { body = { 'object' }, schemaKey = text }, output = { record = record },
    },
    delete_object_record = {
      method = 'DELETE', path = '/objects/{schemaKey}/records/{id}', summary = 'Delete a record of a custom object',
      success = 200, input = { id = text, schemaKey = text }, output = { id = text, success = flag },
    },
    get_object_by_location_id = {
      method = 'GET', path = '/objects/', summary = 'List the custom objects of a location',
      scopes = { 'objects/schema.readonly' }, success = 200, query = { 'locationId' },
      input = { locationId = maybe_text_2 }, output = { objects = { 'list', of = object } },
    },
    get_object_schema_by_key = {
      method = 'GET', path = '/objects/{key}', summary = 'Read the schema of a custom object',
      scopes = { 'objects/schema.readonly' }, success = 200, query = { 'locationId', 'fetchProperties' },
      input = { fetchProperties = maybe_text, key = text, locationId = maybe_text_2 },
      output = {
        cache = flag,
        fields = {
          'list',
          of = {
            'object',
            fields = {
              acceptedFormats = text, allowCustomOption = flag, dataType = text, dateAdded = text, dateUpdated = text,
              description = text, fieldKey = text, id = text, locationId = text, maxFileLimit = number, name = text,
              objectKey = text, options = { 'list', of = { 'object' } }, parentId = text, placeholder = text,
              showInForms = flag,
            },
          },
        },
        object = object,
      },
    },
    get_record_by_id = {
      method = 'GET', path = '/objects/{schemaKey}/records/{id}', summary = 'Read a record of a custom object',
      success = 200, input = { id = text, schemaKey = text }, output = { record = record },
    },
    search_object_records = {
      method = 'POST', path = '/objects/{schemaKey}/records/search', summary = 'Search the records of a custom object',
      scopes = { 'objects/record.readonly' }, success = 200,
      input = {
        locationId = maybe_text_2, page = number, pageLimit = number, query = text, schemaKey = text,
        searchAfter = followers,
      },
      output = {
        records = {
          'list',
          of = {
            'object',
            fields = {
              createdAt = text, createdBy = created_by, followers = followers, id = text, lastUpdatedBy = created_by,
              locationId = text, objectId = text, objectKey = text, owner = followers, properties = text,
              searchAfter = { 'list', of = number }, updatedAt = text,
            },
          },
        },
        total = number,
      },
    },
    update_custom_object = {
      method = 'PUT', path = '/objects/{key}', summary = 'Change the schema of a custom object',
      scopes = { 'objects/schema.write' }, success = 200,
      input = {
        description = { 'string', optional = true, nullable = true }, key = text,
        labels = { 'object', optional = true, fields = { plural = maybe_text, singular = maybe_text } },
        locationId = maybe_text_2, searchableProperties = followers,
      },
      output = { object = object },
    },
    update_object_record = {
      method = 'PUT', path = '/objects/{schemaKey}/records/{id}', summary = 'Change a record of a custom object',
      success = 200, query = { 'locationId' }, body_as = 'body',
      input = { body = { 'object' }, id = text, locationId = maybe_text_2, schemaKey = text },
      output = { record = record },
    },
  },
}
