-- Makes the sandbox fail as a script of rules says. A list of rules, each {match = {...}, ["do"] =
-- {...}}; the first rule that fires for a request decides, and every rule counts every request that
-- it matches.
--
-- match   method     "POST"
--         path       "/contacts/" a prefix of the path, or a Lua pattern that begins with "^"
--         operation  "create_task" as routes.lua names them; also "token" for POST /oauth/token
--         nth        3, or [2, 5]: only those of the requests that match
--         every      3: each third
--         after      10: not the first ten
--         times      2: fires twice at most
--         chance     0.1: by the seed
-- do      status, body (text or JSON), headers, retry_after (seconds)     answers that, and nothing
-- happens
--         delay_ms      answers late; may stand beside any of the others, or alone
--         reset         cuts the connection before anything happened
--         lose_answer   the effect happens, then the connection is cut
--         expire_token  the access token of the request ends: 401
--         show_late_ms  a note or task that is made comes to show in lists so much later (late.lua)
--         given_back    its texts are given back as "html", with "entities", with its "spaces" folded, in "upper" case

local answer = require 'sandbox.answer'
local json = require 'json'
local late = require 'sandbox.late'

local faults = {}
faults.__index = faults

local RULES_MAX = 100

local MATCH = {
  method = 'string', path = 'string', operation = 'string', nth = 'any', every = 'integer',
  after = 'integer', times = 'integer', chance = 'number',
}
local ACTIONS = {
  status = 'integer', body = 'any', headers = 'table', retry_after = 'integer',
  delay_ms = 'integer', reset = 'boolean', lose_answer = 'boolean', expire_token = 'boolean',
  show_late_ms = 'integer', given_back = 'string',
}

local function is_type(value, wanted)
  if wanted == 'any' then
    return true
  elseif wanted == 'integer' then
    return math.type(value) == 'integer' and value >= 0
  end
  return type(value) == wanted
end

-- Numbers that would make no answer, or never one.
local RANGES = {
  match = { every = { 1, math.maxinteger }, chance = { 0, 1 } },
  ['do'] = { status = { 200, 599 }, delay_ms = { 0, 600000 }, show_late_ms = { 0, 600000 } },
}

local function check_ranges(part, name, at)
  for key, range in pairs(RANGES[name]) do
    local value = part[key]
    if value and (value < range[1] or value > range[2]) then
      error(('faults: rule %d: "%s.%s" is out of range'):format(at, name, key), 0)
    end
  end
end

local function check_part(part, known, name, at)
  if type(part) ~= 'table' then
    error(('faults: rule %d: "%s" must be an object'):format(at, name), 0)
  end
  for key, value in pairs(part) do
    if not known[key] then
      error(('faults: rule %d: "%s.%s" is not known'):format(at, name, tostring(key)), 0)
    elseif not is_type(value, known[key]) then
      error(('faults: rule %d: "%s.%s" must be of type %s'):format(at, name, key, known[key]), 0)
    end
  end
  check_ranges(part, name, at)
end

local function check_form(form, at)
  if form and not late.FORMS[form] then
    error(('faults: rule %d: "do.given_back" is no form of texts'):format(at), 0)
  end
end

local function check_pattern(path, at)
  if path and path:sub(1, 1) == '^' and not pcall(string.find, '', path) then
    error(('faults: rule %d: "match.path" is not a pattern'):format(at), 0)
  end
end

local function check_rule(rule, at)
  if type(rule) ~= 'table' then
    error(('faults: rule %d is not an object'):format(at), 0)
  end
  for key in pairs(rule) do
    if key ~= 'match' and key ~= 'do' then
      error(('faults: rule %d: "%s" is not "match" or "do"'):format(at, tostring(key)), 0)
    end
  end
  check_part(rule.match or {}, MATCH, 'match', at)
  check_part(rule['do'], ACTIONS, 'do', at)
  check_pattern((rule.match or {}).path, at)
  check_form(rule['do'].given_back, at)
  if next(rule['do']) == nil then
    error(('faults: rule %d does nothing'):format(at), 0)
  end
end

-- Rules as decoded JSON; raises a text that names what is wrong.
function faults.new(rules, random)
  local self = setmetatable({ rules = {}, random = random }, faults)
  self:replace(rules or {})
  return self
end

-- Puts other rules in place; all counts begin again.
function faults:replace(rules)
  if type(rules) ~= 'table' or #rules > RULES_MAX or (next(rules) ~= nil and #rules == 0) then
    error(('faults: a list of at most %d rules is wanted'):format(RULES_MAX), 0)
  end
  for at, rule in ipairs(rules) do
    check_rule(rule, at)
  end
  self.rules = {}
  for at, rule in ipairs(rules) do
    self.rules[at] = { match = rule.match or {}, action = rule['do'], seen = 0, fired = 0 }
  end
end

local function path_matches(wanted, path)
  if wanted:sub(1, 1) == '^' then
    return path:find(wanted) ~= nil
  end
  return path:sub(1, #wanted) == wanted
end

local function concerns(match, request, operation)
  return (not match.method or match.method:upper() == request.method)
    and (not match.path or path_matches(match.path, request.path))
    and (not match.operation or match.operation == operation)
end

local function is_one_of(wanted, number)
  if type(wanted) ~= 'table' then
    return wanted == number
  end
  for _, item in ipairs(wanted) do
    if item == number then
      return true
    end
  end
  return false
end

-- Whether a rule fires for the request that it has just counted.
local function fires(self, rule)
  local match = rule.match
  local number = rule.seen - (match.after or 0)
  if number < 1 or match.times and rule.fired >= match.times then
    return false
  elseif match.nth and not is_one_of(match.nth, number) then
    return false
  elseif match.every and number % match.every ~= 0 then
    return false
  end
  return not match.chance or self.random:fraction() < match.chance
end

-- The action of the first rule that fires, or nil.
function faults:pick(request, operation)
  local picked
  for _, rule in ipairs(self.rules) do
    if concerns(rule.match, request, operation) then
      rule.seen = rule.seen + 1
      if not picked and fires(self, rule) then
        rule.fired = rule.fired + 1
        picked = rule.action
      end
    end
  end
  return picked
end

-- The answer that an action dictates without an effect, or nil.
function faults.answer_of(action)
  if action.reset then
    return { drop = true }
  elseif action.status then
    local headers = {}
    for name, value in pairs(action.headers or {}) do
      headers[name] = tostring(value)
    end
    if action.retry_after then
      headers['Retry-After'] = tostring(action.retry_after)
    end
    local body = action.body or answer.plain(action.status)
    return { status = action.status, headers = headers, body = body }
  end
  return nil
end

-- The rules with their counts, for the control endpoint.
function faults:report()
  local list = {}
  for i, rule in ipairs(self.rules) do
    list[i] = { match = rule.match, ['do'] = rule.action, seen = rule.seen, fired = rule.fired }
  end
  return json.array(list)
end

return faults
