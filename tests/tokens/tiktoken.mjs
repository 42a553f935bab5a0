// The package tiktoken, as data/tokens has it.
import { createRequire } from "node:module";

const require = createRequire(new URL("../../data/tokens/package.json", import.meta.url));

export function tiktoken(name) {
  const { Tiktoken } = require("tiktoken");
  const { bpe_ranks, special_tokens, pat_str } = require(`tiktoken/encoders/${name}_base.json`);
  return new Tiktoken(bpe_ranks, special_tokens, pat_str);
}
