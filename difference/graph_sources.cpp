// What two plans read, as sources of one.
#include <fmt/format.h>

#include <algorithm>

#include "difference/graph.h"

namespace aipol::difference {

using plan::Constant;
using plan::NodeId;
using plan::Op;
using plan::Rep;

namespace {

std::string name_of(const plan::Meter& meter) { return meter.package + "." + meter.name; }

// `meter.main.team_month.used`: the meter's number, and `used`.
std::optional<std::pair<uint32_t, std::string>> meter_of(const plan::Plan& plan,
                                                         const std::string& path) {
  if (!path.starts_with("meter.")) return std::nullopt;
  size_t dot = path.rfind('.');
  std::string name = path.substr(6, dot - 6);
  for (uint32_t i = 0; i < plan.meters.size(); ++i) {
    if (name_of(plan.meters[i]) == name) return std::pair(i, path.substr(dot + 1));
  }
  return std::nullopt;
}

const plan::Question* question_of(const plan::Plan& plan, plan::SourceId source) {
  auto found = std::ranges::find(plan.questions, source, &plan::Question::source);
  return found == plan.questions.end() ? nullptr : &*found;
}

const plan::Source* same_source(const plan::Plan& plan, const plan::Source& source) {
  auto found = std::ranges::find_if(plan.sources, [&](const plan::Source& one) {
    return one.path == source.path && one.key == source.key;
  });
  return found == plan.sources.end() ? nullptr : &*found;
}

}  // namespace

std::string Graph::meter_name(Side side, uint32_t meter, bool with_limits) {
  const std::string mine = name_of(plans_[side]->meters[meter]);
  if (side == Side::before) return mine;
  auto key = [&](Side of, uint32_t number) {
    return meaning(of, number) + (with_limits ? limits_on(of, number) : "");
  };
  const auto& theirs = plans_.before->meters;
  std::string wanted = key(side, meter);
  for (bool same_name : {true, false}) {
    for (uint32_t i = 0; i < theirs.size(); ++i) {
      if ((name_of(theirs[i]) == mine) == same_name && key(Side::before, i) == wanted)
        return name_of(theirs[i]);
    }
  }
  bool taken =
      std::ranges::any_of(theirs, [&](const plan::Meter& one) { return name_of(one) == mine; });
  return taken ? mine + ">" : mine;
}

// The amounts that `limit METER to` names.
std::string Graph::limits_on(Side side, uint32_t meter) {
  const plan::Plan& plan = *plans_[side];
  std::string out;
  for (const plan::Statement& statement : plan.statements) {
    if (statement.effect != plan::Effect::limit || statement.shadow) continue;
    auto value = [&](std::string_view name) {
      auto found = std::ranges::find(statement.arguments, name, &plan::Argument::name);
      return found == statement.arguments.end() || found->values.empty() ? plan::no_node
                                                                         : found->values[0];
    };
    const plan::Node& number = plan.code[value("meter")];
    if (plan.constants[number.payload] == Constant(int64_t{meter}))
      out += fmt::format(" to {}", node(side, value("amount")));
  }
  return out;
}

std::string Graph::meaning(Side side, uint32_t number) {
  std::optional<std::string>& known = meanings_[side][number];
  if (known) return *known;
  const plan::Meter& meter = plans_[side]->meters[number];
  known = fmt::format("{} within itself", name_of(meter));  // where its condition reads it
  std::string out = fmt::format("{} {} {} {} {}", static_cast<int>(meter.measure),
                                static_cast<int>(meter.window.kind), meter.window.nanoseconds,
                                meter.zone, static_cast<int>(meter.unit));
  if (meter.shadow) out += " shadow";
  for (NodeId key : meter.keys) out += fmt::format(" by {}", node(side, key));
  if (meter.where != plan::no_node) out += fmt::format(" where {}", node(side, meter.where));
  if (meter.sum != plan::no_node) out += fmt::format(" sum {}", node(side, meter.sum));
  known = out;
  return out;
}

// A classifier that is asked about another text is another one.
std::string Graph::classifier_path(Side side, plan::SourceId source) {
  const plan::Source& mine = plans_[side]->sources[source];
  const plan::Plan& theirs = *plans_.before;
  const plan::Source* same = side == Side::after ? same_source(theirs, mine) : nullptr;
  if (same == nullptr) return mine.path;
  const plan::Question* asked = question_of(*plans_.after, source);
  const plan::Question* before =
      question_of(theirs, static_cast<plan::SourceId>(same - theirs.sources.data()));
  bool alike = asked != nullptr && before != nullptr &&
               node(side, asked->text) == node(Side::before, before->text);
  return alike ? mine.path : mine.path + ">";
}

std::string Graph::path(Side side, plan::SourceId source) {
  const plan::Source& mine = plans_[side]->sources[source];
  if (auto meter = meter_of(*plans_[side], mine.path)) {
    const auto& [number, field] = *meter;
    bool of_limit = field == "ratio" || field == "remaining";
    return fmt::format("meter.{}.{}", meter_name(side, number, of_limit), field);
  }
  if (mine.path.starts_with("data.") && side == Side::after &&
      changed_documents_.contains(mine.path.substr(5)))
    return mine.path + ">";
  if (mine.path.starts_with("classifier.")) return classifier_path(side, source);
  return models_.path(side, mine.path);
}

// Whether both sets read the same where the traffic gives nothing.
bool Graph::absent_alike(const plan::Source& mine, const plan::Source& theirs, Side side) const {
  if (mine.optional != theirs.optional || mine.fallback.has_value() != theirs.fallback.has_value())
    return false;
  if (!mine.fallback) return true;
  return enumerations_.value(side, mine.enumeration, *mine.fallback) ==
         enumerations_.value(other(side), theirs.enumeration, *theirs.fallback);
}

const Graph::Raw& Graph::raw(Side side, plan::SourceId source) {
  auto found = raws_[side].find(source);
  if (found != raws_[side].end()) return found->second;
  Raw made = make_raw(side, source);
  return raws_[side].emplace(source, std::move(made)).first->second;
}

Graph::Raw Graph::make_raw(Side side, plan::SourceId source) {
  plan::Source mine = plans_[side]->sources[source];
  const plan::Source* theirs = same_source(*plans_[other(side)], mine);
  mine.path = path(side, source);
  Raw out;
  bool marked = mine.path != plans_[side]->sources[source].path && !mine.path.starts_with("meter.");
  bool typed_alike = theirs == nullptr || (theirs->rep == mine.rep && theirs->unit == mine.unit);
  if (!typed_alike && side == Side::after) mine.path += ">";
  bool shared = theirs != nullptr && typed_alike && !marked;
  out.as_declared = !shared || absent_alike(mine, *theirs, side);
  if (mine.enumeration != ~0u && mine.rep == Rep::integer && !marked)
    out.missing = enumerations_.missing(side, mine.enumeration);
  if (mine.fallback) mine.fallback = enumerations_.value(side, mine.enumeration, *mine.fallback);
  mine.enumeration = enumerations_.number(side, mine.enumeration);
  if (!out.as_declared) {
    mine.optional = true;
    mine.fallback.reset();
  }
  out.source = terms_.source(std::move(mine));
  return out;
}

// What the set makes of what comes: defaults, and members of enums that it does not know.
NodeId Graph::read(Side side, const plan::Node& n) {
  const plan::Source& mine = plans_[side]->sources[n.payload];
  Raw how = raw(side, n.payload);
  NodeId value = terms_.read(how.source);
  NodeId there = plan_.sources[how.source].optional ? terms_.has(how.source) : terms_.truth(true);
  if (!how.missing.empty()) {
    NodeId some = terms_.constant(how.missing, Rep::integers);
    NodeId strange =
        terms_.add({Op::in_set, Rep::boolean, 0, 0, 0}, {terms_.read(how.source), some});
    const plan::Enumeration& all = plan_.enumerations[plan_.sources[how.source].enumeration];
    auto last = static_cast<int64_t>(all.members.size()) - 1;
    if (all.open)
      value = terms_.add({Op::select, mine.rep, 0, 0, 0},
                         {strange, terms_.constant(last, mine.rep), value});
    else
      there = terms_.all({there, terms_.negation(strange)});
  }
  if (n.op == Op::has) return mine.optional ? there : terms_.truth(true);
  if (terms_.is_truth(there, true) || (how.as_declared && how.missing.empty())) return value;
  Constant absent = mine.fallback ? enumerations_.value(side, mine.enumeration, *mine.fallback)
                                  : prove::zero_of(mine);
  if (mine.optional) absent = prove::zero_of(mine);
  return terms_.add({Op::select, mine.rep, 0, 0, 0},
                    {there, value, terms_.constant(absent, mine.rep)});
}

plan::SourceId Graph::read(Side side, const std::string& path, Rep rep,
                           std::string_view enumeration) {
  return terms_.source(models_.path(side, path), rep, enumeration);
}

}  // namespace aipol::difference
