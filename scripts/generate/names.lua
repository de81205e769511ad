-- Names operations and events, and says in a line what each does: made from the vendor's ids by
-- rule, and by a table where the rule reads badly. No sentence is the vendor's.

local names = {}

-- --- names ------------------------------------------------------------------------------------

-- 'get-contacts-by-businessId' → 'get_contacts_by_business_id'
function names.snake(id)
  local text = id:gsub('(%l)(%u)', '%1_%2'):gsub('(%u)(%u%l)', '%1_%2')
  return (text:gsub('[^%w]+', '_'):lower():gsub('^_+', ''):gsub('_+$', ''))
end

-- Ids that say a verb and no object.
local BARE = {
  create = true, update = true, delete = true, list = true, charge = true, locations = true,
  ['locations-deprecated'] = true, bulkEdit = true, bulkUpdate = true,
}

-- The name of an operation: the id in snake case; with the area in front where the id is another
-- area's too (the core set keeps the plain name), or is a bare verb.
function names.operation(area, id, is_repeated, is_core)
  local name = names.snake(id)
  if BARE[id] or (is_repeated and not is_core) then
    return names.snake(area) .. '_' .. name
  end
  return name
end

-- --- summaries --------------------------------------------------------------------------------

local VERBS = {
  get = 'Read', fetch = 'Read', find = 'Find', list = 'List', search = 'Search', create = 'Create', update = 'Change',
  edit = 'Change', put = 'Change', patch = 'Change', delete = 'Delete', remove = 'Remove', add = 'Add',
  upsert = 'Create or change', send = 'Send', cancel = 'Cancel', void = 'Void', record = 'Record',
  schedule = 'Schedule', generate = 'Generate', validate = 'Check', verify = 'Verify', attach = 'Attach',
  set = 'Set', start = 'Start',
  upload = 'Upload', download = 'Download', import = 'Import', export = 'Export', purchase = 'Buy', pause = 'Pause',
  resume = 'Resume', publish = 'Publish', duplicate = 'Copy', enable = 'Enable', disable = 'Disable',
  complete = 'Complete', initiate = 'Begin', execute = 'Run', promote = 'Promote', preview = 'Preview',
  uninstall = 'Uninstall', disconnect = 'Disconnect', check = 'Check', filter = 'Find', migrate = 'Move',
  discover = 'Discover', train = 'Train', bulk = 'Change many:', charge = 'Charge',
}

local PREFIXES = { fb = 'Facebook ads', google = 'Google ads', li = 'LinkedIn ads' }

-- Words as they are written.
local SPELLED = {
  id = 'id', ids = 'ids', csv = 'CSV', url = 'URL', urls = 'URLs', saas = 'SaaS', sms = 'SMS', faq = 'FAQ',
  faqs = 'FAQs', oauth = 'OAuth', facebook = 'Facebook', google = 'Google', instagram = 'Instagram',
  linkedin = 'LinkedIn', tiktok = 'TikTok', twitter = 'Twitter', ai = 'AI', adset = 'ad set', adsets = 'ad sets',
}

local AREAS = {
  ['ad-manager'] = 'ads', ['affiliate-manager'] = 'affiliates', ['agent-studio'] = 'agent studio',
  ['conversation-ai'] = 'conversation AI', ['email-isv'] = 'e-mail', medias = 'media', ['saas-api'] = 'SaaS',
  ['social-media-posting'] = 'social planner', ['voice-ai'] = 'voice AI', oauth = 'OAuth', ['phone-system'] = 'phone',
  objects = 'custom objects', ['knowledge-base'] = 'knowledge bases', links = 'trigger links',
  proposals = 'documents and contracts',
}

