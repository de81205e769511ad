-- Plays OAuth 2.0 and private integration tokens. An authorization code works once, a refresh token
-- works once, an access token works until it expires; a private integration token does not expire.
-- There is no grace period for a lost answer of the token endpoint, since none is documented: who
-- loses the answer has lost the connection. The setting refresh_grace_s makes it like services that
-- have one.
--
-- The vendor does not document the bodies of failed grants: they are those of RFC 6749, 5.2. A code
-- that was asked for with a redirect_uri needs the same one when it is exchanged (4.1.3). PKCE is not
-- part of the vendor's API: its token endpoint knows no code_verifier, and neither does this one.

local answer = require 'sandbox.answer'

local auth = {}

-- {"alg":"RS256","typ":"JWT"}: tokens look like the real ones, and nothing is in them.
local JWT_HEAD = 'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9'
local CODE_LIFE_MS = 600000
local YEAR_MS = 365 * 86400000

local Auth = {}
Auth.__index = Auth

-- `app` is that of seed.lua: {client_id, client_secret, scopes, codes, private_token, location, …}.
function auth.new(sandbox, app)
  local self = { sandbox = sandbox, app = app, access = {}, refresh = {}, codes = {} }
  for _, code in ipairs(app.codes) do
    self.codes[code] = { scopes = app.scopes, type = 'Location' }
  end
  self.access[app.private_token] = {
    kind = 'private', type = 'Location', location = app.location, scopes = app.scopes,
    client = app.private_token,
  }
  self.access[app.agency_token] = {
    kind = 'private', type = 'Company', company = app.company, scopes = app.scopes,
    client = app.agency_token,
  }
  return setmetatable(self, Auth)
end

local function oauth_error(status, code, description)
  answer.refuse_with(status, { error = code, error_description = description })
end

local function jwt(random)
  return table.concat({ JWT_HEAD, random:token(120), random:token(86) }, '.')
end

local function issue(self, type, location, scopes)
  local sandbox, app = self.sandbox, self.app
  local now, random = sandbox.now(), sandbox.secrets
  local access = {
    kind = 'oauth', type = type, location = location, company = app.company, user = app.user,
    client = app.client_id, scopes = scopes, text = jwt(random),
    expires_ms = now + sandbox.settings.access_token_s * 1000,
  }
  local refresh = {
    type = type, location = location, scopes = scopes, text = jwt(random), id = random:hex24(),
    expires_ms = now + YEAR_MS,
  }
  self.access[access.text] = access
  self.refresh[refresh.text] = refresh
  return access, refresh
end

local function token_body(self, call, access, refresh)
  local app = self.app
  local is_company = access.type == 'Company'
  return {
    access_token = access.text, token_type = 'Bearer',
    expires_in = self.sandbox.settings.access_token_s, refresh_token = refresh.text,
    refreshTokenId = refresh.id, scope = table.concat(access.scopes, ' '), userType = access.type,
    companyId = app.company, userId = app.user, isBulkInstallation = false,
    locationId = not is_company and access.location or nil,
    approvedLocations = is_company and answer.list({ app.location, app.other_location }) or nil,
    traceId = call.trace_id,
  }
end

local function record(call, effect, more)
  more.effect = effect
  call.sandbox.ledger:add(call, more)
end

local function check_client(self, form)
  if form.client_id ~= self.app.client_id or form.client_secret ~= self.app.client_secret then
    oauth_error(401, 'invalid_client', 'Invalid client: client is invalid')
  end
end

local function refuse_grant(call, description)
  record(call, 'token_refused', { id = call.trace_id, reason = description })
  oauth_error(400, 'invalid_grant', description)
end

local function exchange_code(self, call, form)
  local code = self.codes[form.code or '']
  local now = self.sandbox.now()
  if not code or code.is_used then
    refuse_grant(call, 'Invalid grant: authorization code is invalid')
  elseif code.expires_ms and code.expires_ms <= now then
    refuse_grant(call, 'Invalid grant: authorization code has expired')
  elseif code.redirect_uri and code.redirect_uri ~= form.redirect_uri then
    refuse_grant(call, 'Invalid grant: redirect_uri is invalid')
  end
  code.is_used = true
  local type = form.user_type or code.type
  local location = type == 'Location' and self.app.location or nil
  local access, refresh = issue(self, type, location, code.scopes)
  record(call, 'token_issued', { id = refresh.id, userType = type })
  return answer.ok(token_body(self, call, access, refresh))
end

local function is_in_grace(self, old)
  return self.sandbox.now() - old.used_ms < self.sandbox.settings.refresh_grace_s * 1000
end

