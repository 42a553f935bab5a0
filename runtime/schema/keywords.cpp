#include "runtime/schema/keywords.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "runtime/schema/own_keywords.h"

namespace aipol::schema {

namespace {

// What a keyword holds.
enum class Holds : uint8_t {
  value,       // no schema
  schema,      //
  schemas,     // a list of them, or one
  named,       // an object of them
  dependency,  // an object of them, or of lists of names
  reference,   //
};
// Of one that applies to the very value that its schema applies to.
constexpr bool same = true;

struct Keyword {
  std::string_view name;
  Holds holds = Holds::value;
  bool same_value = false;
};

constexpr Keyword keywords[] = {
    {"type"},
    {"enum"},
    {"const"},
    {"multipleOf"},
    {"maximum"},
    {"exclusiveMaximum"},
    {"minimum"},
    {"exclusiveMinimum"},
    {"maxLength"},
    {"minLength"},
    {"pattern"},
    {"format"},
    {"maxItems"},
    {"minItems"},
    {"uniqueItems"},
    {"maxProperties"},
    {"minProperties"},
    {"required"},
    {"items", Holds::schemas},
    {"additionalItems", Holds::schema},
    {"contains", Holds::schema},
    {"properties", Holds::named},
    {"additionalProperties", Holds::schema},
    {"propertyNames", Holds::schema},
    {"dependencies", Holds::dependency, same},
    {"allOf", Holds::schemas, same},
    {"anyOf", Holds::schemas, same},
    {"oneOf", Holds::schemas, same},
    {"not", Holds::schema, same},
    {"if", Holds::schema, same},
    {"then", Holds::schema, same},
    {"else", Holds::schema, same},
    {"$ref", Holds::reference, same},
    {"definitions", Holds::named},
    {"$defs", Holds::named},
    {"$schema"},
    {"$id"},
    {"$comment"},
    {"title"},
    {"description"},
    {"default"},
    {"examples"},
    {"readOnly"},
    {"writeOnly"},
    {"deprecated"},
    {"contentMediaType"},
    {"contentEncoding"},
};

constexpr std::string_view annotations[] = {"$schema",    "$id",         "$comment",    "title",
                                            "default",    "examples",    "readOnly",    "writeOnly",
                                            "deprecated", "description", "definitions", "$defs"};

using Pointer = Json::json_pointer;

class Preparation {
 public:
  explicit Preparation(Json schema) : root_(std::move(schema)) {}

  Result<Json> run() {
    schema(Pointer());
    for (const auto& [from, to] : references_) {
      if (error_.empty() && !known_.contains(to)) wrong(Pointer(from), "it leads to no schema");
    }
    for (const std::string& at : known_) look_for_circle(at);
    if (!error_.empty()) return failure(error_);
    for (const std::string& at : known_) rename(root_.at(Pointer(at)));
    if (root_.is_object()) root_.erase("$id");
    return std::move(root_);
  }

 private:
  void wrong(const Pointer& at, std::string_view what) {
    std::string path = at.to_string();
    if (error_.empty()) error_ = fmt::format("`{}`: {}", path.empty() ? "/" : path, what);
  }

  void schema(const Pointer& at) {
    if (!error_.empty()) return;
    const Json& here = root_.at(at);
    known_.insert(at.to_string());
    if (here.is_boolean()) return;
    if (!here.is_object()) return wrong(at, "a schema is an object, or true or false");
    bool refers = here.contains("$ref");
    for (const auto& [name, value] : here.items()) {
      const auto* keyword = std::ranges::find(keywords, name, &Keyword::name);
      if (keyword == std::end(keywords)) return wrong(at / name, "this keyword is not enforced");
      bool beside = refers && keyword->holds != Holds::reference;
      if (beside && std::ranges::find(annotations, name) == std::end(annotations))
        return wrong(at / name, "nothing else counts beside `$ref`: use `allOf`");
      if (name == "$id" && !at.empty()) return wrong(at / name, "parts have no names of their own");
      if (auto bad = bad_value(name, value)) return wrong(at / name, *bad);
      held(at, *keyword, value);
    }
  }

  void held(const Pointer& at, const Keyword& keyword, const Json& value) {
    Pointer inner = at / std::string(keyword.name);
    switch (keyword.holds) {
      case Holds::value:
        return;
      case Holds::reference:
        return reference(at, inner, value);
      case Holds::schema:
        return part(at, inner, keyword);
      case Holds::schemas:
        if (!value.is_array()) return part(at, inner, keyword);
        for (size_t i = 0; i < value.size(); ++i) part(at, inner / i, keyword);
        return;
      default:
        if (!value.is_object()) return wrong(inner, "this is an object of schemas");
        for (const auto& [name, one] : value.items()) {
          if (keyword.holds == Holds::named || !one.is_array()) part(at, inner / name, keyword);
        }
    }
  }

  void part(const Pointer& of, const Pointer& at, const Keyword& keyword) {
    if (keyword.same_value) leads_[of.to_string()].push_back(at.to_string());
    schema(at);
  }

  void reference(const Pointer& of, const Pointer& at, const Json& value) {
    const auto* text = value.get_ptr<const std::string*>();
    if (text == nullptr || (*text != "#" && !text->starts_with("#/")))
      return wrong(at, "references lead within the file: \"#/…\"");
    if (text->find('%') != text->npos) return wrong(at, "references are not percent-encoded");
    std::string to = text->substr(1);
    references_.emplace_back(at.to_string(), to);
    leads_[of.to_string()].push_back(std::move(to));
  }

  // A schema that applies to a value because it applies to it.
  void look_for_circle(const std::string& from) {
    std::set<std::string> met;
    std::vector<std::string> next = {from};
    while (error_.empty() && !next.empty()) {
      std::string at = std::move(next.back());
      next.pop_back();
      for (const std::string& to : leads_[at]) {
        if (to == from)
          return wrong(Pointer(from), "it applies to a value because it applies to it");
        if (met.insert(to).second) next.push_back(to);
      }
    }
  }

  static void rename(Json& schema) {
    if (!schema.is_object()) return;
    for (std::string_view name : own_keywords) {
      auto found = schema.find(name);
      if (found == schema.end()) continue;
      Json value = std::move(*found);
      schema.erase(found);
      schema[renamed(name)] = std::move(value);
    }
  }

  Json root_;
  std::string error_;
  std::set<std::string> known_;  // pointers to schemas
  std::vector<std::pair<std::string, std::string>> references_;
  std::map<std::string, std::vector<std::string>> leads_;  // to what applies to the same value
};

}  // namespace

Result<Json> prepared(Json schema) { return Preparation(std::move(schema)).run(); }

}  // namespace aipol::schema
