// examples/slurm on a Slurm of one node: what an array of jobs adds up to is what one run says.
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";

const example = new URL("../../examples/slurm/", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "aipol-slurm-"));
// Jobs get the environment of those who submit them.
const env = { ...process.env, PATH: `${dirname(process.env.AIPOL)}:${process.env.PATH}`, ONE_NODE_CPUS: "4", NO_COLOR: "1" };
let cluster, configuration;

before(async () => {
  execFileSync("node", [join(example, "traffic.mjs"), join(folder, "logs"), "7000"]);
  cluster = spawn(join(example, "one-node"), ["sh", "-c", 'echo "$SLURM_CONF"; cat'], { env, stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: cluster.stdout });
  [configuration] = await Promise.race([once(lines, "line"), once(cluster, "exit").then(() => { throw new Error("Slurm does not start"); })]);
  env.SLURM_CONF = configuration;
});

// Its daemons, by the folder that they were started with.
function daemons() {
  return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid)).filter((pid) => {
    try {
      const of = readFileSync(`/proc/${pid}/environ`, "utf8") + readFileSync(`/proc/${pid}/cmdline`, "utf8");
      return /^(munged|slurmctld|slurmd|slurmstepd)/.test(readFileSync(`/proc/${pid}/comm`, "utf8")) && of.includes(dirname(configuration));
    } catch {
      return false;  // it has ended
    }
  });
}

after(async () => {
  if (configuration) {
    const started = daemons().length;
    const gone = once(cluster, "exit");
    cluster.stdin.end();
    const [status] = await gone;
    assert.ok(started >= 3, `${started} daemons`);
    assert.equal(status, 0);
    assert.deepEqual(daemons(), [], "nothing is left running");
    assert.equal(existsSync(dirname(configuration)), false, "nor on the disk");
  }
  rmSync(folder, { recursive: true });
});

const logs = () => readdirSync(join(folder, "logs")).sort().map((name) => join(folder, "logs", name));
function run(command, args, more = {}) {
  return spawnSync(command, args, { cwd: folder, env: { ...env, ...more }, encoding: "utf8", timeout: 120_000 });
}
const submit = (shards, result, policies, files = logs(), more = {}) =>
  run(join(example, "submit"), [String(shards), result, policies.after, policies.before, ...files], { SBATCH_WAIT: "1", ...more });

function report(path) {
  const { shards, ...rest } = JSON.parse(readFileSync(join(folder, path), "utf8"));
  return { shards, rest };
}
function whole(policies) {
  return JSON.parse(execFileSync("aipol", ["replay", ...logs(), "--policy", policies.after, "--against", policies.before, "--format", "json"], { env, encoding: "utf8" }));
}

const keyed = { before: join(example, "before"), after: join(example, "after") };
// The same without what remembers.
function forgetful() {
  const made = {};
  for (const side of ["before", "after"]) {
    made[side] = join(folder, `forgetful-${side}`);
    mkdirSync(made[side]);
    const text = readFileSync(join(keyed[side], "policies.aipol"), "utf8");
    assert.match(text, /^ {2}limit /m);
    writeFileSync(join(made[side], "policies.aipol"), text.replace(/^policy fair_share \{\n(?: {2}limit .*\n)+\}\n/m, ""));
    assert.doesNotMatch(readFileSync(join(made[side], "policies.aipol"), "utf8"), /^ {2}limit /m);
  }
  return made;
}

test("limits by caller: eight shards add up to what one run says", () => {
  const done = submit(8, "keyed", keyed);
  assert.equal(done.status, 0, done.stderr);
  assert.match(done.stdout, /^array \d+\nmerge \d+\n$/);
  const { shards, rest } = report("keyed/report.json");
  assert.deepEqual(shards, { of: 8, numbers: [1, 2, 3, 4, 5, 6, 7, 8] });
  assert.deepEqual(rest, whole(keyed));
  // There is something that could be wrong: limits that both sides reach, on days of their own.
  assert.equal(rest.records, 7000);
  assert.deepEqual(new Set(rest.limits.map((one) => one.side)), new Set(["from", "to"]));
  assert.ok(rest.limits.every((one) => one.refused > 10));
  const parts = shards.numbers.map((number) => report(`keyed/${number}.json`).rest);
  assert.equal(parts.reduce((sum, part) => sum + part.records, 0), 7000);
  assert.ok(parts.filter((part) => part.records > 0).length >= 6, "forty people are spread over the shards");
  assert.match(readFileSync(join(folder, "keyed/merge.log"), "utf8"), /^7,000 records, from /);
  assert.match(readFileSync(join(folder, "keyed/page.html"), "utf8"), /<svg /);
});

