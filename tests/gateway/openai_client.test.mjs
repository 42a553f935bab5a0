// The official client against echo and against an upstream: what works, what is refused and how.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Gateway, Upstream, chat, keys, sleep } from './support.mjs';

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
  assert.equal(line.principal, 'clerk');
  assert.equal(line.model, 'echo');
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
  await sleep(50);
  const line = gateway.log.findLast((one) => one.status === 418);
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
  for (let i = 0; i < 100 && !seen.closed; i++) await sleep(10);
  assert.ok(seen.closed);
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
  for (let i = 0; i < 100 && !seen.closed; i++) await sleep(10);
  assert.ok(seen.closed);
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
