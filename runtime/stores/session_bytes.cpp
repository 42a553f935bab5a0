#include "runtime/stores/session_bytes.h"

#include "runtime/meters/bytes.h"

namespace aipol::stores {

std::string tags_as_bytes(const std::set<std::string>& tags) {
  std::string bytes;
  meters::ByteWriter to(bytes);
  for (const std::string& tag : tags) {
    to.word(tag.size());
    bytes += tag;
  }
  return bytes;
}

std::optional<std::set<std::string>> tags_of(std::string_view bytes) {
  std::set<std::string> tags;
  meters::ByteReader from(bytes);
  while (!from.ended()) tags.emplace(from.text());
  if (from.bad()) return std::nullopt;
  return tags;
}

}  // namespace aipol::stores
