-- Plays the tasks of a contact. There is no event for an update of a task, only for its completion.

local answer = require 'sandbox.answer'
local contacts = require 'sandbox.contacts'
local late = require 'sandbox.late'
local times = require 'sandbox.times'

local tasks = {}

function tasks.view(task)
  return {
    id = task.id, title = late.text(task, task.title), body = late.text(task, task.body), assignedTo = task.assignedTo,
    dueDate = times.iso(task.dueMs), completed = task.completed, contactId = task.contactId,
  }
end

function tasks.added(task)
  return times.iso(task.addedMs)
end

local function event(task)
  return {
    locationId = task.locationId, id = task.id, assignedTo = task.assignedTo, body = task.body,
    contactId = task.contactId, title = task.title, dateAdded = times.iso(task.addedMs),
    dueDate = times.iso(task.dueMs),
  }
end

local function record(call, effect, task)
  call.sandbox.ledger:add(call, {
    effect = effect, id = task.id, contactId = task.contactId, locationId = task.locationId,
    title = task.title, body = task.body, dueDate = times.iso(task.dueMs),
    completed = task.completed, assignedTo = task.assignedTo,
  })
end

-- The task that the path names and its place in the contact's list.
local function of_path(call)
  local contact = contacts.of_path(call)
  for i, task in ipairs(contact.tasks) do
    if task.id == call.params.taskId then
      return task, contact, i
    end
  end
  answer.refuse(400, ('Task with id %s not found'):format(call.params.taskId))
end

local function apply(task, body)
  task.title = body.title or task.title
  task.assignedTo = body.assignedTo or task.assignedTo
  if body.body then
    task.body = body.body
  end
  if body.dueDate then
    task.dueMs = times.parse(body.dueDate)
  end
  if body.completed ~= nil then
    task.completed = body.completed
  end
end

local function change(call, task, body)
  local was_completed = task.completed
  apply(task, body)
  if task.completed and not was_completed then
    record(call, 'task_completed', task)
    call.sandbox.webhooks:emit('TaskComplete', event(task))
  else
    record(call, 'task_updated', task)
  end
  return answer.ok { task = tasks.view(task) }
end

function tasks.list(call)
  return answer.ok { tasks = answer.list(late.shown(call, contacts.of_path(call).tasks, tasks.view)) }
end

function tasks.get(call)
  return answer.ok { task = tasks.view((of_path(call))) }
end

function tasks.create(call)
  local contact = contacts.of_path(call)
  local task = {
    id = call.sandbox.ids:id20(), contactId = contact.id, locationId = contact.locationId,
    addedMs = call.sandbox.now(),
  }
  apply(task, call.body)
  late.mark(call, task)
  contact.tasks[#contact.tasks + 1] = task
  record(call, 'task_created', task)
  call.sandbox.webhooks:emit('TaskCreate', event(task))
  return answer.created { task = tasks.view(task) }
end

function tasks.update(call)
  return change(call, (of_path(call)), call.body)
end

function tasks.update_completed(call)
  return change(call, (of_path(call)), call.body)
end

function tasks.delete(call)
  local task, contact, at = of_path(call)
  table.remove(contact.tasks, at)
  record(call, 'task_deleted', task)
  call.sandbox.webhooks:emit('TaskDelete', event(task))
  return answer.ok { succeded = true }
end

return tasks
