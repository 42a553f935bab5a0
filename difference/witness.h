// Requests that were made up, as JSON that `aipol eval` reads, with what has to be sent before.
#pragma once

#include "compiler/prove/arrived.h"
#include "difference/difference.h"

namespace aipol::difference {

class Witnesses {
 public:
  // Meters are those of the sets. All must outlive it.
  Witnesses(const prove::Arrived& arrived, Both<const plan::Plan*> plans)
      : arrived_(arrived), plan_(arrived.shape().plan()), plans_(plans) {}

  Witness of(const prove::World& world) const;
  // Whether JSON can say all of it.
  bool complete(const prove::World& world) const;

 private:
  bool can_be_said(plan::SourceId source) const;
  const plan::Meter* meter_of(const plan::Source& source) const;

  const prove::Arrived& arrived_;
  const plan::Plan& plan_;
  Both<const plan::Plan*> plans_;
};

}  // namespace aipol::difference
