local function f(n) return pcall(f, n + 1) end
return f(1)
