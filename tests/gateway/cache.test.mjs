// Answers from the cache: whose, how long, and that nothing else is shared or kept.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { breaksAfter, call, chunk, completion, events, failsWith, inTurn, json, readEvents, says, sse, usageOf } from './answers.mjs';
import { caller, probe, scene } from './scene.mjs';
import { sleep, statuses, until } from './support.mjs';

const policy = `
use std.pii
endpoint "/t/**" { accepts: chat, model: "m0" }
endpoint "/raw/**" { accepts: json, model: "m0" }
endpoint "/any/**" { accepts: any, model: "m0" }
identity keys : api_key { header: "x-api-key", file: "tenants.json" }
model "big" { provider: p0, tier: large }
detector ticket { match r"T-\\d{6}" }

meter calls  = requests per ever by ${caller}
meter tokens_ever = tokens per ever by ${caller}

policy open   { on "/**" allow }
policy plain  { on "/t/plain", "/raw/**", "/any/**" cache 1h }
policy parted { on "/t/parted" cache 1h by ${caller} }
policy off    { on "/t/plain" cache off when (request.header("x-fresh") ?? "") == "yes" }
policy long   { on "/t/short" cache 1h by ${caller} }
policy short  { on "/t/short" cache 500ms }
policy redacted { on "/t/redacted" cache 1h redact response pii.email when (request.header("x-see") ?? "") != "all" }
policy guarded { on "/t/guarded" cache 1h deny 451 "no tickets" when ticket.hit(response.text) and (request.header("x-see") ?? "") != "all" }
policy place  { on "/t/place" cache 1h redact request pii.email with placeholder }
policy words  { on "/t/words" cache 1h prepend system f"For {${caller}}." }
policy heads  { on "/t/heads" cache 1h set response.header["x-mark"] = ${caller} remove response.header["x-powered-by"] }
policy limited { on "/t/limited" cache 1h limit calls to 4 limit tokens_ever to 1000 }
policy home   { on "/t/home" cache 1h require target.tier == large or (request.header("x-home") ?? "") != "yes" else 451 "not from there" }
${probe('calls', 'tokens_ever')}
`;

const hash = (key) => createHash('sha256').update(key).digest('hex');
const files = { 'tenants.json': JSON.stringify({ keys: ['acme', 'umbra'].map((tenant) => ({ id: `of-${tenant}`, hash: hash(`aip_${tenant}`), tenant })) }) };

let gateway, up, stop, ups;
before(async () => ({ gateway, up, ups, stop } = await scene(policy, { upstreams: 2, files, shared: true })));
after(() => stop());

let number = 0;
// A prompt of its own for each test, so that tests share nothing.
const prompt = () => ({ messages: [{ role: 'user', content: `question ${++number}` }] });
const ask = (name, members, headers = {}) => gateway.chat(members, { path: `/t/${name}`, headers });

// How often the upstream is asked by these calls, one after the other. It answers with the number of the request.
async function asked(...calls) {
  const before = up.seen.length;
  up.answer = (seen, response) => says(`answer ${up.seen.length}`)(seen, response);
  const got = [];
  for (const one of calls) got.push(await one());
  return { times: up.seen.length - before, texts: got.map((one) => one.content ?? readEvents(one.text).text), got };
}

test('the same request is answered again without its upstream', async () => {
  const body = prompt();
  const { times, texts, got } = await asked(() => ask('plain', body), () => ask('plain', body), () => ask('plain', body));
  assert.equal(times, 1);
  assert.equal(new Set(texts).size, 1);
  assert.equal(got[1].json.object, 'chat.completion');
  assert.equal(got[1].json.choices[0].finish_reason, 'stop');
  assert.match(got[1].headers.get('content-type'), /^application\/json/);
});

test('bodies that mean the same are the same', async () => {
  const content = `spaces ${++number}`;
  const send = (body) => async () => gateway.read(await fetch(`${gateway.url}/t/plain`, { method: 'POST', body }));
  const { times } = await asked(send(`{"model":"m0","messages":[{"role":"user","content":"${content}"}],"seed":1}`),
    send(`{ "seed" : 1,\n "messages": [ {"content": "${content.replace('s', '\\u0073')}", "role": "user"} ], "model": "m0" }`));
  assert.equal(times, 1);
});

