// A typed document in memory, for look-ups from compiled code: `data limits: map<string, Limit>`
// and `limits["a"].daily`. Many threads may look up at once; nothing is allocated.
//
// A path names a place by its type: fields of records by name, `*` for the key of a map, dots
// between; the empty path is the whole document. Keys take the place of the stars, in order. A list
// of records is held by columns, so the path of one ends with the field: `orders.*.lines.sku`; `?`
// behind it is the column that says in which records an optional field is there (integers 0 and 1).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/cell.h"

namespace aipol::native {

class Document {
 public:
  using Place = uint32_t;
  static constexpr Place root = 0;
  static constexpr Place none = ~0u;

  Document();

  // Null where the document has no such place. Places of records, maps and lists of records have an
  // empty cell.
  const AipolCell* find(std::string_view path, std::span<const AipolCell> keys) const;

  // Building. A place inside of another by the field's name or the map's key, made where there is
  // none yet; none where so many keys collide that looking one up would no longer be quick.
  Place make(Place within, std::string_view key);
  bool has(Place within, std::string_view key) const { return child(within, key) != none; }
  void set(Place place, AipolCell value) { cells_[place] = value; }
  // Copies that live as long as the document.
  AipolCell keep(std::string_view text);
  AipolCell keep(std::span<const AipolCell> list);

 private:
  struct Entry {
    uint64_t hash = 0;
    Place within = none;  // none: the entry is free
    Place place = none;
    std::string_view key;
  };
  static constexpr size_t longest_probe = 1024;

  Place child(Place within, std::string_view key) const;
  bool insert(const Entry& entry);
  bool grow();
  std::byte* allocate(size_t bytes);

  std::vector<AipolCell> cells_;  // by place
  std::vector<Entry> entries_;    // open addressing, a power of two
  size_t used_ = 0;
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  std::byte* next_ = nullptr;
  size_t left_ = 0;
};

}  // namespace aipol::native
