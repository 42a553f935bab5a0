// Questions to Z3: whether a goal can hold for any request.
#pragma once

#include "compiler/prove/formula.h"
#include "compiler/prove/worlds.h"

namespace aipol::prove {

struct Answer {
  enum class Kind : uint8_t { yes, no, unknown } kind = Kind::unknown;
  World world;  // of yes: a request for which it holds, as the interpreter says
};

class Solver {
 public:
  Solver(const Z3& z3, Shape& shape, Chooser& chooser, Worlds& worlds);
  ~Solver();
  Solver(const Solver&) = delete;

  Answer decide(const Goal& goal);

 private:
  class Question;

  const Z3& z3_;
  Z3_context context_;
  Z3_solver solver_;
  Shape& shape_;
  Chooser& chooser_;
  Worlds& worlds_;
};

}  // namespace aipol::prove
