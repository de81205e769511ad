-- The page at `/`, for people: what the sandbox holds and what happened last. Reading it changes
-- nothing; it has no scripts, and everything in it is escaped.

local views = require 'sandbox.views'

local page = {}

local ROWS_MAX, LINES_MAX = 200, 50

local ENTITIES = { ['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;', ["'"] = '&#39;' }

local function escape(value)
  return (tostring(value):gsub('[&<>"\']', ENTITIES))
end

local function cells(tag, values)
  local list = {}
  for i, value in ipairs(values) do
    list[i] = ('<%s>%s</%s>'):format(tag, escape(value), tag)
  end
  return '<tr>' .. table.concat(list) .. '</tr>\n'
end

-- `rows` are lists of values; a note tells of those that are left out.
local function add_table(out, title, head, rows, most)
  out[#out + 1] = ('<h2>%s <small>%d</small></h2>\n<table>\n%s'):format(escape(title), #rows,
    cells('th', head))
  for i = 1, math.min(#rows, most) do
    out[#out + 1] = cells('td', rows[i])
  end
  out[#out + 1] = '</table>\n'
  if #rows > most then
    out[#out + 1] = ('<p>and %d more</p>\n'):format(#rows - most)
  end
end

local function by_id(a, b) return a.id < b.id end

local function name_of(rows, id)
  local row = rows:get(id)
  return row and row.name or id
end

local function contact_rows(sandbox)
  local contacts, list = {}, {}
  for _, contact in pairs(sandbox.people.by_id) do
    contacts[#contacts + 1] = contact
  end
  table.sort(contacts, by_id)
  for i, contact in ipairs(contacts) do
    list[i] = {
      contact.id, views.full_name(contact) or '', contact.email or '', contact.phone or '',
      table.concat(contact.tags, ', '), #contact.tasks, #contact.notes,
      name_of(sandbox.locations, contact.locationId),
    }
  end
  return list
end

local function stage_name(sandbox, row)
  local pipeline = sandbox.pipelines:get(row.pipelineId)
  for _, stage in ipairs(pipeline and pipeline.stages or {}) do
    if stage.id == row.pipelineStageId then
      return stage.name
    end
  end
  return row.pipelineStageId
end

local function opportunity_rows(sandbox)
  local list = {}
  for i, row in ipairs(sandbox.opportunities.list) do
    list[i] = {
      row.id, row.name or '', name_of(sandbox.pipelines, row.pipelineId), stage_name(sandbox, row),
      row.status, row.monetaryValue or '', row.contactId or '',
    }
  end
  return list
end

local function location_rows(sandbox)
  local list = {}
  for i, row in ipairs(sandbox.locations.list) do
    list[i] = { row.id, row.name, row.timezone }
  end
  return list
end

-- The last effects, newest first.
local function effect_rows(sandbox)
  local lines, list = sandbox.ledger.lines, {}
  for i = #lines, math.max(1, #lines - LINES_MAX + 1), -1 do
    local line = lines[i]
    list[#list + 1] = {
      line.at, line.operation or line.effect, line.contactId or line.id or '',
      line.title or line.body or line.name or line.email or '', line.answer or '',
    }
  end
  return list
end

local function hook_rows(sandbox)
  local report = sandbox.webhooks:report()
  return { { report.made, report.delivered, report.pending, report.failed } }
end

local HEAD = [[<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Ladle sandbox</title><style>
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% } small { color: #777; font-weight: normal }
th, td { border-bottom: 1px solid #ddd; padding: .25rem .5rem; text-align: left; overflow-wrap: anywhere }
</style></head><body>
<h1>Ladle sandbox</h1>
<p>A mock of HighLevel; nothing here is real. As JSON: <a href="/_sandbox/state">state</a>,
<a href="/_sandbox/contacts">contacts</a>, <a href="/_sandbox/holdings">holdings</a>,
<a href="/_sandbox/ledger">ledger</a>.</p>
]]

-- The answer to GET /.
function page.answer(sandbox)
  local out = { HEAD }
  add_table(out, 'Locations', { 'id', 'name', 'zone' }, location_rows(sandbox), ROWS_MAX)
  add_table(out, 'Contacts', { 'id', 'name', 'e-mail', 'phone', 'tags', 'tasks', 'notes',
    'location' }, contact_rows(sandbox), ROWS_MAX)
  add_table(out, 'Opportunities', { 'id', 'name', 'pipeline', 'stage', 'status', 'value',
    'contact' }, opportunity_rows(sandbox), ROWS_MAX)
  add_table(out, 'Webhooks', { 'made', 'delivered', 'pending', 'given up' }, hook_rows(sandbox), 1)
  add_table(out, 'Last effects', { 'at', 'what', 'of', '', 'answer' }, effect_rows(sandbox),
    LINES_MAX)
  out[#out + 1] = '</body></html>\n'
  return {
    status = 200, body = table.concat(out),
    headers = {
      ['Content-Type'] = 'text/html; charset=utf-8',
      ['Content-Security-Policy'] = "default-src 'none'; style-src 'unsafe-inline'",
    },
  }
end

return page
