//! The grammar of conditions, from the loosest to the tightest: `or`, `and`, `not`, comparisons, `+` and `-`, `*` and
//! `/`, a sign, and what stands for itself or in parentheses.

use super::super::text::Part;
use super::lexer::{Token, TokenKind};

/// Deeper than any condition that people write, and shallow enough for every stack.
const MAX_DEPTH: usize = 50;

/// How two sides compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    Below,
    AtMost,
    Above,
    AtLeast,
}

const COMPARISONS: [(&str, Comparison); 6] = [
    ("==", Comparison::Equal),
    ("!=", Comparison::Unequal),
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("<", Comparison::Below),
    (">", Comparison::Above),
];

/// A part of a condition, not yet understood.
#[derive(Debug)]
pub(super) struct Expr<'a> {
    pub part: Part<'a>,
    pub form: Form<'a>,
}

#[derive(Debug)]
pub(super) enum Form<'a> {
    Any(Chain<'a>),
    All(Chain<'a>),
    Not(Box<Expr<'a>>),
    Compare(Box<Expr<'a>>, Comparison, Box<Expr<'a>>),
    Sum(Chain<'a>),
    Product(Chain<'a>),
    Negative(Box<Expr<'a>>),
    Word,
    Value,
}

/// Operands; what stands behind the second sign of a pair is marked: subtracted, or what is divided by.
pub(super) type Chain<'a> = Vec<(bool, Expr<'a>)>;

/// A part, and in a few words the mistake in it.
pub(super) type Wrong<'a> = (Part<'a>, &'static str);

/// What a rule of the grammar finds.
type Found<'a> = Result<Expr<'a>, Wrong<'a>>;

/// Reads all of `tokens`, the words of `whole`.
pub(super) fn parse<'a>(whole: Part<'a>, tokens: &[Token<'a>]) -> Found<'a> {
    let mut parser = Parser { whole, tokens, at: 0, depth: 0 };
    let expr = parser.any()?;
    match parser.peek() {
        None => Ok(expr),
        Some(token) if token.is(")") => Err((token.part, "nothing is open here")),
        Some(token) if is_comparison(token) => Err((token.part, "a second comparison; join two by `and`")),
        Some(token) => Err((token.part, "`and` or `or` is missing before this")),
    }
}

fn is_comparison(token: &Token<'_>) -> bool {
    COMPARISONS.iter().any(|(sign, _)| token.is(sign))
}

struct Parser<'t, 'a> {
    whole: Part<'a>,
    tokens: &'t [Token<'a>],
    at: usize,
    depth: usize,
}

impl<'a> Parser<'_, 'a> {
    fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.at)
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is(text));
        self.at += usize::from(found);
        found
    }

    /// From the token at `start` to the last one that was read.
    fn since(&self, start: usize) -> Part<'a> {
        match (self.tokens.get(start), self.tokens[..self.at].last()) {
            (Some(first), Some(last)) => first.part.to(last.part, self.whole),
            _ => self.whole,
        }
    }

    fn expr(&self, start: usize, form: Form<'a>) -> Expr<'a> {
        Expr { part: self.since(start), form }
    }

    fn any(&mut self) -> Found<'a> {
        self.chain("or", "", Self::all, Form::Any)
    }

    fn all(&mut self) -> Found<'a> {
        self.chain("and", "", Self::not, Form::All)
    }

    fn not(&mut self) -> Found<'a> {
        self.prefix("not", Self::not, Self::comparison, Form::Not)
    }

    fn comparison(&mut self) -> Found<'a> {
        let start = self.at;
        let left = self.sum()?;
        let found = self.peek().and_then(|token| COMPARISONS.iter().find(|(sign, _)| token.is(sign)));
        let Some((_, comparison)) = found else { return Ok(left) };
        self.at += 1;
        let right = self.sum()?;
        Ok(self.expr(start, Form::Compare(Box::new(left), *comparison, Box::new(right))))
    }

    fn sum(&mut self) -> Found<'a> {
        self.chain("+", "-", Self::product, Form::Sum)
    }

    fn product(&mut self) -> Found<'a> {
        self.chain("*", "/", Self::sign, Form::Product)
    }

    fn sign(&mut self) -> Found<'a> {
        self.prefix("-", Self::sign, Self::atom, Form::Negative)
    }

    /// Operands joined by either sign; those behind the second are marked.
    fn chain(
        &mut self,
        plain: &str,
        marked: &str,
        operand: fn(&mut Self) -> Found<'a>,
        form: fn(Chain<'a>) -> Form<'a>,
    ) -> Found<'a> {
        let start = self.at;
        let mut list = vec![(false, operand(self)?)];
        loop {
            let is_marked = self.eat(marked);
            if !is_marked && !self.eat(plain) {
                break;
            }
            list.push((is_marked, operand(self)?));
        }
        Ok(if list.len() == 1 { list.remove(0).1 } else { self.expr(start, form(list)) })
    }

    /// What stands behind `sign`, or without it.
    fn prefix(
        &mut self,
        sign: &str,
        behind: fn(&mut Self) -> Found<'a>,
        without: fn(&mut Self) -> Found<'a>,
        form: fn(Box<Expr<'a>>) -> Form<'a>,
    ) -> Found<'a> {
        let start = self.at;
        if !self.eat(sign) {
            return without(self);
        }
        let inner = self.deeper(behind)?;
        Ok(self.expr(start, form(Box::new(inner))))
    }

    fn atom(&mut self) -> Found<'a> {
        let start = self.at;
        let Some(token) = self.peek().copied() else {
            return Err((self.whole.slice(self.whole.text.len()..self.whole.text.len()), "something is missing here"));
        };
        if self.eat("(") {
            let inner = self.deeper(Self::any)?;
            if !self.eat(")") {
                return Err((token.part, "is not closed"));
            }
            // With its parentheses, so that findings underline them, too.
            return Ok(Expr { part: self.since(start), ..inner });
        }
        let form = match token.kind {
            TokenKind::Word if ["and", "or", "not"].contains(&token.part.text) => {
                return Err((token.part, "a comparison is missing before this"));
            }
            TokenKind::Word => Form::Word,
            TokenKind::Value => Form::Value,
            TokenKind::Sign => return Err((token.part, "a key or a value is missing before this")),
        };
        self.at += 1;
        Ok(Expr { part: token.part, form })
    }

    fn deeper(&mut self, inner: fn(&mut Self) -> Found<'a>) -> Found<'a> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err((self.peek().map_or(self.whole, |token| token.part), "nested too deeply"));
        }
        let expr = inner(self);
        self.depth -= 1;
        expr
    }
}
