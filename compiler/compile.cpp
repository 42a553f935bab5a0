#include "compiler/compile.h"

#include "compiler/check/check.h"
#include "compiler/index/index.h"
#include "compiler/jit/jit.h"
#include "compiler/lower/lower.h"
#include "compiler/parse/parse.h"
#include "compiler/planner/planner.h"
#include "compiler/resolve/resolve.h"
#include "embedded/files.h"

namespace aipol::compiler {

namespace {

using Clock = std::chrono::steady_clock;

class Pipeline {
 public:
  Pipeline(Compilation& out, Wanted wanted) : out_(out), wanted_(wanted) {}

  Result<void> run(const std::vector<std::string>& paths) {
    Clock::time_point start = Clock::now();
    Result<source::Files> files = source::read_policy_set(paths);
    if (!files) return std::unexpected(files.error());
    out_.files = std::move(*files);
    for (const embedded::File& file : embedded::stdlib()) {
      out_.files.add(std::string(file.path), std::string(file.text), true);
    }
    out_.timings.push_back({Step::read, Clock::now() - start});
    bool parsed = step(Step::parse, [this] { parse(); });
    // A name declared twice does not hide other mistakes.
    bool resolved = parsed && step(Step::resolve, [this] { resolve(); });
    bool whole = parsed && step(Step::check, [this] { check(); }) && resolved &&
                 step(Step::plan, [this] { plan(); }) &&
                 step(Step::index, [this] { out_.layout = index(out_.plan); }) &&
                 step(Step::lower, [this] { out_.lowered = lower(out_.plan, out_.layout); });
    out_.diagnostics.sort_by_place();
    hide_secrets();
    if (!whole) return {};
    return jit();
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
  }

  // A secret that was written into a policy file is not printed with the error about it.
  void hide_secrets() {
    for (const diagnostics::Diagnostic& diagnostic : out_.diagnostics.all()) {
      if (diagnostic.code == diagnostics::secret_in_text.code) out_.files.hide(diagnostic.span);
    }
  }

  Result<void> jit() {
    if (wanted_.last < Step::jit) return {};
    Clock::time_point start = Clock::now();
    Result<NativeCode> native = compiler::compile(std::move(*out_.lowered), out_.layout);
    out_.lowered.reset();
    if (!native) return std::unexpected(native.error());
    out_.native = std::move(*native);
    out_.timings.push_back({Step::jit, Clock::now() - start});
    return {};
  }

  Compilation& out_;
  Wanted wanted_;
  ast::Symbols symbols_;
};

}  // namespace

Result<std::unique_ptr<Compilation>> compile(const std::vector<std::string>& paths, Wanted wanted) {
  auto compilation = std::make_unique<Compilation>();
  Result<void> done = Pipeline(*compilation, wanted).run(paths);
  if (!done) return std::unexpected(done.error());
  return compilation;
}

}  // namespace aipol::compiler
