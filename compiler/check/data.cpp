// Typed documents: `data NAME from FILE : TYPE`, and what is read of them.
#include <algorithm>

#include "compiler/check/expressions.h"
#include "compiler/types/representation.h"

namespace aipol::check {

using ir::ExpressionPtr;
using plan::DataType;
using plan::Op;

namespace {

bool is_scalar(TypePtr type) {
  return (type->kind >= Kind::boolean && type->kind <= Kind::usd) || type->is(Kind::enumeration);
}

bool is_plain_collection(TypePtr type) { return type->collection() && is_scalar(type->element); }

class Shape {
 public:
  Shape(Checker& checker, Span span) : checker_(checker), span_(span) {}

  std::optional<DataType> of(TypePtr type, bool in_list) {
    DataType out;
    if (++parts_ > most_parts) {
      if (parts_ == most_parts + 1) checker_.report(span_, diagnostics::too_complex);
      return std::nullopt;
    }
    if (is_scalar(type)) {
      out.rep = types::rep_of(type);
      out.unit = types::unit_of(type);
      out.enumeration = types::enumeration_of(type);
      return out;
    }
    if (type->is(Kind::map) && !in_list) return around(DataType::Kind::map, type->element, false);
    if (type->is(Kind::record)) return record(type, in_list);
    bool rows = !in_list && type->is(Kind::list) && type->element->is(Kind::record);
    if (rows || is_plain_collection(type)) {
      bool set = type->is(Kind::set);
      return around(set ? DataType::Kind::set : DataType::Kind::list, type->element, rows);
    }
    if (!type->is(Kind::invalid)) {
      checker_.report(span_, diagnostics::unfit_type,
                      in_list ? "a field in a list of records" : "a part of a document",
                      type->name);
    }
    return std::nullopt;
  }

 private:
  std::optional<DataType> around(DataType::Kind kind, TypePtr element, bool rows) {
    std::optional<DataType> inner = of(element, rows);
    if (!inner) return std::nullopt;
    DataType out;
    out.kind = kind;
    out.parts.push_back(std::move(*inner));
    return out;
  }

  std::optional<DataType> record(TypePtr type, bool in_list) {
    DataType out;
    out.kind = DataType::Kind::record;
    if (++depth_ > most_depth) {
      checker_.report(span_, diagnostics::recursive_definition, type->name);
      return std::nullopt;
    }
    const types::Record& declared = checker_.set.schema.records[type->definition];
    if (in_list && declared.fields.empty())
      checker_.report(span_, diagnostics::unfit_type, "an item of a list", type->name);
    for (const types::Field& field : declared.fields) {
      std::optional<DataType> part = of(field.type, in_list);
      if (!part) return std::nullopt;
      out.names.push_back(field.name);
      out.optional.push_back(field.optional);
      out.parts.push_back(std::move(*part));
    }
    --depth_;
    return out;
  }

