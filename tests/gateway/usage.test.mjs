// What is counted of an answer: what its provider reports, in whatever form, and an estimate where it reports nothing.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { breaksAfter, chunk, completion, events, json, readEvents, says, sse, streams, usageOf } from './answers.mjs';
import { caller, probe, scene } from './scene.mjs';
import { patience, sleep, until } from './support.mjs';

const policy = `
endpoint "/plain" { accepts: chat, model: "m0" }
endpoint "/seen"  { accepts: chat, model: "m0" }
endpoint "/t/*" { accepts: chat, model: "m0" }
policy streamed { on "/t/streamed" set body.stream = true }
policy whole    { on "/t/whole"    set body.stream = false }
policy bare     { on "/t/bare"     remove body.stream_options }
policy unasked  { on "/t/unasked"  set body["stream_options.include_usage"] = false }
prompt say (text: string) { model: "m0", user: f"{text}" }
meter input     = input_tokens per ever by ${caller}
meter output    = output_tokens per ever by ${caller}
meter cached    = sum(usage.cached_tokens) per ever by ${caller}
meter reasoning = sum(usage.reasoning_tokens) per ever by ${caller}
meter spent     = usd per ever by ${caller}
policy open { on "/**" allow }
policy seen { on "/seen" redact response digits }
detector digits { match r"XX\\d{9}XX" }
${probe('input', 'output', 'cached', 'reasoning', 'spent')}
`;

let gateway, up, stop, sent;
before(async () => ({ gateway, up, stop, sent } = await scene(policy, { shared: true, members: 'price: { input: $2.50, output: $10, cached: $1.25 }' })));
after(() => stop());

let number = 0;
const stream = { stream: true };
const ways = ['/plain', '/seen'];  // answers pass as they come, answers are looked at
const someone = () => `caller-${++number}`;
const ask = (path, members, who = someone(), more = {}) => gateway.chat(members, { path, headers: { 'x-caller': who }, ...more });

async function counts(who, [input, output, cached = 0, reasoning = 0]) {
  await gateway.settled('input', input, who);
  await gateway.settled('output', output, who);
  await gateway.settled('cached', cached, who);
  await gateway.settled('reasoning', reasoning, who);
}

