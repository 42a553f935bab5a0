#include "compiler/compile.h"

#include "compiler/check/check.h"
#include "compiler/index/index.h"
#include "compiler/kept_plan.h"
#include "compiler/lint/lint.h"
#include "compiler/lint/lints/all.h"
#include "compiler/lower/lower.h"
#include "compiler/parse/parse.h"
#include "compiler/planner/planner.h"
#include "compiler/prove/invariants.h"
#include "compiler/prove/prove.h"
#include "compiler/prove/report.h"
#include "compiler/resolve/resolve.h"
#include "compiler/standard_library.h"

namespace aipol::compiler {

namespace {

using Clock = std::chrono::steady_clock;

class Pipeline {
 public:
  Pipeline(Compilation& out, Wanted wanted) : out_(out), wanted_(wanted) {}

  Result<void> run(source::Files files, Clock::time_point start) {
    out_.files = std::move(files);
    add_standard_library(out_.files);
    out_.timings.push_back({Step::read, Clock::now() - start});
    KeptPlan kept(out_.files, wanted_.decisions_only ? wanted_.cache : std::string());
    if (take(kept)) return jit();
    bool parsed = step(Step::parse, [this] { parse(); });
    // A name declared twice does not hide other mistakes.
    bool resolved = parsed && step(Step::resolve, [this] { resolve(); });
    bool whole = parsed && step(Step::check, [this] { check(); }) && resolved &&
                 step(Step::plan, [this] { plan(); }) &&
                 (!wanted_.proofs || step(Step::prove, [this] { prove(); })) &&
                 step(Step::index, [this] { out_.layout = index(out_.plan); });
    if (wanted_.lint && out_.set != nullptr && !out_.failed())
      lint::lint({out_.files, out_.trees, symbols_, *out_.set}, lint::all_lints(),
                 out_.diagnostics);
    out_.diagnostics.sort_by_place();
    hide_secrets();
    if (!out_.findings.trouble.empty()) return failure(out_.findings.trouble);
    if (!whole) return {};
    if (out_.diagnostics.all().empty() && wanted_.keep_plan) kept.keep(out_.plan, out_.layout);
    if (wanted_.last == Step::jit) return jit();
    step(Step::lower, [this] { out_.lowered = lower(out_.plan, out_.layout); });
    return {};
  }

 private:
  // Whether to go on.
  template <class F>
  bool step(Step number, F take) {
    if (number > wanted_.last) return false;
    Clock::time_point start = Clock::now();
    take();
    out_.timings.push_back({number, Clock::now() - start});
    return !out_.failed();
  }

  // Plan and layout as they were made before, where they are kept.
  bool take(const KeptPlan& kept) {
    Clock::time_point start = Clock::now();
    std::optional<plan::Laid> laid = kept.find();
    if (!laid) return false;
    out_.plan = std::move(laid->plan);
    out_.layout = std::move(laid->layout);
    out_.timings.push_back({Step::plan, Clock::now() - start});
    return true;
  }

  void parse() {
    for (source::FileId file = 0; file < out_.files.size(); ++file) {
      out_.trees.push_back(parse::parse(out_.files, file, out_.diagnostics));
    }
  }
  void resolve() { symbols_ = resolve::resolve(out_.files, out_.trees, out_.diagnostics); }
  void check() { out_.set = check::check(out_.files, out_.trees, symbols_, out_.diagnostics); }
  void plan() {
    out_.plan = planner::plan(*out_.set, out_.files);
    if (wanted_.tests) out_.tests = planner::plan_tests(*out_.set, out_.files, out_.plan);
    if (wanted_.invariants) out_.invariants = planner::plan_invariants(*out_.set, out_.files, out_.plan);
  }

  void prove() {
    out_.findings = prove::prove(out_.plan);
    prove::report(out_.findings, *out_.set, out_.plan, out_.diagnostics);
    if (out_.failed() || !out_.findings.trouble.empty()) return;
    Result<std::vector<prove::Verdict>> verdicts = prove::decide(out_.plan, out_.invariants);
    if (verdicts)
      out_.verdicts = std::move(*verdicts);
    else
      out_.findings.trouble = verdicts.error().message;
  }

  // A secret that was written into a policy file is not printed, here or in what quotes it.
  void hide_secrets() {
    std::vector<source::Span> places;
    for (const diagnostics::Diagnostic& diagnostic : out_.diagnostics.all()) {
      if (diagnostic.of_secret()) places.push_back(diagnostic.span);
    }
    for (source::Span place : places) {
      std::string_view text = out_.files[place.file].text();
      out_.secrets.emplace_back(text.substr(place.begin, place.end - place.begin));
    }
    for (source::Span place : places) out_.files.hide(place);
    for (std::string& secret : out_.secrets) {
      std::erase(secret, '"');
      out_.files.hide(secret);
      out_.diagnostics.hide(secret);
    }
  }

  Result<void> jit() {
    Result<NativeCode> native = native_code(out_.plan, out_.layout, wanted_, out_.timings);
    if (!native) return std::unexpected(native.error());
    out_.native = std::move(*native);
    return {};
  }

  Compilation& out_;
  Wanted wanted_;
  ast::Symbols symbols_;
};

}  // namespace

namespace {

Result<std::unique_ptr<Compilation>> compile_since(Clock::time_point start, source::Files files,
                                                   Wanted wanted) {
  auto compilation = std::make_unique<Compilation>();
  Result<void> done = Pipeline(*compilation, wanted).run(std::move(files), start);
  if (!done) return std::unexpected(done.error());
  return compilation;
}

}  // namespace

Result<std::unique_ptr<Compilation>> compile(const std::vector<std::string>& paths, Wanted wanted) {
  Clock::time_point start = Clock::now();
  Result<source::Files> files = source::read_policy_set(paths);
  if (!files) return std::unexpected(files.error());
  return compile_since(start, std::move(*files), wanted);
}

Result<std::unique_ptr<Compilation>> compile(source::Files files, Wanted wanted) {
  return compile_since(Clock::now(), std::move(files), wanted);
}

}  // namespace aipol::compiler
