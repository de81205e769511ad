pcall(rawset, _ENV, 'x', 1)
pcall(rawset, string, 'find', 1)
pcall(rawset, getmetatable('') or {}, '__index', {})
