#include "importing/litellm.h"

#include <algorithm>

#include <fmt/format.h>

#include "importing/litellm_config.h"

namespace aipol::importing {

namespace litellm {

const Group* Config::find(std::string_view name) const {
  auto found = std::ranges::find(groups, name, &Group::name);
  return found == groups.end() ? nullptr : &*found;
}

void Config::state(const Yaml& at, std::string what, Share share, std::string note) {
  out.items.push_back({std::move(what), file, at.line, share, std::move(note)});
}

void Config::state_others(const Yaml& map, std::string_view prefix,
                          std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : map.members) {
    if (std::ranges::find(known, key) != known.end()) continue;
    state(value, fmt::format("{}{}", prefix, key), Share::none, "has no counterpart");
  }
}

}  // namespace litellm

Result<Translation> import_litellm(std::string_view text, const std::string& file) {
  Result<Yaml> root = parse_yaml(text);
  if (!root) return failure(fmt::format("{}: {}", file, root.error().message));
  const Yaml* models = root->find("model_list");
  if (models == nullptr || !models->is_list() || models->items.empty())
    return failure(
        fmt::format("{}: has no `model_list`; is it a configuration of LiteLLM's proxy?", file));
  litellm::Config config;
  config.file = file;
  litellm::read_models(*root, config);
  if (config.groups.empty())
    return failure(fmt::format("{}: none of its models can be translated: {}", file,
                               config.out.items.front().note));
  litellm::read_router(*root, config);
  litellm::read_bounds(*root, config);
  config.state_others(*root, "",
                      {"model_list", "router_settings", "litellm_settings", "general_settings",
                       "environment_variables", "keys", "teams", "users"});
  litellm::write_models(config);
  litellm::write_policies(config);
  litellm::write_tests(config);
  std::ranges::stable_sort(config.out.items, {}, &Item::line);
  Result<void> done = finish(config.out);
  if (!done) return std::unexpected(done.error());
  return std::move(config.out);
}

}  // namespace aipol::importing
