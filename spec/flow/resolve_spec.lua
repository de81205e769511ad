-- A call that was sent, never answered and cannot be looked for: the run is parked, says what is known, and
-- goes on as a person says.
package.path = './spec/support/?.lua;' .. package.path
local journey = require 'journey'
local note, show = journey.note, journey.flow.show
local host, json = journey.host, journey.json

local ORDER = '  - step: order\n    use: shop.post\n    with: { url: /orders, json: { n: = event.n } }\n'
  .. note('after', 'after ${steps.order.status}')

local TWO_ORDERS = [[
return {
  name = 'two_orders', summary = 'Orders twice',
  run = function(ctx, input)
    local first = ctx.shop:post { url = '/orders', json = { n = 1 } }
    local second = ctx.shop:post { url = '/orders', json = { n = 2 } }
    return { statuses = first.status .. ' ' .. second.status }
  end,
}
]]

local POLICY = '    retry: { tries: 5, first: 100ms, longest: 100ms, jitter: none }\n'

-- A shop that takes every order, and answers only those that `answers(n)` says; `holds`: keeps the others open,
-- `fails`: answers them with that status.
local function new_shop()
  local shop = { orders = {}, answers = function() return true end }
  local function on_request(request)
    shop.orders[#shop.orders + 1] = json.decode(request.body).n
    if shop.answers(#shop.orders) then
      return { status = 201, headers = { ['Content-Type'] = 'application/json' }, body = '{"ordered":true}' }
    end
    if shop.fails then return { status = shop.fails, body = 'oops' } end
    return { drop = not shop.holds, delay_ms = shop.holds and 20000 or nil, status = 201, body = '' }
  end
  shop.address, shop.server = host.serve { listen = '127.0.0.1:0', on_request = on_request }
  return shop
end

local CONNECTIONS = '  shop:\n    connector: http\n    base_url: http://%s\n    allow_private: true\n'
  .. '  in_orders:\n    connector: webhook\n    verify: none\n'

-- A stage with the recipe `orders` and a shop that loses its first answer, unless `answers` says otherwise.
local function on_shop(steps, options, body)
  local shop = new_shop()
  shop.answers = function(n) return n > 1 end
  for name, value in pairs(options) do shop[name] = value end
  local text = journey.recipe('orders', steps):gsub('  crm: highlevel\n', '  crm: highlevel\n  shop: http\n')
  local ok, problem = pcall(journey.on_stage, {}, {
    texts = { ['orders.yaml'] = text }, scripts = { ['two_orders.lua'] = TWO_ORDERS },
    connections = CONNECTIONS:format(shop.address),
  }, function(stage) body(stage, shop) end)
  shop.server:close()
  if not ok then error(problem, 0) end
end

local function parked(stage)
  return journey.await(stage, 'orders', 'parked')[1].id
end

local function resolve(stage, ...)
  local _, code, text = stage:cli('resolve', ...)
  assert(code == 0, text)
end

local function ended(stage)
  return journey.await(stage, 'orders', 'done dead cancelled')[1].state
end

describe('a call whose outcome is unknown and that has no probe', function()
  it('parks its run, which says what was sent and what to do', function()
    on_shop(ORDER, {}, function(stage, shop)
      journey.send(stage, 'orders', { n = 7 })
      local shown = show(stage, parked(stage))
      assert.are.equal('unknown', shown.error.kind)
      assert.are.equal('order', shown.step)
      assert.are.equal(1, #shown.unknown)
      assert.are.equal('order', shown.unknown[1].step)
      assert.are.equal(7, shown.unknown[1].input.json.n)
      assert.is_string(shown.unknown[1].sent_at)
      assert.are.equal('unknown', shown.unknown[1].error.kind)
      local advice = table.concat(shown.advice, '\n')
      for _, outcome in ipairs { 'done', 'not-done', 'skip' } do
        assert.is_truthy(advice:find(('`ladle resolve %s --as %s'):format(shown.id, outcome), 1, true), outcome)
      end
      local _, _, text = stage:cli('show', shown.id)
      assert.is_truthy(text:find(shown.advice[1], 1, true))
      assert.are.same({ 7 }, shop.orders)
    end)
  end)

  it('is not sent again by a restart, nor by ladle retry', function()
    on_shop(ORDER, {}, function(stage, shop)
      journey.send(stage, 'orders', { n = 1 })
      local id = parked(stage)
      journey.crash(stage)
      assert.are.equal(0, select(2, stage:cli('retry', id)))
      stage.wait_for('another attempt', 60000, function()
        local shown = show(stage, id)
        return shown.state == 'parked' and shown.attempts == 2
      end)
      assert.are.same({ 1 }, shop.orders)
    end)
  end)

  it('is not sent again where SIGKILL came before the answer', function()
    on_shop(ORDER, { holds = true }, function(stage, shop)
      journey.send(stage, 'orders', { n = 1 })
      stage.wait_for('the order', 60000, function() return #shop.orders == 1 end)
      journey.crash(stage)
      local shown = show(stage, parked(stage))
      assert.are.equal('order', shown.unknown[1].step)
      assert.are.same({ 1 }, shop.orders)
      resolve(stage, shown.id, '--as', 'not-done')
      assert.are.equal('done', ended(stage))
      assert.are.same({ 1, 1 }, shop.orders)
    end)
  end)
end)

describe('a call that was answered 500, 502 or 504', function()
  for _, status in ipairs { 500, 502, 504 } do
    it('parks its run, which says what was answered: ' .. status, function()
      on_shop(ORDER, { answers = function() return false end, fails = status }, function(stage, shop)
        journey.send(stage, 'orders', { n = 1 })
        local shown = show(stage, parked(stage))
        assert.are.equal('unknown', shown.error.kind)
        assert.are.equal(status, shown.error.status)
        local answered = 'order was answered ' .. status .. ', which leaves open whether it took effect'
        assert.is_truthy(shown.advice[1]:find(answered, 1, true), shown.advice[1])
        assert.are.same({ 1 }, shop.orders)
      end)
    end)
  end

  it('is sent again where the step says on_unknown: again', function()
    local again = ORDER:gsub('} }\n', '} }\n    on_unknown: again\n' .. POLICY, 1)
    on_shop(again, { answers = function(n) return n > 2 end, fails = 500 }, function(stage, shop)
      journey.send(stage, 'orders', { n = 1 })
      assert.are.equal('done', ended(stage))
      assert.are.same({ 1, 1, 1 }, shop.orders)
      assert.are.same({ 'after 201' }, journey.notes(stage))
    end)
  end)

  it('is sent again in an action that makes several calls, and only that one', function()
    local steps = '  - step: both\n    use: scripts.two_orders\n    on_unknown: again\n' .. POLICY
      .. note('after', 'after ${steps.both.statuses}')
    on_shop(steps, { answers = function(n) return n ~= 2 end }, function(stage, shop)
      journey.send(stage, 'orders', { n = 0 })
      assert.are.equal('done', ended(stage))
      assert.are.same({ 1, 2, 2 }, shop.orders)
      assert.are.same({ 'after 201 201' }, journey.notes(stage))
    end)
  end)

  it('is sent again after SIGKILL too', function()
    local again = ORDER:gsub('} }\n', '} }\n    on_unknown: again\n', 1)
    on_shop(again, { holds = true }, function(stage, shop)
      journey.send(stage, 'orders', { n = 1 })
      stage.wait_for('the order', 10000, function() return #shop.orders == 1 end)
      journey.crash(stage)
      assert.are.equal('done', ended(stage))
      assert.are.same({ 1, 1 }, shop.orders)
    end)
  end)
end)

describe('ladle resolve', function()
  it('--as done goes on with what the call answered', function()
    on_shop(ORDER, {}, function(stage, shop)
      journey.send(stage, 'orders', { n = 1 })
      local id = parked(stage)
      resolve(stage, id, '--as', 'done', '--output', '{"status":201}')
      assert.are.equal('done', ended(stage))
      assert.are.same({ 'after 201' }, journey.notes(stage))
      assert.are.same({ 1 }, shop.orders)
    end)
  end)

  it('--as not-done sends it again', function()
    on_shop(ORDER, {}, function(stage, shop)
      journey.send(stage, 'orders', { n = 1 })
      resolve(stage, parked(stage), '--as', 'not-done')
      assert.are.equal('done', ended(stage))
      assert.are.same({ 'after 201' }, journey.notes(stage))
      assert.are.same({ 1, 1 }, shop.orders)
    end)
  end)

  it('--as skip goes on without a result', function()
    on_shop(ORDER, {}, function(stage, shop)
      journey.send(stage, 'orders', { n = 1 })
      local id = parked(stage)
      resolve(stage, id, '--as', 'skip')
      assert.are.equal('done', ended(stage))
      assert.are.equal('skipped', journey.step(show(stage, id), 'order').error.kind)
      assert.are.same({ 'after ' }, journey.notes(stage))
      assert.are.same({ 1 }, shop.orders)
    end)
  end)

  it('answers for one call of an action, and its others are not repeated', function()
    local steps = '  - step: both\n    use: scripts.two_orders\n' .. note('after', 'after ${steps.both.statuses}')
    on_shop(steps, { answers = function(n) return n ~= 2 end }, function(stage, shop)
      journey.send(stage, 'orders', { n = 0 })
      local id = parked(stage)
      assert.are.equal('both/2', show(stage, id).unknown[1].step)
      resolve(stage, id, '--as', 'done', '--output', '{"status":299}')
      assert.are.equal('done', ended(stage))
      assert.are.same({ 'after 201 299' }, journey.notes(stage))
      assert.are.same({ 1, 2 }, shop.orders)
    end)
  end)

  it('refuses what it cannot do, and says why', function()
    on_shop(ORDER, { answers = function() return true end }, function(stage)
      journey.send(stage, 'orders', { n = 1 })
      local id = journey.await(stage, 'orders', 'done')[1].id
      local function refused(code, part, ...)
        local _, got, text = stage:cli('resolve', ...)
        assert.are.equal(code, got)
        assert.is_truthy(text:find(part, 1, true), text)
      end
      refused(1, 'done', id, '--as', 'not-done')
      refused(2, '--as done, --as not-done or --as skip', id)
      refused(2, 'done, not-done or skip is expected', id, '--as', 'maybe')
      refused(2, '--output goes with --as done', id, '--as', 'skip', '--output', '{}')
      refused(2, '--output is no JSON', id, '--as', 'done', '--output', '{')
      assert.are.equal('done', ended(stage))
    end)
  end)
end)
