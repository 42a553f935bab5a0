#include "runtime/http/deadline.h"

namespace aipol::http {

Deadline::Deadline(Deadlines& all) : all_(all), next_(all.first_) {
  if (next_ != nullptr) next_->previous_ = this;
  all_.first_ = this;
}

Deadline::~Deadline() {
  (previous_ != nullptr ? previous_->next_ : all_.first_) = next_;
  if (next_ != nullptr) next_->previous_ = previous_;
}

void Deadlines::tick(Clock::time_point now) {
  for (Deadline* one = first_; one != nullptr; one = one->next_) {
    if (one->at_ > now) continue;
    one->clear_limit();
    one->expire();
  }
}

}  // namespace aipol::http
