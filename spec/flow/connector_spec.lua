-- Connectors and actions of a project's own: what `ladle check` says of a table that is not right.
package.path = './spec/support/?.lua;' .. package.path
local projects = require 'projects'
local host = require 'host'

local CONFIG = [[
listen: 127.0.0.1:8420
connections:
  desk: { connector: tickets, auth: token, base_url: https://tickets.example.com }
]]

local TICKETS = [[
return {
  name = 'tickets',
  auth = { kinds = { 'token' }, header = 'X-Api-Key' },
  limits = { { requests = 10, per_ms = 1000 } },
  operations = {
    close_ticket = {
      method = 'PUT', path = '/v1/tickets/{id}', idempotent = false,
      input = { id = { 'string' }, reason = { 'string', optional = true } },
    },
  },
}
]]

local RECIPE = [[
recipe: close
needs: { desk: tickets, door: webhook }
when: [door.received]
do:
  - step: close
    use: desk.close_ticket
    with: { id: = event.id }
]]

local function with(files, body)
  local all = { ['ladle.yaml'] = CONFIG }
  for name, text in pairs(files) do all[name] = text end
  projects.with({}, function(p)
    os.execute(('mkdir -p %s/scripts/connectors/tickets'):format(p.folder))
    for name, text in pairs(all) do p:write(name, text) end
    body(p)
  end)
end

-- The errors of `ladle check --json` as "file:line message (hint)", by file.
local function errors(p, code)
  local exit, documents = p:json('check', '--json')
  assert.are.equal(code, exit)
  local texts = {}
  for i, e in ipairs(documents[1].errors) do
    local hint = type(e.hint) == 'string' and ' (' .. e.hint .. ')' or ''
    texts[i] = ('%s:%d %s%s'):format(e.file, e.line, e.message, hint)
  end
  return texts
end

local CONNECTOR = 'scripts/connectors/tickets.lua'

describe('ladle check of a connector', function()
  it('passes one that is right', function()
    with({ [CONNECTOR] = TICKETS }, function(p)
      assert.are.same({}, errors(p, 0))
    end)
  end)

  it('knows the names of those that are there, the project\'s own too', function()
    with({ [CONNECTOR] = TICKETS, ['ladle.yaml'] = (CONFIG:gsub('tickets,', 'ticket,')) }, function(p)
      assert.are.equal('ladle.yaml:3 there is no connector `ticket` (did you mean `tickets`?)',
        (errors(p, 2)[1]:gsub('^%./', '')))
    end)
    with({ [CONNECTOR] = TICKETS, ['ladle.yaml'] = (CONFIG:gsub('tickets,', 'highlevl,')) }, function(p)
      assert.are.equal('ladle.yaml:3 there is no connector `highlevl` (did you mean `highlevel`?)',
        (errors(p, 2)[1]:gsub('^%./', '')))
    end)
  end)

  it('tells every typo with the file, the line and the key that was meant', function()
    local text = TICKETS:gsub('limits', 'limts'):gsub('idempotent', 'idempotnet'):gsub('optional', 'optinal')
    with({ [CONNECTOR] = text }, function(p)
      local found = errors(p, 2)
      assert.are.equal(4, #found)
      assert.are.equal('ladle.yaml:3 the connector `tickets` does not load: scripts/connectors/tickets.lua has errors',
        found[1]:gsub('^%./', ''))
      assert.are.same({
        CONNECTOR .. ':4 unknown key `limts` (did you mean `limits`?)',
        CONNECTOR .. ':7 unknown key `operations.close_ticket.idempotnet` (did you mean `idempotent`?)',
        CONNECTOR .. ':8 unknown key `operations.close_ticket.input.reason.optinal` (did you mean `optional`?)',
      }, table.move(found, 2, 4, 1, {}))
    end)
  end)

  it('shows the line to people', function()
    with({ [CONNECTOR] = (TICKETS:gsub('idempotent', 'idempotnet')) }, function(p)
      local code, out, err = p:run { 'check' }
      assert.are.equal(2, code)
      assert.are.equal('', err)
      assert.is_truthy(out:find(CONNECTOR .. ':7:50: unknown key `operations.close_ticket.idempotnet`\n'
        .. "    7 |       method = 'PUT', path = '/v1/tickets/{id}', idempotnet = false,\n", 1, true), out)
      assert.is_truthy(out:find('      = did you mean `idempotent`?\n', 1, true), out)
    end)
  end)

  it('says what a key takes', function()
    with({ [CONNECTOR] = (TICKETS:gsub('per_ms = 1000', "per_ms = '1 s'")) }, function(p)
      assert.are.equal(CONNECTOR .. ':4 `limits[1].per_ms` takes a whole number from 1 to 2678400000, not `1 s` '
        .. '(The length of the window in milliseconds, at most 31 days.)', errors(p, 2)[2])
    end)
  end)

  it('does not take a function for a switch', function()
    with({ [CONNECTOR] = (TICKETS:gsub('idempotent = false', 'idempotent = print')) }, function(p)
      assert.are.equal(CONNECTOR .. ':7 `operations.close_ticket.idempotent` takes true or false, not a function',
        (errors(p, 2)[2]:gsub(' %(.*', '')))
    end)
  end)

  it('lists the words that are allowed', function()
    with({ [CONNECTOR] = (TICKETS:gsub("'PUT'", "'UPDATE'")) }, function(p)
      assert.are.equal(CONNECTOR .. ':7 `operations.close_ticket.method` takes `GET`, `POST`, `PUT`, `PATCH`, '
        .. '`DELETE` or `HEAD`, not `UPDATE` (The HTTP method.)', errors(p, 2)[2])
    end)
  end)

  it('tells a syntax error where it is', function()
    with({ [CONNECTOR] = (TICKETS:gsub('limits = ', 'limits = = ')) }, function(p)
      assert.are.equal(CONNECTOR .. ":4 unexpected symbol near '='", errors(p, 2)[2])
    end)
  end)

  it('passes the example of the documentation, and tells its typo as it stands there', function()
    local text = assert(host.read_file 'scripts/connectors/README.md')
    local example, yaml = text:match '```lua\n(.-)```\n\n```yaml\n(.-)```'
    local typo = text:match '\n    (scripts/connectors/tickets.lua.-)\n\n':gsub('\n    ', '\n')
    with({ ['ladle.yaml'] = yaml:gsub('%$%b{}', 'a-long-secret'), [CONNECTOR] = example }, function(p)
      assert.are.same({}, errors(p, 0))
      p:write(CONNECTOR, (example:gsub('success', 'sucess')))
      local code, out = p:run { 'check' }
      assert.are.equal(2, code)
      assert.is_truthy(out:find(typo, 1, true), out)
    end)
  end)

  it('looks at one that nothing uses, too', function()
    with({ ['ladle.yaml'] = 'connections: {}\n', [CONNECTOR] = (TICKETS:gsub('limits', 'limts')) }, function(p)
      assert.are.same({ CONNECTOR .. ':4 unknown key `limts` (did you mean `limits`?)' }, errors(p, 1))
    end)
  end)

  it('keeps the engine from starting with it', function()
    with({ [CONNECTOR] = (TICKETS:gsub('idempotent', 'idempotnet')) }, function(p)
      local code, _, err = p:run { 'run' }
      assert.are.equal(2, code)
      assert.is_truthy(err:find('unknown key `operations.close_ticket.idempotnet`', 1, true), err)
    end)
  end)
end)

describe('ladle check of the areas of a connector', function()
  local AREAS = TICKETS:gsub("name = 'tickets',", "%0 areas = true,")
  local INDEX = "return { operations = { list_people = 'people' }, events = { person_came = { type = 'came' } } }\n"
  local PEOPLE = "return { operations = { list_people = { method = 'GET', path = '/people' } } }\n"
  local EVENTS = "return { events = { person_came = { name = { 'string' } } } }\n"

  local function folder(changes)
    local files = { [CONNECTOR] = AREAS }
    for name, text in pairs { index = INDEX, people = PEOPLE, events = EVENTS } do
      files['scripts/connectors/tickets/' .. name .. '.lua'] = changes[name] or text
    end
    return files
  end

  it('passes those that are right', function()
    with(folder {}, function(p) assert.are.same({}, errors(p, 0)) end)
  end)

  it('tells a typo of each file', function()
    local changes = {
      index = INDEX:gsub('type', 'tipe'), people = PEOPLE:gsub('path', 'paht'),
      events = EVENTS:gsub("'string'", "'strng'"),
    }
    for name, message in pairs {
      index = 'unknown key `events.person_came.tipe` (did you mean `type`?)',
      people = 'unknown key `operations.list_people.paht` (did you mean `path`?)',
      events = '`events.person_came.name[1]` takes `string`, `integer`, `number`, `boolean`, `date`, `list`, '
        .. '`object` or `any`, not `strng` (did you mean `string`?)',
    } do
      with(folder { [name] = changes[name] }, function(p)
        local found = table.concat(errors(p, 1), '\n')
        assert.is_truthy(found:find(('scripts/connectors/tickets/%s.lua:1 %s'):format(name, message), 1, true), found)
      end)
    end
  end)

  it('tells an operation that its file does not have', function()
    with(folder { people = 'return { operations = {} }\n' }, function(p)
      assert.are.same({
        'scripts/connectors/tickets/index.lua:0 `operations.list_people` is said to stand in people.lua, '
          .. 'which has errors or does not have it',
      }, errors(p, 1))
    end)
  end)

  it('misses the index', function()
    with({ [CONNECTOR] = AREAS }, function(p)
      assert.are.same({
        CONNECTOR .. ':0 it says `areas = true`, and there is no scripts/connectors/tickets/index.lua',
      }, errors(p, 1))
    end)
  end)

  it('says at the step that its file has errors', function()
    local files = folder { people = (PEOPLE:gsub('path', 'paht')) }
    files['ladle.yaml'] = CONFIG .. '  door: { connector: webhook, verify: none }\n'
    files['recipes/close.yaml'] = RECIPE:gsub('close_ticket', 'list_people'):gsub('    with.*', '')
    with(files, function(p)
      local found = table.concat(errors(p, 1), '\n')
      assert.is_truthy(found:find('recipes/close.yaml:6 desk.list_people stands in '
        .. 'scripts/connectors/tickets/people.lua, which has errors or does not have it', 1, true), found)
    end)
  end)
end)

describe('ladle check of an action', function()
  local ACTION = [[
return {
  name = 'rate',
  input = { points = { 'integer', default = 3 } },
  run = function(_, input) return input.points end,
}
]]
  local RATE = "recipe: rate\nwhen: [door.received]\nneeds: { door: webhook }\ndo:\n"
    .. '  - step: rate\n    use: scripts.rate\n    with: { points: 3 }\n'

  local function files(text)
    return {
      ['ladle.yaml'] = 'connections:\n  door: { connector: webhook, verify: none }\n',
      ['scripts/rate.lua'] = text, ['recipes/rate.yaml'] = RATE,
    }
  end

  it('passes one that is right', function()
    with(files(ACTION), function(p) assert.are.same({}, errors(p, 0)) end)
  end)

  it('tells a typo in a descriptor, and a missing function', function()
    with(files((ACTION:gsub('default', 'defualt'):gsub('run =', 'runs ='))), function(p)
      assert.are.same({
        'scripts/rate.lua:0 the table needs `run` (Does it: `run(ctx, input)` gives the step\'s result.)',
        'scripts/rate.lua:3 unknown key `input.points.defualt` (did you mean `default`?)',
        'scripts/rate.lua:4 unknown key `runs` (did you mean `run`?)',
      }, table.move(errors(p, 1), 2, 4, 1, {}))
    end)
  end)

  it('tells a mistake in its syntax as it is, with its line', function()
    with(files((ACTION:gsub('run = function%(_, input%)', 'run = function(_ input)'))), function(p)
      assert.are.same({
        'recipes/rate.yaml:6 scripts/rate.lua does not load '
          .. '(mend the script; its own error is told with file and line)',
        "scripts/rate.lua:4 ')' expected near 'input'",
      }, errors(p, 1))
      local _, text = p:run { 'check' }
      assert.is_truthy(text:find("scripts/rate.lua:4: ')' expected near 'input'\n    4 |   run = ", 1, true), text)
    end)
  end)

  it('tells what it raises when it is loaded', function()
    with(files('local none = nil\nlocal _ = none.such\n' .. ACTION), function(p)
      assert.are.equal("scripts/rate.lua:2 attempt to index a nil value (its field 'such')", errors(p, 1)[2])
    end)
  end)

  it('tells a mistake in a script that it requires at that script, once', function()
    local all = files("require 'words'\n" .. ACTION)
    all['scripts/words.lua'] = '-- words\nreturn { = }\n'
    with(all, function(p)
      assert.are.same({ "scripts/words.lua:2 unexpected symbol near '='" }, table.move(errors(p, 1), 2, 9, 1, {}))
    end)
  end)

  it('looks at scripts that no recipe uses', function()
    local all = files(ACTION)
    all['scripts/unused.lua'] = 'return {\n'
    with(all, function(p)
      assert.are.same({ "scripts/unused.lua:2 unexpected symbol near <eof>" }, errors(p, 1))
    end)
  end)
end)
