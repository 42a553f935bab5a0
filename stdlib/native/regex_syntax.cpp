#include "stdlib/native/regex_syntax.h"

#include <algorithm>
#include <cctype>

#include "base/text.h"

namespace aipol::native {

namespace {

using Node = RegexNode;
using Kind = RegexNode::Kind;

constexpr int deepest = 1000;  // as RE2 has it
constexpr uint32_t last_code_point = 0x10FFFF;
constexpr std::string_view known_flags = "imsU";

// Bytes of one character.
struct Length {
  uint64_t shortest = 0, longest = 0;
};
constexpr Length any_character{1, 4};

Length either(Length a, Length b) {
  return {std::min(a.shortest, b.shortest), std::max(a.longest, b.longest)};
}
uint64_t sum(uint64_t a, uint64_t b) { return a > Node::endless - b ? Node::endless : a + b; }
uint64_t product(uint64_t a, uint64_t b) {
  uint64_t result = 0;
  return __builtin_mul_overflow(a, b, &result) ? Node::endless : result;
}

bool digit(char c) { return c >= '0' && c <= '9'; }
bool octal(char c) { return c >= '0' && c <= '7'; }

uint64_t bytes_of(uint32_t code_point) {
  return code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
}

// One literal character. Letters that differ only in case can differ in length: k has the sign of
// Kelvin, s a long s.
Length character(uint32_t code_point, bool folded) {
  const uint64_t bytes = bytes_of(code_point);
  if (!folded) return {bytes, bytes};
  if (code_point >= 0x80) return any_character;
  return {1, code_point == 'k' || code_point == 'K'   ? 3u
             : code_point == 's' || code_point == 'S' ? 2u
                                                      : 1u};
}

// A recursive descent that gives up (`unknown_`) at whatever it does not know.
class Reader {
 public:
  explicit Reader(std::string_view pattern) : rest_(pattern) {}

  std::optional<Node> read() {
    Node node = alternatives(0);
    if (unknown_ || !rest_.empty()) return std::nullopt;
    return node;
  }

 private:
  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  Node give_up() {
    unknown_ = true;
    rest_ = {};
    return {};
  }
  bool folded() const { return flags_.contains('i'); }

  // What was read since `before`.
  std::string since(std::string_view before) const {
    return std::string(before.substr(0, before.size() - rest_.size()));
  }
  Node leaf(Kind kind, std::string_view before, Length length = {}) const {
    return {kind, since(before), flags_, length.shortest, length.longest, 0, 0, {}};
  }

  Node alternatives(int depth) {
    if (depth > deepest) return give_up();
    Node all{Kind::choice, {}, {}, 0, 0, 0, 0, {}};
    all.parts.push_back(sequence(depth));
    while (take("|")) all.parts.push_back(sequence(depth));
    if (all.parts.size() == 1) return std::move(all.parts[0]);
    return all;
  }

  Node sequence(int depth) {
    Node all{Kind::sequence, {}, {}, 0, 0, 0, 0, {}};
    while (!rest_.empty() && rest_.front() != '|' && rest_.front() != ')')
      all.parts.push_back(repeated(atom(depth)));
    return all;
  }

  bool repetition_follows() const {
    return !rest_.empty() && std::string_view("*+?{").find(rest_.front()) != std::string_view::npos;
  }

  // What is no part of the expression: a repetition behind it would be one of what stands before.
  Node stands_alone() { return repetition_follows() ? give_up() : Node{}; }

  // Repetitions may stand behind one another: `(a{2}){3}`, also written `a{2}{3}`.
  Node repeated(Node once) {
    for (;;) {
      uint64_t least = 0, most = Node::endless;
      if (take("*"))
        least = 0;
      else if (take("+"))
        least = 1;
      else if (take("?"))
        most = 1;
      else if (!braces(least, most))
        return once;
      take("?");  // lazy: as long at most
      Node again{Kind::repeat, {}, {}, 0, 0, least, most, {}};
      again.parts.push_back(std::move(once));
      once = std::move(again);
    }
  }

