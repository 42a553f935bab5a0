// What gateways stand on goes away under load: Redis, with each answer of `on_state_error`; meanwhile requests are answered, not kept waiting,
// and what was used is counted in the end.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { events, says, usageOf } from './answers.mjs';
import { recordsOf, total } from './ledger.mjs';
import { Redis, SlowPath, noRedis } from './redis.mjs';
import { caller, models as modelsOf, probe } from './scene.mjs';
import { Gateway, Upstream, patience, sleep, until } from './support.mjs';

const about = (...parts) => parts.join(' ');
const started = new Set();
after(() => Promise.all([...started].map((one) => one.stop())));
const start = (one) => (started.add(one), one);

const policy = (port, redis, onError, limit) => `package outages
endpoint "/t/**" { accepts: chat, model: "m0" }
sink trail { kind: file, path: "audit.jsonl", fsync: never }
gateway { listen: "127.0.0.1:0", admin: "127.0.0.1:0", state: redis("${redis.url}"), on_state_error: ${onError}, audit: [trail] }
${modelsOf([port])}
meter spent = tokens per ever by ${caller}
policy open { on "/**" allow }
policy some { on "/t/counted" limit spent to ${limit} }
${probe('spent')}
`;

async function load(gateway, goes, name = 'counted', clients = 32) {
  const results = [];
  await Promise.all(Array.from({ length: clients }, async (_, client) => {
    for (let i = 0; goes(); i++) {
      const begun = Date.now();
      const { status, text } = await gateway.chat({ max_tokens: 20 }, { path: `/t/${name}`, headers: { 'x-caller': name === 'free' ? 'other' : 'all' } });
      results.push({ status, text, begun, took: Date.now() - begun });
      if (status !== 200) await sleep(10 + client % 7);
    }
  }));
  return results;
}

// Load, during which Redis is killed and comes back.
async function outage(onError, limit = '1G') {
  const redis = start(await Redis.start()), up = start(await Upstream.start());
  up.answer = (seen, response) => sleep(5).then(() => says('some words', { usage: usageOf(3, 7) })(seen, response));
  const gateway = start(await Gateway.start({ policy: policy(up.port, redis, onError, limit) }));
  let goes = true;
  const counted = load(gateway, () => goes), free = load(gateway, () => goes, 'free', 2);
  await sleep(400 * patience);
  const lives = Date.now();
  await redis.down();
  const gone = Date.now();
  await until(async () => (await gateway.metric('aipol_state_away')) === 1, 'it is away');
  await sleep(600 * patience);
  const back = Date.now();
  await redis.up();
  await until(async () => (await gateway.metric('aipol_state_away')) === 0, 'it is back');
  await sleep(300 * patience);
  if (limit !== '1G') await until(async () => (await gateway.metric('aipol_requests_total', { status: '429' })) > 0, 'the limit is reached');
  goes = false;
  const results = await counted, others = await free;
  const slowest = Math.max(...results.map((one) => one.took));
  assert.ok(slowest < 5000 * patience, about(`the slowest answer took ${slowest} ms`));
  assert.ok(others.every((one) => [200, 503].includes(one.status)), about('what no limit counts'));
  const during = results.filter((one) => one.begun > gone + 300 && one.begun + one.took < back - 50);
  assert.ok(during.length > 0, about('requests are answered meanwhile'));
  let last, now;
  await until(async () => {
    [last, now] = [now, await gateway.used('spent', 'all')];
    await sleep(50);
    return last === now && (await gateway.metric('aipol_requests_in_flight')) === 0;
  }, 'what is counted stands still');
  await until(() => recordsOf(gateway).filter((record) => record.request?.path !== '/v1/models').length === results.length + others.length, 'all is recorded');
  return { redis, up, gateway, results, during, before: results.filter((one) => one.begun + one.took < lives), after: results.filter((one) => one.begun > back + 300), used: now };
}

async function stop({ redis, up, gateway }) {
  [redis, up, gateway].forEach((one) => started.delete(one));
  assert.deepEqual(await gateway.stop(), { code: 0, signal: null });
  up.stop();
  await redis.stop();
}

const all = (list, status) => list.every((one) => one.status === status);

test('`deny`: 503 while Redis is away, nothing is counted twice or lost', { skip: noRedis, timeout: 60_000 * patience }, async () => {
  const scene = await outage('deny');
  assert.ok(all(scene.before, 200) && scene.before.length > 0);
  for (const { status, text } of scene.during) {
    assert.equal(status, 503, about(text));
    assert.match(text, /the shared counters can not be reached/);
  }
  assert.ok(scene.after.some((one) => one.status === 200), 'they pass again');
  assert.equal(scene.used, total(recordsOf(scene.gateway), 'spent', 'all'), about('as the log says'));
  await stop(scene);
});

