//! Figures in sentences, of pages and of comments at the head of scenarios: each follows from a table or a block of printed lines
//! that is compared with its run, or from the code. A sentence stands here with `{}` for each of its figures.

use std::fs;

use donsim::experiment::check_power;
use donsim::scenario::{Scenario, fault_catalogue};

use super::commands::reference_runs;
use super::{pages, read, root, toml_blocks};

/// A file, a sentence of it, and what stands in the place of each `{}`.
type Sentence = (&'static str, &'static str, Vec<String>);

/// Figures with a unit that nobody found out: confidences and quantiles, and what a scenario or a sentence supposes.
const GIVEN: [&str; 12] = [
    " 95 %",
    " 99 %",
    " 5 %",
    " 90 %",
    "(1 %) of the base",
    "a loss of 20 %",
    "a probability of 99.9 %",
    "when 30 % of them get lost",
    "more than 0.1 percentage points less",
    "a delay of 400 ms",
    "with 128 KiB it saves",
    "for small payloads: of 1 KiB",
];

fn sentences() -> Vec<Sentence> {
    [of_code(), of_the_first_study(), of_tables(), of_weaknesses()].concat()
}

fn filled((_, sentence, figures): &Sentence) -> String {
    figures.iter().fold((*sentence).to_owned(), |text, figure| text.replacen("{}", figure, 1))
}

