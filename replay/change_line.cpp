#include "replay/change_line.h"

#include "base/civil.h"
#include "base/json_text.h"

namespace aipol::replay {

namespace {

void append_side(JsonWriter& out, std::string_view name, const ChangeLine::Side& side) {
  out.open(name, '{');
  out.text("decision", side.answer.allowed ? "allow" : "deny");
  if (!side.answer.allowed) out.number("status", side.answer.status);
  out.text_if_any("policy", side.answer.policy);
  out.text_if_any("statement", side.answer.statement);
  out.text_if_any("model", side.target);
  if (side.usd) out.billionths("usd", *side.usd);
  out.close('}');
}

}  // namespace

void append_line(std::string& text, const ChangeLine& change) {
  {
    JsonWriter out(text);
    out.open('{');
    out.text("file", change.file);
    out.number("line", static_cast<int64_t>(change.line));
    out.text_if_any("id", change.id);
    if (change.time != 0) out.text("time", format_time(change.time));
    out.text("how", change.how);
    if (change.missing.empty()) {
      append_side(out, "from", change.from);
      append_side(out, "to", change.to);
    }
    out.texts_if_any("missing", change.missing);
    if (change.tokens) out.number("tokens", *change.tokens);
    out.close('}');
  }
  text += '\n';
}

}  // namespace aipol::replay
