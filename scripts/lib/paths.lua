-- Reads the paths that an expression names (event.amount, event["Full name"], event.tags[1]), and follows
-- them to their values, for those that compute with them or tell of them. Pure.

local paths = {}

-- The value at the end of a path, or nil.
function paths.follow(value, path)
  for i = 1, #path do
    if type(value) ~= 'table' then return nil end
    value = value[path[i]]
  end
  return value
end

-- Behind the text that begins at `at` with its quote.
function paths.skip_text(text, at)
  local quote = text:sub(at, at)
  at = at + 1
  while at <= #text and text:sub(at, at) ~= quote do
    at = at + (text:sub(at, at) == '\\' and 2 or 1)
  end
  return at + 1
end

-- `.name`, `["name"]` or `[1]` at `at`: the part and the place behind it; or nothing.
local function next_part(text, at)
  local name, behind = text:match('^%s*%.%s*([%a_][%w_]*)()', at)
  if name then return name, behind end
  local _, quoted, after = text:match('^%s*%[%s*(["\'])([^"\'\\]*)%1%s*%]()', at)
  if quoted then return quoted, after end
  local index, beyond = text:match('^%s*%[%s*(%d+)%s*%]()', at)
  return index and math.tointeger(tonumber(index)), beyond
end

-- The path whose first name begins at `at`, and the place behind it.
function paths.read(text, at)
  local name, behind = text:match('^([%a_][%w_]*)()', at)
  local path = { name }
  local part, after = next_part(text, behind)
  while part do
    path[#path + 1], behind = part, after
    part, after = next_part(text, behind)
  end
  return path, behind
end

return paths
