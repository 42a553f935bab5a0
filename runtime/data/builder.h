// Fills a document while a file is read: scalars by type, sets in order, lists of records by
// columns.
#pragma once

#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plan/document.h"
#include "runtime/data/scalar.h"
#include "stdlib/native/document.h"

namespace aipol::data {

using native::Document;

// A list of records, field by field. Every list of a column is as long as the list.
struct Column {
  const plan::DataType* type = nullptr;
  Document::Place place = Document::none;
  Document::Place presence = Document::none;  // of optional fields
  std::vector<AipolCell> cells, present;
  std::vector<Column> parts;  // of a record
};

class Builder {
 public:
  explicit Builder(std::span<const plan::Enumeration> enumerations)
      : document_(std::make_shared<Document>()), scalars_(*document_, enumerations) {}

  // Counts an entry of a map, record or list; false where there are too many of them.
  bool count();
  Document& document() { return *document_; }
  Scalars& scalars() { return scalars_; }

  // The columns of a list of such records at a place; no column where places run out.
  Column columns(const plan::DataType& record, Document::Place place);
  // Ends a record of the list: fields that it left out have the zero of their kind.
  static void fill(Column& record, size_t length);
  void keep(const Column& record);
  AipolCell keep_list(const plan::DataType& list, std::vector<AipolCell> cells);

  std::shared_ptr<const Document> finish() { return std::move(document_); }

 private:
  size_t entries_ = 0;
  std::shared_ptr<Document> document_;
  Scalars scalars_;
};

// Whether documents can be of that type: sets and lists hold scalars, lists also records of scalars,
// of sets and lists of scalars, and of such records.
bool supported(const plan::DataType& type);

// "`a`, `b`"
std::string names_of(const plan::DataType& record);

}  // namespace aipol::data
