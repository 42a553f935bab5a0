// Questions to Z3: whether a goal can hold for any request.
#pragma once

#include "compiler/prove/formula.h"
#include "compiler/prove/worlds.h"

namespace aipol::prove {

struct Answer {
  enum class Kind : uint8_t { yes, no, unknown } kind = Kind::unknown;
  World world;  // of yes: a request for which it holds, as the interpreter says
};

// How much is done before a question is given up. All but the time is the same on each machine.
struct Limits {
  unsigned steps = 2'000'000;  // of one question, by Z3's own count, so that it is the same on each
                               // machine and in each run
  unsigned all_steps = 40'000'000;  // of all questions
  size_t rounds = 200;              // models that are looked at, of one question
  size_t guesses = 24;              // of them, those that neither held nor taught something
  size_t questions = 4000;          // that go to Z3, in all
};

class Solver {
 public:
  Solver(const Z3& z3, Shape& shape, Chooser& chooser, Worlds& worlds, Limits limits);
  ~Solver();
  Solver(const Solver&) = delete;

  Answer decide(const Goal& goal);

 private:
  class Question;

  void bound(unsigned steps);
  unsigned taken() const;

  const Z3& z3_;
  Z3_context context_;
  Z3_solver solver_;
  Shape& shape_;
  Chooser& chooser_;
  Worlds& worlds_;
  Limits limits_;
  unsigned taken_ = 0;  // steps of all questions
};

}  // namespace aipol::prove
