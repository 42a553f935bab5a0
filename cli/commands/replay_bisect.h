// Which commit of a range changes what recorded traffic is answered: found by replaying it with as
// few of them as tell it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "replay/bisection.h"
#include "revision/checkout.h"

namespace aipol::cli {

// What one commit's policies do to the traffic, beside those of another; nothing where they do not
// compile. An error ends the search.
using Replayed = std::function<Result<std::optional<replay::Report>>(const std::string& before,
                                                                     const std::string& after)>;

// `changes` says whether a report counts as a change.
Result<replay::Bisection> bisect(const revision::Range& range, const std::string& path,
                                 const Replayed& replayed,
                                 const std::function<bool(const replay::Report&)>& changes);

}  // namespace aipol::cli
