-- The connector `webhook`, for anything that can POST JSON or a form to an address of ours. How a
-- delivery is checked stands in the connection, and must stand there: `verify:` names a preset of
-- lib/signatures.lua, a service (stripe, github …) or a plain way (none, token, basic, hmac_sha256
-- …) with keys of its own.

return {
  name = 'webhook',
  title = 'Webhook',

  auth = { kinds = { 'none' } },

  webhook = {
    content = 'any',
    event = 'received',
    dedupe_config = 'dedupe',
    verify = 'config',
  },

  config = {
    dedupe = {
      'list', of = { 'string' }, optional = true,
      label = 'Paths of the fields that tell a delivery apart; the whole body without it',
    },
  },

  events = {
    received = {
      summary = 'Something was posted to the connection\'s address',
      sample = 'samples/webhook/received.json',
    },
  },

  operations = {},
}
