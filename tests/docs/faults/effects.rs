//! What faults change under each rule set: the same drawn requests with a fault and without it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use donsim::aggregator::RuleSet;
use donsim::scenario::Scenario;
use donsim::sim::{Outcome, ReplicateCache, Row, Setup, simulate};

/// Replicates of each cell: the first of those of the scenarios.
pub const REPLICATES: u64 = 50;

/// The place among the rule sets of the one that the pictures have.
pub const ATTESTED: usize = RuleSet::Attested as usize;

/// What a cell of a table says of a request that was accepted rightly: nothing.
const WORDS: [(Outcome, &str); 6] = [
    (Outcome::AcceptedTainted, "tainted"),
    (Outcome::AcceptedWrong, "wrong"),
    (Outcome::Failed, "failed"),
    (Outcome::Expired, "expired"),
    (Outcome::Crashed, "crashed"),
    (Outcome::NoAgreement, "no agreement"),
];

/// The setup of a scenario, with other values for some keys.
pub fn setup(text: &str, keys: &[String]) -> Setup {
    let scenario = Scenario::parse(Path::new("fault.toml"), text.to_owned(), keys);
    scenario.unwrap_or_else(|findings| panic!("{text}\n{findings}")).cell(0).setup
}

/// The same without the scenario's fault.
pub fn sound(text: &str, keys: &[String]) -> Setup {
    let keys: Vec<String> = keys.iter().filter(|key| !key.starts_with("faults.")).cloned().collect();
    setup(text.split("[[").next().unwrap_or_default(), &keys)
}

/// All requests of a cell, at all callers.
#[derive(Clone, Default)]
struct Sample {
    rows: Vec<Row>,
    requests: usize,
}

impl Sample {
    /// Bytes of a request, at all of its callers together.
    fn kib(&self) -> f64 {
        self.rows.iter().map(|row| row.bytes.total()).sum::<u64>() as f64 / 1024.0 / self.requests as f64
    }
}

/// How requests of honest callers went without a fault, and with it.
pub struct Effect {
    without: Sample,
    with: Sample,
}

/// The effect of a scenario's fault under every rule set, in their order.
pub fn effects(text: &str, keys: &[String]) -> Vec<Effect> {
    let sound = without_fault(text, keys);
    samples(|keys| setup(text, keys), keys)
        .into_iter()
        .zip(sound.iter().cloned())
        .map(|(with, without)| Effect { without, with })
        .collect()
}

/// A sample under every rule set.
fn samples(setup: impl Fn(&[String]) -> Setup, keys: &[String]) -> Vec<Sample> {
    let under = |name: &&str| setup(&[keys, &[format!("aggregator.rule_set={name}")]].concat());
    let setups: Vec<Setup> = RuleSet::NAMES.iter().map(under).collect();
    let mut samples = vec![Sample::default(); setups.len()];
    let cache = &mut ReplicateCache::new(setups[0].run.seed);
    for number in 0..REPLICATES {
        for (sample, setup) in samples.iter_mut().zip(&setups) {
            let replicate = simulate(setup, number, cache);
            sample.requests += replicate.requests.len();
            sample.rows.extend(replicate.rows);
        }
    }
    samples
}

/// Few worlds are behind many faults.
fn without_fault(text: &str, keys: &[String]) -> Arc<[Sample]> {
    static SAMPLES: Mutex<BTreeMap<String, Arc<[Sample]>>> = Mutex::new(BTreeMap::new());
    let resolved = format!("{:?}", sound(text, keys));
    let found = SAMPLES.lock().expect("no panic while it is held").get(&resolved).cloned();
    found.unwrap_or_else(|| {
        let made: Arc<[Sample]> = samples(|keys| sound(text, keys), keys).into();
        SAMPLES.lock().expect("no panic while it is held").insert(resolved, made.clone());
        made
    })
}

impl Effect {
    /// Requests without and with the fault, at callers that are honest in both.
    fn pairs(&self) -> impl Iterator<Item = (&Row, &Row)> {
        let is_honest = |(_, with): &(&Row, &Row)| with.outcome != Outcome::Byzantine;
        self.without.rows.iter().zip(&self.with.rows).filter(is_honest)
    }

    /// Requests that end otherwise or at another time, and all.
    pub fn changed(&self) -> (usize, usize) {
        let end = |row: &Row| (row.outcome, row.decided);
        (self.pairs().filter(|(without, with)| end(without) != end(with)).count(), self.pairs().count())
    }

