pcall(setmetatable, {}, { __gc = function() while true do end end })
local mt = {}
local t = setmetatable({}, mt)
mt.__gc = function() end
t = nil
