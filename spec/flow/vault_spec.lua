-- The master key: where it comes from, and changing it under a running engine and through a crash at every step.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local stages = require 'stages'

local host, json = flow.host, flow.json

local READ_ONE = [[
recipe: read-one
needs: { crm: highlevel }
when: [crm.contact_updated]
do:
  - step: contact
    use: crm.get_contact
    with: { contactId: = event.id }
    retry: { tries: 3, first: 100ms, longest: 100ms, jitter: none }
]]
local CONTACT = 'nmFmQEsNgz6AVpgLVUJ0' -- of the sandbox
local SECRET = 'canary-in-the-vault-8d1f'
local CRASHED = 70
local KEY_A, KEY_B = ('a1'):rep(32), ('b2'):rep(32)

-- Runs a command with `text` on its stdin and `env` over the environment: its JSON, its exit code, its output.
local function cli_with(stage, text, env, ...)
  assert(host.write_file(stage:path 'stdin', text))
  local all = { STAGE_CLIENT_SECRET = stage.app and stage.app.client_secret or 'none' }
  for name, value in pairs(env) do all[name] = value end
  os.remove(stage:path 'out')
  local process = assert(host.spawn {
    argv = { '/bin/sh', '-c', 'exec "$0" "$@" <stdin', stage.ladle, ... }, cwd = stage.folder,
    output = stage:path 'out', env = all,
  })
  local code = process:wait(60000)
  local shown, output = nil, host.read_file(stage:path 'out')
  for line in output:gmatch '[^\n]+' do shown = json.try_decode(line) or shown end
  os.remove(stage:path 'stdin')
  return shown, code, output
end

local function read_once(stage)
  return stages.run_of(stage, 'contact_updated', { id = CONTACT }, 'read-one')
end

-- A project with one secret, and no engine.
local function on_project(env, body)
  local stage = flow.stage({})
  local inbox = 'connections:\n  inbox: { connector: webhook, verify: none }\n'
  assert(host.write_file(stage:path 'ladle.yaml', ('listen: 127.0.0.1:%d\n%s'):format(stage.port, inbox)))
  stages.with(stage, function()
    local _, code, text = cli_with(stage, SECRET, env, 'secret', 'set', 'canary')
    assert.are.equal(0, code, text)
    body(stage)
  end)
end

local function fits(stage, env)
  local shown = cli_with(stage, '', env or {}, 'key', 'show', '--json')
  return shown.fits, shown
end

describe('the master key', function()
  it('is shown by its id, and never itself', function()
    on_project({}, function(stage)
      local fit, shown = fits(stage)
      assert.is_true(fit)
      assert.are.equal('file', shown.source)
      assert.are.equal(1, shown.sealed)
      local _, _, text = cli_with(stage, '', {}, 'key', 'show')
      local key = host.read_file(stage:path 'data/key'):gsub('\n', '')
      assert.is_nil(text:find(key, 1, true))
      assert.is_truthy(text:find(shown.id, 1, true))
    end)
  end)

  it('can come from the environment, which does not show it any more', function()
    local env = { LADLE_KEY = KEY_A }
    on_project(env, function(stage)
      assert.is_nil(host.stat(stage:path 'data/key'))
      local fit, shown = fits(stage, env)
      assert.is_true(fit)
      assert.are.equal('environment', shown.source)
      assert.is_false((fits(stage, { LADLE_KEY = KEY_B })))
      assert(host.write_file(stage:path 'look.lua', [[
        local host = require 'host'
        local look = 'env; tr "\\0" "\\n" </proc/$PPID/environ'
        local seen = host.spawn { argv = { '/bin/sh', '-c', look }, output = 'seen' }
        seen:wait(60000)
        print(host.env 'LADLE_KEY')
      ]]))
      local _, code, text = cli_with(stage, '', env, 'lua', 'look.lua')
      assert.are.equal(0, code, text)
      assert.are.equal('nil', (text:gsub('%s+$', '')))
      assert.is_nil(host.read_file(stage:path 'seen'):find(KEY_A, 1, true))
    end)
  end)

  it('can come from a systemd credential; two that disagree are an error', function()
    on_project({ LADLE_KEY = KEY_A }, function(stage)
      host.mkdir(stage:path 'credentials')
      assert(host.write_file(stage:path 'credentials/ladle.key', KEY_A .. '\n'))
      local env = { CREDENTIALS_DIRECTORY = stage:path 'credentials' }
      local fit, shown = fits(stage, env)
      assert.is_true(fit)
      assert.are.equal('credential', shown.source)
      env.LADLE_KEY = KEY_B
      local _, code, text = cli_with(stage, 'x', env, 'secret', 'set', 'other')
      assert.are.equal(2, code)
      assert.is_truthy(text:find('different master keys', 1, true), text)
      assert.is_nil(text:find(KEY_A, 1, true) or text:find(KEY_B, 1, true))
    end)
  end)

  it('opens what it sealed: a copied store with another key gives nothing', function()
    on_project({}, function(stage)
      for _, name in ipairs { 'ladle.db', 'ladle.db-wal' } do
        local bytes = host.read_file(stage:path('data/' .. name)) or ''
        assert.is_nil(bytes:find(SECRET, 1, true), name)
      end
      host.mkdir(stage:path 'copy')
      host.mkdir(stage:path 'copy/data')
      for _, name in ipairs { 'ladle.yaml', 'data/ladle.db' } do
        assert(host.write_file(stage:path('copy/' .. name), host.read_file(stage:path(name))))
      end
      local _, code, text = cli_with(stage, 'x', {}, '-C', 'copy', 'secret', 'set', 'other')
      assert.are.equal(2, code)
      assert.is_truthy(text:find('ladle key forget', 1, true), text)
      assert.is_nil(host.stat(stage:path 'copy/data/key'))
      _, code, text = cli_with(stage, 'x', { LADLE_KEY = KEY_B }, '-C', 'copy', 'secret', 'set', 'other')
      assert.are.equal(2, code)
      assert.is_truthy(text:find('sealed under the master key', 1, true), text)
      local forgotten = cli_with(stage, '', {}, '-C', 'copy', 'key', 'forget', '--yes', '--json')
      assert.are.equal(1, forgotten.removed)
    end)
  end)
end)

