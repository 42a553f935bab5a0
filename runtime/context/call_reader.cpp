#include "runtime/context/call_reader.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <utility>

#include "runtime/context/fact_values.h"
#include "runtime/context/lookups.h"

namespace aipol::context {

using plan::Fact;
using plan::Rep;
using Origin = FactReader::Origin;

namespace {

// The type that an attribute is expected to have, where there is a short way for it.
enum class Takes : uint8_t { other, boolean, integer, text, member, texts };

}  // namespace

// How one source is read. Attributes that have the type that is expected of them, and sets of texts
// of which only numbers are wanted, take a short way; all else is read as FactReader does.
struct CallReader::Step {
  enum class Kind : uint8_t { absent, fact, field, texts, principal, metadata } kind = Kind::fact;
  Takes takes = Takes::other;  // of an attribute
  const ColumnMaker::Use* use = nullptr;
  const plan::Source* source = nullptr;
  ReadField field = nullptr;
  ReadTexts texts = nullptr;
  AttributeName name = {};
  std::unique_ptr<const TextNumbers> members = nullptr;  // of the source's enumeration
  int64_t other_member = -1;                             // what other texts are; -1: absent

  // What is in the call itself comes first, what only a list in it tells comes last.
  int distance() const {
    if (kind != Kind::principal && kind != Kind::metadata) return kind == Kind::texts ? 1 : 0;
    return takes == Takes::texts ? 3 : 2;
  }
  const Attributes& attributes(const Call& call) const {
    return kind == Kind::principal ? call.principal.attributes : call.request.metadata;
  }
  Fact attribute_fact(const AttributeValue& value, const Reading& reading) const;
};

// What the columns hold by the declaration of the model that the call asks for, model by model.
class CallReader::Declared {
 public:
  using Uses = std::vector<const ColumnMaker::Use*>;
  // `declared` are the uses of what only declarations say, `names` those of the model's name.
  Declared(const plan::Plan& plan, const FactReader& facts, const ColumnMaker& maker,
           const Uses& declared, const Uses& names);

  // Whether the model is declared: if not, its name's columns are left.
  bool fill(std::string_view model, AipolCell* cells) const;

 private:
  void keep(ColumnBuffer& buffer);

