// Server-sent events (WHATWG HTML, section 9.2) as they come in pieces.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aipol::dialects {

class EventStream {
 public:
  // An event that is longer than this breaks the stream.
  static constexpr size_t longest_event = 8 << 20;

  void push(std::string_view bytes) { waiting_.append(bytes); }

  struct Event {
    std::string_view raw;   // with the empty line that ends it
    std::string_view data;  // of its data lines, joined by line breaks; empty: it has none
  };
  // The next whole event; its views die with the next call.
  std::optional<Event> next();
  // What is left when the stream has ended: part of an event, or nothing.
  std::string_view rest() const { return std::string_view(waiting_).substr(taken_); }
  bool broken() const { return waiting_.size() - taken_ > longest_event; }

 private:
  std::string waiting_;
  size_t taken_ = 0;
  size_t looked_ = 0;    // no event ends before it
  size_t searched_ = 0;  // no line ends between there and here
  std::string joined_;
};

}  // namespace aipol::dialects
