local t = {}
setmetatable(t, { __index = t })
return pcall(function() return t.x end)
