-- `ladle connect` and the way back: a link, a browser that is sent on by the service, the callback at the engine or at
-- the command itself, and everything that a callback must refuse. The browser is host.fetch, which follows no redirect.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local stages = require 'stages'

local host, json = flow.host, flow.json

local RECIPE = [[
recipe: read-one
needs: { crm: highlevel }
when: [crm.contact_updated]
do:
  - step: contact
    use: crm.get_contact
    with: { contactId: = event.id }
]]

-- The stage's ladle.yaml with the sandbox's authorise address, and further lines of the connection.
local function write_config(stage, more)
  local text = host.read_file(stage:path 'ladle.yaml')
  local url = '    authorize_url: ' .. stage.app.url .. '/oauth/chooselocation\n'
  assert(host.write_file(stage:path 'ladle.yaml', (text:gsub('(    token_url[^\n]*\n)', '%1' .. url .. (more or '')))))
end

-- A stage whose sandbox runs, with a connection that nobody has authorised yet. The engine's port is free.
local function on_new(more, body)
  local stage = flow.stage({ ['read.yaml'] = RECIPE })
  stages.with(stage, function()
    stage:start_sandbox()
    write_config(stage, more)
    body(stage)
  end)
end

-- Starts `ladle connect crm …` and waits for its link: {process, link, documents()}.
local function begin(stage, ...)
  local output = stage:path('connect-' .. tostring(host.uuid()) .. '.log')
  local self = { process = stage:spawn({ 'connect', 'crm', '--json', ... }, output) }
  function self.documents()
    local out = {}
    for line in (host.read_file(output) or ''):gmatch '[^\n]+' do
      local value = json.try_decode(line)
      if value ~= nil then out[#out + 1] = value end
    end
    return out
  end
  self.about = stage.wait_for('the link', 60000, function() return self.documents()[1] end)
  self.link = self.about.authorize_url
  return self
end

local function fetch(url, method)
  return assert(host.fetch { method = method or 'GET', url = url, timeout_ms = 60000 })
end

-- What the service does with the link: the address that the browser is sent back to.
local function agree(link)
  local answer = fetch(link)
  assert.are.equal(302, answer.status, answer.body)
  return answer.headers.location
end

local function header(answer, name)
  return answer.headers[name] or ''
end

-- What every page must be, whatever it says.
local function assert_page(answer, status)
  assert.are.equal(status, answer.status, answer.body)
  assert.are.equal('no-store', header(answer, 'cache-control'))
  assert.are.equal('no-referrer', header(answer, 'referrer-policy'))
  assert.is_truthy(header(answer, 'content-security-policy'):find("default-src 'none'", 1, true))
  assert.is_truthy(header(answer, 'content-type'):find('text/html', 1, true))
end

local function state_of(stage)
  for _, row in ipairs((stage:cli('connections', '--json'))) do
    if row.name == 'crm' then return row.state end
  end
end

local function says(answer, text)
  assert.is_truthy(answer.body:find(text, 1, true), answer.body)
end

describe('a link that was opened', function()
  it('leads back to the engine, which finishes it, and the command tells', function()
    on_new(nil, function(stage)
      stage:start_engine()
      local waiting = begin(stage)
      assert.are.equal('new', state_of(stage))
      local back = agree(waiting.link)
      local page = fetch(back)
      assert_page(page, 200)
      says(page, 'crm is connected')
      says(page, stage.app.location)
      assert.are.equal(0, waiting.process:wait(60000))
      local told = waiting.documents()[2]
      assert.are.equal('connected', told.state)
      assert.are.equal(stage.app.location, told.account)
      assert.are.equal(json.null, told.scopes_missing)
      assert.are.equal('connected', state_of(stage))
      local run = stages.run_of(stage, 'contact_updated', { id = 'nmFmQEsNgz6AVpgLVUJ0' })
      assert.are.equal('done', run.state)
      local again = fetch(back) -- a reload, or somebody who found the address
      assert_page(again, 409)
      says(again, 'nothing is left to do')
      assert.are.equal(1, #stage:ledger 'token_issued')
      assert.are.equal(0, #stage:ledger 'token_refused')
      local log = host.read_file(stage:path 'engine.log')
      assert.is_nil(log:find(back:match 'code=(%w+)', 1, true))
      assert.is_nil(log:find(back:match 'state=([%w_-]+)', 1, true))
    end)
  end)

  it('leads back to the command itself where no engine runs', function()
    on_new(nil, function(stage)
      local waiting = begin(stage)
      local hook = fetch(stage.url .. '/hooks/crm', 'POST')
      assert.are.equal(503, hook.status) -- so that the service repeats it
      assert.are.equal('60', hook.headers['retry-after'])
      assert_page(fetch(agree(waiting.link)), 200)
      assert.are.equal(0, waiting.process:wait(60000))
      assert.are.equal('connected', waiting.documents()[2].state)
      stage:start_engine()
      local run = stages.run_of(stage, 'contact_updated', { id = 'nmFmQEsNgz6AVpgLVUJ0' })
      assert.are.equal('done', run.state)
    end)
  end)

  it('is still good after Ctrl-C and a restart', function()
    on_new(nil, function(stage)
      local waiting = begin(stage)
      waiting.process:kill('INT')
      assert.are.equal(1, waiting.process:wait(60000))
      stage:start_engine()
      stage:kill_engine()
      stage:start_engine()
      assert_page(fetch(agree(waiting.link)), 200)
      assert.are.equal('connected', state_of(stage))
    end)
  end)

  it('is used up by a crash in the middle, and nothing else is', function()
    on_new(nil, function(stage)
      stage.env = { LADLE_FAULTS = 'callback.taken=crash@1' }
      stage:start_engine()
      stage.env = {}
      local waiting = begin(stage)
      local back = agree(waiting.link)
      assert.is_nil((host.fetch { url = back, timeout_ms = 60000 })) -- the engine died before it asked
      assert.are.equal(70, stage.engine:wait(60000))
      stage:start_engine()
      local page = fetch(back)
      assert_page(page, 409)
      says(page, 'ladle connect crm')
      assert.are.equal(0, #stage:ledger 'token_issued')
      assert_page(fetch(agree(begin(stage, '--no-wait').link)), 200)
      assert.are.equal('connected', state_of(stage))
      waiting.process:kill 'INT'
      waiting.process:wait(60000)
    end)
  end)

  it('waits for an engine that knows the connection', function()
    on_new(nil, function(stage)
      local config = host.read_file(stage:path 'ladle.yaml')
      assert(host.write_file(stage:path 'ladle.yaml', (config:gsub('  crm:', '  old:'))))
      os.remove(stage:path 'recipes/read.yaml')
      stage:start_engine()
      assert(host.write_file(stage:path 'ladle.yaml', config))
      local back = agree(begin(stage, '--no-wait').link)
      local page = fetch(back)
      assert_page(page, 409)
      says(page, 'Start it again')
      stage:stop_engine()
      stage:start_engine()
      assert_page(fetch(back), 200)
    end)
  end)

  it('is still good under a new master key', function()
    on_new(nil, function(stage)
      local waiting = begin(stage, '--no-wait')
      local _, code, text = stage:cli('key', 'rotate')
      assert.are.equal(0, code, text)
      stage:start_engine()
      assert_page(fetch(agree(waiting.link)), 200)
      assert.are.equal('connected', state_of(stage))
    end)
  end)

  it('works again where the service could not be reached', function()
    on_new(nil, function(stage)
      local config = host.read_file(stage:path 'ladle.yaml')
      local dead = ('    token_url: http://127.0.0.1:%d/oauth/token\n'):format(host.free_port())
      assert(host.write_file(stage:path 'ladle.yaml', (config:gsub('    token_url[^\n]*\n', dead))))
      stage:start_engine()
      local waiting = begin(stage, '--no-wait')
      local back = agree(waiting.link)
      local page = fetch(back)
      assert_page(page, 502)
      says(page, 'Reload this page')
      stage:stop_engine()
      assert(host.write_file(stage:path 'ladle.yaml', config))
      stage:start_engine()
      assert_page(fetch(back), 200)
      assert.are.equal('connected', state_of(stage))
    end)
  end)

  it('says which scopes were not granted, and which of them recipes need', function()
    on_new('    scopes: [contacts.readonly, no.such.scope]\n', function(stage)
      local tag = RECIPE:gsub('read%-one', 'tag-one'):gsub('crm.get_contact', 'crm.add_tags')
      assert(host.write_file(stage:path 'recipes/tag.yaml', (tag:gsub('event.id }', 'event.id, tags: [hot] }'))))
      stage:start_engine()
      local waiting = begin(stage)
      says(fetch(agree(waiting.link)), 'Not granted: no.such.scope')
      assert.are.equal(0, waiting.process:wait(60000))
      local told = waiting.documents()[2]
      assert.are.equal('no.such.scope', told.scopes_missing)
      assert.are.equal(1, #told.gaps)
      assert.are.equal('tag-one', told.gaps[1].recipe)
      assert.is_truthy(told.gaps[1].message:find('contacts.write', 1, true), told.gaps[1].message)
    end)
  end)

  it('that the person declines ends with the reason, escaped', function()
    on_new(nil, function(stage)
      stage:start_engine()
      local waiting = begin(stage)
      local state = waiting.link:match 'state=([%w_-]+)'
      local refusal = 'error=access_denied&error_description=%3Cscript%3Eno%3C/script%3E'
      local page = fetch(('%s/oauth/callback?%s&state=%s'):format(stage.url, refusal, state))
      assert_page(page, 403)
      says(page, 'access_denied')
      says(page, '&#60;script&#62;')
      assert.is_nil(page.body:find('<script', 1, true))
      assert.are.equal(1, waiting.process:wait(60000))
      assert.is_truthy(waiting.documents()[2].error.message:find('access_denied', 1, true))
      assert_page(fetch(stage.url .. '/oauth/callback?code=x&state=' .. state), 409)
      assert.are.equal('new', state_of(stage))
    end)
  end)
end)

describe('a callback is refused', function()
  it('where its state is wrong, missing or of another path, and nothing changes', function()
    on_new(nil, function(stage)
      stage:start_engine()
      local waiting = begin(stage, '--no-wait')
      assert.are.equal(0, waiting.process:wait(60000))
      local back = agree(waiting.link)
      local code, state = back:match 'code=(%w+)', back:match 'state=([%w_-]+)'
      local other = state:sub(1, -2) .. (state:sub(-1) == 'A' and 'B' or 'A')
      local at = stage.url .. '/oauth/callback'
      assert_page(fetch(('%s?code=%s&state=%s'):format(at, code, other)), 400)
      assert_page(fetch(('%s?code=%s&state=short'):format(at, code)), 400)
      assert_page(fetch(('%s?code=%s'):format(at, code)), 400)
      assert_page(fetch(('%s/quotes?code=%s&state=%s'):format(at, code, state)), 400)
      assert_page(fetch(('%s?state=%s'):format(at, state)), 400)
      assert.are.equal(405, fetch(back, 'POST').status)
      assert.are.equal(0, #stage:ledger 'token_issued')
      assert_page(fetch(back), 200) -- none of that used it up
    end)
  end)

  it('where the code is refused, and the page says how to begin again', function()
    on_new(nil, function(stage)
      stage:start_engine()
      local waiting = begin(stage)
      local state = waiting.link:match 'state=([%w_-]+)'
      local page = fetch(stage.url .. '/oauth/callback?code=forged&state=' .. state)
      assert_page(page, 502)
      says(page, 'invalid_grant')
      says(page, 'ladle connect crm')
      assert.is_nil(page.body:find('forged', 1, true))
      assert.are.equal(1, waiting.process:wait(60000))
      assert.are.equal('new', state_of(stage))
    end)
  end)

  it('where the account is not the one of ladle.yaml', function()
    on_new(nil, function(stage)
      local config = host.read_file(stage:path 'ladle.yaml'):gsub('location: %w+', 'location: somebodyElse')
      assert(host.write_file(stage:path 'ladle.yaml', config))
      stage:start_engine()
      local waiting = begin(stage)
      local page = fetch(agree(waiting.link))
      assert_page(page, 502)
      says(page, 'somebodyElse')
      assert.are.equal(1, waiting.process:wait(60000))
      assert.are.equal('new', state_of(stage))
    end)
  end)
end)

describe('an installation that begins at the service', function()
  local function code_of(stage)
    return agree(('%s/oauth/chooselocation?response_type=code&client_id=%s&redirect_uri=%s'):format(stage.app.url,
      stage.app.client_id, 'http%3A%2F%2F127.0.0.1%3A' .. stage.port .. '%2Foauth%2Fcallback'))
  end

  it('is taken only where the connection says so', function()
    on_new(nil, function(stage)
      stage:start_engine()
      local page = fetch(code_of(stage))
      assert_page(page, 400)
      says(page, 'accept_installs')
      assert.are.equal('new', state_of(stage))
    end)
    on_new('    accept_installs: true\n', function(stage)
      stage:start_engine()
      assert_page(fetch(code_of(stage)), 200)
      assert.are.equal('connected', state_of(stage))
    end)
  end)
end)

describe('ladle connect --code', function()
  -- Runs it with `text` on its stdin: what it printed, and its exit code.
  local function by_hand(stage, text)
    assert(host.write_file(stage:path 'stdin', text))
    local process = assert(host.spawn {
      argv = { '/bin/sh', '-c', 'exec "$0" connect crm --code - --json <stdin', stage.ladle }, cwd = stage.folder,
      output = stage:path 'out', env = { STAGE_CLIENT_SECRET = stage.app.client_secret },
    })
    local code = process:wait(60000)
    local told = json.decode(host.read_file(stage:path 'out'))
    os.remove(stage:path 'out')
    return told, code
  end

  it('takes the whole address, and checks its state', function()
    on_new(nil, function(stage)
      stage:start_engine()
      local waiting = begin(stage)
      local back = agree(waiting.link)
      local _, wrong = by_hand(stage, (back:gsub('state=.', 'state=_')))
      assert.are.equal(1, wrong)
      local told, code = by_hand(stage, back .. '\n')
      assert.are.equal(0, code)
      assert.are.equal('connected', told.state)
      assert.are.equal(0, waiting.process:wait(60000)) -- it learns of it too
      local _, again = by_hand(stage, back)
      assert.are.equal(1, again)
      assert.are.equal(1, #stage:ledger 'token_issued')
    end)
  end)

  it('takes the code alone, with what its link said', function()
    on_new(nil, function(stage)
      local waiting = begin(stage, '--no-wait')
      waiting.process:wait(60000)
      local told, code = by_hand(stage, agree(waiting.link):match 'code=(%w+)')
      assert.are.equal(0, code) -- the sandbox wants the redirect_uri of the link
      assert.are.equal('connected', told.state)
    end)
  end)

  it('says what the service said in an address without code', function()
    on_new(nil, function(stage)
      local told, code = by_hand(stage, stage.url .. '/oauth/callback?error=access_denied')
      assert.are.equal(1, code)
      assert.is_truthy(told.error.message:find('access_denied', 1, true))
    end)
  end)
end)

describe('an install link', function()
  it('is used where its host and app fit', function()
    on_new(nil, function(stage)
      stage:start_engine()
      local pasted = ('%s/oauth/chooselocation?client_id=%s&response_type=code&scope=contacts.readonly&version_id=7'
        .. '&redirect_uri=https%%3A%%2F%%2Fx.test'):format(stage.app.url, stage.app.client_id)
      local waiting = begin(stage, '--install-link', pasted)
      assert.is_truthy(waiting.link:find('version_id=7', 1, true))
      assert_page(fetch(agree(waiting.link)), 200)
      assert.are.equal(0, waiting.process:wait(60000))
      local evil = 'https://evil.test/?client_id=' .. stage.app.client_id
      local _, code = stage:cli('connect', 'crm', '--install-link', evil)
      assert.are.equal(2, code)
    end)
  end)
end)
