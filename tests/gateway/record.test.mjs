// `serve --record`: what is kept of a request decides as the request did, and holds no credential.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { failsWith, says, usageOf } from './answers.mjs';
import { caller, scene } from './scene.mjs';
import { makeFolder, run } from './support.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'aipol-recording-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = path.join(folder, 'traffic.jsonl');
// In the order in which the requests came.
const records = () => readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line)).sort((a, b) => a.time.localeCompare(b.time));

const policy = `
use std.pii
endpoint "/t/**" { accepts: chat, model: "m0" }
endpoint "/files/**" { accepts: any, model: "m0" }
policy open   { on "/**" allow }
policy rate   { on "/t/rate" limit 2 requests per hour by ${caller} }
policy words  { on "/t/words" deny 418 "no teapots" when ai.prompt.contains("teapot") }
policy out    { on "/t/out" deny 451 "not that" when response.text.contains("secret") }
policy masked { on "/t/masked" redact [request, response] pii.email }
policy more   { on "/t/more" limit 200 tokens per day by ${caller} }
`;

test('what was recorded is decided as it was', async () => {
  const { gateway, up, stop } = await scene(policy, { args: ['--record', file], members: ['price: { input: $1, output: $2 }'] });
  const ask = (name, members = {}, headers = {}) => gateway.chat(members, { path: `/t/${name}?page=1`, headers: { 'x-caller': 'ann', authorization: 'Bearer sk-hidden', ...headers } });
  const statuses = [];
  const keep = async (answer) => statuses.push((await answer).status);
  up.answer = says('write to ann@example.com', { usage: usageOf(20, 30) });
  await keep(ask('plain'));
  await keep(ask('masked', { messages: [{ role: 'user', content: 'I am bob@example.com' }] }));
  await keep(ask('masked', { stream: true }));
  await keep(ask('words', { messages: [{ role: 'user', content: 'a teapot' }] }));
  for (let i = 0; i < 3; i++) await keep(ask('rate'));
  for (let i = 0; i < 4; i++) await keep(ask('more', { max_tokens: 100 }));
  up.answer = says('a secret');
  await keep(ask('out'));
  await keep(ask('out', { stream: true }));
  up.answer = says({ content: null, tool_calls: [{ id: 'c1', type: 'function', function: { name: 'find', arguments: '{"q":1}' } }] });
  await keep(ask('tools', { stream: true }));
  up.answer = failsWith(500);
  await keep(ask('fails'));
  up.answer = (_, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('some words');
  await keep(gateway.post('/files/a', 'a file', { 'content-type': 'text/plain' }));
  assert.deepEqual(statuses, [200, 200, 200, 418, 200, 200, 429, 200, 200, 429, 429, 451, 200, 200, 500, 200]);
  assert.equal((await gateway.reload()).includes('in force'), true);
  up.answer = says('after a reload');
  await keep(ask('later'));
  const policies = path.join(folder, 'policies');
  cpSync(gateway.folder, policies, { recursive: true });
  await stop();

  const all = records();
  assert.equal(all.length, statuses.length);
  assert.equal(readFileSync(file, 'utf8').includes('sk-'), false);
  assert.deepEqual(all.map((one) => one.status), statuses);
  const [plain, masked, streamed] = all;
  assert.equal(plain.kind, 'traffic');
  assert.equal(plain.request.path, '/t/plain?page=1');
  assert.equal(plain.request.headers['x-caller'], 'ann');
  assert.equal(JSON.parse(plain.request.body_text).model, 'm0');
  assert.equal(plain.response.text, 'write to ann@example.com');
  assert.deepEqual([plain.usage.input_tokens, plain.usage.output_tokens, plain.usage.cost], [20, 30, 0.00008]);
  assert.deepEqual([plain.target, plain.attempts.length, plain.decision, plain.policy], ['m0', 1, 'allow', 'open']);
  // Before policies changed it.
  assert.equal(masked.ai.messages[0].text, 'I am bob@example.com');
  assert.equal(masked.response.text, 'write to ann@example.com');
  assert.ok(streamed.response.chunks.length > 2);
  assert.equal(streamed.response.chunks.join(''), 'write to ann@example.com');
  assert.equal(all[13].response.tool_calls[0].arguments, '{"q":1}');
  assert.equal(all[14].response.status, 500);
  assert.equal(all[15].response.text, 'some words');

  const verified = await run(['audit', 'verify', file]);
  assert.equal(verified.code, 0, verified.out + verified.err);
  // Threads write their records when they come to it; limits are counted in the order of the requests.
  const inOrder = path.join(folder, 'in-order.jsonl');
  writeFileSync(inOrder, all.map((one) => JSON.stringify(one)).join('\n'));
  const again = await run(['eval', policies, '--request', inOrder, '--format', 'json']);
  const decisions = again.out.trim().split('\n').map((line) => JSON.parse(line));
  assert.equal(again.err, '');
  const outcome = ({ decision, policy }) => [decision, policy];
  assert.deepEqual(decisions.map(outcome), all.map(outcome));
});

test('a request whose client left and one whose upstream is away are recorded as such', async () => {
  rmSync(file, { force: true });
  const { gateway, up, stop } = await scene(policy, { args: ['--record', file], settings: ', upstream_timeout: 300ms' });
  up.answer = () => {};  // never
  assert.equal((await gateway.chat({}, { path: '/t/slow' })).status, 504);
  up.answer = (_, response) => response.socket.destroy();
  assert.equal((await gateway.chat({}, { path: '/t/broken' })).status, 502);
  await stop();
  const [broken, slow] = records().sort((a, b) => a.request.path.localeCompare(b.request.path));
  assert.equal(slow.response.error, 'timeout');
  assert.equal(broken.response.error, 'refused');
  assert.deepEqual([slow.usage, broken.usage], [undefined, undefined]);
});

test('a file that can not be written keeps the gateway from starting', async () => {
  const policies = makeFolder(`package recorded\nprovider e { kind: echo }\nmodel "m" { provider: e }\ngateway { listen: "127.0.0.1:0" }\npolicy p { on "/**" allow }\n`);
  const started = await run(['serve', policies, '--record', path.join(folder, 'none', 'such.jsonl')]);
  rmSync(policies, { recursive: true });
  assert.equal(started.code, 2);
  assert.match(started.err, /recording: .*such\.jsonl/);
});
