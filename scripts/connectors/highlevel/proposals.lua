-- HighLevel: proposals.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local number = { 'number' }
local text = { 'string' }
local flag = { 'boolean' }
local fillable_fields = { 'list', of = { 'object' } }
local maybe_text = { 'string', optional = true }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }
local links = {
  'list',
  of = {
    'object',
    fields = {
      createdBy = text, deleted = flag, documentId = text, documentRevision = number, entityName = text,
      recipientCategory = text, recipientId = text, referenceId = text,
    },
  },
}

return {
  operations = {
    list_documents_contracts = {
      method = 'GET', path = '/proposals/document', summary = 'List documents and contracts', access = 'any',
      success = 200,
      query = { 'locationId', 'status', 'paymentStatus', 'limit', 'skip', 'query', 'dateFrom', 'dateTo' },
      input = {
        dateFrom = maybe_text, dateTo = maybe_text, limit = { 'number', optional = true }, locationId = maybe_text_2,
        paymentStatus = { 'string', optional = true, enum = { 'waiting_for_payment', 'paid', 'no_payment' } },
        query = maybe_text, skip = { 'number', optional = true },
        status = { 'string', optional = true, enum = { 'draft', 'sent', 'viewed', 'completed', 'accepted' } },
      },
      output = {
        documents = {
          'list',
          of = {
            'object',
            fields = {
              _id = text, createdAt = text, deleted = flag, documentId = text, documentRevision = number,
              fillableFields = fillable_fields,
              grandTotal = {
                'object',
                fields = { amount = number, currency = text, discountPercentage = number, discounts = fillable_fields },
              },
              isExpired = flag, links = fillable_fields, locale = text, locationId = text, name = text,
              paymentStatus = { 'list', of = text }, recipients = fillable_fields, status = { 'list', of = text },
              type = text, updatedAt = text,
            },
          },
        },
        total = number, whiteLabelBaseUrl = number, whiteLabelBaseUrlForInvoice = number,
      },
    },
    list_documents_contracts_templates = {
      method = 'GET', path = '/proposals/templates', summary = 'List templates of documents and contracts',
      access = 'any', success = 200,
      query = { 'locationId', 'dateFrom', 'dateTo', 'type', 'name', 'isPublicDocument', 'userId', 'limit', 'skip' },
      input = {
        dateFrom = maybe_text, dateTo = maybe_text, isPublicDocument = { 'boolean', optional = true },
        limit = maybe_text, locationId = maybe_text_2, name = maybe_text, skip = maybe_text, type = maybe_text,
        userId = maybe_text,
      },
      output = {
        data = {
          'list',
          of = {
            'object',
            fields = {
              _id = text, createdAt = text, deleted = flag, docFormUrl = text, documentCount = number, id = text,
              isPublicDocument = flag, locationId = text, name = text, type = text, updatedAt = text, updatedBy = text,
              version = number,
            },
          },
        },
        total = number, traceId = text,
      },
    },
    send_documents_contracts = {
      method = 'POST', path = '/proposals/document/send', summary = 'Send a document or contract', access = 'any',
      success = 200,
      input = {
        ccRecipients = {
          'list', optional = true,
          of = {
            'object',
            fields = {
              contactName = text, email = text, firstName = text, id = text, imageUrl = text, lastName = text,
            },
          },
        },
        documentId = text, documentName = maybe_text, locationId = maybe_text_2,
        medium = { 'string', optional = true, enum = { 'link', 'email' } },
        notificationSettings = {
          'object', optional = true,
          fields = {
            receive = { 'object', fields = { subject = text, templateId = text } },
            sender = { 'object', fields = { fromEmail = text, fromName = text } },
          },
        },
        sentBy = text,
      },
      output = { links = links, success = flag },
    },
    send_documents_contracts_template = {
      method = 'POST', path = '/proposals/templates/send', summary = 'Send a document or contract made from a template',
      access = 'any', success = 200,
      input = {
        contactId = text, locationId = maybe_text_2, opportunityId = maybe_text,
        sendDocument = { 'boolean', optional = true }, templateId = text, userId = text,
      },
      output = { links = links, success = flag },
    },
  },
}
