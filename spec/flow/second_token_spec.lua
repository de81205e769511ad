-- A second private token: stored beside the first, used when the service refuses the first, and for good.

package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local stages = require 'stages'

local host = flow.host

local READ_ONE = [[
recipe: read-one
needs: { crm: highlevel }
when: [crm.contact_updated]
do:
  - step: read
    use: crm.get_contact
    with: { contactId: = event.id }
    retry: { tries: 3, first: 200ms, longest: 200ms, jitter: none }
]]
local CONTACT = 'nmFmQEsNgz6AVpgLVUJ0' -- of the sandbox
local CRASHED = 70

-- Runs `ladle` with the text on its stdin: the exit code, and what it printed.
local function cli_with(stage, text, ...)
  assert(host.write_file(stage:path 'stdin', text))
  local process = assert(host.spawn {
    argv = { '/bin/sh', '-c', 'exec "$0" "$@" <stdin', stage.ladle, ... }, cwd = stage.folder,
    output = stage:path 'out',
  })
  local code = process:wait(60000)
  os.remove(stage:path 'stdin')
  return code, host.read_file(stage:path 'out')
end

-- The first token is one that the sandbox does not know, as if it had been removed there.
local function with_two_tokens(stage)
  local config = host.read_file(stage:path 'ladle.yaml'):gsub('auth: oauth', 'auth: token')
  config = config:gsub('    client_[^\n]*\n', ''):gsub('    token_url[^\n]*\n', '')
  assert(host.write_file(stage:path 'ladle.yaml', config))
  assert.are.equal(0, (cli_with(stage, 'pit-removed-there-0001', 'connect', 'crm', '--token', '-')))
  assert.are.equal(0, (cli_with(stage, stage.app.token, 'connect', 'crm', '--token', '-', '--next')))
end

local function on_two_tokens(body)
  local stage = flow.stage({ ['read.yaml'] = READ_ONE })
  stages.with(stage, function()
    stage:start_sandbox()
    with_two_tokens(stage)
    body(stage)
  end)
end

local function row_of(stage)
  return (stage:cli('connections', '--json'))[1]
end

describe('a second token', function()
  it('takes over when the first is refused, and the engine keeps to it', function()
    on_two_tokens(function(stage)
      local before = row_of(stage)
      assert.are.equal(2, #before.tokens)
      assert.are.same({ true, false }, { before.tokens[1].is_used, before.tokens[2].is_used })
      stage:start_engine()
      local run = stages.run_of(stage, 'contact_updated', { id = CONTACT }, 'read-one')
      assert.are.equal('done', run.state)
      assert.is_truthy(host.read_file(stage:path 'engine.log'):find('the second is used from now on', 1, true))
      local after = row_of(stage)
      assert.are.equal('connected', after.state)
      assert.is_truthy(after.reason:find('the second is used', 1, true))
      assert.are.equal(1, #after.tokens)
      stage:kill_engine()
      stage:start_engine()
      assert.are.equal('done', stages.run_of(stage, 'contact_updated', { id = CONTACT }, 'read-one').state)
    end)
  end)

  it('is used after a crash on either side of the commit that makes the switch', function()
    for _, point in ipairs { 'token.before_commit', 'token.committed' } do
      on_two_tokens(function(stage)
        stage.env = { LADLE_FAULTS = point .. '=crash' }
        stage:start_engine()
        local event = flow.sample 'contact_updated'
        event.id = CONTACT
        assert.are.equal(202, (stage:deliver(event)))
        stage.wait_for('the engine to die', 60000, function() return not stage.engine:is_running() end)
        assert.are.equal(CRASHED, stage.engine:wait(60000))
        stage.engine, stage.env = nil, {}
        assert.are.equal(point == 'token.before_commit' and 2 or 1, #row_of(stage).tokens)
        stage:start_engine()
        assert.are.equal('done', flow.only_run(stage).state)
        assert.are.equal(1, #row_of(stage).tokens)
      end)
    end
  end)

  it('is refused where it is none', function()
    on_two_tokens(function(stage)
      local code, text = cli_with(stage, 'pit-removed-there-0001', 'connect', 'crm', '--token', '-', '--next')
      assert.are.equal(1, code)
      assert.is_truthy(text:find('uses this token already', 1, true), text)
      code, text = cli_with(stage, 'x', 'connect', 'crm', '--code', '-', '--next')
      assert.are.equal(2, code)
      assert.is_truthy(text:find('--next goes with --token', 1, true), text)
    end)
  end)
end)
