// What a faithful OpenAI upstream answers: whole or streamed as it was asked, with usage where it was asked for.
import { sleep } from './support.mjs';

export const usageOf = (input, output, details = {}) => ({ prompt_tokens: input, completion_tokens: output, total_tokens: input + output, ...details });

const base = (asked) => ({ id: 'chatcmpl-up', created: 1700000000, model: asked.model ?? 'gpt' });

// A message is a text or what stands beside the role.
const asMessage = (message) => (typeof message === 'string' ? { content: message } : message);

export function completion(message, { asked = {}, usage = usageOf(1, 2), finish, choice = {}, ...more } = {}) {
  const members = asMessage(message);
  const reason = finish ?? (members.tool_calls ? 'tool_calls' : 'stop');
  return { ...base(asked), object: 'chat.completion', ...(usage && { usage }), ...more,
    choices: [{ index: 0, finish_reason: reason, logprobs: null, message: { role: 'assistant', content: null, refusal: null, ...members }, ...choice }] };
}

export const sse = (data) => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

export function chunk(delta, { asked = {}, finish = null, usage } = {}) {
  return { ...base(asked), object: 'chat.completion.chunk', ...(usage !== undefined && { usage }),
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] };
}

// The events of deltas (texts or members), the end and [DONE] included.
export function events(deltas, { asked = {}, usage = usageOf(1, 2), finish = 'stop', done = true } = {}) {
  const reports = Boolean(asked.stream_options?.include_usage && usage);
  const none = reports ? null : undefined;
  const all = [chunk({ role: 'assistant', content: '' }, { asked, usage: none })];
  for (const delta of deltas) all.push(chunk(asMessage(delta), { asked, usage: none }));
  if (finish) all.push(chunk({}, { asked, finish, usage: none }));
  if (reports) all.push({ ...base(asked), object: 'chat.completion.chunk', choices: [], usage });
  return all.map(sse).join('') + (done ? sse('[DONE]') : '');
}

export const pieces = (text, size) => text.match(new RegExp(`[^]{1,${size}}`, 'gu')) ?? [];

// An answer for Upstream.answer: the message whole, or its text in `size` characters a delta where a stream is asked for.
export function says(message, options = {}) {
  return (seen, response) => {
    const asked = JSON.parse(seen.body);
    const { content, tool_calls: calls, ...rest } = asMessage(message);
    for (const [name, value] of Object.entries(options.headers ?? {})) response.setHeader(name, value);
    if (!asked.stream) return json(completion(message, { asked, ...options }))(seen, response);
    const deltas = pieces(content ?? '', options.size ?? 5);
    if (Object.keys(rest).length) deltas.unshift(rest);
    calls?.forEach(({ function: { name, arguments: args }, ...call }, index) => {
      deltas.push({ tool_calls: [{ index, ...call, function: { name, arguments: '' } }] });
      for (const part of pieces(args, 4)) deltas.push({ tool_calls: [{ index, function: { arguments: part } }] });
    });
    return streams(events(deltas, { asked, finish: calls ? 'tool_calls' : 'stop', ...options }))(seen, response);
  };
}

export const json = (document, status = 200, headers = {}) => (seen, response) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof document === 'string' ? document : JSON.stringify(document));
};

export const failsWith = (status, headers = {}) => json({ error: { message: `upstream says ${status}`, type: 'server_error', code: null, param: null } }, status, headers);

// The bytes as server-sent events, cut at these offsets: each piece is a chunk of its own.
export const streams = (bytes, cuts = []) => (seen, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const whole = Buffer.from(bytes);
  const ends = [...cuts, whole.length];
  ends.reduce((begin, end) => (response.write(whole.subarray(begin, end)), end), 0);
  response.end();
};

export const never = () => {};
export const closes = (seen) => seen.socket.destroy();

// The beginning of an answer, then the connection breaks.
export const breaksAfter = (bytes, type = 'text/event-stream') => async (seen, response) => {
  response.writeHead(200, { 'content-type': type });
  response.write(bytes);
  await sleep(30);
  seen.socket.destroy();
};

// One answer after the other, the last of them from then on.
export const inTurn = (...answers) => {
  let at = 0;
  return (seen, response) => answers[Math.min(at++, answers.length - 1)](seen, response);
};

export const call = (name, args = {}, id = `call_${name}`) => ({ id, type: 'function', function: { name, arguments: typeof args === 'string' ? args : JSON.stringify(args) } });
export const tool = (name) => ({ type: 'function', function: { name, description: `does ${name}`, parameters: { type: 'object', properties: {} } } });

// What a client makes of the events of a chat.
export function readEvents(text) {
  const lines = text.split('\n').filter((line) => line.startsWith('data: ')).map((line) => line.slice(6));
  const chunks = lines.filter((line) => line !== '[DONE]').map((line) => JSON.parse(line));
  const deltas = chunks.map((one) => one.choices?.[0]?.delta ?? {});
  const calls = [];
  for (const part of deltas.flatMap((delta) => delta.tool_calls ?? [])) {
    const at = (calls[part.index] ??= { name: '', arguments: '' });
    if (part.id) at.id = part.id;
    at.name += part.function?.name ?? '';
    at.arguments += part.function?.arguments ?? '';
  }
  return { chunks, text: deltas.map((delta) => delta.content ?? '').join(''), reasoning: deltas.map((delta) => delta.reasoning_content ?? '').join(''), calls,
    finish: chunks.map((one) => one.choices?.[0]?.finish_reason).findLast(Boolean), usage: chunks.map((one) => one.usage).findLast(Boolean),
    finishes: chunks.filter((one) => one.choices?.[0]?.finish_reason).length, done: lines.at(-1) === '[DONE]' };
}
