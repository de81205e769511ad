for i = math.maxinteger - 1, math.maxinteger do end
for i = 1, 3, 0.1 do end
return pcall(function() for i = 1, 2, 0 do end end)
