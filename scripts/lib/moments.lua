-- Makes the dates that services send RFC 3339, with the zone that they are meant in. A table says
-- which: { ['events[].startTime'] = 'naive' }. What the service sent stays beside it, as
-- startTime_raw.

local dates = require 'dates'

local moments = {}

local SECOND_US = 1000000

local function in_zone(text, zone)
  local ok, us = pcall(dates.parse, text, zone)
  return ok and dates.format(us, zone) or nil
end

local function of_number(value, unit_us)
  local number = math.tointeger(tonumber(value))
  local most = math.maxinteger // unit_us
  if not number or number > most or number < -most then return nil end
  local ok, text = pcall(dates.format, number * unit_us)
  return ok and text or nil
end

-- How a value of each form becomes a date; nil: it is none.
local FORMS = {
  naive = function(value, zone) return zone and type(value) == 'string' and in_zone(value, zone) end,
  epoch_ms = function(value) return of_number(value, 1000) end,
  epoch_s = function(value)
    local seconds = tonumber(value)
    return seconds and of_number(math.floor(seconds), SECOND_US)
  end,
}
FORMS.day = FORMS.naive

-- Calls fn(table, key) for each place that a path like 'events[].startTime' names.
function moments.each_place(value, path, fn)
  local head, rest = path:match '^([^.]+)%.(.+)$'
  local name = (head or path):gsub('%[%]$', '')
  local is_list = (head or path):sub(-2) == '[]'
  if type(value) ~= 'table' then return end
  if not head and not is_list then
    if value[name] ~= nil then fn(value, name) end
    return
  end
  local inner = value[name]
  if not is_list then return moments.each_place(inner, rest, fn) end
  for i = 1, type(inner) == 'table' and #inner or 0 do
    if rest then moments.each_place(inner[i], rest, fn) else fn(inner, i) end
  end
end

-- Whether any of the forms is meant in a zone that has to be known.
function moments.needs_zone(marks)
  for _, form in pairs(marks) do
    if form == 'naive' or form == 'day' then return true end
  end
  return false
end

-- Changes `value` where `marks` says; what cannot be read stays as it came, and so do times without a zone where
-- `zone` is nil.
function moments.settle(value, marks, zone)
  for path, form in pairs(marks) do
    moments.each_place(value, path, function(place, key)
      local raw = place[key]
      local text = place[key .. '_raw'] == nil and FORMS[form](raw, zone)
      if text then place[key], place[key .. '_raw'] = text, raw end
    end)
  end
  return value
end

return moments
