local t = setmetatable({}, { __concat = function(a, b) return a end })
local s = t
for i = 1, 1e6 do s = s .. 'x' end
