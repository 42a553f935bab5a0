// What policies make of requests before they are forwarded, and of answers that come whole.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call, completion, failsWith, json, says, tool } from './answers.mjs';
import { scene } from './scene.mjs';
import { until } from './support.mjs';

const text = (content) => [{ role: 'user', content }];

const policy = `
use std.pii
endpoint "/t/**" { accepts: chat, model: "m0" }
endpoint "/raw/**" { accepts: json, model: "m0" }

detector ticket { match r"T-\\d{6}" }
prompt shorten v1 (text: string, style: string) { model: "m0", system: "You shorten. Secret of the house.", user: f"In {style} style:\\n{text}" }
prompt tuned (text: string) { model: "m0", user: f"{text}" }

policy open { on "/**" allow }

policy fields {
  on "/t/fields", "/raw/fields"
  set header["x-team"] = "blue"
  set header["x-caller"] = "changed"
  remove header["x-debug"]
  set body["metadata.team"] = "blue"
  remove body.user
  set body.user = "someone"
  remove body.logprobs
}
policy numbers {
  on "/t/numbers"
  clamp body.temperature to 0..=1
  clamp body.max_tokens to 1..=100
  set body.top_p = 0.5
  clamp body.top_p to 0.75..=1
  clamp body.seed to 10..=20
}
policy heads {
  on "/t/heads"
  set response.header["x-mark"] = f"by {request.method}"
  set response.header["x-finish"] = response.finish_reason
  remove response.header["x-powered-by"]
}
policy words {
  on "/t/words"
  prepend system f"The caller is {request.header("x-caller") ?? "unknown"}."
}
policy words_of_house { on "/v1/prompts/tuned" prepend system "Be brief." set body.temperature = 0.1 redact request pii.email }
policy tools {
  on "/t/tools"
  hide tools like "admin_*"
  remove tool_calls like "shell*"
}

policy shape {
  on "/t/shape"
  validate body with "body.json"
  validate response with "answer.json"
}
policy statuses { on "/t/status" deny 503 "busy" when response.status == 429 deny 509 "wrong model" when response.model_version == "other" }
policy answers {
  on "/t/answers"
  deny 502 "the model speaks of tickets" when ticket.hit(response.text)
  deny 508 "it was cut off" when response.finish_reason == "length"
  deny 509 "no shell" when any c in response.tool_calls: c.name == "shell_run"
}
policy sessions {
  on "/t/session"
  tag session "tainted" when ticket.hit(ai.prompt)
  deny 423 f"tainted after {session.turns}" when "tainted" in session.tags
}
`;

const files = {
  'body.json': JSON.stringify({ type: 'object', required: ['max_tokens'], properties: { max_tokens: { type: 'integer', maximum: 2000 } } }),
  'answer.json': JSON.stringify({ type: 'object', required: ['city'], properties: { city: { type: 'string' } } }),
};

let gateway, up, stop, sent;
before(async () => ({ gateway, up, stop, sent } = await scene(policy, { files, settings: ', admin: "127.0.0.1:0"', shared: true })));
after(() => stop());
const ask = (name, members = {}, headers = {}) => gateway.chat(members, { path: `/t/${name}`, headers });

test('headers and fields of the body are set and removed', async () => {
  const answer = await ask('fields', { user: 'me', logprobs: true, metadata: { a: 1 } }, { 'x-debug': '1', 'x-caller': 'me', 'x-other': 'stays' });
  assert.equal(answer.status, 200, answer.text);
  const { headers } = up.last;
  assert.deepEqual([headers['x-team'], headers['x-caller'], headers['x-debug'], headers['x-other']], ['blue', 'changed', undefined, 'stays']);
  assert.deepEqual(sent().metadata, { a: 1, team: 'blue' });
  assert.equal(sent().user, 'someone');  // set comes after remove
  assert.ok(!('logprobs' in sent()));
  assert.deepEqual(sent().messages, text('Hello there'));
  assert.equal(Number(headers['content-length']), Buffer.byteLength(up.last.body));
});

test('fields of other JSON bodies are set and removed', async () => {
  assert.equal((await gateway.chat({ user: 'me', x: [1, { y: null }] }, { path: '/raw/fields' })).status, 200);
  assert.equal(sent().user, 'someone');
  assert.deepEqual(sent().metadata, { team: 'blue' });
  assert.deepEqual(sent().x, [1, { y: null }]);
  assert.equal(up.last.headers['x-team'], 'blue');
});

