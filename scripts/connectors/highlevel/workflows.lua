-- HighLevel: workflows.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local text = { 'string' }

return {
  operations = {
    get_workflow = {
      method = 'GET', path = '/workflows/', summary = 'List workflows', scopes = { 'workflows.readonly' },
      success = 200, core = true, query = { 'locationId' },
      input = { locationId = { 'string', optional = true, from_connection = 'location' } },
      output = {
        workflows = {
          'list',
          of = {
            'object',
            fields = {
              createdAt = text, id = text, locationId = text, name = text, status = text, updatedAt = text,
              version = { 'number' },
            },
          },
        },
      },
    },
  },
}