#[test]
fn every_figure_in_a_sentence_follows_from_its_source() {
    let wrong = sentences().into_iter().filter_map(|it| {
        let wanted = filled(&it);
        (!plain(it.0).contains(&wanted)).then(|| format!("{} does not say: {wanted}", it.0))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Pages whose sentences tell of results. The catalogue of faults is made whole, benchmarks are those of a machine, the reference of
/// scenarios is of values that keys may have, and the changelog of what was.
#[test]
fn every_figure_with_a_unit_has_a_source_or_is_given() {
    const OTHERS: [&str; 4] = ["docs/faults.md", "benches/README.md", "scenarios/README.md", "CHANGELOG.md"];
    let sentences = sentences();
    let mut without = Vec::new();
    for (path, text) in pages().into_iter().filter(|(path, _)| OTHERS.iter().all(|other| !path.ends_with(other))) {
        let of_page = sentences.iter().filter(|(file, ..)| path.ends_with(file)).map(|it| without_code(&filled(it)));
        let known = of_page.chain(GIVEN.map(str::to_owned));
        let prose = known.fold(prose(&text), |prose, known| prose.replace(&known, ""));
        let words: Vec<&str> = prose.split_whitespace().collect();
        let is_figure = |pair: &&[&str]| {
            let [number, unit] = [pair[0].trim_matches(['(', ',']), pair[1].trim_matches([')', ',', '.', ':', ';'])];
            number.starts_with(|c: char| c.is_ascii_digit()) && ["%", "ms", "KiB", "percentage"].contains(&unit)
        };
        without
            .extend(words.windows(2).filter(is_figure).map(|pair| format!("{}: {}", path.display(), pair.join(" "))));
    }
    assert!(without.is_empty(), "neither in a sentence above, nor given:\n{}", without.join("\n"));
}

/// What is no code, table, heading or comment of a page.
fn prose(text: &str) -> String {
    let mut is_code = false;
    let lines = text.lines().filter(|line| {
        is_code ^= line.starts_with("```");
        !is_code && !line.starts_with(['|', '#', '<', '`']) && !line.starts_with("    ")
    });
    without_code(&lines.map(str::trim).collect::<Vec<_>>().join(" "))
}

fn without_code(text: &str) -> String {
    text.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

/// A file without the breaks of its lines.
fn plain(file: &str) -> String {
    let text = read(&root().join(file));
    let bare = text.lines().map(|line| line.trim_start_matches("# ").trim());
    bare.collect::<Vec<_>>().join(" ")
}

fn of_code() -> Vec<Sentence> {
    let in_words = |count: usize| ["eight", "nine", "ten", "eleven", "twelve"][count - 8].to_owned();
    let studies = root().join("scenarios/studies");
    let of_studies = reference_runs().into_iter().filter(|run| studies.join(format!("{run}.toml")).exists());
    assert_eq!(of_studies.count(), 3, "studies among the reference results");
    let faults = fault_catalogue().len().to_string();
    let least = least_replicates();
    let thousands = format!("{},{:03}", least / 1000, least % 1000);
    // The sixth PNA may be the twelfth answer, so all six holders have to be among the first eleven.
    let (good, all) = (choose(11, 6), choose(16, 6));
    let races =
        vec![good.to_string(), format!("{},{:03}", all / 1000, all % 1000), format!("{:.3}", good as f64 / all as f64)];
    // Both holders' answers to one of four callers, of all pairs of answers of four nodes to them.
    let pairs = choose(4 * 4, 2) / 4;
    vec![
        ("README.md", "which `identical` survives in {} of {} cases ({})", races),
        ("README.md", "with fewer than {} the first could not pass", vec![thousands]),
        ("README.md", "the reference results of {} scenarios, three of them", vec![in_words(reference_runs().len())]),
        ("docs/other-simulators.md", "- {} faults of nodes that know the protocol", vec![faults.clone()]),
        ("CHANGELOG.md", "conditions and {} kinds of faults", vec![faults]),
        ("docs/nines.md", "to one and the same caller one time in {} instead of", vec![pairs.to_string()]),
        ("docs/nines.md", "With four callers there are {} strata", vec![(4 * 4 + 1).to_string()]),
        ("docs/closed-forms.md", "compares {} configurations with", vec![configurations()]),
        ("docs/intervals.md", "with 10,000 none is below {} %", vec![least_coverage()]),
        ("docs/model.md", "by enumeration, for {} configurations", vec![configurations()]),
        ("docs/gate.md", "every one of {} deliberately broken", vec![mutants()]),
    ]
}

/// The least coverage of an interval of 10,000 replicates, rounded down.
fn least_coverage() -> String {
    let page = read(&root().join("docs/intervals.md"));
    let rows = page.lines().map(|line| line.split_whitespace().rev().collect::<Vec<_>>());
    let least = rows.filter(|words| words.get(3) == Some(&"10000")).map(|words| number(words[1]));
    format!("{:.1}", (least.fold(1.0, f64::min) * 1000.0).floor() / 10.0)
}

/// Configurations that are compared with their closed form: what the tests print about each group stands on the page.
fn configurations() -> String {
    let page = read(&root().join("docs/closed-forms.md"));
    let counts =
        page.lines().filter_map(|line| line.split_once(" checks of ")?.1.split(' ').next()?.parse::<u32>().ok());
    counts.sum::<u32>().to_string()
}

/// Programs on the page of results name columns that the reference results have.
#[test]
fn every_column_that_a_program_reads_is_there() {
    let page = read(&root().join("results/README.md"));
    let lines: Vec<&str> = page.lines().map(|line| if line.starts_with("    ") { line } else { "" }).collect();
    let mut columns = 0;
    for block in lines.split(|line| line.is_empty()).map(|lines| lines.join("\n")) {
        let Some((run, file)) = block.split_once("results/").and_then(|(_, rest)| rest.split_once("/*/")) else {
            continue;
        };
        let file = file.split(['"', '\'']).next().expect("a file");
        let mut runs = fs::read_dir(root().join("results").join(run)).expect("it is committed");
        let table = runs.next().expect("a run").expect("it is readable").path().join(file);
        let text = read(&table);
        let header = text.lines().next().expect("a header");
        let quoted = block.split(['"', '`']).skip(1).step_by(2).filter(|word| !word.contains([' ', '/']));
        let compared = block.split(" == ").filter_map(|before| before.rsplit([' ', '"']).next());
        for column in quoted.chain(compared.filter(|word| word.chars().all(|c| c.is_ascii_lowercase()))) {
            assert!(header.split(',').any(|known| known == column), "{file} of {run} has no column {column}: {header}");
            columns += 1;
        }
    }
    assert!(columns > 5, "{columns} columns");
}

fn choose(n: u64, k: u64) -> u64 {
    (1..=k).fold(1, |product, i| product * (n - k + i) / i)
}

/// Replicates with which the expectations of the README can pass, and not with one fewer.
fn least_replicates() -> u64 {
    let block = toml_blocks(&read(&root().join("README.md"))).into_iter().map(|(_, block)| block);
    let block = block.into_iter().find(|block| block.contains("[[expect]]")).expect("a gate");
    let can_pass = |replicates: u64| {
        let keys = [format!("run.replicates={replicates}")];
        let file = root().join("scenarios/page.toml");
        let scenario = Scenario::parse(&file, format!("{block}\n"), &keys);
        check_power(&scenario.unwrap_or_else(|findings| panic!("{findings}"))).is_ok()
    };
    let (mut low, mut high) = (1, 10_000);
    while low < high {
        let middle = u64::midpoint(low, high);
        (low, high) = if can_pass(middle) { (low, middle) } else { (middle + 1, high) };
    }
    low
}

/// How many broken aggregators the gate is tried on, in words.
fn mutants() -> String {
    let code = read(&root().join("tests/gate/mutants.rs"));
    let count = code.split("ALL: [Self; ").nth(1).and_then(|rest| rest.split(']').next()).expect("a list");
    let words = [("18", "eighteen"), ("19", "nineteen"), ("20", "twenty")];
    words.into_iter().find(|(number, _)| *number == count).expect("a word for it").1.to_owned()
}

fn of_the_first_study() -> Vec<Sentence> {
    const PAGE: &str = "docs/first-study.md";
    let page = read(&root().join(PAGE));
    let row = |holders: &str| {
        let start = format!("0.6            {holders} ");
        let line = page.lines().find(|line| line.starts_with(&start)).expect("a row").to_owned();
        line.split_whitespace().map(|word| word.trim_matches(['[', ']', ',']).to_owned()).collect::<Vec<_>>()
    };
    let [three, four, five] = ["3", "4", "5"].map(row);
    let bytes = |row: &[String]| row[8].parse::<f64>().expect("KiB");
    let lost = |row: &[String]| percent(row.last().expect("a share"));
    let law = |holders| 100.0 * [0.6_f64; 5][..holders].iter().product::<f64>();
    vec![
        (
            PAGE,
            "three holders fail in {} % of the requests ({} % to {} %), four in {} %, five in {} %.",
            vec![rest(&three[2]), rest(&three[4]), rest(&three[3]), lost(&four), lost(&five)],
        ),
        (PAGE, "`p^k` says {} %, {} % and {} %", [3, 4, 5].map(|holders| format!("{:.1}", law(holders))).into()),
        (PAGE, "{} KiB a holder", vec![format!("{:.2}", (bytes(&five) - bytes(&three)) / 2.0)]),
    ]
}

fn of_tables() -> Vec<Sentence> {
    let answers = |row: &str, column: usize| number(&cell("docs/who-answers.md", "## All holders", row, column));
    let more: Vec<f64> = ["designated", "pull"]
        .map(|strategy| answers("all | 1 KiB", 2) - answers(&format!("{strategy} | 1 KiB"), 2))
        .into();
    let later = answers("designated | 128 KiB", 3) - answers("all | 128 KiB", 3);
    let widths = ["difference", "difference_unpaired"].map(|row| {
        let interval = cell("docs/pairing.md", "## Differences", row, 2);
        let ends: Vec<f64> =
            interval.split(['[', ',', ']']).skip(1).filter_map(|end| end.trim().parse().ok()).collect();
        ends[1] - ends[0]
    });
    let wider = widths[1] / widths[0];
    assert_eq!((format!("{wider:.0}"), (36.0..40.0).contains(&(wider * wider))), ("6".to_owned(), true), "{wider}");
    vec![
        (
            "docs/who-answers.md",
            "of 1 KiB it costs {} to {} KiB more",
            vec![format!("{:.0}", more[0]), format!("{:.0}", more[1])],
        ),
        ("docs/who-answers.md", "for some {} ms of p99", vec![format!("{:.0}", (later / 10.0).round() * 10.0)]),
        ("docs/pairing.md", "six times as wide, and would need nearly forty times the replicates", vec![]),
    ]
}

fn of_weaknesses() -> Vec<Sentence> {
    const PAGE: &str = "docs/weaknesses.md";
    let of = |file: &str, row: &str, column: usize| cell(PAGE, &format!("**{file}.toml**"), row, column);
    let file = |name: &str| -> &'static str { format!("scenarios/weaknesses/{name}.toml").leak() };
    let [at_7, at_16, at_31] = ["7", "16", "31"].map(|nodes| rest(&of("early_failure", nodes, 1)));
    let races = ["4", "16", "31"].map(|nodes| percent(&of("pna_race", nodes, 1)));
    let crash = |row, column| percent(&of("one_message_crash", row, column));
    let flood = |row, column| of("signature_flood", row, column);
    let migration = |row, column| percent(&cell("docs/migration.md", "With all nodes attesting:", row, column));
    let worst = |column| cell("docs/adversary.md", "| rule set |", "hardened | 13 | one_at_a_time", column);
    let few = percent(&cell("docs/migration.md", "With `attested` and `hardened` at all nodes", "4", 2));
    vec![
        (file("early_failure"), "it loses {} %, {} % and {} % of the requests", vec![at_7, at_16, at_31]),
        (file("engine_limit"), "the limit loses {} % of the requests", vec![rest(&of("engine_limit", "attested", 2))]),
        (
            file("pna_as_error"),
            "`attested_strict` loses {} % of the requests",
            vec![rest(&of("pna_as_error", "attested_strict", 1))],
        ),
        (file("pna_race"), "`identical` accepts {} %, {} % and {} % of the requests", races.into()),
        (
            file("one_message_crash"),
            "crashes {} % of the callers before they have decided, under every rule set that looks at attestations; a decimal {} %, \
             and {} % under `identical`",
            vec![crash("attested", 1), crash("attested", 2), crash("identical", 2)],
        ),
        (
            file("unsigned_fields"),
            "{} % of the callers accept a wrong response under every published rule set. Gas: {} % accept a tainted one.",
            vec![percent(&of("unsigned_fields", "attested", 1)), percent(&of("unsigned_fields", "attested", 6))],
        ),
        (
            file("signature_flood"),
            "Forged ones make it {} under `attested_strict` and {} under `attested`, surplus ones {} and {}.",
            vec![flood("attested_strict", 2), flood("attested", 2), flood("attested_strict", 3), flood("attested", 3)],
        ),
        (PAGE, "a p99 of {} ms in place of {} ms", vec![worst(7), worst(6)]),
        (
            "scenarios/migration.toml",
            "`hardened` serve {} % and disagree about {} % of the requests. With four of sixteen nodes attesting `hardened` serves {} %.",
            vec![migration("attested(2)+hardened(2)", 1), migration("attested(2)+hardened(2)", 2), few],
        ),
    ]
}

/// A cell of the first table behind `before`, of the row that begins with `row`.
fn cell(page: &str, before: &str, row: &str, column: usize) -> String {
    let text = read(&root().join(page));
    let behind = text.split_once(before).unwrap_or_else(|| panic!("{page}: no {before}")).1;
    let table = behind.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let start = format!("| {row} |");
    let line = table.into_iter().find(|line| line.starts_with(&start)).unwrap_or_else(|| panic!("{page}: no {row}"));
    line.split('|').nth(column + 1).expect("a column").trim().to_owned()
}

fn number(cell: &str) -> f64 {
    cell.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or_else(|| panic!("{cell}"))
}

/// A share in percent, with all its digits.
fn percent(share: &str) -> String {
    let digits = share.split_once('.').map_or(0, |(_, digits)| digits.len().saturating_sub(2));
    format!("{:.digits$}", 100.0 * number(share))
}

/// What is left of one, in percent.
fn rest(share: &str) -> String {
    let digits = share.split_once('.').map_or(0, |(_, digits)| digits.len().saturating_sub(2));
    format!("{:.digits$}", 100.0 * (1.0 - number(share)))
}
