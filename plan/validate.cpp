#include "plan/validate.h"

#include <fmt/format.h>

#include "plan/loops.h"
#include "stdlib/native/natives.h"

namespace aipol::plan {

namespace {

struct Row {
  std::string_view name, arguments;
  char result;
};
constexpr Row rows[] = {
#define OPERATION(name, arguments, result) {#name, arguments, result},
#include "plan/operations.def"
#undef OPERATION
};
static_assert(std::size(rows) == op_count);

bool fits(char letter, Rep rep) {
  switch (letter) {
    case 'b': return rep == Rep::boolean;
    case 'i': return rep == Rep::integer;
    case 'r': return rep == Rep::real;
    case 't': return rep == Rep::text;
    case 'p': return rep == Rep::ip;
    case 'T': return rep == Rep::texts;
    case 'I': return rep == Rep::integers;
    case 'h': return rep == Rep::handle;
    case 'n': return rep == Rep::integer || rep == Rep::real;
    case 'o': return rep == Rep::integer || rep == Rep::real || rep == Rep::text;
    case 'l': return rep == Rep::texts || rep == Rep::integers;
    case 'L': return rep == Rep::texts || rep == Rep::integers || rep == Rep::records;
    case 'm': return rep == Rep::text || rep == Rep::integer;
    case 'x': return rep != Rep::records && rep != Rep::handle;
    default: return true;
  }
}

// Lists of booleans, reals, addresses and lists lie in memory as those of integers do.
bool is_cell_of(Rep list, Rep item) {
  if (list == Rep::texts) return item == Rep::text;
  return item != Rep::text && item != Rep::records && item != Rep::handle;
}

bool holds(Rep rep, const Constant& constant) {
  switch (rep) {
    case Rep::boolean: return std::holds_alternative<bool>(constant);
    case Rep::integer: return std::holds_alternative<int64_t>(constant) || std::holds_alternative<IntegerRange>(constant);
    case Rep::real: return std::holds_alternative<double>(constant);
    case Rep::text: return std::holds_alternative<std::string>(constant);
    case Rep::ip: return std::holds_alternative<Ip>(constant) || std::holds_alternative<Network>(constant);
    case Rep::texts: return std::holds_alternative<std::vector<std::string>>(constant);
    case Rep::integers: return std::holds_alternative<std::vector<int64_t>>(constant);
    case Rep::records:
    case Rep::handle: return false;
  }
  return false;
}

class Validator {
 public:
  explicit Validator(const Plan& plan) : plan_(plan), open_(plan.code.size()), depths_(plan.code.size()) {}

  std::optional<std::string> check() {
    for (NodeId id = 0; id < plan_.code.size(); ++id) {
      const char* wrong = check_node(id);
      if (wrong != nullptr) return fmt::format("node {} ({}): {}", id, row(id).name, wrong);
    }
    for (size_t i = 0; i < plan_.sources.size(); ++i) {
      const Source& source = plan_.sources[i];
      if (!source.fallback) continue;
      if (source.optional || !holds(source.rep, *source.fallback)) return fmt::format("source {}: fallback", i);
    }
    return check_stages();
  }

 private:
  const Row& row(NodeId id) const { return rows[static_cast<size_t>(plan_.code[id].op)]; }
  Rep rep(NodeId id, size_t argument) const { return plan_.code[plan_.code.argument(id, argument)].rep; }

  const Constant* constant(NodeId id, size_t argument) const {
    const Node& node = plan_.code[plan_.code.argument(id, argument)];
    return node.op == Op::constant ? &plan_.constants[node.payload] : nullptr;
  }

  const char* check_node(NodeId id) {
    const Node& node = plan_.code[id];
    if (node.op >= Op::parameter) return "not for plans";
    for (NodeId argument : plan_.code.arguments(id)) {
      if (argument >= id) return "an argument behind its operation";
      depths_[id] = std::max(depths_[id], depths_[argument] + 1);
    }
    if (depths_[id] > most_depth) return "too deep";
    if (const char* wrong = check_arguments(id)) return wrong;
    open_[id] = open_levels(plan_.code, id, open_);
    if (const char* wrong = check_result(id)) return wrong;
    return check_payload(id);
  }

