// HTTP/1.1 at the socket: framing, bounds, pipelines, the shapes that request smuggling is made of.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Gateway, auth, chat, keys, patience, raw, request, statuses } from './support.mjs';

let gateway;
before(async () => {
  gateway = await Gateway.start({
    settings: ', max_body: 20kB, max_header: 4kB, header_timeout: 400ms, body_timeout: 400ms, idle_timeout: 3s',
  });
});
after(async () => assert.deepEqual(await gateway.stop(), { code: 0, signal: null }));

const body = JSON.stringify(chat());
const head = (fields) => `POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\n${auth}${fields}\r\n`;
const close = 'Connection: close\r\n';

async function expectStatus(pieces, status, options) {
  const { text, ended } = await gateway.raw(pieces, options);
  assert.deepEqual(statuses(text), [status], text);
  assert.ok(ended, 'the connection is closed');
  assert.match(text, /"request_id":"/);
  assert.match(text, /\r\nx-request-id: /);
  // The others are not disturbed.
  assert.equal((await gateway.post('/v1/chat/completions', chat())).status, 200);
  return text;
}

test('requests on one connection are answered in order', async () => {
  const bodies = ['one', 'two', 'three'].map((content) => chat({ messages: [{ role: 'user', content }] }));
  const { text } = await gateway.raw([request(bodies[0]), 50, request(bodies[1]), 50, request(bodies[2], close)]);
  assert.deepEqual(statuses(text), [200, 200, 200]);
  assert.deepEqual([...text.matchAll(/"content":"(\w+)"/g)].map((match) => match[1]), ['one', 'two', 'three']);
});

test('pipelined requests are answered in order', async () => {
  const bodies = Array.from({ length: 20 }, (_, i) => chat({ messages: [{ role: 'user', content: `n${i}` }] }));
  const all = bodies.map((one, i) => request(one, i === 19 ? close : '')).join('');
  for (const pieces of [[all], all.match(/.{1,700}/gs)]) {
    const { text } = await gateway.raw(pieces);
    assert.deepEqual([...text.matchAll(/"content":"(\w+)"/g)].map((match) => match[1]), bodies.map((_, i) => `n${i}`));
  }
});

test('refusals keep the connection where the body is off the wire', async () => {
  const { text } = await gateway.raw([
    request('{}', ''), request(chat(), '', '/nowhere'), request(chat({ model: 'none' })), 'GET /v1/chat/completions HTTP/1.1\r\nHost: a\r\n' + auth + '\r\n', request(chat(), close),
  ].join(''));
  assert.deepEqual(statuses(text), [400, 404, 404, 405, 200]);
  assert.match(text, /\r\nallow: POST\r\n/);
});

test('a body may come in chunks and in any pieces', async () => {
  const chunk = (text) => `${text.length.toString(16)}\r\n${text}\r\n`;
  const chunks = chunk(body.slice(0, 10)) + chunk(body.slice(10)) + '0\r\nTrailer: x\r\n\r\n';
  const bytes = head(`${close}Transfer-Encoding: chunked\r\n`) + chunks;
  assert.deepEqual(statuses((await gateway.raw(bytes)).text), [200]);
  const { text } = await gateway.raw(bytes.match(/.{1,3}/gs).flatMap((piece, i) => (i % 10 ? [piece] : [piece, 1])));
  assert.deepEqual(statuses(text), [200]);
});

test('a client may ask before it sends the body', async () => {
  const { text } = await gateway.raw([head(`${close}Expect: 100-continue\r\nContent-Length: ${body.length}\r\n`), 100, body]);
  assert.deepEqual(statuses(text), [100, 200]);
  const refused = await gateway.raw(`POST /none HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n`);
  assert.deepEqual(statuses(refused.text), [404]);
});

test('HTTP/1.0 gets one answer without chunks', async () => {
  const text = JSON.stringify(chat({ stream: true }));
  const { text: answer, ended } = await gateway.raw(
    `POST /v1/chat/completions HTTP/1.0\r\n${auth}Content-Length: ${text.length}\r\n\r\n${text}`);
  assert.deepEqual(statuses(answer), [200]);
  assert.ok(ended);
  assert.doesNotMatch(answer, /chunked/i);
  assert.match(answer, /data: \[DONE\]/);
});

test('HEAD has the fields and no body', async () => {
  const { text } = await gateway.raw(`HEAD /v1/models HTTP/1.1\r\nHost: a\r\n${auth}${close}\r\n`);
  assert.match(text, /content-length: [1-9]/);
  assert.ok(text.endsWith('\r\n\r\n'));
});

test('a sane request id of the client is kept, another is replaced', async () => {
  const ids = async (id) => (await gateway.raw(request(chat(), `${close}X-Request-Id: ${id}\r\n`))).text.match(/x-request-id: (.*)\r/)[1];
  assert.equal(await ids('abc-123'), 'abc-123');
  assert.match(await ids('a b'), /^[0-9a-f]{32}$/);
  assert.match(await ids('x'.repeat(129)), /^[0-9a-f]{32}$/);
});

test('shapes of request smuggling are 400 and end the connection', async () => {
  const smuggled = 'GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n';
  const shapes = {
    'two lengths': head('Content-Length: 0\r\nContent-Length: 44\r\n') + smuggled,
    'the same length twice': head('Content-Length: 5\r\nContent-Length: 5\r\n') + '12345',
    'a list of lengths': head('Content-Length: 0, 44\r\n') + smuggled,
    'a signed length': head('Content-Length: +0\r\n') + smuggled,
    'length and chunks': head('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n') + `0\r\n\r\n${smuggled}`,
    'chunks and length': head('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n') + `0\r\n\r\n${smuggled}`,
    'two codings': head('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n') + `0\r\n\r\n${smuggled}`,
    'a blank before the colon': head('Transfer-Encoding : chunked\r\n') + `0\r\n\r\n${smuggled}`,
    'a vertical tab': head('Transfer-Encoding:\x0bchunked\r\n') + `0\r\n\r\n${smuggled}`,
    'a bare LF': head('X: y\nTransfer-Encoding: chunked\r\n') + `0\r\n\r\n${smuggled}`,
    'a bare CR': head('X: y\rTransfer-Encoding: chunked\r\n') + `0\r\n\r\n${smuggled}`,
    'a folded line': head('X: y\r\n Content-Length: 5\r\n') + smuggled,
    'a NUL': head('X: y\0\r\n') + smuggled,
    'no host': `POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n${smuggled}`,
    'two hosts': `POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n${smuggled}`,
    'chunks in HTTP/1.0': `POST / HTTP/1.0\r\n${auth}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    'a chunk that ends in LF': head('Transfer-Encoding: chunked\r\n') + `2\n{}\r\n0\r\n\r\n${smuggled}`,
    'a chunk longer than it says': head('Transfer-Encoding: chunked\r\n') + `1\r\n{}\r\n0\r\n\r\n${smuggled}`,
    'a chunk size with 0x': head('Transfer-Encoding: chunked\r\n') + `0x2\r\n{}\r\n0\r\n\r\n${smuggled}`,
    'a chunk size that overflows': head('Transfer-Encoding: chunked\r\n') + `ffffffffffffffff2\r\n{}\r\n0\r\n\r\n${smuggled}`,
    'a trailer that is no field': head('Transfer-Encoding: chunked\r\n') + `0\r\n${smuggled}`,
    'an encoded slash': `GET /v1%2fmodels HTTP/1.1\r\nHost: a\r\n${close}\r\n`,
    'garbage': '\x16\x03\x01\x02\x00\x01\x00',
  };
  for (const [name, bytes] of Object.entries(shapes)) {
    await test(name, () => expectStatus(bytes, 400));
  }
});

test('what is not implemented says so', async () => {
  await expectStatus(head('Transfer-Encoding: gzip, chunked\r\n'), 501);
  await expectStatus('BREW /v1/models HTTP/1.1\r\nHost: a\r\n\r\n', 501);
  await expectStatus('CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', 501);
  await expectStatus(`GET /v1/models HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`, 501);
  await expectStatus('GET / HTTP/2.0\r\nHost: a\r\n\r\n', 505);
  await expectStatus('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505);
  await expectStatus(head('Expect: the unexpected\r\n'), 417);
});

test('too large is 413 or 431, before it is read', async () => {
  await expectStatus(head('Content-Length: 20001\r\n'), 413);
  await expectStatus(head('Content-Length: 9223372036854775807\r\n'), 413);
  await expectStatus(head('Transfer-Encoding: chunked\r\n') + `5208\r\n${'x'.repeat(0x5208)}\r\n`, 413);
  await expectStatus(head(`X: ${'x'.repeat(5000)}\r\n`), 431);
  await expectStatus(head('X: y\r\n'.repeat(101)), 431);
  await expectStatus(`GET /${'x'.repeat(5000)}`, 431);
});

test('an oversized body that is still being sent gets its 413', async () => {
  const pieces = [head('Content-Length: 1000000\r\n'), ...Array.from({ length: 100 }, () => 'x'.repeat(10000))];
  await expectStatus(pieces, 413);
});

test('too slow is 408', async () => {
  await expectStatus(['POST /v1/chat', 200, '/completions HTTP/1.1\r\n'], 408);
  await expectStatus([head(`Content-Length: ${body.length}\r\n`), 100, body.slice(0, 10)], 408);
  await expectStatus([head('Transfer-Encoding: chunked\r\n'), 100, '5\r\nab'], 408);
  const drops = request(chat()).match(/.{1,2}/gs).flatMap((piece) => [piece, 20]);
  await expectStatus(drops, 408);
});

test('an idle connection is closed without a word', async () => {
  assert.deepEqual(await raw(gateway.port, [request(chat()), 1], { timeout: 6000 * patience }).then(({ text, ended }) => [statuses(text), ended]), [[200], true]);
  assert.deepEqual(await raw(gateway.port, [], { timeout: 6000 * patience }), { text: '', ended: true });
});

test('bodies that are no JSON document are 400', async () => {
  const bad = {
    syntax: '{"model":',
    'trailing text': `${body}x`,
    'a second document': `${body}${body}`,
    'a member twice': '{"model":"echo","model":"gpt","messages":[{"role":"user","content":"x"}]}',
    'a nested member twice': '{"model":"echo","messages":[{"role":"user","role":"system","content":"x"}]}',
    'deep nesting': `{"model":"echo","x":${'['.repeat(9000)}1${']'.repeat(9000)}}`,
    'invalid UTF-8': '{"model":"\xff"}',
    empty: '',
  };
  for (const [name, text] of Object.entries(bad)) {
    const { text: answer } = await raw(gateway.port, head(`${close}Content-Length: ${text.length}\r\n`) + text);
    assert.deepEqual(statuses(answer), [400], name);
    assert.match(answer, /"type":"invalid_request_error"/);
  }
});

test('clients that break off disturb nobody', async () => {
  for (const bytes of ['P', 'POST / HTTP/1.1\r\n', head(`Content-Length: ${body.length}\r\n`), head(`Content-Length: 5000\r\n`) + 'abc', request(chat()), request(chat({ stream: true }))]) {
    await raw(gateway.port, bytes, { cut: true });
  }
  assert.equal((await gateway.post('/v1/chat/completions', chat())).status, 200);
});

test('paths are resolved before they are looked up', async () => {
  const status = async (target) => statuses((await gateway.raw(request(chat(), close, target))).text)[0];
  assert.equal(await status('/v1//chat/./x/../completions?a=b'), 200);
  assert.equal(await status('/v1/ch%61t/completions'), 200);
  assert.equal(await status('http://elsewhere/v1/chat/completions'), 200);
  assert.equal(await status('/v1/chat/completions/'), 404);
  assert.equal(await status('/V1/chat/completions'), 404);
});

test('an endpoint gives the model where the request names none', async () => {
  const answer = await gateway.post('/v1/ai/default', { messages: [{ role: 'user', content: 'x' }] });
  assert.equal(answer.json.model, 'echo');
  assert.equal((await gateway.post('/v1/chat/completions', { messages: [{ role: 'user', content: 'x' }] })).status, 400);
});

test('credentials are looked at once', async () => {
  const twice = request(chat(), `${close}Authorization: Bearer ${keys.clerk}\r\n`);
  assert.deepEqual(statuses((await gateway.raw(twice)).text), [401]);
  const basic = request(chat(), close).replace('Bearer', 'Basic');
  assert.deepEqual(statuses((await gateway.raw(basic)).text), [401]);
});
