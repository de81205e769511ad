-- HighLevel: custom-menus.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local text = { 'string' }
local flag = { 'boolean' }
local maybe_text = { 'string', optional = true }
local maybe_flag = { 'boolean', optional = true }
local custom_menu = {
  'object',
  fields = {
    allowCamera = flag, allowMicrophone = flag, icon = { 'object', fields = { fontFamily = text, name = text } },
    id = text, locations = { 'list', of = text }, openMode = text, order = { 'number' }, showOnCompany = flag,
    showOnLocation = flag, showToAllLocations = flag, title = text, url = text, userRole = text,
  },
}

return {
  operations = {
    create_custom_menu = {
      method = 'POST', path = '/custom-menus/', summary = 'Create a custom menu', scopes = { 'custom-menu-link.write' },
      access = 'parent', success = 201,
      input = {
        allowCamera = maybe_flag, allowMicrophone = maybe_flag,
        icon = { 'object', fields = { fontFamily = { 'string', enum = { 'fab', 'fas', 'far' } }, name = text } },
        locations = { 'list', of = text }, openMode = { 'string', enum = { 'iframe', 'new_tab', 'current_tab' } },
        showOnCompany = flag, showOnLocation = flag, showToAllLocations = flag, title = text, url = text,
        userRole = { 'string', enum = { 'all', 'admin', 'user' } },
      },
      output = { customMenu = custom_menu },
    },
    delete_custom_menu = {
      method = 'DELETE', path = '/custom-menus/{customMenuId}', summary = 'Delete a custom menu',
      scopes = { 'custom-menu-link.write' }, access = 'parent', success = 200, input = { customMenuId = text },
      output = { deletedAt = text, deletedMenuId = text, message = text, success = flag },
    },
    get_custom_menu_by_id = {
      method = 'GET', path = '/custom-menus/{customMenuId}', summary = 'Read a custom menu',
      scopes = { 'custom-menu-link.readonly' }, access = 'parent', success = 200, input = { customMenuId = text },
      output = { customMenu = custom_menu },
    },
    get_custom_menus = {
      method = 'GET', path = '/custom-menus/', summary = 'Read a custom menus',
      scopes = { 'custom-menu-link.readonly' }, access = 'parent', success = 200,
      query = { 'locationId', 'skip', 'limit', 'query', 'showOnCompany' },
      input = {
        limit = { 'number', optional = true }, locationId = maybe_text, query = maybe_text, showOnCompany = maybe_flag,
        skip = { 'number', optional = true },
      },
      output = { customMenus = { 'list', of = custom_menu }, totalLinks = { 'number' } },
    },
    update_custom_menu = {
      method = 'PUT', path = '/custom-menus/{customMenuId}', summary = 'Change a custom menu',
      scopes = { 'custom-menu-link.write' }, access = 'parent', success = 200,
      input = {
        allowCamera = maybe_flag, allowMicrophone = maybe_flag, customMenuId = text,
        icon = {
          'object', optional = true,
          fields = { fontFamily = { 'string', optional = true, enum = { 'fab', 'fas', 'far' } }, name = maybe_text },
        },
        locations = { 'list', optional = true, of = text },
        openMode = { 'string', optional = true, enum = { 'iframe', 'new_tab', 'current_tab' } },
        showOnCompany = maybe_flag, showOnLocation = maybe_flag, showToAllLocations = maybe_flag, title = maybe_text,
        url = maybe_text, userRole = { 'string', optional = true, enum = { 'all', 'admin', 'user' } },
      },
      output = { customMenu = custom_menu, success = flag },
    },
  },
}
