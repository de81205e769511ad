-- Writes the HighLevel catalogue from the vendor's published files: one Lua file for each OpenAPI
-- file, with the facts of its operations, and an index of all operations and events.
--
--     ladle lua scripts/generate/highlevel.lua DIR
--
-- DIR holds openapi/*.json, catalog.json (the core set), event-types.json and events/*.json (samples).
-- What is written: scripts/connectors/highlevel/*.lua and the samples beside the hand-written ones. The
-- same DIR gives the same bytes. The files are facts for the engine: names, types, scopes; no text of
-- the vendor's documentation. Do not edit them: change what stands here, and write them again.

local host = require 'host'
local json = require 'json'

local corrections = require 'generate.corrections'
local events = require 'generate.events'
local names = require 'generate.names'
local types = require 'generate.types'
local write = require 'generate.write'

local VERSION = '2021-07-28' -- what the connector sends by itself
local OUT = 'scripts/connectors/highlevel/'
local METHODS = { 'get', 'post', 'put', 'patch', 'delete' }

local function read(path)
  return json.decode((assert(host.read_file(path))))
end

local function sorted(keys_of)
  local keys = {}
  for key in pairs(keys_of) do
    table.insert(keys, key)
  end
  table.sort(keys)
  return keys
end

-- --- input ------------------------------------------------------------------------------------

local FILLED = { locationId = 'location', altId = 'location', companyId = 'agency' }

-- A field that the connection knows is filled in; one that the vendor requires only, as filling in a
-- filter would change what is asked.
local function fill_in(name, descriptor, fields)
  local key = FILLED[name]
  if name == 'altId' and not (fields.altType and fields.altType.enum and #fields.altType.enum == 1) then
    key = nil
  end
  if key and not descriptor.optional and descriptor[1] == 'string' and not descriptor.enum then
    descriptor.optional, descriptor.from_connection = true, key
  elseif name == 'altType' and not descriptor.optional and descriptor.enum and #descriptor.enum == 1 then
    descriptor.default = descriptor.enum[1]
  end
end

local function parameters(operation, place, document, input)
  local list = {}
  for _, parameter in ipairs(operation.parameters or {}) do
    local schema = parameter.schema or {}
    if parameter['in'] == place and not input[parameter.name] then
      local descriptor = types.descriptor(schema, 'input', document)
      descriptor.optional = not parameter.required or nil
      if parameter.required and schema.default ~= nil and type(schema.default) ~= 'table' then
        descriptor.default = schema.default
      end
      input[parameter.name] = descriptor
      table.insert(list, parameter.name)
    end
  end
  return list
end

-- Lists of the query that go as one text with commas.
local function joined(operation)
  local list = {}
  for _, parameter in ipairs(operation.parameters or {}) do
    if parameter['in'] == 'query' and parameter.explode == false and parameter.schema.type == 'array' then
      table.insert(list, parameter.name)
    end
  end
  return #list > 0 and list or nil
end

-- Fields of the path that the file forgets to declare.
local function path_fields(path, input)
  for name in path:gmatch('{([^}]+)}') do
    input[name] = input[name] or { 'string' }
    input[name].optional = nil
  end
end

-- The content of the body, as the vendor wants it; nil where there is none.
local function body_schema(operation, document)
  local body = operation.requestBody
  local _, content = next(body and body.content or {})
  if not content then
    return nil
  end
  return types.flat(content.schema or {}, document), content.schema
end

local function body_fields(operation, document, input, fix)
  local flat, schema = body_schema(operation, document)
  if not flat then
    return {}, nil
  elseif flat.type == 'array' or fix.body == 'whole' then
    input.body = types.descriptor(schema, 'input', document)
    input.body.fields = nil
    return { 'body' }, 'body'
  end
  local fields, list = types.descriptor(flat, 'input', document).fields or {}, {}
  for _, name in ipairs(sorted(fields)) do
    if not input[name] then
      input[name] = fields[name]
      table.insert(list, name)
    end
  end
  return list, nil
end

local function apply_fields(fix, input, list)
  for name, descriptor in pairs(fix.fields or {}) do
    if not input[name] then
      table.insert(list, name)
    end
    input[name] = descriptor
  end
  for _, name in ipairs(fix.drop_fill or {}) do
    if input[name] then
      input[name].optional, input[name].from_connection = nil, nil
    end
  end
end

local function needs_list(method, body, both)
  local has_body = method == 'POST' or method == 'PUT' or method == 'PATCH'
  return #body > 0 and (not has_body or both ~= nil)
end

-- input, query, body and body_as of an operation.
local function add_input(entry, operation, document, fix)
  local input = {}
  parameters(operation, 'path', document, input)
  path_fields(entry.path, input)
  local query = parameters(operation, 'query', document, input)
  local body, body_as = body_fields(operation, document, input, fix)
  for name, descriptor in pairs(input) do
    fill_in(name, descriptor, input)
  end
  apply_fields(fix, input, body)
  for _, name in ipairs(fix.both or {}) do
    table.insert(body, name)
  end
  table.sort(body)
  entry.input = input
  entry.query = #query > 0 and query or nil
  entry.joined = joined(operation)
  entry.body_as = body_as
  entry.body = not body_as and needs_list(entry.method, body, fix.both) and body or nil
end

-- --- the rest of an operation -------------------------------------------------------------------

local ACCESS = {
  ['bearer'] = 'location', ['Location-Access'] = 'location', ['Location-Access-Only'] = 'location',
  ['Agency-Access'] = 'parent', ['Agency-Access-Only'] = 'parent',
}

-- Scopes, and which tokens will do: 'any' where both kinds are said.
local function add_security(entry, operation)
  local scopes, seen, kind, only = {}, {}, nil, true
  for _, scheme in ipairs(operation.security or {}) do
    for name, list in pairs(scheme) do
      kind = (kind == nil or kind == ACCESS[name]) and ACCESS[name] or 'any'
      only = only and name:find('Only') ~= nil
      for _, scope in ipairs(list) do
        if not seen[scope] then
          seen[scope] = true
          table.insert(scopes, scope)
        end
      end
    end
  end
  table.sort(scopes)
  entry.scopes = #scopes > 0 and scopes or nil
  entry.access = kind ~= 'location' and kind or nil
  entry.oauth_only = kind and only or nil
end

local function add_success(entry, operation, document)
  local codes = {}
  for code in pairs(operation.responses) do
    if code:match('^2%d%d$') then
      table.insert(codes, code)
    end
  end
  table.sort(codes)
  entry.success = math.tointeger(tonumber(codes[1]))
  local content = operation.responses[codes[1]].content
  local schema = content and content['application/json'] and content['application/json'].schema
  if not schema then
    return
  end
  local flat = types.flat(schema, document)
  if flat.properties or flat.type == 'object' then
    entry.output = types.descriptor(schema, 'output', document).fields or nil
  else
    entry.returns = types.descriptor(schema, 'output', document)
  end
end

local function add_version(entry, operation)
  for _, parameter in ipairs(operation.parameters or {}) do
    local enum = parameter['in'] == 'header' and parameter.name == 'Version' and parameter.schema.enum
    if enum and enum[1] ~= VERSION then
      entry.headers = { Version = enum[1] }
    end
  end
end

local function add_deprecation(entry, operation, area, id, context)
  if not operation.deprecated then
    return
  end
  local successor = id:match('^(.+)%-deprecated$')
  entry.deprecated = successor and context.ids[successor]
    and 'use ' .. context.name_of(area, successor) or 'the vendor plans to remove it'
end

local REPLACED = { 'scopes', 'summary', 'unsupported', 'deprecated' }

local function operation_of(area, path, method, operation, context)
  local id = operation.operationId
  local fix = corrections[area .. '.' .. id] or {}
  local entry = { method = method:upper(), path = path, summary = names.summary(area, id, method:upper()) }
  add_security(entry, operation)
  add_success(entry, operation, context.document)
  add_version(entry, operation)
  add_deprecation(entry, operation, area, id, context)
  add_input(entry, operation, context.document, fix)
  entry.core = context.core[area .. '.' .. id]
  for _, key in ipairs(REPLACED) do
    entry[key] = fix[key] or entry[key]
  end
  return entry
end

-- --- areas ------------------------------------------------------------------------------------

local function each_operation(document)
  local list = {}
  for _, path in ipairs(sorted(document.paths)) do
    for _, method in ipairs(METHODS) do
      if document.paths[path][method] then
        table.insert(list, { path = path, method = method, operation = document.paths[path][method] })
      end
    end
  end
  return list
end

-- How many operations have a name, as ids that differ in their spelling alone count as one.
local function count_names(documents)
  local counts = {}
  for _, document in pairs(documents) do
    for _, one in ipairs(each_operation(document)) do
      local name = names.snake(one.operation.operationId)
      counts[name] = (counts[name] or 0) + 1
    end
  end
  return counts
end

local function core_ids(catalog)
  local core = {}
  for _, list in pairs(catalog.actions_tier1) do
    for _, one in ipairs(list) do
      core[one.id] = true
    end
  end
  return core
end

local function operations_of(area, document, counts, core)
  local function name_of(of_area, id)
    return names.operation(of_area, id, counts[names.snake(id)] > 1, core[of_area .. '.' .. id])
  end
  local context = { document = document, core = core, ids = {}, name_of = name_of }
  for _, one in ipairs(each_operation(document)) do
    context.ids[one.operation.operationId] = true
  end
  local operations = {}
  for _, one in ipairs(each_operation(document)) do
    local id = one.operation.operationId
    local name = name_of(area, id)
    assert(not operations[name], name .. ' comes twice')
    operations[name] = operation_of(area, one.path, one.method, one.operation, context)
  end
  return operations
end

local function header(what)
  return '-- ' .. what
    .. '\n-- Written by scripts/generate/highlevel.lua from the vendor\'s published API files; do not edit.'
end

local function write_area(area, operations, index)
  for name, operation in pairs(operations) do
    assert(not index.operations[name], name .. ' is in two areas')
    index.operations[name] = names.snake(area)
    index.core[name] = operation.core
  end
  local text = write.area(header('HighLevel: ' .. area .. '.'), operations)
  assert(host.write_file(OUT .. names.snake(area) .. '.lua', text))
end

local function read_documents(dir)
  local documents = {}
  for _, file in ipairs(assert(host.list(dir .. '/openapi'))) do
    local area = file:match('^(.+)%.json$')
    if area then
      documents[area] = read(dir .. '/openapi/' .. file)
    end
  end
  return documents
end

local function run(dir)
  local documents = read_documents(dir)
  local counts, core = count_names(documents), core_ids(read(dir .. '/catalog.json'))
  local index = { operations = {}, core = {} }
  assert(host.mkdir(OUT:gsub('/$', '')))
  for _, area in ipairs(sorted(documents)) do
    write_area(area, operations_of(area, documents[area], counts, core), index)
  end
  local fields
  index.events, fields = events.generate(dir, read)
  local about_fields = header('HighLevel: what the payloads of events have.')
  assert(host.write_file(OUT .. 'events.lua', write.events(about_fields, fields)))
  local what = header('HighLevel: which file has an operation, which operations are of the core set, and the events.')
  assert(host.write_file(OUT .. 'index.lua', write.index(what, index, { 'operations', 'core', 'events' })))
  print(#sorted(index.operations) .. ' operations, ' .. #sorted(index.events) .. ' events')
end

if not arg[1] then
  error('usage: ladle lua scripts/generate/highlevel.lua DIR', 0)
end
run((arg[1]:gsub('/$', '')))
