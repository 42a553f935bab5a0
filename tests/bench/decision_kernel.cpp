// Decisions per second of native code at 10 to 100,000 rules, from ready columns and from facts, beside an index written
// by hand in C++; and what compiling costs. Usage: bench_decision_kernel [fast|good] [RULES…]
#include <fmt/format.h>

#include <array>
#include <deque>

#include "compiler/index/index.h"
#include "compiler/jit/jit.h"
#include "compiler/lower/lower.h"
#include "runtime/abi/scratch.h"
#include "runtime/context/columns.h"
#include "runtime/decision/tables.h"
#include "tests/support/hand_indexed.h"
#include "tests/support/timing.h"
#include "tests/support/workload_plan.h"

namespace aipol::bench {

namespace {

constexpr uint32_t request_count = 10'000;

double cpu_ms() { return thread_ns() / 1e6; }

struct Compiled {
  plan::Layout layout;
  compiler::NativeCode code;
  std::unique_ptr<const decision::Tables> tables;
  std::unique_ptr<context::ColumnMaker> maker;
};

Compiled compile(const plan::Plan& plan, compiler::Tier tier) {
  Compiled made;
  double start = cpu_ms();
  made.layout = compiler::index(plan);
  double indexed = cpu_ms();
  auto lowered = compiler::lower(plan, made.layout);
  double lower = cpu_ms();
  auto object = compiler::assemble(std::move(lowered), tier);
  double assembled = cpu_ms();
  made.code = compiler::load(*object, tier, made.layout).value();
  double loaded = cpu_ms();
  made.tables = std::move(decision::Tables::build(plan, made.layout[0]).value());
  made.maker = std::make_unique<context::ColumnMaker>(plan, made.layout[0]);
  double end = cpu_ms();
  fmt::print("  compile {:.2f} ms: index {:.2f}, lower {:.2f}, assemble {:.2f}, load {:.2f}, tables {:.2f}; {} groups, {} shapes, {} columns\n",
             end - start, indexed - start, lower - indexed, assembled - lower, loaded - assembled, end - loaded,
             made.layout[0].groups.size(), made.layout[0].shapes.size(), made.layout[0].columns.size());
  return made;
}

// The columns of all requests side by side, as numbers lie in the requests of the index by hand.
class ReadyColumns {
 public:
  void add(const plan::StageLayout& layout, const AipolCell* columns) {
    width_ = layout.columns.size();
    for (size_t i = 0; i < width_; ++i) {
      AipolCell cell = columns[i];
      if (layout.columns[i].kind == plan::Column::Kind::symbols) {
        auto* numbers = reinterpret_cast<const uint32_t*>(cell.a);
        auto& kept = numbers_.emplace_back();
        std::copy(numbers, numbers + cell.b, kept.begin());
        cell.a = reinterpret_cast<uint64_t>(kept.data());
      }
      cells_.push_back(cell);
    }
  }
  const AipolCell* of(size_t request) const { return cells_.data() + request * width_; }

 private:
  size_t width_ = 0;
  std::vector<AipolCell> cells_;
  std::deque<std::array<uint32_t, 8>> numbers_;
};

bool allows(const plan::Plan& plan, const AipolFired& fired) {
  bool allowed = false;
  for (uint64_t i = 0; i < fired.count; ++i) {
    if (plan.statements[fired.statements[i]].effect != plan::Effect::allow) return false;
    allowed = true;
  }
  return allowed;
}

void run(uint32_t rules, compiler::Tier tier) {
  Workload workload = make_workload(rules, request_count);
  plan::Plan plan = make_plan(workload);
  fmt::print("{} rules\n", rules);
  Compiled compiled = compile(plan, tier);
  HandIndexed hand(workload);
  std::vector<Numbered> numbered;
  std::vector<Named> named;
  AipolScratch store;
  context::ColumnBuffer buffer;
  std::vector<plan::Facts> facts;
  ReadyColumns columns;
  for (uint32_t i = 0; i < request_count; ++i) {
    numbered.push_back(HandIndexed::numbered(workload, workload.requests[i]));
    named.push_back(HandIndexed::named(workload, workload.requests[i]));
    facts.push_back(make_facts(workload, workload.requests[i], store));
    columns.add(compiled.layout[0], compiled.maker->fill(facts.back(), buffer));
  }
  AipolScratch scratch;
  std::vector<uint32_t> statements(rules + 1);
  AipolFired fired{statements.data(), 0};
  AipolStage stage = compiled.code.stages[0];
  uint64_t sum = 0, total = 0, allowed = 0, differing = 0;
  for (uint32_t i = 0; i < request_count; ++i) {
    stage(columns.of(i), compiled.tables->abi(), &scratch, &fired);
    total += fired.count;
    bool decision = allows(plan, fired);
    allowed += decision;
    differing += decision != hand.allows(numbered[i]) || decision != hand.allows(named[i]);
  }
  fmt::print("  {} of {} allowed, {:.2f} statements fire on average, {} differ from the index by hand\n", allowed,
             request_count, double(total) / request_count, differing);
  double ready = measure(request_count, [&](size_t i) {
    stage(columns.of(i), compiled.tables->abi(), &scratch, &fired);
    sum += fired.count;
  });
  double ready_hand = measure(request_count, [&](size_t i) { sum += hand.allows(numbered[i]); });
  double from_facts = measure(request_count, [&](size_t i) {
    stage(compiled.maker->fill(facts[i], buffer), compiled.tables->abi(), &scratch, &fired);
    sum += fired.count;
  });
  double from_names = measure(request_count, [&](size_t i) { sum += hand.allows(named[i]); });
  fmt::print("  from columns {:6.1f} ns   by hand from numbers {:6.1f} ns\n", ready, ready_hand);
  fmt::print("  from facts   {:6.1f} ns   by hand from strings {:6.1f} ns   (sum {})\n", from_facts, from_names, sum & 1);
}

}  // namespace

}  // namespace aipol::bench

int main(int argc, char** argv) {
  auto tier = aipol::compiler::Tier::fast;
  std::vector<uint32_t> sizes;
  for (int i = 1; i < argc; ++i) {
    std::string_view word = argv[i];
    if (word == "good") tier = aipol::compiler::Tier::good;
    else if (word != "fast") sizes.push_back(static_cast<uint32_t>(std::stoul(argv[i])));
  }
  if (sizes.empty()) sizes = {10, 100, 1000, 10'000, 100'000};
  for (uint32_t rules : sizes) aipol::bench::run(rules, tier);
}
