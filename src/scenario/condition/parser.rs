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
    /// All of it.
    pub part: Part<'a>,
    pub form: Form<'a>,
}

#[derive(Debug)]
pub(super) enum Form<'a> {
    Any(Vec<Expr<'a>>),
    All(Vec<Expr<'a>>),
    Not(Box<Expr<'a>>),
    Compare(Box<Expr<'a>>, Comparison, Box<Expr<'a>>),
    /// Terms; `true` is subtracted.
    Sum(Vec<(bool, Expr<'a>)>),
    /// Factors; by `true` is divided.
    Product(Vec<(bool, Expr<'a>)>),
    Negative(Box<Expr<'a>>),
    Word,
    Number,
    Literal,
}

/// A part, and in a few words the mistake in it.
pub(super) type Wrong<'a> = (Part<'a>, &'static str);

/// Reads all of `tokens`, the words of `whole`.
pub(super) fn parse<'a>(whole: Part<'a>, tokens: &[Token<'a>]) -> Result<Expr<'a>, Wrong<'a>> {
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

    fn any(&mut self) -> Result<Expr<'a>, Wrong<'a>> {
        let start = self.at;
        let mut list = vec![self.all()?];
        while self.eat("or") {
            list.push(self.all()?);
        }
        Ok(if list.len() == 1 { list.remove(0) } else { self.expr(start, Form::Any(list)) })
    }

    fn all(&mut self) -> Result<Expr<'a>, Wrong<'a>> {
        let start = self.at;
        let mut list = vec![self.not()?];
        while self.eat("and") {
            list.push(self.not()?);
        }
        Ok(if list.len() == 1 { list.remove(0) } else { self.expr(start, Form::All(list)) })
    }

    fn not(&mut self) -> Result<Expr<'a>, Wrong<'a>> {
        let start = self.at;
        if !self.eat("not") {
            return self.comparison();
        }
        let inner = self.deeper(Self::not)?;
        Ok(self.expr(start, Form::Not(Box::new(inner))))
    }

    fn comparison(&mut self) -> Result<Expr<'a>, Wrong<'a>> {
        let start = self.at;
        let left = self.sum()?;
        let found = self.peek().and_then(|token| COMPARISONS.iter().find(|(sign, _)| token.is(sign)));
        let Some((_, comparison)) = found else { return Ok(left) };
        self.at += 1;
        let right = self.sum()?;
        Ok(self.expr(start, Form::Compare(Box::new(left), *comparison, Box::new(right))))
    }

    fn sum(&mut self) -> Result<Expr<'a>, Wrong<'a>> {
        self.chain("+", "-", Self::product, Form::Sum)
    }

    fn product(&mut self) -> Result<Expr<'a>, Wrong<'a>> {
        self.chain("*", "/", Self::sign, Form::Product)
    }

    /// Operands joined by either sign; those behind the second are marked.
    fn chain(
        &mut self,
        plain: &str,
        marked: &str,
        operand: fn(&mut Self) -> Result<Expr<'a>, Wrong<'a>>,
        form: fn(Vec<(bool, Expr<'a>)>) -> Form<'a>,
    ) -> Result<Expr<'a>, Wrong<'a>> {
        let start = self.at;
        let mut list = vec![(false, operand(self)?)];
        loop {
            let is_marked = self.peek().is_some_and(|token| token.is(marked));
            if !is_marked && !self.peek().is_some_and(|token| token.is(plain)) {
                break;
            }
            self.at += 1;
            list.push((is_marked, operand(self)?));
        }
        Ok(if list.len() == 1 { list.remove(0).1 } else { self.expr(start, form(list)) })
    }

    fn sign(&mut self) -> Result<Expr<'a>, Wrong<'a>> {
        let start = self.at;
        if !self.eat("-") {
            return self.atom();
        }
        let inner = self.deeper(Self::sign)?;
        Ok(self.expr(start, Form::Negative(Box::new(inner))))
    }

    fn atom(&mut self) -> Result<Expr<'a>, Wrong<'a>> {
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
            TokenKind::Number => Form::Number,
            TokenKind::Literal => Form::Literal,
            TokenKind::Sign => return Err((token.part, "a key or a value is missing before this")),
        };
        self.at += 1;
        Ok(Expr { part: token.part, form })
    }

    fn deeper(&mut self, inner: fn(&mut Self) -> Result<Expr<'a>, Wrong<'a>>) -> Result<Expr<'a>, Wrong<'a>> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err((self.peek().map_or(self.whole, |token| token.part), "nested too deeply"));
        }
        let expr = inner(self);
        self.depth -= 1;
        expr
    }
}
