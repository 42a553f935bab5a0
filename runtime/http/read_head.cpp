#include "runtime/http/read_head.h"

#include <llhttp.h>

#include <algorithm>
#include <cstring>

namespace aipol::http {
namespace {

std::unexpected<Malformed> malformed(std::string_view reason, uint16_t status = 400) {
  return std::unexpected(Malformed{status, reason});
}

// What llhttp's callbacks fill. A head is given to it whole, so that each span is one view of the
// bytes.
struct Collector {
  Head& head;
  std::string_view target;
  uint64_t length = 0;
};

Collector& collector(llhttp_t* parser) { return *static_cast<Collector*>(parser->data); }

void extend(std::string_view& view, const char* at, size_t size) {
  view = view.empty() ? std::string_view(at, size)
                      : std::string_view(view.data(), at + size - view.data());
}

int on_target(llhttp_t* parser, const char* at, size_t size) {
  extend(collector(parser).target, at, size);
  return 0;
}

int on_name(llhttp_t* parser, const char* at, size_t size) {
  collector(parser).head.fields.push_back({{at, size}, {}});
  return 0;
}

int on_value(llhttp_t* parser, const char* at, size_t size) {
  extend(collector(parser).head.fields.back().value, at, size);
  return 0;
}

int on_head_complete(llhttp_t*) { return HPE_PAUSED; }  // bodies are framed by BodyDecoder

const llhttp_settings_t& settings() {
  static const llhttp_settings_t table = [] {
    llhttp_settings_t made;
    llhttp_settings_init(&made);
    made.on_url = on_target;
    made.on_header_field = on_name;
    made.on_header_value = on_value;
    made.on_headers_complete = on_head_complete;
    return made;
  }();
  return table;
}

void trim_values(std::vector<Field>& fields) {
  for (Field& field : fields) {
    const size_t last = field.value.find_last_not_of(" \t");
    field.value = last == field.value.npos ? std::string_view() : field.value.substr(0, last + 1);
  }
}

// "HTTP/1.1" and its like at the end of a request line or the beginning of a status line.
std::expected<void, Malformed> check_version(std::string_view text) {
  if (text == "HTTP/1.1" || text == "HTTP/1.0") return {};
  const bool other = text.size() == 8 && text.starts_with("HTTP/") && text[6] == '.';
  if (!other) return malformed("the request line is malformed");
  return malformed("only HTTP/1.1 and HTTP/1.0 are spoken here", 505);
}

std::expected<void, Malformed> check_request_line(std::string_view bytes) {
  const std::string_view line = bytes.substr(0, bytes.find('\r'));
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == line.npos || first == 0 || last <= first + 1 || line.find(' ', first + 1) != last) {
    return malformed("the request line is malformed");
  }
  if (auto version = check_version(line.substr(last + 1)); !version) return version;
  constexpr std::string_view known[] = {"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"};
  const std::string_view method = line.substr(0, first);
  if (std::find(std::begin(known), std::end(known), method) != std::end(known)) return {};
  for (const char c : method) {
    if ((c < 'A' || c > 'Z') && c != '-' && c != '_') return malformed("the method is malformed");
  }
  return malformed("the method is not implemented", 501);
}

std::string_view method_name(uint8_t method) {
  switch (method) {
    case HTTP_GET:
      return "get";
    case HTTP_POST:
      return "post";
    case HTTP_PUT:
      return "put";
    case HTTP_DELETE:
      return "delete";
    case HTTP_PATCH:
      return "patch";
    case HTTP_HEAD:
      return "head";
    default:
      return "options";
  }
}

std::expected<void, Malformed> check_fields(const std::vector<Field>& fields) {
  for (const Field& field : fields) {
    if (field.name.empty()) return malformed("a header has no name");
  }
  return {};
}

size_t count(const Head& head, std::string_view lower) {
  return std::count_if(head.fields.begin(), head.fields.end(),
                       [&](const Field& field) { return equals_lower(field.name, lower); });
}

// RFC 9112 section 6: the one place that says how long a body is. llhttp has refused Content-Length
// that is malformed, repeated or beside Transfer-Encoding.
std::expected<void, Malformed> set_framing(const llhttp_t& parser, Head& head) {
  const Field* coding = head.find("transfer-encoding");
  if (coding == nullptr) {
    if (parser.flags & F_CONTENT_LENGTH) {
      head.framing = Framing::length;
      head.length = parser.content_length;
    }
    return {};
  }
  if (count(head, "transfer-encoding") > 1)
    return malformed("there is more than one Transfer-Encoding");
  if (head.minor == 0) return malformed("HTTP/1.0 has no Transfer-Encoding");
  if (!equals_lower(coding->value, "chunked"))
    return malformed("only the transfer coding chunked is known", 501);
  head.framing = Framing::chunked;
  return {};
}

bool is_host(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c > 0x20 && c < 0x7f && std::strchr("/\\@?#,\"<>", c) == nullptr;
  });
}

