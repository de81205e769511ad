local d = require 'dates'
return d, pcall(d.format, math.maxinteger, 'UTC'), pcall(d.parse, ('9'):rep(400)), pcall(d.format, 0, '../../etc/passwd')
