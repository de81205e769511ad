-- The form of the data that a sandbox can begin with (`--seed-data FILE`), and its check: YAML or
-- JSON, every problem with its place. What is checked is what seed.lua takes.
--
--   locations     the sub-accounts; what names none belongs to the first
--   users customFields businesses calendars pipelines lostReasons workflows campaigns
--   contacts      each with its tasks, notes, appointments and opportunities
--
-- An `id` may be left out: it then follows from the sandbox's seed. Things are named by their id or
-- their name. A moment is a date, or days from today by the location's clocks: `+2d 09:00`.

local dates = require 'dates'
local fields = require 'sandbox.fields'
local times = require 'sandbox.times'

local form = {}

-- --- the form ------------------------------------------------------------------------------------

local function list_of(kind) return { type = 'rows', of = kind } end
local function one_of(...) return { type = 'enum', values = { ... } } end
local function needed(rule)
  local copy = { required = true }
  for key, value in pairs(rule) do
    copy[key] = value
  end
  return copy
end

local text, id, number, flag = { type = 'text' }, { type = 'id' }, { type = 'number' }, { type = 'flag' }
local texts, moment, email = { type = 'texts' }, { type = 'moment' }, { type = 'email' }
local named = needed(text)

local KINDS = {
  location = {
    id = id, name = named, timezone = { type = 'zone' }, country = text, state = text, city = text,
    address = text, postalCode = text, email = email, phone = text, website = text,
    firstName = text, lastName = text,
  },
  user = {
    id = id, location = text, firstName = named, lastName = named, email = needed(email),
    phone = text, role = one_of('admin', 'user'),
  },
  field = {
    id = id, location = text, name = named, key = id, options = texts,
    dataType = one_of(table.unpack(fields.DATA_TYPES)), model = one_of('contact', 'opportunity'),
  },
  business = {
    id = id, location = text, name = named, phone = text, email = email, website = text,
    address = text, city = text, state = text, postalCode = text, country = text,
    description = text,
  },
  calendar = { id = id, location = text, name = named, groupId = id },
  pipeline = { id = id, location = text, name = named, stages = needed { type = 'stages' } },
  reason = { id = id, location = text, name = named },
  workflow = { id = id, location = text, name = named, status = needed(one_of('draft', 'published')) },
  task = {
    id = id, title = named, body = text, dueDate = needed(moment), completed = flag,
    assignedTo = id,
  },
  note = { id = id, body = named, title = text },
  appointment = {
    id = id, title = named, startTime = needed(moment), endTime = moment, calendar = text,
    notes = text, address = text, assignedUserId = id,
    appointmentStatus = one_of('new', 'confirmed', 'cancelled', 'showed', 'noshow', 'invalid'),
  },
  opportunity = {
    id = id, name = named, pipeline = text, stage = text, monetaryValue = number, source = text,
    status = one_of('open', 'won', 'lost', 'abandoned'), assignedTo = id,
    customFields = { type = 'values' },
  },
  contact = {
    id = id, location = text, firstName = text, lastName = text, email = email, phone = text,
    address1 = text, city = text, state = text, country = text, postalCode = text, website = text,
    timezone = { type = 'zone' }, companyName = text, business = text, source = text,
    assignedTo = id, dnd = flag, tags = texts, dateOfBirth = { type = 'birth' },
    dateAdded = moment, customFields = { type = 'values' }, tasks = list_of 'task',
    notes = list_of 'note', appointments = list_of 'appointment',
    opportunities = list_of 'opportunity',
  },
}

local TOP = {
  locations = needed(list_of 'location'), users = list_of 'user', customFields = list_of 'field',
  businesses = list_of 'business', calendars = list_of 'calendar', pipelines = list_of 'pipeline',
  lostReasons = list_of 'reason', workflows = list_of 'workflow', campaigns = list_of 'workflow',
  contacts = list_of 'contact',
}

-- --- the check of one value ----------------------------------------------------------------------

-- `marks` knows where the value of a key of a row stood.
local Check = {}
Check.__index = Check

function Check:problem(node, message, hint)
  self.problems[#self.problems + 1] = {
    line = node.line, column = node.column, message = message, hint = hint,
  }
end

local function is_empty(node)
  return node.is_plain and (node.text == '' or node.text == '~' or node.text == 'null')
end

-- The text of a scalar, or nil and a problem.
function Check:scalar(node, name)
  if not node.text then
    self:problem(node, ('`%s` is a single value'):format(name))
  end
  return node.text
end

local read = {}

function read.text(_, node) return node.text end

function read.id(check, node, name)
  if not node.text:find('^[%w_-]+$') or #node.text > 128 then
    check:problem(node, ('`%s` is no id: letters, digits, "_" and "-", at most 128'):format(name))
  end
  return node.text
end

