// Facts of one request -> the columns that one stage's native code reads.
#pragma once

#include <memory>
#include <optional>

#include "plan/cells.h"
#include "plan/layout.h"
#include "runtime/context/numbering.h"
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
  // The plan must outlive the maker; the layout need not.
  ColumnMaker(const plan::Plan& plan, const plan::StageLayout& layout);

  // The cells are valid until the buffer is filled again or the facts' values go.
  const AipolCell* fill(const plan::Facts& facts, ColumnBuffer& buffer) const;

 private:
  static constexpr uint32_t none = ~0u;
  struct Read {
    uint32_t column;
    plan::SourceId source;
  };
  struct Lookup {
    plan::SourceId source = 0;
    plan::Rep rep = plan::Rep::text;
    uint32_t masked = 0;
    uint32_t symbol = none, mask = none, symbols = none;  // columns
    std::unique_ptr<TextNumbers> texts;                   // one of these
    std::unique_ptr<IntegerNumbers> integers;
    std::unique_ptr<NetworkNumbers> networks;
    std::unique_ptr<native::PathMatcher> paths;
  };

  void add_domain(const plan::Domain& domain);
  uint32_t number(const Lookup& lookup, const AipolCell& value) const;
  void numbers(const Lookup& lookup, const AipolCell& value, ColumnBuffer& buffer, std::vector<uint32_t>& found) const;
  void fill_single(const Lookup& lookup, uint32_t number, ColumnBuffer& buffer, std::vector<uint32_t>& found) const;
  void fill_several(const Lookup& lookup, const AipolCell& value, ColumnBuffer& buffer,
                    std::vector<uint32_t>& found) const;

  const plan::Plan& plan_;
  plan::Defaults defaults_;
  size_t columns_ = 0;
  std::vector<Read> values_, presences_;
  std::vector<Lookup> lookups_;  // by domain
};

}  // namespace aipol::context