  static constexpr int most_depth = 16;
  static constexpr int most_parts = 10'000;
  Checker& checker_;
  Span span_;
  int depth_ = 0;
  int parts_ = 0;
};

// Whether rows and columns can hold it.
bool is_table(const DataType& type) {
  if (type.kind != DataType::Kind::list && type.kind != DataType::Kind::map) return false;
  const DataType& row = type.parts[0];
  if (row.kind == DataType::Kind::scalar) return type.kind == DataType::Kind::map;
  auto plain = [](const DataType& part) { return part.kind == DataType::Kind::scalar; };
  return row.kind == DataType::Kind::record && std::ranges::all_of(row.parts, plain);
}

}  // namespace

void check_documents(Checker& checker) {
  for (const ast::Tree& tree : checker.trees) {
    for (const ast::Declaration& declaration : tree.declarations) {
      const auto* data = std::get_if<ast::DataDeclaration>(&declaration.node);
      if (data == nullptr) continue;
      TypePtr type = checker.type(data->type, tree.file);
      std::optional<DataType> shape = Shape(checker, data->type.span).of(type, false);
      bool csv = data->file.ends_with(".csv");
      if (csv && shape && !is_table(*shape)) {
        checker.report(data->type.span, diagnostics::unfit_type, "a CSV document", type->name)
            .help("it is a list of records, or a map, whose fields are plain");
      }
      if (data->file.empty() || (!csv && !data->file.ends_with(".json"))) {
        checker.report(data->file_span, diagnostics::bad_setting, data->file,
                       "is not a document: its name ends with `.json` or `.csv`");
      }
      if (!shape) continue;
      checker.documents[&declaration] = static_cast<uint32_t>(checker.set.documents.size());
      checker.set.documents.push_back(
          {csv ? plan::Document::Format::csv : plan::Document::Format::json,
           checker.qualified(data->name.text, tree.file), data->file, std::move(*shape)});
    }
  }
}

Typed Expressions::document(const ast::Symbol& symbol, const ast::DataDeclaration& data,
                            Span span) {
  auto number = checker_.documents.find(symbol.declaration);
  if (number == checker_.documents.end()) return poison();
  types::Field handle;
  handle.type = checker_.simple(Kind::handle);
  DataPlace place;
  place.source = checker_.source("data." + checker_.set.documents[number->second].name, "", handle);
  return at_place(std::move(place), checker_.type(data.type, symbol.file), nullptr, span);
}

namespace {

ExpressionPtr look_up(Checker& checker, std::string symbol, const DataPlace& place, TypePtr type,
                      Span span) {
  TypePtr string = checker.simple(Kind::string);
  TypePtr texts = checker.set.types.of(Kind::list, string);
  ExpressionPtr document = checker.build.source(checker.simple(Kind::handle), place.source, span);
  ExpressionPtr path = checker.build.constant(string, place.path, span);
  ExpressionPtr keys = place.keys.empty()
                           ? checker.build.constant(texts, std::vector<std::string>(), span)
                           : checker.build.make(Op::list, texts, place.keys, span);
  return checker.build.call(type, std::move(symbol), {document, path, keys}, span);
}

std::string_view reader_of(plan::Rep rep) {
  switch (rep) {
    case plan::Rep::boolean:
      return "data.boolean";
    case plan::Rep::real:
      return "data.real";
    case plan::Rep::text:
      return "data.text";
    case plan::Rep::ip:
      return "data.ip";
    case plan::Rep::texts:
      return "data.texts";
    case plan::Rep::integers:
      return "data.integers";
    default:
      return "data.integer";
  }
}

}  // namespace

Typed Expressions::at_place(DataPlace place, TypePtr type, ExpressionPtr present, Span span) {
  bool rows = type->collection() && type->element->is(Kind::record);
  if (type->is(Kind::map) || type->is(Kind::record) || rows) {
    return {type,   nullptr, present, nullptr, {}, std::make_shared<DataPlace>(std::move(place)),
            nullptr};
  }
  std::string symbol(reader_of(types::rep_of(type)));
  ExpressionPtr value = look_up(checker_, std::move(symbol), place, type, span);
  return {type, value, present, nullptr, {}, nullptr, nullptr};
}

// `record.name`, where the record may be absent.
Typed Expressions::absent_record(Span span, const ast::Identifier& name) {
  std::string_view whole = checker_.text(span);
  std::string_view text =
      whole.substr(0, whole.size() - std::min(whole.size(), name.text.size() + 1));
  checker_.report(span, diagnostics::maybe_absent, text).help("guard it with `has {} and …`", text);
  return poison();
}

Typed Expressions::data_field(const Typed& record, const ast::Identifier& name, Span span) {
  const types::Record& schema = checker_.set.schema.records[record.type->definition];
  const types::Field* field = types::find(schema.fields, name.text);
  if (field == nullptr) {
    checker_.report(name.span, diagnostics::unknown_field, name.text, schema.name)
        .suggest(name.text, types::names(schema.fields));
    return poison();
  }
  if (record.present != nullptr && !known_present(record.present)) return absent_record(span, name);
  DataPlace place = *record.data;
  place.path += (place.path.empty() ? "" : ".") + field->name;
  ExpressionPtr present =
      field->optional ? look_up(checker_, "data.has", place, checker_.simple(Kind::boolean), span)
                      : nullptr;
  return at_place(std::move(place), field->type, present, span);
}

Typed Expressions::data_index(const Typed& map, const ast::Index& index, Span span) {
  if (map.present != nullptr && !known_present(map.present)) {
    std::string_view text = checker_.text(index.object->span);
    checker_.report(index.object->span, diagnostics::maybe_absent, text)
        .help("guard it with `has {} and …`", text);
    return poison();
  }
  ExpressionPtr key = plain(index.key);
  if (key == nullptr) return poison();
  if (!key->type->is(Kind::string) && !key->type->is(Kind::enumeration)) {
    checker_.report(index.key->span, diagnostics::type_mismatch, "string", key->type->name);
    return poison();
  }
  DataPlace place = *map.data;
  place.path += place.path.empty() ? "*" : ".*";
  place.keys.push_back(as_text(checker_, key));
  ExpressionPtr present =
      look_up(checker_, "data.has", place, checker_.simple(Kind::boolean), span);
  return at_place(std::move(place), map.type->element, present, span);
}

}  // namespace aipol::check
