// Work in a child process: its exit status, and what it was at when it crashed.
#include <doctest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <thread>

#include "base/check.h"
#include "testing/child.h"

namespace aipol::testing {

namespace {

// Core files of the crashes that are meant would only be in the way; sanitizers report them.
void crash(int signal) {
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace

TEST_CASE("a child's exit status is that of its work") {
  CHECK(run_in_child([](Board&) { return 0; }) == 0);
  CHECK(run_in_child([](Board&) { return 7; }) == 7);
}

TEST_CASE("a crash names what was running, and not what had ended") {
  auto done = run_in_child([](Board& board) {
    board.begins(0, 1, "first");
    board.ended(0);
    board.begins(0, 2, "second");
    crash(SIGSEGV);
    return 0;
  });
  REQUIRE(!done);
  CHECK(done.error().how == "Segmentation fault (SIGSEGV)");
  REQUIRE(done.error().running.size() == 1);
  CHECK(done.error().running[0].number == 2);
  CHECK(done.error().running[0].name == "second");
}

TEST_CASE("a failed check is a crash") {
  auto done = run_in_child([](Board& board) {
    board.begins(3, 9, "checked");
    std::fclose(stderr);  // it would print
    AIPOL_CHECK(board.places == 0, "this does not hold");
    return 0;
  });
  REQUIRE(!done);
  CHECK(done.error().how == "Aborted (SIGABRT)");
  REQUIRE(done.error().running.size() == 1);
  CHECK(done.error().running[0].number == 9);
}

TEST_CASE("each thread has a place of its own") {
  auto done = run_in_child([](Board& board) {
    board.begins(0, 10, "a");
    std::thread([&] { board.begins(1, 11, "b"); }).join();
    crash(SIGKILL);
    return 0;
  });
  REQUIRE(!done);
  REQUIRE(done.error().running.size() == 2);
  CHECK(done.error().running[1].name == "b");
}

TEST_CASE("a long name is cut") {
  auto done = run_in_child([](Board& board) {
    board.begins(0, 1, std::string(10'000, 'x'));
    crash(SIGKILL);
    return 0;
  });
  REQUIRE(!done);
  CHECK(done.error().running.at(0).name.size() < 1'000);
}

}  // namespace aipol::testing
