#include "runtime/tokens/merge.h"

#include <array>
#include <memory>
#include <utility>

#include "base/check.h"

namespace aipol::tokens {

namespace {

// Whether merging the bytes of two tokens ends with these two, that is whether no merge across the
// place between them would have come before those that made them. Both are taken apart again, the
// later merge first; a pair across the place whose rank is lower than what is taken apart next
// would have been merged. There is none below the floor.
bool stand_together(const Vocabulary& vocabulary, Token left, Token right, Token floor) {
  for (Token limit = no_token; limit > floor;) {
    if (vocabulary.merged(left, right) < limit) return false;
    if (left > right) {
      limit = left;
      left = vocabulary.rows[left].right;
      if (left != limit) continue;
      // A byte stays what it is.
      limit = right + 1;
      right = vocabulary.rows[right].left;
      if (right + 1 == limit) return true;
    } else {
      limit = right + 1;
      right = vocabulary.rows[right].left;
      if (right + 1 != limit) continue;
      limit = left;
      left = vocabulary.rows[left].right;
      if (left == limit) return true;
    }
  }
  return true;
}

// The memory of a merge: on the stack for pieces as texts have them.
class Room {
 public:
  explicit Room(size_t bytes) {
    if (bytes <= small) return;
    many_tokens_ = std::make_unique_for_overwrite<Token[]>(bytes);
    many_dead_ = std::make_unique<uint64_t[]>(bytes / 64 + 1);
  }
  Token* tokens() { return many_tokens_ ? many_tokens_.get() : few_tokens_.data(); }
  uint64_t* dead() { return many_dead_ ? many_dead_.get() : few_dead_.data(); }

 private:
  static constexpr size_t small = 255;
  std::array<Token, small> few_tokens_;
  std::array<uint64_t, small / 64 + 1> few_dead_{};
  std::unique_ptr<Token[]> many_tokens_;
  std::unique_ptr<uint64_t[]> many_dead_;
};

// The result of merging is the one row of tokens in which all neighbours stand together. So it is
// looked for from the left: the longest token that stands beside the one before it; where none
// does, the place is dead and the token before it becomes shorter. A place is reached by one row
// only, so one that was dead once is so for good.
class Search {
 public:
  Search(const Vocabulary& vocabulary, std::string_view piece, Room& room)
      : vocabulary_(vocabulary), piece_(piece), tokens_(room.tokens()), dead_(room.dead()) {}

  size_t run(Token token) {
    for (;;) {
      if (fits(token)) {
        tokens_[count_++] = token;
        at_ += vocabulary_.rows[token].bytes;
        if (at_ == piece_.size()) return count_;
        token = vocabulary_.longest(piece_.substr(at_)).token;
      } else if (const Token shorter = vocabulary_.rows[token].prefix; shorter != no_token) {
        token = shorter;
      } else {
        token = step_back();
      }
    }
  }

 private:
  bool fits(Token token) const {
    const size_t end = at_ + vocabulary_.rows[token].bytes;
    if (dead_[end / 64] >> end % 64 & 1) return false;
    if (count_ == 0) return true;
    const Token floor = vocabulary_.floor(piece_[at_ - 1], piece_[at_]);
    return stand_together(vocabulary_, tokens_[count_ - 1], token, floor);
  }

  Token step_back() {
    AIPOL_CHECK(count_ > 0, "every byte is a token");
    dead_[at_ / 64] |= uint64_t{1} << at_ % 64;
    const Token token = tokens_[--count_];
    at_ -= vocabulary_.rows[token].bytes;
    return token;
  }

  const Vocabulary& vocabulary_;
  std::string_view piece_;
  Token* tokens_;
  uint64_t* dead_;
  size_t count_ = 0, at_ = 0;
};

}  // namespace

size_t merge(const Vocabulary& vocabulary, std::string_view piece, std::vector<Token>* out) {
  const Vocabulary::Match whole = vocabulary.longest(piece);
  if (whole.bytes == piece.size()) {
    if (out != nullptr) out->push_back(whole.token);
    return 1;
  }
  Room room(piece.size());
  const size_t count = Search(vocabulary, piece, room).run(whole.token);
  if (out != nullptr) out->insert(out->end(), room.tokens(), room.tokens() + count);
  return count;
}

}  // namespace aipol::tokens
