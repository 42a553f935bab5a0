// Runs GitHub's actions and workflows here, as far as ours use them: steps of bash, composite actions, outputs, conditions.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { readYaml } from "./yaml.mjs";

// As GitHub runs `shell: bash`, the shell of composite steps.
export function bash(script, cwd, env) {
  return spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], { cwd, env, encoding: "utf8", maxBuffer: 1 << 28 });
}

// The shell of steps that name none: without pipefail.
function plainBash(script, cwd, env) {
  return spawnSync("bash", ["-e", "-c", script], { cwd, env, encoding: "utf8", maxBuffer: 1 << 28 });
}

// `${{ inputs.name }}` and its like; what the contexts do not have is a mistake of the file.
export function evaluated(text, contexts) {
  return String(text).replace(/\$\{\{ *([\w.-]+) *\}\}/g, (_, path) => {
    const value = path.split(".").reduce((at, name) => at?.[name], contexts);
    if (value === undefined) throw new Error(`${path} is not known`);
    return value;
  });
}

const evaluatedAll = (members, contexts) => Object.fromEntries(Object.entries(members ?? {}).map(([name, text]) => [name, evaluated(text, contexts)]));

// Conditions have the syntax of JavaScript, as long as they compare texts and call these functions.
function holds(condition, failed, contexts) {
  const text = String(condition ?? "success()").replace(/^\$\{\{|\}\}$/g, "");
  const calls = /\b(always|cancelled|failure|success)\(/.test(text);
  const given = { always: () => true, cancelled: () => false, failure: () => failed, success: () => !failed, ...contexts };
  return (calls || !failed) && Boolean(new Function(...Object.keys(given), `return (${text});`)(...Object.values(given)));
}

// The files through which steps tell something to the next.
class Runner {
  constructor(env, folder) {
    this.env = env;
    this.temporary = mkdtempSync(join(folder, "runner-"));
    this.path = join(this.temporary, "path");
    writeFileSync(this.path, "");
  }

  // What the step printed, its status and outputs.
  run(shell, script, cwd, own) {
    const output = join(mkdtempSync(join(this.temporary, "step-")), "output");
    writeFileSync(output, "");
    const added = readFileSync(this.path, "utf8").split("\n").filter(Boolean).reverse();
    const env = { ...this.env, PATH: [...added, this.env.PATH].join(":"), RUNNER_TEMP: this.temporary, GITHUB_PATH: this.path, GITHUB_OUTPUT: output, ...own };
    const { status, stdout, stderr } = shell(script, cwd, env);
    const outputs = Object.fromEntries(readFileSync(output, "utf8").split("\n").filter(Boolean).map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
    return { status, stdout, stderr, outputs };
  }
}

function runComposite(file, given, cwd, runner, contexts, env = {}) {
  const action = readYaml(file);
  if (action.runs.using !== "composite") throw new Error(`${file} is no composite action`);
  for (const name of Object.keys(given)) if (!(name in action.inputs)) throw new Error(`${file} has no input ${name}`);
  const inputs = Object.fromEntries(Object.entries(action.inputs).map(([name, input]) => [name, given[name] ?? input.default]));
  const steps = {};
  const done = { status: 0, stdout: "", stderr: "" };
  for (const step of action.runs.steps) {
    if (step.shell !== "bash") throw new Error(`${step.name}: a step of an action names its shell`);
    // What an input says is never part of a script, in which it could say anything.
    if (/\$\{\{/.test(step.run)) throw new Error(`${step.name}: an expression within a script`);
    const one = runner.run(bash, step.run, cwd, { ...env, ...evaluatedAll(step.env, { inputs, ...contexts }) });
    if (step.id) steps[step.id] = { outputs: one.outputs };
    done.stdout += one.stdout;
    done.stderr += one.stderr;
    done.status = one.status;
    if (one.status !== 0) break;
  }
  const outputs = {};
  for (const [name, { value }] of Object.entries(action.outputs ?? {})) {
    try {
      outputs[name] = evaluated(value, { inputs, steps });
    } catch {
      outputs[name] = "";  // of a step that told nothing
    }
  }
  return { ...done, outputs };
}

export function runAction(file, given, cwd, { env, folder, contexts }) {
  const runner = new Runner(env, folder);
  return { ...runComposite(file, given, cwd, runner, contexts), temporary: runner.temporary };
}

// The steps of a workflow's only job. `actions` says what `uses` does: `{ file, inputs }` of a composite action and inputs that are
// others than the workflow's, or a function of the inputs that returns outputs. `told` hears of each step.
export function runWorkflow(file, cwd, { env, folder, contexts, actions, told = () => {} }) {
  const workflow = readYaml(file);
  const [job, ...others] = Object.values(workflow.jobs);
  if (others.length > 0) throw new Error(`${file} has several jobs`);
  const runner = new Runner({ ...env, ...evaluatedAll(workflow.env, contexts), ...evaluatedAll(job.env, contexts) }, folder);
  const steps = {};
  let failed = false;
  const all = [];
  for (const step of job.steps) {
    const known = { ...contexts, steps };
    const name = step.name ?? step.uses ?? step.run.split("\n")[0];
    let done = { status: 0, stdout: "", stderr: "", outputs: {}, outcome: "skipped" };
    if (holds(step.if, failed, { steps })) {
      const own = evaluatedAll(step.env, known);
      if (step.run) {
        if (/\$\{\{/.test(step.run)) throw new Error(`${name}: an expression within a script`);
        done = { ...done, ...runner.run(step.shell === "bash" ? bash : plainBash, step.run, cwd, own) };
      } else {
        const action = actions[step.uses.split("@")[0]];
        if (!action) throw new Error(`${name}: nobody says what ${step.uses} does`);
        const given = evaluatedAll(step.with, known);
        done = { ...done, ...(action.file ? runComposite(action.file, { ...given, ...action.inputs }, cwd, runner, contexts, own) : { outputs: action(given, cwd) ?? {} }) };
      }
      done.outcome = done.status === 0 ? "success" : "failure";
      failed ||= done.status !== 0;
    }
    if (step.id) steps[step.id] = { outputs: done.outputs, outcome: done.outcome };
    all.push({ name, ...done });
    told({ name, ...done });
  }
  return { failed, steps: all };
}
