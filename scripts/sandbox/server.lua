-- A strict, stateful mock of the HighLevel Contacts API: sandbox:handle(request) -> response. It
-- knows no sockets; the clock, the randomness and everything that acts is handed in, so that a test
-- drives it as it likes.
--
-- request   {method, path, query = {}, headers = {} (names in lower case), body = text}
-- response  {status, headers, body = text, delay_ms, drop}
--
-- The way of a request: fault rules → operation → token → version → limit → scope → schema →
-- the operation itself, which checks everything and only then changes, writes its ledger line and
-- makes its events.

local answer = require 'sandbox.answer'
local auth = require 'sandbox.auth'
local control = require 'sandbox.control'
local faults = require 'sandbox.faults'
local json = require 'json'
local ledger = require 'sandbox.ledger'
local limits = require 'sandbox.limits'
local people = require 'sandbox.people'
local random = require 'sandbox.random'
local routes = require 'sandbox.routes'
local rows = require 'sandbox.rows'
local seed = require 'sandbox.seed'
local validate = require 'sandbox.validate'
local webhooks = require 'sandbox.webhooks'

local server = {}

local Sandbox = {}
Sandbox.__index = Sandbox

-- The Contacts API's own version. The real service accepts its other published versions here too; a
-- caller that sends one of those has it wrong, so the sandbox does not.
local VERSION = '2021-07-28'

local BODY_MAX = 1 << 20

local function default_settings()
  return {
    rate_max = 100, rate_interval_ms = 10000, rate_daily_max = 200000, access_token_s = 86399,
    search_lag_ms = 0, allow_duplicates = false, allow_duplicate_opportunities = true,
    agency_locations = 0, refresh_grace_s = 0,
  }
end

-- What is held beside contacts, by the name under which operations find it.
local HOLDINGS = {
  'locations', 'users', 'fields', 'businesses', 'calendars', 'appointments', 'pipelines',
  'lost_reasons', 'opportunities', 'workflows', 'campaigns',
}

-- Empties it and puts the data in. The ledger stays: it tells what happened.
function Sandbox:reset()
  self.people = people.new()
  for _, name in ipairs(HOLDINGS) do
    self[name] = rows.new()
  end
  seed.fill(self, self.data, self.seed)
end

-- What is held beside contacts: name -> rows.
function Sandbox:holdings()
  local found = {}
  for _, name in ipairs(HOLDINGS) do
    found[name] = self[name]
  end
  return found
end

-- Options: seed (an integer), now() -> ms; and each may be left out: data (of the form of
-- seed_form.lua), faults (decoded JSON), settings, write_ledger(line), hooks (a list of addresses),
-- base_url, send, after, sign (webhooks.lua).
function server.new(options)
  local data = options.data or require 'sandbox.seed_data'
  local app = seed.app(options.seed, data)
  local self = setmetatable({
    now = options.now, app = app, settings = default_settings(), data = data,
    seed = options.seed, base_url = options.base_url or 'http://127.0.0.1',
    ids = random.new(options.seed, 'ids'), secrets = random.new(options.seed, 'secrets'),
    traces = random.new(options.seed, 'traces'), requests = 0, answers = {}, served = {},
    lost_answers = 0,
  }, Sandbox)
  for name, value in pairs(options.settings or {}) do
    self.settings[name] = value
  end
  self.limits = limits.new(self.settings)
  self.ledger = ledger.new(self.now, options.write_ledger)
  self.faults = faults.new(options.faults, random.new(options.seed, 'faults'))
  self.auth = auth.new(self, app)
  self.webhooks = webhooks.new {
    now = self.now, random = random.new(options.seed, 'webhooks'), sign = options.sign,
    send = options.send, after = options.after, urls = options.hooks or {}, app_id = app.id,
    version_id = app.version_id,
  }
  self:reset()
  return self
end

-- What a caller needs to connect: printed by the command, shown by /_sandbox/state.
function Sandbox:credentials()
  local app = self.app
  return {
    client_id = app.client_id, client_secret = app.client_secret, code = app.codes[1],
    codes = answer.list(app.codes), token = app.private_token,
    agency_token = app.agency_token, location = app.location,
    company = app.company, scopes = answer.list(app.scopes),
  }
end

local function is_content_type(request, wanted)
  local given = (request.headers['content-type'] or ''):lower():match('^%s*([^;%s]*)')
  return given == wanted
end

local function decode_json(request)
  if not is_content_type(request, 'application/json') or request.body == nil
    or request.body == '' then
    return {}
  end
  local value, err = json.try_decode(request.body)
  if value == nil then
    answer.refuse(400, tostring(err))
  end
  return value
end

local function decode_text(text)
  return (text:gsub('+', ' '):gsub('%%(%x%x)', function(hex)
    return string.char(tonumber(hex, 16))
  end))
end

local function decode_form(request)
  local form = {}
  if is_content_type(request, 'application/x-www-form-urlencoded') then
    for key, value in (request.body or ''):gmatch('([^&=]+)=([^&]*)') do
      form[decode_text(key)] = decode_text(value)
    end
  end
  return form
end

-- An operation that is described with no version takes any, and none.
local function check_version(request, wanted)
  local version = request.headers.version
  if wanted == false then
    return
  elseif not version then
    answer.refuse(401, 'version header was not found.')
  elseif version ~= (wanted or VERSION) then
    answer.refuse(401, 'version header is invalid')
  end
