-- When schedules come, by programs that are not ours: a part of `make judge`, small enough for every test run.
package.path = './spec/support/?.lua;./spec/judge/?.lua;' .. package.path
local judges = require 'judges'

local SMALL = {
  zoneinfo = { '--crons', '40', '--zones', '16', '--years', '1', '--changes', '1' },
  croner = { '400' },
}

describe('the occurrences of cron expressions', function()
  for _, name in ipairs { 'zoneinfo', 'croner' } do
    local code, text = judges[name](SMALL[name], 240000)
    if code then
      it('are the same as those of ' .. name, function()
        assert.are.equal(0, code, text)
        local count = assert(tonumber(text:match '(%d+) occurrences, none differs'), text)
        assert.is_true(count > 10000, text)
      end)
    else
      io.stderr:write('skipped: spec/judge/timetable_spec.lua: ', text, '\n')
      pending('are the same as those of ' .. name .. ' (skipped: ' .. text .. ')')
    end
  end
end)
