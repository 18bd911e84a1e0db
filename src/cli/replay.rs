//! `donsim replay`: why did one request fail?

use std::panic::catch_unwind;
use std::path::PathBuf;

use clap::Args;

use crate::experiment::{Baseline, Stat, fits, own_value};
use crate::network::Node;
use crate::report::{RequestAt, happening_line, happening_object, link_bytes, value_words};
use crate::scenario::{AxisValue, Cell, Metric, Scenario, Subject, escaped};
use crate::sim::{self, Happening, Outcome, Replicate, ReplicateCache, Row, RuleSets, Safety};

use super::drawings::{Choice, Drawings, Failure, Replayed};
use super::{Overrides, exit, load, place, print, say};

#[derive(Debug, Args)]
pub(super) struct Replay {
    /// A scenario file
    scenario: PathBuf,
    #[command(flatten)]
    overrides: Overrides,
    /// The cell, by its id or the beginning of it; needed when there are several
    #[arg(long, value_name = "ID")]
    cell: Option<String>,
    /// The replicate's number
    #[arg(long, value_name = "K", default_value_t = 0)]
    replicate: u64,
    /// Only lines about a node, such as `workflow.0` or `capability.3`, or a request, such as `request.1`; may be
    /// repeated
    #[arg(long, value_name = "WHAT", value_parser = Only::parse)]
    only: Vec<Only>,
    /// Print every happening as a JSON object, one a line
    #[arg(long)]
    json: bool,
    /// Print the bytes of every link by cause instead, as CSV
    #[arg(long, conflicts_with_all = ["json", "only"])]
    links: bool,
    #[command(flatten)]
    drawings: Drawings,
}

/// Happenings that are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Only {
    Node(Node),
    Request(u32),
}

impl Only {
    fn parse(text: &str) -> Result<Self, String> {
        let hint = || "name `workflow.N`, `capability.N` or `request.N`".to_owned();
        let (what, number) = text.split_once('.').ok_or_else(hint)?;
        let number = number.parse().map_err(|_| hint())?;
        match what {
            "workflow" => Ok(Self::Node(Node::Workflow(number))),
            "capability" => Ok(Self::Node(Node::Capability(number))),
            "request" => Ok(Self::Request(number)),
            _ => Err(hint()),
        }
    }

    fn wants(self, happening: &Happening) -> bool {
        match self {
            Self::Node(node) => happening.is_about(node),
            Self::Request(request) => happening.request == Some(request),
        }
    }
}

impl Replay {
    pub(super) fn execute(&self) -> u8 {
        let scenarios = match load(std::slice::from_ref(&self.scenario), &self.overrides.adjustments()) {
            Ok(scenarios) => scenarios,
            Err(code) => return code,
        };
        self.tell(&scenarios[0]).unwrap_or_else(|(message, code)| {
            say(format_args!("error: {message}"));
            code
        })
    }

    fn tell(&self, scenario: &Scenario) -> Result<u8, Failure> {
        let replicates = scenario.run().replicates;
        if self.replicate >= replicates {
            let last = replicates.saturating_sub(1);
            return Err((format!("there is no replicate {}; the last is {last}", self.replicate), exit::USAGE));
        }
        let cell = self.choose(scenario, self.cell.as_deref().unwrap_or_default())?;
        let replayed = self.replay(&cell)?;
        let Replayed { replicate, happenings, .. } = &replayed;
        if self.links {
            print_links(happenings);
        } else if self.drawings.are_wanted() {
            self.draw(scenario, &cell, &replayed)?;
        } else if self.json {
            let happenings = happenings.iter().filter(|happening| self.wants(happening));
            happenings.for_each(|happening| print(format_args!("{}\n", happening_object(happening))));
        } else {
            let happenings = happenings.iter().filter(|happening| self.wants(happening));
            print(format_args!("{}\n", title(scenario, &cell, self.replicate)));
            happenings.filter_map(happening_line).for_each(|line| print(format_args!("{}\n", escaped(&line))));
            for row in &replicate.rows {
                print(format_args!("{}\n", ending(row, &cell.setup.aggregator.rule_set)));
            }
        }
        let mut lines = Vec::new();
        let code = verdict(scenario, &cell, self.replicate, replicate, &mut lines);
        for line in lines.iter().filter(|_| !(self.links || self.json || self.drawings.are_wanted())) {
            print(format_args!("{line}\n"));
        }
        Ok(code)
    }

