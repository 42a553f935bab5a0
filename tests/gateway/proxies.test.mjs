// Where requests come from: what proxies say is believed of those alone that are trusted.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { scene } from './scene.mjs';
import { chat, raw, until } from './support.mjs';

const told = `policy told { on "/**" deny 418 f"{request.ip}" }`;
const proxies = (...networks) => `, trusted_proxies: [${networks.map((one) => `"${one}"`).join(', ')}]`;

// What a policy says of a request with these header lines.
async function of(gateway, ...fields) {
  const body = JSON.stringify(chat());
  const { text } = await raw(gateway.port, `POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${fields.map((one) => `${one}\r\n`).join('')}Content-Length: ${body.length}\r\n\r\n${body}`);
  assert.match(text, /^HTTP\/1\.1 418 /, `${fields}: ${text}`);
  return JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)).error.message;
}
const xff = (text) => `X-Forwarded-For: ${text}`;

async function says(settings, cases, policy = told, more = {}) {
  const { gateway, stop } = await scene(policy, { settings, ...more });
  for (const [expected, ...fields] of cases) assert.equal(await of(gateway, ...fields), expected, fields.join(' | '));
  await stop();
}

test('nobody is believed where no proxy is trusted', () => says('', [
  ['127.0.0.1'],
  ['127.0.0.1', xff('203.0.113.9')],
  ['127.0.0.1', 'Forwarded: for=203.0.113.9'],
  ['127.0.0.1', 'X-Real-IP: 203.0.113.9', 'CF-Connecting-IP: 203.0.113.9', 'True-Client-IP: 203.0.113.9'],
]));

test('nor where the connection is not of a trusted proxy', () => says(proxies('10.0.0.0/8', '127.0.0.2/32', '::1/128'), [
  ['127.0.0.1', xff('203.0.113.9')],
  ['127.0.0.1', xff('203.0.113.9, 10.0.0.1')],
  ['127.0.0.1', 'Forwarded: for=203.0.113.9'],
]));

test('entries are taken from right to left, as long as a trusted proxy wrote them', () => says(proxies('127.0.0.1/32', '10.0.0.0/8', 'fd00::/8'), [
  ['127.0.0.1'],
  ['203.0.113.9', xff('203.0.113.9')],
  ['203.0.113.9', xff('203.0.113.9, 10.1.2.3')],
  ['203.0.113.9', xff('203.0.113.9,10.1.2.3 ,\t10.9.9.9')],
  ['203.0.113.9', xff('203.0.113.9, fd00::5, 10.1.2.3')],
  ['10.1.2.3', xff('10.1.2.3')],
  ['10.1.2.3', xff('10.1.2.3, 10.4.5.6')],
  ['2001:db8::7', xff('2001:db8::7, 10.1.2.3')],
  ['203.0.113.9', xff('::ffff:203.0.113.9')],
  // A client wrote the entries that stand before its own.
  ['203.0.113.9', xff('1.1.1.1, 203.0.113.9')],
  ['203.0.113.9', xff('127.0.0.1, 10.0.0.1, 203.0.113.9, 10.0.0.2')],
  ['203.0.113.9', xff('10.0.0.1, 203.0.113.9')],
  // Lines of one header are one list.
  ['203.0.113.9', xff('1.1.1.1'), xff('203.0.113.9')],
  ['203.0.113.9', xff('1.1.1.1, 203.0.113.9'), xff('10.0.0.2')],
  ['198.51.100.2', xff('203.0.113.9'), 'Other: x', xff('198.51.100.2')],
]));

test('an entry that is no address ends the search', () => says(proxies('127.0.0.1/32', '10.0.0.0/8'), [
  ['127.0.0.1', xff('unknown')],
  ['127.0.0.1', xff('203.0.113.9, unknown')],
  ['10.0.0.2', xff('203.0.113.9, _hidden, 10.0.0.2')],
  ['127.0.0.1', xff('203.0.113.9, ')],
  ['127.0.0.1', xff('203.0.113.999')],
  ['127.0.0.1', xff('203.0.113')],
  ['127.0.0.1', xff('0x7f.0.0.1')],
  ['127.0.0.1', xff('010.0.0.1')],
  ['127.0.0.1', xff('3405803785')],
  ['127.0.0.1', xff('203.0.113.9/32')],
  ['127.0.0.1', xff('203.0.113.9; 1')],
  ['127.0.0.1', xff('"203.0.113.9"')],
  ['127.0.0.1', xff('fe80::1%eth0')],
  ['127.0.0.1', xff('x'.repeat(5000))],
  ['203.0.113.9', xff(`${'junk, '.repeat(2000)}203.0.113.9`)],
]));

