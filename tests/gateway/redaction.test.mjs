// What redaction takes out of requests and out of answers that come whole; streams are in streams.test.mjs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call, completion, json, says, tool } from './answers.mjs';
import { scene } from './scene.mjs';

const text = (content) => [{ role: 'user', content }];

const policy = `
use std.pii
endpoint "/t/**" { accepts: chat, model: "m0" }
endpoint "/raw/**" { accepts: json, model: "m0" }
detector ticket { match r"T-\\d{6}" }
policy open { on "/**" allow }
policy in_text   { on "/t/text"  redact request [pii.email, ticket] }
policy in_mask   { on "/t/mask"  redact request pii.email with mask }
policy in_own    { on "/t/own"   redact request pii.email with "<gone>" }
policy in_hash   { on "/t/hash"  redact request pii.email with hash }
policy in_place  { on "/t/place" redact request [pii.email, ticket] with placeholder }
policy both      { on "/t/both"  redact [request, response] pii.email with placeholder }
policy out_text  { on "/t/out", "/raw/out" redact response [pii.email, ticket] }
policy out_mask  { on "/t/out/mask" redact response pii.email with mask }
@priority(5)
policy first     { on "/t/over" redact response pii.email with "A" }
policy second    { on "/t/over" redact response pii.email with "B" }
policy guarded   { on "/t/guard" deny 451 "no tickets" when ticket.hit(ai.prompt) redact request ticket }
`;

let gateway, up, stop, sent;
before(async () => ({ gateway, up, stop, sent } = await scene(policy, { shared: true })));
after(() => stop());
const ask = (name, members = {}, headers = {}) => gateway.chat(members, { path: `/t/${name}`, headers });

test('requests are redacted wherever a model reads', async () => {
  await ask('text', { messages: [{ role: 'system', content: 'from a@b.example' }, { role: 'user', content: [{ type: 'text', text: 'c@d.example and T-123456' },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }] }, { role: 'assistant', content: null, tool_calls: [call('mail', { to: 'e@f.example' })] },
    { role: 'tool', tool_call_id: 'call_mail', content: 'sent to g@h.example' }] });
  assert.ok(!/@/.test(up.last.body) && !/T-123456/.test(up.last.body), up.last.body);
  assert.equal(sent().messages[1].content[0].text, '[REDACTED] and [REDACTED]');
  assert.equal(sent().messages[1].content[1].image_url.url, 'data:image/png;base64,AA==');
  assert.equal(sent().messages[3].tool_call_id, 'call_mail');
});

test('each way to redact', async () => {
  const send = async (name) => (await ask(name, { messages: text('to jo@example.com, jo@example.com, al@example.com.') }), sent().messages[0].content);
  assert.equal(await send('mask'), 'to **************, **************, **************.');
  assert.equal(await send('own'), 'to <gone>, <gone>, <gone>.');
  const [, first, second, third] = /^to (\[.*\]), (\[.*\]), (\[.*\])\.$/.exec(await send('hash'));
  assert.match(first, /^\[pii\.email:[0-9a-f]{12}\]$/);
  assert.equal(first, second);
  assert.notEqual(first, third);
  assert.equal(await send('place'), 'to <EMAIL_1>, <EMAIL_1>, <EMAIL_2>.');
});

test('placeholders become again what they stand for', async () => {
  up.answer = says({ content: 'I wrote to <EMAIL_1>, not <EMAIL_2>; <TICKET_1> too. <EMAIL_9>?', tool_calls: [call('mail', { to: '<EMAIL_1>' })] });
  const { content, json: got } = await ask('place', { messages: text('jo@example.com, al@example.com, T-123456') });
  assert.equal(content, 'I wrote to jo@example.com, not al@example.com; T-123456 too. <EMAIL_9>?');
  assert.equal(got.choices[0].message.tool_calls[0].function.arguments, '{"to":"jo@example.com"}');
  up.answer = says('<EMAIL_1> and new@example.com');
  assert.equal((await ask('both', { messages: text('jo@example.com') })).content, 'jo@example.com and <EMAIL_2>');
  up.answer = says('<EMAIL_1>');  // of nobody: another request's placeholders are not known
  assert.equal((await ask('place')).content, '<EMAIL_1>');
});