    fn replay(&self, cell: &Cell) -> Result<Replayed, Failure> {
        let panicked = |_| ("the replicate panicked, which is an error in donsim".to_owned(), exit::INCOMPLETE);
        catch_unwind(|| Replayed::new(cell, self.replicate)).map_err(panicked)
    }

    fn draw(&self, scenario: &Scenario, cell: &Cell, replayed: &Replayed) -> Result<(), Failure> {
        let nodes = self.capability_nodes();
        let choice = Choice { wanted: &|request| self.wants_request(request), nodes: &nodes };
        let told: Vec<String> = nodes.iter().map(|node| Node::Capability(*node).to_string()).collect();
        let alone = if told.is_empty() { String::new() } else { format!(", {} alone", told.join(", ")) };
        let Some(beside) = &self.drawings.beside else {
            let title = title(scenario, cell, self.replicate) + &alone;
            return self.drawings.make(&title, replayed, &choice);
        };
        let other = self.choose(scenario, beside)?;
        let [left, right] = names(scenario, [cell, &other]);
        let title = title_beside(scenario, [cell, &other], self.replicate) + &alone;
        self.drawings.make_beside(&title, &[(left, replayed), (right, &self.replay(&other)?)], &choice)
    }

    /// Several nodes or several requests widen the choice; a node and a request narrow it.
    fn wants(&self, happening: &Happening) -> bool {
        let wants = |is_kind: fn(&Only) -> bool| {
            let mut of_kind = self.only.iter().filter(|only| is_kind(only)).peekable();
            of_kind.peek().is_none() || of_kind.any(|only| only.wants(happening))
        };
        wants(|only| matches!(only, Only::Node(_))) && wants(|only| matches!(only, Only::Request(_)))
    }

    /// Whether a request and its caller are among what is chosen.
    fn wants_request(&self, request: RequestAt) -> bool {
        let chosen = |only: &Only| match only {
            Only::Node(Node::Workflow(caller)) => Some((0, *caller == request.caller)),
            Only::Request(number) => Some((1, *number == request.request)),
            Only::Node(Node::Capability(_)) => None,
        };
        (0..2).all(|kind| {
            let mut of_kind = self.only.iter().filter_map(chosen).filter(|(other, _)| *other == kind).peekable();
            of_kind.peek().is_none() || of_kind.any(|(_, is_it)| is_it)
        })
    }

    /// Capability nodes that are chosen.
    fn capability_nodes(&self) -> Vec<u32> {
        let number = |only: &Only| match only {
            Only::Node(Node::Capability(number)) => Some(*number),
            Only::Node(Node::Workflow(_)) | Only::Request(_) => None,
        };
        self.only.iter().filter_map(number).collect()
    }

    fn choose(&self, scenario: &Scenario, wanted: &str) -> Result<Cell, Failure> {
        let cells = (0..scenario.cell_count()).map(|index| scenario.cell(index));
        let mut found: Vec<Cell> = cells.filter(|cell| cell.id.starts_with(wanted)).take(2).collect();
        let help = format!("`donsim plan {}` lists them", self.scenario.display());
        match (found.pop(), found.pop()) {
            (Some(cell), None) => Ok(cell),
            (None, _) => Err((format!("no cell's id begins with `{wanted}`; {help}"), exit::NOTHING_SELECTED)),
            (Some(_), Some(_)) if wanted.is_empty() => {
                Err((format!("the scenario has several cells: name one with --cell ID; {help}"), exit::USAGE))
            }
            _ => Err((format!("several cells' ids begin with `{wanted}`; {help}"), exit::USAGE)),
        }
    }
}

/// Scenario, cell, replicate and seed.
pub(super) fn title(scenario: &Scenario, cell: &Cell, replicate: u64) -> String {
    let place = place(scenario, cell);
    let (name, id, seed) = (scenario.name(), scenario.id(), cell.setup.run.seed);
    let place = if place.is_empty() { place } else { format!(" ({place})") };
    format!("{name}/{id}, cell {}{place}, replicate {replicate}, seed {seed}", cell.id)
}

