// Bad input beyond the shapes of http.test.mjs: heads and chunks that two readers may read differently, floods, clients that send or read
// without end, sets of keys beyond all reason. Each has its answer; nothing that is smuggled behind is ever answered.
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { breaksAfter, chunk, completion, json, says, sse, streams } from './answers.mjs';
import { caller, probe, scene } from './scene.mjs';
import { Gateway, auth, chat, patience, raw, request, sleep, statuses, until } from './support.mjs';

let gateway;
before(async () => {
  gateway = await Gateway.start({ settings: ', max_body: 20kB, max_header: 4kB, header_timeout: 1s, body_timeout: 1s, idle_timeout: 3s' });
});
after(async () => assert.deepEqual(await gateway.stop(), { code: 0, signal: null }));

const body = JSON.stringify(chat());
const close = 'Connection: close\r\n';
const head = (fields) => `POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\n${auth}${fields}\r\n`;
const chunked = (chunks) => head('Transfer-Encoding: chunked\r\n') + chunks;
const hex = body.length.toString(16);
const smuggled = `GET /v1/models HTTP/1.1\r\nHost: a\r\n${auth}\r\n`;
const get = (line, fields = 'Host: a\r\n') => `${line}\r\n${fields}${auth}\r\n`;

// These bytes, and a good request behind them: one answer, and the connection is closed.
async function refused(name, bytes, status) {
  const { text, ended } = await gateway.raw(bytes + smuggled);
  assert.deepEqual(statuses(text), [status], `${name}: ${text}`);
  assert.ok(ended, name);
}

test('heads that two readers may read differently are 400, and nothing behind them is read', async () => {
  const heads = {
    'lines that end in LF alone': `GET /v1/models HTTP/1.1\nHost: a\n\n`,
    'a head that ends in LF': `GET /v1/models HTTP/1.1\r\nHost: a\r\n\n`,
    'a head that ends in CR': `GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\r\n\r\n`,
    'a length that is none': head('Content-Length: \r\n'),
    'a length below zero': head('Content-Length: -1\r\n'),
    'a length in hexadecimal': head('Content-Length: 0x5\r\n') + '12345',
    'a length with a blank in it': head('Content-Length: 1 0\r\n') + '1234567890',
    'a length beyond all numbers': head('Content-Length: 18446744073709551621\r\n') + '12345',
    'a length with words': head('Content-Length: 5 bytes\r\n') + '12345',
    'a length that is folded': head('Content-Length:\r\n 5\r\n') + '12345',
    'two lengths, one by another case': head('Content-Length: 5\r\ncontent-LENGTH: 6\r\n') + '12345',
    'a name with a blank before it': head(' Transfer-Encoding: chunked\r\n') + '0\r\n\r\n',
    'a name with a tab': head('Transfer\tEncoding: chunked\r\n'),
    'a name with a NUL': head('Transfer-Encoding\0: chunked\r\n'),
    'a name that is none': head(': chunked\r\n'),
    'a line without a colon': head('Transfer-Encoding chunked\r\n'),
    'a name in another alphabet': head('Transfer-Encod\u00efng: chunked\r\n'),
    'the first field folded': `POST /v1/chat/completions HTTP/1.1\r\n Host: a\r\n${auth}\r\n`,
    'a control character in a value': head('X: a\x01b\r\n'),
    'a DEL in a value': head('X: a\x7fb\r\n'),
    'two blanks in the first line': get('GET  /v1/models HTTP/1.1'),
    'a tab in the first line': get('GET\t/v1/models HTTP/1.1'),
    'a blank behind the version': get('GET /v1/models HTTP/1.1 '),
    'a blank in the target': get('GET /v1/models x HTTP/1.1'),
    'a NUL in the target': get('GET /v1/models\0 HTTP/1.1'),
    'a control character in the target': get('GET /v1/mod\x01els HTTP/1.1'),
    'a target that is no path': get('GET v1/models HTTP/1.1'),
    'an empty host': get('GET /v1/models HTTP/1.1', 'Host: a\r\nHost:\r\n'),
    'a host with a blank': get('GET /v1/models HTTP/1.1', 'Host: a b\r\n'),
    'a host with a slash': get('GET /v1/models HTTP/1.1', 'Host: a/b\r\n'),
    'a version in lower case': get('GET /v1/models http/1.1'),
    'a version of three parts': get('GET /v1/models HTTP/1.1.1'),
    'a version of two digits': get('GET /v1/models HTTP/1.10'),
    'no version': `GET /v1/models\r\n\r\n`,
  };
  for (const [name, bytes] of Object.entries(heads)) await test(name, () => refused(name, bytes, 400));
});

