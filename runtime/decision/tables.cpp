#include "runtime/decision/tables.h"

#include <algorithm>
#include <bit>
#include <unordered_map>

namespace aipol::decision {

using plan::Entry;
using plan::Group;
using plan::Parameter;

class TablesBuilder {
 public:
  TablesBuilder(const plan::Plan& plan, const plan::StageLayout& layout)
      : plan_(plan), layout_(layout), tables_(new Tables) {}

  Result<std::unique_ptr<const Tables>> build() {
    for (const auto& list : layout_.number_lists) tables_->numbers_.push_back(list);
    for (const plan::Rows& rows : layout_.rows) {
      add_rows(rows);
      if (failure_) return std::unexpected(*failure_);
    }
    for (const Group& group : layout_.groups) add_index(group);
    for (const plan::ComputedText& text : layout_.computed) add_text(text);
    if (failure_) return std::unexpected(*failure_);
    tables_->abi_ = {tables_->indexes_.data(), tables_->rows_.data()};
    return std::unique_ptr<const Tables>(std::move(tables_));
  }

 private:
  void add_rows(const plan::Rows& rows) {
    const plan::Shape& shape = layout_.shapes[rows.shape];
    auto& words = tables_->parameters_.emplace_back(rows.statements.size() * shape.words);
    size_t operands = shape.parameters.size();
    for (size_t row = 0; row < rows.statements.size(); ++row) {
      for (size_t i = 0; i < operands; ++i) {
        Parameter parameter = shape.parameters[i];
        write(parameter.kind, rows.operands[row * operands + i], &words[row * shape.words + parameter.word]);
      }
    }
    const auto& statements = tables_->numbers_.emplace_back(rows.statements);
    tables_->rows_.push_back({words.data(), statements.data()});
  }

  void add_text(const plan::ComputedText& text) {
    const plan::Shape& shape = layout_.texts[text.shape];
    auto& words = tables_->parameters_.emplace_back(shape.words);
    for (size_t i = 0; i < shape.parameters.size(); ++i) {
      write(shape.parameters[i].kind, text.operands[i], &words[shape.parameters[i].word]);
    }
    tables_->texts_.push_back({text.statement, text.shape, words.data()});
  }

  void write(Parameter::Kind kind, uint64_t operand, uint64_t* words) {
    switch (kind) {
      case Parameter::Kind::word: words[0] = operand; return;
      case Parameter::Kind::text:
      case Parameter::Kind::ip:
      case Parameter::Kind::list: return write_cell(static_cast<uint32_t>(operand), words);
      case Parameter::Kind::network: return write_network(static_cast<uint32_t>(operand), words);
      case Parameter::Kind::range: return write_range(static_cast<uint32_t>(operand), words);
      case Parameter::Kind::globs: words[0] = reinterpret_cast<uint64_t>(globs(static_cast<uint32_t>(operand))); return;
      case Parameter::Kind::regex: words[0] = reinterpret_cast<uint64_t>(pattern(static_cast<uint32_t>(operand))); return;
      case Parameter::Kind::numbers:
        words[0] = reinterpret_cast<uint64_t>(tables_->numbers_[operand].data());
        words[1] = tables_->numbers_[operand].size();
    }
  }

  void write_cell(uint32_t constant, uint64_t* words) {
    auto [it, fresh] = cells_.try_emplace(constant);
    if (fresh) it->second = tables_->cells_.cell(plan_.constants[constant]);
    words[0] = it->second.a;
    words[1] = it->second.b;
  }

  void write_network(uint32_t constant, uint64_t* words) {
    const auto& network = std::get<plan::Network>(plan_.constants[constant]);
    auto bits = [](int count) { return count <= 0 ? 0 : count >= 64 ? ~0ull : ~0ull << (64 - count); };
    words[2] = bits(network.prefix);
    words[3] = bits(network.prefix - 64);
    words[0] = network.address.high & words[2];
    words[1] = network.address.low & words[3];
  }

  void write_range(uint32_t constant, uint64_t* words) {
    const auto& range = std::get<plan::IntegerRange>(plan_.constants[constant]);
    words[0] = static_cast<uint64_t>(range.low);
    words[1] = static_cast<uint64_t>(range.high);
  }

