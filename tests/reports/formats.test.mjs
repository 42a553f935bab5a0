// The forms in which `check` reports, for every mistake that the golden tests know.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { validate } from "../clients/sarif.mjs";

const golden = new URL("../golden/", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "aipol-reports-"));
after(() => rmSync(folder, { recursive: true }));

function aipol(...args) {
  return spawnSync(process.env.AIPOL, args, { encoding: "utf8", maxBuffer: 1 << 28, cwd: golden });
}

const inputs = ["check", "syntax", "lint"]
  .filter((step) => existsSync(join(golden, step)))
  .flatMap((step) => readdirSync(join(golden, step)).map((name) => join(step, name)))
  .filter((path) => path.endsWith(".aipol"));

test("every log is valid SARIF 2.1.0 and says what the JSON says", () => {
  assert.ok(inputs.length > 40);
  for (const input of inputs) {
    const command = input.startsWith("lint") ? "lint" : "check";
    const log = JSON.parse(aipol(command, input, "--format", "sarif").stdout);
    assert.ok(validate(log), `${input}: ${JSON.stringify(validate.errors, null, 1)}`);
    const { diagnostics } = JSON.parse(aipol(command, input, "--format", "json").stdout);
    const { results, tool } = log.runs[0];
    assert.equal(results.length, diagnostics.length, input);
    results.forEach((result, i) => {
      const { region, artifactLocation } = result.locations[0].physicalLocation;
      assert.equal(result.ruleId, diagnostics[i].code);
      assert.equal(tool.driver.rules[result.ruleIndex].id, diagnostics[i].code);
      assert.equal(decodeURIComponent(artifactLocation.uri), diagnostics[i].file);
      assert.deepEqual([region.startLine, region.startColumn, region.endLine, region.endColumn],
        ["line", "column", "end_line", "end_column"].map((key) => diagnostics[i][key]));
      assert.equal(result.fixes?.length ?? 0, diagnostics[i].fixes ? 1 : 0);
      assert.equal(result.relatedLocations?.length ?? 0, diagnostics[i].labels.length);
    });
  }
});

test("a rule comes with its page", () => {
  const log = JSON.parse(aipol("check", "check/unknown_field.aipol", "--format", "sarif").stdout);
  const { rules } = log.runs[0].tool.driver;
  assert.equal(rules[0].id, "E0203");
  assert.match(rules[0].help.markdown, /^# E0203/);
});

test("places with spaces and letters beyond ASCII are valid references", () => {
  const path = join(folder, "réseau 1.aipol");
  writeFileSync(path, 'policy p { deny "é" when principal.role == "x" }\n');
  const log = JSON.parse(aipol("check", path, "--format", "sarif").stdout);
  assert.ok(validate(log), JSON.stringify(validate.errors));
  const { artifactLocation, region } = log.runs[0].results[0].locations[0].physicalLocation;
  assert.equal(artifactLocation.uri, new URL(`file://${path}`).href);
  assert.equal(region.startColumn, 36);  // in code points
});

test("annotations for GitHub are escaped", () => {
  const path = join(folder, "a,b:c.aipol");
  writeFileSync(path, 'policy p { deny when request.ip in "100%" }\n');
  const { stdout } = aipol("check", path, "--format", "github");
  assert.equal(stdout.split("\n").length, 2);
  const found = stdout.match(/^::error file=([^,]*),line=1,col=36,endLine=1,endColumn=42,title=E0310::(.*)$/m);
  assert.ok(found, stdout);
  assert.ok(found[1].endsWith("a%2Cb%3Ac.aipol"));
  assert.match(found[2], /100%25/);
});

test("no form shows a secret", () => {
  const path = join(folder, "secret.aipol");
  writeFileSync(path, `provider p { kind: openai, url: "https://p.example", key: "sk-very-secret-text" }
policy a { allow when request.ip in "sk-very-secret-text" }
`);
  for (const args of [[], ["--format", "json"], ["--format", "sarif"], ["--format", "github"], ["--dry-run"]]) {
    const { stdout, stderr } = aipol("check", path, ...args);
    assert.doesNotMatch(stdout + stderr, /very-secret/, args.join(" "));
  }
  assert.match(readFileSync(path, "utf8"), /very-secret/);
});
