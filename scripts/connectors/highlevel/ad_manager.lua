-- HighLevel: ad-manager.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local number = { 'number' }
local location = { 'object' }
local text = { 'string' }
local flag = { 'boolean' }
local rule_item_groups = { 'list', of = location }
local maybe_number = { 'number', optional = true }
local maybe_location = { 'object', optional = true }
local maybe_text = { 'string', optional = true }
local maybe_flag = { 'boolean', optional = true }
local selection_type = { 'string', enum = { 'include', 'exclude' } }
local maybe_media = { 'list', optional = true, of = location }
local maybe_smartlist_ids = { 'list', optional = true, of = text }
local headline = { 'object', fields = { localized = location } }
local type = { 'string', enum = { 'AD_MANAGER', 'INTEGRATION' } }
local radius_unit = { 'string', optional = true, enum = { 'km', 'mi' } }
local type_2 = { 'string', enum = { 'CUSTOM_SEGMENTS', 'DATA_SEGMENTS' } }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }
local selection_type_2 = { 'string', optional = true, enum = { 'include', 'exclude' } }
local maybe_exclude = { 'list', optional = true, of = rule_item_groups }
local end_minute = { 'string', enum = { 'ZERO', 'FIFTEEN', 'THIRTY', 'FORTY_FIVE' } }
local description = { 'object', optional = true, fields = { localized = location } }
local type_3 = { 'string', optional = true, enum = { 'INTEGRATION', 'AD_MANAGER' } }
local maybe_lookalike = { 'list', optional = true, of = { 'object', fields = { id = text, name = text } } }
local maybe_age_range = { 'list', optional = true, of = { 'object', fields = { enum = text, negative = flag } } }
local maybe_negatives = { 'list', optional = true, of = { 'object', fields = { keyword = text, matchType = text } } }
local location_2 = { 'object', optional = true, fields = { lat = maybe_number, lng = maybe_number } }
local maybe_placements = {
  'list', optional = true,
  of = {
    'string', enum = { 'GMAIL', 'YOUTUBE_IN_STREAM', 'YOUTUBE_SHORTS', 'YOUTUBE_IN_FEED', 'DISCOVER', 'DISPLAY' },
  },
}
local exclusive_operands = {
  'list',
  of = {
    'object',
    fields = { lookbackWindowDays = number, rule = { 'object', fields = { ruleItemGroups = rule_item_groups } } },
  },
}
local publishing_status = {
  'string', optional = true,
  enum = {
    'DRAFT', 'SCHEDULED', 'PUBLISHED', 'PUBLISHING', 'FAILED', 'IN_REVIEW', 'PAUSED', 'ARCHIVED', 'WITH_ISSUES',
    'REJECTED',
  },
}
local maybe_locales = {
  'list', optional = true,
  of = { 'object', fields = { id = maybe_text, key = maybe_text, name = maybe_text, resourceName = maybe_text } },
}
local budget = {
  'object', optional = true,
  fields = {
    amount = maybe_number, budgetType = { 'string', optional = true, enum = { 'DAILY', 'LIFETIME' } },
    scheduleEndDate = maybe_text, scheduleStartDate = maybe_text,
  },
}
local dimensions = {
  'object', optional = true,
  fields = {
    ageRanges = maybe_smartlist_ids,
    audienceSegments = {
      'object', optional = true,
      fields = {
        customAudiences = maybe_smartlist_ids, userInterests = maybe_smartlist_ids, userLists = maybe_smartlist_ids,
      },
    },
    genders = maybe_smartlist_ids, isAgeUnknown = maybe_flag, parentalStatuses = maybe_smartlist_ids,
  },
}

