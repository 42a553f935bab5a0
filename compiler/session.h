// A policy set that is compiled again and again as its files change, by a process that serves it
// meanwhile.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/compile.h"
#include "compiler/outline.h"

namespace aipol::compiler {

// Remembers the set as it was compiled last. Where nothing but some of its policies changed since,
// only these are compiled and put into the plan of the rest: the result is what `compile` makes of
// the files, to the byte. Everything else, and every set of which something is to be reported, goes
// through the whole pipeline.
class Session {
 public:
  // What is wanted is decisions only. The cache of `wanted` is read by `compile` and written by
  // `settle`.
  Session(std::vector<std::string> paths, Wanted wanted);

  // As `compile` (compiler/compile.h).
  Result<std::unique_ptr<Compilation>> compile();
  Result<std::unique_ptr<Compilation>> compile(source::Files files);

  // What needs not be done before the set is live: makes what the next compilation begins with, and
  // fills the cache. Plan and layout are those of the last compilation that did not fail. Without
  // this call the next compilation is of the whole set. Any thread, but not while it compiles.
  void settle(const plan::Plan& plan, const plan::Layout& layout);

 private:
  using Clock = std::chrono::steady_clock;
  using Made = Result<std::unique_ptr<Compilation>>;

  // A set whose plan is here.
  struct Base {
    Outline outline;
    plan::Plan plan;
  };
  // One whose plan was handed out.
  struct Pending {
    source::Files unparsed;  // where it came from the cache, which has no outlines
    Outline outline;
    std::string version;
    bool kept = false;  // by the cache
  };

  // Null where the whole set has to be compiled; then nothing is changed.
  std::unique_ptr<Compilation> splice(Clock::time_point start, source::Files& files);
  Made compile_since(Clock::time_point start, source::Files files);
  void remember(const Compilation& made);

  std::vector<std::string> paths_;
  Wanted wanted_;
  std::optional<Base> base_;
  std::optional<Pending> pending_;
};

}  // namespace aipol::compiler
