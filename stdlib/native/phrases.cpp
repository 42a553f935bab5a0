#include "stdlib/native/phrases.h"

#include <algorithm>
#include <bit>
#include <deque>
#include <tuple>

#include "stdlib/native/fold.h"

namespace aipol::native {

namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

bool continues_word(char before, bool before_joins, char after, bool after_joins) {
  return before_joins && after_joins && digit(before) == digit(after);
}

std::string folded(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const Folded character = fold(text, at);
    out.append(character.bytes, character.size);
    at += character.width;
  }
  return out;
}

}  // namespace

// A byte of the folded text and where it came from.
struct Phrases::Letter {
  char byte = 0;
  bool joins = false;
  bool capital_i = false;
  uint8_t width = 0;
  size_t begin = 0;

  size_t end() const { return begin + width; }
};

// The last letters of the text, as many as the longest phrase has and one more.
class Phrases::Window {
 public:
  explicit Window(size_t letters) : ring_(std::bit_ceil(letters + 1)) {}

  void push(const Letter& letter) { ring_[count_++ & (ring_.size() - 1)] = letter; }
  size_t size() const { return std::min(count_, ring_.size()); }
  // 0 is the last one.
  const Letter& back(size_t distance) const {
    return ring_[(count_ - 1 - distance) & (ring_.size() - 1)];
  }

 private:
  std::vector<Letter> ring_;
  size_t count_ = 0;
};

Phrases::Phrases(std::span<const std::string> phrases) : ends_(1), depth_(1), shorter_(1) {
  for (const std::string& phrase : phrases) phrases_.push_back(folded(phrase));
  for (const std::string& phrase : phrases_) {
    longest_ = std::max(longest_, phrase.size());
    for (char c : phrase) {
      uint8_t& known = class_of_[sound_of(c)];
      if (known == 0) known = static_cast<uint8_t>(classes_++);
    }
  }
  for (size_t byte = 0; byte < 256; ++byte)
    class_of_[byte] = class_of_[sound_of(static_cast<char>(byte))];
  next_.resize(classes_);
  for (uint32_t i = 0; i < phrases_.size(); ++i) add(i);
  link();
}

bool Phrases::findable(std::string_view phrase) { return !folded(phrase).empty(); }

void Phrases::add(uint32_t phrase) {
  if (phrases_[phrase].empty()) return;
  uint32_t node = 0;
  for (char c : phrases_[phrase]) {
    const uint8_t letter = class_of_[static_cast<unsigned char>(c)];
    if (next(node, letter) == 0) {
      next(node, letter) = static_cast<uint32_t>(ends_.size());
      ends_.emplace_back();
      depth_.push_back(depth_[node] + 1);
      next_.resize(next_.size() + classes_);
    }
    node = next(node, letter);
  }
  ends_[node].push_back(phrase);
}

// Breadth first: where a node has no child, the child of its longest proper suffix serves.
void Phrases::link() {
  shorter_.assign(ends_.size(), 0);
  std::vector<uint32_t> suffix(ends_.size());
  std::deque<uint32_t> queue{0};
  for (; !queue.empty(); queue.pop_front()) {
    const uint32_t node = queue.front();
    for (uint32_t letter = 0; letter < classes_; ++letter) {
      uint32_t& child = next_[node * classes_ + letter];
      const uint32_t fallback = node == 0 ? 0 : next_[suffix[node] * classes_ + letter];
      if (child == 0) {
        child = fallback;
        continue;
      }
      suffix[child] = fallback;
      shorter_[child] = ends_[fallback].empty() ? shorter_[fallback] : fallback;
      queue.push_back(child);
    }
  }
}

void Phrases::find(std::string_view text, std::vector<Hit>& hits) const {
  std::ignore = find_live(text, hits);
}

size_t Phrases::find_live(std::string_view text, std::vector<Hit>& hits) const {
  if (longest_ == 0) return text.size();
  Window window(longest_);
  uint32_t node = 0;
  for (size_t at = 0; at < text.size();) {
    const Folded character = fold(text, at);
    for (uint8_t i = 0; i < character.size; ++i) {
      const char byte = character.bytes[i];
      window.push({byte, character.joins_words, character.capital_i, character.width, at});
      node = next(node, class_of_[static_cast<unsigned char>(byte)]);
      if (!ends_[node].empty() || shorter_[node] != 0) report(node, window, text, hits);
    }
    at += character.width;
  }
  return node == 0 ? text.size() : window.back(depth_[node] - 1).begin;
}

void Phrases::report(uint32_t node, const Window& window, std::string_view text,
                     std::vector<Hit>& hits) const {
  for (; node != 0; node = shorter_[node]) {
    for (uint32_t phrase : ends_[node]) {
      const size_t size = phrases_[phrase].size();
      if (!stands_at_end(phrases_[phrase], window, text)) continue;
      hits.push_back({phrase, window.back(size - 1).begin, window.back(0).end()});
    }
  }
}

bool Phrases::stands_at_end(std::string_view phrase, const Window& window,
                            std::string_view text) const {
  auto starts_word = [&](size_t distance) {
    if (window.size() <= distance + 1) return true;
    const Letter &letter = window.back(distance), &before = window.back(distance + 1);
    return before.end() != letter.begin ||
           !continues_word(before.byte, before.joins, letter.byte, letter.joins);
  };
  for (size_t distance = 0; distance < phrase.size(); ++distance) {
    const char wanted = phrase[phrase.size() - 1 - distance];
    const Letter& letter = window.back(distance);
    if (letter.byte == wanted) continue;
    const bool letter_wanted = wanted >= 'a' && wanted <= 'z';
    const bool sign = letter.byte < 'a' || letter.byte > 'z';
    const bool as_l = wanted == 'l' && letter.capital_i;
    const bool as_capital_i = wanted == 'i' && letter.byte == 'l' && starts_word(distance);
    if (!(letter_wanted && sign) && !as_l && !as_capital_i) return false;
  }
  if (!starts_word(phrase.size() - 1)) return false;
  const Letter& last = window.back(0);
  if (last.end() >= text.size()) return true;
  const Folded after = fold(text, last.end());
  return after.size == 0 ||
         !continues_word(last.byte, last.joins, after.bytes[0], after.joins_words);
}

}  // namespace aipol::native
