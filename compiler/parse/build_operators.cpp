// Precedence, loosest first: or, and, not, comparisons, ranges, `??`, sums, products, minus and
// has. Comparisons and ranges do not chain; `??` groups to the right, all else to the left.
#include <array>
#include <limits>

#include "compiler/parse/builder.h"
#include "compiler/parse/parse.h"

namespace aipol::parse {

using ast::BinaryOperator;
using ast::ExpressionPtr;

namespace {

enum Power : int {
  loosest,
  disjunction,
  conjunction,
  negation,
  comparison,
  range,
  alternative,
  sum,
  product,
  tightest
};

struct Operator {
  Power power = loosest;
  BinaryOperator op = BinaryOperator::logical_or;
};

constexpr auto operators = [] {
  using Parser = grammar::AipolParser;
  std::array<Operator, 128> table{};
  table[Parser::OR] = {disjunction, BinaryOperator::logical_or};
  table[Parser::AND] = {conjunction, BinaryOperator::logical_and};
  table[Parser::EQ] = {comparison, BinaryOperator::equal};
  table[Parser::ASSIGN] = {comparison, BinaryOperator::equal};  // reported
  table[Parser::NE] = {comparison, BinaryOperator::not_equal};
  table[Parser::LT] = {comparison, BinaryOperator::less};
  table[Parser::LE] = {comparison, BinaryOperator::less_equal};
  table[Parser::GT] = {comparison, BinaryOperator::greater};
  table[Parser::GE] = {comparison, BinaryOperator::greater_equal};
  table[Parser::IN] = {comparison, BinaryOperator::in};
  table[Parser::NOT_IN] = {comparison, BinaryOperator::not_in};
  table[Parser::MATCHES] = {comparison, BinaryOperator::matches};
  table[Parser::LIKE] = {comparison, BinaryOperator::like};
  table[Parser::DOTDOT] = {range, {}};
  table[Parser::DOTDOT_EQ] = {range, {}};
  table[Parser::COALESCE] = {alternative, BinaryOperator::coalesce};
  table[Parser::PLUS] = {sum, BinaryOperator::add};
  table[Parser::MINUS] = {sum, BinaryOperator::subtract};
  table[Parser::STAR] = {product, BinaryOperator::multiply};
  table[Parser::SLASH] = {product, BinaryOperator::divide};
  table[Parser::PERCENT] = {product, BinaryOperator::remainder};
  return table;
}();

Power power_of(const Lexeme& sign) {
  return sign.type < operators.size() ? operators[sign.type].power : loosest;
}

// Longer chains of `and` or `or` become balanced trees: the order is kept, and it means the same.
constexpr size_t longest_leaning = 64;

}  // namespace

// The operands of one expression and, between them, its operators; `prefixes` stand before the next
// operand.
struct Builder::Chain {
  const std::vector<Lexeme>& tokens;
  std::vector<antlr4::ParserRuleContext*> operands;
  size_t next = 0;    // operand
  size_t prefix = 0;  // token: the next prefix operator, or the operand itself

  const Lexeme& sign_before(size_t operand) const {
    return tokens[operands[operand]->getStart()->getTokenIndex() - 1];
  }
  const Lexeme* sign() const { return next < operands.size() ? &sign_before(next) : nullptr; }

  // At least the height that the tree will have above its operands.
  size_t height() const {
    size_t longest = 0, run = 0;
    for (size_t i = 1; i < operands.size(); ++i) {
      run = power_of(sign_before(i)) > negation ? run + 1 : 0;
      longest = std::max(longest, run);
    }
    return 1 + longest + 2 * std::min(operands.size() - 1, longest_leaning);
  }

