//! Room on a page, which has at most a megabyte: what a scenario or a run makes large is cut to bytes of its own, and said to be cut.

/// Bytes of a page, below the megabyte that it may have: what is not measured here has the rest.
pub(super) const PAGE: usize = 980_000;
/// Bytes of a table of checks, or of changes.
pub(super) const CHECKS: usize = 100_000;
/// Bytes of all diagrams.
pub(super) const DIAGRAMS: usize = 200_000;
/// Bytes of all tables of cells.
pub(super) const TABLES: usize = 600_000;
/// Bytes of a scenario that is shown, or of keys that differ.
pub(super) const SCENARIO: usize = 40_000;

/// What `render` makes of the most rows, of `rows`, with which that has no more than `most` bytes.
pub(super) fn fitting<T>(mut rows: usize, most: usize, bytes: impl Fn(&T) -> usize, render: impl Fn(usize) -> T) -> T {
    loop {
        let rendered = render(rows);
        let bytes = bytes(&rendered);
        if bytes <= most || rows == 0 {
            return rendered;
        }
        rows = rows * most / bytes;
    }
}

/// As much of a text as there is room for where it is told in passing.
pub(super) fn beginning(text: &str) -> String {
    const MOST: usize = 2000;
    text.char_indices().nth(MOST).map_or_else(|| text.to_owned(), |(end, _)| format!("{}…", &text[..end]))
}
