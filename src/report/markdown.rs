//! A run in Markdown, for places that show it below a build.

use std::fmt::Write as _;
use std::ops::Range;

use crate::experiment::{Judgement, Ruling, RunSummary, Verdict, idle_faults};
use crate::scenario::escaped;

use super::expectations::{findings, judgement_title};
use super::table;

/// Lines of a table beyond this many are not read by anybody.
const MOST_LINES: usize = 200;

/// Verdict, expectations (what did not pass first), and the table.
pub fn markdown(run: &RunSummary, verdict: Verdict) -> String {
    let mut text = format!("### donsim: {} ({}): {}\n", code(&run.name), code(&run.id), verdict.name());
    for fault in idle_faults(run) {
        // Writing to a string cannot fail, here and below.
        let _ = write!(text, "\n{} never acted.\n", code(fault));
    }
    if !run.expectations.is_empty() {
        text.push_str("\n| verdict | expectation | found |\n| --- | --- | --- |\n");
        let judgements = by_gravity(&run.expectations);
        for judgement in judgements.iter().take(MOST_LINES) {
            let (title, found) = (code(&judgement_title(judgement)), findings(judgement));
            let _ = writeln!(text, "| {} | {title} | {found} |", judgement.ruling.name());
        }
        more(&mut text, judgements.len());
    }
    let table = table(run);
    let lines: Vec<&str> = table.lines().collect();
    let _ = write!(text, "\n```text\n{}\n```\n", lines[..lines.len().min(MOST_LINES)].join("\n"));
    more(&mut text, lines.len());
    text
}

/// Judgements with those that did not pass first, otherwise in their order.
pub fn by_gravity(judgements: &[Judgement]) -> Vec<&Judgement> {
    let mut sorted: Vec<_> = judgements.iter().collect();
    sorted.sort_by_key(|judgement| match judgement.ruling {
        Ruling::Fail => 0,
        Ruling::Inconclusive => 1,
        Ruling::Pass => 2,
    });
    sorted
}

/// Rows with a header as a table, of which at most [`MOST_LINES`] lines are shown; columns in `numbers` flush right.
pub(super) fn pipes(rows: &[Vec<String>], numbers: &Range<usize>) -> String {
    let Some((header, lines)) = rows.split_first() else { return String::new() };
    let line = |fields: &[String]| format!("| {} |\n", fields.join(" | "));
    let rule = |at: usize| if numbers.contains(&at) { "---:" } else { "---" }.to_owned();
    let mut text = line(header);
    text.push_str(&line(&(0..header.len()).map(rule).collect::<Vec<_>>()));
    lines.iter().take(MOST_LINES).for_each(|fields| text.push_str(&line(fields)));
    more(&mut text, lines.len());
    text
}

/// `text` as itself, whatever it is.
pub(super) fn plain(text: &str) -> String {
    let mut marked = String::with_capacity(text.len());
    for c in escaped(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '|' | '&' | '~' | '$') {
            marked.push('\\');
        }
        marked.push(c);
    }
    // Within a word an underscore is one; at its ends it would begin emphasis.
    if text.starts_with('_') || text.ends_with('_') || text.contains(" _") {
        marked.replace('_', "\\_")
    } else {
        marked
    }
}

fn more(text: &mut String, lines: usize) {
    if lines > MOST_LINES {
        let _ = write!(text, "\n… and {} more.\n", lines - MOST_LINES);
    }
}

/// `text` as code that cannot end its table's cell or itself.
pub(super) fn code(text: &str) -> String {
    format!("`{}`", escaped(text).replace('`', "'").replace('|', "\\|"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::expectations::tests::judgement;

    #[test]
    fn text_stays_text() {
        for (text, expected) in [
            ("attested_early_fail", "attested_early_fail"),
            ("a|b\n<i>", r"a\|b\\n\<i\>"),
            ("_x_ *y*", r"\_x\_ \*y\*"),
            ("f+1", "f+1"),
        ] {
            assert_eq!(plain(text), expected);
        }
        let rows = [["a", "b"], ["c", "1"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(pipes(&rows, &(1..2)), "| a | b |\n| --- | ---: |\n| c | 1 |\n");
        assert!(pipes(&vec![rows[0].clone(); MOST_LINES + 3], &(0..0)).ends_with("| a | b |\n\n… and 2 more.\n"));
    }

    #[test]
    fn what_did_not_pass_comes_first_and_cells_stay_whole() {
        let mut odd = judgement(0.3, 0.9);
        odd.place = "faults.error_spam.text = a|`b\nc".to_owned();
        let run = RunSummary {
            name: "demo".to_owned(),
            id: "3f9c1a7e".to_owned(),
            replicates: 10,
            axes: Vec::new(),
            cells: Vec::new(),
            expectations: [vec![judgement(0.9995, 1.0); MOST_LINES], vec![odd]].concat(),
        };
        let text = markdown(&run, Verdict::Fail);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "### donsim: `demo` (`3f9c1a7e`): fail");
        let title = r"`accepted >= 0.999 [faults.error_spam.text = a\|'b\nc]`";
        assert_eq!(lines[4], format!("| fail | {title} | observed 1.0000, at most 0.9000 |"));
        assert!(text.contains("… and 1 more."));
    }
}
