// Prompts and answers kept as they are.
#include "compiler/lint/walk.h"

namespace aipol::lint {

void log_payload_unredacted(Context& context) {
  // `redact logs …` redacts what any statement logs.
  bool redacts = false;
  each_statement(context, "redact", [&](const auto&, const ast::Statement& statement) {
    redacts = redacts || has_word(statement.parts, "logs");
  });
  if (redacts) return;
  each_statement(context, "log", [&](const auto&, const ast::Statement& statement) {
    if (!has_word(statement.parts, "payload") || has_word(statement.parts, "redacted")) return;
    context
        .report(statement.effect.span, "prompts and answers are kept with what is personal in them")
        .help("say what to leave out: `log payload redacted pii`");
  });
}

}  // namespace aipol::lint
