return select(-1, print), pcall(select, math.mininteger), select(2147483647)
