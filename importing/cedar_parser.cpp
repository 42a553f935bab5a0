#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "importing/cedar_lexer.h"

namespace aipol::importing::cedar {

namespace {

using Kind = Expr::Kind;
using Read = Result<Expr>;

// Recursive descent; depth and the number of nodes are bounded. One token is looked ahead.
class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) {}

  Result<std::vector<Policy>> policies() {
    if (auto begun = advance(); !begun) return std::unexpected(begun.error());
    std::vector<Policy> all;
    while (token_.kind != Token::Kind::end) {
      Policy policy;
      if (auto read = this->policy(policy); !read) return std::unexpected(read.error());
      all.push_back(std::move(policy));
    }
    return all;
  }

 private:
  using Done = Result<void>;

  Done advance() {
    Result<Token> next = lexer_.next();
    if (!next) return std::unexpected(next.error());
    token_ = std::move(*next);
    return {};
  }

  bool at(std::string_view sign) const {
    return token_.kind == Token::Kind::sign && token_.text == sign;
  }
  bool at_name(std::string_view name) const {
    return token_.kind == Token::Kind::name && token_.text == name;
  }

  std::unexpected<Error> unexpected(std::string_view wanted) const {
    return error_at(token_.place, fmt::format("{} is expected", wanted));
  }

  Done expect(std::string_view sign) {
    if (!at(sign)) return unexpected(fmt::format("`{}`", sign));
    return advance();
  }

  Done name(std::string& into) {
    if (token_.kind != Token::Kind::name) return unexpected("a name");
    into = token_.text;
    return advance();
  }

  Done text(std::string& into) {
    if (token_.kind != Token::Kind::text) return unexpected("a text");
    into = token_.text;
    return advance();
  }

  // --- policies

  Done policy(Policy& out) {
    out.place = token_.place;
    while (at("@")) {
      std::pair<std::string, std::string> annotation;
      if (Done ok = advance(); !ok) return ok;
      if (Done ok = name(annotation.first); !ok) return ok;
      if (at("(")) {
        if (Done ok = advance(); !ok) return ok;
        if (Done ok = text(annotation.second); !ok) return ok;
        if (Done ok = expect(")"); !ok) return ok;
      }
      out.annotations.push_back(std::move(annotation));
    }
    out.permits = at_name("permit");
    if (!out.permits && !at_name("forbid")) return unexpected("`permit` or `forbid`");
    if (Done ok = advance(); !ok) return ok;
    if (Done ok = head(out); !ok) return ok;
    while (at_name("when") || at_name("unless")) {
      Condition condition;
      condition.is_unless = token_.text == "unless";
      if (Done ok = advance(); !ok) return ok;
      if (Done ok = expect("{"); !ok) return ok;
      Read expr = expression();
      if (!expr) return std::unexpected(expr.error());
      condition.expr = std::move(*expr);
      if (Done ok = expect("}"); !ok) return ok;
      out.conditions.push_back(std::move(condition));
    }
    return expect(";");
  }

  Done head(Policy& out) {
    if (Done ok = expect("("); !ok) return ok;
    if (Done ok = scope("principal", out.principal); !ok) return ok;
    if (Done ok = expect(","); !ok) return ok;
    if (Done ok = scope("action", out.action); !ok) return ok;
    if (Done ok = expect(","); !ok) return ok;
    if (Done ok = scope("resource", out.resource); !ok) return ok;
    if (at(","))
      if (Done ok = advance(); !ok) return ok;
    return expect(")");
  }

  Done scope(std::string_view variable, Scope& out) {
    if (!at_name(variable)) return unexpected(fmt::format("`{}`", variable));
    if (Done ok = advance(); !ok) return ok;
    if (at("==")) {
      out.kind = Scope::Kind::equal;
      if (Done ok = advance(); !ok) return ok;
      return entity_or_slot(variable, out);
    }
    if (at_name("is")) {
      out.kind = Scope::Kind::is;
      if (Done ok = advance(); !ok) return ok;
      if (Done ok = path(out.type); !ok) return ok;
      if (!at_name("in")) return {};
      out.kind = Scope::Kind::is_in;
    } else if (at_name("in")) {
      out.kind = Scope::Kind::within;
    } else {
      return {};
    }
    if (Done ok = advance(); !ok) return ok;
    if (!at("[")) return entity_or_slot(variable, out);
    if (variable != "action") return unexpected("an entity");
    if (Done ok = advance(); !ok) return ok;
    while (!at("]")) {
      if (Done ok = entity_or_slot(variable, out); !ok) return ok;
      if (at(",")) {
        if (Done ok = advance(); !ok) return ok;
      } else if (!at("]")) {
        return unexpected("`,` or `]`");
      }
    }
    return advance();
  }

