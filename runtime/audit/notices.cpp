#include "runtime/audit/notices.h"

#include <initializer_list>
#include <utility>

#include "base/json_text.h"
#include "runtime/audit/call_fields.h"

namespace aipol::audit {

namespace {

// A record with counts, in their order.
std::string record_of(std::string_view kind, int64_t time_ns,
                      std::initializer_list<std::pair<std::string_view, uint64_t>> counts) {
  std::string text;
  JsonWriter out(text);
  open_record(out, text, kind, time_ns);
  for (const auto& [name, count] : counts) out.number(name, static_cast<int64_t>(count));
  out.close('}');
  return text;
}

}  // namespace

std::string shed_record(int64_t time_ns, uint64_t count) {
  return record_of("shed", time_ns, {{"count", count}});
}

std::string resumed_record(int64_t time_ns, uint64_t cut_bytes, uint64_t missing) {
  return record_of("resumed", time_ns, {{"cut_bytes", cut_bytes}, {"missing", missing}});
}

std::string_view kind_of(std::string_view record) {
  constexpr std::string_view member = R"("kind":")";
  size_t at = record.substr(0, 256).find(member);
  if (at == record.npos) return {};
  record.remove_prefix(at + member.size());
  return record.substr(0, std::min<size_t>(record.find('"'), 32));
}

}  // namespace aipol::audit
