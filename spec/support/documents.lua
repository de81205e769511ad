-- The READMEs of the repository as the tests of the documentation read them.
local host = require 'host'

local documents = {}

-- Calls visit(path) for every file of the repository below a folder, but for what is built or stored.
function documents.each_file(folder, visit)
  for _, name in ipairs(assert(host.list(folder))) do
    local path = folder == '.' and name or folder .. '/' .. name
    if host.stat(path).kind ~= 'folder' then
      visit(path)
    elseif name ~= 'build' and name ~= 'data' and name:sub(1, 1) ~= '.' then
      documents.each_file(path, visit)
    end
  end
end

-- Their paths, from the repository's root.
function documents.readmes()
  local out = {}
  documents.each_file('.', function(path)
    if path:match '[^/]+$' == 'README.md' then out[#out + 1] = path end
  end)
  return out
end

function documents.read(path) return assert(host.read_file(path)) end

-- The text without what stands in fences.
function documents.without_fences(text)
  return (('\n' .. text):gsub('\n *```.-\n *```', '\n'))
end

return documents
