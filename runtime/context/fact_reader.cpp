#include "runtime/context/fact_reader.h"

#include <algorithm>

#include "base/check.h"
#include "runtime/context/fact_values.h"

namespace aipol::context {

using plan::Fact;

namespace {

constexpr std::string_view forwarded = "forwarded.";

// "model.region" -> "region" where the path begins with the object's name.
std::optional<std::string_view> part_of(std::string_view path, std::string_view object) {
  if (!path.starts_with(object) || path.size() <= object.size() || path[object.size()] != '.')
    return std::nullopt;
  return path.substr(object.size() + 1);
}

std::string_view without_forwarded(std::string_view path) {
  return path.starts_with(forwarded) ? path.substr(forwarded.size()) : path;
}

bool reads_messages(std::string_view path) {
  constexpr std::string_view paths[] = {
      "ai.prompt", "ai.system",   "ai.last_user",     "ai.user_text",     "ai.tool_results",
      "ai.turns",  "ai.messages", "ai.messages.role", "ai.messages.text", "ai.input_tokens"};
  return std::ranges::find(paths, path) != std::end(paths);
}

const native::Document& nothing() {
  static const native::Document empty;
  return empty;
}

template <class List>
std::optional<uint32_t> number_of(const List& list, std::string_view name) {
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i].name == name) return static_cast<uint32_t>(i);
  }
  return std::nullopt;
}

}  // namespace

FactReader::FactReader(const plan::Plan& plan) : plan_(plan) {
  for (plan::SourceId id = 0; id < plan.sources.size(); ++id) {
    const plan::Source& source = plan.sources[id];
    origins_.push_back(origin_of(source, id));
    needs_texts_ = needs_texts_ || reads_messages(source.path);
    if (source.path == "request.body") body_paths_.push_back(source.key);
  }
  // A detector, or a rewriting effect, looks at texts that no guard reads.
  for (const plan::Statement& statement : plan.statements) {
    needs_texts_ = needs_texts_ || statement.effect == plan::Effect::redact ||
                   statement.effect == plan::Effect::prepend;
  }
  needs_texts_ = needs_texts_ || !plan.meters.empty();
  declare_models();
}

FactReader::Origin FactReader::origin_of(const plan::Source& source, plan::SourceId id) const {
  using Kind = Origin::Kind;
  std::string_view path = source.path;
  if (path.starts_with(forwarded))
    return {Kind::forwarded, field_reader(without_forwarded(path)), 0, nullptr,
            AttributeName(path.substr(path.rfind('.') + 1))};
  if (ReadField read = field_reader(path)) return {Kind::field, read, 0, nullptr};
  if (part_of(path, "model") || part_of(path, "provider"))
    return {Kind::declared, nullptr, 0, nullptr};
  if (part_of(path, "target")) return {Kind::candidate, nullptr, 0, nullptr};
  if (part_of(path, "decision") || part_of(path, "audit"))
    return {Kind::decided, nullptr, 0, nullptr};
  if (auto name = part_of(path, "principal"))
    return {Kind::principal, nullptr, 0, nullptr, AttributeName(*name)};
  if (auto name = part_of(path, "request"))
    return {Kind::metadata, nullptr, 0, nullptr, AttributeName(*name)};
  if (auto name = part_of(path, "data")) {
    auto number = number_of(plan_.documents, *name);
    AIPOL_CHECK(number, "a document that is read is declared");
    return {Kind::document, nullptr, *number, nullptr};
  }
  if (part_of(path, "classifier")) {
    auto asked = std::ranges::find(plan_.questions, id, &plan::Question::source);
    AIPOL_CHECK(asked != plan_.questions.end(), "an answer that is read is asked for");
    return {Kind::answer, nullptr, static_cast<uint32_t>(asked - plan_.questions.begin()), nullptr};
  }
  return meter_origin(path);
}

FactReader::Origin FactReader::meter_origin(std::string_view path) const {
  for (uint32_t number = 0; number < plan_.meters.size(); ++number) {
    const plan::Meter& meter = plan_.meters[number];
    auto field = part_of(path, "meter." + meter.package + "." + meter.name);
    if (!field) continue;
    if (ReadMeter read = meter_field_reader(*field))
      return {Origin::Kind::meter, nullptr, number, read};
  }
  AIPOL_CHECK(false, "every readable field has a reader");
  return {};
}

std::optional<uint32_t> FactReader::meter_of(plan::SourceId source) const {
  const Origin& origin = origins_[source];
  return origin.kind == Origin::Kind::meter ? std::optional(origin.number) : std::nullopt;
}

