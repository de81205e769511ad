-- The operations that the sandbox does not play: what is known of them is the catalogue that the
-- connector has too (connectors/highlevel/). A request is held against it: path, token, scopes,
-- version, unknown, missing and wrong fields; the answer is made by answers.lua from the schema of
-- the output. An area's file is loaded when a path of its own is asked for.

local access = require 'sandbox.access'
local answers = require 'sandbox.answers'

local catalogue = {}

-- The file of an area, by the first part of its paths.
local FILES = {
  ['ad-publishing'] = 'ad_manager', email = 'email_isv', ['knowledge-bases'] = 'knowledge_base',
  saas = 'saas_api',
}
for name in ([[
  affiliate-manager agent-studio associations blogs brand-boards businesses calendars campaigns
  companies contacts conversation-ai conversations courses custom-fields custom-menus emails forms
  funnels invoices links locations marketplace medias oauth objects opportunities payments
  phone-system products proposals saas-api snapshots social-media-posting store surveys users
  voice-ai workflows
]]):gmatch('%S+') do
  FILES[name] = name:gsub('-', '_')
end

-- Files in whose operations the vendor declares no Version header.
local WITHOUT_VERSION = { store = true }

-- --- from descriptors to rules -------------------------------------------------------------------

local rule_of

local function rules_of(fields)
  local rules = {}
  for name, descriptor in pairs(fields) do
    rules[name] = rule_of(descriptor)
  end
  return rules
end

local TYPES = {
  string = 'string', number = 'number', integer = 'whole', boolean = 'boolean', date = 'date',
  list = 'list', object = 'object', any = 'any',
}

-- What the connection fills in, and what has a default, is what the vendor requires.
local function is_required(descriptor)
  return not descriptor.optional or descriptor.from_connection ~= nil
end

function rule_of(descriptor)
  local rule = {
    type = TYPES[descriptor[1]], required = is_required(descriptor),
    nullable = descriptor.nullable, max = descriptor.max,
  }
  if descriptor.enum then
    rule.type, rule.values = 'enum', descriptor.enum
  elseif descriptor.of then
    rule.of = rule_of(descriptor.of)
  elseif descriptor.fields then
    rule.fields = rules_of(descriptor.fields)
  end
  return rule
end

local IN_QUERY = { number = 'numeric', whole = 'digits', boolean = 'flag' }

-- In a query everything is text; a list is one value, or its values with commas.
local function query_rule(descriptor)
  local rule = rule_of(descriptor)
  if rule.type == 'enum' and descriptor[1] ~= 'string' then
    return { type = 'any', required = rule.required }
  elseif rule.type == 'list' or rule.type == 'object' then
    return { type = 'any', required = rule.required }
  end
  rule.type = IN_QUERY[rule.type] or rule.type
  return rule
end

-- --- an operation --------------------------------------------------------------------------------

local function set_of(items)
  local set = {}
  for _, item in ipairs(items or {}) do
    set[item] = true
  end
  return set
end

local function path_names(path)
  local names = {}
  for name in path:gmatch('{([^}]+)}') do
    names[name] = true
  end
  return names
end

-- The rules of the three places that a field can stand in.
local function places(operation)
  local in_path, in_query = path_names(operation.path), set_of(operation.query)
  local in_body = set_of(operation.body)
  local path, query, body = {}, {}, {}
  for name, descriptor in pairs(operation.input or {}) do
    if in_path[name] then
      path[name] = rule_of(descriptor)
    end
    if in_query[name] then
      query[name] = query_rule(descriptor)
    end
    if in_body[name] or not in_path[name] and not in_query[name] then
      body[name] = rule_of(descriptor)
    end
  end
  return path, query, body
end

local function has_body(operation, body)
  local is_with_body = operation.method == 'POST' or operation.method == 'PUT'
    or operation.method == 'PATCH'
  return is_with_body or next(body) ~= nil
end

-- 403 where a location's token names another location, in whichever place.
local function check_locations(call)
  for _, part in ipairs { call.params, call.query, call.body or {} } do
    local names_alt = part.altType == nil or part.altType == 'location'
    if type(part.locationId) == 'string' then
      access.location(call, part.locationId)
    end
    if names_alt and type(part.altId) == 'string' then
      access.location(call, part.altId)
    end
  end
end

local function compile(name, operation, file)
  local path, query, body = places(operation)
  local version = operation.headers and operation.headers.Version
  if WITHOUT_VERSION[file] then
    version = false
  end
  return {
    name = name, method = operation.method, path = operation.path, scopes = operation.scopes or {},
    access = operation.access or 'location', oauth_only = operation.oauth_only,
    version = version,
    params = path, query = query, body_as = operation.body_as,
    body = not operation.unsupported and has_body(operation, body) and body or nil,
    run = function(call)
      if call.token.type == 'Location' then
        check_locations(call)
      end
      return answers.make(call, operation)
    end,
  }
end

-- The operations of the area that a path belongs to, each ready for routes.lua; none where the path
-- is of no area.
function catalogue.operations(first_segment)
  local file, list = FILES[first_segment], {}
  local area = file and require('connectors.highlevel.' .. file)
  for name, operation in pairs(area and area.operations or {}) do
    list[#list + 1] = compile(name, operation, file)
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

-- The first parts of all paths that the catalogue has.
function catalogue.first_segments()
  local list = {}
  for name in pairs(FILES) do
    list[#list + 1] = name
  end
  table.sort(list)
  return list
end

return catalogue
