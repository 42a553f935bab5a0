#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "plan/document.h"
#include "runtime/data/builder.h"

namespace aipol::data {

// Nothing is kept of the text. An error is where and what, without the file's name.
std::expected<void, std::string> read_json(const plan::DataType& type, std::string_view text,
                                           Builder& builder);

}  // namespace aipol::data
