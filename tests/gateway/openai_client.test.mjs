// The official client against echo and against an upstream: what works, what is refused and how.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { call, inTurn, says, tool, usageOf } from './answers.mjs';
import { scene } from './scene.mjs';
import { Gateway, Upstream, chat, keys, sleep, until } from './support.mjs';

const load = createRequire(new URL('../clients/package.json', import.meta.url));
const { default: OpenAI } = await import(pathToFileURL(load.resolve('openai')).href);

let gateway, upstream;
const client = (key = keys.clerk) => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key, maxRetries: 0 });

before(async () => {
  upstream = await Upstream.start();
  gateway = await Gateway.start({ upstream: upstream.port });
});
after(async () => {
  upstream.stop();
  assert.deepEqual(await gateway.stop(), { code: 0, signal: null });
});

test('a chat is answered by echo and logged with the statement that allowed it', async () => {
  const { data, response } = await client().chat.completions.create(chat()).withResponse();
  assert.equal(data.choices[0].message.content, 'Hello there');
  assert.equal(data.choices[0].finish_reason, 'stop');
  assert.equal(data.usage.total_tokens, 6);
  const line = await gateway.logged(response.headers.get('x-request-id'));
  assert.equal(line.decision, 'allow');
  assert.equal(line.policy, 'clerks');
  assert.match(line.statement, /gateway\.aipol:20$/);
  assert.equal(line.principal.id, 'clerk');
  assert.equal(line.model.name, 'echo');
  assert.equal(line.status, 200);
  assert.ok(line.us.total >= line.us.decision);
  assert.ok(!JSON.stringify(line).includes('Hello'));
  assert.ok(!JSON.stringify(line).includes(keys.clerk));
});

test('a stream is answered by echo, with usage where asked', async () => {
  const stream = await client().chat.completions.create(chat({ stream: true, stream_options: { include_usage: true } }));
  let text = '', usage, finish;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? '';
    finish = chunk.choices[0]?.finish_reason ?? finish;
    usage = chunk.usage ?? usage;
  }
  assert.equal(text, 'Hello there');
  assert.equal(finish, 'stop');
  assert.equal(usage.completion_tokens, 3);
});

test('models are listed and found', async () => {
  const names = [];
  for await (const model of client().models.list()) names.push(model.id);
  assert.deepEqual(names.sort(), ['echo', 'gpt', 'same']);
  assert.equal((await client().models.retrieve('gpt')).owned_by, 'far');
  await assert.rejects(client().models.retrieve('none'), OpenAI.NotFoundError);
});

test('without a key a policy answers 401', async () => {
  const answer = await fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', body: JSON.stringify(chat()) });
  assert.equal(answer.status, 401);
  assert.equal(answer.headers.get('x-aipol-policy'), 'known');
  assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
  const { error } = await answer.json();
  assert.equal(error.message, 'an API key is needed');
  assert.equal(error.type, 'authentication_error');
  assert.equal(error.code, 'known');
  assert.equal(error.policy, 'known');
  assert.equal(error.request_id, answer.headers.get('x-request-id'));
});

test('a bad or revoked key is 401, whatever else is there', async () => {
  for (const key of ['aip_nobody', keys.revoked]) {
    await assert.rejects(client(key).chat.completions.create(chat()), (error) => {
      assert.ok(error instanceof OpenAI.AuthenticationError);
      assert.equal(error.code, 'invalid_api_key');
      return true;
    });
  }
});

test('a wrong role is 403: no policy allows it', async () => {
  await assert.rejects(client(keys.intern).chat.completions.create(chat()), (error) => {
    assert.ok(error instanceof OpenAI.PermissionDeniedError);
    assert.equal(error.error.message, 'no policy allows this request');
    return true;
  });
});

