// Upstreams that are down, slow, broken or closing: 502 and 504 before the first byte, a cut stream after it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gateway, Upstream, auth, bareUpstream, chat, patience, request, sleep, statuses, until } from './support.mjs';

const ask = chat({ model: 'same' });
const json = (text) => `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`;

// A gateway whose upstream answers every request with these bytes, `then` does something with the socket.
async function answering(bytes, then = () => {}, settings = '') {
  const upstream = await bareUpstream((socket, number) => {
    socket.on('data', () => {
      socket.write(typeof bytes === 'function' ? bytes(number) : bytes, 'latin1');
      then(socket, number);
    });
  });
  const gateway = await Gateway.start({ upstream: upstream.port, settings });
  return { upstream, gateway, stop: async () => (upstream.stop(), assert.equal((await gateway.stop()).code, 0)) };
}

test('an upstream that is down is 502 in the form clients know', async () => {
  const gateway = await Gateway.start({ upstream: 1 });
  const answer = await gateway.post('/v1/chat/completions', ask);
  assert.equal(answer.status, 502);
  assert.equal(answer.json.error.type, 'api_error');
  assert.equal(answer.json.error.code, 'upstream_error');
  assert.match(answer.json.error.message, /^the provider far cannot be reached/);
  const line = await gateway.logged(answer.headers.get('x-request-id'));
  assert.equal(line.decision, 'allow');
  assert.match(line.trouble, /cannot be reached/);
  assert.equal((await gateway.stop()).code, 0);
});

test('garbage from upstream is 502', async () => {
  const garbage = ['hello\r\n\r\n', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n', 'HTTP/2.0 200 OK\r\n\r\n', '\x15\x03\x01\x00\x02\x02\x0a',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n', 'HTTP/1.1 101 Switching\r\n\r\n', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70000)}\r\n\r\n`,
    'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100)];
  let bytes;
  const { gateway, stop } = await answering(() => bytes);
  for (bytes of garbage) {
    const answer = await gateway.post('/v1/chat/completions', ask);
    assert.equal(answer.status, 502, bytes.slice(0, 60));
    assert.equal(answer.json.error.code, 'upstream_error');
  }
  await stop();
});

test('an upstream that closes without an answer is 502', async () => {
  const { gateway, upstream, stop } = await answering('', (socket) => socket.end());
  assert.equal((await gateway.post('/v1/chat/completions', ask)).status, 502);
  assert.equal(upstream.connections, 1);
  await stop();
});

test('an upstream that does not answer in time is 504', async () => {
  const { gateway, stop } = await answering('', () => {}, ', upstream_timeout: 300ms');
  const answer = await gateway.post('/v1/chat/completions', ask);
  assert.equal(answer.status, 504);
  assert.equal(answer.json.error.code, 'upstream_timeout');
  assert.equal((await gateway.post('/v1/chat/completions', chat())).status, 200);
  await stop();
});

test('an answer that breaks off is cut, never completed', async () => {
  const events = 'data: {"choices":[]}\n\n';
  const chunked = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${events.length.toString(16)}\r\n${events}\r\n`;
  const parts = {
    'a length not reached': ['HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"half":', ''],
    'a chunk not complete': [chunked + 'ff\r\nda', ''],
    'no last chunk': [chunked, ''],
    'a broken chunk': [chunked, 'zz\r\n'],
    'a broken end': [chunked, '0\r\nno field\r\n\r\n'],
  };
  let part;
  const { gateway, stop } = await answering(() => part[0], async (socket) => {
    await sleep(50);
    socket.end(part[1]);
  });
  for (const [name, bytes] of Object.entries(parts)) {
    part = bytes;
    const { text, ended } = await gateway.raw(request(ask));
    assert.ok(ended, name);
    assert.deepEqual(statuses(text), [200], name);
    assert.ok(!text.endsWith('0\r\n\r\n'), name);
  }
  await until(() => gateway.log.length === Object.keys(parts).length, 'all are in the log');
  assert.ok(gateway.log.every((line) => line.trouble));
  await stop();
});

test('a stream that outlasts its time is cut', async () => {
  const { gateway, stop } = await answering('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n', () => {}, `, upstream_timeout: ${300 * patience}ms`);
  const { text, ended } = await gateway.raw(request(ask));
  assert.ok(ended);
  assert.match(text, /hello\r\n$/);
  await stop();
});

