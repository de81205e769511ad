-- HighLevel: snapshots.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local text = { 'string' }
local maybe_text = { 'string', optional = true, from_connection = 'agency' }

return {
  operations = {
    create_snapshot_share_link = {
      method = 'POST', path = '/snapshots/share/link', summary = 'Create a snapshot share link', access = 'parent',
      success = 201, query = { 'companyId' },
      input = {
        companyId = maybe_text, relationship_number = { 'string', optional = true },
        share_location_id = { 'string', optional = true },
        share_type = { 'string', enum = { 'link', 'permanent_link', 'agency_link', 'location_link' } },
        snapshot_id = text,
      },
      output = { id = text, shareLink = text },
    },
    get_custom_snapshots = {
      method = 'GET', path = '/snapshots/', summary = 'List snapshots', access = 'parent', success = 200,
      query = { 'companyId' }, input = { companyId = maybe_text },
      output = { snapshots = { 'list', of = { 'object', fields = { id = text, name = text, type = text } } } },
    },
    get_latest_snapshot_push = {
      method = 'GET', path = '/snapshots/snapshot-status/{snapshotId}/location/{locationId}',
      summary = 'Read the latest push of a snapshot to a location', access = 'parent', success = 200,
      query = { 'companyId' },
      input = {
        companyId = maybe_text, locationId = { 'string', optional = true, from_connection = 'location' },
        snapshotId = text,
      },
      output = {
        data = {
          'object',
          fields = {
            completed = { 'list', of = text }, id = text, locationId = text, pending = { 'list', of = text },
            status = text,
          },
        },
      },
    },
    get_snapshot_push = {
      method = 'GET', path = '/snapshots/snapshot-status/{snapshotId}', summary = 'List the pushes of a snapshot',
      access = 'parent', success = 200, query = { 'companyId', 'from', 'to', 'lastDoc', 'limit' },
      input = { companyId = maybe_text, from = text, lastDoc = text, limit = text, snapshotId = text, to = text },
      output = {
        data = {
          'list', of = { 'object', fields = { dateAdded = text, id = text, locationId = text, status = text } },
        },
      },
    },
  },
}
