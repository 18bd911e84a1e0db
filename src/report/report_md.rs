//! `report.md`: a run on one page. Made of its tables alone, so that it can be made again without simulating.

use std::fmt::Write as _;

use crate::experiment::{RunSummary, is_violated};

use super::cell_tables::{self, CellTable, compared_with, missing_closed_forms};
use super::columns::common;
use super::markdown::{code, pipes, plain};
use super::plots::{PICTURES, Picture};

/// Explanation of the table of results.
const READING: &str = "\
*accepted*: the share of requests and honest workflow nodes with the right response in time; *served*: the share of
requests that enough workflow nodes accepted, tainted or not; *p50*, *p99*: quantiles of the time from a workflow node's first send to
its acceptance, written `>` beyond the deadline; *KiB/request*: bytes a request over the whole DON; *failure cause*: what most
often made success impossible. `[…]` are 95 % intervals over replicates.";

/// The page; `pictures` are the names of those in `plots/`, in their order.
pub(super) fn page(run: &RunSummary, pictures: &[&str]) -> String {
    let sections = [results(run), intervals(run), faults(run), closed_forms(run), differences(run), gallery(pictures)];
    let mut page = head(run);
    sections.iter().filter(|section| !section.is_empty()).for_each(|section| page.extend(["\n", section]));
    page
}

fn head(run: &RunSummary) -> String {
    let plural = |count: u64, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    let (cells, replicates) = (plural(run.cells.len() as u64, "cell"), plural(run.replicates, "replicate"));
    let id = code(&format!("{}/{}", run.name, run.id));
    let most = if run.has_stop_rules() { "at most " } else { "" };
    let mut text = format!("# {}\n\nThe run {id}: {cells} of {most}{replicates}", plain(&run.name));
    match common(run.cells.iter().map(|cell| (&cell.rule_set, &cell.payload_holders))) {
        // Writing to a string cannot fail, here and below.
        Some((rule_set, holders)) if !run.axes.is_empty() => {
            let _ = writeln!(text, ", rule set {}, payload holders {}.", code(rule_set), code(holders));
        }
        _ => text.push_str(".\n"),
    }
    if is_violated(run) {
        text.push_str("\n**A wrong response was accepted, or workflow nodes accepted different ones.**\n");
    }
    text
}

fn results(run: &RunSummary) -> String {
    format!("## Results\n\n{}\n{READING}\n", piped(&CellTable::results(run)))
}

fn intervals(run: &RunSummary) -> String {
    let table = piped(&CellTable::intervals(run));
    let open = "`…` stands for an end beyond the deadline, or one that too few replicates can show.";
    format!("## Intervals\n\n{table}\n{open} All metrics are in `summary.csv`.\n")
}

fn faults(run: &RunSummary) -> String {
    let Some((header, mut rows)) = cell_tables::faults(run) else { return String::new() };
    for row in &mut rows {
        row[0] = plain(&row[0]);
    }
    rows.insert(0, header);
    let words = "How often each fault acted in all replicates of all cells, how many of the payload holders that it asked\n\
                 for were not there, and in how many cells it never acted although it had nodes. `cells.csv` has the\n\
                 numbers by cell.";
    format!("## Faults\n\n{}\n{words}\n", pipes(&rows, &(1..5)))
}

fn closed_forms(run: &RunSummary) -> String {
    let mut text = String::new();
    if run.cells.iter().any(|cell| cell.exact.is_ok()) {
        let table = piped(&CellTable::closed_forms(run));
        let words = "Of 95 % intervals one in twenty misses the exact value by chance.";
        let _ = write!(text, "\n{table}\n{words}\n");
    }
    for ((part, whole), cells) in missing_closed_forms(run) {
        let (of, sentence) = (run.cells.len(), |why: &str| plain(why.trim_end_matches('.')));
        let _ = match part {
            "" => write!(text, "\nNo closed form for {cells} of {of} cells: {}.\n", sentence(whole)),
            part => write!(text, "\nNo closed form {} ({cells} of {of} cells).\n", sentence(part)),
        };
    }
    if text.is_empty() { text } else { format!("## Closed form\n{text}") }
}

fn differences(run: &RunSummary) -> String {
    let Some(table) = CellTable::differences(run) else { return String::new() };
    let (table, against) = (piped(&table), compared_with(run).map_or_else(|| "its partner".to_owned(), code));
    let words = format!(
        "Each cell less the one under {against} that is equal in all else. Both met the same weather, so the 95 %\n\
         intervals are of paired replicates; `summary.csv` has those of independent ones too."
    );
    format!("## Differences\n\n{table}\n{words}\n")
}

