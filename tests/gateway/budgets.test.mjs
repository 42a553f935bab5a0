// 64 clients at once, of which some leave, before providers that fail in every way: budgets hold in every store, what meters
// count is what the audit log says and what the provider reported, and a kill loses no refusal and no more than the window.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { breaksAfter, chunk, closes, completion, events, failsWith, json, says, sse, streams, usageOf } from './answers.mjs';
import { amountOf, endOf, recordsOf, total } from './ledger.mjs';
import { Redis, noRedis } from './redis.mjs';
import { caller, models, probe } from './scene.mjs';
import { numbers, pick, seed } from './seeded.mjs';
import { Gateway, Upstream, chat, patience, sleep, until } from './support.mjs';

const clients = 64;
const price = 10 / 1e6;  // dollars a token
const limits = { tokens: 2500, money: 0.025, over: 2500 };
const stateWindow = 100;  // milliseconds, the default of state_window
const scheduling = 150 * patience;   // more, that a busy machine may take to let the writing thread run and write

const policy = (port, state, more = '') => `package budgets
endpoint "/t/**" { accepts: chat, model: "m0" }
sink trail { kind: file, path: "audit.jsonl", fsync: never }
gateway { listen: "127.0.0.1:0", admin: "127.0.0.1:0", state: ${state}, audit: [trail], upstream_timeout: ${1500 * patience}ms }
${models([port], 'price: { input: $10, output: $10 }')}
meter spent = tokens per ever by ${caller}
meter cost  = usd per ever by ${caller}
meter calls = requests per ever by ${caller}
policy open { on "/**" allow }
${more}
${probe('spent', 'cost', 'calls')}
`;

const budgets = `
policy by_tokens { on "/t/tokens", "/t/over" limit spent to ${limits.tokens} }
policy by_money  { on "/t/money" limit cost to $${limits.money} }
`;

// How calls end. The provider is told by a header; what it reported in an answer that it could give whole is `reported`.
const everyWay = ['answer', 'answer', 'answer', 'answer', 'fail', 'reset', 'hang', 'break', 'garbled', 'unreported', 'truncated', 'leave early', 'leave late', 'leave unsent'];

class Provider {
  static async start() {
    const provider = new Provider();
    provider.reported = new Map();
    provider.draw = numbers('provider');
    provider.up = await Upstream.start();
    provider.up.answer = (seen, response) => provider.answer(seen, response);
    return provider;
  }

  async answer(seen, response) {
    const { 'x-way': way, 'x-caller': who, 'x-request-id': id } = seen.headers;
    const asked = JSON.parse(seen.body);
    await sleep(this.draw() * 15);
    const most = asked.max_tokens + (who === 'over' ? 30 : 0);  // who is told to write less writes more
    const usage = usageOf(1 + Math.floor(this.draw() * 2), Math.ceil((0.4 + 0.6 * this.draw()) * most));
    const half = sse(chunk({ content: 'half' }));
    const others = {
      fail: failsWith(pick(this.draw, [500, 502, 503])),
      reset: () => seen.socket.resetAndDestroy(),
      hang: () => {},
      break: breaksAfter(asked.stream ? half : '{"choices": [', asked.stream ? 'text/event-stream' : 'application/json'),
      garbled: asked.stream ? streams(`${half}data: {"choices": [{"delta\n\nid: no event\n\n: \n\ndata: [DONE]\n\n`) : (_, response) => response.end('<html>'),
      unreported: asked.stream ? streams(events(['some', ' words'], { asked, usage: null })) : json(completion('some words', { asked, usage: null })),
      truncated: asked.stream ? streams(half) : (_, response) => response.end(JSON.stringify(completion('some words', { asked })).slice(0, -30)),
    };
    if (others[way]) return others[way](seen, response);
    if (way === 'leave late') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      while (!response.destroyed) await sleep(10, response.write(half));
      return;
    }
    this.reported.set(id, usage.total_tokens);
    return says('some words', { usage })(seen, response);
  }
}

// One call by its own id; what became of it. `at`: a gateway.
async function call(at, who, way, draw, path = who) {
  const id = randomBytes(16).toString('hex');
  const stream = ['leave late'].includes(way) || draw() < 0.5;
  const body = JSON.stringify(chat({ model: 'm0', stream, max_tokens: 50 }));
  const result = { id, who, way, sent: Date.now() };
  if (way === 'leave unsent') {
    const { length } = body;
    await at.raw(`POST /t/${path} HTTP/1.1\r\nHost: a\r\nX-Caller: ${who}\r\nX-Request-Id: ${id}\r\nContent-Length: ${length}\r\n\r\n${body.slice(0, draw() * length)}`, { cut: true }).catch(() => {});
    return result;
  }
  const abort = new AbortController();
  const leaves = way === 'leave early' ? sleep(draw() * 20) : way === 'leave late' ? sleep(30 + draw() * 60) : undefined;
  leaves?.then(() => abort.abort());
  try {
    const response = await fetch(`${at.url}/t/${path}`, { method: 'POST', body, signal: abort.signal, headers: { 'x-way': way, 'x-caller': who, 'x-request-id': id } });
    Object.assign(result, { status: response.status, policy: response.headers.get('x-aipol-policy') });
    await response.text();
    result.whole = true;
  } catch {
    // left, or cut
  }
  await leaves;
  return result;
}

