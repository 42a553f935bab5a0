// The buckets of a counter's limits: GCRA, kept so that what is settled or given back later counts
// as if it had been known at once.
#pragma once

#include <vector>

#include "runtime/meters/charges.h"
#include "runtime/meters/rule.h"

namespace aipol::meters {

// What is settled is kept as one level for each limit, what comes at or after the first open
// reservation one by one: exact up to `most_open` instants of these. Where there are more, a bucket
// errs on the side of refusing: it may lack a 128th of the limit's amount, and what a reservation
// made two windows ago gives back does not come back; what such a one used above its estimate
// counts at its end.
class Buckets {
 public:
  static constexpr size_t most_open = 1024;
  static constexpr size_t most_buckets = 4096;  // that are read

  // `open`: by a reservation that may still change.
  void add(const Rule& rule, int64_t time, Amount amount, bool open);
  // Changes what an open reservation made at `time` counts.
  void change(int64_t time, Wide difference);
  // The same, and ends it.
  void close(int64_t time, Wide difference);

  // Nanoseconds until `need` fits into the bucket of the limit: 0 now, `never` if it cannot.
  int64_t wait(const Rule& rule, int64_t now, Amount need, const Demand& demand);

  Room room(const Rule& rule, int64_t now, const Demand& demand);

  // Nothing within may change any more: what is open counts as it is.
  void close_all();

  int64_t idle_from() const;

  void write(ByteWriter& to, int64_t base) const;
  void read(ByteReader& from, int64_t base);

  size_t bytes() const { return open_.bytes() + buckets_.capacity() * sizeof(Bucket); }

 private:
  // Lacks are what is missing to a full bucket, times the window's length: exact in integers,
  // whatever the rate.
  struct Bucket {
    Amount rate = -1;  // amount a window; -1: not known yet
    int64_t time = int_min;
    Wide lack = 0;     // at `time`, with all that is open
    Wide settled = 0;  // at `settled_at`, without what is in open_
    int64_t settled_at = int_min;
  };
  static void drain(Wide& lack, int64_t& time, int64_t now, Amount rate);
  static void fill(Wide& lack, Amount amount, int64_t length);
  void fit(const Rule& rule);
  void set_rate(Bucket& bucket, Amount rate);
  Bucket& at(const Rule& rule, int64_t now, const Demand& demand);
  void settle_front();
  void shorten();
  void add_late(Amount amount);
  void recompute();

  int64_t length_ = 0;           // of the rule
  std::vector<Bucket> buckets_;  // by the rule's limits
  Charges open_;
  int64_t forgotten_until_ =
      int_min;          // reservations up to here count as settled, though they may be open
  bool stale_ = false;  // lacks are to be computed again
};

}  // namespace aipol::meters
