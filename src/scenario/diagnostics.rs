//! Findings about a scenario: what is wrong, where, and how to mend it.
//!
//! Findings are collected while a file is read and rendered together at the end, in the manner of rustc: one broken
//! key never hides another.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::escape::escaped;

/// A stretch of a source text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Which text: an index into [`Sources`].
    pub source: usize,
    /// First byte.
    pub start: usize,
    /// First byte after it.
    pub end: usize,
}

impl Place {
    /// Place of what no text says.
    pub const NOWHERE: Self = Self { source: 0, start: 0, end: 0 };
}

/// A text that findings point into: the scenario file, or one `--set` argument.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// Its path, or `--set`.
    pub name: String,
    pub text: String,
    /// Where each of its lines begins.
    lines: Vec<usize>,
}

impl Source {
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { name: name.into(), text, lines }
    }

    /// The number of the line that `byte` is in, from 0, and where it begins.
    fn line(&self, byte: usize) -> (usize, usize) {
        let number = self.lines.partition_point(|start| *start <= byte).saturating_sub(1);
        (number, self.lines[number])
    }
}

/// All texts of one scenario; the first is the file.
pub(super) type Sources = Vec<Source>;

/// One finding.
// Boxed, because it travels as an error through functions that mostly succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic(Box<Finding>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    /// Whether the scenario may be simulated all the same.
    is_warning: bool,
    place: Option<Place>,
    position: Option<(usize, usize)>,
    message: String,
    label: String,
    notes: Vec<String>,
    help: Option<String>,
}

impl Diagnostic {
    #[cfg_attr(test, track_caller)]
    pub(super) fn new(place: impl Into<Option<Place>>, message: impl Into<String>) -> Self {
        #[cfg(test)]
        origins::note(std::panic::Location::caller());
        let (place, message) = (place.into(), message.into());
        let (label, notes) = (String::new(), Vec::new());
        Self(Box::new(Finding { is_warning: false, place, position: None, message, label, notes, help: None }))
    }

    pub(super) fn warning(mut self) -> Self {
        self.0.is_warning = true;
        self
    }

    pub(super) fn label(mut self, label: impl Into<String>) -> Self {
        self.0.label = label.into();
        self
    }

    pub(super) fn note(mut self, note: impl Into<String>) -> Self {
        self.0.notes.push(note.into());
        self
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Two findings with one key say the same thing about the same text.
    pub(super) fn key(&self) -> (Option<Place>, String) {
        (self.0.place, self.0.message.clone())
    }

    /// The mistake.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// How to mend it.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// Circumstances, such as the cell that it was found in.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.0.notes
    }

    /// The line it points at, from 1; `None` when it concerns the file as a whole.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.0.position.map(|(line, _)| line)
    }

    /// The column it points at in characters, from 1.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        self.0.position.map(|(_, column)| column)
    }

    fn render(&self, sources: &[Source], renderer: &Renderer) -> String {
        let title = escaped(&self.0.message);
        let level = if self.0.is_warning { Level::WARNING } else { Level::ERROR };
        let mut group = Group::with_title(level.primary_title(title));
        if let Some((place, source)) = self.0.place.and_then(|place| Some((place, sources.get(place.source)?))) {
            let span = clamp(&source.text, place.start..place.end);
            // The renderer goes through all of a text for every finding: it gets the one line.
            let (number, start) = source.line(span.start);
            let line = source.text[start..].lines().next().unwrap_or_default();
            let annotation = AnnotationKind::Primary.span(span.start - start..span.end - start);
            let annotation =
                if self.0.label.is_empty() { annotation } else { annotation.label(escaped(&self.0.label)) };
            let snippet = Snippet::source(line).line_start(number + 1).path(escaped(&source.name));
            group = group.element(snippet.annotation(annotation));
        }
        let notes = self.0.notes.iter().map(|note| Level::NOTE.message(escaped(note)));
        let help = self.0.help.iter().map(|help| Level::HELP.message(escaped(help)));
        renderer.render(&[group.elements(notes).elements(help)])
    }
}

