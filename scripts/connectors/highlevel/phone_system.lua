-- HighLevel: phone-system.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local number = { 'number' }
local numbers = { 'object' }
local text = { 'string' }
local flag = { 'boolean' }
local text_2 = { 'string', nullable = true }
local maybe_text = { 'string', optional = true }
local maybe_flag = { 'boolean', optional = true }
local maybe_text_2 = { 'string', optional = true, nullable = true }
local maybe_text_3 = { 'string', optional = true, from_connection = 'location' }
local inbound_call_service = { 'object', nullable = true, fields = { type = text, value = text } }

return {
  operations = {
    active_numbers = {
      method = 'GET', path = '/phone-system/numbers/location/{locationId}', summary = 'List the active phone numbers',
      scopes = { 'phonenumbers.read' }, success = 200, query = { 'pageSize', 'page', 'searchFilter', 'skipNumberPool' },
      input = {
        locationId = maybe_text_3, page = { 'number', optional = true }, pageSize = { 'number', optional = true },
        searchFilter = maybe_text, skipNumberPool = maybe_flag,
      },
      output = {
        accountStatus = text, isUnderGhl = flag,
        numbers = {
          'list',
          of = {
            'object',
            fields = {
              addressSid = text_2, bundleSid = text_2,
              capabilities = { 'object', fields = { fax = flag, mms = flag, sms = flag, voice = flag } },
              countryCode = text, dateAdded = text, dateUpdated = text, forwardingNumber = text_2,
              friendlyName = text_2, inboundCallService = inbound_call_service, isDefaultNumber = flag,
              isGroupConversationEnabled = flag, linkedRingAllUsers = { 'list', of = text }, linkedUser = text_2,
              origin = text, phoneNumber = text, sid = text, type = text,
            },
          },
        },
        page = number, pageSize = number,
      },
    },
    available_numbers = {
      method = 'GET', path = '/phone-system/numbers/location/{locationId}/available',
      summary = 'List the phone numbers that can be bought', scopes = { 'phonenumbers.read' }, success = 200,
      query = {
        'countryCode', 'numberTypes', 'firstPart', 'lastPart', 'anywhere', 'smsEnabled', 'mmsEnabled', 'voiceEnabled',
      },
      input = {
        anywhere = maybe_text, countryCode = text, firstPart = maybe_text, lastPart = maybe_text,
        locationId = maybe_text_3, mmsEnabled = maybe_flag, numberTypes = maybe_text, smsEnabled = maybe_flag,
        voiceEnabled = maybe_flag,
      },
      output = {
        fingerprintId = text,
        numbers = {
          'list',
          of = {
            'object',
            fields = {
              addressRequirements = text, beta = flag,
              capabilities = { 'object', fields = { MMS = flag, SMS = flag, voice = flag } }, friendlyName = text,
              isoCountry = text, lata = text_2, latitude = text_2, locality = text_2, longitude = text_2,
              phoneNumber = text, postalCode = text_2,
              price = { 'object', fields = { number_type = text, price = number, price_unit = text } },
              rateCenter = text_2, region = text_2,
            },
          },
        },
      },
    },
    get_number_pool_list = {
      method = 'GET', path = '/phone-system/number-pools', summary = 'List number pools',
      scopes = { 'numberpools.read' }, success = 200, query = { 'locationId' }, input = { locationId = maybe_text },
      output = {
        data = {
          'list',
          of = {
            'object',
            fields = {
              callRecording = flag, forwardingNumber = text, id = text, inboundCallService = inbound_call_service,
              isActive = flag, locationId = text, name = text, numbers = { 'list', of = numbers }, whisper = flag,
              whisperMessage = text,
            },
          },
        },
        success = flag, total = number,
      },
    },
    purchase_phone_number = {
      method = 'POST', path = '/phone-system/numbers/location/{locationId}/purchase', summary = 'Buy a phone number',
      scopes = { 'phonenumbers.write' }, success = 201,
      input = {
        addressSid = maybe_text_2, bundleSid = maybe_text_2, countryCode = maybe_text, fingerprintId = maybe_text_2,
        locality = maybe_text_2, locationId = maybe_text_3,
        numberType = { 'string', optional = true, enum = { 'local', 'tollFree', 'mobile' } }, phoneNumber = text,
        region = maybe_text_2, skipLocationKYC = { 'boolean', optional = true, nullable = true },
      },
      output = {
        account_sid = text, assigned_to_numbers = numbers, id = text, location_id = text,
        migration_numbers = { 'list', of = text }, migration_status = text_2, new_account_sid = text_2,
        number_name = numbers, numbers = numbers, under_ghl_account = flag, validate_sms = flag,
      },
    },
  },
}
