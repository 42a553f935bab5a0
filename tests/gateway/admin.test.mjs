// What operators see: metrics that scrapers read, health, the policies in force; on an address of its own.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { closes, failsWith, never, says, usageOf } from './answers.mjs';
import { scene } from './scene.mjs';
import { patience, raw, run, statuses, until } from './support.mjs';

const operators = ', admin: "127.0.0.1:0"';
const adminPort = (gateway) => Number(gateway.admin.split(':').at(-1));

// The text format of Prometheus, version 0.0.4: the samples by family, or an error where a scraper would give up.
function parse(text) {
  assert.ok(text.endsWith('\n'));
  const families = new Map(), seen = new Set();
  for (const line of text.trimEnd().split('\n')) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*)(?: (.*))?$/.exec(line);
    if (comment) {
      const [, kind, name, rest] = comment;
      const family = families.get(name) ?? { samples: [] };
      assert.ok(!(kind in family), `${kind} of ${name} is there twice`);
      assert.ok(family.samples.length === 0, `${kind} of ${name} comes late`);
      family[kind] = rest;
      families.set(name, family);
      continue;
    }
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\n"])*",?)*)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[+-]Inf|NaN)(?: \d+)?$/i.exec(line);
    assert.ok(sample, `not a sample: ${line}`);
    const [, name, labels = '', value] = sample;
    assert.ok(!seen.has(`${name}{${labels}}`), `twice: ${line}`);
    seen.add(`${name}{${labels}}`);
    const of = families.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
    assert.ok(families.get(of)?.TYPE, `no TYPE before ${line}`);
    const pairs = [...labels.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)].map(([, label, text]) => [label, text.replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c))]);
    families.get(of).samples.push({ name, labels: Object.fromEntries(pairs), value: Number(value.replace('Inf', 'Infinity')) });
  }
  return families;
}

const without = ({ le, ...labels }) => JSON.stringify(labels);

function checkHistogram(name, { samples }) {
  for (const count of samples.filter((one) => one.name === `${name}_count`)) {
    const buckets = samples.filter((one) => one.name === `${name}_bucket` && without(one.labels) === without(count.labels));
    assert.ok(buckets.every((one, i) => i === 0 || (one.value >= buckets[i - 1].value && Number(one.labels.le.replace('+Inf', 'Infinity')) > Number(buckets[i - 1].labels.le))), name);
    assert.equal(buckets.at(-1).labels.le, '+Inf');
    assert.equal(buckets.at(-1).value, count.value);
    assert.ok(samples.some((one) => one.name === `${name}_sum` && without(one.labels) === without(count.labels)));
  }
}

const policy = `
endpoint "/kept" { accepts: chat, model: "m0" }
policy open   { on "/**" allow }
policy closed { on "/v1/**" deny 403 "no teapots" when ai.prompt.contains("teapot") }
policy some   { on "/v1/**" deny 418 "no" when ai.prompt.contains("kettle") }
policy kept   { on "/kept" cache 1h }
provider odd { kind: echo }
model "a\\"b\\\\c" { provider: odd }`;

let shared, gateway, up;
before(async () => {
  shared = await scene(policy, { members: 'price: { input: $10, output: $20 }', settings: operators, shared: true });
  ({ gateway, up } = shared);
});
after(() => shared.stop());

const saying = (content) => ({ messages: [{ role: 'user', content }] });
// How much these counters have moved; asked again until they have.
async function moves(act, expected) {
  const read = () => Promise.all(expected.map(([name, labels]) => gateway.metric(name, labels)));
  await until(async () => (await gateway.metric('aipol_requests_in_flight')) === 0, 'all before is counted');
  const first = await read();
  await act();
  let moved;
  await until(async () => {
    const now = await read();
    moved = now.map((value, i) => value - first[i]);
    return moved.every((value, i) => Math.abs(value - expected[i][2]) < 1e-9);
  }, () => `moved: ${moved} of ${JSON.stringify(expected)}`);
}

