#include "compiler/prove/conflicts.h"

#include <algorithm>

#include "compiler/prove/keys.h"
#include "compiler/prove/witness.h"

namespace aipol::prove {

namespace {

constexpr size_t most_pairs = 50'000;  // that are looked at more closely, of one policy set

// What only one statement can do to a request: statements with equal texts exclude each other.
std::optional<std::string> subject(const plan::Plan& plan, const plan::Statement& statement) {
  if (statement.effect == plan::Effect::route) return "route";
  if (statement.effect != plan::Effect::set) return std::nullopt;
  auto field = std::ranges::find(statement.arguments, "field", &plan::Argument::name);
  if (field == statement.arguments.end()) return std::nullopt;
  std::string out = "set";
  for (plan::NodeId value : field->values) {
    const plan::Node& node = plan.code[value];
    if (node.op != plan::Op::constant) return std::nullopt;
    const auto* text = std::get_if<std::string>(&plan.constants[node.payload]);
    if (text == nullptr) return std::nullopt;
    out += " " + *text;
  }
  return out;
}

struct Member {
  uint32_t statement;
  std::vector<Key> keys;
};

class Conflicts {
 public:
  Conflicts(Prover& prover, const Living& living, Findings& out)
      : prover_(prover), plan_(prover.shape().plan()), living_(living), out_(out) {}

  void run() {
    std::map<std::pair<std::string, int64_t>, std::vector<Member>> groups;
    for (uint32_t number = 0; number < plan_.statements.size(); ++number) {
      const plan::Statement& statement = plan_.statements[number];
      if (statement.shadow || !living_[number]) continue;
      auto what = subject(plan_, statement);
      int64_t priority = plan_.policies[statement.policy].priority;
      if (what)
        groups[{*what, priority}].push_back({number, keys_of(prover_.shape(), statement.guard)});
    }
    for (const auto& [what, members] : groups) group(members);
  }

 private:
  // By the source that most of them ask for a value of: only those with a value in common can both
  // hold.
  void group(const std::vector<Member>& members) {
    std::map<plan::SourceId, size_t> uses;
    for (const Member& member : members) {
      for (const Key& key : member.keys) ++uses[key.source];
    }
    auto best = std::ranges::max_element(uses, {}, [](const auto& use) { return use.second; });
    std::map<plan::Constant, std::vector<const Member*>> by_value;
    std::vector<const Member*> others, before;
    for (const Member& member : members) {
      auto key = best == uses.end() ? member.keys.end()
                                    : std::ranges::find(member.keys, best->first, &Key::source);
      bool found = against(others, member);
      if (key == member.keys.end()) {
        found = found || against(before, member);
        others.push_back(&member);
        continue;
      }
      for (const plan::Constant& value : key->values) {
        found = found || against(by_value[value], member);
        by_value[value].push_back(&member);
      }
      before.push_back(&member);
    }
  }

  // One conflict is told of each statement.
  bool against(const std::vector<const Member*>& earlier, const Member& member) {
    return std::ranges::any_of(earlier, [&](const Member* other) { return both(*other, member); });
  }

  bool both(const Member& a, const Member& b) {
    if (exclusive(a.keys, b.keys) || ++pairs_ > most_pairs) return false;
    plan::NodeId first = plan_.statements[a.statement].guard,
                 second = plan_.statements[b.statement].guard;
    Answer answer = prover_.decide({{first, true}, {second, true}});
    if (answer.kind != Answer::Kind::yes || rests_on_tags(answer.world)) return false;
    std::string send = as_send(plan_, answer.world), json = as_json(plan_, answer.world);
    out_.conflicts.push_back(
        {a.statement, b.statement, std::move(answer.world), std::move(send), std::move(json)});
    return true;
  }

  // Tags come from other statements: whether these ever hold together is not asked.
  bool rests_on_tags(const World& world) const {
    return std::ranges::any_of(world, [&](const auto& entry) {
      const std::string& path = plan_.sources[entry.first].path;
      const auto* tags =
          entry.second ? std::get_if<std::vector<std::string>>(&*entry.second) : nullptr;
      return (path == "ai.tags" || path == "session.tags") && tags != nullptr && !tags->empty();
    });
  }

  Prover& prover_;
  const plan::Plan& plan_;
  const Living& living_;
  Findings& out_;
  size_t pairs_ = 0;
};

}  // namespace

void find_conflicts(Prover& prover, const Living& living, Findings& out) {
  Conflicts(prover, living, out).run();
}

}  // namespace aipol::prove
