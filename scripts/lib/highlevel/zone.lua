-- Finds the zone that a location's times without one are meant in: what the connection says
-- (`timezone`), else what the location says of itself.

local dates = require 'dates'

-- What may stand in the way for good: a token that may not read the location.
local FINAL = { forbidden = true, not_found = true, invalid = true }

local function ask(ctx, location)
  local ok, answer = pcall(ctx.look, ctx, 'get_location', { locationId = location })
  if not ok and not (type(answer) == 'table' and FINAL[answer.kind]) then error(answer, 0) end
  return ok and type(answer.location) == 'table' and answer.location.timezone or nil
end

-- The zone's name; nil where it cannot be known: then times stay as they came.
return function(ctx, location)
  local zone = ctx:setting 'timezone' or ask(ctx, location)
  return zone and pcall(dates.format, 0, zone) and zone or nil
end
