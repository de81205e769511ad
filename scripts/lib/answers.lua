-- Adds to the answer of an operation what its table says: dates in one form (`dates`), and custom
-- fields by name (`custom_fields`), where the input asks for them. Both need what only the service
-- knows, the location's zone and the definitions of its fields; the connector's functions `zone`
-- and `custom_fields` get it, mostly from the cache.

local moments = require 'lib.moments'

local answers = {}

-- custom_fields = { model = 'contact', at = { 'contact', 'contacts[]' } }: beside each list `customFields` comes a
-- map `custom`.
function answers.name_fields(ctx, marks, location, value)
  local read = ctx.connector.custom_fields(ctx, location, marks.model)
  for _, path in ipairs(marks.at) do
    moments.each_place(value, path, function(place, key)
      local owner = place[key]
      if type(owner) == 'table' then owner.custom = read(owner.customFields) end
    end)
  end
  return value
end

function answers.read(ctx, how, input, output)
  if how.dates then
    local zone = moments.needs_zone(how.dates) and ctx.connector.zone(ctx, input.locationId)
    moments.settle(output, how.dates, zone)
  end
  if how.custom_fields and input.custom_fields == 'names' then
    answers.name_fields(ctx, how.custom_fields, input.locationId, output)
  end
  return output
end

return answers
