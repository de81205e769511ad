-- Names that the engine gives to scripts beside Lua's own.
std = 'lua54'
max_line_length = 120
read_globals = { 'fail' }
