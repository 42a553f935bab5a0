// Plan and layout as bytes and back, for a cache of this program on this machine: the form is that
// of its structures, and lasts no longer than they do.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "plan/layout.h"

namespace aipol::plan {

struct Laid {
  Plan plan;
  Layout layout;
};

std::string archived(const Plan& plan, const Layout& layout);
// Nothing where bytes are missing or left. They must be what `archived` made: the numbers in them
// are not looked at.
std::optional<Laid> from_archive(std::string_view bytes);

}  // namespace aipol::plan
