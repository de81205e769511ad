local json = require 'json'
return pcall(json.encode, setmetatable({}, { __pairs = function() return function() return 1, 2 end end, __index = function() return 1 end, __len = function() return 1 << 30 end }))
