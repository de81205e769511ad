-- Every snippet of every README is checked as a user would check it: what stands there works. A fragment gets what it
-- lacks around it by the rules below, each told by its first line; a snippet that no rule fits is a failure.
package.path = './spec/support/?.lua;' .. package.path
local documents = require 'documents'
local host, json = require 'host', require 'json'

local ladle = assert(host.env 'LADLE')

-- Languages of fences that hold no snippet of ours.
local OTHER_LANGUAGES = { sh = true, text = true, console = true, json = true }

local CONNECTIONS = [[
connections:
  crm: { connector: highlevel, auth: token, location: ve9EPM428h8vShlRW1KT }
  alerts: { connector: http, base_url: https://chat.example.com }
  site: { connector: webhook, verify: none }
]]

local WRAPPED = [[
recipe: line-%d
needs: { crm: highlevel, alerts: http }
inputs:
  days: { type: integer, default: 1 }
when: [crm.contact_dnd_updated]
%sdo:
%s]]

local PING = '  - step: ping\n    use: alerts.get\n    with: { url: / }\n'

-- Reading ----------------------------------------------------------------------------------------------

-- The fenced blocks of a file: {line, language, text}.
local function blocks_of(path)
  local blocks, block, number = {}, nil, 0
  for line in (documents.read(path) .. '\n'):gmatch '(.-)\n' do
    number = number + 1
    local language = line:match '^%s*```(.*)$'
    if language and not block then
      block = { line = number + 1, language = language, text = '' }
    elseif language then
      blocks[#blocks + 1], block = block, nil
    elseif block then
      block.text = block.text .. line .. '\n'
    end
  end
  assert(not block, path .. ': a fence that is not closed')
  return blocks
end

-- The indentation of the first line that is no comment, and the word that it begins with.
local function first_word(text)
  for line in text:gmatch '[^\n]+' do
    local indent, word = line:match '^( *)([^%s#:]+)'
    if word then return #indent, word end
  end
end

-- Rules ------------------------------------------------------------------------------------------------

-- A rule: fits(indent, word, text), and place(project, block), which puts the block where it belongs.

local function set(words)
  local out = {}
  for word in words:gmatch '%S+' do out[word] = true end
  return out
end

local STEP_WORDS = set 'if each as parallel with retry timeout on_error'
local HEAD_WORDS = set 'if key mode settle'
local PROJECT_WORDS = set [[
  listen public_url store timezone connections inputs recipes retention tls trusted_proxies admin
]]

local function wrapped(project, block, head, steps)
  project.files['recipes/line-' .. block.line .. '.yaml'] = WRAPPED:format(block.line, head, steps)
end

local YAML = {
  { -- a recipe
    fits = function(indent, word) return indent == 0 and word == 'recipe' end,
    place = function(project, block) project.files['recipes/line-' .. block.line .. '.yaml'] = block.text end,
  },
  { -- a field map
    fits = function(indent, word) return indent == 0 and word == 'map' end,
    place = function(project, block)
      project.files['recipes/maps/' .. block.text:match 'map: ([%w_-]+)' .. '.yaml'] = block.text
    end,
  },
  { -- steps of a recipe
    fits = function(_, word) return word == '-' end,
    place = function(project, block) wrapped(project, block, '', block.text) end,
  },
  { -- further words of a step
    fits = function(indent, word) return indent == 4 and STEP_WORDS[word] end,
    place = function(project, block)
      local step = '  - step: one\n    use: crm.get_contact\n    with: { contactId: = event.id }\n'
      wrapped(project, block, '', step .. block.text)
    end,
  },
  { -- words of a recipe's head
    fits = function(indent, word) return indent == 0 and HEAD_WORDS[word] end,
    place = function(project, block) wrapped(project, block, block.text, PING) end,
  },
  { -- fields of an action, one value each
    fits = function(indent, word) return indent == 0 and word == 'contactId' end,
    place = function(project, block)
      local fields = block.text:gsub('([^\n]+\n)', '        %1')
      local step = '  - step: one\n    use: alerts.post\n    each: [1]\n    with:\n      url: /\n      json:\n'
      wrapped(project, block, '', step .. fields)
    end,
  },
  { -- ladle.yaml; where it says no connections, for the recipes of the same README
    fits = function(indent, word) return indent == 0 and PROJECT_WORDS[word] end,
    place = function(project, block)
      local is_whole = ('\n' .. block.text):find '\nconnections:'
      project.configs[#project.configs + 1] = {
        block = block, text = block.text .. (is_whole and '' or CONNECTIONS), has_recipes = not is_whole,
      }
    end,
  },
  { -- one connection of ladle.yaml
    fits = function(indent, _, text) return indent == 2 and text:find '^  [%w_]+:\n    connector:' end,
    place = function(project, block)
      project.configs[#project.configs + 1] = { block = block, text = 'connections:\n' .. block.text }
    end,
  },
  { -- data of the sandbox
    fits = function(indent, word) return indent == 0 and word == 'locations' end,
    place = function(_, block)
      local tree, problems = host.parse_yaml('data.yaml', block.text)
      local data
      if tree then data, problems = require('sandbox.seed_form').read(tree) end
      assert(data, json.encode(problems or {}))
    end,
  },
}

local function name_of(text) return assert(text:match "name = '([%w_]+)'", 'a table without a name') end

local LUA = {
  { -- a connector
    fits = function(_, _, text) return ('\n' .. text):find '\nreturn {' and text:find('operations = {', 1, true) end,
    place = function(project, block)
      local name = name_of(block.text)
      project.files['scripts/connectors/' .. name .. '.lua'] = block.text
      project.configs[#project.configs + 1] = {
        block = block,
        text = ('connections:\n  one: { connector: %s, auth: token, secret: "${secret.one_secret}" }\n'):format(name),
      }
    end,
  },
  { -- an action
    fits = function(_, _, text) return ('\n' .. text):find '\nreturn {' and text:find('run = function', 1, true) end,
    place = function(project, block)
      local name = name_of(block.text)
      project.files['scripts/' .. name .. '.lua'] = block.text
      wrapped(project, block, '', ('  - step: one\n    use: scripts.%s\n    with: = event\n'):format(name))
    end,
  },
  { -- the part `auth` of a connector
    fits = function(_, word) return word == 'accounts' end,
    place = function(project, block)
      local name = 'part_' .. block.line
      local text = ("return {\n  name = '%s',\n  auth = {\n%s  },\n}\n"):format(name, block.text)
      project.files['scripts/connectors/' .. name .. '.lua'] = text
    end,
  },
  { -- a spec of ours
    fits = function(_, _, text) return text:find '^package%.path = ' end,
    place = function(_, block) assert(load(block.text)) end,
  },
  { -- what stands in the function `run` of an action
    fits = function(_, word) return word == 'local' end,
    place = function(_, block) assert(load('return function(ctx, input)\n' .. block.text .. '\nend')) end,
  },
}

local RULES = { yaml = YAML, lua = LUA }

local function rule_of(block)
  local indent, word = first_word(block.text)
  for _, rule in ipairs(RULES[block.language] or {}) do
    if rule.fits(indent, word, block.text) then return rule end
  end
end

-- Checking ---------------------------------------------------------------------------------------------

local function make_folders(folder, path)
  for parent in path:gmatch '()/' do host.mkdir(folder .. '/' .. path:sub(1, parent - 1)) end
end

-- A command in a folder; what it printed, and its complaints.
local function run(folder, env, words)
  local process = assert(host.spawn {
    argv = { '/bin/sh', '-c', 'exec "$0" "$@" <.in >.out 2>.err', ladle, table.unpack(words) }, cwd = folder, env = env,
  })
  process:wait(60000)
  return host.read_file(folder .. '/.out'), host.read_file(folder .. '/.err')
end

-- The keys that ladle.yaml names: public ones, and a certificate with its private key.
local function write_keys(folder, config)
  for path in config:gmatch '[%w_/-]+%.pem' do
    make_folders(folder, path)
    host.write_file(folder .. '/' .. path, assert(host.read_file 'spec/fuzz/corpus/encode/ed25519.pem'))
  end
  local certificate, key = config:match 'tls: { certificate: (%S+), key: (%S+) }'
  if certificate then
    host.rm_rf(folder .. '/' .. key)
    local process = assert(host.spawn {
      argv = { 'openssl', 'req', '-x509', '-newkey', 'ed25519', '-nodes', '-subj', '/CN=hooks.example.com',
        '-keyout', key, '-out', certificate },
      cwd = folder, output = folder .. '/.openssl',
    })
    assert(process:wait(60000) == 0, host.read_file(folder .. '/.openssl'))
  end
end

-- `ladle check --json` in a folder of its own: its document. Holes of ladle.yaml are filled before.
local function check(files, config)
  local folder = host.mkdtemp()
  local env = {}
  for name in config:gmatch '%${env%.([%w_]+)}' do env[name] = 'from-the-environment' end
  write_keys(folder, config)
  for path, text in pairs(files) do
    make_folders(folder, path)
    assert(host.write_file(folder .. '/' .. path, text))
  end
  assert(host.write_file(folder .. '/ladle.yaml', config))
  assert(host.write_file(folder .. '/.in', ('s'):rep(40)))
  for name in config:gmatch '%${secret%.([%w_]+)}' do run(folder, env, { 'secret', 'set', name }) end
  local out, err = run(folder, env, { 'check', '--json' })
  host.rm_rf(folder)
  return assert(json.try_decode(out), out .. err)
end

-- What was found, a line each; nothing is no line.
local function findings(document)
  local out = {}
  for _, list in ipairs { document.errors, document.warnings } do
    for _, found in ipairs(list) do
      out[#out + 1] = ('%s:%s:%s: %s'):format(found.file, found.line, found.column, found.message)
    end
  end
  return table.concat(out, '\n')
end

-- The field maps that recipes of the documentation use come with ladle.
local function shipped_maps()
  local files = {}
  for _, name in ipairs(host.embedded_names 'recipes/maps/') do files[name] = host.embedded(name) end
  return files
end

describe('the snippets of', function()
  local count = 0
  for _, path in ipairs(documents.readmes()) do
    local blocks = blocks_of(path)
    if #blocks > 0 then
      it(path .. ' are right', function()
        local project = { files = shipped_maps(), configs = {} }
        for _, block in ipairs(blocks) do
          local rule = rule_of(block)
          assert(rule or OTHER_LANGUAGES[block.language],
            ('%s:%d: no rule says how this snippet is checked (%s)'):format(path, block.line, block.language))
          if rule then
            local ok, problem = pcall(rule.place, project, block)
            assert(ok, ('%s:%d: %s'):format(path, block.line, tostring(problem)))
          end
          count = count + 1
        end
        assert.are.equal('', findings(check(project.files, CONNECTIONS)), path .. ', by lines')
        for _, config in ipairs(project.configs) do
          local files = {}
          for name, text in pairs(project.files) do
            if config.has_recipes or name:find '^scripts/' then files[name] = text end
          end
          assert.are.equal('', findings(check(files, config.text)), ('%s:%d'):format(path, config.block.line))
        end
      end)
    end
  end

  it('all of them are some', function() assert.is_true(count >= 30, tostring(count)) end)
end)
