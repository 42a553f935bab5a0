// The pipeline: a policy set's files -> native code, one step after the other. The only code that
// knows their order.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "compiler/ast/tree.h"
#include "compiler/diagnostics/diagnostics.h"
#include "compiler/ir/policy_set.h"
#include "compiler/jit/native_code.h"
#include "compiler/lowered/module.h"
#include "compiler/prove/findings.h"
#include "compiler/prove/verdict.h"
#include "plan/layout.h"
#include "plan/plan.h"
#include "plan/tests.h"

namespace aipol::compiler {

enum class Step : uint8_t { read, parse, resolve, check, plan, prove, index, lower, jit };
inline constexpr std::string_view step_names[] = {"read",  "parse", "resolve", "check", "plan",
                                                  "prove", "index", "lower",   "jit"};

struct Timing {
  Step step;
  std::chrono::nanoseconds took;
};

// What the steps made, as far as they went: a step after one that reported errors is not taken.
struct Compilation {
  source::Files files;  // the set's, and the standard library's
  diagnostics::Diagnostics diagnostics;
  std::vector<ast::Tree> trees;  // by file
  std::unique_ptr<ir::PolicySet> set;
  plan::Plan plan;
  std::vector<plan::Test> tests;
  std::vector<plan::Invariant> invariants;
  prove::Findings findings;
  std::vector<prove::Verdict> verdicts;  // by invariant
  plan::Layout layout;
  std::optional<Lowered> lowered;  // where it is the last step
  NativeCode native;
  std::vector<Timing> timings;
  std::vector<std::string> secrets;  // found in the files, where `*` stands instead of them now
  bool spliced = false;  // what changed was compiled and put into an earlier plan (session.h)

  bool failed() const { return diagnostics.failed(); }
};

struct Wanted {
  Step last = Step::jit;
  // Of a set without diagnostics only plan, layout and code are read: the cache may have all three,
  // and then nothing else is made.
  bool decisions_only = false;
  bool tests = false;   // plan them
  bool lint = false;    // look at a set without errors for what is hardly meant
  bool proofs = false;  // take the step `prove`, for those who read what it finds
  bool invariants = false;  // there, decide them too
  std::optional<Tier> tier = {};  // of native code; by its size where not given
  std::string cache = {};         // folder of plans and code (compiler/jit/object_cache.h), or empty
  bool keep_plan = true;          // puts a plan into the cache that it does not have
};

// An error where the world fails (no such file); an author's mistakes are in the diagnostics, by
// place.
Result<std::unique_ptr<Compilation>> compile(const std::vector<std::string>& paths, Wanted wanted);
// The same of files that were read, or made, before.
Result<std::unique_ptr<Compilation>> compile(source::Files files, Wanted wanted);

// The steps lower and jit alone. Code of a better tier than wanted is taken where the cache has it.
Result<NativeCode> native_code(const plan::Plan& plan, const plan::Layout& layout, const Wanted& wanted,
                               std::vector<Timing>& timings);

}  // namespace aipol::compiler
