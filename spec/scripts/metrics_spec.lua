-- The reference of the metrics is what the source says.
package.path = './spec/tools/?.lua;' .. package.path
local host = require 'host'
local metrics = require 'metrics'

local function source(text)
  local folder = host.mkdtemp()
  assert(host.write_file(folder .. '/a.c', text))
  local ok, found = pcall(metrics.read, folder)
  host.rm_rf(folder)
  return ok, found
end

describe('the reference of the metrics', function()
  it('is the one of today: else run `make reference`', function()
    local page = assert(host.read_file(metrics.page))
    assert.are.equal(metrics.filled(page, metrics.read 'engine'), page)
  end)

  it('has every name that the source makes', function()
    local page, count = assert(host.read_file(metrics.page)), 0
    local list = io.popen "grep -rhoE '\"ladle_[a-z_]+\"' engine --include='*.c' | sort -u"
    for name in list:lines() do
      assert.is_truthy(page:find('`' .. name:gsub('"', '') .. '`', 1, true), name)
      count = count + 1
    end
    list:close()
    assert.is_true(count >= 15, tostring(count))
  end)

  it('has each name once, with a sentence', function()
    local seen = {}
    for _, one in ipairs(metrics.read 'engine') do
      assert.is_nil(seen[one.name], one.name)
      assert.is_truthy(one.help:find '%.$', one.name .. ': ' .. one.help)
      seen[one.name] = true
    end
  end)
end)

describe('a call that makes a metric', function()
  it('is read with its label, over several lines', function()
    local ok, found = source 'metric_add(metrics_counter("ladle_a_total", "What "\n  "it is.", "result", text), 1);'
    assert.is_true(ok)
    assert.are.same({ 'ladle_a_total', 'counter', 'What it is.', { 'result' } },
      { found[1].name, found[1].kind, found[1].help, found[1].labels })
  end)

  it('is read with its two labels', function()
    local ok, found = source [[
const struct metric_label labels[2] = { { "connection", name(c) },
    { "reason", why } };
metric_add(metrics_counter_by("ladle_b_total", "What.", labels), 1);]]
    assert.is_true(ok)
    assert.are.same({ 'connection', 'reason' }, found[1].labels)
  end)

  it('is read without a label', function()
    local ok, found = source 'metric_set(metrics_gauge("ladle_c", "What.", NULL, NULL), 1);'
    assert.is_true(ok)
    assert.are.same({}, found[1].labels)
    assert.are.equal('gauge', found[1].kind)
  end)

  it('is an error where it hides what it makes', function()
    for _, text in ipairs { 'metrics_gauge(name, "What.", NULL, NULL)', 'metrics_gauge("ladle_d", help, NULL, NULL)',
                            'metrics_gauge("ladle_d", "What.", label, text)',
                            'metrics_counter_by("ladle_d", "What.", labels)' } do
      local ok, problem = source(text)
      assert.is_false(ok, text)
      assert.is_truthy(tostring(problem):find('/a.c: ', 1, true), problem)
    end
  end)
end)
