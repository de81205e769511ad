-- The ledger: one JSON line for each effect that took place, written before the answer is sent, so
-- that a test knows what really happened also where the answer was lost. It is the sandbox's
-- testimony against the engine: nothing is ever taken out.
--
--   {"at":"…","effect":"task_created","id":"…","contactId":"…","request_id":"…","title":"…", …}
--   "answer":"lost" where a fault cut the connection after the effect

local json = require 'json'
local times = require 'sandbox.times'

local ledger = {}
ledger.__index = ledger

-- What GET /_sandbox/ledger can still show; the file keeps everything.
local LINES_MAX = 100000

-- `write(line)` gets each line with its newline, or is nil.
function ledger.new(now, write)
  return setmetatable({ now = now, write = write, lines = {}, dropped = 0, counts = {} }, ledger)
end

-- Records one effect; `entry` holds effect, id and what a test may want to tell it by. `call` is
-- the request that made it.
function ledger:add(call, entry)
  entry.at = times.iso(self.now())
  entry.request_id = call.request_id
  if call.loses_answer then
    entry.answer = 'lost'
  end
  self.counts[entry.effect] = (self.counts[entry.effect] or 0) + 1
  if #self.lines < LINES_MAX then
    self.lines[#self.lines + 1] = entry
  else
    self.dropped = self.dropped + 1
  end
  if self.write then
    self.write(json.encode(entry) .. '\n')
  end
end

-- All entries, or those of one effect.
function ledger:entries(effect)
  local found = {}
  for _, entry in ipairs(self.lines) do
    if not effect or entry.effect == effect then
      found[#found + 1] = entry
    end
  end
  return found
end

return ledger
