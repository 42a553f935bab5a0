// Records that the trail writes about itself.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace aipol::audit {

// So many records were left out before this one: the sink could not keep up, or would not take
// them.
std::string shed_record(int64_t time_ns, uint64_t count);

// The log was gone on with after its writer had ended in the middle of a record: `cut_bytes` of it
// were removed. `missing`: records that were known to be on disk and are not there any more, or are
// not what they were.
std::string resumed_record(int64_t time_ns, uint64_t cut_bytes, uint64_t missing);

// The kind of a record as it was submitted; empty where it is not to be seen.
std::string_view kind_of(std::string_view record);

}  // namespace aipol::audit
