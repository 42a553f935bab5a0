// What the gateway tests share: a gateway process, a faithful local upstream, raw sockets.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
export const binary = process.env.AIPOL ?? path.join(root, 'build/release/aipol');

// Builds with sanitizers are slow and take more memory: what tests wait for at most, and the time in which they leave something undone, is so many times longer
// with AIPOL_PATIENCE=5. What has to hold is the same.
export const patience = Number(process.env.AIPOL_PATIENCE ?? 1);

export const keys = {
  clerk: 'aip_clerk-key-of-the-tests',
  intern: 'aip_intern-key-of-the-tests',
  revoked: 'aip_revoked-key-of-the-tests',
};

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

const keyFile = {
  keys: [
    { id: 'clerk', hash: sha256(keys.clerk), roles: ['clerk'] },
    { id: 'intern', hash: sha256(keys.intern), roles: ['intern'] },
    { id: 'gone', hash: sha256(keys.revoked), roles: ['clerk'], revoked: '2020-01-01T00:00:00Z' },
  ],
};

// Lines of this are counted by tests that look at the place of a decision.
export const policies = ({ upstream = 1, settings = '' } = {}) => `package gateway_tests

identity keys : api_key { file: "keys.json" }
provider local { kind: echo }
provider far   { kind: openai, url: "http://127.0.0.1:${upstream}", key: env("FAR_KEY") }
model "echo"   { provider: local }
model "gpt"    { provider: far, upstream: "gpt-real" }
model "same"   { provider: far }
endpoint "/v1/ai/default" { accepts: chat, model: "echo" }
endpoint "/files/**" { accepts: any, model: "same" }
endpoint "/json" { accepts: json, model: "same" }
gateway { listen: "127.0.0.1:0" ${settings} }

policy known "Keys" {
  deny 401 "an API key is needed" when principal.kind == anonymous
}

policy clerks {
  on "/v1/**", "/files/**", "/json"
  allow when "clerk" in principal.roles
  deny 418 "no prompts about teapots" when ai.prompt.contains("teapot")
}
`;

// `files`: texts by name, beside the policies.
export function makeFolder(policy, files = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'aipol-gateway-'));
  writeFileSync(path.join(folder, 'keys.json'), JSON.stringify(keyFile));
  writeFileSync(path.join(folder, 'gateway.aipol'), policy);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

export async function run(args, env = {}) {
  const child = spawn(binary, args, { env: { ...process.env, FAR_KEY: 'sk-far', ...env }, stdio: ['ignore', 'pipe', 'pipe'], timeout: 30_000 * patience });
  let out = '', err = '';
  child.stdout.on('data', (data) => (out += data));
  child.stderr.on('data', (data) => (err += data));
  const [code] = await once(child, 'close');
  return { code, out, err };
}

// A test that failed has not stopped what it started: that neither keeps the tests from ending nor outlives them.
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
const hold = (child, how) => [child, child.stdout, child.stderr].forEach((one) => one[how]());

