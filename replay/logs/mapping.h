// A table from the contract's names to places in a foreign log, for logs that aipol does not know:
//   {"fields": {"time": {"at": "/ts", "as": "milliseconds"},
//               "principal.id": "/user/email",
//               "usage.cost": {"at": "/cost", "as": "cents"},
//               "request.method": {"value": "post"}},
//    "records": "/events"}
// A field is a JSON Pointer (RFC 6901) from the document, or from the elements of the array at
// `records`; or an object of `at` or `value`, and
//   as    seconds (default), milliseconds, microseconds, nanoseconds: of times and durations;
//         dollars (default), cents, micro-dollars, nano-dollars: of money
//   words {"POST": "post"}: texts put in for others
// What is missing or null in a document is absent in its record. Beside a known format the fields
// are laid over what the format gives.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "replay/logs/record.h"
#include "runtime/offline/described_call.h"

namespace aipol::replay::logs {

inline constexpr size_t max_mapping_bytes = 1 << 20;

using Pointer = std::vector<std::string>;  // the names on the way

class Mapping {
 public:
  // The error names the field and what is wrong with it.
  static Result<Mapping> parse(std::string_view text);

  // Sets the fields that the document has; the error names one that has the wrong form.
  Result<void> apply(const json& origin, Record& record) const;

  // Makes records of one document.
  void translate(const json& document, Records& out) const;

 private:
  struct Field {
    std::string name;
    std::optional<Pointer> at;
    json value;          // where there is no `at`
    offline::Form form;  // of the contract's field; text for names within it
    bool is_attribute = false;
    double scale = 1;  // to the contract's unit
    bool is_scaled = false;
    std::map<std::string, std::string> words;
  };

  static Result<Field> read_field(const std::string& name, const json& value);
  static Result<json> converted(const Field& field, const json& value);

  std::vector<Field> fields_;
  std::optional<Pointer> records_;
};

}  // namespace aipol::replay::logs
