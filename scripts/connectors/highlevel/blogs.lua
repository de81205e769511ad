-- HighLevel: blogs.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local number = { 'number' }
local text = { 'string' }
local categories = { 'list', of = text }
local maybe_text = { 'string', optional = true }
local maybe_tags = { 'list', optional = true, of = text }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }
local status = { 'string', enum = { 'DRAFT', 'PUBLISHED', 'SCHEDULED', 'ARCHIVED' } }
local data = {
  'object',
  fields = {
    _id = text, archived = { 'boolean' }, author = text, canonicalLink = text, categories = categories,
    description = text, imageAltText = text, imageUrl = text, publishedAt = text, status = text, tags = categories,
    title = text, updatedAt = text, urlSlug = text,
  },
}

return {
  operations = {
    check_url_slug_exists = {
      method = 'GET', path = '/blogs/posts/url-slug-exists',
      summary = 'Check whether the address of a blog post is taken', scopes = { 'blogs/check-slug.readonly' },
      success = 200, query = { 'urlSlug', 'locationId', 'postId' },
      input = { locationId = maybe_text_2, postId = maybe_text, urlSlug = text }, output = { exists = { 'boolean' } },
    },
    create_blog_post = {
      method = 'POST', path = '/blogs/posts', summary = 'Create a blog post', scopes = { 'blogs/post.write' },
      success = 200,
      input = {
        author = text, blogId = text, canonicalLink = maybe_text, categories = categories, description = text,
        imageAltText = text, imageUrl = text, locationId = maybe_text_2, publishedAt = text, rawHTML = text,
        status = status, tags = maybe_tags, title = text, urlSlug = text,
      },
      output = { data = data },
    },
    get_all_blog_authors_by_location = {
      method = 'GET', path = '/blogs/authors', summary = 'List blog authors', scopes = { 'blogs/author.readonly' },
      success = 200, query = { 'locationId', 'limit', 'offset' },
      input = { limit = number, locationId = maybe_text_2, offset = number },
      output = {
        authors = {
          'list',
          of = {
            'object', fields = { _id = text, canonicalLink = text, locationId = text, name = text, updatedAt = text },
          },
        },
      },
    },
    get_all_categories_by_location = {
      method = 'GET', path = '/blogs/categories', summary = 'List categories (blogs)',
      scopes = { 'blogs/category.readonly' }, success = 200, query = { 'locationId', 'limit', 'offset' },
      input = { limit = number, locationId = maybe_text_2, offset = number },
      output = {
        categories = {
          'list',
          of = {
            'object',
            fields = {
              _id = text, canonicalLink = text, label = text, locationId = text, updatedAt = text, urlSlug = text,
            },
          },
        },
      },
    },
    get_blog_post = {
      method = 'GET', path = '/blogs/posts/all', summary = 'List blog posts', scopes = { 'blogs/posts.readonly' },
      success = 200, query = { 'locationId', 'blogId', 'limit', 'offset', 'searchTerm', 'status' },
      input = {
        blogId = text, limit = number, locationId = maybe_text_2, offset = number, searchTerm = maybe_text,
        status = { 'string', optional = true, enum = { 'PUBLISHED', 'SCHEDULED', 'ARCHIVED', 'DRAFT' } },
      },
      output = { blogs = { 'list', of = data } },
    },
    get_blogs = {
      method = 'GET', path = '/blogs/site/all', summary = 'List blogs', scopes = { 'blogs/list.readonly' },
      success = 200, query = { 'locationId', 'skip', 'limit', 'searchTerm' },
      input = { limit = number, locationId = maybe_text_2, searchTerm = maybe_text, skip = number },
      output = { data = { 'list', of = { 'object', fields = { _id = text, name = text } } } },
    },
    update_blog_post = {
      method = 'PUT', path = '/blogs/posts/{postId}', summary = 'Change a blog post',
      scopes = { 'blogs/post-update.write' }, success = 200,
      input = {
        author = text, blogId = text, canonicalLink = maybe_text, categories = categories, description = text,
        imageAltText = text, imageUrl = text, locationId = maybe_text_2, postId = text, publishedAt = text,
        rawHTML = text, status = status, tags = maybe_tags, title = text, urlSlug = text,
      },
      output = { updatedBlogPost = data },
    },
  },
}