fn gallery(drawn: &[&str]) -> String {
    let mut text = String::new();
    for Picture { name, title, sentence, .. } in PICTURES.iter().filter(|picture| drawn.contains(&picture.name)) {
        let _ = write!(text, "\n![{title}](plots/{name}.svg)\n\n{sentence}\n");
    }
    if text.is_empty() { text } else { format!("## Pictures\n{text}") }
}

/// The table with its cells' own words as themselves.
fn piped(table: &CellTable) -> String {
    let mut rows = vec![table.header.clone()];
    rows.extend(table.rows.iter().map(|(_, row)| row.clone()));
    rows[1..].iter_mut().flat_map(|row| row.iter_mut().take(table.texts)).for_each(|text| *text = plain(text));
    pipes(&rows, &table.numbers)
}

#[cfg(test)]
#[path = "../../tests/common/kept.rs"]
mod kept;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Metric;
    use crate::report::cell_tables::{COMPARED, difference, with_ends};
    use crate::report::read::tests::sample;
    use crate::sim::simulate;
    use kept::{Kept, kept};

    const LIARS: &str = "name = \"page\"\n[run]\nreplicates = 30\n[capability_don]\nnodes = 4\n[workflow_don]\nnodes = 2\n\
        f = 0\n[request]\npayload_size = \"64B\"\n[[faults.wrong_payload]]\nnodes = 3\ncollude = true\n\
        [sweep.grid]\nfaults.wrong_payload.nodes = [0, 3]\naggregator.rule_set = [\"attested\", \"identical\"]\n";

    #[test]
    fn a_page_has_a_section_for_all_that_there_is() {
        let Kept { scenario, findings, replicates } = kept(LIARS, &simulate);
        let mut run = findings.summary;
        let whole = page(&run, &["reliability"]);
        let (cells, each) = (scenario.cell_count(), replicates[&0].len());
        let taken = difference(&run.cells[1], Metric::Accepted).map(with_ends).expect("the sweep compares rule sets");
        for expected in [
            &format!("# page\n\nThe run `page/{}`: {cells} cells of {each} replicates.\n", run.id),
            "\n**A wrong response was accepted, or workflow nodes accepted different ones.**\n",
            "\n## Results\n\n| wrong payload nodes | rule set | accepted | served |",
            "\n## Intervals\n\n| wrong payload nodes | rule set | served | p50 ms |",
            "| >10000 | >10000 | >10000 |",
            "\n| faults.wrong_payload.0 | 0 to 3 | 360 | 0 | 0 |\n",
            "| metric | exact | simulated | exact value inside |\n| --- | --- | --- | ---: | ---: | ---: |\n",
            "| accepted | 1.0000 | 1.0000 [0.8776, 1.0000] | yes |\n",
            "\n\nNo closed form for 3 of 4 cells: nodes ",
            &format!("\n| 0 | identical | {taken} | "),
            "\n\nEach cell less the one under `attested` ",
            "\n![Accepted requests](plots/reliability.svg)\n\nHow many requests are accepted, with 95 % intervals.\n",
        ] {
            assert!(whole.contains(expected), "{expected}\n{whole}");
        }
        run.cells[3].faults[0].fired = 0;
        assert!(page(&run, &[]).contains("\n| faults.wrong_payload.0 | 0 to 3 | 180 | 0 | 1 |\n"));
        run.cells.truncate(1);
        run.cells[0].faults.clear();
        run.cells[0].exact = Err(String::new());
        let bare = page(&run, &[]);
        let headings: Vec<&str> = bare.lines().filter(|line| line.starts_with("## ")).collect();
        assert_eq!(headings, ["## Results", "## Intervals"], "what there is not has none");
    }

    #[test]
    fn every_difference_that_is_promised_is_taken() {
        let run = kept(LIARS, &simulate).findings.summary;
        let header = page(&run, &[]).split_once("\n## Differences\n\n").expect("rule sets are compared").1.to_owned();
        assert!(
            header.starts_with("| wrong payload nodes | rule set | accepted | served | KiB/request |\n"),
            "{header}"
        );
        for (metric, name) in COMPARED {
            assert!(
                difference(&run.cells[1], metric).is_some(),
                "{name} has a column, but nobody takes its difference"
            );
        }
    }

    #[test]
    fn values_stay_text() {
        let page = page(&sample(), &[]);
        // Markdown takes two backslashes for one.
        let place = r#"| 40ms | a "quoted", list\\nof λ | 0 | identical |"#;
        assert!(page.contains(&format!("\n{place} 0.3333 [0.1667, 0.3667] | >2500.5 [0.2, …] |")), "{page}");
        assert!(page.contains("\n\nNo closed form for 1 of 4 cells: losses, and \"cuts\".\n"), "{page}");
    }
}
