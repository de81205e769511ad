-- HighLevel: marketplace.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local number = { 'number' }
local text = { 'string' }
local flag = { 'boolean' }
local maybe_number = { 'number', optional = true }
local text_2 = { 'string', nullable = true }
local maybe_text = { 'string', optional = true }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }

return {
  operations = {
    delete_charge = {
      method = 'DELETE', path = '/marketplace/billing/charges/{chargeId}', summary = 'Refund a charge of a wallet',
      scopes = { 'charges.write' }, oauth_only = true, success = 200, input = { chargeId = text },
      output = { success = flag },
    },
    get_charges = {
      method = 'GET', path = '/marketplace/billing/charges', summary = 'List charges of a wallet',
      scopes = { 'charges.readonly' }, oauth_only = true, success = 200,
      query = { 'meterId', 'eventId', 'userId', 'startDate', 'endDate', 'skip', 'limit' },
      input = {
        endDate = maybe_text, eventId = maybe_text, limit = maybe_number, meterId = maybe_text, skip = maybe_number,
        startDate = maybe_text, userId = maybe_text,
      },
      output = {
        charges = {
          'list',
          of = {
            'object',
            fields = {
              amountCharged = number, appId = text, chargeId = text, createdAt = text, currency = text, entityId = text,
              entityType = text, meta = { 'object' }, meterId = text, pricePerUnit = number, refunded = flag,
              transactionType = text, units = number, updatedAt = text,
            },
          },
        },
        count = number, pagination = { 'object', fields = { limit = number, skip = number, total = number } },
      },
    },
    get_installer_details = {
      method = 'GET', path = '/marketplace/app/{appId}/installations', summary = 'Read who installed the app',
      scopes = { 'marketplace-installer-details.readonly' }, access = 'any', oauth_only = true, success = 200,
      input = { appId = text },
      output = {
        installationDetails = {
          'object',
          fields = {
            companyEmail = text_2, companyHighLevelPlan = text_2, companyId = text, companyName = text,
            companyOwnerFullName = text_2, companyPlan = text_2, isWhitelabelCompany = flag, locationId = text,
            marketplaceAppPlanId = text, relationshipNumber = text, userId = text,
            whitelabelDetails = { 'object', fields = { domain = text, logoUrl = text } },
          },
        },
      },
    },
    get_rebilling_config_for_app = {
      method = 'GET', path = '/marketplace/app/{appId}/rebilling-config/location/{locationId}',
      summary = 'Read how the app is rebilled', scopes = { 'oauth.readonly' }, oauth_only = true, success = 200,
      input = { appId = text, locationId = maybe_text_2 },
      output = {
        plans = {
          'object',
          fields = {
            subscription = {
              'list',
              of = {
                'object',
                fields = {
                  baseAmount = number, features = { 'list', of = text }, name = text, paymentTime = text,
                  paymentType = text, planId = text, resellingAmount = number,
                },
              },
            },
            usage = {
              'list',
              of = {
                'object',
                fields = {
                  executionLimitPerCycle = number, fixedPricePerUnit = number, maxPricePerUnit = text, meterId = text,
                  meterName = text, minPricePerUnit = text, priceType = text, productName = text, productType = text,
                  usageUnit = text,
                },
              },
            },
          },
        },
      },
    },
    get_specific_charge = {
      method = 'GET', path = '/marketplace/billing/charges/{chargeId}', summary = 'Read one charge of a wallet',
      scopes = { 'charges.readonly' }, oauth_only = true, success = 200, input = { chargeId = text },
      output = {
        amountCharged = number, appId = text, chargeId = text, createdAt = text, currency = text, entityId = text,
        entityType = text, meta = { 'object' }, meterId = text, pricePerUnit = number, refunded = flag,
        transactionType = text, units = number, updatedAt = text,
      },
    },
    has_funds = {
      method = 'GET', path = '/marketplace/billing/charges/has-funds', summary = 'Read whether an account has funds',
      scopes = { 'charges.readonly' }, oauth_only = true, success = 200, input = {}, output = { hasFunds = flag },
    },
    marketplace_charge = {
      method = 'POST', path = '/marketplace/billing/charges', summary = 'Charge the wallet of a location',
      scopes = { 'charges.write' }, oauth_only = true, success = 201,
      input = {
        appId = text, companyId = { 'string', optional = true, from_connection = 'agency' }, description = text,
        eventId = text, eventTime = maybe_text, locationId = maybe_text_2, meterId = text, price = maybe_number,
        units = number, userId = maybe_text,
      },
      output = { chargeId = text, success = flag },
    },
    migrate_connection = {
      method = 'POST', path = '/marketplace/external-auth/migration',
      summary = 'Move an external connection of the app', scopes = { 'marketplace-external-auth-migration.write' },
      success = 201,
      input = {
        accessToken = maybe_text, accountId = text, apiKey = maybe_text, appId = text, appVersionId = text,
        basicCredentials = { 'object', optional = true }, displayName = maybe_text, expiryAt = maybe_number,
        expiryIn = maybe_number, isDefault = { 'boolean', optional = true }, locationId = maybe_text_2,
        refreshToken = maybe_text, scopes = { 'list', optional = true, of = text },
        type = { 'string', enum = { 'oauth2', 'basic' } },
      },
      output = { identifier = text, message = text, success = flag },
    },
    uninstall_application = {
      method = 'DELETE', path = '/marketplace/app/{appId}/installations', summary = 'Uninstall the app from an account',
      scopes = { 'oauth.write' }, access = 'any', success = 200, body = { 'companyId', 'locationId', 'reason' },
      input = { appId = text, companyId = text, locationId = text, reason = maybe_text }, output = { success = flag },
    },
  },
}
