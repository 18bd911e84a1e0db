//! What GitHub Actions shows beside a build: annotations at the lines of the scenario, and a step's summary.
//!
//! The runner reads commands on either stream; they go to stderr, as stdout is the product's. It shows ten annotations
//! of a kind a step and silently drops the rest, and a summary above 1 MiB as a whole, so neither is exceeded here.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use crate::experiment::{Findings, Ruling, Verdict, idle_faults};
use crate::report::{by_gravity, judgement_line};
use crate::scenario::Scenario;

use super::say;

/// Annotations that a step shows.
const MOST_ANNOTATIONS: usize = 10;

/// Bytes that all summaries of a step may have together, a little below GitHub's own limit.
const MOST_BYTES: u64 = (1 << 20) - 4096;

/// Ends a summary that was too long.
const CUT: &str = "\n… (cut: the summary was too long)\n";

/// Something to be shown at a place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Annotation {
    level: Level,
    file: String,
    line: Option<usize>,
    message: String,
}

/// How grave it is; the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Error,
    Warning,
}

/// What is to be said about a run.
pub(super) fn annotations(scenario: &Scenario, found: &Findings, verdict: Verdict) -> Vec<Annotation> {
    let at = |level, line, message: String| Annotation { level, file: scenario.path().to_owned(), line, message };
    let mut list = Vec::new();
    if verdict == Verdict::SafetyViolated {
        let message = "safety violated: a wrong response was accepted, or workflow nodes disagree";
        list.push(at(Level::Error, None, message.to_owned()));
    }
    for judgement in by_gravity(&found.summary.expectations) {
        let level = match judgement.ruling {
            Ruling::Fail => Level::Error,
            Ruling::Inconclusive => Level::Warning,
            Ruling::Pass => continue,
        };
        list.push(at(level, judgement.line, judgement_line(judgement)));
    }
    let idle = idle_faults(&found.summary).into_iter();
    list.extend(idle.map(|fault| at(Level::Warning, None, format!("inconclusive: {fault} never acted"))));
    list
}

/// Says the gravest of them, and how many more there are.
pub(super) fn annotate(mut annotations: Vec<Annotation>) {
    annotations.sort_by_key(|annotation| annotation.level);
    commands(&annotations).into_iter().for_each(say);
}

/// At most ten commands.
fn commands(sorted: &[Annotation]) -> Vec<String> {
    if sorted.len() <= MOST_ANNOTATIONS {
        return sorted.iter().map(command).collect();
    }
    let shown = MOST_ANNOTATIONS - 1;
    let mut commands: Vec<_> = sorted[..shown].iter().map(command).collect();
    let rest = sorted.len() - shown;
    let message = format!("{rest} more findings are in the step's summary and in expectations.json");
    commands.push(command(&Annotation { message, line: None, ..sorted[shown].clone() }));
    commands
}

fn command(annotation: &Annotation) -> String {
    let level = match annotation.level {
        Level::Error => "error",
        Level::Warning => "warning",
    };
    let mut text = format!("::{level} file={}", escaped(&annotation.file, true));
    if let Some(line) = annotation.line {
        // Writing to a string cannot fail.
        let _ = write!(text, ",line={line}");
    }
    format!("{text},title=donsim::{}", escaped(&annotation.message, false))
}

/// `text` as data of a workflow command, or as the value of a property of one.
fn escaped(text: &str, is_property: bool) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    if is_property { text.replace(':', "%3A").replace(',', "%2C") } else { text }
}

/// Appends to the step's summary as much as fits.
pub(super) fn summarise(markdown: &str) {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
        return say("warning: GITHUB_STEP_SUMMARY is not set, so there is no step summary");
    };
    let path = Path::new(&path);
    let present = fs::metadata(path).map_or(0, |metadata| metadata.len());
    let text = fitting(markdown, MOST_BYTES.saturating_sub(present) as usize);
    let appended = OpenOptions::new().append(true).create(true).open(path);
    if let Err(error) = appended.and_then(|mut file| file.write_all(text.as_bytes())) {
        say(format_args!("warning: cannot write the step summary to {}: {error}", path.display()));
    }
}

/// The first lines of `text` that have at most `most` bytes together, with a note when that is not all.
fn fitting(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let room = most.saturating_sub(CUT.len());
    let end = text.bytes().take(room).rposition(|byte| byte == b'\n').map_or(0, |newline| newline + 1);
    if most < CUT.len() { String::new() } else { format!("{}{CUT}", &text[..end]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn annotation(level: Level, line: Option<usize>) -> Annotation {
        Annotation { level, file: "a,b:c.toml".to_owned(), line, message: "50 % of\nx: y".to_owned() }
    }

    #[test]
    fn commands_escape_what_would_end_them() {
        let expected = "::error file=a%2Cb%3Ac.toml,line=7,title=donsim::50 %25 of%0Ax: y";
        assert_eq!(command(&annotation(Level::Error, Some(7))), expected);
        assert!(command(&annotation(Level::Warning, None)).starts_with("::warning file=a%2Cb%3Ac.toml,title="));
    }

    #[test]
    fn a_step_says_ten_things_at_most() {
        let all = |count| vec![annotation(Level::Error, Some(1)); count];
        assert_eq!((commands(&all(3)).len(), commands(&all(10)).len(), commands(&all(11)).len()), (3, 10, 10));
        assert!(commands(&all(30)).last().is_some_and(|last| last.contains("21 more")));
    }

    #[test]
    fn summaries_are_cut_between_lines() {
        assert_eq!(fitting("one\ntwo\n", 8), "one\ntwo\n");
        let long = "a line\n".repeat(100);
        let cut = fitting(&long, 60);
        assert!(cut.len() <= 60 && cut.starts_with("a line\n") && cut.ends_with(CUT), "{cut}");
        assert_eq!(fitting(&long, 3), "");
        let wide = "é".repeat(100);
        assert_eq!(fitting(&wide, 99), CUT);
    }
}