test("nothing remembered: five shards of any records add up to what one run says", () => {
  const policies = forgetful();
  const done = submit(5, "free", policies);
  assert.equal(done.status, 0, done.stderr);
  const { shards, rest } = report("free/report.json");
  assert.equal(shards.numbers.length, 5);
  assert.deepEqual(rest, whole(policies));
  assert.deepEqual(rest.limits, []);
  for (const number of shards.numbers) {
    const { records } = report(`free/${number}.json`).rest;
    assert.ok(records > 7000 / 5 / 2 && records < (7000 / 5) * 2, `shard ${number} has ${records}`);
  }
});

test("a gate makes the last job fail", () => {
  const done = submit(2, "gated", keyed, logs(), { GATES: "newly-denied>1%,undetermined" });
  assert.equal(done.status, 1, done.stdout + done.stderr);
  assert.match(readFileSync(join(folder, "gated/page.html"), "utf8"), /<li class="failed"><b>failed<\/b> <code>newly-denied&gt;1%<\/code>/);
  assert.equal(report("gated/report.json").rest.records, 7000);
});

test("a task that failed is run again by itself", () => {
  const result = join(folder, "again");
  assert.equal(submit(3, result, keyed).status, 0);
  const before = readFileSync(join(result, "report.json"), "utf8");
  rmSync(join(result, "2.json"));
  rmSync(join(result, "report.json"));
  const merge = () => run("sbatch", ["--output", join(result, "merge.log"), join(example, "merge.sbatch"), "3", result], { SBATCH_WAIT: "1" });
  assert.notEqual(merge().status, 0, "a shard is missing");
  assert.match(readFileSync(join(result, "merge.log"), "utf8"), /2\.json: cannot be read/);
  const again = run("sbatch", ["--array=2", "--output", join(result, "shard-%a.log"), join(example, "replay.sbatch"), "3", result, keyed.after, keyed.before, ...logs()], { SBATCH_WAIT: "1" });
  assert.equal(again.status, 0, again.stderr);
  assert.equal(merge().status, 0);
  assert.equal(readFileSync(join(result, "report.json"), "utf8"), before);
});

test("where an array fails nothing is added up", () => {
  const everyone = { before: join(folder, "everyone"), after: join(folder, "everyone") };
  mkdirSync(everyone.after);
  writeFileSync(join(everyone.after, "policies.aipol"), "policy everyone { allow limit 100 requests per hour by request.path }\n");
  for (const [name, policies, files, why] of [
    ["whole", everyone, logs(), /these policies can not be replayed in shards/],
    ["absent", keyed, [join(folder, "absent.jsonl")], /absent\.jsonl/],
  ]) {
    const done = submit(2, name, policies, files);
    assert.notEqual(done.status, 0, name);
    assert.match(readFileSync(join(folder, name, "shard-1.log"), "utf8"), why);
    assert.equal(existsSync(join(folder, name, "report.json")), false);
  }
  // Nobody waits: with an array that has failed the job that depends on it goes, too.
  const later = submit(2, "later", keyed, [join(folder, "absent.jsonl")], { SBATCH_WAIT: undefined });
  assert.equal(later.status, 0, later.stderr);
  const merge = later.stdout.match(/merge (\d+)/)[1];
  let state = "";
  for (let i = 0; i < 600 && !/CANCELLED/.test(state); i++) {
    state = run("scontrol", ["show", "job", merge]).stdout;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
  assert.match(state, /JobState=CANCELLED/);
  assert.equal(existsSync(join(folder, "later/report.json")), false);
});
