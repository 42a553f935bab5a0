// However a call ends, what was reserved for it is settled or given back, and its slot is free again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { breaksAfter, chunk, closes, completion, failsWith, json, never, says, sse, streams, usageOf } from './answers.mjs';
import { caller, probe, scene } from './scene.mjs';
import { chat, sleep, until } from './support.mjs';

const policy = `
endpoint "/t/**" { accepts: chat, model: "m0" }
meter tokens_ever = tokens per ever by ${caller}
meter calls       = requests per ever by ${caller}
meter failures    = errors per 5m by ${caller}
meter refused     = denials per 10m by ${caller} where request.path like "/t/*"

policy open  { on "/**" allow }
policy sizes { on "/t/**" limit tokens_ever to 1500 limit 1 concurrent by ${caller} }
policy times { on "/t/slow" route to "m0" timeout 300ms }
policy two   { on "/t/two" route to "m0", "m1" }
policy out   { on "/t/out" deny 451 "secret" when response.text.contains("secret") }
policy form  { on "/t/form" validate response with "answer.json" }
policy far   { on "/t/far" require target.tier == large else 451 "only large ones" }
policy day   { on "/t/day" limit 0 requests per day by ${caller} }
${probe('tokens_ever', 'calls', 'failures', 'refused')}
`;

const files = { 'answer.json': JSON.stringify({ type: 'object' }) };
let gateway, up, other, stop;
before(async () => ({ gateway, up, ups: [, other], stop } = await scene(policy, { shared: true, upstreams: 2, members: 'price: {}, tier: large', files, settings: ', admin: "127.0.0.1:0"' })));
after(() => stop());

let number = 0;
const reserved = 1000;  // so that a second call passes only where the first was given back
const send = (who, name = 'plain', members = {}, more = {}) => gateway.chat({ max_tokens: reserved, ...members }, { path: `/t/${name}`, headers: { 'x-caller': who }, ...more });

// What the meters say once all has ended, and that another call passes: its slot and what was reserved are free.
async function afterwards(who, { tokens, calls, failures = 0, refused = 0 }) {
  await gateway.settled('tokens_ever', tokens, who);
  await gateway.settled('calls', calls, who);
  await gateway.settled('failures', failures, who);
  await gateway.settled('refused', refused, who);
  up.answer = says('fine', { usage: usageOf(1, 1) });
  let answer;
  await until(async () => (answer = await send(who)).status === 200, () => `a call passes: ${answer.text}`);
  await gateway.settled('tokens_ever', tokens + 2, who);
}

const ending = (title, name, members, answer, status, expected) => test(title, async () => {
  const who = `caller-${++number}`;
  up.answer = answer;
  const got = await send(who, name, members).catch((error) => ({ status: 0, error }));
  assert.equal(got.status, status, got.text ?? got.error);
  await afterwards(who, expected);
});

const stream = { stream: true };
const some = sse(chunk({ role: 'assistant', content: 'some words' }));

ending('an answer is settled to what it reports', 'plain', {}, says('x', { usage: usageOf(20, 30) }), 200, { tokens: 50, calls: 1 });
ending('a stream is settled to what it reports', 'plain', stream, says('x', { usage: usageOf(20, 30) }), 200, { tokens: 50, calls: 1 });
ending('an answer that is looked at is settled to what it reports', 'out', {}, says('x', { usage: usageOf(20, 30) }), 200, { tokens: 50, calls: 1 });
ending('a stream that is looked at is settled to what it reports', 'out', stream, says('x', { usage: usageOf(20, 30) }), 200, { tokens: 50, calls: 1 });
ending('an error of the provider costs nothing', 'plain', {}, failsWith(500), 500, { tokens: 0, calls: 1, failures: 1 });
ending('nor where answers are looked at', 'out', stream, failsWith(503), 503, { tokens: 0, calls: 1, failures: 1 });
ending('a refusal of the provider costs nothing and is no error', 'plain', {}, failsWith(400), 400, { tokens: 0, calls: 1 });
ending('a provider that closes without an answer', 'plain', {}, closes, 502, { tokens: 0, calls: 1, failures: 1 });
ending('a provider that closes without an answer to a stream', 'out', stream, closes, 502, { tokens: 0, calls: 1, failures: 1 });
ending('a provider that is too slow', 'slow', {}, never, 504, { tokens: 0, calls: 1, failures: 1 });
ending('a provider whose answer breaks off while it is held back', 'form', {}, breaksAfter('{"choices": [', 'application/json'), 502, { tokens: 0, calls: 1, failures: 1 });
ending('a provider whose answer is none', 'form', {}, (seen, response) => response.end('words'), 502, { tokens: 0, calls: 1, failures: 1 });
ending('an answer that is refused was paid for', 'out', {}, says('secret', { usage: usageOf(20, 30) }), 451, { tokens: 50, calls: 1, refused: 1 });
ending('a form that does not fit was paid for', 'form', stream, says('[]', { usage: usageOf(20, 30) }), 502, { tokens: 50, calls: 1, refused: 1 });