/// The same of two cells beside each other.
pub(super) fn title_beside(scenario: &Scenario, [cell, other]: [&Cell; 2], replicate: u64) -> String {
    format!("{} beside cell {}", title(scenario, cell, replicate), other.id)
}

/// The values of two cells on the axes on which they differ.
pub(super) fn names(scenario: &Scenario, [cell, other]: [&Cell; 2]) -> [String; 2] {
    let differing = |(_, (here, there)): &(_, (&AxisValue, &AxisValue))| here.text != there.text;
    [[cell, other], [other, cell]].map(|[here, there]| {
        let axes = scenario.axes().iter().zip(here.axes.iter().zip(&there.axes)).filter(differing);
        axes.map(|(axis, (value, _))| format!("{} = {}", axis.key, escaped(&value.text))).collect::<Vec<_>>().join(", ")
    })
}

fn print_links(happenings: &[Happening]) {
    print("from,to,cause,bytes\n");
    for link in link_bytes(happenings) {
        for (cause, bytes) in link.causes() {
            print(format_args!("{},{},{cause},{bytes}\n", link.from, link.to));
        }
    }
}

/// How a request ended at a workflow node; its rule set is said where nodes have different ones.
fn ending(row: &Row, rule_sets: &RuleSets) -> String {
    let rule_set = rule_sets.is_mixed().then(|| format!(" ({})", rule_sets.of(row.workflow_node).name()));
    let latency =
        row.latency.map_or_else(String::new, |latency| format!(" after {:.6} ms", latency.as_nanos() as f64 / 1e6));
    let error = if row.error.is_empty() { String::new() } else { format!(", {}", escaped(&row.error)) };
    let served = if row.served { "served" } else { "not served" };
    format!(
        "request {} at workflow.{}{}: {}{latency}{error} ({served}; {} bytes, {} signatures checked)",
        row.request,
        row.workflow_node,
        rule_set.unwrap_or_default(),
        row.outcome.name(),
        row.bytes.total(),
        row.signatures_verified
    )
}

/// Exit code of the replicate, and in `lines` why: safety first, then what the scenario expects.
fn verdict(scenario: &Scenario, cell: &Cell, number: u64, replicate: &Replicate, lines: &mut Vec<String>) -> u8 {
    let rows = || replicate.rows.iter().filter(|row| row.outcome != Outcome::Byzantine);
    let accepted = rows().filter(|row| row.outcome.is_right()).count();
    lines.push(format!("{accepted} of {} accepted", rows().count()));
    if rows().any(|row| row.outcome == Outcome::AcceptedWrong || row.disagreement) {
        lines.push("safety violated".to_owned());
        return if scenario.safety() == Safety::Holds { exit::SAFETY_VIOLATED } else { exit::PASS };
    }
    let mut code = exit::PASS;
    for expectation in scenario.expectations() {
        for subject in expectation.subjects.iter().filter(|subject| subject.concerns(cell.index)) {
            let value = value(scenario, *subject, expectation.metric, number);
            if !fits(expectation, value) {
                let value = value_words(expectation.metric, expectation.threshold, value);
                let that = escaped(&expectation.that);
                lines.push(format!("against what is expected of all replicates: {that}, here {value}"));
                code = exit::FAIL;
            }
        }
    }
    code
}

/// What a metric, or its difference between two cells, is in one replicate alone.
fn value(scenario: &Scenario, subject: Subject, metric: Metric, number: u64) -> Option<f64> {
    let of = |index| {
        let setup = scenario.cell(index).setup;
        let mut cache = ReplicateCache::new(setup.run.seed);
        let replicate = sim::simulate(&setup, number, &mut cache);
        let mut before = || Baseline::of(&sim::simulate(&setup.baseline(), number, &mut cache));
        let before = (metric.stat() == Stat::Ratio).then(&mut before);
        own_value(metric, &setup, &replicate, before.as_ref())
    };
    match subject {
        Subject::Cell(index) => of(index),
        Subject::Difference { of: first, minus } => of(first).zip(of(minus)).map(|(first, minus)| first - minus),
    }
}
