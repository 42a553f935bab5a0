// What policies make of streams: nothing that depends on the pieces in which they come.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { breaksAfter, call, chunk, completion, events, failsWith, inTurn, json, pieces, readEvents, says, sse, streams, usageOf } from './answers.mjs';
import { scene } from './scene.mjs';
import { patience, sleep, until } from './support.mjs';

const policy = `
use std.pii
endpoint "/t/**" { accepts: chat, model: "m0" }
detector ticket { match r"T-\\d{6}" }
policy open { on "/**" allow }
policy out      { on "/t/out"   redact response [pii.email, ticket] }
policy place    { on "/t/place" redact request pii.email with placeholder }
policy heads    { on "/t/heads" set response.header["x-mark"] = "ours" remove response.header["x-powered-by"] }
policy finish   { on "/t/finish" set response.header["x-finish"] = response.finish_reason }
policy tools    { on "/t/tools" remove tool_calls like "shell_*" }
policy cut      { on "/t/cut" deny 451 "no tickets" when ticket.hit(response.text) }
policy late     { on "/t/late" deny 508 "too short" when not response.text.contains("end") }
policy form     { on "/t/form" validate response with "answer.json" }
policy call     { on "/t/call" deny 509 "no shell" when any c in response.tool_calls: c.name == "shell_run" }
`;
const files = { 'answer.json': JSON.stringify({ type: 'object', required: ['city'] }) };

let gateway, up, stop, sent;
before(async () => ({ gateway, up, stop, sent } = await scene(policy, { files, shared: true })));
after(() => stop());

const send = (name, members = {}) => gateway.chat({ stream: true, ...members }, { path: `/t/${name}` });
async function stream(name, members) {
  const answer = await send(name, members);
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.headers.get('content-type'), /^text\/event-stream/);
  return { ...readEvents(answer.text), headers: answer.headers, raw: answer.text };
}
const user = (content) => ({ messages: [{ role: 'user', content }] });

// Events with as few bytes as they may have.
const lean = (texts) => [{ role: 'assistant' }, ...texts.map((content) => ({ content }))].map((delta) => sse({ choices: [{ delta }] })).join('')
  + sse({ choices: [{ delta: {}, finish_reason: 'stop' }] }) + sse('[DONE]');

// The answer however the bytes of its events are cut in two; many at a time.
async function atOffsets(bytes, step, one) {
  up.answer = (seen, response) => streams(bytes, [Number(seen.headers['x-cut'])])(seen, response);
  const offsets = [];
  for (let at = 1; at < Buffer.byteLength(bytes); at += step) offsets.push(at);
  while (offsets.length) await Promise.all(offsets.splice(0, 32).map(one));
}

test('redaction does not depend on where the bytes of a stream are cut', async () => {
  const bytes = lean(['é: jo', '@exam', 'ple.com', ', T-12', '3456', '7, T-1', 'end']);
  let first;
  await atOffsets(bytes, 1, async (offset) => {
    const { text } = await gateway.chat({ stream: true }, { path: '/t/out', headers: { 'x-cut': String(offset) } });
    const got = readEvents(text);
    assert.equal(got.text, 'é: [REDACTED], [REDACTED]7, T-1end', `cut at ${offset}`);
    assert.deepEqual([got.finish, got.finishes, got.done, got.chunks[0].choices[0].delta.role], ['stop', 1, true, 'assistant']);
    first ??= got.chunks.length;
  });
});

test('redaction does not depend on how a text is spread over events', async () => {
  const whole = 'to jo.doe@mail.example.com and T-123456!';
  for (let size = 1; size <= whole.length; ++size) {
    up.answer = says(whole, { size });
    assert.equal((await stream('out')).text, 'to [REDACTED] and [REDACTED]!', `${size} characters an event`);
  }
});

test('placeholders are restored wherever they are cut', async () => {
  const bytes = lean(['to <EM', 'AIL_1> <', 'EMAIL_2>', '<EMAIL_', '3> <x> <']);
  await atOffsets(bytes, 3, async (offset) => {
    const { text } = await gateway.chat({ stream: true, ...user('jo@example.com') }, { path: '/t/place', headers: { 'x-cut': String(offset) } });
    assert.equal(readEvents(text).text, 'to jo@example.com <EMAIL_2><EMAIL_3> <x> <', `cut at ${offset}`);
  });
  assert.equal(sent().messages[0].content, '<EMAIL_1>');
});