test('a coding that is none beside a length is refused', async () => {
  for (const coding of ['', 'identity', ' ', 'null']) {
    const { text, ended } = await gateway.raw(head(`Content-Length: 5\r\nTransfer-Encoding: ${coding}\r\n`) + `12345${smuggled}`);
    assert.equal(statuses(text).length, 1, text);
    assert.ok([400, 501].includes(statuses(text)[0]) && ended, text);
  }
});

test('codings that are not `chunked` to the letter are refused', async () => {
  const codings = { 'chunked, chunked': 400, 'xchunked': 501, 'chunked;q=1': 400, '"chunked"': 400, 'chunked, identity': 400, 'identity, chunked': 501, 'gzip': 501, 'chunk': 501, ',chunked,': undefined, 'CHUNKED': 200 };
  for (const [coding, status] of Object.entries(codings)) {
    const { text } = await gateway.raw(`${head(`Transfer-Encoding: ${coding}\r\n${close}`)}${hex}\r\n${body}\r\n0\r\n\r\n${smuggled}`);
    const got = statuses(text);
    assert.equal(got.length, 1, `${coding}: ${text}`);
    if (status !== undefined && status < 500 && status >= 400) assert.ok([400, 501].includes(got[0]), `${coding}: ${got}`);
    else if (status !== undefined) assert.ok(status === got[0] || (status === 501 && got[0] === 400), `${coding}: ${got}`);
  }
});

test('chunks that are not as they should be are 400, and nothing behind them is read', async () => {
  const last = '0\r\n\r\n', whole = `${hex}\r\n${body}\r\n`;
  const shapes = {
    'a size that is none': `\r\n${body}\r\n${last}`,
    'a size below zero': `-1\r\n${last}`,
    'a size with a sign': `+${hex}\r\n${body}\r\n${last}`,
    'a size with a blank before it': ` ${hex}\r\n${body}\r\n${last}`,
    'a size with an underscore': `1_0\r\n${body}\r\n${last}`,
    'a size of very many digits': `${'0'.repeat(5000)}${hex}\r\n${body}\r\n${last}`,
    'a size that ends in CR alone': `${hex}\r${body}\r\n${last}`,
    'an extension with LF': `${hex};a\nb\r\n${body}\r\n${last}`,
    'an extension with a NUL': `${hex};a\0b\r\n${body}\r\n${last}`,
    'an extension beyond all reason': `${hex};${'x'.repeat(20_000)}\r\n${body}\r\n${last}`,
    'data that ends in LF': `${hex}\r\n${body}\n${last}`,
    'data without an end': `${hex}\r\n${body}${last}`,
    'a last chunk that ends in LF': `${whole}0\n\n`,
    'trailers without end': `${whole}0\r\n${'X: y\r\n'.repeat(5000)}\r\n`,
    'a trailer that is folded': `${whole}0\r\nX: y\r\n z\r\n\r\n`,
  };
  for (const [name, chunks] of Object.entries(shapes)) await test(name, () => refused(name, chunked(chunks), 400));
  // What trailers say is not believed: neither who calls nor how long the body is.
  const trailers = `Host: a\r\nTransfer-Encoding: chunked\r\n${close}`;
  const { text } = await gateway.raw(`POST /v1/chat/completions HTTP/1.1\r\n${trailers}\r\n${whole}0\r\n${auth}Content-Length: 1000\r\n\r\n`);
  assert.deepEqual(statuses(text), [401]);
});

