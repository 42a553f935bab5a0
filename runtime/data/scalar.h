// Single values of documents: from what JSON and CSV hold to what compiled code reads.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "plan/document.h"
#include "plan/plan.h"
#include "runtime/abi/cell.h"
#include "stdlib/native/document.h"

namespace aipol::data {

// A value as the file has it. CSV has texts only.
struct Null {};
using Scalar = std::variant<Null, bool, int64_t, double, std::string_view>;

class Scalars {
 public:
  Scalars(native::Document& document, std::span<const plan::Enumeration> enumerations)
      : document_(document), enumerations_(enumerations) {}

  // Nothing where the value is none of the type. Texts are kept in the document.
  std::optional<AipolCell> read(const plan::DataType& type, const Scalar& value);
  // The same of the cell of a CSV file: `12` may be a text or a number, as the type says.
  std::optional<AipolCell> read_cell(const plan::DataType& type, std::string_view text);
  // "an integer", "one of `a`, `b`"
  std::string expected(const plan::DataType& type) const;

 private:
  std::optional<AipolCell> from_text(const plan::DataType& type, std::string_view text);
  std::optional<AipolCell> member(const plan::DataType& type, std::string_view text) const;

  native::Document& document_;
  std::span<const plan::Enumeration> enumerations_;
};

}  // namespace aipol::data
