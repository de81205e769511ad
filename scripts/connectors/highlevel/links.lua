-- HighLevel: links.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local text = { 'string' }
local maybe_text = { 'string', optional = true, from_connection = 'location' }
local link = { 'object', fields = { fieldKey = text, id = text, locationId = text, name = text, redirectTo = text } }
local links = { 'list', of = link }

return {
  operations = {
    create_link = {
      method = 'POST', path = '/links/', summary = 'Create a link', scopes = { 'links.write' }, success = 201,
      input = { locationId = maybe_text, name = text, redirectTo = text }, output = { link = link },
    },
    delete_link = {
      method = 'DELETE', path = '/links/{linkId}', summary = 'Delete a link', scopes = { 'links.write' }, success = 201,
      input = { linkId = text }, output = { succeded = { 'boolean' } },
    },
    get_link_by_id = {
      method = 'GET', path = '/links/id/{linkId}', summary = 'Read a link', success = 200, query = { 'locationId' },
      input = { linkId = text, locationId = maybe_text }, output = { link = link },
    },
    get_links = {
      method = 'GET', path = '/links/', summary = 'List links', scopes = { 'links.readonly' }, success = 200,
      query = { 'locationId' }, input = { locationId = maybe_text }, output = { links = links },
    },
    search_trigger_links = {
      method = 'GET', path = '/links/search', summary = 'Search trigger links', success = 200,
      headers = { Version = '2021-04-15' }, query = { 'locationId', 'query', 'skip', 'limit' },
      input = {
        limit = { 'number', optional = true }, locationId = maybe_text, query = { 'string', optional = true },
        skip = { 'number', optional = true },
      },
      output = { links = links },
    },
    update_link = {
      method = 'PUT', path = '/links/{linkId}', summary = 'Change a link', scopes = { 'links.write' }, success = 201,
      input = { linkId = text, name = text, redirectTo = text }, output = { link = link },
    },
  },
}