function read.email(check, node, name)
  if not node.text:find('^[^@%s]+@[^@%s]+$') then
    check:problem(node, ('`%s` is no e-mail address'):format(name))
  end
  return node.text
end

function read.number(check, node, name)
  local value = node.is_plain and tonumber(node.text)
  if not value then
    check:problem(node, ('`%s` takes a number'):format(name))
  end
  return math.tointeger(value) or value
end

function read.flag(check, node, name)
  if node.text ~= 'true' and node.text ~= 'false' then
    check:problem(node, ('`%s` is true or false'):format(name))
  end
  return node.text == 'true'
end

function read.zone(check, node, name)
  if not pcall(dates.format, 0, node.text) then
    check:problem(node, ('`%s` is no time zone'):format(name), 'such as Europe/Amsterdam')
  end
  return node.text
end

function read.moment(check, node, name)
  local clock = node.text:match('^[+-]%d%d?%d?d$') and '00:00'
    or node.text:match('^[+-]%d%d?%d?d (%d%d:%d%d)$')
  if not times.parse(clock and '2026-01-01T' .. clock or node.text) then
    check:problem(node, ('`%s` is no moment'):format(name),
      'a date such as 2026-12-01T10:00:00Z, or days from today: +2d 09:00')
  end
  return node.text
end

function read.birth(check, node, name)
  if not times.parse_birth(node.text) then
    check:problem(node, ('`%s` is no date'):format(name), 'such as 1980-02-29')
  end
  return node.text
end

function read.enum(check, node, name, rule)
  for _, value in ipairs(rule.values) do
    if value == node.text then
      return value
    end
  end
  check:problem(node, ('`%s` cannot be `%s`'):format(name, node.text),
    'one of ' .. table.concat(rule.values, ', '))
end

-- --- lists and maps ------------------------------------------------------------------------------

local function is_map(node) return node.keys ~= nil end
local function is_list(node) return node.items ~= nil and not node.keys end

local function sorted_names(map)
  local names = {}
  for name in pairs(map) do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

local structured = {}

function Check:value(node, name, rule)
  if structured[rule.type] then
    return structured[rule.type](self, node, name, rule)
  elseif is_empty(node) and not rule.required then
    return nil
  end
  return self:scalar(node, name) and read[rule.type](self, node, name, rule)
end

function structured.texts(check, node, name)
  if not is_list(node) then
    check:problem(node, ('`%s` is a list'):format(name))
    return nil
  end
  local list = {}
  for i, item in ipairs(node.items) do
    list[i] = check:scalar(item, name)
  end
  return list
end

-- A map's pairs as the row of a kind; problems of keys that are not known, and of what is missing.
function Check:row(node, kind, rules)
  if not is_map(node) then
    self:problem(node, ('a %s is a map of keys and values'):format(kind))
    return nil
  end
  local row, marks = {}, { ['.'] = node }
  for i, key in ipairs(node.keys) do
    local rule = rules[key.text]
    if rule then
      marks[key.text] = node.items[i]
      row[key.text] = self:value(node.items[i], key.text, rule)
    else
      self:problem(key, ('a %s has no `%s`'):format(kind, key.text),
        'it has ' .. table.concat(sorted_names(rules), ', '))
    end
  end
  self.marks[row] = marks
  for _, name in ipairs(sorted_names(rules)) do
    if rules[name].required and marks[name] == nil then
      self:problem(node, ('a %s needs `%s`'):format(kind, name))
    end
  end
  return row
end