// Each client makes a call after the other, to `callers` in turn, while `goes` holds of their number and what the last one was answered.
async function load(gateways, callers, goes, name, ways = everyWay) {
  const all = await Promise.all(Array.from({ length: clients }, async (_, client) => {
    const draw = numbers(`${name} ${client}`), results = [];
    while (goes(results.length, results.at(-1)?.status)) results.push(await call(gateways[client % gateways.length], callers[(client + results.length) % callers.length], pick(draw, ways), draw));
    return results;
  }));
  return all.flat();
}

const about = (...parts) => `${parts.join(' ')} (AIPOL_SEED=${seed})`;
const near = (one, other, what) => assert.ok(Math.abs(one - other) < 1e-9, about(`${what}: ${one}, not ${other}`));

// All records of the calls, waited for: one of each. Who left before all was sent may have none.
async function recorded(gateways, results) {
  const calls = new Map(results.map((one) => [one.id, one]));
  const sure = results.filter((one) => !one.way.startsWith('leave'));
  let records, all;
  await until(async () => {
    all = gateways.map((one) => recordsOf(one));
    records = all.flat().filter((record) => calls.has(record.id));
    const ids = new Set(records.map((record) => record.id));
    const idle = await Promise.all(gateways.map(async (one, i) => (await one.metric('aipol_requests_in_flight')) === 0 && (await one.metric('aipol_audit_records_total', { sink: 'trail' })) === all[i].length));
    return sure.every((one) => ids.has(one.id)) && idle.every(Boolean);
  }, () => about(`${records.length} records of ${calls.size} calls`));
  assert.equal(new Set(records.map((record) => record.id)).size, records.length, about('no call has two records'));
  return records;
}

// A call is admitted while what was used and reserved, with it, is within the limit, so that what is used at last is beyond it by no more than
// the calls in flight at one time had been estimated too low: at most those of so many calls as there are clients.
function bound(records, meter, limit) {
  const errorOf = (record) => amountOf(record, meter) - (record.ai.input_tokens + 50) * (meter === 'cost' ? price : 1);
  const errors = records.map(errorOf).filter((error) => error > 0).sort((a, b) => b - a);
  return limit + errors.slice(0, clients).reduce((sum, one) => sum + one, 0);
}

function holds(records, provider, results) {
  const ways = new Map(results.map((one) => [one.id, one]));
  for (const record of records) {
    const { id, usage } = record, { who, whole, way, status } = ways.get(id);
    const charged = amountOf(record, 'spent');
    const what = about(way, status, JSON.stringify(record));
    if (record.decision === 'deny') assert.equal(charged + amountOf(record, 'cost'), 0, what);
    else near(amountOf(record, 'cost'), charged * price, what);
    if (usage && charged > 0) assert.equal(charged, usage.input_tokens + usage.output_tokens, what);
    if (usage?.cost !== undefined && charged > 0) near(usage.cost, charged * price, what);
    if (['fail', 'reset', 'hang'].includes(way)) assert.equal(charged, 0, what);
    if (provider.reported.has(id) && whole && status === 200) {
      assert.equal(charged, provider.reported.get(id), what);
      assert.ok(who === 'over' || charged <= record.ai.input_tokens + 50, what);
    }
    if (['unreported', 'garbled', 'truncated'].includes(way) && status === 200) assert.ok(charged > 0 && charged < 100, what);
  }
  for (const [who, [meter, limit]] of Object.entries({ tokens: ['spent', limits.tokens], money: ['cost', limits.money], over: ['spent', limits.over] })) {
    const of = records.filter((record) => record.request?.path === `/t/${who}` && record.ai);
    const used = total(of, meter), most = bound(of, meter, limit);
    assert.ok(used <= most + 1e-9, about(`${who}: ${used} used, ${most} at most`));
    assert.ok(used >= limit / 2, about(`${who}: ${used} of ${limit} used`));
  }
}

// What the meters say is what the records say, at each of the gateways.
async function agree(gateways, records) {
  for (const gateway of gateways) {
    for (const who of ['tokens', 'money', 'over']) {
      const written = ['spent', 'cost', 'calls'].map((meter) => total(records, meter, who));
      let counted;
      await until(async () => {
        counted = await Promise.all(['spent', 'cost', 'calls'].map((meter) => gateway.used(meter, who)));
        return counted.every((one, i) => Math.abs(one - written[i]) < 1e-9);
      }, () => about(`${who}: counted are ${counted}, written ${written}`));
    }
  }
}

async function metricsAgree(gateways, records) {
  const of = (name, labels) => Promise.all(gateways.map((one) => one.metric(name, labels))).then((all) => all.reduce((sum, one) => sum + one, 0));
  assert.equal(await of('aipol_requests_total', { status: '429' }), records.filter((record) => record.status === 429).length, about('429'));
  near(await of('aipol_cost_usd_total'), total(records, 'cost'), 'aipol_cost_usd_total');
  near(await of('gen_ai_client_token_usage_sum'), total(records, 'spent'), 'gen_ai_client_token_usage_sum');
  assert.equal(await of('aipol_requests_in_flight'), 0, about('in flight'));
}

