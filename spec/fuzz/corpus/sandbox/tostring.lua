return tostring(print), tostring(setmetatable({}, { __tostring = function() return {} end, __name = 'x' }))
