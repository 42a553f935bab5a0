#include "tests/support/workload.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace aipol::bench {

namespace {

using testing::Choices;

constexpr std::string_view provider_names[] = {"openai", "anthropic", "google", "mistral",
                                               "cohere", "meta",      "bedrock", "azure"};
constexpr std::string_view role_names[] = {"viewer", "developer", "analyst", "scientist", "ops",   "admin",
                                           "auditor", "support",  "finance", "legal",     "agent", "service"};

uint32_t some_roles(Choices& choices, uint32_t count) {
  uint32_t bits = 0;
  while (static_cast<uint32_t>(std::popcount(bits)) < count) bits |= 1u << choices.below(roles);
  return bits;
}

Rule permit(const Workload& world, Choices& choices) {
  Rule rule{.kind = Rule::Kind::permit};
  rule.team = choices.below(world.teams);
  rule.model = choices.below(world.models);
  rule.roles = some_roles(choices, 1 + choices.below(4));
  rule.region = choices.below(10) < 7 ? -1 : static_cast<int>(choices.below(regions));
  return rule;
}

Rule limit(const Workload& world, Choices& choices, uint32_t number) {
  Rule rule{};
  if (number % 3 == 0) {
    rule.kind = Rule::Kind::hour;
    rule.team = choices.below(world.teams);
    rule.low = choices.below(9);
    rule.high = rule.low + 12 + choices.below(4);
  } else if (number % 3 == 1) {
    rule.kind = Rule::Kind::ip;
    rule.bits = choices.one_in(2) ? 16 : 24;
    rule.prefix = (10 + choices.below(90)) << 24 | choices.below(1 << 16) << 8;
    rule.prefix &= ~0u << (32 - rule.bits);
  } else {
    rule.kind = Rule::Kind::tokens;
    rule.model = choices.below(world.models);
    rule.high = int64_t{8000} << choices.below(4);
  }
  return rule;
}

void add_rules(Workload& world, uint32_t count, Choices& choices) {
  uint32_t tagged = count / 5, mfa = count / 10, limits = count / 10;
  std::vector<uint32_t> tags(world.tags);
  std::iota(tags.begin(), tags.end(), 0);
  for (uint32_t i = 0; i < count - tagged - mfa - limits; ++i) world.rules.push_back(permit(world, choices));
  for (uint32_t i = 0; i < tagged; ++i) {
    std::swap(tags[i], tags[i + choices.below(world.tags - i)]);
    world.rules.push_back({.kind = Rule::Kind::tag, .tag = tags[i], .region = static_cast<int>(choices.below(regions))});
  }
  for (uint32_t i = 0; i < mfa; ++i) {
    uint32_t team = choices.below(world.teams);
    world.rules.push_back(
        {.kind = Rule::Kind::mfa, .team = team, .provider = world.provider[choices.below(world.models)]});
  }
  for (uint32_t i = 0; i < limits; ++i) world.rules.push_back(limit(world, choices, i));
}

Request request(const Workload& world, size_t permits, Choices& choices) {
  const Rule& rule = world.rules[choices.below(static_cast<uint32_t>(permits))];
  bool aimed = choices.below(10) < 7;
  Request request{};
  request.team = aimed ? rule.team : choices.below(world.teams);
  request.model = aimed ? rule.model : choices.below(world.models);
  request.roles = some_roles(choices, 1 + choices.below(3));
  if (aimed && choices.below(100) < 85) request.roles |= rule.roles & -rule.roles;
  request.principal_region = static_cast<uint8_t>(choices.below(regions));
  request.model_region = static_cast<uint8_t>(choices.below(regions));
  if (aimed && choices.below(100) < 85) {
    request.model_region = rule.region < 0 ? request.principal_region : static_cast<uint8_t>(rule.region);
  }
  request.ip = (10 + choices.below(90)) << 24 | choices.below(1 << 24);
  request.hour = static_cast<uint8_t>(choices.below(24));
  request.mfa = choices.below(10) < 7;
  request.tokens = 300 * 1000 / (1 + choices.below(1000)) % 128000;
  constexpr uint32_t counts[] = {0, 0, 0, 1, 1, 2, 3};
  uint32_t tags = counts[choices.below(7)];
  while (request.tags.size() < tags) {
    uint32_t tag = choices.below(world.tags);
    if (!std::ranges::count(request.tags, tag)) request.tags.push_back(tag);
  }
  return request;
}

}  // namespace

Workload make_workload(uint32_t rules, uint32_t requests) {
  Choices choices(rules);
  Workload world{};
  world.teams = std::max(4u, rules / 25);
  world.models = std::max(4u, rules / 50);
  world.tags = std::max(8u, rules / 5);
  for (uint32_t i = 0; i < world.models; ++i) {
    world.provider.push_back(static_cast<uint8_t>(choices.below(providers)));
    world.sensitivity.push_back(static_cast<uint8_t>(choices.below(3)));
  }
  add_rules(world, rules, choices);
  auto permits = static_cast<size_t>(std::ranges::count(world.rules, Rule::Kind::permit, &Rule::kind));
  for (uint32_t i = 0; i < requests; ++i) world.requests.push_back(request(world, permits, choices));
  return world;
}

std::string team_name(uint32_t team) { return fmt::format("team-{:03}", team); }
std::string model_name(const Workload& workload, uint32_t model) {
  return fmt::format("{}-model-{:03}", provider_names[workload.provider[model]], model);
}
std::string provider_name(uint32_t provider) { return std::string(provider_names[provider]); }
std::string tag_name(uint32_t tag) { return fmt::format("tag-{:04}", tag); }
std::string role_name(uint32_t role) { return std::string(role_names[role]); }

}  // namespace aipol::bench