  TextNumbers models_;
  std::vector<uint32_t> columns_;
  std::vector<AipolCell> cells_;  // where no model is declared, then model by model
  size_t undeclared_ = 0;         // columns that are filled then, the first ones
  std::deque<std::vector<std::vector<uint32_t>>> numbers_;  // what cells point to
};

namespace {

std::vector<std::string> names_of(const std::vector<plan::Model>& models) {
  std::vector<std::string> names;
  for (const plan::Model& model : models) names.push_back(model.name);
  return names;
}

}  // namespace

CallReader::Declared::Declared(const plan::Plan& plan, const FactReader& facts,
                               const ColumnMaker& maker, const Uses& declared, const Uses& names)
    : models_(names_of(plan.deployment.models)) {
  for (const auto* use : declared)
    std::ranges::copy(maker.columns(*use), std::back_inserter(columns_));
  undeclared_ = columns_.size();
  for (const auto* use : names)
    std::ranges::copy(maker.columns(*use), std::back_inserter(columns_));
  ColumnBuffer buffer;
  maker.begin(buffer);
  for (const auto* use : declared) maker.put(*use, facts.undeclared(use->source), buffer);
  keep(buffer);
  for (size_t model = 0; model < plan.deployment.models.size(); ++model) {
    maker.begin(buffer);
    for (const auto* use : declared) maker.put(*use, facts.declared(model)[use->source], buffer);
    for (const auto* use : names) maker.put(*use, text(plan.deployment.models[model].name), buffer);
    keep(buffer);
  }
}

void CallReader::Declared::keep(ColumnBuffer& buffer) {
  for (uint32_t column : columns_) cells_.push_back(buffer.cells[column]);
  auto used = [](const std::vector<uint32_t>& numbers) { return !numbers.empty(); };
  if (std::ranges::any_of(buffer.numbers, used))
    numbers_.push_back(std::exchange(buffer.numbers, {}));
}

bool CallReader::Declared::fill(std::string_view model, AipolCell* cells) const {
  uint32_t number = models_.find(model);
  const AipolCell* row = cells_.data() + number * columns_.size();
  size_t count = number == 0 ? undeclared_ : columns_.size();
  for (size_t i = 0; i < count; ++i) cells[columns_[i]] = row[i];
  return number != 0;
}

namespace {

Takes takes(const plan::Source& source, bool numbers_only) {
  switch (source.rep) {
    case Rep::boolean:
      return Takes::boolean;
    case Rep::text:
      return Takes::text;
    case Rep::texts:
      return numbers_only ? Takes::texts : Takes::other;
    case Rep::integer:
      if (source.enumeration != ~0u) return Takes::member;
      return source.unit == plan::Unit::none ? Takes::integer : Takes::other;
    default:
      return Takes::other;
  }
}

}  // namespace

CallReader::Step CallReader::step_of(const ColumnMaker::Use& use) const {
  const plan::Source& source = plan_.sources[use.source];
  const Origin& origin = facts_.origin(use.source);
  bool numbers_only = columns_.numbers_only(use);
  Step step{.use = &use, .source = &source, .field = origin.read, .name = origin.name};
  switch (origin.kind) {
    case Origin::Kind::decided:
      step.kind = Step::Kind::absent;
      break;
    case Origin::Kind::field:
      step.texts = numbers_only ? texts_reader(source.path) : nullptr;
      step.kind = step.texts != nullptr ? Step::Kind::texts : Step::Kind::field;
      break;
    case Origin::Kind::principal:
    case Origin::Kind::metadata:
      step.kind =
          origin.kind == Origin::Kind::principal ? Step::Kind::principal : Step::Kind::metadata;
      step.takes = takes(source, numbers_only);
      break;
    default:
      step.kind = Step::Kind::fact;
  }
  if (step.takes == Takes::member) {
    const plan::Enumeration& enumeration = plan_.enumerations[source.enumeration];
    step.members = std::make_unique<TextNumbers>(enumeration.members);
    if (enumeration.open) step.other_member = static_cast<int64_t>(enumeration.members.size()) - 1;
  }
  return step;
}

CallReader::CallReader(const plan::Plan& plan, const FactReader& facts, const ColumnMaker& columns,
                       std::span<const plan::SourceId> demand)
    : plan_(plan), facts_(facts), columns_(columns) {
  Declared::Uses declared, names;
  for (const ColumnMaker::Use& use : columns.uses()) {
    bool demanded = std::ranges::find(demand, use.source) != demand.end();
    if (demanded && facts.origin(use.source).kind == Origin::Kind::declared) {
      declared.push_back(&use);
      continue;
    }
    Step step = step_of(use);
    if (!demanded) step.kind = Step::Kind::absent;
    bool name = demanded && plan.sources[use.source].path == "model.name";
    if (name) names.push_back(&use);
    (name ? names_ : steps_).push_back(std::move(step));
  }
  std::ranges::stable_sort(steps_, {}, &Step::distance);
  for (const Step& step : steps_) {
    within_ += step.distance() < 2;
    before_lists_ += step.distance() < 3;
  }
  if (!declared.empty() || !names.empty())
    declared_ = std::make_unique<Declared>(plan, facts, columns, declared, names);
}

CallReader::~CallReader() = default;

Fact CallReader::Step::attribute_fact(const AttributeValue& value, const Reading& reading) const {
  switch (takes) {
    case Takes::boolean:
      if (const bool* given = std::get_if<bool>(&value)) return boolean(*given);
      break;
    case Takes::integer:
      if (const int64_t* given = std::get_if<int64_t>(&value)) return integer(*given);
      break;
    case Takes::text:
      if (const auto* given = std::get_if<std::string>(&value)) return text(*given);
      break;
    case Takes::member:
      if (const auto* given = std::get_if<std::string>(&value)) {
        int64_t number = members->find(*given) - int64_t{1};
        if (number < 0) number = other_member;
        return number < 0 ? absent() : integer(number);
      }
      break;
    default:
      break;
  }
  return attribute(reading.plan, reading.source, value, reading.scratch);
}

void CallReader::read_attribute(const Step& step, const Attributes& attributes,
                                const Reading& reading, ColumnBuffer& buffer) const {
  const AttributeValue* value = attributes.find(step.name);
  if (value == nullptr) return columns_.put(*step.use, absent(), buffer);
  if (step.takes == Takes::texts) {
    if (const auto* given = std::get_if<std::vector<std::string>>(value))
      return columns_.put_texts(*step.use, *given, buffer);
  }
  columns_.put(*step.use, step.attribute_fact(*value, reading), buffer);
}

void CallReader::read_step(const Step& step, const Reading& reading, ColumnBuffer& buffer) const {
  switch (step.kind) {
    case Step::Kind::absent:
      return columns_.put(*step.use, absent(), buffer);
    case Step::Kind::fact:
      return columns_.put(*step.use, facts_.read_one(reading, step.use->source), buffer);
    case Step::Kind::field:
      return columns_.put(*step.use, step.field(reading), buffer);
    case Step::Kind::texts:
      return columns_.put_texts(*step.use, step.texts(reading.call), buffer);
    case Step::Kind::principal:
    case Step::Kind::metadata:
      return read_attribute(step, step.attributes(reading.call), reading, buffer);
  }
}

namespace {

void prefetch(const void* address) { __builtin_prefetch(address); }

// A call lies in many places. Where they are far from the processor they are asked for together.
void prefetch(const Attributes& attributes) {
  constexpr size_t line = 64;
  if (attributes.empty()) return;
  auto* first = reinterpret_cast<const char*>(&*attributes.begin());
  auto* last = first + static_cast<size_t>(attributes.end() - attributes.begin()) *
                           sizeof(Attributes::Entry);
  for (const char* here = first; here < last; here += line)
    prefetch(static_cast<const void*>(here));
}

}  // namespace

void CallReader::prefetch_list(const Step& step, const Call& call) {
  const AttributeValue* value = step.attributes(call).find(step.name);
  if (value == nullptr) return;
  if (const auto* list = std::get_if<std::vector<std::string>>(value)) prefetch(list->data());
}

const AipolCell* CallReader::read(const Call& call, const Surroundings& around,
                                  ColumnBuffer& buffer, AipolScratch& scratch) const {
  prefetch(&call.principal.roles);
  prefetch(&call.request.ip);
  prefetch(&call.model_name);
  prefetch(call.principal.attributes);
  prefetch(call.principal.roles.data());
  prefetch(call.model_name.data());
  columns_.begin(buffer);
  auto read_some = [&](std::span<const Step> steps) {
    for (const Step& step : steps)
      read_step(step, {call, around, plan_, *step.source, scratch}, buffer);
  };
  std::span<const Step> steps = steps_;
  read_some(steps.first(within_));
  for (const Step& step : steps.subspan(before_lists_)) prefetch_list(step, call);
  read_some(steps.subspan(within_));
  if (declared_ != nullptr && !declared_->fill(call.model_name, buffer.cells.data()))
    read_some(names_);
  return buffer.cells.data();
}

}  // namespace aipol::context
