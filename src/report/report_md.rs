//! `report.md`: a run on one page. Made of its tables alone, so that it can be made again without simulating.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::experiment::{CellSummary, Difference, Estimate, FaultSummary, Metric, RunSummary, Stat, is_violated};

use super::columns::common;
use super::markdown::{code, pipes, plain};
use super::plots::{PICTURES, Picture};
use super::table::{distinctions, place, rows};

/// Explanation of the table of results.
const READING: &str = "\
*accepted*: the share of requests and honest workflow nodes with the right response in time; *served*: the share of
requests that enough workflow nodes accepted, tainted or not; *p50*, *p99*: quantiles of the time from a workflow node's first send to
its acceptance, written `>` beyond the deadline; *KiB/request*: bytes a request over the whole DON; *failure cause*: what most
often made success impossible. `[…]` are 95 % intervals over replicates.";

/// Metrics whose intervals the table of results leaves out.
const INTERVALS: [(Metric, &str); 5] = [
    (Metric::Served, "served"),
    (Metric::LatencyP50, "p50 ms"),
    (Metric::LatencyP90, "p90 ms"),
    (Metric::LatencyP99, "p99 ms"),
    (Metric::TotalBytes, "KiB/request"),
];

/// Metrics whose differences are worth a column here, of those that are taken; `summary.csv` has all.
const COMPARED: [(Metric, &str); 3] =
    [(Metric::Accepted, "accepted"), (Metric::Served, "served"), (Metric::TotalBytes, "KiB/request")];

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
    let (mut rows, numbers) = rows(run);
    let texts = distinctions(run).len();
    rows.iter_mut().flat_map(|row| row.iter_mut().take(texts)).for_each(|text| *text = plain(text));
    format!("## Results\n\n{}\n{READING}\n", pipes(&rows, &numbers))
}

fn intervals(run: &RunSummary) -> String {
    let table = by_cell(run, &INTERVALS.map(|(_, name)| name), |cell| {
        let shown = |metric| cell.estimate(metric).map_or_else(String::new, |it| with_interval(cell, it));
        vec![INTERVALS.map(|(metric, _)| shown(metric)).to_vec()]
    });
    let open = "`…` stands for an end beyond the deadline, or one that too few replicates can show.";
    format!("## Intervals\n\n{table}\n{open} All metrics are in `summary.csv`.\n")
}

