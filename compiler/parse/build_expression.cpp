#include "compiler/parse/builder.h"
#include "compiler/parse/parse.h"

namespace aipol::parse {

using ast::ExpressionPtr;

bool Builder::too_high(size_t more, source::Span place) {
  if (height_ + more <= static_cast<size_t>(max_expression_height)) return false;
  diagnostics_.report(place, diagnostics::nested_too_deep, max_expression_height)
      .help("a list with `in`, or a `const` for a part of it, says the same in fewer levels");
  return true;
}

std::vector<ExpressionPtr> Builder::expressions(
    const std::vector<Parser::ExpressionContext*>& contexts) {
  std::vector<ExpressionPtr> result;
  result.reserve(contexts.size());
  for (Parser::ExpressionContext* context : contexts) result.push_back(expression(context));
  return result;
}

ExpressionPtr Builder::primary(Parser::PrimaryContext* context) {
  if (broken(context)) return invalid(span(context));
  if (context->literal != nullptr) return literal(context->literal);
  if (context->word != nullptr) return make(ast::Name{text(span(context))}, span(context));
  if (context->format != nullptr) return format(context->format);
  if (context->nested != nullptr) return parenthesized(context->nested);
  if (context->list != nullptr) return make(list(context->list), span(context));
  return make(record(context->fields), span(context));
}

ExpressionPtr Builder::start_primary(Parser::StartPrimaryContext* context) {
  if (broken(context)) return invalid(span(context));
  if (context->literal != nullptr) return literal(context->literal);
  if (context->format != nullptr) return format(context->format);
  return parenthesized(context->nested);
}

ast::List Builder::list(Parser::ListLiteralContext* context) {
  ast::List result;
  if (broken(context)) return result;
  result.items.reserve(context->items.size());
  for (Parser::ListItemContext* item : context->items) {
    ExpressionPtr value = expression(broken(item) ? nullptr : item->item);
    if (item->word != nullptr) {
      value =
          make(ast::Weighted{value, identifier(item->word), expression(item->weight)}, span(item));
    }
    result.items.push_back(value);
  }
  return result;
}

ExpressionPtr Builder::with_postfixes(ExpressionPtr object,
                                      const std::vector<Parser::PostfixContext*>& postfixes) {
  for (Parser::PostfixContext* postfix : postfixes) {
    source::Span whole = object->span.to(span(postfix));
    if (postfix->member != nullptr) {
      object = make(ast::Field{object, identifier(postfix->member)}, whole);
    } else if (postfix->key != nullptr) {
      object = make(ast::Index{object, expression(postfix->key)}, whole);
    } else {
      bool callable = std::holds_alternative<ast::Name>(object->node) ||
                      std::holds_alternative<ast::Field>(object->node);
      if (!callable && !std::holds_alternative<ast::Invalid>(object->node)) {
        diagnostics_.report(span(postfix->call), diagnostics::syntax_error, "an operator", "`(`")
            .label(object->span, "only a name can be called");
        object = invalid(whole);
      } else {
        object = make(ast::Call{object, expressions(postfix->arguments)}, whole);
      }
    }
  }
  return object;
}

ExpressionPtr Builder::with_methods(ExpressionPtr object,
                                    const std::vector<Parser::MethodContext*>& methods) {
  for (Parser::MethodContext* method : methods) {
    if (broken(method)) return invalid(object->span.to(span(method)));
    source::Span whole = object->span.to(span(method));
    ast::Identifier name = identifier(method->member);
    object = make(ast::Field{object, name}, object->span.to(name.span));
    if (method->call != nullptr)
      object = make(ast::Call{object, expressions(method->arguments)}, whole);
  }
  return object;
}

ExpressionPtr Builder::conditional(Parser::ConditionalContext* context) {
  return make(ast::Conditional{expression(context->condition), expression(context->then),
                               expression(context->otherwise)},
              span(context));
}

ExpressionPtr Builder::quantified(Parser::QuantifiedContext* context) {
  auto quantifier = ast::Quantifier::count;
  if (context->kind->getType() == Parser::ANY) quantifier = ast::Quantifier::any;
  if (context->kind->getType() == Parser::ALL) quantifier = ast::Quantifier::all;
  return make(ast::Quantified{quantifier, identifier(context->variable), expression(context->list),
                              expression(context->body)},
              span(context));
}

// Parentheses are seen in the span alone, which is widened in place: a copy of the node could be
// large.
ExpressionPtr Builder::parenthesized(Parser::ParenthesizedContext* context) {
  if (context->items.size() > 1)
    return make(ast::Tuple{expressions(context->items)}, span(context));
  ExpressionPtr inside = expression(context->items.empty() ? nullptr : context->items[0]);
  const_cast<ast::Expression*>(inside)->span = span(context);
  return inside;
}

ExpressionPtr Builder::format(Parser::FormatStringContext* context) {
  if (broken(context)) return invalid(span(context));
  ast::FormatString result;
  for (const antlr4::Token* token : context->texts) {
    if (lexeme(token).damaged) return invalid(span(context));
    source::Span place = span(token);
    bool first = token->getType() == Parser::FORMAT || token->getType() == Parser::FORMAT_HEAD;
    uint32_t opened = first ? 2 : 1;
    std::string_view inside = text(place).substr(opened, place.end - place.begin - opened - 1);
    result.texts.push_back(unescaped(inside, place.begin + opened, true));
  }
  result.holes = expressions(context->holes);
  return make(std::move(result), span(context));
}

ast::Record Builder::record(Parser::RecordContext* context) {
  ast::Record result;
  if (context == nullptr) return result;
  result.entries.reserve(context->entries.size());
  for (Parser::RecordEntryContext* entry : context->entries) {
    if (entry->key == nullptr) continue;
    bool quoted = entry->key->getType() == Parser::STRING;
    ast::Identifier key = identifier(entry->key);
    if (quoted) {
      std::string value = text_value(entry->key);
      bool as_written = value.size() + 2 == key.text.size();
      key.text = as_written ? key.text.substr(1, value.size())
                            : *tree_.arena.make<std::string>(std::move(value));
    }
    result.entries.push_back({key, quoted, expression(broken(entry) ? nullptr : entry->value)});
  }
  return result;
}

}  // namespace aipol::parse
