// Regular sets of texts, as simple as policies need them: globs, single texts, what begins with,
// ends with or contains a text. Whether a combination of them has a text is decided exactly.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aipol::prove {

// A union of sequences; an automaton whose states are numbers of tokens.
class Pattern {
 public:
  void add_text(std::string_view text);  // exactly this
  void add_glob(std::string_view glob);  // as stdlib/native/glob.h reads it
  void add_around(bool before, std::string_view text, bool after);  // any bytes before, after

  // A set of states: a bit each.
  using States = std::vector<uint64_t>;
  States start() const;
  // The states after one more byte; all zero: nothing matches any more.
  States step(const States& states, char byte) const;
  bool accepts(const States& states) const;
  bool matches(std::string_view text) const;

  // Marks the bytes that are told apart.
  void mark(std::vector<bool>& bytes) const;
  // What each text of the n-th sequence begins with.
  std::vector<std::string> prefixes() const;
  // A text of each sequence, with few bytes for what is free.
  std::vector<std::string> samples() const;

 private:
  enum class Kind : uint8_t {
    byte,
    one,   // a byte other than slash
    run,   // any number of them
    any,   // any number of bytes
    skip,  // the next two tokens may be missing
    end,
  };
  struct Token {
    Kind kind;
    char byte = 0;
  };
  void begin() { starts_.push_back(tokens_.size()); }
  void enter(States& states, size_t state) const;

  std::vector<Token> tokens_;  // the sequences one after the other, each with an `end`
  std::vector<size_t> starts_;
};

// A text that is of each of `in` and of none of `out`.
struct TextFound {
  enum class Kind : uint8_t { found, none, gave_up } kind = Kind::gave_up;
  std::string text;
};
TextFound find_text(const std::vector<Pattern>& in, const std::vector<Pattern>& out);

// Whether each text that `inner` matches is matched by `outer`; nothing where that took too long.
std::optional<bool> includes(const Pattern& outer, const Pattern& inner);

}  // namespace aipol::prove
