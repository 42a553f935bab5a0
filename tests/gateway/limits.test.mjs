// Each kind of limit: what passes, what is refused and for how long, and that a refusal takes nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chunk, completion, failsWith, json, readEvents, says, sse, usageOf } from './answers.mjs';
import { caller, probe, scene } from './scene.mjs';
import { chat, sleep, until } from './support.mjs';

const policy = `
endpoint "/t/**" { accepts: chat, model: "m0" }
endpoint "/free" { accepts: chat, model: "m1" }
extend model { credits: int = 3 }

meter tokens_day = tokens per day by ${caller}
meter input_ever = input_tokens per ever by ${caller}
meter spent      = usd per day by ${caller}
meter credits    = sum(model.credits * usage.output_tokens) per ever by ${caller}
meter several    = requests per day by ${caller}
meter streamed   = tokens per ever by ${caller}
meter refused    = denials per 10m by ${caller}
meter failures   = errors per 5m by ${caller}
meter failing    = errors per 5m by model.name
meter half       = requests per day by ${caller}

policy open { on "/**" allow when request.path != "/t/nobody" }
policy rate    { on "/t/rate"   limit 3 requests per hour by ${caller} }
policy burst   { on "/t/burst"  limit 100 requests per hour by ${caller} burst 2 }
policy strict_ { on "/t/strict" limit 2 requests per hour by ${caller} strict }
policy day     { on "/t/day"    limit 2 requests per day by ${caller} }
policy ever    { on "/t/ever"   limit 2 requests per ever by ${caller} }
policy short   { on "/t/short"  limit 1 requests per 1s by ${caller} strict }
policy tokens  { on "/t/tokens" limit tokens_day to 1000 }
policy less    { on "/t/less"   limit tokens_day to 1000 clamp body.max_tokens to 1..=100 }
policy more    { on "/t/more"   limit tokens_day to 1000 set body.max_tokens = 5000 }
policy input   { on "/t/input"  limit input_ever to 1000 }
policy budget  { on "/t/usd"    limit spent to $0.01 }
policy sums    { on "/t/sum"    limit credits to 100 }
policy slots   { on "/t/slots"  limit 2 concurrent by ${caller} }
policy both    { on "/t/both"   limit several to 5 limit 1 requests per day by request.header("x-shared") ?? "" }
policy guarded { on "/t/guard"  limit 1 requests per day by ${caller} when model.name == "m0" }
@shadow
policy shadow  { on "/t/shadow" limit 1 requests per day by ${caller} deny 403 when (request.header("x-bad") ?? "") == "yes" }
policy cut     { on "/t/cut"    limit streamed to 100 cut }
policy ratio   { on "/t/ratio"  limit half to 4 set response.header["x-left"] = f"{half.used} {half.remaining} {half.ratio}" deny 429 "three quarters" when half.ratio >= 75% }
policy bad     { on "/t/denied" deny 403 "bad" when (request.header("x-bad") ?? "") == "yes" deny 451 "secret" when response.text.contains("secret")
                 deny 429 "too many" when refused.used >= 3 limit 5 requests per day by ${caller} }
policy models_ { on "/t/failing" deny 503 "fails" when failing.used >= 3 }
${probe('tokens_day', 'input_ever', 'spent', 'credits', 'several', 'streamed', 'refused', 'failures')}
`;

let gateway, up, stop;
before(async () => ({ gateway, up, stop } = await scene(policy, { shared: true, upstreams: 2, members: ['price: { input: $2.50, output: $10, cached: $1.25 }', 'price: {}, credits: 0'] })));
after(() => stop());

let number = 0;
const someone = () => `caller-${++number}`;
const ask = (name, who, members = {}, headers = {}) => gateway.chat({ ...members }, { path: `/t/${name}`, headers: { 'x-caller': who, ...headers } });
const statuses = async (name, who, count, ...more) => {
  const got = [];
  for (let i = 0; i < count; i++) got.push(await ask(name, who, ...more));
  return got;
};
const codes = (answers) => answers.map((one) => one.status);

function refusedFor(answer, policy, from, to) {
  assert.deepEqual([answer.status, answer.policy], [429, policy], answer.text);
  const wait = answer.headers.get('retry-after');
  assert.match(wait ?? 'none', /^[0-9]+$/);
  assert.ok(Number(wait) >= from && Number(wait) <= to, `${wait} seconds`);
}

test('a rate lets its amount through, and says when the next one may come', async () => {
  up.answer = says('an answer');
  const who = someone();
  const answers = await statuses('rate', who, 4);
  assert.deepEqual(codes(answers), [200, 200, 200, 429]);
  refusedFor(answers[3], 'rate', 1, 1200);  // refills evenly
  assert.equal(answers[3].json.error.type, 'rate_limit_error');
  assert.match(answers[3].error, /limit on requests/);
  assert.equal((await ask('rate', someone())).status, 200);
});

