local ok, e = pcall(fail, 'invalid', 'x')
return getmetatable(e), pcall(setmetatable, e, {}), pcall(rawset, e, 'kind', 'none')
