//! A scenario's own words on their way to people: on terminals, in tables and pages, in what CI systems read.
//!
//! A value of an axis or the text of an error may be any string. Printed as it is, it could end its line, turn the
//! terminal's colours or the order of its neighbours, or begin with `::error::`, which GitHub takes for a command. So
//! whatever shows such a word to people shows [`escaped`]; CSV and JSON files keep the word itself.

use std::fmt::Write as _;
use std::path::Path;

/// `text` on one line, with nothing in it that is not seen: control characters and those that change the direction of
/// what follows stand as TOML and shells write them, `\n` or `\u202e`. What would make a command of a line that begins with
/// it, or has it, is broken in the same way.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Runners of GitHub cut spaces off before they look for a command, and look for the older form anywhere.
    let command = text.trim_start().starts_with("::").then(|| text.len() - text.trim_start().len());
    for (at, c) in text.char_indices() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || is_invisible(c) || command == Some(at) || text[at..].starts_with("##[") => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// One word of a shell, in quotes. What cannot be printed as it is stands in bash's own form.
pub(crate) fn quoted(text: &str) -> String {
    if escaped(text) == text {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    format!("$'{}'", escaped(&text.replace('\\', r"\\")).replace('\'', r"\'"))
}

/// A path as one word of a shell, in quotes where it needs them.
pub(crate) fn shell_path(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,@%".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) { text } else { quoted(&text) }
}

/// Marks of direction, breaks of lines and paragraphs, the byte order mark, and what no text may have.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        || matches!(c, '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_escapes_its_line() {
        for (text, expected) in [
            ("attested", "attested"),
            ("größer als 1 µs, \\n", "größer als 1 µs, \\n"),
            ("a\r\nb\tc", r"a\r\nb\tc"),
            ("\u{1b}[31mred\u{0}\u{9b}", r"\u001b[31mred\u0000\u009b"),
            ("user\u{202e}nimda\u{2066}\u{200f}", r"user\u202enimda\u2066\u200f"),
            ("a\u{2028}b\u{85}c\u{feff}\u{ffff}", r"a\u2028b\u0085c\ufeff\uffff"),
            ("::error::x", r"\u003a:error::x"),
            (" \u{3000}::stop-commands::x", " \u{3000}\\u003a:stop-commands::x"),
            ("a ::b", "a ::b"),
            ("\n::error::x", r"\n\u003a:error::x"),
            ("a ##[add-mask]b", r"a \u0023#[add-mask]b"),
        ] {
            assert_eq!(escaped(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_path_is_one_word_of_a_shell() {
        for (path, expected) in [
            ("results/wan-2/3f9c1a7e/resolved.toml", "results/wan-2/3f9c1a7e/resolved.toml"),
            ("", "''"),
            ("h/a b'c$(touch pwn).toml", r"'h/a b'\''c$(touch pwn).toml'"),
            ("~/x", "'~/x'"),
            ("a\nb'c", r"$'a\nb\'c'"),
        ] {
            assert_eq!(shell_path(path.as_ref()), expected);
        }
    }
}
