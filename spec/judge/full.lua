-- make judge: all judges in full; exit code 1 where one finds a difference, 2 where none can judge.
package.path = './spec/support/?.lua;./spec/judge/?.lua;' .. package.path
local judges = require 'judges'

local FULL = { zoneinfo = { '--jobs', '2' }, croner = { '10000' } }
local HOURS = 3600 * 1000

local judged, failed = 0, 0
for _, name in ipairs { 'zoneinfo', 'croner' } do
  print(name .. ' judges')
  local code, why_not = judges[name](FULL[name], 6 * HOURS, true)
  if not code then
    print('skipped: ' .. why_not)
  else
    judged = judged + 1
    failed = failed + (code == 0 and 0 or 1)
  end
end
os.exit(failed > 0 and 1 or judged > 0 and 0 or 2)
