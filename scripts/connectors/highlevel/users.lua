-- HighLevel: users.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local lc_phone = { 'object' }
local text = { 'string' }
local flag = { 'boolean' }
local maybe_text = { 'string', optional = true }
local maybe_flag = { 'boolean', optional = true }
local maybe_text_2 = { 'string', optional = true, from_connection = 'agency' }
local platform_language = {
  'string', optional = true,
  enum = { 'en_US', 'es', 'fr_CA', 'fr_FR', 'nl', 'de', 'pt_PT', 'pt_BR', 'it', 'sv', 'da', 'fi', 'no' },
}
local roles = {
  'object', fields = { locationIds = { 'list', of = text }, restrictSubAccount = flag, role = text, type = text },
}
local permissions = {
  'object',
  fields = {
    adwordsReportingEnabled = flag, affiliateManagerEnabled = flag, agentReportingEnabled = flag,
    appointmentsEnabled = flag, assignedDataOnly = flag, attributionsReportingEnabled = flag, bloggingEnabled = flag,
    botService = flag, bulkRequestsEnabled = flag, campaignsEnabled = flag, campaignsReadOnly = flag,
    cancelSubscriptionEnabled = flag, communitiesEnabled = flag, contactsEnabled = flag, contentAiEnabled = flag,
    conversationsEnabled = flag, dashboardStatsEnabled = flag, exportPaymentsEnabled = flag,
    facebookAdsReportingEnabled = flag, funnelsEnabled = flag, invoiceEnabled = flag, leadValueEnabled = flag,
    marketingEnabled = flag, membershipEnabled = flag, onlineListingsEnabled = flag, opportunitiesEnabled = flag,
    paymentsEnabled = flag, phoneCallEnabled = flag, recordPaymentEnabled = flag, refundsEnabled = flag,
    reviewsEnabled = flag, settingsEnabled = flag, socialPlanner = flag, tagsEnabled = flag, triggersEnabled = flag,
    websitesEnabled = flag, workflowsEnabled = flag, workflowsReadOnly = flag,
  },
}
local users = {
  'list',
  of = {
    'object',
    fields = {
      deleted = flag, email = text, extension = text, firstName = text, id = text, lastName = text, lcPhone = lc_phone,
      name = text, permissions = permissions, phone = text, platformLanguage = text, roles = roles, scopes = text,
    },
  },
}
local permissions_2 = {
  'object', optional = true,
  fields = {
    adwordsReportingEnabled = maybe_flag, affiliateManagerEnabled = maybe_flag, agentReportingEnabled = maybe_flag,
    appointmentsEnabled = maybe_flag, assignedDataOnly = maybe_flag, attributionsReportingEnabled = maybe_flag,
    bloggingEnabled = maybe_flag, botService = maybe_flag, bulkRequestsEnabled = maybe_flag,
    campaignsEnabled = maybe_flag, campaignsReadOnly = maybe_flag, cancelSubscriptionEnabled = maybe_flag,
    communitiesEnabled = maybe_flag, contactsEnabled = maybe_flag, contentAiEnabled = maybe_flag,
    conversationsEnabled = maybe_flag, dashboardStatsEnabled = maybe_flag, exportPaymentsEnabled = maybe_flag,
    facebookAdsReportingEnabled = maybe_flag, funnelsEnabled = maybe_flag, invoiceEnabled = maybe_flag,
    leadValueEnabled = maybe_flag, marketingEnabled = maybe_flag, membershipEnabled = maybe_flag,
    onlineListingsEnabled = maybe_flag, opportunitiesEnabled = maybe_flag, paymentsEnabled = maybe_flag,
    phoneCallEnabled = maybe_flag, recordPaymentEnabled = maybe_flag, refundsEnabled = maybe_flag,
    reviewsEnabled = maybe_flag, settingsEnabled = maybe_flag, socialPlanner = maybe_flag, tagsEnabled = maybe_flag,
    triggersEnabled = maybe_flag, websitesEnabled = maybe_flag, workflowsEnabled = maybe_flag,
    workflowsReadOnly = maybe_flag,
  },
}
local maybe_scopes = {
  'list', optional = true,
  of = {
    'string',
    enum = {
      'campaigns.readonly', 'campaigns.write', 'calendars.readonly', 'calendars/events.write', 'calendars/groups.write',
      'calendars.write', 'contacts.write', 'contacts/bulkActions.write', 'workflows.readonly', 'workflows.write',
      'triggers.write', 'funnels.write', 'forms.write', 'surveys.write', 'quizzes.write', 'websites.write',
      'medias.write', 'medias.readonly', 'opportunities.write', 'opportunities/leadValue.readonly',
      'opportunities/bulkActions.write', 'reporting/phone.readonly', 'reporting/adwords.readonly',
      'reporting/facebookAds.readonly', 'reporting/attributions.readonly', 'prospecting/auditReport.write',
      'reporting/reports.readonly', 'reporting/agent.readonly', 'reporting/reports.write', 'reporting/stats.export',
      'payments.write', 'payments/records.write', 'payments/orders.readonly', 'payments/orders.export',
      'payments/orders.import', 'payments/orders.collectPayment', 'payments/subscriptions.readonly',
      'payments/subscriptions.write', 'payments/subscriptions.update', 'payments/subscriptions.export',
      'payments/subscriptions.pauseResumeCancel', 'payments/subscriptions.sharePaymentMethod',
      'payments/transactions.readonly', 'payments/transactions.export', 'payments/transactions.import',
      'payments/transactions.refund', 'payments/transactions.viewReceipts', 'payments/taxesSettings.readonly',
      'payments/settings.readonly', 'payments/taxesSettings.updateInclusiveExclusive',
      'payments/taxesSettings.manageRates', 'payments/taxesSettings.configureAutomatic', 'products.readonly',
      'products.write', 'products.delete', 'products.duplicate', 'products.bulkActions', 'payments/settings.write',
      'payments/settings.configureReceipt', 'payments/settings.configureSubscription', 'invoices.write',
      'invoices.readonly', 'invoices/schedule.readonly', 'invoices/schedule.write', 'invoices/template.readonly',
      'invoices/template.write', 'reputation/review.write', 'reputation/listing.write',
      'reputation/reviewsAIAgents.write', 'reputation/gbp.write', 'conversations.write', 'conversations.readonly',
      'conversations/message.readonly', 'conversations/message.write', 'contentAI.write', 'dashboard/stats.readonly',
      'locations/tags.write', 'locations/tags.readonly', 'marketing.write', 'eliza.write', 'settings.write',
      'socialplanner/post.write', 'socialplanner/account.readonly', 'socialplanner/account.write',
      'socialplanner/category.readonly', 'socialplanner/category.write', 'socialplanner/csv.readonly',
      'socialplanner/csv.write', 'socialplanner/group.write', 'socialplanner/hashtag.readonly',
      'socialplanner/hashtag.write', 'socialplanner/oauth.readonly', 'socialplanner/oauth.write',
      'socialplanner/post.readonly', 'socialplanner/recurring.readonly', 'socialplanner/recurring.write',
      'socialplanner/review.readonly', 'socialplanner/review.write', 'socialplanner/rss.readonly',
      'socialplanner/rss.write', 'socialplanner/search.readonly', 'socialplanner/setting.readonly',
      'socialplanner/setting.write', 'socialplanner/stat.readonly', 'socialplanner/tag.readonly',
      'socialplanner/tag.write', 'socialplanner/filters.readonly', 'socialplanner/medias.readonly',
      'socialplanner/medias.write', 'socialplanner/watermarks.readonly', 'socialplanner/watermarks.write',
      'socialplanner/metatag.readonly', 'socialplanner/facebook.readonly', 'socialplanner/linkedin.readonly',
      'socialplanner/twitter.readonly', 'socialplanner/notification.readonly', 'socialplanner/notification.write',
      'socialplanner/snapshot.readonly', 'socialplanner/snapshot.write', 'marketing/affiliate.write', 'blogs.write',
      'membership.write', 'communities.write', 'gokollab.write', 'certificates.write', 'certificates.readonly',
      'adPublishing.write', 'adPublishing.readonly', 'prospecting.write', 'prospecting.readonly',
      'prospecting/reports.readonly', 'private-integration-location.readonly', 'private-integration-location.write',
      'private-integration-company.readonly', 'private-integration-company.write', 'native-integrations.readonly',
      'native-integrations.write', 'wordpress.write', 'wordpress.read', 'custom-menu-link.write', 'qrcodes.write',
      'users/team-management.write', 'users/team-management.readonly', 'loginas.write',
      'users-sso-login-management.write', 'users-sso-login-management.readonly', 'sso-config.write',
      'snapshots/api.readonly', 'snapshots/api.create', 'snapshots/api.edit', 'snapshots/api.push',
      'snapshots/api.refresh', 'snapshots/api.share', 'snapshots/api.delete', 'internaltools.location-transfer.write',
      'internaltools.location-transfer.readonly', 'affiliateportal.write', 'affiliateportal.readonly',
      'companies.write', 'internaltools.billing.write', 'internaltools.billing.readonly',
      'internaltools.billing-common.readonly', 'internaltools.billing-common.write', 'voice-ai-agents.write',
      'voice-ai-agents.readonly', 'voice-ai-common.readonly', 'voice-ai-common.write', 'voice-ai-agent-goals.readonly',
      'voice-ai-agent-goals.write', 'voice-ai-dashboard.readonly', 'agency/launchpad.write',
      'agency/launchpad.readonly', 'launchpad/location.write', 'launchpad/location.readonly', 'text-ai-agents.write',
      'text-ai-agent-goals.readonly', 'text-ai-agent-goals.write', 'text-ai-agent-training.write',
      'text-ai-agents-dashboard.readonly', 'locations.create', 'locations.delete', 'locations.export.list',
      'locations.features-limits.manage', 'locations.pause-resume', 'locations.agency-subaccounts.manage',
      'locations.billing.manage', 'locations.details.manage', 'audit-logs.readonly', 'audit-logs.export',
    },
  },
}

