#include "runtime/audit/compared_entry.h"

#include "base/json_text.h"
#include "runtime/audit/call_fields.h"

namespace aipol::audit {

namespace {

void add_side(JsonWriter& out, std::string_view name, const ComparedEntry::Side& side,
              std::string_view version) {
  out.open(name, '{');
  out.text("decision", side.allowed ? "allow" : "deny");
  if (!side.allowed) out.number("status", side.status);
  out.text_if_any("policy", side.policy);
  out.text_if_any("statement", side.statement);
  out.text_if_any("target", side.target);
  out.flag_if_set("cached", side.cached);
  out.texts_if_any("effects", side.effects);
  out.texts_if_any("tags", side.tags);
  out.text("policy_version", version);
  out.close('}');
}

}  // namespace

void append_json(std::string& text, const ComparedEntry& entry) {
  JsonWriter out(text);
  open_record(out, text, "shadow", entry.time_ns);
  out.text("id", entry.id);
  out.text("what", entry.what);
  add_object_of(out, "request", "path", entry.path);
  add_object_of(out, "principal", "id", entry.principal);
  add_object_of(out, "model", "name", entry.model);
  add_side(out, "before", entry.before, entry.version);
  add_side(out, "after", entry.after, entry.shadow_version);
  out.close('}');
}

}  // namespace aipol::audit
