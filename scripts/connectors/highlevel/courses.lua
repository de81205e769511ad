-- HighLevel: courses.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local text = { 'string' }
local maybe_text = { 'string', optional = true }
local visibility = { 'string', enum = { 'published', 'draft' } }
local maybe_post_materials = { 'list', optional = true, of = { 'object' } }

return {
  operations = {
    import_courses = {
      method = 'POST', path = '/courses/courses-exporter/public/import', summary = 'Import courses', success = 201,
      input = {
        locationId = { 'string', optional = true, from_connection = 'location' },
        products = {
          'list',
          of = {
            'object',
            fields = {
              categories = {
                'list',
                of = {
                  'object',
                  fields = {
                    posts = {
                      'list', optional = true,
                      of = {
                        'object',
                        fields = {
                          bucketVideoUrl = maybe_text,
                          contentType = { 'string', enum = { 'video', 'assignment', 'quiz' } }, description = text,
                          postMaterials = maybe_post_materials, thumbnailUrl = maybe_text, title = text,
                          visibility = visibility,
                        },
                      },
                    },
                    subCategories = {
                      'list', optional = true,
                      of = {
                        'object',
                        fields = {
                          posts = maybe_post_materials, thumbnailUrl = maybe_text, title = text,
                          visibility = visibility,
                        },
                      },
                    },
                    thumbnailUrl = maybe_text, title = text, visibility = visibility,
                  },
                },
              },
              description = text, imageUrl = maybe_text,
              instructorDetails = { 'object', optional = true, fields = { description = text, name = text } },
              title = text,
            },
          },
        },
        userId = maybe_text,
      },
    },
  },
}