test('a burst is all that comes at once', async () => {
  const answers = await statuses('burst', someone(), 3);
  assert.deepEqual(codes(answers), [200, 200, 429]);
  refusedFor(answers[2], 'burst', 1, 36);
});

test('a strict window lets nothing through before its oldest request has left it', async () => {
  const answers = await statuses('strict', someone(), 3);
  assert.deepEqual(codes(answers), [200, 200, 429]);
  refusedFor(answers[2], 'strict_', 3400, 3600);
});

test('a calendar window ends with its day; ever does not end', async () => {
  const day = await statuses('day', someone(), 3);
  assert.deepEqual(codes(day), [200, 200, 429]);
  refusedFor(day[2], 'day', 1, 24 * 3600);
  const ever = await statuses('ever', someone(), 3);
  assert.deepEqual(codes(ever), [200, 200, 429]);
  assert.equal(ever[2].headers.get('retry-after'), null);
});

test('what was refused passes when the time has come', async () => {
  const who = someone();
  await until(async () => (await ask('short', who)).status === 429, 'a request is refused');
  await until(async () => (await ask('short', who)).status === 200, 'one passes again');
});

test('the same number of requests passes however many come together', async () => {
  const who = someone();
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask('rate', who)));
  assert.equal(answers.filter((one) => one.status === 200).length, 3);
  assert.equal(answers.filter((one) => one.status === 429).length, 17);
});

test('tokens are reserved while an answer is on its way, and settled when it is there', async () => {
  const who = someone();
  let release;
  up.answer = async (seen, response) => {
    await new Promise((resolve) => (release = resolve));
    json(completion('short', { usage: usageOf(7, 5) }))(seen, response);
  };
  const first = ask('tokens', who, { max_tokens: 900 });
  await until(() => release, 'the upstream is asked');
  refusedFor(await ask('tokens', who, { max_tokens: 900 }), 'tokens', 1, 24 * 3600);
  assert.equal((await ask('tokens', someone(), { max_tokens: 2000 })).status, 429);
  release();
  assert.equal((await first).status, 200);
  await gateway.settled('tokens_day', 12, who);
  up.answer = says('short', { usage: usageOf(7, 5) });
  assert.equal((await ask('tokens', who, { max_tokens: 900 })).status, 200);
  await gateway.settled('tokens_day', 24, who);
});

test('what is reserved is what the upstream is asked for', async () => {
  up.answer = says('short', { usage: usageOf(7, 5) });
  assert.equal((await ask('less', someone(), { max_tokens: 50_000 })).status, 200, 'it is asked for 100 tokens');
  assert.equal((await ask('more', someone(), { max_tokens: 5 })).status, 429, 'it is asked for 5000 tokens');
  assert.equal((await ask('tokens', someone(), { max_tokens: 300, n: 2 })).status, 200);
  assert.equal((await ask('tokens', someone(), { max_tokens: 300, n: 4 })).status, 429, 'it is asked for 1200 tokens');
});

test('input tokens are limited by what is sent, and settled to what is reported', async () => {
  const who = someone();
  up.answer = says('short', { usage: usageOf(600, 5) });
  assert.equal((await ask('input', who, { max_tokens: 100_000 })).status, 200);
  await gateway.settled('input_ever', 600, who);
  const long = await ask('input', who, { messages: chat({}).messages.concat({ role: 'user', content: 'word '.repeat(2000) }) });
  assert.equal(long.status, 429);
  await gateway.settled('input_ever', 600, who);
});

test('money is counted by the price of each kind of token, and ends with the budget', async () => {
  const who = someone();
  up.answer = says('short', { usage: usageOf(1000, 100, { prompt_tokens_details: { cached_tokens: 400 } }) });
  assert.equal((await ask('usd', who, { max_tokens: 100 })).status, 200);
  await gateway.settled('spent', (600 * 2.5 + 400 * 1.25 + 100 * 10) / 1e6, who);
  const dear = await ask('usd', who, { max_tokens: 800 });
  refusedFor(dear, 'budget', 1, 24 * 3600);
  assert.equal((await ask('usd', who, { max_tokens: 1000, model: 'm1' })).status, 200, 'a call that costs nothing passes');
  assert.equal((await ask('usd', who, { max_tokens: 500 })).status, 200);
  await gateway.settled('spent', 0.006, who);
});

test('sums are limited', async () => {
  const who = someone();
  up.answer = says('short', { usage: usageOf(10, 20) });
  assert.equal((await ask('sum', who, { max_tokens: 30 })).status, 200);
  await gateway.settled('credits', 60, who);
  assert.deepEqual([(await ask('sum', who, { max_tokens: 30 })).status, (await ask('sum', who, { max_tokens: 13 })).status], [429, 200]);
  await gateway.settled('credits', 120, who);
});