function structured.rows(check, node, name, rule)
  if not is_list(node) then
    check:problem(node, ('`%s` is a list'):format(name))
    return nil
  end
  local list = {}
  for _, item in ipairs(node.items) do
    list[#list + 1] = check:row(item, rule.of, KINDS[rule.of])
  end
  return list
end

-- A stage is its name, or a map with id and name.
function structured.stages(check, node, name)
  if not is_list(node) or #node.items == 0 then
    check:problem(node, ('`%s` is a list of at least one stage'):format(name))
    return nil
  end
  local list = {}
  for _, item in ipairs(node.items) do
    list[#list + 1] = item.text
      and { name = item.text } or check:row(item, 'stage', { id = id, name = named })
  end
  return list
end

-- Custom fields by name, key or id: a text, a number by the field's type, or a list of texts.
function structured.values(check, node, name)
  if not is_map(node) then
    check:problem(node, ('`%s` is a map of fields and values'):format(name))
    return nil
  end
  local values, marks = {}, { ['.'] = node }
  for i, key in ipairs(node.keys) do
    local item = node.items[i]
    marks[key.text] = item
    values[key.text] = is_list(item) and structured.texts(check, item, key.text)
      or check:scalar(item, key.text)
  end
  check.marks[values] = marks
  return values
end

-- --- what refers to what -------------------------------------------------------------------------

function Check:at(row, name)
  local marks = self.marks[row]
  return marks[name] or marks['.']
end

function Check:find_location(row)
  local all = self.data.locations
  if row.location == nil then
    return all[1]
  end
  for _, location in ipairs(all) do
    if location.id == row.location or location.name == row.location then
      return location
    end
  end
  self:problem(self:at(row, 'location'), ('there is no location `%s`'):format(row.location))
  return nil
end

-- The row of the list, in that location, which `owner` names by `name`; the first one where it names
-- none and `must` is set.
function Check:refer(owner, name, list, location, must)
  local wanted = owner[name]
  if wanted == nil and not must then
    return nil
  end
  for _, row in ipairs(list or {}) do
    local is_named = wanted == nil or row.id == wanted or row.name == wanted
    if is_named and self.home[row] == location then
      return row
    end
  end
  self:problem(self:at(owner, name), wanted and ('there is no %s `%s`'):format(name, wanted)
    or ('the location has no %s for it'):format(name))
  return nil
end

local function is_called(field, key)
  local short = field.key or fields.key_of('', field.name):sub(2)
  return key == field.id or key == field.name or key == short
    or key == (field.model or 'contact') .. '.' .. short
end

local NUMBERS = { NUMERICAL = true, MONETORY = true }

function Check:custom_field(values, key, model, location)
  for _, field in ipairs(self.data.customFields or {}) do
    local is_here = self.home[field] == location and (field.model or 'contact') == model
    if is_here and is_called(field, key) then
      if NUMBERS[field.dataType] then
        values[key] = tonumber(values[key])
      end
      if values[key] == nil then
        self:problem(self:at(values, key), ('`%s` takes a number'):format(key))
      end
      return
    end
  end
  self:problem(self:at(values, key), ('there is no custom field `%s` of %ss'):format(key, model))
end

function Check:custom_fields(row, model, location)
  local values = row.customFields
  for _, key in ipairs(values and sorted_names(values) or {}) do
    self:custom_field(values, key, model, location)
  end
end

local function has_stage(pipeline, wanted)
  for _, stage in ipairs(pipeline.stages or {}) do
    if stage.id == wanted or stage.name == wanted then
      return true
    end
  end
  return false
end

function Check:opportunity(row, location)
  local pipeline = self:refer(row, 'pipeline', self.data.pipelines, location, true)
  if pipeline and row.stage and not has_stage(pipeline, row.stage) then
    self:problem(self:at(row, 'stage'), ('pipeline `%s` has no stage `%s`'):format(pipeline.name,
      row.stage))
  end
  self:custom_fields(row, 'opportunity', location)
end

function Check:contact(row)
  local location = self:find_location(row)
  if not location then
    return
  end
  self:refer(row, 'business', self.data.businesses, location)
  self:custom_fields(row, 'contact', location)
  for _, appointment in ipairs(row.appointments or {}) do
    self:refer(appointment, 'calendar', self.data.calendars, location, true)
  end
  for _, opportunity in ipairs(row.opportunities or {}) do
    self:opportunity(opportunity, location)
  end
end

local OF_LOCATIONS = {
  'users', 'customFields', 'businesses', 'calendars', 'pipelines', 'lostReasons', 'workflows',
  'campaigns',
}

-- An id stands once among all rows of the file.
function Check:ids(list)
  for _, row in ipairs(list or {}) do
    if row.id and self.seen[row.id] then
      self:problem(self:at(row, 'id'), ('the id `%s` stands twice'):format(row.id))
    elseif row.id then
      self.seen[row.id] = true
    end
    for _, name in ipairs { 'tasks', 'notes', 'appointments', 'opportunities' } do
      self:ids(row[name])
    end
  end
end

function Check:references()
  local data = self.data
  for _, name in ipairs(OF_LOCATIONS) do
    for _, row in ipairs(data[name] or {}) do
      self.home[row] = self:find_location(row)
    end
  end
  for _, row in ipairs(data.contacts or {}) do
    self:contact(row)
  end
  self:ids(data.locations)
  for _, name in ipairs(OF_LOCATIONS) do
    self:ids(data[name])
  end
  self:ids(data.contacts)
end

-- --- from outside --------------------------------------------------------------------------------

-- The data of a tree as host.parse_yaml gives it; or nil and the problems ({line, column, message,
-- hint} each).
function form.read(tree)
  local check = setmetatable({ problems = {}, marks = {}, home = {}, seen = {} }, Check)
  local data = check:row(tree, 'file', TOP)
  if data and data.locations and #data.locations == 0 then
    check:problem(check:at(data, 'locations'), 'at least one location is needed')
  end
  if #check.problems == 0 then
    check.data = data
    check:references()
  end
  if #check.problems > 0 then
    return nil, check.problems
  end
  return data
end

return form
