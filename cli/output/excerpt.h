// Places of a policy set with their source lines, as diagnostics show them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/source/source.h"
#include "plan/plan.h"

namespace aipol::cli {

// Nothing where no file of the set has that path.
std::optional<source::Span> span_of(const plan::Place& place, const source::Files& files);

// The place, its line and what is underlined; `other` with `note` beside it, where it has a line.
// Empty where the set has no such file.
std::string excerpt(const plan::Place& place, const plan::Place& other, std::string_view note,
                    const source::Files& files, bool colour);

}  // namespace aipol::cli
