// The pieces for CI: every step that can run here is run as its CI would run it.
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { arch, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";

import { bash, runAction as runActionFile } from "../clients/github.mjs";
import { readYaml } from "../clients/yaml.mjs";

const root = new URL("../../", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "aipol-ci-"));
after(() => rmSync(folder, { recursive: true }));

const with_aipol = { ...process.env, PATH: `${dirname(process.env.AIPOL)}:${process.env.PATH}` };
const without_aipol = { ...process.env, PATH: process.env.PATH.split(":").filter((path) => path !== dirname(process.env.AIPOL)).join(":") };

let projects = 0;
function project(...options) {
  const path = join(folder, `project ${++projects}`);
  execFileSync(process.env.AIPOL, ["init", path, ...options]);
  return path;
}

// A failing test, and a warning of the lints.
function spoil(path) {
  writeFileSync(join(path, "spoilt_test.aipol"), 'use std.pii\ntest "spoilt" { send { path: "/v1/models" } expect allow }\n');
}

function runAction(given, cwd, { env = with_aipol, server = "http://127.0.0.1:9" } = {}) {
  const contexts = { github: { server_url: server, action_repository: "owner/aipol" } };
  return runActionFile(join(root, "action.yml"), given, cwd, { env, folder, contexts });
}

test("the action tests a project, and leaves a JUnit report", () => {
  const path = project();
  const good = runAction({}, path);
  assert.equal(good.status, 0, good.stderr + good.stdout);
  assert.match(good.stdout, /^\d+ passed, 0 failed$/m);
  assert.match(readFileSync(good.outputs.report, "utf8"), /<testsuites name="aipol"/);
  spoil(path);
  const bad = runAction({}, path);
  assert.equal(bad.status, 1);
  assert.match(bad.stdout, /^::error file=spoilt_test\.aipol,line=2,/m);
  assert.match(readFileSync(bad.outputs.report, "utf8"), /<failure /);
});

test("the action takes another command, folder and options", () => {
  const path = project();
  assert.equal(runAction({ command: "lint" }, path).status, 0);
  spoil(path);
  const lint = runAction({ command: "lint" }, path);
  assert.equal(lint.status, 1);
  assert.match(lint.stdout, /^::warning file=spoilt_test\.aipol/m);
  const outside = runAction({ command: "check", path: "a b" }, path);
  assert.equal(outside.status, 2);
  const options = runAction({ arguments: "--filter spoilt --jobs 1" }, path);
  assert.match(options.stdout, /^0 passed, 1 failed$/m);
});

test("without a version the action needs aipol on the PATH", () => {
  const done = runAction({}, folder, { env: without_aipol });
  assert.equal(done.status, 2);
  assert.match(done.stdout, /^::error title=aipol::not on the PATH/m);
});

test("the action installs a release, unless it is not what its sum says", async () => {
  const name = `aipol-linux-${{ x64: "x86_64", arm64: "aarch64" }[arch()]}.tar.gz`;
  const release = mkdtempSync(join(folder, "release-"));
  mkdirSync(join(release, "v1"));
  // The binary is large: a script that runs it is packed in its place.
  writeFileSync(join(release, "aipol"), `#!/bin/sh\nexec '${process.env.AIPOL}' "$@"\n`);
  chmodSync(join(release, "aipol"), 0o755);
  execFileSync("tar", ["-czf", join(release, "v1", name), "aipol"], { cwd: release });
  writeFileSync(join(release, "v1", `${name}.sha256`), execFileSync("sha256sum", [name], { cwd: join(release, "v1") }));
  mkdirSync(join(release, "v2"));
  copyFileSync(join(release, "v1", name), join(release, "v2", name));
  writeFileSync(join(release, "v2", `${name}.sha256`), `${"0".repeat(64)}  ${name}\n`);

  // The steps run while this process waits for them: the server is another.
  const script = `import { createServer } from "node:http"; import { readFileSync } from "node:fs";
    const server = createServer((request, response) => {
      const path = request.url.replace("/owner/aipol/releases/download", ${JSON.stringify(release)});
      try { response.end(readFileSync(path)); } catch { response.writeHead(404).end(); }
    }).listen(0, "127.0.0.1", () => console.log(server.address().port));`;
  const server = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [port] = await once(server.stdout, "data");
    const at = { env: without_aipol, server: `http://127.0.0.1:${String(port).trim()}` };
    const path = project();
    const good = runAction({ version: "v1" }, path, at);
    assert.equal(good.status, 0, good.stderr + good.stdout);
    assert.match(good.stdout, /^\d+ passed, 0 failed$/m);
    assert.notEqual(runAction({ version: "v2" }, path, at).status, 0, "a wrong sum");
    assert.notEqual(runAction({ version: "v3" }, path, at).status, 0, "no such release");
  } finally {
    server.kill();
  }
});