// A stream whose end waits until the client has seen its beginning.
async function seenBeforeItsEnd(name, beginning) {
  let release, flowed = false;
  const released = new Promise((resolve) => (release = resolve));
  const held = setTimeout(() => release(), 3000 * patience);
  up.answer = async (seen, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-powered-by': 'p', 'x-stays': 's' });
    response.write(sse(chunk({ role: 'assistant', content: beginning })));
    await released;
    response.end(events([' end']));
  };
  const response = await fetch(`${gateway.url}/t/${name}`, { method: 'POST', body: JSON.stringify({ stream: true, ...user('x') }) });
  const reader = response.body.getReader();
  let text = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += Buffer.from(part.value).toString();
    flowed = flowed || (/words/.test(text) && !/end/.test(text));
    release();
  }
  clearTimeout(held);
  return { headers: response.headers, text: readEvents(text).text, flowed };
}

test('a text that nothing can be found in flows at once', async () => {
  const words = 'words '.repeat(100);
  const { text, flowed } = await seenBeforeItsEnd('out', words);
  assert.deepEqual([text, flowed], [`${words} end`, true]);
});

test('calls of tools come whole, redacted, with their ids, in the middle of a stream', async () => {
  up.answer = says({ content: 'I write.', tool_calls: [call('mail', { to: 'jo@example.com' }), call('weather', { city: 'Rome' })] });
  const got = await stream('out');
  assert.equal(got.text, 'I write.');
  assert.deepEqual(got.calls, [{ id: 'call_mail', name: 'mail', arguments: '{"to":"[REDACTED]"}' }, { id: 'call_weather', name: 'weather', arguments: '{"city":"Rome"}' }]);
  assert.equal(got.finish, 'tool_calls');
});

test('removed calls are not in a stream, and its end says so', async () => {
  up.answer = says({ tool_calls: [call('shell_run'), call('weather', { city: 'Rome' }), call('shell_go')] });
  const some = await stream('tools');
  assert.deepEqual(some.calls, [{ id: 'call_weather', name: 'weather', arguments: '{"city":"Rome"}' }]);
  assert.equal(some.finish, 'tool_calls');
  up.answer = says({ tool_calls: [call('shell_run')] });
  const none = await stream('tools');
  assert.deepEqual([none.calls, none.finish, none.done], [[], 'stop', true]);
});

test('reasoning stays reasoning where answers are looked at', async () => {
  up.answer = streams(events([{ reasoning_content: 'jo@exam' }, { reasoning_content: 'ple.com thinks' }, 'The ', 'answer']));
  const got = await stream('out');
  assert.equal(got.text, 'The answer');
  assert.equal(got.reasoning, '[REDACTED] thinks');
});

test('headers of a streamed answer are set and removed', async () => {
  const { headers, text, flowed } = await seenBeforeItsEnd('heads', 'some words');
  assert.equal(text, 'some words end');
  assert.deepEqual([headers.get('x-mark'), headers.get('x-powered-by'), headers.get('x-stays')], ['ours', null, 's']);
  assert.ok(flowed, 'the stream is held back, though the header is known before');
});

test('a header that the whole answer is needed for is in a stream too', async () => {
  up.answer = async (seen, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(sse(chunk({ role: 'assistant', content: 'some ' })));
    await sleep(50);  // what comes only later
    response.end(events(['words']));
  };
  const { headers, text } = await stream('finish');
  assert.equal(text, 'some words');
  assert.equal(headers.get('x-finish'), 'stop');
});

test('a stream is cut before what is refused, wherever its bytes are cut', async () => {
  const bytes = lean(['All is', ' well. T-', '123', '456', ' and more']);
  await atOffsets(bytes, 3, async (offset) => {
    const { text, status } = await gateway.chat({ stream: true }, { path: '/t/cut', headers: { 'x-cut': String(offset) } });
    const got = readEvents(text);
    assert.equal(status, 200);
    assert.equal(got.text, 'All is well. ', `cut at ${offset}`);
    assert.deepEqual([got.finish, got.finishes, got.done], ['content_filter', 1, true]);
  });
});

test('a stream whose beginning is refused is a refusal', async () => {
  up.answer = streams(events(['T-12', '3456 and more']));
  const answer = await send('cut');
  assert.deepEqual([answer.status, answer.policy, answer.error], [451, 'cut', 'no tickets']);
  const line = await gateway.logged(answer.headers.get('x-request-id'));
  assert.deepEqual([line.decision, line.policy, line.status], ['deny', 'cut', 451]);
});

