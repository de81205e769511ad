-- Fills in and forms the fields of an event, as the connector's table says (`prepare`). Only what the steps of the
-- recipe refer to by name (event.contactId, ${event.body}) is fetched, and only where it is missing; what came is
-- never overwritten. Each reading is an effect of its own, `:event/1` (no step can have that name). The recipe's `if`
-- and `key` see the payload as it came: they decide before there is a run.

local calls = require 'lib.calls'
local json = require 'json'
local moments = require 'lib.moments'

local ROOT = ':event'
local LOOKS_MAX = 2
local PAUSE = '10 s'

-- Fetching ---------------------------------------------------------------------------------------------

local function is_missing(value)
  return value == nil or value == json.null
end

local function wants(names, fields, event)
  for _, name in ipairs(fields) do
    if names[name] and is_missing(event[name]) then return true end
  end
  return false
end

-- with: {field of the call = field of the event}; nil where one of them is missing too.
local function input_of(way, event)
  local input = {}
  for field, from in pairs(way.with or {}) do
    if is_missing(event[from]) then return nil end
    input[field] = event[from]
  end
  for field, value in pairs(way.fixed or {}) do input[field] = value end
  return input
end

local function field(item, name)
  if item[name] ~= nil then return item[name] end
  return name == 'id' and item._id or nil
end

-- The record among those of the answer that is the event's: item, or that of items where `match` fits.
local function record_of(way, output, event)
  if way.item then return output[way.item] end
  for _, item in ipairs(output[way.items] or {}) do
    local is_it = true
    for name, from in pairs(way.match) do is_it = is_it and field(item, name) == event[from] end
    if is_it then return item end
  end
end

local function merge(event, record)
  for name, value in pairs(record) do
    if is_missing(event[name]) then event[name] = value end
  end
end

-- An index that lags behind may not know yet what just happened: it is asked once more, after a pause.
local function fetch(run, way, event)
  local input = input_of(way, event)
  for i = 1, input and LOOKS_MAX or 0 do
    run.count = run.count + 1
    local ok, output = pcall(run.ask, ROOT .. '/' .. run.count, run.connection, way.use, input)
    local record = ok and record_of(way, output, event)
    if type(record) == 'table' then return merge(event, record) end
    if not ok or way.item or i == LOOKS_MAX then return end
    run.program.act.wait(ROOT .. '/pause', PAUSE)
  end
end

-- Does what may fail for a while like a step: tried again later, and left undone where it fails for good.
local function attempt(run, name, fn)
  local ok, problem = pcall(fn)
  if not ok then run.program.act.failed(ROOT .. '/' .. name, problem, nil, false, true) end
end

-- Forms ------------------------------------------------------------------------------------------------

local function tools_of(run, how)
  return calls.tools(run.program, { path = ROOT }, run.connection, how.connector)
end

-- The zone is asked for only where a step names a date that needs it.
local function settle_dates(run, how, event, names)
  local zone
  for path, form in pairs(how.dates) do
    local needs_zone = moments.needs_zone { form }
    local is_named = names[path:match '^[^.%[]+']
    if needs_zone and is_named and zone == nil then
      local ctx = tools_of(run, how)
      zone = ctx:once('zone', function() return { name = ctx.connector.zone(ctx, event.locationId) } end).name or false
    end
    if not needs_zone or zone then moments.settle(event, { [path] = form }, zone or nil) end
  end
end

local function name_fields(run, how, event)
  local ctx = tools_of(run, how)
  event.custom = ctx:once('custom', function()
    return ctx.connector.custom_fields(ctx, event.locationId, how.custom_fields.model)(event.customFields)
  end)
end

return function(program, how, ask, event, connection)
  local names = program.event_names
  local run = { program = program, ask = ask, connection = connection, count = 0 }
  for _, way in ipairs(how.hydrate or {}) do
    if wants(names, way.fields, event) then fetch(run, way, event) end
  end
  if how.custom_fields and names.custom and event.custom == nil then
    attempt(run, 'custom', function() name_fields(run, how, event) end)
  end
  if how.dates then attempt(run, 'zone', function() settle_dates(run, how, event, names) end) end
end
