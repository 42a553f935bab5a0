// A gateway that is stopped under load: what it has taken is answered whole, recorded and counted; what is stopped at once is counted, too.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, test } from 'node:test';
import { chunk, readEvents, says, sse, usageOf } from './answers.mjs';
import { recordsOf, total } from './ledger.mjs';
import { caller, models, probe } from './scene.mjs';
import { Gateway, Upstream, chat, isClosed, patience, sleep, until } from './support.mjs';

const started = new Set();
after(() => Promise.all([...started].map((one) => one.stop())));
const start = (one) => (started.add(one), one);

const policy = (port, settings = '') => `package drain
endpoint "/t/**" { accepts: chat, model: "m0" }
sink trail { kind: file, path: "audit.jsonl" }
gateway { listen: "127.0.0.1:0", admin: "127.0.0.1:0", state: sqlite("state.db"), audit: [trail] ${settings} }
${models([port])}
meter spent = tokens per ever by ${caller}
policy open { on "/**" allow limit spent to 1G limit 100 concurrent by ${caller} }
${probe('spent')}
`;

const words = 'some words that come one after the other'.split(/(?= )/);
async function slowly(seen, response) {
  if (!JSON.parse(seen.body).stream) return sleep(60).then(() => says(words.join(''), { usage: usageOf(3, 7) })(seen, response));
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const word of words) {
    response.write(sse(chunk({ content: word })));
    await sleep(40);
  }
  response.end(sse(chunk({}, { finish: 'stop' })) + sse({ choices: [], usage: usageOf(3, 7) }) + sse('[DONE]'));
}

// One request by an agent that keeps connections; `begun`: whether anything of an answer came. `heard` is told the text so far.
function send(gateway, agent, stream, heard = () => {}) {
  const body = JSON.stringify(chat({ model: 'm0', stream }));
  return new Promise((resolve) => {
    const result = { stream, begun: false, text: '' };
    const request = http.request(`${gateway.url}/t/x`, { agent, method: 'POST', headers: { 'x-caller': 'all', 'content-length': body.length } }, (response) => {
      Object.assign(result, { begun: true, status: response.statusCode, closes: response.headers.connection === 'close' });
      response.on('data', (data) => heard(result.text += data)).on('end', () => resolve({ ...result, whole: response.complete })).on('error', () => resolve(result));
    });
    request.on('error', (error) => resolve({ ...result, error: error.code })).end(body);
  });
}

test('SIGTERM under load: every answer that has begun comes whole, is recorded, and counts after a restart', { timeout: 60_000 * patience }, async () => {
  const up = start(await Upstream.start());
  up.answer = slowly;
  const gateway = start(await Gateway.start({ policy: policy(up.port) }));
  const results = [];
  let stopped = false;
  const clients = Array.from({ length: 48 }, async (_, client) => {
    const agent = new http.Agent({ keepAlive: client % 2 === 0, maxSockets: 1 });
    for (let i = client; !results.ended; i++) {
      const result = await send(gateway, agent, i % 2 === 0);
      results.push({ ...result, late: stopped });
      if (result.error) break;
    }
    agent.destroy();
  });
  await until(() => results.length > 40, 'it is busy');
  gateway.process.kill('SIGTERM');
  stopped = true;
  const { code } = await gateway.end(0);
  results.ended = true;
  assert.equal(code, 0);
  await Promise.all(clients);
  for (const one of results.filter((one) => one.begun)) {
    assert.ok(one.whole && one.status === 200, JSON.stringify(one));
    assert.equal(one.stream ? readEvents(one.text).done && readEvents(one.text).text : JSON.parse(one.text).choices[0].message.content, words.join(''));
  }
  // Only connections that were not taken, or were idle, are closed.
  for (const one of results.filter((one) => one.error)) assert.ok(!one.begun && ['ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(one.error), JSON.stringify(one));
  const good = results.filter((one) => one.begun).length, records = recordsOf(gateway);
  assert.equal(records.length, good, 'a record of each, and no other');
  assert.ok(results.some((one) => one.begun && one.late), 'some ended after the signal');
  assert.equal(up.seen.length, good, 'the provider was asked for nothing else');
  const again = start(await Gateway.start({ folder: gateway.folder }));
  assert.equal(await again.used('spent', 'all'), good * 10);
  assert.equal(total(records, 'spent', 'all'), good * 10);
  for (const one of [again, gateway, up]) started.delete(one);
  await again.stop();
  up.stop();
});

test('while it drains /readyz says so; a second signal cuts what is left, which is recorded, counted and free of its slot', { timeout: 60_000 * patience }, async () => {
  const up = start(await Upstream.start());
  up.answer = async (seen, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    while (!response.destroyed) await sleep(20, response.write(sse(chunk({ content: 'word ' }))));
  };
  const gateway = start(await Gateway.start({ policy: policy(up.port, ', drain_timeout: 30s') }));
  assert.equal((await gateway.operators('/readyz')).status, 200);
  const heard = Array(20).fill(0);
  const streams = Array.from({ length: 20 }, (_, i) => send(gateway, new http.Agent(), true, (text) => (heard[i] = text.split('word ').length - 1)));
  await until(() => heard.every((words) => words >= 5), 'all have begun');
  gateway.process.kill('SIGTERM');
  await until(async () => (await gateway.operators('/readyz')).status === 503, 'it drains');
  assert.equal((await gateway.operators('/healthz')).status, 200);
  await until(() => isClosed(gateway.port), 'nobody is let in');
  assert.equal(await gateway.metric('aipol_requests_in_flight'), 20);
  gateway.process.kill('SIGTERM');
  assert.deepEqual(await gateway.end(0), { code: 0, signal: null });
  for (const one of await Promise.all(streams)) assert.ok(one.begun && !one.whole && one.text.includes('word'), JSON.stringify(one));
  const records = recordsOf(gateway);
  assert.equal(records.length, 20);
  const again = start(await Gateway.start({ folder: gateway.folder }));
  const used = await again.used('spent', 'all');
  assert.equal(used, total(records, 'spent', 'all'));
  assert.ok(used >= 20 * 5 && used < 20 * 200 * patience, `${used} were used`);
  up.answer = says('an answer');
  assert.equal((await again.chat({}, { path: '/t/x', headers: { 'x-caller': 'all' } })).status, 200);
  for (const one of [again, gateway, up]) started.delete(one);
  await again.stop();
  up.stop();
});
