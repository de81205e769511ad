-- Random numbers from a seed (SplitMix64, Steele, Lea and Flood 2014): the same seed gives the same
-- ids, tokens and faults in every run. Each purpose takes a stream of its own by name, so that one
-- more webhook does not change the ids of the contacts that follow. Not fit for secrets: a sandbox
-- guards none.

local random = {}
random.__index = random

local ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
local HEX = '0123456789abcdef'

local function mix(z)
  z = (z ~ (z >> 30)) * 0xbf58476d1ce4e5b9
  z = (z ~ (z >> 27)) * 0x94d049bb133111eb
  return z ~ (z >> 31)
end

-- FNV-1a over the name of a stream.
local function hash(text)
  local h = 0xcbf29ce484222325
  for i = 1, #text do
    h = (h ~ text:byte(i)) * 0x100000001b3
  end
  return h
end

-- A stream of numbers for one purpose.
function random.new(seed, purpose)
  return setmetatable({ state = mix(seed) ~ hash(purpose) }, random)
end

-- 64 random bits as an integer.
function random:bits()
  self.state = self.state + 0x9e3779b97f4a7c15
  return mix(self.state)
end

-- 0 … n-1. The bias is below n / 2^63.
function random:below(n)
  return (self:bits() >> 1) % n
end

-- 0 <= x < 1.
function random:fraction()
  return (self:bits() >> 11) * (1.0 / (1 << 53))
end

function random:text(length, alphabet)
  local letters = {}
  for i = 1, length do
    local at = self:below(#alphabet) + 1
    letters[i] = alphabet:sub(at, at)
  end
  return table.concat(letters)
end

-- An id as HighLevel's contacts, tasks and notes have them.
function random:id20()
  return self:text(20, ALPHANUMERIC)
end

-- An id as its apps and businesses have them.
function random:hex24()
  return self:text(24, HEX)
end

function random:token(length)
  return self:text(length, ALPHANUMERIC)
end

-- A UUID of version 4, as traceId and webhookId are.
function random:uuid()
  local high = self:bits() & 0xffffffffffff0fff | 0x4000
  local low = self:bits() & 0x3fffffffffffffff | 0x8000000000000000
  return ('%08x-%04x-%04x-%04x-%012x'):format(
    high >> 32 & 0xffffffff, high >> 16 & 0xffff, high & 0xffff, low >> 48 & 0xffff,
    low & 0xffffffffffff)
end

return random
