#include "compiler/prove/pattern.h"

#include <algorithm>
#include <deque>
#include <map>

namespace aipol::prove {

namespace {

bool rest_segment(std::string_view pattern) {
  return pattern.starts_with("/**") && (pattern.size() == 3 || pattern[3] == '/');
}

bool test(const Pattern::States& states, size_t state) {
  return (states[state / 64] >> state % 64 & 1) != 0;
}

}  // namespace

void Pattern::add_text(std::string_view text) {
  begin();
  for (char c : text) tokens_.push_back({Kind::byte, c});
  tokens_.push_back({Kind::end});
}

void Pattern::add_around(bool before, std::string_view text, bool after) {
  begin();
  if (before) tokens_.push_back({Kind::any});
  for (char c : text) tokens_.push_back({Kind::byte, c});
  if (after) tokens_.push_back({Kind::any});
  tokens_.push_back({Kind::end});
}

void Pattern::add_glob(std::string_view glob) {
  using enum Kind;
  begin();
  for (size_t i = 0; i < glob.size();) {
    std::string_view rest = glob.substr(i);
    if (rest_segment(rest)) {
      tokens_.insert(tokens_.end(), {{skip}, {byte, '/'}, {any}});
      i += 3;
    } else if (rest.starts_with("**")) {
      tokens_.push_back({any});
      i += 2;
    } else {
      if (rest[0] == '*')
        tokens_.insert(tokens_.end(), {{one}, {run}});
      else
        tokens_.push_back({byte, rest[0]});
      i += 1;
    }
  }
  tokens_.push_back({end});
}

// Adds a state and those reached from it without a byte.
void Pattern::enter(States& states, size_t state) const {
  for (; !test(states, state); ++state) {
    states[state / 64] |= uint64_t{1} << state % 64;
    Kind kind = tokens_[state].kind;
    if (kind == Kind::byte || kind == Kind::one || kind == Kind::end) return;
    if (kind == Kind::skip) enter(states, state + 3);
  }
}

Pattern::States Pattern::start() const {
  States states((tokens_.size() + 63) / 64);
  for (size_t start : starts_) enter(states, start);
  return states;
}

Pattern::States Pattern::step(const States& states, char byte) const {
  States next(states.size());
  for (size_t word = 0; word < states.size(); ++word) {
    for (uint64_t left = states[word]; left != 0; left &= left - 1) {
      size_t state = word * 64 + static_cast<size_t>(__builtin_ctzll(left));
      auto [kind, wanted] = tokens_[state];
      bool stays = kind == Kind::any || (kind == Kind::run && byte != '/');
      bool goes = kind == Kind::byte ? byte == wanted : kind == Kind::one && byte != '/';
      if (stays) enter(next, state);
      if (goes) enter(next, state + 1);
    }
  }
  return next;
}

bool Pattern::accepts(const States& states) const {
  for (size_t state = 0; state < tokens_.size(); ++state) {
    if (tokens_[state].kind == Kind::end && test(states, state)) return true;
  }
  return false;
}

bool Pattern::matches(std::string_view text) const {
  States states = start();
  for (char c : text) states = step(states, c);
  return accepts(states);
}

void Pattern::mark(std::vector<bool>& bytes) const {
  for (const Token& token : tokens_) {
    if (token.kind == Kind::byte) bytes[static_cast<unsigned char>(token.byte)] = true;
    if (token.kind == Kind::one || token.kind == Kind::run) bytes['/'] = true;
  }
}

std::vector<std::string> Pattern::prefixes() const {
  std::vector<std::string> out;
  for (size_t at : starts_) {
    std::string& text = out.emplace_back();
    for (; tokens_[at].kind == Kind::byte; ++at) text += tokens_[at].byte;
  }
  return out;
}

std::vector<std::string> Pattern::samples() const {
  std::vector<std::string> out;
  for (size_t at : starts_) {
    std::string& text = out.emplace_back();
    for (; tokens_[at].kind != Kind::end; ++at) {
      if (tokens_[at].kind == Kind::skip) at += 2;
      if (tokens_[at].kind == Kind::byte) text += tokens_[at].byte;
      if (tokens_[at].kind == Kind::one) text += 'x';
    }
  }
  return out;
}

namespace {

// Looks through the product of the automata, shortest texts first.
class Product {
 public:
  Product(const std::vector<Pattern>& in, const std::vector<Pattern>& out) : in_(in), out_(out) {
    std::vector<bool> marked(256);
    for (const Pattern& pattern : in) pattern.mark(marked);
    for (const Pattern& pattern : out) pattern.mark(marked);
    // Bytes that no pattern names are all alike: one stands for them.
    for (std::string_view fresh =
             "xyzabcdefghijklmnopqrstuvw0123456789-_ABCDEFGHIJKLMNOPQRSTUVWXYZ";
         char c : fresh) {
      if (marked[static_cast<unsigned char>(c)]) continue;
      alphabet_ += c;
      break;
    }
    for (int c = 0; c < 256; ++c) {
      if (marked[static_cast<size_t>(c)]) alphabet_ += static_cast<char>(c);
    }
    whole_ = alphabet_.size() > 0 && !marked[static_cast<unsigned char>(alphabet_[0])];
  }

