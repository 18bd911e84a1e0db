//! The words of a condition.

use super::super::text::Part;

/// A word, a value or a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub kind: TokenKind,
    pub part: Part<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A key, a bare value, or one of `and`, `or` and `not`.
    Word,
    /// A number, with or without a unit, or what stands in quotes or brackets.
    Value,
    /// One of [`SIGNS`].
    Sign,
}

/// The longer ones first: `<=` begins with `<`.
const SIGNS: [&str; 12] = ["==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "(", ")"];

impl Token<'_> {
    pub fn is(&self, text: &str) -> bool {
        matches!(self.kind, TokenKind::Word | TokenKind::Sign) && self.part.text == text
    }
}

/// All tokens of `text`, or the rest that begins with none.
pub(super) fn tokens(text: Part<'_>) -> Result<Vec<Token<'_>>, Part<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim();
    while !rest.text.is_empty() {
        let (kind, length) = next(rest.text).ok_or(rest)?;
        let (part, behind) = rest.split_at(length);
        tokens.push(Token { kind, part });
        rest = behind.trim();
    }
    Ok(tokens)
}

fn next(text: &str) -> Option<(TokenKind, usize)> {
    let first = text.chars().next()?;
    match first {
        '"' | '\'' => Some((TokenKind::Value, 2 + text[1..].find(first)?)),
        '{' | '[' => Some((TokenKind::Value, bracketed(text)?)),
        '0'..='9' => Some((TokenKind::Value, number(text))),
        _ if is_word(first) => Some((TokenKind::Word, word(text))),
        _ => SIGNS.iter().find(|sign| text.starts_with(**sign)).map(|sign| (TokenKind::Sign, sign.len())),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn span(text: &str, is_inside: impl Fn(char) -> bool) -> usize {
    text.find(|c: char| !is_inside(c)).unwrap_or(text.len())
}

fn word(text: &str) -> usize {
    const HOLDERS: &str = "f+1";
    // A value of `capability_don.payload_holders`, and no sum: no key is called `f`.
    if text.starts_with(HOLDERS) && !text[HOLDERS.len()..].starts_with(|c: char| is_word(c) || c == '.') {
        return HOLDERS.len();
    }
    span(text, |c| is_word(c) || c == '.')
}

/// Digits, an exponent of ten, a unit, and what that is a second.
fn number(text: &str) -> usize {
    let mut end = span(text, |c| c.is_ascii_digit() || matches!(c, '.' | '_'));
    if let Some(exponent) = text[end..].strip_prefix(['e', 'E']) {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let length = span(digits, |c| c.is_ascii_digit());
        if length > 0 {
            end = text.len() - digits.len() + length;
        }
    }
    let unit = span(&text[end..], |c| is_word(c) || c == '%');
    end += unit;
    let is_rate = unit > 0 && text[end..].starts_with("/s") && !text[end + 2..].starts_with(|c: char| is_word(c));
    if is_rate { end + 2 } else { end }
}

/// The length of the table or array that `text` begins with; `None` when it does not end.
fn bracketed(text: &str) -> Option<usize> {
    let (mut quote, mut depth) = (None, 0_usize);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) => quote = Some(open).filter(|open| *open != c),
            (None, '"' | '\'') => quote = Some(c),
            (None, '{' | '[') => depth += 1,
            (None, '}' | ']') => depth -= 1,
            (None, _) => {}
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::super::diagnostics::{Place, Source};
    use super::super::super::text::Text;
    use super::*;

    fn words(text: &str) -> Result<Vec<String>, String> {
        let sources = [Source::new("", text)];
        let text = Text::new(text, Place { source: 0, start: 0, end: text.len() }, &sources);
        let found = tokens(text.all()).map_err(|rest| rest.text.to_owned())?;
        Ok(found.iter().map(|token| token.part.text.to_owned()).collect())
    }

    #[test]
    fn conditions_fall_into_words() {
        for (text, expected) in [
            ("a.b>=3*c.1.d+1", &["a.b", ">=", "3", "*", "c.1.d", "+", "1"][..]),
            ("x == f+1 and y!=100Mbit/s", &["x", "==", "f+1", "and", "y", "!=", "100Mbit/s"]),
            ("1e-3 / 2e3s/x - 4_0.5ms/sec", &["1e-3", "/", "2e3s", "/", "x", "-", "4_0.5ms", "/", "sec"]),
            ("not(a=='b ) c')", &["not", "(", "a", "==", "'b ) c'", ")"]),
            ("a == { d = \"}\", e = [1] } or 1e == 2", &["a", "==", "{ d = \"}\", e = [1] }", "or", "1e", "==", "2"]),
            ("f+1.5 f+10 f +1", &["f", "+", "1.5", "f", "+", "10", "f", "+", "1"]),
            ("", &[]),
        ] {
            assert_eq!(words(text).unwrap(), expected, "{text}");
        }
        for (text, rest) in [("a = 1", "= 1"), ("a && b", "&& b"), ("a == 'b", "'b"), ("[1", "[1"), ("!a", "!a")] {
            assert_eq!(words(text).unwrap_err(), rest);
        }
    }
}
