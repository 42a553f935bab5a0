// Many phrases looked for at once (Aho and Corasick), in texts folded on the way (fold.h). Digits
// and signs of a text stand for letters of a phrase that they look like, not the other way round.
// Inside of a word no phrase begins or ends.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aipol::native {

class Phrases {
 public:
  // A phrase without letters and digits is found nowhere.
  explicit Phrases(std::span<const std::string> phrases = {});

  struct Hit {
    uint32_t phrase;
    size_t begin, end;  // bytes of the text
  };
  // Every place where a phrase stands, by where it ends. One pass over the text, whatever it holds.
  void find(std::string_view text, std::vector<Hit>& hits) const;
  // The same, and where at the text's end a phrase could have begun that more text completes or
  // changes; the text's size where none could.
  size_t find_live(std::string_view text, std::vector<Hit>& hits) const;

  // Whether anything is left of the phrase once it is folded.
  static bool findable(std::string_view phrase);

 private:
  struct Letter;
  class Window;

  void add(uint32_t phrase);
  void link();
  uint32_t& next(uint32_t node, uint8_t letter) { return next_[node * classes_ + letter]; }
  uint32_t next(uint32_t node, uint8_t letter) const { return next_[node * classes_ + letter]; }
  void report(uint32_t node, const Window& window, std::string_view text,
              std::vector<Hit>& hits) const;
  bool stands_at_end(std::string_view phrase, const Window& window, std::string_view text) const;

  std::vector<std::string> phrases_;     // folded
  size_t longest_ = 0;                   // bytes of them
  std::array<uint8_t, 256> class_of_{};  // of a folded byte; 0: in no phrase
  uint32_t classes_ = 1;
  std::vector<uint32_t> next_;               // by node and class
  std::vector<std::vector<uint32_t>> ends_;  // phrases that end at a node
  std::vector<uint32_t> depth_;              // letters from the root
  std::vector<uint32_t> shorter_;  // the nearest node with such that is a proper suffix, 0: none
};

}  // namespace aipol::native