test('/metrics is text that a scraper reads', async () => {
  await gateway.chat();
  await gateway.chat(saying('teapot'));
  await gateway.chat({ model: 'a"b\\c' });
  up.answer = closes;
  await gateway.chat();
  up.answer = says('an answer');
  const { status, text, headers } = await gateway.operators('/metrics');
  assert.equal(status, 200);
  assert.match(headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
  const families = parse(text);
  for (const [name, family] of families) {
    assert.match(family.TYPE, /^(counter|gauge|histogram)$/, name);
    assert.ok(family.HELP, name);
    assert.equal(family.TYPE === 'counter', name.endsWith('_total'), name);
    if (family.TYPE === 'histogram') checkHistogram(name, family);
  }
  for (const name of ['aipol_requests_total', 'aipol_denials_total', 'aipol_cost_usd_total', 'gen_ai_client_token_usage', 'gen_ai_server_request_duration_seconds', 'aipol_request_duration_seconds',
    'aipol_decision_duration_seconds', 'aipol_policy_reloads_total', 'aipol_requests_in_flight', 'aipol_load', 'aipol_policy_info']) assert.ok(families.has(name), name);
  assert.ok(families.get('gen_ai_client_token_usage').samples.some((one) => one.labels.gen_ai_request_model === 'a"b\\c'), 'names are escaped');
});

test('requests are counted by decision and status, refusals by policy', async () => {
  await moves(async () => {
    for (let i = 0; i < 3; i++) await gateway.chat();
    for (let i = 0; i < 2; i++) await gateway.chat(saying('teapot'));
    await gateway.chat(saying('kettle'));
    await gateway.chat({}, { path: '/nowhere' });
  }, [['aipol_requests_total', { decision: 'allow', status: '200' }, 3], ['aipol_requests_total', { decision: 'deny', status: '403' }, 2], ['aipol_requests_total', { decision: 'deny', status: '418' }, 1],
    ['aipol_requests_total', { status: '404' }, 1], ['aipol_requests_total', {}, 7], ['aipol_denials_total', { policy: 'closed' }, 2], ['aipol_denials_total', { policy: 'some' }, 1],
    ['aipol_request_duration_seconds_count', {}, 7]]);
  await moves(() => gateway.raw('NONSENSE\r\n\r\n'), [['aipol_requests_total', { status: '400' }, 1]]);
});

test('tokens, money and failures are counted by model and provider', async () => {
  const model = { gen_ai_request_model: 'm0', gen_ai_provider_name: 'p0' };
  const tokens = (kind) => ({ ...model, gen_ai_token_type: kind });
  up.answer = says('words', { usage: usageOf(1000, 500) });
  await moves(async () => {
    await gateway.chat();
    await gateway.chat({ stream: true });
  }, [['gen_ai_client_token_usage_sum', tokens('input'), 2000], ['gen_ai_client_token_usage_sum', tokens('output'), 1000], ['gen_ai_client_token_usage_count', tokens('input'), 2],
    ['aipol_cost_usd_total', model, 0.04], ['aipol_upstream_attempts_total', model, 2], ['aipol_upstream_failures_total', model, 0], ['gen_ai_server_request_duration_seconds_count', model, 2]]);
  for (const answer of [failsWith(500), closes]) {
    up.answer = answer;
    await moves(() => gateway.chat(), [['aipol_upstream_attempts_total', model, 1], ['aipol_upstream_failures_total', model, 1], ['aipol_cost_usd_total', model, 0]]);
  }
  up.answer = says('words', { usage: usageOf(1000, 500) });
  await moves(() => gateway.chat(saying('teapot')), [['aipol_cost_usd_total', {}, 0], ['aipol_upstream_attempts_total', model, 0]]);
  await moves(() => gateway.chat({}, { path: '/kept' }), [['aipol_cached_answers_total', {}, 0], ['aipol_cost_usd_total', model, 0.02]]);
  await moves(() => gateway.chat({}, { path: '/kept' }), [['aipol_cached_answers_total', {}, 1], ['aipol_cost_usd_total', model, 0], ['aipol_requests_total', { status: '200' }, 1]]);
});

test('requests in flight are told while they are', async () => {
  up.answer = never;
  const { length } = up.seen;
  const abort = new AbortController();
  const calls = Array.from({ length: 3 }, () => gateway.chat({}, { signal: abort.signal }).catch(() => 'left'));
  await until(() => up.seen.length === length + 3, 'three have come');
  await until(async () => (await gateway.metric('aipol_requests_in_flight')) === 3, 'they are in flight');
  abort.abort();
  assert.deepEqual(await Promise.all(calls), ['left', 'left', 'left']);
  await until(async () => (await gateway.metric('aipol_requests_in_flight')) === 0, 'none is in flight');
  up.answer = says('an answer');
  const load = await gateway.metric('aipol_load');
  assert.ok(load >= 0 && load <= 1);
});

test('health, the policies in force, and nothing else', async () => {
  assert.equal((await gateway.operators('/healthz')).status, 200);
  assert.deepEqual([(await gateway.operators('/readyz')).status, (await gateway.operators('/readyz')).text], [200, 'ready\n']);
  assert.equal((await gateway.operators('/readyz?verbose=1')).status, 200);
  const { status, json, headers } = await gateway.operators('/policy');
  assert.equal(status, 200);
  assert.match(headers.get('content-type'), /^application\/json/);
  assert.deepEqual(json.statements.map((one) => [one.policy, one.effect]), [['open', 'allow'], ['closed', 'deny'], ['some', 'deny'], ['kept', 'cache']]);
  for (const page of ['/', '/nowhere', '/metrics/', '/metrics/x', '//metrics', '/%6detrics', '/policy/../metrics', '/v1/chat/completions', '/v1/models']) {
    const request = http.get({ host: '127.0.0.1', port: adminPort(gateway), path: page });
    const [response] = await once(request, 'response');
    response.resume();
    assert.equal(response.statusCode, 404, page);
  }
  assert.equal((await fetch(`${gateway.url}/metrics`)).status, 404);  // not where clients are served
});

test('methods but GET and HEAD are 405, with a body or without', async () => {
  const url = `http://${gateway.admin}`;
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) assert.equal((await fetch(`${url}/policy`, { method })).status, 405, method);
  for (const body of ['{"a":1}', 'x'.repeat(100_000)]) {
    const { status } = await fetch(`${url}/policy`, { method: 'POST', body }).catch((error) => ({ status: error.cause?.code ?? error.message }));
    assert.equal(status, 405);
  }
  const answer = await fetch(`${url}/policy`, { method: 'POST' });
  assert.match(answer.headers.get('allow') ?? '', /\bGET\b/);  // RFC 9110, 15.5.6
});

