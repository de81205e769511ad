local t = {}
for i = 1, 100 do t[i] = i end
for k in pairs(t) do t[k + 1000] = 1 t[k] = nil end
return t
