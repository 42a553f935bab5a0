// A network that holds every address.
#include "compiler/lint/walk.h"

namespace aipol::lint {

void whole_network(Context& context) {
  each_node<ast::StringLiteral>(context, [&](const auto& expression, const auto& literal) {
    const std::string& text = literal.value;
    if (!text.ends_with("/0") || text.find_first_of(".:") == std::string::npos) return;
    if (text.find_first_not_of("0123456789abcdefABCDEF.:/") != std::string::npos) return;
    context.report(expression.span, "this network holds every {} address",
                   text.find(':') == std::string::npos ? "IPv4" : "IPv6");
  });
}

}  // namespace aipol::lint
