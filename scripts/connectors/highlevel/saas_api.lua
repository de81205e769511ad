-- HighLevel: saas-api.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local number = { 'number' }
local text = { 'string' }
local flag = { 'boolean' }
local location_ids = { 'list', of = text }
local maybe_text = { 'string', optional = true }
local maybe_text_2 = { 'string', optional = true, from_connection = 'agency' }
local maybe_text_3 = { 'string', optional = true, from_connection = 'location' }
local config = {
  'object',
  fields = {
    enabled = { 'boolean', optional = true }, markup = { 'number', optional = true },
    optIn = { 'boolean', optional = true },
  },
}
local prices = {
  'list',
  of = {
    'object',
    fields = { active = flag, amount = number, billingInterval = text, currency = text, id = text, symbol = text },
  },
}
local action_payload = {
  'object',
  fields = { priceId = maybe_text, providerLocationId = maybe_text, saasPlanId = text, stripeAccountId = maybe_text },
}
local product = {
  'string',
  enum = {
    'contentAI', 'workflow_premium_actions', 'workflow_ai', 'conversationAI', 'EmailNotification', 'whatsApp',
    'reviewsAI', 'VERIFIED_CALLER_ID', 'WALLET_SALES_TAX', 'NOTIFICATION_SMS', 'EmailSmtp', 'EmailVerification',
    'autoCompleteAddress', 'funnelAI', 'domainPurchase', 'Phone', 'Email',
  },
}