-- Where the rule reads badly, by area and id.
local SAID = {
  ['contacts.create-association'] = 'Add tags to, or remove them from, many contacts',
  ['contacts.add-remove-contact-from-business'] = 'Put many contacts into a business, or take them out',
  ['contacts.get-duplicate-contact'] = 'Find the contact that has an e-mail address or a phone number',
  ['contacts.add-followers-contact'] = 'Add followers to a contact',
  ['contacts.remove-followers-contact'] = 'Remove followers from a contact',
  ['contacts.add-contact-to-workflow'] = 'Put a contact into a workflow',
  ['contacts.delete-contact-from-workflow'] = 'Take a contact out of a workflow',
  ['contacts.add-contact-to-campaign'] = 'Put a contact into a campaign',
  ['contacts.remove-contact-from-campaign'] = 'Take a contact out of a campaign',
  ['contacts.remove-contact-from-every-campaign'] = 'Take a contact out of every campaign',
  ['contacts.get-contacts-by-businessId'] = 'List the contacts of a business',
  ['contacts.get-appointments-for-contact'] = 'List the appointments of a contact',
  ['contacts.search-contacts-advanced'] = 'Search contacts by filters, page by page',
  ['contacts.add-tags'] = 'Add tags to a contact',
  ['contacts.remove-tags'] = 'Remove tags from a contact',
  ['contacts.update-task-completed'] = 'Mark a task as done or open',
  ['contacts.get-all-tasks'] = 'List the tasks of a contact',
  ['contacts.get-all-notes'] = 'List the notes of a contact',
  ['opportunities.add-followers-opportunity'] = 'Add followers to an opportunity',
  ['opportunities.remove-followers-opportunity'] = 'Remove followers from an opportunity',
  ['opportunities.update-opportunity-status'] = 'Change the status of an opportunity',
  ['opportunities.search-opportunity'] = 'Search opportunities',
  ['opportunities.search-opportunities-advanced'] = 'Search opportunities by filters, page by page',
  ['opportunities.get-lost-reason'] = 'List the reasons why opportunities are lost',
  ['locations.task-search'] = 'Search the tasks of a location',
  ['locations.put-location'] = 'Change a location (sub-account)',
  ['locations.delete-location'] = 'Delete a location (sub-account)',
  ['locations.create-location'] = 'Create a location (sub-account)',
  ['locations.GET-all-or-email-sms-templates'] = 'List e-mail and SMS templates',
  ['locations.DELETE-an-email-sms-template'] = 'Delete an e-mail or SMS template',
  ['locations.get-timezones'] = 'List the time zones that a location can have',
  ['workflows.get-workflow'] = 'List workflows',
  ['conversations.add-an-inbound-message'] = 'Record a message that came in over another channel',
  ['conversations.add-an-outbound-message'] = 'Record a call that went out over another channel',
  ['conversations.send-a-new-message'] = 'Send a message to a contact',
  ['conversations.get-messages'] = 'List the messages of a conversation',
  ['conversations.live-chat-agent-typing'] = 'Show in a live chat that an agent is typing',
  ['conversations.search-conversation'] = 'Search conversations',
  ['conversations.get-email-by-id'] = 'Read one e-mail',
  ['conversations.user-subscription-change'] = 'Change what a contact is subscribed to',
  ['conversations.get-contact-unsubscription-status'] = 'Read what a contact has unsubscribed from',
  ['conversations.get-all-custom-subtypes'] = 'List the custom kinds of messages',
  ['conversations.create-custom-subtype'] = 'Create a custom kind of messages',
  ['conversations.update-custom-subtype'] = 'Change a custom kind of messages',
  ['calendars.create-block-slot'] = 'Block a span of time',
  ['calendars.edit-block-slot'] = 'Change a blocked span of time',
  ['calendars.get-blocked-slots'] = 'List blocked spans of time',
  ['calendars.get-slots'] = 'List the free slots of a calendar',
  ['calendars.get-calendar-events'] = 'List the events of calendars',
  ['calendars.validate-groups-slug'] = 'Check whether the address of a calendar group is free',
  ['calendars.delete-event'] = 'Delete an event of a calendar',
  ['calendars.get-groups'] = 'List calendar groups',
  ['calendars.delete-group'] = 'Delete a calendar group',
  ['calendars.edit-group'] = 'Change a calendar group',
  ['calendars.disable-group'] = 'Switch a calendar group on or off',
  ['calendars.get-event-notification'] = 'List the notifications of a calendar',
  ['calendars.find-event-notification'] = 'Read one notification of a calendar',
  ['calendars.fetch-calendar-resources'] = 'List calendar resources',
  ['calendars.getAllSchedules'] = 'List schedules of availability',
  ['knowledge-base.list'] = 'List the FAQs of a knowledge base',
  ['knowledge-base.create'] = 'Create an FAQ in a knowledge base',
  ['knowledge-base.update'] = 'Change an FAQ of a knowledge base',
  ['knowledge-base.delete'] = 'Delete an FAQ of a knowledge base',
  ['knowledge-base.listAllKnowledgeBasesPaginated'] = 'List knowledge bases, page by page',
  ['knowledge-base.getAllWebsiteUrlsDataByKnowledgeBase'] = 'List the trained URLs of a knowledge base',
  ['knowledge-base.deleteTrainedUrlsForKnowledgeBase'] = 'Delete trained URLs of a knowledge base',
  ['knowledge-base.getCrawlingStatusForLatestOperation'] = 'Read how far the latest crawl is',
  ['marketplace.charge'] = 'Charge the wallet of a location',
  ['marketplace.hasFunds'] = 'Read whether an account has funds',
  ['marketplace.migrateConnection'] = 'Move an external connection of the app',
  ['oauth.get-access-token'] = 'Get an access token',
  ['oauth.get-location-access-token'] = 'Get a token for a location from the agency token',
  ['oauth.get-installed-location'] = 'List the locations where the app is installed',
  ['saas-api.locations'] = 'Find the locations of a Stripe customer or subscription',
  ['saas-api.locations-deprecated'] = 'Find the locations of a Stripe customer or subscription',
  ['saas-api.bulk-enable-saas'] = 'Enable SaaS for many locations',
  ['saas-api.bulk-enable-saas-deprecated'] = 'Enable SaaS for many locations',
  ['saas-api.bulk-disable-saas'] = 'Disable SaaS for many locations',
  ['saas-api.bulk-disable-saas-deprecated'] = 'Disable SaaS for many locations',
  ['products.bulkUpdate'] = 'Change many products',
  ['products.bulkEdit'] = 'Edit many products and their prices',
  ['products.get-list-inventory'] = 'List the inventory',
  ['invoices.text2pay-invoice'] = 'Create and send an invoice to be paid by text message',
  ['invoices.auto-payment-invoice-schedule'] = 'Set the automatic payment of an invoice schedule',
  ['phone-system.active-numbers'] = 'List the active phone numbers',
  ['phone-system.available-numbers'] = 'List the phone numbers that can be bought',
  ['phone-system.getNumberPoolList'] = 'List number pools',
  ['payments.custom-provider-marketplace-app-update-capabilities'] = 'Change what a custom payment provider can do',
  ['companies.get-company'] = 'Read a company (agency)',
  ['agent-studio.promoteAndPublish'] = 'Promote a version of an agent and publish it',
  ['medias.bulk-update-media-objects'] = 'Change many files and folders of the media library',
  ['medias.bulk-delete-media-objects'] = 'Delete many files and folders of the media library',
  ['social-media-posting.bulk-delete-social-planner-posts'] = 'Delete many posts of the social planner',
  ['products.bulk-update-product-review'] = 'Change many product reviews',
  ['blogs.check-url-slug-exists'] = 'Check whether the address of a blog post is taken',
  ['users.get-user-by-location'] = 'List the users of a location',
  ['users.filter-users-by-email'] = 'Find users by their e-mail addresses',
  ['users.search-users'] = 'Search users',
  ['contacts.create-task'] = 'Create a task on a contact',
  ['contacts.create-note'] = 'Write a note on a contact',
  ['contacts.delete-note'] = 'Delete a note of a contact',
  ['contacts.delete-task'] = 'Delete a task of a contact',
  ['contacts.get-note'] = 'Read one note of a contact',
  ['contacts.get-task'] = 'Read one task of a contact',
  ['contacts.update-note'] = 'Edit a note of a contact',
  ['contacts.update-task'] = 'Change fields of a task of a contact',
  ['contacts.upsert-contact'] = 'Create a contact, or update the one with that e-mail or phone',
  ['products.list-invoices'] = 'List products',
  ['products.get-product-collection'] = 'List product collections',
  ['products.get-product-store-stats'] = 'Read the figures of a store',
  ['products.get-reviews-count'] = 'Count product reviews by status',
  ['products.update-display-priority'] = 'Change the order of products in a store',
  ['products.update-store-status'] = 'Put products into a store, or take them out',
  ['products.update-inventory'] = 'Change the inventory',
  ['products.create-price-for-product'] = 'Create a price of a product',
  ['products.list-prices-for-product'] = 'List the prices of a product',
  ['products.get-price-by-id-for-product'] = 'Read a price of a product',
  ['products.update-price-by-id-for-product'] = 'Change a price of a product',
  ['products.delete-price-by-id-for-product'] = 'Delete a price of a product',
  ['payments.list-order-fulfillment'] = 'List the fulfillments of an order',
  ['payments.create-config'] = 'Connect a custom payment provider',
  ['payments.disconnect-config'] = 'Disconnect a custom payment provider',
  ['payments.fetch-config'] = 'Read the configuration of a custom payment provider',
  ['payments.create-integration'] = 'Register a custom payment provider',
  ['payments.delete-integration'] = 'Remove a custom payment provider',
  ['payments.get-subscription-by-id'] = 'Read a payment subscription',
  ['proposals.list-documents-contracts'] = 'List documents and contracts',
  ['proposals.list-documents-contracts-templates'] = 'List templates of documents and contracts',
  ['proposals.send-documents-contracts'] = 'Send a document or contract',
  ['proposals.send-documents-contracts-template'] = 'Send a document or contract made from a template',
  ['objects.get-object-by-location-id'] = 'List the custom objects of a location',
  ['objects.create-object-record'] = 'Create a record of a custom object',
  ['objects.update-object-record'] = 'Change a record of a custom object',
  ['objects.delete-object-record'] = 'Delete a record of a custom object',
  ['objects.get-record-by-id'] = 'Read a record of a custom object',
  ['objects.search-object-records'] = 'Search the records of a custom object',
  ['objects.get-object-schema-by-key'] = 'Read the schema of a custom object',
  ['objects.update-custom-object'] = 'Change the schema of a custom object',
  ['objects.create-custom-object-schema'] = 'Create a custom object',
  ['medias.fetch-media-content'] = 'List files and folders of the media library',
  ['medias.create-media-folder'] = 'Create a folder in the media library',
  ['medias.delete-media-content'] = 'Delete a file or folder of the media library',
  ['medias.update-media-object'] = 'Change a file or folder of the media library',
  ['medias.upload-media-content'] = 'Upload a file to the media library',
  ['locations.upload-file-customFields'] = 'Upload files to a custom field',
  ['marketplace.get-installer-details'] = 'Read who installed the app',
  ['marketplace.getSpecificCharge'] = 'Read one charge of a wallet',
  ['marketplace.getCharges'] = 'List charges of a wallet',
  ['marketplace.deleteCharge'] = 'Refund a charge of a wallet',
  ['marketplace.get-rebilling-config-for-app'] = 'Read how the app is rebilled',
  ['marketplace.uninstall-application'] = 'Uninstall the app from an account',
  ['invoices.record-invoice'] = 'Record a payment of an invoice',
  ['invoices.update-and-schedule-invoice-schedule'] = 'Change an invoice schedule and start it',
  ['invoices.schedule-invoice-schedule'] = 'Start an invoice schedule',
  ['invoices.update-estimate-last-visited-at'] = 'Note that an estimate was looked at',
  ['invoices.update-invoice-last-visited-at'] = 'Note that an invoice was looked at',
  ['invoices.update-invoice-late-fees-configuration'] = 'Change the late fees of an invoice',
  ['invoices.update-invoice-payment-methods-configuration'] = 'Change the payment methods of an invoice template',
  ['invoices.update-invoice-template-late-fees-configuration'] = 'Change the late fees of an invoice template',
  ['invoices.get-invoice-settings'] = 'Read the invoice settings',
  ['invoices.create-new-estimate'] = 'Create an estimate',
  ['saas-api.enable-saas-location'] = 'Enable SaaS for a location',
  ['saas-api.enable-saas-location-deprecated'] = 'Enable SaaS for a location',
  ['saas-api.get-saas-plan'] = 'Read a SaaS plan',
  ['saas-api.get-saas-plan-deprecated'] = 'Read a SaaS plan',
  ['saas-api.update-rebilling'] = 'Change the rebilling of locations (SaaS)',
  ['saas-api.update-rebilling-deprecated'] = 'Change the rebilling of locations (SaaS)',
  ['saas-api.generate-payment-link'] = 'Change the SaaS subscription of a location',
  ['saas-api.update-saas-subscription-deprecated'] = 'Change the SaaS subscription of a location',
  ['saas-api.get-location-subscription'] = 'Read the SaaS subscription of a location',
  ['saas-api.get-location-subscription-deprecated'] = 'Read the SaaS subscription of a location',
  ['saas-api.pause-location'] = 'Pause a location, or resume it (SaaS)',
  ['saas-api.pause-location-deprecated'] = 'Pause a location, or resume it (SaaS)',
  ['snapshots.get-custom-snapshots'] = 'List snapshots',
  ['snapshots.get-latest-snapshot-push'] = 'Read the latest push of a snapshot to a location',
  ['snapshots.get-snapshot-push'] = 'List the pushes of a snapshot',
  ['social-media-posting.get-account'] = 'List accounts (social planner)',
  ['social-media-posting.get-categories-id'] = 'Read a category (social planner)',
  ['social-media-posting.get-categories-location-id'] = 'List categories (social planner)',
  ['social-media-posting.get-tags-location-id'] = 'List tags (social planner)',
  ['social-media-posting.get-tags-by-ids'] = 'Read tags by their ids (social planner)',
  ['social-media-posting.start-csv-finalize'] = 'Finish an uploaded CSV (social planner)',
  ['social-media-posting.get-upload-status'] = 'List uploaded CSV files (social planner)',
  ['social-media-posting.get-social-media-statistics'] = 'Read statistics (social planner)',
  ['social-media-posting.get-csv-post'] = 'List the posts of a CSV (social planner)',
  ['store.get-shipping-carriers'] = 'Read a shipping carrier (store)',
  ['store.get-shipping-rates'] = 'Read a shipping rate (store)',
  ['store.get-shipping-zones'] = 'Read a shipping zone (store)',
  ['store.get-available-shipping-zones'] = 'List the shipping rates that fit an order (store)',
  ['store.get-store-settings'] = 'Read the settings of a store',
  ['store.create-store-setting'] = 'Create or change the settings of a store',
  ['surveys.get-surveys-submissions'] = 'List submissions of surveys',
  ['forms.get-forms-submissions'] = 'List submissions of forms',
  ['forms.upload-to-custom-fields'] = 'Upload files to custom fields of a contact',
  ['calendars.add-calendar-to-schedule'] = 'Put a calendar under a schedule',
  ['calendars.remove-calendar-from-schedule'] = 'Take a calendar from a schedule',
  ['conversation-ai.search-agent'] = 'Search agents (conversation AI)',
  ['conversation-ai.update-followup-settings'] = 'Change the follow-up settings of an agent',
  ['conversations.add-message-attachments'] = 'Add attachments to a message',
  ['conversations.get-message-recording'] = 'Read the recording of a call',
  ['conversations.get-message-transcription'] = 'Read the transcription of a call',
  ['conversations.download-message-transcription'] = 'Read the transcription of a call as text',
  ['conversations.cancel-scheduled-email-message'] = 'Cancel a scheduled e-mail',
  ['agent-studio.updateAgentMetadata'] = 'Change the name and status of an agent',
  ['blogs.get-blog-post'] = 'List blog posts',
  ['associations.get-association-key-by-key-name'] = 'Read an association by its key',
  ['associations.get-association-by-object-keys'] = 'Read an association by the object it begins at',
  ['associations.get-relations-by-record-id'] = 'List the relations of a record',
  ['associations.find-associations'] = 'List associations',
  ['ad-manager.fb-batch-update-audience-members'] = 'Facebook ads: change many members of an audience',
  ['ad-manager.fb-get-current-user'] = 'Facebook ads: read the connected user',
  ['ad-manager.google-get-current-user'] = 'Google ads: read the connected user',
  ['ad-manager.li-get-current-user'] = 'LinkedIn ads: read the connected user',
  ['ad-manager.fb-search-targeting'] = 'Facebook ads: search what can be targeted',
  ['ad-manager.google-search-targeting'] = 'Google ads: search what can be targeted',
  ['ad-manager.li-search-targeting'] = 'LinkedIn ads: search what can be targeted',
  ['ad-manager.fb-get-reporting'] = 'Facebook ads: read a report',
  ['ad-manager.google-get-reporting'] = 'Google ads: read a report',
  ['ad-manager.fb-get-reporting-list'] = 'Facebook ads: list reports',
  ['ad-manager.google-get-reporting-list'] = 'Google ads: list reports',
  ['ad-manager.li-get-reporting-list'] = 'LinkedIn ads: list reports',
  ['ad-manager.fb-get-campaign-reporting'] = 'Facebook ads: read the report of a campaign',
  ['ad-manager.google-get-campaign-reporting'] = 'Google ads: read the report of a campaign',
  ['ad-manager.li-get-campaign-group-reporting'] = 'LinkedIn ads: read the report of a campaign group',
  ['ad-manager.google-get-ad-account-details'] = 'Google ads: read an ad account',
  ['ad-manager.li-get-ad-account-details'] = 'LinkedIn ads: read an ad account',
  ['ad-manager.li-get-ad-analytics'] = 'LinkedIn ads: read figures of ads',
  ['ad-manager.li-update-ad-status'] = 'LinkedIn ads: change the status of an ad',
  ['ad-manager.google-create-offline-user-list-job'] = 'Google ads: add members to a customer list',
  ['social-media-posting.start-facebook-oauth'] = 'Begin to connect a Facebook account (social planner)',
  ['social-media-posting.start-google-oauth'] = 'Begin to connect a Google account (social planner)',
  ['social-media-posting.start-instagram-oauth'] = 'Begin to connect an Instagram account (social planner)',
  ['social-media-posting.start-linkedin-oauth'] = 'Begin to connect a LinkedIn account (social planner)',
  ['social-media-posting.start-tiktok-oauth'] = 'Begin to connect a TikTok account (social planner)',
  ['social-media-posting.start-tiktok-business-oauth'] = 'Begin to connect a TikTok business account (social planner)',
  ['social-media-posting.start-twitter-oauth'] = 'Begin to connect a Twitter account (social planner)',
  ['voice-ai.getCallLog'] = 'Read one call (voice AI)',
  ['voice-ai.get-call-logs'] = 'List calls (voice AI)',
}

