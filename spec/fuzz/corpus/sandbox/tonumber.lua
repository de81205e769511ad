return tonumber(('1'):rep(1e6)), tonumber('0x' .. ('f'):rep(1000)), tonumber('z', 36), tonumber('1e', 10)
