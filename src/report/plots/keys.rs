//! Labels of the keys of a scenario: on axes, in titles, within sentences and names.

use crate::sim::FAULTS;

/// A key that has labels of its own.
struct Label {
    key: &'static str,
    /// The name of its axis, without a unit.
    axis: &'static str,
    /// Its name within a sentence; empty where that is the axis' name.
    short: &'static str,
    /// The end of a title that tells what happens along its axis; empty where there is none.
    along: &'static str,
}

const fn label(key: &'static str, axis: &'static str, short: &'static str, along: &'static str) -> Label {
    Label { key, axis, short, along }
}

const LABELS: [Label; 19] = [
    label("aggregator.rule_set", "Rule set", "", ""),
    label("aggregator.timeout", "Deadline", "", "as the deadline moves"),
    label("capability_don.f", "F of the capability DON", "F", "as F grows"),
    label("capability_don.nodes", "Nodes of the capability DON", "N", "as the DON grows"),
    label(HOLDERS, "Nodes that hold the payload", "holders", "as more nodes hold the payload"),
    label("capability_don.payload_holders.agree", "Nodes that agree", "", "as nodes agree more often"),
    label("network.bandwidth", "Bandwidth", "", "as bandwidth grows"),
    label("network.duplication", "Duplicated messages", "", "as messages are duplicated"),
    label("network.latency", "One-way latency", "", "as the network gets slower"),
    label("network.latency.p50", "One-way latency", "", "as the network gets slower"),
    label("network.latency.p99", "99 % quantile of the one-way latency", "p99 of ways", "as stragglers get slower"),
    label("network.loss", "Lost messages", "", "as messages get lost"),
    label("network.request.latency.p99", "99 % quantile of the way there", "p99 of ways there", ""),
    label("network.request.loss", "Lost requests", "", "as requests get lost"),
    label("network.response.latency.p99", "99 % quantile of the way back", "p99 of ways back", ""),
    label("network.response.loss", "Lost responses", "", "as responses get lost"),
    label("request.count", "Requests", "", "as more requests run"),
    label("request.payload_size", "Payload", "", "as the payload grows"),
    label("workflow_don.nodes", "Nodes of the workflow DON", "", "as the workflow DON grows"),
];

/// The axis of rule sets: what is compared before all else.
pub(super) const RULE_SET: &str = "aggregator.rule_set";
/// The axis of payload holders.
const HOLDERS: &str = "capability_don.payload_holders";

/// Phrase that says, after "nodes", what nodes with a fault do.
fn phrase(kind: &str) -> Option<&'static str> {
    FAULTS.iter().find(|fault| fault.name == kind).map(|fault| fault.phrase)
}

fn known(key: &str) -> Option<&'static Label> {
    LABELS.iter().find(|label| label.key == key)
}

/// End of a title: what happens along the axis `key`.
pub(super) fn along(key: &str) -> String {
    let known = known(key).map(|label| label.along.to_owned()).filter(|along| !along.is_empty());
    known.or_else(|| along_fault(key)).unwrap_or_else(|| format!("over {key}"))
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

/// Name of the axis of a key, without its unit.
pub(super) fn axis_name(key: &str) -> String {
    let fault = || key.strip_prefix("faults.").and_then(|rest| rest.split_once('.'));
    match (known(key), fault()) {
        (Some(label), _) => label.axis.to_owned(),
        (None, Some((kind, "nodes"))) => format!("Nodes with the fault “{}”", kind.replace('_', " ")),
        (None, Some((kind, "holders"))) => format!("Holders with the fault “{}”", kind.replace('_', " ")),
        (None, _) => key.to_owned(),
    }
}

/// Name of a key within a sentence: `payload`, as in `payload = 64 KiB`.
pub(super) fn in_sentence(key: &str) -> String {
    match known(key) {
        Some(label) if label.short.is_empty() => lower(label.axis),
        Some(label) => label.short.to_owned(),
        None => last_part(key),
    }
}

/// Name of a key within the name of a series; empty where the value speaks for itself.
pub(super) fn in_series(key: &str) -> String {
    if [RULE_SET, HOLDERS].contains(&key) { String::new() } else { last_part(key) }
}

/// The last part of a key, behind the kind of a fault.
fn last_part(key: &str) -> String {
    let (head, last) = key.rsplit_once('.').unwrap_or(("", key));
    let kind = head.strip_prefix("faults.").map(|kind| format!("{kind} "));
    format!("{}{last}", kind.unwrap_or_default()).replace('_', " ")
}

/// End of a title that compares without an order: "by rule set and holders".
pub(super) fn by(keys: &[String]) -> String {
    let name = |key: &String| if in_series(key).is_empty() { in_sentence(key) } else { in_series(key) };
    let names: Vec<String> = keys.iter().map(name).collect();
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
