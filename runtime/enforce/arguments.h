// What an effect that fired is to be done with: the arguments of its statement (plan/effects.def),
// with the values that were computed for this call.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/decision/evaluation.h"

namespace aipol::enforce {

class Arguments {
 public:
  Arguments(const decision::Evaluation& evaluation, uint32_t statement)
      : evaluation_(evaluation), statement_(evaluation.program().plan().statements[statement]) {}

  const plan::Statement& statement() const { return statement_; }
  bool has(std::string_view name) const { return find(name) != nullptr; }

  // Of one value; null where the argument is not given, or its value not known.
  const plan::Constant* value(std::string_view name) const;
  // Of its type; `otherwise` where it is not given.
  int64_t integer(std::string_view name, int64_t otherwise = 0) const;
  double real(std::string_view name, double otherwise = 0) const;
  std::string text(std::string_view name) const;
  // Of several integers (models, sinks, detectors) or texts.
  std::vector<int64_t> integers(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;

 private:
  const plan::Argument* find(std::string_view name) const {
    return decision::argument(statement_, name);
  }

  const decision::Evaluation& evaluation_;
  const plan::Statement& statement_;
};

}  // namespace aipol::enforce