test('a policy refuses by what the prompt says, with its place in the log', async () => {
  const body = chat({ messages: [{ role: 'user', content: 'a teapot?' }] });
  await assert.rejects(client().chat.completions.create(body), (error) => {
    assert.equal(error.status, 418);
    assert.equal(error.code, 'clerks');
    return true;
  });
  let line;
  await until(() => (line = gateway.log.findLast((one) => one.status === 418)), 'it is in the log');
  assert.match(line.statement, /gateway\.aipol:21$/);
  assert.equal(line.fired.length, 2);
});

test('an unknown model and an unknown path are 404', async () => {
  await assert.rejects(client().chat.completions.create(chat({ model: 'none' })), (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.equal(error.code, 'model_not_found');
    return true;
  });
  await assert.rejects(client().get('/nothing'), OpenAI.NotFoundError);
});

test('a bad body is 400 and names the member', async () => {
  await assert.rejects(client().chat.completions.create(chat({ temperature: 'hot' })), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.param, 'temperature');
    return true;
  });
});

test('a call is forwarded with the provider\'s name and key, not the client\'s', async () => {
  const { data, response } = await client().chat.completions.create(chat({ model: 'gpt' })).withResponse();
  assert.equal(data.choices[0].message.content, 'far says Hello there');
  assert.equal(upstream.last.url, '/v1/chat/completions');
  assert.equal(JSON.parse(upstream.last.body).model, 'gpt-real');
  assert.equal(upstream.last.headers.authorization, 'Bearer sk-far');
  assert.equal(upstream.last.headers.host, `127.0.0.1:${upstream.port}`);
  assert.ok(!JSON.stringify(upstream.last.raw).includes(keys.clerk));
  assert.notEqual(response.headers.get('x-request-id'), 'of-the-upstream');
  assert.equal(upstream.last.headers['x-request-id'], response.headers.get('x-request-id'));
  const line = await gateway.logged(response.headers.get('x-request-id'));
  assert.ok(line.us.upstream > 0);
});

test('a body whose model needs no other name passes byte for byte', async () => {
  const body = '{ "messages" : [ {"role":"user","content":"h\\u0069"} ],\n "model":"same", "x": 1.50 }';
  const answer = await gateway.post('/v1/chat/completions', body);
  assert.equal(answer.status, 200);
  assert.equal(upstream.last.body, body);
});

test('a stream flows through as it arrives', async () => {
  upstream.answer = async (seen, response) => {
    response.setHeader('content-type', 'text/event-stream');
    response.write('data: {"choices":[{"index":0,"delta":{"content":"first"}}]}\n\n');
    await new Promise((resolve) => (upstream.release = resolve));
    response.end('data: {"choices":[{"index":0,"delta":{"content":"second"}}]}\n\ndata: [DONE]\n\n');
  };
  const stream = await client().chat.completions.create(chat({ model: 'gpt', stream: true }));
  const texts = [];
  for await (const chunk of stream) {
    texts.push(chunk.choices[0].delta.content);
    upstream.release();  // the second part exists only once the first was seen
  }
  upstream.answer = upstream.openai;
  assert.deepEqual(texts, ['first', 'second']);
});

test('an error of the provider is passed on', async () => {
  upstream.answer = (seen, response) => {
    response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '7' });
    response.end('{"error":{"message":"slow down","type":"rate_limit","code":null,"param":null}}');
  };
  await assert.rejects(client().chat.completions.create(chat({ model: 'gpt' })), (error) => {
    assert.ok(error instanceof OpenAI.RateLimitError);
    assert.equal(error.headers.get('retry-after'), '7');
    return true;
  });
  upstream.answer = upstream.openai;
});

