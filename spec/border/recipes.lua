-- Recipes and scripts that reach for what they were not granted, each beside a control that must work. All of them are
-- run in one engine by one event (border_spec.lua).
--
-- name       of the case; the recipe and its script are called so
-- steps      of the recipe, which needs crm of highlevel
-- script     the body of its action's function of (ctx, input); `text`: all of scripts/NAME.lua
-- becomes    how the run must end: a kind of error (dead of it), or done

local CALL = '  - step: act\n    use: scripts.%s\n'

local function script(name, becomes, body)
  return { name = name, steps = CALL:format(name), script = body, becomes = becomes }
end

-- A script whose text names one operation, in a function that is not the one that runs: what that does is not granted.
local HIDDEN = "local function run(ctx) return ctx.crm:get_contact { contactId = ctx.event.id } end\n" ..
  "return { name = '%s', summary = type(run), ['run'] = function(c) %s end }\n"

local function hidden(name, body, more)
  local steps = CALL:format(name) .. (more or '')
  return { name = name, steps = steps, text = HIDDEN:format(name, body), becomes = 'forbidden' }
end

-- A recipe whose script shall fail in one way or another, and change nothing.
local function fails(name, body) return script(name, 'script', body) end

return {
  -- Connections and operations ------------------------------------------------------------------------

  script('named_call', 'done', [[return ctx.crm:get_contact { contactId = ctx.event.id }]]),
  script('named_index', 'done', [[return ctx['crm']['get_contact'](ctx.crm, { contactId = ctx.event.id })]]),
  script('computed_operation', 'done', [[
    local name = 'get_' .. 'contact'
    return ctx.crm[name](ctx.crm, { contactId = ctx.event.id })]]),
  script('computed_connection', 'done', [[
    local name = 'c' .. 'rm'
    return ctx[name]:get_contact { contactId = ctx.event.id }]]),
  fails('another_connection', [[return ctx.other:get { url = 'http://127.0.0.1:1/' }]]),
  fails('another_connection_computed', [[local n = 'ot' .. 'her' return ctx[n]:get { url = '/' }]]),
  hidden('hidden_operation', [[return c.crm:delete_contact { contactId = c.event.id }]]),
  hidden('hidden_operation_caught', [[pcall(c.crm.delete_contact, c.crm, { contactId = c.event.id }) return {}]]),
  hidden('hidden_operation_xpcall', [[
    xpcall(c.crm.delete_contact, function() return 'fine' end, c.crm, { contactId = c.event.id })
    return {}]]),
  hidden('hidden_operation_on_close', [[
    do local x <close> = setmetatable({}, { __close = function() pcall(c.crm.delete_contact, c.crm, {}) end }) end
    return {}]]),
  hidden('hidden_operation_in_sort', [[
    table.sort({ 1, 2, 3 }, function(a, b) pcall(c.crm.delete_contact, c.crm, {}) return a < b end)
    return {}]]),
  hidden('hidden_operation_in_a_metamethod', [[
    local t = setmetatable({}, { __index = function() return c.crm:delete_contact {} end })
    pcall(function() return t.x end)
    return {}]]),
  hidden('hidden_record', [[return c.records:delete_contact { contact_id = 'x' }]]),
  hidden('hidden_pages', [[for _ in c.crm:pages('search_contacts_advanced', {}) do end return {}]]),
  hidden('hidden_then_a_note', [[pcall(c.crm.delete_contact, c.crm, {}) return {}]],
    '    on_error: continue\n  - step: note\n    use: crm.create_note\n' ..
    '    with: { contactId: = event.id, body: never }\n'),
  {
    name = 'hidden_in_a_branch', becomes = 'forbidden', text = HIDDEN:format('hidden_in_a_branch',
      'pcall(c.crm.delete_contact, c.crm, {}) return {}'),
    steps = '  - step: both\n    parallel:\n      - step: act\n        use: scripts.hidden_in_a_branch\n' ..
            '      - step: pause\n        wait: 1 hour\n',
  },

  -- The engine's own modules ---------------------------------------------------------------------------

  script('require_json', 'done', [[return { text = require('json').encode { 1 } }]]),
  script('require_dates', 'done', [[return { now = require('dates').format(0, 'UTC') }]]),
  fails('require_calls', [[return require 'lib.calls']]),
  fails('require_calls_slash', [[return require 'lib/calls']]),
  fails('require_walk', [[return require('lib.walk').new({}, {})]]),
  fails('require_connector', [[return require('connectors.highlevel').operations.get_contact]]),
  fails('require_prefixed', [[return require 'scripts.lib.calls']]),
  fails('require_through_pairs', [[
    for k, v in pairs(_ENV) do if k == 'require' then return v 'lib.calls' end end]]),
  fails('require_through_next', [[
    local k, v
    repeat k, v = next(_ENV, k) until k == 'require'
    return v 'lib.pages']]),
  fails('set_global', [[pcall = function() return true end return {}]]),
  fails('set_through_pairs', [[local _, t = pairs(_ENV) t.pcall = error return {}]]),
  fails('set_string', [[string.rep = error return {}]]),
  fails('set_string_method', [[getmetatable('').__index = {} return {}]]),
  fails('rawset_globals', [[rawset(_ENV, 'x', 1) return {}]]),
  fails('metatable_of_globals', [[setmetatable(_ENV, {}) return {}]]),
  fails('metatable_gc', [[setmetatable({}, { __gc = print }) return {}]]),
  fails('load_text', [[return load 'return 1' ()]]),
  fails('debug_library', [[return debug.getregistry()]]),
  fails('io_library', [[return io.open '/etc/passwd']]),
  fails('os_library', [[return os.getenv 'PATH']]),
  fails('string_dump', [[return string.dump(function() end)]]),
  fails('change_json', [[require('json').encode = print return {}]]),

  -- Marks that look like the engine's own -----------------------------------------------------------------

  {
    name = 'forged_pages', becomes = 'done',
    steps = '  - step: act\n    use: scripts.forged_pages\n' ..
            '  - step: all\n    each: = steps.act\n    use: crm.get_contact\n    with: { contactId: = event.id }\n',
    script = [[
      return setmetatable({ connection = 'other', operation = 'get', input = {} }, { is_pages = true })]],
  },
  {
    name = 'forged_error', becomes = 'conflict',
    steps = CALL:format 'forged_error',
    script = [[error({ kind = 'conflict', message = 'mine', path = '../o', file = '/etc', line = 1 }, 0)]],
  },
  {
    name = 'forged_path_that_is_no_text', becomes = 'conflict',
    steps = CALL:format 'forged_path_that_is_no_text',
    script = [[
      error({ kind = 'conflict', message = 'x', path = { gsub = function() return { match = print } end } }, 0)]],
  },
  fails('error_without_words', [[
    error(setmetatable({}, { __index = function() error 'no' end, __tostring = error }), 0)]]),

  -- Expressions ---------------------------------------------------------------------------------------

  {
    name = 'pages_by_name', becomes = 'done',
    steps = '  - step: all\n    each: = pages(crm.search_contacts_advanced, { pageLimit = 5 }, { max = 1 })\n' ..
            '    use: crm.get_contact\n    with: { contactId: = event.id }\n',
  },
  {
    name = 'function_in_expression', becomes = 'done',
    steps = '  - step: note\n    use: crm.create_note\n' ..
            '    with: { contactId: = event.id, body: "= (function(a) return a .. 1 end)(\\"x\\")" }\n',
  },
}
