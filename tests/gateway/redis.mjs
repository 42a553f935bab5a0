// A Redis server of a test's own, on a loopback port, that can be killed and started again.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from './support.mjs';

export const noRedis = spawnSync('redis-server', ['--version']).error ? 'redis-server is not installed: ./dev setup' : false;

const servers = new Set();
process.on('exit', () => servers.forEach((server) => server.kill('SIGKILL')));

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

export class Redis {
  static async start() {
    const redis = new Redis();
    redis.folder = mkdtempSync(path.join(tmpdir(), 'aipol-redis-'));
    redis.port = await freePort();
    redis.url = `redis://127.0.0.1:${redis.port}`;
    await redis.up();
    return redis;
  }

  // Begins with what was there when it went down, as `appendonly yes` has it.
  async up() {
    this.process = spawn('redis-server', ['--bind', '127.0.0.1', '--port', String(this.port), '--dir', this.folder, '--appendonly', 'yes', '--appendfsync', 'no', '--save', '', '--maxmemory-policy', 'noeviction'], { stdio: 'ignore' });
    servers.add(this.process);
    this.process.unref();
    await until(() => this.asks('PING').then((answer) => answer.startsWith('+PONG'), () => false), 'redis answers');
  }

  async down(signal = 'SIGKILL') {
    const gone = once(this.process, 'close');
    this.process.ref();
    this.process.kill(signal);
    await gone;
    servers.delete(this.process);
  }

  // The answer to one inline command, as it is sent.
  async asks(command) {
    const socket = net.connect(this.port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      socket.write(`${command}\r\n`);
      const [data] = await once(socket, 'data');
      return String(data);
    } finally {
      socket.destroy();
    }
  }

  async stop() {
    await this.down();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

// Stands between a gateway and Redis. `delay`: milliseconds by which each answer comes later.
export class SlowPath {
  delay = 0;
  #sockets = new Set();

  static async to(redis) {
    const path = new SlowPath();
    path.server = net.createServer((client) => {
      const server = net.connect(redis.port, '127.0.0.1');
      for (const socket of [client, server]) path.#sockets.add(socket.on('error', () => {}));
      client.pipe(server);
      server.on('data', (data) => setTimeout(() => client.write(data), path.delay));
      server.on('close', () => client.destroy());
      client.on('close', () => server.destroy());
    });
    await once(path.server.listen(0, '127.0.0.1'), 'listening');
    path.url = `redis://127.0.0.1:${path.server.address().port}`;
    return path;
  }

  stop() {
    for (const socket of this.#sockets) socket.destroy();
    this.server.close();
  }
}
