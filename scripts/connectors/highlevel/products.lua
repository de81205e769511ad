-- HighLevel: products.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local number = { 'number' }
local options = { 'object' }
local text = { 'string' }
local flag = { 'boolean' }
local data = { 'list', of = { 'list' } }
local options_2 = { 'list', of = options }
local variant_option_ids = { 'list', of = text }
local maybe_number = { 'number', optional = true }
local maybe_text = { 'string', optional = true }
local maybe_flag = { 'boolean', optional = true }
local maybe_medias = { 'list', optional = true, of = options }
local maybe_digital_delivery = { 'list', optional = true, of = text }
local type = { 'string', enum = { 'one_time', 'recurring' } }
local sort_order = { 'string', optional = true, enum = { 'asc', 'desc' } }
local alt_type = { 'string', default = 'location', enum = { 'location' } }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }
local product_type = { 'string', enum = { 'DIGITAL', 'PHYSICAL', 'SERVICE', 'PHYSICAL/DIGITAL' } }
local recurring = { 'object', fields = { interval = text, intervalCount = number } }
local membership_offers = { 'object', fields = { _id = text, label = text, value = text } }
local label = { 'object', fields = { endDate = text, startDate = text, title = text } }
local membership_offers_2 = { 'list', of = membership_offers }
local variants = { 'list', of = { 'object', fields = { id = text, name = text, options = options_2 } } }
local maybe_membership_offers = { 'list', optional = true, of = membership_offers }
local seo = { 'object', optional = true, fields = { description = maybe_text, title = maybe_text } }
local recurring_2 = {
  'object', optional = true,
  fields = { interval = { 'string', enum = { 'day', 'month', 'week', 'year' } }, intervalCount = number },
}
local label_2 = { 'object', optional = true, fields = { endDate = maybe_text, startDate = maybe_text, title = text } }
local maybe_variants = {
  'list', optional = true,
  of = {
    'object',
    fields = { id = text, name = text, options = { 'list', of = { 'object', fields = { id = text, name = text } } } },
  },
}
local compare_at_price = {
  'object', optional = true,
  fields = {
    roundToWhole = maybe_flag,
    type = {
      'string',
      enum = {
        'INCREASE_BY_AMOUNT', 'REDUCE_BY_AMOUNT', 'SET_NEW_PRICE', 'INCREASE_BY_PERCENTAGE', 'REDUCE_BY_PERCENTAGE',
      },
    },
    value = number,
  },
}
local maybe_medias_2 = {
  'list', optional = true,
  of = {
    'object',
    fields = {
      id = text, isFeatured = maybe_flag, priceIds = { 'list', optional = true, of = { 'list' } }, title = maybe_text,
      type = { 'string', enum = { 'image', 'video' } }, url = text,
    },
  },
}
local meta = {
  'object', optional = true,
  fields = {
    internalSource = {
      'string', enum = { 'agency_plan', 'funnel', 'membership', 'communities', 'gokollab', 'calendar' },
    },
    source = { 'string', enum = { 'stripe', 'woocommerce', 'shopify' } }, sourceId = maybe_text, stripePriceId = text,
  },
}
local shipping_options = {
  'object', optional = true,
  fields = {
    dimensions = {
      'object', optional = true,
      fields = { height = number, length = number, unit = { 'string', enum = { 'cm', 'in', 'm' } }, width = number },
    },
    weight = {
      'object', optional = true, fields = { unit = { 'string', enum = { 'kg', 'lb', 'g', 'oz' } }, value = number },
    },
  },
}