// Tests that failed have not ended what they started.
const started = new Set();
after(() => Promise.all([...started].map((one) => one.stop())));
const start = (one) => (started.add(one), one);
const serve = async (options) => start(await Gateway.start(options));

async function ends(...gateways) {
  for (const gateway of gateways) assert.deepEqual(await gateway.end(), { code: 0, signal: null });
}

async function stops(...all) {
  for (const one of all) {
    started.delete(one);
    await one.stop();
  }
}

// Nothing is reserved any more: what is left of a budget can be used, and no more.
async function leftIsFree(gateway, records) {
  const input = records.find((record) => record.ai?.input_tokens).ai.input_tokens;
  for (const who of ['tokens', 'over']) {
    const left = limits[who] - (await gateway.used('spent', who));
    const ask = (most) => gateway.chat({ max_tokens: most }, { path: `/t/${who}`, headers: { 'x-caller': who, 'x-way': 'fail' } });
    assert.equal((await ask(Math.max(left - input, 0) + 1)).status, 429, about('more than what is left'));
    if (left > input) assert.ok((await ask(left - input)).status >= 500, about(`${left} are left`));
  }
}

async function budgetsHold(state, count = 1) {
  const provider = await Provider.start();
  start(provider.up);
  const text = policy(provider.up.port, state, budgets);
  const gateways = [];
  for (let i = 0; i < count; i++) gateways.push(await serve({ policy: text }));
  const results = await load(gateways, Object.keys(limits), (calls) => calls < 6, state);
  for (const who of Object.keys(limits)) results.push(...(await load(gateways, [who], (_, status) => status !== 429, `${state} ${who}`, ['answer', 'answer', 'fail'])));
  const records = await recorded(gateways, results);
  await agree(gateways, records);
  await metricsAgree(gateways, records);
  holds(records, provider, results);
  await leftIsFree(gateways[0], records);
  await ends(...gateways);
  return { provider, gateways, text, records: gateways.flatMap((one) => recordsOf(one)) };
}

test('64 clients and a budget in memory', async () => {
  const { provider, gateways } = await budgetsHold('memory');
  await stops(...gateways, provider.up);
});

test('64 clients and a budget in SQLite, which a restart finds again', async () => {
  const { provider, gateways, records } = await budgetsHold('sqlite("state.db")');
  const again = await serve({ folder: gateways[0].folder });
  await agree([again], records);
  await ends(again);
  await stops(again, ...gateways, provider.up);
});

test('64 clients and two gateways that share a budget on Redis', { skip: noRedis }, async () => {
  const redis = start(await Redis.start());
  const { provider, gateways, records, text } = await budgetsHold(`redis("${redis.url}")`, 2);
  const another = await serve({ policy: text });
  await agree([another], records);
  await ends(another);
  await stops(another, ...gateways, provider.up, redis);
});

test('a kill in the middle loses no refusal, and of what was used no more than the window', async () => {
  const provider = await Provider.start();
  start(provider.up);
  const text = policy(provider.up.port, 'sqlite("state.db")', `
policy few { on "/t/**" limit calls to 12 limit 8 requests per 10m by ${caller} strict when (${caller}) like "strict-*" limit 10 requests per day by ${caller} when (${caller}) like "day-*" }`);
  const draw = numbers('kills');
  const callers = ['ever', 'strict', 'day'].flatMap((kind) => Array.from({ length: 12 }, (_, i) => `${kind}-${i}`));
  let gateway = await serve({ policy: text });
  const refused = new Set(), found = {};
  let seen = 0;
  for (let round = 0; round < 4; round++) {
    const clients = load([gateway], callers, (calls) => calls < 6, `round ${round}`);
    await sleep((100 + draw() * 500) * patience);
    const killed = Date.now();
    await gateway.end('SIGKILL');
    for (const one of await clients) if (one.status === 429 && one.sent <= killed) refused.add(one.who);
    started.delete(gateway);
    gateway = await serve({ folder: gateway.folder });
    const records = recordsOf(gateway).slice(seen);
    seen += records.length;
    const settled = records.filter((record) => record.kind === 'request' && endOf(record) < killed - stateWindow - scheduling);
    for (const who of callers) {
      for (const meter of ['spent', 'calls']) {
        const counted = await gateway.used(meter, who), least = (found[meter + who] ?? 0) + total(settled, meter, who);
        found[meter + who] = counted;
        assert.ok(counted >= least, about(`round ${round}, ${who}: ${counted} of ${meter} are counted, ${least} were used before the window`));
      }
      if (!refused.has(who)) continue;
      const { status, text } = await gateway.chat({}, { path: '/t/any', headers: { 'x-caller': who, 'x-way': 'answer' } });
      assert.equal(status, 429, about(`round ${round}: ${who} was refused before the kill: ${text}`));
    }
  }
  assert.ok(refused.size > 0, about('somebody is refused'));
  await ends(gateway);
  await stops(gateway, provider.up);
});
