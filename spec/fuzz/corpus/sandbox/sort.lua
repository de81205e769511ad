local t = {}
for i = 1, 200 do t[i] = i end
return pcall(table.sort, t, function() return true end)
