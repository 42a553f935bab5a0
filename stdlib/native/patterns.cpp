#include "stdlib/native/patterns.h"

#include <fmt/format.h>
#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <utility>

#include "stdlib/native/match_length.h"
#include "stdlib/native/match_prefix.h"

namespace aipol::native {

namespace {

constexpr size_t set_size = 32;           // patterns matched together
constexpr int64_t set_memory = 64 << 20;  // of one set's automaton, at most
constexpr int64_t pattern_memory =
    8 << 20;                            // as in regex.cpp: what the checker accepts compiles here
constexpr size_t longest_number = 256;  // of a match in whose parts a valid number is looked for
constexpr int most_groups = 9;
constexpr size_t most_retries = 10'000;  // of invalid matches of one pattern in one text

RE2::Options options(int64_t memory) {
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(memory);
  return options;
}

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

bool alphanumeric(char c) {
  return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

// Where the run of letters and digits that `at` stands in ends.
size_t group_end(std::string_view text, size_t at) {
  while (at < text.size() && alphanumeric(text[at])) ++at;
  return at;
}

size_t next_group(std::string_view text, size_t at) {
  at = group_end(text, at);
  while (at < text.size() && !alphanumeric(text[at])) ++at;
  return at;
}

using Place = std::pair<size_t, size_t>;

struct Match {
  Place whole, find;
};

// The first match from `from` on; its find may be empty.
std::optional<Match> next_match(const RE2& re, int group, std::string_view text, size_t from) {
  std::array<re2::StringPiece, most_groups + 1> parts;
  auto place = [&](const re2::StringPiece& part) {
    if (part.data() == nullptr) return Place{0, 0};
    const auto begin = static_cast<size_t>(part.data() - text.data());
    return Place{begin, begin + part.size()};
  };
  bool any = from <= text.size() &&
             re.Match(piece(text), from, text.size(), RE2::UNANCHORED, parts.data(), group + 1);
  if (!any) return std::nullopt;
  return Match{place(parts[0]), place(parts[static_cast<size_t>(group)])};
}

// What of a match is a valid number: all of it, or what is left where groups at its end are cut
// off. A pattern of digits takes in digits of what follows the number.
std::optional<Place> valid_part(const RE2& re, int group, Verify verify, std::string_view text,
                                Place find) {
  auto [begin, end] = find;
  while (begin < end && !alphanumeric(text[begin])) ++begin;
  while (end > begin && !alphanumeric(text[end - 1])) --end;
  if (verified(verify, text.substr(begin, end - begin))) return Place{begin, end};
  if (group != 0 || end - begin > longest_number) return std::nullopt;
  while (end > begin) {
    while (end > begin && alphanumeric(text[end - 1])) --end;
    while (end > begin && !alphanumeric(text[end - 1])) --end;
    const std::string_view part = text.substr(begin, end - begin);
    if (verified(verify, part) && RE2::FullMatch(piece(part), re)) return Place{begin, end};
  }
  return std::nullopt;
}

}  // namespace

// What the end of a text can be where a match begins in it. Made when it is first asked for.
class Patterns::Beginnings {
 public:
  // Null where it is not known.
  const RE2* of(const RE2& pattern) {
    std::call_once(once_, [&] {
      auto beginnings = prefixes_of(pattern.pattern());
      if (!beginnings) return;
      re_ = std::make_unique<RE2>("(?:" + *beginnings + ")\\z", options(set_memory));
      if (!re_->ok()) re_ = nullptr;
    });
    return re_.get();
  }

