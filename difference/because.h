// Why a request is treated differently, in the words of the policies.
#pragma once

#include <string>
#include <vector>

#include "compiler/prove/prover.h"
#include "difference/edits.h"
#include "difference/words.h"

namespace aipol::difference {

class Because {
 public:
  Because(Graph& graph, Both<Words>& words) : graph_(graph), words_(words) {}

  // Puts the parts of the rule's conditions into the graph; before the prover is made.
  void prepare(const Rule& rule);

  // The conditions of the rule, which applies, and those for which its counterpart does not, as few
  // as say the same.
  std::vector<std::string> of(prove::Prover& prover, const prove::Goal& always, const Rule& rule,
                              const Rule* counterpart, const prove::World& seen);

 private:
  struct Part {
    plan::NodeId node = plan::no_node;
    bool wanted = true;
    Side side = Side::before;
    std::string text;
    bool compares = false;  // by one sign that has an opposite
  };

  void prepare(Side side, ir::ExpressionPtr expression);
  plan::NodeId node(Side side, ir::ExpressionPtr expression);
  void justify(Side side, ir::ExpressionPtr expression, bool wanted, std::vector<Part>& out);
  static std::string told(const Part& part, const std::vector<Part>& all);
  void justify_all(Side side, const std::vector<ir::ExpressionPtr>& parts, bool wanted,
                   std::vector<Part>& out);

  Graph& graph_;
  Both<Words>& words_;
  prove::Prover* prover_ = nullptr;
  const prove::World* seen_ = nullptr;
};

}  // namespace aipol::difference
