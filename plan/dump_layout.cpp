#include <fmt/format.h>

#include "plan/dump.h"
#include "plan/expression_text.h"

namespace aipol::plan {

namespace {

class LayoutDump {
 public:
  LayoutDump(const Plan& plan, const Stage& stage, const StageLayout& layout)
      : plan_(plan), stage_(stage), layout_(layout) {}

  std::string dump() {
    for (const Domain& domain : layout_.domains) dump_domain(domain);
    for (size_t i = 0; i < layout_.columns.size(); ++i) line("  column {} {}", i, column(i));
    for (size_t i = 0; i < layout_.shapes.size(); ++i) dump_shape("shape", i, layout_.shapes[i]);
    for (const Group& group : layout_.groups) dump_group(group);
    for (size_t i = 0; i < layout_.values.size(); ++i) dump_shape("value", i, layout_.values[i]);
    for (size_t i = 0; i < layout_.computed.size(); ++i) {
      const Computed& one = layout_.computed[i];
      line("  computed {}: value {}{}", text_of(plan_, stage_.computed[i]), one.shape,
           operands(layout_.values[one.shape], one.operands.data()));
    }
    return std::move(out_);
  }

 private:
  template <class... A>
  void line(fmt::format_string<A...> format, A&&... arguments) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<A>(arguments)...);
    out_ += '\n';
  }

  const std::string source(SourceId id) const { return plan_.sources[id].name(); }

  void dump_domain(const Domain& domain) {
    static constexpr std::string_view kinds[] = {"members", "paths", "networks"};
    line("  domain {} of {}, {} in masks", kinds[static_cast<size_t>(domain.kind)], source(domain.source), domain.masked);
    for (size_t i = 0; i < domain.values.size(); ++i) line("    {} {}", i + 1, text_of(domain.values[i]));
  }

  std::string column(size_t number) const {
    static constexpr std::string_view kinds[] = {"value", "present", "symbol", "mask", "symbols"};
    const Column& column = layout_.columns[number];
    bool plain = column.kind == Column::Kind::value || column.kind == Column::Kind::present;
    if (plain) return fmt::format("{} {}", kinds[static_cast<size_t>(column.kind)], source(column.of));
    const Domain& domain = layout_.domains[column.of];
    static constexpr std::string_view suffixes[] = {"", " paths", " networks"};
    return fmt::format("{} {}{}", kinds[static_cast<size_t>(column.kind)], source(domain.source),
                       suffixes[static_cast<size_t>(domain.kind)]);
  }

  std::string leaf(const Node& node, uint32_t base) const {
    switch (node.op) {
      case Op::parameter: return fmt::format("${}", node.payload + base);
      case Op::source:
      case Op::has:
      case Op::symbol:
      case Op::mask:
      case Op::numbers_meet:
      case Op::numbers_cover: return fmt::format("{{{}}}", column(node.payload));
      default: return {};
    }
  }

  void dump_shape(std::string_view kind, size_t number, const Shape& shape) {
    std::string pieces;
    for (const Piece& piece : shape.pieces) {
      Leaves leaves{[&](const Node& node) { return leaf(node, piece.base); }};
      pieces += (pieces.empty() ? "" : " and ") + expression_text(plan_, layout_.code, piece.node, leaves);
    }
    line("  {} {}: {}", kind, number, pieces.empty() ? "true" : pieces);
  }

  std::string operands(const Shape& shape, const uint64_t* values) const {
    std::string text;
    for (size_t i = 0; i < shape.parameters.size(); ++i) text += fmt::format(" ${}={}", shape.parameters[i].word, operand(shape.parameters[i].kind, values[i]));
    return text;
  }

  std::string operand(Parameter::Kind kind, uint64_t value) const {
    if (kind == Parameter::Kind::word) return std::to_string(static_cast<int64_t>(value));
    if (kind != Parameter::Kind::numbers) return text_of(plan_.constants[value]);
    const auto& numbers = layout_.number_lists[value];
    return text_of(std::vector<int64_t>(numbers.begin(), numbers.end()));
  }

  void dump_group(const Group& group) {
    switch (group.kind) {
      case Group::Kind::all: line("  group of all"); break;
      case Group::Kind::single:
      case Group::Kind::several: line("  group by {}", column(group.first)); break;
      case Group::Kind::pair: line("  group by {} and {}", column(group.first), column(group.second)); break;
    }
    for (const Entry& entry : group.entries) {
      const Rows& rows = layout_.rows[entry.rows];
      const Shape& shape = layout_.shapes[rows.shape];
      line("    {}statement {} shape {}{}", key(group, entry), rows.statements[entry.row], rows.shape,
           operands(shape, rows.operands.data() + entry.row * shape.parameters.size()));
    }
  }

  std::string value(uint32_t column, uint32_t number) const {
    return text_of(layout_.domains[layout_.columns[column].of].values[number - 1]);
  }

  std::string key(const Group& group, const Entry& entry) const {
    if (group.kind == Group::Kind::all) return "";
    if (group.kind != Group::Kind::pair) return value(group.first, entry.first) + ": ";
    return value(group.first, entry.first) + ", " + value(group.second, entry.second) + ": ";
  }

  const Plan& plan_;
  const Stage& stage_;
  const StageLayout& layout_;
  std::string out_;
};

}  // namespace

std::string dump(const Plan& plan, const Layout& layout) {
  std::string out = dump(plan);
  for (size_t i = 0; i < layout.size(); ++i) {
    out += fmt::format("layout {}\n", phase_names[static_cast<size_t>(plan.stages[i].phase)]);
    out += LayoutDump(plan, plan.stages[i], layout[i]).dump();
  }
  return out;
}

}  // namespace aipol::plan
