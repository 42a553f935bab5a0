// Where records and alerts go: webhooks, syslog, collectors of OpenTelemetry, files and standard output, each from requests that were made.
import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { says, usageOf } from './answers.mjs';
import { recordsOf } from './ledger.mjs';
import { scene } from './scene.mjs';
import { sleep, until } from './support.mjs';

// A server that takes what is posted to it.
async function receiver() {
  const posts = [];
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    posts.push({ url: request.url, headers: request.headers, body: JSON.parse(body) });
    response.end();
  }).listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return { posts, url: `http://127.0.0.1:${server.address().port}`, stop: () => (server.closeAllConnections(), server.close()) };
}

let hook;
before(async () => (hook = await receiver()));
after(() => hook.stop());

test('alerts reach a webhook once in their time, with what they are about; the file that is asked for has them, too', async () => {
  const { gateway, up, stop } = await scene(`
sink oncall { kind: webhook, url: env("HOOK"), key: env("HOOK_KEY") }
sink trail  { kind: file, path: "audit.jsonl" }
meter calls = requests per ever by request.header("x-caller") ?? ""
policy open  { on "/**" allow }
policy rude  { on "/**" deny 418 "no teapots" when ai.prompt.contains("teapot") }
policy watch {
  on "/v1/chat/completions"
  alert f"{request.header("x-caller") ?? ""} is busy" to oncall, trail every 1h when calls.used >= 2
  alert "dear" to oncall when usage.cost >= $1
  alert "refused" to oncall every 1h when ai.prompt.contains("teapot")
}`, { members: 'price: { input: $1000, output: $1000 }', settings: ', audit: [trail], admin: "127.0.0.1:0"', env: { HOOK: `${hook.url}/alerts`, HOOK_KEY: 'sk-hook' } });
  const send = (who, members) => gateway.chat(members, { headers: { 'x-caller': who } });
  up.answer = says('cheap', { usage: usageOf(1, 1) });
  for (const who of ['ann', 'bob']) for (let i = 0; i < 5; i++) assert.equal((await send(who)).status, 200);
  up.answer = says('dear', { usage: usageOf(1000, 1000) });
  const dear = [await send('cid'), await send('cid')];
  const refused = [await send('dan', { messages: [{ role: 'user', content: 'a teapot' }] }), await send('dan', { messages: [{ role: 'user', content: 'a teapot' }] })];
  const alerts = () => hook.posts.flatMap((post) => post.body);
  await until(() => alerts().length >= 5, () => JSON.stringify(alerts()));
  await sleep(300);  // of none more
  const texts = alerts().map((alert) => alert.text).sort();
  assert.deepEqual(texts, ['ann is busy', 'bob is busy', 'dear', 'dear', 'refused']);
  const of = (text) => alerts().filter((alert) => alert.text === text);
  const ids = (answers) => answers.map(({ headers }) => headers.get('x-request-id'));
  assert.deepEqual(of('dear').map((alert) => alert.id), ids(dear));
  assert.deepEqual([of('refused')[0].id, of('refused')[0].policy, of('refused')[0].kind], [ids(refused)[0], 'watch', 'alert']);
  assert.equal(of('dear')[0]['model']?.name, 'm0');
  assert.ok(hook.posts.every((post) => post.headers.authorization === 'Bearer sk-hook' && post.url === '/alerts'));
  await until(() => recordsOf(gateway).length === 16, () => `${recordsOf(gateway).length} records`);
  assert.deepEqual(recordsOf(gateway).filter((record) => record.kind === 'alert').map((record) => record.text), ['ann is busy', 'bob is busy']);
  // A set that is loaded again does not begin to tell anew.
  await gateway.reload();
  await send('ann');
  await sleep(400);
  assert.equal(of('ann is busy').length, 1);
  await stop();
});

// The records of messages whose octets are counted (RFC 6587).
function counted(bytes) {
  const records = [];
  for (let at = 0; at < bytes.length;) {
    const [digits] = /^\d+/.exec(bytes.subarray(at, at + 10));
    const message = bytes.subarray(at + digits.length + 1, (at += digits.length + 1 + Number(digits))).toString();
    records.push(message.slice(message.indexOf('{')));
  }
  return records;
}

test('syslog by UDP and TCP, a collector, a file and standard output get each record; texts are redacted as policies say', async () => {
  const datagrams = [], streamed = [];
  const udp = dgram.createSocket('udp4').on('message', (data) => datagrams.push(String(data)));
  udp.bind(0, '127.0.0.1');
  const tcp = net.createServer((socket) => socket.on('data', (data) => streamed.push(data)).on('error', () => {})).listen(0, '127.0.0.1').unref();
  await Promise.all([once(udp, 'listening'), once(tcp, 'listening')]);
  const collector = await receiver();
  const { gateway, up, stop } = await scene(`
use std.pii
sink one   { kind: syslog, url: env("UDP") }
sink two   { kind: syslog, url: env("TCP") }
sink three { kind: otlp, url: env("OTLP"), key: env("OTLP_KEY") }
sink four  { kind: file, path: "audit.jsonl" }
sink five  { kind: stdout }
policy open { on "/**" allow }
policy keep { on "/v1/chat/completions" log payload redact logs pii }`, { settings: ', audit: [one, two, three, four, five]',
    env: { UDP: `udp://127.0.0.1:${udp.address().port}`, TCP: `tcp://127.0.0.1:${tcp.address().port}`, OTLP: collector.url, OTLP_KEY: 'sk-otlp' } });
  up.answer = says('write to jo@example.com', { usage: usageOf(3, 4) });
  const ids = [];
  for (let i = 0; i < 5; i++) ids.push((await gateway.chat({ stream: i % 2 === 1, messages: [{ role: 'user', content: 'I am ann@example.com' }] })).headers.get('x-request-id'));
  const sources = {
    udp: () => datagrams.map((text) => text.slice(text.indexOf('{'))),
    tcp: () => counted(Buffer.concat(streamed)),
    file: () => recordsOf(gateway).map((record) => JSON.stringify(record)),
    stdout: () => gateway.log.map((record) => JSON.stringify(record)),
    otlp: () => collector.posts.flatMap((post) => post.body.resourceLogs).flatMap((one) => one.scopeLogs).flatMap((one) => one.logRecords).map((one) => JSON.stringify(one)),
  };
  for (const [name, source] of Object.entries(sources)) {
    await until(() => ids.every((id) => source().some((text) => text.includes(id))), () => `${name} has ${source().length} records: ${source()[0]}`);
    assert.equal(source().length, 5, name);
    for (const text of source()) {
      assert.ok(!/ann@example|jo@example/.test(text), `${name}: ${text}`);
      assert.ok(text.includes('I am [REDACTED]') && text.includes('write to [REDACTED]'), `${name}: ${text}`);
    }
  }
  for (const name of ['udp', 'tcp']) {
    const records = sources[name]().map((text) => JSON.parse(text));
    records.forEach((record, i) => assert.deepEqual([record.seq, record.prev], [i + 1, i === 0 ? '0'.repeat(64) : records[i - 1].hash], name));
  }
  assert.ok(datagrams.every((text) => /^<\d+>1 \d{4}-\d\d-\d\dT\S+Z? \S+ aipol \d+ request - \{/.test(text)), datagrams[0]);
  assert.ok(collector.posts.every((post) => post.url === '/v1/logs' && post.headers.authorization === 'Bearer sk-otlp'));
  await stop();
  udp.close();
  tcp.close();
  collector.stop();
});