test('what differs in the body is asked anew, whatever policies read of it', async () => {
  const base = prompt();
  const image = (data) => ({ messages: [{ role: 'user', content: [{ type: 'text', text: base.messages[0].content }, { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } }] }] });
  const bodies = [base, { ...base, temperature: 1 }, { ...base, top_p: 0.5 }, { ...base, seed: 1 }, { ...base, seed: 2 }, { ...base, response_format: { type: 'json_object' } },
    { ...base, max_tokens: 5 }, { ...base, n: 2 }, { ...base, stop: ['x'] }, { ...base, tools: [{ type: 'function', function: { name: 'a', parameters: {} } }] },
    { ...base, tools: [{ type: 'function', function: { name: 'a', description: 'other', parameters: {} } }] }, image('AAAA'), image('BBBB'), { ...base, stream: true }];
  const { times } = await asked(...bodies.map((body) => () => ask('plain', body)));
  assert.equal(times, bodies.length);
});

test('paths, methods, queries and models part answers', async () => {
  const body = prompt();
  const raw = (path, text, method = 'POST') => async () => gateway.read(await fetch(`${gateway.url}${path}`, { method, body: text, headers: { 'content-type': 'application/json' } }));
  const document = JSON.stringify({ q: ++number });
  up.answer = (seen, response) => json({ n: up.seen.length })(seen, response);
  const before = up.seen.length;
  for (const [path, method] of [['/raw/a', 'POST'], ['/raw/b', 'POST'], ['/raw/a', 'PUT'], ['/raw/a?page=1', 'POST'], ['/raw/a?page=2', 'POST'], ['/any/a', 'POST'], ['/any/a?page=2', 'POST']])
    await raw(path, document, method)();
  assert.equal(up.seen.length - before, 7);
  const { times } = await asked(() => ask('plain', body), () => gateway.chat({ ...body, model: 'm1' }, { path: '/t/plain' }), () => ask('parted', body));
  assert.deepEqual([times, ups[1].seen.length], [2, 1]);
});

test('bodies that are no text are told apart', async () => {
  const before = up.seen.length;
  up.answer = (seen, response) => response.end(`n ${up.seen.length}`);
  const send = (bytes) => gateway.raw(`POST /any/bytes${number} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${bytes.length}\r\n\r\n${bytes}`);
  for (const bytes of ['a\xff', 'a\xfe', 'a\xff']) assert.deepEqual(statuses((await send(bytes)).text), [200]);
  assert.ok(up.seen.length - before >= 2, 'bytes that are no UTF-8 share an answer');
});

test('tenants do not share, by parts further, off goes by', async () => {
  const body = prompt();
  const { times: parted } = await asked(() => ask('parted', body, { 'x-caller': 'a' }), () => ask('parted', body, { 'x-caller': 'b' }), () => ask('parted', body, { 'x-caller': 'a' }));
  assert.equal(parted, 2);
  const { times: fresh, texts } = await asked(() => ask('plain', body), () => ask('plain', body, { 'x-fresh': 'yes' }), () => ask('plain', body, { 'x-fresh': 'yes' }), () => ask('plain', body));
  assert.equal(fresh, 3);
  assert.equal(texts[3], texts[0]);
  const of = (tenant) => () => ask('plain', body, { 'x-api-key': `aip_${tenant}` });
  assert.equal((await asked(of('acme'), of('umbra'), of('acme'), of('umbra'))).times, 2);
});

test('the shortest time counts', async () => {
  const body = prompt();
  const { texts: [first] } = await asked(() => ask('short', body));
  await until(async () => (await ask('short', body)).content !== first, 'it is asked anew');
});

test('answers are redacted on every serve, and kept as they came', async () => {
  const body = prompt();
  up.answer = says('to jo@example.com', {});
  const count = up.seen.length;
  assert.equal((await ask('redacted', body)).content, 'to [REDACTED]');
  assert.equal((await ask('redacted', body, { 'x-see': 'all' })).content, 'to jo@example.com');
  assert.equal((await ask('redacted', body)).content, 'to [REDACTED]');
  const streamed = { ...body, stream: true };
  for (const [headers, text] of [[{ 'x-see': 'all' }, 'to jo@example.com'], [{}, 'to [REDACTED]'], [{ 'x-see': 'all' }, 'to jo@example.com']])
    assert.equal(readEvents((await ask('redacted', streamed, headers)).text).text, text);
  assert.equal(up.seen.length, count + 2);
});

