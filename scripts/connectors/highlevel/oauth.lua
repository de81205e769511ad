-- HighLevel: oauth.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local text = { 'string' }
local flag = { 'boolean' }
local maybe_text = { 'string', optional = true }
local maybe_text_2 = { 'string', optional = true, from_connection = 'agency' }

return {
  operations = {
    get_access_token = {
      method = 'POST', path = '/oauth/token', summary = 'Get an access token', success = 200,
      unsupported = 'the engine itself asks for tokens, keeps them and renews them; see `ladle connect`',
      input = {
        client_id = text, client_secret = text, code = maybe_text,
        grant_type = { 'string', enum = { 'authorization_code', 'refresh_token', 'client_credentials' } },
        redirect_uri = maybe_text, refresh_token = maybe_text,
        user_type = { 'string', optional = true, enum = { 'Company', 'Location' } },
      },
      output = {
        access_token = text, approveAllLocations = flag, approvedLocations = { 'list', of = text }, companyId = text,
        expires_in = { 'number' }, installToFutureLocations = flag, isBulkInstallation = flag, locationId = text,
        planId = text, refresh_token = text, scope = text, token_type = text, userId = text, userType = text,
      },
    },
    get_installed_location = {
      method = 'GET', path = '/oauth/installedLocations', summary = 'List the locations where the app is installed',
      scopes = { 'oauth.readonly' }, access = 'parent', oauth_only = true, success = 200,
      query = {
        'skip', 'limit', 'query', 'isInstalled', 'companyId', 'appId', 'versionId', 'onTrial', 'planId', 'locationId',
      },
      input = {
        appId = text, companyId = maybe_text_2, isInstalled = { 'boolean', optional = true }, limit = maybe_text,
        locationId = maybe_text, onTrial = { 'boolean', optional = true }, planId = maybe_text, query = maybe_text,
        skip = maybe_text, versionId = maybe_text,
      },
      output = {
        count = { 'number' }, installToFutureLocations = flag,
        locations = {
          'list',
          of = {
            'object',
            fields = {
              _id = text, address = text, installedAt = text, isInstalled = flag, name = text, versionId = text,
            },
          },
        },
      },
    },
    get_location_access_token = {
      method = 'POST', path = '/oauth/locationToken', summary = 'Get a token for a location from the agency token',
      scopes = { 'oauth.write' }, access = 'parent', oauth_only = true, success = 200,
      unsupported = 'the engine itself asks for tokens, keeps them and renews them; see `ladle connect`',
      input = { companyId = maybe_text_2, locationId = { 'string', optional = true, from_connection = 'location' } },
      output = {
        access_token = text, appId = text, expires_in = { 'number' }, locationId = text, planId = text, scope = text,
        token_type = text, userId = text, versionId = text,
      },
    },
  },
}
