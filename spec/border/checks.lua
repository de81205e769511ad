-- Projects that `ladle check` refuses, each beside one that it takes: the files, and words of the error (nil: fine).

local HEAD = 'recipe: r\nsummary: A test\nneeds:\n  crm: highlevel\nwhen:\n  - crm.contact_created\ndo:\n'

local function expression(name, text, error)
  return {
    name = name, error = error,
    files = { ['recipes/r.yaml'] = HEAD .. '  - step: note\n    use: crm.create_note\n' ..
      ("    with:\n      contactId: = event.id\n      body: '= %s'\n"):format((text:gsub("'", "''"))) },
  }
end

local function each(name, text, error)
  return {
    name = name, error = error,
    files = { ['recipes/r.yaml'] = HEAD ..
      ("  - step: all\n    each: '= %s'\n    use: crm.get_contact\n"):format(text) ..
      '    with: { contactId: = event.id }\n' },
  }
end

local function connector(name, table, error)
  return { name = name, error = error, files = { ['scripts/connectors/' .. name .. '.lua'] = table } }
end

return {
  expression('a field', 'event.firstName'),
  expression('a function', '(function(a) return a end)(event.id)'),
  expression('_ENV as a parameter', '(function(_ENV) end)() or _ENV.pages("crm.search_contacts_advanced")',
    'no `_ENV`'),
  expression('_ENV itself', '_ENV.event.id', 'no `_ENV`'),
  expression('_ENV as a local', '(function() local _ENV = event return id end)()', 'no `_ENV`'),
  expression('varargs of the chunk', '(...).event.id', 'no `...`'),
  expression('a name of another block', '(function(hidden) end)() or hidden', 'no `hidden`'),
  expression('a library of Lua', 'string.rep("x", 9)', 'no `string`'),
  expression('require', 'require("lib.calls")', 'no `require`'),
  expression('pcall', 'pcall(error)', 'no `pcall`'),
  expression('getmetatable', 'getmetatable(event)', 'no `getmetatable`'),
  expression('load', 'load("return 1")()', 'no `load`'),
  expression('pages in a text', 'pages(crm.search_contacts_advanced)', '`pages` is there only in `each`'),
  expression('a second value', '1) or (2', ''),
  each('pages of a need', 'pages(crm.search_contacts_advanced, {})'),
  each('pages of another connection', 'pages(other.search, {})', 'other'),
  each('pages of a computed name', 'pages(event.name .. "", {})', 'name stands as the first value'),
  each('pages under another name', '(function(p) return p("crm.search_contacts_advanced") end)(pages)', 'pages'),

  connector('tickets', [[return { name = 'tickets', base_url = 'https://a.example', operations = {}, events = {} }]]),
  connector('highlevel',
    [[return { name = 'highlevel', base_url = 'https://a.example', operations = {}, events = {} }]],
    'is built in, and no file can stand for it'),
  connector('http', [[return { name = 'http', operations = {}, events = {} }]], 'is built in'),
  connector('webhook', [[return { name = 'webhook', webhook = { verify = 'config' }, events = {} }]],
    'is built in'),
  connector('records', [[return { name = 'records', operations = {}, events = {} }]], 'is built in'),
  connector('reads_lib', [[require 'lib.calls' return { name = 'reads_lib', operations = {}, events = {} }]],
    'is a part of the engine'),
  connector('reads_other', [[return require 'connectors.highlevel']], 'is a part of the engine'),
  connector('opens_files', [[io.open '/etc/passwd' return {}]], "there is no 'io'"),
}
