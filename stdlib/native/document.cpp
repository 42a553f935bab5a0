#include "stdlib/native/document.h"

#include <algorithm>
#include <cstring>

#include "base/text_hash.h"
#include "stdlib/native/cells.h"
#include "stdlib/native/natives.h"

namespace aipol::native {

namespace {

uint64_t hash_of(Document::Place within, std::string_view key) {
  const uint64_t hash = (text_hash(key) ^ within) * 0x9E3779B97F4A7C15ull;
  return hash ^ hash >> 32;
}

}  // namespace

Document::Document() : cells_(1), entries_(16) {}

Document::Place Document::child(Place within, std::string_view key) const {
  const uint64_t hash = hash_of(within, key);
  for (size_t at = hash & (entries_.size() - 1);; at = (at + 1) & (entries_.size() - 1)) {
    const Entry& entry = entries_[at];
    if (entry.within == none) return none;
    if (entry.hash == hash && entry.within == within && entry.key == key) return entry.place;
  }
}

const AipolCell* Document::find(std::string_view path, std::span<const AipolCell> keys) const {
  Place place = root;
  while (!path.empty()) {
    const size_t dot = std::min(path.find('.'), path.size());
    std::string_view step = path.substr(0, dot);
    path.remove_prefix(std::min(dot + 1, path.size()));
    if (step == "*") {
      if (keys.empty()) return nullptr;
      step = text_of(keys.front());
      keys = keys.subspan(1);
    }
    place = child(place, step);
    if (place == none) return nullptr;
  }
  return &cells_[place];
}

bool Document::insert(const Entry& entry) {
  for (size_t at = entry.hash & (entries_.size() - 1), steps = 0; steps < longest_probe;
       at = (at + 1) & (entries_.size() - 1), ++steps) {
    if (entries_[at].within != none) continue;
    entries_[at] = entry;
    return true;
  }
  return false;
}

bool Document::grow() {
  const std::vector<Entry> old = std::exchange(entries_, std::vector<Entry>(entries_.size() * 2));
  return std::ranges::all_of(
      old, [this](const Entry& entry) { return entry.within == none || insert(entry); });
}

Document::Place Document::make(Place within, std::string_view key) {
  if (const Place known = child(within, key); known != none) return known;
  if ((used_ + 1) * 2 > entries_.size() && !grow()) return none;
  const auto place = static_cast<Place>(cells_.size());
  const std::string_view kept = text_of(keep(key));
  if (!insert({hash_of(within, key), within, place, kept})) return none;
  ++used_;
  cells_.push_back({});
  return place;
}

// In chunks that grow, so that a large document has few.
std::byte* Document::allocate(size_t bytes) {
  bytes = (bytes + 7) & ~size_t{7};
  if (bytes > left_) {
    left_ = std::max(bytes, size_t{1024} << std::min<size_t>(chunks_.size(), 10));
    chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(left_));
    next_ = chunks_.back().get();
  }
  left_ -= bytes;
  return std::exchange(next_, next_ + bytes);
}

AipolCell Document::keep(std::string_view text) {
  if (text.empty()) return {};
  std::byte* bytes = allocate(text.size());
  std::memcpy(bytes, text.data(), text.size());
  return cell_of(std::string_view(reinterpret_cast<const char*>(bytes), text.size()));
}

AipolCell Document::keep(std::span<const AipolCell> list) {
  if (list.empty()) return {};
  std::byte* bytes = allocate(list.size_bytes());
  std::memcpy(bytes, list.data(), list.size_bytes());
  return cell_of(std::span(reinterpret_cast<const AipolCell*>(bytes), list.size()));
}

// data.*: what is not there is the zero of its kind; where there is no document, nothing is.

namespace {

const AipolCell* found(const AipolCell* arguments) {
  const auto* document = reinterpret_cast<const Document*>(arguments[0].a);
  return document == nullptr ? nullptr
                             : document->find(text_of(arguments[1]), list_of(arguments[2]));
}

}  // namespace

void data_has(const AipolCell* arguments, AipolCell* result, AipolScratch*) {
  *result = cell_of(found(arguments) != nullptr);
}

void data_value(const AipolCell* arguments, AipolCell* result, AipolScratch*) {
  const AipolCell* value = found(arguments);
  *result = value == nullptr ? AipolCell{} : *value;
}

}  // namespace aipol::native
