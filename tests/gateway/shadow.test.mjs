// `serve --shadow`: another set decides the same traffic, and enforces nothing.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { says, usageOf } from './answers.mjs';
import { caller, models, scene } from './scene.mjs';
import { makeFolder, run, until } from './support.mjs';

const served = `
use std.pii
endpoint "/t/**" { accepts: chat, model: "m0" }
policy open   { on "/**" allow }
policy words  { on "/t/words" deny 418 "no teapots" when ai.prompt.contains("teapot") }
policy rate   { on "/t/rate" limit 4 requests per hour by ${caller} }
`;

// Stricter about words in answers and about rates, milder about teapots; routes and masks.
const tried = (extra = '') => `package tried
use std.pii
gateway { listen: "127.0.0.1:0" }
${models([1, 1])}
endpoint "/t/**" { accepts: chat, model: "m0" }
policy open   { on "/**" allow }
policy rate   { on "/t/rate" limit 2 requests per hour by ${caller} }
policy out    { on "/t/out" deny 451 "not that" when response.text.contains("secret") }
policy routed { on "/t/routed" route to "m1" }
policy masked { on "/t/masked" redact [request, response] pii.email }
policy tagged { on "/t/tagged" tag "seen" }
policy body   { on "/t/body" deny 400 "marked" when request.body_text.contains("marked: yes") }
${extra}`;

