// Values of traffic as facts, given their type by the plan's source. Texts are not copied: they
// must outlive the fact.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plan/facts.h"
#include "plan/plan.h"
#include "runtime/abi/scratch.h"
#include "runtime/context/call.h"

namespace aipol::context {

plan::Fact absent();
plan::Fact boolean(bool value);
plan::Fact integer(int64_t value);
plan::Fact real(double value);
plan::Fact text(std::string_view value);
plan::Fact address(const plan::Ip& value);
plan::Fact texts(const std::vector<std::string>& values, AipolScratch& scratch);

// The number of an enum's member; `unknown` of an open enum or -1, which equals no member, where
// there is none such.
int64_t member(const plan::Enumeration& enumeration, std::string_view text);
// A set of texts as the source holds it; of an enum the texts that are no members are left out.
plan::Fact texts_as(const plan::Plan& plan, const plan::Source& source,
                    const std::vector<std::string>& values, AipolScratch& scratch);

// An attribute by its source's type; absent where the value is not of that type.
plan::Fact attribute(const plan::Plan& plan, const plan::Source& source,
                     const AttributeValue& value, AipolScratch& scratch);

}  // namespace aipol::context
