// Words and signs of the language and their token types.
#pragma once

#include <cstddef>
#include <string_view>

namespace aipol::parse {

// AipolParser::ID where the word is neither reserved nor a keyword.
size_t word_type(std::string_view word);

// Words of plan/effects.def and of the other declarations made of clauses (words.def).
bool is_effect_word(std::string_view word);
bool is_clause_word(std::string_view word);
// Whether nothing has to follow the clause word.
bool may_end_statement(std::string_view clause_word);
// Whether a clause word can stand right behind another one; else it is a value.
bool may_follow_word(std::string_view first, std::string_view clause_word);
// Whether the clause word can stand right behind the effect; whether nothing has to.
bool may_follow_effect(std::string_view effect, std::string_view clause_word);
bool may_stand_alone(std::string_view effect);

bool is_reserved(size_t type);
bool is_keyword(size_t type);  // keyword in places, name elsewhere
bool starts_declaration(size_t type);
bool starts_statement(size_t type);
bool starts_step(size_t type);

// How the token is written; empty where it has no one spelling.
std::string_view spelling(size_t type);

}  // namespace aipol::parse
