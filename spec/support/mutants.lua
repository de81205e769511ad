-- The lists of mutants, spec/mutants/*.txt, and how one is put into a file; spec/README.md says how they are written.

local host = require 'host'

local mutants = {}

local function normal(text) return (text:gsub('%s+', ' '):gsub('^ ', ''):gsub(' $', '')) end

local function read_line(m, key, rest)
  if key == 'in' then
    m.file, m.after = rest:match '^(%S+)%s+after (.+)$'
    m.file = m.file or rest
  elseif key == '-' or key == '+' then
    m[key] = m[key] and m[key] .. '\n' .. rest or rest
  elseif key == 'by' then
    m.tests[#m.tests + 1] = rest
  elseif key == 'hangs' then
    m.hangs = true
  else
    return false
  end
  return true
end

-- Blocks parted by empty lines: a sentence, then lines that begin with two spaces and a word.
local function read_list(path, list)
  local m, number = nil, 0
  for line in (assert(host.read_file(path)) .. '\n'):gmatch '(.-)\n' do
    number = number + 1
    local key, rest = line:match '^  (%S+) ?(.*)$'
    if key then
      if not m or not read_line(m, key, rest) then error(('%s:%d: what is this? %s'):format(path, number, line), 0) end
    elseif line:match '^%s*$' then
      m = nil
    elseif not line:match '^#' then
      if m then error(('%s:%d: an empty line is missing before this'):format(path, number), 0) end
      m = { sentence = line, at = path .. ':' .. number, tests = {} }
      list[#list + 1] = m
    end
  end
end

-- All of them: {sentence, at, file, after, ['-'], ['+'], tests, hangs}, in the order of the lists.
function mutants.read()
  local list, names = {}, host.list 'spec/mutants'
  table.sort(names)
  for _, name in ipairs(names) do
    if name:match '%.txt$' then read_list('spec/mutants/' .. name, list) end
  end
  for _, m in ipairs(list) do
    if not (m.file and m['-'] and #m.tests > 0) then error(m.at .. ': `in`, `-` and `by` are needed', 0) end
  end
  return list
end

-- The text with the mutation in it, or nil and why not. White space is all the same, so that a line may be wrapped in
-- another way; what is to be changed must be there once, or be the first behind `after`.
function mutants.mutated(text, m)
  local from = 1
  if m.after then
    local _, last = text:find(m.after, 1, true)
    if not last then return nil, ('"%s" is not in the file any more'):format(m.after) end
    from = last + 1
  end
  local wanted = normal(m['-']):gsub('%p', '%%%0'):gsub(' ', '%%s+')
  local first, last = text:find(wanted, from)
  if not first then return nil, 'its line is not in the file any more' end
  if not m.after and text:find(wanted, last + 1) then return nil, 'its line is there more than once; say `after`' end
  return text:sub(1, first - 1) .. (m['+'] or '') .. text:sub(last + 1)
end

return mutants
