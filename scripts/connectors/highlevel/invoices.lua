-- HighLevel: invoices.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local number = { 'number' }
local business_details = { 'object' }
local text = { 'string' }
local flag = { 'boolean' }
local items = { 'list', of = { 'list' } }
local reminders = { 'list', of = business_details }
local custom_values = { 'list', of = text }
local maybe_number = { 'number', optional = true }
local maybe_provider = { 'object', optional = true }
local maybe_text = { 'string', optional = true }
local maybe_flag = { 'boolean', optional = true }
local maybe_custom_values = { 'list', optional = true, of = text }
local type = { 'string', enum = { 'fixed', 'percentage' } }
local type_2 = { 'string', enum = { 'percentage', 'fixed' } }
local additional_emails = { 'object', fields = { email = text } }
local alt_type = { 'string', default = 'location', enum = { 'location' } }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }
local stripe = { 'object', fields = { enableBankDebitOnly = flag } }
local type_3 = { 'string', optional = true, enum = { 'one_time', 'recurring' } }
local payment_mode = { 'string', optional = true, enum = { 'default', 'live', 'test' } }
local schedule = { 'object', fields = { executeAt = text, rrule = business_details } }
local action = { 'string', enum = { 'sms_and_email', 'send_manually', 'email', 'sms' } }
local frequency = { 'object', fields = { interval = text, intervalCount = number } }
local maybe_additional_emails = { 'list', optional = true, of = additional_emails }
local card = { 'object', optional = true, fields = { brand = text, last4 = text } }
local us_bank_account = { 'object', optional = true, fields = { bank_name = text, last4 = text } }
local bacs_direct_debit = { 'object', optional = true, fields = { last4 = text, sort_code = text } }
local becs_direct_debit = { 'object', optional = true, fields = { bsb_number = text, last4 = text } }
local total_summary = { 'object', fields = { discount = number, subTotal = number, tax = number } }
local max_late_fees = {
  'object', optional = true, fields = { type = { 'string', enum = { 'fixed' } }, value = number },
}
local status = {
  'string', optional = true, enum = { 'all', 'draft', 'sent', 'accepted', 'declined', 'invoiced', 'viewed' },
}
local grace = {
  'object', optional = true, fields = { interval = { 'string', enum = { 'day' } }, intervalCount = number },
}
local payment_methods = { 'object', optional = true, fields = { stripe = stripe } }
local auto_invoice = { 'object', optional = true, fields = { directPayments = maybe_flag, enabled = flag } }
local sepa_direct_debit = {
  'object', optional = true, fields = { bank_code = text, branch_code = text, last4 = text },
}
local discount = { 'object', fields = { type = text, validOnProductIds = custom_values, value = number } }
local tips_configuration = {
  'object', optional = true, fields = { tipsEnabled = flag, tipsPercentage = custom_values },
}
local attachments = { 'object', fields = { id = text, name = text, size = number, type = text, url = text } }
local sent_from = { 'object', optional = true, fields = { fromEmail = maybe_text, fromName = maybe_text } }
local payment_schedule = { 'object', optional = true, fields = { schedules = custom_values, type = type } }
local attachments_2 = { 'list', of = attachments }
local frequency_2 = {
  'object',
  fields = {
    interval = { 'string', enum = { 'minute', 'hour', 'day', 'week', 'month', 'one_time' } }, intervalCount = number,
  },
}
local maybe_attachments = { 'list', optional = true, of = attachments }
local address = {
  'object',
  fields = {
    addressLine1 = text, addressLine2 = text, city = text, countryCode = text, postalCode = text, state = text,
  },
}
local discount_2 = {
  'object', fields = { type = type_2, validOnProductIds = maybe_custom_values, value = maybe_number },
}
local business_details_2 = {
  'object',
  fields = {
    address = business_details, customValues = custom_values, logoUrl = text, name = text, phoneNo = text,
    website = text,
  },
}
local discount_3 = {
  'object', optional = true, fields = { type = type_2, validOnProductIds = maybe_custom_values, value = maybe_number },
}
local customer_auto_payment_amount_changed = {
  'object',
  fields = {
    defaultEmailTemplateId = text, emailSubject = text, emailTemplate = text, enabled = flag, fromEmail = text,
    fromName = text, smsTemplate = text,
  },
}
local sent_to = {
  'object',
  fields = {
    email = custom_values, emailBcc = maybe_custom_values, emailCc = maybe_custom_values, phoneNo = maybe_custom_values,
  },
}
local sent_to_2 = {
  'object', optional = true,
  fields = {
    email = custom_values, emailBcc = maybe_custom_values, emailCc = maybe_custom_values, phoneNo = maybe_custom_values,
  },
}
local maybe_taxes = {
  'list', optional = true,
  of = {
    'object',
    fields = {
      _id = text, calculation = { 'string', optional = true, enum = { 'exclusive' } }, description = maybe_text,
      name = text, rate = number, taxId = maybe_text,
    },
  },
}
local address_2 = {
  'object', optional = true,
  fields = {
    addressLine1 = maybe_text, addressLine2 = maybe_text, city = maybe_text, countryCode = maybe_text,
    postalCode = maybe_text, state = maybe_text,
  },
}
local miscellaneous_charges = {
  'object', optional = true,
  fields = {
    charges = items, collectedMiscellaneousCharges = maybe_number,
    paidCharges = {
      'list', optional = true,
      of = { 'object', fields = { _id = text, amount = number, charge = number, name = text } },
    },
  },
}
local payment_schedule_config = {
  'object', optional = true,
  fields = {
    dateConfig = {
      'object',
      fields = {
        depositDateType = { 'string', enum = { 'estimate_accepted', 'custom' } },
        scheduleDateType = { 'string', enum = { 'regular_interval', 'custom' } },
      },
    },
    schedules = items, type = type,
  },
}
local business_details_3 = {
  'object',
  fields = {
    address = address, customValues = custom_values, logoUrl = text, name = text, phoneNo = text, website = text,
  },
}
local send_estimate_details = {
  'object', optional = true,
  fields = {
    action = action, altId = text, altType = { 'string', enum = { 'location' } }, estimateName = maybe_text,
    liveMode = flag, sentFrom = sent_from, userId = text,
  },
}
local contact_details = {
  'object',
  fields = {
    additionalEmails = { 'list', of = additional_emails }, address = address, companyName = text,
    customFields = custom_values, email = text, id = text, name = text, phoneNo = text,
  },
}
local schedule_2 = {
  'object',
  fields = {
    executeAt = text,
    rrule = {
      'object',
      fields = {
        count = number, dayOfMonth = number, dayOfWeek = text, daysBefore = number, endDate = text, endTime = text,
        endType = text, interval = number, intervalType = text, monthOfYear = text, numOfWeek = number,
        startDate = text, startTime = text, useStartAsPrimaryUserAccepted = flag,
      },
    },
  },
}
local frequency_settings = { 'object', fields = { enabled = flag, schedule = schedule_2 } }
local late_fees_configuration = {
  'object',
  fields = {
    enable = flag, frequency = frequency_2, grace = grace, maxLateFees = max_late_fees, type = type, value = number,
  },
}
local late_fees_configuration_2 = {
  'object', optional = true,
  fields = {
    enable = flag, frequency = frequency_2, grace = grace, maxLateFees = max_late_fees, type = type, value = number,
  },
}
local business_details_4 = {
  'object',
  fields = {
    address = address_2, customValues = maybe_custom_values, logoUrl = maybe_text, name = maybe_text,
    phoneNo = maybe_text, website = maybe_text,
  },
}
local business_details_5 = {
  'object', optional = true,
  fields = {
    address = address_2, customValues = maybe_custom_values, logoUrl = maybe_text, name = maybe_text,
    phoneNo = maybe_text, website = maybe_text,
  },
}
local contact_details_2 = {
  'object',
  fields = {
    additionalEmails = maybe_additional_emails, address = address_2, companyName = maybe_text,
    customFields = maybe_custom_values, email = text, id = text, name = text, phoneNo = text,
  },
}
local invoices = {
  'object',
  fields = {
    _id = text, altId = text, altType = text, amountDue = number, amountPaid = number, automaticTaxesCalculated = flag,
    automaticTaxesEnabled = flag, businessDetails = business_details, contactDetails = business_details,
    createdAt = text, currency = text, discount = business_details, dueDate = text, invoiceItems = custom_values,
    invoiceNumber = number, issueDate = text, liveMode = flag, name = text, paymentSchedule = business_details,
    status = text, title = text, total = number, updatedAt = text,
  },
}
local invoices_2 = { 'list', of = invoices }
local items_2 = {
  'list',
  of = {
    'object',
    fields = {
      amount = number, automaticTaxCategoryId = maybe_text, currency = text, description = maybe_text,
      isSetupFeeItem = maybe_flag, name = text, priceId = maybe_text, productId = maybe_text, qty = number,
      taxInclusive = maybe_flag, taxes = maybe_taxes, type = type_3,
    },
  },
}
local items_3 = {
  'list',
  of = {
    'object',
    fields = {
      amount = number, attachments = maybe_custom_values, automaticTaxCategoryId = maybe_text, currency = text,
      description = maybe_text, isSetupFeeItem = maybe_flag, name = text, priceId = maybe_text, productId = maybe_text,
      qty = number, taxInclusive = maybe_flag, taxes = maybe_taxes, type = type_3,
    },
  },
}
local auto_payment = {
  'object', optional = true,
  fields = {
    bacsDirectDebit = bacs_direct_debit, becsDirectDebit = becs_direct_debit, card = card, cardId = maybe_text,
    customerId = maybe_text, enable = flag, paymentMethodId = maybe_text, provider = maybe_provider,
    sepaDirectDebit = sepa_direct_debit, type = maybe_text, usBankAccount = us_bank_account,
  },
}
local schedule_3 = {
  'object',
  fields = {
    executeAt = maybe_text,
    rrule = {
      'object', optional = true,
      fields = {
        count = maybe_number, dayOfMonth = maybe_number,
        dayOfWeek = { 'string', optional = true, enum = { 'mo', 'tu', 'we', 'th', 'fr', 'sa', 'su' } },
        daysBefore = maybe_number, endDate = maybe_text, endTime = maybe_text, endType = maybe_text, interval = number,
        intervalType = {
          'string', enum = { 'yearly', 'monthly', 'weekly', 'daily', 'hourly', 'minutely', 'secondly' },
        },
        monthOfYear = {
          'string', optional = true,
          enum = { 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec' },
        },
        numOfWeek = maybe_number, startDate = text, startTime = maybe_text, useStartAsPrimaryUserAccepted = maybe_flag,
      },
    },
  },
}
local frequency_settings_2 = { 'object', fields = { enabled = flag, schedule = schedule_3 } }

return {
  operations = {
    auto_payment_invoice_schedule = {
      method = 'POST', path = '/invoices/schedule/{scheduleId}/auto-payment',
      summary = 'Set the automatic payment of an invoice schedule', scopes = { 'invoices/schedule.write' },
      access = 'any', success = 200,
      input = {
        altId = maybe_text_2, altType = alt_type,
        autoPayment = {
          'object',
          fields = {
            bacsDirectDebit = bacs_direct_debit, becsDirectDebit = becs_direct_debit, card = card, cardId = maybe_text,
            customerId = maybe_text, enable = flag, paymentMethodId = maybe_text, provider = maybe_provider,
            sepaDirectDebit = sepa_direct_debit, type = maybe_text, usBankAccount = us_bank_account,
          },
        },
        id = text, scheduleId = text,
      },
      output = {
        _id = text, altId = text, altType = text, businessDetails = business_details_3, compiledTermsNotes = text,
        contactDetails = contact_details, createdAt = text, currency = text, discount = discount, invoices = invoices_2,
        items = custom_values, liveMode = flag, name = text, schedule = schedule_2, status = text, termsNotes = text,
        title = text, total = number, updatedAt = text,
      },
    },
    cancel_invoice_schedule = {
      method = 'POST', path = '/invoices/schedule/{scheduleId}/cancel', summary = 'Cancel an invoice schedule',
      scopes = { 'invoices/schedule.write' }, access = 'any', success = 200,
      input = { altId = maybe_text_2, altType = alt_type, scheduleId = text },
      output = {
        _id = text, altId = text, altType = text, businessDetails = business_details_3, compiledTermsNotes = text,
        contactDetails = contact_details, createdAt = text, currency = text, discount = discount, invoices = invoices_2,
        items = custom_values, liveMode = flag, name = text, schedule = schedule_2, status = text, termsNotes = text,
        title = text, total = number, updatedAt = text,
      },
    },
    create_estimate_template = {
      method = 'POST', path = '/invoices/estimate/template', summary = 'Create an estimate template (invoices)',
      scopes = { 'invoices/estimate.write' }, access = 'any', success = 201,
      input = {
        altId = maybe_text_2, altType = alt_type, attachments = maybe_attachments, automaticTaxesEnabled = maybe_flag,
        businessDetails = business_details_4, currency = text, discount = discount_2, estimateNumberPrefix = maybe_text,
        items = items, liveMode = maybe_flag, meta = maybe_provider, miscellaneousCharges = miscellaneous_charges,
        name = text, sendEstimateDetails = send_estimate_details, termsNotes = maybe_text, title = maybe_text,
      },
      output = {
        __v = number, _id = text, altId = text, altType = text, attachments = attachments_2,
        automaticTaxesEnabled = flag, businessDetails = business_details, createdAt = text, currency = text,
        deleted = flag, discount = discount, estimateNumberPrefix = text, items = items, liveMode = flag, name = text,
        termsNotes = text, title = text, total = number, updatedAt = text, updatedBy = text,
      },
    },
    create_invoice = {
      method = 'POST', path = '/invoices/', summary = 'Create an invoice', scopes = { 'invoices.write' },
      access = 'any', success = 200,
      input = {
        altId = maybe_text_2, altType = alt_type, attachments = maybe_attachments, automaticTaxesEnabled = maybe_flag,
        businessDetails = business_details_4, contactDetails = contact_details_2, currency = text,
        discount = discount_2, dueDate = maybe_text, invoiceNumber = maybe_text, invoiceNumberPrefix = maybe_text,
        issueDate = text, items = items_2, lateFeesConfiguration = late_fees_configuration_2, liveMode = flag,
        miscellaneousCharges = miscellaneous_charges, name = text, paymentMethods = payment_methods,
        paymentSchedule = payment_schedule, sentTo = sent_to, termsNotes = maybe_text,
        tipsConfiguration = tips_configuration, title = maybe_text,
      },
      output = {
        _id = text, altId = text, altType = text, amountDue = number, amountPaid = number,
        automaticTaxesCalculated = flag, automaticTaxesEnabled = flag, businessDetails = business_details,
        contactDetails = business_details, createdAt = text, currency = text, discount = business_details,
        dueDate = text, invoiceItems = custom_values, invoiceNumber = number, issueDate = text, liveMode = flag,
        name = text, paymentSchedule = business_details, status = text, title = text, total = number, updatedAt = text,
      },
    },
    create_invoice_from_estimate = {
      method = 'POST', path = '/invoices/estimate/{estimateId}/invoice', summary = 'Create an invoice from estimate',
      scopes = { 'invoices/estimate.write' }, access = 'any', success = 200,
      input = {
        altId = maybe_text_2, altType = alt_type, estimateId = text, markAsInvoiced = flag,
        version = { 'string', optional = true, enum = { 'v1', 'v2' } },
      },
      output = {
        estimate = {
          'object',
          fields = {
            __v = number, _id = text, altId = text, altType = text, attachments = attachments_2,
            autoInvoice = business_details, automaticTaxesCalculated = flag, automaticTaxesEnabled = flag,
            businessDetails = business_details, companyId = text, contactDetails = business_details, createdAt = text,
            currency = text, deleted = flag, discount = discount, estimateActionHistory = custom_values,
            estimateNumberPrefix = text, expiryDate = text,
            frequencySettings = { 'object', fields = { enabled = flag, schedule = schedule } }, issueDate = text,
            items = items, lastVisitedAt = text, liveMode = flag, meta = business_details, name = text, sentBy = text,
            sentTo = business_details, termsNotes = text, title = text, total = number, totalamountInUSD = number,
            traceId = text, updatedAt = text, updatedBy = text,
          },
        },
        invoice = invoices,
      },
    },
    create_invoice_schedule = {
      method = 'POST', path = '/invoices/schedule', summary = 'Create an invoice schedule',
      scopes = { 'invoices/schedule.write' }, access = 'any', success = 200,
      input = {
        altId = maybe_text_2, altType = alt_type, attachments = maybe_attachments, automaticTaxesEnabled = maybe_flag,
        businessDetails = business_details_4, contactDetails = contact_details_2, currency = text,
        discount = discount_2, invoiceNumberPrefix = maybe_text, items = items_2,
        lateFeesConfiguration = late_fees_configuration_2, liveMode = flag,
        miscellaneousCharges = miscellaneous_charges, name = text, paymentMethods = payment_methods,
        schedule = schedule_3, termsNotes = maybe_text, tipsConfiguration = tips_configuration, title = maybe_text,
      },
      output = {
        _id = text, altId = text, altType = text, businessDetails = business_details_3, compiledTermsNotes = text,
        contactDetails = contact_details, createdAt = text, currency = text, discount = discount, invoices = invoices_2,
        items = custom_values, liveMode = flag, name = text, schedule = schedule_2, status = text, termsNotes = text,
        title = text, total = number, updatedAt = text,
      },
    },
    create_invoice_template = {
      method = 'POST', path = '/invoices/template', summary = 'Create an invoice template',
      scopes = { 'invoices/template.write' }, access = 'any', success = 200,
      input = {
        altId = maybe_text_2, altType = alt_type, attachments = maybe_custom_values, automaticTaxesEnabled = maybe_flag,
        businessDetails = business_details_4, currency = text, discount = discount_3, internal = maybe_flag,
        invoiceNumberPrefix = maybe_text, items = items_2, lateFeesConfiguration = late_fees_configuration_2,
        miscellaneousCharges = miscellaneous_charges, name = text, paymentMethods = payment_methods,
        termsNotes = maybe_text, tipsConfiguration = tips_configuration, title = maybe_text,
      },
      output = {
        _id = text, altId = text, altType = text, businessDetails = business_details_3, createdAt = text,
        currency = text, discount = discount, invoiceNumberPrefix = text, items = custom_values, name = text,
        total = number, updatedAt = text,
      },
    },
    create_new_estimate = {
      method = 'POST', path = '/invoices/estimate', summary = 'Create an estimate',
      scopes = { 'invoices/estimate.write' }, access = 'any', success = 201,
      input = {
        altId = maybe_text_2, altType = alt_type, attachments = maybe_attachments, autoInvoice = auto_invoice,
        automaticTaxesEnabled = maybe_flag, businessDetails = business_details_4, contactDetails = contact_details_2,
        currency = text, discount = discount_2, estimateNumber = maybe_number, estimateNumberPrefix = maybe_text,
        expiryDate = maybe_text, frequencySettings = frequency_settings_2, issueDate = maybe_text, items = items_3,
        liveMode = maybe_flag, meta = maybe_provider, miscellaneousCharges = miscellaneous_charges, name = text,
        paymentScheduleConfig = payment_schedule_config, sendEstimateDetails = send_estimate_details,
        sentTo = sent_to_2, termsNotes = maybe_text, title = maybe_text, userId = maybe_text,
      },
      output = {
        __v = number, _id = text, altId = text, altType = text, attachments = attachments_2,
        autoInvoice = business_details, automaticTaxesCalculated = flag, automaticTaxesEnabled = flag,
        businessDetails = business_details, companyId = text, contactDetails = business_details, createdAt = text,
        currency = text, deleted = flag, discount = discount, estimateActionHistory = custom_values,
        estimateNumberPrefix = text, expiryDate = text, frequencySettings = frequency_settings, issueDate = text,
        items = items, lastVisitedAt = text, liveMode = flag, meta = business_details, name = text, sentBy = text,
        sentTo = business_details, termsNotes = text, title = text, total = number, totalamountInUSD = number,
        traceId = text, updatedAt = text, updatedBy = text,
      },
    },
    delete_estimate = {
      method = 'DELETE', path = '/invoices/estimate/{estimateId}', summary = 'Delete an estimate (invoices)',
      scopes = { 'invoices/estimate.write' }, access = 'any', success = 200, body = { 'altId', 'altType' },
      input = { altId = maybe_text_2, altType = alt_type, estimateId = text },
      output = {
        __v = number, _id = text, altId = text, altType = text, attachments = attachments_2,
        autoInvoice = business_details, automaticTaxesCalculated = flag, automaticTaxesEnabled = flag,
        businessDetails = business_details, companyId = text, contactDetails = business_details, createdAt = text,
        currency = text, deleted = flag, discount = discount, estimateActionHistory = custom_values,
        estimateNumberPrefix = text, expiryDate = text, frequencySettings = frequency_settings, issueDate = text,
        items = items, lastVisitedAt = text, liveMode = flag, meta = business_details, name = text, sentBy = text,
        sentTo = business_details, termsNotes = text, title = text, total = number, totalamountInUSD = number,
        traceId = text, updatedAt = text, updatedBy = text,
      },
    },
    delete_estimate_template = {
      method = 'DELETE', path = '/invoices/estimate/template/{templateId}',
      summary = 'Delete an estimate template (invoices)', scopes = { 'invoices/estimate.write' }, access = 'any',
      success = 200, body = { 'altId', 'altType' },
      input = { altId = maybe_text_2, altType = alt_type, templateId = text },
      output = {
        __v = number, _id = text, altId = text, altType = text, attachments = attachments_2,
        automaticTaxesEnabled = flag, businessDetails = business_details, createdAt = text, currency = text,
        deleted = flag, discount = discount, estimateNumberPrefix = text, items = items, liveMode = flag, name = text,
        termsNotes = text, title = text, total = number, updatedAt = text, updatedBy = text,
      },
    },
    delete_invoice = {
      method = 'DELETE', path = '/invoices/{invoiceId}', summary = 'Delete an invoice', scopes = { 'invoices.write' },
      access = 'any', success = 200, query = { 'altId', 'altType' },
      input = { altId = maybe_text_2, altType = alt_type, invoiceId = text },
      output = {
        _id = text, altId = text, altType = text, amountDue = number, amountPaid = number,
        automaticTaxesCalculated = flag, automaticTaxesEnabled = flag, businessDetails = business_details,
        contactDetails = business_details, createdAt = text, currency = text, discount = business_details,
        dueDate = text, invoiceItems = custom_values, invoiceNumber = number, issueDate = text, liveMode = flag,
        name = text, paymentSchedule = business_details, status = text, title = text, total = number, updatedAt = text,
      },
    },
    delete_invoice_schedule = {
      method = 'DELETE', path = '/invoices/schedule/{scheduleId}', summary = 'Delete an invoice schedule',
      scopes = { 'invoices/schedule.write' }, access = 'any', success = 200, query = { 'altId', 'altType' },
      input = { altId = maybe_text_2, altType = alt_type, scheduleId = text }, output = { success = flag },
    },
    delete_invoice_template = {
      method = 'DELETE', path = '/invoices/template/{templateId}', summary = 'Delete an invoice template',
      scopes = { 'invoices/template.write' }, access = 'any', success = 200, query = { 'altId', 'altType' },
      input = { altId = maybe_text_2, altType = alt_type, templateId = text }, output = { success = flag },
    },
    generate_estimate_number = {
      method = 'GET', path = '/invoices/estimate/number/generate', summary = 'Generate an estimate number (invoices)',
      scopes = { 'invoices/estimate.readonly' }, access = 'any', success = 200, query = { 'altId', 'altType' },
      input = { altId = maybe_text_2, altType = alt_type }, output = { estimateNumber = number, traceId = text },
    },
    generate_invoice_number = {
      method = 'GET', path = '/invoices/generate-invoice-number', summary = 'Generate an invoice number',
      scopes = { 'invoices.readonly' }, access = 'any', success = 200, query = { 'altId', 'altType' },
      input = { altId = maybe_text_2, altType = alt_type }, output = { invoiceNumber = number },
    },
    get_invoice = {
      method = 'GET', path = '/invoices/{invoiceId}', summary = 'Read an invoice', scopes = { 'invoices.readonly' },
      access = 'any', success = 200, query = { 'altId', 'altType' },
      input = { altId = maybe_text_2, altType = alt_type, invoiceId = text },
      output = {
        _id = text, altId = text, altType = text, amountDue = number, amountPaid = number,
        automaticTaxesCalculated = flag, automaticTaxesEnabled = flag, businessDetails = business_details,
        contactDetails = business_details, createdAt = text, currency = text, discount = business_details,
        dueDate = text, invoiceItems = custom_values, invoiceNumber = number, issueDate = text, liveMode = flag,
        name = text, paymentSchedule = business_details,
        remindersConfiguration = {
          'object',
          fields = {
            reminderExecutionDetailsList = business_details,
            reminderSettings = { 'object', fields = { defaultEmailTemplateId = text, reminders = reminders } },
          },
        },
        status = text, title = text, total = number, totalSummary = total_summary, updatedAt = text,
      },
    },
    get_invoice_schedule = {
      method = 'GET', path = '/invoices/schedule/{scheduleId}', summary = 'Read an invoice schedule',
      scopes = { 'invoices/schedule.readonly' }, access = 'any', success = 200, query = { 'altId', 'altType' },
      input = { altId = maybe_text_2, altType = alt_type, scheduleId = text },
      output = {
        _id = text, altId = text, altType = text, businessDetails = business_details_3, compiledTermsNotes = text,
        contactDetails = contact_details, createdAt = text, currency = text, discount = discount, invoices = invoices_2,
        items = custom_values, liveMode = flag, name = text, schedule = schedule_2, status = text, termsNotes = text,
        title = text, total = number, updatedAt = text,
      },
    },
    get_invoice_settings = {
      method = 'GET', path = '/invoices/settings', summary = 'Read the invoice settings',
      scopes = { 'invoices.readonly' }, access = 'any', success = 200, query = { 'altId', 'altType' },
      input = { altId = maybe_text_2, altType = alt_type },
      output = {
        altId = text, altType = text, businessDetails = business_details_3, customFields = custom_values,
        customNotification = {
          'object',
          fields = {
            customerAutoPaymentAmountChanged = customer_auto_payment_amount_changed,
            customerAutoPaymentFailure = customer_auto_payment_amount_changed,
            customerAutoPaymentInfo = customer_auto_payment_amount_changed,
            customerAutoPaymentSuccess = customer_auto_payment_amount_changed,
            customerPaymentFailure = customer_auto_payment_amount_changed,
            customerPaymentSuccess = customer_auto_payment_amount_changed,
            customerSendEstimate = customer_auto_payment_amount_changed,
            customerSendInvoice = customer_auto_payment_amount_changed,
            teamAutoPaymentFailure = customer_auto_payment_amount_changed,
            teamAutoPaymentSkip = customer_auto_payment_amount_changed,
            teamAutoPaymentSuccess = customer_auto_payment_amount_changed,
            teamEstimateAccepted = customer_auto_payment_amount_changed,
            teamEstimateDeclined = customer_auto_payment_amount_changed,
            teamPaymentFailure = customer_auto_payment_amount_changed,
            teamPaymentSuccess = customer_auto_payment_amount_changed,
            teamRecurringSendInvoiceFailed = customer_auto_payment_amount_changed,
          },
        },
        dueAfterXDays = number, estimateNumberPrefix = text, estimatesExpireAfterXDays = number,
        estimatesTermsNote = text, estimatesTitle = text, invoiceNumberPrefix = text,
        lateFeesConfiguration = {
          'object',
          fields = {
            enable = flag, frequency = frequency, grace = frequency,
            maxLateFees = { 'object', fields = { type = text, value = number } }, type = text, value = number,
          },
        },
        minimumPercentagePartialPayment = number, paymentMethods = { 'object', fields = { stripe = stripe } },
        productSettings = { 'object', fields = { descriptionOptional = flag, enableImportProductDescription = flag } },
        reminderSettings = {
          'object',
          fields = {
            defaultEmailTemplateId = text,
            reminders = {
              'list',
              of = {
                'object',
                fields = {
                  emailSubject = text, emailTemplate = text, enabled = flag, endTime = text, intervalType = text,
                  maxReminders = number, reminderId = text, reminderInvoiceCondition = text, reminderName = text,
                  reminderNumber = number, reminderTime = text, smsTemplate = text, startTime = text, timezone = text,
                },
              },
            },
          },
        },
        senderConfiguration = { 'object', fields = { fromEmail = text, fromName = text } }, termsNote = text,
        tipsConfiguration = { 'object', fields = { tipsEnabled = flag, tipsPercentage = custom_values } }, title = text,
      },
    },
    get_invoice_template = {
      method = 'GET', path = '/invoices/template/{templateId}', summary = 'Read an invoice template',
      scopes = { 'invoices/template.readonly' }, access = 'any', success = 200, query = { 'altId', 'altType' },
      input = { altId = maybe_text_2, altType = alt_type, templateId = text },
      output = {
        _id = text, altId = text, altType = text, businessDetails = business_details_3, createdAt = text,
        currency = text, discount = discount, invoiceNumberPrefix = text, items = custom_values, name = text,
        total = number, updatedAt = text,
      },
    },
    invoices_list_invoices = {
      method = 'GET', path = '/invoices/', summary = 'List invoices', scopes = { 'invoices.readonly' }, access = 'any',
      success = 200,
      query = {
        'altId', 'altType', 'status', 'startAt', 'endAt', 'search', 'paymentMode', 'contactId', 'limit', 'offset',
        'sortField', 'sortOrder',
      },
      input = {
        altId = maybe_text_2, altType = alt_type, contactId = maybe_text, endAt = maybe_text, limit = text,
        offset = text, paymentMode = payment_mode, search = maybe_text,
        sortField = { 'string', optional = true, enum = { 'issueDate' } },
        sortOrder = { 'string', optional = true, enum = { 'ascend', 'descend' } }, startAt = maybe_text,
        status = maybe_text,
      },
      output = {
        invoices = {
          'list',
          of = {
            'object',
            fields = {
              _id = text, altId = text, altType = text, amountDue = number, amountPaid = number,
              automaticTaxesCalculated = flag, automaticTaxesEnabled = flag, businessDetails = business_details,
              contactDetails = business_details, createdAt = text, currency = text, discount = business_details,
              dueDate = text, invoiceItems = custom_values, invoiceNumber = number, issueDate = text, liveMode = flag,
              name = text, paymentSchedule = business_details,
              remindersConfiguration = {
                'object',
                fields = { reminderExecutionDetailsList = business_details, reminderSettings = business_details },
              },
              status = text, title = text, total = number, totalSummary = total_summary, updatedAt = text,
            },
          },
        },
        total = number,
      },
    },
    list_estimate_templates = {
      method = 'GET', path = '/invoices/estimate/template', summary = 'List estimate templates (invoices)',
      scopes = { 'invoices/estimate.readonly' }, access = 'any', success = 200,
      query = { 'altId', 'altType', 'search', 'limit', 'offset' },
      input = { altId = maybe_text_2, altType = alt_type, limit = text, offset = text, search = maybe_text },
      output = { data = custom_values, totalCount = number, traceId = text },
    },
    list_estimates = {
      method = 'GET', path = '/invoices/estimate/list', summary = 'List estimates (invoices)',
      scopes = { 'invoices/estimate.readonly' }, access = 'any', success = 200,
      query = { 'altId', 'altType', 'startAt', 'endAt', 'search', 'status', 'contactId', 'limit', 'offset' },
      input = {
        altId = maybe_text_2, altType = alt_type, contactId = maybe_text, endAt = maybe_text, limit = text,
        offset = text, search = maybe_text, startAt = maybe_text, status = status,
      },
      output = { estimates = custom_values, total = number, traceId = text },
    },
    list_invoice_schedules = {
      method = 'GET', path = '/invoices/schedule', summary = 'List invoice schedules',
      scopes = { 'invoices/schedule.readonly' }, access = 'any', success = 200,
      query = { 'altId', 'altType', 'status', 'startAt', 'endAt', 'search', 'paymentMode', 'limit', 'offset' },
      input = {
        altId = maybe_text_2, altType = alt_type, endAt = maybe_text, limit = text, offset = text,
        paymentMode = payment_mode, search = maybe_text, startAt = maybe_text, status = maybe_text,
      },
      output = {
        schedules = {
          'list',
          of = {
            'object',
            fields = {
              _id = text, altId = text, altType = text, businessDetails = business_details_2, compiledTermsNotes = text,
              contactDetails = {
                'object',
                fields = {
                  additionalEmails = reminders, address = business_details, companyName = text,
                  customFields = custom_values, email = text, id = text, name = text, phoneNo = text,
                },
              },
              createdAt = text, currency = text, discount = discount, invoices = reminders, items = custom_values,
              liveMode = flag, name = text, schedule = schedule, status = text, termsNotes = text, title = text,
              total = number, updatedAt = text,
            },
          },
        },
        total = number,
      },
    },
    list_invoice_templates = {
      method = 'GET', path = '/invoices/template', summary = 'List invoice templates',
      scopes = { 'invoices/template.readonly' }, access = 'any', success = 200,
      query = { 'altId', 'altType', 'status', 'startAt', 'endAt', 'search', 'paymentMode', 'limit', 'offset' },
      input = {
        altId = maybe_text_2, altType = alt_type, endAt = maybe_text, limit = text, offset = text,
        paymentMode = payment_mode, search = maybe_text, startAt = maybe_text, status = maybe_text,
      },
      output = {
        data = {
          'list',
          of = {
            'object',
            fields = {
              _id = text, altId = text, altType = text, businessDetails = business_details_2, createdAt = text,
              currency = text, discount = discount, invoiceNumberPrefix = text, items = custom_values, name = text,
              total = number, updatedAt = text,
            },
          },
        },
        totalCount = number,
      },
    },
    preview_estimate_template = {
      method = 'GET', path = '/invoices/estimate/template/preview', summary = 'Preview an estimate template (invoices)',
      scopes = { 'invoices/estimate.readonly' }, access = 'any', success = 200,
      query = { 'altId', 'altType', 'templateId' },
      input = { altId = maybe_text_2, altType = alt_type, templateId = text },
      output = {
        __v = number, _id = text, altId = text, altType = text, attachments = attachments_2,
        automaticTaxesEnabled = flag, businessDetails = business_details, createdAt = text, currency = text,
        deleted = flag, discount = discount, estimateNumberPrefix = text, items = items, liveMode = flag, name = text,
        termsNotes = text, title = text, total = number, updatedAt = text, updatedBy = text,
      },
    },
    record_invoice = {
      method = 'POST', path = '/invoices/{invoiceId}/record-payment', summary = 'Record a payment of an invoice',
      scopes = { 'invoices.write' }, access = 'any', success = 200,
      input = {
        altId = maybe_text_2, altType = alt_type, amount = maybe_number,
        card = { 'object', fields = { brand = text, last4 = text } }, cheque = { 'object', fields = { number = text } },
        fulfilledAt = maybe_text, invoiceId = text, meta = maybe_provider,
        mode = { 'string', enum = { 'cash', 'card', 'cheque', 'bank_transfer', 'other' } }, notes = text,
        paymentScheduleIds = maybe_custom_values,
      },
      output = { invoice = invoices, success = flag },
    },
    schedule_invoice_schedule = {
      method = 'POST', path = '/invoices/schedule/{scheduleId}/schedule', summary = 'Start an invoice schedule',
      scopes = { 'invoices/schedule.write' }, access = 'any', success = 200,
      input = {
        altId = maybe_text_2, altType = alt_type, autoPayment = auto_payment, liveMode = flag, scheduleId = text,
      },
      output = {
        _id = text, altId = text, altType = text, businessDetails = business_details_3, compiledTermsNotes = text,
        contactDetails = contact_details, createdAt = text, currency = text, discount = discount, invoices = invoices_2,
        items = custom_values, liveMode = flag, name = text, schedule = schedule_2, status = text, termsNotes = text,
        title = text, total = number, updatedAt = text,
      },
    },
    send_estimate = {
      method = 'POST', path = '/invoices/estimate/{estimateId}/send', summary = 'Send an estimate (invoices)',
      scopes = { 'invoices/estimate.write' }, access = 'any', success = 201,
      input = {
        action = action, altId = maybe_text_2, altType = alt_type, estimateId = text, estimateName = maybe_text,
        liveMode = flag, sentFrom = sent_from, userId = text,
      },
      output = {
        __v = number, _id = text, altId = text, altType = text, attachments = attachments_2,
        autoInvoice = business_details, automaticTaxesCalculated = flag, automaticTaxesEnabled = flag,
        businessDetails = business_details, companyId = text, contactDetails = business_details, createdAt = text,
        currency = text, deleted = flag, discount = discount, estimateActionHistory = custom_values,
        estimateNumberPrefix = text, expiryDate = text, frequencySettings = frequency_settings, issueDate = text,
        items = items, lastVisitedAt = text, liveMode = flag, meta = business_details, name = text, sentBy = text,
        sentTo = business_details, termsNotes = text, title = text, total = number, totalamountInUSD = number,
        traceId = text, updatedAt = text, updatedBy = text,
      },
    },
    send_invoice = {
      method = 'POST', path = '/invoices/{invoiceId}/send', summary = 'Send an invoice', scopes = { 'invoices.write' },
      access = 'any', success = 200,
      input = {
        action = action, altId = maybe_text_2, altType = alt_type, autoPayment = auto_payment, invoiceId = text,
        liveMode = flag, sentFrom = sent_from, userId = text,
      },
      output = { emailData = business_details, invoice = invoices, smsData = business_details },
    },
    text2pay_invoice = {
      method = 'POST', path = '/invoices/text2pay', summary = 'Create and send an invoice to be paid by text message',
      scopes = { 'invoices.write' }, success = 200,
      input = {
        action = { 'string', enum = { 'draft', 'send' } }, altId = maybe_text_2, altType = alt_type,
        attachments = maybe_attachments, automaticTaxesEnabled = maybe_flag, businessDetails = business_details_5,
        contactDetails = contact_details_2, currency = text, discount = discount_3, dueDate = maybe_text,
        id = maybe_text, includeTermsNote = maybe_flag, invoiceNumber = maybe_text, invoiceNumberPrefix = maybe_text,
        issueDate = text, items = items_2, lateFeesConfiguration = late_fees_configuration_2, liveMode = flag,
        miscellaneousCharges = miscellaneous_charges, name = text, paymentMethods = payment_methods,
        paymentSchedule = payment_schedule, sentTo = sent_to, termsNotes = maybe_text,
        tipsConfiguration = tips_configuration, title = maybe_text, userId = text,
      },
      output = { invoice = invoices, invoiceUrl = text },
    },
    update_and_schedule_invoice_schedule = {
      method = 'POST', path = '/invoices/schedule/{scheduleId}/updateAndSchedule',
      summary = 'Change an invoice schedule and start it', scopes = { 'invoices/schedule.write' }, access = 'any',
      success = 200, input = { scheduleId = text },
      output = {
        _id = text, altId = text, altType = text, businessDetails = business_details_3, compiledTermsNotes = text,
        contactDetails = contact_details, createdAt = text, currency = text, discount = discount, invoices = invoices_2,
        items = custom_values, liveMode = flag, name = text, schedule = schedule_2, status = text, termsNotes = text,
        title = text, total = number, updatedAt = text,
      },
    },
    update_estimate = {
      method = 'PUT', path = '/invoices/estimate/{estimateId}', summary = 'Change an estimate (invoices)',
      scopes = { 'invoices/estimate.write' }, access = 'any', success = 200,
      input = {
        altId = maybe_text_2, altType = alt_type, attachments = maybe_attachments, autoInvoice = auto_invoice,
        automaticTaxesEnabled = maybe_flag, businessDetails = business_details_4, contactDetails = contact_details_2,
        currency = text, discount = discount_2, estimateId = text, estimateNumber = maybe_number,
        estimateNumberPrefix = maybe_text, estimateStatus = status, expiryDate = maybe_text,
        frequencySettings = frequency_settings_2, issueDate = maybe_text, items = items_3, liveMode = maybe_flag,
        meta = maybe_provider, miscellaneousCharges = miscellaneous_charges, name = text,
        paymentScheduleConfig = payment_schedule_config, sendEstimateDetails = send_estimate_details,
        sentTo = sent_to_2, termsNotes = maybe_text, title = maybe_text, userId = maybe_text,
      },
      output = {
        __v = number, _id = text, altId = text, altType = text, attachments = attachments_2,
        autoInvoice = business_details, automaticTaxesCalculated = flag, automaticTaxesEnabled = flag,
        businessDetails = business_details, companyId = text, contactDetails = business_details, createdAt = text,
        currency = text, deleted = flag, discount = discount, estimateActionHistory = custom_values,
        estimateNumberPrefix = text, expiryDate = text, frequencySettings = frequency_settings, issueDate = text,
        items = items, lastVisitedAt = text, liveMode = flag, meta = business_details, name = text, sentBy = text,
        sentTo = business_details, termsNotes = text, title = text, total = number, totalamountInUSD = number,
        traceId = text, updatedAt = text, updatedBy = text,
      },
    },
    update_estimate_last_visited_at = {
      method = 'PATCH', path = '/invoices/estimate/stats/last-visited-at',
      summary = 'Note that an estimate was looked at', access = 'any', success = 200, input = { estimateId = text },
    },
    update_estimate_template = {
      method = 'PUT', path = '/invoices/estimate/template/{templateId}',
      summary = 'Change an estimate template (invoices)', scopes = { 'invoices/estimate.write' }, access = 'any',
      success = 200,
      input = {
        altId = maybe_text_2, altType = alt_type, attachments = maybe_attachments, automaticTaxesEnabled = maybe_flag,
        businessDetails = business_details_4, currency = text, discount = discount_2, estimateNumberPrefix = maybe_text,
        items = items, liveMode = maybe_flag, meta = maybe_provider, miscellaneousCharges = miscellaneous_charges,
        name = text, sendEstimateDetails = send_estimate_details, templateId = text, termsNotes = maybe_text,
        title = maybe_text,
      },
      output = {
        __v = number, _id = text, altId = text, altType = text, attachments = attachments_2,
        automaticTaxesEnabled = flag, businessDetails = business_details, createdAt = text, currency = text,
        deleted = flag, discount = discount, estimateNumberPrefix = text, items = items, liveMode = flag, name = text,
        termsNotes = text, title = text, total = number, updatedAt = text, updatedBy = text,
      },
    },
    update_invoice = {
      method = 'PUT', path = '/invoices/{invoiceId}', summary = 'Change an invoice', scopes = { 'invoices.write' },
      access = 'any', success = 200,
      input = {
        altId = maybe_text_2, altType = alt_type, attachments = maybe_attachments, automaticTaxesEnabled = maybe_flag,
        businessDetails = business_details_5,
        contactDetails = {
          'object', optional = true,
          fields = {
            additionalEmails = maybe_additional_emails, address = address_2, companyName = maybe_text,
            customFields = maybe_custom_values, email = text, id = text, name = text, phoneNo = text,
          },
        },
        contactId = maybe_text, currency = text, description = maybe_text, discount = discount_3, dueDate = text,
        invoiceId = text, invoiceItems = items_2, invoiceNumber = maybe_text, invoiceNumberPrefix = maybe_text,
        issueDate = text, liveMode = maybe_flag, miscellaneousCharges = miscellaneous_charges, name = text,
        paymentMethods = payment_methods, paymentSchedule = payment_schedule, termsNotes = maybe_text,
        tipsConfiguration = tips_configuration, title = maybe_text, xeroDetails = maybe_provider,
      },
      output = {
        _id = text, altId = text, altType = text, amountDue = number, amountPaid = number,
        automaticTaxesCalculated = flag, automaticTaxesEnabled = flag, businessDetails = business_details,
        contactDetails = business_details, createdAt = text, currency = text, discount = business_details,
        dueDate = text, invoiceItems = custom_values, invoiceNumber = number, issueDate = text, liveMode = flag,
        name = text, paymentSchedule = business_details, status = text, title = text, total = number, updatedAt = text,
      },
    },
    update_invoice_last_visited_at = {
      method = 'PATCH', path = '/invoices/stats/last-visited-at', summary = 'Note that an invoice was looked at',
      access = 'any', success = 200, input = { invoiceId = text },
    },
    update_invoice_late_fees_configuration = {
      method = 'PATCH', path = '/invoices/{invoiceId}/late-fees-configuration',
      summary = 'Change the late fees of an invoice', access = 'any', success = 200,
      input = {
        altId = maybe_text_2, altType = alt_type, invoiceId = text, lateFeesConfiguration = late_fees_configuration,
      },
      output = {
        _id = text, altId = text, altType = text, amountDue = number, amountPaid = number,
        automaticTaxesCalculated = flag, automaticTaxesEnabled = flag, businessDetails = business_details,
        contactDetails = business_details, createdAt = text, currency = text, discount = business_details,
        dueDate = text, invoiceItems = custom_values, invoiceNumber = number, issueDate = text, liveMode = flag,
        name = text, paymentSchedule = business_details, status = text, title = text, total = number, updatedAt = text,
      },
    },
    update_invoice_payment_methods_configuration = {
      method = 'PATCH', path = '/invoices/template/{templateId}/payment-methods-configuration',
      summary = 'Change the payment methods of an invoice template', access = 'any', success = 200,
      input = { altId = maybe_text_2, altType = alt_type, paymentMethods = payment_methods, templateId = text },
      output = {
        _id = text, altId = text, altType = text, businessDetails = business_details_3, createdAt = text,
        currency = text, discount = discount, invoiceNumberPrefix = text, items = custom_values, name = text,
        total = number, updatedAt = text,
      },
    },
    update_invoice_schedule = {
      method = 'PUT', path = '/invoices/schedule/{scheduleId}', summary = 'Change an invoice schedule',
      scopes = { 'invoices/schedule.write' }, access = 'any', success = 200,
      input = {
        altId = maybe_text_2, altType = alt_type, attachments = maybe_attachments, businessDetails = business_details_4,
        contactDetails = contact_details_2, currency = text, discount = discount_2, items = items_2, liveMode = flag,
        miscellaneousCharges = miscellaneous_charges, name = text, schedule = schedule_3, scheduleId = text,
        termsNotes = maybe_text, title = maybe_text,
      },
      output = {
        _id = text, altId = text, altType = text, businessDetails = business_details_3, compiledTermsNotes = text,
        contactDetails = contact_details, createdAt = text, currency = text, discount = discount, invoices = invoices_2,
        items = custom_values, liveMode = flag, name = text, schedule = schedule_2, status = text, termsNotes = text,
        title = text, total = number, updatedAt = text,
      },
    },
    update_invoice_template = {
      method = 'PUT', path = '/invoices/template/{templateId}', summary = 'Change an invoice template',
      scopes = { 'invoices/template.write' }, access = 'any', success = 200,
      input = {
        altId = maybe_text_2, altType = alt_type, businessDetails = business_details_4, currency = text,
        discount = discount_3, internal = maybe_flag, items = items_2, miscellaneousCharges = miscellaneous_charges,
        name = text, templateId = text, termsNotes = maybe_text, title = maybe_text,
      },
      output = {
        _id = text, altId = text, altType = text, businessDetails = business_details_3, createdAt = text,
        currency = text, discount = discount, invoiceNumberPrefix = text, items = custom_values, name = text,
        total = number, updatedAt = text,
      },
    },
    update_invoice_template_late_fees_configuration = {
      method = 'PATCH', path = '/invoices/template/{templateId}/late-fees-configuration',
      summary = 'Change the late fees of an invoice template', access = 'any', success = 200,
      input = {
        altId = maybe_text_2, altType = alt_type, lateFeesConfiguration = late_fees_configuration, templateId = text,
      },
      output = {
        _id = text, altId = text, altType = text, businessDetails = business_details_3, createdAt = text,
        currency = text, discount = discount, invoiceNumberPrefix = text, items = custom_values, name = text,
        total = number, updatedAt = text,
      },
    },
    void_invoice = {
      method = 'POST', path = '/invoices/{invoiceId}/void', summary = 'Void an invoice', scopes = { 'invoices.write' },
      access = 'any', success = 200, input = { altId = maybe_text_2, altType = alt_type, invoiceId = text },
      output = {
        _id = text, altId = text, altType = text, amountDue = number, amountPaid = number,
        automaticTaxesCalculated = flag, automaticTaxesEnabled = flag, businessDetails = business_details,
        contactDetails = business_details, createdAt = text, currency = text, discount = business_details,
        dueDate = text, invoiceItems = custom_values, invoiceNumber = number, issueDate = text, liveMode = flag,
        name = text, paymentSchedule = business_details, status = text, title = text, total = number, updatedAt = text,
      },
    },
  },
}
