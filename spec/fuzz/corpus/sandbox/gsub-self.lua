return (('abc'):gsub('.', function(c) return (('x'):gsub('x', c)) end)), pcall(string.gsub, 'x', 'x', string.gsub)