fn faults(run: &RunSummary) -> String {
    let Some(first) = run.cells.first().filter(|cell| !cell.faults.is_empty()) else { return String::new() };
    let header = ["fault", "nodes", "acted", "holders missing", "cells in which it never acted"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for (at, fault) in first.faults.iter().enumerate() {
        let all: Vec<&FaultSummary> = run.cells.iter().filter_map(|cell| cell.faults.get(at)).collect();
        let nodes = || all.iter().map(|fault| fault.nodes);
        let (least, most) = (nodes().min().unwrap_or_default(), nodes().max().unwrap_or_default());
        let range = if least == most { most.to_string() } else { format!("{least} to {most}") };
        let sum = |what: fn(&FaultSummary) -> u64| all.iter().map(|fault| what(fault)).sum::<u64>().to_string();
        let idle = all.iter().filter(|fault| fault.nodes > 0 && fault.fired == 0).count();
        let (acted, missing) = (sum(|fault| fault.fired), sum(|fault| fault.holder_shortfall));
        rows.push(vec![plain(&fault.name), range, acted, missing, idle.to_string()]);
    }
    let words = "How often each fault acted in all replicates of all cells, how many of the payload holders that it asked\n\
                 for were not there, and in how many cells it never acted although it had nodes. `cells.csv` has the\n\
                 numbers by cell.";
    format!("## Faults\n\n{}\n{words}\n", pipes(&rows, &(1..5)))
}

fn closed_forms(run: &RunSummary) -> String {
    let mut reasons: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for cell in &run.cells {
        match &cell.exact {
            Ok(exact) => *reasons.entry((&exact.missing, "")).or_default() += 1,
            Err(why) => *reasons.entry(("", why)).or_default() += 1,
        }
    }
    reasons.remove(&("", ""));
    let mut text = String::new();
    if run.cells.iter().any(|cell| cell.exact.is_ok()) {
        let table = by_cell(run, &["metric", "exact", "simulated", "exact value inside"], compared_with_exact);
        let words = "Of 95 % intervals one in twenty misses the exact value by chance.";
        let _ = write!(text, "\n{table}\n{words}\n");
    }
    for ((part, whole), cells) in reasons {
        let (of, sentence) = (run.cells.len(), |why: &str| plain(why.trim_end_matches('.')));
        let _ = match part {
            "" => write!(text, "\nNo closed form for {cells} of {of} cells: {}.\n", sentence(whole)),
            part => write!(text, "\nNo closed form {} ({cells} of {of} cells).\n", sentence(part)),
        };
    }
    if text.is_empty() { text } else { format!("## Closed form\n{text}") }
}

fn compared_with_exact(cell: &CellSummary) -> Vec<Vec<String>> {
    // What cannot be and was not is left to `summary.csv`.
    let tells = |(metric, exact): &&(Metric, f64)| {
        *exact != 0.0 || cell.estimate(*metric).and_then(|estimate| estimate.value) != Some(0.0)
    };
    let values = cell.exact.iter().flat_map(|exact| &exact.values).filter(tells);
    let line = |(metric, exact): &(Metric, f64)| {
        let estimate = cell.estimate(*metric);
        let ends = estimate.and_then(|estimate| estimate.ci_low.zip(estimate.ci_high));
        let inside = ends.map_or("…", |(low, high)| if low <= *exact && *exact <= high { "yes" } else { "no" });
        let simulated = estimate.map_or_else(String::new, |it| with_interval(cell, it));
        vec![named(*metric), shown(*metric, *exact), simulated, inside.to_owned()]
    };
    values.map(line).collect()
}

fn differences(run: &RunSummary) -> String {
    let is_there = |(metric, _): &(Metric, &str)| run.cells.iter().any(|cell| difference(cell, *metric).is_some());
    let compared: Vec<_> = COMPARED.into_iter().filter(is_there).collect();
    if compared.is_empty() {
        return String::new();
    }
    let rule_set = |id: &str| run.cells.iter().find(|cell| cell.id == id).map(|cell| cell.rule_set.as_str());
    let versus = common(run.cells.iter().flat_map(|cell| &cell.differences).map(|it| rule_set(&it.versus)));
    let against = versus.flatten().map_or_else(|| "its partner".to_owned(), code);
    let names: Vec<&str> = compared.iter().map(|(_, name)| *name).collect();
    let table = by_cell(run, &names, |cell| {
        let shown = |(metric, _): &(Metric, &str)| difference(cell, *metric).map_or_else(String::new, with_ends);
        let line: Vec<String> = compared.iter().map(shown).collect();
        if cell.differences.is_empty() { Vec::new() } else { vec![line] }
    });
    let words = format!(
        "Each cell less the one under {against} that is equal in all else. Both met the same weather, so the 95 %\n\
         intervals are of paired replicates; `summary.csv` has those of independent ones too."
    );
    format!("## Differences\n\n{table}\n{words}\n")
}

fn difference(cell: &CellSummary, metric: Metric) -> Option<&Difference> {
    cell.differences.iter().find(|difference| difference.metric == metric)
}

fn gallery(drawn: &[&str]) -> String {
    let mut text = String::new();
    for Picture { name, title, sentence, .. } in PICTURES.iter().filter(|picture| drawn.contains(&picture.name)) {
        let _ = write!(text, "\n![{title}](plots/{name}.svg)\n\n{sentence}\n");
    }
    if text.is_empty() { text } else { format!("## Pictures\n{text}") }
}

/// A table of some lines a cell behind what tells cells apart.
fn by_cell(run: &RunSummary, names: &[&str], lines: impl Fn(&CellSummary) -> Vec<Vec<String>>) -> String {
    let mut rows = vec![distinctions(run)];
    let texts = rows[0].len();
    rows[0].extend(names.iter().map(|name| (*name).to_owned()));
    for cell in &run.cells {
        let place: Vec<String> = place(run, cell).iter().map(|text| plain(text)).collect();
        rows.extend(lines(cell).into_iter().map(|line| [place.clone(), line].concat()));
    }
    // A metric that has no column of its own is named in the first.
    let numbers = texts + usize::from(names.first() == Some(&"metric"));
    pipes(&rows, &(numbers..texts + names.len()))
}

fn with_interval(cell: &CellSummary, estimate: &Estimate) -> String {
    let metric = estimate.metric;
    let end = |end: Option<f64>| end.map_or_else(|| "…".to_owned(), |end| shown(metric, end));
    let value = match (estimate.value, metric.stat()) {
        (Some(value), _) => shown(metric, value),
        (None, Stat::Quantile(_)) => format!(">{}", cell.deadline_ms),
        (None, _) => return "–".to_owned(),
    };
    match (estimate.ci_low, estimate.ci_high) {
        (None, None) => value,
        (low, high) => format!("{value} [{}, {}]", end(low), end(high)),
    }
}

fn with_ends(difference: &Difference) -> String {
    let signed = |value: f64| {
        let text = shown(difference.metric, value);
        if value > 0.0 { format!("+{text}") } else { text }
    };
    let end = |end: Option<f64>| end.map_or_else(|| "…".to_owned(), signed);
    let Some(value) = difference.value else { return "–".to_owned() };
    format!("{} [{}, {}]", signed(value), end(difference.ci_low), end(difference.ci_high))
}

/// A metric's name, with the unit in which it is [`shown`].
fn named(metric: Metric) -> String {
    match metric.unit() {
        "1" => metric.name().to_owned(),
        "bytes" => format!("{} KiB", metric.name()),
        unit => format!("{} {unit}", metric.name()),
    }
}

/// A value as tables for people show it: rates to four decimals, latencies to a tenth of a ms, bytes in KiB.
fn shown(metric: Metric, value: f64) -> String {
    match (metric.stat(), metric.unit()) {
        (Stat::Rate | Stat::Ratio, _) => format!("{value:.4}"),
        (_, "bytes") => format!("{:.1}", value / 1024.0),
        (_, "1") => format!("{value:.2}"),
        _ => format!("{value:.1}"),
    }
}

#[cfg(test)]
#[path = "../../tests/common/kept.rs"]
mod kept;

#[cfg(test)]
mod tests {
    use super::*;
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
