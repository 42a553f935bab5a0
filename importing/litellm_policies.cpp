// The policies: who may use which model, who answers, and what is bounded.
#include <algorithm>

#include <fmt/format.h>

#include "importing/litellm_config.h"

namespace aipol::importing::litellm {

namespace {

std::vector<std::string> group_names(const Config& config) {
  std::vector<std::string> names;
  for (const Group& group : config.groups) names.push_back(group.name);
  return names;
}

// Names of groups and of access groups as names of groups.
std::vector<std::string> models_of(const Config& config, const std::vector<std::string>& names) {
  std::vector<std::string> models;
  for (const Group& group : config.groups) {
    bool named = std::ranges::count(names, group.name) > 0;
    for (const std::string& access : group.access_groups)
      named = named || std::ranges::count(names, access) > 0;
    if (named) models.push_back(group.name);
  }
  return models;
}

std::vector<std::string> unpriced(const Config& config) {
  std::vector<std::string> names;
  for (const Group& group : config.groups)
    for (const Deployment& one : group.deployments)
      if (!one.has_price()) names.push_back(one.name);
  return names;
}

void write_access(const Config& config, std::string& text) {
  text +=
      "/// Callers have keys; every one of them may use the models that have names, but for what "
      "is refused below.\n"
      "policy callers {\n"
      "  require principal.kind != anonymous else 401 \"an API key is required\"\n";
  text += fmt::format("  allow when model.name in {}\n", literal_list(group_names(config)));
  text += "  allow when ai.operation == models\n}\n\n";
  bool any_access = std::ranges::any_of(
      config.groups, [](const Group& group) { return !group.access_groups.empty(); });
  if (!any_access) return;
  text +=
      "/// What a key lists of models and access groups is all that it may use; a key that lists "
      "nothing may use any.\n"
      "policy listed_models {\n  when not principal.models.is_empty and ai.operation != models\n"
      "  deny 403 f\"{principal.id} may not use {model.name}\" when not (model.name in "
      "principal.models";
  std::vector<std::string> accesses;
  for (const Group& group : config.groups)
    for (const std::string& access : group.access_groups)
      if (std::ranges::count(accesses, access) == 0) accesses.push_back(access);
  for (const std::string& access : accesses)
    text += fmt::format(" or {} in principal.models and model.name in {}", literal(access),
                        literal_list(models_of(config, {access})));
  text += ")\n}\n\n";
}

// Deployments of one group with their shares, and behind them those of its fallbacks.
struct Targets {
  std::vector<std::pair<std::string, int64_t>> own, behind;
};

Targets targets_of(const Config& config, const Group& group) {
  Targets all;
  for (const Deployment& one : group.deployments)
    all.own.emplace_back(one.name, one.weight ? *one.weight
                                   : one.rpm  ? *one.rpm
                                   : one.tpm  ? *one.tpm
                                              : 1);
  for (const std::string& name : group.fallbacks) {
    for (const Deployment& one : config.find(name)->deployments) {
      auto is_there = [&](const auto& list) {
        return std::ranges::any_of(list,
                                   [&](const auto& target) { return target.first == one.name; });
      };
      if (!is_there(all.own) && !is_there(all.behind)) all.behind.emplace_back(one.name, 0);
    }
  }
  return all;
}

constexpr int64_t most_weight = 1'000'000;

std::string target_list(const Config& config, const Targets& targets) {
  std::string list;
  bool weighted =
      targets.own.size() > 1 && (config.strategy == "weight" || !targets.behind.empty());
  int64_t largest = 1;
  for (const auto& [name, weight] : targets.own) largest = std::max(largest, weight);
  int64_t divisor = largest / most_weight + 1;
  for (const auto* part : {&targets.own, &targets.behind})
    for (const auto& [name, weight] : *part) {
      list.append(list.empty() ? "" : ", ").append(literal(name));
      if (weighted)
        list += fmt::format(" weight {}", weight == 0 ? 0 : std::max<int64_t>(1, weight / divisor));
    }
  if (weighted) return fmt::format("[{}] by weight", list);
  return targets.own.size() > 1 ? fmt::format("[{}] by {}", list, config.strategy) : list;
}

// Whether a budget of everybody refuses all of the targets, for want of prices: such a route is an
// error.
bool is_refused(const Config& config, const Targets& targets) {
  bool counts = std::ranges::any_of(
      config.bounds, [](const Bounds& one) { return one.budget && one.guard.empty(); });
  if (!counts) return false;
  std::vector<std::string> names = unpriced(config);
  auto is_unpriced = [&](const auto& target) {
    return std::ranges::count(names, target.first) > 0;
  };
  return std::ranges::all_of(targets.own, is_unpriced) &&
         std::ranges::all_of(targets.behind, is_unpriced);
}

void write_routes(Config& config, std::string& text) {
  std::string policies;
  for (const Group& group : config.groups) {
    Targets targets = targets_of(config, group);
    if (is_refused(config, targets)) continue;
    std::optional<int64_t> timeout = group.deployments.front().timeout_s;
    if (!timeout) timeout = config.timeout_s;
    bool alone = targets.own.size() + targets.behind.size() == 1;
    if (alone && !timeout && !config.retries && !config.allowed_fails) continue;
    policies += fmt::format("policy {} {{\n  when model.name == {}\n  route to {}",
                            config.names.take("route_" + group.name), literal(group.name),
                            target_list(config, targets));
    if (config.retries && *config.retries > 0)
      policies += fmt::format(" retry {}", *config.retries);
    if (timeout && *timeout > 0) policies += fmt::format(" timeout {}s", *timeout);
    if (config.allowed_fails)
      policies += fmt::format(" break after {} failures for {}s", *config.allowed_fails + 1,
                              std::max<int64_t>(1, config.cooldown_s.value_or(5)));
    policies += "\n}\n\n";
  }
  if (!policies.empty()) text += "// Who answers.\n\n" + policies;
}

void write_defaults(Config& config, std::string& text) {
  for (const Group& group : config.groups) {
    auto tokens = group.deployments.front().max_tokens;
    if (!tokens) continue;
    text += fmt::format(
        "policy {} {{\n  when model.name == {}\n  set body.max_tokens = {} when not has "
        "ai.max_tokens\n}}\n\n",
        config.names.take("defaults_" + group.name), literal(group.name), *tokens);
  }
}

// Rates that the file gives each deployment, together for what clients ask for.
void write_capacity(Config& config, std::string& text) {
  for (const Group& group : config.groups) {
    if (!group.alias_of.empty()) continue;
    auto sum = [&](std::optional<int64_t> Deployment::* member) -> std::optional<int64_t> {
      int64_t all = 0;
      for (const Deployment& one : group.deployments) {
        if (!(one.*member)) return std::nullopt;
        all += *(one.*member);
      }
      return all;
    };
    auto rpm = sum(&Deployment::rpm), tpm = sum(&Deployment::tpm);
    if (!rpm && !tpm) continue;
    // Other names of the same deployments share their rates.
    std::vector<std::string> names{group.name};
    for (const Group& other : config.groups)
      if (other.alias_of == group.name) names.push_back(other.name);
    std::string guard = names.size() == 1 ? fmt::format("model.name == {}", literal(group.name))
                                          : fmt::format("model.name in {}", literal_list(names));
    text += fmt::format("policy {} {{\n  when {}\n", config.names.take("capacity_" + group.name),
                        guard);
    if (rpm)
      text += fmt::format("  limit {} requests per minute by {} strict\n", number(*rpm),
                          literal(group.name));
    if (tpm)
      text += fmt::format("  limit {} tokens per minute by {} strict\n", number(*tpm),
                          literal(group.name));
    text += "}\n\n";
  }
}

void write_amount(int64_t amount, std::string_view rest, std::string_view message,
                  std::string& text) {
  if (amount == 0)
    text += fmt::format("  deny 429 {}\n", literal(message));
  else
    text += fmt::format("  limit {}\n", rest);
}

void write_bound(Config& config, const Bounds& bound, std::string& text) {
  std::string guard = bound.guard.empty() ? "" : fmt::format("  when {}\n", bound.guard);
  if (bound.limits_models) {
    text += fmt::format("/// The models of {}.\npolicy {} {{\n{}", commented(bound.what),
                        config.names.take("models_of_" + bound.what), guard);
    text += fmt::format(
        "  deny 403 f\"{{principal.id}} may not use {{model.name}}\" when ai.operation != models "
        "and model.name not in {}\n}}\n\n",
        literal_list(models_of(config, bound.models)));
  }
  if (!bound.budget && !bound.rpm && !bound.tpm && !bound.parallel) return;
  text += fmt::format("/// The bounds of {}.\npolicy {} {{\n{}", commented(bound.what),
                      config.names.take("bounds_of_" + bound.what), guard);
  if (bound.budget) {
    write_amount(
        *bound.budget,
        fmt::format("{} usd per {} by {}{}", dollars(*bound.budget), bound.window, bound.key,
                    bound.window == "ever" || bound.window == "month" ? "" : " strict"),
        "there is no budget", text);
    // What has no price would be used without being counted.
    if (std::vector<std::string> names = unpriced(config); !names.empty())
      text += fmt::format(
          "  require target.name not in {} else 403 \"this model has no price, so no budget can "
          "count it\"\n",
          literal_list(names));
  }
  if (bound.rpm)
    write_amount(*bound.rpm,
                 fmt::format("{} requests per minute by {} strict", number(*bound.rpm), bound.key),
                 "no requests are allowed", text);
  if (bound.tpm)
    write_amount(*bound.tpm,
                 fmt::format("{} tokens per minute by {} strict", number(*bound.tpm), bound.key),
                 "no tokens are allowed", text);
  if (bound.parallel)
    write_amount(*bound.parallel, fmt::format("{} concurrent by {}", *bound.parallel, bound.key),
                 "no requests are allowed", text);
  text += "}\n\n";
}

}  // namespace

void write_policies(Config& config) {
  std::string text =
      fmt::format("// What {} says of who may use what, who answers, and how much.\n\n",
                  commented(config.file));
  text += "identity keys : api_key { file: \"keys.json\" }\n\n";
  bool any_access = std::ranges::any_of(
      config.groups, [](const Group& group) { return !group.access_groups.empty(); });
  text += "extend principal {\n  /// The team of the key.\n  team?: string,\n";
  if (any_access)
    text += "  /// The models and access groups that the key lists.\n  models: set<string> = [],\n";
  text += "}\n\n";
  write_access(config, text);
  write_routes(config, text);
  write_defaults(config, text);
  write_capacity(config, text);
  std::string bounds;
  for (const Bounds& bound : config.bounds) write_bound(config, bound, bounds);
  if (!bounds.empty()) text += "// How much, and of what.\n\n" + bounds;
  config.out.remarks.push_back(
      "keys are made with `aipol keys add --file keys.json`; a key's team, and the models it "
      "lists, are its attributes");
  if (std::ranges::any_of(config.bounds,
                          [](const Bounds& one) { return one.budget.has_value(); }) &&
      !unpriced(config).empty())
    config.out.remarks.push_back(
        "models without a price are refused where a budget counts, until they have one");
  config.out.files.push_back({"policies.aipol", std::move(text)});
}

}  // namespace aipol::importing::litellm