test('an answer to HEAD has no body', async () => {
  const { text } = await raw(adminPort(gateway), 'HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /readyz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  assert.ok([200, 405].includes(statuses(text)[0]));
  assert.match(text, /^HTTP\/1\.1 [^]*?\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  assert.ok(text.endsWith('\r\n\r\nready\n'));
});

test('many questions on one connection, together and one after the other', async () => {
  const { text, ended } = await raw(adminPort(gateway), 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(20) + 'GET /policy HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  assert.deepEqual(statuses(text), Array(21).fill(200));
  assert.ok(ended);
  const old = await raw(adminPort(gateway), 'GET /healthz HTTP/1.0\r\n\r\n');
  assert.match(old.text, /^HTTP\/1\.[01] 200 [^]*\r\n\r\nalive\n$/);
  assert.ok(old.ended);
});

test('broken and slow questions do no harm', async () => {
  const port = adminPort(gateway);
  const broken = ['NONSENSE\r\n\r\n', 'GET /metrics HTTP/9.9\r\n\r\n', '\0'.repeat(1000), 'GET / HTTP/1.1\r\n' + `x: ${'y'.repeat(200_000)}\r\n\r\n`, 'GET / HTTP/1.1\r\nHost: a\r\n' + 'x: y\r\n'.repeat(20_000) + '\r\n',
    'GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n', 'POST /policy HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'];
  for (const bytes of broken) {
    const { text, ended } = await raw(port, [bytes, 20, 'GET /healthz HTTP/1.1\r\n\r\n'], { timeout: 1000 });
    assert.ok(ended || !text.includes('alive'), JSON.stringify(bytes.slice(0, 30)));
    assert.equal((await gateway.operators('/healthz')).status, 200);
  }
  await raw(port, 'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(200), { cut: true });
  const slow = Array.from({ length: 300 }, () => net.connect(port, '127.0.0.1').on('error', () => {}));
  await Promise.all(slow.map((socket) => once(socket, 'connect')));
  slow.forEach((socket) => socket.write('GET /metr'));
  assert.equal((await gateway.operators('/readyz')).status, 200);
  assert.equal((await gateway.chat()).status, 200);
  slow.forEach((socket) => socket.destroy());
  assert.equal((await gateway.operators('/readyz')).status, 200);
});

test('nobody who is silent keeps a connection for ever', { timeout: 60_000 * patience }, async () => {
  const { gateway, stop } = await scene('policy open { on "/**" allow }', { settings: `${operators}, header_timeout: 300ms, idle_timeout: 300ms` });
  const cases = { 'half a head': 'GET /metr', 'nothing': '', 'after an answer': 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n' };
  for (const [what, bytes] of Object.entries(cases)) {
    const { ended } = await raw(adminPort(gateway), bytes, { timeout: 8000 * patience });
    assert.ok(ended, `${what}: the connection stays open`);
  }
  await stop();
});

test('somebody who does not read what he asks for does no harm', async () => {
  const socket = net.connect(adminPort(gateway), '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  socket.pause();
  socket.write('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(2000));
  for (let i = 0; i < 5; i++) assert.equal((await gateway.operators('/healthz')).status, 200);
  assert.equal((await gateway.chat()).status, 200);
  socket.destroy();
});

test('a gateway that drains is alive, but not ready', async () => {
  const { gateway, up, stop } = await scene('policy open { on "/**" allow }', { settings: operators });
  let end;
  up.answer = (seen, response) => (end = () => says('at last')(seen, response));
  const call = gateway.chat();
  await until(() => end, 'the call has come');
  assert.equal((await gateway.operators('/readyz')).status, 200);
  gateway.process.kill('SIGTERM');
  await until(async () => (await gateway.operators('/readyz')).status === 503, 'it is not ready');
  assert.match((await gateway.operators('/readyz')).text, /draining/);
  assert.equal((await gateway.operators('/healthz')).status, 200);
  assert.equal(await gateway.metric('aipol_requests_in_flight'), 1);
  end();
  assert.equal((await call).content, 'at last');
  await stop();
});

test('a gateway is not ready while it does not know the keys of an issuer', { timeout: 60_000 * patience }, async () => {
  let answers = false;
  const issuer = http.createServer((request, response) => {
    response.statusCode = answers ? 200 : 503;
    response.end(JSON.stringify({ keys: [{ kty: 'OKP', crv: 'Ed25519', kid: 'a', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }] }));
  }).listen(0, '127.0.0.1').unref();
  await once(issuer, 'listening');
  const jwt = `identity staff : jwt { issuer: "https://idp.example", audience: "ai", jwks: "http://127.0.0.1:${issuer.address().port}/jwks" }`;
  const { gateway, stop } = await scene(`${jwt}\npolicy open { on "/**" allow }`, { settings: operators });
  const { status, text } = await gateway.operators('/readyz');
  assert.equal(status, 503);
  assert.match(text, /identity staff/);
  assert.equal((await gateway.operators('/healthz')).status, 200);
  assert.equal((await gateway.chat()).status, 200);  // who needs no token is served
  await until(() => /identity staff: the issuer's keys can not be fetched/.test(gateway.stderr), () => gateway.stderr);
  assert.equal((await gateway.operators('/readyz')).status, 503);
  answers = true;
  await until(async () => (await gateway.operators('/readyz')).status === 200, 'it is ready');
  await stop();
  issuer.close();
});

test('--admin comes before the setting; without either there is none', async () => {
  const open = 'policy open { on "/**" allow }';
  const other = await scene(open, { settings: ', admin: "127.0.0.1:1"', args: ['--admin', '127.0.0.1:0'] });
  assert.notEqual(adminPort(other.gateway), 1);
  assert.equal((await other.gateway.operators('/healthz')).status, 200);
  await other.stop();
  const flag = await scene(open, { args: ['--admin', '[::1]:0'] }).catch(() => null);
  if (flag) {
    assert.equal((await flag.gateway.operators('/healthz')).status, 200);
    await flag.stop();
  }
  const none = await scene(open);
  assert.equal(none.gateway.admin, undefined);
  assert.doesNotMatch(none.gateway.stderr, /operators/);
  await none.stop();
  const busy = await run(['serve', gateway.folder, '--listen', '127.0.0.1:0', '--admin', gateway.admin]);
  assert.equal(busy.code, 2);
  assert.match(busy.err, /^aipol: cannot listen on 127\.0\.0\.1:\d+: Address already in use\n$/);
  const wrong = await run(['serve', gateway.folder, '--listen', '127.0.0.1:0', '--admin', 'nowhere']);
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /^aipol: nowhere is not an address like/);
});

test('no page tells a secret or what was said', async () => {
  await gateway.chat(saying('my teapot is secret-of-mine'));
  for (const page of ['/metrics', '/policy', '/readyz', '/healthz']) assert.doesNotMatch((await gateway.operators(page)).text, /secret-of-mine|sk-far|aip_/);
});
