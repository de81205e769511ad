-- HighLevel: which file has an operation, which operations are of the core set, and the events.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local any = { 'any' }
local users = { 'list' }
local number = { 'number' }
local trial = { 'object' }
local text = { 'string' }
local flag = { 'boolean' }
local count = { 'integer' }
local custom_values = { 'list', of = text }
local discount = { 'object', fields = { type = text, value = number } }
local total_summary = { 'object', fields = { discount = number, subTotal = number } }
local recurring = { 'object', fields = { interval = text, intervalCount = number } }
local custom_fields = { 'list', of = { 'object', fields = { id = text, value = text } } }
local properties = { 'list', of = { 'object', fields = { key = text, valueString = text } } }
local call = { 'object', fields = { code = text, message = text, status = text } }
local membership_offers = { 'list', of = { 'object', fields = { _id = text, label = text, value = text } } }
local amount_summary = { 'object', fields = { discount = number, shipping = number, subtotal = number, tax = number } }
local items = { 'list', of = { 'object', fields = { name = text, price = trial, product = trial, qty = number } } }
local source = { 'object', fields = { id = text, meta = trial, name = text, subType = text, type = text } }
local medias = {
  'list', of = { 'object', fields = { id = text, isFeatured = flag, title = text, type = text, url = text } },
}
local tax_summary = {
  'list', of = { 'object', fields = { _id = text, amount = number, calculation = text, name = text, rate = number } },
}
local variants = {
  'list',
  of = {
    'object',
    fields = { id = text, name = text, options = { 'list', of = { 'object', fields = { id = text, name = text } } } },
  },
}
local business_details = {
  'object',
  fields = {
    address = text, customValues = custom_values, logoUrl = text, name = text, phoneNo = text, website = text,
  },
}
local invoice_items = {
  'list',
  of = {
    'object',
    fields = {
      _id = text, amount = number, currency = text, name = text, priceId = text, productId = text, qty = number,
      taxes = users,
    },
  },
}
local appointment = {
  'object',
  fields = {
    address = text, appointmentStatus = text, assignedUserId = text, calendarId = text, contactId = text,
    dateAdded = text, dateUpdated = text, endTime = text, groupId = text, id = text, notes = text, source = text,
    startTime = text, title = text, users = users,
  },
}
local contact_details = {
  'object',
  fields = {
    additionalEmails = { 'list', of = { 'object', fields = { email = text } } },
    address = {
      'object',
      fields = {
        addressLine1 = text, addressLine2 = text, city = text, countryCode = text, postalCode = text, state = text,
      },
    },
    companyName = text, customFields = custom_values, email = text, id = text, name = text, phoneNo = text,
  },
}
local contact_snapshot = {
  'object',
  fields = {
    address1 = text, assignedTo = text, attachments = users, city = text, companyName = text, country = text,
    dateAdded = text, dateOfBirth = text, dnd = flag, email = text, firstName = text, id = text, lastName = text,
    locationId = text, name = text, phone = text, postalCode = text, source = text, state = text, tags = users,
    website = text,
  },
}
local permissions = {
  'object',
  fields = {
    adwordsReportingEnabled = flag, affiliateManagerEnabled = flag, agentReportingEnabled = flag,
    appointmentsEnabled = flag, assignedDataOnly = flag, attributionsReportingEnabled = flag, bloggingEnabled = flag,
    botService = flag, bulkRequestsEnabled = flag, campaignsEnabled = flag, campaignsReadOnly = flag,
    cancelSubscriptionEnabled = flag, communitiesEnabled = flag, contactsEnabled = flag, contentAiEnabled = flag,
    conversationsEnabled = flag, dashboardStatsEnabled = flag, facebookAdsReportingEnabled = flag,
    funnelsEnabled = flag, invoiceEnabled = flag, leadValueEnabled = flag, marketingEnabled = flag,
    membershipEnabled = flag, onlineListingsEnabled = flag, opportunitiesEnabled = flag, paymentsEnabled = flag,
    phoneCallEnabled = flag, recordPaymentEnabled = flag, refundsEnabled = flag, reviewsEnabled = flag,
    settingsEnabled = flag, socialPlanner = flag, tagsEnabled = flag, triggersEnabled = flag, websitesEnabled = flag,
    workflowsEnabled = flag, workflowsReadOnly = flag,
  },
}