test('answers are redacted in texts, calls, refusals, reasoning and every choice', async () => {
  const mail = 'jo@example.com';
  const second = { index: 1, finish_reason: 'stop', message: { role: 'assistant', content: `second ${mail}`, refusal: `no ${mail}` } };
  const document = completion({ content: `to ${mail} about T-123456`, reasoning_content: `think ${mail}`, tool_calls: [call('mail', { to: mail })] });
  for (const answer of [document, { ...document, choices: [...document.choices, second] }, completion({ content: null, refusal: `I can not write to ${mail}` }),
    completion({ function_call: { name: 'mail', arguments: JSON.stringify({ to: mail }) } }, { finish: 'function_call' }), completion({ audio: { id: 'a', data: 'AA==', expires_at: 1, transcript: mail } }),
    completion(mail, { choice: { logprobs: { content: [{ token: 'jo@', logprob: -1, bytes: null, top_logprobs: [] }] } } })]) {
    up.answer = json(answer);
    const got = await ask('out');
    assert.equal(got.status, 200);
    assert.ok(!got.text.includes('jo@') && !got.text.includes('T-123456'), got.text);
    assert.equal(got.json.choices.length, answer.choices.length);
    assert.deepEqual(got.json.usage, answer.usage);
  }
  up.answer = says(`to ${mail}.`);
  assert.equal((await ask('out/mask')).content, 'to **************.');
  assert.equal((await ask('over')).content, 'to A.');
  up.answer = json({ error: { message: `no such user ${mail}` } }, 400);
  const { status, json: { error } } = await ask('out');
  assert.deepEqual([status, error.message], [400, 'no such user [REDACTED]']);
  up.answer = json({ data: [mail, 1.50] });
  assert.deepEqual((await gateway.chat({}, { path: '/raw/out' })).json, { data: ['[REDACTED]', 1.5] });
});

test('guards read what came in, not what was redacted', async () => {
  const refused = await ask('guard', { messages: text('T-123456') });
  assert.deepEqual([refused.status, refused.policy, refused.error], [451, 'guarded', 'no tickets']);
});

test('an answer that is no chat, or is compressed, is 502 where it is looked at', async () => {
  for (const answer of [(seen, response) => response.end('plain words'), json('[1]'), json('{"choices": [{"message": {"content": "half'), json(completion('x'), 200, { 'content-encoding': 'gzip' })]) {
    up.answer = answer;
    const got = await ask('out');
    assert.equal(got.status, 502, got.text);
    assert.equal(got.json.error.code, 'upstream_error');
  }
  assert.equal(up.last.headers['accept-encoding'], undefined);
  up.answer = says('an answer');
});


test('nothing else that the model reads is left out', async () => {
  const mail = 'jo@example.com';
  const leaks = [];
  const described = tool('mail');
  described.function.description = `writes to ${mail}`;
  for (const members of [{ tools: [described] }, { prediction: { type: 'content', content: mail } }, { functions: [{ name: 'a', description: mail, parameters: {} }] },
    { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object', description: mail } } } }, { messages: [{ role: 'user', name: 'jo', content: [{ type: 'text', text: 'x' }, { type: 'text', text: mail }] }] },
    { messages: [{ role: 'user', content: 'x' }, { role: 'assistant', content: null, function_call: { name: 'a', arguments: JSON.stringify({ mail }) } }] }]) {
    await ask('text', members);
    if (up.last.body.includes(mail)) leaks.push(JSON.stringify(members));
  }
  assert.deepEqual(leaks, []);
});

test('texts in forms that only some providers use are redacted too', async () => {
  const mail = 'jo@example.com';
  const leaks = [];
  const parts = [{ type: 'text', text: `to ${mail}` }];
  for (const message of [{ content: parts }, { content: 'x', annotations: [{ type: 'url_citation', url_citation: { title: mail, url: 'https://a.example', start_index: 0, end_index: 1 } }] }, { content: 'x', reasoning: mail }, { content: 'x', reasoning_details: [{ type: 'reasoning.text', text: mail }] }]) {
    up.answer = json(completion(message));
    const got = await ask('out');
    if (got.text.includes(mail)) leaks.push(JSON.stringify(message));
  }
  assert.deepEqual(leaks, []);
  up.answer = says('an answer');
});
