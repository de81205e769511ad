-- Answers for operations that are known by their schema alone: every field of the output with a
-- value of its type, the same for the same request in each run. A field that the request had too,
-- of the same name and type, comes back as it was sent. A list has one item, and none on any page
-- but the first, so that whoever pages through it comes to an end.

local answer = require 'sandbox.answer'
local json = require 'json'
local random = require 'sandbox.random'

local answers = {}

local DEPTH_MAX = 8
local MOMENT = '2026-01-15T10:00:00.000Z'

local KINDS = {
  string = 'string', date = 'string', number = 'number', integer = 'number', boolean = 'boolean',
}

-- What the request said, by field: the body's fields win over the query's, these over the path's.
local function said_of(call)
  local said = {}
  for _, part in ipairs { call.params or {}, call.query or {}, call.body or {} } do
    for name, value in pairs(part) do
      said[name] = value
    end
  end
  return said
end

local function is_id(name)
  return name == 'id' or name == '_id' or name:find('Id$') or name:find('_id$')
end

local function is_moment(name)
  return name:find('At$') or name:find('Date$') or name:find('Time$') or name:find('^date')
    or name:find('_at$') or name == 'timestamp'
end

local make

local plain = {}

function plain.string(maker, name)
  if is_id(name) then
    return maker.random:id20()
  elseif is_moment(name) then
    return MOMENT
  elseif name:lower():find('email') then
    return 'someone@sandbox.example'
  elseif name:lower():find('url$') or name:lower():find('link$') then
    return 'https://sandbox.example/' .. name
  end
  return name
end

plain.date = function() return MOMENT end
plain.number = function() return 1 end
plain.integer = plain.number

-- Whether something went well, was found, is there: yes. Whether it is gone or was refused: no.
function plain.boolean(_, name)
  local text = name:lower()
  return not (text:find('delet') or text:find('error') or text:find('fail') or text:find('has'))
end

local function make_list(maker, name, descriptor, depth)
  if not descriptor.of or maker.is_later_page then
    return answer.list()
  end
  return answer.list { make(maker, name, descriptor.of, depth + 1) }
end

local function make_object(maker, fields, depth)
  local object, names = {}, {}
  for name in pairs(depth < DEPTH_MAX and fields or {}) do
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    object[name] = make(maker, name, fields[name], depth + 1)
  end
  return object
end

function make(maker, name, descriptor, depth)
  local kind, said = descriptor[1], maker.said[name]
  if KINDS[kind] and type(said) == KINDS[kind] then
    return said
  elseif kind == 'list' then
    return make_list(maker, name, descriptor, depth)
  elseif kind == 'object' then
    return make_object(maker, descriptor.fields, depth)
  end
  local make_plain = plain[kind]
  if make_plain then
    return make_plain(maker, name)
  end
  return name
end

local CURSORS = { 'startAfter', 'startAfterId', 'searchAfter', 'pageToken', 'cursor', 'lastMessageId' }

-- Whether the request asks for another page than the first, by any of the vendor's ways to say so.
local function is_later_page(said)
  for _, name in ipairs { 'skip', 'offset' } do
    if (tonumber(said[name]) or 0) > 0 then
      return true
    end
  end
  for _, name in ipairs(CURSORS) do
    if said[name] ~= nil and said[name] ~= '' and said[name] ~= json.null then
      return true
    end
  end
  return (tonumber(said.page) or 1) > 1 or (tonumber(said.pageNumber) or 1) > 1
end

local function record(call, operation)
  if operation.method ~= 'GET' then
    call.sandbox.ledger:add(call, {
      effect = 'called', operation = call.operation.name, id = call.request.path,
      method = operation.method, locationId = call.token.location,
    })
  end
end

-- The answer to a checked call of an operation of the catalogue. What is not read is an effect, and
-- has its ledger line: `called`, with the operation's name.
function answers.make(call, operation)
  local said = said_of(call)
  record(call, operation)
  if operation.success == 204 then
    return { status = 204, body = '' }
  end
  local maker = {
    said = said, is_later_page = is_later_page(said),
    random = random.new(call.sandbox.seed, operation.method .. call.request.path),
  }
  if operation.returns then
    local value = make(maker, 'value', operation.returns, 0)
    return {
      status = operation.success, body = json.encode(value),
      headers = { ['Content-Type'] = 'application/json; charset=utf-8' },
    }
  end
  return { status = operation.success, body = make_object(maker, operation.output, 0) }
end

return answers
