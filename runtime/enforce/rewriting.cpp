#include "runtime/enforce/rewriting.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/overloaded.h"
#include "runtime/enforce/arguments.h"
#include "stdlib/native/glob.h"

namespace aipol::enforce {

namespace {

using plan::Effect;

// The enforced statements of an effect that fired, the weightiest last: what it does stands.
std::vector<Arguments> fired(const decision::Evaluation& evaluation, Effect effect) {
  const plan::Plan& plan = evaluation.program().plan();
  std::vector<uint32_t> numbers;
  for (uint32_t number : evaluation.fired()) {
    const plan::Statement& statement = plan.statements[number];
    if (statement.effect == effect && !statement.shadow) numbers.push_back(number);
  }
  std::ranges::sort(numbers, std::ranges::greater{},
                    [&](uint32_t number) { return plan.statements[number].rank; });
  std::vector<Arguments> all;
  for (uint32_t number : numbers) all.emplace_back(evaluation, number);
  return all;
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

void put(Pairs& pairs, const std::string& name, std::string value) {
  auto found = std::ranges::find(pairs, name, &Pairs::value_type::first);
  if (found == pairs.end()) {
    pairs.emplace_back(name, std::move(value));
  } else {
    found->second = std::move(value);
  }
}
void drop(Pairs& pairs, const std::string& name) {
  std::erase_if(pairs, [&](const auto& pair) { return pair.first == name; });
}

// As JSON writes plain values, texts without quotes.
std::string written(const plan::Constant& value) {
  return std::visit(
      Overloaded{[](bool v) { return std::string(v ? "true" : "false"); },
                 [](int64_t v) { return fmt::format("{}", v); },
                 [](double v) { return fmt::format("{}", v); },
                 [](const std::string& v) { return v; }, [](const auto&) { return std::string(); }},
      value);
}

double number_of(const plan::Constant& value) {
  const auto* real = std::get_if<double>(&value);
  const auto* integer = std::get_if<int64_t>(&value);
  return real != nullptr ? *real : integer != nullptr ? static_cast<double>(*integer) : 0;
}

// A field of the body as the call holds it: known ones typed, the others as text.
class BodyField {
 public:
  BodyField(context::Call& call, std::string path, context::BodyEdits& edits)
      : call_(call), path_(std::move(path)), edits_(edits) {}

  void set(const plan::Constant& value) {
    if (path_ == "temperature") call_.ai.temperature = number_of(value);
    if (const bool* flag = std::get_if<bool>(&value); flag != nullptr && path_ == "stream")
      call_.ai.stream = *flag;
    if (is_length()) call_.ai.max_tokens = std::llround(number_of(value));
    put(call_.request.body_values, path_, written(value));
    edits_.fields.push_back({path_, value});
  }
  void remove() {
    if (path_ == "temperature") call_.ai.temperature.reset();
    if (path_ == "stream") call_.ai.stream = false;
    if (is_length()) call_.ai.max_tokens.reset();
    drop(call_.request.body_values, path_);
    edits_.fields.push_back({path_, std::nullopt});
  }
  // One that is absent stays so.
  void clamp(const plan::Constant& low, const plan::Constant& high) {
    std::optional<double> now;
    if (path_ == "temperature" && call_.ai.temperature) now = *call_.ai.temperature;
    if (is_length() && call_.ai.max_tokens) now = static_cast<double>(*call_.ai.max_tokens);
    if (!now) now = given();
    if (!now) return;
    double kept = std::min(std::max(*now, number_of(low)), number_of(high));
    if (kept == *now) return;
    bool whole = std::holds_alternative<int64_t>(low);
    set(whole ? plan::Constant(static_cast<int64_t>(kept)) : plan::Constant(kept));
  }

 private:
  bool is_length() const { return path_ == "max_tokens" || path_ == "max_completion_tokens"; }
  std::optional<double> given() const {
    auto found = std::ranges::find(call_.request.body_values, path_, &Pairs::value_type::first);
    if (found == call_.request.body_values.end()) return std::nullopt;
    char* end = nullptr;
    double value = std::strtod(found->second.c_str(), &end);
    return end != found->second.c_str() && *end == '\0' ? std::optional(value) : std::nullopt;
  }

  context::Call& call_;
  std::string path_;
  context::BodyEdits& edits_;
};

constexpr std::string_view body = "body.", header = "header.", response_header = "response.header.";

std::string after(const std::string& path, std::string_view prefix) {
  return path.substr(prefix.size());
}

void rewrite_request_fields(const decision::Evaluation& evaluation, context::Call& call,
                            context::BodyEdits& edits) {
  for (const Arguments& remove : fired(evaluation, Effect::remove)) {
    std::string field = remove.text("field");
    if (field.starts_with(body)) BodyField(call, after(field, body), edits).remove();
    if (field.starts_with(header)) drop(call.request.headers, after(field, header));
  }
  for (const Arguments& set : fired(evaluation, Effect::set)) {
    std::string field = set.text("field");
    const plan::Constant* value = set.value("value");
    if (value == nullptr) continue;
    if (field.starts_with(body)) BodyField(call, after(field, body), edits).set(*value);
    if (field.starts_with(header)) put(call.request.headers, after(field, header), written(*value));
  }
  for (const Arguments& clamp : fired(evaluation, Effect::clamp)) {
    std::string field = clamp.text("field");
    const plan::Constant *low = clamp.value("low"), *high = clamp.value("high");
    if (field.starts_with(body) && low != nullptr && high != nullptr)
      BodyField(call, after(field, body), edits).clamp(*low, *high);
  }
}

std::vector<RedactionRule> rules_of(const decision::Evaluation& evaluation, Surface surface) {
  constexpr std::string_view surfaces[] = {"request", "response", "logs"};
  const plan::Plan& plan = evaluation.program().plan();
  std::vector<RedactionRule> rules;
  for (const Arguments& redact : fired(evaluation, Effect::redact)) {
    if (!redact.has(surfaces[static_cast<size_t>(surface)])) continue;
    const plan::Policy& policy = plan.policies[redact.statement().policy];
    RedactionRule rule;
    for (int64_t detector : redact.integers("detectors"))
      rule.detectors.push_back(static_cast<uint32_t>(detector));
    if (redact.has("mask")) rule.way = RedactionRule::Way::mask;
    if (redact.has("hash")) rule.way = RedactionRule::Way::hash;
    if (redact.has("placeholder")) rule.way = RedactionRule::Way::placeholder;
    if (redact.has("replacement")) rule.replacement = redact.text("replacement");
    rule.priority = policy.priority;
    rule.policy = policy.name;
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace

namespace {

// Whether a statement changes requests; the others of its effect change answers, or logs.
bool is_of_request(const Arguments& arguments) {
  if (arguments.statement().effect == Effect::redact) return arguments.has("request");
  return !arguments.has("tool_calls") && !arguments.text("field").starts_with(response_header);
}
bool is_of_response(const Arguments& arguments) {
  if (arguments.statement().effect == Effect::redact) return arguments.has("response");
  return !is_of_request(arguments);
}

template <class Is>
bool any_fired(const decision::Evaluation& evaluation, std::span<const Effect> effects, Is is) {
  const plan::Plan& plan = evaluation.program().plan();
  return std::ranges::any_of(evaluation.fired(), [&](uint32_t number) {
    const plan::Statement& statement = plan.statements[number];
    return !statement.shadow && std::ranges::find(effects, statement.effect) != effects.end() &&
           is(Arguments(evaluation, number));
  });
}

}  // namespace

bool rewrites_request(const decision::Evaluation& evaluation) {
  constexpr Effect always[] = {Effect::clamp, Effect::prepend, Effect::hide};
  constexpr Effect perhaps[] = {Effect::set, Effect::remove, Effect::redact};
  return any_fired(evaluation, always, [](const Arguments&) { return true; }) ||
         any_fired(evaluation, perhaps, is_of_request);
}

bool rewrites_response(const decision::Evaluation& evaluation) {
  constexpr Effect perhaps[] = {Effect::set, Effect::remove, Effect::redact};
  return any_fired(evaluation, perhaps, is_of_response);
}

Redaction redaction_of(const decision::Evaluation& evaluation, const Assets& assets,
                       Surface surface, const std::array<uint64_t, 2>& secret) {
  return {*assets.detectors, evaluation.program().plan(), rules_of(evaluation, surface), secret};
}

void rewrite_request(const decision::Evaluation& evaluation, const Redaction& redaction,
                     Placeholders& placeholders, context::Call& call, context::BodyEdits& edits) {
  rewrite_request_fields(evaluation, call, edits);
  for (const Arguments& hide : fired(evaluation, Effect::hide)) {
    native::Glob glob(hide.text("glob"));
    std::erase_if(call.ai.tools, [&](const std::string& tool) {
      if (!glob.matches(tool)) return false;
      edits.hidden_tools.push_back(tool);
      return true;
    });
  }
  for (const Arguments& prepend : fired(evaluation, Effect::prepend)) {
    call.ai.messages.insert(call.ai.messages.begin(), {"system", prepend.text("text")});
    edits.prepended.push_back(prepend.text("text"));
  }
  if (redaction.empty()) return;
  for (context::Message& message : call.ai.messages)
    message.text = redaction.apply(message.text, placeholders);
  call.ai.documents = redaction.apply(call.ai.documents, placeholders);
  for (auto& [path, value] : call.ai.tool.arguments) value = redaction.apply(value, placeholders);
}

std::vector<std::string> clamped_fields(const plan::Plan& plan) {
  std::vector<std::string> fields;
  for (const plan::Statement& statement : plan.statements) {
    if (statement.effect != Effect::clamp) continue;
    const plan::Node& field = plan.code[decision::argument(statement, "field")->values[0]];
    if (field.op != plan::Op::constant) continue;
    const auto* path = std::get_if<std::string>(&plan.constants[field.payload]);
    if (path != nullptr && path->starts_with(body)) fields.push_back(after(*path, body));
  }
  return fields;
}

void rewrite_fields(const decision::Evaluation& evaluation, context::Response& response) {
  for (const Arguments& remove : fired(evaluation, Effect::remove)) {
    std::string field = remove.text("field");
    if (field.starts_with(response_header)) drop(response.headers, after(field, response_header));
  }
  for (const Arguments& set : fired(evaluation, Effect::set)) {
    std::string field = set.text("field");
    const plan::Constant* value = set.value("value");
    if (field.starts_with(response_header) && value != nullptr)
      put(response.headers, after(field, response_header), written(*value));
  }
}

void rewrite_response(const decision::Evaluation& evaluation, const Redaction& redaction,
                      Placeholders& placeholders, context::Response& response) {
  placeholders.seal();
  rewrite_fields(evaluation, response);
  for (const Arguments& remove : fired(evaluation, Effect::remove)) {
    if (!remove.has("tool_calls")) continue;
    native::Glob glob(remove.text("glob"));
    std::erase_if(response.tool_calls,
                  [&](const context::ToolCall& call) { return glob.matches(call.name); });
  }
  if (!redaction.empty()) {
    response.text = redaction.apply(response.text, placeholders);
    for (context::ToolCall& call : response.tool_calls)
      call.arguments = redaction.apply(call.arguments, placeholders);
  }
  if (placeholders.empty()) return;
  response.text = placeholders.restore(response.text);
  for (context::ToolCall& call : response.tool_calls)
    call.arguments = placeholders.restore(call.arguments);
}

}  // namespace aipol::enforce
