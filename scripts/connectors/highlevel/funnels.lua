-- HighLevel: funnels.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local number = { 'number' }
local text = { 'string' }
local maybe_text = { 'string', optional = true }
local action = { 'string', enum = { 'funnel', 'website', 'url', 'all' } }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }
local data = {
  'object',
  fields = {
    action = text, domain = text, id = text, locationId = text, path = text, pathLowercase = text, target = text,
    type = text,
  },
}

return {
  operations = {
    create_redirect = {
      method = 'POST', path = '/funnels/lookup/redirect', summary = 'Create a redirect (funnels)',
      scopes = { 'funnels/redirect.write' }, success = 200,
      input = { action = action, domain = text, locationId = maybe_text_2, path = text, target = text },
      output = { data = data },
    },
    delete_redirect_by_id = {
      method = 'DELETE', path = '/funnels/lookup/redirect/{id}', summary = 'Delete a redirect (funnels)',
      scopes = { 'funnels/redirect.write' }, success = 200, query = { 'locationId' },
      input = { id = text, locationId = maybe_text_2 }, output = { data = { 'object' } },
    },
    fetch_redirects_list = {
      method = 'GET', path = '/funnels/lookup/redirect/list', summary = 'Read a redirects list (funnels)',
      scopes = { 'funnels/redirect.readonly' }, success = 200, query = { 'locationId', 'limit', 'offset', 'search' },
      input = { limit = number, locationId = maybe_text_2, offset = number, search = maybe_text },
      output = { data = { 'object' } },
    },
    get_funnels = {
      method = 'GET', path = '/funnels/funnel/list', summary = 'List funnels', success = 200,
      query = { 'locationId', 'type', 'category', 'offset', 'limit', 'parentId', 'name' },
      input = {
        category = maybe_text, limit = maybe_text, locationId = maybe_text_2, name = maybe_text, offset = maybe_text,
        parentId = maybe_text, type = maybe_text,
      },
      output = { count = number, funnels = { 'object' }, traceId = text },
    },
    get_pages_by_funnel_id = {
      method = 'GET', path = '/funnels/page', summary = 'List pages by funnel', success = 200,
      query = { 'locationId', 'funnelId', 'name', 'limit', 'offset' },
      input = { funnelId = text, limit = number, locationId = maybe_text_2, name = maybe_text, offset = number },
      output = {
        _id = text, deleted = text, funnelId = text, locationId = text, name = text, stepId = text, updatedAt = text,
      },
    },
    get_pages_count_by_funnel_id = {
      method = 'GET', path = '/funnels/page/count', summary = 'Read a pages count by funnel', success = 200,
      query = { 'locationId', 'funnelId', 'name' },
      input = { funnelId = text, locationId = maybe_text_2, name = maybe_text }, output = { count = number },
    },
    update_redirect_by_id = {
      method = 'PATCH', path = '/funnels/lookup/redirect/{id}', summary = 'Change a redirect (funnels)',
      scopes = { 'funnels/redirect.write' }, success = 200,
      input = { action = action, id = text, locationId = maybe_text_2, target = text }, output = { data = data },
    },
  },
}