return {
  operations = {
    active_numbers = 'phone_system', add_an_inbound_message = 'conversations',
    add_an_outbound_message = 'conversations', add_calendar_to_schedule = 'calendars',
    add_contact_to_campaign = 'contacts', add_contact_to_workflow = 'contacts', add_followers_contact = 'contacts',
    add_followers_opportunity = 'opportunities', add_message_attachments = 'conversations',
    add_remove_contact_from_business = 'contacts', add_tags = 'contacts', agent_studio_create_agent = 'agent_studio',
    agent_studio_delete_agent = 'agent_studio', agent_studio_get_agents = 'agent_studio',
    associations_create_association = 'associations', attach_facebook_page_group = 'social_media_posting',
    attach_instagram_page_group = 'social_media_posting', attach_linkedin_page_profile = 'social_media_posting',
    attach_tiktok_profile = 'social_media_posting', attach_twitter_profile = 'social_media_posting',
    auto_payment_invoice_schedule = 'invoices', available_numbers = 'phone_system',
    bulk_delete_media_objects = 'medias', bulk_delete_social_planner_posts = 'social_media_posting',
    bulk_disable_saas = 'saas_api', bulk_disable_saas_deprecated = 'saas_api', bulk_enable_saas = 'saas_api',
    bulk_enable_saas_deprecated = 'saas_api', bulk_update_media_objects = 'medias',
    bulk_update_product_review = 'products', cancel_invoice_schedule = 'invoices',
    cancel_scheduled_email_message = 'conversations', cancel_scheduled_message = 'conversations',
    check_url_slug_exists = 'blogs', complete_file_upload = 'conversations',
    conversation_ai_create_action = 'conversation_ai', conversation_ai_create_agent = 'conversation_ai',
    conversation_ai_delete_action = 'conversation_ai', conversation_ai_delete_agent = 'conversation_ai',
    conversation_ai_get_agent = 'conversation_ai', conversation_ai_update_action = 'conversation_ai',
    create_appointment = 'calendars', create_appointment_note = 'calendars', create_association = 'contacts',
    create_block_slot = 'calendars', create_blog_post = 'blogs', create_brand_board = 'brand_boards',
    create_business = 'businesses', create_calendar = 'calendars', create_calendar_group = 'calendars',
    create_calendar_resource = 'calendars', create_config = 'payments', create_contact = 'contacts',
    create_conversation = 'conversations', create_coupon = 'payments', create_custom_field_folder = 'custom_fields',
    create_custom_menu = 'custom_menus', create_custom_object_schema = 'objects',
    create_custom_subtype = 'conversations', create_custom_value = 'locations', create_estimate_template = 'invoices',
    create_event_notification = 'calendars', create_integration = 'payments', create_integration_provider = 'payments',
    create_invoice = 'invoices', create_invoice_from_estimate = 'invoices', create_invoice_schedule = 'invoices',
    create_invoice_template = 'invoices', create_knowledge_base = 'knowledge_base', create_link = 'links',
    create_location = 'locations', create_media_folder = 'medias', create_new_estimate = 'invoices',
    create_note = 'contacts', create_object_record = 'objects', create_opportunity = 'opportunities',
    create_order_fulfillment = 'payments', create_post = 'social_media_posting', create_price_for_product = 'products',
    create_product = 'products', create_product_collection = 'products', create_recurring_task = 'locations',
    create_redirect = 'funnels', create_relation = 'associations', create_schedule = 'calendars',
    create_shipping_carrier = 'store', create_shipping_rate = 'store', create_shipping_zone = 'store',
    create_snapshot_share_link = 'snapshots', create_store_setting = 'store', create_tag = 'locations',
    create_task = 'contacts', create_template = 'emails', create_user = 'users',
    custom_fields_create_custom_field = 'custom_fields', custom_fields_delete_custom_field = 'custom_fields',
    custom_fields_update_custom_field = 'custom_fields',
    custom_provider_marketplace_app_update_capabilities = 'payments', delete_account = 'social_media_posting',
    delete_an_email_sms_template = 'locations', delete_appointment_note = 'calendars',
    delete_association = 'associations', delete_brand_board = 'brand_boards', delete_business = 'businesses',
    delete_calendar = 'calendars', delete_calendar_resource = 'calendars', delete_charge = 'marketplace',
    delete_contact = 'contacts', delete_contact_from_workflow = 'contacts', delete_conversation = 'conversations',
    delete_coupon = 'payments', delete_csv = 'social_media_posting', delete_csv_post = 'social_media_posting',
    delete_custom_field_folder = 'custom_fields', delete_custom_menu = 'custom_menus',
    delete_custom_value = 'locations', delete_estimate = 'invoices', delete_estimate_template = 'invoices',
    delete_event = 'calendars', delete_event_notification = 'calendars', delete_group = 'calendars',
    delete_integration = 'payments', delete_invoice = 'invoices', delete_invoice_schedule = 'invoices',
    delete_invoice_template = 'invoices', delete_knowledge_base = 'knowledge_base', delete_link = 'links',
    delete_location = 'locations', delete_media_content = 'medias', delete_note = 'contacts',
    delete_object_record = 'objects', delete_opportunity = 'opportunities', delete_post = 'social_media_posting',
    delete_price_by_id_for_product = 'products', delete_product_by_id = 'products',
    delete_product_collection = 'products', delete_product_review = 'products', delete_recurring_task = 'locations',
    delete_redirect_by_id = 'funnels', delete_relation = 'associations', delete_schedule = 'calendars',
    delete_shipping_carrier = 'store', delete_shipping_rate = 'store', delete_shipping_zone = 'store',
    delete_tag = 'locations', delete_task = 'contacts', delete_template = 'emails',
    delete_trained_urls_for_knowledge_base = 'knowledge_base', delete_user = 'users', disable_group = 'calendars',
    disconnect_config = 'payments', discover_website = 'knowledge_base',
    download_message_transcription = 'conversations', edit_appointment = 'calendars', edit_block_slot = 'calendars',
    edit_group = 'calendars', edit_post = 'social_media_posting', enable_saas_location = 'saas_api',
    enable_saas_location_deprecated = 'saas_api', execute_agent = 'agent_studio',
    execute_agent_deprecated = 'agent_studio', export_messages_by_location = 'conversations',
    fb_add_custom_audience_member = 'ad_manager', fb_batch_update_audience_members = 'ad_manager',
    fb_create_conversation_form = 'ad_manager', fb_create_integration = 'ad_manager',
    fb_create_page_lead_form = 'ad_manager', fb_delete_ad = 'ad_manager', fb_delete_ad_account = 'ad_manager',
    fb_delete_adset = 'ad_manager', fb_delete_campaign = 'ad_manager', fb_delete_custom_audience = 'ad_manager',
    fb_delete_integration = 'ad_manager', fb_delete_page = 'ad_manager', fb_duplicate_ad = 'ad_manager',
    fb_duplicate_adset = 'ad_manager', fb_duplicate_campaign = 'ad_manager', fb_get_ad_account = 'ad_manager',
    fb_get_ad_accounts = 'ad_manager', fb_get_campaign = 'ad_manager', fb_get_campaign_reporting = 'ad_manager',
    fb_get_conversation_forms = 'ad_manager', fb_get_current_user = 'ad_manager',
    fb_get_custom_audience_by_id = 'ad_manager', fb_get_custom_audiences = 'ad_manager', fb_get_entity = 'ad_manager',
    fb_get_instagram_accounts = 'ad_manager', fb_get_integration = 'ad_manager', fb_get_lead_form = 'ad_manager',
    fb_get_page_lead_forms = 'ad_manager', fb_get_pages = 'ad_manager', fb_get_pixels = 'ad_manager',
    fb_get_reporting = 'ad_manager', fb_get_reporting_list = 'ad_manager', fb_pause_ad = 'ad_manager',
    fb_pause_adset = 'ad_manager', fb_pause_campaign = 'ad_manager', fb_publish_campaign = 'ad_manager',
    fb_remove_custom_audience_member = 'ad_manager', fb_resume_ad = 'ad_manager', fb_resume_adset = 'ad_manager',
    fb_resume_campaign = 'ad_manager', fb_search_targeting = 'ad_manager', fb_set_default_page = 'ad_manager',
    fb_update_custom_audience = 'ad_manager', fb_upsert_ad = 'ad_manager', fb_upsert_adset = 'ad_manager',
    fb_upsert_campaign = 'ad_manager', fb_upsert_pixel = 'ad_manager', fetch_calendar_resources = 'calendars',
    fetch_campaigns = 'emails', fetch_config = 'payments', fetch_media_content = 'medias',
    fetch_redirects_list = 'funnels', fetch_template = 'emails', filter_users_by_email = 'users',
    find_associations = 'associations', find_event_notification = 'calendars', generate_estimate_number = 'invoices',
    generate_invoice_number = 'invoices', generate_payment_link = 'saas_api', get_access_token = 'oauth',
    get_account = 'social_media_posting', get_action = 'voice_ai', get_action_by_id = 'conversation_ai',
    get_affiliate = 'affiliate_manager', get_agency_plans = 'saas_api', get_agency_plans_deprecated = 'saas_api',
    get_agent_by_id = 'agent_studio', get_agent_by_id_deprecated = 'agent_studio',
    get_agents_deprecated = 'agent_studio', get_all_blog_authors_by_location = 'blogs',
    get_all_categories_by_location = 'blogs', get_all_custom_subtypes = 'conversations', get_all_notes = 'contacts',
    get_all_or_email_sms_templates = 'locations', get_all_schedules = 'calendars', get_all_tasks = 'contacts',
    get_all_website_urls_data_by_knowledge_base = 'knowledge_base', get_appointment = 'calendars',
    get_appointment_notes = 'calendars', get_appointments_for_contact = 'contacts',
    get_association_by_id = 'associations', get_association_by_object_keys = 'associations',
    get_association_key_by_key_name = 'associations', get_available_shipping_zones = 'store',
    get_blocked_slots = 'calendars', get_blog_post = 'blogs', get_blogs = 'blogs',
    get_brand_board_by_id = 'brand_boards', get_brand_boards_by_location = 'brand_boards', get_business = 'businesses',
    get_businesses_by_location = 'businesses', get_calendar = 'calendars', get_calendar_events = 'calendars',
    get_calendar_resource = 'calendars', get_calendars = 'calendars', get_call_log = 'voice_ai',
    get_call_logs = 'voice_ai', get_campaigns = 'campaigns', get_categories_id = 'social_media_posting',
    get_categories_location_id = 'social_media_posting', get_charges = 'marketplace', get_company = 'companies',
    get_contact = 'contacts', get_contact_unsubscription_status = 'conversations', get_contacts = 'contacts',
    get_contacts_by_business_id = 'contacts', get_conversation = 'conversations', get_coupon = 'payments',
    get_crawling_status_for_latest_operation = 'knowledge_base', get_csv_post = 'social_media_posting',
    get_custom_field = 'locations', get_custom_field_by_id = 'custom_fields', get_custom_fields = 'locations',
    get_custom_fields_by_object_key = 'custom_fields', get_custom_menu_by_id = 'custom_menus',
    get_custom_menus = 'custom_menus', get_custom_snapshots = 'snapshots', get_custom_value = 'locations',
    get_custom_values = 'locations', get_duplicate_contact = 'contacts', get_email_by_id = 'conversations',
    get_event_notification = 'calendars', get_facebook_page_group = 'social_media_posting', get_forms = 'forms',
    get_forms_submissions = 'forms', get_funnels = 'funnels', get_generation_details = 'conversation_ai',
    get_google_locations = 'social_media_posting', get_groups = 'calendars',
    get_instagram_page_group = 'social_media_posting', get_installed_location = 'oauth',
    get_installer_details = 'marketplace', get_invoice = 'invoices', get_invoice_schedule = 'invoices',
    get_invoice_settings = 'invoices', get_invoice_template = 'invoices', get_knowledge_base_by_id = 'knowledge_base',
    get_latest_snapshot_push = 'snapshots', get_link_by_id = 'links',
    get_linkedin_page_profile = 'social_media_posting', get_links = 'links', get_list_inventory = 'products',
    get_location = 'locations', get_location_access_token = 'oauth', get_location_subscription = 'saas_api',
    get_location_subscription_deprecated = 'saas_api', get_location_tags = 'locations',
    get_lost_reason = 'opportunities', get_message = 'conversations', get_message_recording = 'conversations',
    get_message_transcription = 'conversations', get_messages = 'conversations', get_note = 'contacts',
    get_number_pool_list = 'phone_system', get_object_by_location_id = 'objects', get_object_schema_by_key = 'objects',
    get_opportunity = 'opportunities', get_order_by_id = 'payments', get_pages_by_funnel_id = 'funnels',
    get_pages_count_by_funnel_id = 'funnels', get_pipelines = 'opportunities', get_post = 'social_media_posting',
    get_posts = 'social_media_posting', get_price_by_id_for_product = 'products', get_product_by_id = 'products',
    get_product_collection = 'products', get_product_collection_id = 'products', get_product_reviews = 'products',
    get_product_store_stats = 'products', get_rebilling_config_for_app = 'marketplace', get_record_by_id = 'objects',
    get_recurring_task_by_id = 'locations', get_relations_by_record_id = 'associations', get_reviews_count = 'products',
    get_saas_locations = 'saas_api', get_saas_locations_deprecated = 'saas_api', get_saas_plan = 'saas_api',
    get_saas_plan_deprecated = 'saas_api', get_schedule_by_id = 'calendars', get_shipping_carriers = 'store',
    get_shipping_rates = 'store', get_shipping_zones = 'store', get_slots = 'calendars',
    get_snapshot_push = 'snapshots', get_social_media_statistics = 'social_media_posting',
    get_specific_charge = 'marketplace', get_store_settings = 'store', get_subscription_by_id = 'payments',
    get_surveys = 'surveys', get_surveys_submissions = 'surveys', get_tag_by_id = 'locations',
    get_tags_by_ids = 'social_media_posting', get_tags_location_id = 'social_media_posting', get_task = 'contacts',
    get_tiktok_business_profile = 'social_media_posting', get_tiktok_profile = 'social_media_posting',
    get_timezones = 'locations', get_transaction_by_id = 'payments', get_twitter_profile = 'social_media_posting',
    get_upload_status = 'social_media_posting', get_user = 'users', get_user_by_location = 'users',
    get_workflow = 'workflows', google_create_integration = 'ad_manager',
    google_create_offline_user_list_job = 'ad_manager', google_delete_ad_account = 'ad_manager',
    google_delete_conversion = 'ad_manager', google_delete_segment = 'ad_manager',
    google_get_ad_account_details = 'ad_manager', google_get_ad_accounts = 'ad_manager',
    google_get_assets = 'ad_manager', google_get_audience_by_id = 'ad_manager', google_get_audiences = 'ad_manager',
    google_get_campaign_by_id = 'ad_manager', google_get_campaign_reporting = 'ad_manager',
    google_get_conversion_by_id = 'ad_manager', google_get_conversion_goals = 'ad_manager',
    google_get_conversions = 'ad_manager', google_get_current_user = 'ad_manager', google_get_entity = 'ad_manager',
    google_get_integration = 'ad_manager', google_get_keyword_ideas = 'ad_manager', google_get_reporting = 'ad_manager',
    google_get_reporting_list = 'ad_manager', google_get_segment_by_id = 'ad_manager',
    google_get_segments = 'ad_manager', google_get_target_interests = 'ad_manager', google_publish_ad = 'ad_manager',
    google_search_targeting = 'ad_manager', google_upsert_assets = 'ad_manager', google_upsert_audience = 'ad_manager',
    google_upsert_campaign = 'ad_manager', google_upsert_conversion = 'ad_manager',
    google_upsert_segment = 'ad_manager', has_funds = 'marketplace', import_courses = 'courses',
    initiate_file_upload = 'conversations', invoices_list_invoices = 'invoices',
    knowledge_base_create = 'knowledge_base', knowledge_base_delete = 'knowledge_base',
    knowledge_base_list = 'knowledge_base', knowledge_base_update = 'knowledge_base',
    li_create_integration = 'ad_manager', li_create_lead_form = 'ad_manager', li_delete_ad_account = 'ad_manager',
    li_get_ad_account_details = 'ad_manager', li_get_ad_accounts = 'ad_manager', li_get_ad_analytics = 'ad_manager',
    li_get_campaign_group = 'ad_manager', li_get_campaign_group_reporting = 'ad_manager',
    li_get_current_user = 'ad_manager', li_get_integration = 'ad_manager', li_get_lead_forms = 'ad_manager',
    li_get_reporting_list = 'ad_manager', li_publish_campaign_group = 'ad_manager', li_search_targeting = 'ad_manager',
    li_update_ad_status = 'ad_manager', li_upsert_campaign_group = 'ad_manager', list_actions = 'conversation_ai',
    list_affiliates = 'affiliate_manager', list_all_knowledge_bases_paginated = 'knowledge_base',
    list_commissions = 'affiliate_manager', list_coupons = 'payments', list_documents_contracts = 'proposals',
    list_documents_contracts_templates = 'proposals', list_estimate_templates = 'invoices', list_estimates = 'invoices',
    list_integration_providers = 'payments', list_invoice_schedules = 'invoices', list_invoice_templates = 'invoices',
    list_order_fulfillment = 'payments', list_order_notes = 'payments', list_orders = 'payments',
    list_payouts = 'affiliate_manager', list_prices_for_product = 'products', list_shipping_carriers = 'store',
    list_shipping_rates = 'store', list_shipping_zones = 'store', list_subscriptions = 'payments',
    list_transactions = 'payments', live_chat_agent_typing = 'conversations',
    locations_create_custom_field = 'locations', locations_delete_custom_field = 'locations',
    locations_update_custom_field = 'locations', marketplace_charge = 'marketplace', migrate_connection = 'marketplace',
    patch_agent = 'voice_ai', pause_location = 'saas_api', pause_location_deprecated = 'saas_api',
    preview_estimate_template = 'invoices', products_bulk_edit = 'products', products_bulk_update = 'products',
    products_list_invoices = 'products', promote_and_publish = 'agent_studio', purchase_phone_number = 'phone_system',
    put_location = 'locations', record_invoice = 'invoices', record_order_payment = 'payments',
    remove_calendar_from_schedule = 'calendars', remove_contact_from_campaign = 'contacts',
    remove_contact_from_every_campaign = 'contacts', remove_followers_contact = 'contacts',
    remove_followers_opportunity = 'opportunities', remove_tags = 'contacts', saas_api_locations = 'saas_api',
    saas_api_locations_deprecated = 'saas_api', schedule_invoice_schedule = 'invoices',
    search_agent = 'conversation_ai', search_contacts_advanced = 'contacts', search_conversation = 'conversations',
    search_locations = 'locations', search_object_records = 'objects', search_opportunities_advanced = 'opportunities',
    search_opportunity = 'opportunities', search_trigger_links = 'links', search_users = 'users',
    send_a_new_message = 'conversations', send_documents_contracts = 'proposals',
    send_documents_contracts_template = 'proposals', send_estimate = 'invoices', send_invoice = 'invoices',
    send_review_reply = 'conversations', set_accounts = 'social_media_posting',
    set_google_locations = 'social_media_posting', start_csv_finalize = 'social_media_posting',
    start_facebook_oauth = 'social_media_posting', start_google_oauth = 'social_media_posting',
    start_instagram_oauth = 'social_media_posting', start_linkedin_oauth = 'social_media_posting',
    start_tiktok_business_oauth = 'social_media_posting', start_tiktok_oauth = 'social_media_posting',
    start_twitter_oauth = 'social_media_posting', task_search = 'locations', text2pay_invoice = 'invoices',
    train_discovered_urls = 'knowledge_base', uninstall_application = 'marketplace', update_agent = 'conversation_ai',
    update_agent_metadata = 'agent_studio', update_agent_version = 'agent_studio',
    update_and_schedule_invoice_schedule = 'invoices', update_appointment_note = 'calendars',
    update_association = 'associations', update_blog_post = 'blogs', update_brand_board = 'brand_boards',
    update_business = 'businesses', update_calendar = 'calendars', update_calendar_resource = 'calendars',
    update_contact = 'contacts', update_conversation = 'conversations', update_coupon = 'payments',
    update_custom_field_folder = 'custom_fields', update_custom_menu = 'custom_menus', update_custom_object = 'objects',
    update_custom_subtype = 'conversations', update_custom_value = 'locations', update_display_priority = 'products',
    update_estimate = 'invoices', update_estimate_last_visited_at = 'invoices', update_estimate_template = 'invoices',
    update_event_notification = 'calendars', update_followup_settings = 'conversation_ai',
    update_inventory = 'products', update_invoice = 'invoices', update_invoice_last_visited_at = 'invoices',
    update_invoice_late_fees_configuration = 'invoices', update_invoice_payment_methods_configuration = 'invoices',
    update_invoice_schedule = 'invoices', update_invoice_template = 'invoices',
    update_invoice_template_late_fees_configuration = 'invoices', update_knowledge_base = 'knowledge_base',
    update_link = 'links', update_media_object = 'medias', update_message_status = 'conversations',
    update_note = 'contacts', update_object_record = 'objects', update_opportunity = 'opportunities',
    update_opportunity_status = 'opportunities', update_price_by_id_for_product = 'products',
    update_product_by_id = 'products', update_product_collection = 'products', update_product_review = 'products',
    update_rebilling = 'saas_api', update_rebilling_deprecated = 'saas_api', update_recurring_task = 'locations',
    update_redirect_by_id = 'funnels', update_saas_subscription_deprecated = 'saas_api', update_schedule = 'calendars',
    update_shipping_carrier = 'store', update_shipping_rate = 'store', update_shipping_zone = 'store',
    update_store_status = 'products', update_tag = 'locations', update_task = 'contacts',
    update_task_completed = 'contacts', update_template = 'emails', update_user = 'users',
    upload_csv = 'social_media_posting', upload_file_attachments = 'conversations',
    upload_file_custom_fields = 'locations', upload_media_content = 'medias', upload_to_custom_fields = 'forms',
    upsert_contact = 'contacts', upsert_opportunity = 'opportunities', user_subscription_change = 'conversations',
    validate_groups_slug = 'calendars', verify_email = 'email_isv', voice_ai_create_action = 'voice_ai',
    voice_ai_create_agent = 'voice_ai', voice_ai_delete_action = 'voice_ai', voice_ai_delete_agent = 'voice_ai',
    voice_ai_get_agent = 'voice_ai', voice_ai_get_agents = 'voice_ai', voice_ai_update_action = 'voice_ai',
    void_invoice = 'invoices',
  },
  core = {
    add_contact_to_campaign = true, add_contact_to_workflow = true, add_followers_contact = true,
    add_followers_opportunity = true, add_remove_contact_from_business = true, add_tags = true,
    create_association = true, create_business = true, create_contact = true, create_note = true,
    create_opportunity = true, create_task = true, delete_business = true, delete_contact = true,
    delete_contact_from_workflow = true, delete_note = true, delete_opportunity = true, delete_task = true,
    get_all_notes = true, get_all_tasks = true, get_appointments_for_contact = true, get_business = true,
    get_businesses_by_location = true, get_campaigns = true, get_contact = true, get_contacts = true,
    get_contacts_by_business_id = true, get_custom_fields = true, get_duplicate_contact = true, get_lost_reason = true,
    get_note = true, get_opportunity = true, get_pipelines = true, get_task = true, get_workflow = true,
    remove_contact_from_campaign = true, remove_contact_from_every_campaign = true, remove_followers_contact = true,
    remove_followers_opportunity = true, remove_tags = true, search_contacts_advanced = true,
    search_opportunities_advanced = true, search_opportunity = true, task_search = true, update_business = true,
    update_contact = true, update_note = true, update_opportunity = true, update_opportunity_status = true,
    update_task = true, update_task_completed = true, upsert_contact = true, upsert_opportunity = true,
  },
  events = {
    app_installed = {
      type = 'INSTALL', summary = 'The app was installed', core = true, sample = 'samples/highlevel/app_installed.json',
      note = "goes to the app's default webhook URL only",
      fields = {
        appId = text, companyId = text, companyName = text, isWhitelabelCompany = flag, locationId = text,
        planId = text, trial = { 'object', fields = { onTrial = flag, trialDuration = number, trialStartDate = any } },
        type = text, userId = text, whitelabelDetails = { 'object', fields = { domain = text, logoUrl = text } },
      },
    },
    app_uninstalled = {
      type = 'UNINSTALL', summary = 'The app was uninstalled', core = true,
      sample = 'samples/highlevel/app_uninstalled.json', note = "goes to the app's default webhook URL only",
      fields = { appId = text, companyId = text, locationId = text, type = text },
    },
    app_updated = {
      type = 'UPDATE', summary = 'The app was updated', core = true, sample = 'samples/highlevel/app_updated.json',
      fields = {
        appId = text, companyId = text, companyName = text, isWhitelabelCompany = flag, locationId = text,
        planId = text, previousVersionId = text, trial = trial, type = text, userId = text, whitelabelDetails = trial,
      },
    },
    appointment_created = {
      type = 'AppointmentCreate', summary = 'An appointment was created', core = true,
      sample = 'samples/highlevel/appointment_created.json',
      fields = { appointment = appointment, locationId = text, type = text },
    },
    appointment_deleted = {
      type = 'AppointmentDelete', summary = 'An appointment was deleted', core = true,
      sample = 'samples/highlevel/appointment_deleted.json',
      fields = { appointment = appointment, locationId = text, type = text },
    },
    appointment_updated = {
      type = 'AppointmentUpdate', summary = 'An appointment was changed', core = true,
      sample = 'samples/highlevel/appointment_updated.json',
      fields = { appointment = appointment, locationId = text, type = text },
    },
    association_created = {
      type = 'AssociationCreate', summary = 'An association was created', core = true,
      sample = 'samples/highlevel/association_created.json',
      note = 'the vendor shows no `type` in the payload; the name of its page is taken for it',
      fields = {
        associationType = text, firstObjectKey = text, firstObjectLabel = text, id = text, key = text,
        locationId = text, secondObjectKey = text, secondObjectLabel = text,
      },
    },
    association_deleted = {
      type = 'AssociationDelete', summary = 'An association was deleted', core = true,
      sample = 'samples/highlevel/association_deleted.json',
      note = 'the vendor shows no `type` in the payload; the name of its page is taken for it',
      fields = {
        associationType = text, firstObjectKey = text, firstObjectLabel = text,
        firstObjectToSecondObjectCardinality = text, id = text, key = text, locationId = text, secondObjectKey = text,
        secondObjectLabel = text, secondObjectToFirstObjectCardinality = text,
      },
    },
    association_updated = {
      type = 'AssociationUpdate', summary = 'An association was changed', core = true,
      sample = 'samples/highlevel/association_updated.json',
      note = 'the vendor shows no `type` in the payload; the name of its page is taken for it',
      fields = {
        associationType = text, firstObjectKey = text, firstObjectLabel = text,
        firstObjectToSecondObjectCardinality = text, id = text, key = text, locationId = text, secondObjectKey = text,
        secondObjectLabel = text, secondObjectToFirstObjectCardinality = text,
      },
    },
    campaign_status_updated = {
      type = 'CampaignStatusUpdate', summary = 'The status of a contact in a campaign changed', core = true,
      sample = 'samples/highlevel/campaign_status_updated.json',
      fields = {
        contactId = text, dateAdded = text, id = text, locationId = text, replied = text, status = text,
        templateId = text, type = text,
      },
    },
    contact_created = {
      type = 'ContactCreate', summary = 'A contact was created', core = true,
      sample = 'samples/highlevel/contact_created.json',
      fields = {
        address1 = text, assignedTo = text, attachments = users, city = text, companyName = text, country = text,
        customFields = custom_fields, dateAdded = text, dateOfBirth = text, dnd = flag, email = text, firstName = text,
        id = text, lastName = text, locationId = text, name = text, phone = text, postalCode = text, source = text,
        state = text, tags = users, type = text, website = text,
      },
    },
    contact_deleted = {
      type = 'ContactDelete', summary = 'A contact was deleted', core = true,
      sample = 'samples/highlevel/contact_deleted.json',
      fields = {
        address1 = text, assignedTo = text, attachments = users, city = text, companyName = text, country = text,
        customFields = custom_fields, dateAdded = text, dateOfBirth = text, dnd = flag, email = text, firstName = text,
        id = text, lastName = text, locationId = text, name = text, phone = text, postalCode = text, source = text,
        state = text, tags = users, type = text, website = text,
      },
    },
    contact_dnd_updated = {
      type = 'ContactDndUpdate', summary = 'The do-not-disturb setting of a contact changed', core = true,
      sample = 'samples/highlevel/contact_dnd_updated.json',
      fields = {
        address1 = text, assignedTo = text, attachments = users, city = text, companyName = text, country = text,
        customFields = custom_fields, dateAdded = text, dateOfBirth = text, dnd = flag,
        dndSettings = {
          'object', fields = { Call = call, Email = call, FB = call, GMB = call, SMS = call, WhatsApp = call },
        },
        email = text, firstName = text, id = text, lastName = text, locationId = text, name = text, phone = text,
        postalCode = text, source = text, state = text, tags = users, type = text, website = text,
      },
    },
    contact_tag_updated = {
      type = 'ContactTagUpdate', summary = 'The tags of a contact changed', core = true,
      sample = 'samples/highlevel/contact_tag_updated.json',
      fields = {
        address1 = text, assignedTo = text, attachments = users, city = text, companyName = text, country = text,
        customFields = custom_fields, dateAdded = text, dateOfBirth = text, dnd = flag, email = text, firstName = text,
        id = text, lastName = text, locationId = text, name = text, phone = text, postalCode = text, source = text,
        state = text, tags = users, type = text, website = text,
      },
    },
    contact_updated = {
      type = 'ContactUpdate', summary = 'A contact was changed', core = true,
      sample = 'samples/highlevel/contact_updated.json',
      fields = {
        address1 = text, assignedTo = text, attachments = users, city = text, companyName = text, country = text,
        customFields = custom_fields, dateAdded = text, dateOfBirth = text, dnd = flag, email = text, firstName = text,
        id = text, lastName = text, locationId = text, name = text, phone = text, postalCode = text, source = text,
        state = text, tags = users, type = text, website = text,
      },
    },
    conversation_unread_updated = {
      type = 'ConversationUnreadUpdate', summary = 'The unread count of a conversation changed', core = true,
      sample = 'samples/highlevel/conversation_unread_updated.json',
      note = 'named ConversationUnreadWebhook where it is subscribed to',
      fields = {
        contactId = text, deleted = flag, id = text, inbox = flag, locationId = text, starred = flag, type = text,
        unreadCount = number,
      },
    },
    conversation_updated = {
      type = 'ConversationUpdate', summary = 'A live chat was merged into another conversation', core = true,
      sample = 'samples/highlevel/conversation_updated.json',
      fields = {
        companyId = text, contactId = text, locationId = text, newConversationId = text, oldConversationId = text,
        type = text,
      },
    },
    external_auth_connected = {
      type = 'EXTERNAL_AUTH_CONNECTED', summary = "An account connected the app's external service", core = true,
      sample = 'samples/highlevel/external_auth_connected.json',
      fields = {
        appId = text, authType = text, companyId = text, isAutoRefreshTokenEnabled = flag, locationId = text,
        scopes = text, timestamp = text, type = text, webhookId = text,
      },
      required = { 'appId', 'authType', 'companyId', 'locationId', 'timestamp', 'type', 'webhookId' },
    },
    inbound_message = {
      type = 'InboundMessage', summary = 'A contact sent a message', core = true,
      sample = 'samples/highlevel/inbound_message.json',
      fields = {
        attachments = users, bcc = text, body = text, callDuration = number, callStatus = text, cc = text,
        contactId = text, contentType = text, conversationId = text, conversationProviderId = text, dateAdded = text,
        direction = text, emailMessageId = text, locationId = text, messageId = text, messageType = text,
        provider = text, status = text, threadId = text, to = text, type = text, userId = text,
      },
    },
    invoice_created = {
      type = 'InvoiceCreate', summary = 'An invoice was created', core = true,
      sample = 'samples/highlevel/invoice_created.json',
      note = 'the vendor shows no `type` in the payload; the name of its page is taken for it',
      fields = {
        _id = text, altId = text, altType = text, amountDue = number, amountPaid = number,
        businessDetails = business_details, contactDetails = contact_details, createdAt = text, currency = text,
        discount = discount, dueDate = text, invoiceItems = invoice_items, invoiceNumber = text, issueDate = text,
        liveMode = flag, name = text, status = text, title = text, total = number, totalSummary = total_summary,
        updatedAt = text,
      },
    },
    invoice_deleted = {
      type = 'InvoiceDelete', summary = 'An invoice was deleted', core = true,
      sample = 'samples/highlevel/invoice_deleted.json',
      note = 'the vendor shows no `type` in the payload; the name of its page is taken for it',
      fields = {
        _id = text, altId = text, altType = text, amountDue = number, amountPaid = number,
        businessDetails = business_details, contactDetails = contact_details, createdAt = text, currency = text,
        discount = discount, dueDate = text, invoiceItems = invoice_items, invoiceNumber = text, issueDate = text,
        liveMode = flag, name = text, status = text, title = text, total = number, totalSummary = total_summary,
        updatedAt = text,
      },
    },
    invoice_paid = {
      type = 'InvoicePaid', summary = 'An invoice was paid', core = true,
      sample = 'samples/highlevel/invoice_paid.json',
      note = 'the vendor shows no `type` in the payload; the name of its page is taken for it',
      fields = {
        _id = text, altId = text, altType = text, amountDue = number, amountPaid = number,
        businessDetails = business_details, contactDetails = contact_details, createdAt = text, currency = text,
        discount = discount, dueDate = text, invoiceItems = invoice_items, invoiceNumber = text, issueDate = text,
        liveMode = flag, name = text, status = text, title = text, total = number, totalSummary = total_summary,
        updatedAt = text,
      },
    },
    invoice_partially_paid = {
      type = 'InvoicePartiallyPaid', summary = 'An invoice was paid in part', core = true,
      sample = 'samples/highlevel/invoice_partially_paid.json',
      note = 'the vendor shows no `type` in the payload; the name of its page is taken for it',
      fields = {
        _id = text, altId = text, altType = text, amountDue = number, amountPaid = number,
        businessDetails = business_details, contactDetails = contact_details, createdAt = text, currency = text,
        discount = discount, dueDate = text, invoiceItems = invoice_items, invoiceNumber = text, issueDate = text,
        liveMode = flag, name = text, status = text, title = text, total = number, totalSummary = total_summary,
        updatedAt = text,
      },
    },
    invoice_sent = {
      type = 'InvoiceSent', summary = 'An invoice was sent', core = true,
      sample = 'samples/highlevel/invoice_sent.json',
      note = 'the vendor shows no `type` in the payload; the name of its page is taken for it',
      fields = {
        _id = text, altId = text, altType = text, amountDue = number, amountPaid = number,
        businessDetails = business_details, contactDetails = contact_details, createdAt = text, currency = text,
        discount = discount, dueDate = text, invoiceItems = invoice_items, invoiceNumber = text, issueDate = text,
        liveMode = flag, name = text, status = text, title = text, total = number, totalSummary = total_summary,
        updatedAt = text,
      },
    },
    invoice_updated = {
      type = 'InvoiceUpdate', summary = 'An invoice was changed', core = true,
      sample = 'samples/highlevel/invoice_updated.json',
      note = 'the vendor shows no `type` in the payload; the name of its page is taken for it',
      fields = {
        _id = text, altId = text, altType = text, amountDue = number, amountPaid = number,
        businessDetails = business_details, contactDetails = contact_details, createdAt = text, currency = text,
        discount = discount, dueDate = text, invoiceItems = invoice_items, invoiceNumber = text, issueDate = text,
        liveMode = flag, name = text, status = text, title = text, total = number, totalSummary = total_summary,
        updatedAt = text,
      },
    },
    invoice_voided = {
      type = 'InvoiceVoid', summary = 'An invoice was voided', core = true,
      sample = 'samples/highlevel/invoice_voided.json',
      note = 'the vendor shows no `type` in the payload; the name of its page is taken for it',
      fields = {
        _id = text, altId = text, altType = text, amountDue = number, amountPaid = number,
        businessDetails = business_details, contactDetails = contact_details, createdAt = text, currency = text,
        discount = discount, dueDate = text, invoiceItems = invoice_items, invoiceNumber = text, issueDate = text,
        liveMode = flag, name = text, status = text, title = text, total = number, totalSummary = total_summary,
        updatedAt = text,
      },
    },
    knowledge_base_created = {
      type = 'KnowledgeBaseCreate', summary = 'A knowledge base was created', core = true,
      sample = 'samples/highlevel/knowledge_base_created.json',
      fields = { deleted = flag, description = text, id = text, locationId = text, name = text, type = text },
    },
    knowledge_base_deleted = {
      type = 'KnowledgeBaseDelete', summary = 'A knowledge base was deleted', core = true,
      sample = 'samples/highlevel/knowledge_base_deleted.json',
      fields = { deleted = flag, description = text, id = text, locationId = text, name = text, type = text },
    },
    knowledge_base_faq_changed = {
      type = 'KnowledgeBaseFaqChange', summary = 'An FAQ of a knowledge base changed', core = true,
      sample = 'samples/highlevel/knowledge_base_faq_changed.json',
      fields = {
        action = text, assetType = text, deleted = flag, id = text, knowledgeBaseId = text, locationId = text,
        status = text, type = text,
      },
    },
    knowledge_base_file_changed = {
      type = 'KnowledgeBaseFileChange', summary = 'A file of a knowledge base changed', core = true,
      sample = 'samples/highlevel/knowledge_base_file_changed.json',
      fields = {
        action = text, assetType = text, deleted = flag, id = text, knowledgeBaseId = text, locationId = text,
        status = text, type = text,
      },
    },
    knowledge_base_rich_text_changed = {
      type = 'KnowledgeBaseRichTextChange', summary = 'A text of a knowledge base changed', core = true,
      sample = 'samples/highlevel/knowledge_base_rich_text_changed.json',
      fields = {
        action = text, assetType = text, deleted = flag, id = text, knowledgeBaseId = text, locationId = text,
        status = text, type = text,
      },
    },
    knowledge_base_table_file_changed = {
      type = 'KnowledgeBaseTableFileChange', summary = 'A table of a knowledge base changed', core = true,
      sample = 'samples/highlevel/knowledge_base_table_file_changed.json',
      fields = {
        action = text, assetType = text, deleted = flag, id = text, knowledgeBaseId = text, locationId = text,
        status = text, type = text,
      },
    },
    knowledge_base_trained_url_changed = {
      type = 'KnowledgeBaseTrainedUrlChange', summary = 'A trained URL of a knowledge base changed', core = true,
      sample = 'samples/highlevel/knowledge_base_trained_url_changed.json',
      fields = {
        action = text, assetType = text, deleted = flag, id = text, knowledgeBaseId = text, locationId = text,
        status = text, type = text,
      },
    },
    knowledge_base_updated = {
      type = 'KnowledgeBaseUpdate', summary = 'A knowledge base was changed', core = true,
      sample = 'samples/highlevel/knowledge_base_updated.json',
      fields = { deleted = flag, description = text, id = text, locationId = text, name = text, type = text },
    },
    lc_email_stats = {
      type = 'LCEmailStats', summary = 'Something happened to an e-mail that was sent', core = true,
      sample = 'samples/highlevel/lc_email_stats.json',
      fields = {
        companyId = text, locationId = text, type = text,
        webhookPayload = {
          'object',
          fields = {
            campaigns = users,
            ['delivery-status'] = {
              'object',
              fields = {
                ['attempt-no'] = count, code = count, description = text, ['enhanced-code'] = text,
                ['i-first-delivery-attempt-seconds'] = number, message = text, ['mx-host'] = text,
                ['session-seconds'] = number, utf8 = flag,
              },
            },
            envelope = {
              'object',
              fields = {
                ['i-ip-pool-id'] = text, ['i-ip-pool-name'] = text, sender = text, ['sending-ip'] = text,
                targets = text, transport = text,
              },
            },
            event = text,
            flags = {
              'object',
              fields = {
                ['is-authenticated'] = flag, ['is-big'] = flag, ['is-routed'] = flag, ['is-system-test'] = flag,
                ['is-test-mode'] = flag,
              },
            },
            id = text, ['log-level'] = text,
            message = {
              'object',
              fields = {
                attachments = users, headers = { 'object', fields = { from = text, ['message-id'] = text, to = text } },
                size = count,
              },
            },
            recipient = text, ['recipient-domain'] = text, ['recipient-provider'] = text, tags = users,
            timestamp = count,
          },
        },
      },
    },
    location_created = {
      type = 'LocationCreate', summary = 'A location was created', core = true,
      sample = 'samples/highlevel/location_created.json',
      fields = { companyId = text, email = text, id = text, name = text, stripeProductId = text, type = text },
    },
    location_updated = {
      type = 'LocationUpdate', summary = 'A location was changed', core = true,
      sample = 'samples/highlevel/location_updated.json',
      fields = { companyId = text, email = text, id = text, name = text, stripeProductId = text, type = text },
    },
    note_created = {
      type = 'NoteCreate', summary = 'A note was created', core = true, sample = 'samples/highlevel/note_created.json',
      fields = { body = text, contactId = text, dateAdded = text, id = text, locationId = text, type = text },
    },
    note_deleted = {
      type = 'NoteDelete', summary = 'A note was deleted', core = true, sample = 'samples/highlevel/note_deleted.json',
      fields = { body = text, contactId = text, dateAdded = text, id = text, locationId = text, type = text },
    },
    note_updated = {
      type = 'NoteUpdate', summary = 'A note was changed', core = true, sample = 'samples/highlevel/note_updated.json',
      fields = { body = text, contactId = text, dateAdded = text, id = text, locationId = text, type = text },
    },
    object_schema_created = {
      type = 'ObjectSchemaCreate', summary = 'An object schema was created', core = true,
      sample = 'samples/highlevel/object_schema_created.json',
      note = 'the vendor shows no `type` in the payload; the name of its page is taken for it',
      fields = {
        createdBy = trial, description = text, key = text, labels = trial, locationId = text, objectType = text,
        primaryDisplayProperty = text, searchableProperties = users, timestamp = text, updatedBy = trial,
      },
    },
    object_schema_updated = {
      type = 'ObjectSchemaUpdate', summary = 'An object schema was changed', core = true,
      sample = 'samples/highlevel/object_schema_updated.json',
      note = 'the vendor shows no `type` in the payload; the name of its page is taken for it',
      fields = {
        createdBy = trial, description = text, key = text, labels = trial, locationId = text, objectType = text,
        primaryDisplayProperty = text, searchableProperties = users, timestamp = text, updatedBy = trial,
      },
    },
    opportunity_assigned_to_updated = {
      type = 'OpportunityAssignedToUpdate', summary = 'The owner of an opportunity changed', core = true,
      sample = 'samples/highlevel/opportunity_assigned_to_updated.json',
      fields = {
        assignedTo = text, contactId = text, dateAdded = text, id = text, locationId = text, monetaryValue = number,
        name = text, pipelineId = text, pipelineStageId = text, source = text, status = text, type = text,
      },
    },
    opportunity_created = {
      type = 'OpportunityCreate', summary = 'An opportunity was created', core = true,
      sample = 'samples/highlevel/opportunity_created.json',
      fields = {
        assignedTo = text, contactId = text, dateAdded = text, id = text, locationId = text, monetaryValue = number,
        name = text, pipelineId = text, pipelineStageId = text, source = text, status = text, type = text,
      },
    },
    opportunity_deleted = {
      type = 'OpportunityDelete', summary = 'An opportunity was deleted', core = true,
      sample = 'samples/highlevel/opportunity_deleted.json',
      fields = {
        assignedTo = text, contactId = text, dateAdded = text, id = text, locationId = text, monetaryValue = number,
        name = text, pipelineId = text, pipelineStageId = text, source = text, status = text, type = text,
      },
    },
    opportunity_monetary_value_updated = {
      type = 'OpportunityMonetaryValueUpdate', summary = 'The value of an opportunity changed', core = true,
      sample = 'samples/highlevel/opportunity_monetary_value_updated.json',
      fields = {
        assignedTo = text, contactId = text, dateAdded = text, id = text, locationId = text, monetaryValue = number,
        name = text, pipelineId = text, pipelineStageId = text, source = text, status = text, type = text,
      },
    },
    opportunity_stage_updated = {
      type = 'OpportunityStageUpdate', summary = 'The stage of an opportunity changed', core = true,
      sample = 'samples/highlevel/opportunity_stage_updated.json',
      fields = {
        assignedTo = text, contactId = text, dateAdded = text, id = text, locationId = text, monetaryValue = number,
        name = text, pipelineId = text, pipelineStageId = text, source = text, status = text, type = text,
      },
    },
    opportunity_status_updated = {
      type = 'OpportunityStatusUpdate', summary = 'The status of an opportunity changed', core = true,
      sample = 'samples/highlevel/opportunity_status_updated.json',
      fields = {
        assignedTo = text, contactId = text, dateAdded = text, id = text, locationId = text, monetaryValue = number,
        name = text, pipelineId = text, pipelineStageId = text, source = text, status = text, type = text,
      },
    },
    opportunity_updated = {
      type = 'OpportunityUpdate', summary = 'An opportunity was changed', core = true,
      sample = 'samples/highlevel/opportunity_updated.json',
      fields = {
        assignedTo = text, contactId = text, dateAdded = text, id = text, locationId = text, monetaryValue = number,
        name = text, pipelineId = text, pipelineStageId = text, source = text, status = text, type = text,
      },
    },
    order_created = {
      type = 'OrderCreate', summary = 'An order was created', core = true,
      sample = 'samples/highlevel/order_created.json',
      fields = {
        _id = text, altId = text, altType = text, amount = number, amountSummary = amount_summary, contactId = text,
        contactSnapshot = contact_snapshot, createdAt = text, currency = text, fulfillmentStatus = text, items = items,
        liveMode = flag, source = source, status = text, taxSummary = tax_summary, type = text, updatedAt = text,
      },
    },
    order_status_updated = {
      type = 'OrderStatusUpdate', summary = 'The status of an order changed', core = true,
      sample = 'samples/highlevel/order_status_updated.json',
      fields = {
        _id = text, altId = text, altType = text, amount = number, amountSummary = amount_summary, contactId = text,
        contactSnapshot = contact_snapshot, createdAt = text, currency = text, fulfillmentStatus = text, items = items,
        liveMode = flag, source = source, status = text, taxSummary = tax_summary, type = text, updatedAt = text,
      },
    },
    outbound_message = {
      type = 'OutboundMessage', summary = 'A message was sent to a contact', core = true,
      sample = 'samples/highlevel/outbound_message.json',
      fields = {
        attachments = users, bcc = text, body = text, callDuration = number, callStatus = text, cc = text,
        contactId = text, contentType = text, conversationId = text, conversationProviderId = text, dateAdded = text,
        direction = text, emailMessageId = text, locationId = text, messageId = text, messageType = text,
        provider = text, source = text, status = text, threadId = text, to = text, type = text, userId = text,
      },
    },
    plan_changed = {
      type = 'PLAN_CHANGE', summary = 'An account changed the plan that it pays the app for', core = true,
      sample = 'samples/highlevel/plan_changed.json',
      fields = {
        appId = text, companyId = text, currentPlanId = text, locationId = text, newPlanId = text, type = text,
        userId = text,
      },
    },
    price_created = {
      type = 'PriceCreate', summary = 'A price was created', core = true,
      sample = 'samples/highlevel/price_created.json',
      note = 'the vendor shows no `type` in the payload; the name of its page is taken for it',
      fields = {
        _id = text, allowOutOfStockPurchases = flag, amount = number, availableQuantity = number,
        compareAtPrice = number, createdAt = text, currency = text, locationId = text,
        membershipOffers = membership_offers, name = text, priceType = text, product = text, recurring = recurring,
        trackInventory = any, updatedAt = text, userId = text, variantOptionIds = custom_values,
      },
    },
    price_deleted = {
      type = 'PriceDelete', summary = 'A price was deleted', core = true,
      sample = 'samples/highlevel/price_deleted.json',
      note = "the vendor's sample has the price's own type in the place of the event's",
      fields = {
        _id = text, allowOutOfStockPurchases = flag, amount = number, availableQuantity = number,
        compareAtPrice = number, createdAt = text, currency = text, locationId = text,
        membershipOffers = membership_offers, name = text, product = text, recurring = recurring, trackInventory = any,
        type = text, updatedAt = text, userId = text, variantOptionIds = custom_values,
      },
    },
    price_updated = {
      type = 'PriceUpdate', summary = 'A price was changed', core = true,
      sample = 'samples/highlevel/price_updated.json',
      note = "the vendor's sample has the price's own type in the place of the event's",
      fields = {
        _id = text, allowOutOfStockPurchases = flag, amount = number, availableQuantity = number,
        compareAtPrice = number, createdAt = text, currency = text, locationId = text,
        membershipOffers = membership_offers, name = text, product = text, recurring = recurring, trackInventory = any,
        type = text, updatedAt = text, userId = text, variantOptionIds = custom_values,
      },
    },
    product_created = {
      type = 'ProductCreate', summary = 'A product was created', core = true,
      sample = 'samples/highlevel/product_created.json',
      note = 'the vendor shows no `type` in the payload; the name of its page is taken for it',
      fields = {
        _id = text, availableInStore = flag, createdAt = text, description = text, image = text, locationId = text,
        medias = medias, name = text, productType = text, statementDescriptor = text, updatedAt = text, userId = text,
        variants = variants,
      },
    },
    product_deleted = {
      type = 'ProductDelete', summary = 'A product was deleted', core = true,
      sample = 'samples/highlevel/product_deleted.json',
      note = 'the vendor shows no `type` in the payload; the name of its page is taken for it',
      fields = {
        _id = text, availableInStore = flag, createdAt = text, description = text, image = text, locationId = text,
        medias = medias, name = text, productType = text, statementDescriptor = text, updatedAt = text, userId = text,
        variants = variants,
      },
    },
    product_updated = {
      type = 'ProductUpdate', summary = 'A product was changed', core = true,
      sample = 'samples/highlevel/product_updated.json',
      note = 'the vendor shows no `type` in the payload; the name of its page is taken for it',
      fields = {
        _id = text, availableInStore = flag, createdAt = text, description = text, image = text, locationId = text,
        medias = medias, name = text, productType = text, statementDescriptor = text, updatedAt = text, userId = text,
        variants = variants,
      },
    },
    provider_outbound_message = {
      summary = "A message is to go out over the app's own channel", core = true, types = { 'Email', 'SMS' },
      sample = 'samples/highlevel/provider_outbound_message.json',
      note = "its `type` is the channel, SMS or Email; it goes to the conversation provider's delivery URL",
      fields = {
        attachments = users, contactId = text, emailFrom = text, emailMessageId = text, emailTo = text, html = text,
        locationId = text, message = text, messageId = text, phone = text, subject = text, type = any, userId = text,
      },
    },
    record_created = {
      type = 'RecordCreate', summary = 'A record of a custom object, or a business, was created', core = true,
      sample = 'samples/highlevel/record_created.json',
      fields = {
        followers = custom_values, id = text, locationId = text, owners = custom_values, properties = properties,
        timestamp = text, type = text,
      },
    },
    record_deleted = {
      type = 'RecordDelete', summary = 'A record of a custom object, or a business, was deleted', core = true,
      sample = 'samples/highlevel/record_deleted.json',
      fields = {
        followers = custom_values, id = text, locationId = text, owners = custom_values, properties = properties,
        timestamp = text, type = text,
      },
    },
    record_updated = {
      type = 'RecordUpdate', summary = 'A record of a custom object, or a business, was changed', core = true,
      sample = 'samples/highlevel/record_updated.json',
      fields = {
        followers = custom_values, id = text, locationId = text, owners = custom_values, properties = properties,
        timestamp = text, type = text,
      },
    },
    relation_created = {
      type = 'RelationCreate', summary = 'A relation was created', core = true,
      sample = 'samples/highlevel/relation_created.json',
      note = 'the vendor shows no `type` in the payload; the name of its page is taken for it',
      fields = {
        associationId = text, firstObjectKey = text, firstRecordId = text, id = text, locationId = text,
        secondObjectKey = text, secondRecordId = text,
      },
    },
    relation_deleted = {
      type = 'RelationDelete', summary = 'A relation was deleted', core = true,
      sample = 'samples/highlevel/relation_deleted.json',
      note = 'the vendor shows no `type` in the payload; the name of its page is taken for it',
      fields = {
        associationId = text, firstObjectKey = text, firstRecordId = text, id = text, locationId = text,
        secondObjectKey = text, secondRecordId = text,
      },
    },
    saas_plan_created = {
      type = 'SaasPlanCreate', summary = 'A SaaS plan was created', core = true,
      sample = 'samples/highlevel/saas_plan_created.json',
      note = 'the vendor shows no `type` in the payload; the name of its page is taken for it',
      fields = {
        addOns = custom_values, categoryId = text, createdAt = text, description = text, isSaaSV2 = flag, planId = text,
        planLevel = number,
        prices = {
          'list',
          of = {
            'object',
            fields = {
              active = flag, amount = number, billingInterval = text, currency = text, id = text, symbol = text,
            },
          },
        },
        productId = text, saasProducts = custom_values, snapshotId = text, title = text, trialPeriod = number,
        updatedAt = text,
      },
      required = {
        'addOns', 'categoryId', 'createdAt', 'description', 'isSaaSV2', 'planId', 'planLevel', 'prices', 'productId',
        'saasProducts', 'snapshotId', 'title', 'trialPeriod', 'updatedAt',
      },
    },
    task_completed = {
      type = 'TaskComplete', summary = 'A task was completed', core = true,
      sample = 'samples/highlevel/task_completed.json',
      fields = {
        assignedTo = text, body = text, contactId = text, dateAdded = text, dueDate = text, id = text,
        locationId = text, title = text, type = text,
      },
    },
    task_created = {
      type = 'TaskCreate', summary = 'A task was created', core = true, sample = 'samples/highlevel/task_created.json',
      fields = {
        assignedTo = text, body = text, contactId = text, dateAdded = text, dueDate = text, id = text,
        locationId = text, title = text, type = text,
      },
    },
    task_deleted = {
      type = 'TaskDelete', summary = 'A task was deleted', core = true, sample = 'samples/highlevel/task_deleted.json',
      fields = {
        assignedTo = text, body = text, contactId = text, dateAdded = text, dueDate = text, id = text,
        locationId = text, title = text, type = text,
      },
    },
    user_created = {
      type = 'UserCreate', summary = 'A user was created', core = true, sample = 'samples/highlevel/user_created.json',
      fields = {
        companyId = text, email = text, extension = text, firstName = text, id = text, lastName = text,
        locationId = text, locations = custom_values, permissions = permissions, phone = text, role = text, type = text,
      },
    },
    user_deleted = {
      type = 'UserDelete', summary = 'A user was deleted', core = true, sample = 'samples/highlevel/user_deleted.json',
      fields = {
        companyId = text, email = text, extension = text, firstName = text, id = text, lastName = text,
        locationId = text, locations = custom_values, permissions = permissions, phone = text, role = text,
        scopes = custom_values, type = text,
      },
    },
    user_updated = {
      type = 'UserUpdate', summary = 'A user was changed', core = true, sample = 'samples/highlevel/user_updated.json',
      fields = {
        companyId = text, email = text, extension = text, firstName = text, id = text, lastName = text,
        locationId = text, locations = custom_values, permissions = permissions, phone = text, role = text, type = text,
      },
    },
    voice_ai_call_ended = {
      type = 'VoiceAiCallEnd', summary = 'A call of voice AI ended', core = true,
      sample = 'samples/highlevel/voice_ai_call_ended.json',
      note = 'the vendor shows no `type` in the payload; the name of its page is taken for it',
      fields = {
        agentId = text, contactId = text, createdAt = text, duration = number,
        executedCallActions = {
          'list',
          of = {
            'object',
            fields = {
              _id = text, actionName = text, actionParameters = any, actionType = text, description = text,
              executedAt = text, triggerReceivedAt = text,
            },
          },
        },
        extractedData = trial, fromNumber = text, id = text, locationId = text, messageId = text, summary = text,
        transcript = text, translation = any, trialCall = flag,
      },
    },
  },
}
