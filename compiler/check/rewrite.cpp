#include "compiler/check/rewrite.h"

#include <algorithm>

#include "base/text.h"

namespace aipol::check {

namespace {

std::string_view name_of(ast::ExpressionPtr expression) {
  const auto* name = std::get_if<ast::Name>(&expression->node);
  return name == nullptr ? std::string_view() : name->text;
}

// header["x-a"]: the name in lower case.
std::optional<std::string> header_in(const ast::Index& index) {
  const auto* text = std::get_if<ast::StringLiteral>(&index.key->node);
  if (text == nullptr || text->value.empty()) return std::nullopt;
  auto token = [](char c) {
    constexpr std::string_view signs = "!#$%&'*+-.^_`|~";
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           signs.contains(c);
  };
  if (!std::ranges::all_of(text->value, token)) return std::nullopt;
  return lower_ascii(text->value);
}

std::optional<std::string> path_in(ast::ExpressionPtr expression) {
  if (const auto* index = std::get_if<ast::Index>(&expression->node)) {
    const auto* text = std::get_if<ast::StringLiteral>(&index->key->node);
    if (name_of(index->object) == "body" && text != nullptr && !text->value.empty())
      return "body." + text->value;
    if (name_of(index->object) == "header") {
      auto header = header_in(*index);
      return header ? std::optional("header." + *header) : std::nullopt;
    }
    const auto* of_response = std::get_if<ast::Field>(&index->object->node);
    if (of_response == nullptr || of_response->name.text != "header" ||
        name_of(of_response->object) != "response")
      return std::nullopt;
    auto header = header_in(*index);
    return header ? std::optional("response.header." + *header) : std::nullopt;
  }
  const auto* field = std::get_if<ast::Field>(&expression->node);
  if (field == nullptr) return std::nullopt;
  if (name_of(field->object) == "body") return "body." + std::string(field->name.text);
  std::optional<std::string> outer = path_in(field->object);
  if (!outer || !outer->starts_with("body.")) return std::nullopt;
  return *outer + "." + std::string(field->name.text);
}

// Headers that say how a message is framed or who sent it are the gateway's.
constexpr std::string_view own_headers[] = {"connection",        "content-length", "host",
                                            "transfer-encoding", "upgrade",        "te",
                                            "trailer",           "keep-alive"};

struct Known {
  std::string_view path;
  Kind type;
};
constexpr Known known_fields[] = {{"body.temperature", Kind::real},
                                  {"body.top_p", Kind::real},
                                  {"body.max_tokens", Kind::integer},
                                  {"body.max_completion_tokens", Kind::integer},
                                  {"body.n", Kind::integer},
                                  {"body.seed", Kind::integer},
                                  {"body.presence_penalty", Kind::real},
                                  {"body.frequency_penalty", Kind::real},
                                  {"body.user", Kind::string},
                                  {"body.top_k", Kind::integer}};

}  // namespace

std::optional<Place> check_place(StatementCheck& check) {
  ast::ExpressionPtr given = check.slots.value("field");
  std::optional<std::string> path = path_in(given);
  std::string_view header =
      !path ? std::string_view()
            : std::string_view(*path).substr(
                  path->rfind("header.") == std::string::npos ? 0 : path->rfind("header.") + 7);
  bool own = path && !path->starts_with("body.") &&
             std::ranges::find(own_headers, header) != std::end(own_headers);
  if (!path || own || *path == "body.model") {
    Diagnostic& report = check.checker.report(given->span, diagnostics::bad_rewrite,
                                              check.checker.text(given->span));
    if (own) {
      report.underline("the gateway writes this header itself");
    } else if (path) {
      report.help("choose the model with `route to`");
    } else {
      report.help("write `header[\"x-a\"]`, `body.temperature` or `response.header[\"x-b\"]`");
    }
    check.failed = true;
    return std::nullopt;
  }
  bool of_response = path->starts_with("response.");
  if (!of_response) check.must_be_in(plan::Phase::body, "the request has been forwarded");
  TypePtr string = check.checker.simple(Kind::string);
  check.out.arguments.push_back(
      {"field", {check.checker.build.constant(string, *path, given->span)}});
  Place place{*path, path->starts_with("body.") ? nullptr : string};
  auto known = std::ranges::find(known_fields, *path, &Known::path);
  if (known != std::end(known_fields)) place.type = check.checker.simple(known->type);
  return place;
}

}  // namespace aipol::check
