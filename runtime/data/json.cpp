// JSON into a document as it is parsed: a frame for each object or list that is open, driven by the
// type that is expected there. What the type does not expect ends the reading, so nothing is deeper
// than the type.
#include "runtime/data/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <limits>
#include <nlohmann/json.hpp>

#include "runtime/data/data.h"
#include "stdlib/native/cells.h"

namespace aipol::data {

namespace {

using plan::DataType;
using Kind = DataType::Kind;
using Json = nlohmann::json;

constexpr size_t longest_shown = 60;  // of a text in an error

struct Frame {
  const DataType* type = nullptr;
  Document::Place place = Document::none;
  Column* column = nullptr;         // of a record that is an element of a list, or a part of one
  std::string key;                  // of a map or record: where the reading is
  size_t field = 0;                 // of a record
  std::vector<bool> seen;           // of a record's fields
  size_t length = 0;                // of a list
  std::vector<AipolCell> cells;     // of a list or set of scalars
  std::unique_ptr<Column> records;  // of a list of records

  bool list() const { return type->kind == Kind::set || type->kind == Kind::list; }
};

bool name_like(std::string_view key) {
  return !key.empty() && std::ranges::all_of(key, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
  });
}

std::string shown(std::string_view text) {
  std::string out =
      Json(text.substr(0, longest_shown)).dump(-1, ' ', false, Json::error_handler_t::replace);
  return text.size() > longest_shown ? out.substr(0, out.size() - 1) + "…\"" : out;
}

class Handler : public nlohmann::json_sax<Json> {
 public:
  Handler(const DataType& type, std::string_view text, Builder& builder)
      : root_(type), text_(text), builder_(builder) {}

  std::string error;

