// What happens when a provider fails: fallbacks, retries, timeouts, breakers, health.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { breaksAfter, chunk, closes, failsWith, inTurn, json, never, readEvents, says, sse } from './answers.mjs';
import { scene } from './scene.mjs';
import { Upstream, patience, sleep, until } from './support.mjs';

const routed = (routes, upstreams = 2) => scene(`endpoint "/t/**" { accepts: chat, model: "m0" }\npolicy open { on "/**" allow }\n${
  Object.entries(routes).map(([name, route]) => `policy to_${name} { on "/t/${name}" ${route} }`).join('\n')}`, { upstreams });
const to = (name, more) => ({ path: `/t/${name}`, ...more });
const counts = (ups) => ups.map((up) => up.seen.length);
const stream = { stream: true };

test('the next target answers after 429, 5xx, no answer, none in time', async () => {
  const { gateway, ups, stop } = await routed({ a: 'route to "m0", "m1", "m2"', slow: `route to "m0", "m1" timeout ${400 * patience}ms` }, 3);
  ups[2].answer = says('third');
  for (const [first, second] of [[failsWith(429), failsWith(500)], [closes, failsWith(503)]]) {
    ups[0].answer = first;
    ups[1].answer = second;
    assert.equal((await gateway.chat({}, to('a'))).content, 'third');
    assert.equal(readEvents((await gateway.chat(stream, to('a'))).text).text, 'third');
  }
  ups[0].answer = never;
  ups[1].answer = says('second');
  assert.equal((await gateway.chat({}, to('slow'))).content, 'second');
  assert.equal(JSON.parse(ups[1].last.body).model, 'm1');
  await until(() => ups[0].last.closed, 'the first is let go');
  await stop();
});

test('the next target answers where the first can not be reached', async () => {
  const gone = await Upstream.start();
  gone.stop();
  const { gateway, stop } = await scene(`provider gone { kind: openai, url: "http://127.0.0.1:${gone.port}" }\nmodel "gone" { provider: gone }\npolicy open { on "/**" allow route to "gone", "m0" }`);
  assert.equal((await gateway.chat()).content, 'an answer');
  await stop();
});

test('what the client asked wrongly is not asked elsewhere', async () => {
  const { gateway, ups, stop } = await routed({ a: 'route to "m0", "m1"' });
  for (const status of [400, 401, 404, 422]) {
    ups[0].answer = failsWith(status);
    assert.equal((await gateway.chat({}, to('a'))).status, status);
  }
  assert.deepEqual(counts(ups), [4, 0]);
  await stop();
});

test('where all fail the last failure is the answer', async () => {
  const { gateway, ups, stop } = await routed({ a: 'route to "m0", "m1"' });
  ups[0].answer = failsWith(429, { 'retry-after': '3' });
  ups[1].answer = failsWith(500);
  const one = await gateway.chat({}, to('a'));
  assert.deepEqual([one.status, one.error, one.headers.get('retry-after')], [500, 'upstream says 500', null]);
  ups[1].answer = closes;
  const two = await gateway.chat({}, to('a'));
  assert.deepEqual([two.status, two.json.error.code], [502, 'upstream_error']);
  assert.match(two.error, /provider p1/);
  await stop();
});

test('retries go round again, and only after what they name', async () => {
  const { gateway, ups, stop } = await routed({ again: 'route to "m0" retry 2', round: 'route to "m0", "m1" retry 3', missing: 'route to "m0" retry 1 on [404]',
    bad: 'route to "m0" retry 1 on [4xx]', late: 'route to "m0", "m1" retry 1 on [timeout]' });
  const twice = (first, then) => inTurn(first, first, then);
  ups[0].answer = twice(failsWith(500), says('at last'));
  assert.equal((await gateway.chat({}, to('again'))).content, 'at last');
  assert.deepEqual(counts(ups), [3, 0]);
  ups[0].answer = twice(failsWith(503), failsWith(429));
  assert.equal((await gateway.chat({}, to('again'))).status, 429);
  assert.deepEqual(counts(ups), [6, 0]);
  ups[0].answer = inTurn(failsWith(500), says('the first again'));
  ups[1].answer = failsWith(500);
  assert.equal((await gateway.chat({}, to('round'))).content, 'the first again');
  assert.deepEqual(counts(ups), [8, 1]);
  ups[0].answer = inTurn(failsWith(404), says('found'));
  assert.equal((await gateway.chat({}, to('missing'))).content, 'found');
  ups[0].answer = failsWith(500);
  assert.equal((await gateway.chat({}, to('missing'))).status, 500);
  ups[0].answer = inTurn(failsWith(418), says('tea'));
  assert.equal((await gateway.chat({}, to('bad'))).content, 'tea');
  ups[0].answer = failsWith(500);
  assert.equal((await gateway.chat({}, to('late'))).status, 500);
  assert.equal(ups[1].seen.length, 1);
  ups[0].answer = closes;
  ups[1].answer = says('not late');
  assert.equal((await gateway.chat({}, to('late'))).content, 'not late');
  await stop();
});

test('an answer of which something was passed on is not tried again', async () => {
  const { gateway, ups, stop } = await routed({ a: 'route to "m0", "m1" retry 3' });
  ups[0].answer = breaksAfter(sse(chunk({ content: 'half' })));
  await assert.rejects(gateway.chat(stream, to('a')));
  ups[0].answer = breaksAfter('{"choices": [', 'application/json');
  await assert.rejects(gateway.chat({}, to('a')));
  assert.deepEqual(counts(ups), [2, 0]);
  await stop();
});

