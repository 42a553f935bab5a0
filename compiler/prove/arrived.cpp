#include "compiler/prove/arrived.h"

#include <algorithm>

#include "base/token_estimate.h"
#include "compiler/prove/declared.h"
#include "compiler/prove/producible.h"

namespace aipol::prove {

using plan::Constant;
using plan::SourceId;

namespace {

constexpr int64_t tests_begin = 1'767'225'600'000'000'000;  // testing/run_tests.cpp

// The fields of `ai` that are texts of messages, in the order in which they are sent.
struct Text {
  std::string_view path, role;
};
constexpr Text texts[] = {{"ai.prompt", "user"},
                          {"ai.system", "system"},
                          {"ai.last_user", "user"},
                          {"ai.user_text", "user"},
                          {"ai.tool_results", "tool"}};

int64_t member(const plan::Plan& plan, const plan::Source& source, std::string_view name) {
  const auto& members = plan.enumerations[source.enumeration].members;
  return std::ranges::find(members, name) - members.begin();
}

}  // namespace

World unsaid(const plan::Plan& plan) {
  World out;
  for (SourceId id = 0; id < plan.sources.size(); ++id) {
    const plan::Source& source = plan.sources[id];
    if (source.path == "request.method") out[id] = Constant(member(plan, source, "post"));
    if (source.path == "request.region") out[id] = Constant(member(plan, source, "unknown"));
    if (source.path == "request.time") out[id] = Constant(tests_begin);
    if (source.path == "response.status") out[id] = Constant(int64_t{200});
    if (source.path == "target.healthy") out[id] = Constant(true);
  }
  return out;
}

Arrived::Arrived(const Shape& shape) : shape_(shape), plan_(shape.plan()) {
  for (const plan::Endpoint* endpoint : by_precedence(plan_))
    endpoints_.emplace_back(native::Glob(endpoint->glob), endpoint);
}

const plan::Endpoint* Arrived::endpoint(const World& world) const {
  auto path = value(world, "request.path");
  auto found = std::ranges::find_if(endpoints_, [&](const auto& entry) {
    return path && entry.first.matches(std::get<std::string>(*path));
  });
  return found == endpoints_.end() ? nullptr : found->second;
}

std::optional<Constant> Arrived::value(const World& world, std::string_view path) const {
  auto source = shape_.find(path);
  auto given = source ? world.find(*source) : world.end();
  return given == world.end() ? std::nullopt : given->second;
}

void Arrived::set(World& world, std::string_view path, Constant value) const {
  if (auto source = shape_.find(path)) world[*source] = std::move(value);
}

World Arrived::seen(World sent) const {
  name_model(sent);
  read_messages(sent);
  return sent;
}

void Arrived::name_model(World& world) const {
  GroupId group = shape_.model_group();
  bool named = std::ranges::any_of(
      world, [&](const auto& entry) { return shape_.group(entry.first) == group; });
  const plan::Endpoint* at = endpoint(world);
  if (at == nullptr) return;
  if (auto operation = shape_.find("ai.operation"); operation && !world.contains(*operation)) {
    std::string_view name = operations_of(*at)[0];
    world[*operation] = Constant(member(plan_, plan_.sources[*operation], name));
  }
  if (named) return;
  const auto& models = plan_.deployment.models;
  auto model = std::ranges::find(models, at->model, &plan::Model::name);
  World declared = model == models.end()
                       ? unknown_world(shape_, group)
                       : declared_world(shape_, group, size_t(model - models.begin()));
  for (auto& [source, value] : declared) world[source] = std::move(value);
}

// Each text that is sent is a message (runtime/offline/described_call.cpp); all are read of all.
void Arrived::read_messages(World& world) const {
  std::map<std::string_view, std::string> by_path;
  std::string last;
  int64_t turns = 0;
  size_t quarters = 0;
  auto append = [](std::string& to, const std::string& text) {
    to += (to.empty() ? "" : "\n") + text;
  };
  // As they are sent: in the order of the sources.
  for (const auto& [source, value] : world) {
    const auto* text = std::ranges::find(texts, plan_.sources[source].path, &Text::path);
    if (text == std::end(texts) || !value) continue;
    const auto& said = std::get<std::string>(*value);
    append(by_path["ai.prompt"], said);
    if (text->role == "system") append(by_path["ai.system"], said);
    if (text->role == "tool") append(by_path["ai.tool_results"], said);
    quarters += quarter_tokens(said);
    if (text->role != "user") continue;
    append(by_path["ai.user_text"], said);
    by_path["ai.last_user"] = said;
    ++turns;
  }
  if (by_path.empty()) return;
  for (const Text& text : texts) set(world, text.path, by_path[text.path]);
  if (!value(world, "ai.turns")) set(world, "ai.turns", turns);
  // runtime/context/call.cpp
  if (!value(world, "ai.input_tokens"))
    set(world, "ai.input_tokens", static_cast<int64_t>(whole_tokens(quarters)));
}

bool Arrived::can_be_sent(SourceId source) const {
  const plan::Source& what = plan_.sources[source];
  if (what.path.starts_with("data.")) return true;
  constexpr std::string_view objects[] = {"request.", "principal.", "session.", "ai.",
                                          "model.",   "provider.",  "response.", "usage.",
                                          "system.",  "target."};
  if (std::ranges::none_of(objects, [&](auto o) { return what.path.starts_with(o); })) return false;
  if (what.path == "system.policy_version") return false;
  if (what.path.starts_with("target.")) return !what.key.empty();
  std::string_view field = std::string_view(what.path).substr(what.path.find('.') + 1);
  bool nested = field.find('.') != field.npos && !what.path.starts_with("model.");
  bool keyed = !what.key.empty() && field != "header" && field != "query";
  return !nested && !keyed && what.rep != plan::Rep::records && what.rep != plan::Rep::handle;
}

}  // namespace aipol::prove