test('answers are refused on every serve', async () => {
  const body = prompt();
  up.answer = says('about T-123456 and more');
  const count = up.seen.length;
  assert.equal((await ask('guarded', body, { 'x-see': 'all' })).content, 'about T-123456 and more');
  const refused = await ask('guarded', body);
  assert.deepEqual([refused.status, refused.policy], [451, 'guarded']);
  assert.ok(!refused.text.includes('T-123456'));
  assert.equal((await ask('guarded', body, { 'x-see': 'all' })).status, 200);
  const streamed = { ...body, stream: true };
  await ask('guarded', streamed, { 'x-see': 'all' });
  const cut = readEvents((await ask('guarded', streamed)).text);
  assert.deepEqual([cut.text, cut.finish, cut.done], ['about ', 'content_filter', true]);
  assert.equal(up.seen.length, count + 2);
});

test('what placeholders stand for is each caller\'s own', async () => {
  up.answer = says('to <EMAIL_1>');
  const mail = (address) => ask('place', { messages: [{ role: 'user', content: `write ${number} to ${address}` }] });
  ++number;
  assert.equal((await mail('jo@example.com')).content, 'to jo@example.com');
  assert.equal((await mail('al@example.com')).content, 'to al@example.com');
  assert.equal((await mail('jo@example.com')).content, 'to jo@example.com');
});

test('what policies make of the body parts answers', async () => {
  const body = prompt();
  assert.equal((await asked(() => ask('words', body, { 'x-caller': 'a' }), () => ask('words', body, { 'x-caller': 'b' }), () => ask('words', body, { 'x-caller': 'a' }))).times, 2);
});

test('headers of kept answers are set and removed on every serve', async () => {
  const body = prompt();
  up.answer = says('x', { headers: { 'x-powered-by': 'p' } });
  for (const who of ['a', 'b', 'c']) {
    const { headers } = await ask('heads', body, { 'x-caller': who });
    assert.deepEqual([headers.get('x-mark'), headers.get('x-powered-by')], [who, null]);
  }
});

test('an answer from the cache is a request, and costs no tokens', async () => {
  const body = prompt(), who = { 'x-caller': 'counted' };
  up.answer = says('x', { usage: usageOf(400, 500) });
  for (let i = 0; i < 4; i++) {
    assert.equal((await ask('limited', { ...body, max_tokens: 500 }, who)).status, 200, `answer ${i}`);
    await gateway.settled('tokens_ever', 900, 'counted');
    await gateway.settled('calls', i + 1, 'counted');
  }
  const fifth = await ask('limited', { ...body, max_tokens: 500 }, who);
  assert.deepEqual([fifth.status, fifth.policy], [429, 'limited']);
});

test('what a require on the target refuses is not answered from the cache', async () => {
  const body = prompt();
  assert.equal((await asked(() => ask('home', body))).times, 1);
  assert.equal((await ask('home', body, { 'x-home': 'yes' })).status, 451);
});

test('streams are kept whole and served as streams, with usage where it is asked for', async () => {
  const body = { ...prompt(), stream: true };
  up.answer = says({ content: 'some words', tool_calls: [call('weather', { city: 'Rome' })] }, { usage: usageOf(3, 4) });
  const count = up.seen.length;
  const first = readEvents((await ask('plain', body)).text);
  const second = readEvents((await ask('plain', body)).text);
  assert.equal(up.seen.length, count + 1);
  for (const got of [first, second]) {
    assert.deepEqual([got.text, got.finish, got.done, got.usage], ['some words', 'tool_calls', true, undefined]);
    assert.deepEqual(got.calls.map(({ name, arguments: args }) => ({ name, args })), [{ name: 'weather', args: '{"city":"Rome"}' }]);
  }
  const wanted = { ...body, stream_options: { include_usage: true } };
  await ask('plain', wanted);
  assert.ok(readEvents((await ask('plain', wanted)).text).usage);
});

test('errors, broken and half answers are never kept', async () => {
  const body = prompt();
  const streamed = { ...body, stream: true };
  up.answer = inTurn(failsWith(500), failsWith(400), failsWith(429), says('good'));
  for (const status of [500, 400, 429, 200, 200]) assert.equal((await ask('plain', body)).status, status);
  up.answer = inTurn(breaksAfter(sse(chunk({ content: 'half' }))), (seen, response) => (response.writeHead(200, { 'content-type': 'text/event-stream' }), response.end(events(['no end'], { finish: null, done: false }))), says('good'));
  await assert.rejects(ask('plain', streamed));
  assert.equal(readEvents((await ask('plain', streamed)).text).text, 'no end');
  assert.equal(readEvents((await ask('plain', streamed)).text).text, 'good');
});

