local function f(...) return select("#", ...), ... end
return f(table.unpack({}, 1, 200))
