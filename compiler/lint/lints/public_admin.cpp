// The administration's address reachable from other machines.
#include "compiler/lint/walk.h"

namespace aipol::lint {

void public_admin(Context& context) {
  each_declared<ast::BlockDeclaration>(context, [&](const auto&, const auto& block) {
    if (block.keyword.text != "gateway") return;
    ExpressionPtr admin = setting(block.settings, "admin");
    const std::string* address = admin == nullptr ? nullptr : literal_text(*admin);
    if (address == nullptr) return;
    bool all = address->starts_with("0.0.0.0:") || address->starts_with("[::]:") ||
               address->starts_with(':') || address->starts_with("*:");
    if (!all) return;
    context.report(admin->span, "every machine that reaches this one can administer the gateway")
        .help("listen on the machine itself: `\"127.0.0.1{}\"`",
              address->substr(address->rfind(':')));
  });
}

}  // namespace aipol::lint
