// The syntax of aipol (docs/language.md). Tokens come from compiler/parse/scanner.h, which also settles what needs
// more than one token to see: a word after `.` or before `:` is an ID, `not in` is one token, `80%` is a number.
//
// Every decision is LL(1), which ANTLR turns into plain switches, but for two loops: in that of `expression` the
// innermost expression takes the operator (`if c then a else b + 1`), in that of `partValue` `like` is an operator
// where it stands behind a value. Precedence is the builder's (compiler/parse/build_operators.cpp), so that an operand
// costs one context and not one for each level.
//
// Parts are labelled, because the builder reads labels: no parse tree is kept. Operators have no label: they stand in
// the token list before and between the operands.
parser grammar AipolParser;

tokens {
  // Every name that is no keyword; literals (NUMBER: all that begin with a digit or `$`).
  ID, NUMBER, STRING, FORMAT, FORMAT_HEAD, FORMAT_MIDDLE, FORMAT_TAIL,

  // Reserved words.
  AND, OR, NOT, IN, MATCHES, LIKE, IF, THEN, ELSE, HAS, ANY, ALL, COUNT, WHEN, WHERE, TRUE, FALSE, NOT_IN,

  // Words that are keywords only where a declaration, statement or clause can begin; see keywordName.
  AFTER, ALWAYS, AS, AT, BY, CLASSIFIER, CONST, DATA, DETECTOR, ENDPOINT, ENUM, EXPECT, EXTEND, FN, FOR, FROM, GATEWAY,
  GIVEN, GRANT, GROUP, IDENTITY, INVARIANT, LET, METER, MODEL, NATIVE, NEVER, OBJECT, ON, OPEN, PACKAGE, POLICY, POOL,
  PROMPT, PROVIDER, RECORD, REPLY, SEND, SINK, TEST, USE,

  // The words of plan/effects.def: what a statement does, and what stands between its values. The scanner gives these
  // types only where a statement or a clause can begin; elsewhere the same words are IDs.
  EFFECT, CLAUSE,

  LBRACE, RBRACE, LPAREN, RPAREN, LBRACKET, RBRACKET, COMMA, COLON, DOT, DOTDOT, DOTDOT_EQ, QUESTION, COALESCE, ARROW,
  AT_SIGN, ASSIGN, EQ, NE, LT, LE, GT, GE, PLUS, MINUS, STAR, SLASH, PERCENT
}

@parser::members {
  // What recursive rules open: thrown out of the parser where the text nests too deep for the stack.
  struct TooDeep { antlr4::Token *token; };
  static constexpr size_t maxNesting = 128;
  size_t nesting = 0;

  struct Nesting {
    explicit Nesting(AipolParser *parser) : parser(parser) {
      if (parser->nesting >= maxNesting) throw TooDeep{parser->getCurrentToken()};
      ++parser->nesting;
    }
    ~Nesting() { --parser->nesting; }
    AipolParser *parser;
  };
}

// ---- names

name : ID | keywordName | EFFECT | CLAUSE ;

keywordName
  : AFTER | ALWAYS | AS | AT | BY | CLASSIFIER | CONST | DATA | DETECTOR | ENDPOINT | ENUM | EXPECT | EXTEND | FN | FOR
  | FROM | GATEWAY | GIVEN | GRANT | GROUP | IDENTITY | INVARIANT | LET | METER | MODEL | NATIVE | NEVER | OBJECT | ON
  | OPEN | PACKAGE | POLICY | POOL | PROMPT | PROVIDER | RECORD | REPLY | SEND | SINK | TEST | USE
  ;

path : first=name (DOT rest+=ID)* ;

// ---- declarations

packageClause : PACKAGE named=path ;

declaration
  : use=useDeclaration
  | constant=constDeclaration
  | enumeration=enumDeclaration
  | structure=recordDeclaration
  | native=nativeDeclaration
  | extend=extendDeclaration
  | function=functionDeclaration
  | block=blockDeclaration
  | meter=meterDeclaration
  | detector=detectorDeclaration
  | list=listDeclaration
  | grant=grantDeclaration
  | prompt=promptDeclaration
  | data=dataDeclaration
  | invariant=invariantDeclaration
  | policy=policyDeclaration
  | test=testDeclaration
  ;

useDeclaration : USE named=path (AS alias=name)? ;

constDeclaration : CONST declared=name (COLON type=typeName)? ASSIGN value=expression ;

enumDeclaration : ENUM declared=name LBRACE (members+=enumMember (COMMA members+=enumMember)*)? RBRACE ;
enumMember : word=name | quoted=STRING ;

recordDeclaration : RECORD declared=name fields=fieldList ;

extendDeclaration : EXTEND declared=name fields=fieldList ;

fieldList : LBRACE (fields+=fieldDeclaration COMMA?)* RBRACE ;
fieldDeclaration
  : declared=ID optional=QUESTION? COLON type=typeName (ASSIGN fallback=expression)? (AT phase=name)?
  ;

functionDeclaration : FN declared=name parameters=parameterList ARROW result=typeName ASSIGN body=expression ;
parameterList : LPAREN (items+=parameter (COMMA items+=parameter)*)? RPAREN ;
parameter : declared=ID COLON type=typeName ;

nativeDeclaration
  : NATIVE ( open=OPEN? enumeration=enumDeclaration
           | structure=recordDeclaration
           | object=objectDeclaration
           | function=nativeFunction )
  ;
objectDeclaration : OBJECT declared=name AT phase=name fields=fieldList ;
nativeFunction
  : FN declared=name (LT types+=name (COMMA types+=name)* GT)? parameters=parameterList ARROW result=typeName
    ASSIGN symbol=STRING
  ;

