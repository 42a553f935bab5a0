// One lambda per alternative of a variant, for std::visit.
#pragma once

namespace aipol {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

}  // namespace aipol