  bool has_prefix() const {
    size_t type = tokens[prefix].type;
    return type == Parser::NOT || type == Parser::MINUS || type == Parser::HAS;
  }
  void enter() { prefix = operands[next]->getStart()->getTokenIndex(); }
};

ExpressionPtr Builder::expression(Parser::ExpressionContext* context) {
  if (broken(context)) return invalid(span(context));
  return tree_of({lexemes_.tokens, {context->operands.begin(), context->operands.end()}},
                 span(context));
}

ExpressionPtr Builder::value(Parser::PartValueContext* context) {
  if (broken(context)) return invalid(span(context));
  Chain chain{lexemes_.tokens, {context->first}};
  chain.operands.insert(chain.operands.end(), context->operands.begin(), context->operands.end());
  return tree_of(std::move(chain), span(context));
}

ExpressionPtr Builder::tree_of(Chain chain, source::Span place) {
  size_t height = chain.height();
  if (too_high(height, place)) return invalid(place);
  Height below(height_, height);
  chain.enter();
  return climb(chain, disjunction);
}

// The part of the chain whose operators bind at least as tight as `power`.
ExpressionPtr Builder::climb(Chain& chain, int power) {
  ExpressionPtr left = prefixed(chain, power);
  while (const Lexeme* sign = chain.sign()) {
    Power own = power_of(*sign);
    if (own < power) break;
    if (own <= conjunction) {
      left = logical(chain, left, own);
      continue;
    }
    chain.enter();
    left = binary(*sign, left, climb(chain, own == alternative ? own : own + 1));
    const Lexeme* second = chain.sign();
    if (second != nullptr && (own == comparison || own == range) && power_of(*second) == own) {
      comparison_chain(*sign, left, *second);
      left = invalid(left->span);
    }
  }
  return left;
}

ExpressionPtr Builder::logical(Chain& chain, ExpressionPtr first, int power) {
  std::vector<ExpressionPtr> parts{first};
  std::vector<const Lexeme*> signs;
  while (chain.sign() != nullptr && power_of(*chain.sign()) == power) {
    signs.push_back(chain.sign());
    chain.enter();
    parts.push_back(climb(chain, power + 1));
  }
  bool lean = parts.size() <= longest_leaning;
  auto joined = [&](auto& self, size_t begin, size_t end) -> ExpressionPtr {
    if (end - begin == 1) return parts[begin];
    size_t middle = lean ? end - 1 : begin + (end - begin) / 2;
    ExpressionPtr left = self(self, begin, middle);
    return binary(*signs[middle - 1], left, self(self, middle, end));
  };
  return joined(joined, 0, parts.size());
}

namespace {

// The one integer that is too large for its literal without the sign.
bool is_least(std::string_view digits) {
  constexpr std::string_view least = "9223372036854775808";
  if (digits.contains("__") || digits.ends_with('_')) return false;
  size_t at = 0;
  for (char c : digits) {
    if (c == '_') continue;
    if (at == least.size() || c != least[at++]) return false;
  }
  return at == least.size();
}

}  // namespace

// An operand with what stands before it. `not` reaches over a comparison, the others over the
// operand alone.
ExpressionPtr Builder::prefixed(Chain& chain, int power) {
  if (!chain.has_prefix()) return operand(chain.operands[chain.next++]);
  const Lexeme& sign = chain.tokens[chain.prefix++];
  if (sign.type == Parser::NOT && power > negation) {
    diagnostics_.report(span(&sign), diagnostics::syntax_error, "an operand", "`not`")
        .help("put `not …` in parentheses");
  }
  const Lexeme& second = chain.tokens[chain.prefix];
  bool alone = span(&second).end == span(chain.operands[chain.next]).end;
  if (sign.type == Parser::MINUS && alone && is_least(text(span(&second)))) {
    source::Span whole = span(&sign).to(span(chain.operands[chain.next++]));
    return make(ast::IntLiteral{std::numeric_limits<int64_t>::min()}, whole);
  }
  bool has_nothing = sign.type == Parser::HAS && chain.has_prefix();
  if (has_nothing) {
    diagnostics_.report(span(&second), diagnostics::syntax_error, "a field after `has`",
                        fmt::format("`{}`", text(span(&second))));
  }
  if (has_nothing || too_high(1, span(&sign))) {
    while (chain.has_prefix()) ++chain.prefix;
    return invalid(operand(chain.operands[chain.next++])->span);
  }
  Height below(height_, 1);
  return unary(sign, climb(chain, sign.type == Parser::NOT ? negation : tightest));
}

// The rest of the chain goes on from the comparison, so that this is the one error.
void Builder::comparison_chain(const Lexeme& sign, ExpressionPtr left, const Lexeme& second) {
  if (power_of(sign) == range) {
    diagnostics_.report(span(&second), diagnostics::syntax_error, "the end of the range",
                        fmt::format("`{}`", text(span(&second))));
    return;
  }
  diagnostics_.report(span(&second), diagnostics::comparison_chain)
      .label(left->span, "this is true or false already")
      .help("compare in two steps: `a < b and b < c`");
}

ExpressionPtr Builder::binary(const Lexeme& sign, ExpressionPtr left, ExpressionPtr right) {
  source::Span whole = left->span.to(right->span);
  if (sign.type == Parser::DOTDOT || sign.type == Parser::DOTDOT_EQ) {
    return make(ast::Range{left, right, sign.type == Parser::DOTDOT_EQ}, whole);
  }
  if (sign.type == Parser::ASSIGN) {
    diagnostics_.report(span(&sign), diagnostics::syntax_error, "an operator", "`=`")
        .help("write `==` to compare")
        .fix(span(&sign), "==");
  }
  return make(ast::Binary{operators[sign.type].op, span(&sign), left, right}, whole);
}

ExpressionPtr Builder::unary(const Lexeme& sign, ExpressionPtr operand) {
  auto op = ast::UnaryOperator::logical_not;
  if (sign.type == Parser::MINUS) op = ast::UnaryOperator::negate;
  if (sign.type == Parser::HAS) op = ast::UnaryOperator::has;
  return make(ast::Unary{op, span(&sign), operand}, span(&sign).to(operand->span));
}

ExpressionPtr Builder::operand(antlr4::ParserRuleContext* context) {
  if (auto* first = dynamic_cast<Parser::StartOperandContext*>(context))
    return start_operand(first);
  return operand(static_cast<Parser::OperandContext*>(context));
}

ExpressionPtr Builder::start_operand(Parser::StartOperandContext* context) {
  if (broken(context)) return invalid(span(context));
  if (context->choice != nullptr) return conditional(context->choice);
  if (context->loop != nullptr) return quantified(context->loop);
  if (context->number != nullptr) return number(context->number);
  size_t more = context->postfixes.size() + 2 * context->methods.size();
  if (too_high(more, span(context))) return invalid(span(context));
  Height below(height_, more);
  if (context->list != nullptr)
    return with_methods(make(list(context->list), span(context->list)), context->methods);
  return with_postfixes(start_primary(context->primaryValue), context->postfixes);
}

// Without its prefixes.
ExpressionPtr Builder::operand(Parser::OperandContext* context) {
  if (broken(context)) return invalid(span(context));
  if (context->choice != nullptr) return conditional(context->choice);
  if (context->loop != nullptr) return quantified(context->loop);
  if (context->postfixes.empty()) return primary(context->value);
  size_t more = context->postfixes.size();
  if (too_high(more, span(context))) return invalid(span(context));
  Height below(height_, more);
  return with_postfixes(primary(context->value), context->postfixes);
}

}  // namespace aipol::parse
