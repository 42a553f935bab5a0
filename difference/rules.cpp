#include "difference/rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/written.h"

namespace aipol::difference {

using plan::Constant;
using plan::Effect;
using plan::NodeId;

std::string Rule::signature() const {
  std::string out = fmt::format("{} {} {} {} {} {}", plan::name_of(effect), shadow,
                                static_cast<int>(phase), guard, answer, where);
  if (before_model && phase == plan::Phase::body) out += " first";
  if (effect == Effect::require) out.replace(0, 7, "deny");
  for (const Act& act : acts) out += "\n" + act.key;
  return out;
}

namespace {

class Reader {
 public:
  Reader(Graph& graph, Side side) : graph_(graph), plan_(graph.of(side)), side_(side) {}

  std::vector<Rule> run() {
    std::vector<Rule> out;
    for (uint32_t number = 0; number < plan_.statements.size(); ++number)
      out.push_back(rule(number));
    return out;
  }

 private:
  Rule rule(uint32_t number) {
    const plan::Statement& s = plan_.statements[number];
    statement_ = &s;
    rule_ = {};
    rule_.side = side_;
    rule_.number = number;
    rule_.effect = s.effect;
    rule_.shadow = s.shadow;
    rule_.phase = s.phase;
    rule_.rank = s.rank;
    rule_.guard = graph_.node(side_, s.guard);
    if (plan::refuses(s.effect)) {
      // What is said of itself where nothing is written is no text of the author's.
      NodeId message = graph_.node(side_, s.message);
      rule_.answer =
          fmt::format("{} {}", s.status, message == plan::no_node ? -1 : int64_t{message});
    }
    // runtime/decision/evaluation.cpp
    int64_t priority = policy().priority;
    rule_.before_model = priority > 0 || (priority == 0 && s.status == 401);
    bool decides = plan::refuses(s.effect) || s.effect == Effect::allow;
    if (decides && s.shadow) add(rule_.answer, std::string(plan::name_of(s.effect)));
    if (!decides) effect();
    return std::move(rule_);
  }

  const plan::Argument* find(std::string_view name) const {
    auto found = std::ranges::find(statement_->arguments, name, &plan::Argument::name);
    return found == statement_->arguments.end() ? nullptr : &*found;
  }

  void add(const std::string& key, std::string text) {
    std::string_view word = plan::name_of(rule_.effect);
    if (plan::refuses(rule_.effect)) word = "deny";
    std::string shadow = rule_.shadow ? "shadow " : "";
    rule_.acts.push_back({fmt::format("{}{} {}", shadow, word, key), shadow + std::move(text)});
  }

  const Constant* constant(NodeId node) const {
    const plan::Node& n = plan_.code[node];
    return n.op == plan::Op::constant ? &plan_.constants[n.payload] : nullptr;
  }

  // What is declared in the set has numbers; of it the name.
  std::string named(std::string_view argument, const Constant& value, const plan::Argument& in) {
    const auto* number = std::get_if<int64_t>(&value);
    auto at = static_cast<size_t>(number == nullptr ? 0 : *number);
    if (number != nullptr) {
      if (argument == "targets" || argument == "mirror") return plan_.deployment.models[at].name;
      if (argument == "sinks") return plan_.deployment.sinks[at].name;
      if (argument == "detectors") return plan_.detectors[at].name;
      if (argument == "meter") return plan_.meters[at].name;
    }
    return plan::written(plan_, value, in.unit, in.enumeration);
  }

  // One value, as a key and for people.
  Act value(const plan::Argument& argument, NodeId node) {
    NodeId here = graph_.node(side_, node, argument.enumeration);
    const Constant* known = constant(node);
    if (known == nullptr) return {fmt::format("#{}", here), "…"};
    std::string text = named(argument.name, *known, argument);
    if (argument.name != "meter") return {text, text};
    auto meter = static_cast<uint32_t>(std::get<int64_t>(*known));
    if (counts_itself()) return {graph_.meaning(side_, meter), text};
    // What a meter of one name counts otherwise is a difference of its declaration.
    std::string name = graph_.meter_name(side_, meter, false);
    if (name.ends_with('>')) name.pop_back();
    return {name, text};
  }

  Act whole(const plan::Argument& argument) {
    Act out{argument.name, argument.name};
    for (NodeId node : argument.values) {
      Act one = value(argument, node);
      out.key += " " + one.key;
      out.text += " " + one.text;
    }
    return out;
  }

  void effect() {
    switch (rule_.effect) {
      case Effect::route:
        return route();
      case Effect::log:
        return log();
      case Effect::redact:
        return redact();
      case Effect::alert:
        return alert();
      case Effect::set:
        if (const plan::Argument* field = find("field"))
          rule_.field = value(*field, field->values[0]).key;
        return as_one();
      case Effect::limit:
        rule_.own_counter = counts_itself();
        return as_one();
      default:
        return as_one();
    }
  }

  void as_one() {
    std::string key, text(plan::name_of(rule_.effect));
    for (const plan::Argument& argument : statement_->arguments) {
      if (argument.name == "where") continue;
      Act one = whole(argument);
      key += (key.empty() ? "" : ", ") + one.key;
      text += " " + one.text;
    }
    add(key, text);
  }

