-- HighLevel: knowledge-base.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local number = { 'number' }
local text = { 'string' }
local flag = { 'boolean' }
local maybe_number = { 'number', optional = true }
local maybe_text = { 'string', optional = true }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }
local faq = {
  'object',
  fields = {
    answer = text, createdAt = text, deleted = flag, id = text, knowledgeBaseId = text, locationId = text,
    question = text, questionLowerCase = text, trainedUrlId = text, updatedAt = text,
  },
}

return {
  operations = {
    create_knowledge_base = {
      method = 'POST', path = '/knowledge-bases/', summary = 'Create a knowledge base', success = 201,
      headers = { Version = '2021-04-15' },
      input = { description = maybe_text, locationId = maybe_text_2, name = text },
      output = {
        data = {
          'object',
          fields = {
            createdAt = text, deleted = flag, id = text, kbMetadata = { 'object' }, locationId = text, name = text,
            nameLowerCase = text, updatedAt = text,
          },
        },
        success = flag,
      },
    },
    delete_knowledge_base = {
      method = 'DELETE', path = '/knowledge-bases/{knowledgeBaseId}', summary = 'Delete a knowledge base',
      success = 200, headers = { Version = '2021-04-15' }, input = { knowledgeBaseId = text },
      output = { success = flag },
    },
    delete_trained_urls_for_knowledge_base = {
      method = 'DELETE', path = '/knowledge-bases/crawler', summary = 'Delete trained URLs of a knowledge base',
      success = 200, headers = { Version = '2021-04-15' }, body = { 'knowledgeBaseId', 'locationId', 'urlIds' },
      input = { knowledgeBaseId = text, locationId = maybe_text_2, urlIds = { 'list', of = text } },
      output = { success = flag },
    },
    discover_website = {
      method = 'POST', path = '/knowledge-bases/crawler', summary = 'Discover a website (knowledge bases)',
      success = 201, headers = { Version = '2021-04-15' },
      input = {
        knowledgeBaseId = text, locationId = maybe_text_2, option = { 'string', enum = { 'Exact', 'Path', 'Domain' } },
        url = text,
      },
      output = { data = { 'object', fields = { operationId = text, status = text, url = text } }, success = flag },
    },
    get_all_website_urls_data_by_knowledge_base = {
      method = 'GET', path = '/knowledge-bases/crawler', summary = 'List the trained URLs of a knowledge base',
      success = 200, headers = { Version = '2021-04-15' },
      query = { 'knowledgeBaseId', 'locationId', 'page', 'pageLength', 'query' },
      input = {
        knowledgeBaseId = text, locationId = maybe_text_2, page = maybe_number, pageLength = maybe_number,
        query = maybe_text,
      },
      output = {
        count = number,
        urls = {
          'list',
          of = {
            'object',
            fields = {
              content = text, contentEditedByUser = flag, id = text, knowledgeBaseId = text, locationId = text,
              status = text, title = text, updatedAt = text, url = text,
            },
          },
        },
      },
    },
    get_crawling_status_for_latest_operation = {
      method = 'GET', path = '/knowledge-bases/crawler/status', summary = 'Read how far the latest crawl is',
      success = 200, headers = { Version = '2021-04-15' }, query = { 'locationId', 'operationId', 'knowledgeBaseId' },
      input = { knowledgeBaseId = text, locationId = maybe_text_2, operationId = text },
      output = {
        data = {
          'object',
          fields = {
            aggregate = { 'list', of = { 'object', fields = { _id = text, records = { 'list', of = { 'object' } } } } },
            operationDetails = {
              'object',
              fields = {
                __v = number, _id = text, createdAt = text, discoveredUrlsCount = number, knowledgeBaseId = text,
                locationId = text, mode = text, robotsFileData = text, status = text, trainedUrlsCount = number,
                updatedAt = text, url = text,
              },
            },
          },
        },
        success = flag,
      },
    },
    get_knowledge_base_by_id = {
      method = 'GET', path = '/knowledge-bases/{knowledgeBaseId}', summary = 'Read a knowledge base', success = 200,
      headers = { Version = '2021-04-15' }, input = { knowledgeBaseId = text },
      output = {
        data = {
          'object',
          fields = {
            createdAt = text, deleted = flag, id = text, isDefault = flag,
            kbMetadata = {
              'object',
              fields = {
                faqs = number, files = number, richText = number, tables = number, urls = number, webSearches = number,
              },
            },
            locationId = text, name = text, nameLowerCase = text, updatedAt = text,
          },
        },
        success = flag,
      },
    },
    knowledge_base_create = {
      method = 'POST', path = '/knowledge-bases/faqs', summary = 'Create an FAQ in a knowledge base', success = 201,
      headers = { Version = '2021-04-15' },
      input = { answer = text, knowledgeBaseId = text, locationId = maybe_text_2, question = text },
      output = { faq = faq, success = flag },
    },
    knowledge_base_delete = {
      method = 'DELETE', path = '/knowledge-bases/faqs/{id}', summary = 'Delete an FAQ of a knowledge base',
      success = 200, headers = { Version = '2021-04-15' }, input = { id = text }, output = { success = flag },
    },
    knowledge_base_list = {
      method = 'GET', path = '/knowledge-bases/faqs', summary = 'List the FAQs of a knowledge base', success = 200,
      headers = { Version = '2021-04-15' }, query = { 'knowledgeBaseId', 'locationId', 'limit', 'lastFaqId' },
      input = { knowledgeBaseId = text, lastFaqId = maybe_text, limit = maybe_number, locationId = maybe_text_2 },
      output = { count = number, faqs = { 'list', of = faq }, hasMore = flag, lastFaqId = text },
    },
    knowledge_base_update = {
      method = 'PUT', path = '/knowledge-bases/faqs/{id}', summary = 'Change an FAQ of a knowledge base', success = 200,
      headers = { Version = '2021-04-15' }, input = { answer = text, id = text, question = text },
      output = { success = flag },
    },
    list_all_knowledge_bases_paginated = {
      method = 'GET', path = '/knowledge-bases/', summary = 'List knowledge bases, page by page', success = 200,
      headers = { Version = '2021-04-15' }, query = { 'locationId', 'query', 'limit', 'lastKnowledgeBaseId' },
      input = { lastKnowledgeBaseId = maybe_text, limit = maybe_number, locationId = maybe_text_2, query = maybe_text },
      output = {
        data = {
          'object',
          fields = {
            activeCount = number, hasMore = flag,
            knowledgeBases = { 'list', of = { 'object', fields = { createdAt = text, id = text, name = text } } },
            lastKnowledgeBaseId = text,
          },
        },
        success = flag,
      },
    },
    train_discovered_urls = {
      method = 'POST', path = '/knowledge-bases/crawler/train', summary = 'Train discovered URLs (knowledge bases)',
      success = 201, headers = { Version = '2021-04-15' },
      input = { knowledgeBaseId = text, locationId = maybe_text_2, operationId = text, urlIds = { 'list', of = text } },
      output = { success = flag },
    },
    update_knowledge_base = {
      method = 'PUT', path = '/knowledge-bases/{id}', summary = 'Change a knowledge base', success = 200,
      headers = { Version = '2021-04-15' }, input = { description = maybe_text, id = text, name = maybe_text },
      output = { success = flag },
    },
  },
}
