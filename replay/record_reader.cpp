#include "replay/record_reader.h"

#include "replay/line_source.h"
#include "replay/read_simply.h"
#include "replay/read_slowly.h"
#include "runtime/offline/read_call.h"

namespace aipol::replay {

namespace {

constexpr FieldSet marks_ai =
    FieldSet::range(Field::ai_operation, Field::ai_tool_args).without({Field::ai_tool_args});
constexpr FieldSet marks_usage = FieldSet::range(Field::usage_input_tokens, Field::usage_cached);
constexpr FieldSet marks_principal = FieldSet::range(Field::principal_kind, Field::principal_actor);

// As offline::set_field marks what it sets.
void mark(Record& record) {
  const FieldSet& given = record.given;
  offline::DescribedCall& call = record.call;
  call.has_body = given.has(Field::request_body_text);
  call.has_ai = given.has_any(marks_ai);
  call.has_principal = given.has_any(marks_principal) || !call.call.principal.attributes.empty();
  call.has_kind = given.has(Field::principal_kind);
  call.has_usage = given.has_any(marks_usage);
  call.has_cost = given.has(Field::usage_cost);
}

// Nothing stands behind the record.
bool ends(simdjson::ondemand::document& document) {
  return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

}  // namespace

struct RecordReader::Memory {
  simdjson::ondemand::parser parser;
  std::string padded;
  Shapes shapes;
  std::vector<Told> told;
};

RecordReader::RecordReader(const plan::Plan* one, const plan::Plan* other, Wanted wanted)
    : wanted_(wanted), memory_(std::make_unique<Memory>()) {
  for (const plan::Plan* plan : {one, other}) {
    if (plan == nullptr) continue;
    for (const plan::Source& source : plan->sources) {
      if (source.path.starts_with("request.")) names_.sources.emplace_back().path = source.path;
    }
  }
}

RecordReader::~RecordReader() = default;

// The line with bytes behind it that may be read.
std::string_view RecordReader::padded(std::string_view line, bool slack) {
  if (slack) return line;
  std::string& padded = memory_->padded;
  padded.assign(line);
  padded.append(Block::slack, '\0');
  return std::string_view(padded).substr(0, line.size());
}

bool RecordReader::read_by_shape(std::string_view line, bool slack, Record& record) {
  line = padded(line, slack);
  if (!memory_->shapes.read(line, record) || kind_of(line) != record.kind) return false;
  record.used = record.call.call.usage;
  return true;
}

bool RecordReader::read_simply(std::string_view line, bool slack, Record& record) {
  line = padded(line, slack);
  bool learns = memory_->shapes.learns(line);
  std::vector<Told>& told = memory_->told;
  told.clear();
  simdjson::ondemand::document document;
  auto error = memory_->parser.iterate(line, line.size() + Block::slack).get(document);
  simdjson::ondemand::object object;
  if (error != simdjson::SUCCESS || document.get_object().get(object) != simdjson::SUCCESS)
    return false;
  if (!replay::read_simply(line, object, names_, wanted_, record, learns ? &told : nullptr))
    return false;
  if (!ends(document)) return false;
  if (record.kind != Kind::other) {
    mark(record);
    conclude(record);
  }
  if (learns) memory_->shapes.learn(line, told, record);
  return true;
}

Result<void> RecordReader::read(std::string_view line, bool slack, Record& record) {
  if (line.size() > offline::max_record_bytes) return failure("the record is larger than 64 MiB");
  line = padded(line, slack);
  if (read_by_shape(line, true, record)) return {};
  // What was allocated for the last one serves this one.
  static const Record none;
  record = none;
  if (read_simply(line, true, record)) return {};
  record = none;
  if (auto done = read_slowly(line, record); !done) return done;
  if (record.kind != Kind::other) conclude(record);
  return {};
}

// What is known by all that was read.
void RecordReader::conclude(Record& record) {
  record.used = record.call.call.usage;
  find_known(record);
}

Result<void> RecordReader::read_slowly(std::string_view line, Record& record) const {
  return replay::read_slowly(line, names_, record);
}

}  // namespace aipol::replay
