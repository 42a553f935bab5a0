// Requests that one set lets through and the other does not, and refusals that say something else.
#include <fmt/format.h>

#include <algorithm>

#include "difference/questions.h"

namespace aipol::difference {

using plan::NodeId;
using prove::Case;

namespace {

Kind lost_by(Side refusing) { return refusing == Side::after ? Kind::denied : Kind::allowed; }

bool contains(const std::vector<NodeId>& list, NodeId node) {
  return std::ranges::find(list, node) != list.end();
}

}  // namespace

// It refuses what the other set lets through.
void Questions::refusal_differs(size_t edit, const Rule& rule) {
  Side there = other(rule.side);
  if (contains(admission_[there].refusals, rule.guard)) return;
  add({lost_by(rule.side), edit, admitted(there, rule.guard), {}, {}, false, &rule}, {});
}

// It allows what nothing allows in the other set.
void Questions::allow_differs(size_t edit, const Rule& rule) {
  Side there = other(rule.side);
  if (contains(admission_[there].allows, rule.guard)) return;
  Case wanted = admitted(rule.side, rule.guard);
  for (NodeId allow : admission_[there].allows) wanted.barred.push_back(allow);
  add({lost_by(there), edit, std::move(wanted), {}, {}, false, &rule}, {});
}

// Models and endpoints that only one of the sets has, and routes without which there is no model.
void Questions::deployment_differs() {
  for (Side side : sides) {
    Side there = other(side);
    Kind kind = lost_by(there);
    if (admission_[side].model != admission_[there].model) {
      for (size_t edit = 0; edit < edits_.size(); ++edit) {
        const Rule* rule = edits_[edit].of(side);
        if (rule == nullptr || !rule->routes() || contains(admission_[there].routes, rule->guard))
          continue;
        add({kind, edit, admitted(side, rule->guard), {}, {}, false, rule},
            {terms_.negation(admission_[there].model)});
      }
      if (graph_.models().differ())
        add({kind, no_edit, admitted(side, terms_.truth(true)), {}, {}, false, nullptr, "models"},
            {terms_.negation(admission_[there].model)});
    }
    if (graph_.models().endpoints_differ())
      add({kind, no_edit, admitted(side, terms_.truth(true)), {}, {}, false, nullptr, "endpoints"},
          {terms_.negation(admission_[there].served)});
  }
}

// Guards of what answers instead where it applies, too.
Questions::Nodes Questions::answering_before(Side side, const Rule& rule) const {
  Nodes out;
  for (const Rule* one : admission_[side].refusing) {
    if (std::pair(one->phase, one->rank) < std::pair(rule.phase, rule.rank))
      out.push_back(one->guard);
  }
  return out;
}

// What has to hold besides so that a refusal answers: a request that nobody serves is told so.
Questions::Nodes Questions::answering(const Rule& rule) {
  const Admission& by = admission_[rule.side];
  Nodes out = {rule.guard};
  bool of_answer = rule.phase >= plan::Phase::output;
  if (of_answer) out.push_back(any_of(by.allows, rule.guard));
  if (of_answer || (rule.phase == plan::Phase::body && !rule.before_model)) out.push_back(by.model);
  if (graph_.models().endpoints_differ()) out.push_back(by.served);
  return out;
}

// What the refusals from begin to end, in the order in which they answer, come to. Halves of halves
// keep the condition flat where there are thousands.
Questions::Answered Questions::answered(Side side, const std::string& as, size_t begin,
                                        size_t end) {
  if (begin == end) return {terms_.truth(false), terms_.truth(true)};
  if (end - begin == 1) {
    const Rule& rule = *admission_[side].refusing[begin];
    if (rule.answer == as) return {terms_.truth(false), terms_.negation(rule.guard)};
    return {terms_.all(answering(rule)), terms_.truth(true)};
  }
  size_t middle = begin + (end - begin) / 2;
  Answered first = answered(side, as, begin, middle), then = answered(side, as, middle, end);
  return {terms_.any({first.otherwise, terms_.all({first.open, then.otherwise})}),
          terms_.all({first.open, then.open})};
}

// Both sets refuse the request, this one by the rule, the other one with another answer.
void Questions::answer_differs(size_t edit, const Rule& rule) {
  Side there = other(rule.side);
  Nodes before = answering_before(rule.side, rule);
  if (contains(before, rule.guard)) return;  // it never answers
  answered_otherwise(edit, rule, before);
  Question question{Kind::answered, edit, {}, {}, {}, true, &rule};
  question.wanted.barred = before;
  const auto& refusing = admission_[there].refusing;
  auto differs = [&](const Rule* one) {
    return one->answer != rule.answer && compatible(one->guard, rule.guard);
  };
  auto first = std::ranges::find_if(refusing, differs);
  if (first == refusing.end()) return;
  for (const Rule* one : std::ranges::subrange(refusing.begin(), first)) {
    if (one->answer == rule.answer) question.wanted.barred.push_back(one->guard);
  }
  auto [otherwise, fresh] = otherwise_[there].try_emplace(rule.answer);
  if (fresh) otherwise->second = answered(there, rule.answer, 0, refusing.size()).otherwise;
  question.besides = {{otherwise->second, true}};
  add(std::move(question), answering(rule));
}

// The other set refuses it because nothing allows it, or for want of a model.
void Questions::answered_otherwise(size_t edit, const Rule& rule, const Nodes& before) {
  const Admission& there = admission_[other(rule.side)];
  Question question{Kind::answered, edit, {}, {}, {}, true, &rule};
  question.wanted.barred = before;
  Nodes goal = answering(rule);
  if (graph_.models().endpoints_differ()) goal.push_back(there.served);
  Question unknown = question;
  for (NodeId allow : there.allows) question.wanted.barred.push_back(allow);
  for (const Rule* one : there.refusing) {
    if (one->phase >= plan::Phase::output) continue;
    question.wanted.barred.push_back(one->guard);
    bool first = one->phase == plan::Phase::head || one->before_model;
    if (first) unknown.wanted.barred.push_back(one->guard);
  }
  goal.push_back(there.model);
  add(std::move(question), goal);
  goal.back() = terms_.negation(there.model);
  add(std::move(unknown), goal);
}

}  // namespace aipol::difference
