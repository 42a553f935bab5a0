// The settings of a block, checked against the record of the standard library that declares its
// keys.
#pragma once

#include <map>
#include <string>
#include <variant>

#include "compiler/check/checker.h"

namespace aipol::check {

struct Setting;
using Settings = std::map<std::string, Setting>;  // defaults included; optional ones that are not
                                                  // given are missing

struct Setting {
  // The expression where the setting is read as it is written (mapping, store, template).
  std::variant<plan::Constant, plan::Secret, Settings, const ast::Expression*> value;
  TypePtr type = nullptr;
  Span span;
  bool given = true;  // false: the default

  const std::string& text() const { return std::get<std::string>(std::get<plan::Constant>(value)); }
  int64_t integer() const { return std::get<int64_t>(std::get<plan::Constant>(value)); }
};

// `record` names the declaration ("ModelSettings"), `what` the block in messages; `attributes` are
// keys that `extend` added. Reports unknown, missing, doubled and ill-typed ones; false where any
// was wrong.
bool check_settings(Checker& checker, FileId file, const ast::Record& given, Span span,
                    std::string_view record, std::string_view what,
                    const std::vector<types::Field>& attributes, Settings& settings);

// The text of an enum setting's member.
const std::string& member_text(const Checker& checker, const Setting& setting);

}  // namespace aipol::check
