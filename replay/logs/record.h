// One record by the contract's names, as it is made of a foreign log, and where such records go.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "replay/logs/json_access.h"

namespace aipol::replay::logs {

// What is not set stays absent: unknown to whoever decides the record.
class Record {
 public:
  Record() = default;
  // One that is by the contract's names already.
  explicit Record(json root) : root_(std::move(root)) {}

  // A field by its path: "request.path", "principal.team", "request.headers.x-team" (all behind the
  // second dot is one name).
  void set(std::string_view path, json value);
  template <class T>
  void set(std::string_view path, const std::optional<T>& value) {
    if (value) set(path, json(*value));
  }
  bool has(std::string_view path) const;

  // The time of the request's arrival, nanoseconds since the epoch.
  void set_time(int64_t nanoseconds);
  // The same of a value that is RFC 3339 or seconds since the epoch; false where it is neither.
  [[nodiscard]] bool set_time(const json* value);
  // Milliseconds as the contract's seconds.
  void set_latency(std::optional<double> milliseconds);
  // The client's address, with or without port; left out where it is none.
  void set_ip(std::optional<std::string_view> address);
  // A path with its query, or a whole address: path, host and whether it is TLS.
  void set_url(std::string_view url);

  bool empty() const { return root_.empty(); }
  std::string line() const;

 private:
  json root_ = json(json::value_t::object);
};

// "a.example:443" and "[::1]:443" without their port; an address keeps its brackets.
std::string_view host_alone(std::string_view authority);

class Mapping;

// What became of documents: lines of the contract, each with where it came from, and what could
// not be read.
struct Line {
  size_t begin = 0, size = 0;  // in the text
  uint64_t number = 0;         // of the file's line on which its document begins, from 1
};

struct Unreadable {
  uint64_t line = 0;
  std::string reason;
};

class Records {
 public:
  Records(std::string& text, std::vector<Line>& lines, std::vector<Unreadable>& unreadable)
      : text_(text), lines_(lines), unreadable_(unreadable) {}

  // Of the documents that come next. Fields of the mapping, where there is one, are laid over each
  // record.
  void begin(uint64_t line, const Mapping* mapping) { line_ = line, mapping_ = mapping; }

  // `origin` is the part of the document that the record was made of: the mapping's pointers begin
  // there.
  void add(Record record, const json& origin);
  void add_line(std::string_view line);
  void unreadable(std::string reason);
  // Of the document that is no call: a span of something else, an event of another kind.
  void pass_over() { ++passed_over_; }
  uint64_t passed_over() const { return passed_over_; }

 private:
  std::string& text_;
  std::vector<Line>& lines_;
  std::vector<Unreadable>& unreadable_;
  uint64_t line_ = 0;
  const Mapping* mapping_ = nullptr;
  uint64_t passed_over_ = 0;
};

}  // namespace aipol::replay::logs
