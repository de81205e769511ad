-- HighLevel: medias.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local text = { 'string' }
local flag = { 'boolean' }
local maybe_text = { 'string', optional = true }
local alt_type = { 'string', default = 'location', enum = { 'location' } }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }

return {
  operations = {
    bulk_delete_media_objects = {
      method = 'PUT', path = '/medias/delete-files', summary = 'Delete many files and folders of the media library',
      success = 200,
      input = {
        altId = maybe_text_2, altType = alt_type,
        filesToBeDeleted = { 'list', of = { 'object', fields = { _id = text } } },
        status = { 'string', enum = { 'deleted', 'trashed' } },
      },
      returns = { 'any' },
    },
    bulk_update_media_objects = {
      method = 'PUT', path = '/medias/update-files', summary = 'Change many files and folders of the media library',
      success = 200,
      input = {
        altId = maybe_text_2, altType = alt_type,
        filesToBeUpdated = { 'list', of = { 'object', fields = { id = text, name = maybe_text } } },
      },
      returns = { 'any' },
    },
    create_media_folder = {
      method = 'POST', path = '/medias/folder', summary = 'Create a folder in the media library', success = 200,
      input = { altId = maybe_text_2, altType = alt_type, name = text, parentId = maybe_text },
      output = {
        altId = text, altType = text, appFolder = flag, category = text, deleted = flag, isEssential = flag,
        isPrivate = flag, lastUpdatedBy = text, migrationCompleted = flag, name = text, parentId = text,
        pendingUpload = flag, relocatedFolder = flag, status = text, subCategory = text, type = text,
      },
    },
    delete_media_content = {
      method = 'DELETE', path = '/medias/{id}', summary = 'Delete a file or folder of the media library',
      scopes = { 'medias.write' }, success = 200, query = { 'altType', 'altId' },
      input = { altId = maybe_text_2, altType = alt_type, id = text },
    },
    fetch_media_content = {
      method = 'GET', path = '/medias/files', summary = 'List files and folders of the media library',
      scopes = { 'medias.readonly' }, success = 200,
      query = { 'offset', 'limit', 'sortBy', 'sortOrder', 'type', 'query', 'altType', 'altId', 'parentId', 'fetchAll' },
      input = {
        altId = maybe_text_2, altType = alt_type, fetchAll = maybe_text, limit = maybe_text, offset = maybe_text,
        parentId = maybe_text, query = maybe_text, sortBy = text, sortOrder = text, type = text,
      },
      output = { files = { 'list', of = text } },
    },
    update_media_object = {
      method = 'POST', path = '/medias/{id}', summary = 'Change a file or folder of the media library', success = 200,
      input = { altId = maybe_text_2, altType = alt_type, id = text, name = text }, returns = { 'any' },
    },
    upload_media_content = {
      method = 'POST', path = '/medias/upload-file', summary = 'Upload a file to the media library',
      scopes = { 'medias.write' }, success = 200,
      unsupported = 'it takes a file as multipart/form-data; recipes carry no files',
      input = {
        file = maybe_text, fileUrl = maybe_text, hosted = { 'boolean', optional = true }, name = maybe_text,
        parentId = maybe_text,
      },
      output = { fileId = text, url = text },
    },
  },
}
