#include "compiler/prove/declared.h"

#include <algorithm>

namespace aipol::prove {

namespace {

std::optional<plan::Constant> field(const plan::Plan& plan, const plan::Model& model,
                                    std::string_view name) {
  if (name == "known") return plan::Constant(true);
  if (name == "name") return plan::Constant(model.name);
  if (name == "provider") return plan::Constant(plan.deployment.providers[model.provider].name);
  auto found =
      std::ranges::find(model.fields, name, &std::pair<std::string, plan::Constant>::first);
  return found == model.fields.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

World declared_world(const Shape& shape, GroupId group, size_t model) {
  const plan::Plan& plan = shape.plan();
  World world;
  for (plan::SourceId id = 0; id < plan.sources.size(); ++id) {
    if (shape.group(id) != group) continue;
    std::string_view path = plan.sources[id].path;
    path.remove_prefix(path.find('.') + 1);
    world[id] = field(plan, plan.deployment.models[model], path);
  }
  return world;
}

World unknown_world(const Shape& shape) {
  const plan::Plan& plan = shape.plan();
  World world;
  for (plan::SourceId id = 0; id < plan.sources.size(); ++id) {
    const plan::Source& source = plan.sources[id];
    if (shape.group(id) != shape.model_group()) continue;
    bool member = source.enumeration != ~0u && source.rep == plan::Rep::integer;
    world[id] = std::nullopt;
    if (!member || source.fallback || source.optional) continue;
    const auto& members = plan.enumerations[source.enumeration].members;
    auto unknown = std::ranges::find(members, "unknown");
    if (unknown != members.end()) world[id] = plan::Constant(int64_t{unknown - members.begin()});
  }
  return world;
}

}  // namespace aipol::prove
