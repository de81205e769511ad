-- The connector `http`, for any HTTP API. A call goes to the connection's base_url and to the hosts
-- of allow_hosts, nowhere else; private and loopback addresses are refused unless the connection
-- says allow_private: true, and that is checked on the address that the name resolves to. The
-- connection's token is sent to base_url's host only. An answer of 400 and above is an error,
-- classified by its status.
--
-- With auth: oauth the connection itself says how its service is asked (RFC 6749, RFC 7636), so that
-- any of them works without a connector of its own.

local address = { 'string', max = 8192, label = 'A path under base_url, or a whole URL' }
local query = { 'object', optional = true }
local headers = { 'object', optional = true }

local function operation(method, summary, body)
  local input = { url = address, query = query, headers = headers }
  local free = { url = 'url', query = 'query', headers = 'headers' }
  if body then
    input.json = { 'any', optional = true, nullable = true, label = 'Sent as JSON' }
    input.form = { 'object', optional = true, label = 'Sent as a form' }
    input.text = { 'string', optional = true, label = 'Sent as it is' }
    free.json, free.form, free.text = 'json', 'form', 'text'
  end
  local safe = method == 'GET' or method == 'PUT' or method == 'DELETE'
  if not safe then
    input.idempotent = {
      'boolean', optional = true, engine = true,
      label = 'Repeating the call does no harm, so the engine may do so',
    }
  end
  return {
    method = method, summary = summary, free = free, input = input,
    idempotent = safe, idempotent_when = not safe and 'idempotent' or nil,
    output_as = 'response',
    output = { status = { 'integer' }, headers = { 'object' }, body = { 'any', nullable = true } },
  }
end

return {
  name = 'http',
  title = 'HTTP',

  auth = {
    kinds = { 'none', 'token', 'oauth' }, header = 'Authorization', header_config = 'header', scheme = 'Bearer',
    encoding = 'form', client = 'body', grant = 'authorization_code', pkce = 'S256',
    -- A 401 to a call that carried the token says that the token is stale, where it can be renewed.
    stale = { 401 },
    accounts = { name = 'location' },
  },

  network = 'strict',

  config = {
    location = { 'string', optional = true, max = 128, label = 'The account: a token of another is refused' },
    scheme = { 'string', optional = true, max = 32, label = 'The word before the token; "" for none' },
    headers = { 'object', optional = true, label = 'Sent with every call' },
    grant = { 'string', optional = true, enum = { 'authorization_code', 'client_credentials' } },
    client = { 'string', optional = true, enum = { 'body', 'basic', 'none' }, label = 'Where client id and secret go' },
    encoding = { 'string', optional = true, enum = { 'form', 'json' }, label = 'Of token requests' },
    pkce = { 'string', optional = true, enum = { 'S256', 'none' } },
    issuer = { 'string', optional = true, max = 2048, label = 'What the service names itself in the callback' },
    scope_separator = { 'string', optional = true, enum = { ' ', ',', '+' } },
    account = { 'string', optional = true, max = 128, label = 'Path of the account in the token\'s answer' },
    params = {
      'object', optional = true, label = 'Further parameters',
      fields = {
        authorize = { 'object', optional = true }, token = { 'object', optional = true },
        refresh = { 'object', optional = true },
      },
    },
    answer = {
      'object', optional = true, label = 'Paths in the token\'s answer',
      fields = {
        access = { 'string', optional = true }, refresh = { 'string', optional = true },
        expires_in = { 'string', optional = true }, scope = { 'string', optional = true },
        error = { 'string', optional = true }, error_description = { 'string', optional = true },
      },
    },
  },

  -- A token of an API key kind cannot be renewed, so a 401 is final.
  classify = { { status = { 401 }, kind = 'auth' } },

  events = {},

  operations = {
    get = operation('GET', 'GET a URL', false),
    post = operation('POST', 'POST to a URL', true),
    put = operation('PUT', 'PUT to a URL', true),
    patch = operation('PATCH', 'PATCH a URL', true),
    delete = operation('DELETE', 'DELETE a URL', true),
  },
}
