local g = string.gmatch('abc', '()')
return g(), g(), g(), g(), g(), pcall(g)