test('very many small chunks are no more than a body', async () => {
  const one = `1;${'x'.repeat(30)}\r\na\r\n`;
  const { text, ended } = await gateway.raw(chunked(one.repeat(21_000)));
  assert.deepEqual(statuses(text), [413]);
  assert.ok(ended);
});

test('floods of fields end at their bound', async () => {
  const { text } = await gateway.raw(head('X: y\r\n'.repeat(50_000)));
  assert.deepEqual(statuses(text), [431]);
  for (const piece of ['X: y\r\n', 'x'.repeat(100), '\r\n']) {
    const socket = net.connect(gateway.port, '127.0.0.1');
    let got = '', sent = 0;
    socket.setEncoding('latin1').on('data', (data) => (got += data)).on('error', () => {});
    const closed = once(socket, 'close');
    const first = piece === '\r\n' ? '' : 'GET / HTTP/1.1\r\n';
    socket.write(first);
    const flood = setInterval(() => socket.write(piece.repeat(20), () => (sent += 20 * piece.length)), 1);
    const ended = await Promise.race([closed.then(() => true), sleep(6000 * patience)]);
    clearInterval(flood);
    socket.destroy();
    assert.ok(ended, `${JSON.stringify(piece)} without end`);
    if (piece === '\r\n') assert.ok(got === '' || statuses(got)[0] >= 400, got);  // empty lines before a request are no request
    else assert.ok([431, 408].includes(statuses(got)[0]) || (got === '' && sent > 4000), `${sent} bytes of ${JSON.stringify(piece)}: ${got}`);
  }
  assert.equal((await gateway.post('/v1/chat/completions', chat())).status, 200);
});

test('bodies that trickle are 408, however they are framed, and hold no slot', async () => {
  const { gateway: slow, stop } = await scene(`policy open { on "/**" allow limit 3 concurrent by "all" }`, { settings: ', body_timeout: 600ms' });
  const start = (framing) => `POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n`;
  const chunks = start('Transfer-Encoding: chunked');
  const trickle = (first, piece) => slow.raw([first, ...Array.from({ length: 40 }, () => [50, piece]).flat()]);
  const answers = await Promise.all([
    ...Array.from({ length: 4 }, () => trickle(start('Content-Length: 1000'), '{')),
    ...Array.from({ length: 4 }, () => trickle(chunks, '1\r\n{\r\n')),
    ...Array.from({ length: 4 }, () => trickle(`${chunks}1;`, 'x')),
    slow.chat().then(({ status }) => ({ text: `HTTP/1.1 ${status} `, ended: true })),
  ]);
  assert.equal(statuses(answers.at(-1).text)[0], 200, 'others are served meanwhile');
  for (const { text, ended } of answers.slice(0, -1)) {
    assert.deepEqual(statuses(text), [408], text);
    assert.ok(ended);
  }
  await stop();
});

