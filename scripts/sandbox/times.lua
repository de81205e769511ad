-- Reads and writes time in the ways in which HighLevel does. Inside the sandbox a moment is
-- milliseconds since 1970 UTC, an integer.

local dates = require 'dates'

local times = {}

-- Days since 1970-01-01 of a civil date (Howard Hinnant, days_from_civil).
local function days_from_civil(year, month, day)
  if month <= 2 then
    year = year - 1
  end
  local era = year // 400
  local year_of_era = year - era * 400
  local month_from_march = (month + 9) % 12
  local day_of_year = (153 * month_from_march + 2) // 5 + day - 1
  local day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
  return era * 146097 + day_of_era - 719468
end

local function is_leap(year)
  return year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
end

local function days_in_month(year, month)
  if month == 2 then
    return is_leap(year) and 29 or 28
  end
  return ({ 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 })[month]
end

local function is_date(year, month, day)
  return month >= 1 and month <= 12 and day >= 1 and day <= days_in_month(year, month)
end

local function offset_ms(zone)
  if zone == 'Z' or zone == '' then
    return 0
  end
  local sign, hours, minutes = zone:match('^([+-])(%d%d):?(%d%d)$')
  if not sign or tonumber(hours) > 23 or tonumber(minutes) > 59 then
    return nil
  end
  local ms = (math.tointeger(hours) * 60 + math.tointeger(minutes)) * 60000
  return sign == '-' and -ms or ms
end

local function whole(text)
  return math.tointeger(tonumber(text))
end

-- '2026-11-23T09:15:27.412Z'
function times.iso(ms)
  return os.date('!%Y-%m-%dT%H:%M:%S', ms // 1000) .. ('.%03dZ'):format(ms % 1000)
end

-- '2026-11-23 09:15:27': what GET /contacts/{id}/appointments answers, without a zone. Whose clock
-- that is the vendor does not say; here it is that of `zone`, the location's.
function times.naive(ms, zone)
  return (dates.format(ms * 1000, zone):sub(1, 19):gsub('T', ' '))
end

-- '2026-11-23T09:15:27-06:00', by the clocks of `zone`.
function times.zoned(ms, zone)
  return (dates.format(ms // 1000 * 1000000, zone):gsub('%.000', '', 1))
end

local function parse_clock(rest)
  local hour, minute, second, fraction, zone = rest:match('^(%d%d):(%d%d):(%d%d)(%.?%d*)(.*)$')
  if not hour then
    hour, minute, zone = rest:match('^(%d%d):(%d%d)(.*)$')
    second, fraction = '00', ''
  end
  local is_time = hour and whole(hour) < 24 and whole(minute) < 60 and whole(second) < 60
  if not is_time or fraction == '.' then
    return nil
  end
  local offset = offset_ms(zone)
  local ms = fraction == '' and 0 or whole((fraction:sub(2) .. '00'):sub(1, 3))
  if not offset then
    return nil
  end
  return ((whole(hour) * 60 + whole(minute)) * 60 + whole(second)) * 1000 + ms - offset
end

-- The moment at which the clocks of `zone` show what those of UTC show at `ms`.
local function by_clocks_of(ms, zone)
  return dates.from_civil(dates.civil(ms * 1000), zone) // 1000
end

-- The moment that an ISO 8601 text names, or nil where it names none. Without an offset it is by the
-- clocks of `zone`, UTC where that is not given. The years at both ends are left out: there is no
-- zone in which their moments could not be written.
function times.parse(text, zone)
  if type(text) ~= 'string' or #text > 40 then
    return nil
  end
  local year, month, day, rest = text:match('^(%d%d%d%d)%-(%d%d)%-(%d%d)(.*)$')
  local is_day = year and whole(year) > 1 and whole(year) < 9999
    and is_date(whole(year), whole(month), whole(day))
  if not is_day then
    return nil
  end
  local midnight = days_from_civil(whole(year), whole(month), whole(day)) * 86400000
  if rest == '' then
    return midnight
  end
  local clock = rest:match('^[T ](.+)$')
  local of_day = clock and parse_clock(clock)
  local has_offset = rest:find('Z$') or rest:find('[+-]%d%d:?%d%d$')
  if of_day and zone and not has_offset then
    return by_clocks_of(midnight + of_day, zone)
  end
  return of_day and midnight + of_day
end

local BIRTH_FORMS = {
  { '^(%d%d%d%d)([/._-])(%d%d?)%2(%d%d?)$', { 1, 3, 4 } },
  { '^(%d%d?)([/._-])(%d%d?)%2(%d%d%d%d)$', { 4, 1, 3 } },
}

-- The eight forms of dateOfBirth that the API takes, as year, month, day; or nil.
function times.parse_birth(text)
  if type(text) ~= 'string' then
    return nil
  end
  text = text:match('^(%d%d%d%d%-%d%d%-%d%d)T') or text
  for _, form in ipairs(BIRTH_FORMS) do
    local parts = { text:match(form[1]) }
    if parts[1] then
      local order = form[2]
      local date = {}
      for i = 1, 3 do
        date[i] = whole(parts[order[i]])
      end
      if is_date(table.unpack(date)) then
        return table.unpack(date)
      end
    end
  end
  return nil
end

return times
