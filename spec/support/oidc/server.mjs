// A real authorisation server for the tests: oidc-provider with its own pages for login and consent, PKCE required, refresh
// tokens that rotate, client credentials and revocation. Everything is in memory and on loopback.
//
// One JSON line on stdout tells where it listens. Beside the provider's own addresses:
//   GET  /api/whoami        a protected resource: {subject, client, scope}, or 401
//   POST /_test/browse      {url}: a person with a browser, who signs in and agrees; {location}, where they are sent back to
//   GET  /_test/tokens      what the token endpoint gave out so far
//   POST /_test/expire      the access tokens given out so far stop working, as if their time were up
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const redirect = process.env.OIDC_REDIRECT;
const given = [];

const clients = [
  {
    client_id: 'ladle shop', client_secret: 'a secret/with signs', redirect_uris: [redirect],
    grant_types: ['authorization_code', 'refresh_token'], token_endpoint_auth_method: 'client_secret_basic',
    scope: 'openid offline_access profile',
  },
  {
    client_id: 'ladle-public', redirect_uris: [redirect], grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none', scope: 'openid offline_access',
  },
  {
    client_id: 'ladle-machine', client_secret: 'machine-secret-1', redirect_uris: [], response_types: [],
    grant_types: ['client_credentials'], token_endpoint_auth_method: 'client_secret_post', scope: 'stock:read',
  },
];

const configuration = {
  clients,
  scopes: ['openid', 'offline_access', 'profile', 'stock:read'],
  pkce: { required: () => true },
  rotateRefreshToken: true,
  features: { clientCredentials: { enabled: true }, revocation: { enabled: true } },
  ttl: { AccessToken: 3600, ClientCredentials: 3600, RefreshToken: 86400, Grant: 86400, Session: 86400, Interaction: 600 },
  findAccount: (ctx, sub) => ({ accountId: sub, claims: async () => ({ sub }) }),
};

let provider, answer;

async function body(req) {
  let text = '';
  for await (const part of req) text += part;
  return text;
}

function send(res, status, value) {
  res.writeHead(status, { 'content-type': 'application/json' });
  res.end(JSON.stringify(value));
}

async function whoami(req, res) {
  const text = (req.headers.authorization || '').replace(/^Bearer /, '');
  const token = await provider.AccessToken.find(text) || await provider.ClientCredentials.find(text);
  if (!token) return send(res, 401, { error: 'invalid_token' });
  return send(res, 200, { subject: token.accountId ?? null, client: token.clientId, scope: token.scope ?? null });
}

async function expire(req, res) {
  for (const one of given) {
    const token = await provider.AccessToken.find(one.access_token) || await provider.ClientCredentials.find(one.access_token);
    if (token) await token.destroy();
  }
  send(res, 200, {});
}

// Follows redirections and fills in the provider's two forms, until it is sent elsewhere.
async function browse(req, res) {
  const issuer = provider.issuer;
  const jar = new Map();
  let { url } = JSON.parse(await body(req));
  let form = null;
  for (let hop = 0; hop < 20; hop++) {
    const page = await fetch(url, {
      redirect: 'manual', method: form ? 'POST' : 'GET', body: form,
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const line of page.headers.getSetCookie()) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      jar.set(name, value);
    }
    const text = await page.text();
    const to = page.headers.get('location');
    form = null;
    if (to) {
      url = new URL(to, url).href;
      if (!url.startsWith(issuer)) return send(res, 200, { location: url });
    } else {
      const prompt = text.match(/name="prompt" value="(\w+)"/);
      const action = text.match(/<form[^>]* action="([^"]+)"/);
      if (!prompt || !action) return send(res, 200, { status: page.status, text });
      url = new URL(action[1], url).href;
      form = new URLSearchParams({ prompt: prompt[1], login: 'jane', password: 'x' });
    }
  }
  return send(res, 500, { error: 'too many redirections' });
}

const own = {
  '/api/whoami': whoami,
  '/_test/browse': browse,
  '/_test/expire': expire,
  '/_test/tokens': async (req, res) => send(res, 200, given),
};

const server = createServer((req, res) => (own[new URL(req.url, 'http://x').pathname] ?? answer)(req, res));
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  provider = new Provider(issuer, configuration);
  answer = provider.callback();
  provider.on('grant.success', (ctx) => given.push(ctx.body));
  console.log(JSON.stringify({ issuer }));
});
process.on('SIGTERM', () => process.exit(0));
