#include "compiler/parse/words.h"

#include <array>
#include <cstdint>

#include "grammar/AipolParser.h"

namespace aipol::parse {

namespace {

using grammar::AipolParser;

enum class Role : uint8_t { sign, reserved, declaration, statement, step, clause };

struct Entry {
  std::string_view text;
  uint16_t type;
  Role role;
};

constexpr Entry entries[] = {
#define RESERVED(token, text) {text, AipolParser::token, Role::reserved},
#define KEYWORD(token, text, role) {text, AipolParser::token, Role::role},
#define SIGN(token, text) {text, AipolParser::token, Role::sign},
#include "compiler/parse/words.def"
};

constexpr size_t slots = 512;

constexpr size_t slot_of(std::string_view word) {
  size_t hash = word.size();
  for (char c : word) hash = hash * 31 + static_cast<unsigned char>(c);
  return hash % slots;
}

// Open addressing; 0 is an empty slot.
constexpr auto words_by_hash = [] {
  std::array<uint8_t, slots> table{};
  for (size_t i = 0; i < std::size(entries); ++i) {
    if (entries[i].role == Role::sign) continue;
    size_t slot = slot_of(entries[i].text);
    while (table[slot] != 0) slot = (slot + 1) % slots;
    table[slot] = static_cast<uint8_t>(i + 1);
  }
  return table;
}();

constexpr size_t most_types = 128;

constexpr auto entry_by_type = [] {
  std::array<const Entry*, most_types> table{};
  for (const Entry& entry : entries) table[entry.type] = &entry;
  return table;
}();

bool has_role(size_t type, Role role) {
  return type < most_types && entry_by_type[type] != nullptr && entry_by_type[type]->role == role;
}

constexpr size_t longest_word = 16;

}  // namespace

size_t word_type(std::string_view word) {
  if (word.size() > longest_word) return AipolParser::ID;
  for (size_t slot = slot_of(word); words_by_hash[slot] != 0; slot = (slot + 1) % slots) {
    const Entry& entry = entries[words_by_hash[slot] - 1];
    if (entry.text == word) return entry.type;
  }
  return AipolParser::ID;
}

bool is_reserved(size_t type) { return has_role(type, Role::reserved); }
bool is_keyword(size_t type) {
  return type < most_types && entry_by_type[type] != nullptr &&
         entry_by_type[type]->role > Role::reserved;
}
bool starts_declaration(size_t type) {
  return has_role(type, Role::declaration) || type == AipolParser::AT_SIGN;
}
bool starts_statement(size_t type) { return has_role(type, Role::statement); }
bool starts_step(size_t type) { return has_role(type, Role::step); }

std::string_view spelling(size_t type) {
  return type < most_types && entry_by_type[type] != nullptr ? entry_by_type[type]->text
                                                             : std::string_view();
}

}  // namespace aipol::parse
