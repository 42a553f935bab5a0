// Who calls: tokens of a real OpenID provider, tokens that should not be believed, API keys; alone and beside each other.
import assert from 'node:assert/strict';
import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { call, inTurn, says, usageOf } from './answers.mjs';
import { scene } from './scene.mjs';
import { chat, keys, patience, raw, run, sleep, statuses, until } from './support.mjs';

const load = createRequire(new URL('../clients/package.json', import.meta.url));
const { default: OpenAI } = await import(pathToFileURL(load.resolve('openai')).href);
console.info = console.warn = () => {};  // the provider says that it is not set up for production
const { default: Provider } = await import(pathToFileURL(load.resolve('oidc-provider')).href);

const makers = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  PS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
};
const newKey = (kid, alg) => ({ ...makers[alg]().privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig' });
const openly = ({ kty, crv, x, y, n, e, kid, alg, use }) => ({ kty, crv, x, y, n, e, kid, alg, use });

const base64url = (value) => Buffer.from(typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value)).toString('base64url');

// A token as an issuer with this key makes it.
function signed(key, claims, header = {}) {
  const text = `${base64url({ alg: key.alg, kid: key.kid, typ: 'at+jwt', ...header })}.${base64url(claims)}`;
  const how = { key, format: 'jwk' };
  const signature = {
    RS256: () => sign('sha256', text, how),
    PS256: () => sign('sha256', text, { ...how, padding: 6, saltLength: 32 }),
    ES256: () => sign('sha256', text, { ...how, dsaEncoding: 'ieee-p1363' }),
    ES384: () => sign('sha384', text, { ...how, dsaEncoding: 'ieee-p1363' }),
    EdDSA: () => sign(null, text, how),
  }[key.alg]();
  return `${text}.${base64url(signature)}`;
}

// A provider that gives access tokens to clients that have a secret. Its keys can be changed while it runs.
class Issuer {
  static async start(...signing) {
    const issuer = new Issuer();
    issuer.seen = [];
    issuer.server = http.createServer((request, response) => {
      issuer.seen.push(request.url);
      issuer.serve(request, response);
    }).listen(0, '127.0.0.1').unref();
    await once(issuer.server, 'listening');
    issuer.url = `http://127.0.0.1:${issuer.server.address().port}`;
    issuer.use(...signing);
    return issuer;
  }

  // The first key signs.
  use(...signing) {
    this.keys = signing;
    const apps = { checkout: { roles: ['clerk', 'auditor'], org: { team: 'red' }, clearance: 3, amr: ['pwd', 'mfa'] }, visitor: { roles: ['guest'] } };
    const provider = new Provider(this.url, {
      jwks: { keys: signing },
      clients: Object.keys(apps).map((id) => ({ client_id: id, client_secret: `${id}-secret`, grant_types: ['client_credentials'], redirect_uris: [], response_types: [], token_endpoint_auth_method: 'client_secret_post',
        id_token_signed_response_alg: signing[0].alg })),
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: (context, resource) => ({ scope: 'chat images', audience: resource.split(':').at(-1), accessTokenTTL: 600, accessTokenFormat: 'jwt', jwt: { sign: { alg: signing[0].alg, kid: signing[0].kid } } }),
        },
      },
      extraTokenClaims: (context, token) => apps[token.clientId],
    });
    this.serve = provider.callback();
  }

  async token(app = 'checkout', resource = 'urn:for:ai') {
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: app, client_secret: `${app}-secret`, scope: 'chat', resource });
    const response = await fetch(`${this.url}/token`, { method: 'POST', body });
    const answer = await response.json();
    assert.equal(response.status, 200, JSON.stringify(answer));
    return answer.access_token;
  }

  // Claims as this provider's tokens have them.
  claims(more = {}) {
    const now = Math.floor(Date.now() / 1000);
    return { iss: this.url, aud: 'ai', sub: 'checkout', iat: now, exp: now + 600, roles: ['clerk'], jti: String(Math.random()), ...more };
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const staff = (issuer, more = '') => `
extend principal { team?: string, clearance: int = 0 }
identity staff : jwt {
  issuer: "${issuer.url}", audience: "ai", ${more}
  map: { id: sub, roles: roles, team: org.team, clearance: clearance, mfa: "mfa" in amr, scopes: scope, kind: app }
}`;
const who = `
policy known { deny 401 "who are you" when principal.kind == anonymous }
policy who {
  on "/**"
  allow when "clerk" in principal.roles
  deny 418 f"{principal.kind} {principal.id} {principal.team ?? "none"} {principal.clearance} {principal.mfa} {principal.method}" when ai.prompt.contains("whoami")
}`;

const first = newKey('first', 'ES256');
let issuer, shared, gateway;
before(async () => {
  issuer = await Issuer.start(first);
  shared = await scene(`${staff(issuer)}\nidentity keys : api_key { file: "keys.json" }\nidentity others : api_key { header: "x-api-key", file: "keys.json" }\n${who}`, { settings: ', admin: "127.0.0.1:0"', shared: true });
  ({ gateway } = shared);
  await until(async () => (await gateway.operators('/readyz')).status === 200, 'the keys are known');
});
after(async () => {
  await shared.stop();
  issuer.stop();
});

const ask = (token, { at = gateway, headers = {}, content = 'Hello there' } = {}) =>
  at.chat({ messages: [{ role: 'user', content }] }, { headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers } });
