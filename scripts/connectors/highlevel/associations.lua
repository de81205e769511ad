-- HighLevel: associations.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local number = { 'number' }
local text = { 'string' }
local maybe_text = { 'string', optional = true, from_connection = 'location' }

return {
  operations = {
    associations_create_association = {
      method = 'POST', path = '/associations/', summary = 'Create an association', scopes = { 'associations.write' },
      success = 201,
      input = {
        firstObjectKey = text, firstObjectLabel = text, key = text, locationId = maybe_text, secondObjectKey = text,
        secondObjectLabel = text,
      },
      output = {
        associationType = text, firstObjectKey = text, firstObjectLabel = text, id = text, key = text,
        locationId = text, secondObjectKey = text, secondObjectLabel = text,
      },
    },
    create_relation = {
      method = 'POST', path = '/associations/relations', summary = 'Create a relation (associations)',
      scopes = { 'associations/relation.write' }, success = 201,
      input = { associationId = text, firstRecordId = text, locationId = maybe_text, secondRecordId = text },
      output = {
        associationType = text, firstObjectKey = text, firstObjectLabel = text, id = text, key = text,
        locationId = text, secondObjectKey = text, secondObjectLabel = text,
      },
    },
    delete_association = {
      method = 'DELETE', path = '/associations/{associationId}', summary = 'Delete an association',
      scopes = { 'associations.write' }, success = 200, input = { associationId = text },
      output = { deleted = { 'boolean' }, id = text, message = text },
    },
    delete_relation = {
      method = 'DELETE', path = '/associations/relations/{relationId}', summary = 'Delete a relation (associations)',
      scopes = { 'associations/relation.write' }, success = 200, query = { 'locationId' },
      input = { locationId = maybe_text, relationId = text },
      output = {
        associationType = text, firstObjectKey = text, firstObjectLabel = text, id = text, key = text,
        locationId = text, secondObjectKey = text, secondObjectLabel = text,
      },
    },
    find_associations = {
      method = 'GET', path = '/associations/', summary = 'List associations', scopes = { 'associations.readonly' },
      success = 200, query = { 'locationId', 'skip', 'limit' },
      input = { limit = number, locationId = maybe_text, skip = number },
      output = {
        associationType = text, firstObjectKey = text, firstObjectLabel = text, id = text, key = text,
        locationId = text, secondObjectKey = text, secondObjectLabel = text,
      },
    },
    get_association_by_id = {
      method = 'GET', path = '/associations/{associationId}', summary = 'Read an association',
      scopes = { 'associations.readonly' }, success = 200, input = { associationId = text },
      output = {
        associationType = text, firstObjectKey = text, firstObjectLabel = text, id = text, key = text,
        locationId = text, secondObjectKey = text, secondObjectLabel = text,
      },
    },
    get_association_by_object_keys = {
      method = 'GET', path = '/associations/objectKey/{objectKey}',
      summary = 'Read an association by the object it begins at', scopes = { 'associations.readonly' }, success = 200,
      query = { 'locationId' }, input = { locationId = { 'string', optional = true }, objectKey = text },
      output = {
        associationType = text, firstObjectKey = text, firstObjectLabel = text, id = text, key = text,
        locationId = text, secondObjectKey = text, secondObjectLabel = text,
      },
    },
    get_association_key_by_key_name = {
      method = 'GET', path = '/associations/key/{key_name}', summary = 'Read an association by its key',
      scopes = { 'associations.readonly' }, success = 200, query = { 'locationId' },
      input = { key_name = text, locationId = maybe_text },
      output = {
        associationType = text, firstObjectKey = text, firstObjectLabel = text, id = text, key = text,
        locationId = text, secondObjectKey = text, secondObjectLabel = text,
      },
    },
    get_relations_by_record_id = {
      method = 'GET', path = '/associations/relations/{recordId}', summary = 'List the relations of a record',
      scopes = { 'associations/relation.readonly' }, success = 200,
      query = { 'locationId', 'skip', 'limit', 'associationIds' },
      input = {
        associationIds = { 'list', optional = true, of = text }, limit = number, locationId = maybe_text,
        recordId = text, skip = number,
      },
      output = {
        associationType = text, firstObjectKey = text, firstObjectLabel = text, id = text, key = text,
        locationId = text, secondObjectKey = text, secondObjectLabel = text,
      },
    },
    update_association = {
      method = 'PUT', path = '/associations/{associationId}', summary = 'Change an association',
      scopes = { 'associations.write' }, success = 200,
      input = { associationId = text, firstObjectLabel = text, secondObjectLabel = text },
      output = {
        associationType = text, firstObjectKey = text, firstObjectLabel = text, id = text, key = text,
        locationId = text, secondObjectKey = text, secondObjectLabel = text,
      },
    },
  },
}
