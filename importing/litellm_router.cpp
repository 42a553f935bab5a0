// router_settings and litellm_settings: who answers, and what happens where one fails.
#include <algorithm>

#include <fmt/format.h>

#include "importing/litellm_config.h"

namespace aipol::importing::litellm {

namespace {

std::optional<int64_t> bounded(const Yaml* value, int64_t most) {
  auto number = integer_of(value);
  return number && *number >= 0 && *number <= most ? number : std::nullopt;
}

void read_strategy(const Yaml& value, Config& config) {
  constexpr std::pair<std::string_view, std::string_view> names[] = {
      {"simple-shuffle", "weight"},
      {"least-busy", "least_busy"},
      {"latency-based-routing", "fastest"},
      {"cost-based-routing", "cheapest"}};
  std::string text = text_of(&value).value_or("");
  for (auto [from, to] : names)
    if (text == from)
      return config.strategy = to, config.state(value, "router_settings.routing_strategy");
  config.state(
      value, "router_settings.routing_strategy", Share::none,
      fmt::format("there is no strategy like `{}`; models of one name take turns by weight",
                  commented(text)));
}

// [{"a": ["b", "c"]}]
void read_fallbacks(const Yaml& list, const std::string& where, Config& config) {
  for (const Yaml& item : list.items) {
    for (const auto& [name, targets] : item.members) {
      std::string what = fmt::format("{}.fallbacks of `{}`", where, commented(name));
      auto group = std::ranges::find(config.groups, name, &Group::name);
      if (group == config.groups.end()) {
        config.state(targets, what, Share::none, "the model is not translated");
        continue;
      }
      std::string missing;
      for (const std::string& target : texts_of(&targets)) {
        if (config.find(target) != nullptr)
          group->fallbacks.push_back(target);
        else
          missing.append(missing.empty() ? "" : ", ").append(commented(target));
      }
      config.state(
          targets, what, missing.empty() ? Share::whole : Share::stricter,
          missing.empty() ? "" : fmt::format("without {}, which is not translated", missing));
    }
  }
}

void read_default_fallbacks(const Yaml& list, const std::string& where, Config& config) {
  for (Group& group : config.groups)
    for (const std::string& target : texts_of(&list))
      if (config.find(target) != nullptr && target != group.name) group.fallbacks.push_back(target);
  config.state(list, where + ".default_fallbacks");
}

// Another name of a group: the same model once more.
void read_aliases(const Yaml& map, Config& config) {
  for (const auto& [alias, value] : map.members) {
    std::string what = fmt::format("router_settings.model_group_alias.{}", commented(alias));
    auto target = text_of(value.is_map() ? value.find("model") : &value);
    const Group* group = target ? config.find(*target) : nullptr;
    if (group == nullptr || config.find(alias) != nullptr || alias.size() > 200) {
      config.state(value, what, Share::none,
                   "names no model that is translated, or one that is there already");
      continue;
    }
    Group copy = *group;
    copy.name = alias;
    copy.alias_of = group->alias_of.empty() ? group->name : group->alias_of;
    for (size_t i = 0; i < copy.deployments.size(); ++i)
      copy.deployments[i].name = i == 0 ? alias : fmt::format("{}#{}", alias, i + 1);
    config.groups.push_back(std::move(copy));
    config.state(value, what);
  }
}

void read_number(const Yaml& map, std::string_view name, const std::string& where, int64_t most,
                 std::optional<int64_t>& into, Config& config) {
  const Yaml* value = map.find(name);
  if (value == nullptr) return;
  auto number = bounded(value, most);
  if (number) into = number;
  config.state(*value, fmt::format("{}.{}", where, name), number ? Share::whole : Share::none,
               number ? "" : fmt::format("must be a whole number up to {}", most));
}

void read_settings(const Yaml& map, const std::string& where, Config& config) {
  read_number(map, "num_retries", where, 10, config.retries, config);
  if (const Yaml* list = map.find("fallbacks")) read_fallbacks(*list, where, config);
  if (const Yaml* list = map.find("default_fallbacks"))
    read_default_fallbacks(*list, where, config);
  for (std::string_view name : {"context_window_fallbacks", "content_policy_fallbacks"})
    if (const Yaml* list = map.find(name))
      config.state(*list, fmt::format("{}.{}", where, name), Share::none,
                   "a route goes on after statuses and timeouts, whatever their reason");
}

}  // namespace

void read_router(const Yaml& root, Config& config) {
  const Yaml* router = root.find("router_settings");
  const Yaml* settings = root.find("litellm_settings");
  // Aliases first: fallbacks may name them.
  if (router != nullptr) {
    if (const Yaml* aliases = router->find("model_group_alias")) read_aliases(*aliases, config);
    if (const Yaml* strategy = router->find("routing_strategy")) read_strategy(*strategy, config);
  }
  if (settings != nullptr) {
    read_settings(*settings, "litellm_settings", config);
    read_number(*settings, "request_timeout", "litellm_settings", 100'000, config.timeout_s,
                config);
  }
  if (router == nullptr) return;
  read_settings(*router, "router_settings", config);
  read_number(*router, "timeout", "router_settings", 100'000, config.timeout_s, config);
  read_number(*router, "allowed_fails", "router_settings", 1'000, config.allowed_fails, config);
  read_number(*router, "cooldown_time", "router_settings", 100'000, config.cooldown_s, config);
  config.state_others(*router, "router_settings.",
                      {"model_group_alias", "routing_strategy", "num_retries", "fallbacks",
                       "default_fallbacks", "context_window_fallbacks", "content_policy_fallbacks",
                       "timeout", "allowed_fails", "cooldown_time"});
}

}  // namespace aipol::importing::litellm