test('numbers are clamped after they are set, and stay absent where they are', async () => {
  await ask('numbers', { temperature: 1.7, max_tokens: 5000, seed: 3 });
  assert.deepEqual([sent().temperature, sent().max_tokens, sent().top_p, sent().seed], [1, 100, 0.75, 10]);
  await ask('numbers', { temperature: 0.3, max_tokens: 50, seed: 15 });
  assert.deepEqual([sent().temperature, sent().max_tokens, sent().seed], [0.3, 50, 15]);
  await ask('numbers');
  assert.ok(!('temperature' in sent()) && !('max_tokens' in sent()) && !('seed' in sent()));
  assert.equal(sent().top_p, 0.75);
});

test('headers of the answer are set and removed, of errors of the provider too', async () => {
  for (const [answer, status, finish] of [[says('x', { headers: { 'x-powered-by': 'p', 'x-mark': 'theirs', 'x-stays': 's' } }), 200, 'stop'],
    [failsWith(400, { 'x-powered-by': 'p', 'x-mark': 'theirs', 'x-stays': 's' }), 400, '']]) {
    up.answer = answer;
    const { headers, status: got } = await ask('heads');
    assert.equal(got, status);
    assert.deepEqual([headers.get('x-mark'), headers.get('x-powered-by'), headers.get('x-stays')], ['by post', null, 's']);
    assert.equal(headers.get('x-finish') ?? '', finish);
  }
  up.answer = says('an answer');
});

test('texts are put before the system message, whatever the caller says there', async () => {
  await ask('words', { messages: [{ role: 'system', content: 'Theirs.' }, ...text('Hi')] }, { 'x-caller': 'ines"\\' });
  const [first, ...rest] = sent().messages;
  assert.deepEqual(first, { role: 'system', content: 'The caller is ines"\\.' });
  assert.deepEqual(rest, [{ role: 'system', content: 'Theirs.' }, { role: 'user', content: 'Hi' }]);
});

test('a prompt of the house is served with its words unseen', async () => {
  up.answer = says('Short.');
  const post = (name, body) => fetch(`${gateway.url}/v1/prompts/${name}`, { method: 'POST', body: JSON.stringify(body) }).then((one) => gateway.read(one));
  const answer = await post('shorten', { text: 'long "text"\n', style: 'plain' });
  assert.equal(answer.content, 'Short.');
  assert.deepEqual(sent().messages, [{ role: 'system', content: 'You shorten. Secret of the house.' }, { role: 'user', content: 'In plain style:\nlong "text"\n' }]);
  assert.deepEqual([sent().model, up.last.url], ['m0', '/v1/chat/completions']);
  const stream = await post('shorten', { text: 't', style: 's', stream: true });
  assert.match(stream.headers.get('content-type'), /^text\/event-stream/);
  assert.match(stream.text, /data: \[DONE\]\n\n$/);
  assert.deepEqual(sent().stream, true);
  for (const [body, what] of [[{ text: 't' }, /style/], [{ text: 't', style: 1 }, /style/], [{ text: 't', style: 's', model: 'm1' }, /model/], [['t'], /object/]]) {
    const refused = await post('shorten', body);
    assert.equal(refused.status, 400);
    assert.match(refused.error, what);
    assert.ok(!refused.text.includes('Secret'));
  }
  assert.equal((await post('nothing', {})).status, 404);
  assert.equal((await gateway.read(await fetch(`${gateway.url}/v1/prompts/shorten`))).status, 405);
});

test('policies rewrite prompts of the house like any chat', async () => {
  await gateway.read(await fetch(`${gateway.url}/v1/prompts/tuned`, { method: 'POST', body: JSON.stringify({ text: 'to jo@example.com' }) }));
  assert.deepEqual(sent().messages, [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'to [REDACTED]' }]);
  assert.equal(sent().temperature, 0.1);
});

test('hidden tools are not offered to the model', async () => {
  const choice = { type: 'function', function: { name: 'admin_drop' } };
  await ask('tools', { tools: [tool('admin_drop'), tool('weather')], tool_choice: choice });
  assert.deepEqual(sent().tools.map((one) => one.function.name), ['weather']);
  assert.ok(!up.last.body.includes('admin_drop'), `tool_choice names a hidden tool: ${up.last.body}`);
  await ask('tools', { tools: [tool('admin_drop')], tool_choice: 'required' });
  assert.ok(!('tools' in sent()) && !('tool_choice' in sent()));
  await ask('tools', { functions: [{ name: 'admin_a', parameters: {} }, { name: 'b', parameters: {} }] });
  assert.deepEqual(sent().functions.map((one) => one.name), ['b']);
});

