// What `serve --record` keeps decides as it was decided, limits included; and what replay says a change of policies does is what
// they do when the same traffic is served once more.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { answers, asked, keyFile, play, playAtOnce, steps } from './played.mjs';
import { scene } from './scene.mjs';
import { patience, run } from './support.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'aipol-round-trip-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (...names) => path.join(folder, ...names);

const callers = {
  ann: { attributes: { team: 'red', level: 3 } },
  bob: { attributes: { team: 'blue' } },
  eve: { roles: ['guest'] },
  ...Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`app${i}`, { attributes: { team: i % 2 ? 'red' : 'blue' } }])),
};

const policies = `
use std.pii
identity keys : api_key { file: "keys.json" }
extend principal { team: string = "none", level: int = 0 }
endpoint "/t/**" { accepts: chat, model: "m0" }
meter refused = denials per hour by principal.id
meter spent = usd per day by principal.id

policy known   { deny 401 "a key is needed" when principal.kind == anonymous }
policy staff   { on "/**" allow when "staff" in principal.roles }
policy origin  { on "/t/origin" deny 403 "not from there" when (request.header("x-from") ?? "") == "elsewhere" }
policy dear    { on "/t/model" deny 402 "not for your team" when model.name == "m2" and principal.team != "red" }
policy words   { on "/t/words" deny 418 "no teapots" when ai.prompt.contains("teapot") }
policy out     { on "/t/out" deny 451 "not that" when response.text.contains("secret") }
policy often   { on "/t/often" deny 403 "refused too often" when refused.used >= 2 }
policy busy    { on "/t/busy" deny 503 "busy" when system.in_flight > 100000 }
policy rate    { on "/t/rate/**", "/t/rate" limit 3 requests per hour by principal.id }
policy tokens  { on "/t/tokens" limit 300 tokens per day by principal.id }
policy open    { on "/t/unbounded" limit 1_500 tokens per day by principal.id }
policy clamped { on "/t/clamped" clamp body.max_tokens to 1..=50  limit 200 tokens per day by principal.id }
policy stamped { on "/t/set" set body.max_tokens = 30  set header["x-team"] = principal.team  limit 200 tokens per day by principal.id }
policy money   { on "/t/money" limit spent to $0.002 }
policy ending  { on "/t/cut" limit 60 output_tokens per day by principal.id cut }
policy slots   { on "/t/slots" limit 2 concurrent by principal.id }
policy routed  { on "/t/fall" route to "m0", "m1" retry 1 on [429, 5xx, timeout] timeout ${300 * patience}ms  limit 200 tokens per day by principal.id }
policy masked  { on "/t/masked" redact [request, response] pii.email }
`;

const prices = ['price: { input: $1, output: $2 }', 'price: { input: $10, output: $20 }', 'price: { input: $100, output: $100 }'];

async function served(policy, name) {
  const file = at(`${name}.jsonl`);
  const started = await scene(policy, {
    upstreams: 3, members: prices, files: { 'keys.json': keyFile(callers) }, args: ['--record', file],
    settings: `, admin: "127.0.0.1:0", upstream_timeout: ${2 * patience}s`,
  });
  started.ups.forEach((up, i) => (up.answer = answers(i)));
  cpSync(started.gateway.folder, at(name), { recursive: true });
  return { ...started, file, policies: at(name) };
}

const recordsOf = (file) => readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
const byId = (records) => new Map(records.map((one) => [one.request.id, one]));

