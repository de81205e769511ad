-- HighLevel: email-isv.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local text = { 'string' }

return {
  operations = {
    verify_email = {
      method = 'POST', path = '/email/verify', summary = 'Verify an email', success = 201, query = { 'locationId' },
      input = {
        locationId = { 'string', optional = true, from_connection = 'location' },
        type = { 'string', enum = { 'email', 'contact' } }, verify = text,
      },
      output = {
        address = text, leadconnectorRecomendation = { 'object', fields = { isEmailValid = { 'boolean' } } },
        message = text, reason = { 'list', of = text }, result = text, risk = text, verified = { 'boolean' },
      },
    },
  },
}
