// What is read of one request -> the columns that one stage's native code reads.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "plan/cells.h"
#include "plan/layout.h"
#include "stdlib/native/path_matcher.h"

namespace aipol::context {

// Working memory of one thread; once it has grown, filling allocates nothing.
struct ColumnBuffer {
  std::vector<AipolCell> cells;                // by column
  std::vector<std::vector<uint32_t>> numbers;  // by domain
  native::PathMatcher::Walk walk;
};

// Immutable, shared by threads.
class ColumnMaker {
 public:
  static constexpr uint32_t none = ~0u;

  // What the columns want of one source.
  struct Use {
    plan::SourceId source = 0;
    plan::Rep rep = plan::Rep::text;
    bool optional = false;
    uint32_t value = none, present = none;  // columns
    uint32_t first = 0, count = 0;          // in lookups_
    AipolCell fallback{};                   // what an absent value reads as
  };

  // The plan must outlive the maker; the layout need not.
  ColumnMaker(const plan::Plan& plan, const plan::StageLayout& layout);
  ~ColumnMaker();

  // The cells are valid until the buffer is filled again or the facts' values go.
  const AipolCell* fill(const plan::Facts& facts, ColumnBuffer& buffer) const;

  // The same source by source (lookups.h): `begin`, then each of the uses once.
  const std::vector<Use>& uses() const { return uses_; }
  void begin(ColumnBuffer& buffer) const;
  void put(const Use& use, const plan::Fact& fact, ColumnBuffer& buffer) const;
  // The same of a set of texts, in any order, twice or not, where `numbers_only` says that the
  // columns want no more than its members' numbers.
  bool numbers_only(const Use& use) const;
  void put_texts(const Use& use, std::span<const std::string> texts, ColumnBuffer& buffer) const;
  // The columns that the use fills.
  std::vector<uint32_t> columns(const Use& use) const;

 private:
  struct Lookup;

  Use& use_of(plan::SourceId source);
  void add_lookup(const plan::StageLayout& layout, uint32_t domain);
  uint32_t look_up(const Lookup& lookup, const AipolCell& value, ColumnBuffer& buffer,
                   std::vector<uint32_t>& found) const;

  const plan::Plan& plan_;
  plan::Defaults defaults_;
  size_t columns_ = 0;
  std::vector<Use> uses_;
  std::vector<Lookup> lookups_;  // use by use
};

}  // namespace aipol::context
