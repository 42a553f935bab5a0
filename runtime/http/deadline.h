// Time limits of many connections by one timer a thread: setting a limit is one store. Coarse,
// never early.
#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <chrono>

#include "runtime/http/net.h"

namespace aipol::http {

using Clock = std::chrono::steady_clock;

class Deadlines;

// Something with one time limit at a time. Registered while it lives; used by the thread of its
// Deadlines.
class Deadline {
 public:
  explicit Deadline(Deadlines& all);
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  void set_limit(Clock::time_point at) { at_ = at; }
  void set_limit(std::chrono::nanoseconds from_now) { at_ = Clock::now() + from_now; }
  void clear_limit() { at_ = Clock::time_point::max(); }

 protected:
  virtual ~Deadline();
  virtual void
  expire() = 0;  // the limit has passed and is cleared; must not destroy this or other deadlines

 private:
  friend class Deadlines;
  Deadlines& all_;
  Deadline* previous_ = nullptr;
  Deadline* next_ = nullptr;
  Clock::time_point at_ = Clock::time_point::max();
};

class Deadlines {
 public:
  static constexpr std::chrono::milliseconds resolution{50};

  explicit Deadlines(asio::io_context& context) : timer_(context) {}

  // Ticks for as long as `each_tick`, called with every tick, says true.
  template <class F>
  void start(F each_tick) {
    timer_.expires_after(resolution);
    timer_.async_wait([this, each_tick](ErrorCode error) {
      if (error) return;
      tick(Clock::now());
      if (each_tick()) start(each_tick);
    });
  }

  template <class F>
  void for_each(F visit) {
    for (Deadline* one = first_; one != nullptr; one = one->next_) visit(*one);
  }

 private:
  friend class Deadline;
  void tick(Clock::time_point now);

  asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor> timer_;
  Deadline* first_ = nullptr;
};

}  // namespace aipol::http
