-- HighLevel: emails.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local text = { 'string' }
local flag = { 'boolean' }
local child = { 'list', of = text }
local maybe_text = { 'string', optional = true }
local maybe_flag = { 'boolean', optional = true }
local builder_version = { 'string', optional = true, enum = { '1', '2' } }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }

return {
  operations = {
    create_template = {
      method = 'POST', path = '/emails/builder', summary = 'Create a template (emails)',
      scopes = { 'emails/builder.write' }, success = 201,
      input = {
        builderVersion = builder_version,
        importProvider = { 'string', enum = { 'mailchimp', 'active_campaign', 'kajabi' } }, importURL = maybe_text,
        isPlainText = maybe_flag, locationId = maybe_text_2, name = maybe_text, parentId = maybe_text,
        templateDataUrl = maybe_text, templateSource = maybe_text, title = maybe_text,
        type = { 'string', enum = { 'html', 'folder', 'import', 'builder', 'blank' } }, updatedBy = maybe_text,
      },
      output = { redirect = text, traceId = text },
    },
    delete_template = {
      method = 'DELETE', path = '/emails/builder/{locationId}/{templateId}', summary = 'Delete a template (emails)',
      success = 200, input = { locationId = maybe_text_2, templateId = text }, output = { ok = text, traceId = text },
    },
    fetch_campaigns = {
      method = 'GET', path = '/emails/schedule', summary = 'List campaigns (emails)',
      scopes = { 'emails/schedule.readonly' }, success = 200,
      query = {
        'locationId', 'limit', 'offset', 'status', 'emailStatus', 'name', 'parentId', 'limitedFields', 'archived',
        'campaignsOnly', 'showStats',
      },
      input = {
        archived = maybe_flag, campaignsOnly = maybe_flag,
        emailStatus = {
          'string', optional = true,
          enum = {
            'all', 'not-started', 'paused', 'cancelled', 'processing', 'resumed', 'next-drip', 'complete', 'success',
            'error', 'waiting', 'queued', 'queueing', 'reading', 'scheduled',
          },
        },
        limit = { 'number', optional = true }, limitedFields = maybe_flag, locationId = maybe_text_2, name = maybe_text,
        offset = { 'number', optional = true }, parentId = maybe_text, showStats = maybe_flag,
        status = {
          'string', optional = true,
          enum = { 'active', 'pause', 'complete', 'cancelled', 'retry', 'draft', 'resend-scheduled' },
        },
      },
      output = {
        schedules = {
          'list',
          of = {
            'object',
            fields = {
              __v = { 'number' }, _id = text, archived = flag, bulkActionVersion = text, campaignType = text,
              child = child, childCount = { 'number' }, createdAt = text, deleted = flag, documentId = text,
              downloadUrl = text, enableResendToUnopened = flag, hasTracking = flag, hasUtmTracking = flag, id = text,
              isPlainText = flag, locationId = text, migrated = flag, name = text, parentId = text, repeatAfter = text,
              sendDays = child, status = text, templateDataDownloadUrl = text, templateId = text, templateType = text,
              updatedAt = text,
            },
          },
        },
        total = child, traceId = text,
      },
    },
    fetch_template = {
      method = 'GET', path = '/emails/builder', summary = 'Read a template (emails)',
      scopes = { 'emails/builder.readonly' }, success = 200,
      query = {
        'locationId', 'limit', 'offset', 'search', 'sortByDate', 'archived', 'builderVersion', 'name', 'parentId',
        'originId', 'templatesOnly',
      },
      input = {
        archived = maybe_text, builderVersion = builder_version, limit = maybe_text, locationId = maybe_text_2,
        name = maybe_text, offset = maybe_text, originId = maybe_text, parentId = maybe_text, search = maybe_text,
        sortByDate = maybe_text, templatesOnly = maybe_text,
      },
      output = {
        dateAdded = text, id = text, isPlainText = flag, lastUpdated = text, name = text, previewUrl = text,
        templateType = text, updatedBy = text, version = text,
      },
    },
    update_template = {
      method = 'POST', path = '/emails/builder/data', summary = 'Change a template (emails)',
      scopes = { 'emails/builder.write' }, success = 201,
      input = {
        dnd = { 'object', fields = { attrs = { 'object' }, elements = child, templateSettings = { 'object' } } },
        editorType = { 'string', enum = { 'html', 'builder' } }, html = text, isPlainText = maybe_flag,
        locationId = maybe_text_2, previewText = maybe_text, templateId = text, updatedBy = text,
      },
      output = { ok = text, previewUrl = text, templateDownloadUrl = text, traceId = text },
    },
  },
}
