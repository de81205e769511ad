-- Corrects the vendor's files where they are wrong, silent or not to be taken at their word: what
-- holds instead, and why. By the file and the vendor's own id of the operation.
--   fields       descriptors of single fields
--   drop_fill    fields that the connection must not fill in
--   body         'whole': one field `body` is the whole JSON body, as the file says nothing about it
--   both         fields that go into the query and into the body
--   unsupported  why it cannot be called
-- Others are members of the operation, and replace what is generated.

local files = 'it takes a file as multipart/form-data; recipes carry no files'
local tokens = 'the engine itself asks for tokens, keeps them and renews them; see `ladle connect`'

return {
  -- The path has {type}, which the file does not declare, and no scope is named. Other sources agree on
  -- both: the two values, and the scope of all that writes to contacts.
  ['contacts.create-association'] = {
    fields = { type = { 'string', enum = { 'add', 'remove' } } },
    scopes = { 'contacts.write' },
    summary = 'Add tags to, or remove them from, many contacts',
  },
  -- No scope is named; as above. null is documented as what takes the contacts out.
  ['contacts.add-remove-contact-from-business'] = {
    scopes = { 'contacts.write' },
    fields = { businessId = { 'string', nullable = true } },
  },
  -- The schema of the body is an empty object. What is known of it comes from integrators; the
  -- hand-written operation says it.
  ['contacts.search-contacts-advanced'] = {
    fields = {
      locationId = { 'string', from_connection = 'location', optional = true },
      pageLimit = { 'number', default = 100 },
      page = { 'number', optional = true },
      query = { 'string', optional = true },
      filters = { 'list', optional = true },
      sort = { 'list', optional = true },
      searchAfter = { 'list', optional = true },
    },
  },
  -- The schema of the body is an empty object: it depends on the custom object.
  ['objects.create-object-record'] = { body = 'whole' },
  ['objects.update-object-record'] = { body = 'whole' },
  -- `type` is declared twice, in the query and in the body.
  ['ad-manager.google-upsert-segment'] = { both = { 'type' } },
  -- It would delete the very account that the connection works for: that one has to be named.
  ['locations.delete-location'] = { drop_fill = { 'locationId' } },
  ['marketplace.uninstall-application'] = { drop_fill = { 'companyId', 'locationId' } },

  ['oauth.get-access-token'] = { unsupported = tokens },
  ['oauth.get-location-access-token'] = { unsupported = tokens },

  ['conversations.upload-file-attachments'] = { unsupported = files },
  ['forms.upload-to-custom-fields'] = { unsupported = files },
  ['locations.upload-file-customFields'] = { unsupported = files },
  ['medias.upload-media-content'] = { unsupported = files },
  ['social-media-posting.upload-csv'] = { unsupported = files },
}
