//! The scenario parser: files as users mistype them, and worse.

use std::collections::BTreeSet;
use std::path::PathBuf;

use donsim::scenario::{Diagnostics, Scenario};
use donsim::sim::{ReplicateCache, Setup, simulate};

use crate::bytes;
use crate::dice::Dice;
use crate::seeds;
use crate::target::{Behaviours, Target, magnitude, promise};

/// A comment that begins so is also an override.
const OVERRIDE: &str = "#set ";

/// More cells than this are not all looked at again.
const MANY_CELLS: u64 = 2_000;

/// What users write, and what they should not.
const WORDS: &[&str] = &[
    "0",
    "1",
    "-1",
    "1e9",
    "0.5",
    "nan",
    "inf",
    "1000",
    "1001",
    "9223372036854775808",
    "0x7fffffff",
    "1979-05-27",
    "\"0s\"",
    "\"1ns\"",
    "\"0.5ns\"",
    "\"18446744073.709551615s\"",
    "\"1M\"",
    "\"64KiB\"",
    "\"16MiB\"",
    "\"17MiB\"",
    "\"1bit/s\"",
    "\"f+1\"",
    "\"all\"",
    "{ agree = 0.8 }",
    "{ dist = \"pareto\", min = \"1ms\", alpha = 0.001 }",
    "{ dist = \"empirical\", file = \"data/rtt-ibm-cloud-2024-08.csv\" }",
    "{ dist = \"constant\", value = \"5ms\" }",
    "\"workflow\"",
    "\"capability.0-4\"",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ".",
    ",",
    "\n",
    "\r\n",
    "\t",
    "#",
    "\"",
    "'''",
    "\"\"\"",
    "\\u0000",
    "\u{7f}",
    "é",
    "漢",
    "👩‍👩‍👧",
    "\u{202e}",
    "\u{feff}",
    "\u{200b}",
    "\n#set ",
    "[sweep.zip]\n",
    "[sweep.grid]\n",
    "\n[[faults.crash]]\nnodes = 1\n",
    "\n[[faults.slow]]\nnodes = 1\ndelay = \"1s\"\n",
    "\n[[faults.error_spam]]\nnodes = 1\ntext = \"x\"\n",
    "\n[[network.cuts]]\nfrom = [\"workflow\"]\nto = [\"capability.1\"]\n",
    "\n[[network.partitions]]\nnodes = [\"capability.0-1\"]\nend = \"5s\"\n",
    "min_responses = 6\n",
    "rule_set = ",
    "sweep = 1\n",
    "grid = [1]\n",
    "zip = [1]\n",
    "sweep.grid.network.loss = [0.1, 0.2]\n",
    "= [0, 1]\n",
    "= { from = 0, to = 1, step = 0.25 }\n",
    "= { from = 1, to = 16, points = 5, scale = \"log\" }\n",
    "= { from = \"1ms\", to = \"40ms\", points = 4 }\n",
    "sweep.where = \"capability_don.nodes >= 3*capability_don.f + 1 and not network.loss > 40%\"\n",
    "sweep.select = \"(network.loss == 0.1 or aggregator.timeout - 1s < 2 * capability_don.ocr)\"\n",
    "= [1, 2, 3]\n",
    "#set network.loss=0.5\n",
    "#set sweep.grid=1\n",
    "#set faults.crash.nodes=1\n",
    "#set network.latency.p50=1ms\n",
];

/// Reads the input as a scenario file.
pub struct ScenarioFile {
    words: Vec<Vec<u8>>,
    /// Where named files lie when a resolved scenario is read again.
    folder: tempfile::TempDir,
    stored: BTreeSet<String>,
}

impl ScenarioFile {
    pub fn new() -> Self {
        let mut words: BTreeSet<Vec<u8>> = WORDS.iter().map(|word| word.as_bytes().to_vec()).collect();
        // Every key that there is, with its default, and every table.
        for scenario in seeds::scenarios().into_iter().filter_map(|text| parse(text, &[]).ok()) {
            let lines = scenario.resolved().lines().filter(|line| !line.starts_with("# "));
            words.extend(lines.map(|line| format!("{line}\n").into_bytes()));
        }
        let folder = tempfile::tempdir().expect("there is room for a folder");
        std::fs::create_dir(folder.path().join("files")).expect("the new folder can be written");
        Self { words: words.into_iter().collect(), folder, stored: BTreeSet::new() }
    }
}

impl Target for ScenarioFile {
    fn name(&self) -> &'static str {
        "scenario"
    }

    fn seeds(&self) -> Vec<Vec<u8>> {
        seeds::scenarios().into_iter().map(String::into_bytes).collect()
    }

    fn mutate(&self, dice: &mut Dice, input: &mut Vec<u8>, other: &[u8]) {
        match dice.below(4) {
            0 => bytes::mutate(dice, input, other, 1, &self.words),
            1 => change_number(dice, input),
            2 => change_pieces(dice, input, other, |byte| byte == b'\n'),
            _ => change_pieces(dice, input, other, |byte| !byte.is_ascii_alphanumeric()),
        }
    }

    fn run(&mut self, input: &[u8], seen: &mut Behaviours) -> Result<(), String> {
        let text = String::from_utf8_lossy(input).into_owned();
        let overrides: Vec<String> =
            text.lines().filter_map(|line| line.strip_prefix(OVERRIDE)).map(str::to_owned).collect();
        match parse(text.clone(), &overrides) {
            Ok(scenario) => self.check_loaded(&scenario, seen),
            Err(findings) => check_findings(&findings, &text, &overrides, seen),
        }
    }
}

