#include "replay/knowledge.h"

#include <algorithm>
#include <set>

namespace aipol::replay {

namespace {

using Origin = context::FactReader::Origin;
using plan::SourceId;

constexpr std::string_view credential_headers[] = {
    "authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "x-goog-api-key"};

bool is_among(const std::vector<std::pair<std::string, std::string>>& pairs,
              std::string_view name) {
  return std::ranges::any_of(pairs, [&](const auto& pair) { return pair.first == name; });
}

}  // namespace

std::optional<Field> field_of(std::string_view path) {
  for (std::string_view list : {"ai.messages", "response.tool_calls"}) {
    if (path.starts_with(list)) return field_named(list);
  }
  return field_named(path);
}

std::vector<SourceId> sources_of(const plan::Plan& plan, plan::NodeId node) {
  std::set<SourceId> found;
  std::set<plan::NodeId> seen;
  std::vector<plan::NodeId> open;
  if (node != plan::no_node) open.push_back(node);
  while (!open.empty()) {
    plan::NodeId at = open.back();
    open.pop_back();
    if (!seen.insert(at).second) continue;
    plan::Op op = plan.code[at].op;
    if (op == plan::Op::source || op == plan::Op::has) found.insert(plan.code[at].payload);
    for (plan::NodeId argument : plan.code.arguments(at)) open.push_back(argument);
  }
  return {found.begin(), found.end()};
}

Knowledge::Knowledge(const decision::Program& program) : plan_(program.plan()) {
  std::set<SourceId> demanded;
  for (const plan::Stage& stage : plan_.stages)
    demanded.insert(stage.demand.begin(), stage.demand.end());
  std::vector<Rule> meters;
  for (SourceId source : demanded) {
    const Origin& origin = program.facts().origin(source);
    Rule rule{.source = source};
    switch (origin.kind) {
      case Origin::Kind::field:
        if (!add_rule(source, rule)) continue;
        break;
      case Origin::Kind::declared:
        rule.needs = {Field::model_name};
        break;
      case Origin::Kind::principal:
        rule.kind = Rule::Kind::attribute;
        rule.name = origin.name;
        break;
      case Origin::Kind::metadata:
        rule.kind = Rule::Kind::metadata;
        rule.name = origin.name;
        break;
      case Origin::Kind::answer:
        rule.kind = Rule::Kind::never;
        break;
      case Origin::Kind::meter: {
        rule.kind = Rule::Kind::meter;
        std::set<SourceId> keys;
        for (plan::NodeId node : plan_.meters[origin.number].keys) {
          std::vector<SourceId> read = sources_of(plan_, node);
          keys.insert(read.begin(), read.end());
        }
        rule.keys = {keys.begin(), keys.end()};
        meters.push_back(std::move(rule));
        continue;
      }
      default:
        continue;
    }
    rules_.push_back(std::move(rule));
  }
  for (const Rule& rule : rules_) {
    if (rule.kind == Rule::Kind::fields) all_needed_ |= rule.needs;
    only_fields_ = only_fields_ && rule.kind == Rule::Kind::fields;
  }
  // What keys read is demanded too; nothing else makes a meter unknown.
  for (Rule& rule : meters) rules_.push_back(std::move(rule));
}

// False where the source is always known.
bool Knowledge::add_rule(SourceId source, Rule& rule) const {
  std::string_view path = plan_.sources[source].path;
  if (path == "request.header") return rule.kind = Rule::Kind::header, true;
  if (path == "request.query") return rule.kind = Rule::Kind::query, true;
  if (path == "request.body") return rule.kind = Rule::Kind::body, true;
  if (path == "ai.tool.args") return rule.kind = Rule::Kind::argument, true;
  if (path == "ai.operation") rule.kind = Rule::Kind::operation;
  std::optional<Field> field = field_of(path);
  if (field) rule.needs = {*field};
  return field.has_value();
}

bool Knowledge::told(const Rule& rule, const Known& known, const context::Call& call,
                     const plan::Source& source) {
  switch (rule.kind) {
    case Rule::Kind::fields:
      return known.fields.has_all(rule.needs);
    case Rule::Kind::operation:
      return known.fields.has_all(rule.needs) || call.ai.operation != "none";
    case Rule::Kind::header: {
      if (is_among(call.request.headers, source.key)) return true;
      bool credential =
          std::ranges::find(credential_headers, source.key) != std::end(credential_headers);
      return known.fields.has(Field::request_headers) && (known.credentials || !credential);
    }
    case Rule::Kind::query:
      return known.fields.has(Field::request_query) || is_among(call.request.query, source.key);
    case Rule::Kind::body:
      return known.fields.has(Field::request_body_text);
    case Rule::Kind::argument:
      return known.fields.has(Field::ai_tool_args);
    case Rule::Kind::attribute:
      return known.attributes || call.principal.attributes.find(rule.name) != nullptr;
    case Rule::Kind::metadata:
      return known.metadata || call.request.metadata.find(rule.name) != nullptr;
    default:
      return false;
  }
}

void Knowledge::find_unknown(const Known& known, const context::Call& call,
                             std::vector<SourceId>& unknown) const {
  unknown.clear();
  bool fields_known = known.fields.has_all(all_needed_);
  if (fields_known && only_fields_) return;
  for (const Rule& rule : rules_) {
    bool is_told =
        rule.kind == Rule::Kind::meter
            ? std::ranges::none_of(
                  rule.keys,
                  [&](SourceId key) { return std::ranges::find(unknown, key) != unknown.end(); })
            : told(rule, known, call, plan_.sources[rule.source]);
    if (!is_told) unknown.push_back(rule.source);
  }
  std::ranges::sort(unknown);
}

}  // namespace aipol::replay
