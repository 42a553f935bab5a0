// A policy set from its text, as replay has it.
#pragma once

#include <doctest.h>

#include <string>

#include "compiler/compile.h"
#include "replay/world.h"

namespace aipol::testing {

inline replay::PolicySet replay_set(const std::string& text,
                                    const std::string& name = "set.aipol") {
  source::Files files;
  files.add(name, text);
  auto compiled = compiler::compile(std::move(files),
                                    {.last = compiler::Step::jit, .tier = compiler::Tier::fast});
  REQUIRE(compiled);
  compiler::Compilation& made = **compiled;
  std::string told;
  for (const auto& one : made.diagnostics.all())
    told += std::string(one.code) + ": " + one.message + "\n";
  INFO(told);
  REQUIRE_FALSE(made.failed());
  auto program = decision::Program::load(
      std::move(made.plan), made.layout,
      {std::move(made.native.stages), std::move(made.native.values), made.native.memory});
  REQUIRE(program);
  auto assets = enforce::load_assets((*program)->plan(), ".");
  REQUIRE(assets);
  return {name, std::move(*program), std::move(*assets)};
}

}  // namespace aipol::testing
