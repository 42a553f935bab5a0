#include "runtime/identity/mapping.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/civil.h"

namespace aipol::identity {
namespace {

using Json = nlohmann::json;
using context::Principal;
using Mapping = plan::Identity::Mapping;
using Texts = std::vector<std::string>;

constexpr std::array<std::string_view, 3> kinds = {"anonymous", "user", "app"};  // PrincipalKind

std::optional<std::string> as_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_integer()) return value.dump();
  return value.is_array() && !value.empty() && !value[0].is_array() ? as_text(value[0])
                                                                    : std::nullopt;
}

Texts split_at_spaces(const std::string& text) {
  Texts out;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    if (end > begin) out.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

// What a list holds besides texts and numbers is left out.
std::optional<Texts> as_texts(const Json& value, bool split) {
  if (value.is_string()) {
    if (split) return split_at_spaces(value.get<std::string>());
    return Texts{value.get<std::string>()};
  }
  if (!value.is_array()) return std::nullopt;
  Texts out;
  for (const Json& item : value) {
    if (item.is_string()) out.push_back(item.get<std::string>());
    if (item.is_number()) out.push_back(item.dump());
  }
  return out;
}

std::optional<int64_t> as_time(const Json& value) {
  if (value.is_string()) return parse_time(value.get<std::string>());
  if (!value.is_number() || value.get<double>() > 9.2e9 || value.get<double>() < -9.2e9)
    return std::nullopt;
  return std::llround(value.get<double>() * 1e9);
}

std::optional<context::AttributeValue> as_attribute(const Json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_unsigned() && value.get<uint64_t>() > INT64_MAX) return std::nullopt;
  if (value.is_number_integer()) return value.get<int64_t>();
  if (value.is_number_float()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array()) return *as_texts(value, false);
  return std::nullopt;
}

void take_text(const Json& value, std::string& field) {
  if (auto text = as_text(value)) field = std::move(*text);
}

void take_texts(const Json& value, bool split, Texts& field) {
  if (auto texts = as_texts(value, split)) field = std::move(*texts);
}

void take_kind(const Json& value, Principal& principal) {
  if (value == "user" || value == "app") principal.kind = value.get<std::string>();
}

using Take = void (*)(const Json& value, Principal& principal);

struct Row {
  std::string_view field;
  Take take;
};

// The fields of every principal; all others are attributes.
constexpr Row rows[] = {
    {"kind", take_kind},
    {"id", [](const Json& v, Principal& p) { take_text(v, p.id); }},
    {"name", [](const Json& v, Principal& p) { take_text(v, p.name); }},
    {"tenant", [](const Json& v, Principal& p) { take_text(v, p.tenant); }},
    {"roles", [](const Json& v, Principal& p) { take_texts(v, false, p.roles); }},
    {"groups", [](const Json& v, Principal& p) { take_texts(v, false, p.groups); }},
    {"scopes", [](const Json& v, Principal& p) { take_texts(v, true, p.scopes); }},
    {"mfa",
     [](const Json& v, Principal& p) {
       if (v.is_boolean()) p.mfa = v.get<bool>();
     }},
    {"expires",
     [](const Json& v, Principal& p) {
       if (auto time = as_time(v)) p.expires_ns = time;
     }},
    {"actor",
     [](const Json& v, Principal& p) {
       if (auto text = as_text(v)) p.actor = std::move(text);
     }},
};

void take(const std::string& field, const Json& value, Principal& principal) {
  const auto* row = std::ranges::find(rows, field, &Row::field);
  if (row != std::end(rows)) return row->take(value, principal);
  if (auto attribute = as_attribute(value))
    principal.attributes.insert_or_assign(field, std::move(*attribute));
}

// `"mfa" in amr`: no list has no members.
bool has_member(const Json* list, const std::string& member) {
  const auto texts = list == nullptr ? std::nullopt : as_texts(*list, true);
  return texts && std::ranges::find(*texts, member) != texts->end();
}

// `kind: app`, `mfa: true`
void take_constant(const std::string& field, const plan::Constant& value, Principal& principal) {
  if (const auto* truth = std::get_if<bool>(&value)) return take(field, *truth, principal);
  const auto* member = std::get_if<int64_t>(&value);
  if (field == "kind" && member != nullptr && *member >= 0 && *member < std::ssize(kinds))
    principal.kind = kinds[static_cast<size_t>(*member)];
}

}  // namespace

const Json* find_claim(const Json& claims, std::string_view path) {
  if (!claims.is_object()) return nullptr;
  const auto whole = claims.find(path);
  if (whole != claims.end()) return &*whole;
  for (size_t dot = path.rfind('.'); dot != path.npos && dot > 0; dot = path.rfind('.', dot - 1)) {
    const auto outer = claims.find(path.substr(0, dot));
    if (outer == claims.end()) continue;
    if (const Json* inner = find_claim(*outer, path.substr(dot + 1))) return inner;
  }
  return nullptr;
}

void map_claims(const Json& claims, const std::vector<Mapping>& mapping, Principal& principal) {
  for (const Mapping& one : mapping) {
    if (one.value) {
      take_constant(one.field, *one.value, principal);
      continue;
    }
    const Json* value = find_claim(claims, one.claim);
    if (!one.member.empty())
      take(one.field, has_member(value, one.member), principal);
    else if (value != nullptr)
      take(one.field, *value, principal);
  }
}

}  // namespace aipol::identity