  // `{n}`, `{n,}`, `{n,m}`; anything else is the brace itself.
  bool braces(uint64_t& least, uint64_t& most) {
    std::string_view text = rest_;
    auto number = [&](uint64_t& value) {
      if (text.empty() || !digit(text.front())) return false;
      for (value = 0; !text.empty() && digit(text.front()); text.remove_prefix(1))
        value = sum(product(value, 10), static_cast<uint64_t>(text.front() - '0'));
      return true;
    };
    auto sign = [&](char c) { return text.starts_with(c) && (text.remove_prefix(1), true); };
    if (!sign('{') || !number(least)) return false;
    if (!sign(','))
      most = least;
    else if (!number(most))
      most = Node::endless;
    if (!sign('}')) return false;
    rest_ = text;
    return true;
  }

  Node atom(int depth) {
    const std::string_view before = rest_;
    if (take("(")) return group(depth);
    if (take("[")) return bracket(before);
    if (take("\\")) return escape(before);
    if (take("^") || take("$")) return leaf(Kind::nothing, before);
    if (take(".")) return leaf(Kind::character, before, any_character);
    return literal();
  }

  Node literal() {
    const std::string_view before = rest_;
    const auto code_point = next_code_point();
    if (!code_point) return give_up();
    return leaf(Kind::character, before, character(*code_point, folded()));
  }

