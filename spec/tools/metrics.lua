-- The metrics of the engine, read from the calls in the source that make them: their name, kind, labels and sentence.
-- `ladle lua spec/tools/metrics.lua` (make reference) writes their table into engine/http/README.md, and
-- metrics_spec.lua holds it equal. So what a call of metrics_counter, metrics_gauge or metrics_histogram says is all
-- that there is to write.
local host = require 'host'

local metrics = {}

metrics.page = 'engine/http/README.md'
metrics.begins = '<!-- metrics: written by `make reference` from the calls that make them -->\n'
metrics.ends = '<!-- end of the metrics -->\n'

-- What each function of base/metrics.h makes.
local KINDS = {
  metrics_counter = 'counter', metrics_counter_by = 'counter', metrics_gauge = 'gauge', metrics_histogram = 'histogram',
}

-- The registry itself, which only declares and defines them.
local function is_registry(path)
  return path == 'engine/base/metrics.c' or path == 'engine/base/metrics.h'
end

-- All C files below a folder, sorted.
local function c_files(folder, into)
  into = into or {}
  local names = host.list(folder)
  table.sort(names)
  for _, name in ipairs(names) do
    local path = folder .. '/' .. name
    if host.stat(path).kind == 'folder' then
      c_files(path, into)
    elseif name:find '%.[ch]$' and not is_registry(path) then
      into[#into + 1] = path
    end
  end
  return into
end

-- A text of C at `at`, its neighbours joined as the compiler does: the text and the place behind it, or nil.
local function literal(text, at)
  local joined
  while true do
    local body, behind = text:match('^%s*"([^"\\]*)"()', at)
    if not body then return joined, at end
    joined, at = (joined or '') .. body, behind
  end
end

-- The names in `const struct metric_label labels[2] = { { "connection", … }, { "reason", … } };` before `at`.
local function labels_before(text, at)
  local last
  for names in text:sub(1, at):gmatch 'metric_label labels%[2%] = (%b{})' do last = names end
  return last and { last:match '{ "([%w_]+)",.-{ "([%w_]+)",' }
end

-- The call at `at`, behind its opening parenthesis.
local function read_call(text, at, call, where)
  local name, behind = literal(text, at)
  local help, rest = literal(text, text:match('^%s*,()', behind) or behind)
  assert(name and help, where .. ': the name and the sentence of a metric are texts that stand in the call')
  local labels
  if call == 'metrics_counter_by' then
    labels = labels_before(text, at)
  else
    labels = { (literal(text, text:match('^%s*,()', rest) or rest)) }
    assert(labels[1] or text:match('^%s*,%s*NULL,', rest), where .. ': the label of a metric is a text, or NULL')
  end
  assert(labels, where .. ': the labels of a metric stand in `labels[2]` before the call')
  return { name = name, kind = KINDS[call], labels = labels, help = help, where = where }
end

-- Every call that makes a metric, by name: {name, kind, labels, help, where}.
function metrics.read(folder)
  local found = {}
  for _, path in ipairs(c_files(folder)) do
    local text = assert(host.read_file(path))
    for call, at in text:gmatch '%f[%w_](metrics_[%a_]+)%(()' do
      if KINDS[call] then found[#found + 1] = read_call(text, at, call, path) end
    end
  end
  table.sort(found, function(a, b) return a.name < b.name end)
  return found
end

-- The table of the reference.
function metrics.print(found)
  local rows = { '\n| name | kind | labels | what it tells |\n|---|---|---|---|\n' }
  for _, one in ipairs(found) do
    local labels = #one.labels > 0 and '`' .. table.concat(one.labels, '` `') .. '`' or ''
    rows[#rows + 1] = ('| `%s` | %s | %s | %s |\n'):format(one.name, one.kind, labels, one.help)
  end
  rows[#rows + 1] = '\n'
  return table.concat(rows)
end

-- The page with the table as it should be.
function metrics.filled(page, found)
  local _, from = page:find(metrics.begins, 1, true)
  local to = from and page:find(metrics.ends, from, true)
  assert(to, metrics.page .. ' does not have the two marks of the metrics')
  return page:sub(1, from) .. metrics.print(found) .. page:sub(to)
end

if arg and arg[0] and arg[0]:find 'metrics%.lua$' then
  local page = assert(host.read_file(metrics.page))
  assert(host.write_file(metrics.page, metrics.filled(page, metrics.read 'engine')))
end

return metrics
