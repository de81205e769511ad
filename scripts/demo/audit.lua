-- Holds what the engine says it did against what the sandbox's ledger says happened.

local audit = {}

-- What makes two effects the same one: a task with the same title on the same contact is the same task again.
local IDENTITY = {
  task_created = { 'contactId', 'title', 'dueDate' },
  note_created = { 'contactId', 'body' },
  contact_created = { 'email', 'phone' },
}

local function identity(entry, fields)
  local parts = { entry.effect }
  for _, name in ipairs(fields) do parts[#parts + 1] = tostring(entry[name] or '') end
  return table.concat(parts, '\0')
end

-- How many effects stand in the ledger more than once, with what they were.
function audit.repeated(ledger)
  local seen, repeated = {}, {}
  for _, entry in ipairs(ledger) do
    local fields = IDENTITY[entry.effect]
    if fields then
      local key = identity(entry, fields)
      if seen[key] then repeated[#repeated + 1] = entry end
      seen[key] = true
    end
  end
  return repeated
end

function audit.count(list, field)
  local counts = {}
  for _, item in ipairs(list) do
    local name = item[field]
    if name ~= nil then counts[name] = (counts[name] or 0) + 1 end
  end
  return counts
end

-- Ids of deliveries that were acknowledged and are not in the engine's store.
function audit.lost(acknowledged, events)
  local stored = {}
  for _, event in ipairs(events) do stored[event.id] = true end
  local lost = {}
  for _, id in ipairs(acknowledged) do
    if not stored[id] then lost[#lost + 1] = id end
  end
  return lost
end

return audit
