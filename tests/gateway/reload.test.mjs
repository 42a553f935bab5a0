// Policies that change while they are served: no request fails, none is judged by half of each, and a bad set changes nothing.
import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { chunk, readEvents, says, sse } from './answers.mjs';
import { caller, probe, scene } from './scene.mjs';
import { patience, sleep, until } from './support.mjs';

const force = /^policies \S+ are in force, loaded in \d+ ms\n$/;
const refused = /^the new policies are refused, the old ones stay in force: /;
const operators = ', admin: "127.0.0.1:0"';

// An answer whose end a test chooses: words of it are sent by `say`.
function held() {
  const one = { begun: false };
  one.answer = (seen, response) => {
    one.begun = true;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    one.say = (word) => response.write(sse(chunk({ content: word })));
    one.end = (usage) => response.end(sse(chunk({}, { finish: 'stop', usage })) + sse('[DONE]'));
    one.say('first ');
  };
  return one;
}

test('100 reloads under load fail no request and drop no stream', { timeout: 300_000 * patience }, async () => {
  const versions = 100, clients = 32;
  const version = (number) => `
policy open { on "/v1/**" allow set response.header["x-version"] = "${number}" }
policy other { on "/v1/**" deny 403 "version ${number}" when ai.prompt.contains("teapot") }`;
  const { gateway, up, reload, stop } = await scene(version(0), { settings: operators });
  const long = Array.from({ length: 4 }, held);
  const words = 'some words that come one after the other';
  up.answer = async (seen, response) => {
    const asked = JSON.parse(seen.body);
    const number = asked.user;
    if (number) return long[Number(number)].answer(seen, response);
    if (!asked.stream) return sleep(30).then(() => says(words)(seen, response));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const word of words.split(/(?= )/)) {
      response.write(sse(chunk({ content: word })));
      await sleep(25);
    }
    response.end(sse(chunk({}, { finish: 'stop' })) + sse('[DONE]'));
  };
  const whole = (stream, text) => (stream ? readEvents(text).done && readEvents(text).text : JSON.parse(text).choices[0].message.content) === words;

  let current = 0, going = true;
  const wrong = [], served = new Set(), counts = { plain: 0, stream: 0, denied: 0 };
  const oneCall = async (way) => {
    const before = current;
    const answer = await gateway.chat({ stream: way === 'stream', ...(way === 'denied' && { messages: [{ role: 'user', content: 'a teapot' }] }) }, { signal: AbortSignal.timeout(60_000 * patience) });
    const by = Number(answer.headers.get('x-version') ?? /version (\d+)/.exec(answer.error ?? '')?.[1]);
    served.add(by);
    counts[way]++;
    const good = way === 'denied' ? answer.status === 403 && answer.error === `version ${by}` : answer.status === 200 && whole(way === 'stream', answer.text);
    if (!good || !(by >= before && by <= current + 1)) wrong.push({ way, before, by, current, status: answer.status, text: answer.text });
  };
  const streams = long.map((_, number) => gateway.chat({ stream: true, user: String(number) }));
  await until(() => long.every((one) => one.begun), 'the long streams have begun');
  const load = Array.from({ length: clients }, async (_, client) => {
    for (let i = client; going; i++) await oneCall(['plain', 'stream', 'denied', 'plain'][i % 4]).catch((error) => wrong.push(error));
  });
  for (let number = 1; number <= versions; number++) {
    const said = await reload(version(number));
    assert.match(said, force);
    current = number;
    long.forEach((one) => one.say(`${number} `));
  }
  await Promise.all(Array.from({ length: 4 }, () => oneCall('plain')));
  going = false;
  await Promise.all(load);
  long.forEach((one) => one.end());
  for (const { status, text, headers } of await Promise.all(streams)) {
    assert.equal(status, 200);
    assert.equal(headers.get('x-version'), '0');
    const read = readEvents(text);
    assert.ok(read.done);
    assert.equal(read.text, `first ${Array.from({ length: versions }, (_, i) => `${i + 1} `).join('')}`);
  }
  assert.deepEqual(wrong.slice(0, 5), []);
  assert.ok(counts.plain >= clients && counts.stream >= clients && counts.denied >= clients / 2, JSON.stringify(counts));
  assert.ok(served.has(versions) && served.size > versions / 4, `${served.size} versions were met`);
  assert.equal(await gateway.metric('aipol_policy_reloads_total', { result: 'loaded' }), versions);
  assert.equal(await gateway.metric('aipol_policy_reloads_total', { result: 'refused' }), 0);
  assert.equal(await gateway.metric('aipol_requests_total', { status: '200' }), counts.plain + counts.stream + long.length);
  await stop();
});

