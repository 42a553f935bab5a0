// Writes the heads of messages into a string that is reused. What is given must be valid: nothing
// is escaped, and field values that came from outside are checked by is_field_value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace aipol::http {

std::string_view reason_phrase(uint16_t status);  // RFC 9110 section 15; "Status" where unknown

// May this text stand as a field's value: printable, no line breaks.
bool is_field_value(std::string_view text);

class HeadWriter {
 public:
  // Appends to `out`, which must outlive the writer.
  explicit HeadWriter(std::string& out) : out_(out) {}
  void status_line(uint16_t status);
  void request_line(std::string_view method, std::string_view target);  // method as on the wire
  void field(std::string_view name, std::string_view value);
  void field(std::string_view name, uint64_t value);
  void end() { out_ += "\r\n"; }

 private:
  std::string& out_;
};

// "Tue, 15 Nov 1994 08:12:31 GMT" of now (RFC 9110 section 5.6.7), written once a second and
// thread.
std::string_view http_date();

}  // namespace aipol::http
