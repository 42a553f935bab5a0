// What the forms of a replay's results have in common: its numbers in words, its lists in order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "replay/report.h"

namespace aipol::cli {

std::string with_commas(uint64_t number);             // 1,234,567
std::string share_of(uint64_t part, uint64_t whole);  // "0.4%"; "<0.01%" of what is not none
std::string dollars(int64_t nano_dollars);            // "$12.30"
std::string short_time(int64_t at);                   // "2026-03-01 12:00:05"
std::string places_text(const replay::Examples& examples, size_t logs);  // "lines 17, 20"
std::string answer_text(const replay::Answer& answer);                   // "deny 403 by premium"

std::string from_text(const replay::Report& report);  // "what was recorded", "old/"

// What is no longer spent, or more, as far as records tell, in sentences with the amounts between
// the marks. Empty where nothing is.
std::string money_text(const replay::Report& report, std::string_view open, std::string_view close);

using NamedChange = std::pair<std::pair<replay::Answer, replay::Answer>, replay::Change>;
std::vector<NamedChange> changes_by_count(const replay::Report& report);

// The shares with changes or undetermined records, the most changed first, at most so many.
std::vector<std::pair<std::string, replay::Share>> changed_shares(
    const replay::BoundedCounts<replay::Share>& all, size_t most);

// Statements of the new policies that no record met, shadow ones too.
std::vector<replay::StatementName> unexercised(const replay::Report& report);

}  // namespace aipol::cli