test('an answer that ends with its connection is passed on whole', async () => {
  const { gateway, stop } = await answering('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nsome text', async (socket) => {
    await sleep(30);
    socket.end(' and more');
  });
  const answer = await gateway.post('/v1/chat/completions', ask);
  assert.equal(answer.text, 'some text and more');
  await stop();
});

test('interim answers are skipped, hop-by-hop fields dropped', async () => {
  const { gateway, stop } = await answering('HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nConnection: x-hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nX-Stay: 1\r\nContent-Length: 2\r\n\r\n{}');
  const answer = await gateway.post('/v1/chat/completions', ask, { 'x-secret-hop': '1' });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('x-stay'), '1');
  assert.equal(answer.headers.get('x-hop'), null);
  await stop();
});

test('a connection is reused, and replaced once where it died meanwhile', async () => {
  const { gateway, upstream, stop } = await answering(json('{"n":1}'), async (socket, number) => {
    if (number === 0) setTimeout(() => socket.destroy(), 30);
  });
  const one = () => gateway.raw(request(ask, 'Connection: close\r\n'));
  assert.deepEqual(statuses((await one()).text), [200]);
  await sleep(200);  // the upstream has closed the idle connection
  for (let i = 0; i < 8; i++) assert.deepEqual(statuses((await one()).text), [200]);
  assert.ok(upstream.connections >= 2);
  await stop();
});

test('a reused connection that dies before an answer is retried once, not more', async () => {
  let requests = 0;
  const upstream = await bareUpstream((socket) => {
    let first = true;
    socket.on('data', () => {
      requests++;
      if (first) socket.write(json('{}'));
      else socket.destroy();
      first = false;
    });
  });
  const gateway = await Gateway.start({ upstream: upstream.port, args: ['--threads', '1'] });
  for (let i = 0; i < 4; i++) assert.equal((await gateway.post('/v1/chat/completions', ask)).status, 200);
  assert.equal(requests, 7);  // the first, then a dead one and its replacement each time
  await gateway.stop();
  upstream.stop();
});

test('pipelined calls to an upstream are answered in order', async () => {
  const upstream = await Upstream.start();
  const gateway = await Gateway.start({ upstream: upstream.port });
  const bodies = Array.from({ length: 5 }, (_, i) => chat({ model: 'same', messages: [{ role: 'user', content: `n${i}` }] }));
  const { text } = await gateway.raw(bodies.map((one, i) => request(one, i === 4 ? 'Connection: close\r\n' : '')).join(''));
  assert.deepEqual([...text.matchAll(/far says (n\d)/g)].map((match) => match[1]), ['n0', 'n1', 'n2', 'n3', 'n4']);
  await gateway.stop();
  upstream.stop();
});

test('large bodies pass both ways, however slowly the client reads', async () => {
  const upstream = await Upstream.start();
  const large = 'x'.repeat(3_000_000);
  upstream.answer = (seen, response) => response.end(`${seen.body.length}:${large}`);
  const gateway = await Gateway.start({ upstream: upstream.port });
  const body = chat({ model: 'same', messages: [{ role: 'user', content: large }] });
  const answer = await gateway.post('/v1/chat/completions', body);
  assert.equal(answer.text.length, large.length + String(JSON.stringify(body).length).length + 1);
  assert.equal(upstream.last.body, JSON.stringify(body));
  await gateway.stop();
  upstream.stop();
});

test('other bodies are forwarded by their path and query', async () => {
  const upstream = await Upstream.start();
  upstream.answer = (seen, response) => response.end('ok');
  const gateway = await Gateway.start({ upstream: upstream.port });
  const answer = await gateway.raw(`PUT /files/a%20b/../c%C3%A9?x=%2F&y HTTP/1.1\r\nHost: a\r\n${auth}Connection: close, x-mine\r\nX-Mine: 1\r\nX-Other: 2\r\nContent-Length: 3\r\n\r\n\xff\x00\x01`);
  assert.deepEqual(statuses(answer.text), [200]);
  assert.equal(upstream.last.method, 'PUT');
  assert.equal(upstream.last.url, '/files/c%C3%A9?x=%2F&y');
  assert.equal(upstream.last.headers['x-mine'], undefined);
  assert.equal(upstream.last.headers['x-other'], '2');
  assert.equal((await gateway.post('/json', '{"a":1}')).status, 200);
  assert.equal((await gateway.post('/json', '{"a":1')).status, 400);
  await gateway.stop();
  upstream.stop();
});