    /// What is not accepted rightly, or by how much more the median latency is.
    pub fn cell(&self) -> String {
        if self.changed().0 == 0 {
            return "=".to_owned();
        }
        let (without, with): (Vec<&Row>, Vec<&Row>) = self.pairs().unzip();
        ended(&with).unwrap_or_else(|| match ended(&without) {
            Some(_) => "all accepted".to_owned(),
            None => format!("{:+.0} %", 100.0 * (median(&with) / median(&without) - 1.0)).replace("-0", "+0"),
        })
    }

    /// The same of the requests without the fault.
    pub fn cell_without(&self) -> String {
        let rows: Vec<&Row> = self.without.rows.iter().collect();
        ended(&rows).unwrap_or_else(|| format!("{:.0} ms", median(&rows)))
    }

    /// Whether not all is accepted rightly with the fault, or without it.
    pub fn ends_otherwise(&self) -> bool {
        self.pairs().any(|(without, with)| without.outcome != with.outcome)
    }

    pub fn kib_with(&self) -> String {
        kib(self.with.kib())
    }

    pub fn kib_without(&self) -> String {
        kib(self.without.kib())
    }

    /// KiB of a request, where the fault changes them by more than a twentieth.
    fn changed_kib(&self) -> String {
        let is_changed = (self.with.kib() / self.without.kib() - 1.0).abs() > 0.05;
        if is_changed { self.kib_with() } else { String::new() }
    }
}

fn kib(kib: f64) -> String {
    if kib < 100.0 { format!("{kib:.1}") } else { format!("{kib:.0}") }
}

/// Shares of requests that are not accepted rightly; `None` when all are.
fn ended(rows: &[&Row]) -> Option<String> {
    let share = |(outcome, word): (Outcome, &str)| {
        let count = rows.iter().filter(|row| row.outcome == outcome).count();
        (count > 0).then(|| format!("{word} {:.2}", count as f64 / rows.len() as f64))
    };
    let shares: Vec<String> = WORDS.into_iter().filter_map(share).collect();
    (!shares.is_empty()).then(|| shares.join(", "))
}

/// Median latency in ms of requests that are all accepted.
fn median(rows: &[&Row]) -> f64 {
    let mut all: Vec<u64> = rows.iter().map(|row| row.latency.expect("it is accepted").as_nanos()).collect();
    all.sort_unstable();
    all[all.len() / 2] as f64 / 1e6
}

/// A table of effects: the worlds without fault, then the faults, those of equal cells in one row.
#[derive(Default)]
pub struct Grouped {
    worlds: Vec<(String, Vec<String>)>,
    faults: Vec<(Vec<String>, Vec<String>)>,
}

impl Grouped {
    /// A world as it is without the fault, once.
    pub fn add_world(&mut self, keys: &str, effects: &[Effect]) {
        let name = if keys.is_empty() { "no fault".to_owned() } else { format!("no fault, `{keys}`") };
        if self.worlds.iter().all(|(known, _)| *known != name) {
            let cells = effects.iter().map(Effect::cell_without).chain([effects[ATTESTED].kib_without()]);
            self.worlds.push((name, cells.collect()));
        }
    }

    pub fn add(&mut self, fault: &str, effects: &[Effect]) {
        let cells = effects.iter().map(Effect::cell).chain([effects[ATTESTED].changed_kib()]).collect();
        let link = format!("[{fault}](#{fault})");
        match self.faults.iter_mut().find(|(_, same)| *same == cells) {
            Some((links, _)) => links.push(link),
            None => self.faults.push((vec![link], cells)),
        }
    }

    /// `None` without a fault.
    pub fn table(&self) -> Option<String> {
        let faults = self.faults.iter().map(|(links, cells)| (links.join(", "), cells));
        let worlds = self.worlds.iter().map(|(name, cells)| (name.clone(), cells));
        let rows = worlds.chain(faults).map(|(name, cells)| format!("| {name} | {} |\n", cells.join(" | ")));
        let rule_sets = RuleSet::NAMES.map(|name| format!("`{name}`")).join(" | ");
        let head = format!("| fault | {rule_sets} | KiB |\n|{}\n", " --- |".repeat(RuleSet::NAMES.len() + 2));
        (!self.faults.is_empty()).then(|| head + &rows.collect::<String>())
    }
}