test('a stream of which the end was not seen is not kept', async () => {
  const body = { ...prompt(), stream: true };
  up.answer = says('about T-123456 and more');
  assert.equal(readEvents((await ask('guarded', body)).text).finish, 'content_filter');
  assert.equal(readEvents((await ask('guarded', body, { 'x-see': 'all' })).text).text, 'about T-123456 and more');
  const other = { ...prompt(), stream: true };
  up.answer = async (seen, response) => {
    response.setHeader('content-type', 'text/event-stream');
    while (!response.destroyed) await sleep(5, response.write(sse(chunk({ content: 'word ' }))));
  };
  const abort = new AbortController();
  const left = await fetch(`${gateway.url}/t/plain`, { method: 'POST', body: JSON.stringify({ model: 'm0', ...other }), signal: abort.signal });
  await left.body.getReader().read();
  abort.abort();
  await until(() => up.last.closed, 'the upstream is let go');
  up.answer = says('whole');
  assert.equal(readEvents((await ask('plain', other)).text).text, 'whole');
});

test('answers that hold more than text and calls are whole each time', async () => {
  const refusal = prompt();
  up.answer = json(completion({ content: null, refusal: 'I will not' }));
  for (let i = 0; i < 2; i++) assert.equal((await ask('plain', refusal)).json.choices[0].message.refusal, 'I will not');
  const reasons = { ...prompt(), stream: true };
  up.answer = says({ reasoning_content: 'thinking', content: 'answer' });
  for (let i = 0; i < 2; i++) {
    const got = readEvents((await ask('plain', reasons)).text);
    assert.deepEqual([got.reasoning, got.text], ['thinking', 'answer']);
  }
  const ids = prompt();
  up.answer = says({ tool_calls: [call('weather', {}, 'call_first'), call('weather', { b: 1 }, 'call_second')] });
  await ask('plain', ids);
  const again = (await ask('plain', ids)).json.choices[0].message.tool_calls;
  assert.equal(new Set(again.map((one) => one.id)).size, 2);
});

async function crowd(answer, { first, body = prompt(), count = 20 } = {}) {
  const before = up.seen.length;
  let release;
  const wait = new Promise((resolve) => (release = resolve));
  up.answer = async (seen, response) => (await wait, answer(seen, response));
  const calls = Array.from({ length: count }, (_, i) => gateway.chat(body, { path: '/t/plain', signal: i === 0 ? first : undefined }).catch(() => undefined));
  await until(() => up.seen.length > before, 'one is asked');
  await sleep(100);  // for the others to come
  const together = up.seen.length - before;
  return { together, release, calls, times: () => up.seen.length - before };
}

test('of many equal calls at once one goes to the upstream', async () => {
  for (const stream of [false, true]) {
    const { release, calls, times } = await crowd(says('for all'), { body: { ...prompt(), stream } });
    release();
    for (const answer of await Promise.all(calls)) assert.equal(stream ? readEvents(answer.text).text : answer.content, 'for all');
    assert.equal(times(), 1);
  }
});

test('where the first of many leaves or fails the others are answered', async () => {
  const abort = new AbortController();
  const left = await crowd(says('for all'), { first: abort.signal, count: 8 });
  abort.abort();
  await sleep(50);
  left.release();
  const answers = await Promise.all(left.calls);
  assert.ok(answers.slice(1).every((answer) => answer?.content === 'for all'), JSON.stringify(answers.map((one) => one?.status)));
  const failing = await crowd(inTurn(failsWith(500), says('for the rest')), { count: 8 });
  failing.release();
  const got = await Promise.all(failing.calls);
  assert.ok(got.filter((answer) => answer.status === 500).length <= 1);
  assert.ok(got.filter((answer) => answer.content === 'for the rest').length >= 7);
});

test('nobody asks for those who left while they waited', async () => {
  const body = prompt(), before = up.seen.length;
  let fail;
  up.answer = async (seen, response) => {
    await new Promise((resolve) => (fail = resolve));
    failsWith(500)(seen, response);
  };
  const first = ask('plain', body);
  await until(() => fail, 'the first is under way');
  const abort = new AbortController();
  const id = '0123456789abcdef0123456789abcdef';
  const second = gateway.chat(body, { path: '/t/plain', headers: { 'x-request-id': id }, signal: abort.signal }).catch(() => 'left');
  await sleep(100);  // for it to wait
  abort.abort();
  assert.equal(await second, 'left');
  await gateway.logged(id);  // the gateway has seen it go
  fail();
  assert.equal((await first).status, 500);
  up.answer = says('for whoever asks');
  await sleep(100);
  assert.equal(up.seen.length, before + 1);
  assert.equal((await ask('plain', body)).content, 'for whoever asks');
});
