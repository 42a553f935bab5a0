#include "runtime/identity/client_address.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/text.h"
#include "plan/ip.h"

namespace aipol::identity {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr size_t most_entries = 32;
constexpr size_t most_bytes = 8 * 1024;

std::string_view trim(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

// Takes the entry behind the last comma off `list`, none where `list` has no more. Commas in quotes
// are no commas. Quotes are looked for from the right, so that one which a client has left open can
// not swallow what proxies have added behind.
std::optional<std::string_view> take_last(std::optional<std::string_view>& list) {
  if (!list) return std::nullopt;
  bool quoted = false;
  for (size_t i = list->size(); i-- > 0;) {
    const char c = (*list)[i];
    if (c == '"') quoted = !quoted;
    if (c != ',' || quoted) continue;
    const std::string_view entry = list->substr(i + 1);
    list = list->substr(0, i);
    return trim(entry);
  }
  const std::string_view entry = *list;
  list.reset();
  return trim(entry);
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// 192.0.2.1, 192.0.2.1:443, 2001:db8::1, [2001:db8::1], [2001:db8::1]:443
std::optional<plan::Ip> parse_node(std::string_view text) {
  if (text.starts_with('[')) {
    const size_t close = text.find(']');
    if (close == text.npos) return std::nullopt;
    const std::string_view rest = text.substr(close + 1);
    if (!rest.empty() && !(rest.starts_with(':') && is_port(rest.substr(1)))) return std::nullopt;
    return plan::parse_ip(text.substr(1, close - 1));
  }
  if (std::ranges::count(text, ':') == 1) {
    const size_t colon = text.find(':');
    if (!is_port(text.substr(colon + 1))) return std::nullopt;
    text = text.substr(0, colon);
  }
  return plan::parse_ip(text);
}

// The `for` of an element of `forwarded`: for="[2001:db8::1]:4711";proto=https
std::optional<plan::Ip> parse_element(std::string_view element) {
  std::optional<plan::Ip> found;
  while (!element.empty()) {
    const size_t end = std::min(element.find(';'), element.size());
    const std::string_view pair = trim(element.substr(0, end));
    element.remove_prefix(std::min(end + 1, element.size()));
    const size_t equals = pair.find('=');
    if (equals == pair.npos || lower_ascii(pair.substr(0, equals)) != "for") continue;
    std::string_view value = pair.substr(equals + 1);
    if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"'))
      value = value.substr(1, value.size() - 2);
    if (found) return std::nullopt;
    found = parse_node(value);
    if (!found) return std::nullopt;
  }
  return found;
}

// Follows the entries of one header's fields from the last to the first.
class Walk {
 public:
  Walk(const plan::Ip& peer, const std::vector<plan::Network>& trusted)
      : at_(peer), trusted_(trusted) {}

  plan::Ip along(const Headers& headers, std::string_view name,
                 std::optional<plan::Ip> (*parse)(std::string_view)) {
    for (auto field = headers.rbegin(); field != headers.rend(); ++field) {
      if (field->first != name) continue;
      const std::string_view value = field->second;
      std::optional<std::string_view> list =
          value.substr(value.size() - std::min(value.size(), most_bytes));
      while (const auto entry = take_last(list)) {
        const bool cut_off = !list && value.size() > most_bytes;
        if (cut_off || !trusts(at_) || ++entries_ > most_entries) return at_;
        const auto ip = parse(*entry);
        if (!ip) return at_;
        at_ = *ip;
      }
    }
    return at_;
  }

 private:
  bool trusts(const plan::Ip& ip) const {
    return std::ranges::any_of(
        trusted_, [&](const plan::Network& network) { return plan::contains(network, ip); });
  }

  plan::Ip at_;
  const std::vector<plan::Network>& trusted_;
  size_t entries_ = 0;
};

}  // namespace

plan::Ip client_address(const plan::Ip& peer, const Headers& headers,
                        const std::vector<plan::Network>& trusted) {
  if (trusted.empty()) return peer;
  Walk walk(peer, trusted);
  constexpr std::string_view usual = "x-forwarded-for";
  const bool has = std::ranges::find(headers, usual, &Headers::value_type::first) != headers.end();
  return has ? walk.along(headers, usual, parse_node)
             : walk.along(headers, "forwarded", parse_element);
}

}  // namespace aipol::identity
