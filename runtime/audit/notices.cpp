#include "runtime/audit/notices.h"

#include "base/civil.h"
#include "base/json_text.h"
#include "runtime/audit/entry.h"

namespace aipol::audit {

namespace {

std::string begin(std::string_view kind, int64_t time_ns) {
  std::string text = R"({"v":)";
  append_json_number(text, version);
  text += R"(,"kind":)";
  append_json_string(text, kind);
  text += R"(,"time":")";
  append_time(text, time_ns);
  return text + '"';
}

void add(std::string& text, std::string_view name, uint64_t value) {
  text += R"(,")";
  text += name;
  text += R"(":)";
  append_json_number(text, static_cast<int64_t>(value));
}

}  // namespace

std::string shed_record(int64_t time_ns, uint64_t count) {
  std::string text = begin("shed", time_ns);
  add(text, "count", count);
  return text + '}';
}

std::string resumed_record(int64_t time_ns, uint64_t cut_bytes, uint64_t missing) {
  std::string text = begin("resumed", time_ns);
  add(text, "cut_bytes", cut_bytes);
  add(text, "missing", missing);
  return text + '}';
}

std::string_view kind_of(std::string_view record) {
  constexpr std::string_view member = R"("kind":")";
  size_t at = record.substr(0, 256).find(member);
  if (at == record.npos) return {};
  record.remove_prefix(at + member.size());
  return record.substr(0, std::min<size_t>(record.find('"'), 32));
}

}  // namespace aipol::audit