  const char* check_arguments(NodeId id) const {
    std::string_view letters = row(id).arguments;
    if (letters == "?") return nullptr;
    bool more = letters.ends_with('+');
    if (more) letters.remove_suffix(1);
    size_t count = plan_.code[id].count;
    if (more ? count < letters.size() : count != letters.size()) return "number of arguments";
    for (size_t i = 0; i < count; ++i) {
      char letter = letters[std::min(i, letters.size() - 1)];
      if (!fits(letter, rep(id, i))) return "representation of an argument";
      size_t first = letters.find(letter);
      if (letter != 'C' && first < i && rep(id, i) != rep(id, first)) return "arguments of different representations";
      if (letter == 'C' && constant(id, i) == nullptr) return "argument must be constant";
    }
    return nullptr;
  }

  const char* check_result(NodeId id) const {
    const Node& node = plan_.code[id];
    char result = row(id).result;
    if (result == 'e') return is_cell_of(rep(id, 0), node.rep) ? nullptr : "representation of the item";
    if (result != '=') return fits(result, node.rep) ? nullptr : "representation of the result";
    bool leaf = node.op == Op::constant || node.op == Op::source || node.op == Op::call || node.op == Op::list;
    if (leaf) return nullptr;
    return rep(id, node.op == Op::select ? 1 : 0) == node.rep ? nullptr : "representation of the result";
  }

  const char* check_payload(NodeId id) const {
    const Node& node = plan_.code[id];
    switch (node.op) {
      case Op::constant:
        if (node.payload >= plan_.constants.size()) return "no such constant";
        return holds(node.rep, plan_.constants[node.payload]) ? nullptr : "constant of another representation";
      case Op::source:
        if (node.payload >= plan_.sources.size()) return "no such source";
        return plan_.sources[node.payload].rep == node.rep ? nullptr : "source of another representation";
      case Op::has: return node.payload < plan_.sources.size() ? nullptr : "no such source";
      case Op::call: return check_call(id);
      case Op::list: return check_list(id);
      case Op::any_of:
      case Op::all_of:
      case Op::count_of:
      case Op::item: return check_levels(id);
      default: return check_constant(id);
    }
  }

  const char* check_call(NodeId id) const {
    const Node& node = plan_.code[id];
    if (node.payload >= plan_.natives.size()) return "no such native";
    const native::Native* native = native::find(plan_.natives[node.payload]);
    if (native == nullptr) return "native of an unknown symbol";
    if (native->arguments.size() != node.count || !fits(native->result, node.rep)) return "native's signature";
    for (size_t i = 0; i < node.count; ++i) {
      if (!fits(native->arguments[i], rep(id, i))) return "native's signature";
    }
    return nullptr;
  }

  const char* check_list(NodeId id) const {
    const Node& node = plan_.code[id];
    if (!fits('l', node.rep)) return "representation of the result";
    for (size_t i = 0; i < node.count; ++i) {
      if (rep(id, i) != (node.rep == Rep::texts ? Rep::text : Rep::integer)) return "representation of a member";
    }
    return nullptr;
  }

  // Within a loop there are items of its own level and of those below; around it only these.
  const char* check_levels(NodeId id) const {
    const Node& node = plan_.code[id];
    if (node.payload >= most_levels) return "level";
    auto reads_from = [&](size_t argument, uint32_t level) { return open_[plan_.code.argument(id, argument)] >> level != 0; };
    if (reads_from(0, node.payload)) return "a list that depends on its own items";
    if (node.op != Op::item && reads_from(1, node.payload + 1)) return "an item of a loop within the body";
    return nullptr;
  }

