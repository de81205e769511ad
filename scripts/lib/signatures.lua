-- How senders sign their webhooks: what `verify:` of a connection can say. Data only; engine/service/verify*.c
-- reads it. scripts/connectors/README.md explains every key of a preset (webhook.schemes.NAME).
--
-- A rule has a `tolerance` only where the sender signs every repeat anew: else honest repeats would be refused, and the
-- delivery's id alone guards against a replay.
--
-- The ids of GitHub, Shopify and Twilio stand in headers that are not signed: who could read a delivery off the wire
-- could send it again under another id. That is the vendors' design; HTTPS is what guards it.

local minutes = '5 minutes'

-- What a person chooses for a service that is not listed.
local function plain(hash)
  return {
    summary = 'an HMAC of the body in a header of your choice',
    takes = { 'header', 'prefix', 'encoding', 'timestamp', 'signed', 'tolerance' },
    needs = { 'header' },
    rules = { { kind = 'hmac_' .. hash, encoding = 'hex', secret_min = 8 } },
  }
end

local presets = {
  none = { summary = 'anybody may post', rules = { { kind = 'none' } } },

  token = {
    summary = 'a secret at the end of the address, or in a header',
    takes = { 'header', 'prefix' },
    rules = { { kind = 'token', secret_min = 8 } },
  },

  basic = {
    summary = 'user and password (RFC 7617)',
    takes = { 'user' }, needs = { 'user' },
    rules = { { kind = 'basic', header = 'Authorization', prefix = 'Basic ', secret_min = 8 } },
  },

  hmac_sha1 = plain 'sha1',
  hmac_sha256 = plain 'sha256',
  hmac_sha512 = plain 'sha512',

  standard_webhooks = {
    summary = 'Standard Webhooks: Svix, OpenAI, Resend, Polar and many others',
    docs = 'https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md',
    takes = { 'tolerance' },
    rules = {
      {
        kind = 'hmac_sha256', header = 'webhook-signature', split = ' ', prefix = 'v1,', encoding = 'base64',
        signed = '{id}.{timestamp}.{body}', id = { header = 'webhook-id' },
        timestamp = { header = 'webhook-timestamp' }, tolerance = minutes,
        secret_prefix = 'whsec_', secret_encoding = 'base64',
      },
      {
        kind = 'ed25519', header = 'webhook-signature', split = ' ', prefix = 'v1a,', encoding = 'base64',
        signed = '{id}.{timestamp}.{body}', id = { header = 'webhook-id' },
        timestamp = { header = 'webhook-timestamp' }, tolerance = minutes, key_prefix = 'whpk_',
      },
    },
    dedupe = { { header = 'webhook-id' } },
    type = { field = 'type' },
  },

  -- Each repeat has a timestamp and a signature of its own. The secret is used as it stands, whsec_ and all.
  stripe = {
    summary = 'Stripe',
    docs = 'https://docs.stripe.com/webhooks/signature',
    takes = { 'tolerance' },
    rules = {
      {
        kind = 'hmac_sha256', header = 'Stripe-Signature', split = ',', prefix = 'v1=', encoding = 'hex',
        signed = '{timestamp}.{body}', timestamp = { header = 'Stripe-Signature', split = ',', prefix = 't=' },
        tolerance = minutes,
      },
    },
    dedupe = { { field = 'id' } },
    type = { field = 'type' },
  },

  github = {
    summary = 'GitHub',
    docs = 'https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries',
    rules = {
      { kind = 'hmac_sha256', header = 'X-Hub-Signature-256', prefix = 'sha256=', encoding = 'hex', secret_min = 8 },
    },
    dedupe = { { header = 'X-GitHub-Delivery' } },
    type = { header = 'X-GitHub-Event' },
  },

  -- Slash commands and buttons come as forms, without an id; Slack shows what is answered to them, so nothing is.
  slack = {
    summary = 'Slack',
    docs = 'https://docs.slack.dev/authentication/verifying-requests-from-slack/',
    takes = { 'tolerance' },
    rules = {
      {
        kind = 'hmac_sha256', header = 'X-Slack-Signature', prefix = 'v0=', encoding = 'hex',
        signed = 'v0:{timestamp}:{body}', timestamp = { header = 'X-Slack-Request-Timestamp' }, tolerance = minutes,
      },
    },
    dedupe = { { field = 'event_id' } },
    type = { field = 'event.type' },
    challenge = { field = 'type', is = 'url_verification', answer = 'challenge' },
    answer = { status = 200, body = '' },
  },

  -- Repeats carry the id of the first attempt, and no time that is signed.
  shopify = {
    summary = 'Shopify',
    docs = 'https://shopify.dev/docs/apps/build/webhooks/verify-deliveries',
    rules = { { kind = 'hmac_sha256', header = 'X-Shopify-Hmac-SHA256', encoding = 'base64' } },
    dedupe = { { header = 'X-Shopify-Webhook-Id' } },
    type = { header = 'X-Shopify-Topic' },
  },

  -- Signs the address that it calls, so public_url must say it. An empty answer in TwiML does nothing.
  twilio = {
    summary = 'Twilio',
    docs = 'https://www.twilio.com/docs/usage/security',
    rules = {
      {
        kind = 'hmac_sha1', header = 'X-Twilio-Signature', encoding = 'base64', signed = '{url}{form}',
        body_digest = 'bodySHA256',
      },
    },
    dedupe = { { header = 'I-Twilio-Idempotency-Token' } },
    answer = { status = 200, content_type = 'text/xml', body = '<Response/>' },
  },
}

return { name = 'signatures', presets = presets }