return {
  operations = {
    bulk_disable_saas = {
      method = 'POST', path = '/saas/bulk-disable-saas/{companyId}', summary = 'Disable SaaS for many locations',
      access = 'parent', success = 201, headers = { Version = '2021-04-15' },
      input = { companyId = maybe_text_2, locationIds = location_ids },
    },
    bulk_disable_saas_deprecated = {
      method = 'POST', path = '/saas-api/public-api/bulk-disable-saas/{companyId}',
      summary = 'Disable SaaS for many locations', access = 'parent', success = 200,
      headers = { Version = '2021-04-15' }, deprecated = 'use bulk_disable_saas',
      input = { companyId = maybe_text_2, locationIds = location_ids }, output = { data = { 'object' } },
    },
    bulk_enable_saas = {
      method = 'POST', path = '/saas/bulk-enable-saas/{companyId}', summary = 'Enable SaaS for many locations',
      access = 'parent', success = 201, headers = { Version = '2021-04-15' },
      input = { actionPayload = action_payload, companyId = maybe_text_2, isSaaSV2 = flag, locationIds = location_ids },
    },
    bulk_enable_saas_deprecated = {
      method = 'POST', path = '/saas-api/public-api/bulk-enable-saas/{companyId}',
      summary = 'Enable SaaS for many locations', access = 'parent', success = 200,
      headers = { Version = '2021-04-15' }, deprecated = 'use bulk_enable_saas',
      input = { actionPayload = action_payload, companyId = maybe_text_2, isSaaSV2 = flag, locationIds = location_ids },
      output = { bulkActionUrl = text, message = text, success = flag },
    },
    enable_saas_location = {
      method = 'POST', path = '/saas/enable-saas/{locationId}', summary = 'Enable SaaS for a location',
      access = 'parent', success = 201, headers = { Version = '2021-04-15' },
      input = {
        companyId = maybe_text_2, contactId = maybe_text, description = maybe_text, email = maybe_text, isSaaSV2 = flag,
        locationId = maybe_text_3, name = maybe_text, priceId = maybe_text, providerLocationId = maybe_text,
        saasPlanId = maybe_text, stripeAccountId = maybe_text, stripeCustomerId = maybe_text,
      },
    },
    enable_saas_location_deprecated = {
      method = 'POST', path = '/saas-api/public-api/enable-saas/{locationId}', summary = 'Enable SaaS for a location',
      access = 'parent', success = 200, headers = { Version = '2021-04-15' }, deprecated = 'use enable_saas_location',
      input = {
        companyId = maybe_text_2, contactId = maybe_text, description = maybe_text, email = maybe_text, isSaaSV2 = flag,
        locationId = maybe_text_3, name = maybe_text, priceId = maybe_text, providerLocationId = maybe_text,
        saasPlanId = maybe_text, stripeAccountId = maybe_text, stripeCustomerId = maybe_text,
      },
      output = { data = { 'object' } },
    },
    generate_payment_link = {
      method = 'PUT', path = '/saas/update-saas-subscription/{locationId}',
      summary = 'Change the SaaS subscription of a location', access = 'parent', success = 200,
      headers = { Version = '2021-04-15' },
      input = { companyId = maybe_text_2, customerId = text, locationId = maybe_text_3, subscriptionId = text },
    },
    get_agency_plans = {
      method = 'GET', path = '/saas/agency-plans/{companyId}', summary = 'List agency plans (SaaS)', access = 'parent',
      success = 200, headers = { Version = '2021-04-15' }, input = { companyId = maybe_text_2 },
    },
    get_agency_plans_deprecated = {
      method = 'GET', path = '/saas-api/public-api/agency-plans/{companyId}', summary = 'List agency plans (SaaS)',
      access = 'parent', success = 200, headers = { Version = '2021-04-15' }, deprecated = 'use get_agency_plans',
      input = { companyId = maybe_text_2 },
      returns = {
        'list',
        of = {
          'object',
          fields = {
            addOns = location_ids, categoryId = text, contactLimit = number, createdAt = text, description = text,
            isSaaSV2 = flag, planId = text, planLevel = number, prices = prices, productId = text,
            providerLocationId = text, saasProducts = location_ids, snapshotId = text, title = text,
            trialPeriod = number, updatedAt = text, userLimit = number,
          },
        },
      },
    },
    get_location_subscription = {
      method = 'GET', path = '/saas/get-saas-subscription/{locationId}',
      summary = 'Read the SaaS subscription of a location', access = 'parent', success = 200,
      headers = { Version = '2021-04-15' }, query = { 'companyId' },
      input = { companyId = maybe_text_2, locationId = maybe_text_3 },
    },
    get_location_subscription_deprecated = {
      method = 'GET', path = '/saas-api/public-api/get-saas-subscription/{locationId}',
      summary = 'Read the SaaS subscription of a location', access = 'parent', success = 200,
      headers = { Version = '2021-04-15' }, deprecated = 'use get_location_subscription', query = { 'companyId' },
      input = { companyId = maybe_text_2, locationId = maybe_text_3 },
      output = {
        companyId = text, customerId = text, isSaaSV2 = flag, locationId = text, priceId = text, productId = text,
        saasMode = text, saasPlanId = text, subscriptionId = text, subscriptionStatus = text,
      },
    },
    get_saas_locations = {
      method = 'GET', path = '/saas/saas-locations/{companyId}', summary = 'List SaaS locations', access = 'parent',
      success = 200, headers = { Version = '2021-04-15' }, query = { 'page' },
      input = { companyId = maybe_text_2, page = number },
    },
    get_saas_locations_deprecated = {
      method = 'GET', path = '/saas-api/public-api/saas-locations/{companyId}', summary = 'List SaaS locations',
      access = 'parent', success = 200, headers = { Version = '2021-04-15' }, deprecated = 'use get_saas_locations',
      query = { 'page' }, input = { companyId = maybe_text_2, page = { 'number', optional = true } },
      output = {
        locations = {
          'list',
          of = {
            'object',
            fields = {
              companyId = text, customerId = text, email = text, isSaaSV2 = flag, locationId = text, name = text,
              providerLocationId = text, saasMode = text, subscriptionId = text, subscriptionInfo = { 'object' },
            },
          },
        },
        pagination = {
          'object',
          fields = {
            hasNext = flag, hasPrev = flag, limit = number, page = number, total = number, totalPages = number,
          },
        },
      },
    },
    get_saas_plan = {
      method = 'GET', path = '/saas/saas-plan/{planId}', summary = 'Read a SaaS plan', access = 'parent', success = 200,
      headers = { Version = '2021-04-15' }, query = { 'companyId' },
      input = { companyId = maybe_text_2, planId = text },
    },
    get_saas_plan_deprecated = {
      method = 'GET', path = '/saas-api/public-api/saas-plan/{planId}', summary = 'Read a SaaS plan', access = 'parent',
      success = 200, headers = { Version = '2021-04-15' }, deprecated = 'use get_saas_plan', query = { 'companyId' },
      input = { companyId = maybe_text_2, planId = text },
      output = {
        addOns = location_ids, categoryId = text, companyId = text, contactLimit = number, createdAt = text,
        description = text, isSaaSV2 = flag, planId = text, planLevel = number, prices = prices, productId = text,
        providerLocationId = text, saasProducts = location_ids, setupFee = number, snapshotId = text, title = text,
        trialPeriod = number, updatedAt = text, userLimit = number,
      },
    },
    pause_location = {
      method = 'POST', path = '/saas/pause/{locationId}', summary = 'Pause a location, or resume it (SaaS)',
      access = 'parent', success = 201, headers = { Version = '2021-04-15' },
      input = { companyId = maybe_text_2, locationId = maybe_text_3, paused = flag },
    },
    pause_location_deprecated = {
      method = 'POST', path = '/saas-api/public-api/pause/{locationId}',
      summary = 'Pause a location, or resume it (SaaS)', access = 'parent', success = 200,
      headers = { Version = '2021-04-15' }, deprecated = 'use pause_location',
      input = { companyId = maybe_text_2, locationId = maybe_text_3, paused = flag }, returns = flag,
    },
    saas_api_locations = {
      method = 'GET', path = '/saas/locations', summary = 'Find the locations of a Stripe customer or subscription',
      access = 'parent', success = 200, headers = { Version = '2021-04-15' },
      query = { 'customerId', 'subscriptionId', 'companyId' },
      input = { companyId = maybe_text_2, customerId = text, subscriptionId = text },
    },
    saas_api_locations_deprecated = {
      method = 'GET', path = '/saas-api/public-api/locations',
      summary = 'Find the locations of a Stripe customer or subscription', access = 'parent', success = 200,
      headers = { Version = '2021-04-15' }, deprecated = 'use saas_api_locations',
      query = { 'customerId', 'subscriptionId', 'companyId' },
      input = { companyId = maybe_text_2, customerId = maybe_text, subscriptionId = maybe_text },
      returns = location_ids,
    },
    update_rebilling = {
      method = 'POST', path = '/saas/update-rebilling/{companyId}',
      summary = 'Change the rebilling of locations (SaaS)', access = 'parent', success = 201,
      headers = { Version = '2021-04-15' },
      input = { companyId = maybe_text_2, config = config, locationIds = location_ids, product = product },
    },
    update_rebilling_deprecated = {
      method = 'POST', path = '/saas-api/public-api/update-rebilling/{companyId}',
      summary = 'Change the rebilling of locations (SaaS)', access = 'parent', success = 200,
      headers = { Version = '2021-04-15' }, deprecated = 'use update_rebilling',
      input = { companyId = maybe_text_2, config = config, locationIds = location_ids, product = product },
      output = { success = flag },
    },
    update_saas_subscription_deprecated = {
      method = 'PUT', path = '/saas-api/public-api/update-saas-subscription/{locationId}',
      summary = 'Change the SaaS subscription of a location', access = 'parent', success = 200,
      headers = { Version = '2021-04-15' }, deprecated = 'the vendor plans to remove it',
      input = { companyId = maybe_text_2, customerId = text, locationId = maybe_text_3, subscriptionId = text },
      returns = text,
    },
  },
}
