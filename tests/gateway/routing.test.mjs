// Who answers: strategies, what removes targets, copies. What happens on failure is in fallback.test.mjs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { closes, never, says } from './answers.mjs';
import { scene } from './scene.mjs';
import { patience, sleep, until } from './support.mjs';

const chats = 'endpoint "/t/**" { accepts: chat, model: "m0" }';

// Each upstream answers with its number.
async function numbered(text, options) {
  const all = await scene(`${chats}\n${text}`, { upstreams: 3, ...options });
  all.ups.forEach((up, i) => (up.answer = says(`${i}`)));
  all.asked = async (name, members, headers) => Number((await all.gateway.chat(members, { path: `/t/${name}`, headers })).content);
  all.inTurn = async (count, name, members) => {
    const got = [];
    for (let i = 0; i < count; i++) got.push(await all.asked(name, members));
    return got;
  };
  return all;
}
const shares = (got) => [0, 1, 2].map((one) => got.filter((each) => each === one).length);

const policy = `
pool small = ["m1", "m2"]
pool house = [small, "m0"]
policy open   { on "/**" allow when request.path != "/t/closed" }
policy order  { on "/t/order"  route to "m1", "m0" }
policy weight { on "/t/weight" route to ["m0" weight 3, "m1" weight 1, "m2" weight 0] }
policy turns  { on "/t/turns"  route to "m0", "m1", "m2" by round_robin }
policy many   { on "/t/many"   route to "m0", "m1", "m2" by round_robin }
policy cheap  { on "/t/cheap"  route to any by cheapest }
policy sticky_ { on "/t/sticky" route to "m0", "m1", "m2" by sticky(request.header("x-caller") ?? "") }
policy any_   { on "/t/any"    route to any where target.tier == tiny }
policy pools  { on "/t/pools"  route to house by round_robin where target.region == eu or target.tier == large }
policy first  { on "/t/vip"    route to "m0" }
@priority(5)
policy vip    { on "/t/vip"    route to "m2" when (request.header("x-vip") ?? "") == "yes" }
policy home   { when (request.header("x-home") ?? "") == "yes" require target.region == eu else 451 f"{principal.kind} data stays" }
policy abroad { on "/t/abroad" route to "m0", "m1" when model.name != "m2" route to "m2", "m0" when model.name == "m2" }
policy share  { on "/t/share"  route to "m0" mirror to "m1" sample 25% }
`;
const members = ['price: { input: $1, output: $10 }, tier: large, region: us, upstream: "zero"', 'price: { input: $10, output: $1 }, tier: tiny, region: eu, upstream: "real"',
  'price: { input: $20, output: $20 }, tier: tiny, region: us'];

let gateway, ups, asked, inTurn, stop;
before(async () => ({ gateway, ups, asked, inTurn, stop } = await numbered(policy, { members, shared: true })));
after(() => stop());

test('by order the first given answers, whatever was asked for', async () => {
  assert.deepEqual(await inTurn(2, 'order', { model: 'm2' }), [1, 1]);
  assert.equal(JSON.parse(ups[1].last.body).model, 'real');
  assert.equal(await asked('order', { model: 'a name that nobody declares' }), 1);
  assert.equal(await asked('plain', { model: 'm2' }), 2);
});

test('by weight each gets its share, evenly mixed', async () => {
  const got = await inTurn(12, 'weight');
  for (let i = 0; i < 12; i += 4) assert.deepEqual(shares(got.slice(i, i + 4)), [3, 1, 0]);
});

test('round robin gives each its turn, also where requests come together', async () => {
  const got = await inTurn(6, 'turns');
  for (let i = 0; i < 6; i += 3) assert.deepEqual([...got.slice(i, i + 3)].sort(), [0, 1, 2]);
  assert.deepEqual(shares(await Promise.all(Array.from({ length: 12 }, () => asked('many')))), [4, 4, 4]);
});

test('cheapest goes by prices and by what this request will need', async () => {
  const long = [{ role: 'user', content: 'word '.repeat(2000) }];
  assert.equal(await asked('cheap', { max_tokens: 5000 }), 1);
  assert.equal(await asked('cheap', { max_tokens: 5, messages: long }), 0);
});

test('sticky keeps equal values together, and spreads the others', async () => {
  const all = () => Promise.all(Array.from({ length: 20 }, (_, i) => asked('sticky', {}, { 'x-caller': `caller-${i}` })));
  const first = await all();
  assert.deepEqual(await all(), first);
  assert.ok(shares(first).every((share) => share > 0), `${shares(first)}`);
});

test('pools, any and where choose among targets', async () => {
  assert.deepEqual(await inTurn(2, 'any'), [1, 1]);
  assert.deepEqual(shares(await inTurn(4, 'pools')), [2, 2, 0]);
});

test('the route of the highest priority counts', async () => {
  assert.equal(await asked('vip'), 0);
  assert.equal(await asked('vip', {}, { 'x-vip': 'yes' }), 2);
});

test('a require removes targets of routes, their fallbacks, and the model that was asked for', async () => {
  const headers = { 'x-home': 'yes' };
  assert.equal(await asked('abroad', { model: 'm0' }), 0);
  assert.equal(await asked('abroad', { model: 'm0' }, headers), 1);
  const before = ups[0].seen.length;
  ups[1].answer = closes;
  assert.equal((await gateway.chat({}, { path: '/t/abroad', headers })).status, 502, 'the fallback was removed');
  ups[1].answer = says('1');
  const refused = await gateway.chat({ model: 'm2' }, { path: '/t/abroad', headers });
  assert.deepEqual([refused.status, refused.policy, refused.error], [451, 'home', 'anonymous data stays']);
  assert.equal(await asked('plain', { model: 'm1' }, headers), 1);
  assert.equal((await gateway.chat({ model: 'm0' }, { headers })).status, 451);
  assert.equal(ups[0].seen.length, before);
});

