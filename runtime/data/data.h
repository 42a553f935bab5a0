// Reads the typed documents of a policy set: JSON, and CSV by RFC 4180. A document is checked
// against its type as it is read; the first mistake is the error, with the file, the line or the
// JSON path, and what was expected there; so nothing nests deeper than the type.
//
// JSON: a record has all fields that are not optional and no others, a key stands once, `null` is
// an optional field left out. Numbers of dollars, seconds and days may be written as numbers; texts
// are as in policies: "$2.50", "1h30m", "2026-03-01T12:00:00Z", "09:00", "2026-03-01".
// CSV: a `list<record>` has a header line of field names; a `map<string, …>` has one too, and its
// first column is the key. An empty cell is an optional field left out, or the empty text.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"
#include "plan/document.h"
#include "plan/plan.h"
#include "stdlib/native/document.h"

namespace aipol::data {

inline constexpr size_t most_bytes = 64 << 20;
inline constexpr size_t most_entries = 4 << 20;  // of all maps, records and lists together

// What compiled code gets as the handle is the address of the document.
using Data = std::shared_ptr<const native::Document>;

// From Document::file. Its errors begin with the file's name.
Result<Data> load(const plan::Document& document, std::span<const plan::Enumeration> enumerations,
                  const std::filesystem::path& folder);

// From its text; `named` stands at the beginning of errors.
Result<Data> read(const plan::DataType& type, plan::Document::Format format,
                  std::span<const plan::Enumeration> enumerations, std::string_view text,
                  std::string_view named);

}  // namespace aipol::data
