return string.dump, (string.dump or type)(function() end)