typeName
@init { Nesting nested(this); }
  : first=name (DOT member=ID)? (LT arguments+=typeName (COMMA arguments+=typeName)* GT)? optional=QUESTION?
  ;

blockDeclaration
  : keyword=IDENTITY declared=name COLON variant=name settings=record
  | keyword=PROVIDER declared=name settings=record
  | keyword=MODEL label=STRING settings=record
  | keyword=ENDPOINT label=STRING settings=record
  | keyword=SINK declared=name settings=record
  | keyword=CLASSIFIER declared=name settings=record
  | keyword=GATEWAY settings=record
  ;

meterDeclaration : METER declared=name ASSIGN parts+=part+ ;

detectorDeclaration : DETECTOR declared=name LBRACE entries+=detectorEntry* RBRACE ;
detectorEntry : key=(ID | CLAUSE) value=partValue ;

// `group pii = […]`, `pool fast = […]`
listDeclaration : keyword=(GROUP | POOL) declared=name ASSIGN members=listLiteral ;

grantDeclaration : keyword=GRANT parts+=part+ ;

promptDeclaration : PROMPT declared=name version=name? parameters=parameterList settings=record ;

dataDeclaration : DATA declared=name FROM file=STRING COLON type=typeName ;

invariantDeclaration : INVARIANT declared=name LBRACE rules+=invariantRule* RBRACE ;
invariantRule : kind=(NEVER | ALWAYS) effect=EFFECT (WHEN condition=expression)? ;

// ---- policies

policyDeclaration
  : annotations+=annotation* keyword=POLICY declared=name title=STRING?
    LBRACE scopes+=scope* statements+=statement* RBRACE
  ;

annotation : AT_SIGN declared=name (LPAREN (arguments+=expression (COMMA arguments+=expression)*)? RPAREN)? ;

scope
  : ON methods+=name* globs+=STRING (COMMA globs+=STRING)*
  | WHEN condition=expression
  ;

statement : effect=EFFECT parts+=part* (WHEN condition=expression)? ;

// What stands behind the word of an effect, in the order written: words and values. compiler/check/clauses.h knows
// which of them belong there.
part
  : word=(CLAUSE | AFTER | BY | FOR | ON | WHERE | ELSE | LIKE | ASSIGN)
  | values+=partValue (COMMA values+=partValue)*
  ;

// An expression that does not begin with a keyword.
partValue
  : first=startOperand
    ( ( OR | AND | EQ | NE | LT | LE | GT | GE | IN | NOT_IN | MATCHES | LIKE | DOTDOT | DOTDOT_EQ | COALESCE
                 | PLUS | MINUS | STAR | SLASH | PERCENT )
      operands+=operand )*
  ;

startOperand
  : (NOT | MINUS | HAS)* ( choice=conditional | loop=quantified | number=NUMBER | list=listLiteral methods+=method*
                         | primaryValue=startPrimary postfixes+=postfix* )
  ;

startPrimary
  : literal=(ID | STRING | TRUE | FALSE)
  | format=formatString
  | nested=parenthesized
  ;

// A list that stands behind a list is the next value: `redact [request, response] [pii.email, card]`.
method : DOT member=ID (call=LPAREN (arguments+=expression (COMMA arguments+=expression)*)? RPAREN)? ;

// ---- tests

testDeclaration
  : TEST title=STRING (FOR columns+=name (COMMA columns+=name)* IN rows=expression)? LBRACE steps+=testStep* RBRACE
  ;

testStep
  : LET declared=name ASSIGN value=expression
  | AT time=expression
  | AFTER time=expression
  | GIVEN world=given
  | SEND call=record (REPLY answer=record)?
  | EXPECT expected=expectation
  ;

given
  : data=DATA declared=name ASSIGN value=expression
  | target=ID model=expression state=record
  ;

// `allow` and `deny` are names elsewhere, so that a table's column can hold them; here they are the decision.
expectation
  : effect=EFFECT (status=NUMBER | statusName=ID | model=STRING)? (BY policy=name)?
  | condition=expression
  ;

// ---- expressions

expression
@init { Nesting nested(this); }
  : operands+=operand
    ( ( OR | AND | EQ | NE | LT | LE | GT | GE | IN | NOT_IN | MATCHES | LIKE | DOTDOT | DOTDOT_EQ | COALESCE
                 | PLUS | MINUS | STAR | SLASH | PERCENT | ASSIGN )
      operands+=operand )*
  ;

operand : (NOT | MINUS | HAS)* (choice=conditional | loop=quantified | value=primary postfixes+=postfix*) ;

conditional : IF condition=expression THEN then=expression ELSE otherwise=expression ;

quantified : kind=(ANY | ALL | COUNT) variable=name IN list=expression COLON body=expression ;

primary
  : literal=(ID | NUMBER | STRING | TRUE | FALSE)
  | word=keywordName
  | format=formatString
  | nested=parenthesized
  | list=listLiteral
  | fields=record
  ;

postfix
  : DOT member=ID
  | LBRACKET key=expression RBRACKET
  | call=LPAREN (arguments+=expression (COMMA arguments+=expression)*)? RPAREN
  ;

formatString
  : texts+=FORMAT
  | texts+=FORMAT_HEAD holes+=expression (texts+=FORMAT_MIDDLE holes+=expression)* texts+=FORMAT_TAIL
  ;

// One item without a comma is grouping, otherwise a tuple.
parenthesized : LPAREN items+=expression (COMMA items+=expression)* RPAREN ;

listLiteral : LBRACKET (items+=listItem (COMMA items+=listItem)*)? RBRACKET ;
listItem : item=expression (word=CLAUSE weight=expression)? ;

record : LBRACE (entries+=recordEntry (COMMA entries+=recordEntry)*)? RBRACE ;
recordEntry : key=(ID | STRING) COLON value=expression ;
