#include "stdlib/native/patterns.h"

#include <fmt/format.h>
#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "stdlib/native/match_length.h"

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

// The first match from `from` on whose find is not empty.
std::optional<Match> next_match(const RE2& re, int group, std::string_view text, size_t from) {
  std::array<re2::StringPiece, most_groups + 1> parts;
  auto place = [&](const re2::StringPiece& part) {
    const auto begin = static_cast<size_t>(part.data() - text.data());
    return Place{begin, begin + part.size()};
  };
  while (from <= text.size() &&
         re.Match(piece(text), from, text.size(), RE2::UNANCHORED, parts.data(), group + 1)) {
    const Place whole = place(parts[0]);
    const auto& find = parts[static_cast<size_t>(group)];
    if (!find.empty()) return Match{whole, place(find)};
    from = std::max(whole.second, whole.first + 1);
  }
  return std::nullopt;
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

struct Patterns::Pattern {
  std::unique_ptr<RE2> re;
  Verify verify = Verify::none;
  int group = 0;         // of a match, what is found; 0: all of it
  bool certain = false;  // a match is a find: there is nothing to verify, and it is not empty
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
  const bool certain = verify == Verify::none && group == 0 && match_length(pattern).shortest > 0;
  patterns_.push_back({std::move(re), verify, group, certain});
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
  const Pattern& pattern = patterns_[number];
  if (pattern.verify != Verify::none) return each_verified(pattern, text, take);
  size_t from = 0;
  while (auto match = next_match(*pattern.re, pattern.group, text, from)) {
    if (!take(match->find.first, match->find.second)) return;
    from = match->find.second;
  }
}

// A match that is no valid number may hide one that begins at a later group.
void Patterns::each_verified(const Pattern& pattern, std::string_view text,
                             const Take& take) const {
  size_t from = 0, retries = 0;
  while (auto match = next_match(*pattern.re, pattern.group, text, from)) {
    const auto [begin, end] = match->whole;
    const auto part = valid_part(*pattern.re, pattern.group, pattern.verify, text, match->find);
    if (part) {
      if (!take(part->first, part->second)) return;
      from = part->second;
    } else if (end - begin <= longest_number && ++retries <= most_retries) {
      from = std::clamp(next_group(text, begin), begin + 1, end);
    } else {
      from = end;
    }
  }
}

}  // namespace aipol::native
