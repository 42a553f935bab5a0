// Starting and stopping: what keeps a gateway from starting is one line and exit 2; a signal loses no request.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { Gateway, Upstream, chat, isClosed, keys, makeFolder, patience, policies, raw, request, run, sleep, statuses, until } from './support.mjs';

async function cannotStart(change, message, args = [], env = {}) {
  const folder = makeFolder(policies());
  await change(folder);
  const { code, out, err } = await run(['serve', folder, ...args], env);
  rmSync(folder, { recursive: true });
  assert.equal(code, 2, err);
  assert.equal(out, '');
  assert.equal(err.trimEnd().split('\n').length, 1, err);
  assert.match(err, message);
}

test('what is missing or wrong is one line and exit 2', async () => {
  await cannotStart((folder) => rmSync(path.join(folder, 'keys.json')), /identity keys: cannot read .*keys\.json: No such file/);
  await cannotStart((folder) => writeFileSync(path.join(folder, 'keys.json'), '{"keys":[{"id":"a"}]}'), /keys\.json: keys\[0\]: has no hash/);
  await cannotStart(() => {}, /provider far: the environment variable FAR_KEY is not set/, [], { FAR_KEY: undefined });
  for (const address of ['nowhere', '127.0.0.1', '127.0.0.1:99999', '300.1.1.1:80', ':80', '127.0.0.1:x']) {
    await cannotStart(() => {}, /is not an address like 127\.0\.0\.1:8080/, ['--listen', address]);
  }
  await cannotStart(() => {}, /cannot listen on 192\.0\.2\.1:80: /, ['--listen', '192.0.2.1:80']);
});

test('a busy port is one line and exit 2, also where another gateway has it', async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `127.0.0.1:${server.address().port}`;
  await cannotStart(() => {}, /cannot listen on 127\.0\.0\.1:\d+: Address already in use/, ['--listen', address]);
  server.close();
  const gateway = await Gateway.start();
  await cannotStart(() => {}, /Address already in use/, ['--listen', `127.0.0.1:${gateway.port}`]);
  await gateway.stop();
});

test('SIGTERM and SIGINT end an idle gateway at once', async () => {
  for (const signal of ['SIGTERM', 'SIGINT']) {
    const gateway = await Gateway.start();
    const idle = raw(gateway.port, request(chat()));
    await until(() => gateway.log.length === 1, 'it is answered');
    const begun = Date.now();
    assert.deepEqual(await gateway.stop(signal), { code: 0, signal: null });
    assert.ok(Date.now() - begun < 1000 * patience);
    const { text, ended } = await idle;
    assert.deepEqual(statuses(text), [200]);
    assert.ok(ended);
    assert.equal(gateway.log.length, 1);
  }
});

test('SIGTERM lets requests in flight end, then exits 0', async () => {
  const upstream = await Upstream.start();
  upstream.answer = async (seen, response) => {
    response.setHeader('content-type', 'text/event-stream');
    for (let i = 0; i < 10; i++) {
      response.write(`data: ${i}\n\n`);
      await sleep(50);
    }
    response.end('data: [DONE]\n\n');
  };
  const gateway = await Gateway.start({ upstream: upstream.port });
  const streams = Array.from({ length: 4 }, () => gateway.post('/v1/chat/completions', chat({ model: 'same', stream: true })));
  while (upstream.seen.length < 4) await sleep(5);
  gateway.process.kill('SIGTERM');
  await until(() => isClosed(gateway.port), 'nobody accepts any more');
  for (const answer of await Promise.all(streams)) assert.match(answer.text, /data: 9\n\ndata: \[DONE\]\n\n$/);
  assert.deepEqual(await gateway.stop(), { code: 0, signal: null });
  assert.equal(gateway.log.length, 4);
  upstream.stop();
});

test('drain_timeout and a second signal end what does not end', async () => {
  const upstream = await Upstream.start();
  upstream.answer = () => {};
  for (const [settings, signals] of [[', drain_timeout: 300ms', 1], ['', 2]]) {
    const gateway = await Gateway.start({ upstream: upstream.port, settings });
    const begun = Date.now();
    const call = gateway.post('/v1/chat/completions', chat({ model: 'same' })).catch(() => 'cut');
    while (upstream.seen.length === 0) await sleep(5);
    upstream.seen.length = 0;
    for (let i = 0; i < signals; i++) {
      gateway.process.kill('SIGTERM');
      await until(() => isClosed(gateway.port), 'it drains');  // signals that come together are one
    }
    assert.deepEqual(await gateway.stop(), { code: 0, signal: null });
    assert.ok(Date.now() - begun < 3000 * patience);
    assert.equal(await call, 'cut');
  }
  upstream.stop();
});

test('keys that `aipol keys` makes open the gateway, those it revokes do not', async () => {
  const gateway = await Gateway.start();
  const file = path.join(gateway.folder, 'keys.json');
  const added = await run(['keys', 'add', '--file', file, '--role', 'clerk', '--name', 'made']);
  assert.equal(added.code, 0, added.err);
  const key = added.out.match(/aip_[\w-]{43}/)[0];
  const second = await Gateway.start();
  writeFileSync(path.join(second.folder, 'keys.json'), '');
  await second.stop();
  assert.equal((await gateway.post('/v1/chat/completions', chat(), { authorization: `Bearer ${key}` })).status, 401);  // not read yet
  assert.equal((await gateway.post('/v1/chat/completions', chat(), { authorization: `Bearer ${keys.clerk}` })).status, 200);
  await gateway.stop();
});
