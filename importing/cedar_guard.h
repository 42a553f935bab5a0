// Conditions of the language as texts, with what is known of them: never, always, or something
// between.
#pragma once

#include <cstdint>
#include <string>

namespace aipol::importing::cedar {

class Guard {
 public:
  enum class Kind : uint8_t { never, always, some };
  // How tightly the text binds.
  enum class Level : uint8_t { either, both, negation, comparison };

  static Guard never() { return {Kind::never, "", Level::comparison}; }
  static Guard always() { return {Kind::always, "", Level::comparison}; }
  static Guard of(std::string text, Level level = Level::comparison) {
    return {Kind::some, std::move(text), level};
  }

  bool is_never() const { return kind_ == Kind::never; }
  bool is_always() const { return kind_ == Kind::always; }
  const std::string& text() const { return text_; }  // of some

  friend Guard both(const Guard& a, const Guard& b);
  friend Guard either(const Guard& a, const Guard& b);
  friend Guard negated(const Guard& a);
  bool operator==(const Guard&) const = default;

 private:
  Guard(Kind kind, std::string text, Level level)
      : kind_(kind), text_(std::move(text)), level_(level) {}
  std::string at(Level level) const { return level_ < level ? "(" + text_ + ")" : text_; }

  Kind kind_;
  std::string text_;
  Level level_;
};

Guard both(const Guard& a, const Guard& b);
Guard either(const Guard& a, const Guard& b);
Guard negated(const Guard& a);

}  // namespace aipol::importing::cedar
