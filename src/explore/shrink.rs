//! Simplification of what was found: fewer faults, nodes, requests and keys, rounder numbers, nearer to the defaults, as
//! long as the same thing is to be seen.

use std::collections::BTreeSet;

use crate::experiment::RunError;
use crate::scenario::{Outline, Table};

use super::attack::{name, number, set_nodes};

/// Scenarios that are tried to simplify one.
const MOST_STEPS: usize = 150;

/// Keys without which a scenario would be about something else.
const KEPT: [(&str, &str); 7] = [
    ("", "schema"),
    ("", "name"),
    ("run", "seed"),
    ("run", "replicates"),
    ("capability_don", "nodes"),
    ("workflow_don", "nodes"),
    ("aggregator", "rule_set"),
];

/// The simplest scenario that still `shows` it, as far as single steps lead; `plain` is the one without an attack.
pub(super) fn simplest(
    found: Outline,
    plain: &Outline,
    mut shows: impl FnMut(&Outline) -> Result<bool, RunError>,
) -> Result<Outline, RunError> {
    descend(found, |outline| steps(outline, plain), &mut shows)
}

/// The same attack without the faults that do nothing for it.
pub(super) fn without_idle_faults(
    found: Outline,
    mut shows: impl FnMut(&Outline) -> Result<bool, RunError>,
) -> Result<Outline, RunError> {
    descend(found, without_one_table, &mut shows)
}

fn descend(
    mut current: Outline,
    steps: impl Fn(&Outline) -> Vec<Outline>,
    shows: &mut impl FnMut(&Outline) -> Result<bool, RunError>,
) -> Result<Outline, RunError> {
    let mut tried = BTreeSet::new();
    'simpler: loop {
        for step in steps(&current) {
            if tried.len() == MOST_STEPS {
                break 'simpler;
            }
            if tried.insert(step.text()) && shows(&step)? {
                current = step;
                continue 'simpler;
            }
        }
        break;
    }
    Ok(current)
}

/// All scenarios that are one step simpler, the largest steps first.
fn steps(outline: &Outline, plain: &Outline) -> Vec<Outline> {
    let mut steps = without_one_table(outline);
    steps.extend(smaller_dons(outline));
    steps.extend(nearer_to(outline, plain));
    steps.extend(each_key(outline, |table, key| name(table).is_some() && key != "nodes"));
    steps.extend(smaller_counts(outline));
    steps.extend(each_key(outline, |table, key| {
        !table.is_list && !KEPT.contains(&(table.path.as_str(), key)) && table.path != "safety"
    }));
    steps.extend(rounder(outline));
    steps
}

fn without_one_table(outline: &Outline) -> Vec<Outline> {
    let lists = outline.tables.iter().enumerate().filter(|(_, table)| table.is_list && table.path != "expect");
    let without = |(at, _): (usize, &Table)| {
        let mut next = outline.clone();
        next.tables.remove(at);
        next
    };
    lists.map(without).collect()
}

/// DONs of four or seven capability nodes and of one or four workflow nodes, with no more faulty ones than these bear.
fn smaller_dons(outline: &Outline) -> Vec<Outline> {
    let mut steps = Vec::new();
    for (don, sizes) in [("capability_don", [4, 7, 10]), ("workflow_don", [1, 4, 7])] {
        let nodes = outline.tables.iter().find(|table| table.path == don).map_or(0, |table| number(table, "nodes"));
        for size in sizes.into_iter().filter(|size| nodes > *size) {
            let mut next = outline.clone();
            let table = next.table(don);
            table.set("nodes", size.to_string());
            for key in ["f", "needed"] {
                table.remove(key);
            }
            for fault in next.tables.iter_mut().filter(|table| name(table).is_some()) {
                let nodes = number(fault, "nodes").min((size - 1) / 3).max(1);
                set_nodes(fault, nodes);
            }
            steps.push(next);
        }
    }
    steps
}

