// What a log's lines have in common. Those of one writer differ in a few values: where a line is
// the skeleton of one that was read before, filled with other texts and numbers, then it says the
// same of the same fields, and only its values are to be read. Skeletons are a tree: what follows
// a value tells which way a line goes.
//
// A line that has a shape is JSON where the one that the shape was learned from is: what stands
// between its values is the same to the byte, and a value is a text of plain ASCII without escapes
// where there was a text, a number where there was a number.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "replay/record.h"
#include "replay/token.h"

namespace aipol::replay {

// Where in its field a value stands: in a list, among members.
struct Place {
  size_t index = 0;
  std::string_view name;
};

// Puts a value where it belongs, over what is there.
using Take = bool (*)(Record& record, const Place& place, const Token& token);

// A value that was looked at when a line was read. What else the line holds does not matter.
struct Told {
  const char* at;  // its first byte in the line
  Take take;       // null: the record goes by what it says, so that others have another shape
  Place place;     // its name lies in the line
};

class Shapes {
 public:
  // False: of no known shape, or with a value that is not the plain case; then the record is of no
  // use. Bytes behind the line may be read, and the first is no digit.
  bool read(std::string_view line, Record& record);

  // Whether the line's is to be learned: where no line is like another that must not cost much.
  bool learns(std::string_view line) const { return credit_ >= price && line.size() <= longest; }
  // What reading the line has told, in its order, and the record that came of it.
  void learn(std::string_view line, const std::vector<Told>& told, const Record& record);

 private:
  enum class Hole : unsigned char { text, number, end };

  // Some of a skeleton, and the value behind it.
  struct Node {
    std::string literal;
    Hole hole = Hole::end;
    Take take = nullptr;
    size_t index = 0;
    std::string name;              // of the place
    std::vector<uint32_t> behind;  // nodes that may follow
    uint32_t record = 0;           // at the end: what the line says besides its values
  };
  struct Found {
    const Node* node;
    Token token;
  };

  // Of lines with more in them, or where more may follow a value, no shape is learned.
  static constexpr size_t longest = 16'384, most_behind = 64;
  static constexpr size_t most_nodes = 20'000, most_records = 1'000;
  // One line of so many is learned, and some at once at the beginning.
  static constexpr uint32_t price = 32, most_credit = 4096;

  Node* follow(std::vector<uint32_t>& nodes, const char* at, const char* end);
  static std::vector<Node> cut(std::string_view line, const std::vector<Told>& told);
  void forget();
  Node* add(std::vector<uint32_t>& nodes, Node node);

  std::vector<Node> nodes_;
  std::vector<uint32_t> first_;
  std::vector<Record> records_;
  std::vector<Found> found_;
  uint32_t credit_ = most_credit;
};

}  // namespace aipol::replay
