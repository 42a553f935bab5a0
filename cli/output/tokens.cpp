#include "cli/output/tokens.h"

#include <algorithm>
#include <cctype>

#include "plan/effects.h"

namespace aipol::cli {

namespace {

// Words of the language wherever they stand, but behind a dot.
constexpr std::string_view reserved[] = {
    "and", "or",  "not",   "in",   "matches", "like", "if",    "then", "else", "has",
    "any", "all", "count", "when", "where",   "true", "false", "to",   "per",  "by"};

// Words of the language where they begin a line, and names elsewhere.
constexpr std::string_view leading[] = {
    "package",   "use",      "const", "enum",     "record", "extend",  "fn",
    "identity",  "provider", "model", "endpoint", "sink",   "gateway", "classifier",
    "meter",     "detector", "group", "pool",     "grant",  "prompt",  "data",
    "invariant", "policy",   "test",  "let",      "after",  "at",      "given",
    "send",      "expect",   "reply", "on",       "never",  "always"};

template <class List>
bool among(const List& list, std::string_view word) {
  return std::ranges::find(list, word) != std::end(list);
}

bool starts_word(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::vector<Token> read() {
    while (at_ < text_.size()) next();
    return std::move(tokens_);
  }

 private:
  void next() {
    char c = text_[at_];
    if (text_.substr(at_).starts_with("//")) {
      token("comment", text_.find('\n', at_));
    } else if (text_.substr(at_).starts_with("/*")) {
      size_t end = text_.find("*/", at_);
      token("comment", end == std::string_view::npos ? end : end + 2);
    } else if (c == '"') {
      token("string", string_end());
    } else if (std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '$') {
      token("number", number_end());
    } else if (starts_word(c) || c == '@') {
      word();
      return;
    } else {
      leads_ = c == '\n' || c == '{' || (leads_ && (c == ' ' || c == '\t'));
      ++at_;
      return;
    }
    leads_ = false;
  }

  void word() {
    size_t end = run(in_word);
    std::string_view word = text_.substr(at_, end - at_);
    bool behind_dot = at_ > 0 && text_[at_ - 1] == '.';
    bool mine = word.starts_with('@') || (!behind_dot && among(reserved, word)) ||
                (leads_ && (among(leading, word) || among(plan::effect_names, word)));
    leads_ = false;
    if (mine)
      token("word", end);
    else
      at_ = end;
  }

  template <class F>
  size_t run(F belongs) const {
    size_t end = at_ + 1;
    while (end < text_.size() && belongs(text_[end])) ++end;
    return end;
  }

  // A point is within a number only before a digit: `1..5` is two numbers.
  size_t number_end() const {
    size_t end = run([](char c) { return in_word(c) || c == '%'; });
    bool fraction = end + 1 < text_.size() && text_[end] == '.' &&
                    std::isdigit(static_cast<unsigned char>(text_[end + 1])) != 0;
    if (!fraction) return end;
    do ++end;
    while (end < text_.size() && (in_word(text_[end]) || text_[end] == '%'));
    return end;
  }

  size_t string_end() const {
    for (size_t end = at_ + 1; end < text_.size() && text_[end] != '\n'; ++end) {
      if (text_[end] == '\\')
        ++end;
      else if (text_[end] == '"')
        return end + 1;
    }
    return text_.find('\n', at_);
  }

  void token(std::string_view kind, size_t end) {
    end = std::min(end, text_.size());
    tokens_.push_back({static_cast<uint32_t>(at_), static_cast<uint32_t>(end), kind});
    at_ = end;
  }

  std::string_view text_;
  size_t at_ = 0;
  bool leads_ = true;  // nothing but space stands before, on the line or behind a bracket
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokens_of(std::string_view text) { return Reader(text).read(); }

}  // namespace aipol::cli
