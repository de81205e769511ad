-- Webhooks out: flat JSON, the envelope beside the event's fields, an Ed25519 signature over
-- exactly the bytes that are sent, at least once, in no promised order. Anything but 2xx, or no
-- answer, is tried again up to twelve times with growing, jittered delays; the real intervals are
-- not published and longer, these begin short so that a demonstration sees them.
--
-- The sandbox hands in what acts: send(url, headers, body, done(status or nil)), after(ms, fn),
-- sign(bytes) -> base64.

local json = require 'json'
local times = require 'sandbox.times'

local webhooks = {}
webhooks.__index = webhooks

local TRIES_MAX = 13
local FIRST_DELAY_MS = 200
local LONGEST_DELAY_MS = 600000
local IN_FLIGHT_MAX = 16
local QUEUE_MAX = 100000

function webhooks.new(options)
  return setmetatable({
    now = options.now, random = options.random, sign = options.sign, send = options.send,
    after = options.after, urls = options.urls, app_id = options.app_id,
    version_id = options.version_id, queue = {}, first = 1, last = 0, in_flight = 0, waiting = 0,
    made = 0, delivered = 0, failed = 0, dropped = 0, tries = 0,
  }, webhooks)
end

-- The time before try n (2, 3 …): doubled each time, 50 % to 100 % of it.
function webhooks:delay_ms(try)
  local full = math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * (1 << (try - 2)))
  return full // 2 + self.random:below(full // 2 + 1)
end

local deliver

local function pump(self)
  while self.in_flight < IN_FLIGHT_MAX and self.first <= self.last do
    local message = self.queue[self.first]
    self.queue[self.first] = nil
    self.first = self.first + 1
    deliver(self, message)
  end
end

local function enqueue(self, message)
  self.last = self.last + 1
  self.queue[self.last] = message
  pump(self)
end

local function try_again(self, message)
  if message.tries >= TRIES_MAX then
    self.failed = self.failed + 1
    return
  end
  self.waiting = self.waiting + 1
  self.after(self:delay_ms(message.tries + 1), function()
    self.waiting = self.waiting - 1
    enqueue(self, message)
  end)
end

function deliver(self, message)
  self.in_flight = self.in_flight + 1
  self.tries = self.tries + 1
  message.tries = message.tries + 1
  self.send(message.url, message.headers, message.body, function(status)
    self.in_flight = self.in_flight - 1
    if status and status >= 200 and status < 300 then
      self.delivered = self.delivered + 1
    else
      try_again(self, message)
    end
    pump(self)
  end)
end

local SIGNATURES = {
  valid = function(self, body) return self.sign(body) end,
  forged = function(self, body) return self.sign(body .. ' ') end,
  na = function() return 'N/A' end,
  missing = function() return nil end,
}

-- Puts one message per address in the queue.
local function post(self, body, signature)
  local headers = { ['Content-Type'] = 'application/json' }
  headers['X-GHL-Signature'] = SIGNATURES[signature](self, body)
  for _, url in ipairs(self.urls) do
    if self.last - self.first + 1 + self.waiting >= QUEUE_MAX then
      self.dropped = self.dropped + 1
    else
      self.made = self.made + 1
      enqueue(self, { url = url, headers = headers, body = body, tries = 0 })
    end
  end
end

-- Whether `signature` is one that emit takes.
function webhooks.knows_signature(signature)
  return SIGNATURES[signature] ~= nil
end

-- Sends an event of that type with those fields (a table that becomes the message). Options:
-- signature (valid, forged, na, missing) and copies, for tests. Returns the webhookId.
function webhooks:emit(kind, fields, options)
  options = options or {}
  fields.type = kind
  fields.webhookId = fields.webhookId or self.random:uuid()
  fields.timestamp = fields.timestamp or times.iso(self.now())
  fields.appId = self.app_id
  fields.versionId = self.version_id
  if #self.urls == 0 then
    return fields.webhookId
  end
  local body = json.encode(fields)
  for _ = 1, options.copies or 1 do
    post(self, body, options.signature or 'valid')
  end
  return fields.webhookId
end

-- Counts, for the control endpoint. pending is what is not delivered and not given up.
function webhooks:report()
  return {
    made = self.made, delivered = self.delivered, failed = self.failed, dropped = self.dropped,
    tries = self.tries, pending = self.last - self.first + 1 + self.in_flight + self.waiting,
  }
end

return webhooks
