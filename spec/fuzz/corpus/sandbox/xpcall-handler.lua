return xpcall(function() error({}) end, function(e) return e, debug end)
