// Documents as they are: their contents compared, and requests made up of what stands in them.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/prove/shape.h"
#include "difference/side.h"

namespace aipol::difference {

// Of a file that a set names; nothing where it cannot be read.
std::optional<std::string> contents_of(const std::string& folder, const std::string& file);

// The names of documents that both sets have, and that hold something else.
std::set<std::string> changed_documents(const Both<const plan::Plan*>& plans,
                                        const Both<std::string>& folders);

// Keys and texts that stand in the documents of both sets, some of them where there are many.
std::vector<std::string> texts_in_documents(const Both<const plan::Plan*>& plans,
                                            const Both<std::string>& folders);

// The world without documents of its own, and such worlds in which what documents are asked about
// is a text that stands in one.
std::vector<prove::World> with_texts(prove::Shape& shape, const prove::World& world,
                                     const std::vector<std::string>& texts);

}  // namespace aipol::difference