test('an unknown model is 404, also where nothing allows it; no model is 400', async () => {
  const before = ups[0].seen.length;
  for (const name of ['plain', 'closed']) {
    const answer = await gateway.chat({ model: 'm9' }, { path: `/t/${name}` });
    assert.deepEqual([answer.status, answer.json.error.code], [404, 'model_not_found']);
    assert.match(answer.error, /^unknown model/);
  }
  assert.equal((await gateway.chat({ model: undefined })).status, 400);
  assert.equal(ups[0].seen.length, before);
});

test('a share of requests is mirrored', async () => {
  const before = ups[1].seen.length;
  await inTurn(8, 'share');
  await until(() => ups[1].seen.length === before + 2, () => `2 copies are sent, not ${ups[1].seen.length - before}`);
});

test('least busy is who has the fewest calls in flight, and those that were left are none', async () => {
  const { gateway, asked, ups, stop } = await numbered('policy open { on "/**" allow route to "m0", "m1", "m2" by least_busy }');
  let release;
  const wait = new Promise((resolve) => (release = resolve));
  ups.forEach((up, i) => (up.answer = async (seen, response) => (await wait, says(`${i}`)(seen, response))));
  const abort = new AbortController();
  const left = gateway.chat({}, { signal: abort.signal }).catch(() => 'left');
  await until(() => ups[0].seen.length === 1, 'the first is busy');
  const second = asked('busy');
  await until(() => ups[1].seen.length === 1, 'the second is busy');
  const third = asked('busy');
  await until(() => ups[2].seen.length === 1, 'the third is busy');
  abort.abort();
  assert.equal(await left, 'left');
  await until(() => ups[0].last.closed, 'the first is let go');
  await gateway.logged(ups[0].last.headers['x-request-id']);
  const fourth = asked('busy');
  await until(() => ups.reduce((sum, up) => sum + up.seen.length, 0) === 4, 'somebody is asked');
  assert.equal(ups[0].seen.length, 2);
  release();
  assert.deepEqual(await Promise.all([second, third, fourth]), [1, 2, 0]);
  await stop();
});

test('fastest tries each, then keeps to the quickest', async () => {
  const { gateway, ups, stop } = await numbered('policy open { on "/**" allow route to "m0", "m1", "m2" by fastest }');
  for (const slow of [0, 2]) ups[slow].answer = async (seen, response) => (await sleep(600 * patience), says(`${slow}`)(seen, response));
  const got = [];
  for (let i = 0; i < 6; i++) {
    const { content, headers } = await gateway.chat({}, { path: '/t/fast' });
    await gateway.logged(headers.get('x-request-id'));  // how long it took is known once it has ended
    got.push(Number(content));
  }
  assert.deepEqual([...got.slice(0, 3)].sort(), [0, 1, 2]);
  assert.deepEqual(got.slice(3), [1, 1, 1]);
  await stop();
});

test('where where or health left nobody the answer is 503', async () => {
  const { gateway, ups, asked, stop } = await numbered('policy open { on "/**" allow route to "m0" where target.in_flight < 1 }');
  ups[0].answer = never;
  const abort = new AbortController();
  const held = gateway.chat({}, { signal: abort.signal }).catch(() => {});
  await until(() => ups[0].seen.length === 1, 'the target is busy');
  const refused = await gateway.chat();
  assert.deepEqual([refused.status, refused.policy], [503, null]);
  assert.equal(refused.error, 'no model can answer this request now');
  ups[0].answer = says('0');
  abort.abort();
  await held;
  await until(async () => (await asked('busy')) === 0, 'it is free again');
  await stop();
});

test('a mirror gets what policies made of the request; nobody waits for it or counts it', async () => {
  const { gateway, ups, stop } = await numbered(`
meter tokens_ever = tokens per ever by "all"
policy open { on "/v1/**" allow set response.header["x-used"] = "after" deny 418 f"{tokens_ever.used}" when request.method == get }
policy routes { on "/v1/chat/completions" route to "m0" mirror to "m1" prepend system "Be brief." set header["x-team"] = "blue"
  deny 403 when (request.header("x-bad") ?? "") == "yes" }`, { members: 'price: {}, upstream: "real"' });
  ups[1].answer = never;
  assert.equal((await gateway.chat({ stream: true })).status, 200);
  await until(() => ups[1].seen.length === 1, 'the mirror is asked');
  assert.deepEqual(JSON.parse(ups[1].last.body), JSON.parse(ups[0].last.body));
  assert.deepEqual([ups[1].last.headers['x-team'], JSON.parse(ups[1].last.body).messages[0].content], ['blue', 'Be brief.']);
  ups[1].answer = says('x'.repeat(100_000));
  assert.equal((await gateway.chat()).content, '0');
  ups[1].answer = closes;
  assert.equal((await gateway.chat()).content, '0');
  assert.equal((await gateway.chat({}, { headers: { 'x-bad': 'yes' } })).status, 403);
  await until(() => ups[1].seen.length >= 3, () => `three copies are sent, not ${ups[1].seen.length}`);
  await until(async () => (await gateway.read(await fetch(`${gateway.url}/v1/models`))).error === '9', 'three calls of three tokens are counted');
  await stop();
});

