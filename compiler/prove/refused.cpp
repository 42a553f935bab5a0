#include "compiler/prove/refused.h"

#include <algorithm>
#include <unordered_map>

#include "compiler/prove/keys.h"
#include "stdlib/native/glob.h"

namespace aipol::prove {

using plan::Constant;
using plan::NodeId;

namespace {

// Refusals by what their guards ask for, so that a request meets few of them.
class Refusals {
 public:
  Refusals(Prover& prover, const Living& living) : prover_(prover), plan_(prover.shape().plan()) {
    for (uint32_t number = 0; number < plan_.statements.size(); ++number) {
      const plan::Statement& statement = plan_.statements[number];
      // Before the request is forwarded: a refusal of the answer leaves the allow its effect.
      bool counts = plan::refuses(statement.effect) && !statement.shadow &&
                    statement.phase <= plan::Phase::body;
      if (counts && living[number]) add(number, statement.guard);
    }
  }

  // Those that refuse the request, each guard once.
  std::vector<uint32_t> of(const World& world) {
    std::vector<uint32_t> out;
    auto take = [&](const std::vector<uint32_t>& numbers) {
      for (uint32_t number : numbers) {
        if (prover_.holds(plan_.statements[number].guard, world)) out.push_back(number);
      }
    };
    take(others_);
    for (const auto& [source, by_value] : by_value_) {
      auto given = world.find(source);
      Constant zero = plan_.sources[source].rep == plan::Rep::text ? Constant(std::string())
                                                                   : Constant(int64_t{0});
      bool read = given != world.end() && given->second;
      auto found = by_value.find(read ? *given->second : zero);
      if (found != by_value.end()) take(found->second);
    }
    for (NodeId test : path_tests_of(world)) take(by_path_.at(test).numbers);
    std::ranges::sort(out);
    return out;
  }

 private:
  void add(uint32_t number, NodeId guard) {
    if (!seen_.insert(guard).second) return;
    auto keys = keys_of(prover_.shape(), guard);
    auto plain = [&](const Key& key) {
      return !plan_.sources[key.source].fallback && !plan_.sources[key.source].optional;
    };
    auto key = std::ranges::find_if(keys, plain);
    auto paths = path_tests(prover_.shape(), guard);
    if (key != keys.end()) {
      for (const Constant& value : key->values) by_value_[key->source][value].push_back(number);
    } else if (!paths.empty()) {
      PathTest& test = by_path_[paths.front()];
      test.numbers.push_back(number);
      if (!test.globs.empty()) return;
      NodeId globs = plan_.code.argument(paths.front(), 1);
      for (const std::string& glob :
           std::get<std::vector<std::string>>(*prover_.shape().constant(globs))) {
        std::string fixed = glob.substr(0, std::min(glob.find('*'), glob.size()));
        if (fixed.ends_with('/')) fixed.pop_back();  // `/a/**` matches `/a`
        test.globs.emplace_back(std::move(fixed), native::Glob(glob));
      }
    } else {
      others_.push_back(number);
    }
  }

  // By its globs; what they begin with spares most of them.
  struct PathTest {
    std::vector<uint32_t> numbers;
    std::vector<std::pair<std::string, native::Glob>> globs;
  };

  const std::vector<NodeId>& path_tests_of(const World& world) {
    auto path = prover_.shape().find("request.path");
    auto given = path ? world.find(*path) : world.end();
    bool known = given != world.end() && given->second;
    auto [it, fresh] = on_path_.try_emplace(known ? std::get<std::string>(*given->second) : "");
    if (!fresh) return it->second;
    for (const auto& [test, tested] : by_path_) {
      bool holds = std::ranges::any_of(tested.globs, [&](const auto& glob) {
        return it->first.starts_with(glob.first) && glob.second.matches(it->first);
      });
      if (holds) it->second.push_back(test);
    }
    return it->second;
  }

  Prover& prover_;
  const plan::Plan& plan_;
  std::set<NodeId> seen_;
  std::vector<uint32_t> others_;
  std::map<plan::SourceId, std::map<Constant, std::vector<uint32_t>>> by_value_;
  std::map<NodeId, PathTest> by_path_;
  std::unordered_map<std::string, std::vector<NodeId>> on_path_;  // that hold, by path
};

class Refused {
 public:
  Refused(Prover& prover, const Living& living, Findings& out)
      : prover_(prover),
        plan_(prover.shape().plan()),
        living_(living),
        refusals_(prover, living),
        out_(out) {}

  void run() {
    for (uint32_t number = 0; number < plan_.statements.size(); ++number) {
      const plan::Statement& statement = plan_.statements[number];
      if (statement.effect != plan::Effect::allow || statement.shadow || !living_[number]) continue;
      auto [it, fresh] = known_.try_emplace(statement.guard);
      if (fresh) it->second = refusal_of(statement.guard, *living_[number]);
      if (it->second) out_.refused.push_back({number, *it->second});
    }
  }

 private:
  // Looks for a request that is allowed and not refused, refusal by refusal; what is met on the way
  // are the suspects.
  std::optional<uint32_t> refusal_of(NodeId allow, const World& first) {
    if (passes(allow, first)) return std::nullopt;
    std::vector<uint32_t> suspects = refusals_.of(first);
    Goal goal = {{allow, true}};
    for (size_t round = 0; round < most_rounds && !suspects.empty(); ++round) {
      for (uint32_t number : suspects) goal.push_back({plan_.statements[number].guard, false});
      auto world = prover_.sample(goal);
      if (!world) break;
      suspects = refusals_.of(*world);
      if (suspects.empty()) {
        passing_ = std::move(*world);
        return std::nullopt;
      }
    }
    return certain(allow, refusals_.of(first));
  }

  // Whether the request, with what let another one pass, passes.
  bool passes(NodeId allow, World world) {
    World passing = passing_;
    for (const auto& [source, value] : world) passing[source] = value;
    if (!prover_.holds(allow, passing)) return false;
    return refusals_.of(passing).empty();
  }

  std::optional<uint32_t> certain(NodeId allow, std::vector<uint32_t> suspects) {
    // A request that one does not refuse clears all others that do not refuse it either.
    while (!suspects.empty()) {
      uint32_t suspect = suspects.front();
      Answer answer = prover_.decide({{allow, true}, {plan_.statements[suspect].guard, false}});
      if (answer.kind == Answer::Kind::no) return suspect;
      suspects.erase(suspects.begin());
      if (answer.kind != Answer::Kind::yes) continue;
      std::erase_if(suspects, [&](uint32_t number) {
        return !prover_.holds(plan_.statements[number].guard, answer.world);
      });
    }
    return std::nullopt;
  }

  static constexpr size_t most_rounds = 8;

  Prover& prover_;
  const plan::Plan& plan_;
  const Living& living_;
  Refusals refusals_;
  Findings& out_;
  World passing_;
  std::map<NodeId, std::optional<uint32_t>> known_;
};

}  // namespace

void find_refused(Prover& prover, const Living& living, Findings& out) {
  Refused(prover, living, out).run();
}

}  // namespace aipol::prove
