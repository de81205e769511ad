-- HighLevel: social-media-posting.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local number = { 'number' }
local meta = { 'object' }
local text = { 'string' }
local flag = { 'boolean' }
local comments = { 'list', of = number }
local media = { 'list', of = meta }
local account_ids = { 'list', of = text }
local maybe_text = { 'string', optional = true }
local maybe_flag = { 'boolean', optional = true }
local maybe_post_ids = { 'list', optional = true, of = text }
local results = { 'object', fields = { postId = text } }
local age = { 'object', fields = { totals = meta } }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }
local type = { 'string', optional = true, enum = { 'page', 'group', 'profile', 'location', 'business' } }
local impressions = { 'object', fields = { platforms = meta, total = number, totalChange = number } }
local end_date = { 'object', optional = true, fields = { day = number, month = number, year = number } }
local end_time = { 'object', optional = true, fields = { hours = number, minutes = number, seconds = number } }
local og_tags_details = { 'object', optional = true, fields = { metaImage = maybe_text, metaLink = maybe_text } }
local pages = {
  'list', of = { 'object', fields = { avatar = text, id = text, isConnected = flag, name = text, urn = text } },
}
local post_approval_details = {
  'object', optional = true,
  fields = {
    approvalStatus = maybe_text, approver = maybe_text, approverNote = maybe_text, requesterNote = maybe_text,
  },
}
local results_2 = {
  'object',
  fields = {
    profile = {
      'list',
      of = {
        'object',
        fields = {
          avatar = text, id = text, isConnected = flag, name = text, type = text, username = text, verified = flag,
        },
      },
    },
  },
}
local results_3 = {
  'object',
  fields = {
    count = number,
    tags = {
      'list',
      of = {
        'object',
        fields = {
          _id = text, createdAt = text, createdBy = text, deleted = flag, locationId = text, tag = text,
          updatedAt = text,
        },
      },
    },
  },
}
local maybe_media = {
  'list', optional = true,
  of = {
    'object',
    fields = {
      caption = maybe_text, defaultThumb = maybe_text, id = maybe_text, thumbnail = maybe_text, type = maybe_text,
      url = text,
    },
  },
}
local csv = {
  'object',
  fields = {
    _id = text, accountIds = account_ids, approver = text, count = number, createdAt = text, createdBy = text,
    file = text, fileName = text, locationId = text, originId = text, status = text, traceId = text,
  },
}
local results_4 = {
  'object',
  fields = {
    _id = text, active = flag, avatar = text, createdAt = text, deleted = flag, locationId = text, meta = meta,
    name = text, oAuthId = text, oldId = text, originId = text, platform = text, type = text, updatedAt = text,
  },
}
local tiktok_post_details = {
  'object', optional = true,
  fields = {
    enableComment = maybe_flag, enableDuet = maybe_flag, enableStitch = maybe_flag, privacyLevel = maybe_text,
    promoteOtherBrand = maybe_flag, promoteYourBrand = maybe_flag, videoDisclosure = maybe_flag,
  },
}
local gmb_post_details = {
  'object', optional = true,
  fields = {
    actionType = maybe_text, couponCode = maybe_text,
    endDate = { 'object', optional = true, fields = { endDate = end_date, endTime = end_time } },
    gmbEventType = maybe_text, offerTitle = maybe_text, redeemOnlineUrl = maybe_text,
    startDate = { 'object', optional = true, fields = { startDate = end_date, startTime = end_time } },
    termsConditions = maybe_text, title = maybe_text, url = maybe_text,
  },
}
local results_5 = {
  'object',
  fields = {
    post = {
      'object',
      fields = {
        _id = text, accountId = text, accountIds = account_ids, createdAt = text, createdBy = text, displayDate = text,
        error = text,
        gmbPostDetails = {
          'object',
          fields = {
            actionType = text, couponCode = text, endDate = meta, gmbEventType = text, offerTitle = text,
            redeemOnlineUrl = text, startDate = meta, termsConditions = text, title = text, url = text,
          },
        },
        locationId = text, media = media, ogTagsDetails = { 'object', fields = { metaImage = text, metaLink = text } },
        platform = text,
        postApprovalDetails = {
          'object',
          fields = {
            approvalStatus = text, approver = text, approverNote = text, approverUser = meta, requesterNote = text,
          },
        },
        postId = text, publishedAt = text, source = text, status = text, summary = text, tags = account_ids,
        tiktokPostDetails = {
          'object',
          fields = {
            enableComment = flag, enableDuet = flag, enableStitch = flag, privacyLevel = text, promoteOtherBrand = flag,
            promoteYourBrand = flag, videoDisclosure = flag,
          },
        },
        type = text, updatedAt = text,
        user = {
          'object',
          fields = {
            email = text, firstName = text, id = text, lastName = text, phone = text, profilePhoto = text, title = text,
          },
        },
      },
    },
  },
}