test('files that change are loaded without being asked', async () => {
  const policy = (words) => `package scene\ngateway { listen: "127.0.0.1:0" }\npolicy p { on "/**" deny 403 "${words}" }`;
  const { gateway, stop } = await scene('policy p { on "/**" deny 403 "before" }');
  assert.equal((await gateway.chat()).error, 'before');
  gateway.write('gateway.aipol', policy('after'));
  await until(() => gateway.stderr.includes('are in force'));
  assert.equal((await gateway.chat()).error, 'after');
  gateway.write('more.aipol', 'package scene\n@priority(10)\npolicy more { on "/**" deny 418 "a file more" }');
  await until(() => gateway.stderr.split('are in force').length > 2, () => gateway.stderr);
  assert.equal((await gateway.chat()).error, 'a file more');
  rmSync(path.join(gateway.folder, 'more.aipol'));
  await until(() => gateway.stderr.split('are in force').length > 3, () => gateway.stderr);
  assert.equal((await gateway.chat()).error, 'after');
  await stop();
});

const good = `
identity keys : api_key { header: "x-api-key", file: "keys.json" }
data blocked from "blocked.json" : list<string>
policy open { on "/**" allow deny 403 "in force" when "nobody" in blocked }`;

const broken = [
  ['a mistake of syntax', 'policy open { on', /E0\d{3}[^]*gateway\.aipol:\d+/],
  ['a mistake of types', 'policy open { on "/**" allow when request.method == 5 }', /E0\d{3}[^]*gateway\.aipol:\d+/],
  ['an unknown field', 'policy open { on "/**" allow when principal.role == "a" }', /E0203[^]*did you mean `roles`/],
  ['no schema', 'policy open { on "/**" allow validate body with "gone.json" }', /gone\.json/],
  ['no key file', `${good}\nidentity others : api_key { header: "x-other", file: "gone.json" }`, /identity others: .*gone\.json/],
  ['no document', 'data gone from "gone.json" : list<string>\npolicy open { on "/**" allow when principal.id in gone }', /gone\.json/],
  ['no secret', `${good}\nprovider other { kind: openai, url: "http://127.0.0.1:1", key: env("NOT_THERE") }`, /provider other: .*NOT_THERE/],
  ['no authority', `${good}\nidentity peers : mtls { ca: "gone.pem" }`, /identity peers: .*gone\.pem/],
];

test('a broken set is refused and told about, and the old one serves on', async () => {
  const { gateway, reload, stop } = await scene(good, { settings: operators, files: { 'blocked.json': '["nobody"]' } });
  const before = (await gateway.operators('/policy')).json;
  const serves = async (what) => {
    const { status, error } = await gateway.chat();
    assert.deepEqual({ status, error }, { status: 403, error: 'in force' }, what);
  };
  for (const [what, policy, message] of broken) {
    const said = await reload(policy);
    assert.match(said, refused, what);
    assert.match(said, message, what);
    await serves(what);
  }
  gateway.write('blocked.json', '["nobody"');
  assert.match(await gateway.reload(), refused);
  await serves('a broken document');
  rmSync(path.join(gateway.folder, 'gateway.aipol'));
  assert.match(await gateway.reload(), refused);
  await serves('no policies');
  assert.deepEqual({ ...(await gateway.operators('/policy')).json, statements: undefined }, { ...before, statements: undefined });
  assert.equal(await gateway.metric('aipol_policy_reloads_total', { result: 'refused' }), broken.length + 2);
  assert.equal(await gateway.metric('aipol_policy_reloads_total', { result: 'loaded' }), 0);
  gateway.write('blocked.json', '[]');
  assert.match(await reload(good), force);
  assert.equal((await gateway.chat()).status, 200);
  assert.equal(await gateway.metric('aipol_policy_reloads_total', { result: 'loaded' }), 1);
  await stop();
});

test('a broken file that nobody asks about is told about once', async () => {
  const { gateway, stop } = await scene(good, { files: { 'blocked.json': '["nobody"]' } });
  gateway.write('blocked.json', '{}');
  await until(() => gateway.stderr.includes('refused'), () => gateway.stderr);
  await sleep(2000);  // of looks that find nothing new
  assert.equal(gateway.stderr.split('are refused').length, 2, gateway.stderr);
  assert.equal((await gateway.chat()).error, 'in force');
  gateway.write('blocked.json', '["somebody"]');
  await until(() => gateway.stderr.includes('are in force'), () => gateway.stderr);
  assert.equal((await gateway.chat()).status, 200);
  await stop();
});

