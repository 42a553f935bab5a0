// Many RE2 patterns over one text: first which of them match at all, in one pass, then where.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "stdlib/native/verify.h"

namespace re2 {
class RE2;
}

namespace aipol::native {

class Patterns {
 public:
  Patterns();
  Patterns(Patterns&&) noexcept;
  Patterns& operator=(Patterns&&) noexcept;
  ~Patterns();

  // Patterns are numbered from 0. What is found is a match, or of it the group `(?P<find>…)`. An
  // error says what is wrong with the pattern.
  Result<uint32_t> add(std::string_view pattern, Verify verify);
  // Once, after the last add.
  void finish();

  enum class Found : uint8_t { no, maybe, yes };  // maybe: `each` tells
  // Of each pattern whether it has a match.
  void sweep(std::string_view text, std::vector<Found>& found) const;

  // Finds from left to right that do not overlap, until `take` returns false.
  using Take = std::function<bool(size_t begin, size_t end)>;
  void each(uint32_t pattern, std::string_view text, const Take& take) const;

  // The same over a text that grows at its end: how far one pattern has come.
  struct Scan {
    size_t from = 0;  // bytes of the text before it are done with
    size_t retries = 0;
  };
  // Gives the finds that more text can not change and moves on behind them; what begins at or after
  // scan.from is undecided. `last`: no more text comes. What is before scan.from is looked at as
  // what stands there, so a character of it is to be kept.
  void resume(uint32_t pattern, std::string_view text, bool last, Scan& scan,
              const Take& take) const;

 private:
  class Beginnings;
  struct Pattern;
  struct Set;
  bool step(const Pattern& pattern, std::string_view text, size_t live, Scan& scan,
            const Take& take) const;
  static size_t live_from(const Pattern& pattern, std::string_view text, size_t from);

  std::vector<Pattern> patterns_;
  std::vector<Set> sets_;
};

}  // namespace aipol::native
