-- Whoever follows the documentation arrives: each link of each README leads to a file and a heading that are there,
-- each file that a README names is there, and so is each file and README that the source names.
package.path = './spec/support/?.lua;' .. package.path
local documents = require 'documents'
local host = require 'host'
local projects = require 'projects'

local function folder_of(path) return path:match '^(.*/)[^/]*$' or '' end

-- "a/b/../c" as "a/c".
local function normal(path)
  local parts = {}
  for part in path:gmatch '[^/]+' do
    if part == '..' then
      assert(table.remove(parts), path .. ' leads out of the repository')
    elseif part ~= '.' then
      parts[#parts + 1] = part
    end
  end
  return table.concat(parts, '/')
end

local function is_there(path) return host.stat(path) ~= nil end

-- The anchors of a page: GitHub makes one of each heading, and numbers those that come again.
local function anchors_of(path)
  local anchors, times = {}, {}
  for heading in documents.without_fences(documents.read(path)):gmatch '\n#+ +([^\n]+)' do
    local anchor = heading:gsub('%[(.-)%]%(.-%)', '%1'):lower():gsub('[^%w _-]', ''):gsub(' ', '-')
    local count = times[anchor] or 0
    anchors[count == 0 and anchor or anchor .. '-' .. count], times[anchor] = true, count + 1
  end
  return anchors
end

-- Calls visit(target, anchor) for each link of a page to a place in the repository.
local function each_link(path, visit)
  local prose = documents.without_fences(documents.read(path)):gsub('``.-``', ''):gsub('`[^`\n]*`', '')
  for link in prose:gmatch '%]%(([^)%s]+)%)' do
    if not link:find '^%a+:' then
      local target, anchor = link:match '^([^#]*)#?(.*)$'
      visit(target == '' and path or normal(folder_of(path) .. target), anchor, link)
    end
  end
end

describe('a link', function()
  local anchors = {}
  for _, path in ipairs(documents.readmes()) do anchors[path] = anchors_of(path) end

  it('leads to a file that is there, and to a heading of it', function()
    local wrong, count = {}, 0
    for path in pairs(anchors) do
      each_link(path, function(target, anchor, link)
        count = count + 1
        local is_right = is_there(target) and (anchor == '' or (anchors[target] or {})[anchor])
        if not is_right then wrong[#wrong + 1] = path .. ': ' .. link end
      end)
    end
    table.sort(wrong)
    assert.are.same({}, wrong)
    assert.is_true(count >= 100, tostring(count))
  end)

  it('leads from the first page to every other', function()
    local is_reached, queue = { ['README.md'] = true }, { 'README.md' }
    for _, path in ipairs(queue) do
      each_link(path, function(target)
        if anchors[target] and not is_reached[target] then
          is_reached[target], queue[#queue + 1] = true, target
        end
      end)
    end
    for path in pairs(anchors) do assert.is_true(is_reached[path], path .. ' is reached by no link') end
  end)
end)

-- The files of a user's project are named in the other pages.
local PAGES_ON_THE_SOURCE = { 'README.md', 'engine/README.md', 'engine/http/README.md', 'spec/README.md' }
local ROOTS = { '', 'engine/', 'scripts/', 'spec/', 'spec/engine/' }
local KINDS = { c = true, h = true, lua = true, sh = true, py = true }

-- Words in capitals stand for names of the reader's choice, and build/ is made.
local function names_source(name)
  return KINDS[name:match '%l+$'] and not name:find '%f[%w]%u+%f[%W]' and not name:find '^build/'
end

local function is_source(page, name)
  if is_there(folder_of(page) .. name) then return true end
  for _, root in ipairs(ROOTS) do
    if is_there(root .. name) then return true end
  end
end

describe('a file', function()
  it('of the source that a page on the source names is there', function()
    local missing, count = {}, 0
    for _, page in ipairs(PAGES_ON_THE_SOURCE) do
      for name in documents.read(page):gmatch '[%w_.-]+/[%w_./-]+%.%l+' do
        if names_source(name) then
          count = count + 1
          if not is_source(page, name) then missing[#missing + 1] = page .. ': ' .. name end
        end
      end
    end
    assert.are.same({}, missing)
    assert.is_true(count >= 50, tostring(count))
  end)

  -- In comments, messages and includes. What begins with none of our folders is somebody else's, or an example.
  it('of the source names only files and pages that are there', function()
    local missing, count = {}, 0
    local is_ours = {}
    for _, folder in ipairs { 'engine', 'scripts', 'spec' } do
      for _, name in ipairs(host.list(folder)) do is_ours[name] = true end
      is_ours[folder] = true
    end
    is_ours.scripts = nil -- a project has such a folder, too
    local function look(path)
      local text = host.read_file(path) or ''
      local function see(name)
        count = count + 1
        if not is_source(path, name) then missing[#missing + 1] = path .. ': ' .. name end
      end
      for name in text:gmatch '[%w_/-]*README%.md' do see(name) end
      for name in text:gmatch '%f[%w_./-][%w_]+/[%w_/]+%.%l+%f[^%w_]' do
        if names_source(name) and is_ours[name:match '^[%w_]+'] then see(name) end
      end
    end
    for _, folder in ipairs { 'engine', 'scripts', 'spec' } do
      documents.each_file(folder, function(path)
        if not path:find '^spec/fuzz/corpus/' and not path:find '/README%.md$' then look(path) end
      end)
    end
    look 'Makefile'
    look 'ladle.yaml'
    assert.are.same({}, missing)
    assert.is_true(count >= 1000, tostring(count))
  end)
end)

describe('the page on the commands', function()
  it('has a row for each command, and none for another', function()
    local project = projects.new()
    local _, help = project:run { 'help' }
    host.rm_rf(project.folder)
    local commands, rows = {}, {}
    for name in help:gmatch '\n  (%l+)  +%u' do commands[name] = true end
    for name in documents.read('engine/cli/README.md'):gmatch '\n| `ladle (%l+)' do rows[name] = true end
    assert.is_true(commands.run)
    assert.are.same(commands, rows)
  end)
end)
