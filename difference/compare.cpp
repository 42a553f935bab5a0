#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "compiler/prove/pattern.h"
#include "compiler/prove/witness.h"
#include "difference/because.h"
#include "difference/declared.h"
#include "difference/difference.h"
#include "difference/documents.h"
#include "difference/shown.h"
#include "difference/traffic.h"
#include "difference/witness.h"

namespace aipol::difference {

using prove::Answer;
using prove::World;

namespace {

constexpr prove::Limits limits{.steps = 10'000'000,
                               .all_steps = 400'000'000,
                               .rounds = 2000,
                               .guesses = 64,
                               .questions = 20'000};
constexpr std::chrono::seconds longest{60};  // for all questions

// Everything that a comparison needs until its answers are there.
class Comparison {
 public:
  Comparison(const compiler::Compilation& before, const compiler::Compilation& after,
             const Options& options)
      : made_{&before, &after},
        options_(options),
        plans_{before.plan, after.plan},
        words_{{before, plans_.before}, {after, plans_.after}},
        changed_documents_(changed_documents({&plans_.before, &plans_.after}, options.folders)),
        graph_(plans_.before, plans_.after, changed_documents_),
        because_(graph_, words_) {
    for (Side side : sides) {
      rules_[side] = rules_of(graph_, side);
      for (Rule& rule : rules_[side]) {
        identities_[side].push_back(words_[side].identity(rule.number));
        word(rule);
      }
    }
    edits_ = edits_of(rules_, identities_);
  }

  Result<Difference> run() {
    out_.declared = declared_differences(*made_.before, *made_.after, options_.folders);
    declare_meters();
    out_.statements = {rules_.before.size(), rules_.after.size()};
    out_.same = rules_.after.size();
    out_.anonymous = made_.before->plan.deployment.identities.empty() &&
                     made_.after->plan.deployment.identities.empty();
    for (const Edit& edit : edits_) {
      describe(edit);
      if (edit.after != nullptr && !edit.moved) --out_.same;
    }
    for (const Edit& edit : edits_) {
      for (Side side : sides) {
        if (edit.of(side) != nullptr) because_.prepare(*edit.of(side));
      }
    }
    bool nothing =
        edits_.empty() && !graph_.models().differ() && !graph_.models().endpoints_differ();
    if (!nothing || !options_.traffic.empty()) {
      Result<void> done = decide();
      if (!done) return std::unexpected(done.error());
    }
    std::erase_if(out_.edits, [](const Edited& edited) {
      return edited.changes.empty() && edited.unknown.empty();
    });
    return std::move(out_);
  }

 private:
  // An effect that is one act is told as it was written.
  void word(Rule& rule) {
    using plan::Effect;
    bool taken_apart =
        rule.effect == Effect::log || rule.effect == Effect::redact || rule.effect == Effect::alert;
    if (taken_apart || rule.acts.size() != 1) return;
    rule.acts[0].text = (rule.shadow ? "shadow " : "") + words_[rule.side].effect(rule.number);
  }

  // What meters of one name count, where that is not said by their windows.
  void declare_meters() {
    for (uint32_t a = 0; a < plans_.before.meters.size(); ++a) {
      for (uint32_t b = 0; b < plans_.after.meters.size(); ++b) {
        const plan::Meter &was = plans_.before.meters[a], &is = plans_.after.meters[b];
        bool same = was.name == is.name && was.package == is.package &&
                    was.limit == plan::no_meter && is.limit == plan::no_meter &&
                    was.shadow == is.shadow;
        if (!same || graph_.meaning(Side::before, a) == graph_.meaning(Side::after, b)) continue;
        out_.declared.push_back(
            {"meter " + is.name, words_.before.meter(is.name), words_.after.meter(is.name)});
      }
    }
  }

  void describe(const Edit& edit) {
    Edited& edited = out_.edits.emplace_back();
    edited.moved = edit.moved;
    for (Side side : sides) {
      const Rule* rule = edit.of(side);
      if (rule == nullptr) continue;
      const plan::Statement& statement = plans_[side].statements[rule->number];
      edited.statement[side] = Written{plans_[side].policies[statement.policy].name,
                                       statement.place, words_[side].statement(rule->number)};
    }
  }

  Result<void> decide() {
    const plan::Plan early = graph_.plan();
    prove::Prover looker(early, limits, prove::unsaid(early));
    Questions questions(graph_, looker, rules_, edits_);
    always_ = questions.always();
    std::vector<Question> all = questions.run();
    usual_ = usual_world();
    prove::Prover prover(graph_.plan(), limits, prove::unsaid(graph_.plan()));
    prove::Arrived arrived(prover.shape());
    Witnesses witnesses(arrived, {&plans_.before, &plans_.after});
    witnesses_ = &witnesses;
    const std::vector<plan::NodeId> none;
    prove::Hunt hunt(prover, arrived, always_, none);
    prover_ = &prover;
    arrived_ = &arrived;
    hunt_ = &hunt;
    end_ = std::chrono::steady_clock::now() + longest;
    for (Question& question : all) {
      Result<void> done = ask(question);
      if (!done) return done;
      if (!prover.trouble().empty()) return failure(prover.trouble());
    }
    return weigh();
  }

  // What belongs to no edit has a place of its own.
  Edited& place_of(const Question& question) {
    if (question.edit != no_edit) return out_.edits[question.edit];
    auto found = std::ranges::find(out_.edits, question.subject, &Edited::subject);
    if (found != out_.edits.end() && !question.subject.empty()) return *found;
    Edited& made = out_.edits.emplace_back();
    made.subject = question.subject;
    return made;
  }

  Result<void> ask(Question& question) {
    Edited& edited = place_of(question);
    if (question.otherwise && !edited.changes.empty()) return {};
    if (std::chrono::steady_clock::now() > end_) {
      doubt(edited, "it took too long");
      return {};
    }
    Answer answer = answer_to(question);
    if (answer.kind == Answer::Kind::no) ++out_.proved;
    if (answer.kind == Answer::Kind::unknown) doubt(edited, "a question was too hard");
    if (answer.kind != Answer::Kind::yes) return {};
    return found(question, answer.world, edited);
  }

  Answer answer_to(const Question& question) {
    Answer answer = hunt_->find(question.wanted, {});
    if (answer.kind == Answer::Kind::no || question.besides.empty()) return answer;
    bool whole = answer.kind == Answer::Kind::yes && holds(question, answer.world);
    return whole ? answer : hunt_->find(question.wanted, question.besides);
  }

  bool reads_documents(const World& world) const {
    return std::ranges::any_of(world, [&](const auto& entry) {
      return graph_.plan().sources[entry.first].path.starts_with("data.");
    });
  }

  static void doubt(Edited& edited, const std::string& why) {
    if (std::ranges::find(edited.unknown, why) == edited.unknown.end())
      edited.unknown.push_back(why);
  }

  Result<void> found(const Question& question, const World& world, Edited& edited) {
    Result<void> ready = make_trials();
    if (!ready) return ready;
    std::vector<World> tries = {friendlier(question, world)};
    if (!witnesses_->complete(world)) {
      prove::Goal also = usual_;
      also.insert(also.end(), question.besides.begin(), question.besides.end());
      Answer usual = hunt_->find(question.wanted, also);
      if (usual.kind == Answer::Kind::yes) tries.insert(tries.begin(), usual.world);
    }
    // Documents may hold anything; first what they hold is tried.
    bool asks = reads_documents(world);
    if (asks) {
      if (!texts_) texts_ = texts_in_documents({&plans_.before, &plans_.after}, options_.folders);
      tries = with_texts(prover_->shape(), tries.back(), *texts_);
    }
    for (const World& one : tries) {
      Question shown = question;
      Witness witness = witnesses_->of(one);
      Both<Seen> seen;
      if (!decide(witness, seen) || !shows(shown, rules_, seen)) continue;
      add(shown, asks ? world : one, std::move(witness), seen, edited);
      return {};
    }
    // Contents that differ are told as such.
    bool same_words = edited.statement.before && edited.statement.after &&
                      edited.statement.before->text == edited.statement.after->text;
    if (asks && same_words && !changed_documents_.empty()) return {};
    doubt(edited, fmt::format("perhaps for `{}`, which does not show it when decided",
                              prove::as_send(graph_.plan(), world)));
    return {};
  }

  // As good a request to the first endpoint that suits, with the same model.
  World friendlier(const Question& question, const World& world) {
    constexpr size_t most_endpoints = 4;
    auto path = prover_->shape().find("request.path");
    if (!path) return world;
    const auto& endpoints = graph_.plan().deployment.endpoints;
    for (size_t i = 0; i < std::min(most_endpoints, endpoints.size()); ++i) {
      World other = world;
      std::erase_if(other, [&](const auto& entry) {
        return graph_.plan().sources[entry.first].path == "ai.operation";
      });
      prove::Pattern glob;
      glob.add_glob(endpoints[i].glob);
      other[*path] = glob.samples()[0];
      if (holds(question, other)) return other;
    }
    return world;
  }

  bool holds(const Question& question, const World& sent) {
    World seen = arrived_->seen(sent);
    return prover_->holds(always_, seen) && prover_->holds(question.wanted.goal, seen) &&
           prover_->holds(question.besides, seen) &&
           !prover_->any_holds(question.wanted.barred, seen);
  }

  void add(const Question& question, const World& world, Witness witness, const Both<Seen>& seen,
           Edited& edited) {
    Change& change = edited.changes.emplace_back();
    change.kind = question.kind;
    change.witness = std::move(witness);
    change.outcome = {seen.before.text, seen.after.text};
    for (const Act& act : question.lost) change.lost.push_back(act.text);
    for (const Act& act : question.gained) change.gained.push_back(act.text);
    if (question.rule == nullptr) return;
    change.effect = plan::name_of(question.rule->effect);
    const Rule* counterpart = edits_[question.edit].of(other(question.rule->side));
    // Of documents that differ the contents say it.
    if (!changed_documents_.empty() && reads_documents(world)) counterpart = nullptr;
    change.because =
        because_.of(*prover_, always_, *question.rule, counterpart, arrived_->seen(world));
    shown_.push_back({question, question.edit, edited.changes.size() - 1});
  }

  // Meters and classifiers as they begin.
  prove::Goal usual_world() {
    prove::Goal out;
    prove::Terms& terms = graph_.terms();
    for (plan::SourceId id = 0; id < graph_.plan().sources.size(); ++id) {
      const plan::Source source = graph_.plan().sources[id];
      bool world = source.path.starts_with("meter.") || source.path.starts_with("classifier.");
      if (!world || source.path.ends_with(".remaining")) continue;
      bool boolean = source.rep == plan::Rep::boolean;
      out.push_back(
          {boolean ? terms.negation(terms.read(id)) : terms.is(id, prove::zero_of(source)), true});
    }
    return out;
  }

  Result<void> make_trials() {
    for (Side side : sides) {
      if (trials_[side]) continue;
      auto made = Trial::make(*made_[side], options_.folders[side], options_.cache);
      if (!made) return std::unexpected(made.error());
      trials_[side] = std::move(*made);
    }
    return {};
  }

  bool decide(const Witness& witness, Both<Seen>& seen) const {
    std::vector<std::string> requests = witness.before;
    requests.push_back(witness.request);
    for (Side side : sides) {
      Result<Seen> one = trials_[side]->decide(requests);
      if (!one) return false;
      seen[side] = std::move(*one);
    }
    return true;
  }

  Result<void> weigh() {
    if (options_.traffic.empty()) return {};
    Result<void> ready = make_trials();
    if (!ready) return ready;
    auto meets = [&](const Both<Seen>& seen) {
      for (const Shown& one : shown_) {
        Question question = one.question;
        const Rule& rule = *question.rule;
        bool applies =
            rule.of_target() || std::ranges::binary_search(seen[rule.side].fired, rule.number);
        if (applies && shows(question, rules_, seen))
          ++out_.edits[one.edit].changes[one.change].met;
      }
    };
    auto records = each_record(options_.traffic, {&*trials_.before, &*trials_.after}, meets);
    if (!records) return std::unexpected(records.error());
    out_.records = *records;
    return {};
  }

  struct Shown {
    Question question;
    size_t edit, change;
  };

  Both<const compiler::Compilation*> made_;
  const Options& options_;
  Both<plan::Plan> plans_;
  Both<Words> words_;
  const std::set<std::string> changed_documents_;
  Graph graph_;
  Because because_;
  std::optional<std::vector<std::string>> texts_;  // in documents
  Both<std::vector<Rule>> rules_;
  Identities identities_;
  std::vector<Edit> edits_;
  prove::Goal always_, usual_;
  const Witnesses* witnesses_ = nullptr;
  prove::Prover* prover_ = nullptr;
  prove::Arrived* arrived_ = nullptr;
  prove::Hunt* hunt_ = nullptr;
  Both<std::optional<Trial>> trials_;
  std::vector<Shown> shown_;
  std::chrono::steady_clock::time_point end_;
  Difference out_;
};

}  // namespace

bool Difference::unknown() const {
  return std::ranges::any_of(edits, [](const Edited& edited) { return !edited.unknown.empty(); });
}

size_t Difference::count(Kind kind) const {
  size_t all = 0;
  for (const Edited& edited : edits)
    all += static_cast<size_t>(std::ranges::count(edited.changes, kind, &Change::kind));
  return all;
}

Result<Difference> compare(const compiler::Compilation& before, const compiler::Compilation& after,
                           const Options& options) {
  return Comparison(before, after, options).run();
}

}  // namespace aipol::difference
