#include "compiler/prove/documents.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/overloaded.h"
#include "base/saturate.h"
#include "stdlib/native/cells.h"

namespace aipol::prove {

using json = nlohmann::json;
using plan::Constant;
using plan::Op;
using plan::Rep;

namespace {

// By the alternatives of Constant.
json packed_value(const Constant& value) {
  return std::visit(
      Overloaded{[](const plan::Ip& v) { return json{v.high, v.low}; },
                 [](const plan::Network&) { return json(); },
                 [](const plan::IntegerRange&) { return json(); }, [](const auto& v) { return json(v); }},
      value);
}

Constant unpacked_value(size_t alternative, const json& value) {
  switch (alternative) {
    case 0:
      return value.get<bool>();
    case 1:
      return value.get<int64_t>();
    case 2:
      return value.get<double>();
    case 3:
      return value.get<std::string>();
    case 4:
      return plan::Ip{value[0].get<uint64_t>(), value[1].get<uint64_t>()};
    case 7:
      return value.get<std::vector<std::string>>();
    default:
      return value.get<std::vector<int64_t>>();
  }
}

}  // namespace

Constant packed(const std::vector<Entry>& entries) {
  std::vector<std::string> out;
  for (const Entry& one : entries) {
    json whole = {one.path, one.keys, one.value.index(), packed_value(one.value)};
    out.push_back(whole.dump(-1, ' ', false, json::error_handler_t::replace));
  }
  return out;
}

std::vector<Entry> unpacked(const Constant& contents) {
  std::vector<Entry> out;
  for (const std::string& text : std::get<std::vector<std::string>>(contents)) {
    json whole = json::parse(text);
    out.push_back({whole[0], whole[1], unpacked_value(whole[2].get<size_t>(), whole[3])});
  }
  return out;
}

native::Document document_of(const std::vector<Entry>& entries) {
  native::Document out;
  for (const Entry& entry : entries) {
    native::Document::Place place = native::Document::root;
    std::string_view path = entry.path;
    for (size_t key = 0; !path.empty();) {
      std::string_view step = path.substr(0, path.find('.'));
      path.remove_prefix(std::min(step.size() + 1, path.size()));
      place = out.make(place, step == "*" ? std::string_view(entry.keys[key++]) : step);
    }
    plan::CellStore store;
    AipolCell cell = store.cell(entry.value);
    if (std::holds_alternative<std::string>(entry.value)) cell = out.keep(native::text_of(cell));
    if (std::holds_alternative<std::vector<int64_t>>(entry.value))
      cell = out.keep(native::list_of(cell));
    if (const auto* texts = std::get_if<std::vector<std::string>>(&entry.value)) {
      std::vector<AipolCell> cells;
      for (const std::string& text : *texts) cells.push_back(out.keep(text));
      cell = out.keep(std::span<const AipolCell>(cells));
    }
    out.set(place, cell);
  }
  return out;
}

namespace {

// Gives documents what leaves ask of them, leaf by leaf.
class Filling {
 public:
  Filling(Shape& shape, Evaluator& evaluator, World world)
      : shape_(shape), plan_(shape.plan()), evaluator_(evaluator), world_(std::move(world)) {}

  World run(const Goal& leaves) {
    for (Literal leaf : leaves) {
      std::vector<plan::NodeId> calls = calls_in(leaf.node);
      if (calls.empty() || evaluator_.holds({leaf}, world_)) continue;
      std::ranges::any_of(calls, [&](plan::NodeId call) { return fill(leaf, call); });
    }
    return std::move(world_);
  }

 private:
  // Look-ups that stand for themselves.
  std::vector<plan::NodeId> calls_in(plan::NodeId node) {
    std::vector<plan::NodeId> out;
    for (plan::NodeId one : shape_.parts_of(node)) {
      const plan::Node& n = plan_.code[one];
      if (n.op != Op::call || !plan_.natives[n.payload].starts_with("data.")) continue;
      bool plain = shape_.is_source(plan_.code.argument(one, 0)) && !shape_.reads_item(one);
      if (plain && shape_.constant(plan_.code.argument(one, 1)) != nullptr) out.push_back(one);
    }
    return out;
  }

  bool fill(Literal leaf, plan::NodeId call) {
    plan::SourceId document = plan_.code[plan_.code.argument(call, 0)].payload;
    Entry entry{std::get<std::string>(*shape_.constant(plan_.code.argument(call, 1))),
                evaluator_.texts(plan_.code.argument(call, 2), world_), false};
    std::vector<Entry> entries;
    if (auto known = world_.find(document); known != world_.end() && known->second)
      entries = unpacked(*known->second);
    std::erase_if(entries, [&](const Entry& other) {
      return other.path == entry.path && other.keys == entry.keys;
    });
    World tried = world_;
    for (Constant& value : values(leaf, call)) {
      entry.value = std::move(value);
      entries.push_back(entry);
      tried[document] = packed(entries);
      entries.pop_back();
      if (!evaluator_.holds({leaf}, tried)) continue;
      world_ = std::move(tried);
      return true;
    }
    return false;
  }

  // What the leaf compares with, and what is near it.
  std::vector<Constant> values(Literal leaf, plan::NodeId call) {
    const plan::Node& n = plan_.code[call];
    if (plan_.natives[n.payload] == "data.has") return {false};
    plan::Source like;
    like.rep = n.rep;
    Constant zero = zero_of(like);
    std::vector<Constant> out = {zero};
    std::vector<Constant> named;
    for (uint32_t number : shape_.constants(leaf.node)) named.push_back(plan_.constants[number]);
    for (plan::NodeId other : plan_.code.arguments(leaf.node)) {
      bool same = other != call && plan_.code[other].rep == n.rep && n.rep <= Rep::text;
      if (same) named.push_back(evaluator_.value(other, world_));
      bool member = other != call && plan_.code[other].rep == Rep::text && n.rep == Rep::texts;
      if (member) named.push_back(std::vector{std::get<std::string>(evaluator_.value(other, world_))});
      bool number = other != call && plan_.code[other].rep == Rep::integer && n.rep == Rep::integers;
      if (number) named.push_back(std::vector{std::get<int64_t>(evaluator_.value(other, world_))});
    }
    for (const Constant& value : named) near(value, zero, out);
    if (n.rep == Rep::boolean) out.push_back(true);
    if (n.rep == Rep::text) out.push_back(std::string("x"));
    return out;
  }

  static void near(const Constant& value, const Constant& like, std::vector<Constant>& out) {
    if (value.index() == like.index()) out.push_back(value);
    const auto* number = std::get_if<int64_t>(&value);
    if (number != nullptr && std::holds_alternative<int64_t>(like))
      out.insert(out.end(), {saturating_add(*number, 1), saturating_subtract(*number, 1)});
    const auto* real = std::get_if<double>(&value);
    if (real != nullptr && std::holds_alternative<double>(like))
      out.insert(out.end(), {*real + 1, *real - 1});
    if (const auto* texts = std::get_if<std::vector<std::string>>(&value);
        texts != nullptr && std::holds_alternative<std::string>(like))
      out.insert(out.end(), texts->begin(), texts->end());
  }

  Shape& shape_;
  const plan::Plan& plan_;
  Evaluator& evaluator_;
  World world_;
};

}  // namespace

World with_documents(Shape& shape, Evaluator& evaluator, const Goal& leaves, World world) {
  if (shape.plan().documents.empty()) return world;
  return Filling(shape, evaluator, std::move(world)).run(leaves);
}

}  // namespace aipol::prove
