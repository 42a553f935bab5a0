#include "importing/cedar_store.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace aipol::importing::cedar {

namespace {

using nlohmann::json;

constexpr size_t max_entities = 200'000;
constexpr size_t deepest = 64;

Result<json> parse_json(std::string_view text, std::string_view what) {
  size_t depth = 0;
  bool in_text = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (in_text && c == '\\') ++i;
    if (c == '"') in_text = !in_text;
    if (in_text) continue;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && depth > 0) --depth;
    if (depth > deepest) return failure(fmt::format("the {} are nested too deeply", what));
  }
  json read = json::parse(text, nullptr, false);
  if (read.is_discarded())
    return failure(fmt::format(
        "the {} are no JSON; `cedar translate-schema` makes it of a schema in Cedar's own form",
        what));
  return read;
}

const json* member(const json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

std::string text_of(const json* value) {
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

// {"type": "User", "id": "ann"}, also within {"__entity": …}.
Entity entity_of(const json& value) {
  const json* inner = member(value, "__entity");
  const json& at = inner == nullptr ? value : *inner;
  return {std::string(without_namespace(text_of(member(at, "type")))), text_of(member(at, "id"))};
}

Plain plain_of(const json& value) {
  Plain plain;
  if (value.is_string()) {
    plain.type = Type::text;
    plain.text = value.get<std::string>();
  } else if (value.is_number_integer()) {
    plain.type = Type::number;
    plain.number = value.get<int64_t>();
  } else if (value.is_boolean()) {
    plain.type = Type::truth;
    plain.truth = value.get<bool>();
  } else if (value.is_array() &&
             std::ranges::all_of(value, [](const json& item) { return item.is_string(); })) {
    plain.type = Type::texts;
    for (const json& item : value) plain.texts.push_back(item.get<std::string>());
  }
  return plain;
}

Type type_of(const json& declared) {
  std::string name = text_of(member(declared, "type"));
  if (name == "EntityOrCommon" || name == "Extension") name = text_of(member(declared, "name"));
  if (name.starts_with("__cedar::")) name.erase(0, 9);
  if (name == "String") return Type::text;
  if (name == "Long") return Type::number;
  if (name == "Boolean" || name == "Bool") return Type::truth;
  if (name == "ipaddr") return Type::ip;
  if (name == "datetime") return Type::time;
  const json* element = member(declared, "element");
  return name == "Set" && element != nullptr && type_of(*element) == Type::text ? Type::texts
                                                                                : Type::unknown;
}

}  // namespace

std::string_view without_namespace(std::string_view type) {
  size_t colon = type.rfind("::");
  return colon == type.npos ? type : type.substr(colon + 2);
}

bool Namespaces::add(std::string_view type) {
  auto [found, added] = full_.try_emplace(std::string(without_namespace(type)), type);
  return added || found->second == type;
}

Result<Store> Store::read(std::string_view schema, std::string_view entities) {
  Store store;
  if (!schema.empty()) {
    Result<json> read = parse_json(schema, "declarations of the schema");
    if (!read) return std::unexpected(read.error());
    if (!read->is_object()) return failure("the schema must be an object of namespaces");
    store.has_schema_ = true;
    for (const auto& [space, content] : read->items()) {
      if (const json* types = member(content, "entityTypes");
          types != nullptr && types->is_object())
        for (const auto& [name, declared] : types->items())
          if (const json* shape = member(declared, "shape"))
            if (const json* attributes = member(*shape, "attributes");
                attributes && attributes->is_object())
              for (const auto& [attribute, type] : attributes->items())
                store.types_[std::string(without_namespace(name))][attribute] = type_of(type);
      if (const json* actions = member(content, "actions");
          actions != nullptr && actions->is_object())
        for (const auto& [name, declared] : actions->items())
          if (const json* groups = member(declared, "memberOf");
              groups != nullptr && groups->is_array())
            for (const json& group : *groups)
              store.members_[{"Action", text_of(member(group, "id"))}].insert({"Action", name});
    }
  }
  if (entities.empty()) return store;
  Result<json> read = parse_json(entities, "entities");
  if (!read) return std::unexpected(read.error());
  if (!read->is_array()) return failure("the entities must be a list");
  if (read->size() > max_entities) return failure("there are more than 200,000 entities");
  for (const json& one : *read) {
    const json* uid = member(one, "uid");
    if (uid == nullptr) return failure("an entity has no `uid`");
    Entity entity = entity_of(*uid);
    if (entity.type.empty()) return failure("an entity's `uid` needs `type` and `id`");
    std::map<std::string, Plain>& attributes = store.attributes_[entity];
    if (const json* given = member(one, "attrs"); given != nullptr && given->is_object())
      for (const auto& [name, value] : given->items()) attributes[name] = plain_of(value);
    if (const json* parents = member(one, "parents"); parents != nullptr && parents->is_array())
      for (const json& parent : *parents) store.members_[entity_of(parent)].insert(entity);
  }
  return store;
}

std::set<Entity> Store::within(const Entity& entity) const {
  std::set<Entity> all{entity};
  std::vector<Entity> open{entity};
  while (!open.empty()) {
    auto found = members_.find(open.back());
    open.pop_back();
    if (found == members_.end()) continue;
    for (const Entity& member : found->second)
      if (all.insert(member).second) open.push_back(member);
  }
  return all;
}

bool Store::is_in(const Entity& entity, const Entity& group) const {
  return within(group).contains(entity);
}

Type Store::attribute_type(std::string_view entity_type, const std::string& name) const {
  auto type = types_.find(entity_type);
  if (type == types_.end()) return Type::unknown;
  auto found = type->second.find(name);
  return found == type->second.end() ? Type::unknown : found->second;
}

}  // namespace aipol::importing::cedar
