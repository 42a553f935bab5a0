#include "replay/logs/document_reader.h"
#include "replay/logs/json_access.h"

namespace aipol::replay::logs {

using Step = JsonOutline::Step;

Step JsonOutline::fail(std::string_view reason) {
  reason_ = reason;
  return Step::broken;
}

// Of a byte within the value of the top level: bytes around the elements belong to no document.
Step JsonOutline::inside() { return begun_ ? Step::inside : Step::outside; }

Step JsonOutline::finish(Step how) {
  begun_ = is_scalar_ = false;
  return how;
}

Step JsonOutline::text(char c) {
  if (c == '\n') return fail("a text is not closed on its line");
  if (escaped_) {
    escaped_ = false;
  } else if (c == '\\') {
    escaped_ = true;
  } else if (c == '"') {
    in_text_ = false;
    if (is_key_ && open_.size() <= 2) keys_[open_.size() - 1] = key_;
    if (!is_key_ && begun_ && at_elements()) return finish(Step::last);
    is_key_ = false;
  } else if (is_key_ && key_.size() < 16) {
    key_ += c;
  }
  return inside();
}

Step JsonOutline::open(char c) {
  if (open_.size() >= deepest + 3) return fail("is nested too deeply");
  if (key_next_) return fail("is not valid JSON");
  bool begins = open_.empty() || at_elements();
  size_t level = open_.size();
  open_.push_back(c);
  key_next_ = c == '{';
  if (elements_ == 0 && c == '[') {
    bool of_har = level == 2 && keys_[0] == "log" && keys_[1] == "entries" && open_[0] == '{' &&
                  open_[1] == '{';
    bool of_otlp = level == 1 && keys_[0] == "resourceSpans" && open_[0] == '{';
    if (level == 0 || of_har || of_otlp) {
      elements_ = open_.size();
      begun_ = false;
      return Step::outside;
    }
  }
  if (begins) begun_ = true;
  return inside();
}

Step JsonOutline::close(char c) {
  if (open_.empty() || open_.back() != (c == '}' ? '{' : '[')) return fail("is not valid JSON");
  if (is_scalar_ && at_elements()) return finish(Step::ended_before);
  if (at_elements()) past_ = true;
  open_.pop_back();
  key_next_ = false;
  if (begun_ && (open_.empty() || at_elements())) return finish(Step::last);
  if (!open_.empty()) return inside();
  bool had_elements = elements_ != 0;
  elements_ = 0;
  past_ = false;
  return had_elements ? finish(Step::closed) : Step::outside;
}

Step JsonOutline::step(char c) {
  if (in_text_) return text(c);
  bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
  if (is_scalar_ && at_elements() && (space || c == ',')) return finish(Step::ended_before);
  if (space) return inside();
  if (c == '{' || c == '[') return open(c);
  if (c == '}' || c == ']') return close(c);
  if (open_.empty()) return fail("is not valid JSON: it must begin with { or [");
  if (c == '"') {
    is_key_ = key_next_;
    key_next_ = false;
    key_.clear();
    in_text_ = true;
    if (at_elements()) begun_ = true;
  } else if (c == ',') {
    key_next_ = open_.back() == '{';
  } else if (c != ':') {
    if (key_next_) return fail("is not valid JSON");
    if (at_elements()) begun_ = is_scalar_ = true;
  }
  return inside();
}

}  // namespace aipol::replay::logs
