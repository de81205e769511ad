-- HighLevel: store.
-- Written by scripts/generate/highlevel.lua from the vendor's published API files; do not edit.

local number = { 'number' }
local text = { 'string' }
local flag = { 'boolean' }
local states = { 'list', of = { 'object' } }
local maybe_number = { 'number', optional = true }
local maybe_text = { 'string', optional = true }
local maybe_flag = { 'boolean', optional = true }
local alt_type = { 'string', optional = true, enum = { 'location' } }
local alt_type_2 = { 'string', default = 'location', enum = { 'location' } }
local maybe_text_2 = { 'string', optional = true, from_connection = 'location' }
local services = { 'object', fields = { name = text, value = text } }
local services_2 = { 'list', of = services }
local maybe_services = { 'list', optional = true, of = services }
local store_order_fulfillment_notification = {
  'object', fields = { defaultEmailTemplateId = text, emailTemplateId = text, enabled = flag, subject = text },
}
local store_order_fulfillment_notification_2 = {
  'object', optional = true,
  fields = { defaultEmailTemplateId = text, emailTemplateId = text, enabled = flag, subject = text },
}
local data = {
  'object',
  fields = {
    _id = text, allowsMultipleServiceSelection = flag, altId = text, altType = text, callbackUrl = text,
    createdAt = text, marketplaceAppId = text, name = text, services = services_2, updatedAt = text,
  },
}
local shipping_rates = {
  'list',
  of = {
    'object',
    fields = {
      _id = text, altId = text, altType = text, amount = number, conditionType = text, createdAt = text,
      currency = text, description = text, isCarrierRate = flag, maxCondition = number, minCondition = number,
      name = text, percentageOfRateFee = number, shippingCarrierId = text, shippingCarrierServices = states,
      shippingZoneId = text, updatedAt = text,
    },
  },
}
local data_2 = {
  'object',
  fields = {
    _id = text, altId = text, altType = text, amount = number, conditionType = text, createdAt = text, currency = text,
    description = text, isCarrierRate = flag, maxCondition = number, minCondition = number, name = text,
    percentageOfRateFee = number, shippingCarrierId = text, shippingCarrierServices = services_2, shippingZoneId = text,
    updatedAt = text,
  },
}
local data_3 = {
  'object',
  fields = {
    _id = text, altId = text, altType = text, createdAt = text,
    shippingOrigin = {
      'object',
      fields = {
        city = text, country = number, email = text, name = text, phone = text, state = text, street1 = text,
        street2 = text, zip = text,
      },
    },
    storeOrderFulfillmentNotification = store_order_fulfillment_notification,
    storeOrderNotification = store_order_fulfillment_notification, updatedAt = text,
  },
}
local data_4 = {
  'object',
  fields = {
    _id = text, altId = text, altType = text,
    countries = { 'list', of = { 'object', fields = { code = number, states = states } } }, createdAt = text,
    name = text, shippingRates = shipping_rates, updatedAt = text,
  },
}
local country = {
  'string',
  enum = {
    'US', 'CA', 'AF', 'AX', 'AL', 'DZ', 'AS', 'AD', 'AO', 'AI', 'AQ', 'AG', 'AR', 'AM', 'AW', 'AU', 'AT', 'AZ', 'BS',
    'BH', 'BD', 'BB', 'BY', 'BE', 'BZ', 'BJ', 'BM', 'BT', 'BO', 'BA', 'BW', 'BV', 'BR', 'IO', 'BN', 'BG', 'BF', 'BI',
    'KH', 'CM', 'CV', 'KY', 'CF', 'TD', 'CL', 'CN', 'CX', 'CC', 'CO', 'KM', 'CG', 'CD', 'CK', 'CR', 'CI', 'HR', 'CU',
    'CY', 'CZ', 'DK', 'DJ', 'DM', 'DO', 'EC', 'EG', 'SV', 'GQ', 'ER', 'EE', 'ET', 'FK', 'FO', 'FJ', 'FI', 'FR', 'GF',
    'PF', 'TF', 'GA', 'GM', 'GE', 'DE', 'GH', 'GI', 'GR', 'GL', 'GD', 'GP', 'GU', 'GT', 'GG', 'GN', 'GW', 'GY', 'HT',
    'HM', 'VA', 'HN', 'HK', 'HU', 'IS', 'IN', 'ID', 'IR', 'IQ', 'IE', 'IM', 'IL', 'IT', 'JM', 'JP', 'JE', 'JO', 'KZ',
    'KE', 'KI', 'KP', 'XK', 'KW', 'KG', 'LA', 'LV', 'LB', 'LS', 'LR', 'LY', 'LI', 'LT', 'LU', 'MO', 'MK', 'MG', 'MW',
    'MY', 'MV', 'ML', 'MT', 'MH', 'MQ', 'MR', 'MU', 'YT', 'MX', 'FM', 'MD', 'MC', 'MN', 'ME', 'MS', 'MA', 'MZ', 'MM',
    'NA', 'NR', 'NP', 'NL', 'AN', 'NC', 'NZ', 'NI', 'NE', 'NG', 'NU', 'NF', 'MP', 'NO', 'OM', 'PK', 'PW', 'PS', 'PA',
    'PG', 'PY', 'PE', 'PH', 'PN', 'PL', 'PT', 'PR', 'QA', 'RE', 'RO', 'RU', 'RW', 'SH', 'KN', 'LC', 'MF', 'PM', 'VC',
    'WS', 'SM', 'ST', 'SA', 'SN', 'RS', 'SC', 'SL', 'SG', 'SX', 'SK', 'SI', 'SB', 'SO', 'ZA', 'GS', 'KR', 'ES', 'LK',
    'SD', 'SR', 'SJ', 'SZ', 'SE', 'CH', 'SY', 'TW', 'TJ', 'TZ', 'TH', 'TL', 'TG', 'TK', 'TO', 'TT', 'TN', 'TR', 'TM',
    'TC', 'TV', 'UG', 'UA', 'AE', 'GB', 'UM', 'UY', 'UZ', 'VU', 'VE', 'VN', 'VG', 'VI', 'WF', 'EH', 'YE', 'ZM', 'ZW',
  },
}
local state = {
  'string', optional = true,
  enum = {
    'AL', 'AK', 'AS', 'AZ', 'AR', 'AA', 'AE', 'AP', 'CA', 'CO', 'CT', 'DE', 'DC', 'FM', 'FL', 'GA', 'GU', 'HI', 'ID',
    'IL', 'IN', 'IA', 'KS', 'KY', 'LA', 'ME', 'MH', 'MD', 'MA', 'MI', 'MN', 'MS', 'MO', 'MT', 'NE', 'NV', 'NH', 'NJ',
    'NM', 'NY', 'NC', 'ND', 'MP', 'OH', 'OK', 'OR', 'PW', 'PA', 'PR', 'RI', 'SC', 'SD', 'TN', 'TX', 'UT', 'VT', 'VI',
    'VA', 'WA', 'WV', 'WI', 'WY', 'AB', 'BC', 'MB', 'NB', 'NL', 'NT', 'NS', 'NU', 'ON', 'PE', 'QC', 'SK', 'YT', 'BA',
    'CC', 'CH', 'CB', 'CN', 'ER', 'FO', 'JY', 'LP', 'LR', 'MZ', 'NQ', 'RN', 'SA', 'SJ', 'SL', 'SF', 'SE', 'TF', 'TU',
    'ACT', 'NSW', 'QLD', 'TAS', 'VIC', 'AC', 'AM', 'CE', 'DF', 'ES', 'GO', 'MG', 'PB', 'PI', 'RJ', 'RO', 'RR', 'RS',
    'SP', 'TO', 'AI', 'AN', 'AT', 'BI', 'LI', 'LL', 'ML', 'RM', 'TA', 'VS', 'AMA', 'ANT', 'ARA', 'ATL', 'BOL', 'BOY',
    'CAL', 'CAQ', 'CAS', 'CAU', 'CES', 'CHO', 'CUN', 'COR', 'GUA', 'GUV', 'HUI', 'LAG', 'MAG', 'MET', 'NAR', 'NSA',
    'PUT', 'QUI', 'RIS', 'SAP', 'SAN', 'SUC', 'TOL', 'VAC', 'VAU', 'VID', 'CR-A', 'CR-C', 'CR-G', 'CR-H', 'CR-L',
    'CR-P', 'CR-SJ', 'GT-16', 'GT-15', 'GT-04', 'GT-20', 'GT-02', 'GT-05', 'GT-01', 'GT-13', 'GT-18', 'GT-21', 'GT-22',
    'GT-17', 'GT-09', 'GT-14', 'GT-11', 'GT-03', 'GT-12', 'GT-06', 'GT-07', 'GT-10', 'GT-08', 'GT-19', 'HK', 'KL', 'BR',
    'CG', 'DN', 'DD', 'DL', 'GJ', 'HR', 'HP', 'JK', 'JH', 'KA', 'LD', 'PY', 'TS', 'TR', 'UP', 'UK', 'WB', 'CW', 'D',
    'G', 'KE', 'KK', 'LS', 'LM', 'LK', 'LH', 'OY', 'SO', 'WD', 'WH', 'WX', 'WW', 'AG', 'AO', 'AV', 'BT', 'BL', 'BN',
    'BG', 'BO', 'BZ', 'BS', 'CL', 'CI', 'CZ', 'CS', 'CR', 'KR', 'EN', 'FE', 'FI', 'FG', 'FC', 'FR', 'GE', 'GR', 'IM',
    'IS', 'AQ', 'LT', 'LE', 'LC', 'LO', 'LU', 'MC', 'NA', 'NO', 'OG', 'OT', 'PD', 'PV', 'PG', 'PU', 'PC', 'PT', 'PN',
    'PZ', 'PO', 'RG', 'RA', 'RC', 'RE', 'SS', 'SV', 'SI', 'SR', 'TE', 'TP', 'TV', 'UD', 'VE', 'VB', 'VC', 'VR', 'VV',
    'JP-23', 'JP-05', 'JP-02', 'JP-12', 'JP-38', 'JP-18', 'JP-40', 'JP-07', 'JP-21', 'JP-10', 'JP-34', 'JP-01', 'JP-28',
    'JP-08', 'JP-17', 'JP-03', 'JP-37', 'JP-46', 'JP-14', 'JP-39', 'JP-43', 'JP-26', 'JP-24', 'JP-04', 'JP-45', 'JP-20',
    'JP-42', 'JP-29', 'JP-15', 'JP-44', 'JP-33', 'JP-47', 'JP-27', 'JP-41', 'JP-11', 'JP-25', 'JP-32', 'JP-22', 'JP-09',
    'JP-36', 'JP-13', 'JP-31', 'JP-16', 'JP-30', 'JP-06', 'JP-35', 'JP-19', 'JHR', 'KDH', 'KTN', 'KUL', 'LBN', 'MLK',
    'NSN', 'PHG', 'PNG', 'PRK', 'PLS', 'PJY', 'SBH', 'SWK', 'SGR', 'TRG', 'AGU', 'BCN', 'BCS', 'CAM', 'CHP', 'CHH',
    'CMX', 'COA', 'COL', 'DUR', 'GRO', 'HID', 'JAL', 'MIC', 'MOR', 'MEX', 'NAY', 'NLE', 'OAX', 'PUE', 'QUE', 'ROO',
    'SLP', 'SIN', 'SON', 'TAB', 'TAM', 'TLA', 'VER', 'YUC', 'ZAC', 'AUK', 'BOP', 'CAN', 'CIT', 'GIS', 'HKB', 'MWT',
    'MBH', 'NTL', 'OTA', 'STL', 'TKI', 'WKO', 'WGN', 'WTC', 'GB', 'KP', 'ANC', 'APU', 'ARE', 'AYA', 'CAJ', 'CUS', 'HUV',
    'HUC', 'ICA', 'JUN', 'LAL', 'LAM', 'LIM', 'LOR', 'MDD', 'MOQ', 'PAS', 'PIU', 'PUN', 'SAM', 'TAC', 'TUM', 'UCA',
    'PH-ABR', 'PH-AGN', 'PH-AGS', 'PH-AKL', 'PH-ALB', 'PH-ANT', 'PH-APA', 'PH-AUR', 'PH-BAS', 'PH-BAN', 'PH-BTN',
    'PH-BTG', 'PH-BEN', 'PH-BIL', 'PH-BOH', 'PH-BUK', 'PH-BUL', 'PH-CAG', 'PH-CAN', 'PH-CAS', 'PH-CAM', 'PH-CAP',
    'PH-CAT', 'PH-CAV', 'PH-CEB', 'PH-NCO', 'PH-DAO', 'PH-DAV', 'PH-DAS', 'PH-EAS', 'PH-GUI', 'PH-IFU', 'PH-ILN',
    'PH-ILS', 'PH-ILI', 'PH-ISA', 'PH-KAL', 'PH-LUN', 'PH-LAG', 'PH-LAN', 'PH-LAS', 'PH-LEY', 'PH-MAG', 'PH-MAD',
    'PH-MAS', 'PH-00', 'PH-MSC', 'PH-MSR', 'PH-MOU', 'PH-NEC', 'PH-NER', 'PH-NSA', 'PH-NUE', 'PH-NUV', 'PH-MDC',
    'PH-MDR', 'PH-PLW', 'PH-PAM', 'PH-PAN', 'PH-QUE', 'PH-QUI', 'PH-RIZ', 'PH-ROM', 'PH-WSA', 'PH-SAR', 'PH-SIG',
    'PH-SOR', 'PH-SCO', 'PH-SLE', 'PH-SUK', 'PH-SLU', 'PH-SUN', 'PH-SUR', 'PH-TAR', 'PH-TAW', 'PH-ZMB', 'PH-ZAN',
    'PH-ZAS', 'PH-ZSI', 'PT-20', 'PT-01', 'PT-02', 'PT-03', 'PT-04', 'PT-05', 'PT-06', 'PT-07', 'PT-08', 'PT-09',
    'PT-10', 'PT-11', 'PT-30', 'PT-12', 'PT-13', 'PT-14', 'PT-15', 'PT-16', 'PT-17', 'PT-18', 'BH', 'BV', 'B', 'CJ',
    'CV', 'DB', 'DJ', 'GL', 'HD', 'IF', 'MM', 'PH', 'SM', 'SB', 'TM', 'TL', 'VL', 'VN', 'KR-26', 'KR-43', 'KR-44',
    'KR-27', 'KR-30', 'KR-42', 'KR-29', 'KR-47', 'KR-41', 'KR-48', 'KR-28', 'KR-49', 'KR-45', 'KR-46', 'KR-50', 'KR-11',
    'KR-31', 'C', 'A', 'O', 'PM', 'BU', 'S', 'CU', 'GI', 'H', 'HU', 'J', 'GC', 'L', 'M', 'MU', 'P', 'SG', 'T', 'V',
    'ZA', 'Z', 'AJ', 'DU', 'FU', 'RK', 'SH', 'UQ', 'BFP', 'ENG', 'NIR', 'SCT', 'WLS', 'FS', 'FD', 'RV', 'TT',
  },
}
local countries = {
  'object',
  fields = {
    code = number,
    states = {
      'list', optional = true,
      of = {
        'object',
        fields = {
          code = {
            'string',
            enum = {
              'AL', 'AK', 'AS', 'AZ', 'AR', 'AA', 'AE', 'AP', 'CA', 'CO', 'CT', 'DE', 'DC', 'FM', 'FL', 'GA', 'GU',
              'HI', 'ID', 'IL', 'IN', 'IA', 'KS', 'KY', 'LA', 'ME', 'MH', 'MD', 'MA', 'MI', 'MN', 'MS', 'MO', 'MT',
              'NE', 'NV', 'NH', 'NJ', 'NM', 'NY', 'NC', 'ND', 'MP', 'OH', 'OK', 'OR', 'PW', 'PA', 'PR', 'RI', 'SC',
              'SD', 'TN', 'TX', 'UT', 'VT', 'VI', 'VA', 'WA', 'WV', 'WI', 'WY', 'AB', 'BC', 'MB', 'NB', 'NL', 'NT',
              'NS', 'NU', 'ON', 'PE', 'QC', 'SK', 'YT', 'BA', 'CC', 'CH', 'CB', 'CN', 'ER', 'FO', 'JY', 'LP', 'LR',
              'MZ', 'NQ', 'RN', 'SA', 'SJ', 'SL', 'SF', 'SE', 'TF', 'TU', 'ACT', 'NSW', 'QLD', 'TAS', 'VIC', 'AC', 'AM',
              'CE', 'DF', 'ES', 'GO', 'MG', 'PB', 'PI', 'RJ', 'RO', 'RR', 'RS', 'SP', 'TO', 'AI', 'AN', 'AT', 'BI',
              'LI', 'LL', 'ML', 'RM', 'TA', 'VS', 'AMA', 'ANT', 'ARA', 'ATL', 'BOL', 'BOY', 'CAL', 'CAQ', 'CAS', 'CAU',
              'CES', 'CHO', 'CUN', 'COR', 'GUA', 'GUV', 'HUI', 'LAG', 'MAG', 'MET', 'NAR', 'NSA', 'PUT', 'QUI', 'RIS',
              'SAP', 'SAN', 'SUC', 'TOL', 'VAC', 'VAU', 'VID', 'CR-A', 'CR-C', 'CR-G', 'CR-H', 'CR-L', 'CR-P', 'CR-SJ',
              'GT-16', 'GT-15', 'GT-04', 'GT-20', 'GT-02', 'GT-05', 'GT-01', 'GT-13', 'GT-18', 'GT-21', 'GT-22',
              'GT-17', 'GT-09', 'GT-14', 'GT-11', 'GT-03', 'GT-12', 'GT-06', 'GT-07', 'GT-10', 'GT-08', 'GT-19', 'HK',
              'KL', 'BR', 'CG', 'DN', 'DD', 'DL', 'GJ', 'HR', 'HP', 'JK', 'JH', 'KA', 'LD', 'PY', 'TS', 'TR', 'UP',
              'UK', 'WB', 'CW', 'D', 'G', 'KE', 'KK', 'LS', 'LM', 'LK', 'LH', 'OY', 'SO', 'WD', 'WH', 'WX', 'WW', 'AG',
              'AO', 'AV', 'BT', 'BL', 'BN', 'BG', 'BO', 'BZ', 'BS', 'CL', 'CI', 'CZ', 'CS', 'CR', 'KR', 'EN', 'FE',
              'FI', 'FG', 'FC', 'FR', 'GE', 'GR', 'IM', 'IS', 'AQ', 'LT', 'LE', 'LC', 'LO', 'LU', 'MC', 'NA', 'NO',
              'OG', 'OT', 'PD', 'PV', 'PG', 'PU', 'PC', 'PT', 'PN', 'PZ', 'PO', 'RG', 'RA', 'RC', 'RE', 'SS', 'SV',
              'SI', 'SR', 'TE', 'TP', 'TV', 'UD', 'VE', 'VB', 'VC', 'VR', 'VV', 'JP-23', 'JP-05', 'JP-02', 'JP-12',
              'JP-38', 'JP-18', 'JP-40', 'JP-07', 'JP-21', 'JP-10', 'JP-34', 'JP-01', 'JP-28', 'JP-08', 'JP-17',
              'JP-03', 'JP-37', 'JP-46', 'JP-14', 'JP-39', 'JP-43', 'JP-26', 'JP-24', 'JP-04', 'JP-45', 'JP-20',
              'JP-42', 'JP-29', 'JP-15', 'JP-44', 'JP-33', 'JP-47', 'JP-27', 'JP-41', 'JP-11', 'JP-25', 'JP-32',
              'JP-22', 'JP-09', 'JP-36', 'JP-13', 'JP-31', 'JP-16', 'JP-30', 'JP-06', 'JP-35', 'JP-19', 'JHR', 'KDH',
              'KTN', 'KUL', 'LBN', 'MLK', 'NSN', 'PHG', 'PNG', 'PRK', 'PLS', 'PJY', 'SBH', 'SWK', 'SGR', 'TRG', 'AGU',
              'BCN', 'BCS', 'CAM', 'CHP', 'CHH', 'CMX', 'COA', 'COL', 'DUR', 'GRO', 'HID', 'JAL', 'MIC', 'MOR', 'MEX',
              'NAY', 'NLE', 'OAX', 'PUE', 'QUE', 'ROO', 'SLP', 'SIN', 'SON', 'TAB', 'TAM', 'TLA', 'VER', 'YUC', 'ZAC',
              'AUK', 'BOP', 'CAN', 'CIT', 'GIS', 'HKB', 'MWT', 'MBH', 'NTL', 'OTA', 'STL', 'TKI', 'WKO', 'WGN', 'WTC',
              'GB', 'KP', 'ANC', 'APU', 'ARE', 'AYA', 'CAJ', 'CUS', 'HUV', 'HUC', 'ICA', 'JUN', 'LAL', 'LAM', 'LIM',
              'LOR', 'MDD', 'MOQ', 'PAS', 'PIU', 'PUN', 'SAM', 'TAC', 'TUM', 'UCA', 'PH-ABR', 'PH-AGN', 'PH-AGS',
              'PH-AKL', 'PH-ALB', 'PH-ANT', 'PH-APA', 'PH-AUR', 'PH-BAS', 'PH-BAN', 'PH-BTN', 'PH-BTG', 'PH-BEN',
              'PH-BIL', 'PH-BOH', 'PH-BUK', 'PH-BUL', 'PH-CAG', 'PH-CAN', 'PH-CAS', 'PH-CAM', 'PH-CAP', 'PH-CAT',
              'PH-CAV', 'PH-CEB', 'PH-NCO', 'PH-DAO', 'PH-DAV', 'PH-DAS', 'PH-EAS', 'PH-GUI', 'PH-IFU', 'PH-ILN',
              'PH-ILS', 'PH-ILI', 'PH-ISA', 'PH-KAL', 'PH-LUN', 'PH-LAG', 'PH-LAN', 'PH-LAS', 'PH-LEY', 'PH-MAG',
              'PH-MAD', 'PH-MAS', 'PH-00', 'PH-MSC', 'PH-MSR', 'PH-MOU', 'PH-NEC', 'PH-NER', 'PH-NSA', 'PH-NUE',
              'PH-NUV', 'PH-MDC', 'PH-MDR', 'PH-PLW', 'PH-PAM', 'PH-PAN', 'PH-QUE', 'PH-QUI', 'PH-RIZ', 'PH-ROM',
              'PH-WSA', 'PH-SAR', 'PH-SIG', 'PH-SOR', 'PH-SCO', 'PH-SLE', 'PH-SUK', 'PH-SLU', 'PH-SUN', 'PH-SUR',
              'PH-TAR', 'PH-TAW', 'PH-ZMB', 'PH-ZAN', 'PH-ZAS', 'PH-ZSI', 'PT-20', 'PT-01', 'PT-02', 'PT-03', 'PT-04',
              'PT-05', 'PT-06', 'PT-07', 'PT-08', 'PT-09', 'PT-10', 'PT-11', 'PT-30', 'PT-12', 'PT-13', 'PT-14',
              'PT-15', 'PT-16', 'PT-17', 'PT-18', 'BH', 'BV', 'B', 'CJ', 'CV', 'DB', 'DJ', 'GL', 'HD', 'IF', 'MM', 'PH',
              'SM', 'SB', 'TM', 'TL', 'VL', 'VN', 'KR-26', 'KR-43', 'KR-44', 'KR-27', 'KR-30', 'KR-42', 'KR-29',
              'KR-47', 'KR-41', 'KR-48', 'KR-28', 'KR-49', 'KR-45', 'KR-46', 'KR-50', 'KR-11', 'KR-31', 'C', 'A', 'O',
              'PM', 'BU', 'S', 'CU', 'GI', 'H', 'HU', 'J', 'GC', 'L', 'M', 'MU', 'P', 'SG', 'T', 'V', 'ZA', 'Z', 'AJ',
              'DU', 'FU', 'RK', 'SH', 'UQ', 'BFP', 'ENG', 'NIR', 'SCT', 'WLS', 'FS', 'FD', 'RV', 'TT',
            },
          },
        },
      },
    },
  },
}