test('a client that leaves in the middle of a stream stops the provider', async () => {
  upstream.answer = async (seen, response) => {
    response.setHeader('content-type', 'text/event-stream');
    while (!seen.closed && !response.destroyed) {
      response.write('data: {"choices":[{"index":0,"delta":{"content":"more"}}]}\n\n');
      await sleep(5);
    }
  };
  const abort = new AbortController();
  const stream = await client().chat.completions.create(chat({ model: 'gpt', stream: true }), { signal: abort.signal });
  let chunks = 0;
  try {
    for await (const chunk of stream) if (++chunks === 3 && chunk) abort.abort();
  } catch {
    // aborted
  }
  const seen = upstream.last;
  await until(() => seen.closed, 'the provider is let go');
  const line = await gateway.logged(seen.headers['x-request-id']);
  assert.equal(line.client_gone, true);
  upstream.answer = upstream.openai;
  assert.equal((await client().chat.completions.create(chat())).choices[0].message.content, 'Hello there');
});

test('a client that leaves before the answer stops the provider', async () => {
  upstream.answer = () => {};
  const before = upstream.seen.length;
  const abort = new AbortController();
  const call = client().chat.completions.create(chat({ model: 'gpt' }), { signal: abort.signal });
  while (upstream.seen.length === before) await sleep(5);
  abort.abort();
  await assert.rejects(call);
  const seen = upstream.last;
  await until(() => seen.closed, 'the provider is let go');
  upstream.answer = upstream.openai;
});

test('many calls at once each get their own answer', async () => {
  const calls = Array.from({ length: 64 }, async (_, i) => {
    const body = chat({ model: i % 2 ? 'gpt' : 'echo', messages: [{ role: 'user', content: `number ${i}` }] });
    const answer = await client().chat.completions.create(body);
    assert.equal(answer.choices[0].message.content, i % 2 ? `far says number ${i}` : `number ${i}`);
  });
  await Promise.all(calls);
});

test('tools go to the provider, their calls to the client, their results back', async () => {
  upstream.answer = inTurn(says({ tool_calls: [call('weather', { city: 'Rome' })] }), says('It is sunny in Rome.', { usage: usageOf(20, 6) }));
  const runner = client().chat.completions.runTools({ model: 'gpt', messages: [{ role: 'user', content: 'How is it in Rome?' }],
    tools: [{ type: 'function', function: { name: 'weather', description: 'tells the weather', parse: JSON.parse, parameters: { type: 'object', properties: { city: { type: 'string' } } }, function: ({ city }) => `sunny in ${city}` } }] });
  assert.equal(await runner.finalContent(), 'It is sunny in Rome.');
  assert.equal((await runner.totalUsage()).total_tokens, 29);
  const { messages, tools } = JSON.parse(upstream.last.body);
  assert.deepEqual(tools.map((one) => one.function.name), ['weather']);
  assert.deepEqual(messages.slice(-2).map(({ role, tool_call_id: of, tool_calls: calls, content }) => [role, of ?? calls[0].id, content ?? null]),
    [['assistant', 'call_weather', null], ['tool', 'call_weather', 'sunny in Rome']]);
  upstream.answer = upstream.openai;
});

test('calls of tools in a stream are put together by the client', async () => {
  upstream.answer = says({ content: 'I look.', tool_calls: [call('weather', { city: 'Rome' }), call('time', { zone: 'CET' })] }, { usage: usageOf(5, 6) });
  const stream = client().chat.completions.stream({ ...chat({ model: 'gpt' }), tools: [tool('weather'), tool('time')], stream_options: { include_usage: true } });
  const { choices: [{ message, finish_reason: finish }], usage } = await stream.finalChatCompletion();
  assert.equal(message.content, 'I look.');
  assert.deepEqual(message.tool_calls.map((one) => [one.id, one.function.name, one.function.arguments]), [['call_weather', 'weather', '{"city":"Rome"}'], ['call_time', 'time', '{"zone":"CET"}']]);
  assert.deepEqual([finish, usage.total_tokens], ['tool_calls', 11]);
  upstream.answer = upstream.openai;
});

