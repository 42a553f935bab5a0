#include "compiler/prove/worlds.h"

#include <algorithm>
#include <set>

#include "base/overloaded.h"
#include "base/saturate.h"
#include "base/text.h"
#include "compiler/prove/candidates.h"
#include "compiler/prove/documents.h"

namespace aipol::prove {

using plan::Constant;

namespace {

constexpr size_t most_repairs = 400;                                     // worlds tried
constexpr int64_t anonymous = 0, user = 1, no_method = 0, by_token = 2;  // stdlib/traffic.aipol

bool says_something(const Constant& value) {
  return std::visit(
      Overloaded{[](bool v) { return v; }, [](int64_t v) { return v != 0; },
                 [](double v) { return v != 0; }, [](const std::string& v) { return !v.empty(); },
                 [](const std::vector<std::string>& v) { return !v.empty(); },
                 [](const std::vector<int64_t>& v) { return !v.empty(); },
                 [](const auto&) { return true; }},
      value);
}

bool of_caller(const plan::Source& source) {
  return source.path.starts_with("principal.") && source.path != "principal.kind" &&
         source.path != "principal.method";
}

// Whether the source counts something.
bool counts(const plan::Source& source) {
  constexpr std::string_view objects[] = {"ai.",     "usage.",       "response.",
                                          "system.", "request.size", "session."};
  return source.rep == plan::Rep::integer &&
         std::ranges::any_of(objects, [&](auto o) { return source.path.starts_with(o); });
}

}  // namespace

void Worlds::complete(const Goal& goal, World& world) {
  const plan::Plan& plan = shape_.plan();
  bool reads_path = false;
  for (Literal literal : goal) {
    for (plan::SourceId source : shape_.sources(literal.node))
      reads_path |= chooser_.is_path(source) && !world.contains(source);
  }
  if (reads_path) world.merge(chooser_.choose(*shape_.find("request.path"), {}).world);
  bool caller = std::ranges::any_of(world, [&](const auto& entry) {
    return of_caller(plan.sources[entry.first]) && entry.second && says_something(*entry.second);
  });
  auto kind = shape_.find("principal.kind"), method = shape_.find("principal.method");
  if (kind && caller) world.try_emplace(*kind, Constant(user));
  bool known = caller || (kind && world.contains(*kind) && world[*kind] != Constant(anonymous));
  if (method && known) world.try_emplace(*method, Constant(by_token));
  bool by_method = method && world.contains(*method) && world[*method] != Constant(no_method);
  if (kind && by_method) world.try_emplace(*kind, Constant(user));
}

// Whether the gateway could meet it: a caller who is nobody has no name.
bool Worlds::possible(const World& world) const {
  const plan::Plan& plan = shape_.plan();
  auto is = [&](std::string_view path, int64_t value) {
    auto source = shape_.find(path);
    auto given = source ? world.find(*source) : world.end();
    return given != world.end() && given->second == Constant(value);
  };
  bool nobody = is("principal.kind", anonymous) || is("principal.method", no_method);
  for (const auto& [source, value] : world) {
    const plan::Source& what = plan.sources[source];
    if (!value) continue;
    if (nobody && of_caller(what) && says_something(*value)) return false;
    if (nobody && !of_caller(what) && what.path.starts_with("principal.") && says_something(*value))
      return false;
    const auto* number = std::get_if<int64_t>(&*value);
    bool never_negative = counts(what) || what.enumeration != ~0u;
    if (number != nullptr && *number < 0 && never_negative && what.path != "provider.kind")
      return false;
    const auto* text = std::get_if<std::string>(&*value);
    if (text != nullptr && first_invalid_utf8(*text)) return false;
  }
  return true;
}

std::optional<World> Worlds::settled(const Goal& goal, const Goal& leaves, World world) {
  complete(goal, world);
  world = with_documents(shape_, evaluator_, leaves, std::move(world));
  if (!evaluator_.holds(goal, world)) return repaired(goal, world);
  return possible(world) ? std::optional(std::move(world)) : std::nullopt;
}

std::vector<Constant> Worlds::replacements(plan::SourceId source, const Goal& leaves,
                                           const World& world) {
  const plan::Plan& plan = shape_.plan();
  Goal about;
  for (Literal leaf : leaves) {
    if (std::ranges::binary_search(shape_.sources(leaf.node), source)) about.push_back(leaf);
  }
  // What others read comes first: tests of two sources compare them.
  std::vector<Constant> out;
  for (const auto& [other, value] : world) {
    if (other == source || !value || plan.sources[other].rep != plan.sources[source].rep) continue;
    out.push_back(*value);
    if (const auto* number = std::get_if<int64_t>(&*value)) {
      out.insert(out.end(), {saturating_add(*number, 1), saturating_subtract(*number, 1)});
    }
  }
  std::ranges::copy(candidates(shape_, source, about), std::back_inserter(out));
  return out;
}

std::optional<World> Worlds::repaired(const Goal& goal, const World& world) {
  Goal leaves;
  std::set<plan::SourceId> sources;
  for (plan::NodeId leaf : shape_.leaves(goal)) {
    leaves.push_back({leaf, true});
    leaves.push_back({leaf, false});
    sources.insert(shape_.sources(leaf).begin(), shape_.sources(leaf).end());
  }
  size_t tried = 0;
  for (plan::SourceId source : sources) {
    // What a handle is of is not interchangeable: detectors, one document or the other.
    bool handle = shape_.plan().sources[source].rep == plan::Rep::handle;
    if (handle || shape_.group(source) >= shape_.model_group()) continue;
    for (Constant& value : replacements(source, leaves, world)) {
      if (++tried > most_repairs) return std::nullopt;
      if (chooser_.is_path(source) && !chooser_.served(std::get<std::string>(value))) continue;
      World changed = world;
      changed[source] = std::move(value);
      if (evaluator_.holds(goal, changed) && possible(changed)) return changed;
    }
  }
  return std::nullopt;
}

}  // namespace aipol::prove
