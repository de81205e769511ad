-- What the sandbox holds where nobody gives it data: the form is that of `--seed-data` (seed_form.lua).
-- The ids are those that the vendor's sample events name, so that a recipe which gets a sample can
-- fetch what it speaks of.

local OWNER, SECOND = '63e4qiWDsFJjOYAC8phG', 'YlWd2wuCAZQzh2cH1fVZ'

return {
  locations = {
    { id = 've9EPM428h8vShlRW1KT', name = 'Dolomite Roofing', timezone = 'America/Chicago',
      country = 'US', state = 'AL', city = 'Birmingham', address = '3535 1st St N',
      postalCode = '35203', email = 'office@dolomite.example', phone = '+12055550100',
      website = 'https://dolomite.example/' },
    { id = 'C2QujeCh8ZnC7al2InWR', name = 'Elsewhere Dental', timezone = 'Europe/Amsterdam',
      country = 'NL' },
  },
  users = {
    { id = OWNER, firstName = 'Ada', lastName = 'Berg', email = 'ada@dolomite.example',
      role = 'admin' },
    { id = SECOND, firstName = 'Noor', lastName = 'Haddad', email = 'noor@dolomite.example',
      role = 'user' },
    { id = 'sx6wyHhbFdRXh302LLsA', location = 'Elsewhere Dental', firstName = 'Piet',
      lastName = 'Anders', email = 'piet@elsewhere.example', role = 'admin' },
  },
  customFields = {
    { id = 'BcdmQEsNgz6AVpgLVUJ0', name = 'Company size', dataType = 'TEXT' },
    { id = '6dvNaf7VhkQ9snc5vnjJ', name = 'Quote total', dataType = 'MONETORY' },
    { id = '3sv6UEo51C9Bmpo1cKTq', name = 'Roof area', dataType = 'NUMERICAL' },
    { id = 'MgobCB14YMVKuE4Ka8p1', name = 'Wanted services', dataType = 'MULTIPLE_OPTIONS',
      options = { 'Repair', 'Replacement', 'Inspection' } },
    { id = 'gBF4LXrTzLkgLrxv6Bcq', name = 'Move-in date', dataType = 'DATE' },
    { id = 'Wq8aBzYJ4hV0mXk2Tn5d', name = 'Deal source', dataType = 'TEXT', model = 'opportunity' },
    { id = 'Hs3dLk9PzQ1rVb7Xc2Yt', name = 'Roof pitch', dataType = 'NUMERICAL',
      model = 'opportunity' },
  },
  businesses = {
    { id = '63b7ec34ea409a9a8bd2a4ff', name = 'Loram Ipsum', website = 'https://loram.example/',
      city = 'Birmingham', country = 'US' },
    { id = '63771dcac1116f0e21de8e12', name = 'Deo Holding', country = 'US' },
  },
  calendars = {
    { id = 'BqTwX8QFwXzpegMve9EQ', name = 'Site visits', groupId = '9NkT25Vor1v4aQatFsv2' },
  },
  pipelines = {
    { id = 'VDm7RPYC2GLUvdpKmBfC', name = 'Sales', stages = {
      { id = 'e93ba61a-53b3-45e7-985a-c7732dbcdb69', name = 'New' },
      { id = '7915dedc-8f18-44d5-8bc3-77c04e994a10', name = 'Quoted' },
      { id = '2a0b6a2f-4b1d-4a54-9c8e-5f6d7e8f9a0b', name = 'Won' },
    } },
    { id = 'bCkKGpDsyPP4peuKowkG', name = 'Repairs', stages = {
      { id = '5e1c2d3b-6f7a-4b8c-9d0e-1f2a3b4c5d6e', name = 'Reported' },
      { id = '0f9e8d7c-6b5a-4433-9221-10fedcba9876', name = 'Fixed' },
    } },
  },
  lostReasons = {
    { id = 'CLu7BaljjqrEjBGKTNNe', name = 'Too expensive' },
    { id = 'zT46WSCPbudrq4zhWMk6', name = 'Chose another' },
  },
  workflows = {
    { id = '78559bb3-b920-461e-b010-7b2a2816d2a9', name = 'Nurture', status = 'published' },
    { id = '19c5d0e2-3f4a-4b6c-8d7e-9f0a1b2c3d4e', name = 'Review request', status = 'draft' },
  },
  campaigns = {
    { id = 'Y2I9XM7aO1hncuSOlc9L', name = 'Spring', status = 'published' },
    { id = 'mIVALPYuTD7YjUHnFEx4', name = 'Autumn', status = 'draft' },
  },
  contacts = {
    { id = 'nmFmQEsNgz6AVpgLVUJ0', firstName = 'John', lastName = 'Deo',
      email = 'JohnDeo@gmail.comm', phone = '+919509597501', address1 = '3535 1st St N',
      city = 'ruDolomitebika', state = 'AL', country = 'DE', postalCode = '452001',
      companyName = 'Loram ipsum', source = 'xyz form', website = 'https://www.google.com/',
      dnd = true, tags = { 'id magna sed Lorem', 'Duis dolor commodo aliqua' },
      dateOfBirth = '2000-01-05', assignedTo = 'nmFmQEsNgz6AVpgLVUJ0', business = 'Loram Ipsum',
      customFields = { ['Company size'] = 'XYZ Corp' },
      tasks = {
        { id = 'lJpzYrWdpkC2hX6t2yue', title = 'Call back', body = 'Ask for the size',
          dueDate = '+1d 09:00' },
        { id = 'hX6t2yuelJpzYrWdpkC2', title = 'Send brochure', dueDate = '-3d 09:00',
          completed = true },
      },
      notes = { { id = 'HGPcayliwcdoUFzvbTok', body = 'Met at the fair', title = 'Fair' } },
      appointments = {
        { id = 'YS3jaqqeehkR2Is80miy', title = 'Site visit', startTime = '+5d 11:00' },
      },
      opportunities = {
        { id = 'yWQobCRIhRguQtD2llvk', name = 'New roof', monetaryValue = 12500,
          assignedTo = OWNER },
      } },
    { id = 'CWBf1PR9LvvBkcYqiXlc', firstName = 'Rubika', lastName = 'Deo',
      email = 'rubika@deos.example', phone = '+18832327657', country = 'US',
      source = 'public api', timezone = 'Asia/Calcutta', companyName = 'DGS VolMAX',
      business = 'Loram Ipsum', tags = { 'customer' },
      tasks = {
        { id = 'UlRWGLSXh0ji5qbiGu4i', title = 'Loram ipsum', body = 'Loram ipsum',
          dueDate = '+2d 09:00' },
      },
      notes = { { id = 'otg8dTQqGLh3Q6iQI55w', body = 'Loram ipsum' } } },
    { id = '9NkT25Vor1v4aQatFsv2', firstName = 'Mina', lastName = 'Okafor',
      email = 'mina@okafor.example', phone = '+31201234567', country = 'NL',
      source = 'booking widget', timezone = 'Europe/Amsterdam',
      appointments = {
        { id = '0007BWpSzSwfiuSl0tR2', title = 'Appointment with GHL Dev team',
          startTime = '+3d 11:00', notes = 'Some dummy note' },
      } },
    { id = 'ocQHyuzHvysMo5N5VsXc', firstName = 'Tomas', lastName = 'Lind',
      email = 'tomas@lind.example', phone = '+46812345678', country = 'SE', source = 'xyz form',
      tags = { 'newsletter' } },
    -- Another sub-account: what a token of the first may not see.
    { id = 'sx6wyHhbFdRXh302LLNR', location = 'Elsewhere Dental', firstName = 'Olga',
      lastName = 'Elsewhere', email = 'olga@elsewhere.example', country = 'US' },
  },
}