export class Gateway {
  static async start(options = {}) {
    const gateway = new Gateway();
    gateway.folder = options.folder ?? makeFolder(options.policy ?? policies(options), options.files);
    gateway.process = spawn(binary, ['serve', gateway.folder, ...(options.args ?? [])], {
      env: { ...process.env, FAR_KEY: 'sk-far', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(gateway.process);
    gateway.exit = once(gateway.process, 'close').then(([code, signal]) => {
      running.delete(gateway.process);
      return { code, signal };
    });
    gateway.log = [];
    gateway.stderr = '';
    createInterface({ input: gateway.process.stdout }).on('line', (line) => gateway.log.push(JSON.parse(line)));
    await new Promise((resolve, reject) => {
      gateway.process.stderr.on('data', (data) => {
        gateway.stderr += data;
        const match = /^listening on .*:(\d+)\n/m.exec(gateway.stderr);
        if (match) resolve((gateway.port = Number(match[1])));
      });
      gateway.exit.then(() => reject(new Error(`the gateway ended: ${gateway.stderr}`)));
    });
    hold(gateway.process, 'unref');
    gateway.url = `http://127.0.0.1:${gateway.port}`;
    gateway.admin = /^operators at (.*)\n/m.exec(gateway.stderr)?.[1];
    return gateway;
  }

  // Ends the gateway, in order unless by SIGKILL; what it says of its exit. Its folder stays, for one that goes on there.
  async end(signal = 'SIGTERM') {
    hold(this.process, 'ref');
    if (this.process.exitCode === null) this.process.kill(signal);
    return this.exit;
  }

  async stop(signal) {
    const result = await this.end(signal);
    rmSync(this.folder, { recursive: true, force: true });
    return result;
  }

  write(file, text) {
    writeFileSync(path.join(this.folder, file), text);
  }

  // Has the set loaded again, with other policies where they are given; what the gateway says of it.
  async reload(policy) {
    if (policy !== undefined) this.write('gateway.aipol', policy);
    const { length } = this.stderr;
    this.process.kill('SIGHUP');
    await until(() => /(are in force, loaded|stay in force: )[^]*\n$/.test(this.stderr.slice(length)), () => `it is loaded: ${this.stderr}`);
    return this.stderr.slice(length);
  }

  // What a path at the operators' address answers.
  async operators(page) {
    return this.read(await fetch(`http://${this.admin}${page}`));
  }

  // A counter of /metrics, of the series with these labels; all that have them are added up.
  async metric(name, labels = {}) {
    const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    const { text } = await this.operators('/metrics');
    const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
    return lines.filter((line) => wanted.every((one) => line.includes(one))).reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  // The log line of a request, waited for.
  async logged(id) {
    for (let i = 0; i < 100 * patience; i++) {
      const line = this.log.find((one) => one.id === id);
      if (line) return line;
      await sleep(20);
    }
    throw new Error(`no log line of ${id} in ${JSON.stringify(this.log)}`);
  }

  raw(pieces, options) {
    return raw(this.port, pieces, options);
  }

  // A chat by someone of whom only the header x-caller is known; `more`: the path, headers, how fetch is to do it.
  async chat(members = {}, { path = '/v1/chat/completions', headers = {}, ...more } = {}) {
    const response = await fetch(this.url + path, {
      method: 'POST',
      body: JSON.stringify(chat({ model: 'm0', ...members })),
      headers: { 'content-type': 'application/json', ...headers },
      ...more,
    });
    return this.read(response);
  }

  async read(response) {
    const text = await response.text();
    let json;
    try {
      json = JSON.parse(text);
    } catch {
      // events, words or half of an answer
    }
    const content = json?.choices?.[0]?.message?.content;
    return { status: response.status, headers: response.headers, text, json, content, policy: response.headers.get('x-aipol-policy'), error: json?.error?.message };
  }

  // What a meter that has a `probe` has counted for the caller.
  async used(meter, caller = '') {
    const { status, error } = await this.read(await fetch(`${this.url}/v1/models`, { headers: { 'x-probe': meter, 'x-caller': caller } }));
    if (status !== 418) throw new Error(`no probe of ${meter}: ${status} ${error}`);
    return Number(error.replace('$', ''));
  }

  // Meters are settled when an answer has ended, which its client may see before.
  async settled(meter, expected, caller) {
    let used;
    for (let i = 0; i < 400 * patience; i++) {
      used = await this.used(meter, caller);
      if (used === expected) return;
      await sleep(10);
    }
    throw new Error(`${meter} is ${used}, not ${expected}`);
  }

  async post(target, body, headers = {}) {
    const response = await fetch(this.url + target, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { authorization: `Bearer ${keys.clerk}`, 'content-type': 'application/json', ...headers },
    });
    const text = await response.text();
    let json;
    try {
      json = JSON.parse(text);
    } catch {
      json = undefined;
    }
    return { status: response.status, headers: response.headers, text, json };
  }
}

// `what`: a text, or what makes it when all was in vain.
export async function until(holds, what = String(holds)) {
  for (let i = 0; i < 800 * patience; i++) {
    if (await holds()) return;
    await sleep(10);
  }
  throw new Error(`waited in vain until ${typeof what === 'function' ? what() : what}`);
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const chat = (members = {}) => ({ model: 'echo', messages: [{ role: 'user', content: 'Hello there' }], ...members });

// Sends the pieces one after the other (numbers are pauses in ms), gives all that came back until the server closed or
// `done(text)` holds. `cut` closes our side abruptly after the last piece.
export async function raw(port, pieces, { done, cut = false, timeout = 8000 * patience } = {}) {
  const socket = net.connect(port, '127.0.0.1');
  let text = '', ended = false;
  socket.setEncoding('latin1');
  const finished = new Promise((resolve) => {
    socket.on('data', (data) => {
      text += data;
      if (done?.(text)) resolve();
    });
    socket.on('close', () => resolve((ended = true)));
    socket.on('error', () => {});
    setTimeout(resolve, timeout).unref();
  });
  await once(socket, 'connect');
  for (const piece of [pieces].flat()) {
    if (typeof piece === 'number') await sleep(piece);
    else socket.write(piece, 'latin1');
  }
  if (cut) {
    socket.resetAndDestroy();
    return { text, ended: true };
  }
  await finished;
  socket.destroy();
  return { text, ended };
}

// Whether nobody listens on a port any more, as on that of a gateway that drains.
export const isClosed = (port) => new Promise((resolve) => {
  const socket = net.connect(port, '127.0.0.1', () => (socket.destroy(), resolve(false)));
  socket.on('error', ({ code }) => resolve(code === 'ECONNREFUSED'));
});

export const statuses = (text) => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));

export const auth = `Authorization: Bearer ${keys.clerk}\r\n`;

export function request(body, fields = '', target = '/v1/chat/completions') {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return `POST ${target} HTTP/1.1\r\nHost: a\r\n${auth}${fields}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

// A local upstream that answers as OpenAI does; a test replaces `answer`. `seen` holds the requests.
export class Upstream {
  static async start() {
    const upstream = new Upstream();
    upstream.seen = [];
    upstream.answer = upstream.openai;
    upstream.server = http.createServer(async (request, response) => {
      let body = '';
      for await (const piece of request) body += piece;
      const seen = { method: request.method, url: request.url, headers: request.headers, raw: request.rawHeaders, body, closed: false, socket: request.socket };
      response.on('close', () => (seen.closed = !response.writableFinished));
      upstream.seen.push(seen);
      await upstream.answer(seen, response);
    });
    upstream.server.keepAliveTimeout = 60000;
    upstream.server.unref();
    upstream.server.listen(0, '127.0.0.1');
    await once(upstream.server, 'listening');
    upstream.port = upstream.server.address().port;
    return upstream;
  }

  get last() {
    return this.seen.at(-1);
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }

  async openai(seen, response) {
    const asked = JSON.parse(seen.body);
    const base = { id: 'chatcmpl-far', created: 1, model: asked.model };
    if (!asked.stream) {
      const text = `far says ${asked.messages.at(-1).content}`;
      response.setHeader('content-type', 'application/json');
      response.setHeader('x-request-id', 'of-the-upstream');
      response.end(JSON.stringify({ ...base, object: 'chat.completion', choices: [{ index: 0, finish_reason: 'stop', logprobs: null,
        message: { role: 'assistant', content: text, refusal: null } }], usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } }));
      return;
    }
    response.setHeader('content-type', 'text/event-stream');
    for (const word of ['far', ' says', ' words']) {
      response.write(`data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: word }, finish_reason: null }] })}\n\n`);
      await sleep(5);
    }
    response.end('data: [DONE]\n\n');
  }
}

// A TCP server whose answers are bytes, for upstreams that misbehave. `serve(socket, number)` gets every connection.
export async function bareUpstream(serve) {
  let number = 0;
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    serve(socket, number++);
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return { port: server.address().port, stop: () => server.close(), get connections() { return number; } };
}
