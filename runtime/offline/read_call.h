// Records of calls in plain JSON, by the contract's names:
//   {"time": …, "request": {"path": …, "headers": {…}}, "principal": {…}, "ai": {…}, "model":
//   {"name": …}}
// What is absent has its default; what is unknown or ill-typed is an error that names it. Records
// of audit logs and of `serve --record` are read, too; what they tell besides is passed over.
#pragma once

#include <string_view>

#include "base/result.h"
#include "runtime/offline/described_call.h"

namespace aipol::offline {

inline constexpr size_t max_record_bytes = 64 << 20;

// Attributes of the request are those that the plan reads.
Result<DescribedCall> read_call(std::string_view json, const plan::Plan& plan);

// Whether it is a record of an audit log about something else than a request.
bool is_other_record(std::string_view json);

}  // namespace aipol::offline
