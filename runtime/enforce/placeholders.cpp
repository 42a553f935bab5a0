#include "runtime/enforce/placeholders.h"

#include <algorithm>

#include <fmt/format.h>

namespace aipol::enforce {

namespace {

// "pii.email" -> "EMAIL"
std::string kind_of(std::string_view detector) {
  std::string kind(detector.substr(detector.rfind('.') + 1));
  std::ranges::transform(kind, kind.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return kind;
}

}  // namespace

const std::string& Placeholders::stand_in(std::string_view detector, std::string_view text) {
  if (auto known = stand_ins_.find(text); known != stand_ins_.end()) return known->second;
  std::string kind = kind_of(detector);
  std::string made = fmt::format("<{}_{}>", kind, ++counts_[kind]);
  if (!sealed_) {
    originals_.emplace(made, std::string(text));
    longest_ = std::max(longest_, made.size());
  }
  return stand_ins_.emplace(std::string(text), std::move(made)).first->second;
}

std::string Placeholders::restore(std::string_view text) const {
  std::string out;
  while (!text.empty()) {
    size_t begin = std::min(text.find('<'), text.size());
    out += text.substr(0, begin);
    text.remove_prefix(begin);
    size_t end = text.find('>');
    auto found = end == text.npos ? originals_.end() : originals_.find(text.substr(0, end + 1));
    if (found == originals_.end()) {
      out += text.substr(0, 1);
      text.remove_prefix(std::min<size_t>(1, text.size()));
    } else {
      out += found->second;
      text.remove_prefix(end + 1);
    }
  }
  return out;
}

}  // namespace aipol::enforce
