#include <algorithm>

#include "replay/logs/log_format.h"

namespace aipol::replay::logs {

namespace {

constexpr LogFormat formats[] = {
    {"jsonl", is_contract, nullptr},
    {"litellm", is_litellm, translate_litellm},
    {"envoy", is_envoy, translate_envoy},
    {"otlp", is_otlp, translate_otlp},
    {"har", is_har, translate_har},
    {"opa", is_opa, translate_opa},
    {"portkey", is_portkey, translate_portkey},
};

}  // namespace

std::span<const LogFormat> log_formats() { return formats; }

const LogFormat* find_log_format(std::string_view name) {
  const LogFormat* found = std::ranges::find(formats, name, &LogFormat::name);
  return found == std::end(formats) ? nullptr : found;
}

const LogFormat* recognise(const json& document) {
  const json& one = document.is_array() && !document.empty() ? document.front() : document;
  const LogFormat* found =
      std::ranges::find_if(formats, [&](const LogFormat& format) { return format.matches(one); });
  return found == std::end(formats) ? nullptr : found;
}

std::string log_format_names() {
  std::string names;
  for (const LogFormat& format : formats)
    names.append(names.empty() ? "" : ", ").append(format.name);
  return names;
}

// Records of other kinds than the contract's (anchors of an audit log) are told by `v` and `kind`.
bool is_contract(const json& document) {
  if (!document.is_object() || document.empty()) return false;
  if (member(document, "v") != nullptr && text_of(member(document, "kind"))) return true;
  constexpr std::string_view parts[] = {"time",  "request",  "principal", "session", "ai",
                                        "model", "response", "usage",     "system"};
  return std::ranges::all_of(document.items(), [&](const auto& item) {
    return std::ranges::find(parts, item.key()) != std::end(parts);
  });
}

}  // namespace aipol::replay::logs
