#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>

#include "base/civil.h"
#include "cli/commands/command.h"
#include "runtime/identity/key_file.h"

namespace aipol::cli {

namespace {

struct KeysOptions {
  std::string file = "keys.json";
  std::string format = "text";
  std::string revoked;  // the id
  identity::Key key;
  std::string expires;
  std::vector<std::string> attributes;
};

// `true`, `3`, `["a"]` are what JSON makes of them, all else is a text.
context::AttributeValue attribute_value(const std::string& text) {
  nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer()) return value.get<int64_t>();
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  bool texts = value.is_array() &&
               std::ranges::all_of(value, [](const auto& item) { return item.is_string(); });
  if (texts) return value.get<std::vector<std::string>>();
  return text;
}

Result<void> complete(KeysOptions& options) {
  for (const std::string& attribute : options.attributes) {
    size_t equals = attribute.find('=');
    if (equals == std::string::npos || equals == 0)
      return failure(fmt::format("`{}`: write an attribute as NAME=VALUE", attribute));
    options.key.attributes.insert_or_assign(attribute.substr(0, equals),
                                            attribute_value(attribute.substr(equals + 1)));
  }
  if (options.expires.empty()) return {};
  options.key.expires_ns = parse_time(options.expires);
  if (!options.key.expires_ns)
    return failure(
        fmt::format("`{}` is not a time; write it as 2027-01-01T00:00:00Z", options.expires));
  return {};
}

int run_add(KeysOptions& options) {
  Result<void> completed = complete(options);
  if (!completed) return fail(completed.error().message);
  Result<identity::Issued> issued = identity::add_key(options.file, options.key);
  if (!issued) return fail(issued.error().message);
  if (options.format == "json") {
    nlohmann::ordered_json out = {
        {"id", issued->key.id}, {"key", issued->secret}, {"file", options.file}};
    fmt::print("{}\n", out.dump());
    return well;
  }
  fmt::print("{}\n", issued->secret);
  fmt::print(stderr, "added `{}` to {}; the key is shown this once\n", issued->key.id,
             options.file);
  return well;
}

std::string state_of(const identity::Key& key) {
  auto now = std::chrono::system_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
  if (key.revoked_ns) return "revoked " + format_time(*key.revoked_ns);
  if (key.expires_ns && *key.expires_ns <= now) return "expired " + format_time(*key.expires_ns);
  return key.expires_ns ? "until " + format_time(*key.expires_ns) : "active";
}

int run_list(const KeysOptions& options) {
  Result<std::vector<identity::Key>> keys = identity::read_key_file(options.file);
  if (!keys) return fail(keys.error().message);
  nlohmann::ordered_json out = {{"keys", nlohmann::json::array()}};
  for (const identity::Key& key : *keys) {
    if (options.format == "json") {
      out["keys"].push_back({{"id", key.id},
                             {"name", key.name},
                             {"kind", key.kind},
                             {"tenant", key.tenant},
                             {"roles", key.roles},
                             {"groups", key.groups},
                             {"state", state_of(key)}});
    } else {
      fmt::print("{:24} {:5} {:24} {}\n", key.id, key.kind, state_of(key), key.name);
    }
  }
  if (options.format == "json")
    fmt::print("{}\n", out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  return well;
}

int run_revoke(const KeysOptions& options) {
  Result<identity::Key> key = identity::revoke_key(options.file, options.revoked);
  if (!key) return fail(key.error().message);
  fmt::print(stderr, "`{}` {}\n", key->id, state_of(*key));
  return well;
}

void add_common(CLI::App& command, KeysOptions& options) {
  command.add_option("--file", options.file, "the key file")->capture_default_str();
  command.add_option("--format", options.format, "how results are printed")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
}

}  // namespace

Run add_keys(CLI::App& command) {
  auto options = std::make_shared<KeysOptions>();
  command.require_subcommand(1);
  CLI::App* add = command.add_subcommand("add", "make a key, keep its hash, print it once");
  add_common(*add, *options);
  add->add_option("--id", options->key.id, "principal.id; made up where not given");
  add->add_option("--name", options->key.name, "principal.name");
  add->add_option("--kind", options->key.kind, "principal.kind")
      ->check(CLI::IsMember({"app", "user"}))
      ->capture_default_str();
  add->add_option("--tenant", options->key.tenant, "principal.tenant");
  add->add_option("--role", options->key.roles, "one of principal.roles; may be repeated");
  add->add_option("--group", options->key.groups, "one of principal.groups; may be repeated");
  add->add_option("--attribute", options->attributes,
                  "NAME=VALUE: an attribute of `extend principal`; may be repeated");
  add->add_option("--expires", options->expires, "when the key ends, as 2027-01-01T00:00:00Z");
  CLI::App* list =
      command.add_subcommand("list", "the keys of a file, without the keys themselves");
  add_common(*list, *options);
  CLI::App* revoke = command.add_subcommand("revoke", "end a key");
  add_common(*revoke, *options);
  revoke->add_option("ID", options->revoked, "the key's id")->required();
  command.footer(
      "Examples:\n  aipol keys add --file keys.json --id checkout --role Finance_Analyst\n  aipol "
      "keys revoke checkout");
  return [options, add, list] {
    if (add->parsed()) return run_add(*options);
    return list->parsed() ? run_list(*options) : run_revoke(*options);
  };
}

}  // namespace aipol::cli
