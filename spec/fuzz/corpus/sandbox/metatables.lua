return getmetatable(_ENV), getmetatable(string), getmetatable(''), getmetatable(require 'json'), getmetatable(print)
