-- Many calls to a service that is slow: what waits for a connection has not begun, however the engine ends.
package.path = './spec/support/?.lua;' .. package.path
local journey = require 'journey'

local flow, host, json = journey.flow, journey.host, journey.json

local RUNS = 400

local RECIPE = [[
recipe: orders
needs: { shop: http, door: webhook }
when: [door.received]
key: = event.n
do:
  - step: order
    use: shop.post
    with: { url: /orders, json: { n: = event.n } }
    retry: { tries: 1 }
]]
local CONNECTIONS = '  shop: { connector: http, base_url: "http://%s", allow_private: true }\n'
  .. '  door: { connector: webhook, verify: none }\n'

-- A shop that takes orders and, while it `holds`, answers none. `seen`: n -> how often it came.
local function new_shop()
  local shop = { holds = true, seen = {}, count = 0 }
  local function on_request(request)
    local n = json.decode(request.body).n
    shop.seen[n], shop.count = (shop.seen[n] or 0) + 1, shop.count + 1
    return { status = 201, body = '{}', delay_ms = shop.holds and 60000 or nil }
  end
  shop.address, shop.server = host.serve { listen = '127.0.0.1:0', on_request = on_request }
  return shop
end

local function on_shop(body)
  local shop = new_shop()
  local options = { connections = CONNECTIONS:format(shop.address) }
  local ok, problem = pcall(flow.on_stage, { ['orders.yaml'] = RECIPE }, options, function(stage)
    for n = 1, RUNS do assert.are.equal(202, (stage:post('door', json.encode { n = n }))) end
    stage.wait_for('the shop to be full', 30000, function() return shop.count >= 64 end)
    body(stage, shop)
  end)
  shop.server:close()
  if not ok then error(problem, 0) end
end

-- What the shop saw before the end is unknown, and waits for a person; all else is done, once.
local function goes_on(stage, shop)
  local seen = shop.seen
  shop.seen, shop.holds = {}, false
  stage:start_engine()
  local parked = 0
  for _, run in ipairs(stage:settle()) do
    local n = tonumber(run.key)
    assert.are.equal(seen[n] and 'parked' or 'done', run.state)
    assert.are.equal(seen[n] and 0 or 1, shop.seen[n] or 0)
    parked = parked + (run.state == 'parked' and 1 or 0)
  end
  assert.is_true(parked > 0 and parked < RUNS / 4)
end

describe('calls that wait for a connection', function()
  it('are a row by a name of its own, and no try', function()
    on_shop(function(stage, shop)
      local waiting = stage.wait_for('rows', 30000, function()
        local list = stage:runs('--state', 'waiting')
        return #list > 0 and list[1]
      end)
      local shown = flow.show(stage, waiting.id)
      assert.are.equal('turn', shown.waits[1]['for'])
      assert.are.equal(0, #shown.steps) -- nothing was tried
      assert.is_truthy(select(3, stage:cli('show', waiting.id)):find('for its turn', 1, true))
      shop.holds = false
    end)
  end)

  it('are taken back by a stop', function()
    on_shop(function(stage, shop)
      assert.are.equal(0, stage:stop_engine())
      goes_on(stage, shop)
    end)
  end)

  it('have not begun for kill -9 either', function()
    on_shop(function(stage, shop)
      stage:kill_engine()
      goes_on(stage, shop)
    end)
  end)
end)