test('images and files reach the provider as they are', async () => {
  const image = `data:image/png;base64,${Buffer.alloc(200_000, 7).toString('base64')}`;
  const content = [{ type: 'text', text: 'What is this?' }, { type: 'image_url', image_url: { url: image, detail: 'low' } }, { type: 'image_url', image_url: { url: 'https://images.example/a.png' } }];
  upstream.answer = says('A picture.');
  const answer = await client().chat.completions.create({ model: 'gpt', messages: [{ role: 'user', content }] });
  assert.equal(answer.choices[0].message.content, 'A picture.');
  assert.deepEqual(JSON.parse(upstream.last.body).messages[0].content, content);
  upstream.answer = upstream.openai;
});

// --- where policies change what passes ---

test('the client works through policies that rewrite, redact, hide, cache and limit', async () => {
  const { gateway: strict, up, stop, sent } = await scene(`
use std.pii
policy open { on "/v1/**" allow }
policy all_of_it {
  on "/v1/chat/completions"
  redact request pii.email with placeholder
  redact response pii.phone
  prepend system "Be brief."
  hide tools like "admin_*"
  remove tool_calls like "shell_*"
  clamp body.temperature to 0..=1
  cache 1h when ai.tools.is_empty
  deny 451 "no secrets" when response.text.contains("secret")
  limit 6 requests per ever by "all"
}`);
  const via = (options = {}) => new OpenAI({ baseURL: `${strict.url}/v1`, apiKey: 'none', maxRetries: 0, ...options }).chat.completions;
  const messages = [{ role: 'user', content: [{ type: 'text', text: 'Write to jo@example.com' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] }];
  up.answer = says({ content: 'I write to <EMAIL_1>, or call +1 212 555 0123.', tool_calls: [call('mail', { to: '<EMAIL_1>' }), call('shell_run')] });
  const tools = [tool('mail'), tool('admin_drop')];
  const whole = await via().create({ model: 'm0', messages, tools, temperature: 1.5 });
  const final = await via().stream({ model: 'm0', messages, tools, temperature: 1.5 }).finalChatCompletion();
  for (const { choices: [{ message, finish_reason: finish }] } of [whole, final]) {
    assert.equal(message.content, 'I write to jo@example.com, or call [REDACTED].');
    assert.deepEqual(message.tool_calls.map((one) => [one.function.name, one.function.arguments]), [['mail', '{"to":"jo@example.com"}']]);
    assert.equal(finish, 'tool_calls');
  }
  assert.equal(sent().messages[0].content, 'Be brief.');
  assert.deepEqual(sent().messages[1].content, [{ type: 'text', text: 'Write to <EMAIL_1>' }, messages[0].content[1]]);
  assert.deepEqual([sent().tools.map((one) => one.function.name), sent().temperature], [['mail'], 1]);
  up.answer = says('kept');
  const count = up.seen.length;
  for (let i = 0; i < 2; i++) assert.equal((await via().create({ model: 'm0', messages })).choices[0].message.content, 'kept');
  assert.equal(up.seen.length, count + 1);
  up.answer = says('this is fine, '.repeat(20) + 'this is secret');
  const cut = await via().create({ model: 'm0', messages, stream: true });
  let text = '', finish;
  for await (const chunk of cut) {
    text += chunk.choices[0]?.delta.content ?? '';
    finish = chunk.choices[0]?.finish_reason ?? finish;
  }
  assert.ok(text.startsWith('this is fine') && !text.includes('secret'));
  assert.equal(finish, 'content_filter');
  await assert.rejects(via().create({ model: 'm0', messages, seed: 1 }), (error) => error.status === 451 && error.code === 'all_of_it');
  await assert.rejects(via().create({ model: 'm0', messages, seed: 2 }), OpenAI.RateLimitError);
  await stop();
});

test('the client waits for as long as a limit says, and tries again', async () => {
  const { gateway: strict, stop } = await scene('policy open { on "/v1/**" allow limit 1 requests per 1s by "all" strict }');
  const patient = new OpenAI({ baseURL: `${strict.url}/v1`, apiKey: 'none', maxRetries: 5 });
  for (let i = 0; i < 2; i++) assert.equal((await patient.chat.completions.create(chat({ model: 'm0' }))).choices[0].message.content, 'an answer');
  await stop();
});
