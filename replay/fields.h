// What a record can give of a call (fields.def), and sets of that.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace aipol::replay {

enum class Field : uint8_t {
#define FIELD(name, path) name,
#include "replay/fields.def"
#undef FIELD
  count
};

inline constexpr std::string_view field_paths[] = {
#define FIELD(name, path) path,
#include "replay/fields.def"
#undef FIELD
};
inline constexpr size_t field_count = static_cast<size_t>(Field::count);

// The field of that path, or nothing.
std::optional<Field> field_named(std::string_view path);

class FieldSet {
 public:
  constexpr FieldSet() = default;
  constexpr FieldSet(std::initializer_list<Field> fields) {
    for (Field field : fields) add(field);
  }
  // All from `first` to `last`, in the order of the table.
  static constexpr FieldSet range(Field first, Field last) {
    FieldSet all;
    for (auto at = static_cast<uint8_t>(first); at <= static_cast<uint8_t>(last); ++at)
      all.add(static_cast<Field>(at));
    return all;
  }

  constexpr void add(Field field) { word(field) |= bit(field); }
  constexpr void remove(Field field) { word(field) &= ~bit(field); }
  constexpr bool has(Field field) const {
    return ((static_cast<uint8_t>(field) < 64 ? low_ : high_) & bit(field)) != 0;
  }
  constexpr bool has_all(const FieldSet& other) const {
    return (other.low_ & ~low_) == 0 && (other.high_ & ~high_) == 0;
  }
  constexpr bool has_any(const FieldSet& other) const {
    return (other.low_ & low_) != 0 || (other.high_ & high_) != 0;
  }
  constexpr FieldSet& operator|=(const FieldSet& other) {
    low_ |= other.low_;
    high_ |= other.high_;
    return *this;
  }
  constexpr FieldSet without(const FieldSet& other) const {
    FieldSet rest = *this;
    rest.low_ &= ~other.low_;
    rest.high_ &= ~other.high_;
    return rest;
  }
  bool operator==(const FieldSet&) const = default;

 private:
  constexpr uint64_t& word(Field field) { return static_cast<uint8_t>(field) < 64 ? low_ : high_; }
  static constexpr uint64_t bit(Field field) {
    return uint64_t{1} << (static_cast<uint8_t>(field) & 63);
  }

  uint64_t low_ = 0, high_ = 0;
};
static_assert(field_count <= 128);

inline constexpr FieldSet all_fields =
    FieldSet::range(static_cast<Field>(0), static_cast<Field>(field_count - 1));

}  // namespace aipol::replay
