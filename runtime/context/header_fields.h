// What a call bears in headers of the gateway's own: the session, tags of its data, metadata.
#pragma once

#include <string>
#include <vector>

#include "runtime/context/call.h"

namespace aipol::context {

inline constexpr std::string_view session_header = "x-session-id";
inline constexpr std::string_view tags_header = "x-data-tags";     // commas between
inline constexpr std::string_view metadata_header = "x-metadata";  // a JSON object

// Fills call.session.id, call.ai.tags and call.request.metadata from call.request.headers, where
// the call does not have them yet. Of tags only those listed count; of metadata that is no JSON
// object nothing does. Texts longer than `longest_session_id` are no session.
void read_header_fields(const std::vector<std::string>& listed_tags, Call& call);

inline constexpr size_t longest_session_id = 256;

}  // namespace aipol::context
