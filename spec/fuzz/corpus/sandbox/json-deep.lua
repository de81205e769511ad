local json = require 'json'
local s = ('['):rep(100) .. (']'):rep(100)
return pcall(json.decode, s)