local function split(id)
  local words = {}
  for word in names.snake(id):gmatch('[^_]+') do
    if word ~= 'deprecated' then
      table.insert(words, word)
    end
  end
  return words
end

local function is_plural(word)
  return word:match('[^su]s$') ~= nil and word ~= 'saas' and word ~= 'stats'
end

local function article(word)
  return word:match('^[aeioAEIO]') and 'an ' or word:match('^un') and 'an ' or 'a '
end

local STOPS = { by = true, ['for'] = true, of = true, from = true, to = true, ['in'] = true }
local NO_ARTICLE = { all = true, an = true, a = true, many = true, saas = true, media = true }

-- The head noun is the last word before a preposition.
local function head_of(words)
  local head
  for _, word in ipairs(words) do
    if STOPS[word] then
      break
    end
    head = word
  end
  return head
end

local function phrase(words)
  local out = {}
  for _, word in ipairs(words) do
    table.insert(out, SPELLED[word] or word)
  end
  return table.concat(out, ' ')
end

-- '… by id', '… id' and '… by location' say nothing that the fields do not say.
local function drop_id(words)
  local kept = {}
  for i, word in ipairs(words) do
    local is_key = word == 'id' or word == 'location' and i == #words
    if is_key and #kept > 1 and kept[#kept] == 'by' then
      table.remove(kept)
    elseif word ~= 'id' or #kept == 0 then
      table.insert(kept, word)
    end
  end
  return kept
