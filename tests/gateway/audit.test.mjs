// The audit trail of a gateway that is killed, filled, cut off from its sinks: nothing is lost in silence, and whatever is changed is found.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { failsWith, says, usageOf } from './answers.mjs';
import { recordsOf } from './ledger.mjs';
import { caller, models } from './scene.mjs';
import { numbers, pick, seed } from './seeded.mjs';
import { Gateway, Upstream, keys, patience, run, sleep, until } from './support.mjs';

const about = (...parts) => `${parts.join(' ')} (AIPOL_SEED=${seed})`;

let up;
before(async () => {
  up = await Upstream.start();
  up.answer = says('an answer');
});
after(() => up.stop());

const policy = (sinks, settings = 'audit: [trail]', more = '') => `package trail
endpoint "/t/**" { accepts: chat, model: "m0" }
gateway { listen: "127.0.0.1:0", admin: "127.0.0.1:0", ${settings} }
${sinks}
${models([up.port])}
policy open { on "/**" allow }
policy rude { on "/t/**" deny 418 "no teapots" when ai.prompt.contains("teapot") }
${more}
`;

const started = new Set();
after(() => started.forEach((one) => one.end('SIGKILL')));
async function serve(options) {
  const gateway = await Gateway.start(options);
  started.add(gateway);
  return gateway;
}
async function stops(gateway) {
  started.delete(gateway);
  assert.deepEqual(await gateway.stop(), { code: 0, signal: null });
}

// The ids of requests that were answered, and when.
async function busy(gateway, answered, goes, clients = 16) {
  await Promise.all(Array.from({ length: clients }, async (_, client) => {
    for (let i = 0; goes(i); i++) {
      const id = randomBytes(16).toString('hex');
      const words = (client + i) % 5 === 0 ? 'a teapot' : 'Hello';
      try {
        await gateway.chat({ stream: i % 2 === 0, messages: [{ role: 'user', content: words }] }, { headers: { 'x-request-id': id, 'x-caller': `client-${client}` } });
        answered.set(id, Date.now());
      } catch {
        return;  // it was killed
      }
    }
  }));
}

// What `aipol audit verify` makes of the log in a folder.
async function verify(folder, ...args) {
  const { code, out, err } = await run(['audit', 'verify', path.join(folder, 'audit.jsonl'), '--format', 'json', ...args]);
  if (!out) throw new Error(err);
  return { code, ...JSON.parse(out).logs[0] };
}
const query = async (folder, ...args) => {
  const { code, out, err } = await run(['audit', 'query', path.join(folder, 'audit.jsonl'), '--format', 'json', ...args]);
  assert.equal(code, 0, err);
  return out.split('\n').filter(Boolean).map((line) => JSON.parse(line));
};
const partsOf = (folder) => readdirSync(folder).filter((name) => /^audit\.jsonl(\.\d+)?$/.test(name)).sort((a, b) => (a === 'audit.jsonl') - (b === 'audit.jsonl') || a.localeCompare(b));
const allRecords = (folder) => partsOf(folder).flatMap((name) => recordsOf(folder, name));

// --- what is written is there, and stays ---

