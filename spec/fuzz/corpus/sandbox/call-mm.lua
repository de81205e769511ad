return pcall(setmetatable({}, { __call = function(self, ...) return self(...) end }))
