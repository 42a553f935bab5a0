// The tags of a session as bytes, and back.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace aipol::stores {

std::string tags_as_bytes(const std::set<std::string>& tags);
// Any bytes: nothing where they are no tags.
std::optional<std::set<std::string>> tags_of(std::string_view bytes);

}  // namespace aipol::stores
