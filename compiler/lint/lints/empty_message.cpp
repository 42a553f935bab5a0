// A refusal with an empty message: the caller learns nothing.
#include "compiler/lint/walk.h"

namespace aipol::lint {

void empty_message(Context& context) {
  for (std::string_view effect : {"deny", "require"}) {
    each_statement(context, effect, [&](const auto&, const ast::Statement& statement) {
      for (const ast::Part& part : statement.parts) {
        for (ExpressionPtr value : part.values) {
          const std::string* text = literal_text(*value);
          if (text == nullptr || text->find_first_not_of(" \t\n") != std::string::npos) continue;
          context.report(value->span, "the message is empty")
              .help("say what is missing, or leave the message out");
        }
      }
    });
  }
}

}  // namespace aipol::lint