  const char* check_constant(NodeId id) const {
    const Node& node = plan_.code[id];
    auto second = [&]<class T>(T*) {
      const Constant* value = constant(id, 1);
      return value != nullptr && std::holds_alternative<T>(*value) ? nullptr : "constant of another kind";
    };
    switch (node.op) {
      case Op::divide:
      case Op::remainder: {
        const Constant& value = *constant(id, 1);
        if (!holds(node.rep, value)) return "divisor of another representation";
        return value == Constant(int64_t{0}) || value == Constant(0.0) ? "division by zero" : nullptr;
      }
      case Op::in_set: return rep(id, 0) == Rep::text ? second((std::vector<std::string>*)nullptr)
                                                      : second((std::vector<int64_t>*)nullptr);
      case Op::has_member: return (rep(id, 0) == Rep::texts) == (rep(id, 1) == Rep::text) ? nullptr : "member";
      case Op::in_range: return second((IntegerRange*)nullptr);
      case Op::in_network: return second((Network*)nullptr);
      case Op::on_path: return second((std::vector<std::string>*)nullptr);
      case Op::like:
      case Op::matches: return second((std::string*)nullptr);
      default: return nullptr;
    }
  }

  std::optional<std::string> check_stages() const {
    std::vector<bool> seen(plan_.statements.size());
    for (const Stage& stage : plan_.stages) {
      for (uint32_t number : stage.statements) {
        if (number >= seen.size()) return fmt::format("no statement {}", number);
        if (seen[number]) return fmt::format("statement {} is staged twice", number);
        seen[number] = true;
        if (const char* wrong = check_statement(plan_.statements[number])) {
          return fmt::format("statement {}: {}", number, wrong);
        }
      }
      if (const char* wrong = check_computed(stage)) return fmt::format("computed values: {}", wrong);
    }
    for (size_t i = 0; i < plan_.meters.size(); ++i) {
      if (const char* wrong = check_meter(plan_.meters[i])) return fmt::format("meter {}: {}", i, wrong);
    }
    return {};
  }

  const char* check_computed(const Stage& stage) const {
    for (size_t i = 0; i < stage.computed.size(); ++i) {
      if (i > 0 && stage.computed[i - 1] >= stage.computed[i]) return "not ascending";
      if (!stands_alone(stage.computed[i])) return "no such node, or one of a loop";
      if (plan_.code[stage.computed[i]].op == Op::constant) return "a constant";
    }
    return nullptr;
  }

  const char* check_meter(const Meter& meter) const {
    for (NodeId key : meter.keys) {
      if (!stands_alone(key)) return "key";
    }
    if (meter.where != no_node && !stands_alone(meter.where, Rep::boolean)) return "where";
    if (meter.sum == no_node) return meter.measure == Measure::sum ? "no sum" : nullptr;
    return stands_alone(meter.sum, Rep::integer) || stands_alone(meter.sum, Rep::real) ? nullptr : "sum";
  }

  const char* check_statement(const Statement& statement) const {
    if (!stands_alone(statement.guard, Rep::boolean)) return "guard";
    if (statement.message != no_node && !stands_alone(statement.message, Rep::text)) return "message";
    for (const Condition& condition : statement.conditions) {
      if (!stands_alone(condition.node, Rep::boolean)) return "condition";
    }
    for (const Argument& argument : statement.arguments) {
      for (NodeId value : argument.values) {
        if (!stands_alone(value)) return "argument";
      }
    }
    return nullptr;
  }

  // Of the representation, or of any; no item of a loop is left open.
  bool stands_alone(NodeId node) const { return node < plan_.code.size() && open_[node] == 0; }
  bool stands_alone(NodeId node, Rep rep) const { return stands_alone(node) && plan_.code[node].rep == rep; }

  const Plan& plan_;
  std::vector<Levels> open_;
  std::vector<uint32_t> depths_;
};

}  // namespace

std::optional<std::string> validate(const Plan& plan) { return Validator(plan).check(); }

}  // namespace aipol::plan
