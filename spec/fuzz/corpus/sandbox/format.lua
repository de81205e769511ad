return ('%99.99f'):format(1e308), ('%s'):format(setmetatable({}, { __tostring = function() return 1 end })), ('%q'):format(1 / 0), ('%5.1s|%-10d|%a|%p'):format('ab', 3, 0.5, {})
