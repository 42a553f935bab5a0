// JSON Schemas: what they say of a document, and where a document differs. Keywords of draft 7, and
// of later drafts where they mean the same. A keyword that would not be enforced is an error of the
// schema, not a document that passes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aipol::schema {

inline constexpr size_t most_bytes = 1 << 20;  // of a schema
inline constexpr size_t deepest = 64;          // lists and objects of a schema or a document

struct Mismatch {
  std::string path;    // "$.messages[2].role"; `$` is the document
  std::string reason;  // lower case, no full stop
};

// Many threads may use it at once.
class Schema {
 public:
  // References lead within the text. The error says what is wrong with it, and where.
  static Result<Schema> compile(std::string_view text);
  Schema(Schema&&) noexcept;
  Schema& operator=(Schema&&) noexcept;
  ~Schema();

  // Where the text is no such document; nothing where it is one. Time is linear in the text for
  // schemas whose alternatives do not nest.
  std::optional<Mismatch> mismatch(std::string_view text) const;

 private:
  struct Compiled;
  explicit Schema(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace aipol::schema
