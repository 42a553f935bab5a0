// What typed documents could hold. In a world the source of a document has its contents: a text for
// each place that is there.
#pragma once

#include "compiler/prove/shape.h"
#include "stdlib/native/document.h"

namespace aipol::prove {

// A place of a document (native::Document) and what stands there.
struct Entry {
  std::string path;
  std::vector<std::string> keys;
  plan::Constant value;
};

plan::Constant packed(const std::vector<Entry>& entries);
std::vector<Entry> unpacked(const plan::Constant& contents);

// Such a document, to be looked up in.
native::Document document_of(const std::vector<Entry>& entries);

// As tests give it: `{ "ann": ["m"] }`. What has to be there besides has its type's zero.
std::string written(const plan::Plan& plan, const plan::Document& document,
                    const std::vector<Entry>& entries);

// The world with documents in which the leaves that ask documents are as wanted, as far as that is
// easily found.
World with_documents(Shape& shape, Evaluator& evaluator, const Goal& leaves, World world);

}  // namespace aipol::prove