for (const path of ways) {
  test(`usage is asked for and hidden from streams that did not ask (${path})`, async () => {
    const who = someone();
    up.answer = says('some words', { usage: usageOf(11, 22, { prompt_tokens_details: { cached_tokens: 4 }, completion_tokens_details: { reasoning_tokens: 5 } }) });
    const answer = await ask(path, stream, who);
    assert.deepEqual(sent().stream_options, { include_usage: true });
    const got = readEvents(answer.text);
    assert.deepEqual([got.text, got.finish, got.done], ['some words', 'stop', true]);
    assert.ok(!answer.text.includes('usage'), answer.text);
    assert.ok(got.chunks.every((one) => one.choices.length === 1));
    await counts(who, [11, 22, 4, 5]);
  });

  test(`a stream that asked gets its usage, and other options stay (${path})`, async () => {
    const who = someone();
    up.answer = says('some words', { usage: usageOf(11, 22) });
    const asked = readEvents((await ask(path, { ...stream, stream_options: { include_usage: true } }, who)).text);
    assert.deepEqual(asked.usage, usageOf(11, 22));
    await counts(who, [11, 22]);
    const refused = readEvents((await ask(path, { ...stream, stream_options: { include_usage: false, include_obfuscation: false } }, who)).text);
    assert.deepEqual(sent().stream_options, { include_usage: true, include_obfuscation: false });
    assert.equal(refused.usage, undefined);
    await counts(who, [22, 44]);
    await ask(path, {}, who);
    assert.ok(!('stream_options' in sent()));
    await counts(who, [33, 66]);
  });

  test(`a provider that ignores the wish is estimated (${path})`, async () => {
    const who = someone();
    const text = 'four'.repeat(50);
    up.answer = streams(events([...text.match(/.{4}/g)]));
    assert.equal(readEvents((await ask(path, stream, who)).text).text, text);
    let output;
    await until(async () => (output = await gateway.used('output', who)) >= 45 && output <= 60, () => `about 50 tokens are counted, not ${output}`);
    const input = await gateway.used('input', who);
    assert.ok(input > 0 && input < 20, `${input} input tokens`);
  });

  test(`streams of few large events are not estimated by their number (${path})`, async () => {
    const text = 'four'.repeat(50);
    const coarse = { 'a text': { content: text }, 'half a text each': [{ content: text.slice(0, 100) }, { content: text.slice(100) }], reasoning: { reasoning_content: text },
      'arguments of a call': { tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: JSON.stringify({ text }) } }] } };
    const few = [];
    for (const [name, deltas] of Object.entries(coarse)) {
      for (const leaves of [false, true]) {
        const bytes = [deltas].flat().map((delta) => sse(chunk(delta))).join('');
        up.answer = leaves ? (seen, response) => (response.writeHead(200, { 'content-type': 'text/event-stream' }), response.write(bytes)) : streams(bytes + sse(chunk({}, { finish: 'stop' })) + sse('[DONE]'));
        let output;
        const fits = () => output >= 45 && output <= 70;
        for (const pause of leaves ? [30, 300, 3000] : [0]) {  // what the gateway has not read before its client leaves is not counted
          if (fits()) break;
          const who = someone(), before = up.seen.length, abort = new AbortController();
          const call = ask(path, stream, who, { signal: abort.signal }).catch(() => {});
          if (leaves) await until(() => up.seen.length > before, 'it is asked'), await sleep(pause), abort.abort();
          await call;
          for (let i = 0; i < 40 * patience && !fits(); i++) await sleep(20), (output = await gateway.used('output', who));
        }
        if (!fits()) few.push(`${name}${leaves ? ', the client leaves' : ''}: ${output} tokens of about 50`);
      }
    }
    assert.deepEqual(few, []);
  });

  test(`usage is found behind very much (${path})`, async () => {
    const who = someone();
    const audio = { id: 'a', data: Buffer.alloc(5 << 20, 7).toString('base64'), transcript: 'words', expires_at: 1 };
    const { usage, ...answer } = completion({ content: null, audio }, { usage: usageOf(20, 30) });
    up.answer = json({ ...answer, usage, system_fingerprint: 'fp' });
    assert.equal((await ask(path, {}, who)).status, 200);
    await counts(who, [20, 30]);
  });

  test(`usage is found wherever a stream has it (${path})`, async () => {
    const with_usage = { ...chunk({}, { finish: 'stop' }), usage: usageOf(7, 8) };
    const alone = { id: 'x', object: 'chat.completion.chunk', choices: [], usage: usageOf(7, 8) };
    const text = sse(chunk({ role: 'assistant', content: 'words' }));
    const stops = sse(chunk({}, { finish: 'stop' }));
    const endings = { 'in its last event': sse(with_usage), 'in an event of its own': stops + sse(alone), 'spaced out': stops + sse(JSON.stringify(alone).replaceAll(':', ' : ')),
      'over several lines': stops + sse(JSON.stringify(alone, null, 1).replaceAll('\n', '\ndata: ')), 'without choices': stops + sse({ ...alone, choices: undefined }), 'ended twice': stops + sse(with_usage) };
    const wrong = [];
    for (const [name, ending] of Object.entries(endings)) {
      for (const end of ['data: [DONE]\n\n', 'data:[DONE]\n\n', '']) {
        const who = someone();
        up.answer = streams(text + ending + end);
        const answer = await ask(path, stream, who);
        assert.equal(readEvents(answer.text).text, 'words');
        if (/"total_tokens"/.test(answer.text) && !/last|twice/.test(name)) wrong.push(`${name}: shown to a client that did not ask`);
        await counts(who, [7, 8]).catch((error) => wrong.push(`${name}: ${error.message}`));
      }
      up.answer = streams(`${text}${ending}data: [DONE]\n\n`);
      const asked = await ask(path, { ...stream, stream_options: { include_usage: true } });
      if (!/"total_tokens" ?: ?15/.test(asked.text)) wrong.push(`${name}: not shown to a client that asked`);
    }
    assert.deepEqual(wrong, []);
  });

  test(`reported numbers that are none, or absurd, do no harm (${path})`, async () => {
    for (const [usage, expected] of [[{ prompt_tokens: -5, completion_tokens: 3 }, [0, 3]], [{ prompt_tokens: null, completion_tokens: 3 }, [0, 3]], [{ prompt_tokens: '7', completion_tokens: 3 }, [0, 3]],
      [usageOf(5, 6, { prompt_tokens_details: null, completion_tokens_details: null }), [5, 6]], [usageOf(5, 6, { prompt_tokens_details: { cached_tokens: 50 } }), [5, 6, 5]]]) {
      const who = someone();
      up.answer = json(completion('x', { usage }));
      assert.equal((await ask(path, {}, who)).status, 200);
      await counts(who, expected);
    }
    const who = someone();
    up.answer = json(JSON.stringify(completion('x', { usage: usageOf(1, 2) })).replace('"prompt_tokens":1', '"prompt_tokens":99999999999999999999999'));
    assert.equal((await ask(path, {}, who)).status, 200);
    await until(async () => (await gateway.used('output', who)) <= 2, 'little is counted');
  });

  test(`an answer that breaks off or is cut short ends, and counts what came (${path})`, async () => {
    const whole = JSON.stringify(completion('x'.repeat(100), { usage: usageOf(9, 9) }));
    for (let at = 0; at < whole.length; at += 41) {
      up.answer = (seen, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(whole.slice(0, at));
      const answer = await ask(path, {});
      assert.equal(answer.status, path === '/seen' ? 502 : 200, `cut at ${at}`);
    }
    const bytes = events(['one ', 'two ', 'three'], { asked: { stream_options: { include_usage: true } } });
    for (let at = 1; at < bytes.length; at += 97) {
      const who = someone();
      up.answer = at % 2 ? streams(bytes.slice(0, at)) : breaksAfter(bytes.slice(0, at));
      await ask(path, stream, who).catch(() => {});
      await until(async () => (await gateway.used('output', who)) < 10, 'little is counted');
    }
    up.answer = says('well', { usage: usageOf(1, 1) });
    assert.equal((await ask(path, {})).content, 'well');
  });
}

