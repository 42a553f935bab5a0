// Many clients at once, of which some leave, before providers of which some fail: budgets hold, and nothing is lost or kept.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { breaksAfter, chunk, failsWith, says, sse, usageOf } from './answers.mjs';
import { probe, scene } from './scene.mjs';
import { sleep, until } from './support.mjs';

const clients = 64;

// How the calls of each path end. Each client makes a call to each path, in an order of its own.
const ways = {
  whole: ['answer', 'answer', 'answer', 'fail', 'close'],
  left: ['answer', 'leave', 'break'],
  budget: ['answer', 'answer', 'answer', 'fail', 'leave'],
  money: ['answer', 'answer', 'answer', 'close', 'leave'],
  few: ['answer', 'answer', 'close'],
};
const limits = { budget: 800, money: 0.008 };

const policy = `
endpoint "/t/**" { accepts: chat, model: "m0" }
meter whole    = tokens per ever by "all" where request.path == "/t/whole"
meter left     = tokens per ever by "all" where request.path == "/t/left"
meter budget   = tokens per ever by "all" where request.path == "/t/budget"
meter money    = usd    per ever by "all" where request.path == "/t/money"
meter calls    = requests per ever by "all" where request.path == "/t/whole"
meter failures = errors per ever by "all" where request.path == "/t/whole"
policy open   { on "/**" allow }
policy counts { on "/t/whole" limit whole to 1G }
policy slots  { on "/t/left" limit left to 1G limit ${clients} concurrent by "all" }
policy some   { on "/t/budget" limit budget to ${limits.budget} }
policy dear   { on "/t/money" limit money to $${limits.money} }
policy few    { on "/t/few" limit 8 concurrent by "all" }
${probe('whole', 'left', 'budget', 'money', 'calls', 'failures')}
`;

// The same numbers in every run.
function numbers(seed) {
  let state = seed;
  return () => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
}

// What the upstream reported in answers that came whole, by path; how many calls of `few` it had at once.
const ledger = Object.fromEntries(Object.keys(ways).map((name) => [name, { tokens: 0, answers: 0 }]));
let now = 0, most = 0;

const random = numbers(7);
async function answer(seen, response) {
  const { max_tokens: length } = JSON.parse(seen.body);
  const { 'x-way': way, 'x-path': name } = seen.headers;
  const usage = usageOf(1 + Math.floor(random() * 3), Math.floor((0.5 + random() / 2) * length));  // never more than was estimated
  if (name === 'few') {
    most = Math.max(most, ++now);
    response.on('close', () => --now);
  }
  await sleep(random() * 20);
  if (way === 'fail') return failsWith(random() < 0.5 ? 500 : 429)(seen, response);
  if (way === 'close') return seen.socket.destroy();
  if (way === 'break') return breaksAfter(sse(chunk({ content: 'half' })))(seen, response);
  if (way === 'leave') {
    response.setHeader('content-type', 'text/event-stream');
    return response.write(sse(chunk({ content: 'word' })));  // the client has to go
  }
  ledger[name].tokens += usage.prompt_tokens + usage.completion_tokens;
  ledger[name].answers += 1;
  return says('some words', { usage })(seen, response);
}

const send = (name, way, members = {}, more = {}) => gateway.chat({ max_tokens: 50, ...members }, { path: `/t/${name}`, headers: { 'x-way': way, 'x-path': name }, ...more });

async function call(name, draw) {
  const way = ways[name][Math.floor(draw() * ways[name].length)];
  const abort = new AbortController();
  const left = way === 'leave' && sleep(20 + draw() * 100).then(() => abort.abort());
  const stream = way === 'leave' || way === 'break' || draw() < 0.5;
  const { status, policy: by } = await send(name, way, { stream }, { signal: abort.signal }).catch(() => ({ status: 0 }));
  await left;
  return { name, way, status, by };
}

let gateway, stop, results;
const used = {};
const of = (name) => results.filter((one) => one.name === name);

before(async () => {
  const started = await scene(policy, { members: 'price: { input: $10, output: $10 }', settings: ', admin: "127.0.0.1:0"', shared: true });
  ({ gateway, stop } = started);
  started.up.answer = answer;
  const names = Object.keys(ways);
  const all = await Promise.all(Array.from({ length: clients }, async (_, client) => {
    const draw = numbers(client + 1), got = [];
    for (let i = 0; i < names.length; i++) got.push(await call(names[(client + i) % names.length], draw));
    return got;
  }));
  results = all.flat();
  await until(async () => (await gateway.metric('aipol_requests_in_flight')) === 0, 'all is settled');
  for (const meter of ['left', 'whole', 'budget', 'money', 'calls', 'failures']) used[meter] = await gateway.used(meter);
});
after(() => stop());

test('meters equal the ledger of what the upstream reported, whatever else failed', () => {
  assert.equal(of('whole').length, clients);
  assert.equal(of('whole').filter((one) => one.status === 200).length, ledger.whole.answers);
  assert.equal(used.whole, ledger.whole.tokens);
  assert.equal(used.calls, clients);
  assert.equal(used.failures, of('whole').filter((one) => one.status >= 500).length);
});

test('clients that leave and streams that break are charged little, and keep no slot', async () => {
  const early = of('left').filter((one) => one.way !== 'answer').length;
  assert.ok(used.left >= ledger.left.tokens && used.left <= ledger.left.tokens + early * 20, `${used.left} for ${ledger.left.tokens} and ${early} that ended early`);
  const again = await Promise.all(Array.from({ length: clients }, () => send('left', 'answer')));
  assert.ok(again.every((one) => one.status === 200), 'all slots are free');
});

for (const [name, perToken] of [['budget', 1], ['money', 10 / 1e6]]) {
  test(`a limit on ${name} holds, and is used`, async () => {
    const spent = ledger[name].tokens * perToken;
    assert.ok(used[name] <= limits[name] + 1e-9, `${used[name]} of ${limits[name]}`);
    assert.ok(used[name] >= limits[name] / 4, `${used[name]} of ${limits[name]}`);
    assert.ok(used[name] >= spent - 1e-9, `${used[name]} is less than was reported, ${spent}`);
    assert.ok(of(name).some((one) => one.by), 'somebody is refused');
    assert.equal((await send(name, 'answer', { max_tokens: limits.budget })).status, 429);
  });
}

test('never more are served at once than the limit says', async () => {
  assert.ok(most <= 8 + 8, `${most} at once`);  // an upstream may see the next before it has seen the last go
  assert.ok(of('few').every((one) => one.status !== 429 || one.by === 'few'));
  await until(async () => (await Promise.all(Array.from({ length: 8 }, () => send('few', 'answer')))).every((one) => one.status === 200), 'all slots are free');
});
