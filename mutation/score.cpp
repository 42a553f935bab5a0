#include "mutation/score.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "compiler/compile.h"
#include "invariants/judge.h"
#include "runtime/enforce/assets.h"
#include "testing/test_runner.h"

namespace aipol::mutation {

namespace {

using compiler::Compilation;
using Kind = Verdict::Kind;

// The set with the change made.
source::Files mutated(const source::Files& files, const Mutant& mutant) {
  source::Files out;
  for (source::FileId id = 0; id < files.size(); ++id) {
    const source::File& file = files[id];
    if (file.builtin()) continue;
    std::string text(file.text());
    if (id == mutant.span.file)
      text.replace(mutant.span.begin, mutant.span.end - mutant.span.begin, mutant.replacement);
    out.add(file.path(), std::move(text));
  }
  return out;
}

// What the threads share.
class Measurement {
 public:
  Measurement(const source::Files& files, std::string_view version, const ScoreOptions& options,
              Score& score)
      : files_(files), options_(options), score_(score), versions_(score.mutants.size()) {
    seen_.emplace(version);
  }

  // Takes mutants until there are none.
  void work(unsigned job) {
    for (size_t next;
         (next = next_.fetch_add(1, std::memory_order_relaxed)) < score_.mutants.size();) {
      const Mutant& mutant = score_.mutants[next];
      if (options_.board != nullptr)
        options_.board->begins(job, testing::Board::no_test, where(mutant) + ": " + mutant.change);
      score_.verdicts[next] = judge(mutant, next);
      if (options_.board != nullptr) options_.board->ended(job);
      options_.judged(score_.verdicts[next]);
    }
  }

  // Gives the verdict to the first of those that mean the same, so that it does not depend on the
  // threads which one has it.
  void settle() {
    std::map<std::string_view, size_t> first;
    for (size_t i = 0; i < versions_.size(); ++i) {
      if (versions_[i].empty()) continue;
      size_t earlier = first.try_emplace(versions_[i], i).first->second;
      if (score_.verdicts[i].kind != Kind::same)
        std::swap(score_.verdicts[i], score_.verdicts[earlier]);
    }
  }

 private:
  std::string where(const Mutant& mutant) const {
    const source::File& file = files_[mutant.span.file];
    source::LineColumn place = file.locate(mutant.span.begin);
    return fmt::format("{}:{}:{}", file.path(), place.line, place.column);
  }

  Verdict judge(const Mutant& mutant, size_t number) {
    compiler::Wanted wanted{.last = compiler::Step::jit, .tests = true};
    wanted.tier = compiler::Tier::fast;
    wanted.cache = options_.cache;
    auto compiled = compiler::compile(mutated(files_, mutant), wanted);
    // A pattern may have become one that can not be compiled, for example.
    if (!compiled) return {Kind::refused, compiled.error().message};
    Compilation& compilation = **compiled;
    if (compilation.failed()) return {Kind::refused, first_error(compilation)};
    if (!is_new(compilation.plan.version, number)) return {Kind::same, {}};
    if (auto by = failing_test(compilation)) return {Kind::killed, *by};
    return prove(mutant);
  }

  // What the tests do not notice, proofs may: they cost more than most sets' tests.
  Verdict prove(const Mutant& mutant) {
    compiler::Wanted wanted{.last = compiler::Step::prove, .proofs = true, .invariants = true};
    auto compiled = compiler::compile(mutated(files_, mutant), wanted);
    if (!compiled) return {Kind::refused, compiled.error().message};
    if ((*compiled)->failed()) return {Kind::refused, first_error(**compiled)};
    auto judged = invariants::judge(**compiled, options_.folder, options_.cache);
    if (!judged) return {Kind::refused, judged.error().message};
    auto refuted = std::ranges::find(*judged, invariants::Judgement::Kind::refuted,
                                     &invariants::Judgement::kind);
    if (refuted != judged->end()) return {Kind::killed, refuted->name};
    return {Kind::survived, {}};
  }

  static std::string first_error(const Compilation& compilation) {
    for (const diagnostics::Diagnostic& diagnostic : compilation.diagnostics.all()) {
      if (diagnostic.severity == diagnostics::Severity::error)
        return fmt::format("{}: {}", diagnostic.code, diagnostic.message);
    }
    return {};
  }

  // Of mutants that mean the same one is judged: the one that a thread meets first.
  bool is_new(const std::string& version, size_t number) {
    std::lock_guard lock(mutex_);
    versions_[number] = version;
    return seen_.insert(version).second;
  }

  // What must be true is asked as `aipol test` asks it: a test that can not run has failed.
  std::optional<std::string> failing_test(Compilation& compilation) {
    std::vector<plan::Test> tests = std::move(compilation.tests);
    std::erase_if(tests, [&](const plan::Test& test) { return !options_.selected(test); });
    auto program = decision::Program::load(
        std::move(compilation.plan), compilation.layout,
        {std::move(compilation.native.stages), std::move(compilation.native.values),
         std::move(compilation.native.memory)});
    if (!program) return program.error().message;
    auto assets = enforce::load_assets((*program)->plan(), options_.folder);
    if (!assets) return assets.error().message;
    testing::TestRunner runner(*program, *assets, {});
    for (const plan::Test& test : tests) {
      if (!runner.run(test).passed()) return test.name;
    }
    return std::nullopt;
  }

  const source::Files& files_;
  const ScoreOptions& options_;
  Score& score_;
  std::atomic<size_t> next_ = 0;
  std::mutex mutex_;
  std::set<std::string> seen_;         // versions of plans
  std::vector<std::string> versions_;  // by mutant
};

}  // namespace

size_t Score::count(Kind kind) const {
  return static_cast<size_t>(std::ranges::count(verdicts, kind, &Verdict::kind));
}

double Score::percent() const {
  size_t killed = count(Kind::killed), could_be = killed + count(Kind::survived);
  return could_be == 0 ? 100 : 100 * static_cast<double>(killed) / static_cast<double>(could_be);
}

Score measure(const source::Files& files, Mutants mutants, std::string_view version,
              const ScoreOptions& options) {
  Score score{std::move(mutants), {}};
  score.verdicts.resize(score.mutants.size());
  Measurement measurement(files, version, options, score);
  {
    std::vector<std::jthread> others;
    for (unsigned job = 1; job < std::min<size_t>(options.jobs, score.mutants.size()); ++job)
      others.emplace_back([&measurement, job] { measurement.work(job); });
    measurement.work(0);
  }
  measurement.settle();
  return score;
}

}  // namespace aipol::mutation
