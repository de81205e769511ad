-- Accounts under a parent, of a service that calls them other than HighLevel does: a chat whose workspaces belong to an
-- organisation. All that is particular to it stands in its connector's table.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local stages = require 'stages'

local host, json = flow.host, flow.json

local CONNECTOR = [[
local text = { 'string', max = 64, optional = true }

return {
  name = 'chat', title = 'A chat',
  auth = {
    kinds = { 'oauth' }, authorize_url = '/authorize', token_url = '/token', scopes = { 'chat' },
    account = 'workspace.id', header = 'Authorization', scheme = 'Bearer',
    accounts = {
      name = 'workspace', parent = 'organisation', field = 'workspace_id',
      parent_auth = { account = 'organisation.id' },
      exchange = {
        method = 'POST', path = '/token/workspace',
        input = { workspace_id = { 'string' }, organisation = { 'string', from_connection = 'organisation' } },
      },
    },
  },
  limits = { { requests = 3, per_ms = 86400000 } },
  webhook = {
    content = 'json', type = 'kind', dedupe = { 'id' }, account = 'workspace.id', account_config = 'workspace',
    parent = 'workspace.organisation', app = 'app',
    installs = { add = 'workspace.joined', remove = 'workspace.left' }, verify = { { kind = 'none' } },
  },
  config = { workspace = text, organisation = text },
  events = { message = { type = 'message.posted', fields = { text = { 'string' } } } },
  operations = {
    post = {
      method = 'POST', path = '/messages', idempotent = true,
      input = { text = { 'string' }, room = { 'string', optional = true, from_connection = 'workspace' } },
      output = { id = { 'string' } },
    },
    members = { method = 'GET', path = '/members', access = 'parent', output = { count = { 'integer' } } },
  },
}
]]

local PROJECT = [[
listen: 127.0.0.1:%d
connections:
  chat:
    connector: chat
    auth: oauth
    client_id: app-1
    client_secret: "0123456789abcdef"
    %s
    base_url: http://%s
    allow_private: true
]]

local REPLY = [[
recipe: reply
needs: { chat: chat }
when: [chat.message]
do:
  - step: reply
    use: chat.post
    with: { text: = meta.workspace .. " " .. event.text }
]]

local ELSEWHERE = [[
recipe: elsewhere
needs: { chat: chat }
when: [chat.message]
do:
  - step: all
    use: chat.members
  - step: there
    use: chat.post
    with: { workspace_id: W2, text: = "of " .. steps.all.count }
]]