 private:
  std::once_flag once_;
  std::unique_ptr<RE2> re_;
};

struct Patterns::Pattern {
  std::unique_ptr<RE2> re;
  Verify verify = Verify::none;
  int group = 0;         // of a match, what is found; 0: all of it
  bool certain = false;  // a match is a find: there is nothing to verify, and it is not empty
  std::optional<uint64_t> longest;  // bytes of a match
  std::unique_ptr<Beginnings> beginnings = std::make_unique<Beginnings>();
};

struct Patterns::Set {
  std::unique_ptr<RE2::Set> set;
  uint32_t first = 0, last = 0;  // patterns, the last not among them
};

Patterns::Patterns() = default;
Patterns::Patterns(Patterns&&) noexcept = default;
Patterns& Patterns::operator=(Patterns&&) noexcept = default;
Patterns::~Patterns() = default;

Result<uint32_t> Patterns::add(std::string_view pattern, Verify verify) {
  auto re = std::make_unique<RE2>(piece(pattern), options(pattern_memory));
  if (!re->ok()) return failure(re->error());
  int group = 0;
  if (auto named = re->NamedCapturingGroups().find("find");
      named != re->NamedCapturingGroups().end())
    group = named->second;
  if (group > most_groups)
    return failure(fmt::format("the group `find` is not among the first {}", most_groups));
  const MatchLength length = match_length(pattern);
  const bool certain = verify == Verify::none && group == 0 && length.shortest > 0;
  patterns_.push_back({std::move(re), verify, group, certain, length.longest});
  return static_cast<uint32_t>(patterns_.size() - 1);
}

void Patterns::finish() {
  const auto count = static_cast<uint32_t>(patterns_.size());
  for (uint32_t first = 0; first < count; first += set_size) {
    Set set{std::make_unique<RE2::Set>(options(set_memory), RE2::UNANCHORED), first,
            std::min<uint32_t>(first + set_size, count)};
    bool usable = true;
    for (uint32_t i = set.first; i < set.last; ++i)
      usable = usable && set.set->Add(piece(patterns_[i].re->pattern()), nullptr) >= 0;
    if (!usable || !set.set->Compile()) set.set = nullptr;
    sets_.push_back(std::move(set));
  }
}

// A set gives up on a text where its automaton outgrows its memory.
void Patterns::sweep(std::string_view text, std::vector<Found>& found) const {
  found.assign(patterns_.size(), Found::no);
  std::vector<int> matched;
  for (const Set& set : sets_) {
    RE2::Set::ErrorInfo error{RE2::Set::kNoError};
    const bool any = set.set != nullptr && set.set->Match(piece(text), &matched, &error);
    if (!any && (set.set == nullptr || error.kind != RE2::Set::kNoError)) {
      std::fill(found.begin() + set.first, found.begin() + set.last, Found::maybe);
    } else if (any) {
      for (int i : matched) {
        const uint32_t pattern = set.first + static_cast<uint32_t>(i);
        found[pattern] = patterns_[pattern].certain ? Found::yes : Found::maybe;
      }
    }
  }
}

void Patterns::each(uint32_t number, std::string_view text, const Take& take) const {
  Scan scan;
  resume(number, text, true, scan, take);
}

// Where the first match could begin that more text completes or changes; behind the text's end
// where none could.
size_t Patterns::live_from(const Pattern& pattern, std::string_view text, size_t from) {
  const size_t none = text.size() + 1;
  const RE2* beginnings = pattern.beginnings->of(*pattern.re);
  if (beginnings == nullptr) {
    if (!pattern.longest) return from;
    return std::max(from, text.size() - std::min<size_t>(text.size(), *pattern.longest));
  }
  re2::StringPiece found;
  if (!beginnings->Match(piece(text), from, text.size(), RE2::UNANCHORED, &found, 1)) return none;
  return found.empty() ? none : static_cast<size_t>(found.data() - text.data());
}

void Patterns::resume(uint32_t number, std::string_view text, bool last, Scan& scan,
                      const Take& take) const {
  const Pattern& pattern = patterns_[number];
  auto first_live = [&] { return last ? text.size() + 1 : live_from(pattern, text, scan.from); };
  size_t live = first_live();
  while (step(pattern, text, live, scan, take)) {
    if (live < scan.from) live = first_live();
  }
  // Before what is live no match begins, now or later.
  scan.from = std::max(scan.from, std::min(live, text.size()));
}

// Takes the next find, or passes over a match that is none, and moves on; false where there is no
// match before what is live, or `take` has enough.
bool Patterns::step(const Pattern& pattern, std::string_view text, size_t live, Scan& scan,
                    const Take& take) const {
  const auto match = next_match(*pattern.re, pattern.group, text, scan.from);
  if (!match || match->whole.first >= live) return false;
  const auto [begin, end] = match->whole;
  if (match->find.first == match->find.second) {
    scan.from = std::max(end, begin + 1);
    return true;
  }
  if (pattern.verify == Verify::none) {
    scan.from = match->find.second;
    return take(match->find.first, match->find.second);
  }
  if (auto part = valid_part(*pattern.re, pattern.group, pattern.verify, text, match->find)) {
    scan.from = part->second;
    return take(part->first, part->second);
  }
  // A match that is no valid number may hide one that begins at a later group.
  const bool look_inside = end - begin <= longest_number && ++scan.retries <= most_retries;
  scan.from = look_inside ? std::clamp(next_group(text, begin), begin + 1, end) : end;
  return true;
}

}  // namespace aipol::native