test('so many requests are served at one time, and no more', async () => {
  const who = someone();
  const held = [];
  up.answer = async (seen, response) => {
    await new Promise((resolve) => held.push(resolve));
    says('late')(seen, response);
  };
  const first = ask('slots', who), second = ask('slots', who, { stream: true });
  await until(() => held.length === 2, 'two are under way');
  const third = await ask('slots', who);
  assert.deepEqual([third.status, third.policy], [429, 'slots']);
  held.forEach((release) => release());
  assert.deepEqual(codes(await Promise.all([first, second])), [200, 200]);
  up.answer = says('soon');
  await until(async () => (await ask('slots', who)).status === 200, 'slots are free again');
});

test('a request that one limit refuses takes nothing of the others', async () => {
  const who = someone();
  up.answer = says('an answer');
  const answers = await statuses('both', who, 4, {}, { 'x-shared': 'one' });
  assert.deepEqual(codes(answers), [200, 429, 429, 429]);
  assert.equal(await gateway.used('several', who), 1);
  assert.equal((await ask('both', who, {}, { 'x-shared': 'two' })).status, 200);
  assert.equal(await gateway.used('several', who), 2);
});

test('a limit asks those for whom its guard holds; a shadow refuses nobody', async () => {
  const who = someone();
  assert.deepEqual(codes(await statuses('guard', who, 2)), [200, 429]);
  assert.equal((await ask('guard', who, { model: 'm1' })).status, 200);
  assert.deepEqual(codes(await statuses('shadow', who, 3)), [200, 200, 200]);
  assert.equal((await ask('shadow', who, {}, { 'x-bad': 'yes' })).status, 200);
});

test('a 429 never hides another refusal', async () => {
  const who = someone();
  assert.deepEqual(codes(await statuses('denied', who, 6)), [200, 200, 200, 200, 200, 429]);
  assert.equal((await ask('denied', who, {}, { 'x-bad': 'yes' })).status, 403);
});

test('meters are read as they were before the request', async () => {
  const who = someone();
  const answers = await statuses('ratio', who, 4);
  assert.deepEqual(answers.map((one) => one.headers.get('x-left')), ['0 4 0', '1 3 0.25', '2 2 0.5', null]);
  assert.deepEqual([answers[3].status, answers[3].error], [429, 'three quarters']);
});

test('refusals are counted, but not those of limits, of shadows and of what reads the meter', async () => {
  const who = someone();
  await statuses('denied', who, 2, {}, { 'x-bad': 'yes' });
  await gateway.settled('refused', 2, who);
  await ask('shadow', who, {}, { 'x-bad': 'yes' });
  await statuses('rate', who, 5);
  assert.equal(await gateway.used('refused', who), 2);
  assert.equal((await ask('nobody', who)).status, 403);
  await gateway.settled('refused', 3, who);
  const locked = await statuses('denied', who, 3);
  assert.deepEqual(locked.map((one) => one.error), ['too many', 'too many', 'too many']);
  assert.equal(await gateway.used('refused', who), 3);
});

test('an answer that is refused is a refusal, and was paid for', async () => {
  const who = someone();
  up.answer = says('a secret', { usage: usageOf(30, 40) });
  assert.equal((await ask('denied', who)).status, 451);
  await gateway.settled('refused', 1, who);
  await gateway.settled('tokens_day', 70, who);
});

test('errors are counted by what the meter says: the caller, the model', async () => {
  const who = someone();
  up.answer = failsWith(500);
  assert.deepEqual(codes(await statuses('failing', who, 2)), [500, 500]);
  await gateway.settled('failures', 2, who);
  up.answer = failsWith(404);
  assert.equal((await ask('failing', who)).status, 404);
  up.answer = failsWith(503);
  assert.equal((await ask('failing', someone())).status, 503);
  await until(async () => (await ask('failing', who)).policy === 'models_', 'the model is known to fail');
  assert.equal(await gateway.used('failures', who), 2);
  assert.equal((await ask('failing', who, { model: 'm1' })).status, 200);
});

