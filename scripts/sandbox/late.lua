-- What a real service does to what it was sent, as a fault says it: lists show it late, and its texts come back in
-- another form.

local late = {}

local ENTITIES = { ['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;' }

late.FORMS = {
  html = function(text) return '<p>' .. text:gsub('[&<>"]', ENTITIES):gsub('\n', '<br>') .. '</p>' end,
  entities = function(text) return (text:gsub('[&<>"]', ENTITIES)) end,
  spaces = function(text) return (text:gsub('%s+', ' '):gsub('^ ', ''):gsub(' $', '')) end,
  upper = string.upper,
}

-- Notes for a thing that a call has just made what the fault of the call says.
function late.mark(call, thing)
  local action = call.action or {}
  thing.shown_ms = action.show_late_ms and call.sandbox.now() + action.show_late_ms
  thing.given_back = action.given_back
end

-- Those of a list that are shown, each as view(thing) has it.
function late.shown(call, things, view)
  local list = {}
  for _, thing in ipairs(things) do
    if not thing.shown_ms or thing.shown_ms <= call.sandbox.now() then list[#list + 1] = view(thing) end
  end
  return list
end

-- A text of a thing, as the service gives it back.
function late.text(thing, text)
  local form = text and late.FORMS[thing.given_back]
  return form and form(text) or text
end

return late
