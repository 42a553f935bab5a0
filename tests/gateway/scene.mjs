// A gateway with policies of the test's own before local upstreams.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { says } from './answers.mjs';
import { Gateway, Upstream } from './support.mjs';

// Key of a caller in policies; tests that share a gateway differ by it.
export const caller = 'request.header("x-caller") ?? ""';

// Tells what a meter has counted, by a refusal that the meter does not count.
export const probe = (...meters) => meters.map((meter) => `
policy probe_${meter} {
  on get "/v1/models"
  when (request.header("x-probe") ?? "") == "${meter}"
  deny 418 f"{${meter}.used}" when ${meter}.used == ${meter}.used
}
`).join('');

// Providers p0, p1, … and models m0, m1, … of theirs; `members`: what else a model says, for all or for each.
export const models = (ports, members = 'price: {}') => ports.map((port, i) => `
provider p${i} { kind: openai, url: "http://127.0.0.1:${port}" }
model "m${i}" { provider: p${i}, ${Array.isArray(members) ? members[i] : members} }
`).join('');

// Tests that failed have not ended their scenes; one that is shared ends with its file.
const open = new Set();
after(() => open.forEach(({ ups, gateway }) => (ups.forEach((up) => up.stop()), gateway.process.kill('SIGKILL'))));

// `stop`: the gateway ends in order, or the test fails.
export async function scene(policy, { upstreams = 1, members, settings = '', files, args, env, shared = false } = {}) {
  const ups = await Promise.all(Array.from({ length: upstreams }, () => Upstream.start()));
  for (const up of ups) up.answer = says('an answer');
  const whole = (policy) => `package scene\n${policy}\ngateway { listen: "127.0.0.1:0" ${settings} }\n${models(ups.map((up) => up.port), members)}`;
  const gateway = await Gateway.start({ policy: whole(policy), files, args, env });
  const started = { ups, gateway };
  if (!shared) open.add(started);
  const stop = async () => {
    open.delete(started);
    for (const up of ups) up.stop();
    assert.deepEqual(await gateway.stop(), { code: 0, signal: null });
  };
  return { gateway, ups, up: ups[0], stop, reload: (policy) => gateway.reload(whole(policy)), sent: (up = ups[0]) => JSON.parse(up.last.body) };
}
