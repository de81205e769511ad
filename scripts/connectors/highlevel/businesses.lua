-- HighLevel: businesses.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local text = { 'string' }
local maybe_text = { 'string', optional = true }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }
local buiseness = {
  'object',
  fields = {
    address = text, city = text, country = text, createdAt = text, createdBy = { 'object' }, description = text,
    email = text, id = text, locationId = text, name = text, phone = text, postalCode = text, state = text,
    updatedAt = text, updatedBy = { 'object' }, website = text,
  },
}

return {
  operations = {
    create_business = {
      method = 'POST', path = '/businesses/', summary = 'Create a business', scopes = { 'businesses.write' },
      success = 201, core = true,
      input = {
        address = maybe_text, city = maybe_text, country = maybe_text, description = maybe_text, email = maybe_text,
        locationId = maybe_text_2, name = text, phone = maybe_text, postalCode = maybe_text, state = maybe_text,
        website = maybe_text,
      },
      output = { buiseness = buiseness, success = { 'boolean' } },
    },
    delete_business = {
      method = 'DELETE', path = '/businesses/{businessId}', summary = 'Delete a business',
      scopes = { 'businesses.write' }, success = 200, core = true, input = { businessId = text },
      output = { success = { 'boolean' } },
    },
    get_business = {
      method = 'GET', path = '/businesses/{businessId}', summary = 'Read a business',
      scopes = { 'businesses.readonly' }, success = 200, core = true, input = { businessId = text },
      output = { business = buiseness },
    },
    get_businesses_by_location = {
      method = 'GET', path = '/businesses/', summary = 'List businesses', scopes = { 'businesses.readonly' },
      success = 200, core = true, query = { 'locationId', 'limit', 'skip' },
      input = { limit = maybe_text, locationId = maybe_text_2, skip = maybe_text },
      output = { businesses = { 'list', of = buiseness } },
    },
    update_business = {
      method = 'PUT', path = '/businesses/{businessId}', summary = 'Change a business', scopes = { 'businesses.write' },
      success = 200, core = true,
      input = {
        address = maybe_text, businessId = text, city = maybe_text, country = maybe_text, description = maybe_text,
        email = maybe_text, name = maybe_text, phone = maybe_text, postalCode = maybe_text, state = maybe_text,
        website = maybe_text,
      },
      output = { buiseness = buiseness, success = { 'boolean' } },
    },
  },
}
