#include "importing/cedar_guard.h"

namespace aipol::importing::cedar {

Guard both(const Guard& a, const Guard& b) {
  if (a.is_never() || b.is_never()) return Guard::never();
  if (a.is_always()) return b;
  if (b.is_always() || a == b) return a;
  // What is there already is not asked twice: "has x and has x and …".
  if (b.text_.starts_with(a.text_ + " and ")) return b;
  return Guard::of(a.at(Guard::Level::both) + " and " + b.at(Guard::Level::both),
                   Guard::Level::both);
}

Guard either(const Guard& a, const Guard& b) {
  if (a.is_always() || b.is_always()) return Guard::always();
  if (a.is_never()) return b;
  if (b.is_never() || a == b) return a;
  return Guard::of(a.text_ + " or " + b.text_, Guard::Level::either);
}

Guard negated(const Guard& a) {
  if (a.is_never()) return Guard::always();
  if (a.is_always()) return Guard::never();
  return Guard::of("not " + a.at(Guard::Level::comparison), Guard::Level::negation);
}

}  // namespace aipol::importing::cedar