std::expected<void, Malformed> set_host(RequestHead& head) {
  const Field* host = head.find("host");
  if (host == nullptr) {
    if (head.minor == 0) return {};
    return malformed("there is no Host");
  }
  if (count(head, "host") > 1) return malformed("there is more than one Host");
  if (!is_host(host->value)) return malformed("the Host is malformed");
  head.host = host->value;
  return {};
}

std::expected<void, Malformed> set_expectation(RequestHead& head) {
  const Field* expect = head.find("expect");
  if (expect == nullptr || head.minor == 0) return {};
  if (!equals_lower(expect->value, "100-continue"))
    return malformed("the expectation is not known", 417);
  head.expects_continue = head.framing != Framing::none;
  return {};
}

void clear(Head& head) {
  head.fields.clear();
  head.framing = Framing::none;
  head.length = 0;
}

bool has_no_body(uint16_t status) { return status / 100 == 1 || status == 204 || status == 304; }

}  // namespace

bool equals_lower(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
    if (c != lower[i]) return false;
  }
  return true;
}

const Field* Head::find(std::string_view lower) const {
  for (const Field& field : fields) {
    if (equals_lower(field.name, lower)) return &field;
  }
  return nullptr;
}

std::expected<std::optional<size_t>, Malformed> HeadScan::find_end(std::string_view bytes,
                                                                   const HeadLimits& limits) {
  if (!bytes.empty() && (bytes[0] <= ' ' || bytes[0] >= 0x7f))
    return malformed("it is not an HTTP message");
  while (scanned_ < bytes.size()) {
    const void* found = std::memchr(bytes.data() + scanned_, '\n', bytes.size() - scanned_);
    if (found == nullptr) {
      scanned_ = bytes.size();
      break;
    }
    const size_t at = static_cast<const char*>(found) - bytes.data();
    if (at == 0 || bytes[at - 1] != '\r') return malformed("a line does not end in CRLF");
    const std::string_view line = bytes.substr(line_, at - 1 - line_);
    if (line.find('\r') != line.npos) return malformed("a line holds a bare CR");
    if (line.find('\0') != line.npos) return malformed("a line holds a NUL");
    scanned_ = line_ = at + 1;
    if (line.empty()) {
      if (line_ > limits.bytes) return malformed("the headers are too large", 431);
      return line_;
    }
    if (line.front() == ' ' || line.front() == '\t') return malformed("a line begins with a blank");
    if (++lines_ > limits.fields + 1) return malformed("there are too many headers", 431);
  }
  if (bytes.size() > limits.bytes) return malformed("the headers are too large", 431);
  return std::nullopt;
}

std::expected<void, Malformed> read_request_head(std::string_view bytes, RequestHead& head) {
  clear(head);
  head.host = {};
  head.expects_continue = false;
  if (auto line = check_request_line(bytes); !line) return line;
  llhttp_t parser;
  llhttp_init(&parser, HTTP_REQUEST, &settings());
  Collector collected{head, {}};
  parser.data = &collected;
  if (llhttp_execute(&parser, bytes.data(), bytes.size()) != HPE_PAUSED) {
    return malformed(parser.reason != nullptr ? parser.reason : "the request is malformed");
  }
  trim_values(head.fields);
  head.method = method_name(parser.method);
  head.target = collected.target;
  head.minor = parser.http_minor;
  head.keep_alive = llhttp_should_keep_alive(&parser) != 0;
  if (auto fields = check_fields(head.fields); !fields) return fields;
  if (auto framing = set_framing(parser, head); !framing) return framing;
  if (auto host = set_host(head); !host) return host;
  if (parser.upgrade) return malformed("no other protocol is spoken here", 501);
  return set_expectation(head);
}

std::expected<void, Malformed> read_response_head(std::string_view bytes, bool to_head,
                                                  ResponseHead& head) {
  clear(head);
  if (!bytes.starts_with("HTTP/1.1 ") && !bytes.starts_with("HTTP/1.0 "))
    return malformed("it is not HTTP/1.1");
  llhttp_t parser;
  llhttp_init(&parser, HTTP_RESPONSE, &settings());
  Collector collected{head, {}};
  parser.data = &collected;
  if (llhttp_execute(&parser, bytes.data(), bytes.size()) != HPE_PAUSED) {
    return malformed(parser.reason != nullptr ? parser.reason : "the answer is malformed");
  }
  trim_values(head.fields);
  head.status = parser.status_code;
  head.minor = parser.http_minor;
  if (head.status < 100 || head.status > 599) return malformed("its status is none");
  if (auto fields = check_fields(head.fields); !fields) return fields;
  if (auto framing = set_framing(parser, head); !framing) return framing;
  if (to_head || has_no_body(head.status)) {
    head.framing = Framing::none;
  } else if (head.framing == Framing::none) {
    head.framing = Framing::until_close;
  }
  const bool closes = parser.flags & F_CONNECTION_CLOSE;
  const bool keeps = head.minor == 1 || parser.flags & F_CONNECTION_KEEP_ALIVE;
  head.keep_alive = keeps && !closes && head.framing != Framing::until_close;
  return {};
}

}  // namespace aipol::http