test('after kills under load the chain verifies, over files that were put aside, and holds every answer that was given', async () => {
  const draw = numbers('kills'), answered = new Map();
  let gateway = await serve({ policy: policy('sink trail { kind: file, path: "audit.jsonl", rotate: 40000, fsync: always }') });
  let late = 0;
  for (let round = 0; round < 4; round++) {
    const before = new Map();
    const load = busy(gateway, before, () => true);
    const enough = 20 + draw() * 60;
    await until(() => before.size > enough, 'it is busy');
    const killed = Date.now();
    await gateway.end('SIGKILL');
    await load;
    for (const [id, when] of before) if (when < killed - 200 * patience) answered.set(id, when);  // the rest may have waited to be written
    late += before.size;
    const torn = Math.floor(draw() * 3) * 7;
    if (torn > 0) appendFileSync(path.join(gateway.folder, 'audit.jsonl'), '{"seq":1,"prev":"00000'.slice(0, torn));
    started.delete(gateway);
    gateway = await serve({ folder: gateway.folder });
    const result = await verify(gateway.folder);
    assert.ok(result.ok, about(JSON.stringify(result)));
    assert.ok(result.anchored ?? true);
    if (torn > 0) await until(() => allRecords(gateway.folder).some((record) => record.kind === 'resumed' && record.cut_bytes === torn), about('the record that was not finished is told about'));
  }
  await busy(gateway, answered, (i) => i < 2);
  await gateway.end();
  const records = allRecords(gateway.folder), ids = new Set(records.map((record) => record.id));
  for (const id of answered.keys()) assert.ok(ids.has(id), about(`${id} is there`));
  assert.ok(late > 80 && partsOf(gateway.folder).length > 2, about(`${late} answers in ${partsOf(gateway.folder)}`));
  const result = await verify(gateway.folder);
  assert.deepEqual([result.ok, result.records, result.files], [true, records.length, partsOf(gateway.folder).length], about(JSON.stringify(result)));
  records.forEach((record, i) => assert.equal(record.seq, i + 1, about('numbers are without a gap')));
  for (const name of partsOf(gateway.folder).slice(0, -1)) assert.ok(statSync(path.join(gateway.folder, name)).size <= 40000, about(name));
  await stops(gateway);
});