-- The chat: gives tokens, and keeps what was posted with which. `refused` are workspaces that the app is not in.
local function open_chat()
  local chat = { posted = {}, exchanged = {}, asked_members = 0, refused = {} }
  local function answer(status, body)
    return { status = status, headers = { ['Content-Type'] = 'application/json' }, body = json.encode(body) }
  end
  local routes = {
    ['POST /token'] = function()
      return answer(200, { access_token = 'token-of-O1', refresh_token = 'refresh-of-O1', expires_in = 86400,
                           scope = 'chat', organisation = { id = 'O1' } })
    end,
    ['POST /token/workspace'] = function(token, body)
      if token ~= 'token-of-O1' or body.organisation ~= 'O1' then return answer(401, { error = 'wrong token' }) end
      if chat.refused[body.workspace_id] then return answer(403, { error = 'the app is not in there' }) end
      chat.exchanged[#chat.exchanged + 1] = body.workspace_id
      return answer(200, { access_token = 'token-of-' .. body.workspace_id, expires_in = 86400, scope = 'chat',
                           workspace = { id = body.workspace_id } })
    end,
    ['POST /messages'] = function(token, body)
      chat.posted[#chat.posted + 1] = { by = token, text = body.text, room = body.room }
      return answer(201, { id = tostring(#chat.posted) })
    end,
    ['GET /members'] = function(token)
      chat.asked_members = chat.asked_members + 1
      return token == 'token-of-O1' and answer(200, { count = 7 }) or answer(403, { error = 'not a token of all' })
    end,
  }
  chat.address, chat.server = host.serve {
    on_request = function(request)
      local token = (request.headers.authorization or ''):match '^Bearer (.+)$'
      local route = routes[request.method .. ' ' .. request.path]
      return route and route(token, json.try_decode(request.body)) or answer(404, { error = 'no such path' })
    end,
  }
  return chat
end

-- A stage with an engine that is connected as the organisation, or with these settings in its place.
local function on_chat(recipe, body, settings)
  local chat = open_chat()
  local stage = flow.stage { ['recipe.yaml'] = recipe }
  local ok, problem = pcall(stages.with, stage, function()
    host.mkdir(stage:path 'scripts/connectors')
    assert(host.write_file(stage:path 'scripts/connectors/chat.lua', CONNECTOR))
    local config = PROJECT:format(stage.port, settings or 'organisation: O1', chat.address)
    assert(host.write_file(stage:path 'ladle.yaml', config))
    if not settings then
      local _, code, text = stage:cli('connect', 'chat', '--code', 'code-1')
      assert.are.equal(0, code, text)
      stage:start_engine()
    end
    body(stage, chat)
  end)
  chat.server:close()
  if not ok then error(problem, 0) end
end

local function event_of(workspace, kind)
  return { kind = kind or 'message.posted', id = host.uuid(), app = 'app-1', text = 'hello',
           workspace = { id = workspace, organisation = 'O1' } }
end

local function deliver(stage, event)
  local status, body = stage:post('chat', json.encode(event))
  assert.are.equal(202, status)
  return body.id
end

local function run_at(stage, workspace)
  local id = deliver(stage, event_of(workspace))
  return stages.ended(stage, function(run) return run.event_id == id end)
end

local function row_of(stage, name)
  for _, row in ipairs((stage:cli('connections', '--all', '--json'))) do
    if row.name == name then return row end
  end
end

describe('workspaces of an organisation', function()
  it('have a token each, made once from the organisation\'s, and each event goes with that of its own', function()
    on_chat(REPLY, function(stage, chat)
      for _, workspace in ipairs { 'W1', 'W2', 'W1' } do
        local run = run_at(stage, workspace)
        assert.are.equal('done', run.state, json.encode(run))
      end
      assert.are.same({ 'W1', 'W2' }, chat.exchanged)
      assert.are.same({
        { by = 'token-of-W1', text = 'W1 hello', room = 'W1' }, { by = 'token-of-W2', text = 'W2 hello', room = 'W2' },
        { by = 'token-of-W1', text = 'W1 hello', room = 'W1' },
      }, chat.posted)
      assert.are.equal('O1', row_of(stage, 'chat').account)
      assert.are.equal('W2', row_of(stage, 'chat/W2').account)
    end)
  end)

  it('are called where a step names one; what is the organisation\'s goes with its own token', function()
    on_chat(ELSEWHERE, function(stage, chat)
      assert.are.equal('done', run_at(stage, 'W1').state)
      assert.are.equal(1, chat.asked_members)
      assert.are.same({ 'W2' }, chat.exchanged)
      assert.are.same({ { by = 'token-of-W2', text = 'of 7', room = 'W2' } }, chat.posted)
    end)
  end)

  it('have a limit each: one that is used up holds no other up', function()
    on_chat(REPLY, function(stage, chat)
      for _ = 1, 3 do assert.are.equal('done', run_at(stage, 'W1').state) end
      deliver(stage, event_of 'W1') -- a fourth call of this day
      assert.are.equal('done', run_at(stage, 'W2').state)
      assert.are.equal(4, #chat.posted)
      assert.are.equal('token-of-W2', chat.posted[4].by)
      assert.are.equal(1, stage:open_runs())
    end)
  end)

  it('are left and joined by events, and what comes in between is kept with the reason', function()
    on_chat(REPLY, function(stage, chat)
      assert.are.equal('done', run_at(stage, 'W1').state)
      deliver(stage, event_of('W1', 'workspace.left'))
      stage.wait_for('the workspace to be left', 60000, function()
        return row_of(stage, 'chat/W1').state == 'suspended'
      end)
      local id = deliver(stage, event_of 'W1')
      assert.are.equal('the app is not installed in W1', flow.show(stage, id).note)
      deliver(stage, event_of('W1', 'workspace.joined'))
      assert.are.equal('done', run_at(stage, 'W1').state)
      assert.are.same({ 'W1', 'W1' }, chat.exchanged)
      assert.are.equal(2, #chat.posted)
    end)
  end)

  it('that give no token stop their own runs only', function()
    on_chat(REPLY, function(stage, chat)
      chat.refused.W1 = true
      assert.are.equal('parked', run_at(stage, 'W1').state)
      assert.are.equal('done', run_at(stage, 'W2').state)
      assert.are.equal('broken', row_of(stage, 'chat/W1').state)
      assert.are.equal('connected', row_of(stage, 'chat').state)
    end)
  end)

  it('are told from those of another organisation, and of another app', function()
    on_chat(REPLY, function(stage)
      local other, app = event_of 'W1', event_of 'W1'
      other.workspace.organisation, app.app = 'O2', 'app-2'
      assert.are.equal('it is of the organisation O2, and chat is of O1', flow.show(stage, deliver(stage, other)).note)
      assert.is_truthy(flow.show(stage, deliver(stage, app)).note:find('another app', 1, true))
      assert.are.equal(0, #stage:runs())
    end)
  end)

  it('must be named by the event or the step', function()
    on_chat(REPLY, function(stage)
      local event = event_of 'W1'
      event.workspace = nil
      local id = deliver(stage, event)
      local run = stages.ended(stage, function(r) return r.event_id == id end)
      assert.are.equal('dead', run.state)
      assert.is_truthy(run.error.message:find('meta.workspace', 1, true), run.error.message)
    end)
  end)
end)

describe('the words of a service', function()
  local function check(settings, recipe)
    local found
    on_chat(recipe or REPLY, function(stage) found = (stage:cli('check', '--json'))[1] end, settings)
    return found
  end

  it('are those of messages about the settings', function()
    local found = check 'organisation: O1\n    workspace: W1'
    assert.are.equal('`organisation` and `workspace` do not go together', found.errors[1].message)
    found = check 'location: L1'
    assert.are.equal('unknown key `location` in a connection of chat', found.errors[1].message)
  end)

  it('are the fields of meta that there are', function()
    assert.are.same({}, check('organisation: O1').errors)
    local found = check('organisation: O1', (REPLY:gsub('meta.workspace', 'meta.location')))
    assert.is_truthy(found.errors[1].message:find('location', 1, true), found.errors[1].message)
  end)

  it('are those of what an operation does not take', function()
    local found = check('workspace: W1', (ELSEWHERE:gsub('  %- step: there.*', '')))
    local told = {}
    for _, warning in ipairs(found.warnings) do told[#told + 1] = warning.message end
    assert.is_truthy(table.concat(told, '\n'):find(
      'chat.members takes a token of an organisation, and the connection is of a workspace', 1, true),
      table.concat(told, '\n'))
  end)
end)
