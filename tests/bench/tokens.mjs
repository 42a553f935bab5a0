// The same texts through npm's tiktoken (WebAssembly), beside bench_tokens:
//   bench_tokens FOLDER && node tests/bench/tokens.mjs FOLDER
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { tiktoken } from "../tokens/tiktoken.mjs";

const [folder] = process.argv.slice(2);
for (const name of ["o200k", "cl100k"]) {
  const encoding = tiktoken(name);
  for (const file of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, file));
    const text = bytes.toString("utf8");
    let tokens = 0, best = Infinity;
    for (let round = 0; round < 5; ++round) {
      const start = process.cpuUsage();
      tokens = encoding.encode_ordinary(text).length;
      const { user, system } = process.cpuUsage(start);
      best = Math.min(best, user + system);
    }
    console.log(`${name.padEnd(7)} ${file.padEnd(15)} ${bytes.length} bytes ${tokens} tokens ${(bytes.length / best).toFixed(1)} MB/s (npm tiktoken)`);
  }
}
