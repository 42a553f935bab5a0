// POST /explain at the operators' address: why the set in force decides a described request as it does, told as `aipol eval
// --explain` and the audit trail tell it.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { says } from './answers.mjs';
import { scene } from './scene.mjs';
import { keys, run } from './support.mjs';

const policy = `
use std.pii
identity keys : api_key { file: "keys.json" }
policy known  { deny 401 "a key is needed" when principal.kind == anonymous }
policy clerks { on "/**" allow when "clerk" in principal.roles }
policy words  { on "/v1/**" deny 418 "no teapots" when ai.prompt.contains("teapot") }
policy secret { on "/v1/**" deny 403 "not with that" when (request.header("x-token") ?? "") == "tok-of-the-policy" }
policy masked { on "/v1/**" redact [request] pii.email }
policy rate   { on "/v1/**" limit 100 requests per hour by principal.id }
policy tagged { on "/v1/**" tag "clerk" }
`;

let shared, gateway, up;
before(async () => {
  shared = await scene(policy, { settings: ', admin: "127.0.0.1:0"', shared: true });
  ({ gateway, up } = shared);
});
after(() => shared.stop());

const explain = async (body, options = {}) => gateway.read(await fetch(`http://${gateway.admin}/explain`, { method: 'POST', body, ...options }));

async function evaluated(text) {
  const file = path.join(gateway.folder, 'described.json');
  writeFileSync(file, text);
  const { out, err } = await run(['eval', gateway.folder, '--request', file, '--explain', '--format', 'json']);
  assert.equal(err, '');
  return JSON.parse(out);
}

const described = (more = {}) => JSON.stringify({
  time: '2026-03-02T10:00:00Z',
  request: { path: '/v1/chat/completions', headers: { 'x-from': 'here' } },
  principal: { kind: 'app', id: 'clerk', roles: ['clerk'] },
  ai: { operation: 'chat', messages: [{ role: 'user', content: undefined, text: 'hello' }] },
  model: { name: 'm0' },
  ...more,
});

test('the explanation is that of `aipol eval --explain`', async () => {
  const told = [];
  for (const text of [described(), described({ principal: undefined }), described({ ai: { messages: [{ role: 'user', text: 'a teapot' }] } }),
    described({ request: { path: '/nowhere' } }), described({ model: { name: 'none' } })]) {
    const { status, json, headers } = await explain(text);
    assert.equal(status, 200);
    assert.equal(headers.get('content-type'), 'application/json');
    assert.deepEqual(json, await evaluated(text));
    told.push([json.decision, json.status, json.policy]);
  }
  assert.deepEqual(told.slice(0, 4), [['allow', 200, 'clerks'], ['deny', 401, 'known'], ['deny', 418, 'words'], ['deny', 404, '']]);
  const { json } = await explain(described());
  const words = json.trace.find((one) => one.policy === 'words');
  assert.deepEqual([words.reached, words.fired], [true, false]);
  assert.match(words.missed, /contains\("teapot"\)/);
  assert.match(words.file, /gateway\.aipol$/);
  assert.equal(up.last, undefined, 'nothing is forwarded');
});

test('nothing is counted: meters, metrics and hits stay as they are', async () => {
  const hits = async () => (await gateway.operators('/policy')).json.statements.map((one) => one.hits);
  const before = [await hits(), await gateway.metric('aipol_requests_total'), gateway.log.length];
  for (let i = 0; i < 150; i++) assert.equal((await explain(described())).json.decision, 'allow');
  assert.deepEqual([await hits(), await gateway.metric('aipol_requests_total'), gateway.log.length], before);
});

test('a request that was served is told alike by its record, by /explain of that record, and by eval', async () => {
  up.answer = says('an answer');
  const statement = ({ policy, effect, statement, file, line }) => [policy, effect, statement ?? `${file}:${line}`].join(' ');
  for (const [content, decision] of [['hello', 'allow'], ['a teapot', 'deny']]) {
    const answer = await gateway.chat({ messages: [{ role: 'user', content }] }, { headers: { authorization: `Bearer ${keys.clerk}` } });
    const record = await gateway.logged(answer.headers.get('x-request-id'));
    assert.equal(record.decision, decision);
    // The trail keeps no texts: the record with them says what was asked.
    const asked = JSON.stringify({ ...record, ai: { ...record.ai, messages: [{ role: 'user', text: content }] } });
    const { json } = await explain(asked);
    assert.deepEqual(json, await evaluated(asked));
    assert.deepEqual([json.decision, json.policy, `${json.file}:${json.line}`], [record.decision, record.policy, record.statement]);
    if (decision === 'deny') assert.deepEqual([json.status, json.message], [record.status, record.message]);
    assert.deepEqual(json.fired.map(statement), record.fired.map(statement));
    assert.deepEqual(json.trace.filter((one) => one.fired).map(statement), record.fired.map(statement));
  }
});

test('what is no described request is refused, and says what is wrong with it', async () => {
  const bad = [['', /not valid JSON/], ['{', /not valid JSON/], ['[]', /not a JSON object/], ['{"requests": {}}', /requests: no such part/], ['{"request": {"paths": "/"}}', /request\.paths: no such field/],
    ['{"request": {"size": "large"}}', /request\.size: must be an integer/], ['{"ai": {"messages": [{"role": "user"}]}}', /ai\.messages/], ['{"v":1,"kind":"alert"}', /not of a request/]];
  for (const [body, why] of bad) {
    const { status, text, headers } = await explain(body);
    assert.equal(status, 400, body);
    assert.match(text, why);
    assert.match(headers.get('content-type'), /^text\/plain/);
  }
  const large = await explain(described({ request: { path: '/v1/chat/completions', body_text: 'x'.repeat(1 << 20) } }));
  assert.equal(large.status, 413);
  assert.match(large.text, /too large/);
  assert.equal((await explain(described())).status, 200, 'the next one is served');
});

test('only POST is served there', async () => {
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const { status, headers } = await explain(method === 'GET' ? undefined : described(), { method });
    assert.deepEqual([status, headers.get('allow')], [405, 'POST'], method);
  }
  const other = await fetch(`http://${gateway.admin}/policy`, { method: 'POST', body: described() });
  assert.deepEqual([other.status, other.headers.get('allow')], [405, 'GET, HEAD']);
  assert.equal((await explain(described(), { method: 'POST' })).status, 200);
});

test('what a request bears is not told: credentials, headers, texts', async () => {
  const { status, text } = await explain(described({
    request: { path: '/v1/chat/completions?key=sk-of-the-query', headers: { authorization: `Bearer ${keys.clerk}`, 'x-token': 'tok-of-the-caller', cookie: 'session=sk-of-the-cookie' } },
    ai: { messages: [{ role: 'user', text: 'mail to bob@example.com' }] },
  }));
  assert.equal(status, 200);
  for (const secret of [keys.clerk, 'tok-of-the-caller', 'sk-of-the', 'bob@example.com']) assert.equal(text.includes(secret), false, secret);
});
