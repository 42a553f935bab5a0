#include "replay/logs/source.h"

#include <filesystem>

#include <fmt/format.h>

namespace aipol::replay::logs {

namespace {

using Got = DocumentReader::Got;

void translate_document(const LogFormat* format, const Mapping* mapping, const json& document,
                        Records& out) {
  if (format == nullptr)
    mapping->translate(document, out);
  else if (format->translate != nullptr)
    format->translate(document, out);
  else
    out.add(Record(document), document);
}

// 0 where one is no plain file.
uint64_t bytes_of(const std::vector<std::string>& paths) {
  uint64_t all = 0;
  for (const std::string& path : paths) {
    std::error_code error;
    uint64_t size = path == "-" ? 0 : std::filesystem::file_size(path, error);
    if (path == "-" || error) return 0;
    all += size;
  }
  return all;
}

}  // namespace

Result<Source> Source::open(std::vector<std::string> paths, Options options) {
  Source source;
  source.paths_ = std::move(paths);
  source.options_ = std::move(options);
  if (source.paths_.empty()) return source;
  source.total_ = bytes_of(source.paths_);
  Result<void> opened = source.open_next();
  if (!opened) return std::unexpected(opened.error());
  return source;
}

Result<void> Source::open_next() {
  Result<std::unique_ptr<Input>> input = Input::open(paths_[next_]);
  if (!input) return std::unexpected(input.error());
  reader_ = std::make_unique<DocumentReader>(std::move(*input));
  ++next_;
  format_ = options_.format;
  known_ = format_ != nullptr || options_.mapping != nullptr;
  strange_ = 0;
  return {};
}

// The format is that of the first document that has one; those before it are unreadable.
bool Source::recognised(RawBlock& block) {
  if (known_) return true;
  Result<json> document = parse_document(reader_->text());
  if (!document) {
    block.unreadable.push_back({reader_->line(), document.error().message});
    return false;
  }
  format_ = recognise(*document);
  known_ = format_ != nullptr;
  if (known_) return true;
  if (strange_ == 0) strange_ = reader_->line();
  block.unreadable.push_back({reader_->line(), "is of no known format"});
  return false;
}

void Source::take(RawBlock& block) {
  if (!recognised(block)) return;
  std::string_view text = reader_->text();
  block.documents.push_back({block.text.size(), text.size(), reader_->line()});
  block.text += text;
  block.text += '\n';
}

// False at the end of the file.
Result<bool> Source::read_file(RawBlock& block) {
  while (block.text.size() < options_.block_bytes && block.unreadable.size() < 10'000) {
    Result<Got> got = reader_->next();
    if (!got) return std::unexpected(got.error());
    if (*got == Got::end) {
      if (known_ || strange_ == 0) return false;
      return failure(fmt::format(
          "{}: line {} is of no known format; name it with --log-format ({}), or describe it "
          "with --mapping",
          paths_[block.file], strange_, log_format_names()));
    }
    if (*got == Got::document)
      take(block);
    else
      block.unreadable.push_back({reader_->line(), reader_->reason()});
  }
  return true;
}

Result<bool> Source::next(RawBlock& block) {
  block = RawBlock();
  while (reader_ != nullptr || next_ < paths_.size()) {
    if (reader_ == nullptr) {
      Result<void> opened = open_next();
      if (!opened) return std::unexpected(opened.error());
    }
    block.file = next_ - 1;
    Result<bool> more = read_file(block);
    if (!more) {
      reader_ = nullptr, next_ = paths_.size();
      return more;
    }
    if (!*more) {
      finished_ += reader_->consumed();
      reader_ = nullptr;
    }
    block.format = format_;
    if (!block.documents.empty() || !block.unreadable.empty()) return true;
  }
  return false;
}

Block Source::translate(const RawBlock& raw) const {
  Block block;
  block.file = raw.file;
  block.unreadable = raw.unreadable;
  Records records(block.text, block.lines, block.unreadable);
  const Mapping* mapping = options_.mapping.get();
  bool is_ready = raw.format != nullptr && raw.format->translate == nullptr && mapping == nullptr;
  for (const Line& piece : raw.documents) {
    std::string_view text = std::string_view(raw.text).substr(piece.begin, piece.size);
    records.begin(piece.number, mapping);
    // A document over several lines becomes one; a list of them is taken apart.
    if (is_ready && text.find('\n') == text.npos && !text.starts_with('[')) {
      records.add_line(text);
      continue;
    }
    Result<json> document = parse_document(text);
    if (!document) {
      records.unreadable(document.error().message);
    } else if (document->is_array()) {
      for (const json& element : *document)
        translate_document(raw.format, mapping, element, records);
    } else {
      translate_document(raw.format, mapping, *document, records);
    }
  }
  block.passed_over = records.passed_over();
  return block;
}

}  // namespace aipol::replay::logs