-- Rotation: the token that is presented ends here, whether or not the answer arrives.
local function rotate(self, call, form)
  local old = self.refresh[form.refresh_token or '']
  if not old then
    refuse_grant(call, 'Invalid grant: refresh token is invalid')
  elseif old.used_ms and not is_in_grace(self, old) then
    refuse_grant(call, 'Invalid grant: refresh token has been used already')
  elseif old.expires_ms <= self.sandbox.now() then
    refuse_grant(call, 'Invalid grant: refresh token has expired')
  end
  old.used_ms = old.used_ms or self.sandbox.now()
  local access, refresh = issue(self, old.type, old.location, old.scopes)
  record(call, 'token_refreshed', { id = refresh.id, replaces = old.id })
  return answer.ok(token_body(self, call, access, refresh))
end

-- POST /oauth/token
function auth.token(call)
  local self, form = call.sandbox.auth, call.form
  check_client(self, form)
  if form.grant_type == 'authorization_code' then
    return exchange_code(self, call, form)
  elseif form.grant_type == 'refresh_token' then
    return rotate(self, call, form)
  end
  oauth_error(400, 'unsupported_grant_type', 'Unsupported grant type: `grant_type` is invalid')
end

-- The answer with a new token of that location, for agency.lua.
function auth.issue_for_location(call, location)
  local self = call.sandbox.auth
  local access, refresh = issue(self, 'Location', location, self.app.scopes)
  record(call, 'token_issued', { id = refresh.id, userType = 'Location', locationId = location })
  return answer.ok(token_body(self, call, access, refresh))
end

-- The scopes asked for that the app has; all of the app's where none were asked for.
local function granted(app, wanted)
  if not wanted or wanted == '' then
    return app.scopes
  end
  local known, list = {}, {}
  for _, scope in ipairs(app.scopes) do
    known[scope] = true
  end
  for scope in wanted:gmatch('%S+') do
    if known[scope] then
      list[#list + 1] = scope
    end
  end
  return list
end

local function encode(text)
  return (text:gsub('[^%w%-._~]', function(c)
    return ('%%%02X'):format(c:byte())
  end))
end

local function check_authorize(self, query)
  if query.client_id ~= self.app.client_id then
    answer.refuse(400, 'No integration found with the id: ' .. tostring(query.client_id or ''))
  elseif query.response_type ~= 'code' then
    answer.refuse(400, 'response_type must be code')
  elseif not (query.redirect_uri or ''):match('^https?://[^%s]+$') then
    answer.refuse(400, 'redirect_uri is not valid')
  end
end

-- GET /oauth/chooselocation: the person is taken to have chosen the seeded location and agreed at
-- once.
function auth.choose_location(call)
  local self, query = call.sandbox.auth, call.query
  check_authorize(self, query)
  local code = self.sandbox.secrets:token(40)
  self.codes[code] = {
    scopes = granted(self.app, query.scope), type = 'Location', redirect_uri = query.redirect_uri,
    expires_ms = self.sandbox.now() + CODE_LIFE_MS,
  }
  local mark = query.redirect_uri:find('?', 1, true) and '&' or '?'
  local target = ('%s%scode=%s'):format(query.redirect_uri, mark, code)
  if query.state then
    target = ('%s&state=%s'):format(target, encode(query.state))
  end
  return { status = 302, headers = { Location = target }, body = { code = code } }
end

-- The token that a request carries, or a 401 in the words of the real service.
function Auth:token_of(header)
  local text = (header or ''):match('^[Bb]earer +(%S+)$')
  local token = text and self.access[text]
  if text and text:match('^pit%-') and not token then
    answer.refuse(401, 'Invalid Private Integration token')
  elseif not token then
    answer.refuse(401, 'Invalid JWT')
  elseif token.is_revoked or token.expires_ms and token.expires_ms <= self.sandbox.now() then
    answer.refuse(401, 'Invalid token: access token is invalid')
  end
  return token
end

-- Ends every token of a location.
function Auth:forget_location(location)
  for _, tokens in ipairs { self.access, self.refresh } do
    for text, token in pairs(tokens) do
      if token.location == location and token.kind ~= 'private' then
        tokens[text] = nil
      end
    end
  end
end

-- Ends the access token that a request carries, as if its time were up. A private integration token
-- survives, but this request is refused.
function Auth:expire(header)
  local text = (header or ''):match('^[Bb]earer +(%S+)$')
  local token = text and self.access[text]
  if token and token.kind == 'oauth' then
    token.is_revoked = true
  end
  answer.refuse(401, 'Invalid token: access token is invalid')
end

local function has_scope(token, wanted)
  for _, scope in ipairs(token.scopes) do
    if scope == wanted then
      return true
    end
  end
  return false
end

-- 401 where the token's grant does not include each scope.
function auth.check_scope(token, operation)
  if operation.is_agency and (token.type ~= 'Company' or token.kind ~= 'oauth') then
    answer.refuse(401, 'This authClass type is not allowed to access this scope.')
  end
  for _, scope in ipairs(operation.scopes or { operation.scope }) do
    if not has_scope(token, scope) then
      answer.refuse(401, 'The token is not authorized for this scope.')
    end
  end
end

return auth
