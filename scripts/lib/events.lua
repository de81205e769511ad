-- Prepares an event before the steps of a recipe see it, where the connector's table says so
-- (`prepare`): fields that the service left out are fetched, dates brought into one form, custom
-- fields named (lib/event_fields.lua, loaded where there is such a table). Here stands what is
-- needed for every recipe: which fields its steps name.

local events = {}

-- Which fields the steps name --------------------------------------------------------------------------

local function note_text(text, names)
  for name in text:gmatch '%f[%w_]event%.([%a_][%w_]*)' do names[name] = true end
  for name in text:gmatch '%f[%w_]event%[%s*["\']([^"\']+)["\']' do names[name] = true end
end

local function note_path(path, names)
  if path[1] == 'event' and path[2] then names[tostring(path[2])] = true end
end

local function note_node(node, names)
  if type(node) ~= 'table' then return end
  if node.t == 'expr' then return note_text(node.s, names) end
  for _, part in ipairs(node.t == 'text' and node.parts or {}) do
    if type(part) == 'table' then note_path(part, names) end
  end
  if node.t ~= 'text' then
    for _, inner in pairs(node) do note_node(inner, names) end
  end
end

-- The names of the event's fields that the steps of a bundle refer to, as a set.
function events.references(bundle)
  local names = {}
  local plans = { bundle.plan }
  for _, called in pairs(bundle.calls or {}) do plans[#plans + 1] = called.plan end
  for _, plan in ipairs(plans) do
    note_node(plan['do'], names)
    note_node(plan.on_error, names)
  end
  for _, source in pairs(bundle.scripts or {}) do note_text(source, names) end
  if names.custom then names.customFields = true end
  return names
end

local function describe(program, connection, type_name)
  local name = 'event ' .. connection .. '.' .. tostring(type_name)
  local how = program.described[name]
  if how == nil then
    how = program.act.describe_event(connection, type_name)
    program.described[name] = how
  end
  return how
end

-- Prepares the event of a run. ask(path, connection, operation, input) does one call as a step does it, and raises
-- where that fails for good: then the field stays missing, as it came.
function events.prepare(program, ask, event, connection, type_name)
  local how = type(event) == 'table' and connection and describe(program, connection, type_name)
  if how then require 'lib.event_fields' (program, how, ask, event, connection) end
end

return events
