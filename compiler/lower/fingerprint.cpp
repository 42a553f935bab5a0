#include "compiler/lower/fingerprint.h"

#include <type_traits>

namespace aipol::compiler {

namespace {

// Every sequence is preceded by its length, so that no two inputs give the same bytes.
class Writer {
 public:
  void write(const plan::Plan& plan, const plan::Layout& layout) {
    number(plan.natives.size());
    for (const std::string& symbol : plan.natives) {
      number(symbol.size());
      bytes_ += symbol;
    }
    number(layout.size());
    for (const plan::StageLayout& stage : layout) write(stage);
  }

  std::string take() { return std::move(bytes_); }

 private:
  template <class T>
  void number(T value) {
    auto word = static_cast<uint32_t>(value);
    bytes_.append(reinterpret_cast<const char*>(&word), sizeof word);
  }

  void write(const plan::StageLayout& stage) {
    number(stage.columns.size());
    write(stage.code);
    number(stage.shapes.size());
    for (const plan::Shape& shape : stage.shapes) write(shape);
    number(stage.values.size());
    for (const plan::Shape& value : stage.values) write(value);
    number(stage.rows.size());
    for (const plan::Rows& rows : stage.rows) number(rows.shape);
    number(stage.groups.size());
    for (const plan::Group& group : stage.groups) write(group);
  }

  void write(const plan::Code& code) {
    number(code.size());
    for (plan::NodeId id = 0; id < code.size(); ++id) {
      const plan::Node& node = code[id];
      number(static_cast<uint32_t>(node.op) << 8 | static_cast<uint32_t>(node.rep));
      number(node.payload);
      number(node.count);
      for (plan::NodeId argument : code.arguments(id)) number(argument);
    }
  }

  void write(const plan::Shape& shape) {
    number(shape.words);
    number(shape.pieces.size());
    for (plan::Piece piece : shape.pieces) number(piece.node), number(piece.base);
  }

  void write(const plan::Group& group) {
    number(group.kind);
    number(group.first);
    number(group.second);
    number(group.rows.size());
    for (uint32_t rows : group.rows) number(rows);
    number(group.ahead);
    number(group.reach.size());
    for (plan::Reach reach : group.reach) number(reach.ahead << 1 | reach.beyond);
  }

  std::string bytes_;
};

}  // namespace

std::string fingerprint(const plan::Plan& plan, const plan::Layout& layout) {
  Writer writer;
  writer.write(plan, layout);
  return writer.take();
}

}  // namespace aipol::compiler