test('a stream ends where it would pass a limit with cut, and what was passed on is charged', async () => {
  const who = someone();
  let written = 0;
  up.answer = async (seen, response) => {
    response.setHeader('content-type', 'text/event-stream');
    response.write(sse(chunk({ role: 'assistant', content: '' })));
    while (!response.destroyed && ++written < 5000) await sleep(1, response.write(sse(chunk({ content: 'word' }))));
    response.end(sse('[DONE]'));
  };
  const answer = await ask('cut', who, { stream: true, stream_options: { include_usage: true } });
  const got = readEvents(answer.text);
  assert.deepEqual([answer.status, got.finish, got.done], [200, 'length', true], answer.text.slice(-300));
  assert.ok(got.text.length > 4 && got.text.length <= 400, `${got.text.length} bytes`);
  assert.ok(got.usage.total_tokens <= 100);
  await gateway.settled('streamed', got.usage.total_tokens, who);
  const line = await gateway.logged(answer.headers.get('x-request-id'));
  assert.deepEqual([line.decision, line.policy], ['deny', 'cut']);
  await until(() => up.last.closed, 'the upstream is let go');
  up.answer = says('whole', { usage: usageOf(10, 10) });
  assert.equal((await ask('cut', someone(), { max_tokens: 500 })).status, 429, 'an answer that is no stream is reserved whole');
  assert.equal((await ask('cut', someone(), { max_tokens: 50 })).status, 200);
});

// --- what is left, told to clients ---

const limitsOf = (answer) => Object.fromEntries([...answer.headers].filter(([name]) => name.includes('ratelimit')));

test('an answer tells what its limits have left', async () => {
  up.answer = says('an answer');
  const who = someone();
  const first = limitsOf(await ask('rate', who));
  assert.equal(first['ratelimit-policy'], '"rate.1";q=3;w=3600');
  assert.match(first.ratelimit, /^"rate\.1";r=2;t=(1200|1199)$/);
  assert.equal(first['x-ratelimit-limit-requests'], '3');
  assert.equal(first['x-ratelimit-remaining-requests'], '2');
  assert.match(first['x-ratelimit-reset-requests'], /^(20m0s|19m59s)$/);
  assert.equal(first['x-ratelimit-limit-tokens'], undefined);
  await statuses('rate', who, 2);
  const refused = await ask('rate', who);
  assert.equal(refused.status, 429);
  assert.equal(limitsOf(refused)['x-ratelimit-remaining-requests'], '0');
});

test('tokens are told apart from requests, calendars by their end, slots by their number', async () => {
  up.answer = says('an answer', { usage: usageOf(10, 20) });
  const who = someone();
  const tokens = limitsOf(await ask('tokens', who, { max_tokens: 50 }));
  assert.equal(tokens['ratelimit-policy'], '"tokens_day";q=1000;w=86400;qu="tokens"');
  const left = Number(tokens['x-ratelimit-remaining-tokens']);
  assert.ok(left > 0 && left < 1000, tokens.ratelimit);
  assert.match(tokens.ratelimit, new RegExp(`^"tokens_day";r=${left};t=[0-9]+$`));
  assert.equal(tokens['x-ratelimit-limit-requests'], undefined);
  await gateway.settled('tokens_day', 30, who);
  // What was reserved above what was used is there again.
  const after = Number(limitsOf(await ask('tokens', who, { max_tokens: 50 }))['x-ratelimit-remaining-tokens']);
  assert.equal(after, left - 30);
  assert.equal(limitsOf(await ask('slots', someone()))['ratelimit-policy'], '"slots.1";q=2;qu="concurrent-requests"');
  assert.equal(limitsOf(await ask('ever', someone())).ratelimit, '"ever.1";r=1');
});

test('of several limits the one that has least left speaks to OpenAI clients', async () => {
  const both = limitsOf(await ask('both', someone(), {}, { 'x-shared': someone() }));
  assert.equal(both['ratelimit-policy'], '"several";q=5;w=86400, "both.2";q=1;w=86400');
  assert.equal(both['x-ratelimit-limit-requests'], '1');
  assert.equal(both['x-ratelimit-remaining-requests'], '0');
});

test('budgets in dollars and shadow limits are the house\'s own', async () => {
  assert.deepEqual(limitsOf(await ask('usd', someone())), {});
  assert.deepEqual(limitsOf(await ask('sum', someone())), {});
  assert.deepEqual(limitsOf(await ask('shadow', someone())), {});
});

test('where limits speak, the upstream\'s do not', async () => {
  up.answer = json(completion('an answer'), 200, { 'x-ratelimit-remaining-requests': '77', ratelimit: '"theirs";r=1' });
  assert.equal(limitsOf(await ask('rate', someone()))['x-ratelimit-remaining-requests'], '2');
  assert.equal(limitsOf(await ask('free', someone()))['x-ratelimit-remaining-requests'], '77');
});

test('a stream tells its limits in its head', async () => {
  up.answer = says('an answer');
  const response = await fetch(`${gateway.url}/t/rate`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-caller': someone() }, body: JSON.stringify({ model: 'm0', stream: true, messages: [{ role: 'user', content: 'hi' }] }) });
  assert.equal(response.headers.get('x-ratelimit-remaining-requests'), '2');
  await response.text();
});
