return utf8.char(0x7FFFFFFF), pcall(utf8.codepoint, '\255'), pcall(utf8.len, 'x', math.mininteger), pcall(utf8.offset, 'x', math.maxinteger)