describe('a new master key', function()
  it('is taken over by an engine that runs', function()
    flow.on_stage({ ['read.yaml'] = READ_ONE }, nil, function(stage)
      assert.are.equal('done', read_once(stage).state)
      local before = select(2, fits(stage))
      local changed, code, text = cli_with(stage, '', {}, 'key', 'rotate', '--keep-old', 'old.key', '--json')
      assert.are.equal(0, code, text)
      assert.are.equal(before.id, changed.was)
      assert.are_not.equal(before.id, changed.id)
      stage.wait_for('the engine to take the key over', 60000, function()
        return host.read_file(stage:path 'engine.log'):find('the master key was changed to ' .. changed.id, 1, true)
      end)
      -- A token that is stored now is sealed under the new key.
      assert.are.equal(0, (select(2, stage:cli('connect', 'crm', '--code', stage.app.codes[2]))))
      assert.are.equal('done', read_once(stage).state)
      stage:stop_engine()
      stage:start_engine()
      assert.are.equal('done', read_once(stage).state)
      assert.is_true((fits(stage)))
      assert.are.equal(65, #host.read_file(stage:path 'old.key'))
    end)
  end)

  it('is one or the other after a crash at each step, and all values open', function()
    for _, point in ipairs { 'key.written', 'key.resealing', 'store.before_commit', 'key.resealed', 'key.renamed' } do
      on_project({}, function(stage)
        local before = select(2, fits(stage))
        local _, code = cli_with(stage, '', { LADLE_FAULTS = point .. '=crash' }, 'key', 'rotate')
        assert.are.equal(CRASHED, code, point)
        local fit, after = fits(stage)
        assert.is_true(fit, point)
        local is_done = point == 'key.resealed' or point == 'key.renamed'
        assert.are.equal(is_done, after.id ~= before.id, point)
        -- What opens the store for writing finishes the change; the value is still the old one.
        local _, again, text = cli_with(stage, '', {}, 'key', 'rotate')
        assert.are.equal(0, again, text)
        assert.is_true((fits(stage)), point)
        assert.is_nil(host.stat(stage:path 'data/key.next'), point)
      end)
    end
  end)

  it('is handed in where the old one comes from the environment', function()
    local env = { LADLE_KEY = KEY_A }
    on_project(env, function(stage)
      local _, code, text = cli_with(stage, '', env, 'key', 'rotate')
      assert.are.equal(2, code)
      assert.is_truthy(text:find('--new-key', 1, true), text)
      _, code, text = cli_with(stage, KEY_B .. '\n', env, 'key', 'rotate', '--new-key', '-')
      assert.are.equal(0, code, text)
      assert.is_truthy(text:find('LADLE_KEY', 1, true), text)
      assert.is_nil(text:find(KEY_B, 1, true))
      assert.is_false((fits(stage, env)))
      assert.is_true((fits(stage, { LADLE_KEY = KEY_B })))
      _, code, text = cli_with(stage, 'tell nobody', { LADLE_KEY = KEY_B }, 'key', 'rotate', '--new-key', '-')
      assert.are.equal(2, code)
      assert.is_nil(text:find('tell nobody', 1, true))
    end)
  end)

  it('waits for the engine to stop where that could not learn it', function()
    local env = { LADLE_KEY = KEY_A }
    on_project(env, function(stage)
      stage.env = env
      stage:start_engine()
      local _, code, text = cli_with(stage, KEY_B, env, 'key', 'rotate', '--new-key', '-')
      assert.are.equal(1, code)
      assert.is_truthy(text:find('stop the engine first', 1, true), text)
      assert.is_true((fits(stage, env)))
    end)
  end)
end)

describe('a secret', function()
  it('is never taken from the arguments, and a value there is not repeated', function()
    on_project({}, function(stage)
      local _, code, text = cli_with(stage, '', {}, 'secret', 'set', 'other', 'hunter2-hunter2')
      assert.are.equal(2, code)
      assert.is_truthy(text:find('stdin', 1, true), text)
      assert.is_nil(text:find('hunter2', 1, true))
      _, code, text = cli_with(stage, '', {}, 'secret', 'set', 'other=hunter2-hunter2')
      assert.are.equal(2, code)
      assert.is_nil(text:find('hunter2', 1, true), text)
    end)
  end)
end)
