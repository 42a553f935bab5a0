#include "runtime/identity/key_file.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "base/civil.h"
#include "base/overloaded.h"
#include "plan/ip.h"
#include "runtime/identity/read_file.h"
#include "runtime/identity/strict_json.h"

namespace aipol::identity {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t largest_key_file = 64 * 1024 * 1024;

// Errors inside one reading travel as this exception, and end at parse_key_file.
struct Wrong {
  std::string message;
};

[[noreturn]] void wrong(std::string_view where, std::string_view what) {
  throw Wrong{fmt::format("{}: {}", where, what)};
}

std::string read_text(const Json& value, const std::string& where) {
  if (!value.is_string()) wrong(where, "must be a string");
  return value.get<std::string>();
}

std::vector<std::string> read_texts(const Json& value, const std::string& where) {
  if (!value.is_array()) wrong(where, "must be a list of strings");
  std::vector<std::string> texts;
  for (const Json& text : value)
    texts.push_back(read_text(text, fmt::format("{}[{}]", where, texts.size())));
  return texts;
}

int64_t read_time(const Json& value, const std::string& where) {
  const auto time = parse_time(read_text(value, where));
  if (!time) wrong(where, "not a time like 2026-03-01T12:00:00Z");
  return *time;
}

context::AttributeValue read_attribute(const Json& value, const std::string& where) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_unsigned() && value.get<uint64_t>() > INT64_MAX)
    wrong(where, "number too large");
  if (value.is_number_integer()) return value.get<int64_t>();
  if (value.is_number_float()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) wrong(where, "must be a boolean, a number, a string or a list of these");
  std::vector<std::string> list;
  for (const Json& item : value) {
    if (item.is_number()) {
      list.push_back(item.dump());
    } else {
      list.push_back(read_text(item, fmt::format("{}[{}]", where, list.size())));
    }
  }
  return list;
}

context::Attributes read_attributes(const Json& value, const std::string& where) {
  if (!value.is_object()) wrong(where, "must be an object");
  context::Attributes attributes;
  for (const auto& [name, one] : value.items()) {
    attributes.try_emplace(name, read_attribute(one, fmt::format("{}.{}", where, name)));
  }
  return attributes;
}

KeyHash read_hash(const Json& value, const std::string& where) {
  const auto hash = from_hex(read_text(value, where));
  if (!hash) wrong(where, "must be a SHA-256 hash, 64 hexadecimal digits");
  return *hash;
}

std::string read_kind(const Json& value, const std::string& where) {
  std::string kind = read_text(value, where);
  if (kind != "app" && kind != "user") wrong(where, "must be \"app\" or \"user\"");
  return kind;
}

void read_member(Key& key, const std::string& name, const Json& value, const std::string& where) {
  if (name == "id")
    key.id = read_text(value, where);
  else if (name == "name")
    key.name = read_text(value, where);
  else if (name == "hash")
    key.hash = read_hash(value, where);
  else if (name == "kind")
    key.kind = read_kind(value, where);
  else if (name == "tenant")
    key.tenant = read_text(value, where);
  else if (name == "roles")
    key.roles = read_texts(value, where);
  else if (name == "groups")
    key.groups = read_texts(value, where);
  else if (name == "attributes")
    key.attributes = read_attributes(value, where);
  else if (name == "created")
    key.created_ns = read_time(value, where);
  else if (name == "expires")
    key.expires_ns = read_time(value, where);
  else if (name == "revoked")
    key.revoked_ns = read_time(value, where);
  else
    wrong(where, "unknown member");
}

Key read_key(const Json& value, const std::string& where) {
  if (!value.is_object()) wrong(where, "must be an object");
  Key key;
  for (const auto& [name, member] : value.items())
    read_member(key, name, member, fmt::format("{}.{}", where, name));
  if (key.id.empty()) wrong(where, "has no id");
  if (!value.contains("hash")) wrong(where, "has no hash");
  return key;
}

std::vector<Key> read_keys(const Json& root) {
  if (!root.is_object() || !root.contains("keys") || !root["keys"].is_array()) {
    throw Wrong{"must be an object with a list `keys`"};
  }
  for (const auto& [name, value] : root.items()) {
    if (name != "keys") wrong(name, "unknown member");
  }
  std::vector<Key> keys;
  std::set<std::string> ids;
  for (const Json& value : root["keys"]) {
    const std::string where = fmt::format("keys[{}]", keys.size());
    keys.push_back(read_key(value, where));
    if (!ids.insert(keys.back().id).second) wrong(where, "the id is there twice");
  }
  return keys;
}

Json write_key(const Key& key) {
  Json out{{"id", key.id}, {"name", key.name}, {"hash", to_hex(key.hash)}, {"kind", key.kind}};
  if (!key.tenant.empty()) out["tenant"] = key.tenant;
  if (!key.roles.empty()) out["roles"] = key.roles;
  if (!key.groups.empty()) out["groups"] = key.groups;
  for (const auto& [name, value] : key.attributes) {
    Json& place = out["attributes"][name];
    std::visit(Overloaded{[&](const context::ExactInteger& exact) { place = exact.value; },
                          [&](const std::vector<context::ExactInteger>& list) {
                            place = Json::array();
                            for (context::ExactInteger one : list) place.push_back(one.value);
                          },
                          [&](const plan::Ip& ip) { place = plan::format_ip(ip); },
                          [&](const auto& one) { place = one; }},
               value);
  }
  if (key.created_ns) out["created"] = format_time(*key.created_ns);
  if (key.expires_ns) out["expires"] = format_time(*key.expires_ns);
  if (key.revoked_ns) out["revoked"] = format_time(*key.revoked_ns);
  return out;
}

}  // namespace

Result<std::vector<Key>> parse_key_file(std::string_view text) {
  const auto root = parse_strict_json<Json>(text, 16);
  if (!root) return std::unexpected(root.error());
  try {
    return read_keys(*root);
  } catch (const Wrong& error) {
    return failure(error.message);
  }
}

std::string format_key_file(const std::vector<Key>& keys) {
  Json list = Json::array();
  for (const Key& key : keys) list.push_back(write_key(key));
  return Json{{"keys", list}}.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<std::vector<Key>> read_key_file(const std::filesystem::path& path) {
  auto text = read_file(path, largest_key_file);
  if (!text) return std::unexpected(text.error());
  auto keys = parse_key_file(*text);
  if (!keys) return failure(fmt::format("{}: {}", path.string(), keys.error().message));
  return keys;
}

}  // namespace aipol::identity
