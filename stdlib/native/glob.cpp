#include "stdlib/native/glob.h"

#include <algorithm>

namespace aipol::native {

namespace {

bool rest_segment(std::string_view pattern) {
  return pattern.starts_with("/**") && (pattern.size() == 3 || pattern[3] == '/');
}

}  // namespace

Glob::Glob(std::string_view pattern) {
  using enum Kind;
  for (size_t i = 0; i < pattern.size();) {
    std::string_view rest = pattern.substr(i);
    if (rest_segment(rest)) {
      // `/**/**` means what `/**` means.
      bool again = tokens_.size() >= 3 && tokens_[tokens_.size() - 3].kind == skip;
      if (!again) tokens_.insert(tokens_.end(), {{skip}, {byte, '/'}, {any}});
      i += 3;
    } else if (rest.starts_with("**")) {
      tokens_.push_back({any});
      i += 2;
    } else {
      if (rest[0] == '*') tokens_.insert(tokens_.end(), {{one}, {run}});
      else tokens_.push_back({byte, rest[0]});
      i += 1;
    }
  }
  auto open = std::ranges::find_if(tokens_, [](const Token& token) { return token.kind != byte; });
  for (auto token = tokens_.begin(); token != open; ++token) fixed_ += token->byte;
  tokens_.erase(tokens_.begin(), open);
  rest_ = tokens_.size() == 3 && tokens_[0].kind == skip;
}

// Adds a state and those reached from it without a byte.
void Glob::enter(std::vector<uint8_t>& states, size_t state) const {
  for (; !states[state]; ++state) {
    states[state] = true;
    if (state == tokens_.size()) return;
    Kind kind = tokens_[state].kind;
    if (kind == Kind::byte || kind == Kind::one) return;
    if (kind == Kind::skip) enter(states, state + 3);
  }
}

bool Glob::step(const std::vector<uint8_t>& states, char byte, std::vector<uint8_t>& next) const {
  bool alive = false;
  for (size_t i = 0; i < tokens_.size(); ++i) {
    if (!states[i]) continue;
    auto [kind, wanted] = tokens_[i];
    bool takes = kind == Kind::byte ? byte == wanted : kind == Kind::any || (kind != Kind::skip && byte != '/');
    if (!takes) continue;
    enter(next, kind == Kind::byte || kind == Kind::one ? i + 1 : i);
    alive = true;
  }
  return alive;
}

bool Glob::matches(std::string_view text) const {
  if (!text.starts_with(fixed_)) return false;
  text.remove_prefix(fixed_.size());
  if (tokens_.empty()) return text.empty();
  if (rest_) return text.empty() || text[0] == '/';
  std::vector<uint8_t> states(tokens_.size() + 1), next(tokens_.size() + 1);
  enter(states, 0);
  for (char byte : text) {
    next.assign(next.size(), 0);
    if (!step(states, byte, next)) return false;
    states.swap(next);
  }
  return states[tokens_.size()];
}

}  // namespace aipol::native
