#include "compiler/prove/hunt.h"

#include <algorithm>

#include "compiler/prove/declared.h"
#include "compiler/prove/pattern.h"

namespace aipol::prove {

using plan::NodeId;

namespace {

constexpr size_t most_rounds = 64;  // requests that something barred holds for

}  // namespace

Answer Hunt::find(const Case& wanted, const Goal& also) {
  Answer answer = ask(wanted, also);
  if (answer.kind != Answer::Kind::yes) return answer;
  auto sent = sendable(wanted, also, answer.world);
  if (!sent) return {};
  answer.world = smallest(wanted, also, std::move(*sent));
  return answer;
}

// What must not hold is asked for only where a request shows that it matters: of thousands of
// refusals a question meets few.
Answer Hunt::ask(const Case& wanted, const Goal& also) {
  Goal goal = always_;
  goal.insert(goal.end(), also.begin(), also.end());
  goal.insert(goal.end(), wanted.goal.begin(), wanted.goal.end());
  std::set<NodeId> asked;
  auto bar = [&](const std::vector<NodeId>& nodes, const World* world) {
    size_t before = asked.size();
    for (NodeId node : world == nullptr ? nodes : prover_.evaluator().holding(nodes, *world)) {
      if (asked.insert(node).second) goal.push_back({node, false});
    }
    return asked.size() > before;
  };
  for (size_t round = 0;; ++round) {
    Answer answer = prover_.decide(goal);
    if (answer.kind == Answer::Kind::no) return answer;
    bool found = answer.kind == Answer::Kind::yes;
    World seen = found ? arrived_.seen(answer.world) : World();
    // Where no request is found all that is barred may show that there is none.
    const World* shown = found && round < most_rounds ? &seen : nullptr;
    bool barred = bar(wanted.barred, shown);
    if (wanted.admitted) barred = bar(refusals_, shown) || barred;
    if (!barred) return answer;
  }
}

bool Hunt::holds(const Case& wanted, const Goal& also, const World& sent) {
  World seen = arrived_.seen(sent);
  return arrived_.endpoint(seen) != nullptr && prover_.holds(always_, seen) &&
         prover_.holds(also, seen) && prover_.holds(wanted.goal, seen) &&
         !prover_.any_holds(wanted.barred, seen) &&
         !(wanted.admitted && prover_.any_holds(refusals_, seen));
}

// The request, changed where what it brings with it is in its way.
std::optional<World> Hunt::sendable(const Case& wanted, const Goal& also, const World& world) {
  const Shape& shape = arrived_.shape();
  std::vector<World> tries = {world};
  // Texts that are one another's parts are sent once.
  for (std::string_view path : {"ai.prompt", "ai.last_user", "ai.user_text"}) {
    World& one = tries.emplace_back(world);
    std::erase_if(one, [&](const auto& entry) {
      const std::string& other = shape.plan().sources[entry.first].path;
      return other != path && (other == "ai.prompt" || other == "ai.last_user" ||
                               other == "ai.user_text" || other == "ai.turns");
    });
  }
  for (size_t model = 0; model < shape.plan().deployment.models.size(); ++model) {
    World& one = tries.emplace_back(world);
    for (auto& [source, value] : declared_world(shape, shape.model_group(), model))
      one[source] = std::move(value);
  }
  auto found =
      std::ranges::find_if(tries, [&](const World& sent) { return holds(wanted, also, sent); });
  return found == tries.end() ? std::nullopt : std::optional(std::move(*found));
}

// As good a request to an endpoint that the set declares, of the model that it has.
World Hunt::usual(const Case& wanted, const Goal& also, const World& sent) {
  const Shape& shape = arrived_.shape();
  constexpr size_t most_endpoints = 8;
  auto path = shape.find("request.path");
  if (!path) return sent;
  size_t tried = 0;
  for (const plan::Endpoint& endpoint : shape.plan().deployment.endpoints) {
    if (++tried > most_endpoints) break;
    World other = sent;
    std::erase_if(other, [&](const auto& entry) {
      return shape.group(entry.first) == shape.model_group() ||
             shape.plan().sources[entry.first].path == "ai.operation";
    });
    Pattern glob;
    glob.add_glob(endpoint.glob);
    other[*path] = glob.samples()[0];
    if (holds(wanted, also, other)) return other;
  }
  return sent;
}

// Without what it does not need.
World Hunt::smallest(const Case& wanted, const Goal& also, World sent) {
  const Shape& shape = arrived_.shape();
  sent = usual(wanted, also, sent);
  auto try_without = [&](auto unneeded) {
    World fewer = sent;
    if (std::erase_if(fewer, unneeded) > 0 && holds(wanted, also, fewer)) sent = std::move(fewer);
  };
  auto begins = [&](plan::SourceId source, std::string_view with) {
    return shape.plan().sources[source].path.starts_with(with);
  };
  try_without([&](const auto& entry) { return begins(entry.first, "principal."); });
  try_without([&](const auto& entry) { return shape.group(entry.first) == shape.model_group(); });
  std::vector<plan::SourceId> sources;
  for (const auto& [source, value] : sent) sources.push_back(source);
  for (plan::SourceId source : sources) {
    bool whole = begins(source, "request.path") || shape.group(source) == shape.model_group();
    if (!whole) try_without([&](const auto& entry) { return entry.first == source; });
  }
  return sent;
}

}  // namespace aipol::prove