async function replayed(file, ...args) {
  const changes = at('changes.jsonl');
  const { code, out, err } = await run(['replay', file, '--format', 'json', '--changes', changes, ...args]);
  assert.equal(code, 0, err);
  const lines = readFileSync(changes, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
  return { report: JSON.parse(out), lines };
}

function allTheSame({ report, lines }, count) {
  const { records, same, undetermined, unreadable, late } = report;
  assert.deepEqual({ records, same, undetermined, unreadable, late }, { records: count, same: count, undetermined: 0, unreadable: 0, late: 0 }, JSON.stringify(lines, null, 1));
  assert.deepEqual([lines, report.routes], [[], []]);
}

// Everything that does not depend on which of two requests comes first.
function everything() {
  const { all, add, times } = steps();
  // Of an unknown length: what is reserved goes by how long answers were before.
  times(6, 'app0', '/t/unbounded', { out: 400 });
  add('', '/t/plain');
  add('eve', '/t/plain');
  add('ann', '/t/plain');
  add('ann', '/v1/models', { method: 'GET' });
  add('ann', '/t/plain?page=1&page=2', { headers: { 'x-from': 'elsewhere' } });
  for (const from of ['elsewhere', 'abroad', 'here']) add('ann', '/t/origin', { headers: { 'x-from': from } });
  for (const who of ['ann', 'bob']) for (const model of ['m0', 'm2']) add(who, '/t/model', { body: { model } });
  for (const content of ['a teapot', 'a kettle', 'a cup']) add('bob', '/t/words', { body: { messages: [{ role: 'user', content }] } });
  for (const stream of [false, true]) for (const text of ['a long secret story', 'a hidden story', 'nothing']) add('bob', '/t/out', { text, body: { stream } });
  add('bob', '/t/plain', { body: '{"model": "m0", "messages": 7}' });
  add('bob', '/t/plain', { body: { model: 'none' } });
  add('bob', '/t/out', { body: { n: 2, stream: true } });
  times(5, 'app0', '/t/rate');
  times(4, 'app1', '/t/rate/deep', { body: { stream: true } });
  // Each reserves 103, and uses less.
  times(8, 'app2', '/t/tokens', { body: { max_tokens: 100 }, out: 30 });
  // What was paid for though nobody read it, and what failed; then until it trips.
  times(2, 'app3', '/t/tokens', { body: { max_tokens: 60, stream: true }, way: 'drops', leaves: 'late' });
  add('app3', '/t/tokens', { body: { max_tokens: 60 }, way: 'hang', leaves: 'early' });
  add('app3', '/t/tokens', { body: { max_tokens: 60, stream: true }, way: 'break' });
  add('app3', '/t/tokens', { body: { max_tokens: 60 }, way: '500' });
  add('app3', '/t/tokens', { body: { max_tokens: 60 }, way: 'reset' });
  add('app3', '/t/tokens', { body: { max_tokens: 60 }, way: 'unreported', text: 'word '.repeat(30) });
  times(5, 'app3', '/t/tokens', { body: { max_tokens: 60 }, out: 60 });
  times(6, 'app4', '/t/clamped', { body: { max_tokens: 1000 }, out: 40 });
  times(8, 'app5', '/t/set', { body: { max_tokens: 1000 }, out: 30 });
  times(6, 'app6', '/t/money', { body: { max_tokens: 200 }, out: 200 });
  times(3, 'app6', '/t/money', { body: { max_tokens: 200, model: 'm1' }, out: 20 });
  times(3, 'app7', '/t/cut', { body: { stream: true }, text: 'some words that go on and on '.repeat(4), out: 28 });
  // Fallback: what fails, in every way; both; and its tokens count once.
  add('app8', '/t/fall', { body: { max_tokens: 40 } });
  add('app8', '/t/fall', { body: { max_tokens: 40 }, way: '500,ok' });
  add('app8', '/t/fall', { body: { max_tokens: 40, stream: true }, way: '429,ok' });
  add('app8', '/t/fall', { body: { max_tokens: 40 }, way: 'hang,ok' });
  add('app8', '/t/fall', { body: { max_tokens: 40 }, way: '400,ok' });
  add('app9', '/t/fall', { body: { max_tokens: 40 }, way: 'reset,503' });
  add('app9', '/t/fall', { body: { max_tokens: 40 }, way: '503,reset' });
  times(6, 'app9', '/t/fall', { body: { max_tokens: 40 }, out: 40 });
  add('app10', '/t/masked', { body: { messages: [{ role: 'user', content: 'I am bob@example.com' }] }, text: 'hello ann@example.com' });
  add('app10', '/t/masked', { body: { stream: true }, text: 'hello ann@example.com' });
  times(2, 'eve', '/t/often');
  times(2, 'app11', '/t/words', { body: { messages: [{ role: 'user', content: 'a teapot' }] } });
  times(2, 'app11', '/t/often');
  add('app11', '/t/busy');
  return all;
}

// Callers that share meters, at once: who is admitted depends on who comes first.
function contended() {
  const lists = Array.from({ length: 24 }, (_, i) => {
    const { all, add } = steps();
    for (let round = 0; round < 6; round++) {
      const stream = (i + round) % 3 === 0;
      const [who, to, more] = [
        ['ann', '/t/tokens', { body: { max_tokens: 20, stream }, out: 5, way: 'slow' }],
        ['bob', '/t/money', { body: { max_tokens: 100, stream }, out: 40 }],
        ['bob', '/t/unbounded', { body: { stream }, out: 10, way: 'slow' }],
        ['ann', '/t/slots', { way: 'slow' }],
        ['ann', '/t/rate', {}],
        ['bob', '/t/tokens', { body: { max_tokens: 50, stream: true }, ...(round % 2 ? { way: 'drops', leaves: 'late' } : { out: 30 }) }],
      ][(i + round) % 6];
      add(who, to, more);
    }
    return all.map((step) => ({ ...step, id: `list${i}-${step.id}` }));
  });
  return lists;
}

const tripped = (records, policy) => records.filter((one) => one.decision === 'deny' && one.policy === policy).length;

test('recorded traffic is decided by the same policies as it was, request by request', async () => {
  const { gateway, file, policies: set, stop } = await served(policies, 'same');
  const sequence = everything();
  await play(gateway, sequence);
  const lists = contended();
  await playAtOnce(gateway, lists);
  await stop();

  const records = recordsOf(file);
  const count = sequence.length + lists.flat().length;
  assert.equal(records.length, count);
  // The traffic is worth its name.
  assert.equal(records.find((one) => one.request.path === '/t/set').ai.input_tokens, asked);
  for (const policy of ['known', 'origin', 'dear', 'words', 'out', 'often', 'rate', 'tokens', 'open', 'clamped', 'stamped', 'money', 'ending', 'slots', 'routed'])
    assert.ok(tripped(records, policy) > 0, `${policy} refused nothing`);
  const attempts = records.filter((one) => one.attempts?.length > 1);
  assert.ok(attempts.some((one) => one.target === 'm1') && attempts.some((one) => one.target === undefined));
  assert.ok(records.filter((one) => one.client_gone && one.usage?.output_tokens > 0).length > 2);
  assert.ok(records.some((one) => one.client_gone && one.failed));
  for (const one of records) assert.ok(one.decided >= one.time && one.settled >= one.decided, JSON.stringify(one));

  allTheSame(await replayed(file, '--policy', set), count);
  allTheSame(await replayed(file, '--policy', set, '--against', set), count);
  allTheSame(await replayed(file, '--policy', set, '--jobs', '1'), count);
});

// Each edit is of one policy, so that what it does can be told apart.
const edits = [
  ['== "elsewhere" }', '== "abroad" }'],
  ['model.name == "m2" and principal.team != "red"', 'model.name == "m2"'],
  ['deny 418 "no teapots" when ai.prompt.contains("teapot")', 'deny 418 "no kettles" when ai.prompt.contains("kettle")'],
  ['response.text.contains("secret")', 'response.text.contains("hidden")'],
  ['limit 3 requests per hour', 'limit 2 requests per hour'],
  ['"/t/tokens" limit 300 tokens', '"/t/tokens" limit 250 tokens'],
  ['1..=50  limit 200 tokens', '1..=20  limit 100 tokens'],
  ['limit spent to $0.002', 'limit spent to $0.001'],
  ['limit 60 output_tokens', 'limit 40 output_tokens'],
  ['route to "m0", "m1"', 'route to "m1", "m0"'],
  ['deny 503 "busy" when system.in_flight > 100000', 'deny 503 "busy" when principal.id == "app11"'],
];
const changed = edits.reduce((text, [from, to]) => {
  assert.ok(text.includes(from), from);
  return text.replace(from, to);
}, policies);

const answerOf = (record) => (record.decision === 'allow' ? 'allow' : `deny ${record.refusal?.status ?? record.status} ${record.policy ?? ''}`);

// The model that answered; where all failed, the last.
const modelOf = (record) => record.target ?? record.attempts?.at(-1)?.target;
const sideOf = (side) => (side.decision === 'allow' ? 'allow' : `deny ${side.status} ${side.policy ?? ''}`);
function toldBy(line) {
  if (!line) return '';
  if (line.how === 'changed') return `${sideOf(line.from)} -> ${sideOf(line.to)}`;
  return line.how === 'routed' ? `${line.from.model} -> ${line.to.model}` : line.how;
}

test('of changed policies replay says what they do when the traffic is served again', async () => {
  const first = await served(policies, 'before');
  await play(first.gateway, everything());
  await first.stop();
  const second = await served(changed, 'after');
  await play(second.gateway, everything());
  await second.stop();
  const [before, now] = [recordsOf(first.file), byId(recordsOf(second.file))];
  assert.equal(now.size, before.length);

  const { report, lines } = await replayed(first.file, '--policy', second.policies, '--against', first.policies);
  const said = new Map(lines.map((one) => [one.id, one]));
  const wrong = [];
  let different = 0, shifted = 0;
  for (const record of before) {
    const { id } = record.request;
    const again = now.get(id), line = said.get(id);
    const differs = answerOf(record) !== answerOf(again);
    const moves = !differs && record.decision === 'allow' && modelOf(record) !== modelOf(again);
    different += differs;
    shifted += moves;
    const expected = differs ? `${answerOf(record)} -> ${answerOf(again)}` : moves ? `${modelOf(record)} -> ${modelOf(again)}` : '';
    if (toldBy(line) !== expected) wrong.push({ id, path: record.request.path, first: answerOf(record), second: answerOf(again), line });
  }
  assert.deepEqual(wrong, [], JSON.stringify(wrong, null, 1));
  assert.equal(report.undetermined, 0);
  assert.equal(report.records - report.same, different);
  assert.ok(different > 20 && shifted > 3, `${different} ${shifted}`);
});