return {
  operations = {
    fb_add_custom_audience_member = {
      method = 'PUT', path = '/ad-publishing/facebook/custom-audience/{audienceId}/member',
      summary = 'Facebook ads: add a custom audience member', scopes = { 'adPublishing.write' }, success = 200,
      input = { audienceId = text, contactId = text, fbAdAccountId = maybe_text, locationId = maybe_text_2 },
    },
    fb_batch_update_audience_members = {
      method = 'PUT', path = '/ad-publishing/facebook/custom-audience/{audienceId}/member/batch',
      summary = 'Facebook ads: change many members of an audience', scopes = { 'adPublishing.write' }, success = 200,
      input = {
        audienceId = text, csvPath = maybe_text, dynamicAudience = maybe_text, locationId = maybe_text_2,
        operationType = text, smartlistIds = maybe_smartlist_ids,
      },
    },
    fb_create_conversation_form = {
      method = 'POST', path = '/ad-publishing/facebook/conversation-forms',
      summary = 'Facebook ads: create a conversation form', scopes = { 'adPublishing.write' }, success = 201,
      input = {
        locationId = maybe_text_2, name = text,
        questions = { 'list', of = { 'object', fields = { question = text, response = maybe_text } } }, text = text,
      },
    },
    fb_create_integration = {
      method = 'POST', path = '/ad-publishing/facebook/integration', summary = 'Facebook ads: create an integration',
      scopes = { 'adPublishing.write' }, success = 201,
      input = { adAccountId = maybe_text, locationId = maybe_text_2, pageId = text },
    },
    fb_create_page_lead_form = {
      method = 'POST', path = '/ad-publishing/facebook/page/{pageId}/forms',
      summary = 'Facebook ads: create a page lead form', scopes = { 'adPublishing.write' }, success = 201,
      input = {
        customDisclaimer = {
          'object', optional = true,
          fields = {
            body = text,
            checkboxes = {
              'list', optional = true, of = { 'object', fields = { is_required = flag, key = text, text = text } },
            },
            title = text,
          },
        },
        greetingCard = {
          'object', optional = true, fields = { content = { 'list', of = text }, style = text, title = text },
        },
        locationId = maybe_text_2, name = text, pageId = text, privacyPolicyLink = text, privacyPolicyText = maybe_text,
        questionPageHeadline = maybe_text,
        questions = {
          'list',
          of = {
            'object',
            fields = {
              key = text, label = maybe_text,
              options = { 'list', optional = true, of = { 'object', fields = { key = text, value = text } } },
              type = {
                'string',
                enum = {
                  'CUSTOM', 'CITY', 'COMPANY_NAME', 'COUNTRY', 'DATE_OF_BIRTH', 'EMAIL', 'FIRST_NAME', 'FULL_NAME',
                  'GENDER', 'JOB_TITLE', 'LAST_NAME', 'MARITAL_STATUS', 'MILITARY_STATUS', 'PHONE', 'POST_CODE',
                  'RELATIONSHIP_STATUS', 'STATE', 'STREET_ADDRESS', 'WORK_EMAIL', 'WORK_PHONE_NUMBER', 'ZIP',
                  'SHORT_ANSWER',
                },
              },
            },
          },
        },
        thankYouPage = {
          'object',
          fields = {
            body = text, businessPhone = maybe_text, buttonLink = maybe_text, buttonText = text, buttonType = text,
            countryCode = maybe_text, title = text,
          },
        },
        type = { 'string', enum = { 'MORE_VOLUME', 'HIGHER_INTENT' } },
      },
    },
    fb_delete_ad = {
      method = 'DELETE', path = '/ad-publishing/facebook/ads/{adId}', summary = 'Facebook ads: delete an ad',
      scopes = { 'adPublishing.write' }, success = 200, body = { 'locationId' },
      input = { adId = text, locationId = maybe_text_2 },
    },
    fb_delete_ad_account = {
      method = 'DELETE', path = '/ad-publishing/facebook/ad-accounts/{adAccountId}',
      summary = 'Facebook ads: delete an ad account', scopes = { 'adPublishing.write' }, success = 200,
      body = { 'locationId' }, input = { adAccountId = text, locationId = maybe_text_2 },
    },
    fb_delete_adset = {
      method = 'DELETE', path = '/ad-publishing/facebook/adsets/{adsetId}', summary = 'Facebook ads: delete an ad set',
      scopes = { 'adPublishing.write' }, success = 200, body = { 'locationId' },
      input = { adsetId = text, locationId = maybe_text_2 },
    },
    fb_delete_campaign = {
      method = 'DELETE', path = '/ad-publishing/facebook/campaigns/{campaignId}',
      summary = 'Facebook ads: delete a campaign', scopes = { 'adPublishing.write' }, success = 200,
      body = { 'locationId' }, input = { campaignId = text, locationId = maybe_text_2 },
    },
    fb_delete_custom_audience = {
      method = 'DELETE', path = '/ad-publishing/facebook/custom-audience/{audienceId}',
      summary = 'Facebook ads: delete a custom audience', scopes = { 'adPublishing.write' }, success = 200,
      query = { 'locationId' }, input = { audienceId = text, locationId = maybe_text_2 },
    },
    fb_delete_integration = {
      method = 'DELETE', path = '/ad-publishing/facebook/integration', summary = 'Facebook ads: delete an integration',
      scopes = { 'adPublishing.write' }, success = 200, body = { 'locationId' }, input = { locationId = maybe_text_2 },
    },
    fb_delete_page = {
      method = 'DELETE', path = '/ad-publishing/facebook/page', summary = 'Facebook ads: delete a page',
      scopes = { 'adPublishing.write' }, success = 200, query = { 'locationId', 'pageId' },
      input = { locationId = maybe_text_2, pageId = text },
    },
    fb_duplicate_ad = {
      method = 'POST', path = '/ad-publishing/facebook/ads/{adId}/duplicate', summary = 'Facebook ads: copy an ad',
      scopes = { 'adPublishing.write' }, success = 201, input = { adId = text },
    },
    fb_duplicate_adset = {
      method = 'POST', path = '/ad-publishing/facebook/adsets/{adsetId}/duplicate',
      summary = 'Facebook ads: copy an ad set', scopes = { 'adPublishing.write' }, success = 201,
      input = { adsetId = text },
    },
    fb_duplicate_campaign = {
      method = 'POST', path = '/ad-publishing/facebook/campaigns/{campaignId}/duplicate',
      summary = 'Facebook ads: copy a campaign', scopes = { 'adPublishing.write' }, success = 201,
      input = { campaignId = text, locationId = maybe_text_2 },
    },
    fb_get_ad_account = {
      method = 'GET', path = '/ad-publishing/facebook/ad-accounts/{adAccountId}',
      summary = 'Facebook ads: read an ad account', scopes = { 'adPublishing.readonly' }, success = 200,
      query = { 'locationId' }, input = { adAccountId = text, locationId = maybe_text_2 },
    },
    fb_get_ad_accounts = {
      method = 'GET', path = '/ad-publishing/facebook/ad-accounts', summary = 'Facebook ads: list ad accounts',
      scopes = { 'adPublishing.readonly' }, success = 200,
      query = { 'locationId', 'type', 'next', 'fetchAll', 'limit' },
      input = {
        fetchAll = maybe_text, limit = maybe_text, locationId = maybe_text_2, next = maybe_text, type = maybe_text,
      },
    },
    fb_get_campaign = {
      method = 'GET', path = '/ad-publishing/facebook/campaign/{campaignId}', summary = 'Facebook ads: read a campaign',
      scopes = { 'adPublishing.readonly' }, success = 200, query = { 'locationId', 'fields', 'source' },
      input = { campaignId = text, fields = maybe_text, locationId = maybe_text_2, source = maybe_text },
    },
    fb_get_campaign_reporting = {
      method = 'GET', path = '/ad-publishing/facebook/reporting/campaign/{campaignId}',
      summary = 'Facebook ads: read the report of a campaign', scopes = { 'adPublishing.readonly' }, success = 200,
      query = { 'locationId', 'startDate', 'endDate' },
      input = { campaignId = text, endDate = text, locationId = maybe_text_2, startDate = text },
    },
    fb_get_conversation_forms = {
      method = 'GET', path = '/ad-publishing/facebook/conversation-forms',
      summary = 'Facebook ads: list conversation forms', scopes = { 'adPublishing.readonly' }, success = 200,
      query = { 'locationId' }, input = { locationId = maybe_text_2 },
    },
    fb_get_current_user = {
      method = 'GET', path = '/ad-publishing/facebook/me', summary = 'Facebook ads: read the connected user',
      scopes = { 'adPublishing.readonly' }, success = 200, query = { 'locationId' },
      input = { locationId = maybe_text_2 },
    },
    fb_get_custom_audience_by_id = {
      method = 'GET', path = '/ad-publishing/facebook/custom-audience/{audienceId}',
      summary = 'Facebook ads: read a custom audience', scopes = { 'adPublishing.readonly' }, success = 200,
      query = { 'locationId' }, input = { audienceId = text, locationId = maybe_text_2 },
    },
    fb_get_custom_audiences = {
      method = 'GET', path = '/ad-publishing/facebook/custom-audience', summary = 'Facebook ads: list custom audiences',
      scopes = { 'adPublishing.readonly' }, success = 200, query = { 'locationId', 'type', 'source', 'adAccountId' },
      input = {
        adAccountId = text, locationId = maybe_text_2,
        source = { 'string', optional = true, enum = { 'ad_manager', 'integration' } },
        type = { 'string', enum = { 'lookalike', 'custom', 'all' } },
      },
    },
    fb_get_entity = {
      method = 'GET', path = '/ad-publishing/facebook/entity', summary = 'Facebook ads: read an entity',
      scopes = { 'adPublishing.readonly' }, success = 200,
      query = {
        'locationId', 'type', 'next', 'fetchAll', 'campaignId', 'adSetId', 'entityType', 'searchId',
        'selectedAdAccountId',
      },
      input = {
        adSetId = maybe_text, campaignId = maybe_text, entityType = { 'string', enum = { 'CAMPAIGN', 'ADSET', 'AD' } },
        fetchAll = maybe_text, locationId = maybe_text_2, next = maybe_text, searchId = maybe_text,
        selectedAdAccountId = maybe_text, type = type,
      },
    },
    fb_get_instagram_accounts = {
      method = 'GET', path = '/ad-publishing/facebook/page/{pageId}/instagram',
      summary = 'Facebook ads: list Instagram accounts', scopes = { 'adPublishing.readonly' }, success = 200,
      query = { 'locationId', 'type' }, input = { locationId = maybe_text_2, pageId = text, type = type_3 },
    },
    fb_get_integration = {
      method = 'GET', path = '/ad-publishing/facebook/integration', summary = 'Facebook ads: read an integration',
      scopes = { 'adPublishing.readonly' }, success = 200, query = { 'locationId' },
      input = { locationId = maybe_text_2 },
    },
    fb_get_lead_form = {
      method = 'GET', path = '/ad-publishing/facebook/lead-form/{leadFormId}',
      summary = 'Facebook ads: read a lead form', scopes = { 'adPublishing.readonly' }, success = 200,
      query = { 'locationId' }, input = { leadFormId = text, locationId = maybe_text_2 },
    },
    fb_get_page_lead_forms = {
      method = 'GET', path = '/ad-publishing/facebook/page/{pageId}/forms',
      summary = 'Facebook ads: list page lead forms', scopes = { 'adPublishing.readonly' }, success = 200,
      query = { 'locationId' }, input = { locationId = maybe_text_2, pageId = text },
    },
    fb_get_pages = {
      method = 'GET', path = '/ad-publishing/facebook/pages', summary = 'Facebook ads: list pages',
      scopes = { 'adPublishing.readonly' }, success = 200, query = { 'locationId', 'fetchExisting' },
      input = { fetchExisting = maybe_text, locationId = maybe_text_2 },
    },
    fb_get_pixels = {
      method = 'GET', path = '/ad-publishing/facebook/pixels', summary = 'Facebook ads: list pixels',
      scopes = { 'adPublishing.readonly' }, success = 200, query = { 'locationId', 'channel', 'pageId', 'igUserId' },
      input = { channel = maybe_text, igUserId = maybe_text, locationId = maybe_text_2, pageId = maybe_text },
    },
    fb_get_reporting = {
      method = 'GET', path = '/ad-publishing/facebook/reporting', summary = 'Facebook ads: read a report',
      scopes = { 'adPublishing.readonly' }, success = 200,
      query = { 'locationId', 'groupBy', 'startDate', 'endDate', 'type', 'fields' }, joined = { 'fields' },
      input = {
        endDate = text,
        fields = {
          'list',
          of = {
            'string',
            enum = {
              'impressions', 'clicks', 'spend', 'cpc', 'cost_per_conversion', 'conversions', 'cpm', 'reach',
              'frequency',
            },
          },
        },
        groupBy = { 'string', enum = { 'day', 'week', 'month' } }, locationId = maybe_text_2, startDate = text,
        type = type,
      },
    },
    fb_get_reporting_list = {
      method = 'GET', path = '/ad-publishing/facebook/reporting/list', summary = 'Facebook ads: list reports',
      scopes = { 'adPublishing.readonly' }, success = 200,
      query = { 'locationId', 'listType', 'startDate', 'endDate', 'campaignId', 'type' },
      input = {
        campaignId = text, endDate = text, listType = text, locationId = maybe_text_2, startDate = text, type = type,
      },
    },
    fb_pause_ad = {
      method = 'POST', path = '/ad-publishing/facebook/ads/{adId}/pause', summary = 'Facebook ads: pause an ad',
      scopes = { 'adPublishing.write' }, success = 201, input = { adId = text, locationId = maybe_text_2 },
    },
    fb_pause_adset = {
      method = 'POST', path = '/ad-publishing/facebook/adsets/{adsetId}/pause',
      summary = 'Facebook ads: pause an ad set', scopes = { 'adPublishing.write' }, success = 201,
      input = { adsetId = text, locationId = maybe_text_2 },
    },
    fb_pause_campaign = {
      method = 'POST', path = '/ad-publishing/facebook/campaigns/{campaignId}/pause',
      summary = 'Facebook ads: pause a campaign', scopes = { 'adPublishing.write' }, success = 201,
      input = { campaignId = text, locationId = maybe_text_2 },
    },
    fb_publish_campaign = {
      method = 'POST', path = '/ad-publishing/facebook/campaigns/{campaignId}/publish',
      summary = 'Facebook ads: publish a campaign', scopes = { 'adPublishing.write' }, success = 201,
      input = { campaignId = text, locationId = maybe_text_2 },
    },
    fb_remove_custom_audience_member = {
      method = 'DELETE', path = '/ad-publishing/facebook/custom-audience/{audienceId}/member',
      summary = 'Facebook ads: remove a custom audience member', scopes = { 'adPublishing.write' }, success = 200,
      body = { 'contactId', 'fbAdAccountId', 'locationId' },
      input = { audienceId = text, contactId = text, fbAdAccountId = maybe_text, locationId = maybe_text_2 },
    },
    fb_resume_ad = {
      method = 'POST', path = '/ad-publishing/facebook/ads/{adId}/resume', summary = 'Facebook ads: resume an ad',
      scopes = { 'adPublishing.write' }, success = 201, input = { adId = text, locationId = maybe_text_2 },
    },
    fb_resume_adset = {
      method = 'POST', path = '/ad-publishing/facebook/adsets/{adsetId}/resume',
      summary = 'Facebook ads: resume an ad set', scopes = { 'adPublishing.write' }, success = 201,
      input = { adsetId = text, locationId = maybe_text_2 },
    },
    fb_resume_campaign = {
      method = 'POST', path = '/ad-publishing/facebook/campaigns/{campaignId}/resume',
      summary = 'Facebook ads: resume a campaign', scopes = { 'adPublishing.write' }, success = 201,
      input = { campaignId = text, locationId = maybe_text_2 },
    },
    fb_search_targeting = {
      method = 'GET', path = '/ad-publishing/facebook/targeting/search',
      summary = 'Facebook ads: search what can be targeted', success = 200, query = { 'type', 'query', 'searchType' },
      input = { query = text, searchType = maybe_text, type = text },
    },
    fb_set_default_page = {
      method = 'PUT', path = '/ad-publishing/facebook/page/default', summary = 'Facebook ads: set a default page',
      scopes = { 'adPublishing.write' }, success = 200, query = { 'locationId' },
      input = { locationId = maybe_text_2, pageId = text },
    },
    fb_update_custom_audience = {
      method = 'PUT', path = '/ad-publishing/facebook/custom-audience/{audienceId}',
      summary = 'Facebook ads: change a custom audience', scopes = { 'adPublishing.write' }, success = 200,
      input = { audienceId = text, description = text, locationId = maybe_text_2, name = text },
    },
    fb_upsert_ad = {
      method = 'PUT', path = '/ad-publishing/facebook/ads-v2', summary = 'Facebook ads: create or change an ad',
      scopes = { 'adPublishing.write' }, success = 200,
      input = {
        adsetId = text, campaignId = text, conversationFormId = maybe_text, cta = maybe_text, description = maybe_text,
        destinationFormId = maybe_text, destinationLink = maybe_text, headline = maybe_text, id = maybe_text,
        imageUrl = maybe_text, locationId = maybe_text_2,
        media = {
          'list', optional = true,
          of = {
            'object',
            fields = {
              description = maybe_text, headline = maybe_text, link = maybe_text, name = maybe_text,
              selectedPoster = maybe_number, src = text, thumbnailUrl = maybe_text,
              type = { 'string', enum = { 'image', 'video' } },
            },
          },
        },
        mediaType = { 'string', optional = true, enum = { 'SINGLE', 'CAROUSEL' } }, multiAdvertiserAds = maybe_flag,
        name = maybe_text, primaryText = maybe_text,
      },
    },
    fb_upsert_adset = {
      method = 'PUT', path = '/ad-publishing/facebook/adsets', summary = 'Facebook ads: create or change an ad set',
      scopes = { 'adPublishing.write' }, success = 200,
      input = {
        audience = {
          'object', optional = true,
          fields = {
            age_max = maybe_number, age_min = maybe_number, genders = { 'list', optional = true, of = number },
            geo_locations = {
              'list',
              of = {
                'object',
                fields = {
                  geometry = { 'object', optional = true, fields = { location = location, location_type = text } },
                  key = text, name = text, radius = maybe_number, radiusUnit = radius_unit,
                  selectionType = selection_type,
                  type = {
                    'string',
                    enum = {
                      'country', 'city', 'region', 'country_group', 'geo_market', 'large_geo_area', 'medium_geo_area',
                      'small_geo_area', 'subcity', 'neighborhood', 'zip', 'address',
                    },
                  },
                },
              },
            },
            interests = {
              'list', optional = true, of = { 'object', fields = { id = text, name = text, type = maybe_text } },
            },
            locales = { 'list', optional = true, of = { 'object', fields = { key = number, name = text } } },
            lookalike = maybe_lookalike, placementType = { 'string', optional = true, enum = { 'auto', 'manual' } },
            placements = {
              'object', optional = true,
              fields = {
                facebook = maybe_smartlist_ids, instagram = maybe_smartlist_ids, messenger = maybe_smartlist_ids,
              },
            },
            retargeting = maybe_lookalike,
          },
        },
        budget = {
          'object', optional = true,
          fields = {
            amount = number, budgetType = { 'string', enum = { 'DAILY', 'LIFETIME' } }, scheduleEndDate = maybe_text,
            scheduleStartDate = maybe_text,
          },
        },
        campaignId = text, conversionLocation = maybe_text, customEventType = maybe_text, id = maybe_text,
        instagramActorId = maybe_text, locationId = maybe_text_2,
        messagingPlatforms = { 'string', optional = true, enum = { 'WHATSAPP', 'MESSENGER', 'INSTAGRAM_DIRECT' } },
        name = maybe_text, pageId = maybe_text, pixelId = maybe_text, whatsappNumber = maybe_text,
      },
    },
    fb_upsert_campaign = {
      method = 'PUT', path = '/ad-publishing/facebook/campaigns', summary = 'Facebook ads: create or change a campaign',
      scopes = { 'adPublishing.write' }, success = 200,
      input = {
        id = maybe_text, locationId = maybe_text_2, name = maybe_text,
        objective = {
          'string', optional = true,
          enum = { 'OUTCOME_LEADS', 'OUTCOME_TRAFFIC', 'OUTCOME_ENGAGEMENT', 'OUTCOME_SALES' },
        },
        source = maybe_text,
        specialAdCategories = {
          'string', optional = true,
          enum = {
            'EMPLOYMENT', 'CREDIT', 'FINANCIAL_PRODUCTS_SERVICES', 'HOUSING', 'ISSUES_ELECTIONS_POLITICS',
            'ONLINE_GAMBLING_AND_GAMING', 'NONE',
          },
        },
      },
    },
    fb_upsert_pixel = {
      method = 'PUT', path = '/ad-publishing/facebook/pixels', summary = 'Facebook ads: create or change a pixel',
      scopes = { 'adPublishing.write' }, success = 200,
      input = {
        conversionPixelId = maybe_text, igUserId = maybe_text, locationId = maybe_text_2, name = maybe_text,
        type = text,
      },
    },
    google_create_integration = {
      method = 'POST', path = '/ad-publishing/google/integration', summary = 'Google ads: create an integration',
      scopes = { 'adPublishing.write' }, success = 201,
      input = { adAccountId = text, locationId = maybe_text_2, mccId = text },
    },
    google_create_offline_user_list_job = {
      method = 'POST', path = '/ad-publishing/google/segments/offline-user-list-job',
      summary = 'Google ads: add members to a customer list', scopes = { 'adPublishing.write' }, success = 201,
      input = {
        csvPath = maybe_text, isDynamic = maybe_flag, locationId = maybe_text_2, smartListIds = maybe_smartlist_ids,
        userListId = maybe_text,
      },
    },
    google_delete_ad_account = {
      method = 'DELETE', path = '/ad-publishing/google/ad-accounts/{adAccountId}',
      summary = 'Google ads: delete an ad account', scopes = { 'adPublishing.write' }, success = 200,
      body = { 'locationId' }, input = { adAccountId = text, locationId = maybe_text_2 },
    },
    google_delete_conversion = {
      method = 'DELETE', path = '/ad-publishing/google/conversions/{conversionId}',
      summary = 'Google ads: delete a conversion', scopes = { 'adPublishing.write' }, success = 200,
      query = { 'locationId' }, input = { conversionId = text, locationId = maybe_text_2 },
    },
    google_delete_segment = {
      method = 'DELETE', path = '/ad-publishing/google/segments/{segmentId}', summary = 'Google ads: delete a segment',
      scopes = { 'adPublishing.write' }, success = 200, query = { 'locationId', 'type' },
      input = { locationId = maybe_text_2, segmentId = text, type = type_2 },
    },
    google_get_ad_account_details = {
      method = 'GET', path = '/ad-publishing/google/ad-accounts/{adAccountId}',
      summary = 'Google ads: read an ad account', scopes = { 'adPublishing.readonly' }, success = 200,
      query = { 'locationId' }, input = { adAccountId = text, locationId = maybe_text_2 },
    },
    google_get_ad_accounts = {
      method = 'GET', path = '/ad-publishing/google/ad-accounts', summary = 'Google ads: list ad accounts',
      scopes = { 'adPublishing.readonly' }, success = 200, query = { 'locationId', 'type' },
      input = { locationId = maybe_text_2, type = type_3 },
    },
    google_get_assets = {
      method = 'GET', path = '/ad-publishing/google/assets', summary = 'Google ads: list assets',
      scopes = { 'adPublishing.readonly' }, success = 200, query = { 'locationId', 'type', 'id', 'advertiserOnly' },
      input = {
        advertiserOnly = maybe_text, id = maybe_text, locationId = maybe_text_2,
        type = { 'string', enum = { 'CALL', 'SITELINK', 'LEAD_FORM', 'IMAGE', 'TEXT' } },
      },
    },
    google_get_audience_by_id = {
      method = 'GET', path = '/ad-publishing/google/audiences/{audienceId}', summary = 'Google ads: read an audience',
      scopes = { 'adPublishing.readonly' }, success = 200, query = { 'locationId' },
      input = { audienceId = text, locationId = maybe_text_2 },
    },
    google_get_audiences = {
      method = 'GET', path = '/ad-publishing/google/audiences', summary = 'Google ads: list audiences',
      scopes = { 'adPublishing.readonly' }, success = 200, query = { 'locationId' },
      input = { locationId = maybe_text_2 },
    },
    google_get_campaign_by_id = {
      method = 'GET', path = '/ad-publishing/google/ads/{adId}', summary = 'Google ads: read a campaign',
      scopes = { 'adPublishing.readonly' }, success = 200, query = { 'locationId' },
      input = { adId = text, locationId = maybe_text_2 },
    },
    google_get_campaign_reporting = {
      method = 'GET', path = '/ad-publishing/google/reporting/campaign/{campaignId}',
      summary = 'Google ads: read the report of a campaign', scopes = { 'adPublishing.readonly' }, success = 200,
      query = { 'locationId', 'startDate', 'endDate' },
      input = { campaignId = text, endDate = text, locationId = maybe_text_2, startDate = text },
    },
    google_get_conversion_by_id = {
      method = 'GET', path = '/ad-publishing/google/conversions/{conversionId}',
      summary = 'Google ads: read a conversion', scopes = { 'adPublishing.readonly' }, success = 200,
      query = { 'locationId' }, input = { conversionId = text, locationId = maybe_text_2 },
    },
    google_get_conversion_goals = {
      method = 'GET', path = '/ad-publishing/google/conversion-goals', summary = 'Google ads: list conversion goals',
      scopes = { 'adPublishing.readonly' }, success = 200, query = { 'locationId' },
      input = { locationId = maybe_text_2 },
    },
    google_get_conversions = {
      method = 'GET', path = '/ad-publishing/google/conversions', summary = 'Google ads: list conversions',
      scopes = { 'adPublishing.readonly' }, success = 200,
      query = { 'locationId', 'type', 'conversionType', 'category', 'startDate', 'endDate' },
      input = {
        category = maybe_text, conversionType = maybe_text, endDate = maybe_text, locationId = maybe_text_2,
        startDate = maybe_text, type = { 'string', optional = true, enum = { 'AD_MANAGER', 'AD_WORDS' } },
      },
    },
    google_get_current_user = {
      method = 'GET', path = '/ad-publishing/google/me', summary = 'Google ads: read the connected user',
      scopes = { 'adPublishing.readonly' }, success = 200, query = { 'locationId' },
      input = { locationId = maybe_text_2 },
    },
    google_get_entity = {
      method = 'GET', path = '/ad-publishing/google/entity', summary = 'Google ads: read an entity',
      scopes = { 'adPublishing.readonly' }, success = 200,
      query = {
        'locationId', 'type', 'campaignId', 'adGroupId', 'entityType', 'searchId', 'startDate', 'endDate',
        'selectedAdAccountId',
      },
      input = {
        adGroupId = maybe_text, campaignId = maybe_text, endDate = maybe_text,
        entityType = { 'string', enum = { 'CAMPAIGN', 'ADGROUP', 'AD' } }, locationId = maybe_text_2,
        searchId = maybe_text, selectedAdAccountId = maybe_text, startDate = maybe_text, type = type,
      },
    },
    google_get_integration = {
      method = 'GET', path = '/ad-publishing/google/integration', summary = 'Google ads: read an integration',
      scopes = { 'adPublishing.readonly' }, success = 200, query = { 'locationId' },
      input = { locationId = maybe_text_2 },
    },
    google_get_keyword_ideas = {
      method = 'POST', path = '/ad-publishing/google/keyword-ideas', summary = 'Google ads: list keyword ideas',
      scopes = { 'adPublishing.readonly' }, success = 201, query = { 'locationId' },
      input = {
        keywords = maybe_smartlist_ids, languageCode = maybe_text, locationId = maybe_text_2,
        locations = maybe_smartlist_ids, url = text,
      },
    },
    google_get_reporting = {
      method = 'GET', path = '/ad-publishing/google/reporting', summary = 'Google ads: read a report',
      scopes = { 'adPublishing.readonly' }, success = 200,
      query = { 'locationId', 'groupBy', 'startDate', 'endDate', 'type', 'fields' }, joined = { 'fields' },
      input = {
        endDate = text,
        fields = {
          'list',
          of = {
            'string',
            enum = {
              'impressions', 'clicks', 'cost_micros', 'average_cpc', 'conversions', 'average_cpm',
              'cost_per_conversion', 'ctr',
            },
          },
        },
        groupBy = { 'string', optional = true, enum = { 'date', 'week', 'month' } }, locationId = maybe_text_2,
        startDate = text, type = type,
      },
    },
    google_get_reporting_list = {
      method = 'GET', path = '/ad-publishing/google/reporting/list', summary = 'Google ads: list reports',
      scopes = { 'adPublishing.readonly' }, success = 200,
      query = { 'locationId', 'listType', 'startDate', 'endDate', 'campaignId', 'type' },
      input = {
        campaignId = maybe_text, endDate = text, listType = text, locationId = maybe_text_2, startDate = text,
        type = type,
      },
    },
    google_get_segment_by_id = {
      method = 'GET', path = '/ad-publishing/google/segments/{segmentId}', summary = 'Google ads: read a segment',
      scopes = { 'adPublishing.readonly' }, success = 200, query = { 'locationId', 'type' },
      input = { locationId = maybe_text_2, segmentId = text, type = type_2 },
    },
    google_get_segments = {
      method = 'GET', path = '/ad-publishing/google/segments', summary = 'Google ads: list segments',
      scopes = { 'adPublishing.readonly' }, success = 200, query = { 'locationId', 'type' },
      input = { locationId = maybe_text_2, type = maybe_text },
    },
    google_get_target_interests = {
      method = 'GET', path = '/ad-publishing/google/target-interests', summary = 'Google ads: list target interests',
      scopes = { 'adPublishing.readonly' }, success = 200, query = { 'locationId', 'type', 'advertisingChannelType' },
      input = {
        advertisingChannelType = text, locationId = maybe_text_2,
        type = { 'string', enum = { 'AFFINITY', 'IN_MARKET' } },
      },
    },
    google_publish_ad = {
      method = 'POST', path = '/ad-publishing/google/ads/{adId}/publish', summary = 'Google ads: publish an ad',
      scopes = { 'adPublishing.write' }, success = 201, input = { adId = text },
    },
    google_search_targeting = {
      method = 'GET', path = '/ad-publishing/google/targeting/search',
      summary = 'Google ads: search what can be targeted', scopes = { 'adPublishing.readonly' }, success = 200,
      query = { 'type', 'query', 'locationId' }, input = { locationId = maybe_text_2, query = maybe_text, type = text },
    },
    google_upsert_assets = {
      method = 'POST', path = '/ad-publishing/google/assets', summary = 'Google ads: create or change assets',
      scopes = { 'adPublishing.write' }, success = 201,
      input = {
        locationId = maybe_text_2,
        payload = {
          'object',
          fields = {
            adScheduleTargets = {
              'list', optional = true,
              of = {
                'object',
                fields = {
                  dayOfWeek = {
                    'string', enum = { 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY' },
                  },
                  endHour = number, endMinute = end_minute, startHour = number, startMinute = end_minute,
                },
              },
            },
            backgroundImageAsset = maybe_text, businessName = maybe_text, callConversionAction = maybe_text,
            callToActionDescription = maybe_text,
            callToActionType = {
              'string', optional = true,
              enum = {
                'LEARN_MORE', 'GET_QUOTE', 'APPLY_NOW', 'SIGN_UP', 'CONTACT_US', 'SUBSCRIBE', 'DOWNLOAD', 'BOOK_NOW',
                'GET_OFFER', 'REGISTER', 'GET_INFO', 'REQUEST_DEMO', 'JOIN_NOW', 'GET_STARTED', 'VISIT_SITE',
              },
            },
            countryCode = maybe_text,
            customQuestionFields = {
              'list', optional = true,
              of = { 'object', fields = { customQuestionText = text, singleChoiceAnswers = { 'list', of = text } } },
            },
            description = maybe_text, description1 = maybe_text, description2 = maybe_text,
            desiredIntent = { 'string', optional = true, enum = { 'LOW_INTENT', 'HIGH_INTENT' } }, endDate = maybe_text,
            fields = {
              'list', of = { 'object', fields = { inputType = text, singleChoiceAnswers = maybe_smartlist_ids } },
              optional = true,
            },
            finalUrls = maybe_text, headline = maybe_text, linkText = maybe_text, phoneNumber = maybe_text,
            postSubmitCallToActionType = {
              'string', optional = true, enum = { 'VISIT_SITE', 'DOWNLOAD', 'LEARN_MORE', 'SHOP_NOW' },
            },
            postSubmitDescription = maybe_text, postSubmitHeadline = maybe_text, privacyPolicyUrl = maybe_text,
            resourceName = maybe_text, startDate = maybe_text,
          },
        },
        type = { 'string', enum = { 'CALL', 'SITELINK', 'LEAD_FORM' } },
      },
    },
    google_upsert_audience = {
      method = 'PUT', path = '/ad-publishing/google/audiences', summary = 'Google ads: create or change an audience',
      scopes = { 'adPublishing.write' }, success = 200,
      input = {
        dimensions = dimensions, exclusionDimension = dimensions, locationId = maybe_text_2, name = text,
        resourceName = maybe_text,
      },
    },
    google_upsert_campaign = {
      method = 'PUT', path = '/ad-publishing/google/ads', summary = 'Google ads: create or change a campaign',
      scopes = { 'adPublishing.write' }, success = 200,
      input = {
        adGroups = {
          'list', optional = true,
          of = {
            'object',
            fields = {
              adCampaignId = maybe_text,
              adContent = {
                'list', optional = true,
                of = {
                  'object',
                  fields = {
                    adCampaignId = maybe_text, adError = maybe_text, adGroupId = maybe_text, adId = maybe_text,
                    businessName = maybe_text,
                    callToActionLabel = {
                      'string', optional = true,
                      enum = {
                        'AUTOMATED', 'LEARN_MORE', 'GET_QUOTE', 'APPLY_NOW', 'SIGN_UP', 'CONTACT_US', 'SUBSCRIBE',
                        'DOWNLOAD', 'BOOK_NOW', 'SHOP_NOW', 'BUY_NOW', 'DONATE_NOW', 'ORDER_NOW', 'PLAY_NOW',
                        'SEE_MORE',
                      },
                    },
                    carouselCards = {
                      'list', optional = true,
                      of = {
                        'object',
                        fields = {
                          callToActionLabel = maybe_text, finalUrl = maybe_text, headline = maybe_text,
                          media = maybe_media,
                        },
                      },
                    },
                    customChannels = maybe_flag, descriptions = maybe_smartlist_ids, finalUrl = maybe_text,
                    googleAdId = maybe_text, headlines = maybe_smartlist_ids, id = maybe_text, isDeleted = maybe_flag,
                    longHeadlines = maybe_smartlist_ids,
                    media = {
                      'list', optional = true,
                      of = {
                        'object',
                        fields = {
                          error = maybe_text, imageType = maybe_text, isLogo = maybe_flag, src = maybe_text,
                          type = { 'string', optional = true, enum = { 'IMAGE' } }, url = maybe_text,
                        },
                      },
                    },
                    mediaType = { 'string', optional = true, enum = { 'IMAGE', 'VIDEO', 'CAROUSEL' } },
                    name = maybe_text, path1 = maybe_text, path2 = maybe_text, placements = maybe_placements,
                    publishingStatus = publishing_status,
                    youtubeVideoLinks = {
                      'list', optional = true, of = { 'object', fields = { youtubeVideoId = text } },
                    },
                  },
                },
              },
              adGroupError = maybe_text, adGroupId = maybe_text,
              audience = {
                'object', optional = true,
                fields = {
                  geo_locations = {
                    'list', optional = true,
                    of = {
                      'object',
                      fields = {
                        address_components = maybe_media, country_name = maybe_text, formatted_address = maybe_text,
                        geometry = {
                          'object', optional = true,
                          fields = { location = maybe_location, location_type = maybe_text, viewport = maybe_location },
                        },
                        id = maybe_text, key = maybe_text, name = maybe_text, place_id = maybe_text,
                        radius = maybe_number, radiusUnit = radius_unit, resourceName = maybe_text,
                        selectionType = selection_type_2, type = maybe_text,
                      },
                    },
                  },
                  locales = maybe_locales,
                },
              },
              customChannels = maybe_flag, googleAdGroupId = maybe_text, googleAudienceId = maybe_text, id = maybe_text,
              keywords = {
                'object', optional = true, fields = { negatives = maybe_negatives, positives = maybe_negatives },
              },
              name = maybe_text, publishingStatus = publishing_status, selectedChannels = maybe_placements,
            },
          },
        },
        adSchedule = {
          'list', optional = true,
          of = {
            'object',
            fields = {
              dayOfWeek = {
                'string',
                enum = {
                  'FRIDAY', 'MONDAY', 'SATURDAY', 'SUNDAY', 'THURSDAY', 'TUESDAY', 'UNKNOWN', 'UNSPECIFIED',
                  'WEDNESDAY', 'ALL_DAYS', 'MONDAY_TO_FRIDAY', 'SATURDAY_AND_SUNDAY',
                },
              },
              from = text, to = text,
            },
          },
        },
        advancedOptions = maybe_location,
        advertisingChannelSubType = { 'string', optional = true, enum = { 'DEMAND_GEN' } },
        advertisingChannelType = {
          'string',
          enum = {
            'SEARCH', 'DISCOVERY', 'DISPLAY', 'HOTEL', 'LOCAL', 'MULTI_CHANNEL', 'PERFORMANCE_MAX', 'DEMAND_GEN',
          },
        },
        assets = {
          'object', optional = true,
          fields = {
            businessLogo = {
              'object', optional = true,
              fields = { error = maybe_text, name = maybe_text, resourceName = maybe_text, url = text },
            },
            calls = maybe_smartlist_ids,
            images = {
              'list', optional = true,
              of = {
                'object', fields = { error = maybe_text, name = maybe_text, resourceName = maybe_text, url = text },
              },
            },
            leadForm = maybe_text, sitelinks = maybe_smartlist_ids,
          },
        },
        audience = {
          'object', optional = true,
          fields = {
            ageRange = maybe_age_range, gender = maybe_age_range,
            geo_locations = {
              'list', optional = true,
              of = {
                'object',
                fields = {
                  address_components = {
                    'list', optional = true,
                    of = {
                      'object',
                      fields = { long_name = maybe_text, short_name = maybe_text, types = maybe_smartlist_ids },
                    },
                  },
                  country_name = maybe_text, formatted_address = maybe_text,
                  geometry = {
                    'object', optional = true,
                    fields = {
                      location = location_2, location_type = maybe_text,
                      viewport = {
                        'object', optional = true, fields = { northeast = location_2, southwest = location_2 },
                      },
                    },
                  },
                  id = maybe_text, key = maybe_text, name = maybe_text, place_id = maybe_text, radius = maybe_number,
                  radiusUnit = radius_unit, resourceName = maybe_text, selectionType = selection_type_2,
                  type = maybe_text,
                },
              },
            },
            locales = maybe_locales,
            segments = { 'list', optional = true, of = { 'object', fields = { id = text, type = text } } },
            targetInterests = {
              'object', optional = true, fields = { affinity = maybe_smartlist_ids, inMarket = maybe_smartlist_ids },
            },
          },
        },
        biddingStrategy = { 'object', optional = true, fields = { type = maybe_text, value = maybe_number } },
        budget = budget,
        campaignGoal = {
          'object', optional = true,
          fields = {
            isCustomConversionGoal = maybe_flag,
            type = { 'string', enum = { 'CONVERSIONS', 'CLICK', 'YOUTUBE_ENGAGEMENT' } }, value = maybe_text,
          },
        },
        goalType = { 'string', optional = true, enum = { 'WEBSITE_TRAFFIC', 'LEAD' } }, googleAdAccountId = maybe_text,
        googleCampaignId = maybe_text, id = maybe_text, isEuPoliticalAds = maybe_flag, locationId = maybe_text_2,
        maximumCpc = maybe_number, name = text,
        networkSettings = {
          'object', optional = true, fields = { targetContentNetwork = flag, targetSearchNetwork = flag },
        },
        publishingStatus = publishing_status, source = maybe_text, unpublishedChanges = maybe_flag,
      },
    },
    google_upsert_conversion = {
      method = 'PUT', path = '/ad-publishing/google/conversions', summary = 'Google ads: create or change a conversion',
      scopes = { 'adPublishing.write' }, success = 200,
      input = {
        attributionModel = { 'string', enum = { 'GOOGLE_SEARCH_ATTRIBUTION_DATA_DRIVEN', 'GOOGLE_ADS_LAST_CLICK' } },
        category = text, clickThroughWindow = number, conversionId = maybe_text,
        countingType = { 'string', enum = { 'ONE_PER_CLICK', 'MANY_PER_CLICK' } }, locationId = maybe_text_2,
        name = text, type = { 'string', enum = { 'UPLOAD_CLICKS', 'UPLOAD_CALLS', 'WEBPAGE', 'LEAD_FORM_SUBMIT' } },
        valueSettings = {
          'object', fields = { alwaysUseDefaultValue = flag, defaultCurrencyCode = text, defaultValue = number },
        },
      },
    },
    google_upsert_segment = {
      method = 'PUT', path = '/ad-publishing/google/segments', summary = 'Google ads: create or change a segment',
      scopes = { 'adPublishing.write' }, success = 200, query = { 'locationId', 'type' },
      body = {
        'countryCodes', 'description', 'expansionLevel', 'id', 'members', 'membershipLifeSpan', 'membershipStatus',
        'name', 'ruleBasedUserList', 'seedUserListIds', 'status', 'type',
      },
      input = {
        countryCodes = maybe_smartlist_ids, description = maybe_text,
        expansionLevel = { 'string', optional = true, enum = { 'BALANCED', 'BROAD', 'NARROW' } }, id = maybe_text,
        locationId = maybe_text_2,
        members = {
          'list', optional = true,
          of = {
            'object',
            fields = {
              app = maybe_text, keyword = maybe_text, memberType = { 'string', enum = { 'KEYWORD', 'URL', 'APP' } },
              url = maybe_text,
            },
          },
        },
        membershipLifeSpan = maybe_number, membershipStatus = maybe_text, name = text,
        ruleBasedUserList = {
          'object', optional = true,
          fields = {
            flexibleRuleUserList = {
              'object',
              fields = {
                exclusiveOperands = exclusive_operands, inclusiveOperands = exclusive_operands,
                inclusiveRuleOperator = maybe_text,
              },
            },
            prepopulationStatus = { 'string', optional = true, enum = { 'REQUESTED' } },
          },
        },
        seedUserListIds = maybe_smartlist_ids, status = maybe_text,
        type = { 'string', enum = { 'CUSTOM_SEGMENTS', 'WEBSITE_VISITOR', 'CUSTOMER_MATCH', 'LOOKALIKE' } },
      },
    },
    li_create_integration = {
      method = 'POST', path = '/ad-publishing/linkedin/integration', summary = 'LinkedIn ads: create an integration',
      scopes = { 'adPublishing.write' }, success = 201,
      input = {
        adAccountId = text, adAccountName = text, currencyCode = text, locationId = maybe_text_2, organizationId = text,
      },
    },
    li_create_lead_form = {
      method = 'POST', path = '/ad-publishing/linkedin/{accountId}/form', summary = 'LinkedIn ads: create a lead form',
      scopes = { 'adPublishing.write' }, success = 201, query = { 'locationId' },
      input = {
        accountId = text,
        content = {
          'object',
          fields = {
            description = description, headline = headline,
            legalInfo = {
              'object',
              fields = {
                consents = {
                  'list', of = { 'object', fields = { checkRequired = flag, consent = headline, id = number } },
                },
                legalDisclaimer = description, privacyPolicyUrl = text,
              },
            },
            postSubmissionInfo = {
              'object',
              fields = {
                callToAction = {
                  'object',
                  fields = {
                    callToActionLabel = {
                      'string', enum = { 'VISIT_COMPANY_WEBSITE', 'DOWNLOAD_NOW', 'TRY_NOW', 'VIEW_NOW', 'LEARN_MORE' },
                    },
                    callToActionTarget = { 'object', fields = { landingPageUrl = text } },
                  },
                },
                message = headline,
              },
            },
            questions = {
              'list',
              of = {
                'object',
                fields = {
                  name = text, predefinedField = maybe_text, question = headline,
                  questionDetails = {
                    'object',
                    fields = {
                      multipleChoiceQuestionDetails = {
                        'object', optional = true, fields = { options = rule_item_groups },
                      },
                      textQuestionDetails = maybe_location,
                    },
                  },
                },
              },
            },
          },
        },
        creationLocale = { 'object', fields = { country = text, language = text } },
        hiddenFields = { 'list', optional = true, of = { 'object', fields = { name = text, value = text } } },
        locationId = maybe_text_2, name = text, owner = { 'object', fields = { sponsoredAccount = text } },
        state = { 'string', enum = { 'PUBLISHED' } },
      },
    },
    li_delete_ad_account = {
      method = 'DELETE', path = '/ad-publishing/linkedin/ad-account', summary = 'LinkedIn ads: delete an ad account',
      scopes = { 'adPublishing.write' }, success = 200, query = { 'locationId', 'adAccountId' },
      input = { adAccountId = text, locationId = maybe_text_2 },
    },
    li_get_ad_account_details = {
      method = 'GET', path = '/ad-publishing/linkedin/ad-account', summary = 'LinkedIn ads: read an ad account',
      scopes = { 'adPublishing.readonly' }, success = 200, query = { 'locationId', 'adAccountId' },
      input = { adAccountId = text, locationId = maybe_text_2 },
    },
    li_get_ad_accounts = {
      method = 'GET', path = '/ad-publishing/linkedin/ad-accounts', summary = 'LinkedIn ads: list ad accounts',
      scopes = { 'adPublishing.readonly' }, success = 200, query = { 'locationId' },
      input = { locationId = maybe_text_2 },
    },
    li_get_ad_analytics = {
      method = 'GET', path = '/ad-publishing/linkedin/reporting', summary = 'LinkedIn ads: read figures of ads',
      scopes = { 'adPublishing.readonly' }, success = 200,
      query = { 'locationId', 'pivot', 'groupBy', 'startDate', 'endDate', 'entityUrns', 'fields' },
      input = {
        endDate = text, entityUrns = maybe_text, fields = { 'list', of = text, optional = true },
        groupBy = { 'string', optional = true, enum = { 'day', 'month', 'year' } }, locationId = maybe_text_2,
        pivot = { 'string', optional = true, enum = { 'ACCOUNT', 'CAMPAIGN', 'CAMPAIGN_GROUP', 'CREATIVE' } },
        startDate = text,
      },
    },
    li_get_campaign_group = {
      method = 'GET', path = '/ad-publishing/linkedin/ads/{adId}', summary = 'LinkedIn ads: read a campaign group',
      scopes = { 'adPublishing.readonly' }, success = 200, query = { 'locationId' },
      input = { adId = text, locationId = maybe_text_2 },
    },
    li_get_campaign_group_reporting = {
      method = 'GET', path = '/ad-publishing/linkedin/reporting/campaign-group/{campaignGroupId}',
      summary = 'LinkedIn ads: read the report of a campaign group', scopes = { 'adPublishing.readonly' },
      success = 200, query = { 'locationId', 'startDate', 'endDate', 'fields' },
      input = {
        campaignGroupId = text, endDate = text, fields = { 'list', of = text, optional = true },
        locationId = maybe_text_2, startDate = text,
      },
    },
    li_get_current_user = {
      method = 'GET', path = '/ad-publishing/linkedin/me', summary = 'LinkedIn ads: read the connected user',
      scopes = { 'adPublishing.readonly' }, success = 200, query = { 'locationId' },
      input = { locationId = maybe_text_2 },
    },
    li_get_integration = {
      method = 'GET', path = '/ad-publishing/linkedin/integration', summary = 'LinkedIn ads: read an integration',
      scopes = { 'adPublishing.readonly' }, success = 200, query = { 'locationId' },
      input = { locationId = maybe_text_2 },
    },
    li_get_lead_forms = {
      method = 'GET', path = '/ad-publishing/linkedin/{accountId}/forms', summary = 'LinkedIn ads: list lead forms',
      scopes = { 'adPublishing.readonly' }, success = 200, query = { 'locationId' },
      input = { accountId = text, locationId = maybe_text_2 },
    },
    li_get_reporting_list = {
      method = 'GET', path = '/ad-publishing/linkedin/reporting/list', summary = 'LinkedIn ads: list reports',
      scopes = { 'adPublishing.readonly' }, success = 200,
      query = { 'locationId', 'listType', 'campaignId', 'campaignGroupId', 'startDate', 'endDate', 'fields' },
      input = {
        campaignGroupId = text, campaignId = text, endDate = text, fields = { 'list', of = text, optional = true },
        listType = text, locationId = maybe_text_2, startDate = text,
      },
    },
    li_publish_campaign_group = {
      method = 'POST', path = '/ad-publishing/linkedin/ads/{adId}/publish',
      summary = 'LinkedIn ads: publish a campaign group', scopes = { 'adPublishing.write' }, success = 201,
      input = { adId = text, locationId = maybe_text_2 },
    },
    li_search_targeting = {
      method = 'GET', path = '/ad-publishing/linkedin/targeting/search',
      summary = 'LinkedIn ads: search what can be targeted', scopes = { 'adPublishing.readonly' }, success = 200,
      query = { 'locationId', 'facet', 'query', 'q' },
      input = { facet = text, locationId = maybe_text_2, q = maybe_text, query = maybe_text },
    },
    li_update_ad_status = {
      method = 'PATCH', path = '/ad-publishing/linkedin/{adId}/status',
      summary = 'LinkedIn ads: change the status of an ad', scopes = { 'adPublishing.write' }, success = 200,
      query = { 'locationId' },
      input = {
        adId = text, locationId = maybe_text_2, operationType = { 'string', enum = { 'PAUSED', 'ARCHIVED', 'RESUME' } },
        type = { 'string', enum = { 'adGroup', 'adCampaign', 'ad' } },
      },
    },
    li_upsert_campaign_group = {
      method = 'PUT', path = '/ad-publishing/linkedin/ads', summary = 'LinkedIn ads: create or change a campaign group',
      scopes = { 'adPublishing.write' }, success = 200,
      input = {
        adBudgetOptimization = { 'string', optional = true, enum = { 'MAXIMUM_DELIVERY', 'COST_CAP' } },
        adCampaignGroupId = maybe_text,
        adCampaigns = {
          'list', optional = true,
          of = {
            'object',
            fields = {
              adCampaignGroupId = maybe_text, adCampaignId = maybe_text,
              ads = {
                'list', optional = true,
                of = {
                  'object',
                  fields = {
                    adCampaignGroupId = maybe_text, adCampaignId = maybe_text, adId = maybe_text,
                    callToActionLabel = maybe_text, contentReferenceString = maybe_text, description = maybe_text,
                    destinationFormId = maybe_text, destinationUrl = maybe_text, headline = maybe_text, id = maybe_text,
                    introductoryText = maybe_text, linkedInError = maybe_text,
                    media = {
                      'list', optional = true,
                      of = {
                        'object',
                        fields = {
                          destinationUrl = maybe_text, fileSizeBytes = maybe_number, frames = maybe_smartlist_ids,
                          headline = maybe_text, name = maybe_text, selectedPoster = maybe_number, src = maybe_text,
                          thumbnailUrl = maybe_text, type = { 'string', optional = true, enum = { 'video', 'image' } },
                        },
                      },
                    },
                    meta = maybe_location, name = maybe_text, publishingStatus = publishing_status,
                  },
                },
              },
              audience = {
                'object', optional = true,
                fields = {
                  geo_locations = {
                    'list', optional = true,
                    of = {
                      'object', fields = { facetUrn = text, name = text, selectionType = selection_type, urn = text },
                    },
                  },
                  targetAudience = {
                    'object', optional = true, fields = { exclude = maybe_exclude, include = maybe_exclude },
                  },
                },
              },
              campaignType = maybe_text, id = maybe_text, linkedInError = maybe_text,
              locale = { 'object', optional = true, fields = { country = text, language = text } },
              mediaType = { 'string', optional = true, enum = { 'STANDARD_UPDATE', 'SINGLE_VIDEO', 'CAROUSEL' } },
              meta = maybe_location, name = maybe_text, publishingStatus = publishing_status,
              unitCost = { 'object', optional = true, fields = { amount = number } },
            },
          },
        },
        budget = budget, id = maybe_text, linkedInAdAccountId = maybe_text, linkedInError = maybe_text,
        locationId = maybe_text_2, meta = maybe_location, name = maybe_text,
        objectiveType = { 'string', optional = true, enum = { 'LEAD_GENERATION', 'WEBSITE_VISIT' } },
        publishingStatus = publishing_status, unpublishedChanges = maybe_flag,
      },
    },
  },
}
