local t = {}
local u = t
for i = 1, 3000 do u = setmetatable({}, { __index = u }) end
return pcall(function() return u.x end)