const client = (token, at = gateway) => new OpenAI({ baseURL: `${at.url}/v1`, apiKey: token, maxRetries: 0 });

async function refused(token, reason, options) {
  const { status, error } = await ask(token, options);
  assert.equal(status, 401, `${reason}: ${error}`);
  assert.match(error, reason);
  for (const part of String(token).split('.').filter((one) => one.length > 8)) assert.ok(!error.includes(part));
}

test('the official client with a token of an OpenID provider', async () => {
  const token = await issuer.token();
  const { data, response } = await client(token).chat.completions.create(chat({ model: 'm0' })).withResponse();
  assert.equal(data.choices[0].message.content, 'an answer');
  const line = await gateway.logged(response.headers.get('x-request-id'));
  assert.deepEqual([line.principal.id, line.principal.kind, line.decision], ['checkout', 'app', 'allow']);
  const stream = await client(token).chat.completions.create(chat({ model: 'm0', stream: true }));
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  assert.equal(text, 'an answer');
  assert.ok((await client(token).models.list()).data.some((one) => one.id === 'm0'));
  await assert.rejects(client(`${token.slice(0, -4)}AAAA`).chat.completions.create(chat({ model: 'm0' })), (error) => error instanceof OpenAI.AuthenticationError && error.status === 401);
  await assert.rejects(client(await issuer.token('visitor')).chat.completions.create(chat({ model: 'm0' })), (error) => error instanceof OpenAI.PermissionDeniedError && error.status === 403);
  await assert.rejects(client(await issuer.token('checkout', 'urn:for:others')).chat.completions.create(chat({ model: 'm0' })), (error) => error.status === 401 && /another audience/.test(error.message));
  assert.ok(!JSON.stringify(gateway.log).includes(token.split('.')[2]));
});