return {
  operations = {
    attach_facebook_page_group = {
      method = 'POST', path = '/social-media-posting/oauth/{locationId}/facebook/accounts/{accountId}',
      summary = 'Attach a Facebook page group (social planner)', success = 201,
      input = {
        accountId = text, avatar = maybe_text, companyId = maybe_text, locationId = maybe_text_2, name = maybe_text,
        originId = maybe_text, type = maybe_text,
      },
      output = { message = text, results = results_4, statusCode = number, success = flag },
    },
    attach_instagram_page_group = {
      method = 'POST', path = '/social-media-posting/oauth/{locationId}/instagram/accounts/{accountId}',
      summary = 'Attach an Instagram page group (social planner)', success = 201,
      input = {
        accountId = text, avatar = maybe_text, companyId = maybe_text, locationId = maybe_text_2, name = maybe_text,
        originId = maybe_text, pageId = text,
      },
      output = { message = text, results = results_4, statusCode = number, success = flag },
    },
    attach_linkedin_page_profile = {
      method = 'POST', path = '/social-media-posting/oauth/{locationId}/linkedin/accounts/{accountId}',
      summary = 'Attach a LinkedIn page profile (social planner)', success = 201,
      input = {
        accountId = text, avatar = maybe_text, companyId = maybe_text, locationId = maybe_text_2, name = maybe_text,
        originId = maybe_text, type = type, urn = maybe_text,
      },
      output = { message = text, results = results_4, statusCode = number, success = flag },
    },
    attach_tiktok_profile = {
      method = 'POST', path = '/social-media-posting/oauth/{locationId}/tiktok/accounts/{accountId}',
      summary = 'Attach a TikTok profile (social planner)', success = 201,
      input = {
        accountId = text, avatar = maybe_text, companyId = maybe_text, locationId = maybe_text_2, name = maybe_text,
        originId = maybe_text, type = type, username = maybe_text, verified = maybe_flag,
      },
      output = { message = text, results = results_4, statusCode = number, success = flag },
    },
    attach_twitter_profile = {
      method = 'POST', path = '/social-media-posting/oauth/{locationId}/twitter/accounts/{accountId}',
      summary = 'Attach a Twitter profile (social planner)', success = 201,
      deprecated = 'the vendor plans to remove it',
      input = {
        accountId = text, avatar = maybe_text, companyId = maybe_text, locationId = maybe_text_2, name = maybe_text,
        originId = maybe_text, protected = maybe_flag, username = maybe_text, verified = maybe_flag,
      },
      output = { message = text, results = results_4, statusCode = number, success = flag },
    },
    bulk_delete_social_planner_posts = {
      method = 'POST', path = '/social-media-posting/{locationId}/posts/bulk-delete',
      summary = 'Delete many posts of the social planner', success = 201,
      input = { locationId = maybe_text_2, postIds = maybe_post_ids },
      output = { message = text, results = { 'any' }, statusCode = number, success = flag },
    },
    create_post = {
      method = 'POST', path = '/social-media-posting/{locationId}/posts', summary = 'Create a post',
      scopes = { 'socialplanner/post.write' }, success = 201,
      input = {
        accountIds = account_ids, categoryId = maybe_text, createdBy = maybe_text, followUpComment = maybe_text,
        gmbPostDetails = gmb_post_details, locationId = maybe_text_2, media = maybe_media,
        ogTagsDetails = og_tags_details, postApprovalDetails = post_approval_details, scheduleDate = maybe_text,
        scheduleTimeUpdated = maybe_flag, status = maybe_text, summary = maybe_text, tags = maybe_post_ids,
        tiktokPostDetails = tiktok_post_details, type = text, userId = text,
      },
      output = { message = text, results = results_5, statusCode = number, success = flag },
    },
    delete_account = {
      method = 'DELETE', path = '/social-media-posting/{locationId}/accounts/{id}',
      summary = 'Delete an account (social planner)', success = 200, query = { 'companyId', 'userId' },
      input = { companyId = maybe_text, id = text, locationId = maybe_text_2, userId = maybe_text },
      output = {
        message = text, results = { 'object', fields = { id = text, locationId = text } }, statusCode = number,
        success = flag,
      },
    },
    delete_csv = {
      method = 'DELETE', path = '/social-media-posting/{locationId}/csv/{id}',
      summary = 'Delete a CSV (social planner)', success = 200, input = { id = text, locationId = maybe_text_2 },
      output = {
        message = text,
        results = {
          'object',
          fields = {
            csv = {
              'object',
              fields = {
                accountIds = account_ids, approver = text, count = number, createdBy = text, file = text,
                fileName = text, locationId = text, originId = text, status = text, traceId = text,
              },
            },
          },
        },
        statusCode = number, success = flag,
      },
    },
    delete_csv_post = {
      method = 'DELETE', path = '/social-media-posting/{locationId}/csv/{csvId}/post/{postId}',
      summary = 'Delete a CSV post', success = 200, input = { csvId = text, locationId = maybe_text_2, postId = text },
      output = { message = text, results = results, statusCode = number, success = flag },
    },
    delete_post = {
      method = 'DELETE', path = '/social-media-posting/{locationId}/posts/{id}', summary = 'Delete a post',
      success = 200, input = { id = text, locationId = maybe_text_2 },
      output = { message = text, results = results, statusCode = number, success = flag },
    },
    edit_post = {
      method = 'PUT', path = '/social-media-posting/{locationId}/posts/{id}', summary = 'Change a post', success = 200,
      input = {
        accountIds = maybe_post_ids, categoryId = maybe_text, createdBy = maybe_text, followUpComment = maybe_text,
        gmbPostDetails = gmb_post_details, id = text, locationId = maybe_text_2, media = maybe_media,
        ogTagsDetails = og_tags_details, postApprovalDetails = post_approval_details, scheduleDate = maybe_text,
        scheduleTimeUpdated = maybe_flag, status = maybe_text, summary = maybe_text, tags = maybe_post_ids,
        tiktokPostDetails = tiktok_post_details, type = text, userId = maybe_text,
      },
      output = { message = text, statusCode = number, success = flag },
    },
    get_account = {
      method = 'GET', path = '/social-media-posting/{locationId}/accounts', summary = 'List accounts (social planner)',
      scopes = { 'socialplanner/account.readonly' }, success = 200, input = { locationId = maybe_text_2 },
      output = {
        message = text,
        results = {
          'object',
          fields = {
            accounts = {
              'list',
              of = {
                'object',
                fields = {
                  expire = text, id = text, isExpired = flag, meta = meta, name = text, oauthId = text, platform = text,
                  profileId = text, type = text,
                },
              },
            },
            groups = { 'list', of = { 'object', fields = { accountIds = account_ids, id = text, name = text } } },
          },
        },
        statusCode = number, success = flag,
      },
    },
    get_categories_id = {
      method = 'GET', path = '/social-media-posting/{locationId}/categories/{id}',
      summary = 'Read a category (social planner)', success = 200, input = { id = text, locationId = maybe_text_2 },
      output = {
        message = text,
        results = {
          'object',
          fields = {
            category = {
              'object',
              fields = {
                _id = text, createdAt = text, createdBy = text, deleted = flag, locationId = text, message = text,
                name = text, primaryColor = text, secondaryColor = text, updatedAt = text,
              },
            },
          },
        },
        statusCode = number, success = flag,
      },
    },
    get_categories_location_id = {
      method = 'GET', path = '/social-media-posting/{locationId}/categories',
      summary = 'List categories (social planner)', scopes = { 'socialplanner/category.readonly' }, success = 200,
      query = { 'searchText', 'limit', 'skip' },
      input = { limit = maybe_text, locationId = maybe_text_2, searchText = maybe_text, skip = maybe_text },
      output = {
        message = text,
        results = {
          'object',
          fields = {
            categories = {
              'list',
              of = {
                'object',
                fields = {
                  _id = text, createdAt = text, createdBy = text, deleted = flag, locationId = text, name = text,
                  primaryColor = text, secondaryColor = text, updatedAt = text,
                },
              },
            },
            count = number,
          },
        },
        statusCode = number, success = flag,
      },
    },
    get_csv_post = {
      method = 'GET', path = '/social-media-posting/{locationId}/csv/{id}',
      summary = 'List the posts of a CSV (social planner)', success = 200, query = { 'skip', 'limit' },
      input = { id = text, limit = maybe_text, locationId = maybe_text_2, skip = maybe_text },
      output = {
        message = text,
        results = {
          'object',
          fields = {
            count = number, csv = csv,
            posts = {
              'list',
              of = {
                'object',
                fields = {
                  accountIds = account_ids, errorMessage = text, followUpComment = text, gmbPostDetails = meta,
                  link = meta, medias = media, scheduleDate = text, summary = text, tiktokPostDetails = meta,
                  type = text,
                },
              },
            },
          },
        },
        statusCode = number, success = flag,
      },
    },
    get_facebook_page_group = {
      method = 'GET', path = '/social-media-posting/oauth/{locationId}/facebook/accounts/{accountId}',
      summary = 'Read a Facebook page group (social planner)', success = 200,
      input = { accountId = text, locationId = maybe_text_2 },
      output = {
        message = text,
        results = {
          'object',
          fields = {
            pages = {
              'list',
              of = { 'object', fields = { avatar = text, id = text, isConnected = flag, isOwned = flag, name = text } },
            },
          },
        },
        statusCode = number, success = flag,
      },
    },
    get_google_locations = {
      method = 'GET', path = '/social-media-posting/oauth/{locationId}/google/locations/{accountId}',
      summary = 'List Google locations (social planner)', success = 200,
      input = { accountId = text, locationId = maybe_text_2 },
      output = {
        message = text,
        results = {
          'object',
          fields = {
            locations = {
              'object',
              fields = {
                account = {
                  'object',
                  fields = {
                    accountName = text, name = text, type = text, verificationState = text, vettedState = text,
                  },
                },
                location = {
                  'object',
                  fields = {
                    isConnected = flag, isVerified = flag, maxLocation = flag, metadata = meta, name = text,
                    relationshipData = meta, storeCode = text, storefrontAddress = meta, title = text,
                  },
                },
              },
            },
          },
        },
        statusCode = number, success = flag,
      },
    },
    get_instagram_page_group = {
      method = 'GET', path = '/social-media-posting/oauth/{locationId}/instagram/accounts/{accountId}',
      summary = 'Read an Instagram page group (social planner)', success = 200,
      input = { accountId = text, locationId = maybe_text_2 },
      output = {
        message = text,
        results = {
          'object',
          fields = {
            accounts = {
              'list',
              of = { 'object', fields = { avatar = text, id = text, isConnected = flag, name = text, pageId = text } },
            },
          },
        },
        statusCode = number, success = flag,
      },
    },
    get_linkedin_page_profile = {
      method = 'GET', path = '/social-media-posting/oauth/{locationId}/linkedin/accounts/{accountId}',
      summary = 'Read a LinkedIn page profile (social planner)', success = 200,
      input = { accountId = text, locationId = maybe_text_2 },
      output = {
        message = text, results = { 'object', fields = { pages = pages, profile = pages } }, statusCode = number,
        success = flag,
      },
    },
    get_post = {
      method = 'GET', path = '/social-media-posting/{locationId}/posts/{id}', summary = 'Read a post', success = 200,
      input = { id = text, locationId = maybe_text_2 },
      output = { message = text, results = results_5, statusCode = number, success = flag },
    },
    get_posts = {
      method = 'POST', path = '/social-media-posting/{locationId}/posts/list', summary = 'List posts',
      scopes = { 'socialplanner/post.readonly' }, success = 201,
      input = {
        accounts = maybe_text, fromDate = text, includeUsers = text, limit = text, locationId = maybe_text_2,
        postType = maybe_text, skip = text, toDate = text, type = maybe_text,
      },
      output = {
        message = text,
        results = {
          'object',
          fields = {
            count = number,
            posts = {
              'list',
              of = {
                'object',
                fields = {
                  _id = text, accountId = text, accountIds = account_ids, createdAt = text, createdBy = text,
                  displayDate = text, error = text, gmbPostDetails = meta, locationId = text, media = media,
                  ogTagsDetails = meta, platform = text, postApprovalDetails = meta, postId = text, publishedAt = text,
                  source = text, status = text, summary = text, tags = account_ids, tiktokPostDetails = meta,
                  type = text, updatedAt = text, user = meta,
                },
              },
            },
          },
        },
        statusCode = number, success = flag,
      },
    },
    get_social_media_statistics = {
      method = 'POST', path = '/social-media-posting/statistics', summary = 'Read statistics (social planner)',
      success = 201, query = { 'locationId' },
      input = {
        locationId = maybe_text_2,
        platforms = {
          'list', optional = true,
          of = { 'string', enum = { 'facebook', 'instagram', 'linkedin', 'google', 'pinterest', 'youtube', 'tiktok' } },
        },
        profileIds = account_ids,
      },
      output = {
        message = text,
        results = {
          'object',
          fields = {
            breakdowns = {
              'object',
              fields = { engagement = meta, impressions = impressions, posts = impressions, reach = impressions },
            },
            dayRange = account_ids, demographics = { 'object', fields = { age = age, gender = age } },
            platformTotals = { 'object', fields = { followers = meta, impressions = meta, likes = meta } },
            postPerformance = {
              'object', fields = { comments = comments, impressions = comments, likes = comments, posts = meta },
            },
            totals = {
              'object',
              fields = { comments = number, followers = number, impressions = number, likes = number, posts = number },
            },
          },
        },
        traceId = text,
      },
    },
    get_tags_by_ids = {
      method = 'POST', path = '/social-media-posting/{locationId}/tags/details',
      summary = 'Read tags by their ids (social planner)', success = 201,
      input = { locationId = maybe_text_2, tagIds = account_ids },
      output = { message = text, results = results_3, statusCode = number, success = flag },
    },
    get_tags_location_id = {
      method = 'GET', path = '/social-media-posting/{locationId}/tags', summary = 'List tags (social planner)',
      success = 200, query = { 'searchText', 'limit', 'skip' },
      input = { limit = maybe_text, locationId = maybe_text_2, searchText = maybe_text, skip = maybe_text },
      output = { message = text, results = results_3, statusCode = number, success = flag },
    },
    get_tiktok_business_profile = {
      method = 'GET', path = '/social-media-posting/oauth/{locationId}/tiktok-business/accounts/{accountId}',
      summary = 'Read a TikTok business profile (social planner)', success = 200,
      input = { accountId = text, locationId = maybe_text_2 },
      output = { message = text, results = results_2, statusCode = number, success = flag },
    },
    get_tiktok_profile = {
      method = 'GET', path = '/social-media-posting/oauth/{locationId}/tiktok/accounts/{accountId}',
      summary = 'Read a TikTok profile (social planner)', success = 200,
      input = { accountId = text, locationId = maybe_text_2 },
      output = { message = text, results = results_2, statusCode = number, success = flag },
    },
    get_twitter_profile = {
      method = 'GET', path = '/social-media-posting/oauth/{locationId}/twitter/accounts/{accountId}',
      summary = 'Read a Twitter profile (social planner)', success = 200, deprecated = 'the vendor plans to remove it',
      input = { accountId = text, locationId = maybe_text_2 },
      output = {
        message = text,
        results = {
          'object',
          fields = {
            profile = {
              'list',
              of = {
                'object',
                fields = {
                  avatar = text, id = text, isConnected = flag, name = text, protected = flag, username = text,
                  verified = flag,
                },
              },
            },
          },
        },
        statusCode = number, success = flag,
      },
    },
    get_upload_status = {
      method = 'GET', path = '/social-media-posting/{locationId}/csv',
      summary = 'List uploaded CSV files (social planner)', success = 200,
      query = { 'skip', 'limit', 'includeUsers', 'userId' },
      input = {
        includeUsers = maybe_text, limit = maybe_text, locationId = maybe_text_2, skip = maybe_text,
        userId = maybe_text,
      },
      output = {
        message = text, results = { 'object', fields = { count = number, csvs = csv } }, statusCode = number,
        success = flag,
      },
    },
    set_accounts = {
      method = 'POST', path = '/social-media-posting/{locationId}/set-accounts',
      summary = 'Set accounts (social planner)', scopes = { 'socialplanner/csv.write' }, success = 201,
      input = {
        accountIds = account_ids, approver = maybe_text, fileName = text, filePath = text, locationId = maybe_text_2,
        rowsCount = number, userId = maybe_text,
      },
      output = { message = text, statusCode = number, success = flag },
    },
    set_google_locations = {
      method = 'POST', path = '/social-media-posting/oauth/{locationId}/google/locations/{accountId}',
      summary = 'Set Google locations (social planner)', success = 201,
      input = {
        account = { 'object', optional = true }, accountId = text, companyId = maybe_text,
        location = { 'object', optional = true }, locationId = maybe_text_2,
      },
      output = { message = text, results = results_4, statusCode = number, success = flag },
    },
    start_csv_finalize = {
      method = 'PATCH', path = '/social-media-posting/{locationId}/csv/{id}',
      summary = 'Finish an uploaded CSV (social planner)', success = 200,
      input = { id = text, locationId = maybe_text_2, userId = maybe_text },
      output = { message = text, statusCode = number, success = flag },
    },
    start_facebook_oauth = {
      method = 'GET', path = '/social-media-posting/oauth/facebook/start',
      summary = 'Begin to connect a Facebook account (social planner)', success = 200,
      query = { 'locationId', 'userId', 'page', 'reconnect' },
      input = { locationId = maybe_text_2, page = maybe_text, reconnect = maybe_text, userId = text },
    },
    start_google_oauth = {
      method = 'GET', path = '/social-media-posting/oauth/google/start',
      summary = 'Begin to connect a Google account (social planner)', scopes = { 'socialplanner/oauth.readonly' },
      success = 200, query = { 'locationId', 'userId', 'page', 'reconnect' },
      input = { locationId = maybe_text_2, page = maybe_text, reconnect = maybe_text, userId = text },
    },
    start_instagram_oauth = {
      method = 'GET', path = '/social-media-posting/oauth/instagram/start',
      summary = 'Begin to connect an Instagram account (social planner)', scopes = { 'socialplanner/oauth.readonly' },
      success = 200, query = { 'locationId', 'userId', 'page', 'reconnect' },
      input = { locationId = maybe_text_2, page = maybe_text, reconnect = maybe_text, userId = text },
    },
    start_linkedin_oauth = {
      method = 'GET', path = '/social-media-posting/oauth/linkedin/start',
      summary = 'Begin to connect a LinkedIn account (social planner)', success = 200,
      query = { 'locationId', 'userId', 'page', 'reconnect' },
      input = { locationId = maybe_text_2, page = maybe_text, reconnect = maybe_text, userId = text },
    },
    start_tiktok_business_oauth = {
      method = 'GET', path = '/social-media-posting/oauth/tiktok-business/start',
      summary = 'Begin to connect a TikTok business account (social planner)',
      scopes = { 'socialplanner/oauth.readonly' }, success = 200,
      query = { 'locationId', 'userId', 'page', 'reconnect' },
      input = { locationId = maybe_text_2, page = maybe_text, reconnect = maybe_text, userId = text },
    },
    start_tiktok_oauth = {
      method = 'GET', path = '/social-media-posting/oauth/tiktok/start',
      summary = 'Begin to connect a TikTok account (social planner)', scopes = { 'socialplanner/oauth.readonly' },
      success = 200, query = { 'locationId', 'userId', 'page', 'reconnect' },
      input = { locationId = maybe_text_2, page = maybe_text, reconnect = maybe_text, userId = text },
    },
    start_twitter_oauth = {
      method = 'GET', path = '/social-media-posting/oauth/twitter/start',
      summary = 'Begin to connect a Twitter account (social planner)', scopes = { 'socialplanner/oauth.readonly' },
      success = 200, deprecated = 'the vendor plans to remove it',
      query = { 'locationId', 'userId', 'page', 'reconnect' },
      input = { locationId = maybe_text_2, page = maybe_text, reconnect = maybe_text, userId = text },
    },
    upload_csv = {
      method = 'POST', path = '/social-media-posting/{locationId}/csv', summary = 'Upload a CSV (social planner)',
      scopes = { 'socialplanner/csv.write' }, success = 201,
      unsupported = 'it takes a file as multipart/form-data; recipes carry no files',
      input = { file = maybe_text, locationId = maybe_text_2 },
      output = {
        message = text, results = { 'object', fields = { fileName = text, filePath = text, rowsCount = number } },
        statusCode = number, success = flag,
      },
    },
  },
}
