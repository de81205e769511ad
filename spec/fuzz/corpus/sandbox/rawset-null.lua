local json = require 'json'
pcall(rawset, json, 'decode', 1)
pcall(function() json.null.x = 1 end)
pcall(setmetatable, json.array(), {})
return getmetatable(json.array()), getmetatable(json.null)