test('calls of removed tools do not reach the client', async () => {
  up.answer = says({ tool_calls: [call('shell_run', { c: 'rm' }), call('weather', { city: 'Rome' }), call('shell_run', {}, 'again')] });
  let { json: got } = await ask('tools');
  assert.deepEqual(got.choices[0].message.tool_calls, [call('weather', { city: 'Rome' })]);
  assert.equal(got.choices[0].finish_reason, 'tool_calls');
  up.answer = says({ content: 'I run it.', tool_calls: [call('shell_run')] });
  ({ json: got } = await ask('tools'));
  assert.ok(!('tool_calls' in got.choices[0].message));
  assert.equal(got.choices[0].message.content, 'I run it.');
  assert.equal(got.choices[0].finish_reason, 'stop', 'no calls are left that a client could answer');
  up.answer = json(completion({ function_call: { name: 'shell_old', arguments: '{}' } }, { finish: 'function_call' }));
  assert.ok(!(await ask('tools')).text.includes('shell_old'), 'the older form of a call passes');
});

test('bodies and answers have to fit their schemas', async () => {
  up.answer = says('{"city": "Rome"}');
  assert.equal((await ask('shape', { max_tokens: 5 })).content, '{"city": "Rome"}');
  const count = up.seen.length;
  const large = await ask('shape', { max_tokens: 5000 });
  assert.deepEqual([large.status, large.policy], [400, 'shape']);
  assert.match(large.error, /\$\.max_tokens/);
  assert.equal((await ask('shape')).status, 400);
  assert.equal(up.seen.length, count);
  up.answer = says('{"city": 5, "secret": "word"}');
  const unfit = await ask('shape', { max_tokens: 5 });
  assert.deepEqual([unfit.status, unfit.policy], [502, 'shape']);
  assert.match(unfit.error, /\$\.city/);
  assert.ok(!unfit.text.includes('secret'));
  up.answer = says('no JSON');
  assert.equal((await ask('shape', { max_tokens: 5 })).status, 502);
  up.answer = failsWith(503);
  assert.equal((await ask('shape', { max_tokens: 5 })).error, 'upstream says 503');
});

test('a refusal of the answer takes its place', async () => {
  const expect = async (answer, status) => {
    up.answer = answer;
    const got = await ask('answers');
    assert.deepEqual([got.status, got.policy], [status, 'answers'], got.text);
    assert.ok(!got.text.includes('T-123456'));
  };
  await expect(says('about T-123456'), 502);
  await expect(says('long', { finish: 'length' }), 508);
  await expect(says({ tool_calls: [call('weather'), call('shell_run')] }), 509);
  up.answer = says('harmless');
  assert.equal((await ask('answers')).content, 'harmless');
});

test('policies see the status of an answer and the model that gave it', async () => {
  up.answer = failsWith(429);
  const busy = await ask('status');
  assert.deepEqual([busy.status, busy.policy, busy.error], [503, 'statuses', 'busy']);
  up.answer = says('x', { model: 'other' });
  assert.equal((await ask('status')).status, 509);
  up.answer = failsWith(500);
  assert.equal((await ask('status')).error, 'upstream says 500');
  up.answer = says('an answer');
  assert.equal((await ask('status')).status, 200);
});

test('what a session did is known when it comes again', async () => {
  const inSession = async (id, words) => {
    const answer = await ask('session', { messages: text(words) }, id ? { 'x-session-id': id } : {});
    await until(async () => (await gateway.metric('aipol_requests_in_flight')) === 0, 'it has ended');  // what a session did is remembered then
    return answer;
  };
  assert.equal((await inSession('s1', 'harmless')).status, 200);
  assert.equal((await inSession('s1', 'T-123456')).status, 200);
  assert.equal((await inSession('s2', 'harmless')).status, 200);
  const refused = await inSession('s1', 'harmless');
  assert.deepEqual([refused.status, refused.error], [423, 'tainted after 2']);
  assert.equal((await inSession('', 'T-123456')).status, 200);
  assert.equal((await inSession('', 'harmless')).status, 200);
});