void FactReader::declare_models() {
  for (const plan::Model& model : plan_.deployment.models) {
    const plan::Provider& provider = plan_.deployment.providers[model.provider];
    models_.emplace(model.name, by_model_.size());
    std::vector<Fact>& facts = by_model_.emplace_back(plan_.sources.size(), absent());
    auto from = [&](const plan::Fields& fields, std::string_view name, Fact& fact) {
      auto field = std::ranges::find(fields, name, &std::pair<std::string, plan::Constant>::first);
      if (field != fields.end()) fact = {Fact::State::present, cells_.cell(field->second)};
    };
    for (plan::SourceId id = 0; id < plan_.sources.size(); ++id) {
      const plan::Source& source = plan_.sources[id];
      std::string_view path = without_forwarded(source.path);
      auto part = part_of(path, "model");
      if (!part) part = part_of(path, "target");
      if (part == "known")
        facts[id] = boolean(true);
      else if (part == "name")
        facts[id] = text(model.name);
      else if (part == "provider")
        facts[id] = text(provider.name);
      else if (part)
        from(model.fields, *part, facts[id]);
      auto of_provider = part_of(path, "provider");
      if (of_provider == "name")
        facts[id] = text(provider.name);
      else if (of_provider == "kind")
        facts[id] = integer(member(plan_.enumerations[source.enumeration], provider.kind));
      else if (of_provider)
        from(provider.fields, *of_provider, facts[id]);
    }
  }
}

Fact FactReader::declared(std::string_view model, plan::SourceId source) const {
  auto found = models_.find(model);
  return found == models_.end() ? undeclared(source) : by_model_[found->second][source];
}

Fact FactReader::undeclared(plan::SourceId source) const {
  const plan::Source& unknown = plan_.sources[source];
  if (unknown.enumeration == ~0u || unknown.rep != plan::Rep::integer || unknown.fallback ||
      unknown.optional)
    return absent();
  return integer(member(plan_.enumerations[unknown.enumeration], "unknown"));
}

namespace {

Fact attribute_in(const Attributes& attributes, const AttributeName& name, const Reading& r) {
  const AttributeValue* found = attributes.find(name);
  return found == nullptr ? absent() : attribute(r.plan, r.source, *found, r.scratch);
}

Fact zero() { return {Fact::State::present, {}}; }

}  // namespace

Fact FactReader::read_one(const Reading& r, plan::SourceId id) const {
  const Origin& origin = origins_[id];
  switch (origin.kind) {
    case Origin::Kind::field:
      return origin.read(r);
    case Origin::Kind::decided:
      break;
    case Origin::Kind::declared:
      return declared(r.call.model_name, id);
    case Origin::Kind::candidate:
      return r.around.target ? by_model_[r.around.target->model][id] : undeclared(id);
    case Origin::Kind::forwarded: {
      const Call& sent = r.around.forwarded == nullptr ? r.call : *r.around.forwarded;
      Reading there{sent, r.around, r.plan, r.source, r.scratch};
      if (origin.read != nullptr) return origin.read(there);
      bool of_request = without_forwarded(r.source.path).starts_with("request.");
      return of_request ? attribute_in(sent.request.metadata, origin.name, there)
                        : declared(sent.model_name, id);
    }
    case Origin::Kind::meter: {
      MeterReading reading;
      if (origin.number < r.around.meters.size()) reading = r.around.meters[origin.number];
      bool scaled = in_millionths(plan_, plan_.meters[origin.number]);
      return origin.meter(reading, scaled, r.source.rep);
    }
    case Origin::Kind::document: {
      bool known = origin.number < r.around.documents.size();
      const native::Document& document = known ? *r.around.documents[origin.number] : nothing();
      return {Fact::State::present, {reinterpret_cast<uint64_t>(&document), 0}};
    }
    case Origin::Kind::answer:
      return origin.number < r.around.answers.size() ? r.around.answers[origin.number] : zero();
    case Origin::Kind::principal:
      return attribute_in(r.call.principal.attributes, origin.name, r);
    case Origin::Kind::metadata:
      return attribute_in(r.call.request.metadata, origin.name, r);
  }
  return absent();
}

void FactReader::read(const Call& call, const Surroundings& around,
                      std::span<const plan::SourceId> demand, plan::Facts& facts,
                      AipolScratch& scratch) const {
  facts.resize(plan_.sources.size());
  for (plan::SourceId id : demand) {
    if (origins_[id].kind == Origin::Kind::decided) continue;
    facts[id] = read_one({call, around, plan_, plan_.sources[id], scratch}, id);
  }
}

}  // namespace aipol::context