test('whatever is changed, removed, swapped or cut off is found', async () => {
  const gateway = await serve({ policy: policy('sink trail { kind: file, path: "audit.jsonl", rotate: 20000 }') });
  await busy(gateway, new Map(), (i) => i < 4);
  await gateway.end();
  const { folder } = gateway, parts = partsOf(folder), draw = numbers('tampering');
  assert.ok(parts.length > 2, parts);
  const [first, last] = [recordsOf(folder, parts[0])[0], allRecords(folder).at(-1)];
  const read = (at, name) => readFileSync(path.join(at, name));
  const write = (at, name, bytes) => writeFileSync(path.join(at, name), bytes);
  const linesOf = (at, name) => read(at, name).toString('latin1').split(/(?<=\n)/);
  const rewrite = (change) => (at) => {
    const name = pick(draw, parts), lines = linesOf(at, name);
    const text = change(lines, Math.floor(draw() * lines.length), name);
    write(at, name, Buffer.from(text.join(''), 'latin1'));
    return name;
  };
  // The lines from there on as somebody would write them who knows how hashes are made.
  const rechained = (at, begin, change) => {
    let { hash: prev } = begin > 1 ? allRecords(at).find((record) => record.seq === begin - 1) : { hash: '0'.repeat(64) };
    for (const name of parts) {
      write(at, name, linesOf(at, name).map((line) => {
        const record = JSON.parse(Buffer.from(line, 'latin1'));
        if (record.seq < begin) return line;
        const text = (record.seq === begin ? change(line) : line).replace(/,"hash":"\w+"}\n$/, '').replace(/"prev":"\w+"/, `"prev":"${prev}"`);
        prev = createHash('sha256').update(text, 'latin1').digest('hex');
        return `${text},"hash":"${prev}"}\n`;
      }).join(''));
    }
  };
  const ways = {
    'a byte is another': (at) => {
      const name = pick(draw, parts), bytes = read(at, name), where = Math.floor(draw() * bytes.length);
      bytes[where] ^= 1 + Math.floor(draw() * 255);
      write(at, name, bytes);
      return `${name} at ${where}`;
    },
    'a byte is missing': (at) => {
      const name = pick(draw, parts), bytes = read(at, name), where = Math.floor(draw() * bytes.length);
      write(at, name, Buffer.concat([bytes.subarray(0, where), bytes.subarray(where + 1)]));
      return `${name} at ${where}`;
    },
    'a line is missing': rewrite((lines, at) => [...lines.slice(0, at), ...lines.slice(at + 1)]),
    'a line is there twice': rewrite((lines, at) => [...lines.slice(0, at), lines[at], ...lines.slice(at)]),
    'a line is empty': rewrite((lines, at) => [...lines.slice(0, at), '\n', ...lines.slice(at)]),
    'two lines are swapped': rewrite((lines, at) => {
      const other = (at + 1 + Math.floor(draw() * (lines.length - 1))) % lines.length;
      const swapped = [...lines];
      [swapped[at], swapped[other]] = [lines[other], lines[at]];
      return swapped;
    }),
    'the end is cut off': (at) => {
      const size = statSync(path.join(at, 'audit.jsonl')).size, left = Math.floor(draw() * size);
      truncateSync(path.join(at, 'audit.jsonl'), left);
      return `${left} of ${size} bytes left`;
    },
    'the last file is gone': (at) => rmSync(path.join(at, 'audit.jsonl')),
    'a file is gone': (at) => rmSync(path.join(at, pick(draw, parts.slice(0, -1)))),
    'a record is another, and all behind it are chained anew': (at) => {
      const begin = 1 + Math.floor(draw() * last.seq);
      rechained(at, begin, (line) => line.replace(/"time":"2/, '"time":"1'));
      return `record ${begin}`;
    },
    'the anchor is another': (at) => write(at, 'audit.jsonl.head', read(at, 'audit.jsonl.head').toString().replace(/"hash":"\w/, (text) => `"hash":"${text.endsWith('a') ? 'b' : 'a'}`)),
  };
  assert.ok((await verify(folder)).ok);
  assert.equal(first.seq, 1);
  for (const [what, change] of Object.entries(ways)) {
    for (let i = 0; i < 4; i++) {
      const at = mkdtempSync(path.join(tmpdir(), 'aipol-tampering-'));
      cpSync(folder, at, { recursive: true });
      const where = change(at) ?? '';
      const result = await verify(at);
      assert.deepEqual([result.code, result.ok], [1, false], about(what, where, JSON.stringify(result)));
      assert.ok(['changed', 'removed', 'reordered', 'cut', 'unreadable'].includes(result.finding.what) && result.finding.message, about(JSON.stringify(result)));
      rmSync(at, { recursive: true });
    }
  }
  // Log and anchor both can be written by one who may write both; what others were told of it is missed.
  assert.ok((await verify(folder, '--holds', last.hash)).ok);
  const at = mkdtempSync(path.join(tmpdir(), 'aipol-tampering-'));
  cpSync(folder, at, { recursive: true });
  rechained(at, 2, (line) => line.replace(/"time":"2/, '"time":"1'));
  write(at, 'audit.jsonl.head', read(at, 'audit.jsonl.head').toString().replace(last.hash, allRecords(at).at(-1).hash));
  assert.ok((await verify(at)).ok);
  assert.equal((await verify(at, '--holds', last.hash)).ok, false);
  rmSync(at, { recursive: true });
  // A process that goes on behind an end that was cut off leaves the gap where it was.
  const lines = linesOf(folder, 'audit.jsonl');
  write(folder, 'audit.jsonl', Buffer.from(lines.slice(0, -3).join(''), 'latin1'));
  const again = await serve({ folder });
  assert.match(again.stderr, /does not end as its anchor says/);
  await busy(again, new Map(), (i) => i < 1);
  await again.end();
  assert.ok(allRecords(folder).some((record) => record.kind === 'resumed' && record.missing === Math.min(3, lines.length)));
  const result = await verify(folder);
  assert.equal(result.finding?.what, 'removed', about(JSON.stringify(result)));
  await again.stop();
});

test('`fsync` says when the anchor knows of a record', async () => {
  const most = { always: 200, never: 200, second: 1500 };  // milliseconds; more than it should take, on a busy machine
  for (const [fsync, longest] of Object.entries(most)) {
    const gateway = await serve({ policy: policy(`sink trail { kind: file, path: "audit.jsonl", fsync: ${fsync} }`) });
    const head = () => JSON.parse(readFileSync(path.join(gateway.folder, 'audit.jsonl.head'), 'utf8'));
    assert.equal(head().seq, 0);
    let slowest = 0;
    for (let i = 1; i <= 3; i++) {
      await gateway.chat();
      const begun = Date.now();
      await until(() => recordsOf(gateway).length === i, 'it is written');
      if (fsync === 'second' && i === 1 && Date.now() - begun < 500) assert.equal(head().seq, 0, 'not anchored before it is on the disk');
      await until(() => head().seq === i, 'it is anchored');
      slowest = Math.max(slowest, Date.now() - begun);
    }
    assert.ok(slowest < longest * 3 * patience, `${fsync}: ${slowest} ms`);
    if (fsync === 'second') assert.ok(slowest > 300, `${fsync}: ${slowest} ms`);
    await gateway.end('SIGKILL');
    assert.ok((await verify(gateway.folder)).ok);
    started.delete(gateway);
    rmSync(gateway.folder, { recursive: true });
  }
});

test('the oldest files are dropped, as the anchor knows, but by nobody else', async () => {
  const gateway = await serve({ policy: policy('sink trail { kind: file, path: "audit.jsonl", rotate: 10000, keep: 2 }') });
  await busy(gateway, new Map(), (i) => i < 5);
  await gateway.end();
  const { folder } = gateway, parts = partsOf(folder);
  assert.equal(parts.length, 3);
  assert.ok(allRecords(folder)[0].seq > 1);
  assert.ok((await verify(folder)).ok);
  rmSync(path.join(folder, parts[0]));
  const result = await verify(folder);
  assert.deepEqual([result.ok, result.finding.what], [false, 'removed']);
  await gateway.stop();
});

test('others may move files: the next one goes on with the chain', async () => {
  const gateway = await serve({ policy: policy('sink trail { kind: file, path: "audit.jsonl" }') });
  const answered = new Map();
  const load = busy(gateway, answered, (i) => i < 12);
  const moved = [];
  while (moved.length < 3) {
    await sleep(30);
    moved.push(path.join(gateway.folder, `moved-${moved.length}`));
    renameSync(path.join(gateway.folder, 'audit.jsonl'), moved.at(-1));
    await gateway.reload();
    await until(() => partsOf(gateway.folder).length === 1, 'a new file is begun');
  }
  await load;
  await gateway.end();
  const text = [...moved, path.join(gateway.folder, 'audit.jsonl')].map((file) => readFileSync(file, 'utf8')).join('');
  assert.equal(text.trimEnd().split('\n').length, answered.size);
  const whole = path.join(gateway.folder, 'whole.jsonl');
  writeFileSync(whole, text);
  const { code, out } = await run(['audit', 'verify', whole]);
  assert.equal(code, 0, about(out));
  await stops(gateway);
});

// --- what records say ---

test('a request is found by what is known of it', async () => {
  const gateway = await serve({ policy: policy(`identity keys : api_key { file: "keys.json" }
sink trail { kind: file, path: "audit.jsonl" }`, 'audit: [trail]', `
use std.pii
meter spent = tokens per ever by principal.id
policy some { on "/t/**" limit spent to 1000 }
policy texts { on "/t/**" log payload redacted pii retain 7d when ai.prompt.contains("keep") }
@shadow
policy planned { on "/t/**" deny when true }
`) });
  up.answer = says('call jo@example.com', { usage: usageOf(20, 30, { prompt_tokens_details: { cached_tokens: 4 } }) });
  let number = 0;
  const written = () => until(() => recordsOf(gateway).length === number, `${number} are written`);
  const send = async (content, who, more = {}) => {
    ++number;
    const answer = await gateway.chat({ messages: [{ role: 'user', content }], ...more }, { path: '/t/x', headers: { authorization: `Bearer ${keys[who]}` } });
    await written();
    return answer;
  };
  const idOf = ({ headers }) => headers.get('x-request-id');
  const plain = await send('Hello', 'clerk'), refused = await send('a teapot', 'intern'), kept = await send('keep ann@example.com', 'clerk'), over = await send('Hello', 'clerk', { max_tokens: 5000 });
  up.answer = failsWith(500);
  const failed = await send('Hello', 'intern');
  const denied = await gateway.read(await fetch(`${gateway.url}/t/x`, { method: 'POST', headers: { authorization: 'Bearer nobody' }, body: '{}' }));
  up.answer = says('an answer');
  const cases = [[['--id', idOf(plain)], [plain]], [['--principal', 'intern'], [refused, failed]], [['--decision', 'deny'], [refused, over, denied]], [['--decision', 'allow'], [plain, kept, failed]], [['--status', '418'], [refused]],
    [['--status', '418', '--status', '429'], [refused, over]], [['--policy', 'rude'], [refused]], [['--policy', 'texts'], [kept]], [['--principal', 'clerk', '--decision', 'deny'], [over]], [['--model', 'm0', '--limit', '2'], [plain, refused]],
    [['--since', '1h', '--until', '2100-01-01'], [plain, refused, kept, over, failed, denied]], [['--until', '1h'], []], [['--kind', 'alert'], []]];
  ++number;
  await written();
  for (const [args, wanted] of cases) assert.deepEqual((await query(gateway.folder, ...args)).map((record) => record.id), wanted.map(idOf), args.join(' '));
  const { out } = await run(['audit', 'query', path.join(gateway.folder, 'audit.jsonl'), '--format', 'json']);
  assert.equal(out, readFileSync(path.join(gateway.folder, 'audit.jsonl'), 'utf8'), 'as it is in the file');
  const of = (answer) => recordsOf(gateway).find((record) => record.id === idOf(answer));
  const line = (text) => readFileSync(path.join(gateway.folder, 'gateway.aipol'), 'utf8').split('\n').findIndex((one) => one.includes(text)) + 1;
  const { version } = (await gateway.operators('/policy')).json;
  const a = of(plain);
  assert.deepEqual([a.principal.id, a.principal.method, a.request.endpoint, a.model.name, a.target, a.provider, a.decision, a.policy, a.status], ['clerk', 'api_key', '/t/**', 'm0', 'm0', 'p0', 'allow', 'open', 200]);
  assert.deepEqual([a.system.policy_version, a.usage.input_tokens, a.usage.output_tokens, a.usage.cached_tokens], [version, 20, 30, 4]);
  assert.deepEqual(a.meters, [{ name: 'spent', key: 'clerk', amount: 50 }]);
  assert.deepEqual(a.shadow, ['planned']);
  assert.deepEqual(a.fired.map((one) => [one.policy, one.effect]), [['open', 'allow'], ['some', 'limit'], ['planned', 'deny']]);
  assert.ok(a.us.total >= a.us.answer && a.us.answer >= a.us.upstream && a.us.upstream > 0 && a.us.decision > 0, JSON.stringify(a.us));
  const b = of(refused);
  assert.deepEqual([b.decision, b.policy, b.message, b.phase, b.meters, b.usage], ['deny', 'rude', 'no teapots', 'body', undefined, undefined]);
  assert.ok(b.statement.endsWith(`gateway.aipol:${line('no teapots')}`), b.statement);
  const c = of(kept);
  assert.deepEqual([c.level, c.retain, c.ai.messages[0].text], ['payload', 7 * 86400, 'keep [REDACTED]']);
  assert.equal(c.response.text, 'call [REDACTED]');
  for (const record of [a, b]) assert.ok(record.level === 'metadata' && !JSON.stringify(record).includes('jo@example.com'));
  assert.deepEqual([of(over).policy, of(over).meters, of(failed).attempts[0].status, of(failed).usage, of(denied).principal.kind], ['some', undefined, 500, undefined, 'anonymous']);
  assert.ok(!readFileSync(path.join(gateway.folder, 'audit.jsonl'), 'utf8').includes(keys.clerk));
  await stops(gateway);
});

// --- sinks that can not keep up ---

// A receiver of records; `answer(response)` of each batch, `records` of those that it took.
class Receiver {
  constructor() {
    this.records = [];
    this.answer = (response) => response.end();
    this.server = http.createServer(async (request, response) => {
      let body = '';
      for await (const piece of request) body += piece;
      this.seen = (this.seen ?? 0) + 1;
      response.on('finish', () => response.statusCode < 300 && this.records.push(...JSON.parse(body)));
      this.answer(response, request);
    });
    this.server.unref();
  }

  async up(port = 0) {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    ({ port: this.port } = this.server.address());
    this.url = `http://127.0.0.1:${this.port}/records`;
    return this;
  }

  down() {
    this.server.closeAllConnections();
    this.server.close();
  }

  // In the order of their numbers, each once: a batch that was sent but not answered is sent again.
  get chain() {
    const bySeq = new Map(this.records.map((record) => [record.seq, record]));
    assert.equal(new Set(this.records.map((record) => record.hash)).size, bySeq.size, 'each number is of one record');
    return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
  }
}

function linked(chain) {
  chain.forEach((record, i) => {
    assert.equal(record.seq, i + 1);
    assert.equal(record.prev, i === 0 ? '0'.repeat(64) : chain[i - 1].hash);
  });
}

test('a receiver that is down loses nothing where there is a spool, not even when the gateway is killed meanwhile', { timeout: 120_000 * patience }, async () => {
  const receiver = await new Receiver().up();
  const text = policy(`sink siem { kind: webhook, url: env("SIEM"), key: env("SIEM_KEY"), spool: "spool" }`, 'audit: [siem]');
  const options = { env: { SIEM: receiver.url, SIEM_KEY: 'sk-siem' } };
  let gateway = await serve({ policy: text, ...options });
  const answered = new Map();
  let authorization;
  receiver.answer = (response, request) => ({ authorization } = request.headers) && response.end();
  await busy(gateway, answered, (i) => i < 2);
  await until(() => receiver.chain.length === answered.size, () => `${receiver.records.length} came`);
  assert.equal(authorization, 'Bearer sk-siem');
  receiver.down();
  await busy(gateway, answered, (i) => i < 3);
  await until(() => /sink siem|siem:/.test(gateway.stderr), () => gateway.stderr);
  await until(async () => (await gateway.metric('aipol_requests_in_flight')) + (await gateway.metric('aipol_audit_queued', { sink: 'siem' })) === 0, 'what waits is in the spool');
  await gateway.end('SIGKILL');
  started.delete(gateway);
  gateway = await serve({ folder: gateway.folder, ...options });
  await busy(gateway, answered, (i) => i < 2);
  const again = new Receiver();
  again.records = receiver.records;
  let refusals = 3;
  again.answer = (response) => {
    if (refusals-- > 0) response.statusCode = pick(numbers(refusals), [500, 503, 429, 302, 404]);
    response.end();
  };
  await again.up(receiver.port);
  const ids = () => new Set(again.chain.map((record) => record.id));
  await until(() => [...answered.keys()].every((id) => ids().has(id)), () => about(`${ids().size} of ${answered.size} came: ${gateway.stderr}`)).catch(async () => {
    await until(() => [...answered.keys()].every((id) => ids().has(id)), () => about(`${ids().size} of ${answered.size} came: ${gateway.stderr}`));
  });
  linked(again.chain);
  assert.match(gateway.stderr, /siem.*works again/);
  assert.equal(await gateway.metric('aipol_audit_shed_total', { sink: 'siem' }), 0);
  assert.ok(!gateway.stderr.includes('sk-siem') && !gateway.stderr.includes(receiver.url), 'addresses of webhooks are as good as passwords');
  await stops(gateway);
  again.down();
});

// Records so large that few fill the queue of 32 MiB.
const large = (id) => ({ messages: [{ role: 'user', content: 'x'.repeat(1 << 20) }], user: id });

test('`shed` counts what it leaves out, and says so in the log', { timeout: 120_000 * patience }, async () => {
  const receiver = await new Receiver().up();
  const held = [];
  receiver.answer = (response) => held.push(response);
  const gateway = await serve({ policy: policy(`sink siem { kind: webhook, url: env("SIEM") }`, 'audit: [siem], audit_full: shed', 'policy texts { on "/**" log payload }'), env: { SIEM: receiver.url } });
  const sent = 60;
  for (let i = 0; i < sent; i++) assert.equal((await gateway.chat(large(String(i)))).status, 200);
  await until(async () => (await gateway.metric('aipol_requests_in_flight')) === 0, 'the last has its record, too');
  const shed = await gateway.metric('aipol_audit_shed_total', { sink: 'siem' });
  assert.ok(shed > 5 && shed < sent, `${shed} were left out`);
  receiver.answer = (response) => response.end();
  held.forEach((response) => response.end());
  await until(() => receiver.chain.filter((record) => record.kind === 'request').length === sent - shed && receiver.records.some((record) => record.kind === 'shed'), () => `${receiver.records.length} came, ${shed} were left out`);
  const told = receiver.chain.filter((record) => record.kind === 'shed').reduce((sum, record) => sum + record.count, 0);
  assert.equal(told, shed, 'what was left out is told');
  assert.equal((await gateway.chat()).status, 200);
  await until(() => receiver.chain.at(-1).kind === 'request', 'and it goes on');
  linked(receiver.chain);
  await stops(gateway);
  receiver.down();
});

test('`block` has requests wait until there is room, and loses nothing', { timeout: 120_000 * patience }, async () => {
  const receiver = await new Receiver().up();
  const held = [];
  receiver.answer = (response) => held.push(response);
  const gateway = await serve({ policy: policy(`sink siem { kind: webhook, url: env("SIEM") }`, 'audit: [siem]', 'policy texts { on "/**" log payload }'), env: { SIEM: receiver.url } });
  const sent = 60;
  let done = 0;
  const calls = Promise.all(Array.from({ length: 4 }, async () => {
    const { Agent } = http;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < sent / 4; i++) {
      const body = JSON.stringify({ model: 'm0', ...large(String(i)) });
      const status = await new Promise((resolve, reject) => http.request(`${gateway.url}/t/x`, { agent, method: 'POST', headers: { 'content-length': body.length } }, (response) => response.resume().on('end', () => resolve(response.statusCode))).on('error', reject).end(body));
      assert.equal(status, 200);
      ++done;
    }
    agent.destroy();
  }));
  let before;
  await until(async () => {
    before = done;
    await sleep(700 * patience);
    return held.length > 0 && done === before;
  }, () => `requests wait: ${done}`);
  assert.ok(done > 10 && done < sent, `${done} were answered`);
  receiver.answer = (response) => response.end();
  held.forEach((response) => response.end());
  await calls;
  await until(() => receiver.chain.length === sent, () => `${receiver.records.length} came`);
  linked(receiver.chain);
  assert.equal(await gateway.metric('aipol_audit_shed_total', { sink: 'siem' }), 0);
  await stops(gateway);
  receiver.down();
});

test('`block` lets nobody in while a sink is full, by new connections neither; and a gateway whose sink hangs can be stopped', { timeout: 120_000 * patience }, async () => {
  const receiver = await new Receiver().up();
  receiver.answer = () => {};
  const gateway = await serve({ policy: policy(`sink siem { kind: webhook, url: env("SIEM") }`, 'audit: [siem], drain_timeout: 1s', 'policy texts { on "/**" log payload }'), env: { SIEM: receiver.url } });
  let answered = 0, asked = up.seen.length;
  const waits = [];
  for (let i = 0; i < 60; i++) {
    const call = gateway.chat(large(String(i)), { headers: { connection: 'close' } }).then(() => ++answered, () => {});
    const { length } = up.seen;
    await Promise.race([call, sleep(1000 * patience)]);
    if (up.seen.length === length) waits.push(call);
    if (waits.length > 2) break;
  }
  assert.ok(answered > 20 && answered < 45, `${answered} were answered`);
  assert.ok(waits.length > 2, 'then they wait');
  assert.equal(up.seen.length - asked, answered, 'and no provider is asked for them');
  const begun = Date.now();
  const { code } = await gateway.end();
  assert.equal(code, 0);
  assert.ok(Date.now() - begun < 25_000 * patience, `${Date.now() - begun} ms`);
  await Promise.all(waits);
  assert.match(gateway.stderr, /siem: \d+ records could not be written and are lost/);
  await stops(gateway);
  receiver.down();
});
