#include "compiler/parse/words.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <vector>

#include "compiler/parse/characters.h"
#include "grammar/AipolParser.h"
#include "plan/effects.h"

namespace aipol::parse {

namespace {

using grammar::AipolParser;

enum class Role : uint8_t { sign, reserved, declaration, step, clause };

struct Entry {
  std::string_view text;
  uint16_t type;
  Role role;
};

constexpr Entry entries[] = {
#define RESERVED(token, text) {text, AipolParser::token, Role::reserved},
#define KEYWORD(token, text, role) {text, AipolParser::token, Role::role},
#define SIGN(token, text) {text, AipolParser::token, Role::sign},
#define WORD(text)
#include "compiler/parse/words.def"
};

// The words of a syntax in plan/effects.def, slots and signs left out; `ends` where nothing has to
// follow.
struct ClauseWords {
  ClauseWords() {
#define RESERVED(token, text)
#define KEYWORD(token, text, role)
#define SIGN(token, text)
#define WORD(text) all.insert(text);
#include "compiler/parse/words.def"
    for (std::string_view syntax : plan::effect_syntax) add(syntax);
  }

  void add(std::string_view syntax) {
    for (size_t at = 0; at < syntax.size();) {
      size_t begin = at;
      while (at < syntax.size() && (is_word(syntax[at]) || syntax[at] == '$')) ++at;
      if (begin == at) {
        ++at;
        continue;
      }
      std::string_view word = syntax.substr(begin, at - begin);
      if (word.starts_with('$')) continue;
      all.insert(word);
      size_t next = syntax.find_first_not_of(' ', at);
      if (next == std::string_view::npos || syntax[next] == ']' || syntax[next] == '|' ||
          syntax[next] == ')' || syntax[next] == '[') {
        ends.insert(word);
      } else if (is_word(syntax[next])) {
        size_t end = next;
        while (end < syntax.size() && is_word(syntax[end])) ++end;
        pairs.emplace(word, syntax.substr(next, end - next));
      }
    }
  }

  std::set<std::string_view> all, ends;
  std::set<std::pair<std::string_view, std::string_view>> pairs;  // one right behind the other
};

const ClauseWords& clause_words() {
  static const ClauseWords words;
  return words;
}

// What can stand at the beginning of a syntax: its first words, a slot, or nothing.
class Beginnings {
 public:
  explicit Beginnings(std::string_view syntax) : text_(syntax) { empty = sequence(); }

  std::set<std::string_view> words;
  bool empty = false;

 private:
  // Whether all of it may be left out. Words count only while nothing stands before them.
  bool sequence() {
    bool outer = first_, whole = true;
    for (skip(); at_ < text_.size() && !std::string_view("|])").contains(text_[at_]); skip()) {
      if (!one()) whole = first_ = false;
    }
    first_ = outer;
    return whole;
  }

  bool one() {
    if (text_[at_] == '[' || text_[at_] == '(') {
      bool optional = text_[at_] == '[', whole = false;
      do {
        ++at_;  // the bracket, or `|`
        whole = sequence() || whole;
      } while (text_[at_] == '|');
      ++at_;
      return optional || whole;
    }
    size_t end = std::min(text_.find_first_of(" ()[]|", at_), text_.size());
    if (first_ && text_[at_] != '$') words.insert(text_.substr(at_, end - at_));
    at_ = end;
    return false;
  }

  void skip() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  std::string_view text_;
  size_t at_ = 0;
  bool first_ = true;
};

const Beginnings* beginnings_of(std::string_view effect) {
  static const std::vector<Beginnings> all(std::begin(plan::effect_syntax),
                                           std::end(plan::effect_syntax));
  auto found = std::ranges::find(plan::effect_names, effect);
  return found == std::end(plan::effect_names) ? nullptr : &all[size_t(found - plan::effect_names)];
}

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

bool is_effect_word(std::string_view word) {
  return std::ranges::find(plan::effect_names, word) != std::end(plan::effect_names);
}
bool is_clause_word(std::string_view word) {
  return word.size() <= longest_word && clause_words().all.contains(word);
}
bool may_end_statement(std::string_view word) { return clause_words().ends.contains(word); }
bool may_follow_word(std::string_view first, std::string_view word) {
  return may_end_statement(first) || clause_words().pairs.contains({first, word});
}
bool may_follow_effect(std::string_view effect, std::string_view word) {
  const Beginnings* beginnings = beginnings_of(effect);
  return beginnings != nullptr && beginnings->words.contains(word);
}
bool may_stand_alone(std::string_view effect) {
  const Beginnings* beginnings = beginnings_of(effect);
  return beginnings == nullptr || beginnings->empty;
}

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
  if (type == AipolParser::EFFECT || type == AipolParser::CLAUSE) return true;
  return type < most_types && entry_by_type[type] != nullptr &&
         entry_by_type[type]->role > Role::reserved;
}
bool starts_declaration(size_t type) {
  return has_role(type, Role::declaration) || type == AipolParser::AT_SIGN;
}
bool starts_statement(size_t type) { return type == AipolParser::EFFECT; }
bool starts_step(size_t type) { return has_role(type, Role::step); }

std::string_view spelling(size_t type) {
  return type < most_types && entry_by_type[type] != nullptr ? entry_by_type[type]->text
                                                             : std::string_view();
}

}  // namespace aipol::parse
