// Calls of native functions on constants: pure functions, so that their values are known at once.
#include <bit>

#include "compiler/ir/fold.h"
#include "compiler/types/representation.h"
#include "plan/interpret.h"
#include "stdlib/native/cells.h"

namespace aipol::ir {

using plan::Constant;
using plan::Rep;

namespace {

constexpr size_t longest =
    64 << 10;  // bytes of texts: constants of constants could grow without end

// What no constant of that representation can be is left to be computed.
std::optional<Constant> constant_of(Rep rep, const AipolCell& cell) {
  switch (rep) {
    case Rep::boolean:
      return cell.a != 0;
    case Rep::integer:
      return native::integer_of(cell);
    case Rep::real:
      return native::real_of(cell);
    case Rep::text:
      return std::string(native::text_of(cell));
    case Rep::ip:
      return plan::Ip{cell.a, cell.b};
    case Rep::texts: {
      std::vector<std::string> texts;
      for (const AipolCell& item : native::list_of(cell)) texts.emplace_back(native::text_of(item));
      return texts;
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<Constant> fold_call(const std::string& symbol, types::TypePtr type,
                                  const std::vector<ExpressionPtr>& arguments) {
  plan::Plan plan;
  std::vector<plan::NodeId> nodes;
  size_t length = 0;
  for (ExpressionPtr argument : arguments) {
    if (argument->constant() == nullptr) return std::nullopt;
    const auto* text = std::get_if<std::string>(argument->constant());
    length += text == nullptr ? 0 : text->size();
    if (length > longest) return std::nullopt;
    auto number = static_cast<uint32_t>(plan.constants.size());
    plan.constants.push_back(*argument->constant());
    nodes.push_back(plan.code.add(plan::Op::constant, types::rep_of(argument->type), number));
  }
  plan.natives.push_back(symbol);
  Rep rep = types::rep_of(type);
  plan::NodeId call = plan.code.add(plan::Op::call, rep, 0, nodes);
  return constant_of(rep, plan::Interpreter(plan).value(call, {}));
}

}  // namespace aipol::ir
