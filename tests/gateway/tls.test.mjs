// Encrypted connections: what is spoken, certificates that change, clients that show certificates of their own.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import { call, chunk, readEvents, says, sse, tool, usageOf } from './answers.mjs';
import { scene } from './scene.mjs';
import { chat, patience, raw, run, sleep, statuses, until } from './support.mjs';

const noCurl = spawnSync('curl', ['--version']).status !== 0 && 'curl is not installed';

// Certificates are made by the openssl command, as operators make them.
let pki;
const file = (name) => path.join(pki, name);
const read = (name) => readFileSync(file(name), 'utf8');
const openssl = (...args) => execFileSync('openssl', args, { cwd: pki, stdio: ['ignore', 'pipe', 'pipe'] });
const newKey = (kind) => ['-newkey', ...(kind === 'rsa' ? ['rsa:2048'] : kind === 'weak' ? ['rsa:1024'] : ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256']), '-nodes'];

function authority(name, { signer, days = 30 } = {}) {
  const extensions = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n';
  certificate(name, `/CN=${name}`, extensions, { signer, days });
}

// NAME.pem and NAME.key; without `signer` it signs itself.
function certificate(name, subject, extensions, { signer = 'ca', days = 30, kind = 'ec', digest = '-sha256' } = {}) {
  writeFileSync(file('extensions'), extensions);
  openssl('req', ...newKey(kind), '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject);
  const by = signer && signer !== name ? ['-CA', `${signer}.pem`, '-CAkey', `${signer}.key`, '-CAcreateserial'] : ['-signkey', `${name}.key`];
  openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-days', String(days), digest, '-extfile', 'extensions', '-out', `${name}.pem`);
}
const forClients = (names) => `subjectAltName=${names}\nextendedKeyUsage=clientAuth\n`;
const server = (name, more) => certificate(name, '/CN=gateway', 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n', more);

before(() => {
  pki = mkdtempSync(path.join(tmpdir(), 'aipol-pki-'));
  authority('ca', { signer: 'ca' });
  authority('foreign', { signer: 'foreign' });
  authority('middle', { signer: 'ca' });
  server('server');
  server('renewed', { kind: 'rsa' });
  const names = 'URI:spiffe://acme/billing,DNS:billing.acme.example';
  certificate('good', '/CN=billing/O=acme', forClients(names));
  certificate('below', '/CN=below/O=acme', forClients('URI:spiffe://acme/below'), { signer: 'middle' });
  certificate('expired', '/CN=billing/O=acme', forClients(names), { days: -1 });
  certificate('stranger', '/CN=billing/O=acme', forClients(names), { signer: 'foreign' });
  certificate('itself', '/CN=billing/O=acme', forClients(names), { signer: 'itself' });
  certificate('serving', '/CN=billing/O=acme', `subjectAltName=${names}\nextendedKeyUsage=serverAuth\n`);
  certificate('forged', '/CN=forged', forClients('URI:spiffe://acme/forged'), { signer: 'good' });
  certificate('unnamed', '/CN=unnamed', 'extendedKeyUsage=clientAuth\n');
  certificate('weak', '/CN=weak', forClients(names), { kind: 'weak' });
});
after(() => rmSync(pki, { recursive: true, force: true }));

const settings = ', tls: { certificate: "server.pem", key: file("server.key") }';
const files = (more = {}) => ({ 'server.pem': read('server.pem'), 'server.key': read('server.key'), ...more });
const open = 'policy open { on "/**" allow }';
const encrypted = (policy = open, more = {}) => scene(policy, { settings: settings + (more.settings ?? ''), files: files(more.files), env: more.env });

const trusting = () => ({ ca: read('ca.pem'), servername: 'localhost' });
async function connected(gateway, options = {}) {
  const socket = tls.connect({ host: '127.0.0.1', port: gateway.port, ...trusting(), ...options });
  await once(socket, 'secureConnect');
  return socket.on('error', () => {});
}
const post = (members = {}, fields = '') => {
  const body = JSON.stringify(chat({ model: 'm0', ...members }));
  return `POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`;
};

// What comes on a socket until `done` holds or it is closed.
async function receive(socket, done = () => false) {
  let text = '';
  socket.setEncoding('latin1');
  return new Promise((resolve) => {
    socket.on('data', (data) => done((text += data)) && resolve(text));
    socket.on('close', () => resolve(text));
  });
}

async function ask(gateway, { members, agent, fields, ...options } = {}) {
  const body = JSON.stringify(chat({ model: 'm0', ...members }));
  const request = https.request({ host: '127.0.0.1', port: gateway.port, path: '/v1/chat/completions', method: 'POST', agent: agent ?? false, headers: { ...fields }, ...trusting(), ...options });
  request.end(body);
  const [response] = await once(request, 'response');
  let text = '';
  for await (const piece of response) text += piece;
  return { status: response.statusCode, text, headers: response.headers };
}

test('TLS 1.2 and 1.3 are spoken, older ones are not', async () => {
  const { gateway, stop } = await encrypted();
  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    const socket = await connected(gateway, { minVersion: version, maxVersion: version });
    assert.equal(socket.getProtocol(), version);
    assert.ok(socket.authorized);
    socket.write(post({}, 'Connection: close\r\n'));
    assert.match(await receive(socket), /^HTTP\/1\.1 200 [^]*an answer/);
  }
  for (const version of ['TLSv1', 'TLSv1.1']) await assert.rejects(connected(gateway, { minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' }), version);
  await assert.rejects(connected(gateway, { maxVersion: 'TLSv1.2', ciphers: 'NULL:aNULL:@SECLEVEL=0' }));
  await stop();
});

test('HTTP/1.1 is chosen where clients offer it', async () => {
  const { gateway, stop } = await encrypted();
  for (const [offered, chosen] of [[['http/1.1'], 'http/1.1'], [['h2', 'http/1.1'], 'http/1.1'], [undefined, false]]) {
    const socket = await connected(gateway, { ALPNProtocols: offered });
    assert.equal(socket.alpnProtocol, chosen);
    socket.write(post({}, 'Connection: close\r\n'));
    assert.match(await receive(socket), /^HTTP\/1\.1 200 /);
  }
  await stop();
});

test('policies know whether a connection is encrypted', async () => {
  const policy = 'policy told { on "/**" deny 418 f"{request.tls}" }';
  const secure = await encrypted(policy), plain = await scene(policy);
  assert.equal(JSON.parse((await ask(secure.gateway)).text).error.message, 'true');
  assert.equal(JSON.parse((await ask(secure.gateway, { fields: { 'x-forwarded-proto': 'http' } })).text).error.message, 'true');
  assert.equal((await plain.gateway.chat({}, { headers: { 'x-forwarded-proto': 'https' } })).error, 'false');
  await secure.stop();
  await plain.stop();
});

test('many requests on one connection, one after the other and together', async () => {
  const { gateway, stop } = await encrypted();
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  for (let i = 0; i < 50; i++) assert.equal((await ask(gateway, { agent })).status, 200);
  assert.equal(Object.values(agent.freeSockets).flat().length, 1);
  agent.destroy();
  const socket = await connected(gateway);
  socket.write(post().repeat(20) + post({}, 'Connection: close\r\n'));
  assert.deepEqual(statuses(await receive(socket)), Array(21).fill(200));
  const large = { messages: [{ role: 'user', content: 'x'.repeat(2_000_000) }] };
  assert.equal((await ask(gateway, { members: large })).status, 200);
  await stop();
});

test('large answers and streams come whole', async () => {
  const { gateway, up, stop } = await encrypted();
  const words = 'some words '.repeat(20_000);
  up.answer = says(words, { size: 100 });
  assert.equal(JSON.parse((await ask(gateway)).text).choices[0].message.content, words);
  const { text } = await ask(gateway, { members: { stream: true } });
  assert.equal(readEvents(text).text, words);
  assert.ok(readEvents(text).done);
  up.answer = async (seen, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(sse(chunk({ content: 'first ' })));
    up.go = () => response.end(sse(chunk({ content: 'last' })) + sse('[DONE]'));
  };
  const socket = await connected(gateway);
  socket.write(post({ stream: true }, 'Connection: close\r\n'));
  let text2 = '';
  socket.setEncoding('latin1').on('data', (data) => (text2 += data));
  const closed = once(socket, 'close');
  await until(() => text2.includes('first '), 'words come before the stream has ended');
  up.go();
  await closed;
  assert.match(text2, /last[^]*\[DONE\]/);
  await stop();
});

test('a client that is refused while it sends a large body gets the answer', async () => {
  const { gateway, stop } = await encrypted(`${open}\npolicy none { deny 403 "nobody" when (request.header("x-nobody") ?? "") == "yes" }`);
  for (let i = 0; i < 10; i++) {
    const socket = await connected(gateway);
    let text = '';
    socket.on('data', (data) => (text += data));
    const ended = new Promise((resolve) => socket.on('close', resolve));
    socket.write('POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nX-Nobody: yes\r\nContent-Length: 16777216\r\n\r\n');
    const piece = Buffer.alloc(1 << 16, ' ');
    for (let sent = 0; sent < 16777216 && !socket.destroyed && !socket.writableEnded; sent += piece.length) {
      if (!socket.write(piece)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), ended]);
    }
    socket.end();
    await ended;
    assert.match(text, /^HTTP\/1\.1 403 /);
    assert.match(text, /nobody/);
  }
  await stop();
});

test('a client that leaves is noticed while its answer is awaited', async () => {
  const { gateway, up, stop } = await encrypted('meter slots = requests per ever by "all"\npolicy open { on "/**" allow limit 1 concurrent by "all" }');
  up.answer = () => {};
  for (const leave of [(socket) => socket.destroy(), (socket) => socket.end(), (socket, bare) => bare.resetAndDestroy()]) {
    const { length } = up.seen;
    const bare = net.connect(gateway.port, '127.0.0.1').on('error', () => {});
    const socket = await connected(gateway, { socket: bare });
    socket.write(post());
    await until(() => up.seen.length > length, 'the call has come');
    leave(socket, bare);
    await until(() => up.last.closed, `the upstream is told: ${leave}`);
  }
  up.answer = says('an answer');
  assert.equal((await ask(gateway)).status, 200);
  await until(() => gateway.log.filter((line) => line.client_gone).length === 3, 'the log says who has left');
  await stop();
});

test('what is no TLS, or stops in the middle, does no harm', async () => {
  const { gateway, stop } = await encrypted(open, { settings: ', header_timeout: 500ms' });
  const hello = Buffer.from('16030100c8010000c40303', 'hex').toString('latin1');
  for (const bytes of ['GET / HTTP/1.1\r\nHost: a\r\n\r\n', post(), '\0'.repeat(500), '\xff'.repeat(20_000), hello, '\x16\x03\x01\xff\xff' + 'x'.repeat(70_000), '']) {
    const { text, ended } = await raw(gateway.port, bytes, { timeout: 6000 * patience });
    assert.ok(ended, `it is closed: ${JSON.stringify(bytes.slice(0, 20))}`);
    assert.doesNotMatch(text, /200 OK|an answer/);
    assert.equal((await ask(gateway)).status, 200);
  }
  const half = Array.from({ length: 100 }, () => net.connect(gateway.port, '127.0.0.1').on('error', () => {}));
  await Promise.all(half.map((socket) => once(socket, 'connect')));
  half.forEach((socket) => socket.write(hello, 'latin1'));
  assert.equal((await ask(gateway)).status, 200);
  half.forEach((socket) => socket.destroy());
  const socket = await connected(gateway);
  socket.write(post().slice(0, 40));
  assert.match(await receive(socket), /^HTTP\/1\.1 408 /);
  await stop();
});

const served = async (gateway) => {
  const socket = await connected(gateway);
  const { serialNumber } = socket.getPeerX509Certificate();
  socket.destroy();
  return serialNumber;
};
const serial = (name) => new X509Certificate(readFileSync(file(name))).serialNumber;

test('a certificate that is renewed is served without a restart', async () => {
  const { gateway, up, stop } = await encrypted();
  up.answer = says('an answer');
  const kept = await connected(gateway);
  assert.equal(await served(gateway), serial('server.pem'));
  copyFileSync(file('renewed.pem'), path.join(gateway.folder, 'server.pem'));
  copyFileSync(file('renewed.key'), path.join(gateway.folder, 'server.key'));
  await until(async () => (await served(gateway)) === serial('renewed.pem'), 'the new one is served');
  kept.write(post({}, 'Connection: close\r\n'));
  assert.match(await receive(kept), /^HTTP\/1\.1 200 /);  // what was connected stays so
  for (const [name, text] of [['server.pem', read('server.pem')], ['server.pem', 'nothing'], ['server.key', read('server.key')], ['server.key', '']]) {
    const before = readFileSync(path.join(gateway.folder, name));
    gateway.write(name, text);
    assert.match(await gateway.reload(), /refused[^]*server\.(pem|key)/);
    assert.equal(await served(gateway), serial('renewed.pem'));
    gateway.write(name, before);
    assert.match(await gateway.reload(), /in force/);
  }
  await stop();
});

test('certificates that are renewed under load fail no handshake and no request', { timeout: 120_000 * patience }, async () => {
  const { gateway, stop } = await encrypted();
  const agent = new https.Agent({ keepAlive: true });
  const wrong = [], seen = new Set();
  let goes = true, count = 0;
  const load = Array.from({ length: 12 }, async (_, client) => {
    while (goes) {
      try {
        const { status } = await ask(gateway, { agent: client % 3 ? undefined : agent, maxVersion: client % 2 ? 'TLSv1.2' : 'TLSv1.3' });
        if (status !== 200) wrong.push(status);
        ++count;
      } catch (error) {
        wrong.push(error.message);
      }
    }
  });
  for (let i = 0; i < 6; i++) {
    const name = i % 2 ? 'server' : 'renewed';
    gateway.write('server.pem', read(`${name}.pem`));  // for a moment a certificate that is not of its key
    await sleep(i * 10);
    gateway.write('server.key', read(`${name}.key`));
    await until(async () => (await served(gateway)) === serial(`${name}.pem`), 'the new one is served');
    seen.add(await served(gateway));
  }
  goes = false;
  await Promise.all(load);
  agent.destroy();
  assert.deepEqual(wrong.slice(0, 5), []);
  assert.ok(seen.size === 2 && count > 50, `${count} requests`);
  await stop();
});

test('the key can be in a variable; keys and certificates that do not fit keep a gateway from starting', async () => {
  const byVariable = ', tls: { certificate: "server.pem", key: env("TLS_KEY") }';
  const { gateway, stop } = await scene(open, { settings: byVariable, files: files(), env: { TLS_KEY: read('server.key') } });
  assert.equal((await ask(gateway)).status, 200);
  const fails = async (env, change, message) => {
    change();
    const { code, out, err } = await run(['serve', gateway.folder], env);
    assert.equal(code, 2, err);
    assert.equal(out, '');
    assert.match(err, message);
    assert.equal(err.trimEnd().split('\n').length, 1, err);
    assert.doesNotMatch(err, /BEGIN|PRIVATE KEY/);
  };
  const nothing = () => {};
  await fails({ TLS_KEY: undefined }, nothing, /tls: .*TLS_KEY/);
  await fails({ TLS_KEY: 'none' }, nothing, /tls: .*TLS_KEY/);
  await fails({ TLS_KEY: read('renewed.key') }, nothing, /tls: .*TLS_KEY/);
  await fails({ TLS_KEY: read('server.key') }, () => gateway.write('server.pem', 'none'), /tls: .*server\.pem/);
  await fails({ TLS_KEY: read('server.key') }, () => rmSync(path.join(gateway.folder, 'server.pem')), /tls: .*server\.pem/);
  await stop();
});

test('a gateway that ends lets encrypted requests in flight end', async () => {
  const { gateway, up, stop } = await encrypted();
  let end;
  up.answer = (seen, response) => (end = () => says('at last')(seen, response));
  const idle = await connected(gateway), idleClosed = once(idle.resume(), 'close');
  const call = ask(gateway);
  await until(() => end, 'the call has come');
  gateway.process.kill('SIGTERM');
  await idleClosed;
  end();
  assert.match((await call).text, /at last/);
  await stop();
});

const peers = (map = 'map: { id: san.uri, tenant: subject.o }') => `
identity peers : mtls { ca: "ca.pem", ${map} }
identity keys : api_key { header: "x-api-key", file: "keys.json" }
policy known { deny 401 "show a certificate" when principal.kind == anonymous }
policy open { on "/**" allow }
policy told { on "/**" deny 418 f"{principal.kind} {principal.id} {principal.tenant} {principal.method}" when ai.prompt.contains("whoami") }`;

// By curl: the status and what the error says.
async function curl(gateway, { show, content = 'Hello there', args = [], data = JSON.stringify(chat({ model: 'm0', messages: [{ role: 'user', content }] })) } = {}) {
  const child = spawn('curl', ['--silent', '--show-error', '--max-time', '60', '--cacert', file('ca.pem'), '--write-out', '\n%{http_code}', ...(show ? ['--cert', file(`${show}.pem`), '--key', file(`${show}.key`)] : []), ...args,
    '--data-binary', data, `https://localhost:${gateway.port}/v1/chat/completions`]);
  let out = '', err = '';
  child.stdout.on('data', (data) => (out += data));
  child.stderr.on('data', (data) => (err += data));
  await once(child, 'close');
  const [, body, status] = /^([^]*)\n(\d+)$/.exec(out) ?? [];
  let json;
  try {
    json = JSON.parse(body);
  } catch {
    // events, or nothing
  }
  return { status: Number(status), message: json?.error?.message, content: json?.choices?.[0]?.message?.content, body, err };
}

test('curl with a client certificate', { skip: noCurl }, async () => {
  const { gateway, up, sent, stop } = await encrypted(peers(), { files: { 'ca.pem': read('ca.pem') } });
  const refused = async (options, reason) => {
    const { status, message, err } = await curl(gateway, options);
    assert.equal(status, 401, `${options.show}: ${err}`);
    assert.match(message, reason, options.show);
  };
  for (const version of [[], ['--tls-max', '1.2']]) {
    assert.equal((await curl(gateway, { show: 'good', args: version })).content, 'an answer');
    assert.equal((await curl(gateway, { show: 'good', content: 'whoami', args: version })).message, 'app spiffe://acme/billing acme mtls');
    await refused({ args: version }, /^show a certificate$/);
    await refused({ show: 'expired', args: version }, /certificate has expired/);
    await refused({ show: 'stranger', args: version }, /of an authority that is not known here/);
  }
  await refused({ show: 'itself' }, /of an authority that is not known here/);
  await refused({ show: 'serving' }, /is not made for clients/);
  await refused({ show: 'below' }, /of an authority that is not known here/);  // the one between is not shown
  writeFileSync(file('chain.pem'), read('below.pem') + read('middle.pem'));
  copyFileSync(file('below.key'), file('chain.key'));
  assert.equal((await curl(gateway, { show: 'chain', content: 'whoami' })).message, 'app spiffe://acme/below acme mtls');
  writeFileSync(file('through.pem'), read('forged.pem') + read('good.pem'));
  copyFileSync(file('forged.key'), file('through.key'));
  await refused({ show: 'through' }, /certificate/);  // who has a certificate is no authority
  // A key beside a certificate: both have to be good, and the first identity says who calls.
  const key = ['--header', 'x-api-key: aip_clerk-key-of-the-tests'], bad = ['--header', 'x-api-key: nobody'];
  assert.equal((await curl(gateway, { args: key, content: 'whoami' })).message, 'app clerk  api_key');
  assert.equal((await curl(gateway, { show: 'good', args: key, content: 'whoami' })).message, 'app spiffe://acme/billing acme mtls');
  await refused({ show: 'good', args: bad }, /not known/);
  await refused({ show: 'stranger', args: key }, /of an authority that is not known here/);
  const stream = await curl(gateway, { show: 'good', args: ['--no-buffer', '--header', 'accept: text/event-stream'] });
  assert.equal(stream.status, 200);
  // Streams, tools and images come through as they are.
  const members = { model: 'm0', messages: [{ role: 'user', content: [{ type: 'text', text: 'What is this?' }, { type: 'image_url', image_url: { url: `data:image/png;base64,${Buffer.alloc(90_000, 7).toString('base64')}` } }] }], tools: [tool('look')] };
  up.answer = says({ content: 'I look.', tool_calls: [call('look', { at: 'it' })] }, { usage: usageOf(20, 8) });
  writeFileSync(file('body.json'), JSON.stringify({ ...members, stream: true, stream_options: { include_usage: true } }));
  const streamed = await curl(gateway, { show: 'good', args: ['--no-buffer'], data: `@${file('body.json')}` });
  const events = readEvents(streamed.body);
  assert.deepEqual([events.text, events.calls[0].name, events.calls[0].arguments, events.finish, events.usage.total_tokens, events.done], ['I look.', 'look', '{"at":"it"}', 'tool_calls', 28, true]);
  writeFileSync(file('body.json'), JSON.stringify(members));
  const whole = await curl(gateway, { show: 'good', data: `@${file('body.json')}` });
  assert.equal(JSON.parse(whole.body).choices[0].message.tool_calls[0].function.name, 'look');
  assert.deepEqual(sent(), members);
  up.answer = says('an answer');
  await until(() => gateway.log.some((one) => one.principal.id === 'spiffe://acme/below' && one.principal.kind === 'app' && one.principal.method === 'mtls'), 'the record says who called');
  await stop();
});

test('a certificate that is signed too weakly is refused', async () => {
  const { gateway, stop } = await encrypted(peers(), { files: { 'ca.pem': read('ca.pem') } });
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    const { status, text } = await ask(gateway, { cert: read('weak.pem'), key: read('weak.key'), ciphers: 'DEFAULT:@SECLEVEL=0', maxVersion });
    assert.equal(status, 401);
    assert.match(text, /the client's certificate is signed too weakly/);
  }
  await stop();
});

test('without a mapping a certificate is known by its name', { skip: noCurl }, async () => {
  const { gateway, stop } = await encrypted(peers(''), { files: { 'ca.pem': read('ca.pem') } });
  assert.equal((await curl(gateway, { show: 'good', content: 'whoami' })).message, 'app spiffe://acme/billing  mtls');
  assert.equal((await curl(gateway, { show: 'unnamed', content: 'whoami' })).message, 'app unnamed  mtls');
  await stop();
});

test('authorities that change count after a reload, for connections that stand too', async () => {
  const { gateway, stop } = await encrypted(peers(), { files: { 'ca.pem': read('ca.pem') } });
  const own = { cert: read('good.pem'), key: read('good.key') };
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  assert.equal((await ask(gateway, { agent, ...own })).status, 200);
  gateway.write('ca.pem', read('foreign.pem'));
  assert.match(await gateway.reload(), /in force/);
  assert.equal((await ask(gateway, own)).status, 401);
  assert.equal((await ask(gateway, { cert: read('stranger.pem'), key: read('stranger.key') })).status, 200);
  assert.equal((await ask(gateway, { agent, ...own })).status, 401, 'on the connection that was made before');
  agent.destroy();
  for (const text of ['', 'none', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n']) {
    gateway.write('ca.pem', text);
    assert.match(await gateway.reload(), /refused[^]*identity peers: .*ca\.pem/);
    assert.equal((await ask(gateway, { cert: read('stranger.pem'), key: read('stranger.key') })).status, 200);
  }
  await stop();
});

test('sessions that are resumed still show who calls', async () => {
  const { gateway, stop } = await encrypted(peers(), { files: { 'ca.pem': read('ca.pem') } });
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    const own = { cert: read('good.pem'), key: read('good.key'), maxVersion };
    const first = await connected(gateway, own);
    let session = first.getSession();
    first.on('session', (one) => (session = one));
    first.write(post());
    await receive(first, (text) => text.includes('an answer'));
    first.destroy();
    const again = await connected(gateway, { ...own, session });
    again.write(post({ messages: [{ role: 'user', content: 'whoami' }] }, 'Connection: close\r\n'));
    assert.match(await receive(again), /app spiffe:\/\/acme\/billing acme mtls/);
    const other = await connected(gateway, { maxVersion, session });
    other.write(post({ messages: [{ role: 'user', content: 'whoami' }] }, 'Connection: close\r\n'));
    assert.match(await receive(other), / 401 |app spiffe:\/\/acme\/billing acme mtls/);
  }
  await stop();
});