  Done entity_or_slot(std::string_view variable, Scope& out) {
    if (token_.kind == Token::Kind::slot) {
      if (token_.text != variable || variable == "action") return unexpected("an entity");
      out.has_slot = true;
      return advance();
    }
    Entity entity;
    if (Done ok = name(entity.type); !ok) return ok;
    if (Done ok = rest_of_entity(entity); !ok) return ok;
    out.entities.push_back(std::move(entity));
    return {};
  }

  // Behind the first name of `A::B::"id"`.
  Done rest_of_entity(Entity& entity) {
    for (;;) {
      if (Done ok = expect("::"); !ok) return ok;
      if (token_.kind == Token::Kind::text) return text(entity.id);
      std::string part;
      if (Done ok = name(part); !ok) return ok;
      entity.type += "::" + part;
    }
  }

  Done path(std::string& into) {
    if (Done ok = name(into); !ok) return ok;
    while (at("::")) {
      std::string part;
      if (Done ok = advance(); !ok) return ok;
      if (Done ok = name(part); !ok) return ok;
      into += "::" + part;
    }
    return {};
  }

  // --- expressions

  Expr make(Kind kind, Place place) {
    Expr expr;
    expr.kind = kind;
    expr.place = place;
    ++nodes_;
    return expr;
  }

  template <class... Parts>
  Expr make(Kind kind, Place place, Parts&&... parts) {
    Expr expr = make(kind, place);
    (expr.parts.push_back(std::forward<Parts>(parts)), ...);
    return expr;
  }

  struct Deeper {
    explicit Deeper(size_t& depth) : depth_(++depth) {}
    Deeper(const Deeper&) = delete;
    ~Deeper() { --depth_; }
    size_t& depth_;
  };

  Read expression() {
    Deeper deeper(depth_);
    if (depth_ > max_depth) return error_at(token_.place, "expressions are nested too deeply");
    if (nodes_ > max_nodes) return error_at(token_.place, "there are too many expressions");
    if (!at_name("if")) return either();
    Expr expr = make(Kind::conditional, token_.place);
    for (std::string_view word : {"if", "then", "else"}) {
      if (!at_name(word)) return unexpected(fmt::format("`{}`", word));
      if (Done ok = advance(); !ok) return std::unexpected(ok.error());
      Read part = expression();
      if (!part) return part;
      expr.parts.push_back(std::move(*part));
    }
    return expr;
  }

  // Operands of one operator, as one flat node: long chains are no deep trees.
  Read chain(std::string_view sign, Kind kind, Read (Parser::*operand)()) {
    Place place = token_.place;
    Read first = (this->*operand)();
    if (!first || !at(sign)) return first;
    Expr all = make(kind, place, std::move(*first));
    while (at(sign)) {
      if (Done ok = advance(); !ok) return std::unexpected(ok.error());
      Read next = (this->*operand)();
      if (!next) return next;
      all.parts.push_back(std::move(*next));
      if (++nodes_ > max_nodes) return error_at(token_.place, "there are too many expressions");
    }
    return all;
  }

  Read either() { return chain("||", Kind::either, &Parser::both); }
  Read both() { return chain("&&", Kind::both, &Parser::relation); }

  Read relation() {
    Read left = sum();
    if (!left) return left;
    constexpr std::pair<std::string_view, Kind> operators[] = {
        {"==", Kind::equal},   {"!=", Kind::unequal}, {"<", Kind::less},
        {"<=", Kind::at_most}, {">", Kind::greater},  {">=", Kind::at_least}};
    Place place = token_.place;
    for (auto [sign, kind] : operators) {
      if (!at(sign)) continue;
      return binary(kind, place, std::move(*left));
    }
    if (at_name("in")) return binary(Kind::within, place, std::move(*left));
    if (at_name("has")) return presence(std::move(*left));
    if (at_name("like")) return like(std::move(*left));
    if (at_name("is")) return is(std::move(*left));
    return left;
  }

