#include "plan/interpret.h"

#include <bit>

#include "plan/interpreter_frame.h"

namespace aipol::plan {

namespace {

// In the order of Op.
constexpr Operation operations[] = {
    interpret_constant,   interpret_source,     interpret_has,        interpret_logical_not, interpret_logical_and,
    interpret_logical_or, interpret_select,     interpret_equal,      interpret_less,        interpret_less_equal,
    interpret_add,        interpret_subtract,   interpret_multiply,   interpret_divide,      interpret_remainder,
    interpret_negate,     interpret_to_real,    interpret_to_integer, interpret_in_set,      interpret_has_member,
    interpret_contains_all, interpret_intersects, interpret_size,     interpret_in_range,    interpret_in_network,
    interpret_on_path,    interpret_like,       interpret_matches,    interpret_call,        interpret_list,
    interpret_any_of,     interpret_all_of,     interpret_count_of,   interpret_item,
};
static_assert(std::size(operations) == static_cast<size_t>(Op::parameter));

}  // namespace

AipolCell Frame::value(NodeId node) {
  if (known[node]) return *known[node];
  AIPOL_CHECK(plan.code[node].op < Op::parameter, "plans have no operations of shapes");
  AipolCell result = operations[static_cast<size_t>(plan.code[node].op)](*this, node);
  known[node] = result;
  if (open[node] != 0) held[static_cast<size_t>(std::bit_width(open[node]) - 1)].push_back(node);
  else touched.push_back(node);
  return result;
}

void Frame::forget(uint32_t level) {
  for (NodeId node : held[level]) known[node].reset();
  held[level].clear();
}

struct Interpreter::State {
  Frame frame;

  void begin(const Facts& facts) {
    frame.facts = &facts;
    frame.scratch.reset();
    // Evaluating a guard costs what it reads, not what the whole set holds.
    for (NodeId node : frame.touched) frame.known[node].reset();
    frame.touched.clear();
    for (uint32_t level = 0; level < frame.held.size(); ++level) frame.forget(level);
    frame.known.resize(frame.plan.code.size());
  }
};

Interpreter::Interpreter(const Plan& plan)
    : state_(new State{.frame = {.plan = plan,
                                 .defaults = Defaults(plan),
                                 .store = {},
                                 .constants = {},
                                 .natives = {},
                                 .patterns = {},
                                 .globs = {},
                                 .open = open_levels(plan.code),
                                 .scratch = {},
                                 .known = {},
                                 .touched = {},
                                 .at = {},
                                 .held = {}}}) {
  for (const Constant& constant : plan.constants) state_->frame.constants.push_back(state_->frame.store.cell(constant));
  for (const std::string& symbol : plan.natives) {
    state_->frame.natives.push_back(native::find(symbol));
    AIPOL_CHECK(state_->frame.natives.back() != nullptr, "a plan names natives that exist");
  }
}

Interpreter::~Interpreter() = default;

std::vector<NodeId> Interpreter::holding(std::span<const NodeId> nodes, const Facts& facts, size_t most) {
  state_->begin(facts);
  std::vector<NodeId> result;
  for (NodeId node : nodes) {
    if (result.size() == most) break;
    if (state_->frame.truth(node)) result.push_back(node);
  }
  return result;
}

std::vector<uint32_t> Interpreter::fired(const Stage& stage, const Facts& facts) {
  state_->begin(facts);
  std::vector<uint32_t> result;
  for (uint32_t statement : stage.statements) {
    if (state_->frame.truth(state_->frame.plan.statements[statement].guard)) result.push_back(statement);
  }
  std::ranges::sort(result);
  return result;
}

AipolCell Interpreter::value(NodeId node, const Facts& facts) {
  state_->begin(facts);
  return state_->frame.value(node);
}

std::string Interpreter::message(const Statement& statement, const Facts& facts) {
  if (statement.message == no_node) return {};
  return std::string(native::text_of(value(statement.message, facts)));
}

}  // namespace aipol::plan
