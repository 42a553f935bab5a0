// Tests of what was translated: what is expected follows from the configuration, not from the
// policies.
#include <algorithm>

#include <fmt/format.h>

#include "importing/litellm_config.h"

namespace aipol::importing::litellm {

namespace {

std::string path_of(const Group& group) {
  if (group.mode == "embedding") return "/v1/embeddings";
  if (group.mode == "completion") return "/v1/completions";
  if (group.mode == "image_generation") return "/v1/images/generations";
  if (group.mode == "audio_transcription") return "/v1/audio/transcriptions";
  if (group.mode == "audio_speech") return "/v1/audio/speech";
  if (group.mode == "rerank") return "/v1/rerank";
  if (group.mode == "moderation") return "/v1/moderations";
  return group.mode == "responses" ? "/v1/responses" : "/v1/chat/completions";
}

bool is_priced(const Group& group) {
  return std::ranges::all_of(group.deployments, &Deployment::has_price);
}

// Where a budget counts, some target must have a price.
bool has_priced_target(const Config& config, const Group& group) {
  auto any = [](const Group& one) {
    return std::ranges::any_of(one.deployments, &Deployment::has_price);
  };
  return any(group) || std::ranges::any_of(group.fallbacks, [&](const std::string& name) {
           return any(*config.find(name));
         });
}

// Whether the bound lets its owner use the group at all.
bool permits(const Config& config, const Bounds& bound, const Group& group) {
  if (bound.rpm == 0 || bound.tpm == 0 || bound.parallel == 0 || bound.budget == 0) return false;
  if (bound.budget && !has_priced_target(config, group)) return false;
  if (!bound.limits_models) return true;
  return std::ranges::any_of(bound.models, [&](const std::string& name) {
    return name == group.name || std::ranges::count(group.access_groups, name) > 0;
  });
}

// A stranger: bound by what is meant for everyone.
bool may_use(const Config& config, const Group& group, const Bounds* owner) {
  for (const Bounds& bound : config.bounds) {
    bool applies = bound.guard.empty() || &bound == owner ||
                   (owner != nullptr && owner->key.starts_with("principal.team") &&
                    bound.guard == "has principal.team");
    if (applies && !permits(config, bound, group)) return false;
  }
  return true;
}

// A request of a minute of its own, so that rates do not meet the tests of other things.
std::string send(const Group& group, std::string_view principal, std::string_view more = "") {
  return fmt::format("  after 2m\n  send {{ path: {}, model: {}{}{}{} }}\n",
                     literal(path_of(group)), literal(group.name),
                     principal.empty() ? "" : ", principal: ", principal, more);
}

constexpr std::string_view stranger = "{ id: \"a caller\", kind: app }";

void write_models_test(const Config& config, std::string& text) {
  text += "test \"callers with a key may use the models, others may not\" {\n";
  for (const Group& group : config.groups) {
    text += send(group, "") + "  expect deny 401\n";
    text += send(group, stranger);
    if (!may_use(config, group, nullptr)) {
      text += "  expect deny\n";
    } else {
      text += "  expect allow\n";
      if (group.deployments.size() == 1 && is_priced(group))
        text += fmt::format("  expect route {}\n", literal(group.name));
    }
  }
  text +=
      "  send { path: \"/v1/chat/completions\", model: \"a model that is not there\", principal: " +
      std::string(stranger) + " }\n  expect deny\n}\n\n";
}

// A target that fails, and the one behind it.
void write_fallback_tests(const Config& config, std::string& text) {
  for (const Group& group : config.groups) {
    if (group.deployments.size() != 1 || group.fallbacks.empty() ||
        !may_use(config, group, nullptr))
      continue;
    const Group& next = *config.find(group.fallbacks.front());
    if (next.deployments.size() != 1 || next.name == group.name || !may_use(config, next, nullptr))
      continue;
    text += fmt::format("test {} {{\n  given target {} {{ healthy: false }}\n",
                        literal(fmt::format("where {} fails {} answers", group.name, next.name)),
                        literal(group.name));
    text += send(group, stranger) + fmt::format("  expect route {}\n}}\n\n", literal(next.name));
  }
}

std::string owner_of(const Bounds& bound) {
  size_t begin = bound.guard.find('"', bound.guard.find("=="));
  std::string id = bound.guard.substr(begin);
  return bound.key == "principal.id"
             ? fmt::format("{{ id: {}, kind: app }}", id)
             : fmt::format("{{ id: \"a caller\", kind: app, team: {} }}", id);
}

const Group* first_permitted(const Config& config, const Bounds* owner, bool priced) {
  for (const Group& group : config.groups) {
    bool dear =
        group.deployments.size() == 1 && is_priced(group) && *group.deployments[0].output_price > 0;
    if (may_use(config, group, owner) && (!priced || dear) && group.fallbacks.empty())
      return &group;
  }
  return nullptr;
}

// Output tokens that cost more than the budget.
int64_t tokens_beyond(int64_t budget, const Group& group) {
  int64_t price = *group.deployments[0].output_price;  // per million
  return static_cast<int64_t>(static_cast<double>(budget) / static_cast<double>(price) * 1e6) +
         1'000'000;
}

void write_owner_test(const Config& config, const Bounds& bound, std::string& text) {
  if (bound.guard == "has principal.team") return;
  bool is_owner = !bound.guard.empty();
  std::string who = is_owner ? owner_of(bound) : std::string(stranger);
  std::string steps;
  if (bound.limits_models)
    for (const Group& group : config.groups)
      steps += send(group, who) + (may_use(config, group, is_owner ? &bound : nullptr)
                                       ? "  expect allow\n"
                                       : "  expect deny\n");
  if (const Group* group = first_permitted(config, is_owner ? &bound : nullptr, true);
      group != nullptr && bound.budget && *bound.budget > 0)
    steps += send(*group, who,
                  fmt::format(", usage: {{ output_tokens: {} }}",
                              tokens_beyond(*bound.budget, *group))) +
             "  expect deny 429\n";
  if (const Group* group = first_permitted(config, is_owner ? &bound : nullptr, false);
      group != nullptr && bound.tpm && *bound.tpm > 0)
    steps += send(*group, who, fmt::format(", usage: {{ input_tokens: {} }}", *bound.tpm + 1)) +
             "  expect deny 429\n";
  if (!steps.empty()) text += fmt::format("test {} {{\n{}}}\n\n", literal(bound.what), steps);
}

}  // namespace

void write_tests(Config& config) {
  std::string text = fmt::format("// What {} says, as tests.\n\n", commented(config.file));
  write_models_test(config, text);
  write_fallback_tests(config, text);
  for (const Bounds& bound : config.bounds) write_owner_test(config, bound, text);
  config.out.files.push_back({"policies_test.aipol", std::move(text)});
}

}  // namespace aipol::importing::litellm
