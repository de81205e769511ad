-- HighLevel: brand-boards.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local text = { 'string' }
local flag = { 'boolean' }
local maybe_text = { 'string', optional = true }
local maybe_flag = { 'boolean', optional = true }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }
local logos = { 'object', fields = { id = text, label = text, path = text, url = text } }
local fonts = { 'object', fields = { fallback = text, font = text, id = text, label = text } }
local logos_2 = { 'list', of = logos }
local fonts_2 = { 'list', of = fonts }
local meta = { 'object', fields = { lastAction = text, sourceId = text, sourceType = text, updatedBy = text } }
local maybe_logos = { 'list', optional = true, of = logos }
local maybe_fonts = { 'list', optional = true, of = fonts }
local colors = { 'object', fields = { hex = text, hexa = text, id = text, label = text, rgb = text, rgba = text } }
local colors_2 = { 'list', of = colors }
local maybe_colors = { 'list', optional = true, of = colors }

return {
  operations = {
    create_brand_board = {
      method = 'POST', path = '/brand-boards/', summary = 'Create a brand board',
      scopes = { 'brand-boards/design-kit.write' }, success = 201,
      input = {
        brandBoardId = maybe_text, colors = maybe_colors, default = maybe_flag, fonts = maybe_fonts,
        locationId = maybe_text_2, logos = maybe_logos, name = text, parentId = maybe_text,
        type = { 'string', optional = true, enum = { 'template', 'blank', 'snapshot' } },
      },
      output = {
        _id = text, colors = colors_2, createdAt = text, default = flag, deleted = flag, folderId = text,
        fonts = fonts_2, locationId = text, logos = logos_2, meta = meta, name = text, originId = text, parentId = text,
        updatedAt = text,
      },
    },
    delete_brand_board = {
      method = 'DELETE', path = '/brand-boards/{locationId}/{id}', summary = 'Delete a brand board',
      scopes = { 'brand-boards/design-kit.write' }, success = 200, input = { id = text, locationId = maybe_text_2 },
      output = {
        _id = text, colors = colors_2, createdAt = text, default = flag, deleted = flag, folderId = text,
        fonts = fonts_2, locationId = text, logos = logos_2, meta = meta, name = text, originId = text, parentId = text,
        updatedAt = text,
      },
    },
    get_brand_board_by_id = {
      method = 'GET', path = '/brand-boards/{locationId}/{id}', summary = 'Read a brand board',
      scopes = { 'brand-boards/design-kit.readonly' }, success = 200, input = { id = text, locationId = maybe_text_2 },
      output = {
        _id = text, colors = colors_2, createdAt = text, default = flag, deleted = flag, folderId = text,
        fonts = fonts_2, locationId = text, logos = logos_2, meta = meta, name = text, originId = text, parentId = text,
        updatedAt = text,
      },
    },
    get_brand_boards_by_location = {
      method = 'GET', path = '/brand-boards/{locationId}', summary = 'List brand boards',
      scopes = { 'brand-boards/design-kit.readonly' }, success = 200,
      query = { 'limit', 'offset', 'search', 'deleted' },
      input = {
        deleted = maybe_flag, limit = { 'number', optional = true }, locationId = maybe_text_2,
        offset = { 'number', optional = true }, search = maybe_text,
      },
      output = {
        brandBoards = {
          'list',
          of = { 'object', fields = { _id = text, default = flag, meta = meta, name = text, updatedAt = text } },
        },
        totalCount = { 'number' },
      },
    },
    update_brand_board = {
      method = 'PATCH', path = '/brand-boards/{locationId}/{id}', summary = 'Change a brand board',
      scopes = { 'brand-boards/design-kit.write' }, success = 200,
      input = {
        colors = maybe_colors, default = maybe_flag, fonts = maybe_fonts, id = text, locationId = maybe_text_2,
        logos = maybe_logos, name = maybe_text, parentId = maybe_text,
      },
      output = {
        _id = text, colors = colors_2, createdAt = text, default = flag, deleted = flag, folderId = text,
        fonts = fonts_2, locationId = text, logos = logos_2, meta = meta, name = text, originId = text, parentId = text,
        updatedAt = text,
      },
    },
  },
}