test('a set that is refused has not touched the sinks', async () => {
  const policy = (settings, sinks = '') => `policy open { on "/**" allow }\nsink trail { kind: file, path: "audit.jsonl", ${settings} }\n${sinks}`;
  const { gateway, reload, stop } = await scene(policy('rotate: 3000'), { settings: ', audit: [trail]', env: { AIPOL_DATA: 'nowhere' } });
  const files = () => readdirSync(gateway.folder).filter((name) => name.includes('jsonl') && !name.endsWith('.head'));
  for (let i = 0; i < 20; i++) await gateway.chat();
  await until(() => files().length > 4, 'files are put aside');
  assert.match(await reload(policy('rotate: 3000, keep: 1', 'sink other { kind: file, path: "other.jsonl" }\nmodel "counted" { provider: p0, tokenizer: o200k, price: {} }')), /refused[^]*o200k/);
  const before = files();
  for (let i = 0; i < 20; i++) await gateway.chat();
  await until(() => files().length > before.length + 3, () => `more files are put aside than ${before}: ${files()}`);
  // `audit.jsonl` is away for a moment whenever one is put aside.
  await until(() => before.every((name) => files().includes(name)), () => `none of ${before} is dropped: ${files()}`);
  assert.ok(!files().includes('other.jsonl'));
  await stop();
});

test('documents and schemas that change are loaded again; bad ones are refused', async () => {
  const policy = `
data blocked from "blocked.json" : list<string>
data prices from "prices.csv" : map<string, int>
policy open { on "/**" allow validate body with "schema.json" }
policy by { on "/**" deny 403 f"blocked at {prices["a"] ?? 0}" when (${caller}) in blocked }`;
  const schema = (most) => JSON.stringify({ type: 'object', properties: { max_tokens: { maximum: most } } });
  const { gateway, stop } = await scene(policy, { files: { 'blocked.json': '["ann"]', 'prices.csv': 'name,price\na,1\n', 'schema.json': schema(10) } });
  const ask = async (who, members) => {
    const { status, error } = await gateway.chat(members, { headers: { 'x-caller': who } });
    return status === 200 ? 200 : error;
  };
  let loads = 0;
  const change = async (file, text, what = 'are in force') => {
    const { length } = gateway.stderr;
    gateway.write(file, text);
    await until(() => gateway.stderr.slice(length).includes(what), () => `${file}: ${gateway.stderr}`);
    loads++;
  };
  assert.equal(await ask('ann'), 'blocked at 1');
  assert.equal(await ask('bob'), 200);
  await change('blocked.json', '["bob"]');
  assert.equal(await ask('ann'), 200);
  assert.equal(await ask('bob'), 'blocked at 1');
  await change('prices.csv', 'name,price\na,2\n');
  assert.equal(await ask('bob'), 'blocked at 2');
  for (const [file, text] of [['blocked.json', '["bob", 5]'], ['prices.csv', 'name,price\na,dear\n'], ['schema.json', '{"type":']]) {
    await change(file, text, 'are refused');
    assert.match(gateway.stderr.split('are refused').at(-1), new RegExp(file.replace('.', '\\.')));
    assert.equal(await ask('bob'), 'blocked at 2');
    assert.equal(await ask('ann', { max_tokens: 10 }), 200);
    assert.notEqual(await ask('ann', { max_tokens: 11 }), 200);
    gateway.write(file, { 'blocked.json': '["bob"]', 'prices.csv': 'name,price\na,2\n', 'schema.json': schema(10) }[file]);
    await gateway.reload();
  }
  await change('schema.json', schema(20));
  assert.equal(await ask('ann', { max_tokens: 11 }), 200);
  assert.notEqual(await ask('ann', { max_tokens: 21 }), 200);
  await stop();
});

test('a set is loaded once for what has changed', async () => {
  const { gateway, reload, stop } = await scene('policy open { on "/**" allow }', { settings: operators, files: { 'blocked.json': '[]' } });
  assert.match(await reload('data blocked from "blocked.json" : list<string>\npolicy open { on "/**" allow when principal.id not in blocked }'), force);
  const { since } = (await gateway.operators('/policy')).json;
  await sleep(3000);  // of looks that find nothing new
  assert.equal(gateway.stderr.split('in force').length, 2, gateway.stderr);
  assert.equal((await gateway.operators('/policy')).json.since, since);
  await stop();
});

