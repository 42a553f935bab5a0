// What was edited: statements of one set that the other has not, paired with what stood there
// before.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "difference/rules.h"

namespace aipol::difference {

struct Edit {
  const Rule* before = nullptr;  // null: added
  const Rule* after = nullptr;   // null: removed
  bool moved = false;            // the statements are the same; others come before them now

  const Rule* of(Side side) const { return side == Side::before ? before : after; }
};

// By rule of each set, the policy it belongs to, as long as that is known by the same name.
using Identities = Both<std::vector<std::string>>;

std::vector<Edit> edits_of(const Both<std::vector<Rule>>& rules, const Identities& identities);

}  // namespace aipol::difference
