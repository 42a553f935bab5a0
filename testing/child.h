// Work that may meet a bug of ours is done in a child process: where it crashes, its parent says at
// what, and can do the rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace aipol::testing {

// Where the child notes what it is at; its parent reads it. Each thread has a place of its own.
class Board {
 public:
  static constexpr unsigned places = 64;
  static constexpr size_t no_test = SIZE_MAX;  // the number of work that is no test of the set

  virtual ~Board() = default;
  virtual void begins(unsigned place, size_t number, std::string_view name) = 0;
  virtual void ended(unsigned place) = 0;
};

struct Crash {
  struct Work {
    size_t number;
    std::string name;  // perhaps cut
  };
  std::string how;            // "aborted (SIGABRT)"
  std::vector<Work> running;  // what it was at, by place
};

// Does the work in a child process. Its exit status, or how it crashed. A signal that ends programs
// on purpose (SIGINT, SIGTERM, SIGHUP, SIGPIPE) ends this one too. Must be called while there is
// one thread.
std::expected<int, Crash> run_in_child(const std::function<int(Board&)>& work);

}  // namespace aipol::testing
