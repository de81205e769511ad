-- Checks what several areas of the sandbox ask before they act: whose location it is, and whether
-- the thing that a path or a body names is there.
--
-- What an id gives that is not there is not documented; the API's description lists 400, 401 and
-- 422 for these operations and no 404, so 400 it is.

local answer = require 'sandbox.answer'

local access = {}

local NO_ACCESS = 'The token does not have access to this location.'

-- 403 where the token belongs to another location.
function access.location(call, location)
  if location ~= call.token.location then
    answer.refuse(403, NO_ACCESS)
  end
end

-- The same for what an agency's token may do too, in each location of the company.
function access.location_or_agency(call, location)
  local token = call.token
  local row = call.sandbox.locations:get(location)
  if token.type ~= 'Company' then
    access.location(call, location)
  elseif not row or row.companyId ~= token.company then
    answer.refuse(403, NO_ACCESS)
  end
end

-- The row of that id, of the token's location; `what` is its name in the message.
function access.row(call, rows, id, what)
  local row = rows:get(id)
  if not row then
    answer.refuse(400, ('%s with id %s not found'):format(what, tostring(id)))
  end
  access.location(call, row.locationId)
  return row
end

-- The contact of that id, of the token's location.
function access.contact(call, id)
  return access.row(call, call.sandbox.people, id, 'Contact')
end

return access