for (const name of ['plain', 'out']) {
  test(`a stream that breaks off is not charged what was reserved (${name})`, async () => {
    const who = `caller-${++number}`;
    up.answer = breaksAfter(some);
    await assert.rejects(send(who, name, stream));
    await gateway.settled('calls', 1, who);
    await gateway.settled('failures', 1, who);
    await until(async () => (await gateway.used('tokens_ever', who)) < 50, 'little is charged');
    await afterwards(who, { tokens: await gateway.used('tokens_ever', who), calls: 1, failures: 1 });
  });

  test(`a client that leaves before the answer (${name})`, async () => {
    const who = `caller-${++number}`;
    up.answer = never;
    const before = up.seen.length;
    const abort = new AbortController();
    const left = send(who, name, {}, { signal: abort.signal });
    await until(() => up.seen.length > before, 'the provider is asked');
    abort.abort();
    await assert.rejects(left);
    await until(async () => (await gateway.used('tokens_ever', who)) === 0, 'all is given back');
    await afterwards(who, { tokens: 0, calls: 1, failures: await gateway.used('failures', who) });
  });

  test(`a client that leaves in the middle of a stream pays for what was made (${name})`, async () => {
    const who = `caller-${++number}`;
    up.answer = async (seen, response) => {
      response.setHeader('content-type', 'text/event-stream');
      while (!response.destroyed) await sleep(2, response.write(some));
    };
    const abort = new AbortController();
    const response = await fetch(`${gateway.url}/t/${name}`, { method: 'POST', body: JSON.stringify(chat({ model: 'm0', ...stream, max_tokens: reserved })), headers: { 'x-caller': who }, signal: abort.signal });
    await response.body.getReader().read();
    abort.abort();
    await until(() => up.last.closed, 'the provider is let go');
    let used;
    await until(async () => (used = await gateway.used('tokens_ever', who)) > 0 && used < reserved, () => `${used} tokens are charged`);
    await gateway.settled('failures', 0, who);
    await afterwards(who, { tokens: used, calls: 1 });
  });
}

test('a client that leaves while it sends was never there', async () => {
  const who = `caller-${++number}`;
  const id = '0123456789abcdef0123456789abcdef';
  await gateway.raw(`POST /t/plain HTTP/1.1\r\nHost: a\r\nX-Request-Id: ${id}\r\nX-Caller: ${who}\r\nContent-Length: 1000\r\n\r\n{"model":`, { cut: true });
  await gateway.logged(id);
  await sleep(50);  // whether it counts as refused is not said
  await afterwards(who, { tokens: 0, calls: 0, refused: await gateway.used('refused', who) });
});

test('a call that another took over is charged once, for the answer', async () => {
  const who = `caller-${++number}`;
  up.answer = failsWith(500);
  other.answer = says('from the other', { usage: usageOf(5, 6) });
  assert.equal((await send(who, 'two')).content, 'from the other');
  await afterwards(who, { tokens: 11, calls: 1 });
});

test('a call that all failed is given back', async () => {
  const who = `caller-${++number}`;
  up.answer = failsWith(500);
  other.answer = closes;
  assert.equal((await send(who, 'two')).status, 502);
  await afterwards(who, { tokens: 0, calls: 1, failures: 1 });
});

test('refusals before the provider take nothing', async () => {
  for (const [name, status, refused] of [['day', 429, 0]]) {
    const who = `caller-${++number}`;
    assert.equal((await send(who, name)).status, status);
    await afterwards(who, { tokens: 0, calls: 0, refused });
  }
});

test('an answer that reports nothing is estimated', async () => {
  const who = `caller-${++number}`;
  const answer = completion('x'.repeat(400), { usage: null });
  up.answer = json(answer);
  assert.equal((await send(who)).status, 200);
  let used;
  await until(async () => (used = await gateway.used('tokens_ever', who)) >= 100 && used < 150, () => `${used} tokens are counted`);
  await afterwards(who, { tokens: used, calls: 1 });
});

test('many streams that all end differently leave nothing behind', async () => {
  const who = `caller-${++number}`;
  const answers = [says('x', { usage: usageOf(1, 1) }), failsWith(500), closes, breaksAfter(some), never, streams(some + sse('[DONE]'))];
  up.answer = (seen, response) => answers[Number(seen.headers['x-way'])](seen, response);
  await Promise.all(Array.from({ length: 30 }, async (_, i) => {
    const abort = new AbortController();
    const call = gateway.chat({ ...stream, max_tokens: 5 }, { headers: { 'x-caller': who, 'x-way': String(i % 6), 'x-number': String(i) }, signal: abort.signal }).catch(() => {});
    if (i % 6 === 4) await until(() => up.seen.some(({ headers }) => headers['x-caller'] === who && headers['x-number'] === String(i)), 'it is asked'), abort.abort();
    await call;
  }));
  await until(async () => (await gateway.metric('aipol_requests_in_flight')) === 0, 'all is settled');
  const used = await gateway.used('tokens_ever', who);
  assert.ok(used < 200, `${used} tokens`);
  up.answer = says('fine', { usage: usageOf(1, 1) });
  await afterwards(who, { tokens: used, calls: 30, failures: await gateway.used('failures', who) });
});