test('policies that write how a chat is streamed do not keep usage from being counted', async () => {
  up.answer = says('some words', { usage: usageOf(100, 200) });
  for (const [name, members] of [['streamed', {}], ['whole', stream], ['whole', { ...stream, stream_options: { include_usage: true } }], ['bare', stream], ['bare', { ...stream, stream_options: { include_usage: true } }],
    ['unasked', { ...stream, stream_options: { include_usage: true } }], ['unasked', {}]]) {
    const who = someone();
    assert.equal((await ask(`/t/${name}`, members, who)).status, 200);
    await counts(who, [100, 200]).catch((error) => assert.fail(`${error.message}: ${name} ${JSON.stringify(members)} was sent as ${up.last.body}`));
    assert.ok(sent().stream || !('stream_options' in sent()), `options of a stream that is none: ${up.last.body}`);
  }
});

test('money is counted by the prices of input, cached input and output', async () => {
  const who = someone();
  up.answer = says('x', { usage: usageOf(1000, 100, { prompt_tokens_details: { cached_tokens: 400 }, completion_tokens_details: { reasoning_tokens: 60 } }) });
  await ask('/plain', stream, who);
  await gateway.settled('spent', (600 * 2.5 + 400 * 1.25 + 100 * 10) / 1e6, who);
  await counts(who, [1000, 100, 400, 60]);
});

test('a prompt of the house asks for usage and hides it', async () => {
  const who = someone();
  up.answer = says('some words', { usage: usageOf(3, 4) });
  const answer = await gateway.read(await fetch(`${gateway.url}/v1/prompts/say`, { method: 'POST', body: JSON.stringify({ text: 'x', stream: true }), headers: { 'x-caller': who } }));
  assert.equal(readEvents(answer.text).text, 'some words');
  assert.ok(!answer.text.includes('usage'));
  await counts(who, [3, 4]);
});

// --- answers of real providers ---

const folder = fileURLToPath(new URL('../../../shared/data/upstream/', import.meta.url));
const absent = !existsSync(folder) && `${folder} is absent`;
const files = (of) => (absent ? [] : readdirSync(`${folder}/${of}`).map((name) => `${of}/${name}`)).filter((name) => /\.(json|sse)$/.test(name));

// The last usage that the file reports in OpenAI's form.
function reported(text) {
  const documents = text.startsWith('{') ? [text] : text.split('\n').filter((line) => line.startsWith('data: {')).map((line) => line.slice(6));
  const usage = documents.map((one) => JSON.parse(one).usage).findLast((one) => one && typeof one === 'object');
  if (!usage) return undefined;
  return [usage.prompt_tokens ?? 0, usage.completion_tokens ?? 0, usage.prompt_tokens_details?.cached_tokens ?? 0, usage.completion_tokens_details?.reasoning_tokens ?? 0];
}

test('answers of real providers neither hang nor break the gateway, and are counted as they report', { skip: absent }, async () => {
  const wrong = [];
  for (const name of [...files('openai'), ...files('protocol-conversion')]) {
    const text = readFileSync(`${folder}/${name}`, 'utf8');
    const streamed = name.endsWith('.sse');
    const offsets = Array.from({ length: Math.floor(text.length / 13) }, (_, i) => (i + 1) * 13);
    for (const path of ways) {
      const who = someone();
      up.answer = streamed ? streams(text, offsets) : json(text);
      const answer = await ask(path, { stream: streamed }, who);
      if (answer.status !== 200) {
        wrong.push(`${name} ${path}: ${answer.status} ${answer.error}`);
        continue;
      }
      if (streamed && /"choices"/.test(text)) {
        const [theirs, ours] = [readEvents(text.replaceAll('data: \n', '')), readEvents(answer.text.replaceAll('data: \n', ''))];
        if (theirs.text !== ours.text || theirs.finish !== ours.finish) wrong.push(`${name} ${path}: ${JSON.stringify([theirs.text, theirs.finish])} became ${JSON.stringify([ours.text, ours.finish])}`);
        if (theirs.calls.some((one, i) => one.arguments !== ours.calls[i]?.arguments)) wrong.push(`${name} ${path}: calls became ${JSON.stringify(ours.calls)}`);
      } else if (!streamed && JSON.stringify(answer.json) !== JSON.stringify(JSON.parse(text))) {
        wrong.push(`${name} ${path}: the answer changed`);
      }
      const usage = reported(text);
      if (usage) await counts(who, usage).catch((error) => wrong.push(`${name} ${path}: ${error.message}`));
      else if ((await gateway.used('output', who)) > text.length / 3) wrong.push(`${name} ${path}: too much is counted`);
    }
  }
  assert.deepEqual(wrong, []);
});
