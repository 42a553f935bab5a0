// Documents as tests give them.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compiler/prove/documents.h"
#include "plan/written.h"

namespace aipol::prove {

using Kind = plan::DataType::Kind;

namespace {

// What stands at a place, and at those within.
struct Place {
  const plan::Constant* value = nullptr;
  std::map<std::string, Place> within;
};

class Writer {
 public:
  explicit Writer(const plan::Plan& plan) : plan_(plan) {}

  std::string text(const plan::DataType& type, const Place* place) const {
    switch (type.kind) {
      case Kind::map:
        return map(type, place);
      case Kind::record:
        return record(type, place);
      case Kind::set:
      case Kind::list:
        return value(type.parts[0], place, "[]");
      default:
        return value(type, place, zero(type));
    }
  }

 private:
  std::string value(const plan::DataType& type, const Place* place, std::string otherwise) const {
    if (place == nullptr || place->value == nullptr) return otherwise;
    return plan::written(plan_, *place->value, type.unit, type.enumeration);
  }

  std::string zero(const plan::DataType& type) const {
    plan::Source like;
    like.rep = type.rep;
    return plan::written(plan_, zero_of(like), type.unit, type.enumeration);
  }

  std::string map(const plan::DataType& type, const Place* place) const {
    std::string out;
    if (place == nullptr) return "{}";
    for (const auto& [key, inner] : place->within)
      add(out, plan::in_quotes(key), text(type.parts[0], &inner));
    return out.empty() ? "{}" : "{ " + out + " }";
  }

  std::string record(const plan::DataType& type, const Place* place) const {
    std::string out;
    for (size_t i = 0; i < type.parts.size(); ++i) {
      const Place* inner = nullptr;
      if (place != nullptr && place->within.contains(type.names[i]))
        inner = &place->within.at(type.names[i]);
      if (inner != nullptr || !type.optional[i]) add(out, type.names[i], text(type.parts[i], inner));
    }
    return out.empty() ? "{}" : "{ " + out + " }";
  }

  static void add(std::string& out, const std::string& name, const std::string& value) {
    out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", name, value);
  }

  const plan::Plan& plan_;
};

}  // namespace

std::string written(const plan::Plan& plan, const plan::Document& document,
                    const std::vector<Entry>& entries) {
  Place root;
  for (const Entry& entry : entries) {
    Place* place = &root;
    std::string_view path = entry.path;
    for (size_t key = 0; !path.empty();) {
      std::string step(path.substr(0, path.find('.')));
      path.remove_prefix(std::min(step.size() + 1, path.size()));
      place = &place->within[step == "*" ? entry.keys[key++] : step];
    }
    place->value = &entry.value;
  }
  return Writer(plan).text(document.type, &root);
}

}  // namespace aipol::prove
