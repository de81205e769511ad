-- Rate limits: per app and location 100 requests in 10 s and 200,000 a day, told in X-RateLimit-*
-- headers. Whether the service counts in fixed or in moving windows is not documented; the sandbox
-- counts in a moving window, which no caller passes who keeps to the limit in every window. What is
-- refused does not count. There is no Retry-After, as the real service sends none.

local answer = require 'sandbox.answer'

local limits = {}
limits.__index = limits

local DAY_MS = 86400000

-- `settings` is shared with the rest of the sandbox: rate_max, rate_interval_ms, rate_daily_max.
function limits.new(settings)
  return setmetatable({ settings = settings, buckets = {}, refused = 0, peak = 0 }, limits)
end

local function bucket_of(self, key)
  local bucket = self.buckets[key]
  if not bucket then
    bucket = { times = {}, first = 1, last = 0, day = -1, today = 0 }
    self.buckets[key] = bucket
  end
  return bucket
end

-- Forgets what lies outside the window that ends now.
local function advance(self, bucket, now)
  local horizon = now - self.settings.rate_interval_ms
  while bucket.first <= bucket.last and bucket.times[bucket.first] <= horizon do
    bucket.times[bucket.first] = nil
    bucket.first = bucket.first + 1
  end
  if bucket.day ~= now // DAY_MS then
    bucket.day, bucket.today = now // DAY_MS, 0
  end
end

local function headers(self, bucket)
  local settings = self.settings
  local used = bucket.last - bucket.first + 1
  return {
    ['X-RateLimit-Limit-Daily'] = tostring(settings.rate_daily_max),
    ['X-RateLimit-Daily-Remaining'] = tostring(math.max(0, settings.rate_daily_max - bucket.today)),
    ['X-RateLimit-Interval-Milliseconds'] = tostring(settings.rate_interval_ms),
    ['X-RateLimit-Max'] = tostring(settings.rate_max),
    ['X-RateLimit-Remaining'] = tostring(math.max(0, settings.rate_max - used)),
  }
end

-- Counts one request. Returns the headers of its answer and whether it is allowed.
function limits:take(key, now)
  local bucket = bucket_of(self, key)
  advance(self, bucket, now)
  local used = bucket.last - bucket.first + 1
  local is_allowed = used < self.settings.rate_max and bucket.today < self.settings.rate_daily_max
  if is_allowed then
    bucket.last = bucket.last + 1
    bucket.times[bucket.last] = now
    bucket.today = bucket.today + 1
    self.peak = math.max(self.peak, used + 1)
  else
    self.refused = self.refused + 1
  end
  return headers(self, bucket), is_allowed
end

-- The body of a 429 is not documented; this is the framework's own.
function limits.refusal()
  return { status = 429, body = answer.plain(429) }
end

return limits
