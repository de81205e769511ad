local t = { 1, 2, a = 3 }
for k in next, t do t[k] = nil end
return next(t), pcall(next, t, {}), pcall(next, {}, 1)
