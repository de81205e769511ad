-- HighLevel: payments.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local number = { 'number' }
local payment_provider = { 'object' }
local text = { 'string' }
local flag = { 'boolean' }
local maybe_number = { 'number', optional = true }
local maybe_text = { 'string', optional = true }
local maybe_flag = { 'boolean', optional = true }
local maybe_product_ids = { 'list', optional = true, of = text }
local discount_type = { 'string', enum = { 'percentage', 'amount' } }
local alt_type = { 'string', default = 'location', enum = { 'location' } }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }
local live = { 'object', fields = { apiKey = text, publishableKey = text } }
local apply_to_future_payments_config = { 'object', fields = { duration = number, durationType = text, type = text } }
local source = { 'object', fields = { id = text, meta = payment_provider, name = text, subType = text, type = text } }
local apply_to_future_payments_config_2 = {
  'object', optional = true,
  fields = {
    duration = number, durationType = { 'string', enum = { 'months' } },
    type = { 'string', enum = { 'forever', 'fixed' } },
  },
}

return {
  operations = {
    create_config = {
      method = 'POST', path = '/payments/custom-provider/connect', summary = 'Connect a custom payment provider',
      scopes = { 'payments/custom-provider.write' }, success = 200, query = { 'locationId' },
      input = { live = live, locationId = maybe_text_2, test = live },
      output = {
        _id = text, createdAt = text, deleted = flag, description = text, imageUrl = text, locationId = text,
        marketplaceAppId = text, name = text, paymentProvider = payment_provider, paymentsUrl = text, queryUrl = text,
        traceId = text, updatedAt = text,
      },
    },
    create_coupon = {
      method = 'POST', path = '/payments/coupon', summary = 'Create a coupon (payments)',
      scopes = { 'payments/coupons.write' }, success = 201,
      input = {
        altId = maybe_text_2, altType = alt_type, applyToFuturePayments = maybe_flag,
        applyToFuturePaymentsConfig = apply_to_future_payments_config_2, code = text, discountType = discount_type,
        discountValue = number, endDate = maybe_text, limitPerCustomer = maybe_flag, name = text,
        productIds = maybe_product_ids, startDate = text, usageLimit = maybe_number,
      },
      output = {
        _id = text, altId = text, altType = text, applyToFuturePayments = flag,
        applyToFuturePaymentsConfig = apply_to_future_payments_config, code = text, createdAt = text,
        discountType = text, discountValue = number, endDate = text, limitPerCustomer = number, name = text,
        startDate = text, status = text, traceId = text, updatedAt = text, usageCount = number, userId = text,
      },
    },
    create_integration = {
      method = 'POST', path = '/payments/custom-provider/provider', summary = 'Register a custom payment provider',
      scopes = { 'payments/custom-provider.write' }, success = 200, query = { 'locationId' },
      input = {
        description = text, imageUrl = text, locationId = maybe_text_2, name = text, paymentsUrl = text,
        queryUrl = text, supportsSubscriptionSchedule = flag,
      },
      output = {
        _id = text, createdAt = text, deleted = flag, description = text, imageUrl = text, locationId = text,
        marketplaceAppId = text, name = text, paymentProvider = payment_provider, paymentsUrl = text, queryUrl = text,
        traceId = text, updatedAt = text,
      },
    },
    create_integration_provider = {
      method = 'POST', path = '/payments/integrations/provider/whitelabel',
      summary = 'Create an integration provider (payments)', scopes = { 'payments/integration.write' }, success = 200,
      input = {
        altId = maybe_text_2, altType = alt_type, description = text, imageUrl = text,
        provider = { 'string', enum = { 'authorize-net', 'nmi' } }, title = text, uniqueName = text,
      },
      output = {
        _id = text, altId = text, altType = text, createdAt = text, description = text, imageUrl = text,
        provider = text, route = text, title = text, updatedAt = text,
      },
    },
    create_order_fulfillment = {
      method = 'POST', path = '/payments/orders/{orderId}/fulfillments',
      summary = 'Create an order fulfillment (payments)', scopes = { 'payments/orders.write' }, success = 200,
      input = {
        altId = maybe_text_2, altType = alt_type,
        items = { 'list', of = { 'object', fields = { priceId = text, qty = number } } }, notifyCustomer = flag,
        orderId = text,
        trackings = {
          'list',
          of = {
            'object', fields = { shippingCarrier = maybe_text, trackingNumber = maybe_text, trackingUrl = maybe_text },
          },
        },
      },
      output = {
        data = {
          'object',
          fields = {
            _id = text, altId = text, altType = text, createdAt = text,
            items = {
              'list',
              of = {
                'object',
                fields = {
                  _id = text, name = text, price = payment_provider, product = payment_provider, qty = number,
                },
              },
            },
            trackings = {
              'list', of = { 'object', fields = { shippingCarrier = text, trackingNumber = text, trackingUrl = text } },
            },
            updatedAt = text,
          },
        },
        status = flag,
      },
    },
    custom_provider_marketplace_app_update_capabilities = {
      method = 'PUT', path = '/payments/custom-provider/capabilities',
      summary = 'Change what a custom payment provider can do', scopes = { 'payments/custom-provider.write' },
      success = 200, input = { companyId = maybe_text, locationId = maybe_text, supportsSubscriptionSchedules = flag },
      output = { success = flag },
    },
    delete_coupon = {
      method = 'DELETE', path = '/payments/coupon', summary = 'Delete a coupon (payments)',
      scopes = { 'payments/coupons.write' }, success = 200, body = { 'altId', 'altType', 'id' },
      input = { altId = maybe_text_2, altType = alt_type, id = text }, output = { success = flag, traceId = text },
    },
    delete_integration = {
      method = 'DELETE', path = '/payments/custom-provider/provider', summary = 'Remove a custom payment provider',
      scopes = { 'payments/custom-provider.write' }, success = 200, query = { 'locationId' },
      input = { locationId = maybe_text_2 }, output = { success = flag },
    },
    disconnect_config = {
      method = 'POST', path = '/payments/custom-provider/disconnect', summary = 'Disconnect a custom payment provider',
      scopes = { 'payments/custom-provider.write' }, success = 200, query = { 'locationId' },
      input = { liveMode = flag, locationId = maybe_text_2 }, output = { success = flag },
    },
    fetch_config = {
      method = 'GET', path = '/payments/custom-provider/connect',
      summary = 'Read the configuration of a custom payment provider', scopes = { 'payments/custom-provider.readonly' },
      success = 200, query = { 'locationId' }, input = { locationId = maybe_text_2 },
      output = {
        _id = text, createdAt = text, deleted = flag, description = text, imageUrl = text, locationId = text,
        marketplaceAppId = text, name = text, paymentProvider = payment_provider, paymentsUrl = text, queryUrl = text,
        traceId = text, updatedAt = text,
      },
    },
    get_coupon = {
      method = 'GET', path = '/payments/coupon', summary = 'Read a coupon (payments)',
      scopes = { 'payments/coupons.readonly' }, success = 200, query = { 'altId', 'altType', 'id', 'code' },
      input = { altId = maybe_text_2, altType = alt_type, code = text, id = text },
      output = {
        _id = text, altId = text, altType = text, applyToFuturePayments = flag,
        applyToFuturePaymentsConfig = apply_to_future_payments_config, code = text, createdAt = text,
        discountType = text, discountValue = number, endDate = text, limitPerCustomer = number, name = text,
        startDate = text, status = text, traceId = text, updatedAt = text, usageCount = number, userId = text,
      },
    },
    get_order_by_id = {
      method = 'GET', path = '/payments/orders/{orderId}', summary = 'Read an order (payments)',
      scopes = { 'payments/orders.readonly' }, success = 200, query = { 'locationId', 'altId' },
      input = { altId = text, locationId = maybe_text, orderId = text },
      output = {
        _id = text, altId = text, altType = text, amount = number,
        amountSummary = { 'object', fields = { discount = number, subtotal = number } },
        automaticTaxesCalculated = flag, contactId = text, contactSnapshot = payment_provider,
        coupon = payment_provider, createdAt = text, createdBy = text, currency = text, fingerprint = text,
        fulfillmentStatus = text, items = { 'list', of = text }, liveMode = flag, markAsTest = flag,
        meta = payment_provider, source = source, status = text, taxCalculationProvider = text, traceId = text,
        trackingId = text, updatedAt = text,
      },
    },
    get_subscription_by_id = {
      method = 'GET', path = '/payments/subscriptions/{subscriptionId}', summary = 'Read a payment subscription',
      scopes = { 'payments/subscriptions.readonly' }, success = 200, query = { 'altId', 'altType' },
      input = { altId = maybe_text_2, altType = alt_type, subscriptionId = text },
      output = {
        _id = text, altId = text, altType = text, amount = number, autoPayment = payment_provider, canceledAt = text,
        canceledBy = text, contactId = text, contactSnapshot = payment_provider, coupon = payment_provider,
        createdAt = text, createdBy = text, currency = text, entityId = text, entitySource = source, entityType = text,
        ipAddress = text, liveMode = flag, markAsTest = flag, meta = payment_provider,
        paymentProvider = payment_provider, recurringProduct = payment_provider,
        schedule = {
          'object',
          fields = {
            executeAt = text,
            rrule = {
              'object',
              fields = {
                count = number, dayOfMonth = number, dayOfWeek = text, daysBefore = number, endDate = text,
                endTime = text, interval = number, intervalType = text, monthOfYear = text, numOfWeek = number,
                startDate = text, startTime = text,
              },
            },
          },
        },
        status = text, subscriptionId = text, subscriptionSnapshot = payment_provider, traceId = text, updatedAt = text,
      },
    },
    get_transaction_by_id = {
      method = 'GET', path = '/payments/transactions/{transactionId}', summary = 'Read a transaction (payments)',
      scopes = { 'payments/transactions.readonly' }, success = 200, query = { 'locationId', 'altId', 'altType' },
      input = { altId = text, altType = text, locationId = maybe_text, transactionId = text },
      output = {
        _id = text, altId = text, altType = text, amount = number, amountRefunded = number, chargeId = text,
        chargeSnapshot = payment_provider, contactId = text, contactSnapshot = payment_provider, createdAt = text,
        createdBy = text, currency = text, entityId = text, entitySource = source, entityType = text, invoiceId = text,
        ipAddress = text, isParent = flag, liveMode = flag, markAsTest = flag, mergedFromContactId = text,
        meta = payment_provider, paymentProvider = payment_provider, qboResponse = payment_provider, qboSynced = flag,
        receiptId = text, status = text, subscriptionId = text, traceId = text, updatedAt = text,
      },
    },
    list_coupons = {
      method = 'GET', path = '/payments/coupon/list', summary = 'List coupons (payments)',
      scopes = { 'payments/coupons.readonly' }, success = 200,
      query = { 'altId', 'altType', 'limit', 'offset', 'status', 'search' },
      input = {
        altId = maybe_text_2, altType = alt_type, limit = maybe_number, offset = maybe_number, search = maybe_text,
        status = { 'string', optional = true, enum = { 'scheduled', 'active', 'expired' } },
      },
      output = {
        data = {
          'list',
          of = {
            'object',
            fields = {
              _id = text, altId = text, altType = text, applyToFuturePayments = flag,
              applyToFuturePaymentsConfig = apply_to_future_payments_config, code = text, createdAt = text,
              discountType = text, discountValue = number, endDate = text, limitPerCustomer = number, name = text,
              startDate = text, status = text, updatedAt = text, usageCount = number, userId = text,
            },
          },
        },
        totalCount = number, traceId = text,
      },
    },
    list_integration_providers = {
      method = 'GET', path = '/payments/integrations/provider/whitelabel',
      summary = 'List integration providers (payments)', scopes = { 'payments/integration.readonly' }, success = 200,
      query = { 'altId', 'altType', 'limit', 'offset' },
      input = { altId = maybe_text_2, altType = alt_type, limit = maybe_number, offset = maybe_number },
      output = {
        providers = {
          'object',
          fields = {
            _id = text, altId = text, altType = text, createdAt = text, description = text, imageUrl = text,
            provider = text, route = text, title = text, updatedAt = text,
          },
        },
      },
    },
    list_order_fulfillment = {
      method = 'GET', path = '/payments/orders/{orderId}/fulfillments', summary = 'List the fulfillments of an order',
      scopes = { 'payments/orders.readonly' }, success = 200, query = { 'altId', 'altType' },
      input = { altId = maybe_text_2, altType = alt_type, orderId = text },
      output = {
        data = {
          'list',
          of = {
            'object',
            fields = {
              _id = text, altId = text, altType = text, createdAt = text, items = { 'list', of = payment_provider },
              trackings = { 'list', of = payment_provider }, updatedAt = text,
            },
          },
        },
        status = flag,
      },
    },
    list_order_notes = {
      method = 'GET', path = '/payments/orders/{orderId}/notes', summary = 'List order notes (payments)', success = 200,
      query = { 'altId', 'altType' }, input = { altId = maybe_text_2, altType = alt_type, orderId = text },
    },
    list_orders = {
      method = 'GET', path = '/payments/orders', summary = 'List orders (payments)',
      scopes = { 'payments/orders.readonly' }, success = 200,
      query = {
        'locationId', 'altId', 'status', 'paymentStatus', 'paymentMode', 'startAt', 'endAt', 'search', 'contactId',
        'funnelProductIds', 'sourceId', 'limit', 'offset',
      },
      input = {
        altId = text, contactId = maybe_text, endAt = maybe_text, funnelProductIds = maybe_text, limit = maybe_number,
        locationId = maybe_text, offset = maybe_number, paymentMode = maybe_text,
        paymentStatus = { 'string', optional = true, enum = { 'paid', 'unpaid', 'refunded', 'partially_paid' } },
        search = maybe_text, sourceId = maybe_text, startAt = maybe_text, status = maybe_text,
      },
      output = {
        data = {
          'list',
          of = {
            'object',
            fields = {
              _id = text, altId = text, altType = text, amount = number, contactEmail = text, contactId = text,
              contactName = text, couponCode = text, createdAt = text, createdBy = text, currency = text,
              discount = number, fulfillmentStatus = text, liveMode = flag, onetimeProducts = number,
              recurringProducts = number, sourceId = text, sourceMeta = payment_provider, sourceName = text,
              sourceSubType = text, sourceType = text, status = text, subtotal = number, totalProducts = number,
              updatedAt = text,
            },
          },
        },
        totalCount = number,
      },
    },
    list_subscriptions = {
      method = 'GET', path = '/payments/subscriptions', summary = 'List subscriptions (payments)',
      scopes = { 'payments/subscriptions.readonly' }, success = 200,
      query = {
        'altId', 'altType', 'entityId', 'paymentMode', 'startAt', 'endAt', 'entitySourceType', 'search', 'contactId',
        'id', 'limit', 'offset', 'getPaymentsCollectedCount',
      },
      input = {
        altId = maybe_text_2, altType = alt_type, contactId = maybe_text, endAt = maybe_text, entityId = maybe_text,
        entitySourceType = maybe_text, getPaymentsCollectedCount = maybe_flag, id = maybe_text, limit = maybe_number,
        offset = maybe_number, paymentMode = maybe_text, search = maybe_text, startAt = maybe_text,
      },
      output = {
        data = {
          'list',
          of = {
            'object',
            fields = {
              _id = text, altId = text, altType = text, amount = number, contactEmail = text, contactId = text,
              contactName = text, createdAt = text, createdBy = text, currency = text, entityId = text,
              entitySourceId = text, entitySourceMeta = payment_provider, entitySourceName = text,
              entitySourceType = text, entityType = text, ipAddress = text, liveMode = flag,
              paymentProviderConnectedAccount = text, paymentProviderType = text, status = text, subscriptionId = text,
              subscriptionSnapshot = payment_provider, updatedAt = text,
            },
          },
        },
        totalCount = number,
      },
    },
    list_transactions = {
      method = 'GET', path = '/payments/transactions', summary = 'List transactions (payments)',
      scopes = { 'payments/transactions.readonly' }, success = 200,
      query = {
        'locationId', 'altId', 'altType', 'paymentMode', 'startAt', 'endAt', 'entitySourceType', 'entitySourceSubType',
        'search', 'subscriptionId', 'entityId', 'contactId', 'limit', 'offset',
      },
      input = {
        altId = text, altType = text, contactId = maybe_text, endAt = maybe_text, entityId = maybe_text,
        entitySourceSubType = maybe_text, entitySourceType = maybe_text, limit = maybe_number, locationId = maybe_text,
        offset = maybe_number, paymentMode = maybe_text, search = maybe_text, startAt = maybe_text,
        subscriptionId = maybe_text,
      },
      output = {
        data = {
          'list',
          of = {
            'object',
            fields = {
              _id = text, altId = text, altType = text, amount = number, amountRefunded = number, chargeId = text,
              chargeSnapshot = payment_provider, contactEmail = text, contactId = text, contactName = text,
              createdAt = text, createdBy = text, currency = text, entityId = text, entitySourceId = text,
              entitySourceMeta = payment_provider, entitySourceName = text, entitySourceSubType = text,
              entitySourceType = text, entityType = text, fulfilledAt = text, ipAddress = text, liveMode = flag,
              mergedFromContactId = text, paymentMethod = payment_provider, paymentProviderConnectedAccount = text,
              paymentProviderType = text, status = text, subscriptionId = text, updatedAt = text,
            },
          },
        },
        totalCount = number,
      },
    },
    record_order_payment = {
      method = 'POST', path = '/payments/orders/{orderId}/record-payment', summary = 'Record an order payment',
      scopes = { 'payments/orders.collectPayment' }, success = 200,
      input = {
        altId = maybe_text_2, altType = alt_type, amount = maybe_number,
        card = {
          'object', optional = true,
          fields = { last4 = text, type = { 'string', enum = { 'visa', 'mastercard', 'other' } } },
        },
        cheque = { 'object', optional = true, fields = { number = text } }, isPartialPayment = maybe_flag,
        meta = { 'object', optional = true },
        mode = { 'string', enum = { 'cash', 'card', 'cheque', 'bank_transfer', 'other' } }, notes = maybe_text,
        orderId = text,
      },
      output = { success = flag },
    },
    update_coupon = {
      method = 'PUT', path = '/payments/coupon', summary = 'Change a coupon (payments)',
      scopes = { 'payments/coupons.write' }, success = 200,
      input = {
        altId = maybe_text_2, altType = alt_type, applyToFuturePayments = maybe_flag,
        applyToFuturePaymentsConfig = apply_to_future_payments_config_2, code = text, discountType = discount_type,
        discountValue = number, endDate = maybe_text, id = text, limitPerCustomer = maybe_flag, name = text,
        productIds = maybe_product_ids, startDate = text, usageLimit = maybe_number,
      },
      output = {
        _id = text, altId = text, altType = text, applyToFuturePayments = flag,
        applyToFuturePaymentsConfig = apply_to_future_payments_config, code = text, createdAt = text,
        discountType = text, discountValue = number, endDate = text, limitPerCustomer = number, name = text,
        startDate = text, status = text, traceId = text, updatedAt = text, usageCount = number, userId = text,
      },
    },
  },
}
