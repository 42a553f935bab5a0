// YAML files as objects; a doubled key or an unknown tag is an error.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { parseDocument } = createRequire(import.meta.url)("yaml");

export function readYaml(path) {
  const document = parseDocument(readFileSync(path, "utf8"), { strict: true, uniqueKeys: true });
  if (document.errors.length + document.warnings.length > 0) throw new Error(`${path}: ${[...document.errors, ...document.warnings]}`);
  return document.toJS();
}
