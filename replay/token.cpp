#include "replay/token.h"

#include <charconv>
#include <cmath>

#include "base/civil.h"

namespace aipol::replay {

namespace {

constexpr double ns_per_second = 1e9, most_seconds = 9e9;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

const char* digits_end(const char* at) {
  while (is_digit(*at)) ++at;
  return at;
}

template <class Number>
bool read_number(std::string_view text, Number& into) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

const char* number_end(const char* at) {
  const char* begin = at;
  if (*at == '-') ++at;
  if (!is_digit(*at)) return begin;
  at = *at == '0' ? at + 1 : digits_end(at);
  if (*at == '.') {
    if (!is_digit(at[1])) return begin;
    at = digits_end(at + 1);
  }
  if (*at == 'e' || *at == 'E') {
    ++at;
    if (*at == '+' || *at == '-') ++at;
    if (!is_digit(*at)) return begin;
    at = digits_end(at);
  }
  return at;
}

bool is_integral(const Token& token) { return token.text.find_first_of(".eE") == token.text.npos; }

bool take(const Token& token, std::string_view& into) {
  into = token.text;
  return token.written == Written::text;
}

bool take(const Token& token, std::string& into) {
  if (token.written != Written::text) return not_simple;
  into.assign(token.text);
  return true;
}

bool take(const Token& token, bool& into) {
  into = token.text == "true";
  return token.written == Written::word && (into || token.text == "false");
}

bool take(const Token& token, int64_t& into) {
  return token.written == Written::number && read_number(token.text, into);
}

bool take(const Token& token, double& into) {
  if (token.written != Written::number) return not_simple;
  if (!is_integral(token)) return read_number(token.text, into) && std::isfinite(into);
  // What is beyond 64 bits with a sign is no plain number.
  int64_t whole = 0;
  bool read = read_number(token.text, whole);
  into = static_cast<double>(whole);
  return read;
}

bool take(const Token& token, plan::Ip& into) {
  std::optional<plan::Ip> ip =
      token.written == Written::text ? plan::parse_ip(token.text) : std::nullopt;
  if (ip) into = *ip;
  return ip.has_value();
}

bool take_within(const Token& token, int64_t least, int64_t most, int64_t& into) {
  return take(token, into) && into >= least && into <= most;
}

bool take_billionths(const Token& token, int64_t& into) {
  double read = 0;
  if (!take(token, read) || std::abs(read) > most_seconds) return not_simple;
  into = std::llround(read * ns_per_second);
  return true;
}

bool take_time(const Token& token, int64_t& into) {
  if (token.written == Written::text) {
    std::optional<int64_t> time = parse_time(token.text);
    if (time) into = *time;
    return time.has_value();
  }
  if (!is_integral(token)) return take_billionths(token, into);
  int64_t seconds = 0;
  constexpr auto most = static_cast<int64_t>(most_seconds);
  if (!take_within(token, -most, most, seconds)) return not_simple;
  into = seconds * static_cast<int64_t>(ns_per_second);
  return true;
}

}  // namespace aipol::replay