  bool counts_itself() const {
    const plan::Argument* meter = find("meter");
    auto number = static_cast<size_t>(std::get<int64_t>(*constant(meter->values[0])));
    return plan_.meters[number].limit != plan::no_meter;
  }

  void route() {
    as_one();
    const auto& models = graph_.plan().deployment.models;
    auto add_target = [&](const plan::Model& model) {
      auto found = std::ranges::find(models, model.name, &plan::Model::name);
      rule_.targets.push_back(static_cast<size_t>(found - models.begin()));
    };
    if (find("any") != nullptr) {
      for (const plan::Model& model : plan_.deployment.models) add_target(model);
    } else if (const plan::Argument* targets = find("targets")) {
      for (NodeId node : targets->values)
        add_target(
            plan_.deployment.models[static_cast<size_t>(std::get<int64_t>(*constant(node)))]);
    }
    const plan::Argument* strategy = find("strategy");
    bool spread = find("weights") != nullptr || find("sticky") != nullptr;
    if (strategy != nullptr && *constant(strategy->values[0]) != Constant(std::string("order")))
      spread = true;
    rule_.in_order = !spread;
    if (const plan::Argument* mirror = find("mirror")) {
      auto number = static_cast<size_t>(std::get<int64_t>(*constant(mirror->values[0])));
      auto found =
          std::ranges::find(models, plan_.deployment.models[number].name, &plan::Model::name);
      rule_.mirror = static_cast<size_t>(found - models.begin());
    }
    if (const plan::Argument* where = find("where"))
      rule_.where = graph_.node(side_, where->values[0]);
  }

  // The strongest level counts: one that keeps payloads keeps metadata, too.
  void log() {
    if (const plan::Argument* level = find("level")) {
      int64_t number = std::get<int64_t>(*constant(level->values[0]));
      const auto& members = plan_.enumerations[level->enumeration].members;
      for (int64_t i = std::min<int64_t>(number, 1); i <= number; ++i) {
        const std::string& name = members[static_cast<size_t>(i)];
        add(fmt::format("level {}", name), "log " + name);
      }
      const plan::Argument* sample = find("sample");
      Act share = sample == nullptr ? Act{"1", "all"} : value(*sample, sample->values[0]);
      add("sample " + share.key, "log sample " + share.text);
    }
    each({"sinks", "detectors", "retain"}, "log");
  }

  void each(std::initializer_list<std::string_view> names, const std::string& word) {
    for (std::string_view name : names) {
      const plan::Argument* argument = find(name);
      if (argument == nullptr) continue;
      for (NodeId node : argument->values) {
        Act one = value(*argument, node);
        add(fmt::format("{} {}", name, one.key), fmt::format("{} {} {}", word, name, one.text));
      }
    }
  }

  void redact() {
    std::string with = "mask";
    for (std::string_view way : {"hash", "placeholder"}) {
      if (find(way) != nullptr) with = way;
    }
    const plan::Argument* replacement = find("replacement");
    if (replacement != nullptr) with = value(*replacement, replacement->values[0]).text;
    if (find("mask") == nullptr && with == "mask") with = "default";
    std::string order = order_matters() ? fmt::format(" priority {}", policy().priority) : "";
    for (std::string_view surface : {"request", "response", "logs"}) {
      const plan::Argument* detectors = find("detectors");
      if (find(surface) == nullptr || detectors == nullptr) continue;
      for (NodeId node : detectors->values) {
        Act one = value(*detectors, node);
        add(fmt::format("{} {} with {}{}", surface, one.key, with, order),
            fmt::format("redact {} {}{}", surface, one.text,
                        with == "default" ? "" : " with " + with));
      }
    }
  }

  const plan::Policy& policy() const { return plan_.policies[statement_->policy]; }

  // Where matches of several redactions overlap the highest priority replaces.
  bool order_matters() const {
    return std::ranges::any_of(plan_.statements, [&](const plan::Statement& other) {
      return other.effect == Effect::redact && other.policy != statement_->policy &&
             plan_.policies[other.policy].priority != policy().priority;
    });
  }

  void alert() {
    const plan::Argument* text = find("text");
    const plan::Argument* sinks = find("sinks");
    const plan::Argument* every = find("every");
    Act said = text == nullptr ? Act{} : value(*text, text->values[0]);
    Act interval = every == nullptr ? Act{} : value(*every, every->values[0]);
    for (NodeId node : sinks == nullptr ? std::vector<NodeId>() : sinks->values) {
      Act sink = value(*sinks, node);
      add(fmt::format("{} to {} every {}", said.key, sink.key, interval.key),
          fmt::format("alert {} to {}{}{}", said.text, sink.text, every == nullptr ? "" : " every ",
                      interval.text));
    }
  }

  Graph& graph_;
  const plan::Plan& plan_;
  Side side_;
  const plan::Statement* statement_ = nullptr;
  Rule rule_;
};

}  // namespace

std::vector<Rule> rules_of(Graph& graph, Side side) { return Reader(graph, side).run(); }

}  // namespace aipol::difference
