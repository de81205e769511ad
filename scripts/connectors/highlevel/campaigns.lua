-- HighLevel: campaigns.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local text = { 'string' }

return {
  operations = {
    get_campaigns = {
      method = 'GET', path = '/campaigns/', summary = 'List campaigns', scopes = { 'campaigns.readonly' },
      success = 200, core = true, query = { 'locationId', 'status' },
      input = {
        locationId = { 'string', optional = true, from_connection = 'location' },
        status = { 'string', optional = true },
      },
      output = {
        campaigns = {
          'list', of = { 'object', fields = { id = text, locationId = text, name = text, status = text } },
        },
      },
    },
  },
}