end

local function check_schema(fields, value)
  local messages = validate.messages(fields, value)
  if messages[1] then
    answer.unprocessable(messages)
  end
end

-- Where the whole body is one field: that field, which is missing where there is no body.
local function whole_body(operation, request, body)
  if not operation.body_as then
    return nil
  end
  local has_body = request.body ~= nil and request.body ~= ''
  return { [operation.body_as] = has_body and body or nil }
end

-- Reads what the operation takes and refuses what it does not.
local function read_input(call)
  local operation, request = call.operation, call.request
  if operation.body then
    call.body = decode_json(request)
    check_schema(operation.body, whole_body(operation, request, call.body) or call.body)
  end
  if operation.form then
    call.form = decode_form(request)
    check_schema(operation.form, call.form)
  end
  if operation.query then
    check_schema(operation.query, call.query)
  end
  if operation.params then
    check_schema(operation.params, call.params)
  end
end

-- Adds to the answer's headers what the limiter tells; false where the request is over the limit.
local function take(self, call)
  local token = call.token
  local key = token.client .. '/' .. (token.location or token.company)
  local told, is_allowed = self.limits:take(key, self.now())
  for name, value in pairs(told) do
    call.headers[name] = value
  end
  return is_allowed
end

-- Which kinds of token an operation of the catalogue takes: a location's, an agency's or both, of an
-- installed app only or private ones too.
local function check_kind(token, operation)
  local access = operation.access
  local is_agency = token.type == 'Company'
  if access == 'location' and is_agency or access == 'parent' and not is_agency
    or operation.oauth_only and token.kind ~= 'oauth' then
    answer.refuse(401, 'This authClass type is not allowed to access this scope.')
  end
end

-- Who asks, and whether they may: the checks of every operation but those of OAuth. False where the
-- request is over the limit.
local function pass_door(self, call)
  call.token = self.auth:token_of(call.request.headers.authorization)
  check_version(call.request, call.operation.version)
  if not take(self, call) then
    return false
  end
  check_kind(call.token, call.operation)
  auth.check_scope(call.token, call.operation)
  return true
end

-- Does what a fault rule says before anything happens; its answer, or nil.
local function apply_fault(self, call)
  local action = call.action
  local dictated = action and faults.answer_of(action)
  if action and action.expire_token then
    self.auth:expire(call.request.headers.authorization)
  end
  return dictated
end

-- From fault to effect: returns an answer, or raises a refusal.
local function perform(self, call)
  local request = call.request
  local dictated = apply_fault(self, call)
  if dictated then
    return dictated
  elseif #(request.body or '') > BODY_MAX then
    answer.refuse(413, 'Payload Too Large')
  elseif not call.operation then
    answer.refuse(404, ('Cannot %s %s'):format(request.method, request.path))
  elseif not call.operation.is_open and not pass_door(self, call) then
    return limits.refusal()
  end
  read_input(call)
  local result = call.operation.run(call)
  local name = call.operation.name
  self.served[name] = (self.served[name] or 0) + 1
  return result
end

-- What an operation sees of its request: params, query, body or form, token, and the sandbox.
local function new_call(self, request)
  local operation, params = routes.find(request.method, request.path)
  local action = self.faults:pick(request, operation and operation.name)
  local trace_id = self.traces:uuid()
  return {
    sandbox = self, request = request, operation = operation, params = params,
    query = request.query, base_url = self.base_url, trace_id = trace_id,
    request_id = request.headers['x-request-id'] or ('req-%d'):format(self.requests),
    action = action, loses_answer = action and action.lose_answer,
    headers = { ['X-Trace-Id'] = trace_id },
  }
end

-- Runs fn(…), turning a refusal into the answer that it is. Any other error is one of the sandbox:
-- 500.
local function guarded(fn, ...)
  local ok, result = pcall(fn, ...)
  if ok or answer.is_refusal(result) then
    return result
  end
  return { status = 500, body = { statusCode = 500, message = 'sandbox: ' .. tostring(result) } }
end

local function to_response(result, headers)
  if result.drop then
    return result
  end
  for name, value in pairs(result.headers or {}) do
    headers[name] = value
  end
  local body = result.body
  if type(body) == 'table' then
    headers['Content-Type'] = headers['Content-Type'] or 'application/json; charset=utf-8'
    body = json.encode(body)
  end
  return { status = result.status, headers = headers, body = body or '' }
end

local function serve(self, request)
  local call = new_call(self, request)
  local response = to_response(guarded(perform, self, call), call.headers)
  if call.loses_answer then
    response.drop = true
  end
  response.delay_ms = call.action and call.action.delay_ms
  return response
end

local function count(self, response)
  if response.drop then
    self.lost_answers = self.lost_answers + 1
  else
    local status = tostring(response.status)
    self.answers[status] = (self.answers[status] or 0) + 1
  end
end

-- Answers one request. Never raises.
function Sandbox:handle(request)
  request.headers = request.headers or {}
  request.query = request.query or {}
  if control.is_path(request.path) then
    return to_response(guarded(control.handle, self, request), {})
  end
  self.requests = self.requests + 1
  local response = serve(self, request)
  count(self, response)
  return response
end

return server
