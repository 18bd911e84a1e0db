//! A find as a scenario of its own: the attack, the expectation that it breaks, and the command that shows it.

use crate::experiment::{CellSummary, RunError, check_power};
use crate::scenario::{Outline, Scenario, Table};
use crate::sim::Breach;

use super::attack::{names, words};
use super::trial::{Broken, Goal, Lab, Trial};

/// Beginning of every find.
pub const MARK: &str = "# Found by donsim explore in ";

/// Replicates that a find may need for its expectation to be decidable, the fewest first.
const REPLICATES: [u64; 7] = [100, 200, 300, 500, 1_000, 3_000, 10_000];

/// An attack that breaks something, simplified and confirmed.
#[derive(Clone, Debug)]
pub struct Find {
    /// Name of the scenario: a file's without its ending.
    pub name: String,
    /// The scenario.
    pub text: String,
    /// What it breaks.
    pub broken: Broken,
    /// The attack in words.
    pub attack: String,
    /// Its cell.
    pub cell: CellSummary,
}

impl Goal {
    /// The same in words, as in "it shows that …".
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Panic => "a replicate panics".to_owned(),
            Self::Safety => "a wrong response is accepted, or workflow nodes disagree".to_owned(),
            Self::Rules(Breach::DidNotAccept) => "the aggregator does not accept what its rules accept".to_owned(),
            Self::Rules(Breach::AcceptedUnproven) => "the aggregator accepts what nothing proves".to_owned(),
            Self::Expectation(that) => format!("`{that}` does not hold"),
        }
    }

    /// The same in one word of a file's name.
    fn word(&self) -> String {
        match self {
            Self::Panic => "panic".to_owned(),
            Self::Safety => "safety".to_owned(),
            Self::Rules(_) => "rules".to_owned(),
            Self::Expectation(that) => {
                let metric = that.split(['(', ')']).nth(1).unwrap_or(that);
                metric.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
            }
        }
    }
}

/// The scenario with nothing but the expectation that it breaks, under the seed of the scenario that was explored, and with
/// as few replicates as show it; `None` when none do, and it was chance.
pub(super) fn confirm(
    lab: &Lab<'_>,
    outline: &Outline,
    goal: &Goal,
    (place, number): (&str, usize),
) -> Result<Option<Find>, RunError> {
    let mut outline = outline.clone();
    outline.tables.retain(|table| table.path != "expect" || is_of(table, goal));
    let attack = words(&outline.tables);
    let name = name_of(lab, &outline, goal, number);
    outline.table("").set("name", format!("{name:?}"));
    let seed = lab.scenario.run().seed;
    for replicates in REPLICATES {
        let run = outline.table("run");
        run.set("seed", seed.to_string());
        run.set("replicates", replicates.to_string());
        let file = lab.folder.join(format!("{name}.toml"));
        let is_decidable = Scenario::parse(&file, outline.text(), &[]).is_ok_and(|it| check_power(&it).is_ok());
        if !is_decidable {
            continue;
        }
        if let Ok(Trial { cell, broken: Some(shown), .. }) = lab.run(&outline, seed, replicates)?
            && shown.goal == *goal
        {
            let text = format!("{}{}", comment(lab, &shown, &attack, (&name, place)), outline.text());
            return Ok(Some(Find { name, text, broken: shown, attack, cell }));
        }
    }
    Ok(None)
}

fn is_of(expectation: &Table, goal: &Goal) -> bool {
    matches!(goal, Goal::Expectation(that) if expectation.get("that") == Some(&format!("{that:?}")))
}

fn name_of(lab: &Lab<'_>, outline: &Outline, goal: &Goal, number: usize) -> String {
    let mut parts = vec![lab.scenario.name().to_owned(), format!("{number:02}"), goal.word()];
    parts.extend(names(&outline.tables).into_iter().map(Into::into));
    let mut name = parts.join("-");
    name.truncate(100);
    name
}

fn comment(lab: &Lab<'_>, broken: &Broken, attack: &str, (name, place): (&str, &str)) -> String {
    let of = if place.is_empty() { String::new() } else { format!(", cell {place}") };
    let cause = if broken.cause.is_empty() { String::new() } else { format!(" Failure cause: {}.", broken.cause) };
    format!(
        "{MARK}{scenario}{of}: {goal}.\n# The attack: {attack}.{cause}\n# It shows: donsim run \
         {name}.toml\n\n",
        scenario = lab.scenario.path().replace('\n', " "),
        goal = broken.goal.words(),
    )
}
