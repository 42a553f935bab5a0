#include "runtime/audit/meter_key.h"

#include <fmt/format.h>

#include <bit>

#include "plan/ip.h"

namespace aipol::audit {

namespace {

uint64_t take_word(std::string_view& key) {
  uint64_t word = 0;
  for (size_t i = 0; i < 8; ++i)
    word = word << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0);
  key.remove_prefix(std::min<size_t>(8, key.size()));
  return word;
}

std::string_view take_text(std::string_view& key) {
  uint64_t size = take_word(key);
  std::string_view text = key.substr(0, std::min<uint64_t>(size, key.size()));
  key.remove_prefix(text.size());
  return text;
}

const plan::Enumeration* enumeration_of(const plan::Plan& plan, const plan::Node& node) {
  if (node.op != plan::Op::source) return nullptr;
  uint32_t number = plan.sources[node.payload].enumeration;
  return number < plan.enumerations.size() ? &plan.enumerations[number] : nullptr;
}

void append_integer(std::string& out, const plan::Enumeration* names, uint64_t word) {
  if (names != nullptr && word < names->members.size())
    out += names->members[word];
  else
    fmt::format_to(std::back_inserter(out), "{}", static_cast<int64_t>(word));
}

void append_list(std::string& out, const plan::Enumeration* names, plan::Rep rep,
                 std::string_view& key) {
  out += '[';
  uint64_t count = take_word(key);
  for (uint64_t i = 0; i < count && !key.empty(); ++i) {
    if (i > 0) out += ", ";
    if (rep == plan::Rep::texts)
      out += take_text(key);
    else
      append_integer(out, names, take_word(key));
  }
  out += ']';
}

void append_value(std::string& out, const plan::Plan& plan, const plan::Node& node,
                  std::string_view& key) {
  const plan::Enumeration* names = enumeration_of(plan, node);
  switch (node.rep) {
    case plan::Rep::boolean:
      out += key.starts_with('\1') ? "true" : "false";
      return key.remove_prefix(key.empty() ? 0 : 1);
    case plan::Rep::integer:
      return append_integer(out, names, take_word(key));
    case plan::Rep::real:
      fmt::format_to(std::back_inserter(out), "{}", std::bit_cast<double>(take_word(key)));
      return;
    case plan::Rep::ip: {
      uint64_t high = take_word(key);
      out += plan::format_ip({high, take_word(key)});
      return;
    }
    case plan::Rep::text:
      out += take_text(key);
      return;
    default:
      return append_list(out, names, node.rep, key);
  }
}

}  // namespace

void append_meter_key(std::string& out, const plan::Plan& plan, const plan::Meter& meter,
                      std::string_view key) {
  for (size_t i = 0; i < meter.keys.size(); ++i) {
    if (i > 0) out += ", ";
    append_value(out, plan, plan.code[meter.keys[i]], key);
  }
}

}  // namespace aipol::audit
