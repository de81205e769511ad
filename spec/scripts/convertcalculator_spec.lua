-- What comes in from ConvertCalculator has no documented shape: the receiver makes sense of what it can, always
-- in the same way, and keeps the rest.

local json = require 'json'

local connector = require 'connectors.convertcalculator'

-- The only event of a delivery.
local function received(body, content_type)
  local result = connector.receive(type(body) == 'string' and body or json.encode(body), content_type)
  assert.are.equal(1, #result.events)
  local event = result.events[1]
  assert.are.equal('submission_received', event.type)
  return event.payload, event.key, result.rule
end

local function sample()
  local file <close> = assert(io.open 'scripts/connectors/samples/convertcalculator/submission_received.json')
  return file:read 'a'
end

describe('a submission', function()
  it('is read from the shape that is expected', function()
    local payload, key, rule = received(sample(), 'application/json')
    assert.are.equal('k3Yp9sTqWm2RzXvBd', key)
    assert.are.equal('submissionId', rule)
    assert.are.equal('submissionId', payload.key_rule)
    assert.are.equal('HfJXPJuj5pDCEpLfr', payload.calculator_id)
    assert.are.equal('Roof quote', payload.calculator_name)
    assert.are.equal('jane.doe@example.com', payload.email)
    assert.are.equal('+1 555 0100', payload.phone)
    assert.are.equal('Jane Doe', payload.name)
    assert.are.equal(120, payload.fields['Roof area (m2)'])
    assert.are.equal('$5,400.00', payload.results.Price.text)
    assert.are.equal(5400, payload.results.Price.value)
    assert.are.equal('Roof quote', payload.raw.calculatorName)
  end)

  it('is read from a flat object', function()
    local payload, key, rule = received {
      id = 77, ['Your e-mail'] = 'jane@example.com', Telephone = '020 123 4567', ['First name'] = 'Jane',
      ['Last name'] = 'Doe',
    }
    assert.are.equal('77', key)
    assert.are.equal('id', rule)
    assert.are.equal('jane@example.com', payload.email)
    assert.are.equal('020 123 4567', payload.phone)
    assert.are.equal('Jane Doe', payload.name)
    assert.is_nil(payload.fields.id)
  end)

  it('is read from a form', function()
    local payload, key = received('submission_id=s1&E-mail=jane%40example.com&Full+name=Jane+Doe',
      'application/x-www-form-urlencoded; charset=utf-8')
    assert.are.equal('s1', key)
    assert.are.equal('jane@example.com', payload.email)
    assert.are.equal('Jane Doe', payload.name)
  end)

  it('is read from a form that holds JSON', function()
    local payload = received('payload=%7B%22_id%22%3A%22x1%22%2C%22email%22%3A%22a%40b.nl%22%7D',
      'application/x-www-form-urlencoded')
    assert.are.equal('x1', payload.submission_id)
    assert.are.equal('a@b.nl', payload.email)
  end)

  it('has no key where it has no id, and says so', function()
    local payload, key, rule = received { email = 'a@b.nl' }
    assert.is_nil(key)
    assert.are.equal('body', rule)
    assert.are.equal('body', payload.key_rule)
  end)

  it('does not take the id of the calculator for its key', function()
    for _, object in ipairs {
      { id = 'calc1', calculatorId = 'calc1', email = 'a@b.nl' },
      { id = 'calc1', calculator = { id = 'calc1', name = 'Roof' }, email = 'a@b.nl' },
      { id = 'calc1', calculatorName = 'Roof', fields = { { name = 'E-mail', value = 'a@b.nl' } } },
      { _id = 'calc1', name = 'Roof', questions = { { title = 'Area', value = 1 } } },
    } do
      local _, key, rule = received(object)
      assert.is_nil(key)
      assert.are.equal('body', rule)
    end
    local _, key = received { id = 's1', calculatorId = 'calc1', email = 'a@b.nl' }
    assert.are.equal('s1', key)
  end)

  it('finds the address by its type before its name, and by its name before its look', function()
    local by_type = received {
      fields = {
        { name = 'E-mail of a friend', type = 'text', value = 'friend@example.com' },
        { name = 'Contact', type = 'email', value = 'me@example.com' },
      },
    }
    assert.are.equal('me@example.com', by_type.email)
    local by_name = received { Aaa = 'other@example.com', ['My email'] = 'me@example.com' }
    assert.are.equal('me@example.com', by_name.email)
    local by_look = received { Contact = 'me@example.com' }
    assert.are.equal('me@example.com', by_look.email)
  end)

  it('takes the label of an address field whose value is not the address', function()
    local field = { name = 'E-mail', type = 'email', value = true, label = 'me@example.com' }
    local payload = received { fields = { field } }
    assert.are.equal('me@example.com', payload.email)
  end)

  it('takes nothing for an address or a number that is none', function()
    local payload = received { email = 'not an address', phone = 'call me', age = 42 }
    assert.is_nil(payload.email)
    assert.is_nil(payload.phone)
  end)

  it('keeps numbers exact and empty lists as lists', function()
    local payload = received '{"id":"x","n":9007199254740993,"list":[],"none":null}'
    assert.are.equal(9007199254740993, payload.fields.n)
    assert.are.equal('[]', json.encode(payload.raw.list))
    assert.is_nil(payload.fields.none)
  end)

  it('carries the id of the contact that the page put into it', function()
    local payload = received { fields = { { name = 'crm_contact_id', value = 'ocQHyuzHvysMo5N5VsXc' } } }
    assert.are.equal('ocQHyuzHvysMo5N5VsXc', payload.contact_id)
  end)

  it('can be sent again as it was normalised', function()
    local payload = received(sample())
    assert.are.same(payload, json.decode(json.encode(payload)))
  end)
end)

describe('a delivery', function()
  it('may hold several submissions', function()
    local result = connector.receive('[{"id":"a"},{"id":"b"},{"id":"c"}]', 'application/json')
    assert.are.equal(3, #result.events)
    assert.are.equal('b', result.events[2].key)
  end)

  it('is refused where it is no object, list or form', function()
    for _, body in ipairs { '5', '"text"', '[1]', '{', '', 'a=1' } do
      assert.is_false((pcall(connector.receive, body, 'application/json')), body)
    end
  end)

  it('does not take long to refuse what was made to take long', function()
    local payload = received { id = 'x', text = string.rep('a@', 20000), digits = string.rep('1 ', 20000) }
    assert.is_nil(payload.email)
    assert.is_nil(payload.phone)
  end)
end)

describe('the connector', function()
  it('calls engines at the hosts of the vendor without a word', function()
    assert.are.same({
      'convertcalculator.com', '*.convertcalculator.com', 'convertcalculator.co', '*.convertcalculator.co',
    }, connector.operations.run_engine.free.hosts)
  end)
end)