function runSteps(scripts, cwd) {
  for (const script of scripts) {
    const done = bash(script, cwd, with_aipol);
    if (done.status !== 0) return done;
  }
  return { status: 0 };
}

function workflowSteps(path) {
  const workflow = readYaml(join(path, ".github/workflows/aipol.yml"));
  assert.deepEqual(workflow.on, ["pull_request", "push"]);
  const { steps } = workflow.jobs.policies;
  for (const step of steps) assert.ok(step.run ?? /^actions\/[a-z-]+@v\d+$/.test(step.uses), JSON.stringify(step));
  return steps.filter((step) => step.run).map((step) => step.run);
}

test("the workflow that init writes passes, and fails on a failing test", () => {
  const path = project();
  const scripts = workflowSteps(path);
  assert.equal(scripts.length, 2);
  const good = runSteps(scripts, path);
  assert.equal(good.status, 0, good.stdout + good.stderr);
  assert.match(readFileSync(join(path, "aipol-junit.xml"), "utf8"), /<testsuites/);
  spoil(path);
  assert.equal(bash(scripts[0], path, with_aipol).status, 1, "lint");
  assert.equal(bash(scripts[1], path, with_aipol).status, 1, "test");
});

test("so do the GitLab jobs, that of init and the template", () => {
  const path = project("--ci", "gitlab");
  const own = readYaml(join(path, ".gitlab-ci.yml")).policies;
  const template = readYaml(join(root, "ci/gitlab.yml"));
  const set = (script) => Object.entries(template.variables).map(([name, value]) => `${name}=${JSON.stringify(value)}\n`).join("") + script;
  for (const scripts of [own.script, template.aipol.script.map(set)]) {
    const good = runSteps(scripts, path);
    assert.equal(good.status, 0, good.stdout + good.stderr);
  }
  for (const job of [own, template.aipol]) assert.equal(job.artifacts.reports.junit, "aipol-junit.xml");
  spoil(path);
  for (const scripts of [own.script, template.aipol.script.map(set)]) {
    for (const script of scripts) assert.equal(bash(script, path, with_aipol).status, 1, script);
  }
});

test("init writes the workflow of one CI", () => {
  assert.throws(() => readFileSync(join(project("--ci", "none"), ".github/workflows/aipol.yml")));
  assert.throws(() => readFileSync(join(project("--ci", "gitlab"), ".github/workflows/aipol.yml")));
  assert.throws(() => readFileSync(join(project(), ".gitlab-ci.yml")));
});

test("the hooks of pre-commit run", () => {
  const hooks = readYaml(join(root, ".pre-commit-hooks.yaml"));
  assert.deepEqual(hooks.map((hook) => hook.id), ["aipol-check", "aipol-lint", "aipol-test"]);
  const path = project();
  const run = (hook) => bash(`${hook.entry} ${hook.args.join(" ")}`, path, with_aipol);
  for (const hook of hooks) {
    assert.equal(hook.language, "system");
    assert.equal(run(hook).status, 0, hook.id);
    assert.ok(new RegExp(hook.files).test("policies/a.aipol"));
  }
  spoil(path);
  assert.deepEqual(hooks.map((hook) => run(hook).status), [0, 1, 1]);
});