test('an answer that was held back when it broke is tried elsewhere', async () => {
  const { gateway, ups, stop } = await routed({ a: 'route to "m0", "m1" deny 451 when not response.text.contains("good")' });
  ups[1].answer = says('a good answer');
  ups[0].answer = breaksAfter(sse(chunk({ role: 'assistant', content: 'half of a bad' })));
  const got = readEvents((await gateway.chat(stream, to('a'))).text);
  assert.deepEqual([got.text, got.finish, got.done], ['a good answer', 'stop', true]);
  ups[0].answer = breaksAfter('{"choices": [', 'application/json');
  assert.equal((await gateway.chat({}, to('a'))).content, 'a good answer');
  await stop();
});

test('a client that leaves is not answered by others', async () => {
  const { gateway, ups, stop } = await routed({ a: 'route to "m0", "m1" retry 5' });
  ups[0].answer = never;
  const abort = new AbortController();
  const call = gateway.chat({}, to('a', { signal: abort.signal })).catch(() => 'left');
  await until(() => ups[0].seen.length === 1, 'the first is asked');
  const id = ups[0].last.headers['x-request-id'];
  abort.abort();
  assert.equal(await call, 'left');
  const line = await gateway.logged(id);
  assert.equal(line.client_gone, true);
  assert.deepEqual(counts(ups), [1, 0]);
  await stop();
});

test('a timeout bounds one try, not all of them', async () => {
  const { gateway, ups, stop } = await routed({ a: `route to "m0", "m1", "m2" timeout ${500 * patience}ms`, b: 'route to "m0" timeout 500ms' }, 3);
  ups[0].answer = never;
  ups[1].answer = never;
  ups[2].answer = says('third');
  assert.equal((await gateway.chat({}, to('a'))).content, 'third');
  const late = await gateway.chat({}, to('b'));
  assert.deepEqual([late.status, late.json.error.code], [504, 'upstream_timeout']);
  await stop();
});

test('a breaker opens, lets one request through after its pause, and closes with a success', async () => {
  const { gateway, ups, stop } = await routed({ a: 'route to "m0", "m1" break after 2 failures for 2s' });
  const ask = async () => (await gateway.chat({}, to('a'))).content;
  ups[0].answer = failsWith(500);
  ups[1].answer = says('second');
  assert.deepEqual([await ask(), await ask()], ['second', 'second']);
  const opened = Date.now();
  assert.equal(await ask(), 'second');
  if (Date.now() - opened < 1500) assert.equal(ups[0].seen.length, 2, 'it is left alone');
  let release;
  ups[0].answer = async (seen, response) => {
    await new Promise((resolve) => (release = resolve));
    says('first')(seen, response);
  };
  const before = ups[0].seen.length, asked = [];
  await until(async () => {
    const one = ask();
    asked.push(one);
    await Promise.race([one, sleep(300)]);
    return ups[0].seen.length > before;
  }, 'one is let through again');
  assert.deepEqual(await Promise.all([ask(), ask()]), ['second', 'second'], 'one at a time');
  assert.equal(ups[0].seen.length, before + 1);
  release();
  assert.deepEqual((await Promise.all(asked)).filter((content) => content !== 'second'), ['first']);
  ups[0].answer = says('first');
  await until(async () => (await ask()) === 'first', 'it is closed');  // once the answer has ended
  assert.deepEqual([await ask(), await ask()], ['first', 'first']);
  await stop();
});

test('an unhealthy target comes last, and where removes it', async () => {
  const { gateway, ups, stop } = await routed({ a: 'route to "m0", "m1"', b: 'route to "m0" where target.healthy', c: 'route to "m0"' });
  ups[0].answer = failsWith(500);
  ups[1].answer = says('second');
  for (let i = 0; i < 5; i++) assert.equal((await gateway.chat({}, to('a'))).content, 'second');
  ups[0].answer = says('first');
  assert.equal((await gateway.chat({}, to('a'))).content, 'second');
  assert.deepEqual(counts(ups), [5, 6]);
  const refused = await gateway.chat({}, to('b'));
  assert.deepEqual([refused.status, refused.policy], [503, null]);
  ups[1].answer = failsWith(500);
  assert.equal((await gateway.chat({}, to('a'))).content, 'first', 'it is tried where the others fail');
  await until(async () => (await gateway.chat({}, to('b'))).content === 'first', 'it is healthy');  // known once the answer has ended
  await stop();
});

test('calls that clients left say nothing of a target', async () => {
  const { gateway, ups, stop } = await routed({ a: 'route to "m0" where target.healthy' }, 1);
  ups[0].answer = never;
  for (let i = 0; i < 6; i++) {
    const abort = new AbortController();
    const call = gateway.chat({}, to('a', { signal: abort.signal })).catch(() => {});
    await until(() => ups[0].seen.length === i + 1, 'it is asked');
    abort.abort();
    await call;
    await until(() => ups[0].seen[i].closed, 'it is let go');
  }
  ups[0].answer = json({ choices: [{ index: 0, message: { role: 'assistant', content: 'well' }, finish_reason: 'stop' }] });
  await until(async () => (await gateway.chat({}, to('a'))).content === 'well', 'it is healthy');
  await stop();
});