test('`allow`: requests pass while Redis is away', { skip: noRedis, timeout: 60_000 * patience }, async () => {
  const scene = await outage('allow');
  assert.ok(all(scene.results, 200), about(JSON.stringify(scene.results.find((one) => one.status !== 200))));
  const written = total(recordsOf(scene.gateway), 'spent', 'all');
  assert.ok(scene.used <= written, about(`${scene.used} are counted, ${written} were used`));
  assert.ok(scene.used >= scene.before.length * 10, about(`${scene.used} are counted, before it went ${scene.before.length * 10} were used`));
  await stop(scene);
});

test('`local`: the gateway counts alone, and adds what was used when Redis is back', { skip: noRedis, timeout: 60_000 * patience }, async () => {
  const scene = await outage('local');
  assert.ok(all(scene.results, 200), about(JSON.stringify(scene.results.find((one) => one.status !== 200))));
  const written = total(recordsOf(scene.gateway), 'spent', 'all');
  let used;
  await until(async () => (used = await scene.gateway.used('spent', 'all')) === written, () => about(`${used} are counted, ${written} were used`));
  await stop(scene);
});

test('`local`: a limit holds while Redis is away, too', { skip: noRedis, timeout: 60_000 * patience }, async () => {
  const scene = await outage('local', 6000);
  assert.ok(scene.used <= 6000, about(`${scene.used} were used`));
  assert.ok(scene.used > 6000 - 32 * 23, about(`${scene.used} were used`));  // so much others had reserved
  assert.equal(scene.used, total(recordsOf(scene.gateway), 'spent', 'all'), about('as the log says'));
  await stop(scene);
});

test('a gateway does not start without its Redis, and says which', async () => {
  const up = start(await Upstream.start());
  await Gateway.start({ policy: policy(up.port, { url: 'redis://:pass-word@127.0.0.1:1' }, 'deny', 1) }).then(async (gateway) => {
    // Or it starts, and says that nobody can be counted.
    start(gateway);
    assert.equal((await gateway.chat({}, { path: '/t/counted', headers: { 'x-caller': 'all' } })).status, 503);
    assert.ok(!gateway.stderr.includes('pass-word'));
  }, (error) => {
    assert.match(error.message, /127\.0\.0\.1:1/);
    assert.ok(!error.message.includes('pass-word'));
  });
});

// One thread serves all: what waits for Redis must not wait on it.
test('nobody waits for an answer whose limits are looked up in a Redis that is slow', { skip: noRedis, timeout: 60_000 * patience }, async () => {
  const redis = start(await Redis.start()), slow = start(await SlowPath.to(redis)), up = start(await Upstream.start());
  const gateway = start(await Gateway.start({
    args: ['--threads', '1'],
    policy: `package slow
endpoint "/t/**" { accepts: chat, model: "m0" }
gateway { listen: "127.0.0.1:0", state: redis("${slow.url}"), on_state_error: deny }
${modelsOf([up.port])}
meter refused = denials per hour by ${caller}
policy open { on "/**" allow }
policy ends { on "/t/cut" limit 10M output_tokens per day by ${caller} cut }
policy read { on "/t/read" deny 451 "refused before" when response.text.contains("some") and refused.used >= 100 }
`,
  }));
  // Ten pieces, each when the one before has been passed on for a while.
  const inPieces = async (seen, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const piece of events([{ role: 'assistant' }, ...Array.from({ length: 10 }, () => ({ content: 'some words ' }))], { asked: JSON.parse(seen.body) }).match(/data: [^]*?\n\n/g)) {
      response.write(piece);
      await sleep(10);
    }
    response.end();
  };
  const models = async () => gateway.read(await fetch(`${gateway.url}/v1/models`));
  await models();
  slow.delay = 200;
  for (const [path, stream] of [['/t/cut', true], ['/t/read', true], ['/t/read', false]]) {
    up.answer = (seen, response) => (JSON.parse(seen.body).stream ? inPieces : says('some words'))(seen, response);
    let done = false;
    const long = gateway.chat({ stream }, { path, headers: { 'x-caller': 'ann' } }).then((answer) => (done = true, answer));
    const took = [];
    while (!done) {
      const begun = performance.now();
      assert.equal((await models()).status, 200);
      took.push(performance.now() - begun);
    }
    assert.equal((await long).status, 200);
    const longest = Math.max(...took);
    assert.ok(longest < 0.6 * slow.delay * patience, `${about(path, stream ? 'stream' : 'whole')}: one of ${took.length} waited ${longest} ms`);
    await sleep(3 * slow.delay);  // its connection serves again when it is settled
  }
  for (const one of [gateway, up, slow, redis]) (started.delete(one), await one.stop());
});
