-- `ladle ops`: the whole catalogue, its filters, and examples that are what they say: steps that the loader takes.
package.path = './spec/support/?.lua;' .. package.path
local projects = require 'projects'

local json = require 'json'

local CONFIG = [[
connections:
  crm: { connector: highlevel, auth: token, location: ve9EPM428h8vShlRW1KT }
  door: { connector: webhook, verify: none }
  sums: { connector: convertcalculator, verify: none }
  shop: { connector: http, base_url: 'https://api.example.com' }
]]

local function count(entries, test)
  local n = 0
  for _, entry in ipairs(entries) do
    n = n + (test(entry) and 1 or 0)
  end
  return n
end

-- One recipe that has the entry's example, within what a recipe needs besides.
local function recipe_of(number, entry)
  local connector = entry.name:match '^[^.]+'
  local owner = (entry.example:match 'use: ([^.]+)' or entry.example:match '%- ([^.]+)')
  local needs = (owner == 'records' or owner == 'ladle') and '' or ('needs: { %s: %s }\n'):format(owner, connector)
  local head = ('recipe: example-%d\nsummary: An example\n%s'):format(number, needs)
  if entry.kind == 'trigger' then
    return head .. entry.example .. 'do:\n  - step: done\n    stop: = true\n'
  end
  return head .. 'when: [ladle.run_dead]\ndo:\n' .. entry.example:gsub('[^\n]+', '  %0')
end

describe('ladle ops', function()
  local project, all

  lazy_setup(function()
    project = projects.new { ['ladle.yaml'] = CONFIG }
    local code, entries = project:json('ops', '--json')
    assert(code == 0)
    all = entries
  end)

  lazy_teardown(function()
    require('host').rm_rf(project.folder)
  end)

  local function names_of(...)
    local code, entries = project:json('ops', '--json', ...)
    assert.are.equal(0, code)
    return entries
  end

  it('lists every operation and event that HighLevel documents, and our own', function()
    assert.are.equal(576, count(all, function(e) return e.area ~= json.null and e.area ~= nil end))
    assert.are.equal(73, count(all, function(e) return e.kind == 'trigger' and e.core end))
    assert.are.equal(126, count(all, function(e) return e.core end))
  end)

  it('shows an example of each that `ladle check` takes', function()
    local tried = 0
    for i, entry in ipairs(all) do
      if entry.example and entry.example ~= json.null then
        project:write(('recipes/example-%d.yaml'):format(i), recipe_of(i, entry))
        tried = tried + 1
      end
    end
    assert.is_true(tried >= 576 - 7 + 73, tostring(tried))
    local code, out = project:run { 'check', '--json' }
    local answer = json.decode(out)
    assert.are.same({}, answer.errors)
    assert.are.equal(0, code)
    assert.are.equal(tried, answer.recipes)
  end)

  it('is about inputs that are checked: a field that an action does not know is refused, of every one', function()
    projects.with({ ['ladle.yaml'] = CONFIG }, function(strict)
      local tried = 0
      for i, entry in ipairs(all) do
        if entry.kind == 'action' and type(entry.input) == 'table' and type(entry.example) == 'string' then
          local with = entry.example:find('  with:', 1, true) and '' or '  with:\n'
          local wrong = { name = entry.name, example = entry.example .. with .. '    nonsense: 1\n' }
          strict:write(('recipes/wrong-%d.yaml'):format(i), recipe_of(i, wrong))
          tried = tried + 1
        end
      end
      local code, out = strict:run { 'check', '--json' }
      assert.are.equal(1, code)
      local refused = {}
      for _, problem in ipairs(json.decode(out).errors) do
        if problem.message:find('has no field `nonsense`', 1, true) then
          refused[problem.file] = true
        end
      end
      local count_refused = 0
      for _ in pairs(refused) do
        count_refused = count_refused + 1
      end
      assert.are.equal(tried, count_refused)
      assert.is_true(tried >= 500, tostring(tried))
    end)
  end)

  it('has no example of what cannot be called, and says why', function()
    local entry = names_of('crm.upload_media_content')[1]
    assert.is_true(entry.example == nil or entry.example == json.null)
    assert.is_truthy(entry.unsupported:find('file', 1, true))
    local _, text = project:run { 'ops', 'crm.upload_media_content' }
    assert.is_truthy(text:find('cannot be called: it takes a file', 1, true), text)
  end)

  it('narrows the list by every filter, and by several together', function()
    local calendars = names_of('--area', 'calendars')
    assert.are.equal(41, #calendars)
    local writes = names_of('--area', 'calendars', '--method', 'post', '--scope', 'calendars/groups.write')
    assert.are.equal(2, #writes)
    for _, entry in ipairs(writes) do
      assert.are.equal('POST', entry.method)
    end
    assert.are.equal(53, #names_of('--core', '--actions'))
    assert.are.equal(73, #names_of('--core', '--triggers'))
    local found = names_of('crm', '--search', 'calendar GROUP')
    assert.is_true(#found >= 5 and #found < 20)
    assert.are.equal(0, #names_of('--search', 'no such words anywhere'))
  end)

  it('tells of an action what a recipe needs to know', function()
    local _, text = project:run { 'ops', 'crm.get_installed_location' }
    for _, line in ipairs { 'scopes: oauth.readonly', 'token: of an agency, by OAuth', 'version: 2021-07-28',
                            'GET /oauth/installedLocations', 'use: crm.get_installed_location' } do
      assert.is_truthy(text:find(line, 1, true), line .. ' in\n' .. text)
    end
    _, text = project:run { 'ops', 'crm.get_agents_deprecated' }
    assert.is_truthy(text:find('deprecated: use agent_studio_get_agents', 1, true), text)
  end)

  it('says which kind of token an action takes, where its service has several', function()
    assert.are.equal('location', names_of('crm.create_task')[1].access)
    assert.are.equal('any', names_of('crm.get_location')[1].access)
    assert.are.equal('agency', names_of('crm.create_location')[1].access)
    assert.are.equal(json.null, names_of('shop.get')[1].access)
  end)

  it('shows a trigger with its sample', function()
    local entry = names_of('crm.app_installed')[1]
    assert.are.equal('INSTALL', entry.type)
    assert.are.equal('INSTALL', entry.sample.type)
    assert.are.equal('when:\n  - crm.app_installed\n', entry.example)
  end)

  it('suggests the name that may be meant', function()
    local code, _, err = project:run { 'ops', 'crm.create_calender' }
    assert.are.equal(1, code)
    assert.is_truthy(err:find('is "create_calendar" meant?', 1, true), err)
  end)
end)
