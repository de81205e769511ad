local c = require 'cjson'
return c.new, pcall(c.decode, ('['):rep(2000)), pcall(c.encode, { [1] = 1, [1e6] = 2 }), pcall(c.encode, print)