test('requests in flight end under the version that admitted them', async () => {
  const open = 'meter spent = tokens per ever by "all"\npolicy open { on "/**" allow limit spent to 1M }';
  const before = `use std.pii\n${open}\npolicy words { on "/**" redact response pii.email }\n${probe('spent')}`;
  const { gateway, up, reload, stop } = await scene(before, { members: 'price: {}' });
  const stream = held(), plain = {};
  up.answer = (seen, response) => (JSON.parse(seen.body).stream ? stream.answer(seen, response) : (plain.end = () => says('write to ann@acme.example')(seen, response)));
  const streamed = gateway.chat({ stream: true }), answered = gateway.chat();
  await until(() => stream.begun && plain.end, 'both have begun');
  assert.match(await reload(`policy closed { on "/**" deny 403 "closed" }`), force);
  assert.equal((await gateway.chat()).error, 'closed');
  stream.say('write to ann@acme.example ');
  stream.end({ prompt_tokens: 30, completion_tokens: 12, total_tokens: 42 });
  plain.end();
  const read = await streamed;
  assert.equal(read.status, 200);
  assert.match(readEvents(read.text).text, /^first write to /);
  assert.ok(readEvents(read.text).done);
  assert.doesNotMatch(read.text, /acme/);  // by the version that admitted it
  const { status, content } = await answered;
  assert.equal(status, 200);
  assert.doesNotMatch(content, /acme/);
  const line = await gateway.logged(read.headers.get('x-request-id'));
  assert.deepEqual([line.decision, line.policy, line.status], ['allow', 'open', 200]);
  assert.match(await reload(before), force);
  await gateway.settled('spent', 45);
  await stop();
});

test('meters keep their counts over a reword and a reload', async () => {
  const policy = (limit, more = '') => `
meter spent = tokens per day by ${caller}
meter calls = requests per ever by "all"
policy open { on "/**" allow }
${more}policy counts { on post "/**" limit spent to ${limit} limit calls to 1000 }
${probe('spent', 'calls')}`;
  const { gateway, reload, stop } = await scene(policy(100));
  const call = (members) => gateway.chat({ max_tokens: 10, ...members }, { headers: { 'x-caller': 'ann' } });
  for (let i = 1; i <= 3; i++) {
    assert.equal((await call()).status, 200);
    await gateway.settled('spent', 3 * i, 'ann');
  }
  assert.match(await gateway.reload(), force);
  await gateway.settled('spent', 9, 'ann');
  assert.match(await reload(policy(12, '// says the same\npolicy more { on "/elsewhere" deny 403 "gone" }\n')), force);
  await gateway.settled('spent', 9, 'ann');
  await gateway.settled('calls', 3);
  const refusal = await call();
  assert.equal(refusal.status, 429);
  assert.equal(refusal.policy, 'counts');
  assert.match(await reload(policy(1000)), force);
  assert.equal((await call()).status, 200);
  await gateway.settled('spent', 12, 'ann');
  await stop();
});

test('/policy tells the version, since when, and what fired since', async () => {
  const policy = (words) => `policy open { on "/**" allow }\npolicy no { on "/**" deny 403 "${words}" when ai.prompt.contains("teapot")}\n@shadow\npolicy some_day { on "/**" deny 403 "some day" }`;
  const { gateway, reload, stop } = await scene(policy('one'), { settings: operators });
  const teapot = { messages: [{ role: 'user', content: 'teapot' }] };
  const tell = async () => (await gateway.operators('/policy')).json;
  const hits = ({ statements }) => statements.map((one) => [one.policy, one.effect, one.shadow, one.hits]);
  const first = await tell();
  assert.equal(first.policies, 3);
  assert.deepEqual(hits(first), [['open', 'allow', false, 0], ['no', 'deny', false, 0], ['some_day', 'deny', true, 0]]);
  assert.ok(first.statements.every((one) => /gateway\.aipol:\d+$/.test(one.statement)));
  assert.ok(Math.abs(Date.now() - Date.parse(first.since)) < 60_000);
  for (let i = 0; i < 3; i++) await gateway.chat();
  await gateway.chat(teapot);
  let counts;
  await until(async () => (counts = hits(await tell()).map((one) => one[3]))[0] >= 3 && counts[1] === 1 && counts[2] === 4, () => `it is counted: ${counts}`);
  const said = await reload(policy('two'));
  const second = await tell();
  assert.match(said, new RegExp(`^policies ${second.version} are in force`));
  assert.notEqual(second.version, first.version);
  assert.ok(Date.parse(second.since) > Date.parse(first.since));
  assert.ok(second.statements.every((one) => one.hits === 0));
  assert.equal((await gateway.chat(teapot)).error, 'two');
  assert.match(await reload(policy('one')), force);
  assert.equal((await tell()).version, first.version);
  const { text } = await gateway.operators('/metrics');
  assert.match(text, new RegExp(`^aipol_policy_info\\{version="${first.version}"\\} 1$`, 'm'));
  assert.doesNotMatch(text, new RegExp(second.version));
  await stop();
});

test('a reload that comes with the end of the gateway harms neither', async () => {
  for (const pause of [0, 5, 20]) {
    const { gateway, stop } = await scene('policy open { on "/**" allow }');
    assert.equal((await gateway.chat()).status, 200);
    for (let i = 0; i < 5; i++) gateway.process.kill('SIGHUP');
    await sleep(pause);
    await stop();
    assert.doesNotMatch(gateway.stderr, /refused/);
  }
});