test('a cut stream is a refusal in the log, and its upstream is let go', async () => {
  up.answer = async (seen, response) => {
    response.setHeader('content-type', 'text/event-stream');
    response.write(sse(chunk({ role: 'assistant', content: 'All is well. ' })) + sse(chunk({ content: 'T-123456 ' })));
    while (!response.destroyed) await sleep(5, response.write(sse(chunk({ content: 'more' }))));
  };
  const answer = await send('cut');
  assert.equal(readEvents(answer.text).text, 'All is well. ');
  const line = await gateway.logged(answer.headers.get('x-request-id'));
  assert.deepEqual([line.decision, line.policy, line.status], ['deny', 'cut', 200]);
  await until(() => up.last.closed, 'the upstream is let go');
});

test('a guard that may turn false again holds a stream back', async () => {
  up.answer = says('no last word');
  const refused = await send('late');
  assert.deepEqual([refused.status, refused.policy], [508, 'late']);
  up.answer = says('this is the end');
  const got = await stream('late');
  assert.deepEqual([got.text, got.finish, got.done], ['this is the end', 'stop', true]);
});

test('a streamed form is held back until it fits', async () => {
  up.answer = says('{"town": "Rome"}');
  const refused = await send('form');
  assert.deepEqual([refused.status, refused.policy], [502, 'form']);
  assert.ok(!refused.text.includes('Rome'));
  up.answer = says('{"city": "Rome"}');
  assert.equal((await stream('form')).text, '{"city": "Rome"}');
});

test('calls that are refused do not get through in a stream', async () => {
  up.answer = says({ tool_calls: [call('weather'), call('shell_run')] });
  const refused = await send('call');
  assert.deepEqual([refused.status, refused.policy], [509, 'call']);
  up.answer = says({ tool_calls: [call('weather')] });
  assert.equal((await stream('call')).calls.length, 1);
});

test('a stream that is no chat is never passed on half read', async () => {
  for (const bytes of ['data: {"choices"\n\n', `${sse(chunk({ content: 'fine' }))}data: [1]\n\n`, `data: ${JSON.stringify({ choices: [{ index: 1, delta: { content: 'jo@example.com' } }] })}\n\n`]) {
    up.answer = streams(bytes);
    const answer = await send('out').catch((error) => error);
    assert.ok(answer instanceof TypeError || answer.status === 502, answer.text);
    assert.ok(!String(answer.text).includes('jo@'));
  }
});

test('a stream that breaks off is cut, not ended', async () => {
  up.answer = breaksAfter(sse(chunk({ content: `${'words '.repeat(100)}jo@exam` })));
  const response = await fetch(`${gateway.url}/t/out`, { method: 'POST', body: JSON.stringify({ stream: true, ...user('x') }) });
  await assert.rejects(response.text());
});

test('events of every form are read: CRLF, comments, several data lines, names', async () => {
  const crlf = events(['to jo@exam', 'ple.com']).replaceAll('\n', '\r\n');
  const spread = events(['to jo@exam', 'ple.com']).replaceAll('"choices"', '\ndata: "choices"').replaceAll('data: {', 'id: 1\nevent: message\ndata:{');
  for (const bytes of [crlf, `: hello\n\n${crlf}`, spread, events(['to jo@exam', 'ple.com'], { done: false })]) {
    up.answer = streams(bytes, pieces('x'.repeat(Buffer.byteLength(bytes)), 7).map((_, i) => i * 7).slice(1));
    const got = await stream('out');
    assert.equal(got.text, 'to [REDACTED]');
    assert.deepEqual([got.finish, got.finishes], ['stop', 1]);
  }
});

test('what was not asked for as a stream, or was, is redacted all the same', async () => {
  up.answer = streams(events(['to jo@exam', 'ple.com']));
  const streamed = await gateway.chat({}, { path: '/t/out' });
  assert.equal(readEvents(streamed.text).text, 'to [REDACTED]');
  up.answer = json(completion('to jo@example.com'));
  assert.equal((await send('out')).content, 'to [REDACTED]');
});

test('HTTP/1.0 gets a stream that ends with its connection', async () => {
  up.answer = streams(events(['to jo@exam', 'ple.com']));
  const body = JSON.stringify({ model: 'm0', stream: true, ...user('x') });
  const { text, ended } = await gateway.raw(`POST /t/out HTTP/1.0\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  assert.ok(ended && !/transfer-encoding/i.test(text));
  assert.equal(readEvents(text.slice(text.indexOf('\r\n\r\n') + 4)).text, 'to [REDACTED]');
});

test('several answers at once can not be streamed where they are looked at', async () => {
  up.answer = inTurn(says('one'), failsWith(500));
  const { status, json } = await send('out', { n: 2 });
  assert.deepEqual([status, json.error.param], [400, 'n']);
  up.answer = says('one', { usage: usageOf(3, 4) });
  assert.equal((await stream('out', { n: 1, stream_options: { include_usage: true } })).usage.total_tokens, 7);
});