  Read binary(Kind kind, Place place, Expr left) {
    if (Done ok = advance(); !ok) return std::unexpected(ok.error());
    Read right = sum();
    if (!right) return right;
    return make(kind, place, std::move(left), std::move(*right));
  }

  Read presence(Expr left) {
    Expr expr = make(Kind::presence, token_.place, std::move(left));
    if (Done ok = advance(); !ok) return std::unexpected(ok.error());
    Done read = token_.kind == Token::Kind::text ? text(expr.text) : name(expr.text);
    if (!read) return std::unexpected(read.error());
    // `a has b.c` is `a has b && a.b has c`.
    if (!at(".")) return expr;
    Expr all = make(Kind::both, expr.place, expr);
    Expr object = expr.parts[0];
    while (at(".")) {
      Expr inner = make(Kind::attribute, expr.place, std::move(object));
      inner.text = all.parts.back().text;
      if (Done ok = advance(); !ok) return std::unexpected(ok.error());
      Expr next = make(Kind::presence, expr.place, inner);
      if (Done ok = name(next.text); !ok) return std::unexpected(ok.error());
      object = std::move(inner);
      all.parts.push_back(std::move(next));
      if (all.parts.size() > 16) return error_at(expr.place, "expressions are nested too deeply");
    }
    return all;
  }

  Read like(Expr left) {
    Expr expr = make(Kind::like, token_.place, std::move(left));
    if (Done ok = advance(); !ok) return std::unexpected(ok.error());
    if (token_.kind != Token::Kind::text) return unexpected("a text");
    expr.text = token_.text;
    expr.pattern_stars = token_.stars;
    if (Done ok = advance(); !ok) return std::unexpected(ok.error());
    return expr;
  }

  Read is(Expr left) {
    Expr expr = make(Kind::is, token_.place, std::move(left));
    if (Done ok = advance(); !ok) return std::unexpected(ok.error());
    if (Done ok = path(expr.text); !ok) return std::unexpected(ok.error());
    if (!at_name("in")) return expr;
    expr.kind = Kind::is_in;
    if (Done ok = advance(); !ok) return std::unexpected(ok.error());
    Read right = sum();
    if (!right) return right;
    expr.parts.push_back(std::move(*right));
    return expr;
  }

  Read sum() {
    Read left = product();
    size_t operators = 0;
    while (left && (at("+") || at("-"))) {
      if (++operators > max_chain)
        return error_at(token_.place, "expressions are nested too deeply");
      Kind kind = at("+") ? Kind::plus : Kind::minus;
      Place place = token_.place;
      if (Done ok = advance(); !ok) return std::unexpected(ok.error());
      Read right = product();
      if (!right) return right;
      left = make(kind, place, std::move(*left), std::move(*right));
    }
    return left;
  }

  Read product() { return chain("*", Kind::times, &Parser::unary); }

  Read unary() {
    constexpr size_t most = 4;  // as Cedar has it
    std::vector<std::pair<Kind, Place>> signs;
    while (at("!") || at("-")) {
      if (signs.size() == most) return error_at(token_.place, "there are too many `!` or `-`");
      signs.emplace_back(at("!") ? Kind::negation : Kind::negative, token_.place);
      if (Done ok = advance(); !ok) return std::unexpected(ok.error());
    }
    if (!signs.empty() && signs.back().first == Kind::negative &&
        token_.kind == Token::Kind::number) {
      token_.text = fmt::format("-{}", token_.text);
      signs.pop_back();
    }
    Read expr = member();
    for (; expr && !signs.empty(); signs.pop_back())
      expr = make(signs.back().first, signs.back().second, std::move(*expr));
    return expr;
  }

  Read member() {
    Read expr = primary();
    size_t accesses = 0;
    while (expr && (at(".") || at("["))) {
      if (++accesses > max_chain)
        return error_at(token_.place, "expressions are nested too deeply");
      Expr outer = make(Kind::attribute, token_.place, std::move(*expr));
      bool by_index = at("[");
      if (Done ok = advance(); !ok) return std::unexpected(ok.error());
      Done read = by_index ? text(outer.text) : name(outer.text);
      if (!read) return std::unexpected(read.error());
      if (by_index) {
        if (Done ok = expect("]"); !ok) return std::unexpected(ok.error());
      } else if (at("(")) {
        outer.kind = Kind::call;
        if (Done ok = list(")", outer); !ok) return std::unexpected(ok.error());
      }
      expr = std::move(outer);
    }
    return expr;
  }

