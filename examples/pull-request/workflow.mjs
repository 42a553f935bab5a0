// Runs the workflow of the repository in the folder that `run` made, with stand-ins for what is GitHub's: the checkout is there
// already, the action is that of this clone with the aipol on the PATH, and `gh` keeps the comment instead of posting it.
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { runWorkflow } from "../../tests/clients/github.mjs";

const keeping = `#!/bin/sh
[ "$1 $2 $3" = "pr comment 7" ] && [ -n "$GH_TOKEN" ] || exit 2
while [ $# -gt 0 ]; do
  [ "$1" = --body-file ] && exec cp "$2" "$KEPT"
  shift
done
exit 2
`;

export function review(folder, told = () => {}) {
  const repository = join(folder, "repository");
  mkdirSync(join(folder, "bin"), { recursive: true });
  writeFileSync(join(folder, "bin/gh"), keeping, { mode: 0o755 });
  return runWorkflow(join(repository, ".github/workflows/policy.yml"), repository, {
    folder, told,
    env: { ...process.env, PATH: `${join(folder, "bin")}:${process.env.PATH}`, KEPT: join(folder, "comment.md") },
    contexts: {
      github: { server_url: "https://github.com", action_repository: "OWNER/aipol", token: "a token", event: { pull_request: { number: 7 } } },
      vars: { TRAFFIC_URL: pathToFileURL(join(folder, "traffic.jsonl")).href },
      secrets: { TRAFFIC_TOKEN: "a token" },
    },
    actions: {
      "actions/checkout": () => {},
      "actions/upload-artifact": ({ path }) => {
        copyFileSync(join(repository, path), join(folder, "page.html"));
        return { "artifact-url": "page.html" };
      },
      "OWNER/aipol": { file: fileURLToPath(new URL("../../action.yml", import.meta.url)), inputs: { version: "" } },
    },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { failed } = review(resolve(process.argv[2]), ({ name, outcome, stdout, stderr }) => {
    process.stdout.write(`== ${name}${outcome === "success" ? "" : `: ${outcome}`}\n${stdout}${stderr}`);
  });
  process.exitCode = failed ? 1 : 0;
}
