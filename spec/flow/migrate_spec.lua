-- Stores that earlier releases left behind: each is copied, brought up to date, and its runs go on.
--
-- stores/version-N.db was written by that release, with the recipe below and a shop that could not be reached: one run
-- that waits for its second try behind a step that is done, and one duplicate delivery. It is never made anew; only
-- the second try was put off to the year 2099.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local host, json = flow.host, flow.json

local RECIPE = [[
recipe: kept
needs:
  shop: http
  in_kept: webhook
when:
  - in_kept.received
do:
  - step: first
    use: records.append_activity
    with: { activity_id: = event.n, contact_id: c1, body: "changed since" }
  - step: order
    use: shop.post
    with: { url: /changed, json: {} }
]]

local CONNECTIONS = '  shop:\n    connector: http\n    base_url: http://%s\n    allow_private: true\n'
  .. '  in_kept:\n    connector: webhook\n    verify: none\n'

-- The version of a store file: SQLite's user_version.
local function version_of(bytes)
  return (string.unpack('>I4', bytes, 61))
end

local function store_of(version)
  return assert(host.read_file(('spec/flow/stores/version-%d.db'):format(version)))
end

-- SQLite's header of 100 bytes counts copies and names the kind of log; everything behind it is the same.
local function assert_copy_is_old(stage, version)
  local copy = assert(host.read_file(stage:path('data/ladle.db.v' .. version)))
  assert.are.equal(version, version_of(copy))
  assert.is_true(copy:sub(101) == store_of(version):sub(101))
end

-- A project on the old store; nothing runs yet.
local function on_old_store(version, address, body)
  local stage = flow.stage({ ['kept.yaml'] = RECIPE }, { connections = CONNECTIONS:format(address) })
  local ok, problem = xpcall(function()
    host.mkdir(stage:path 'data')
    assert(host.write_file(stage:path 'data/ladle.db', store_of(version)))
    stage:start_sandbox()
    body(stage)
  end, debug.traceback)
  local complaint = stage:close()
  if not ok or complaint then error(problem or complaint, 0) end
end

local function a_store_of(version)
  return function()
    it('is copied, migrated, and its run goes on where it was, on the version that it began on', function()
      local orders = {}
      local address, server = host.serve { listen = '127.0.0.1:0', on_request = function(request)
        orders[#orders + 1] = { path = request.path, body = json.decode(request.body) }
        return { status = 201, headers = { ['Content-Type'] = 'application/json' }, body = '{}' }
      end }
      local ok, problem = pcall(on_old_store, version, address, function(stage)
        stage:start_engine()
        assert_copy_is_old(stage, version)
        local run = stage:runs()[1]
        assert.are.equal('waiting', run.state)
        assert.are.equal('order', run.step)
        assert.are.equal(200, (stage:post('in_kept', '{"n":"one"}')))
        assert.are.equal(0, select(2, stage:cli('retry', run.id)))
        run = flow.only_run(stage)
        assert.are.equal('done', run.state)
        assert.are.same({ { path = '/orders', body = { n = 'one', activity = 1 } } }, orders)
        local activities = stage:cli('records', 'activities', '--json')
        assert.are.equal(1, #activities)
        assert.are.equal('activity one', activities[1].fields.body)
        assert.are.equal(0, stage:stop_engine()) -- the log is in the file now
        assert.is_true(version_of(host.read_file(stage:path 'data/ladle.db')) > version)
      end)
      server:close()
      if not ok then error(problem, 0) end
    end)

    it('is left as it was where the migration is cut off, and done by the next start', function()
      on_old_store(version, '127.0.0.1:9', function(stage)
        stage.env.LADLE_FAULTS = 'store.migrate=crash'
        local process = stage:spawn({ 'run' }, stage:path 'engine.log')
        assert.are_not.equal(0, process:wait(60000))
        stage.env.LADLE_FAULTS = nil
        stage:start_engine()
        assert.are.equal('waiting', stage:runs()[1].state)
        assert_copy_is_old(stage, version)
      end)
    end)
  end
end

describe('a store of version 1', a_store_of(1))
describe('a store of version 2', a_store_of(2))