  TextFound run() {
    Position start;
    for (const Pattern& pattern : in_) start.push_back(pattern.start());
    for (const Pattern& pattern : out_) start.push_back(pattern.start());
    visit(std::move(start), 0, 0);
    for (size_t at = 0; at < visited_.size(); ++at) {
      if (accepts(*visited_[at].position)) return {TextFound::Kind::found, text(at)};
      if (visited_.size() > most) return {TextFound::Kind::gave_up, {}};
      for (char byte : alphabet_) follow(at, byte);
    }
    return {whole_ ? TextFound::Kind::none : TextFound::Kind::gave_up, {}};
  }

 private:
  using Position = std::vector<Pattern::States>;
  struct Visited {
    const Position* position;
    size_t before;
    char byte;
  };
  static constexpr size_t most = 4000;

  const Pattern& pattern(size_t i) const { return i < in_.size() ? in_[i] : out_[i - in_.size()]; }

  bool accepts(const Position& position) const {
    for (size_t i = 0; i < position.size(); ++i) {
      if (pattern(i).accepts(position[i]) != (i < in_.size())) return false;
    }
    return true;
  }

  void follow(size_t at, char byte) {
    const Position& from = *visited_[at].position;
    Position next;
    for (size_t i = 0; i < from.size(); ++i) {
      next.push_back(pattern(i).step(from[i], byte));
      bool dead = std::ranges::all_of(next.back(), [](uint64_t word) { return word == 0; });
      if (dead && i < in_.size()) return;
    }
    visit(std::move(next), at, byte);
  }

  void visit(Position position, size_t before, char byte) {
    auto [it, fresh] = known_.try_emplace(std::move(position), true);
    if (fresh) visited_.push_back({&it->first, before, byte});
  }

  std::string text(size_t at) const {
    std::string out;
    for (; at != 0; at = visited_[at].before) out += visited_[at].byte;
    std::ranges::reverse(out);
    return out;
  }

  const std::vector<Pattern>& in_;
  const std::vector<Pattern>& out_;
  std::string alphabet_;
  bool whole_ = false;
  std::map<Position, bool> known_;
  std::vector<Visited> visited_;
};

}  // namespace

TextFound find_text(const std::vector<Pattern>& in, const std::vector<Pattern>& out) {
  return Product(in, out).run();
}

std::optional<bool> includes(const Pattern& outer, const Pattern& inner) {
  switch (find_text({inner}, {outer}).kind) {
    case TextFound::Kind::found:
      return false;
    case TextFound::Kind::none:
      return true;
    default:
      return std::nullopt;
  }
}

}  // namespace aipol::prove
