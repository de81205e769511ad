return require('\27Lua'), (''):dump()