test('a client that never reads its answer is let go, and what it asked for is given back', { timeout: 60_000 * patience }, async () => {
  const { gateway: patient, up, stop } = await scene(`
meter spent = tokens per ever by ${caller}
policy open { on "/**" allow limit 1 concurrent by ${caller} limit spent to 1G }
${probe('spent')}`, { settings: ', upstream_timeout: 1s, idle_timeout: 1s, admin: "127.0.0.1:0"' });
  const long = 'x'.repeat(1 << 16);
  const whole = JSON.stringify(completion(long.repeat(400)));
  for (const [who, answer, stream] of [['whole', json(whole), false], ['stream', async (seen, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (let i = 0; i < 4000 && !response.destroyed; i++) {
      response.write(sse(chunk({ content: long })));
      while (response.writableNeedDrain && !response.destroyed) await sleep(5);
    }
    response.end();
  }, true]]) {
    up.answer = answer;
    const socket = net.connect(patient.port, '127.0.0.1');
    socket.on('error', () => {}).pause();
    const text = JSON.stringify(chat({ model: 'm0', stream })), before = up.seen.length;
    socket.write(`POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nX-Caller: ${who}\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
    await until(() => up.seen.length > before, `it is served: ${who}`);
    await until(async () => (await patient.metric('aipol_requests_in_flight')) === 0, `it is given up: ${who}`);
    socket.destroy();
    up.answer = says('an answer');
    await until(async () => (await patient.chat({}, { headers: { 'x-caller': who } })).status === 200, 'its slot is free');
  }
  await stop();
});

// --- answers of upstreams, where they are looked at and where they pass ---

test('truncated JSON and broken events of an upstream: passed on as they are, or 502 where policies read them; counted, and no slot kept', async () => {
  const { gateway: at, up, stop } = await scene(`
endpoint "/seen" { accepts: chat, model: "m0" }
meter spent = tokens per ever by ${caller}
policy open { on "/**" allow limit spent to 1G limit 1 concurrent by ${caller} }
policy seen { on "/seen" deny 451 when response.text.contains("secret") }
${probe('spent')}`);
  const whole = JSON.stringify(completion('some words'));
  const half = sse(chunk({ content: 'half' }));
  const answers = {
    'half of an object': json(whole.slice(0, whole.length / 2)), 'nothing': json(''), 'null': json('null'), 'a list': json('[]'), 'a text': json('"x"'), 'two objects': json(whole + whole),
    'NUL bytes': json(`${whole.slice(0, -1)},"x":"\0"}`), 'deep': json('['.repeat(100_000)), 'cut off': breaksAfter(whole.slice(0, 50), 'application/json'),
  };
  const events = {
    'an event cut off': streams(`${half}data: {"choi`), 'no [DONE]': streams(half), 'no data': streams('event: x\n\n'), 'nothing': streams(''), 'words': streams('these are words'), 'an event of half JSON': streams(`data: {"choices": [{"delta"\n\ndata: [DONE]\n\n`),
    'another after [DONE]': streams(`${half}data: [DONE]\n\n${sse(chunk({ content: 'secret' }))}`), 'CR alone': streams(half.replaceAll('\n', '\r')), 'cut off': breaksAfter(half), 'an error as an event': streams(`${half}data: {"error":{"message":"overloaded","code":529}}\n\n`),
  };
  let number = 0;
  for (const [stream, list] of [[false, answers], [true, events]]) {
    for (const [name, answer] of Object.entries(list)) {
      for (const to of ['/v1/chat/completions', '/seen']) {
        const who = `c${++number}`;
        up.answer = answer;
        const got = await at.chat({ stream, max_tokens: 100 }, { path: to, headers: { 'x-caller': who }, signal: AbortSignal.timeout(8000 * patience) }).catch((error) => ({ error: error.name }));
        assert.notEqual(got.error, 'TimeoutError', `${name} to ${to} hangs`);
        if (to === '/seen' && !stream) assert.equal(got.status, 502, `${name}: ${got.text}`);
        assert.ok(!String(got.text).includes('secret') || to !== '/seen', name);
        up.answer = says('an answer');
        await until(async () => (await at.chat({}, { headers: { 'x-caller': who } })).status === 200, `the slot is free after ${name} to ${to}`);
        assert.ok((await at.used('spent', who)) < 100_000, name);
      }
    }
  }
  await stop();
});

// --- keys beyond all reason ---

test('50 MB of keys are not read, from a server or from a file', { timeout: 60_000 * patience }, async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = { ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'ES256', use: 'sig' };
  const large = Buffer.from(`{"keys":[${JSON.stringify(key)}],"fill":"${'x'.repeat(50 << 20)}"}`);
  let sent = 0, framing;
  const issuer = http.createServer((asked, response) => {
    const url = `http://127.0.0.1:${issuer.address().port}`;
    if (asked.url.endsWith('openid-configuration')) return response.end(JSON.stringify({ issuer: url, jwks_uri: `${url}/jwks` }));
    if (framing === 'length') response.setHeader('content-length', large.length);
    for (let at = 0; at < large.length; at += 1 << 20) response.write(large.subarray(at, at + (1 << 20)), () => (sent += 1 << 20));
    response.end();
  }).listen(0, '127.0.0.1').unref();
  await once(issuer, 'listening');
  const url = `http://127.0.0.1:${issuer.address().port}`;
  const now = Math.floor(Date.now() / 1000);
  const text = [{ alg: 'ES256', kid: 'one', typ: 'at+jwt' }, { iss: url, aud: 'ai', sub: 'x', iat: now, exp: now + 600 }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const token = `${text}.${sign('sha256', text, { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  for (framing of ['length', 'chunks']) {
    const { gateway: at, stop } = await scene(`identity staff : jwt { issuer: "${url}", audience: "ai" }\npolicy open { on "/**" allow }`);
    const memory = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${at.process.pid}/status`, 'utf8'))[1]) / 1024;
    const before = memory();
    await until(() => /identity staff/.test(at.stderr), () => at.stderr);
    for (let i = 0; i < 3; i++) {
      const { status, error } = await at.chat({}, { headers: { authorization: `Bearer ${token}` } });
      assert.equal(status, 401);
      assert.match(error, /keys are not known yet/);
    }
    assert.ok(memory() - before < 20 * patience, `${memory() - before} MB more`);
    assert.equal((await at.chat()).status, 200);
    await stop();
  }
  await assert.rejects(scene(`identity staff : jwt { issuer: "${url}", audience: "ai", jwks: "jwks.json" }\npolicy open { on "/**" allow }`, { files: { 'jwks.json': large } }), /jwks\.json/);
  // A file that grows beyond reason later leaves the keys in force.
  const { gateway: at, stop } = await scene(`identity staff : jwt { issuer: "${url}", audience: "ai", jwks: "jwks.json" }\npolicy open { on "/**" allow }`, { files: { 'jwks.json': JSON.stringify({ keys: [key] }) } });
  const status = async () => (await at.chat({}, { headers: { authorization: `Bearer ${token}` } })).status;
  assert.equal(await status(), 200);
  writeFileSync(path.join(at.folder, 'jwks.json'), large);
  await until(() => /jwks\.json/.test(at.stderr), () => at.stderr);
  assert.equal(await status(), 200);
  // And its keys are no secret to make tokens with.
  const confused = Buffer.from(JSON.stringify({ alg: 'HS256', kid: 'one', typ: 'at+jwt' })).toString('base64url') + `.${text.split('.')[1]}`;
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  const forged = await at.chat({}, { headers: { authorization: `Bearer ${confused}.${createHmac('sha256', pem).update(confused).digest('base64url')}` } });
  assert.equal(forged.status, 401);
  issuer.closeAllConnections();
  issuer.close();
  await stop();
  assert.ok(sent < 150 << 20);
});

test('answers to requests that were pipelined behind a refusal stay in their order, and none is left out', async () => {
  const lines = [request(chat()), request('{}'), request(chat({ model: 'none' })), request(chat(), '', '/nowhere'), request(chat({ messages: [{ role: 'user', content: 'a teapot' }] })), request(chat(), close)];
  const { text, ended } = await raw(gateway.port, lines.join(''));
  assert.deepEqual(statuses(text), [200, 400, 404, 404, 418, 200]);
  assert.ok(ended);
  // Behind one that closes nothing is answered.
  assert.deepEqual(statuses((await raw(gateway.port, request(chat(), close) + request(chat()))).text), [200]);
  // A body on GET is read, not taken for the next request.
  const get = `GET /v1/models HTTP/1.1\r\nHost: a\r\n${auth}Content-Length: ${smuggled.length}\r\n\r\n${smuggled}${request(chat(), close)}`;
  assert.deepEqual(statuses((await raw(gateway.port, get)).text), [200, 200]);
});
