// Decides a translated workload (tests/bench/peers/translate.py): every decision against the
// expected one, then nanoseconds a decision. `./dev bench peers` runs it for every size.
//   bench_peers FOLDER
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <deque>
#include <filesystem>
#include <fstream>

#include "compiler/compile.h"
#include "runtime/abi/scratch.h"
#include "runtime/decision/evaluation.h"
#include "runtime/decision/program.h"
#include "runtime/offline/read_call.h"
#include "runtime/offline/simulation.h"
#include "tests/support/timing.h"

namespace aipol::bench {

namespace {

struct Work {
  std::deque<context::Call> calls;
  std::vector<bool> expected;
};

// The stages of one program over columns that were filled before, and what fired as a decision.
class Kernel {
 public:
  explicit Kernel(const decision::Program& program) : program_(program) {
    for (const plan::Statement& statement : program.plan().statements) {
      refuses_.push_back(plan::refuses(statement.effect));
    }
    fired_.resize(refuses_.size() + 1);
    for (plan::Phase phase : {plan::Phase::head, plan::Phase::body}) {
      if (const auto* stage = program.stage(phase))
        stages_.push_back({stage, program.native().stages[stage->number], {}, 0});
    }
    buffers_.resize(stages_.size());
  }

  // Fills the columns of a call.
  void read(const context::Call& call) {
    scratch_.reset();
    for (size_t i = 0; i < stages_.size(); ++i) read(call, i);
  }

  // Keeps what was read last: lists of numbers move, texts stay where the call has them.
  void keep(const plan::Layout& layout) {
    for (size_t i = 0; i < stages_.size(); ++i) {
      stages_[i].width = buffers_[i].cells.size();
      const auto& columns = layout[stages_[i].stage->number].columns;
      for (size_t column = 0; column < columns.size(); ++column) {
        AipolCell cell = buffers_[i].cells[column];
        if (columns[column].kind == plan::Column::Kind::symbols) {
          auto& kept = numbers_.emplace_back();
          std::copy_n(reinterpret_cast<const uint32_t*>(cell.a), cell.b, kept.begin());
          cell.a = reinterpret_cast<uint64_t>(kept.data());
        }
        stages_[i].kept.push_back(cell);
      }
    }
  }

  // As an evaluation does: a stage is read when it is decided.
  bool decide_call(const context::Call& call) {
    scratch_.reset();
    return decide([&](size_t i) { return read(call, i); });
  }
  bool decide_kept(size_t request) {
    return decide([&](size_t i) { return stages_[i].kept.data() + request * stages_[i].width; });
  }

 private:
  struct Stage {
    const decision::Program::Stage* stage;
    AipolStage code;
    std::vector<AipolCell> kept;
    size_t width;
  };

  const AipolCell* read(const context::Call& call, size_t stage) {
    return stages_[stage].stage->calls->read(call, {}, buffers_[stage], scratch_);
  }

  template <class Columns>
  bool decide(Columns columns) {
    bool allowed = false;
    for (size_t i = 0; i < stages_.size(); ++i) {
      AipolFired fired{fired_.data(), 0};
      stages_[i].code(columns(i), stages_[i].stage->tables->abi(), &scratch_, &fired);
      bool refused = false;
      for (uint64_t k = 0; k < fired.count; ++k) refused |= refuses_[fired.statements[k]];
      if (refused) return false;
      allowed |= fired.count > 0;
    }
    return allowed;
  }

  const decision::Program& program_;
  std::vector<uint8_t> refuses_;
  std::vector<uint32_t> fired_;
  std::vector<Stage> stages_;
  std::vector<context::ColumnBuffer> buffers_;
  std::deque<std::array<uint32_t, 8>> numbers_;
  AipolScratch scratch_;
};

Work read_work(const std::filesystem::path& folder,
               const std::shared_ptr<const decision::Program>& program, size_t& differing) {
  Work work;
  auto simulation = offline::Simulation::make(program, {}, 0).value();
  std::ifstream records(folder / "requests.jsonl"), expected(folder / "expected.txt");
  std::string line;
  for (int wanted = 0; std::getline(records, line) && expected >> wanted;) {
    auto described = offline::read_call(line, program->plan());
    if (!described) throw std::runtime_error(described.error().message);
    differing += simulation->decide(*described).decision.allowed != (wanted == 1);
    work.calls.push_back(std::move(described->call));
    work.expected.push_back(wanted == 1);
  }
  return work;
}

int run(const std::filesystem::path& folder) {
  auto start = std::chrono::steady_clock::now();
  auto compilation =
      compiler::compile({(folder / "policies.aipol").string()}, {.tier = compiler::Tier::good});
  if (!compilation || (*compilation)->failed()) {
    fmt::print(
        "{}: {}\n", folder.string(),
        compilation ? (*compilation)->diagnostics.all()[0].message : compilation.error().message);
    return 1;
  }
  compiler::Compilation& made = **compilation;
  auto program =
      decision::Program::load(std::move(made.plan), made.layout,
                              {made.native.stages, made.native.values, made.native.memory});
  if (!program) return 1;
  auto loaded = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start);
  size_t differing = 0;
  Work work = read_work(folder, *program, differing);
  Kernel kernel(**program);
  for (size_t i = 0; i < work.calls.size(); ++i) {
    kernel.read(work.calls[i]);
    kernel.keep(made.layout);
    differing += kernel.decide_call(work.calls[i]) != work.expected[i] ||
                 kernel.decide_kept(i) != work.expected[i];
  }
  uint64_t sum = 0;
  double ready = measure(work.calls.size(), [&](size_t i) { sum += kernel.decide_kept(i); });
  double strings =
      measure(work.calls.size(), [&](size_t i) { sum += kernel.decide_call(work.calls[i]); });
  // As a gateway has them: it has just read them, so that they are in the processor's caches.
  size_t few = std::min<size_t>(64, work.calls.size());
  double at_hand = measure(few, [&](size_t i) { sum += kernel.decide_call(work.calls[i]); });
  double whole = measure(work.calls.size(), [&](size_t i) {
    decision::Evaluation evaluation(**program, work.calls[i]);
    auto refused = evaluation.head();
    sum += refused ? refused->allowed : evaluation.body().allowed;
  });
  fmt::print("{} policies, text to code in {:.1f} ms, {} requests, {} mismatches\n",
             (*program)->plan().policies.size(), loaded.count(), work.calls.size(), differing);
  fmt::print(
      "  aipol        from columns {:7.1f} ns, from strings {:7.1f} ns ({:.1f} of calls just "
      "read), "
      "with the whole decision {:7.1f} ns{}\n",
      ready, strings, at_hand, whole, sum == 0 ? "." : "");
  return differing == 0 && !work.calls.empty() ? 0 : 1;
}

}  // namespace

}  // namespace aipol::bench

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(
        "peers: skipped, no folder with a translated workload was named (tests/bench/peers/run)\n");
    return 0;
  }
  return aipol::bench::run(argv[1]);
}
