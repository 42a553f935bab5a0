// Records of calls in plain JSON, by the contract's names:
//   {"time": …, "request": {"path": …, "headers": {…}}, "principal": {…}, "ai": {…}, "model":
//   {"name": …}}
// What is absent has its default; what is unknown or ill-typed is an error that names it.
#pragma once

#include <string_view>

#include "base/result.h"
#include "runtime/offline/described_call.h"

namespace aipol::offline {

inline constexpr size_t max_record_bytes = 64 << 20;

// Attributes of the request are those that the plan reads.
Result<DescribedCall> read_call(std::string_view json, const plan::Plan& plan);

}  // namespace aipol::offline
