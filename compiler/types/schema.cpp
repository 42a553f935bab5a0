#include "compiler/types/schema.h"

#include <algorithm>

namespace aipol::types {

std::optional<uint32_t> Enumeration::member(std::string_view text) const {
  auto found = std::ranges::find(members, text);
  if (found == members.end()) return std::nullopt;
  return static_cast<uint32_t>(found - members.begin());
}

const Field* find(const std::vector<Field>& fields, std::string_view name) {
  auto found = std::ranges::find(fields, name, &Field::name);
  return found == fields.end() ? nullptr : &*found;
}

std::vector<std::string> names(const std::vector<Field>& fields) {
  std::vector<std::string> all;
  for (const Field& field : fields) all.push_back(field.name);
  return all;
}

const Object* Schema::object(std::string_view name) const {
  auto found = std::ranges::find(objects, name, &Object::name);
  return found == objects.end() ? nullptr : &*found;
}

TypePtr Schema::enumeration(std::string_view name) const {
  auto found = std::ranges::find(enumerations, name, &Enumeration::name);
  return found == enumerations.end() ? nullptr : found->type;
}

}  // namespace aipol::types