/// The first line of `span`, on character boundaries inside `text`: what a snippet can underline.
fn clamp(text: &str, span: Range<usize>) -> Range<usize> {
    let boundary = |index: usize| (0..=index.min(text.len())).rev().find(|index| text.is_char_boundary(*index));
    let start = boundary(span.start).unwrap_or_default();
    let end = boundary(span.end).unwrap_or_default().max(start);
    let first_line = text[start..end].find('\n').map_or(end, |length| start + length);
    start..first_line
}

/// Line and column of `place`, from 1, the column in characters.
pub(super) fn position(sources: &[Source], place: Place) -> Option<(usize, usize)> {
    let source = sources.get(place.source)?;
    let byte = clamp(&source.text, place.start..place.start).start;
    let (number, start) = source.line(byte);
    Some((number + 1, source.text[start..byte].chars().count() + 1))
}

/// More findings than these are not looked for: nobody mends so many before checking again.
const MAX_FINDINGS: usize = 100;

/// Whether so much is found that reading can stop.
pub(super) fn is_enough(findings: &[Diagnostic]) -> bool {
    findings.len() > MAX_FINDINGS
}

/// Everything that is wrong with a scenario, in the order of its text.
#[derive(Clone, Debug)]
pub struct Diagnostics {
    sources: Sources,
    items: Vec<Diagnostic>,
    /// Whether there may be more than `items`.
    is_cut: bool,
    /// Whether nothing is wrong but that no cell is selected.
    selects_nothing: bool,
}

impl Diagnostics {
    /// Sorts `items` by place, drops repetitions and fixes positions.
    pub(super) fn new(sources: Sources, items: Vec<Diagnostic>) -> Self {
        let mut seen = BTreeSet::new();
        let is_cut = is_enough(&items);
        let mut items: Vec<_> = items.into_iter().filter(|item| seen.insert(item.key())).collect();
        items.sort_by_key(|item| item.0.place.map(|place| (place.source, place.start)));
        items.truncate(MAX_FINDINGS);
        for item in &mut items {
            item.0.position = item.0.place.and_then(|place| position(&sources, place));
        }
        Self { sources, items, is_cut, selects_nothing: false }
    }

    /// For a scenario that is right, and of which no cell is selected.
    pub(super) fn nothing_selected(sources: Sources, item: Diagnostic) -> Self {
        Self { selects_nothing: true, ..Self::new(sources, vec![item]) }
    }

    /// Whether nothing is wrong with the scenario but that the command line selects no cell of it.
    #[must_use]
    pub const fn selects_nothing(&self) -> bool {
        self.selects_nothing
    }

    /// How many findings there are, of a great many the first; at least one.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "there is no error without a finding")]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// The findings.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.items.iter()
    }

    /// All findings as text for a terminal: position, offending text, notes and the way out.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let blocks = self.items.iter().map(|item| item.render(&self.sources, &renderer));
        let cut = self.is_cut.then(|| format!("stopped after {MAX_FINDINGS} findings; there may be more"));
        blocks.chain(cut).collect::<Vec<_>>().join("\n\n")
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}

/// The candidate that `word` was probably meant to be.
pub(super) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A third of the letters may differ: more is another word.
    let limit = (word.chars().count() / 3).max(1);
    let lower = word.to_lowercase();
    let ranked = candidates.into_iter().map(|candidate| (strsim::osa_distance(&lower, candidate), candidate));
    ranked.filter(|(distance, _)| *distance <= limit).min().map(|(_, candidate)| candidate)
}

/// `did you mean …?`, or all there is to choose from.
pub(super) fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(word, candidates.clone()) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None => format!("known here: {}", list(candidates)),
    }
}

/// `` `a`, `b`, `c` ``.
pub(super) fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// Where in the source the findings of a thread were made: tests look whether every such place is reached.
#[cfg(test)]
pub(super) mod origins {
    use std::cell::RefCell;
    use std::collections::BTreeSet;
    use std::panic::Location;

    /// A file and a line.
    pub type Origins = BTreeSet<(&'static str, u32)>;

    thread_local! {
        static ORIGINS: RefCell<Origins> = const { RefCell::new(Origins::new()) };
    }

    pub fn note(origin: &'static Location<'static>) {
        ORIGINS.with_borrow_mut(|origins| origins.insert((origin.file(), origin.line())));
    }

    /// Those of this thread since it was last asked.
    pub fn take() -> Origins {
        ORIGINS.take()
    }
}
