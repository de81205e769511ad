-- Anything that can POST JSON or a form to an address of ours. How a delivery is checked stands in
-- the connection, and must stand there: `verify: none` (anybody may post), `token` (a secret at the
-- end of the URL, or in the header that `header` names) or `hmac_sha256` (hmac_sha1, hmac_sha512)
-- with `header`, `encoding` (hex, base64), `secret` and `prefix`, the text before the signature.

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
    prefix = { 'string', optional = true, max = 64, label = 'Text before the signature, like sha256=' },
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
