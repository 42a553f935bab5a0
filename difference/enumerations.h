// Enums of two plans as one list, so that a member has one number whichever set names it.
#pragma once

#include <string>
#include <vector>

#include "difference/side.h"
#include "plan/plan.h"

namespace aipol::difference {

class Enumerations {
 public:
  Enumerations(const plan::Plan& before, const plan::Plan& after);

  // Enums of one name are one, with the members of both; `unknown` of an open one stays last.
  const std::vector<plan::Enumeration>& all() const { return all_; }
  // Of an enum of that set, ~0u of ~0u.
  uint32_t number(Side side, uint32_t own) const;
  int64_t member(Side side, uint32_t own, int64_t member) const;
  // An integer, or a list of them, that are members of the set's enum; else the value as it is.
  plan::Constant value(Side side, uint32_t own, const plan::Constant& value) const;
  // Members, by their numbers here, that the set's enum has not.
  std::vector<int64_t> missing(Side side, uint32_t own) const;

 private:
  void add(Side side, const plan::Plan& plan);
  void settle(Side side, const plan::Plan& plan);

  std::vector<plan::Enumeration> all_;
  Both<std::vector<uint32_t>> numbers_;              // by own number
  Both<std::vector<std::vector<int64_t>>> members_;  // by own number, by own member
};

}  // namespace aipol::difference