end

local function by_rule(words, method)
  local verb = table.remove(words, 1)
  local said = VERBS[verb]
  if not said then
    table.insert(words, 1, verb)
    said = method == 'GET' and 'Read' or method == 'DELETE' and 'Delete' or 'Do:'
  end
  if words[1] == 'all' then
    table.remove(words, 1)
    said = 'List'
  end
  words = drop_id(words)
  local head = head_of(words)
  if not head then
    return said
  elseif is_plural(head) or NO_ARTICLE[words[1]] then
    return (said == 'Read' and is_plural(head) and 'List' or said) .. ' ' .. phrase(words)
  end
  return said .. ' ' .. article(phrase(words)) .. phrase(words)
end

-- Whether the line names what it is about: a word of the area's stands in it.
local function names_area(text, area)
  for word in area:gmatch('%a+') do
    local stem = word:lower():sub(1, math.max(4, #word - 3))
    if #word > 2 and text:lower():find(stem, 1, true) then
      return true
    end
  end
  return false
end

-- One line that says what an operation does.
function names.summary(area, id, method)
  local said = SAID[area .. '.' .. id]
  if said then
    return said
  end
  local words = split(id)
  local prefix = PREFIXES[words[1]]
  if prefix then
    table.remove(words, 1)
    local text = by_rule(words, method)
    return prefix .. ': ' .. (text:match('^%u%u') and text or text:sub(1, 1):lower() .. text:sub(2))
  end
  local text = by_rule(words, method)
  local place = AREAS[area] or area:gsub('-', ' ')
  return (names_area(text, area) or names_area(text, place)) and text or text .. ' (' .. place .. ')'
end

-- --- events -----------------------------------------------------------------------------------

local ENDS = {
  { 'PartiallyPaid', 'partially_paid', 'was paid in part' }, { 'Paid', 'paid', 'was paid' },
  { 'Sent', 'sent', 'was sent' }, { 'Void', 'voided', 'was voided' }, { 'Create', 'created', 'was created' },
  { 'Update', 'updated', 'was changed' }, { 'Delete', 'deleted', 'was deleted' },
  { 'Complete', 'completed', 'was completed' }, { 'Change', 'changed', 'changed' }, { 'End', 'ended', 'ended' },
}

local EVENTS = {
  InboundMessage = { 'inbound_message', 'A contact sent a message' },
  OutboundMessage = { 'outbound_message', 'A message was sent to a contact' },
  ProviderOutboundMessage = { 'provider_outbound_message', 'A message is to go out over the app\'s own channel' },
  ConversationUnreadWebhook = { 'conversation_unread_updated', 'The unread count of a conversation changed' },
  ConversationUpdate = { 'conversation_updated', 'A live chat was merged into another conversation' },
  ContactDndUpdate = { 'contact_dnd_updated', 'The do-not-disturb setting of a contact changed' },
  ContactTagUpdate = { 'contact_tag_updated', 'The tags of a contact changed' },
  LCEmailStats = { 'lc_email_stats', 'Something happened to an e-mail that was sent' },
  CampaignStatusUpdate = { 'campaign_status_updated', 'The status of a contact in a campaign changed' },
  VoiceAiCallEnd = { 'voice_ai_call_ended', 'A call of voice AI ended' },
  OpportunityStatusUpdate = { 'opportunity_status_updated', 'The status of an opportunity changed' },
  OpportunityStageUpdate = { 'opportunity_stage_updated', 'The stage of an opportunity changed' },
  OpportunityMonetaryValueUpdate = { 'opportunity_monetary_value_updated', 'The value of an opportunity changed' },
  OpportunityAssignedToUpdate = { 'opportunity_assigned_to_updated', 'The owner of an opportunity changed' },
  OrderStatusUpdate = { 'order_status_updated', 'The status of an order changed' },
  PlanChange = { 'plan_changed', 'An account changed the plan that it pays the app for' },
  ExternalAuthConnected = { 'external_auth_connected', 'An account connected the app\'s external service' },
  SaaSPlanCreate = { 'saas_plan_created', 'A SaaS plan was created' },
  AppInstall = { 'app_installed', 'The app was installed' },
  AppUninstall = { 'app_uninstalled', 'The app was uninstalled' },
  AppUpdate = { 'app_updated', 'The app was updated' },
  RecordCreate = { 'record_created', 'A record of a custom object, or a business, was created' },
  RecordUpdate = { 'record_updated', 'A record of a custom object, or a business, was changed' },
  RecordDelete = { 'record_deleted', 'A record of a custom object, or a business, was deleted' },
  KnowledgeBaseFaqChange = { 'knowledge_base_faq_changed', 'An FAQ of a knowledge base changed' },
  KnowledgeBaseFileChange = { 'knowledge_base_file_changed', 'A file of a knowledge base changed' },
  KnowledgeBaseRichTextChange = { 'knowledge_base_rich_text_changed', 'A text of a knowledge base changed' },
  KnowledgeBaseTableFileChange = { 'knowledge_base_table_file_changed', 'A table of a knowledge base changed' },
  KnowledgeBaseTrainedUrlChange = { 'knowledge_base_trained_url_changed', 'A trained URL of a knowledge base changed' },
}

-- The name of a trigger, and its line.
function names.event(id)
  local known = EVENTS[id]
  if known then
    return known[1], known[2]
  end
  for _, rule in ipairs(ENDS) do
    local stem = id:match('^(.+)' .. rule[1] .. '$')
    if stem then
      local words = phrase(split(stem))
      return names.snake(stem) .. '_' .. rule[2], article(words):gsub('^%l', string.upper) .. words .. ' ' .. rule[3]
    end
  end
  return names.snake(id), id
end

return names
