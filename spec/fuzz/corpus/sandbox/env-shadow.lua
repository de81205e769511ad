local _ENV = { p = pcall, s = string, r = require }
x = 1
local string = s
return x, p(r, 'os'), s
