// examples/pull-request: what stands there is what aipol writes, and the workflow stops what it should.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";

import { Chromium } from "../clients/chromium.mjs";
import { review } from "../../examples/pull-request/workflow.mjs";

const example = new URL("../../examples/pull-request/", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "aipol-pull-request-"));
after(() => rmSync(folder, { recursive: true }));
process.env.PATH = `${dirname(process.env.AIPOL)}:${process.env.PATH}`;

const made = (name) => readFileSync(join(folder, name), "utf8");
const workflow = join(folder, "repository/.github/workflows/policy.yml");
let run;
before(() => { run = spawnSync(join(example, "run"), [folder], { encoding: "utf8" }); });

test("comment and page are those that aipol writes today", () => {
  assert.equal(run.status, 0, run.stdout + run.stderr);
  assert.equal(run.stderr, "");
  const hint = "examples/pull-request/run --update, and read the difference";
  assert.equal(made("comment.md"), readFileSync(join(example, "comment.md"), "utf8"), hint);
  assert.ok(made("page.html") === readFileSync(join(example, "page.html"), "utf8"), hint);
  assert.ok(made("comment.md").length < 65_536, "GitHub takes no longer one");
  assert.doesNotMatch(made("comment.md") + made("page.html"), new RegExp(`${folder}|${example}`), "no path of this machine");
});

test("the traffic is a log that was written whole, and was decided by the policies before the change", () => {
  const verified = spawnSync("aipol", ["audit", "verify", join(folder, "traffic.jsonl")], { encoding: "utf8" });
  assert.equal(verified.status, 0, verified.stdout);
  const report = JSON.parse(execFileSync("aipol", ["replay", join(folder, "traffic.jsonl"), "--policy", join(example, "repository/policies"), "--format", "json"]));
  assert.deepEqual([report.records, report.same, report.late, report.unreadable], [1534, 1534, 0, 0]);
});

test("the page is a page", async () => {
  const browser = await Chromium.start();
  try {
    const page = await browser.open(join(example, "page.html"));
    assert.deepEqual(page.complaints, []);
    assert.deepEqual(await page.evaluate(() => [document.querySelector("h1").textContent, document.querySelectorAll("figure").length]), ["157 of 1,534 decisions change", 3]);
    await page.close();
  } finally {
    await browser.stop();
  }
});

// The workflow once more, on what lies there now.
function again() {
  rmSync(join(folder, "comment.md"));
  return review(folder);
}

test("a gate that is too narrow stops the merge, and the reviewer reads why", () => {
  const kept = readFileSync(workflow, "utf8");
  writeFileSync(workflow, kept.replace("newly-denied>10%", "newly-denied>5%"));
  const { failed, steps } = again();
  writeFileSync(workflow, kept);
  assert.equal(failed, true);
  assert.deepEqual(steps.filter((step) => step.outcome !== "success").map((step) => [step.name, step.status]), [["What it would have done", 1]]);
  assert.match(made("comment.md"), /^### ❌ aipol replay/);
  assert.match(made("comment.md"), /^- ❌ `newly-denied>5%`: 98 of 1534 \(6\.39%\)$/m);
  assert.match(made("page.html"), /<li class="failed">/);
});

test("policies that fail their tests are not replayed", () => {
  appendFileSync(join(folder, "repository/policies/access_test.aipol"), '\ntest "spoilt" {\n  send { path: "/v1/models" }\n  expect allow\n}\n');
  const { failed, steps } = again();
  assert.equal(failed, true);
  assert.deepEqual(steps.map((step) => step.outcome), ["success", "success", "success", "success", "failure", "skipped", "skipped", "skipped", "skipped", "skipped"]);
  assert.match(steps[4].stdout, /^::error file=policies\/access_test\.aipol,/m);
  assert.equal(existsSync(join(folder, "comment.md")), false);
});
