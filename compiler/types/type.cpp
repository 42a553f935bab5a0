#include "compiler/types/type.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace aipol::types {

namespace {

// In the order of Kind, from `invalid` to `prompt_text`.
constexpr std::string_view simple_names[] = {
    "?",  "bool", "int",     "float",  "string",  "duration", "time",  "clock",    "date",
    "ip", "usd",  "network", "secret", "address", "mapping",  "store", "template", "handle"};

// From here on they are known to the standard library alone.
constexpr size_t first_internal = static_cast<size_t>(Kind::address);

}  // namespace

Types::Types() {
  for (size_t i = 0; i < std::size(simple_names); ++i) {
    simple_.push_back(make(static_cast<Kind>(i), nullptr, 0, std::string(simple_names[i])));
  }
}

TypePtr Types::named(std::string_view name) const {
  auto found = std::ranges::find(simple_, name, &Type::name);
  return found == simple_.end() || (*found)->is(Kind::invalid) ? nullptr : *found;
}

TypePtr Types::defined(Kind kind, uint32_t definition, std::string_view name) {
  return make(kind, nullptr, definition, std::string(name));
}

TypePtr Types::of(Kind collection, TypePtr element) {
  std::string_view word = collection == Kind::set    ? "set"
                          : collection == Kind::list ? "list"
                                                     : "map";
  std::string name = collection == Kind::map ? fmt::format("map<string, {}>", element->name)
                                             : fmt::format("{}<{}>", word, element->name);
  return make(collection, element, 0, std::move(name));
}

TypePtr Types::make(Kind kind, TypePtr element, uint32_t definition, std::string name) {
  auto [it, fresh] = made_.try_emplace({kind, element, definition});
  if (fresh) it->second = &all_.emplace_back(Type{kind, element, definition, std::move(name)});
  return it->second;
}

const std::vector<std::string>& simple_type_names() {
  static const std::vector<std::string> names(std::begin(simple_names) + 1,
                                              std::begin(simple_names) + first_internal);
  return names;
}

}  // namespace aipol::types