test('tools, images and streams of the official client with a token come through to the provider', async () => {
  const openai = client(await issuer.token());
  const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${Buffer.alloc(100_000, 9).toString('base64')}` } };
  const messages = [{ role: 'user', content: [{ type: 'text', text: 'How is it there?' }, image] }];
  shared.up.answer = inTurn(says({ tool_calls: [call('weather', { city: 'Rome' })] }), says('It is sunny in Rome.', { usage: usageOf(20, 6) }));
  const runner = openai.chat.completions.runTools({ model: 'm0', messages, stream: true, stream_options: { include_usage: true },
    tools: [{ type: 'function', function: { name: 'weather', description: 'tells the weather', parse: JSON.parse, parameters: { type: 'object', properties: { city: { type: 'string' } } }, function: ({ city }) => `sunny in ${city}` } }] });
  assert.equal(await runner.finalContent(), 'It is sunny in Rome.');
  const sent = shared.sent();
  assert.deepEqual(sent.messages[0], messages[0]);
  assert.deepEqual(sent.messages.at(-1), { role: 'tool', tool_call_id: 'call_weather', content: 'sunny in Rome' });
  assert.equal((await runner.totalUsage()).total_tokens, 29);
  assert.ok(!JSON.stringify(shared.up.last.raw).includes('Bearer'), 'the token stays here');
  shared.up.answer = says('an answer');
});

test('claims become fields and attributes of the principal', async () => {
  assert.equal((await ask(await issuer.token(), { content: 'whoami' })).error, 'app checkout red 3 true jwt');
  assert.equal((await ask(await issuer.token('visitor'), { content: 'whoami' })).error, 'app visitor none 0 false jwt');
  const claims = (more) => signed(first, issuer.claims(more));
  assert.equal((await ask(claims({ sub: 'ann', org: 'red', clearance: 'high', amr: 'pwd mfa' }), { content: 'whoami' })).error, 'app ann none 0 true jwt');
  assert.equal((await ask(claims({ sub: 'ann', roles: 'clerk' }))).status, 200);
  assert.equal((await ask(claims({ sub: 'ann', roles: { clerk: true } }))).status, 403);
  assert.equal((await ask(claims({ sub: 'ann', roles: ['clerks', 'Clerk', ' clerk'] }))).status, 403);
});

test('tokens that time has passed by, or that are of another place, are refused', async () => {
  const now = Math.floor(Date.now() / 1000);
  const claims = (more) => signed(first, issuer.claims(more));
  assert.equal((await ask(claims({}))).status, 200);
  assert.equal((await ask(claims({ exp: now - 20 }))).status, 200);  // within the leeway
  assert.equal((await ask(claims({ nbf: now + 20, iat: now + 20 }))).status, 200);
  assert.equal((await ask(claims({ aud: ['others', 'ai'] }))).status, 200);
  await refused(claims({ exp: now - 100 }), /the token has expired/);
  await refused(claims({ exp: undefined }), /does not say when it expires/);
  for (const time of ['soon', '2100-01-01', String(now + 100), true, {}, [now], null, 1e300]) {
    await refused(claims({ nbf: time }), /malformed|not valid yet/);
    if (time !== 1e300) await refused(claims({ exp: time }), /malformed/);
  }
  await refused(claims({ nbf: now + 100 }), /not valid yet/);
  await refused(claims({ iat: now + 100 }), /not valid yet/);
  for (const aud of ['others', ['others'], [], undefined, 'AI', 'ai ', 'a']) await refused(claims({ aud }), /another audience|malformed/);
  for (const iss of ['https://idp.example', `${issuer.url}/`, undefined]) await refused(claims({ iss }), /issuer is not known here|malformed/);
  await refused(signed(first, issuer.claims(), { typ: 'logout+jwt' }), /of a type that gives no access/);
  await refused(signed(first, issuer.claims(), { crit: ['exp'] }), /an extension that is not understood/);
});

test('signatures that anybody could make are refused', async () => {
  const claims = issuer.claims();
  const secretless = (header) => `${base64url({ kid: first.kid, typ: 'JWT', ...header })}.${base64url(claims)}`;
  for (const alg of ['none', 'None', 'NONE', 'nOnE', '']) for (const end of ['.', '.AAAA']) await refused(secretless({ alg }) + end, /signed in a way that is not accepted|malformed/);
  const pem = createPublicKey({ key: first, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  for (const secret of [pem, pem.trim(), JSON.stringify(openly(first)), Buffer.from(first.x, 'base64url'), '']) {
    const text = secretless({ alg: 'HS256' });
    await refused(`${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`, /signed in a way that is not accepted/);
  }
  const own = newKey('first', 'ES256');
  await refused(signed(own, claims), /signature is not that of its issuer/);
  await refused(signed(own, claims, { jwk: openly(own) }), /signature is not that of its issuer|not understood/);  // RFC 7515, 4.1.3: not to be believed
  await refused(signed(own, claims, { jku: 'http://127.0.0.1:1/', x5u: 'http://127.0.0.1:1/' }), /signature is not that of its issuer|not understood/);
  await refused(signed(newKey('first', 'RS256'), claims), /algorithm is not that of its key/);
  const good = signed(first, claims).split('.');
  await refused(`${good[0]}.${base64url({ ...claims, roles: ['clerk', 'root'] })}.${good[2]}`, /signature is not that of its issuer/);
  await refused(`${good[0]}.${good[1]}.`, /signature is not that|malformed/);
  await refused(`${good[0]}.${good[1]}.${base64url(Buffer.alloc(64))}`, /signature is not that of its issuer/);  // r and s are 0
  await refused(`${good[0]}.${good[1]}.${good[2]}=`, /malformed/);
  await refused(`${good.join('.')}.`, /malformed|encrypted|not known/);
  await refused(`${good.join('.')}.AAAA.AAAA`, /encrypted|malformed/);
  await refused(signed(first, issuer.claims({ fill: 'x'.repeat(17_000) })), /too long/);
  await refused(`${base64url('{"alg":"ES256","alg":"none","kid":"first"}')}.${good[1]}.${good[2]}`, /malformed/);
  assert.equal((await ask(good.join('.'))).status, 200);
});

test('keys of every kind verify, and only with the algorithms that are chosen', async () => {
  const all = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'].map((alg) => newKey(`of-${alg}`, alg));
  const jwks = JSON.stringify({ keys: all.map(openly) });
  const place = { url: 'https://idp.example' };
  const { gateway: at, stop } = await scene(`${staff(place, 'jwks: "jwks.json", algorithms: [RS256, ES384, EdDSA],')}\n${who}`, { files: { 'jwks.json': jwks } });
  for (const key of all) {
    const token = signed(key, issuer.claims({ iss: place.url }));
    if (['RS256', 'ES384', 'EdDSA'].includes(key.alg)) assert.equal((await ask(token, { at })).status, 200, key.alg);
    else await refused(token, /signed in a way that is not accepted/, { at });
  }
  await stop();
});

test('a key that the issuer begins to sign with is fetched, one that it gave up is forgotten', { timeout: 120_000 * patience }, async () => {
  const before = newKey('before', 'ES256'), then = newKey('then', 'RS256');
  const changing = await Issuer.start(before);
  const { gateway: at, stop } = await scene(`${staff(changing)}\n${who}`);
  const eventually = async (token, wanted) => {
    let status;
    const end = Date.now() + 60_000;  // at most every ten seconds
    while ((status = (await ask(token, { at })).status) !== wanted && Date.now() < end) await sleep(100);
    assert.equal(status, wanted);
  };
  const old = await changing.token();
  await eventually(old, 200);
  changing.use(then, before);
  const fresh = await changing.token();
  const { length } = changing.seen;
  await refused(fresh, /signed with a key that is unknown/, { at });
  for (let i = 0; i < 50; i++) await ask(signed(newKey(`made-up-${i}`, 'EdDSA'), changing.claims()), { at });
  await eventually(fresh, 200);
  assert.equal((await ask(old, { at })).status, 200);
  const fetches = changing.seen.slice(length).filter((url) => url.includes('jwks'));
  assert.ok(fetches.length <= 3, `${fetches.length} fetches: strangers do not make the gateway fetch at will`);
  changing.use(then);
  await ask(signed(newKey('one-more', 'EdDSA'), changing.claims()), { at });
  await eventually(old, 401);
  assert.equal((await ask(fresh, { at })).status, 200);
  changing.stop();  // what is known serves on
  assert.equal((await ask(fresh, { at })).status, 200);
  await stop();
});

test('API keys and tokens on one header', async () => {
  assert.equal((await ask(keys.clerk)).status, 200);
  assert.equal((await ask(keys.clerk, { content: 'whoami' })).error, 'app clerk none 0 false api_key');
  assert.equal((await ask(keys.intern)).status, 403);
  await refused(keys.revoked, /the API key was revoked/);
  assert.equal((await ask(await issuer.token())).status, 200);
  await refused('aip_made-up', /not known/);
  await refused('a.b.c', /malformed|not known/);
  assert.equal((await client(keys.clerk).chat.completions.create(chat({ model: 'm0' }))).choices[0].message.content, 'an answer');
});

test('a bad credential beside a good one is 401', async () => {
  const token = await issuer.token();
  const expired = signed(first, issuer.claims({ exp: 1000 }));
  for (const [bearer, key, status] of [[token, keys.clerk, 200], [keys.clerk, keys.clerk, 200], [undefined, keys.clerk, 200], [token, 'nobody', 401], [token, keys.revoked, 401], [token, '', 401],
    [expired, keys.clerk, 401], ['nobody', keys.clerk, 401], [keys.revoked, keys.clerk, 401], [undefined, undefined, 401], [undefined, 'nobody', 401]]) {
    const answer = await ask(bearer, { headers: key === undefined ? {} : { 'x-api-key': key } });
    assert.equal(answer.status, status, `${bearer} and ${key}: ${answer.error}`);
    if (status === 401 && (bearer ?? key) !== undefined) assert.doesNotMatch(answer.error, /who are you/);
  }
  // The identity that is declared first says who calls.
  assert.equal((await ask(await issuer.token('visitor'), { headers: { 'x-api-key': keys.clerk } })).status, 403);
  const body = JSON.stringify(chat({ model: 'm0' }));
  const send = async (...fields) => statuses((await raw(gateway.port, `POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${fields.map((one) => `${one}\r\n`).join('')}Content-Length: ${body.length}\r\n\r\n${body}`)).text)[0];
  assert.equal(await send(`Authorization: Bearer ${token}`), 200);
  assert.equal(await send(`AUTHORIZATION: bearer   ${token}`), 200);
  for (const fields of [[`Authorization: Bearer ${token}`, `Authorization: Bearer ${token}`], [`Authorization: Bearer ${keys.clerk}`, `authorization: Bearer ${token}`], [`Authorization: Basic ${token}`], [`Authorization: ${token}`],
    ['Authorization:'], ['Authorization: Bearer'], [`Authorization: Bearer ${token}, Bearer ${token}`], [`Authorization: Bearer ${token} x`], [`X-Api-Key: ${keys.clerk}`, `X-Api-Key: ${keys.clerk}`]]) assert.equal(await send(...fields), 401, fields.join());
});

test('keys that `aipol keys` adds and revokes count without a restart', async () => {
  const { gateway: at, stop } = await scene(`identity keys : api_key { file: "keys.json" }\npolicy open { on "/**" allow when principal.kind != anonymous }`);
  const file = path.join(at.folder, 'keys.json');
  const added = await run(['keys', 'add', '--file', file, '--id', 'fresh', '--role', 'clerk']);
  assert.equal(added.code, 0, added.err);
  const key = /aip_[\w-]{43}/.exec(added.out)[0];
  assert.ok(!readFileSync(file, 'utf8').includes(key));
  const eventually = (token, wanted) => until(async () => (await ask(token, { at })).status === wanted, `${wanted} with ${token}`);
  await eventually(key, 200);
  assert.equal((await ask(keys.clerk, { at })).status, 200);
  const good = readFileSync(file, 'utf8');
  at.write('keys.json', '{"keys":');
  await until(() => /keys\.json/.test(at.stderr), () => at.stderr);
  await sleep(1500);  // of looks that find nothing new
  assert.equal(at.stderr.split('keys.json').length, 2, at.stderr);
  assert.equal((await ask(key, { at })).status, 200);
  at.write('keys.json', good);
  assert.equal((await run(['keys', 'revoke', '--file', file, 'fresh'])).code, 0);
  await eventually(key, 401);
  assert.match((await ask(key, { at })).error, /the API key was revoked/);
  assert.equal((await ask(keys.clerk, { at })).status, 200);
  const brief = await run(['keys', 'add', '--file', file, '--id', 'brief', '--expires', new Date(Date.now() + 3000).toISOString().replace(/\.\d+/, '')]);
  assert.equal(brief.code, 0, brief.err);
  await until(async () => /the API key has expired/.test((await ask(/aip_[\w-]{43}/.exec(brief.out)[0], { at })).error ?? ''), 'it has expired');
  await stop();
});

test('keys survive a reload, and a reload takes new identities over', async () => {
  const policy = (header) => `identity keys : api_key { header: "${header}", file: "keys.json" }\npolicy open { on "/**" allow when principal.kind != anonymous }`;
  const { gateway: at, reload, stop } = await scene(policy('x-api-key'));
  const status = async (header) => (await ask(undefined, { at, headers: { [header]: keys.clerk } })).status;
  assert.deepEqual([await status('x-api-key'), await status('x-key')], [200, 403]);
  assert.match(await reload(policy('x-key')), /in force/);
  assert.deepEqual([await status('x-api-key'), await status('x-key')], [403, 200]);
  await stop();
});

test('an issuer whose answers are odd gives nobody access, and keeps nobody waiting', { timeout: 120_000 * patience }, async () => {
  const key = newKey('odd', 'ES256');
  const document = (url, more = {}) => JSON.stringify({ issuer: url, jwks_uri: `${url}/jwks`, ...more });
  const jwks = JSON.stringify({ keys: [openly(key)] });
  const odd = {
    'another issuer': { discovery: (url) => document('https://idp.example', { jwks_uri: `${url}/jwks` }), jwks },
    'keys in the clear elsewhere': { discovery: (url) => document(url, { jwks_uri: 'http://idp.example/jwks' }), jwks },
    'no JSON': { discovery: () => '<html>', jwks },
    'no keys': { discovery: document, jwks: '{"keys":[]}' },
    'too many keys': { discovery: document, jwks: JSON.stringify({ keys: Array.from({ length: 101 }, () => openly(key)) }) },
    'too much': { discovery: document, jwks: `{"keys":[${JSON.stringify(openly(key))}],"fill":"${'x'.repeat(2 << 20)}"}` },
    'deep JSON': { discovery: document, jwks: '['.repeat(100_000) },
    'an answer that does not end': { discovery: document, jwks: null },
  };
  const servers = await Promise.all(Object.values(odd).map(async (one) => {
    const server = http.createServer((request, response) => {
      const url = `http://127.0.0.1:${server.address().port}`;
      one.asked = true;
      if (request.url.endsWith('openid-configuration')) return response.end(one.discovery(url));
      if (one.jwks === null) return response.write('{"keys":[');
      response.end(one.jwks);
    }).listen(0, '127.0.0.1').unref();
    await once(server, 'listening');
    return server;
  }));
  const urls = servers.map((server) => `http://127.0.0.1:${server.address().port}`);
  const identities = urls.map((url, i) => `identity i${i} : jwt { issuer: "${url}", audience: "ai" }`).join('\n');
  const { gateway: at, stop } = await scene(`${identities}\npolicy open { on "/**" allow }`);
  const told = Object.values(odd).filter((one) => one.jwks !== null).length;
  await until(() => (at.stderr.match(/identity i\d: /g) ?? []).length >= told - 1, () => at.stderr);
  for (const [i, what] of Object.keys(odd).entries()) {
    const begun = Date.now();
    const { status, error } = await ask(signed(key, issuer.claims({ iss: urls[i] })), { at });
    assert.equal(status, 401, what);
    assert.match(error, /keys are not known yet|key that is unknown/, what);
    assert.ok(Date.now() - begun < 5000 * patience);
  }
  assert.equal((await ask(undefined, { at })).status, 200);
  await stop();
  for (const server of servers) (server.closeAllConnections(), server.close());
});