return {
  operations = {
    create_user = {
      method = 'POST', path = '/users/', summary = 'Create a user', scopes = { 'users.write' }, access = 'any',
      success = 201,
      input = {
        companyId = maybe_text_2, email = text, firstName = text, lastName = text, locationIds = { 'list', of = text },
        password = text, permissions = permissions_2, phone = maybe_text, platformLanguage = platform_language,
        profilePhoto = maybe_text, role = text, scopes = maybe_scopes, scopesAssignedToOnly = maybe_scopes,
        twilioPhone = { 'object', optional = true }, type = text,
      },
      output = {
        email = text, extension = text, firstName = text, id = text, lastName = text, lcPhone = lc_phone, name = text,
        permissions = permissions, phone = text, platformLanguage = text, roles = roles, scopes = text,
      },
    },
    delete_user = {
      method = 'DELETE', path = '/users/{userId}', summary = 'Delete a user', scopes = { 'users.write' },
      access = 'any', success = 200, input = { userId = text }, output = { message = text, succeded = flag },
    },
    filter_users_by_email = {
      method = 'POST', path = '/users/search/filter-by-email', summary = 'Find users by their e-mail addresses',
      scopes = { 'users.readonly' }, access = 'parent', success = 200,
      input = {
        companyId = maybe_text_2, deleted = maybe_flag, emails = text, limit = maybe_text, projection = maybe_text,
        skip = maybe_text,
      },
      output = { count = { 'number' }, users = users },
    },
    get_user = {
      method = 'GET', path = '/users/{userId}', summary = 'Read a user', scopes = { 'users.readonly' }, access = 'any',
      success = 200, input = { userId = text },
      output = {
        email = text, extension = text, firstName = text, id = text, lastName = text, lcPhone = lc_phone, name = text,
        permissions = permissions, phone = text, platformLanguage = text, roles = roles, scopes = text,
      },
    },
    get_user_by_location = {
      method = 'GET', path = '/users/', summary = 'List the users of a location', scopes = { 'users.readonly' },
      success = 200, deprecated = 'the vendor plans to remove it', query = { 'locationId' },
      input = { locationId = { 'string', optional = true, from_connection = 'location' } }, output = { users = users },
    },
    search_users = {
      method = 'GET', path = '/users/search', summary = 'Search users', scopes = { 'users.readonly' }, access = 'any',
      success = 200,
      query = {
        'companyId', 'query', 'skip', 'limit', 'locationId', 'type', 'role', 'ids', 'sort', 'sortDirection',
        'enabled2waySync',
      },
      input = {
        companyId = maybe_text_2, enabled2waySync = maybe_flag, ids = maybe_text, limit = maybe_text,
        locationId = maybe_text, query = maybe_text, role = maybe_text, skip = maybe_text, sort = maybe_text,
        sortDirection = maybe_text, type = maybe_text,
      },
      output = { count = { 'number' }, users = users },
    },
    update_user = {
      method = 'PUT', path = '/users/{userId}', summary = 'Change a user', scopes = { 'users.write' }, access = 'any',
      success = 200,
      input = {
        companyId = maybe_text, email = maybe_text, firstName = maybe_text, lastName = maybe_text,
        locationIds = { 'list', optional = true, of = text }, password = maybe_text, permissions = permissions_2,
        phone = maybe_text, platformLanguage = platform_language, profilePhoto = maybe_text, role = maybe_text,
        scopes = maybe_scopes, scopesAssignedToOnly = maybe_scopes, twilioPhone = { 'object', optional = true },
        type = maybe_text, userId = text,
      },
      output = {
        email = text, extension = text, firstName = text, id = text, lastName = text, lcPhone = lc_phone, name = text,
        permissions = permissions, phone = text, platformLanguage = text, roles = roles, scopes = text,
      },
    },
  },
}
