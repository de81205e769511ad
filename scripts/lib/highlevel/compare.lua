-- Checks whether HighLevel took over what was sent: values of contacts compared as the service
-- stores them, which is not always as they were written (e-mail addresses in lower case, phones in
-- E.164, days of birth as moments).

local json = require 'json'

local compare = {}

local function trimmed(value)
  return tostring(value):match '^%s*(.-)%s*$'
end

function compare.text(sent, stored)
  return trimmed(sent):lower() == trimmed(stored):lower()
end

-- The digits without the zeros that a country's own way of writing begins with.
local function digits(value)
  return (tostring(value):gsub('%D', ''):gsub('^0+', ''))
end

-- A number written without its country's code is the end of the stored one.
function compare.phone(sent, stored)
  local a, b = digits(sent), digits(stored)
  if #a < 7 or #b < 7 then return a == b end
  local short, long = a, b
  if #short > #long then short, long = long, short end
  return long:sub(-#short) == short
end

-- Year, month and day of the ways in which the service takes a day of birth.
local function day(value)
  local text = tostring(value)
  local year, month, of_month = text:match '^(%d%d%d%d)[/%.%-_](%d%d?)[/%.%-_](%d%d?)'
  if not year then
    month, of_month, year = text:match '^(%d%d?)[/%.%-_](%d%d?)[/%.%-_](%d%d%d%d)'
  end
  return year and ('%04d-%02d-%02d'):format(tonumber(year), tonumber(month), tonumber(of_month)) or text
end

function compare.day(sent, stored)
  return day(sent) == day(stored)
end

local function is_nothing(value)
  return value == nil or value == json.null or value == ''
end

-- Every member that was sent is stored; the service may store more.
local function is_within(sent, stored)
  if type(sent) ~= 'table' then
    return stored ~= nil and compare.text(sent, stored)
  elseif type(stored) ~= 'table' then
    return false
  end
  for name, value in pairs(sent) do
    if not is_within(value, stored[name]) then return false end
  end
  return true
end

local BY_FIELD = { phone = compare.phone, dateOfBirth = compare.day }

-- Whether the stored value of a field says what was sent; what was sent as nothing is to be nothing.
function compare.field(name, sent, stored)
  if is_nothing(sent) then return is_nothing(stored) end
  if is_nothing(stored) then return false end
  if type(sent) == 'table' then return is_within(sent, stored) end
  return (BY_FIELD[name] or compare.text)(sent, stored)
end

return compare