fn parse(text: String, overrides: &[String]) -> Result<Scenario, Diagnostics> {
    Scenario::parse(&seeds::scenario_folder().join("fuzz.toml"), text, overrides)
}

/// Every finding points into a text, and all can be shown.
fn check_findings(
    findings: &Diagnostics,
    text: &str,
    overrides: &[String],
    seen: &mut Behaviours,
) -> Result<(), String> {
    let texts = || std::iter::once(text).chain(overrides.iter().map(String::as_str));
    for finding in findings.iter() {
        let message = finding.message();
        let (Some(line), Some(column)) = (finding.line(), finding.column()) else {
            return Err(format!("`{message}` points nowhere"));
        };
        // A line is there when something ends before it; a column may be that of the end of the line.
        let has = |text: &str| {
            text.split('\n')
                .nth(line.wrapping_sub(1))
                .is_some_and(|line| (1..=line.chars().count() + 1).contains(&column))
        };
        promise(texts().any(has), || format!("`{message}` points at {line}:{column}, outside of the text"))?;
        seen.note_kind("finding", message);
        seen.note_kind("help", finding.suggestion().unwrap_or_default());
    }
    seen.note(("findings", magnitude(findings.len())));
    promise(!findings.render(false).is_empty() && !findings.render(true).is_empty(), || "no findings are shown".into())
}

impl ScenarioFile {
    /// What loads, loads again from what it resolved to, as the same scenario.
    fn check_loaded(&mut self, scenario: &Scenario, seen: &mut Behaviours) -> Result<(), String> {
        for file in scenario.files() {
            if self.stored.insert(file.stored.clone()) {
                std::fs::write(self.folder.path().join(&file.stored), &file.bytes)
                    .map_err(|error| error.to_string())?;
            }
        }
        let path: PathBuf = self.folder.path().join("resolved.toml");
        let again = Scenario::parse(&path, scenario.resolved().to_owned(), &[])
            .map_err(|findings| format!("what it resolved to does not load:\n{findings}"))?;
        promise(again.id() == scenario.id(), || "what it resolved to has another id".into())?;
        promise(again.name() == scenario.name(), || "what it resolved to has another name".into())?;
        promise(again.resolved() == scenario.resolved(), || "what it resolved to resolves to something else".into())?;
        promise(again.cell_count() == scenario.cell_count(), || "what it resolved to has other cells".into())?;
        let step = (scenario.cell_count() / MANY_CELLS + 1) as usize;
        for index in (0..scenario.cell_count()).step_by(step) {
            promise(again.cell(index) == scenario.cell(index), || format!("cell {index} has changed"))?;
        }
        for line in scenario.resolved().lines().filter(|line| !line.starts_with("text") && !line.starts_with("desc")) {
            let shape: String = line.chars().filter(|c| !c.is_ascii_digit()).take(60).collect();
            seen.note(("resolved", shape));
        }
        seen.note(("axes", scenario.axes().len(), magnitude(scenario.cell_count() as usize)));
        let setup = scenario.cell(0).setup;
        simulate_small(&setup);
        let kinds: Vec<_> = setup.faults.iter().map(|fault| fault.kind.name()).collect();
        seen.note((kinds, setup.network.partitions.len(), setup.network.cuts.len(), scenario.files().len()));
        Ok(())
    }
}

/// What loads can be simulated; a small one quickly.
fn simulate_small(setup: &Setup) {
    let nodes = setup.capability_don.nodes.max(setup.workflow_don.nodes);
    if nodes <= 16 && setup.request.count <= 2 && setup.request.payload_size.max(setup.request.call_size) <= 1 << 16 {
        let replicate = simulate(setup, 0, &mut ReplicateCache::new(setup.run.seed));
        assert_eq!(replicate.rows.len() as u64, u64::from(setup.workflow_don.nodes) * u64::from(setup.request.count));
    }
}

/// Puts another number in the place of one.
fn change_number(dice: &mut Dice, input: &mut Vec<u8>) {
    let digit = |at: &usize| input[*at].is_ascii_digit();
    let starts: Vec<usize> = (0..input.len()).filter(digit).collect();
    if starts.is_empty() {
        return;
    }
    let start = *dice.pick(&starts);
    let len = input[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = match dice.below(3) {
        0 => dice.below(20).to_string(),
        1 => format!("0.{}", dice.below(1_000)),
        _ => dice.number().to_string(),
    };
    input.splice(start..start + len, number.into_bytes());
}

/// Removes, repeats, moves or borrows whole pieces: lines, words.
fn change_pieces(dice: &mut Dice, input: &mut Vec<u8>, other: &[u8], is_end: fn(u8) -> bool) {
    let split =
        |text: &[u8]| -> Vec<Vec<u8>> { text.split_inclusive(|byte| is_end(*byte)).map(<[u8]>::to_vec).collect() };
    let (mut pieces, others) = (split(input), split(other));
    let (at, to) = (dice.below(pieces.len()), dice.below(pieces.len() + 1));
    let last = pieces.len().saturating_sub(1);
    match dice.below(5) {
        _ if pieces.is_empty() => {}
        0 => drop(pieces.remove(at)),
        1 => pieces.insert(to, pieces[at].clone()),
        2 => pieces.swap(at, to.min(last)),
        3 if !others.is_empty() => pieces[at].clone_from(dice.pick(&others)),
        _ if !others.is_empty() => pieces.insert(to, dice.pick(&others).clone()),
        _ => {}
    }
    *input = pieces.concat();
}