return {
  operations = {
    create_shipping_carrier = {
      method = 'POST', path = '/store/shipping-carrier', summary = 'Create a shipping carrier (store)', success = 201,
      input = {
        allowsMultipleServiceSelection = maybe_flag, altId = maybe_text_2, altType = alt_type_2, callbackUrl = text,
        name = text, services = maybe_services,
      },
      output = { data = data, message = text, status = flag },
    },
    create_shipping_rate = {
      method = 'POST', path = '/store/shipping-zone/{shippingZoneId}/shipping-rate',
      summary = 'Create a shipping rate (store)', success = 201,
      input = {
        altId = maybe_text_2, altType = alt_type_2, amount = number,
        conditionType = { 'string', enum = { 'none', 'price', 'weight' } }, currency = text, description = maybe_text,
        isCarrierRate = maybe_flag, maxCondition = number, minCondition = number, name = text,
        percentageOfRateFee = maybe_number, shippingCarrierId = text, shippingCarrierServices = maybe_services,
        shippingZoneId = text,
      },
      output = { data = data_2, message = text, status = flag },
    },
    create_shipping_zone = {
      method = 'POST', path = '/store/shipping-zone', summary = 'Create a shipping zone (store)', success = 201,
      input = { altId = maybe_text_2, altType = alt_type_2, countries = { 'list', of = countries }, name = text },
      output = { data = data_4, message = text, status = flag },
    },
    create_store_setting = {
      method = 'POST', path = '/store/store-setting', summary = 'Create or change the settings of a store',
      success = 201,
      input = {
        altId = maybe_text_2, altType = alt_type_2,
        shippingOrigin = {
          'object',
          fields = {
            city = text, country = number, email = maybe_text, name = text, phone = maybe_text, state = state,
            street1 = text, street2 = maybe_text, zip = text,
          },
        },
        storeOrderFulfillmentNotification = store_order_fulfillment_notification_2,
        storeOrderNotification = store_order_fulfillment_notification_2,
      },
      output = { data = data_3, message = text, status = flag },
    },
    delete_shipping_carrier = {
      method = 'DELETE', path = '/store/shipping-carrier/{shippingCarrierId}',
      summary = 'Delete a shipping carrier (store)', success = 200, query = { 'altId', 'altType' },
      input = { altId = maybe_text_2, altType = alt_type_2, shippingCarrierId = text },
      output = { message = text, status = flag },
    },
    delete_shipping_rate = {
      method = 'DELETE', path = '/store/shipping-zone/{shippingZoneId}/shipping-rate/{shippingRateId}',
      summary = 'Delete a shipping rate (store)', success = 200, query = { 'altId', 'altType' },
      input = { altId = maybe_text_2, altType = alt_type_2, shippingRateId = text, shippingZoneId = text },
      output = { message = text, status = flag },
    },
    delete_shipping_zone = {
      method = 'DELETE', path = '/store/shipping-zone/{shippingZoneId}', summary = 'Delete a shipping zone (store)',
      success = 200, query = { 'altId', 'altType' },
      input = { altId = maybe_text_2, altType = alt_type_2, shippingZoneId = text },
      output = { message = text, status = flag },
    },
    get_available_shipping_zones = {
      method = 'POST', path = '/store/shipping-zone/shipping-rates',
      summary = 'List the shipping rates that fit an order (store)', success = 201,
      input = {
        address = {
          'object', optional = true,
          fields = {
            addressLine1 = maybe_text, city = maybe_text, companyName = maybe_text, country = country,
            email = maybe_text, name = maybe_text, phone = maybe_text, state = state, zip = maybe_text,
          },
        },
        altId = maybe_text_2, altType = alt_type_2,
        amountAvailable = {
          'string', optional = true,
          enum = {
            'AF', 'AX', 'AL', 'DZ', 'AS', 'AD', 'AO', 'AI', 'AQ', 'AG', 'AR', 'AM', 'AW', 'AU', 'AT', 'AZ', 'BS', 'BH',
            'BD', 'BB', 'BY', 'BE', 'BZ', 'BJ', 'BM', 'BT', 'BO', 'BA', 'BW', 'BV', 'BR', 'IO', 'BN', 'BG', 'BF', 'BI',
            'KH', 'CM', 'CA', 'CV', 'KY', 'CF', 'TD', 'CL', 'CN', 'CX', 'CC', 'CO', 'KM', 'CG', 'CD', 'CK', 'CR', 'CI',
            'HR', 'CU', 'CY', 'CZ', 'DK', 'DJ', 'DM', 'DO', 'EC', 'EG', 'SV', 'GQ', 'ER', 'EE', 'ET', 'FK', 'FO', 'FJ',
            'FI', 'FR', 'GF', 'PF', 'TF', 'GA', 'GM', 'GE', 'DE', 'GH', 'GI', 'GR', 'GL', 'GD', 'GP', 'GU', 'GT', 'GG',
            'GN', 'GW', 'GY', 'HT', 'HM', 'VA', 'HN', 'HK', 'HU', 'IS', 'IN', 'ID', 'IR', 'IQ', 'IE', 'IM', 'IL', 'IT',
            'JM', 'JP', 'JE', 'JO', 'KZ', 'KE', 'KI', 'KP', 'KR', 'XK', 'KW', 'KG', 'LA', 'LV', 'LB', 'LS', 'LR', 'LY',
            'LI', 'LT', 'LU', 'MO', 'MK', 'MG', 'MW', 'MY', 'MV', 'ML', 'MT', 'MH', 'MQ', 'MR', 'MU', 'YT', 'MX', 'FM',
            'MD', 'MC', 'MN', 'ME', 'MS', 'MA', 'MZ', 'MM', 'NA', 'NR', 'NP', 'NL', 'AN', 'NC', 'NZ', 'NI', 'NE', 'NG',
            'NU', 'NF', 'MP', 'NO', 'OM', 'PK', 'PW', 'PS', 'PA', 'PG', 'PY', 'PE', 'PH', 'PN', 'PL', 'PT', 'PR', 'QA',
            'RE', 'RO', 'RU', 'RW', 'SH', 'KN', 'LC', 'MF', 'PM', 'VC', 'WS', 'SM', 'ST', 'SA', 'SN', 'RS', 'SC', 'SL',
            'SG', 'SX', 'SK', 'SI', 'SB', 'SO', 'ZA', 'GS', 'ES', 'LK', 'SD', 'SR', 'SJ', 'SZ', 'SE', 'CH', 'SY', 'TW',
            'TJ', 'TZ', 'TH', 'TL', 'TG', 'TK', 'TO', 'TT', 'TN', 'TR', 'TM', 'TC', 'TV', 'UG', 'GB', 'UA', 'AE', 'US',
            'UM', 'UY', 'UZ', 'VU', 'VE', 'VN', 'VG', 'VI', 'WF', 'EH', 'YE', 'ZM', 'ZW',
          },
        },
        country = country, couponCode = maybe_text,
        products = { 'list', of = { 'object', fields = { id = text, qty = number } } },
        source = {
          'object',
          fields = {
            subType = {
              'string', optional = true,
              enum = {
                'one_step_order_form', 'two_step_order_form', 'upsell', 'tap_to_pay', 'card_payment', 'store',
                'contact_view', 'email_campaign', 'payments_dashboard', 'shopify', 'subscription_view', 'store_upsell',
                'woocommerce', 'service', 'meeting', 'imported_csv', 'qr_code',
              },
            },
            type = {
              'string',
              enum = {
                'funnel', 'website', 'invoice', 'calendar', 'text2Pay', 'document_contracts', 'membership',
                'mobile_app', 'communities', 'point_of_sale', 'manual', 'form', 'survey', 'payment_link', 'external',
              },
            },
          },
        },
        totalOrderAmount = number, totalOrderWeight = number, weightAvailable = maybe_flag,
      },
      output = {
        data = {
          'list',
          of = {
            'object',
            fields = {
              _id = text, amount = number, currency = text, description = text, isCarrierRate = flag, name = text,
              percentageOfRateFee = number, shippingCarrierId = text, shippingCarrierServices = states,
              shippingZoneId = text,
            },
          },
        },
        message = text, status = flag,
      },
    },
    get_shipping_carriers = {
      method = 'GET', path = '/store/shipping-carrier/{shippingCarrierId}', summary = 'Read a shipping carrier (store)',
      success = 200, query = { 'altId', 'altType' },
      input = { altId = maybe_text_2, altType = alt_type_2, shippingCarrierId = text },
      output = { data = data, message = text, status = flag },
    },
    get_shipping_rates = {
      method = 'GET', path = '/store/shipping-zone/{shippingZoneId}/shipping-rate/{shippingRateId}',
      summary = 'Read a shipping rate (store)', success = 200, query = { 'altId', 'altType' },
      input = { altId = maybe_text_2, altType = alt_type_2, shippingRateId = text, shippingZoneId = text },
      output = { data = data_2, message = text, status = flag },
    },
    get_shipping_zones = {
      method = 'GET', path = '/store/shipping-zone/{shippingZoneId}', summary = 'Read a shipping zone (store)',
      success = 200, query = { 'altId', 'altType', 'withShippingRate' },
      input = { altId = maybe_text_2, altType = alt_type_2, shippingZoneId = text, withShippingRate = maybe_flag },
      output = { data = data_4, message = text, status = flag },
    },
    get_store_settings = {
      method = 'GET', path = '/store/store-setting', summary = 'Read the settings of a store', success = 200,
      query = { 'altId', 'altType' }, input = { altId = maybe_text_2, altType = alt_type_2 },
      output = { data = data_3, message = text, status = flag },
    },
    list_shipping_carriers = {
      method = 'GET', path = '/store/shipping-carrier', summary = 'List shipping carriers (store)', success = 200,
      query = { 'altId', 'altType' }, input = { altId = maybe_text_2, altType = alt_type_2 },
      output = {
        data = {
          'list',
          of = {
            'object',
            fields = {
              _id = text, allowsMultipleServiceSelection = flag, altId = text, altType = text, callbackUrl = text,
              createdAt = text, marketplaceAppId = text, name = text, services = states, updatedAt = text,
            },
          },
        },
        message = text, status = flag,
      },
    },
    list_shipping_rates = {
      method = 'GET', path = '/store/shipping-zone/{shippingZoneId}/shipping-rate',
      summary = 'List shipping rates (store)', success = 200, query = { 'altId', 'altType', 'limit', 'offset' },
      input = {
        altId = maybe_text_2, altType = alt_type_2, limit = maybe_number, offset = maybe_number, shippingZoneId = text,
      },
      output = { data = shipping_rates, total = number },
    },
    list_shipping_zones = {
      method = 'GET', path = '/store/shipping-zone', summary = 'List shipping zones (store)', success = 200,
      query = { 'altId', 'altType', 'limit', 'offset', 'withShippingRate' },
      input = {
        altId = maybe_text_2, altType = alt_type_2, limit = maybe_number, offset = maybe_number,
        withShippingRate = maybe_flag,
      },
      output = {
        data = {
          'list',
          of = {
            'object',
            fields = {
              _id = text, altId = text, altType = text, countries = states, createdAt = text, name = text,
              shippingRates = states, updatedAt = text,
            },
          },
        },
        total = number,
      },
    },
    update_shipping_carrier = {
      method = 'PUT', path = '/store/shipping-carrier/{shippingCarrierId}',
      summary = 'Change a shipping carrier (store)', success = 200,
      input = {
        allowsMultipleServiceSelection = maybe_flag, altId = maybe_text, altType = alt_type, callbackUrl = maybe_text,
        name = maybe_text, services = maybe_services, shippingCarrierId = text,
      },
      output = { data = data, message = text, status = flag },
    },
    update_shipping_rate = {
      method = 'PUT', path = '/store/shipping-zone/{shippingZoneId}/shipping-rate/{shippingRateId}',
      summary = 'Change a shipping rate (store)', success = 200,
      input = {
        altId = maybe_text, altType = alt_type, amount = maybe_number,
        conditionType = { 'string', optional = true, enum = { 'none', 'price', 'weight' } }, currency = maybe_text,
        description = maybe_text, isCarrierRate = maybe_flag, maxCondition = maybe_number, minCondition = maybe_number,
        name = maybe_text, percentageOfRateFee = maybe_number, shippingCarrierId = maybe_text,
        shippingCarrierServices = maybe_services, shippingRateId = text, shippingZoneId = text,
      },
      output = { data = data_2, message = text, status = flag },
    },
    update_shipping_zone = {
      method = 'PUT', path = '/store/shipping-zone/{shippingZoneId}', summary = 'Change a shipping zone (store)',
      success = 200,
      input = {
        altId = maybe_text, altType = alt_type, countries = { 'list', optional = true, of = countries },
        name = maybe_text, shippingZoneId = text,
      },
      output = { data = data_4, message = text, status = flag },
    },
  },
}
