// Cuts what a log holds into JSON documents, in bounded memory: lines of a document each; documents
// over several lines, one after the other; and the elements of arrays that logs consist of, each a
// document: a top-level array, `log.entries` (HAR), `resourceSpans` (OTLP).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "replay/logs/input.h"

namespace aipol::replay::logs {

// Of one document; longer ones are unreadable.
inline constexpr size_t longest_document = size_t{64} << 20;

// How JSON's brackets, texts and keys follow each other, byte by byte. What it takes may still be
// no JSON; what it refuses is none.
class JsonOutline {
 public:
  enum class Step : uint8_t {
    outside,       // between documents
    inside,        // the byte belongs to the document
    last,          // and ends it
    ended_before,  // the document ended before this byte, which is to be given again
    closed,        // the array that held the documents, and all around it, is at its end
    broken
  };
  Step step(char c);

  bool within_value() const { return !open_.empty() || in_text_; }  // of the top level
  bool within_document() const { return begun_; }
  std::string_view reason() const { return reason_; }  // of broken

 private:
  Step open(char c);
  Step close(char c);
  Step text(char c);
  Step inside();
  Step finish(Step how);
  Step fail(std::string_view reason);
  bool at_elements() const { return elements_ != 0 && !past_ && open_.size() == elements_; }

  std::vector<char> open_;
  std::string keys_[2];  // of the members that are open, on the first two levels
  std::string key_;
  size_t elements_ = 0;  // how many brackets are open around the documents; 0: none
  bool in_text_ = false, escaped_ = false, is_key_ = false, key_next_ = false;
  bool begun_ = false, is_scalar_ = false;
  bool past_ = false;  // behind the array of documents, within what stands around it
  std::string_view reason_;
};

class DocumentReader {
 public:
  explicit DocumentReader(std::unique_ptr<Input> input, size_t longest = longest_document);

  enum class Got : uint8_t { document, unreadable, end };
  // The error is of the input: nothing comes behind it.
  Result<Got> next();

  std::string_view text() const { return text_; }           // of the document, until the next call
  uint64_t line() const { return document_line_; }          // on which it begins, from 1
  uint64_t consumed() const { return input_->consumed(); }  // bytes of the file
  const std::string& reason() const { return reason_; }     // why it is unreadable

 private:
  Result<bool> fill();  // false at the end
  Result<Got> next_line();
  Result<Got> next_value();
  Result<Got> rest_of_line();
  Got take_line(std::string_view line);
  Got document();
  Got unreadable(std::string reason);
  Result<Got> broken(std::string_view reason);
  void keep(char c);

  std::unique_ptr<Input> input_;
  size_t longest_;
  std::vector<char> buffer_;
  size_t begin_ = 0, end_ = 0;
  JsonOutline outline_;
  bool first_ = true;                   // within or before the first value
  bool lines_ = false, ended_ = false;  // a document a line; nothing more is read
  bool too_long_ = false, stale_ = false;
  uint64_t line_ = 1;        // of the next byte
  uint64_t value_line_ = 0;  // on which the top-level value begins, 0 outside
  uint64_t document_line_ = 0;
  std::string kept_;
  std::string_view text_;
  std::string reason_;
};

}  // namespace aipol::replay::logs