  const native::Globs* globs(uint32_t constant) {
    auto [it, fresh] = globs_.try_emplace(constant);
    if (!fresh) return it->second;
    auto& made = tables_->globs_.emplace_back();
    const plan::Constant& value = plan_.constants[constant];
    if (auto* one = std::get_if<std::string>(&value)) made.emplace_back(*one);
    else for (const std::string& glob : std::get<std::vector<std::string>>(value)) made.emplace_back(glob);
    return it->second = &made;
  }

  const native::Regex* pattern(uint32_t constant) {
    auto [it, fresh] = patterns_.try_emplace(constant);
    if (!fresh) return it->second;
    const auto& text = std::get<std::string>(plan_.constants[constant]);
    auto compiled = native::Regex::compile(text);
    if (!compiled) {
      failure_ = Error{"pattern `" + text + "`: " + compiled.error().message};
      return nullptr;
    }
    return it->second = &tables_->patterns_.emplace_back(std::move(*compiled));
  }

  void add_index(const Group& group) {
    bool pair = group.kind == Group::Kind::pair;
    size_t slots = pair ? std::bit_ceil(keys_of(group) * 2 + 2) : size_t{group.keys} + 1;
    size_t width = 2 * group.spans() + (pair ? 2 : 0);
    auto& words = tables_->numbers_.emplace_back(slots * width);
    auto& runs = tables_->runs_.emplace_back();
    for (size_t at = 0; at < group.entries.size();) {
      const Entry& entry = group.entries[at];
      size_t slot = pair ? free_slot(words, width, slots - 1, entry) : entry.first;
      uint32_t* here = words.data() + slot * width;
      if (pair) *here++ = entry.first, *here++ = entry.second;
      at = add_key(group, at, runs, here);
    }
    tables_->indexes_.push_back({words.data(), runs.data(), slots - 1});
  }

  static size_t keys_of(const Group& group) {
    size_t keys = 0;
    for (size_t i = 0; i < group.entries.size(); ++i) keys += i == 0 || !same_key(group.entries[i - 1], group.entries[i]);
    return keys;
  }

  static bool same_key(const Entry& a, const Entry& b) { return a.first == b.first && a.second == b.second; }

  static size_t free_slot(const std::vector<uint32_t>& words, size_t width, size_t mask, const Entry& entry) {
    size_t slot = (entry.first * AIPOL_PAIR_A + entry.second * AIPOL_PAIR_B) >> 32 & mask;
    while (words[slot * width] != 0) slot = (slot + 1) & mask;
    return slot;
  }

  // Writes the spans of one key. Returns the number of the next key's first entry.
  size_t add_key(const Group& group, size_t at, std::vector<AipolRun>& runs, uint32_t* spans) {
    auto first_run = static_cast<uint32_t>(runs.size());
    for (size_t key = at; at < group.entries.size() && same_key(group.entries[key], group.entries[at]); ++at) {
      const Entry& entry = group.entries[at];
      if (runs.size() > first_run && runs.back().rows == entry.rows) ++runs.back().count;
      else runs.push_back({entry.rows, entry.row, 1});
    }
    if (group.wide()) {
      spans[0] = first_run;
      spans[1] = static_cast<uint32_t>(runs.size()) - first_run;
      return at;
    }
    for (size_t i = first_run; i < runs.size(); ++i) {
      auto table = std::ranges::find(group.rows, runs[i].rows) - group.rows.begin();
      spans[2 * table] = runs[i].first;
      spans[2 * table + 1] = runs[i].count;
    }
    runs.resize(first_run);
    return at;
  }

  const plan::Plan& plan_;
  const plan::StageLayout& layout_;
  std::unique_ptr<Tables> tables_;
  std::unordered_map<uint32_t, AipolCell> cells_;
  std::unordered_map<uint32_t, const native::Globs*> globs_;
  std::unordered_map<uint32_t, const native::Regex*> patterns_;
  std::optional<Error> failure_;
};

Result<std::unique_ptr<const Tables>> Tables::build(const plan::Plan& plan, const plan::StageLayout& layout) {
  return TablesBuilder(plan, layout).build();
}

const Tables::Text* Tables::text(uint32_t statement) const {
  auto at = std::ranges::lower_bound(texts_, statement, {}, &Text::statement);
  return at != texts_.end() && at->statement == statement ? &*at : nullptr;
}

}  // namespace aipol::decision
