// What Cedar's schema and entities say: types of attributes, which entity is in which, values.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "importing/cedar_ast.h"

namespace aipol::importing::cedar {

enum class Type : uint8_t { unknown, text, number, truth, texts, ip, time };

// A value of the plain types, as entities have them.
struct Plain {
  Type type = Type::unknown;
  std::string text;
  int64_t number = 0;
  bool truth = false;
  std::vector<std::string> texts;
  bool operator==(const Plain&) const = default;
};

// Types of entities are without their namespaces here: there is one namespace (see Namespaces).
class Store {
 public:
  // Either may be empty. The error says what of the JSON is none of Cedar's.
  static Result<Store> read(std::string_view schema, std::string_view entities);

  // The entity itself, and all that are in it, over any number of steps.
  std::set<Entity> within(const Entity& entity) const;
  bool is_in(const Entity& entity, const Entity& group) const;
  // Of the schema; unknown where it says nothing.
  Type attribute_type(std::string_view entity_type, const std::string& name) const;
  const std::map<Entity, std::map<std::string, Plain>>& entities() const { return attributes_; }
  bool has_schema() const { return has_schema_; }

 private:
  std::map<Entity, std::set<Entity>> members_;  // by the entity that they are in
  std::map<Entity, std::map<std::string, Plain>> attributes_;
  std::map<std::string, std::map<std::string, Type>, std::less<>> types_;
  bool has_schema_ = false;
};

// `Acme::User` as `User`.
std::string_view without_namespace(std::string_view type);

// Finds types that two namespaces have.
class Namespaces {
 public:
  // False where another namespace has a type of that name.
  bool add(std::string_view type);

 private:
  std::map<std::string, std::string, std::less<>> full_;  // by the name alone
};

}  // namespace aipol::importing::cedar