  std::optional<uint32_t> next_code_point() {
    const size_t bytes = code_point_bytes(rest_);
    if (bytes == 0) return std::nullopt;
    static constexpr uint8_t masks[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t value = static_cast<unsigned char>(rest_[0]) & masks[bytes];
    for (char c : rest_.substr(1, bytes - 1))
      value = value << 6 | (static_cast<unsigned char>(c) & 0x3F);
    rest_.remove_prefix(bytes);
    return value;
  }

  void set_flag(char flag, bool on) {
    if (size_t at = flags_.find(flag); at != flags_.npos) flags_.erase(at, 1);
    if (on) flags_ += flag;
  }

  // `(…)`, `(?:…)`, `(?P<name>…)`, `(?flags:…)`; `(?flags)` holds to the end of the group around
  // it.
  Node group(int depth) {
    const std::string outer = flags_;
    if (take("?P<") || take("?<")) {
      const size_t end = rest_.find('>');
      if (end == rest_.npos) return give_up();
      rest_.remove_prefix(end + 1);
    } else if (take("?")) {
      bool on = true, ended = false;
      for (; !rest_.empty() && !ended; rest_.remove_prefix(1)) {
        const char c = rest_.front();
        if (c == '-')
          on = false;
        else if (known_flags.contains(c))
          set_flag(c, on);
        else if (c == ')' || c == ':')
          ended = true;
        else
          return give_up();
        if (c == ')') return rest_.remove_prefix(1), stands_alone();
      }
      if (!ended) return give_up();
    }
    Node inside = alternatives(depth + 1);
    flags_ = outer;
    return take(")") ? std::move(inside) : give_up();
  }

  Node escape(std::string_view before) {
    if (rest_.empty()) return give_up();
    if (take("Q")) return quoted();
    const char c = rest_.front();
    if (c == 'b' || c == 'B' || c == 'A' || c == 'z')
      return rest_.remove_prefix(1), leaf(Kind::nothing, before);
    if (c == 'C') return rest_.remove_prefix(1), leaf(Kind::character, before, {1, 1});
    if (auto length = character_class()) return leaf(Kind::character, before, *length);
    if (unknown_) return {};
    const auto code_point = escaped_code_point();
    if (!code_point) return give_up();
    return leaf(Kind::character, before, character(*code_point, folded()));
  }

  // `\Q…\E`. A repetition behind it is one of the last character alone.
  Node quoted() {
    Node all{Kind::sequence, {}, {}, 0, 0, 0, 0, {}};
    while (!rest_.empty() && !take("\\E")) {
      all.parts.push_back(literal());
      if (unknown_) return {};
      std::string& text = all.parts.back().text;
      if (text.size() == 1 && std::ispunct(static_cast<unsigned char>(text[0]))) text = "\\" + text;
    }
    if (all.parts.empty()) return stands_alone();
    all.parts.back() = repeated(std::move(all.parts.back()));
    return all;
  }

  // `\d`, `\w`, `\s`, `\pN` and their opposites; behind the backslash.
  std::optional<Length> character_class() {
    const char c = rest_.front();
    if (std::string_view("dws").find(c) != std::string_view::npos)
      return rest_.remove_prefix(1), Length{1, c == 'w' && folded() ? 3u : 1u};
    if (std::string_view("DWS").find(c) != std::string_view::npos)
      return rest_.remove_prefix(1), any_character;
    if (c != 'p' && c != 'P') return std::nullopt;
    rest_.remove_prefix(1);
    if (take("{")) {
      const size_t end = rest_.find('}');
      if (end == rest_.npos) return give_up(), std::nullopt;
      rest_.remove_prefix(end + 1);
    } else if (!next_code_point()) {
      return give_up(), std::nullopt;
    }
    return any_character;
  }

  // Behind the backslash: `n`, `x41`, `x{10FFFF}`, `07`, `123`, or a sign as itself.
  std::optional<uint32_t> escaped_code_point() {
    static constexpr std::string_view names = "aftnrv", values = "\a\f\t\n\r\v";
    const char c = rest_.front();
    if (c == 'x') return hexadecimal();
    if (octal(c) && (c == '0' || (rest_.size() > 1 && octal(rest_[1])))) {
      uint32_t value = 0;
      for (int i = 0; i < 3 && !rest_.empty() && octal(rest_.front()); ++i, rest_.remove_prefix(1))
        value = value * 8 + static_cast<uint32_t>(rest_.front() - '0');
      return value;
    }
    if (const size_t at = names.find(c); at != names.npos)
      return rest_.remove_prefix(1), values[at];
    const bool name = digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return name ? std::nullopt : next_code_point();
  }

  std::optional<uint32_t> hexadecimal() {
    rest_.remove_prefix(1);
    const bool braced = take("{");
    uint32_t value = 0;
    size_t digits = 0;
    for (; !rest_.empty() && std::isxdigit(static_cast<unsigned char>(rest_.front()));
         rest_.remove_prefix(1)) {
      if (!braced && digits == 2) break;
      const char c = rest_.front();
      value = value * 16 + static_cast<uint32_t>(digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
      if (++digits > 8 || value > last_code_point) return std::nullopt;
    }
    if (digits == 0 || (!braced && digits != 2) || (braced && !take("}"))) return std::nullopt;
    return value;
  }

  // Behind `[`: the longest member counts, and of one that is the complement of others any
  // character.
  Node bracket(std::string_view before) {
    const bool opposite = take("^");
    Length all{Node::endless, 0};
    for (bool first = true; first || !rest_.starts_with(']'); first = false) {
      if (rest_.empty()) return give_up();
      all = either(all, member());
      if (unknown_) return {};
    }
    rest_.remove_prefix(1);
    return leaf(Kind::character, before, opposite ? any_character : all);
  }

  Length member() {
    if (rest_.starts_with("[:")) {
      const size_t end = rest_.find(":]");
      if (end == rest_.npos) return give_up(), Length{};
      const bool opposite = rest_.starts_with("[:^");
      rest_.remove_prefix(end + 2);
      return opposite || folded() ? any_character : Length{1, 1};
    }
    const std::string_view before = rest_;
    if (take("\\")) {
      if (rest_.empty()) return give_up(), Length{};
      if (auto length = character_class()) return *length;
      rest_ = before;
    }
    const auto low = bound();
    if (!low) return give_up(), Length{};
    auto high = low;
    if (rest_.starts_with('-') && rest_.size() > 1 && rest_[1] != ']') {
      rest_.remove_prefix(1);
      high = bound();
      if (!high) return give_up(), Length{};
    }
    // Between the bounds may be letters with longer forms in the other case.
    if (folded() && *low != *high) return {1, *high < 0x80 ? 3u : 4u};
    return either(character(*low, folded()), character(*high, folded()));
  }

  std::optional<uint32_t> bound() {
    if (!take("\\")) return next_code_point();
    return rest_.empty() ? std::nullopt : escaped_code_point();
  }

  std::string_view rest_;
  std::string flags_;
  bool unknown_ = false;
};

}  // namespace

std::optional<RegexNode> read_regex(std::string_view pattern) { return Reader(pattern).read(); }

}  // namespace aipol::native
