// `ai.tags` as policies read it: what the request bears, and what the statements `tag` add. Each
// read becomes the condition under which the tag is there, so that tags are ordered by what they
// depend on, whatever the order of files.
#include <algorithm>
#include <unordered_map>

#include "compiler/check/checker.h"
#include "compiler/check/statement.h"

namespace aipol::check {

using ir::ExpressionPtr;
using plan::Op;

namespace {

class Tags {
 public:
  explicit Tags(Checker& checker) : checker_(checker) {}

  void run() {
    std::optional<uint32_t> source = tags_source();
    if (!source) return;
    source_ = *source;
    for (ir::Policy& policy : checker_.set.policies) {
      if (policy.disabled) continue;
      for (ir::Statement& statement : policy.statements) collect(statement);
    }
    for (ir::Policy& policy : checker_.set.policies) {
      for (ir::Statement& statement : policy.statements) rewrite(statement);
    }
    for (ir::Meter& meter : checker_.set.meters) {
      for (ExpressionPtr& key : meter.keys) key = rewritten(key);
      if (meter.where != nullptr) meter.where = rewritten(meter.where);
      if (meter.sum != nullptr) meter.sum = rewritten(meter.sum);
    }
    for (ir::Question& question : checker_.set.questions) question.text = rewritten(question.text);
    for (ir::Invariant& invariant : checker_.set.invariants) {
      for (ir::Invariant::Rule& rule : invariant.rules) rule.condition = rewritten(rule.condition);
    }
  }

 private:
  struct Tag {
    std::vector<const ir::Statement*> statements;
    enum class State : uint8_t { fresh, open, done } state = State::fresh;
    ExpressionPtr added = nullptr;  // when some policy adds it
  };

  std::optional<uint32_t> tags_source() const {
    for (uint32_t i = 0; i < checker_.set.sources.size(); ++i) {
      if (checker_.set.sources[i].path == "ai.tags") return i;
    }
    return std::nullopt;
  }

  void collect(const ir::Statement& statement) {
    if (statement.effect != plan::Effect::tag || statement.shadow) return;
    std::string label;
    for (const ir::Argument& argument : statement.arguments) {
      if (argument.name == "session") return;
      if (argument.name == "label") label = std::get<std::string>(*argument.values[0]->constant());
    }
    // Guards as they were checked: what they read of other tags is put in when they are asked for.
    tags_[label].statements.push_back(&statement);
    original_[&statement] = statement.guard;
  }

  void rewrite(ir::Statement& statement) {
    statement.guard = rewritten(statement.guard);
    if (statement.message != nullptr) statement.message = rewritten(statement.message);
    for (ir::Condition& condition : statement.conditions) {
      condition.expression = rewritten(condition.expression);
    }
    for (ir::Argument& argument : statement.arguments) {
      for (ExpressionPtr& value : argument.values) value = rewritten(value);
    }
  }

  bool is_tags(ExpressionPtr expression) const {
    const auto* read = std::get_if<ir::SourceRef>(&expression->payload);
    return expression->op == Op::source && read != nullptr && read->source == source_;
  }

  // When a policy adds the tag; null where none does.
  ExpressionPtr added(const std::string& label, Span span) {
    auto found = tags_.find(label);
    if (found == tags_.end()) return nullptr;
    Tag& tag = found->second;
    if (tag.state == Tag::State::done) return tag.added;
    if (tag.state == Tag::State::open) {
      if (reported_.insert(label).second) {
        checker_.report(span, diagnostics::tag_cycle, label)
            .label(tag.statements.front()->span, "it is added where this is known");
      }
      return nullptr;
    }
    tag.state = Tag::State::open;
    ExpressionPtr whole = nullptr;
    for (const ir::Statement* statement : tag.statements) {
      ExpressionPtr guard = rewritten(original_[statement]);
      whole = whole == nullptr ? guard : checker_.build.disjunction(whole, guard, span);
    }
    tag.state = Tag::State::done;
    return tag.added = whole;
  }

  ExpressionPtr has(ExpressionPtr tags, const std::string& label, Span span) {
    TypePtr string = checker_.simple(Kind::string);
    ExpressionPtr borne =
        checker_.build.make(Op::has_member, checker_.simple(Kind::boolean),
                            {tags, checker_.build.constant(string, label, span)}, span);
    ExpressionPtr by_policy = added(label, span);
    return by_policy == nullptr ? borne : checker_.build.disjunction(borne, by_policy, span);
  }

  // The whole set: what the request bears, with each tag that a policy adds.
  ExpressionPtr all(ExpressionPtr tags) {
    ExpressionPtr whole = tags;
    for (auto& [label, tag] : tags_) {
      ExpressionPtr condition = added(label, tags->span);
      if (condition == nullptr) continue;
      ExpressionPtr text =
          checker_.build.constant(checker_.simple(Kind::string), label, tags->span);
      whole = checker_.build.call(tags->type, "set.with", {whole, text, condition}, tags->span);
    }
    return whole;
  }

  ExpressionPtr by_literal(ExpressionPtr expression) {
    ExpressionPtr tags = expression->arguments[0];
    const plan::Constant* operand = expression->arguments[1]->constant();
    if (operand == nullptr) return nullptr;
    if (const auto* label = std::get_if<std::string>(operand);
        expression->op == Op::has_member && label)
      return has(tags, *label, expression->span);
    const auto* labels = std::get_if<std::vector<std::string>>(operand);
    bool each = expression->op == Op::contains_all;
    if (labels == nullptr || (!each && expression->op != Op::intersects)) return nullptr;
    ExpressionPtr whole = checker_.build.boolean(each, expression->span);
    for (const std::string& label : *labels) {
      ExpressionPtr one = has(tags, label, expression->span);
      whole = each ? checker_.build.conjunction(whole, one, expression->span)
                   : checker_.build.disjunction(whole, one, expression->span);
    }
    return whole;
  }

  ExpressionPtr rewritten(ExpressionPtr expression) {
    if (expression == nullptr) return nullptr;
    if (auto known = made_.find(expression); known != made_.end()) return known->second;
    return made_[expression] = rewrite_new(expression);
  }

  ExpressionPtr rewrite_new(ExpressionPtr expression) {
    if (is_tags(expression)) return all(expression);
    if (expression->arguments.size() == 2 && is_tags(expression->arguments[0])) {
      if (ExpressionPtr found = by_literal(expression)) return found;
    }
    std::vector<ExpressionPtr> arguments;
    bool changed = false;
    for (ExpressionPtr argument : expression->arguments) {
      arguments.push_back(rewritten(argument));
      changed = changed || arguments.back() != argument;
    }
    if (!changed) return expression;
    return checker_.build.with_arguments(expression, std::move(arguments));
  }

  Checker& checker_;
  uint32_t source_ = 0;
  std::map<std::string, Tag> tags_;
  std::map<const ir::Statement*, ExpressionPtr> original_;
  std::set<std::string> reported_;
  std::unordered_map<ExpressionPtr, ExpressionPtr> made_;
};

}  // namespace

void put_tags_in(Checker& checker) { Tags(checker).run(); }

}  // namespace aipol::check