test('forwarded counts where x-forwarded-for is missing', () => says(proxies('127.0.0.1/32', '10.0.0.0/8'), [
  ['203.0.113.9', 'Forwarded: for=203.0.113.9'],
  ['203.0.113.9', 'Forwarded: For="203.0.113.9:4711";proto=https;by=10.0.0.1'],
  ['203.0.113.9', 'Forwarded: for=1.1.1.1, for=203.0.113.9, for=10.0.0.2'],
  ['203.0.113.9', 'Forwarded: for=1.1.1.1', 'Forwarded: for=203.0.113.9;proto=http'],
  ['2001:db8::7', 'Forwarded: for="[2001:db8::7]:4711"'],
  ['2001:db8::7', 'Forwarded: proto=https;for="[2001:db8::7]"'],
  ['127.0.0.1', 'Forwarded: for=unknown'],
  ['127.0.0.1', 'Forwarded: for=_hidden'],
  ['127.0.0.1', 'Forwarded: for=203.0.113.9, for=unknown'],
  ['127.0.0.1', 'Forwarded: by=203.0.113.9'],
  ['127.0.0.1', 'Forwarded: for="203.0.113.9'],
  ['198.51.100.2', 'Forwarded: for=203.0.113.9', xff('198.51.100.2')],
]));

test('limits by address and the log go by the address that was found', async () => {
  const { gateway, stop } = await scene('meter calls = requests per ever by request.ip\npolicy open { on "/**" allow limit calls to 1 }', { settings: proxies('127.0.0.0/8') });
  const ask = (forwarded) => gateway.chat({}, { headers: { 'x-forwarded-for': forwarded } });
  assert.equal((await ask('203.0.113.9')).status, 200);
  assert.equal((await ask('203.0.113.10')).status, 200);
  assert.equal((await ask('1.1.1.1, 203.0.113.9')).status, 429);  // who writes entries of his own stays who he is
  const { headers, status } = await ask('2001:DB8::0:7');
  assert.equal(status, 200);
  assert.equal((await ask('2001:db8::7')).status, 429);
  assert.equal((await gateway.logged(headers.get('x-request-id'))).request.ip, '2001:db8::7');
  await stop();
});

const writer = fileURLToPath(new URL('../support/write_countries.pl', import.meta.url));
const noWriter = spawnSync('perl', ['-MMaxMind::DB::Writer::Tree', '-e', '1']).status !== 0 && 'the perl module MaxMind::DB::Writer::Tree is not installed';

// The bytes of a database; it is not text, so that it can not be one of a scene's files.
function database(folder, ...args) {
  const file = path.join(folder, 'made.mmdb');
  const { status, stderr } = spawnSync('perl', [writer, file, ...args], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return readFileSync(file);
}

const located = `enum Region { eu, us, gb, ch, jp }\npolicy located { on "/**" deny 418 f"{request.country ?? "none"} {request.region}" }`;

test('countries and regions of addresses', { skip: noWriter }, async () => {
  const { gateway, reload, stop } = await scene(located, { settings: proxies('127.0.0.0/8') });
  assert.equal(await of(gateway, xff('2.0.1.1')), 'none unknown');
  const file = path.join(gateway.folder, 'countries.mmdb');
  for (const version of ['4', '6']) {
    writeFileSync(file, database(gateway.folder, version));
    const text = readFileSync(path.join(gateway.folder, 'gateway.aipol'), 'utf8');
    assert.match(await gateway.reload(text.includes('countries:') ? undefined : text.replace('trusted_proxies', 'countries: "countries.mmdb", trusted_proxies')), /in force/);
    await until(async () => (await of(gateway, xff('2001:db8:1::5'))) === (version === '6' ? 'JP jp' : 'none unknown') && (await of(gateway, xff('2.0.1.1'))) === 'DE eu', `version ${version} is in force`);
    for (const [address, expected] of [['2.0.1.1', 'DE eu'], ['2.1.255.255', 'FR eu'], ['2.2.0.0', 'none unknown'], ['3.1.2.3', 'US us'], ['5.0.0.77', 'GB gb'], ['6.1.0.1', 'RE eu'], ['7.0.0.1', 'CH ch'],
      ['8.0.0.1', 'none unknown'], ['9.9.9.9', 'none unknown'], ['127.0.0.1', 'none unknown'], ['::ffff:3.1.2.3', 'US us'], ['3.1.2.3, 2.0.1.1', 'DE eu'], ['nonsense', 'none unknown']])
      assert.equal(await of(gateway, xff(address)), expected, `${address} by ${version}`);
    for (const [address, expected] of [['2001:db8:1::5', 'JP jp'], ['2001:db8:2:ffff::1', 'AT eu'], ['2001:db8:3::', 'none unknown']])
      assert.equal(await of(gateway, xff(address)), version === '6' ? expected : 'none unknown', `${address} by ${version}`);
  }
  // A database that is exchanged is loaded; a broken one is refused, and the old one stays.
  writeFileSync(file, database(gateway.folder, '4'));
  await until(async () => (await of(gateway, xff('2001:db8:1::5'))) === 'none unknown', () => gateway.stderr);
  for (const bytes of [Buffer.alloc(0), Buffer.from('not a database'), database(gateway.folder, '6').subarray(0, 400)]) {
    writeFileSync(file, bytes);
    assert.match(await gateway.reload(), /refused[^]*countries\.mmdb/);
    assert.equal(await of(gateway, xff('2.0.1.1')), 'DE eu');
  }
  assert.match(await reload('policy located { on "/**" deny 418 f"{request.country ?? "none"} {request.region}" }'), /in force/);
  assert.equal(await of(gateway, xff('2.0.1.1')), 'none unknown');
  await stop();
});
