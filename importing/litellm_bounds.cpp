// Budgets, rates and model lists: of the proxy, its defaults for keys, users and teams, and of
// those keys, users and teams that the file declares, in the words of /key/generate, /user/new and
// /team/new.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "importing/litellm_config.h"

namespace aipol::importing::litellm {

namespace {

std::optional<int64_t> dollars_of(const Yaml* value) {
  auto number = number_of(value);
  if (!number || *number < 0 || *number > 1e9) return std::nullopt;
  return std::llround(*number * 1e9);
}

// What the members bound. `prefix` is that of their names: "max_", …
void read_numbers(const Yaml& map, const std::string& where, Bounds& bounds, Config& config) {
  if (const Yaml* budget = map.find("max_budget")) {
    bounds.budget = dollars_of(budget);
    config.state(*budget, where + ".max_budget", bounds.budget ? Share::whole : Share::none,
                 bounds.budget ? "" : "must be a number of dollars");
  }
  if (const Yaml* duration = map.find("budget_duration")) {
    std::string window = window_of(text_of(duration).value_or(""));
    if (!window.empty()) bounds.window = window;
    config.state(*duration, where + ".budget_duration",
                 window.empty() ? Share::stricter : Share::whole,
                 window.empty() ? "is no duration: the budget is never given anew" : "");
  }
  auto whole = [&](std::string_view name, std::optional<int64_t>& into) {
    const Yaml* value = map.find(name);
    if (value == nullptr) return;
    auto number = integer_of(value);
    if (number && *number >= 0) into = number;
    config.state(*value, fmt::format("{}.{}", where, name), into ? Share::whole : Share::none,
                 into ? "" : "must be a whole number");
  };
  whole("rpm_limit", bounds.rpm);
  whole("tpm_limit", bounds.tpm);
  whole("max_parallel_requests", bounds.parallel);
}

void read_models_of(const Yaml& map, const std::string& where, Bounds& bounds, Config& config) {
  const Yaml* models = map.find("models");
  if (models == nullptr) return;
  bounds.models = texts_of(models);
  bool all = bounds.models.empty() || std::ranges::count(bounds.models, "all-proxy-models") > 0;
  bounds.limits_models = !all;
  std::string missing;
  for (const std::string& name : bounds.models) {
    bool is_group = std::ranges::any_of(config.groups, [&](const Group& group) {
      return std::ranges::count(group.access_groups, name) > 0;
    });
    if (!all && config.find(name) == nullptr && !is_group)
      missing.append(missing.empty() ? "" : ", ").append(commented(name));
  }
  config.state(*models, where + ".models", missing.empty() ? Share::whole : Share::stricter,
               missing.empty() ? "" : fmt::format("without {}, which is not translated", missing));
}

void add(Bounds bounds, Config& config) { config.bounds.push_back(std::move(bounds)); }

// The settings of a default: each principal has its own counters.
void read_default(const Yaml* map, const std::string& where, const std::string& key,
                  Config& config) {
  if (map == nullptr || !map->is_map()) return;
  Bounds bounds{
      .what = where, .guard = key == "principal.team" ? "has principal.team" : "", .key = key};
  if (key == "principal.team") bounds.key = "principal.team ?? \"\"";
  read_numbers(*map, where, bounds, config);
  read_models_of(*map, where, bounds, config);
  config.state_others(*map, where + ".",
                      {"max_budget", "budget_duration", "rpm_limit", "tpm_limit",
                       "max_parallel_requests", "models"});
  add(std::move(bounds), config);
}

// Entries of `keys`, `users` and `teams`.
void read_owners(const Yaml& root, std::string_view section,
                 std::initializer_list<std::string_view> ids, Config& config) {
  const Yaml* list = root.find(section);
  if (list == nullptr) return;
  for (size_t i = 0; i < list->items.size(); ++i) {
    const Yaml& owner = list->items[i];
    std::optional<std::string> id;
    for (std::string_view name : ids)
      if (!id) id = text_of(owner.find(name));
    std::string where = fmt::format("{}[{}]", section, i);
    if (!id) {
      config.state(owner, where, Share::none, fmt::format("it needs `{}`", *ids.begin()));
      continue;
    }
    bool is_team = section == "teams";
    Bounds bounds{
        .what = fmt::format("{} {}", section.substr(0, section.size() - 1), commented(*id)),
        .guard = is_team ? fmt::format("(principal.team ?? \"\") == {}", literal(*id))
                         : fmt::format("principal.id == {}", literal(*id)),
        .key = is_team ? "principal.team ?? \"\"" : "principal.id"};
    read_numbers(owner, where, bounds, config);
    read_models_of(owner, where, bounds, config);
    for (const auto& [key, value] : owner.members) {
      constexpr std::string_view known[] = {"max_budget", "budget_duration",       "rpm_limit",
                                            "tpm_limit",  "max_parallel_requests", "models"};
      bool is_id = std::ranges::find(ids, key) != ids.end();
      if (is_id || std::ranges::find(known, key) != std::end(known)) continue;
      // A key itself is a secret: it is never repeated.
      config.state(
          value, fmt::format("{}.{}", where, commented(key)), Share::none,
          key == "key" ? "keys are kept as hashes: `aipol keys add`" : "has no counterpart");
    }
    add(std::move(bounds), config);
  }
}

void read_proxy(const Yaml& settings, Config& config) {
  Bounds proxy{.what = "litellm_settings", .key = "\"everyone\""};
  read_numbers(settings, "litellm_settings", proxy, config);
  if (proxy.budget || proxy.rpm || proxy.tpm || proxy.parallel) add(std::move(proxy), config);
  const Yaml* user = settings.find("max_internal_user_budget");
  if (user == nullptr) return;
  Bounds each{.what = "litellm_settings.max_internal_user_budget",
              .key = "principal.id",
              .budget = dollars_of(user)};
  if (const Yaml* duration = settings.find("internal_user_budget_duration")) {
    each.window = window_of(text_of(duration).value_or(""));
    if (each.window.empty()) each.window = "ever";
    config.state(*duration, "litellm_settings.internal_user_budget_duration");
  }
  config.state(*user, each.what, each.budget ? Share::whole : Share::none,
               each.budget ? "" : "must be a number of dollars");
  if (each.budget) add(std::move(each), config);
}

void read_general(const Yaml& general, Config& config) {
  Bounds all{.what = "general_settings", .key = "\"everyone\""};
  if (const Yaml* most = general.find("global_max_parallel_requests")) {
    all.parallel = integer_of(most);
    config.state(*most, "general_settings.global_max_parallel_requests",
                 all.parallel ? Share::whole : Share::none);
    if (all.parallel && *all.parallel > 0) add(std::move(all), config);
  }
  if (const Yaml* key = general.find("master_key")) {
    config.state(*key, "general_settings.master_key", Share::stricter,
                 "there is no key that may do everything; callers have keys of their own");
  }
  config.state_others(general, "general_settings.", {"global_max_parallel_requests", "master_key"});
}

}  // namespace

std::string window_of(std::string_view duration) {
  if (duration == "1mo") return "month";
  size_t digits = duration.find_first_not_of("0123456789");
  if (digits == 0 || digits == duration.npos || digits > 6) return "";
  std::string_view unit = duration.substr(digits);
  int64_t count = std::stoll(std::string(duration.substr(0, digits)));
  if (count == 0) return "";
  for (std::string_view known : {"s", "m", "h", "d"})
    if (unit == known) return fmt::format("{}{}", count, unit);
  if (unit == "w") return fmt::format("{}d", count * 7);
  return unit == "mo" ? fmt::format("{}d", count * 31) : "";
}

void read_bounds(const Yaml& root, Config& config) {
  if (const Yaml* settings = root.find("litellm_settings")) {
    read_proxy(*settings, config);
    for (std::string_view name : {"default_key_generate_params", "upperbound_key_generate_params",
                                  "default_internal_user_params"})
      read_default(settings->find(name), fmt::format("litellm_settings.{}", name), "principal.id",
                   config);
    read_default(settings->find("default_team_params"), "litellm_settings.default_team_params",
                 "principal.team", config);
    config.state_others(
        *settings, "litellm_settings.",
        {"num_retries", "fallbacks", "default_fallbacks", "context_window_fallbacks",
         "content_policy_fallbacks", "request_timeout", "max_budget", "budget_duration",
         "max_internal_user_budget", "internal_user_budget_duration", "default_key_generate_params",
         "upperbound_key_generate_params", "default_internal_user_params", "default_team_params",
         "rpm_limit", "tpm_limit", "max_parallel_requests"});
  }
  if (const Yaml* general = root.find("general_settings")) read_general(*general, config);
  read_owners(root, "keys", {"key_alias", "key_name"}, config);
  read_owners(root, "users", {"user_id", "user_alias"}, config);
  read_owners(root, "teams", {"team_alias", "team_id"}, config);
}

}  // namespace aipol::importing::litellm
