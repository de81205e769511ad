-- The module `host` as scripts meet it: real loopback HTTP, real files and processes.

local host = require 'host'
local json = require 'json'

local function serve(on_request)
  local address, server = host.serve { listen = '127.0.0.1:0', on_request = on_request }
  finally(function() server:close() end)
  return 'http://' .. address, server
end

local function temp()
  local folder = assert(host.mkdtemp('host-spec'))
  finally(function() host.rm_rf(folder) end)
  return folder
end

describe('serve and fetch', function()
  it('hand a request over whole and bring the answer back whole', function()
    local seen
    local url = serve(function(request)
      seen = request
      return { status = 201, headers = { ['X-One'] = '1', ['Content-Type'] = 'text/x' },
        body = 'made\0it' }
    end)
    local answer = host.fetch {
      method = 'PUT', url = url .. '/a%20b/c?x=1&y=a%26b', headers = { ['X-Two'] = '2' },
      body = 'in\0side',
    }
    assert.are.same({ 'PUT', '/a b/c', 'in\0side', '2', '127.0.0.1' },
      { seen.method, seen.path, seen.body, seen.headers['x-two'], seen.peer })
    assert.are.same({ x = '1', y = 'a&b' }, seen.query)
    assert.are.same({ 201, 'made\0it', '1', 'text/x' },
      { answer.status, answer.body, answer.headers['x-one'], answer.headers['content-type'] })
  end)

  it('answer 500 with the message where the function fails or answers nonsense', function()
    local url = serve(function(request)
      if request.path == '/raise' then
        error('it broke', 0)
      elseif request.path == '/bad' then
        return { status = 99 }
      elseif request.path == '/split' then
        return { headers = { ['X-A'] = 'b\r\nSet-Cookie: c' } }
      end
    end)
    local raised = host.fetch { url = url .. '/raise' }
    assert.are.equal(500, raised.status)
    assert.are.equal('it broke', json.decode(raised.body).error.message)
    assert.are.equal(500, host.fetch({ url = url .. '/nothing' }).status)
    assert.are.equal(500, host.fetch({ url = url .. '/bad' }).status)
    local split = host.fetch { url = url .. '/split' }
    assert.are.same({ 500, nil }, { split.status, split.headers['set-cookie'] })
  end)

  it('can drop a connection: the caller does not know what happened', function()
    local url = serve(function() return { drop = true } end)
    local answer, err = host.fetch { method = 'POST', url = url .. '/', body = 'x' }
    assert.is_nil(answer)
    assert.are.equal('unknown', err.kind)
  end)

  it('can answer late, while other requests are answered at once', function()
    local url = serve(function(request)
      return { body = request.path, delay_ms = request.path == '/slow' and 80 or nil }
    end)
    local order = {}
    for _, path in ipairs { '/slow', '/fast' } do
      host.fetch({ url = url .. path }, function(answer) order[#order + 1] = answer.body end)
    end
    while #order < 2 do
      host.turn(1000)
    end
    assert.are.same({ '/fast', '/slow' }, order)
  end)

  it('can drop late, and a server may close while an answer waits', function()
    local url, server = serve(function(request)
      return { drop = request.path == '/drop', delay_ms = request.path == '/drop' and 10 or 60000 }
    end)
    assert.are.equal('unknown', select(2, host.fetch { url = url .. '/drop' }).kind)
    local status
    host.fetch({ url = url .. '/wait' }, function(answer)
      status = answer and answer.status or 0
    end)
    host.sleep_ms(30)
    server:close()
    while not status do
      host.turn(1000)
    end
    assert.are.equal(503, status)
  end)

  it('tell a refused connection from a time-out', function()
    local _, refused = host.fetch { url = ('http://127.0.0.1:%d/'):format(host.free_port()) }
    assert.are.equal('unreachable', refused.kind)
    local url = serve(function() return { delay_ms = 60000 } end)
    local _, late = host.fetch { url = url, timeout_ms = 50 }
    assert.are.equal('unknown', late.kind)
  end)

  it('refuse what is no request', function()
    assert.has_error(function() host.fetch {} end)
    assert.has_error(function() host.fetch { url = 'http://127.0.0.1/', headers = { a = 1 } } end)
    assert.has_error(function() host.fetch { url = 'http://127.0.0.1/',
      headers = { a = 'b\nc' } } end)
    assert.has_error(function() host.fetch { url = 'http://127.0.0.1/', timeout_ms = -1 } end)
    assert.are.equal('config', select(2, host.fetch { url = 'ftp://127.0.0.1/' }).kind)
    assert.has_error(function() host.serve { listen = '127.0.0.1:0' } end)
    assert.has_error(function() host.serve { listen = 'nonsense', on_request = print } end)
  end)

  it('work inside a request: one server may ask another', function()
    local inner = serve(function() return { body = 'inner' } end)
    local outer = serve(function()
      return { body = host.fetch({ url = inner }).body .. ' through outer' }
    end)
    assert.are.equal('inner through outer', host.fetch({ url = outer }).body)
  end)

  it('survive a function that closes its own server', function()
    local server
    local url
    url, server = serve(function()
      server:close()
      return { body = 'too late' }
    end)
    assert.are.equal(503, host.fetch({ url = url }).status)
  end)

  it('leave a closed server alone', function()
    local _, server = serve(function() return {} end)
    server:close()
    server:close()
  end)
end)

describe('timers and the loop', function()
  it('run what is due in the order of its time', function()
    local order = {}
    host.after(20, function() order[#order + 1] = 'late' end)
    host.after(1, function() order[#order + 1] = 'soon' end)
    host.after(10, function() order[#order + 1] = 'never' end):stop()
    host.after(30, host.stop)
    host.run()
    assert.are.same({ 'soon', 'late' }, order)
  end)

  it('raise a callback\'s error out of the call that turned the loop', function()
    host.after(1, function() error('from a timer', 0) end)
    local ok, err = pcall(host.sleep_ms, 1000)
    assert.is_false(ok)
    assert.are.equal('from a timer', tostring(err))
    host.sleep_ms(1)
  end)

  it('let go of a call whose waiting was broken off', function()
    local url = serve(function() return { delay_ms = 60000 } end)
    host.after(1, function() error('enough', 0) end)
    assert.has_error(function() host.fetch { url = url } end)
  end)

  it('can be stopped twice and after they fired', function()
    local timer = host.after(0, function() end)
    host.sleep_ms(5)
    timer:stop()
    timer:stop()
    assert.has_error(function() host.after(-1, print) end)
    assert.has_error(function() host.after(1, 'no function') end)
  end)

  it('know the time', function()
    assert.are.equal(os.time(), host.now_ms() // 1000)
    local before = host.mono_ms()
    host.sleep_ms(3)
    assert.is_true(host.mono_ms() - before >= 3)
  end)
end)

describe('processes', function()
  it('report their exit code, output, folder and environment', function()
    local folder = temp()
    local process = host.spawn {
      argv = { '/bin/sh', '-c', 'echo "$A $B"; pwd; exit 3' },
      env = { A = 'one', HOME = false, B = 'two' },
      cwd = folder, output = folder .. '/out',
    }
    assert.is_true(process:pid() > 0)
    assert.are.same({ 3, 0 }, { process:wait(10000) })
    assert.are.same({ 3, 0 }, { process:wait() })
    assert.is_false(process:is_running())
    assert.are.equal('one two\n' .. folder .. '\n', host.read_file(folder .. '/out'))
    process:kill()
  end)

  it('can be killed, and waiting for one that goes on ends in time', function()
    local process = host.spawn { argv = { '/bin/sleep', '1000' } }
    local code, err = process:wait(10)
    assert.are.same({ nil, 'timeout' }, { code, err.kind })
    assert.is_true(process:is_running())
    process:kill('KILL')
    assert.are.same({ 0, 9 }, { process:wait(10000) })
  end)

  it('that cannot be started are an error', function()
    assert.has_error(function() host.spawn { argv = { '/no/such/program' } } end)
    assert.has_error(function() host.spawn { argv = {} } end)
    assert.has_error(function() host.spawn { argv = { 1 } } end)
    assert.has_error(function() host.spawn { argv = { '/bin/true' }, env = { A = 1 } } end)
    assert.has_error(function() host.spawn({ argv = { '/bin/true' } }):kill('NOPE') end)
  end)
end)

describe('files', function()
  it('are written, read, looked at and listed', function()
    local folder = temp()
    assert.is_true(host.write_file(folder .. '/a', 'x\0y', tonumber('600', 8)))
    assert.are.equal('x\0y', host.read_file(folder .. '/a'))
    local stat = host.stat(folder .. '/a')
    assert.are.same({ 'file', 3, tonumber('600', 8) }, { stat.kind, stat.size, stat.mode })
    assert.is_true(host.mkdir(folder .. '/b'))
    assert.is_true(host.mkdir(folder .. '/b'))
    local names = host.list(folder)
    table.sort(names)
    assert.are.same({ 'a', 'b' }, names)
  end)

  it('that are not there give nil and an error', function()
    for _, call in ipairs { host.read_file, host.stat, host.list } do
      local value, err = call('/no/such/thing')
      assert.are.same({ nil, 'not_found' }, { value, err.kind })
    end
    assert.is_nil((host.write_file('/no/such/thing', '')))
    assert.is_nil((host.append_line('/no/such/thing', '')))
  end)

  it('take lines at their end, also after they were removed', function()
    local path = temp() .. '/lines'
    assert.is_true(host.append_line(path, 'one'))
    assert.is_true(host.append_line(path, 'two\n', true))
    assert.are.equal('one\ntwo\n', host.read_file(path))
    os.remove(path)
    assert.is_true(host.append_line(path, 'three'))
    assert.are.equal('three\n', host.read_file(path))
  end)

  it('keep apart when there are more than are held open', function()
    local folder = temp()
    for round = 1, 2 do
      for i = 1, 20 do
        assert.is_true(host.append_line(('%s/%d'):format(folder, i), ('%d.%d'):format(i, round)))
      end
    end
    assert.are.equal('7.1\n7.2\n', host.read_file(folder .. '/7'))
  end)

  it('are removed with their folder, but never outside of the temporary one', function()
    local folder = temp()
    host.mkdir(folder .. '/deep')
    host.write_file(folder .. '/deep/file', 'x')
    os.execute(('ln -s / %s/deep/link'):format(folder))
    assert.has_error(function() host.rm_rf(folder .. '/deep/link') end)
    assert.is_true(host.rm_rf(folder))
    assert.is_nil((host.stat(folder)))
    assert.is_true(host.rm_rf(folder))
    assert.has_error(function() host.rm_rf('/usr') end)
    assert.has_error(function() host.rm_rf('/tmp') end)
    assert.has_error(function() host.rm_rf('/tmp/../etc') end)
  end)

  it('that are built in can be read', function()
    assert.is_truthy(host.embedded('scripts/sandbox/server.lua'):find('strict', 1, true))
    assert.is_nil(host.embedded('scripts/nothing.lua'))
    assert.is_true(#host.embedded_names('scripts/sandbox/') > 10)
  end)
end)

describe('signatures and digests', function()
  it('agree with published examples', function()
    -- RFC 8032, 7.1, test 2; RFC 4231, test case 2.
    local function bytes(hex)
      return (hex:gsub('%x%x', function(pair) return string.char(tonumber(pair, 16)) end))
    end
    local seed = '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb'
    local key = host.sign.ed25519_new(bytes(seed))
    assert.are.equal('92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' ..
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00', key:sign('\x72', 'hex'))
    assert.are.equal('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
      host.hmac('sha256', 'Jefe', 'what do ya want for nothing?'))
    assert.are.equal('ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=',
      host.base64(host.sha256('abc', 'raw')))
    assert.are.equal(host.sha256('abc', 'base64'), host.base64(host.sha256('abc', 'raw')))
  end)

  it('verify what was signed and nothing else', function()
    local key = host.sign.ed25519_new()
    local pem, signature = key:public_pem(), key:sign('message')
    assert.is_true(host.sign.verify(pem, 'message', signature))
    assert.is_false(host.sign.verify(pem, 'massage', signature))
    assert.is_false(host.sign.verify(pem, 'message', 'N/A'))
    assert.has_error(function() host.sign.verify('no key', 'message', signature) end)
    assert.has_error(function() host.sign.ed25519_new('short') end)
  end)

  it('decode base64, and refuse what is none', function()
    assert.are.equal('a\0b', host.base64_decode(host.base64('a\0b')))
    assert.is_nil((host.base64_decode('*')))
  end)

  it('make UUIDs that sort by age', function()
    local first, second = host.uuid(), host.uuid()
    assert.is_truthy(first:match('^%x+%-%x+%-7%x+%-[89ab]%x+%-%x+$'))
    assert.is_true(first < second)
  end)
end)

describe('the machine', function()
  it('tells its environment, folders and ports', function()
    assert.are.equal(os.getenv('PATH'), host.env('PATH'))
    assert.is_nil(host.env('LADLE_NO_SUCH_VARIABLE'))
    assert.is_boolean(host.is_terminal())
    assert.is_truthy(host.program():match('^/'))
    assert.is_truthy(host.cwd():match('^/'))
    assert.is_true(host.pid() > 1)
  end)

  it('gives each free port to one who asks only, and lets a server have it', function()
    local seen, last = {}, nil
    for _ = 1, 400 do
      last = host.free_port()
      assert.is_nil(seen[last])
      seen[last] = true
    end
    local address, server = host.serve { listen = '127.0.0.1:' .. last, on_request = function() return {} end }
    finally(function() server:close() end)
    assert.are.equal('127.0.0.1:' .. last, address)
    assert.are.equal(200, host.fetch({ url = 'http://' .. address .. '/' }).status)
  end)
end)

describe('the command `ladle lua`', function()
  local ladle = host.env('LADLE') or host.program()

  -- Runs a script with arguments: its exit code and what it wrote.
  local function run(text, ...)
    local folder = temp()
    host.write_file(folder .. '/script.lua', text)
    local argv = { ladle, 'lua', folder .. '/script.lua', ... }
    local process = host.spawn { argv = argv, output = folder .. '/out' }
    local code = process:wait(20000)
    local output = host.read_file(folder .. '/out') or ''
    return code, (output:gsub(folder:gsub('%p', '%%%0'), 'FOLDER'))
  end

  it('hands arguments over as Lua\'s own interpreter does, also those like options', function()
    local code, output = run('#!/usr/bin/env lua\nprint(arg[0], #arg, ...)', '--json', '-x', 'a b')
    assert.are.same({ 0, 'FOLDER/script.lua\t3\t--json\t-x\ta b\n' }, { code, output })
  end)

  it('has all of Lua\'s libraries and the engine\'s modules', function()
    local code, output = run([[
      assert(io and os and debug and coroutine and package and load)
      for _, name in ipairs { 'json', 'cjson', 'cjson.safe', 'dates', 'host', 'sandbox.server' } do
        assert(require(name), name)
      end
    ]])
    assert.are.same({ 0, '' }, { code, output })
  end)

  it('prints an error with its place and a traceback, and exits with 1', function()
    local code, output = run('local function inner() error("it broke") end\ninner()')
    assert.are.equal(1, code)
    assert.is_truthy(output:find('FOLDER/script.lua:1: it broke\nstack traceback:', 1, true))
    code, output = run('this is no Lua')
    assert.are.equal(1, code)
    assert.is_truthy(output:find('FOLDER/script.lua:1: syntax error', 1, true))
    code, output = run('error { kind = "not_found", message = "nobody there" }')
    assert.are.equal(1, code)
    assert.is_truthy(output:find('nobody there', 1, true))
  end)

  it('exits as os.exit says, and takes the children with it', function()
    local code, output = run([[
      local host = require 'host'
      local child = host.spawn { argv = { '/bin/sleep', '1000' } }
      print(child:pid())
      host.after(1, function() os.exit(7, true) end)
      host.run()
    ]])
    assert.are.equal(7, code)
    local path = ('/proc/%d/stat'):format(math.tointeger(tonumber(output)))
    local deadline = host.mono_ms() + 60000
    while (host.read_file(path) or ') Z'):match('%) (%u)') ~= 'Z' do
      assert(host.mono_ms() < deadline, 'the child lives on')
      host.turn(10)
    end
  end)

  it('stops a script that runs the loop on SIGTERM, and tells it so', function()
    local folder = temp()
    host.write_file(folder .. '/script.lua', [[
      local host = require 'host'
      host.after(0, function() print('ready') io.stdout:flush() end)
      print('signal', host.run())
    ]])
    local process = host.spawn {
      argv = { ladle, 'lua', folder .. '/script.lua' }, output = folder .. '/out',
    }
    while host.read_file(folder .. '/out') ~= 'ready\n' do
      host.turn(20)
    end
    process:kill('TERM')
    assert.are.same({ 0, 0 }, { process:wait(10000) })
    assert.are.equal('ready\nsignal\t15\n', host.read_file(folder .. '/out'))
  end)

  it('says that a file is not there', function()
    local output = temp() .. '/out'
    local process = host.spawn { argv = { ladle, 'lua', '/no/such/file' }, output = output }
    assert.are.same({ 2, 0 }, { process:wait(20000) })
    assert.is_truthy(host.read_file(output):find('cannot open /no/such/file', 1, true))
  end)
end)
