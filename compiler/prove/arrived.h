// Requests that were made up, as the gateway meets them: what one value brings with it, and what is
// there without being sent.
#pragma once

#include "compiler/prove/shape.h"
#include "stdlib/native/glob.h"

namespace aipol::prove {

// What tests send where they say nothing; of sources that are always there.
World unsaid(const plan::Plan& plan);

class Arrived {
 public:
  // The shape's plan must outlive it.
  explicit Arrived(const Shape& shape);

  // What policies read of a request with these values: the model of the endpoint where none is named,
  // all texts of the messages.
  World seen(World sent) const;

  const plan::Endpoint* endpoint(const World& world) const;  // null: there is none
  // Whether a test can send the value, or give it.
  bool can_be_sent(plan::SourceId source) const;

  const Shape& shape() const { return shape_; }

 private:
  void name_model(World& world) const;
  void read_messages(World& world) const;
  std::optional<plan::Constant> value(const World& world, std::string_view path) const;
  void set(World& world, std::string_view path, plan::Constant value) const;

  const Shape& shape_;
  const plan::Plan& plan_;
  std::vector<std::pair<native::Glob, const plan::Endpoint*>> endpoints_;
};

}  // namespace aipol::prove
