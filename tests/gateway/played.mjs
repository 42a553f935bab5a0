// Traffic that can be played again: each request has its own id, and tells the upstreams how to answer it.
import { createHash } from 'node:crypto';
import { breaksAfter, chunk, completion, events, failsWith, json, says, sse, usageOf } from './answers.mjs';
import { chat, patience, sleep, until } from './support.mjs';

// Callers whose key is known; each meter of theirs begins empty.
export function keyFile(callers) {
  const hash = (text) => createHash('sha256').update(text).digest('hex');
  return JSON.stringify({ keys: Object.entries(callers).map(([id, { roles = ['staff'], ...more }]) => ({ id, hash: hash(`aip_${id}`), roles, ...more })) });
}

export const asked = 3;   // tokens that the gateway counts of the message that `chat` makes

const drops = (seen, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (let i = 0; i < 3; i++) response.write(sse(chunk({ content: 'some words ' })));
};

// `number`: of the upstream. The header x-way names what it does; "500,ok" is for the first one, the second one.
export const answers = (number) => (seen, response) => {
  const ways = (seen.headers['x-way'] ?? 'ok').split(',');
  const way = ways[Math.min(number, ways.length - 1)];
  const { 'x-in': input = asked, 'x-out': output = 20, 'x-says': text = 'an answer' } = seen.headers;
  const request = JSON.parse(seen.body);
  const usage = usageOf(Number(input), Number(output));
  if (/^\d+$/.test(way)) return failsWith(Number(way))(seen, response);
  const others = {
    hang: () => {},
    drops,
    slow: async () => (await sleep(60), says(text, { usage })(seen, response)),
    reset: () => seen.socket.resetAndDestroy(),
    break: breaksAfter(request.stream ? sse(chunk({ content: 'half' })) : '{"choices": [', request.stream ? 'text/event-stream' : 'application/json'),
    unreported: request.stream ? says(text, { usage: null }) : json(completion(text, { asked: request, usage: null })),
    words: request.stream ? (_, to) => to.end(events(['some', ' words'], { asked: request, usage })) : says(text, { usage }),
  };
  return (others[way] ?? says(text, { usage }))(seen, response);
};

const headersOf = ({ id, who, headers = {}, way, input, out, text }) => ({
  'content-type': 'application/json',
  'x-request-id': id,
  ...(who && { authorization: `Bearer aip_${who}` }),
  ...(way && { 'x-way': way }),
  ...(input !== undefined && { 'x-in': String(input) }),
  ...(out !== undefined && { 'x-out': String(out) }),
  ...(text && { 'x-says': text }),
  ...headers,
});

// `leaves`: "early", before anything is answered; "late", once three pieces have come.
async function send(gateway, step) {
  const { path, body, method = 'POST', leaves } = step;
  const abort = new AbortController();
  if (leaves === 'early') sleep(40 * patience).then(() => abort.abort());
  const text = body === undefined || typeof body === 'object' ? JSON.stringify(chat({ model: 'm0', ...body })) : body;
  try {
    const response = await fetch(gateway.url + path, { method, headers: headersOf(step), signal: abort.signal, ...(method === 'POST' && { body: text }) });
    let got = '';
    for await (const piece of response.body) {
      got += Buffer.from(piece).toString();
      if (leaves === 'late' && got.split('some words').length > 3) abort.abort();
    }
    return response.status;
  } catch (error) {
    if (!leaves && !['break', 'drops', 'reset'].includes(step.way)) throw error;
    return 0;
  }
}

const idle = (gateway) => until(async () => (await gateway.metric('aipol_requests_in_flight')) === 0, 'no request is under way');

// One after the other: each begins when the last is settled.
export async function play(gateway, steps) {
  const statuses = {};
  for (const step of steps) {
    statuses[step.id] = await send(gateway, step);
    await idle(gateway);
  }
  return statuses;
}

// Each list one after the other, all lists at once.
export async function playAtOnce(gateway, lists) {
  const statuses = await Promise.all(lists.map(async (steps) => {
    const all = {};
    for (const step of steps) all[step.id] = await send(gateway, step);
    return all;
  }));
  await idle(gateway);
  return Object.assign({}, ...statuses);
}

// Makes steps: `by(who)(path, more)`; ids tell them apart.
export function steps() {
  const all = [];
  const add = (who, path, more = {}) => all.push({ who, path, ...more, id: `${who || 'nobody'}${path.replaceAll('/', '-')}-${all.length}` });
  return { all, add, times: (count, ...of) => { for (let i = 0; i < count; i++) add(...of); } };
}
