-- The zone that a location's times without one are meant in: what the connection says (`timezone`), else what
-- the location says of itself.

local dates = require 'dates'

-- The zone's name; UTC where the location names none that is known here.
return function(ctx, location)
  local zone = ctx:setting 'timezone'
  if not zone then
    local answer = ctx:look('get_location', { locationId = location })
    zone = type(answer.location) == 'table' and answer.location.timezone or nil
  end
  return zone and pcall(dates.format, 0, zone) and zone or 'UTC'
end
