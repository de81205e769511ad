-- Turns the vendor's JSON schemas into descriptors (connector/schema.h): the type first, then
-- optional, nullable, enum, of, fields. What the vendor leaves open, contradicts or nests too deep
-- becomes `object`, `list` or `any`: a fact that is not there is not made up.

local DEPTH = { input = 7, output = 4 } -- levels of fields; deeper ones are objects without fields

local types = {}

local convert

-- What a reference stands for; nil where it is not in this document.
local function resolve(schema, document)
  for _ = 1, 10 do
    local ref = schema['$ref']
    if not ref then
      return schema
    end
    local found = document
    for part in ref:sub(2):gmatch('[^/]+') do
      found = type(found) == 'table' and found[part] or nil
    end
    if ref:sub(1, 1) ~= '#' or not found then
      return nil
    end
    schema = found
  end
  return nil
end

local function is_list(value)
  return type(value) == 'table' and #value > 0
end

-- One of the parts, or of all: their fields together. A field that the parts describe differently may
-- be anything; with `any_of`, only what every part requires is required.
local function merge(parts, any_of)
  local merged, required_by = { type = 'object', properties = {} }, {}
  for _, part in ipairs(parts) do
    for name, property in pairs(part.properties or {}) do
      local known = merged.properties[name]
      if known and (known.type ~= property.type or known['$ref'] ~= property['$ref']) then
        property = {}
      end
      merged.properties[name] = property
    end
    for _, name in ipairs(is_list(part.required) and part.required or {}) do
      required_by[name] = (required_by[name] or 0) + 1
    end
    merged.nullable = merged.nullable or part.nullable
  end
  merged.required = {}
  for name, count in pairs(required_by) do
    if not any_of or count == #parts then
      table.insert(merged.required, name)
    end
  end
  return merged
end

local function all_objects(parts)
  for _, part in ipairs(parts) do
    if not part.properties then
      return false
    end
  end
  return true
end

-- allOf, oneOf and anyOf as one schema; {} (anything) where the parts are not alike.
local function flatten(schema, document, depth)
  local list = schema.allOf or schema.oneOf or schema.anyOf
  if not is_list(list) or depth > 10 then
    return schema
  end
  local parts = {}
  for _, one in ipairs(list) do
    local found = resolve(one, document)
    table.insert(parts, found and flatten(found, document, depth + 1) or {})
  end
  local result = #parts == 1 and parts[1] or all_objects(parts) and merge(parts, not schema.allOf) or {}
  if schema.nullable and not result.nullable then
    result = setmetatable({ nullable = true }, { __index = result })
  end
  return result
end

local plain_types = { string = 'string', number = 'number', integer = 'integer', boolean = 'boolean' }

-- An object without fields whose example is a plain value: the vendor's tools write that for what they do
-- not understand, a Date for one. Texts that show an object stay objects.
local function type_of_example(example)
  local kind = type(example)
  if kind == 'string' then
    return not example:find('^%s*{') and 'string' or 'object'
  elseif kind == 'number' or kind == 'boolean' then
    return kind
  end
  return (kind == 'table' and #example > 0) and 'any' or 'object'
end

local function type_of(schema)
  local name = schema.type
  if name == 'object' and not schema.properties and schema.example ~= nil then
    return type_of_example(schema.example)
  elseif plain_types[name] then
    return name
  elseif name == 'array' then
    return 'list'
  elseif name == 'object' or schema.properties then
    return 'object'
  end
  return schema.enum and 'string' or 'any'
end

local lua_types = { string = 'string', number = 'number', integer = 'number', boolean = 'boolean' }

-- The allowed values; nil where they are not of the type that they are said to have.
local function enum_of(schema, kind)
  local seen, values = {}, {}
  for _, value in ipairs(is_list(schema.enum) and schema.enum or {}) do
    if type(value) ~= lua_types[kind] then
      return nil
    end
    if not seen[value] then
      seen[value] = true
      table.insert(values, value)
    end
  end
  return #values > 0 and values or nil
end

local function fields_of(schema, side, document, depth, trail)
  if depth >= DEPTH[side] or not schema.properties or not next(schema.properties) then
    return nil
  end
  local required, fields = {}, {}
  for _, name in ipairs(is_list(schema.required) and schema.required or {}) do
    required[name] = true
  end
  -- The value of a custom field: the vendor's text says that id or key will do, its schema wants the id.
  local known = schema.properties
  if known.id and known.key and (known.field_value or known.fieldValue) then
    required.id = nil
  end
  for name, property in pairs(schema.properties) do
    if type(property) == 'table' then
      fields[name] = convert(property, side, document, depth + 1, trail)
      fields[name].optional = side == 'input' and not required[name] or nil
    end
  end
  return fields
end

-- What stands in a list; the vendor's tools write an enum of items beside the list now and then.
local function of_items(schema, side, document, depth, trail)
  local items = type(schema.items) == 'table' and schema.items or {}
  local of = convert(items, side, document, depth + 1, trail)
  if of[1] == 'any' and not next(of, 1) then
    return nil
  end
  return of
end

-- A descriptor of the schema. `trail` holds the references that lead here: one that comes again is
-- cut, as it would go on for ever.
function convert(schema, side, document, depth, trail)
  local ref = schema['$ref'] or (schema.allOf and #schema.allOf == 1 and schema.allOf[1]['$ref'])
  if ref and trail[ref] then
    return { 'object' }
  end
  local deeper = ref and setmetatable({ [ref] = true }, { __index = trail }) or trail
  local found = resolve(schema, document)
  if not found then
    return { 'any' }
  end
  found = flatten(found, document, 0)
  local kind = type_of(found)
  local descriptor = { kind, nullable = found.nullable == true or nil }
  if kind == 'object' and not (found.additionalProperties and side == 'input') then
    descriptor.fields = fields_of(found, side, document, depth, deeper)
  elseif kind == 'list' then
    descriptor.of = of_items(found, side, document, depth, deeper)
  elseif side == 'input' then
    descriptor.enum = enum_of(found, kind)
  end
  if side == 'input' and kind == 'string' and found.format == 'date-time' then
    descriptor[1] = 'date'
  end
  return descriptor
end

-- The descriptor of a schema in `document`; `side` is 'input' or 'output'.
function types.descriptor(schema, side, document)
  return convert(schema, side, document, 0, {})
end

-- A schema without its references: what is needed of it at the top.
function types.flat(schema, document)
  local found = resolve(schema, document)
  return found and flatten(found, document, 0) or {}
end

return types
