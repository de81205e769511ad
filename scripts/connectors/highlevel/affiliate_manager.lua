-- HighLevel: affiliate-manager.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local number = { 'number' }
local created_by = { 'object' }
local text = { 'string' }
local flag = { 'boolean' }
local maybe_number = { 'number', optional = true }
local maybe_text = { 'string', optional = true }
local meta = { 'object', fields = { count = number } }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }
local affiliates = {
  'object',
  fields = {
    _id = text, active = flag, address = text, avatar = text, campaignIds = { 'list', of = text }, clickCount = number,
    contactId = text, createdAt = text, createdBy = created_by, currency = text, customer = number, deleted = flag,
    droppedCustomer = number, email = text, facebookUrl = text, firstName = text, instagramUrl = text, lastName = text,
    lastUpdatedBy = created_by, lead = number, linkedInUrl = text, locationId = text, owned = number, paid = number,
    phone = text, revenue = number, twitterUrl = text, updatedAt = text, vatId = text, w8Form = text, w9Form = text,
    websiteUrl = text, youtubeUrl = text,
  },
}

return {
  operations = {
    get_affiliate = {
      method = 'GET', path = '/affiliate-manager/{locationId}/affiliates/{affiliateId}', summary = 'Read an affiliate',
      scopes = { 'affiliate-manager.readonly' }, success = 200,
      input = { affiliateId = text, locationId = maybe_text_2 },
      output = {
        _id = text, active = flag, address = text, avatar = text, campaignIds = { 'list', of = text },
        clickCount = number, contactId = text, createdAt = text, createdBy = created_by, currency = text,
        customer = number, deleted = flag, droppedCustomer = number, email = text, facebookUrl = text, firstName = text,
        instagramUrl = text, lastName = text, lastUpdatedBy = created_by, lead = number, linkedInUrl = text,
        locationId = text, owned = number, paid = number, phone = text, revenue = number, twitterUrl = text,
        updatedAt = text, vatId = text, w8Form = text, w9Form = text, websiteUrl = text, youtubeUrl = text,
      },
    },
    list_affiliates = {
      method = 'GET', path = '/affiliate-manager/{locationId}/affiliates', summary = 'List affiliates',
      scopes = { 'affiliate-manager.readonly' }, success = 200,
      query = { 'query', 'active', 'campaignId', 'skip', 'limit', 'fromDate', 'toDate' },
      input = {
        active = maybe_text, campaignId = maybe_text, fromDate = maybe_text, limit = maybe_number,
        locationId = maybe_text_2, query = maybe_text, skip = maybe_number, toDate = maybe_text,
      },
      output = { affiliates = { 'list', of = affiliates }, meta = meta },
    },
    list_commissions = {
      method = 'GET', path = '/affiliate-manager/{locationId}/commissions', summary = 'List commissions (affiliates)',
      scopes = { 'affiliate-manager.readonly' }, success = 200,
      query = { 'campaignId', 'affiliateId', 'status', 'query', 'skip', 'limit', 'fromDate', 'toDate' },
      input = {
        affiliateId = maybe_text, campaignId = maybe_text, fromDate = maybe_text, limit = maybe_number,
        locationId = maybe_text_2, query = maybe_text, skip = maybe_number, status = maybe_text, toDate = maybe_text,
      },
      output = {
        commissions = {
          'list',
          of = {
            'object',
            fields = {
              _id = text, affiliate = { 'object', fields = { _id = text, email = text, name = text } },
              affiliateId = text, amount = number,
              campaign = { 'object', fields = { id = text, liveMode = flag, name = text } }, campaignName = text,
              commission = number, commissionAmount = number, commissionType = text, createdAt = text, currency = text,
              customer = {
                'object', fields = { _id = text, email = text, firstName = text, lastName = text, type = text },
              },
              dueAt = text, eventId = text, isTrial = flag, liveMode = flag, payoutId = text,
              productCommission = number, productId = text, productName = text, qty = number, status = text,
              tier = number, transactionAt = text, transactionId = text, unitDiscount = number,
            },
          },
        },
        meta = meta,
      },
    },
    list_payouts = {
      method = 'GET', path = '/affiliate-manager/{locationId}/payouts', summary = 'List payouts (affiliates)',
      scopes = { 'affiliate-manager.readonly' }, success = 200,
      query = { 'status', 'query', 'affiliateId', 'campaignId', 'skip', 'limit', 'start', 'end' },
      input = {
        affiliateId = maybe_text, campaignId = maybe_text, ['end'] = maybe_text, limit = maybe_number,
        locationId = maybe_text_2, query = maybe_text, skip = maybe_number, start = maybe_text, status = maybe_text,
      },
      output = {
        meta = meta,
        payouts = {
          'list',
          of = {
            'object',
            fields = {
              _id = text, affiliate = affiliates, affiliateEmail = text, affiliateId = text, affiliateName = text,
              altId = text, amount = number, campaign = text, campaignId = text, createdAt = text, currency = text,
              deleted = flag, dueAt = text, isMigrated = flag, locationId = text, paidAt = text, paidMeta = created_by,
              paidMethod = text, payoutMethod = text, payoutMonth = text, status = text, updatedAt = text,
            },
          },
        },
      },
    },
  },
}
