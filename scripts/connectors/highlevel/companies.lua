-- HighLevel: companies.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local text = { 'string' }
local flag = { 'boolean' }

return {
  operations = {
    get_company = {
      method = 'GET', path = '/companies/{companyId}', summary = 'Read a company (agency)',
      scopes = { 'companies.readonly' }, access = 'parent', success = 200,
      input = { companyId = { 'string', optional = true, from_connection = 'agency' } },
      output = {
        company = {
          'object',
          fields = {
            address = text, affiliatePolicyAcceptedBy = text, affiliatePolicyAcceptedDate = text,
            affiliatePolicyVersion = text, autoSuspendEnabled = flag, businessAffinityGroup = text,
            businessCategory = text, businessNiche = text, cancelEnabledForClients = flag, city = text, country = text,
            currency = text, customerType = text, disableEmailService = flag, domain = text, email = text,
            enableDepreciatedFeatures = flag, enableNewSubAccountDefaultData = flag, id = text,
            isEnterpriseAccount = flag, isReselling = flag, isSandboxAccount = flag, locationCount = { 'number' },
            logoUrl = text, name = text,
            onboardingInfo = {
              'object',
              fields = {
                affiliateSignup = flag, conversationDemo = flag, customerCount = text,
                hasJoinedImplementationCall = flag, hasJoinedKickoffCall = flag, haveWebsite = flag,
                industryServed = text, kickoffActionTaken = flag, location = flag, locationId = text, metaData = flag,
                pending = flag, planId = text, snapshotId = text, tools = { 'list', of = text }, version = text,
                websiteUrl = text,
              },
            },
            phone = text, plan = { 'number' }, postalCode = text, premiumUpgraded = flag, privacyPolicy = text,
            privacyPolicyAcceptedBy = text, privacyPolicyAcceptedDate = text, privacyPolicyVersion = text,
            referralId = text, relationshipNumber = text, saasSettings = { 'object' }, spareDomain = text, state = text,
            status = text, stripeConnectId = text, subdomain = text, termsConditions = text,
            termsOfServiceAcceptedBy = text, termsOfServiceAcceptedDate = text, termsOfServiceVersion = text,
            timezone = text, twilioFreeCredits = { 'number' }, twilioTrialMode = flag, upgradeEnabledForClients = flag,
            website = text,
          },
        },
      },
    },
  },
}