  bool null() override { return value(Null{}, "null"); }
  bool boolean(bool truth) override { return value(truth, truth ? "true" : "false"); }
  bool number_integer(int64_t number) override { return value(number, std::to_string(number)); }
  bool number_unsigned(uint64_t number) override {
    if (number <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
      return value(static_cast<int64_t>(number), std::to_string(number));
    return value(static_cast<double>(number), std::to_string(number));
  }
  bool number_float(double number, const std::string& written) override {
    return value(number, written.substr(0, longest_shown));
  }
  bool string(std::string& text) override { return value(std::string_view(text), {}); }
  bool binary(Json::binary_t&) override { return false; }

  bool start_object(size_t) override {
    Frame frame;
    if (!enter(frame, "an object")) return false;
    if (frame.type->kind != Kind::map && frame.type->kind != Kind::record)
      return unexpected(*frame.type, "an object");
    frame.seen.resize(frame.type->parts.size());
    frames_.push_back(std::move(frame));
    return true;
  }

  bool key(std::string& key) override {
    Frame& frame = frames_.back();
    frame.key = key;
    if (!builder_.count()) return too_many();
    return frame.type->kind == Kind::map ? map_key(frame) : record_key(frame);
  }

  bool end_object() override {
    const Frame& frame = frames_.back();
    if (frame.type->kind == Kind::record) {
      for (size_t i = 0; i < frame.seen.size(); ++i) {
        if (frame.seen[i] || frame.type->optional[i]) continue;
        const std::string name = frame.type->names[i];
        frames_.back().key.clear();
        return fail(fmt::format("the field `{}` is missing", name));
      }
    }
    frames_.pop_back();
    return true;
  }

  bool start_array(size_t) override {
    Frame frame;
    if (!enter(frame, "a list")) return false;
    if (!frame.list()) return unexpected(*frame.type, "a list");
    const DataType& element = frame.type->parts[0];
    if (element.kind == Kind::record)
      frame.records = std::make_unique<Column>(builder_.columns(element, frame.place));
    frames_.push_back(std::move(frame));
    return true;
  }

  bool end_array() override {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    if (frame.records) {
      Builder::fill(*frame.records, frame.length);
      builder_.keep(*frame.records);
    } else {
      AipolCell list = builder_.keep_list(*frame.type, std::move(frame.cells));
      if (frame.column != nullptr)
        frame.column->cells.push_back(list);
      else
        builder_.document().set(frame.place, list);
    }
    return true;
  }

  bool parse_error(size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    const std::string_view before =
        text_.substr(0, std::min(position == 0 ? 0 : position - 1, text_.size()));
    const auto line = std::ranges::count(before, '\n') + 1;
    const size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
    error = fmt::format("{}:{}: is no JSON from here on", line, before.size() - start + 1);
    return false;
  }

 private:
  // The type and place of the value that begins.
  bool enter(Frame& frame, std::string_view found) {
    if (frames_.empty()) {
      frame.type = &root_;
      frame.place = Document::root;
      return true;
    }
    Frame& outer = frames_.back();
    if (outer.list()) {
      frame.type = &outer.type->parts[0];
      if (!builder_.count()) return too_many();
      if (frame.type->kind != Kind::scalar && frame.type->kind != Kind::record)
        return unexpected(*frame.type, found);
      frame.column = outer.records.get();
      if (outer.records) Builder::fill(*outer.records, outer.length);
      ++outer.length;
      return true;
    }
    const bool map = outer.type->kind == Kind::map;
    frame.type = &outer.type->parts[map ? 0 : outer.field];
    if (outer.column != nullptr) {
      frame.column = &outer.column->parts[outer.field];
      if (frame.column->presence != Document::none && found != "null")
        frame.column->present.push_back(native::cell_of(int64_t{1}));
      return true;
    }
    if (found == "null" && !map && outer.type->optional[outer.field]) return true;
    frame.place = builder_.document().make(outer.place, outer.key);
    return frame.place != Document::none || fail("has too many keys that look alike");
  }

  bool value(const Scalar& scalar, std::string found) {
    const auto* text = std::get_if<std::string_view>(&scalar);
    if (text != nullptr) found = shown(*text);
    Frame frame;
    if (!enter(frame, found)) return false;
    if (std::holds_alternative<Null>(scalar) && may_be_left_out()) return true;
    const auto cell = frame.type->kind == Kind::scalar
                          ? builder_.scalars().read(*frame.type, scalar)
                          : std::nullopt;
    if (!cell) return unexpected(*frame.type, found);
    if (frame.column != nullptr)
      frame.column->cells.push_back(*cell);
    else if (!frames_.empty() && frames_.back().list())
      frames_.back().cells.push_back(*cell);
    else
      builder_.document().set(frame.place, *cell);
    return true;
  }

  bool may_be_left_out() const {
    if (frames_.empty()) return false;
    const Frame& frame = frames_.back();
    return frame.type->kind == Kind::record && frame.type->optional[frame.field];
  }

  bool map_key(Frame& frame) {
    if (builder_.document().has(frame.place, frame.key)) return fail("this key stands here twice");
    return true;
  }

  bool record_key(Frame& frame) {
    const auto found = std::ranges::find(frame.type->names, frame.key);
    frame.field = static_cast<size_t>(found - frame.type->names.begin());
    if (found == frame.type->names.end())
      return fail("no such field; the record has " + names_of(*frame.type));
    if (frame.seen[frame.field]) return fail("this key stands here twice");
    frame.seen[frame.field] = true;
    return true;
  }

  bool unexpected(const DataType& type, std::string_view found) {
    return fail(fmt::format("expected {}, found {}", builder_.scalars().expected(type), found));
  }
  bool too_many() { return fail(fmt::format("more than {} entries", most_entries)); }
  bool fail(std::string_view message) {
    error = fmt::format("{}: {}", path(), message);
    return false;
  }

  // "$.limits["a b"][3].daily"
  std::string path() const {
    std::string out = "$";
    for (const Frame& frame : frames_) {
      if (frame.list())
        fmt::format_to(std::back_inserter(out), "[{}]",
                       frame.length - std::min<size_t>(frame.length, 1));
      else if (name_like(frame.key))
        out += "." + frame.key.substr(0, longest_shown);
      else if (!frame.key.empty())
        out += "[" + shown(frame.key) + "]";
    }
    return out;
  }

  const DataType& root_;
  std::string_view text_;
  Builder& builder_;
  std::vector<Frame> frames_;
};

}  // namespace

std::expected<void, std::string> read_json(const DataType& type, std::string_view text,
                                           Builder& builder) {
  Handler handler(type, text, builder);
  const bool well = Json::sax_parse(text.begin(), text.end(), &handler);
  if (well) return {};
  return std::unexpected(handler.error.empty() ? std::string("is no JSON") : handler.error);
}

}  // namespace aipol::data
