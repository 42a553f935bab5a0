#include "compiler/prove/declared.h"

#include <algorithm>

namespace aipol::prove {

namespace {

std::optional<plan::Constant> named(const plan::Fields& fields, std::string_view name) {
  auto found = std::ranges::find(fields, name, &std::pair<std::string, plan::Constant>::first);
  return found == fields.end() ? std::nullopt : std::optional(found->second);
}

std::optional<plan::Constant> field(const plan::Plan& plan, const plan::Model& model,
                                    std::string_view name) {
  if (name == "known") return plan::Constant(true);
  if (name == "name") return plan::Constant(model.name);
  if (name == "provider") return plan::Constant(plan.deployment.providers[model.provider].name);
  return named(model.fields, name);
}

std::optional<plan::Constant> field(const plan::Plan& plan, const plan::Provider& provider,
                                    const plan::Source& source, std::string_view name) {
  if (name == "name") return plan::Constant(provider.name);
  if (name != "kind") return named(provider.fields, name);
  const auto& kinds = plan.enumerations[source.enumeration].members;
  return plan::Constant(int64_t{std::ranges::find(kinds, provider.kind) - kinds.begin()});
}

}  // namespace

World declared_world(const Shape& shape, GroupId group, size_t model) {
  const plan::Plan& plan = shape.plan();
  World world;
  for (plan::SourceId id = 0; id < plan.sources.size(); ++id) {
    if (shape.group(id) != group) continue;
    const plan::Model& of = plan.deployment.models[model];
    std::string_view path = plan.sources[id].path, name = path.substr(path.find('.') + 1);
    world[id] = path.starts_with("provider.")
                    ? field(plan, plan.deployment.providers[of.provider], plan.sources[id], name)
                    : field(plan, of, name);
  }
  return world;
}

World unknown_world(const Shape& shape, GroupId group) {
  const plan::Plan& plan = shape.plan();
  World world;
  for (plan::SourceId id = 0; id < plan.sources.size(); ++id) {
    const plan::Source& source = plan.sources[id];
    if (shape.group(id) != group) continue;
    bool member = source.enumeration != ~0u && source.rep == plan::Rep::integer;
    world[id] = std::nullopt;
    if (!member || source.fallback || source.optional) continue;
    const auto& members = plan.enumerations[source.enumeration].members;
    auto unknown = std::ranges::find(members, "unknown");
    world[id] = plan::Constant(unknown == members.end() ? int64_t{-1}
                                                        : int64_t{unknown - members.begin()});
  }
  return world;
}

}  // namespace aipol::prove
