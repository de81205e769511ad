-- Recipes that answer their own effects: they are stopped after so many rounds, and the reason is told.
package.path = './spec/support/?.lua;' .. package.path
local flow = require 'flow'
local stages = require 'stages'

local MOST = 20 -- runs of one key in a minute that effects of the engine's own may start

local function recipe(name, event, top, steps)
  return ('recipe: %s\nneeds: { crm: highlevel }\nwhen: [crm.%s]\n%sdo:\n%s'):format(name, event, top, steps)
end

-- The sandbox tells of each change, so the note brings note_created, which brings the next note.
local NOTES = '  - step: note\n    use: crm.create_note\n    with: { contactId: = event.contactId, body: again }\n'
local ONES = { ['notes.yaml'] = recipe('notes', 'note_created', '', NOTES) }
local PAIR = {
  ['ping.yaml'] = recipe('ping', 'note_created', 'key: = event.contactId\n',
    '  - step: tag\n    use: crm.add_tags\n    with: { contactId: = event.contactId, tags: ["${meta.id}"] }\n'),
  ['pong.yaml'] = recipe('pong', 'contact_tag_updated', 'key: = event.id\n',
    '  - step: note\n    use: crm.create_note\n    with: { contactId: = event.id, body: again }\n'),
}

local function begin(stage)
  stages.crm(stage, 'POST', '/contacts/nmFmQEsNgz6AVpgLVUJ0/notes', { body = 'the first' })
end

local function parked(stage)
  return stage.wait_for('a run that is parked', 60000, function()
    return stage:runs('--state', 'parked')[1]
  end)
end

describe('a recipe that answers its own effect', function()
  it('is warned of by ladle check', function()
    local stage = flow.stage(ONES)
    finally(function() stage:close() end)
    stage:start_sandbox()
    stage:write_config()
    local documents, code = stage:cli('check', '--json')
    assert.are.equal(0, code)
    local warning = documents[1].warnings[1]
    assert.are.equal('recipes/notes.yaml', warning.file)
    assert.are.same({ 6, 10 }, { warning.line, warning.column })
    assert.is_truthy(warning.message:find('crm.create_note brings crm.note_created', 1, true), warning.message)
  end)

  it('is parked after so many rounds, and goes on with ladle retry', function()
    flow.on_stage(ONES, nil, function(stage)
      begin(stage)
      local run = parked(stage)
      assert.are.equal('config', run.error.kind)
      assert.is_truthy(run.error.message:find('more than 20 runs of notes about', 1, true), run.error.message)
      -- The first note was written by somebody else, so the first run is no echo.
      assert.are.equal(1 + MOST + 1, #stage:ledger 'note_created')
      local advice = table.concat(flow.show(stage, run.id).advice, ' ')
      assert.is_truthy(advice:find('ladle retry ' .. run.id, 1, true), advice)
      local _, code = stage:cli('retry', run.id)
      assert.are.equal(0, code)
      stage.wait_for('the run to end', 30000, function() return flow.show(stage, run.id).state == 'done' end)
      assert.are.equal(1 + MOST + 2, #stage:ledger 'note_created')
      parked(stage)
    end)
  end)
end)

describe('two recipes that answer each other', function()
  it('are parked too', function()
    flow.on_stage(PAIR, nil, function(stage)
      begin(stage)
      local run = parked(stage)
      assert.is_truthy(run.error.message:find('about nmFmQEsNgz6AVpgLVUJ0 within a minute', 1, true), run.error.message)
      assert.is_true(#stage:ledger 'note_created' <= MOST + 3)
    end)
  end)
end)

describe('a recipe that many events start', function()
  it('is not held back where its own effects did not bring them', function()
    flow.on_stage({ ['tasks.yaml'] = recipe('tasks', 'note_created', 'key: = event.contactId\n',
      '  - step: task\n    use: crm.create_task\n    with: { contactId: = event.contactId, title: Read it, '
        .. 'dueDate: "2030-01-01", completed: false }\n') }, nil, function(stage)
      for _ = 1, MOST + 5 do begin(stage) end
      stage.wait_for('all tasks', 60000, function() return #stage:ledger 'task_created' == MOST + 5 end)
      local runs = stage:settle()
      assert.are.equal(MOST + 5, #runs)
      for _, run in ipairs(runs) do assert.are.equal('done', run.state) end
    end)
  end)
end)
