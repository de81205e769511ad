-- The engine itself: what happens to it and to its runs, as triggers, so that a recipe can tell a person.
--
-- Recipes use it without a line in `needs`, and ladle.yaml has no entry for it. Nothing is delivered to
-- it: each event is written by the store, in the transaction of what it tells of. A run that was started
-- by one of these events tells nothing when it fails itself, so that no recipe starts itself for ever.

local function event(name, summary)
  return { summary = summary, sample = 'samples/ladle/' .. name .. '.json', internal = true }
end

return {
  name = 'ladle',
  title = 'The engine itself',

  auth = { kinds = { 'none' } },

  events = {
    run_dead = event('run_dead', 'A run failed for good: its tries are used up, or none can help'),
    run_parked = event('run_parked', 'A run waits for a person: a call may or may not have been done'),
    connection_broken = event('connection_broken', 'A connection is not let in any more: authorise it again'),
    breaker_open = event('breaker_open', 'A service does not answer: calls to it are held back until it does'),
    verification_failing = event('verification_failing', 'Webhooks do not fit their signature: a new key?'),
    connection_silent = event('connection_silent', 'Nothing came for as long as `expect_every` of the connection says'),
    schedule_missed = event('schedule_missed', 'Occurrences of a schedule were missed, and left out'),
  },

  operations = {},
}
