//! Labels of the keys of a scenario: on axes, in titles, within sentences and names.

use crate::scenario;
use crate::sim::FAULTS;

/// The axis of rule sets: what is compared before all else.
pub(super) const RULE_SET: &str = "aggregator.rule_set";
/// The axis of payload holders.
const HOLDERS: &str = "capability_don.payload_holders";

/// Phrase that says, after "nodes", what nodes with a fault do.
fn phrase(kind: &str) -> Option<&'static str> {
    FAULTS.iter().find(|fault| fault.name == kind).map(|fault| fault.phrase)
}

/// End of a title: what happens along the axis `key`.
pub(super) fn along(key: &str) -> String {
    let known = scenario::along(key).map(str::to_owned).or_else(|| along_fault(key));
    known.unwrap_or_else(|| format!("over {key}"))
}

/// The same of an axis `faults.KIND.…`.
fn along_fault(key: &str) -> Option<String> {
    let mut parts = key.strip_prefix("faults.")?.split('.');
    let who = match (parts.next()?, parts.next_back()?) {
        (kind, "nodes") if kind.starts_with("caller_") => "workflow nodes",
        (_, who @ ("nodes" | "holders")) => who,
        _ => return None,
    };
    let kind = key.split('.').nth(1)?;
    let doing = phrase(kind).map_or_else(|| format!("do “{}”", kind.replace('_', " ")), str::to_owned);
    Some(format!("as more {who} {doing}"))
}

/// Name of a key within a sentence: `payload`, as in `payload = 64 KiB`.
pub(super) fn in_sentence(key: &str) -> String {
    let title = scenario::axis_title(key);
    match scenario::short_label(key) {
        Some(label) => label.to_owned(),
        None if title == key || key.starts_with("faults.") => last_part(key),
        None => lower(&title),
    }
}

/// Name of a key within the name of a series; empty where the values speak for themselves, which numbers never do.
pub(super) fn in_series(key: &str, has_numbers: bool) -> String {
    if [RULE_SET, HOLDERS].contains(&key) && !has_numbers { String::new() } else { last_part(key) }
}

/// The last part of a key, behind the kind of a fault.
fn last_part(key: &str) -> String {
    let (head, last) = key.rsplit_once('.').unwrap_or(("", key));
    let kind = head.strip_prefix("faults.").map(|kind| format!("{kind} "));
    format!("{}{last}", kind.unwrap_or_default()).replace('_', " ")
}

/// End of a title that compares without an order: "by rule set and holders".
pub(super) fn by(keys: &[String]) -> String {
    let name = |key: &String| Some(in_series(key, false)).filter(|name| !name.is_empty());
    let names: Vec<String> = keys.iter().map(|key| name(key).unwrap_or_else(|| in_sentence(key))).collect();
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => format!("by {only}"),
        Some((last, rest)) if names.len() <= 3 => format!("by {} and {last}", rest.join(", ")),
        Some(_) => "by cell".to_owned(),
    }
}

/// A name within a sentence; an abbreviation stays.
pub(super) fn lower(name: &str) -> String {
    let mut chars = name.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain([second]).chain(chars).collect()
        }
        _ => name.to_owned(),
    }
}

#[cfg(test)]
#[path = "tests/keys.rs"]
mod tests;