  // Expressions up to the sign, behind the one that opens.
  Done list(std::string_view closing, Expr& into) {
    if (Done ok = advance(); !ok) return ok;
    while (!at(closing)) {
      Read item = expression();
      if (!item) return std::unexpected(item.error());
      into.parts.push_back(std::move(*item));
      if (at(",")) {
        if (Done ok = advance(); !ok) return ok;
      } else if (!at(closing)) {
        return unexpected(fmt::format("`,` or `{}`", closing));
      }
    }
    return advance();
  }

  Read primary() {
    Place place = token_.place;
    if (token_.kind == Token::Kind::text) {
      Expr expr = make(Kind::text, place);
      if (Done ok = text(expr.text); !ok) return std::unexpected(ok.error());
      return expr;
    }
    if (token_.kind == Token::Kind::number) return number();
    if (token_.kind == Token::Kind::name) return named();
    if (at("(")) {
      if (Done ok = advance(); !ok) return std::unexpected(ok.error());
      Read expr = expression();
      if (!expr) return expr;
      if (Done ok = expect(")"); !ok) return std::unexpected(ok.error());
      return expr;
    }
    if (at("[")) {
      Expr expr = make(Kind::set, place);
      if (Done ok = list("]", expr); !ok) return std::unexpected(ok.error());
      return expr;
    }
    if (at("{")) return record();
    return unexpected("an expression");
  }

  Read number() {
    Expr expr = make(Kind::number, token_.place);
    const std::string& digits = token_.text;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), expr.number);
    if (error != std::errc() || end != digits.data() + digits.size())
      return error_at(token_.place, "the number does not fit into 64 bits");
    if (Done ok = advance(); !ok) return std::unexpected(ok.error());
    return expr;
  }

  Read record() {
    Expr expr = make(Kind::record, token_.place);
    if (Done ok = advance(); !ok) return std::unexpected(ok.error());
    while (!at("}")) {
      std::string key;
      Done read = token_.kind == Token::Kind::text ? text(key) : name(key);
      if (!read) return std::unexpected(read.error());
      if (Done ok = expect(":"); !ok) return std::unexpected(ok.error());
      Read value = expression();
      if (!value) return value;
      expr.names.push_back(std::move(key));
      expr.parts.push_back(std::move(*value));
      if (at(",")) {
        if (Done ok = advance(); !ok) return std::unexpected(ok.error());
      } else if (!at("}")) {
        return unexpected("`,` or `}`");
      }
    }
    if (Done ok = advance(); !ok) return std::unexpected(ok.error());
    return expr;
  }

  Read named() {
    Place place = token_.place;
    std::string first = token_.text;
    if (Done ok = advance(); !ok) return std::unexpected(ok.error());
    if (first == "true" || first == "false") {
      Expr expr = make(Kind::truth, place);
      expr.truth = first == "true";
      return expr;
    }
    if (at("::")) {
      Expr expr = make(Kind::entity, place);
      expr.entity.type = first;
      if (Done ok = rest_of_entity(expr.entity); !ok) return std::unexpected(ok.error());
      return expr;
    }
    bool is_call = at("(");
    Expr expr = make(is_call ? Kind::call : Kind::variable, place);
    expr.text = first;
    if (is_call) {
      if (Done ok = list(")", expr); !ok) return std::unexpected(ok.error());
      return expr;
    }
    constexpr std::string_view variables[] = {"principal", "action", "resource", "context"};
    if (std::ranges::find(variables, first) == std::end(variables))
      return error_at(place, fmt::format("there is no `{}`", first.substr(0, 40)));
    return expr;
  }

  Lexer lexer_;
  Token token_;
  size_t depth_ = 0, nodes_ = 0;
};

}  // namespace

std::optional<std::string> Policy::annotation(std::string_view name) const {
  for (const auto& [key, value] : annotations)
    if (key == name) return value;
  return std::nullopt;
}

Result<std::vector<Policy>> parse(std::string_view text) {
  if (text.size() > max_text_bytes) return failure("is larger than 4 MiB");
  return Parser(text).policies();
}

}  // namespace aipol::importing::cedar