/// Values of the plain scenario in place of those that an attack chose.
fn nearer_to(outline: &Outline, plain: &Outline) -> Vec<Outline> {
    let mut steps = Vec::new();
    for table in outline.tables.iter().filter(|table| !table.is_list) {
        let Some(before) = plain.tables.iter().find(|other| other.path == table.path) else { continue };
        for (key, value) in &before.keys {
            let is_kept = KEPT.contains(&(table.path.as_str(), key.as_str()));
            if !is_kept && table.get(key).is_some_and(|now| now != value) {
                let mut next = outline.clone();
                next.table(&table.path).set(key, value);
                steps.push(next);
            }
        }
    }
    steps
}

/// Each scenario that lacks one of the chosen keys.
fn each_key(outline: &Outline, chosen: impl Fn(&Table, &str) -> bool) -> Vec<Outline> {
    let mut steps = Vec::new();
    for (at, table) in outline.tables.iter().enumerate() {
        for (key, _) in table.keys.iter().filter(|(key, _)| chosen(table, key)) {
            let mut next = outline.clone();
            next.tables[at].remove(key);
            steps.push(next);
        }
    }
    steps
}

/// One faulty node, half of them or one less in place of many; likewise holders among them.
fn smaller_counts(outline: &Outline) -> Vec<Outline> {
    let mut steps = Vec::new();
    for (at, table) in outline.tables.iter().enumerate().filter(|(_, table)| name(table).is_some()) {
        let (nodes, holders) = (number(table, "nodes"), number(table, "holders"));
        for fewer in [1, nodes / 2, nodes.saturating_sub(1)] {
            if (1..nodes).contains(&fewer) {
                let mut next = outline.clone();
                set_nodes(&mut next.tables[at], fewer);
                steps.push(next);
            }
        }
        if holders > 1 {
            let mut next = outline.clone();
            next.tables[at].set("holders", (holders - 1).to_string());
            steps.push(next);
        }
    }
    steps
}

/// Numbers of faults with one digit, or two, before zeros.
fn rounder(outline: &Outline) -> Vec<Outline> {
    let mut steps = Vec::new();
    for (at, table) in outline.tables.iter().enumerate().filter(|(_, table)| name(table).is_some()) {
        for (key, value) in &table.keys {
            for digits in [1, 2] {
                if let Some(round) = rounded(value, digits) {
                    let mut next = outline.clone();
                    next.tables[at].set(key, round);
                    steps.push(next);
                }
            }
        }
    }
    steps
}

/// A text whose first whole number keeps so many digits; `None` when it has no more.
fn rounded(text: &str, digits: usize) -> Option<String> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let length = text[start..].find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len() - start);
    let (number, rest) = text[start..].split_at(length);
    let is_round = number.trim_end_matches('0').len() <= digits;
    let round = || format!("{}{}{}{rest}", &text[..start], &number[..digits], "0".repeat(length - digits));
    (!is_round && length > digits && !rest.starts_with('.')).then(round)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_round() {
        for (text, one, two) in [
            ("\"1234ms\"", Some("\"1000ms\""), Some("\"1200ms\"")),
            ("\"40ms\"", None, None),
            ("17", Some("10"), None),
            ("0.5", None, None),
            ("\"12.5s\"", None, None),
            ("true", None, None),
        ] {
            assert_eq!((rounded(text, 1).as_deref(), rounded(text, 2).as_deref()), (one, two), "{text}");
        }
    }

    /// What is needed stays, all else goes.
    #[test]
    fn what_does_nothing_goes() {
        let mut plain = Outline { tables: Vec::new() };
        plain.table("").set("schema", "1");
        plain.table("network").set("loss", "0.1");
        plain.table("capability_don").set("nodes", "16");
        let mut found = plain.clone();
        found.table("network").set("loss", "0.3");
        for (fault, delay) in [("slow", "\"1234ms\""), ("silent", "\"7ms\"")] {
            let mut table = Table::of_list(format!("faults.{fault}"));
            set_nodes(&mut table, 5);
            table.set("delay", delay);
            found.tables.push(table);
        }
        let shows = |outline: &Outline| {
            let slow = outline.tables.iter().find(|table| table.path == "faults.slow");
            Ok(slow.is_some_and(|slow| slow.get("delay").is_some_and(|delay| delay.len() > 6)))
        };
        let simple = simplest(found, &plain, shows).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            simple.text(),
            "schema = 1\n\n[capability_don]\nnodes = 4\n\n[[faults.slow]]\nnodes = 1\ndelay = \"1000ms\"\n"
        );
    }
}
