// `--fix` and `--dry-run`.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, lstatSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const broken = `policy p {
  allow when principal.id = 'x' && principal.mfa
}
`;
const mended = `policy p {
  allow when principal.id == "x" and principal.mfa
}
`;

function inFolder(body) {
  const folder = mkdtempSync(join(tmpdir(), "aipol-fix-"));
  const aipol = (...args) => spawnSync(process.env.AIPOL, args, { encoding: "utf8", cwd: folder });
  try {
    body(folder, aipol);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("--fix mends, says so, and keeps the mode", () => inFolder((folder, aipol) => {
  const path = join(folder, "a.aipol");
  writeFileSync(path, broken);
  chmodSync(path, 0o640);
  const done = aipol("check", "a.aipol", "--fix");
  assert.equal(done.status, 0, done.stdout);
  assert.equal(done.stderr, "fixed 3 in a.aipol\n");
  assert.equal(readFileSync(path, "utf8"), mended);
  assert.equal(statSync(path).mode & 0o777, 0o640);
  assert.deepEqual(readdirSync(folder), ["a.aipol"]);
  assert.equal(aipol("check", "a.aipol", "--fix").stderr, "");
}));

test("--fix leaves what it can not mend, and exits 1", () => inFolder((folder, aipol) => {
  writeFileSync(join(folder, "a.aipol"), broken);
  writeFileSync(join(folder, "b.aipol"), "policy q { allow when principal.colour == 1 }\n");
  const done = aipol("check", ".", "--fix");
  assert.equal(done.status, 1);
  assert.match(done.stdout, /error\[E0203\]/);
  assert.equal(readFileSync(join(folder, "a.aipol"), "utf8"), mended);
}));

test("--dry-run writes nothing; its diff can be applied", () => inFolder((folder, aipol) => {
  const path = join(folder, "a.aipol");
  writeFileSync(path, `// first\n\n\n\n\n\n${broken}\n\n\n\n\n\n\n\npolicy z { allow when principal.mfa || principal.id == "z" }`);
  const before = readFileSync(path, "utf8");
  const done = aipol("check", "a.aipol", "--fix", "--dry-run");
  assert.equal(done.status, 1);
  assert.equal(readFileSync(path, "utf8"), before);
  assert.equal(done.stdout.match(/^@@ /gm).length, 2);
  const patched = spawnSync("git", ["apply", "-p0", "-"], { cwd: folder, input: done.stdout, encoding: "utf8" });
  assert.equal(patched.status, 0, patched.stderr + done.stdout);
  const wanted = readFileSync(path, "utf8");
  writeFileSync(path, before);
  aipol("check", "a.aipol", "--fix");
  assert.equal(readFileSync(path, "utf8"), wanted);
}));

test("what `lint --fix` writes is free of what it fixed, and still accepted", () => inFolder((folder, aipol) => {
  const golden = new URL("../golden/lint/", import.meta.url).pathname;
  let changed = 0;
  for (const name of readdirSync(golden).filter((entry) => entry.endsWith(".aipol"))) {
    const path = join(folder, name);
    writeFileSync(path, readFileSync(join(golden, name)));
    const done = aipol("lint", name, "--fix", "--format", "json");
    assert.equal(done.status, 0, name + done.stdout);
    const left = JSON.parse(done.stdout).diagnostics.filter((diagnostic) => diagnostic.fixes);
    assert.deepEqual(left, [], name);
    changed += done.stderr.startsWith("fixed ");
    assert.equal(aipol("lint", name, "--fix").stderr, "", name);
    rmSync(path);
  }
  assert.ok(changed >= 10, `${changed} changed`);
}));

test("a link stays a link", () => inFolder((folder, aipol) => {
  writeFileSync(join(folder, "real"), broken);
  symlinkSync("real", join(folder, "a.aipol"));
  assert.equal(aipol("check", "a.aipol", "--fix").status, 0);
  assert.ok(lstatSync(join(folder, "a.aipol")).isSymbolicLink());
  assert.equal(readFileSync(join(folder, "real"), "utf8"), mended);
}));

test("a file that can not be written is one line and status 2", () => inFolder((folder, aipol) => {
  writeFileSync(join(folder, "a.aipol"), broken);
  chmodSync(folder, 0o555);
  const done = aipol("check", "a.aipol", "--fix");
  chmodSync(folder, 0o755);
  if (process.getuid() === 0) return;  // root may write everywhere
  assert.equal(done.status, 2);
  assert.equal(readFileSync(join(folder, "a.aipol"), "utf8"), broken);
}));
