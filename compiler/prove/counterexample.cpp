#include "compiler/prove/counterexample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/saturate.h"
#include "compiler/prove/documents.h"
#include "compiler/prove/witness.h"
#include "plan/written.h"

namespace aipol::prove {

using plan::Constant;
using plan::Measure;

namespace {

constexpr int64_t most_sends = 120;  // of one test

std::string times(int64_t count, const std::string& line) {
  std::string out;
  for (int64_t i = 0; i < count; ++i) out += line;
  return out;
}

std::string with_usage(const std::string& send, std::string_view usage) {
  return fmt::format("{}, usage: {{ {} }} }}\n", send.substr(0, send.rfind(" }")), usage);
}

}  // namespace

// What stands in `send`.
World Counterexamples::plain(const World& sent) const {
  World out;
  for (const auto& [source, value] : sent) {
    const std::string& path = plan_.sources[source].path;
    bool given = path.starts_with("target.") || path.starts_with("data.");
    if (arrived_.can_be_sent(source) && !given) out.emplace(source, value);
  }
  return out;
}

bool Counterexamples::can_be_sent(const World& sent) const {
  return std::ranges::all_of(sent, [&](const auto& entry) {
    return !entry.second || arrived_.can_be_sent(entry.first);
  });
}

std::string Counterexamples::described(const World& sent) const { return as_send(plan_, sent); }

std::vector<Counterexample> Counterexamples::of(const std::string& name, plan::Place rule,
                                                const Case& broken, const World& sent) const {
  std::vector<Counterexample> out;
  std::string line = "  " + as_send(plan_, plain(sent)) + "\n";
  auto before = counted_before(sent, line);
  if (!broken.doubt.empty() || !before) return out;
  std::string test_name = "invariant " + name;
  std::string json = as_json(plan_, plain(sent));
  for (const std::string& lines : sends(broken, line)) {
    out.push_back({rule, test_name,
                   fmt::format("test {} {{\n{}{}{}{}  expect {}\n}}\n", plan::in_quotes(test_name),
                               given_targets(broken, sent), given_data(sent), *before, lines,
                               expectation(broken)),
                   json});
  }
  return out;
}

// What is sent before, so that meters have counted what they have to: the same request, as often or
// as costly as needed. Nothing where the world can not be made so.
std::optional<std::string> Counterexamples::counted_before(const World& sent,
                                                           const std::string& line) const {
  std::string out;
  for (const auto& [source, value] : sent) {
    const plan::Source& what = plan_.sources[source];
    if (!value || arrived_.can_be_sent(source)) continue;
    auto meter = std::ranges::find_if(plan_.meters, [&](const plan::Meter& m) {
      return what.path == fmt::format("meter.{}.{}.used", m.package, m.name);
    });
    const auto* used = std::get_if<int64_t>(&*value);
    if (meter == plan_.meters.end() || used == nullptr || *used <= 0) return std::nullopt;
    std::string amount = plan::written(*used, what.unit);
    if (meter->measure == Measure::requests && *used < most_sends)
      out += times(*used, line);
    else if (meter->measure == Measure::tokens || meter->measure == Measure::input_tokens)
      out += with_usage(line, "input_tokens: " + amount);
    else if (meter->measure == Measure::output_tokens)
      out += with_usage(line, "output_tokens: " + amount);
    else if (meter->measure == Measure::usd)
      out += with_usage(line, "cost: " + amount);
    else
      return std::nullopt;
  }
  return out;
}

std::vector<std::string> Counterexamples::sends(const Case& broken,
                                                const std::string& line) const {
  if (broken.limit) return over_limit(*broken.limit, line);
  // Of so many requests one is mirrored.
  auto count = broken.mirror ? std::ceil(1 / broken.mirrored) : 1.0;
  if (count > double(most_sends)) return {};
  return {times(int64_t(count), line)};
}

// More than the limit lets through, at once or in some requests.
std::vector<std::string> Counterexamples::over_limit(const LimitRule& limit,
                                                     const std::string& send) const {
  if (!limit.amount) return {};
  switch (plan_.meters[limit.meter].measure) {
    case Measure::requests:
      if (*limit.amount >= most_sends) return {};
      return {times(*limit.amount + 1, send)};
    case Measure::tokens:
    case Measure::input_tokens:
      return {with_usage(send, fmt::format("input_tokens: {}", saturating_add(*limit.amount, 1)))};
    case Measure::output_tokens:
      return {with_usage(send, fmt::format("output_tokens: {}", saturating_add(*limit.amount, 1)))};
    case Measure::usd:
    case Measure::sum: {
      std::string much = with_usage(send, "input_tokens: 1G, output_tokens: 1G, cost: $1_000_000");
      return {much, times(2, much)};
    }
    default:
      return {};
  }
}

// How targets do; those that would be tried before are down.
std::string Counterexamples::given_targets(const Case& broken, const World& sent) const {
  std::map<std::string, std::map<std::string, std::string>> by_model;
  for (const auto& [source, value] : sent) {
    const plan::Source& what = plan_.sources[source];
    if (!what.path.starts_with("target.") || !value) continue;
    by_model[what.key][what.path.substr(7)] =
        plan::written(plan_, *value, what.unit, what.enumeration);
  }
  World seen = arrived_.seen(sent);
  for (const auto& [model, passes] : broken.rivals) {
    if (prover_.holds(passes, seen))
      by_model[plan_.deployment.models[model].name].try_emplace("healthy", "false");
  }
  std::string out;
  for (const auto& [model, fields] : by_model) {
    std::string given;
    for (const auto& [field, text] : fields)
      given += fmt::format("{}{}: {}", given.empty() ? "" : ", ", field, text);
    out += fmt::format("  given target {} {{ {} }}\n", plan::in_quotes(model), given);
  }
  return out;
}

// What documents hold; the proofs take for empty what they do not speak of.
std::string Counterexamples::given_data(const World& sent) const {
  std::string out;
  for (const plan::Document& document : plan_.documents) {
    auto source = arrived_.shape().find("data." + document.name);
    if (!source) continue;
    auto contents = sent.find(*source);
    bool known = contents != sent.end() && contents->second;
    out += fmt::format("  given data {} = {}\n", document.name.substr(document.name.rfind('.') + 1),
                       written(plan_, document,
                               known ? unpacked(*contents->second) : std::vector<Entry>()));
  }
  return out;
}

std::string Counterexamples::expectation(const Case& broken) const {
  std::string target;
  if (broken.target) target = plan::in_quotes(plan_.deployment.models[*broken.target].name);
  switch (broken.wish) {
    case Wish::allowed:
      return "allow";
    case Wish::denied:
      return "deny";
    case Wish::elsewhere:
      return "decision.target != " + target;
    case Wish::unmirrored:
      return "decision.mirror != " + target;
    case Wish::nowhere:
      return "decision.target == \"\"";
    case Wish::somewhere:
      return "decision.outcome == deny or decision.target != \"\"";
    case Wish::effect:
    case Wish::no_effect:
      return fmt::format("decision.outcome == deny or {} {} decision.effects",
                         name_of(broken.effect), broken.wish == Wish::effect ? "in" : "not in");
  }
  return {};
}

}  // namespace aipol::prove
