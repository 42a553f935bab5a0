// Models, providers and endpoints of two plans as one deployment. Where the sets declare models
// differently, what is read of a model has a name for each set: `model.region<` before,
// `model.region>` after.
#pragma once

#include <string>

#include "difference/enumerations.h"

namespace aipol::difference {

class Models {
 public:
  Models(const plan::Plan& before, const plan::Plan& after, const Enumerations& enumerations);

  // Whether what policies can read of models differs.
  bool differ() const { return differ_; }
  bool endpoints_differ() const { return endpoints_differ_; }
  // The name that a source has in the plan of both.
  std::string path(Side side, const std::string& path) const;
  plan::Deployment merged() const;

 private:
  plan::Fields readable(Side side, const plan::Model& model) const;
  plan::Fields readable(Side side, const plan::Provider& provider) const;
  plan::Fields aligned(Side side, std::string_view object, const plan::Fields& fields) const;
  plan::Fields of_nobody(Side side) const;
  void add_models(plan::Deployment& out) const;
  void add_providers(plan::Deployment& out) const;
  bool find_difference() const;

  Both<const plan::Plan*> plans_;
  const Enumerations& enumerations_;
  bool differ_ = false, endpoints_differ_ = false;
};

}  // namespace aipol::difference