return {
  operations = {
    bulk_update_product_review = {
      method = 'POST', path = '/products/reviews/bulk-update', summary = 'Change many product reviews',
      scopes = { 'products.write' }, success = 201,
      input = {
        altId = maybe_text_2, altType = alt_type,
        reviews = { 'list', of = { 'object', fields = { productId = text, reviewId = text, storeId = text } } },
        status = text,
      },
      output = { message = text, status = flag },
    },
    create_price_for_product = {
      method = 'POST', path = '/products/{productId}/price', summary = 'Create a price of a product',
      scopes = { 'products/prices.write' }, access = 'any', success = 201,
      input = {
        allowOutOfStockPurchases = maybe_flag, amount = number, availableQuantity = maybe_number,
        compareAtPrice = maybe_number, currency = text, description = maybe_text,
        digitalDelivery = maybe_digital_delivery, isDigitalProduct = maybe_flag, locationId = maybe_text_2,
        membershipOffers = maybe_membership_offers, meta = meta, name = text, productId = text, recurring = recurring_2,
        setupFee = maybe_number, shippingOptions = shipping_options, sku = maybe_text, totalCycles = maybe_number,
        trackInventory = maybe_flag, trialPeriod = maybe_number, type = type, userId = maybe_text,
        variantOptionIds = maybe_digital_delivery,
      },
      output = {
        _id = text, allowOutOfStockPurchases = flag, amount = number, availableQuantity = number,
        compareAtPrice = number, createdAt = text, currency = text, locationId = text,
        membershipOffers = membership_offers_2, name = text, product = text, recurring = recurring,
        trackInventory = flag, type = text, updatedAt = text, userId = text, variantOptionIds = variant_option_ids,
      },
    },
    create_product = {
      method = 'POST', path = '/products/', summary = 'Create a product', scopes = { 'products.write' }, access = 'any',
      success = 201,
      input = {
        automaticTaxCategoryId = maybe_text, availableInStore = maybe_flag, collectionIds = maybe_digital_delivery,
        description = maybe_text, image = maybe_text, isLabelEnabled = maybe_flag, isTaxesEnabled = maybe_flag,
        label = label_2, locationId = maybe_text_2, medias = maybe_medias_2, name = text, productType = product_type,
        seo = seo, slug = maybe_text, statementDescriptor = maybe_text, taxInclusive = maybe_flag,
        taxes = maybe_digital_delivery, variants = maybe_variants,
      },
      output = {
        _id = text, automaticTaxCategoryId = text, availableInStore = flag, collectionIds = variant_option_ids,
        createdAt = text, description = text, image = text, isTaxesEnabled = flag, label = label, locationId = text,
        name = text, productType = text, slug = text, statementDescriptor = text, taxes = variant_option_ids,
        updatedAt = text, variants = variants,
      },
    },
    create_product_collection = {
      method = 'POST', path = '/products/collections', summary = 'Create a product collection',
      scopes = { 'products/collection.write' }, success = 201,
      input = {
        altId = maybe_text_2, altType = alt_type, collectionId = maybe_text, image = maybe_text, name = text, seo = seo,
        slug = text,
      },
      output = {
        data = {
          'object',
          fields = {
            _id = text, altId = text, createdAt = text, image = text, name = text,
            seo = { 'object', fields = { description = text, title = text } }, slug = text,
          },
        },
      },
    },
    delete_price_by_id_for_product = {
      method = 'DELETE', path = '/products/{productId}/price/{priceId}', summary = 'Delete a price of a product',
      scopes = { 'products/prices.write' }, access = 'any', success = 200, query = { 'locationId' },
      input = { locationId = maybe_text_2, priceId = text, productId = text }, output = { status = flag },
    },
    delete_product_by_id = {
      method = 'DELETE', path = '/products/{productId}', summary = 'Delete a product', scopes = { 'products.write' },
      access = 'any', success = 200, query = { 'locationId', 'sendWishlistStatus' },
      input = { locationId = maybe_text_2, productId = text, sendWishlistStatus = maybe_flag },
      output = { status = flag },
    },
    delete_product_collection = {
      method = 'DELETE', path = '/products/collections/{collectionId}', summary = 'Delete a product collection',
      scopes = { 'products/collection.write' }, success = 200, query = { 'altId', 'altType' },
      input = { altId = maybe_text_2, altType = alt_type, collectionId = text },
      output = { message = text, status = flag },
    },
    delete_product_review = {
      method = 'DELETE', path = '/products/reviews/{reviewId}', summary = 'Delete a product review',
      scopes = { 'products.write' }, success = 200, query = { 'altId', 'altType', 'productId' },
      input = { altId = maybe_text_2, altType = alt_type, productId = text, reviewId = text },
      output = { message = text, status = flag },
    },
    get_list_inventory = {
      method = 'GET', path = '/products/inventory', summary = 'List the inventory',
      scopes = { 'products/prices.readonly' }, access = 'any', success = 200,
      query = { 'limit', 'offset', 'altId', 'altType', 'search' },
      input = {
        altId = maybe_text_2, altType = alt_type, limit = maybe_number, offset = maybe_number, search = maybe_text,
      },
      output = {
        inventory = {
          'list',
          of = {
            'object',
            fields = {
              _id = text, allowOutOfStockPurchases = flag, availableQuantity = number, image = text, name = text,
              product = text, productName = text, sku = text, updatedAt = text,
            },
          },
        },
        total = options,
      },
    },
    get_price_by_id_for_product = {
      method = 'GET', path = '/products/{productId}/price/{priceId}', summary = 'Read a price of a product',
      scopes = { 'products/prices.readonly' }, access = 'any', success = 200, query = { 'locationId' },
      input = { locationId = maybe_text_2, priceId = text, productId = text },
      output = {
        _id = text, allowOutOfStockPurchases = flag, amount = number, availableQuantity = number,
        compareAtPrice = number, createdAt = text, currency = text, locationId = text,
        membershipOffers = membership_offers_2, name = text, product = text, recurring = recurring,
        trackInventory = flag, type = text, updatedAt = text, userId = text, variantOptionIds = variant_option_ids,
      },
    },
    get_product_by_id = {
      method = 'GET', path = '/products/{productId}', summary = 'Read a product', scopes = { 'products.readonly' },
      access = 'any', success = 200, query = { 'locationId', 'sendWishlistStatus' },
      input = { locationId = maybe_text_2, productId = text, sendWishlistStatus = maybe_flag },
      output = {
        _id = text, automaticTaxCategoryId = text, availableInStore = flag, collectionIds = variant_option_ids,
        createdAt = text, description = text, image = text, isTaxesEnabled = flag, label = label, locationId = text,
        name = text, productType = text, slug = text, statementDescriptor = text, taxes = variant_option_ids,
        updatedAt = text, variants = variants,
      },
    },
    get_product_collection = {
      method = 'GET', path = '/products/collections', summary = 'List product collections',
      scopes = { 'products/collection.readonly' }, success = 200,
      query = { 'limit', 'offset', 'altId', 'altType', 'collectionIds', 'name' },
      input = {
        altId = maybe_text_2, altType = alt_type, collectionIds = maybe_text, limit = maybe_number, name = maybe_text,
        offset = maybe_number,
      },
      output = { data = data, total = number },
    },
    get_product_collection_id = {
      method = 'GET', path = '/products/collections/{collectionId}', summary = 'Read a product collection',
      scopes = { 'products/collection.readonly' }, success = 200, query = { 'altId' },
      input = { altId = text, collectionId = text }, output = { data = options, status = flag },
    },
    get_product_reviews = {
      method = 'GET', path = '/products/reviews', summary = 'List product reviews', scopes = { 'products.readonly' },
      success = 200,
      query = {
        'altId', 'altType', 'limit', 'offset', 'sortField', 'sortOrder', 'rating', 'startDate', 'endDate', 'productId',
        'storeId',
      },
      input = {
        altId = maybe_text_2, altType = alt_type, endDate = maybe_text, limit = maybe_number, offset = maybe_number,
        productId = maybe_text, rating = maybe_number,
        sortField = { 'string', optional = true, enum = { 'createdAt', 'rating' } }, sortOrder = sort_order,
        startDate = maybe_text, storeId = maybe_text,
      },
      output = { data = data, total = number },
    },
    get_product_store_stats = {
      method = 'GET', path = '/products/store/{storeId}/stats', summary = 'Read the figures of a store',
      scopes = { 'products.readonly' }, success = 200, query = { 'altId', 'altType', 'search', 'collectionIds' },
      input = {
        altId = maybe_text_2, altType = alt_type, collectionIds = maybe_text, search = maybe_text, storeId = text,
      },
      output = { excludedFromStore = number, includedInStore = number, totalProducts = number },
    },
    get_reviews_count = {
      method = 'GET', path = '/products/reviews/count', summary = 'Count product reviews by status',
      scopes = { 'products.readonly' }, success = 200,
      query = { 'altId', 'altType', 'rating', 'startDate', 'endDate', 'productId', 'storeId' },
      input = {
        altId = maybe_text_2, altType = alt_type, endDate = maybe_text, productId = maybe_text, rating = maybe_number,
        startDate = maybe_text, storeId = maybe_text,
      },
      output = { data = data },
    },
    list_prices_for_product = {
      method = 'GET', path = '/products/{productId}/price', summary = 'List the prices of a product',
      scopes = { 'products/prices.readonly' }, access = 'any', success = 200,
      query = { 'limit', 'offset', 'locationId', 'ids' },
      input = {
        ids = maybe_text, limit = maybe_number, locationId = maybe_text_2, offset = maybe_number, productId = text,
      },
      output = {
        prices = {
          'list',
          of = {
            'object',
            fields = {
              _id = text, allowOutOfStockPurchases = flag, amount = number, availableQuantity = number,
              compareAtPrice = number, createdAt = text, currency = text, locationId = text,
              membershipOffers = options_2, name = text, product = text, recurring = recurring, trackInventory = flag,
              type = text, updatedAt = text, userId = text, variantOptionIds = variant_option_ids,
            },
          },
        },
        total = number,
      },
    },
    products_bulk_edit = {
      method = 'POST', path = '/products/bulk-update/edit', summary = 'Edit many products and their prices',
      success = 201,
      input = {
        altId = maybe_text_2, altType = alt_type,
        products = {
          'list',
          of = {
            'object',
            fields = {
              _id = text, automaticTaxCategoryId = maybe_text, availableInStore = maybe_flag,
              collectionIds = maybe_digital_delivery, description = maybe_text, image = maybe_text,
              isLabelEnabled = maybe_flag, isTaxesEnabled = maybe_flag, label = { 'object', optional = true },
              medias = maybe_medias, name = maybe_text,
              prices = {
                'list', optional = true,
                of = {
                  'object',
                  fields = {
                    _id = text, allowOutOfStockPurchases = maybe_flag, amount = maybe_number,
                    availableQuantity = maybe_number, compareAtPrice = maybe_number, currency = maybe_text,
                    name = maybe_text, recurring = recurring_2, setupFee = maybe_number,
                    shippingOptions = shipping_options, sku = maybe_text, totalCycles = maybe_number,
                    trackInventory = maybe_flag, trialPeriod = maybe_number,
                  },
                },
              },
              seo = seo, slug = maybe_text, taxInclusive = maybe_flag, taxes = maybe_medias,
            },
          },
        },
      },
      output = { message = text, status = flag, updatedCount = number },
    },
    products_bulk_update = {
      method = 'POST', path = '/products/bulk-update', summary = 'Change many products', scopes = { 'products.write' },
      success = 201,
      input = {
        altId = maybe_text_2, altType = alt_type, availability = maybe_flag, collectionIds = maybe_digital_delivery,
        compareAtPrice = compare_at_price, currency = maybe_text,
        filters = {
          'object', optional = true,
          fields = {
            availableInStore = maybe_flag, collectionIds = maybe_digital_delivery, productType = maybe_text,
            search = maybe_text,
          },
        },
        price = compare_at_price, productIds = variant_option_ids,
        type = {
          'string',
          enum = {
            'bulk-update-price', 'bulk-update-availability', 'bulk-update-product-collection', 'bulk-delete-products',
            'bulk-update-currency',
          },
        },
      },
      output = { message = text, status = flag },
    },
    products_list_invoices = {
      method = 'GET', path = '/products/', summary = 'List products', scopes = { 'products.readonly' }, access = 'any',
      success = 200,
      query = {
        'limit', 'offset', 'locationId', 'search', 'collectionIds', 'collectionSlug', 'expand', 'productIds', 'storeId',
        'includedInStore', 'availableInStore', 'sortOrder',
      },
      input = {
        availableInStore = maybe_flag, collectionIds = maybe_text, collectionSlug = maybe_text,
        expand = maybe_digital_delivery, includedInStore = maybe_flag, limit = maybe_number, locationId = maybe_text_2,
        offset = maybe_number, productIds = maybe_digital_delivery, search = maybe_text, sortOrder = sort_order,
        storeId = maybe_text,
      },
      output = {
        products = {
          'list',
          of = {
            'object',
            fields = {
              _id = text, automaticTaxCategoryId = text, availableInStore = flag, collectionIds = variant_option_ids,
              createdAt = text, description = text, image = text, isTaxesEnabled = flag, label = label,
              locationId = text, name = text, productType = text, slug = text, statementDescriptor = text,
              taxes = variant_option_ids, updatedAt = text, variants = options_2,
            },
          },
        },
        total = { 'list', of = { 'object', fields = { total = number } } },
      },
    },
    update_display_priority = {
      method = 'POST', path = '/products/store/{storeId}/priority', summary = 'Change the order of products in a store',
      success = 200, input = { altId = maybe_text_2, altType = alt_type, products = data, storeId = text },
    },
    update_inventory = {
      method = 'POST', path = '/products/inventory', summary = 'Change the inventory',
      scopes = { 'products/prices.write' }, access = 'any', success = 201,
      input = {
        altId = maybe_text_2, altType = alt_type,
        items = {
          'list',
          of = {
            'object',
            fields = { allowOutOfStockPurchases = maybe_flag, availableQuantity = maybe_number, priceId = text },
          },
        },
      },
      output = { message = text, status = flag },
    },
    update_price_by_id_for_product = {
      method = 'PUT', path = '/products/{productId}/price/{priceId}', summary = 'Change a price of a product',
      scopes = { 'products/prices.write' }, access = 'any', success = 200,
      input = {
        allowOutOfStockPurchases = maybe_flag, amount = number, availableQuantity = maybe_number,
        compareAtPrice = maybe_number, currency = text, description = maybe_text,
        digitalDelivery = maybe_digital_delivery, isDigitalProduct = maybe_flag, locationId = maybe_text_2,
        membershipOffers = maybe_membership_offers, meta = meta, name = text, priceId = text, productId = text,
        recurring = recurring_2, setupFee = maybe_number, shippingOptions = shipping_options, sku = maybe_text,
        totalCycles = maybe_number, trackInventory = maybe_flag, trialPeriod = maybe_number, type = type,
        userId = maybe_text, variantOptionIds = maybe_digital_delivery,
      },
      output = {
        _id = text, allowOutOfStockPurchases = flag, amount = number, availableQuantity = number,
        compareAtPrice = number, createdAt = text, currency = text, locationId = text,
        membershipOffers = membership_offers_2, name = text, product = text, recurring = recurring,
        trackInventory = flag, type = text, updatedAt = text, userId = text, variantOptionIds = variant_option_ids,
      },
    },
    update_product_by_id = {
      method = 'PUT', path = '/products/{productId}', summary = 'Change a product', scopes = { 'products.write' },
      access = 'any', success = 200,
      input = {
        automaticTaxCategoryId = maybe_text, availableInStore = maybe_flag, collectionIds = maybe_digital_delivery,
        description = maybe_text, image = maybe_text, isLabelEnabled = maybe_flag, isTaxesEnabled = maybe_flag,
        label = label_2, locationId = maybe_text_2, medias = maybe_medias_2, name = text,
        prices = maybe_digital_delivery, productId = text, productType = product_type, seo = seo, slug = maybe_text,
        statementDescriptor = maybe_text, taxInclusive = maybe_flag, taxes = maybe_digital_delivery,
        variants = maybe_variants,
      },
      output = {
        _id = text, automaticTaxCategoryId = text, availableInStore = flag, collectionIds = variant_option_ids,
        createdAt = text, description = text, image = text, isTaxesEnabled = flag, label = label, locationId = text,
        name = text, productType = text, slug = text, statementDescriptor = text, taxes = variant_option_ids,
        updatedAt = text, variants = variants,
      },
    },
    update_product_collection = {
      method = 'PUT', path = '/products/collections/{collectionId}', summary = 'Change a product collection',
      scopes = { 'products/collection.write' }, success = 200,
      input = {
        altId = maybe_text_2, altType = alt_type, collectionId = text, image = maybe_text, name = maybe_text, seo = seo,
        slug = maybe_text,
      },
      output = { message = text, status = flag },
    },
    update_product_review = {
      method = 'PUT', path = '/products/reviews/{reviewId}', summary = 'Change a product review',
      scopes = { 'products.write' }, success = 200,
      input = {
        altId = maybe_text_2, altType = alt_type, detail = maybe_text, headline = maybe_text, productId = text,
        rating = maybe_number,
        reply = {
          'list', optional = true,
          of = {
            'object',
            fields = {
              comment = text, headline = text,
              user = { 'object', fields = { email = text, isCustomer = maybe_flag, name = text, phone = maybe_text } },
            },
          },
        },
        reviewId = text, status = text,
      },
      output = { message = text, status = flag },
    },
    update_store_status = {
      method = 'POST', path = '/products/store/{storeId}', summary = 'Put products into a store, or take them out',
      scopes = { 'products.write' }, success = 201,
      input = {
        action = { 'string', enum = { 'include', 'exclude' } }, altId = maybe_text_2, altType = alt_type,
        productIds = variant_option_ids, storeId = text,
      },
      output = { message = text, status = flag },
    },
  },
}
