// Which of a plan's sources a record tells.
#pragma once

#include <vector>

#include "replay/record.h"
#include "runtime/decision/program.h"

namespace aipol::replay {

// The field that tells the source of that path: "ai.messages.role" is told by the messages.
std::optional<Field> field_of(std::string_view path);

class Knowledge {
 public:
  // The program must outlive it. Shared by threads.
  explicit Knowledge(const decision::Program& program);

  // Sources that some stage reads and of which a record that tells so much does not tell,
  // ascending. `call` is what has been completed of the record's.
  void find_unknown(const Known& known, const context::Call& call,
                    std::vector<plan::SourceId>& unknown) const;

 private:
  struct Rule {
    enum class Kind : uint8_t {
      fields,     // `needs`
      operation,  // `needs`, or the endpoint tells it
      header,
      query,
      body,
      argument,
      attribute,  // of the principal
      metadata,
      meter,  // those of its keys
      never
    } kind = Kind::fields;
    plan::SourceId source = 0;
    FieldSet needs = {};
    context::AttributeName name = {};
    std::vector<plan::SourceId> keys = {};  // of a meter
  };
  bool add_rule(plan::SourceId source, Rule& rule) const;
  static bool told(const Rule& rule, const Known& known, const context::Call& call,
                   const plan::Source& source);

  const plan::Plan& plan_;
  std::vector<Rule> rules_;  // those of meters last
  FieldSet all_needed_;      // of all rules of fields
  bool only_fields_ = true;  // there are no others
};

// The sources that a node reads, ascending.
std::vector<plan::SourceId> sources_of(const plan::Plan& plan, plan::NodeId node);

}  // namespace aipol::replay
