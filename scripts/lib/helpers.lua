-- The functions that expressions in recipes can call. All are pure: what they give depends on what they are
-- given and on the run's fixed moment, time zone and field maps, so a replay computes the same.
--
--   local env = helpers.new { now_us = …, timezone = 'Europe/Amsterdam', maps = {…} }
--   env.in_days(2, '10:00')
--
-- Nothing in gives nothing out: nil and null pass through, so that a missing field is no error. A value of
-- the wrong kind is one, and its message tells the author of the recipe what to change. recipes/README.md
-- describes every function for people who are no programmers.

local dates = require 'dates'
local json = require 'json'
local maps = require 'lib.maps'

local helpers = {}

local SECOND_US = 1000000
local DAY_SECONDS = 86400

-- Checks ------------------------------------------------------------------------------------------------

local function is_missing(value)
  return value == nil or value == json.null
end

local function refuse(name, message)
  error({ kind = 'invalid', message = name .. ': ' .. message }, 0)
end

local function is_list(value)
  return type(value) == 'table' and (#value > 0 or next(value) == nil or json.is_array(value))
end

-- 'a list', 'the text "abc"' …, for messages.
local function describe(value)
  local kind = type(value)
  if kind == 'string' then
    local short = #value > 40 and value:sub(1, 40) .. '…' or value
    return 'the text "' .. short .. '"'
  elseif kind == 'table' then
    return is_list(value) and 'a list' or 'a table'
  elseif is_missing(value) then
    return 'nothing'
  end
  return tostring(value)
end

-- Integers stay integers; a float without a fraction is written without one.
local function number_text(value)
  if math.type(value) == 'float' and value == math.floor(value) and math.abs(value) < 2 ^ 53 then
    return ('%d'):format(value)
  end
  return math.type(value) == 'float' and ('%.14g'):format(value) or tostring(value)
end

local function as_text(name, value)
  if type(value) == 'string' then
    return value
  elseif type(value) == 'number' then
    return number_text(value)
  end
  refuse(name, 'takes a text, not ' .. describe(value))
end

-- A whole number of more than 64 bits comes as a text (engine/format/json.h); as a number it would lose digits.
local function refuse_big(name, text, mark)
  local whole = text:gsub(mark == ',' and '%.' or ',', '')
  if whole:find '^%s*[+-]?%d+%s*$' and math.type(tonumber(whole)) == 'float' then
    refuse(name, describe(text) .. ' has more digits than a number can keep; leave it a text')
  end
end

local function as_number(name, value)
  if type(value) == 'string' then refuse_big(name, value) end
  local number = type(value) == 'string' and tonumber(value) or value
  if type(number) ~= 'number' then
    refuse(name, 'takes a number, not ' .. describe(value))
  end
  return number
end

local function as_list(name, value)
  if not is_list(value) then
    refuse(name, 'takes a list, not ' .. describe(value))
  end
  return value
end

local function list_of(values)
  return json.array(values)
end

-- The member 'a.b' of a table; numbers count list items from 1.
local function member(value, path)
  for key in path:gmatch '[^.]+' do
    if type(value) ~= 'table' then
      return nil
    end
    local inner = value[key]
    if inner == nil and key:find '^%d+$' then
      inner = value[tonumber(key)]
    end
    value = inner
  end
  if is_missing(value) then
    return nil
  end
  return value
end

local pure = {}

-- Texts -------------------------------------------------------------------------------------------------

-- Wraps a function of one text, so that nothing in gives nothing out.
local function on_text(name, fn)
  pure[name] = function(value, ...)
    if is_missing(value) then
      return nil
    end
    return fn(as_text(name, value), ...)
  end
end

local function trim(text)
  return (text:match '^%s*(.-)%s*$')
end

-- A plain text for a pattern, and one for a replacement.
local function escape(text)
  return (text:gsub('%W', '%%%0'))
end

on_text('lower', string.lower)
on_text('upper', string.upper)
on_text('trim', trim)

on_text('contains', function(text, part)
  return not is_missing(part) and text:find(as_text('contains', part), 1, true) ~= nil
end)

on_text('starts_with', function(text, start)
  start = as_text('starts_with', start)
  return text:sub(1, #start) == start
end)

on_text('ends_with', function(text, ending)
  ending = as_text('ends_with', ending)
  return ending == '' or text:sub(-#ending) == ending
end)

on_text('replace', function(text, what, with)
  what = as_text('replace', what)
  if what == '' then
    refuse('replace', 'the text to look for is empty')
  end
  with = is_missing(with) and '' or as_text('replace', with)
  return (text:gsub(escape(what), (with:gsub('%%', '%%%%'))))
end)

-- The pieces between the separators, each without blanks around it.
on_text('split', function(text, separator)
  separator = is_missing(separator) and ',' or as_text('split', separator)
  if separator == '' then
    refuse('split', 'the separator is empty')
  end
  local out, from = {}, 1
  while true do
    local first, last = text:find(separator, from, true)
    out[#out + 1] = trim(text:sub(from, (first or 0) - 1))
    if not first then
      return list_of(out)
    end
    from = last + 1
  end
end)

-- What stands between two marks, or nil.
on_text('between', function(text, before, after)
  local _, first = text:find(as_text('between', before), 1, true)
  local last = first and text:find(as_text('between', after), first + 1, true)
  return last and text:sub(first + 1, last - 1) or nil
end)

function pure.text(value)
  if is_missing(value) then
    return nil
  elseif type(value) == 'table' then
    return json.encode(value)
  elseif type(value) == 'number' then
    return number_text(value)
  end
  return tostring(value)
end

-- Lines of those arguments that are there and not empty.
function pure.lines(...)
  local out = {}
  for i = 1, select('#', ...) do
    local text = pure.text((select(i, ...)))
    if text and text ~= '' then
      out[#out + 1] = text
    end
  end
  return table.concat(out, '\n')
end

-- E-mail addresses and phone numbers as services compare them; nil for what is none.
on_text('email', function(text)
  local address = trim(text):lower()
  if #address <= 254 and address:find '^[^%s@<>,;]+@[^%s@<>,;]+%.[^%s@<>,;]+$' then
    return address
  end
  return nil
end)

on_text('phone', function(text)
  local number = trim(text):gsub('^00', '+')
  if not number:find '^%+?[%d%s%-%.%(%)/]+$' then
    return nil
  end
  local digits = number:gsub('%(0%)', ''):gsub('%D', '')
  if #digits < 5 or #digits > 15 then
    return nil
  end
  return (number:sub(1, 1) == '+' and '+' or '') .. digits
end)

-- Numbers -----------------------------------------------------------------------------------------------

-- '1,234.50' with the decimal mark '.', '1.234,50' with ','. The other of the two parts thousands.
local function read_number(text, mark)
  local group = mark == ',' and '.' or ','
  local whole = trim(text)
  local sign, integer, rest = whole:match('^([+-]?)([%d' .. escape(group) .. ']+)(.*)$')
  if not integer then
    return nil
  end
  if integer:find(group, 1, true) then
    local groups = integer:gsub('^%d%d?%d?', '', 1)
    if groups:gsub(escape(group) .. '%d%d%d', '') ~= '' then
      return nil
    end
    integer = integer:gsub(escape(group), '')
  end
  if rest ~= '' and not rest:find('^' .. escape(mark) .. '%d+$') and not rest:find '^[eE][+-]?%d+$' then
    return nil
  end
  return tonumber((sign == '-' and '-' or '') .. integer .. rest:gsub('^' .. escape(mark), '.'))
end

function pure.number(value, mark)
  if is_missing(value) or value == '' then
    return nil
  elseif type(value) == 'number' then
    return value
  end
  mark = is_missing(mark) and '.' or mark
  if mark ~= '.' and mark ~= ',' then
    refuse('number', 'the decimal mark is "." or ","')
  end
  if type(value) == 'string' then refuse_big('number', value, mark) end
  local number = type(value) == 'string' and read_number(value, mark)
  if not number then
    refuse('number', describe(value) .. ' is no number')
  end
  return number
end

-- Half away from zero, as people round.
function pure.round(value, digits)
  if is_missing(value) then
    return nil
  end
  local number = as_number('round', value)
  local places = is_missing(digits) and 0 or as_number('round', digits)
  if math.type(number) == 'integer' and places >= 0 then
    return number
  end
  local factor = 10.0 ^ places
  local scaled = math.abs(number) * factor
  local rounded = math.floor(scaled + 0.5)
  local result = (number < 0 and -rounded or rounded) / factor
  return places <= 0 and math.tointeger(result) or result
end

-- Values ------------------------------------------------------------------------------------------------

-- Ends the step with an error of the author's own, to be read as it was written.
function pure.fail(message)
  error({ kind = 'invalid', message = pure.text(message) or 'the recipe says so', is_said = true }, 0)
end

function pure.is_empty(value)
  return is_missing(value) or value == '' or (type(value) == 'table' and next(value) == nil)
end

function pure.default(value, otherwise)
  if is_missing(value) or value == '' then
    return otherwise
  end
  return value
end

function pure.len(value)
  if is_missing(value) then
    return 0
  elseif type(value) == 'table' then
    return #value
  end
  local text = as_text('len', value)
  return utf8.len(text) or #text
end

-- A list holds the value, a text the part, a table the field.
function pure.has(value, what)
  if is_missing(value) or is_missing(what) then
    return false
  elseif type(value) ~= 'table' then
    return as_text('has', value):find(as_text('has', what), 1, true) ~= nil
  end
  for i = 1, #value do
    if value[i] == what then
      return true
    end
  end
  return type(what) == 'string' and not is_missing(value[what])
end

function pure.merge(a, b)
  local out = {}
  for _, part in ipairs { is_missing(a) and {} or a, is_missing(b) and {} or b } do
    if type(part) ~= 'table' then
      refuse('merge', 'takes two tables, not ' .. describe(part))
    end
    for name, value in pairs(part) do
      out[name] = value
    end
  end
  return out
end

function pure.keys(value)
  local out = {}
  if not is_missing(value) then
    if type(value) ~= 'table' then
      refuse('keys', 'takes a table, not ' .. describe(value))
    end
    for name in pairs(value) do
      if type(name) == 'string' then
        out[#out + 1] = name
      end
    end
    table.sort(out)
  end
  return list_of(out)
end

-- One line 'name: value' per field, in the order of the names; of a table its text or value.
function pure.listing(value)
  local out = {}
  for _, name in ipairs(pure.keys(value)) do
    local shown = value[name]
    if type(shown) == 'table' and not is_list(shown) then
      shown = member(shown, 'text') or member(shown, 'value') or shown
    end
    if is_list(shown) then
      shown = pure.join(shown)
    end
    if not pure.is_empty(shown) then
      out[#out + 1] = name .. ': ' .. pure.text(shown)
    end
  end
  return table.concat(out, '\n')
end

-- Lists -------------------------------------------------------------------------------------------------

-- A function of a list, where a missing list is an empty one.
local function on_list(name, fn)
  pure[name] = function(value, ...)
    return fn(is_missing(value) and {} or as_list(name, value), ...)
  end
end

on_list('first', function(list) return list[1] end)
on_list('last', function(list) return list[#list] end)
on_list('count', function(list) return #list end)

-- Those arguments that are there, as a list.
function pure.list(...)
  local out = {}
  for i = 1, select('#', ...) do
    local value = select(i, ...)
    if not is_missing(value) then
      out[#out + 1] = value
    end
  end
  return list_of(out)
end

on_list('join', function(list, separator)
  separator = is_missing(separator) and ', ' or as_text('join', separator)
  local out = {}
  for i = 1, #list do
    if not is_missing(list[i]) then
      out[#out + 1] = pure.text(list[i])
    end
  end
  return table.concat(out, separator)
end)

local function field_of(name, field)
  if type(field) ~= 'string' or field == '' then
    refuse(name, 'takes the name of a field in quotes, such as ' .. name .. '(list, "id")')
  end
  return field
end

on_list('pick', function(list, field)
  field = field_of('pick', field)
  local out = {}
  for i = 1, #list do
    local value = member(list[i], field)
    if value ~= nil then
      out[#out + 1] = value
    end
  end
  return list_of(out)
end)

-- With a value: the items whose field is that; without: those whose field is there, not false and not ''.
on_list('where', function(list, field, ...)
  field = field_of('where', field)
  local is_any = select('#', ...) == 0
  local wanted = ...
  local out = {}
  for i = 1, #list do
    local value = member(list[i], field)
    local fits
    if is_any then
      fits = value ~= nil and value ~= false and value ~= ''
    elseif is_missing(wanted) then
      fits = value == nil
    else
      fits = value == wanted
    end
    if fits then
      out[#out + 1] = list[i]
    end
  end
  return list_of(out)
end)

-- The items whose field, a text, does not hold the part.
on_list('except', function(list, field, part)
  field, part = field_of('except', field), as_text('except', part)
  local out = {}
  for i = 1, #list do
    local value = member(list[i], field)
    if type(value) ~= 'string' or not value:find(part, 1, true) then
      out[#out + 1] = list[i]
    end
  end
  return list_of(out)
end)

-- The values of one list that are not in the other.
on_list('without', function(list, others)
  local known, out = {}, {}
  for _, value in ipairs(is_missing(others) and {} or as_list('without', others)) do
    known[value] = true
  end
  for i = 1, #list do
    if not known[list[i]] then
      out[#out + 1] = list[i]
    end
  end
  return list_of(out)
end)

on_list('sum', function(list, field)
  local total = 0
  for i = 1, #list do
    local value = list[i]
    if field ~= nil then
      value = member(value, field_of('sum', field))
    end
    if not is_missing(value) then
      total = total + as_number('sum', value)
    end
  end
  return total
end)

on_list('unique', function(list)
  local out, seen = {}, {}
  for i = 1, #list do
    local value = list[i]
    local key = type(value) == 'table' and json.encode(value) or value
    if not is_missing(value) and not seen[key] then
      seen[key] = true
      out[#out + 1] = value
    end
  end
  return list_of(out)
end)

-- Dates -------------------------------------------------------------------------------------------------

-- 2026-11-25T10:00:00Z: RFC 3339 in UTC, whole seconds, as services take them.
local function utc(us)
  return (dates.format(us):gsub('%.%d+Z$', 'Z'))
end

local function parse_date(name, value, zone)
  local text = as_text(name, value)
  local ok, result = pcall(dates.parse, text, zone)
  if ok then
    return result
  end
  if type(result) == 'table' and result.kind ~= 'invalid' then
    error(result, 0)
  end
  refuse(name, describe(value) .. ' is no date; write it as 2026-11-25T10:00:00Z or 2026-11-25')
end

local function parse_time(name, text)
  local hour, minute = tostring(text):match '^(%d%d?):(%d%d)$'
  hour, minute = tonumber(hour), tonumber(minute)
  if not hour or hour > 23 or minute > 59 then
    refuse(name, describe(text) .. ' is no time of day; write it as "10:00"')
  end
  return hour, minute
end

-- Days and weeks of a duration count by the calendar (the same time of day, across a change of the
-- clocks); hours and less count by the stopwatch.
local function add_duration(us, text, zone)
  local sign = 1
  if text:find '^%s*%-' then
    sign, text = -1, text:gsub('^%s*%-', '', 1)
  end
  dates.parse_duration(text)
  local days, rest = 0, 0
  for amount, unit in text:gmatch '([%d.]+)%s*(%a+)' do
    local whole = math.tointeger(tonumber(amount))
    local kind = unit:sub(1, 1)
    if whole and (kind == 'd' or kind == 'w') then
      days = days + whole * (kind == 'w' and 7 or 1)
    else
      rest = rest + dates.parse_duration(amount .. unit)
    end
  end
  return dates.add_days(us, sign * days, zone) + sign * rest
end

local function local_date(us, zone)
  local t = dates.civil(us, zone)
  return ('%04d-%02d-%02d'):format(t.year, t.month, t.day)
end

local function local_time(us, zone)
  local t = dates.civil(us, zone)
  return ('%02d:%02d'):format(t.hour, t.min)
end

-- The calendar day that a text names, whatever zone it was written in: 2000-01-05, 2000/1/5, 01/05/2000
-- (month first), 2000-01-05T00:00:00.000Z.
local function calendar_day(text)
  local year, month, day = text:match '^(%d%d%d%d)[-/._](%d%d?)[-/._](%d%d?)$'
  if not year then
    year, month, day = text:match '^(%d%d%d%d)%-(%d%d)%-(%d%d)[T ]'
  end
  if not year then
    month, day, year = text:match '^(%d%d?)[-/._](%d%d?)[-/._](%d%d%d%d)$'
  end
  if not year then
    return nil
  end
  local t = { year = tonumber(year), month = tonumber(month), day = tonumber(day) }
  if not pcall(dates.from_civil, t) then
    return nil
  end
  return ('%04d-%02d-%02d'):format(t.year, t.month, t.day)
end

-- day(value) -> '2000-01-05'
on_text('day', function(text)
  text = trim(text)
  if text == '' then
    return nil
  end
  return calendar_day(text) or refuse('day', describe(text) .. ' is no day; write it as 2000-01-05')
end)

local function bind_dates(env, now_us, zone)
  local function from_now(name, amount, unit_seconds)
    local seconds = as_number(name, amount) * unit_seconds
    return utc(now_us + math.floor(seconds * SECOND_US))
  end

  function env.in_minutes(minutes) return from_now('in_minutes', minutes, 60) end

  function env.in_hours(hours) return from_now('in_hours', hours, 3600) end

  -- The day that many days from now by the project's calendar, at that time of day (or at the present one).
  function env.in_days(days, time)
    local whole = math.tointeger(as_number('in_days', days))
    if not whole then
      refuse('in_days', 'takes whole days; use in_hours for parts of a day')
    end
    local us = dates.add_days(now_us, whole, zone)
    if is_missing(time) then
      return utc(us)
    end
    local t = dates.civil(us, zone)
    local hour, minute = parse_time('in_days', time)
    return utc(dates.from_civil({ year = t.year, month = t.month, day = t.day, hour = hour, min = minute }, zone))
  end

  -- 'datetime' (in UTC), 'date' or 'time' (both by the project's clocks).
  function env.date(value, form)
    if is_missing(value) or value == '' then
      return nil
    end
    local us = parse_date('date', value, zone)
    if is_missing(form) or form == 'datetime' then
      return utc(us)
    elseif form == 'date' then
      return local_date(us, zone)
    elseif form == 'time' then
      return local_time(us, zone)
    end
    refuse('date', 'the form is "datetime", "date" or "time", not ' .. describe(form))
  end

  function env.date_add(value, duration)
    if is_missing(value) or value == '' then
      return nil
    end
    local us = parse_date('date_add', value, zone)
    local ok, result = pcall(add_duration, us, as_text('date_add', duration), zone)
    if not ok then
      local message = type(result) == 'table' and result.message or tostring(result)
      refuse('date_add', message)
    end
    return utc(result)
  end

  -- Midnights between two dates by the project's calendar; negative where the second is the earlier.
  function env.days_between(from, to)
    if is_missing(from) or is_missing(to) or from == '' or to == '' then
      return nil
    end
    local function day_number(value)
      local t = dates.civil(parse_date('days_between', value, zone), zone)
      return dates.from_civil { year = t.year, month = t.month, day = t.day } // (DAY_SECONDS * SECOND_US)
    end
    return day_number(to) - day_number(from)
  end
end

-- Field maps --------------------------------------------------------------------------------------------

local function bind_maps(env, known)
  local function find(name, map)
    local found = known[map]
    if not found then
      refuse(name, 'there is no field map "' .. tostring(map) .. '"; a map is a file in recipes/maps')
    end
    return found
  end

  function env.map_fields(map, value)
    local fields = find('map_fields', map)
    if is_missing(value) then
      return nil
    elseif type(value) ~= 'table' then
      refuse('map_fields', 'takes a table, not ' .. describe(value))
    end
    return maps.apply(map, fields, value, env)
  end

  function env.map_each(map, list)
    local fields = find('map_each', map)
    local out = {}
    if not is_missing(list) then
      for i, value in ipairs(as_list('map_each', list)) do
        out[i] = maps.apply(map, fields, type(value) == 'table' and value or {}, env)
      end
    end
    return list_of(out)
  end
end

-- The library -------------------------------------------------------------------------------------------

local function bind(context)
  local env = {}
  for name, fn in pairs(pure) do
    env[name] = fn
  end
  bind_dates(env, context.now_us, context.timezone or 'UTC')
  bind_maps(env, context.maps or {})
  return env
end

local function sorted_names()
  local names = {}
  for name in pairs(bind { now_us = 0 }) do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

-- A table name -> function of all helpers, for one run.
helpers.new = bind

-- The names, sorted: the engine knows from them what an expression may call.
helpers.names = sorted_names()

return helpers
