local ok, e = pcall(error, setmetatable({}, { __tostring = function() return print end }))
return e, pcall(fail, 'invalid', 'x')
