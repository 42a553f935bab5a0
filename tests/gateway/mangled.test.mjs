// Answers that no provider should give: the gateway says 502 or passes them on, goes on serving, and ends in order.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call, completion, events, json, readEvents, says, sse, streams } from './answers.mjs';
import { scene } from './scene.mjs';
import { patience } from './support.mjs';

const policy = `
use std.pii
endpoint "/plain" { accepts: chat, model: "m0" }
endpoint "/seen"  { accepts: chat, model: "m0" }
endpoint "/held"  { accepts: chat, model: "m0" }
meter all_tokens = tokens per ever by "all"
policy open { on "/**" allow }
policy seen { on "/seen" redact response pii.email remove tool_calls like "shell_*" limit all_tokens to 1G cut }
policy held { on "/held" redact response pii.email cache 1h deny 451 when not response.text.contains("words") and response.finish_reason == "never" }
`;

let gateway, up, stop;
before(async () => ({ gateway, up, stop } = await scene(policy, { shared: true })));
after(() => stop());

let number = 0;
const mail = 'jo@example.com';

// All ways that an answer takes through the gateway: whole and streamed, passed on, looked at, held back.
async function everyWay(answer, check = () => {}) {
  for (const path of ['/plain', '/seen', '/held']) {
    for (const stream of [false, true]) {
      up.answer = answer;
      const got = await gateway.chat({ stream, seed: ++number }, { path, signal: AbortSignal.timeout(20_000 * patience) }).catch((error) => ({ error }));
      assert.notEqual(got.error?.name, 'TimeoutError', `${path} hangs`);
      check(got, path, stream);
    }
  }
}
const alive = async () => {
  up.answer = says('some words');
  assert.equal((await gateway.chat({ seed: ++number }, { path: '/held' })).content, 'some words');
  assert.equal(readEvents((await gateway.chat({ stream: true, seed: ++number }, { path: '/seen' })).text).text, 'some words');
};
const looked = (path) => path !== '/plain';

test('members of types that they should not have', async () => {
  const odd = [null, 5, 'text', [], {}, [null], [[]], { a: [] }, -1, 1e300, true];
  for (const one of odd) {
    for (const document of [{ choices: one }, { choices: [one] }, { choices: [{ message: one }] }, { choices: [{ message: { content: one, tool_calls: one } }] }, { choices: [{ message: { tool_calls: [one, { function: one }, { function: { name: one, arguments: one } }] } }] },
      { choices: [{ index: one, finish_reason: one, message: { content: 'x' } }], usage: one, model: one }]) {
      up.answer = json(document);
      await gateway.chat({ seed: ++number }, { path: '/seen' });
    }
    up.answer = streams([{ choices: one }, { choices: [one] }, { choices: [{ delta: one }] }, { choices: [{ delta: { content: one, tool_calls: one } }] }, { choices: [{ delta: { tool_calls: [one, { index: one, function: one }] } }] },
      { choices: [{ delta: {}, finish_reason: one }], usage: one, model: one }].map(sse).join(''));
    await gateway.chat({ stream: true, seed: ++number }, { path: '/seen' }).catch(() => {});
  }
  await alive();
});

test('indexes of calls beyond all reason', async () => {
  for (const index of [-1, 2 ** 31, 2 ** 53, 1e300, 1023, 5000]) {
    await everyWay(streams(sse({ choices: [{ index: 0, delta: { tool_calls: [{ index, id: 'a', function: { name: 'mail', arguments: mail } }] } }] }) + events(['words'])),
      ({ text = '' }, path, stream) => assert.ok(!looked(path) || !stream || !text.includes(mail)));
  }
  await alive();
});

test('nesting, sizes and line lengths beyond all reason', async () => {
  const deep = '['.repeat(50_000);
  await everyWay(json(`{"choices": ${deep}${']'.repeat(50_000)}}`), ({ status }, path) => assert.ok(status === 502 || !looked(path), `${path}: ${status}`));
  await everyWay(streams(`data: {"choices": ${deep}\n\n${events(['words'])}`));
  await everyWay(streams(`data: ${'x'.repeat(500_000)}\n\n`));
  await everyWay(streams('data: x\n'.repeat(100_000)));
  await everyWay(streams(':\n'.repeat(200_000) + events(['words'])));
  await everyWay(streams(events(Array.from({ length: 2000 }, () => ({ tool_calls: [{ index: 0, function: { arguments: 'xxxxxxxxxx' } }] })))));
  await alive();
});

test('a secret that the JSON of an event hides in escapes is found', async () => {
  const hidden = [...mail].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
  const document = JSON.stringify(completion('MAIL', { asked: {} })).replace('MAIL', hidden);
  await everyWay(json(document), ({ text }, path) => assert.ok(!looked(path) || !JSON.stringify(JSON.parse(text)).includes(mail)));
  await everyWay(streams(events(['MAIL']).replace('MAIL', hidden)), ({ text }, path) => assert.ok(!looked(path) || readEvents(text).text === '[REDACTED]'));
});

test('members that come twice do not get past redaction', async () => {
  for (const twice of [`"content":"${mail}","content":"fine"`, `"content":"fine","content":"${mail}"`]) {
    await everyWay(json(`{"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant",${twice}}}]}`), ({ text }, path) => assert.ok(!looked(path) || !text.includes(mail), text));
    await everyWay(streams(`data: {"choices":[{"index":0,"delta":{${twice}}}]}\n\n${events([' end'])}`), ({ text = '' }, path) => assert.ok(!looked(path) || !text.includes(mail), text));
  }
  const choices = `"choices":[{"index":0,"message":{"role":"assistant","content":"${mail}"}}]`;
  await everyWay(json(`{${choices},"choices":[{"index":0,"message":{"role":"assistant","content":"fine"}}]}`), ({ text }, path) => assert.ok(!looked(path) || !text.includes(mail), text));
});

test('bytes changed anywhere', async () => {
  const whole = JSON.stringify(completion({ content: `to ${mail}`, tool_calls: [call('mail', { to: mail })] }));
  const streamed = events(['to jo@exam', 'ple.com', { tool_calls: [{ index: 0, id: 'a', function: { name: 'mail', arguments: '{}' } }] }]);
  const strange = ['"', '{', '}', '\\', '\n', '\0', '\xff', ',', ':', '['];
  for (const [text, stream] of [[whole, false], [streamed, true]]) {
    const at = Array.from({ length: 120 }, (_, i) => Math.floor((i * text.length) / 120));
    up.answer = (seen, response) => {
      const i = Number(seen.headers['x-at']);
      const bytes = Buffer.from(text.slice(0, at[i]) + strange[i % strange.length] + text.slice(at[i] + (i % 3)), 'latin1');
      response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' }).end(bytes);
    };
    while (at.length > 0) {
      await Promise.all(at.slice(0, 40).map((_, i) => gateway.chat({ stream, seed: ++number }, { path: i % 2 ? '/seen' : '/held', headers: { 'x-at': String(i) } }).catch(() => {})));
      at.splice(0, 40);
    }
  }
  await alive();
});
