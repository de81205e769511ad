print(('x'):rep(100000), setmetatable({}, { __tostring = function() return ('y'):rep(1000) end }))
for i = 1, 1e5 do print(i) end
