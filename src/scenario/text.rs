//! A string of the scenario whose every part knows where it stands in the file.

use std::ops::Range;

use super::diagnostics::{Place, Source};

/// A string with the place of each of its bytes.
#[derive(Debug)]
pub(super) struct Text<'a> {
    content: &'a str,
    at: Place,
    /// Where each byte, and the end, stands in the source; `None` when the source does not spell it out.
    offsets: Option<Vec<usize>>,
}

/// A stretch of a [`Text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    pub text: &'a str,
    start: usize,
}

impl<'a> Text<'a> {
    /// `content` as the TOML string at `at` says it.
    pub fn new(content: &'a str, at: Place, sources: &[Source]) -> Self {
        let written = sources.get(at.source).and_then(|source| source.text.get(at.start..at.end));
        let offsets = written.and_then(|written| offsets(written, content));
        Self { content, at, offsets }
    }

    pub fn all(&self) -> Part<'a> {
        Part { text: self.content, start: 0 }
    }

    /// Where `part` stands; the whole string where that is not known.
    pub fn place(&self, part: Part<'_>) -> Place {
        let Some(offsets) = &self.offsets else { return self.at };
        let offset = |byte: usize| offsets.get(byte).map_or(self.at.end, |offset| self.at.start + offset);
        let end = part.start + part.text.len();
        // What is missing is missing behind the last character.
        let range = if part.text.is_empty() { part.start.saturating_sub(1)..part.start } else { part.start..end };
        Place { start: offset(range.start), end: offset(range.end), ..self.at }
    }
}

impl Part<'_> {
    pub fn slice(self, range: Range<usize>) -> Self {
        Self { text: &self.text[range.clone()], start: self.start + range.start }
    }

    /// The first `at` bytes, and the rest.
    pub fn split_at(self, at: usize) -> (Self, Self) {
        (self.slice(0..at), self.slice(at..self.text.len()))
    }

    pub fn trim(self) -> Self {
        let start = self.text.len() - self.text.trim_start().len();
        self.slice(start..start.max(self.text.trim_end().len()))
    }

    /// From the start of this to the end of `other`, which stands behind it in `whole`.
    pub fn to(self, other: Self, whole: Self) -> Self {
        whole.slice(self.start - whole.start..other.start + other.text.len() - whole.start)
    }

    /// Without the quotes around it, if it has such.
    pub fn unquoted(self) -> Self {
        let quoted = |quote: char| self.text.len() >= 2 && self.text.starts_with(quote) && self.text.ends_with(quote);
        if quoted('"') || quoted('\'') { self.slice(1..self.text.len() - 1) } else { self }
    }

    /// Cut where `cuts` finds a separator (the number of its bytes) outside quotes and brackets.
    pub fn split(self, cuts: impl Fn(&str) -> Option<usize>) -> Vec<Self> {
        let (mut parts, mut begin, mut skip) = (Vec::new(), 0, 0);
        let (mut quote, mut depth) = (None, 0_usize);
        for (at, c) in self.text.char_indices() {
            match (quote, c) {
                _ if at < skip => continue,
                (Some(open), c) => quote = Some(open).filter(|open| *open != c),
                (None, '"' | '\'') => quote = Some(c),
                (None, '(' | '{' | '[') => depth += 1,
                (None, ')' | '}' | ']') => depth = depth.saturating_sub(1),
                (None, _) => {}
            }
            if let Some(length) = cuts(&self.text[at..]).filter(|_| quote.is_none() && depth == 0) {
                parts.push(self.slice(begin..at));
                (begin, skip) = (at + length, at + length);
            }
        }
        parts.push(self.slice(begin..self.text.len()));
        parts
    }
}

/// Where each byte of `content` stands in `written`, a TOML string, and where it ends.
fn offsets(written: &str, content: &str) -> Option<Vec<usize>> {
    // A value of `--set` may go without quotes.
    if written == content {
        return Some((0..=written.len()).collect());
    }
    let opening = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| written.starts_with(quote))?;
    let mut at = opening.len();
    if opening.len() == 3 {
        // A line break directly behind three quotes is not part of the string.
        at += ["\r\n", "\n"].into_iter().find(|newline| written[at..].starts_with(newline)).map_or(0, str::len);
    }
    let mut offsets = Vec::with_capacity(content.len() + 1);
    for c in content.chars() {
        let rest = written.get(at..)?;
        let escaped = opening.starts_with('"') && rest.starts_with('\\');
        let length = if escaped { escape_length(rest)? } else { c.len_utf8() };
        if !escaped && !rest.starts_with(c) {
            return None;
        }
        offsets.extend(std::iter::repeat_n(at, c.len_utf8()));
        at += length;
    }
    offsets.push(at);
    Some(offsets)
}

/// The length of the escape that `text` begins with; `None` for a line break that stands for nothing.
fn escape_length(text: &str) -> Option<usize> {
    match text.as_bytes().get(1)? {
        b'u' => Some(6),
        b'U' => Some(10),
        b'x' => Some(4),
        b'\n' | b'\r' | b' ' | b'\t' => None,
        _ => Some(2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_know_their_places() {
        for (written, content) in [
            ("\"a == \\\"b\\\" c\"", "a == \"b\" c"),
            ("'a == \"b\" c'", "a == \"b\" c"),
            ("\"\"\"\na == \"b\" c\"\"\"", "a == \"b\" c"),
            ("\"a == \\u0022b\\u0022 c\"", "a == \"b\" c"),
            ("a == \"b\" c", "a == \"b\" c"),
        ] {
            let sources = [Source::new("", format!("x{written}y"))];
            let at = Place { source: 0, start: 1, end: 1 + written.len() };
            let text = Text::new(content, at, &sources);
            let place = text.place(text.all().slice(6..7));
            assert_eq!(&sources[0].text[place.start..place.end], "b", "{written}");
            let end = text.place(text.all().slice(content.len()..content.len()));
            assert_eq!(&sources[0].text[end.start..end.end], "c", "{written}");
        }
    }

    #[test]
    fn what_is_not_spelled_out_is_the_whole_string() {
        let sources = [Source::new("", "\"\"\"a \\\n  b\"\"\"")];
        let at = Place { source: 0, start: 0, end: 14 };
        let text = Text::new("a b", at, &sources);
        assert_eq!(text.place(text.all().slice(2..3)), at);
    }

    #[test]
    fn quotes_and_brackets_hold_together() {
        let text = "a(1, 2), \"b, c\", {d = [1, 2]}";
        let sources = [Source::new("", text)];
        let whole = Text::new(text, Place { source: 0, start: 0, end: text.len() }, &sources);
        let parts = whole.all().split(|rest| rest.starts_with(',').then_some(1));
        let texts: Vec<_> = parts.into_iter().map(|part| part.trim().unquoted().text).collect();
        assert_eq!(texts, ["a(1, 2)", "b, c", "{d = [1, 2]}"]);
    }
}
