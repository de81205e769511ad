local out = {}
for k, v in pairs(_ENV) do out[k] = v end
return out
