-- Makes the answers of the sandbox and their bodies. A refusal is an answer that is raised: the
-- code that finds the fault says what is wrong, and server.lua, which catches it, does not need to
-- know why. The texts are those seen from the real service; where no text was seen, the note beside
-- it says so.

local json = require 'json'

local answer = {}

local refusal = {}
refusal.__index = refusal

local NAMES = {
  [400] = 'Bad Request', [401] = 'Unauthorized', [403] = 'Forbidden', [404] = 'Not Found',
  [422] = 'Unprocessable Entity', [429] = 'Too Many Requests', [500] = 'Internal Server Error',
  [502] = 'Bad Gateway', [503] = 'Service Unavailable', [504] = 'Gateway Timeout',
}

function answer.ok(body)
  return { status = 200, body = body }
end

function answer.created(body)
  return { status = 201, body = body }
end

-- The body that the service gives for a status when there is nothing more to say.
function answer.plain(status)
  return { statusCode = status, message = NAMES[status] or 'Error', error = NAMES[status] }
end

-- Raises an answer: `message` is text, or a list of texts as the validator gives it.
function answer.refuse(status, message)
  answer.refuse_with(status, { statusCode = status, message = message, error = NAMES[status] })
end

-- Raises an answer with just this body: some errors have a shape of their own.
function answer.refuse_with(status, body)
  error(setmetatable({ status = status, body = body }, refusal), 0)
end

-- 422 with every fault at once.
function answer.unprocessable(messages)
  answer.refuse(422, json.array(messages))
end

function answer.is_refusal(value)
  return getmetatable(value) == refusal
end

-- A list, also when it is empty.
function answer.list(items)
  return json.array(items or {})
end

return answer