async function pair(extra = '') {
  const folder = makeFolder(tried(extra));
  const started = await scene(served, { upstreams: 2, args: ['--shadow', folder], settings: ', admin: "127.0.0.1:0"' });
  const shown = async () => (await started.gateway.operators('/shadow')).json;
  const decided = async (count) => {
    let page;
    await until(async () => (page = await shown()).records + page.skipped >= count, () => `${count} are decided: ${JSON.stringify(page)}`);
    return page;
  };
  const stop = async () => {
    await started.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { ...started, folder, shown, decided, stop };
}

test('differences are told in the log, as metrics and at /shadow; nothing of them is enforced', async () => {
  const { gateway, up, ups, decided, stop } = await pair();
  const who = 'ann';
  const ask = (name, members = {}) => gateway.chat(members, { path: `/t/${name}`, headers: { 'x-caller': who } });
  up.answer = says('a secret for ann@example.com', { usage: usageOf(5, 6) });
  assert.equal((await ask('plain')).status, 200);
  assert.equal((await ask('words', { messages: [{ role: 'user', content: 'a teapot' }] })).status, 418);
  assert.equal((await ask('out')).status, 200);
  assert.equal((await ask('out', { stream: true })).status, 200);
  assert.equal((await ask('routed')).status, 200);
  assert.equal((await ask('masked')).content, 'a secret for ann@example.com');
  assert.equal((await ask('tagged')).status, 200);
  assert.equal((await ask('body', { user: 'marked: yes' })).status, 200);
  for (let i = 0; i < 3; i++) assert.equal((await ask('rate')).status, 200);
  assert.equal(ups[1].last, undefined, 'the shadow forwards nothing');

  const page = await decided(11);
  assert.deepEqual([page.records, page.same, page.changed, page.skipped], [11, 3, 8, 0]);
  const told = page.changes.map(({ what, from, to, policy, count }) => [what, from, to, policy, count]).sort();
  assert.deepEqual(told, [
    ['decision', 'allow', 'deny', 'body', 1],
    ['decision', 'allow', 'deny', 'out', 2],
    ['decision', 'allow', 'deny', 'rate', 1],
    ['decision', 'deny', 'allow', 'words', 1],
    ['effects', 'allow', 'allow', 'open', 1],
    ['tags', 'allow', 'allow', 'open', 1],
    ['target', 'allow', 'allow', 'open', 1],
  ]);
  assert.match(page.changes.find((one) => one.policy === 'rate').statement, /gateway\.aipol:\d+$/);

  const records = () => gateway.log.filter((line) => line.kind === 'shadow');
  await until(() => records().length === 8, () => `records: ${records().length}`);
  const rate = records().find((one) => one.after.policy === 'rate');
  assert.deepEqual([rate.before.decision, rate.before.policy, rate.after.decision, rate.after.status], ['allow', 'open', 'deny', 429]);
  assert.equal(rate.after.policy_version, page.version);
  assert.notEqual(rate.before.policy_version, page.version);
  const request = gateway.log.find((line) => line.kind === 'request' && line.id === rate.id);
  assert.equal(request.decision, 'allow');
  assert.deepEqual(page.changes.find((one) => one.policy === 'rate').examples, [rate.id]);

  const { text: metrics } = await gateway.operators('/metrics');
  const counted = [...metrics.matchAll(/^# TYPE (\w+_total) (\w+)$/gm)];
  assert.ok(counted.some(([, name]) => name === 'aipol_shadow_differences_total'));
  for (const [, name, type] of counted) assert.equal(type, 'counter', name);
  assert.equal(await gateway.metric('aipol_shadow_requests_total'), 11);
  assert.equal(await gateway.metric('aipol_shadow_differences_total', { what: 'decision', from: 'allow', to: 'deny' }), 4);
  await stop();
});

test('the shadow is renewed when its files change, and begins anew; one with mistakes is refused', async () => {
  const { gateway, folder, shown, decided, stop } = await pair();
  const ask = (name) => gateway.chat({}, { path: `/t/${name}`, headers: { 'x-caller': 'bob' } });
  await ask('plain');
  const first = await decided(1);
  const write = (text) => writeFileSync(path.join(folder, 'gateway.aipol'), text);
  write(tried('policy closed { on "/t/plain" deny 403 "closed" }'));
  await until(() => /shadow \w+ is tried/.test(gateway.stderr), () => gateway.stderr);
  const second = await shown();
  assert.notEqual(second.version, first.version);
  assert.equal(second.records, 0);
  assert.equal((await ask('plain')).status, 200);
  const page = await decided(1);
  assert.deepEqual([page.changed, page.changes[0].policy], [1, 'closed']);
  write(tried('policy broken { on "/t/plain" deny when nonsense }'));
  await until(() => /the new shadow is refused, the old one stays/.test(gateway.stderr), () => gateway.stderr);
  assert.equal((await shown()).version, page.version);
  await stop();
});

test('a request is served while the shadow can not keep up, and what was skipped is counted', async () => {
  // A pattern that takes long on each of these texts.
  const { gateway, shown, stop } = await pair('detector slow { match r"(x[a-z]{1,40}){3}y" }\npolicy slow { on "/t/slow" deny 403 "slow" when slow.count(ai.prompt) > 0 }');
  const content = 'xa'.repeat(50_000);
  const calls = await Promise.all(Array.from({ length: 300 }, () => gateway.chat({ messages: [{ role: 'user', content }] }, { path: '/t/slow' })));
  assert.ok(calls.every((one) => one.status === 200));
  const page = await shown();
  assert.ok(page.records + page.skipped <= 300);
  await stop();  // does not wait for what is left
});

test('without a shadow there is no page', async () => {
  const { gateway, stop } = await scene(served, { settings: ', admin: "127.0.0.1:0"' });
  assert.equal((await gateway.operators('/shadow')).status, 404);
  await stop();
});

test('a shadow with mistakes keeps the gateway from starting', async () => {
  const folder = makeFolder('package tried\npolicy p { on "/**" allow when nonsense }\n');
  const policies = makeFolder(`package served\nprovider e { kind: echo }\nmodel "m" { provider: e }\ngateway { listen: "127.0.0.1:0" }\npolicy p { on "/**" allow }\n`);
  const { code, err } = await run(['serve', policies, '--shadow', folder]);
  assert.equal(code, 1);
  assert.match(err, /nonsense/);
});
