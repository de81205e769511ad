local s = 'x'
for i = 1, 40 do s = s:gsub('.', '%0%0') end
return s
