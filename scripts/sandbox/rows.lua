-- An ordered table of rows, each with an `id` and a `locationId`: what the sandbox holds beside
-- contacts. Rows come back in the order in which they were added, so that lists and pages are the
-- same in each run.

local rows = {}
rows.__index = rows

function rows.new()
  return setmetatable({ by_id = {}, list = {} }, rows)
end

function rows:add(row)
  self.by_id[row.id] = row
  self.list[#self.list + 1] = row
  return row
end

function rows:get(id)
  return self.by_id[id]
end

function rows:remove(row)
  self.by_id[row.id] = nil
  for i, item in ipairs(self.list) do
    if item == row then
      table.remove(self.list, i)
      return
    end
  end
end

-- The rows for which accept(row) holds; all of them without it.
function rows:filter(accept)
  local found = {}
  for _, row in ipairs(self.list) do
    if not accept or accept(row) then
      found[#found + 1] = row
    end
  end
  return found
end

-- Those of one location.
function rows:of(location)
  return self:filter(function(row) return row.locationId == location end)
end

return rows
