//! What titles and axes say about the keys of a scenario.

use super::choice::RULE_SET;
use super::number;

/// A phrase that ends a title: what happens along the axis `key`.
pub(super) fn along(key: &str) -> String {
    let known = match key {
        "network.loss" => "as messages get lost",
        "network.response.loss" => "as responses get lost",
        "network.request.loss" => "as requests get lost",
        "network.duplication" => "as messages are duplicated",
        "network.latency" | "network.latency.p50" => "as the network gets slower",
        "network.latency.p99" => "as stragglers get slower",
        "network.bandwidth" => "as bandwidth grows",
        "capability_don.nodes" => "as the DON grows",
        "capability_don.f" => "as F grows",
        "capability_don.payload_holders" => "as more nodes hold the payload",
        "capability_don.payload_holders.agree" => "as nodes agree more often",
        "workflow_don.nodes" => "as the workflow DON grows",
        "request.payload_size" => "as the payload grows",
        "request.count" => "as more requests run",
        "aggregator.timeout" => "as the deadline moves",
        _ => return fault(key).unwrap_or_else(|| format!("over {key}")),
    };
    known.to_owned()
}

/// The phrase of an axis `faults.KIND.…`.
fn fault(key: &str) -> Option<String> {
    let mut parts = key.strip_prefix("faults.")?.split('.');
    let (kind, field) = (parts.next()?, parts.next_back()?);
    if field != "nodes" && field != "holders" {
        return None;
    }
    let who = match field {
        "holders" => "holders",
        _ if kind.starts_with("caller_") => "workflow nodes",
        _ => "nodes",
    };
    Some(match doing(kind) {
        Some(doing) => format!("as more {who} {doing}"),
        None => format!("as more {who} do “{}”", kind.replace('_', " ")),
    })
}

/// What nodes with a fault do.
fn doing(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "at_deadline" => "answer at the deadline",
        "caller_flood" => "flood the DON with requests",
        "caller_other_request" => "ask for something else",
        "caller_repeats" => "repeat requests",
        "caller_silent" => "never ask",
        "caller_slow" => "ask late",
        "colluding_signers" => "collude",
        "crash" => "crash",
        "decimal_without_coefficient" => "send a decimal without digits",
        "delay_to_deadline" => "wait for the deadline",
        "doubled_metering" => "double the metering record",
        "drop_requests" => "drop requests",
        "duplicate_answers" => "repeat answers",
        "duplicate_signer" => "repeat a signer",
        "equivocation" => "equivocate",
        "error_spam" => "send errors",
        "false_pna" => "deny having the payload",
        "forged_signature" => "forge signatures",
        "hidden_pna" => "hide a payload-not-available text in errors",
        "high_s_signature" => "send high-s signatures",
        "impersonation" => "answer in the name of others",
        "missing_metering" => "leave out the metering record",
        "missing_payload" => "leave out the payload",
        "oversized" => "blow up responses",
        "random_signature" => "send noise for a signature",
        "replayed_attestation" => "replay attestations",
        "replayed_sequence" => "change the sequence number",
        "signer_out_of_range" => "invent a signer",
        "silent" => "fall silent",
        "slow" => "slow down",
        "stale_config_digest" => "attest under an old configuration",
        "stolen_attestation" => "lie under a genuine attestation",
        "surplus_signature" => "add a bad signature",
        "tampered_fields" => "tamper with unsigned fields",
        "tampered_metering" => "tamper with metering",
        "too_few_signatures" => "leave out a signature",
        "truncated_response" => "truncate responses",
        "truncated_signature" => "truncate signatures",
        "undecodable" => "send random bytes",
        "wrong_payload" => "send wrong payloads",
        "wrong_v_signature" => "flip recovery ids",
        "zero_r_signature" => "send signatures with r = 0",
        "zero_s_signature" => "send signatures with s = 0",
        _ => return None,
    })
}

/// What an axis measures, without its unit.
pub(super) fn axis_name(key: &str) -> String {
    let known = match key {
        "network.loss" => "Lost messages",
        "network.response.loss" => "Lost responses",
        "network.request.loss" => "Lost requests",
        "network.duplication" => "Duplicated messages",
        "network.latency" | "network.latency.p50" => "One-way latency",
        "network.latency.p99" => "99 % quantile of the one-way latency",
        "network.response.latency.p99" => "99 % quantile of the way back",
        "network.request.latency.p99" => "99 % quantile of the way there",
        "network.bandwidth" => "Bandwidth",
        "capability_don.nodes" => "Nodes of the capability DON",
        "capability_don.f" => "F of the capability DON",
        "capability_don.payload_holders" => "Nodes that hold the payload",
        "capability_don.payload_holders.agree" => "Nodes that agree",
        "workflow_don.nodes" => "Nodes of the workflow DON",
        "request.payload_size" => "Payload",
        "request.count" => "Requests",
        "aggregator.timeout" => "Deadline",
        "aggregator.rule_set" => "Rule set",
        _ => {
            return match key.strip_prefix("faults.").and_then(|rest| rest.split_once('.')) {
                Some((kind, "nodes")) => format!("Nodes with the fault “{}”", kind.replace('_', " ")),
                Some((kind, "holders")) => format!("Holders with the fault “{}”", kind.replace('_', " ")),
                _ => key.to_owned(),
            };
        }
    };
    known.to_owned()
}

/// The name of a key within a series label; empty where the value speaks for itself.
pub(super) fn short_key(key: &str) -> String {
    match key {
        "aggregator.rule_set" | "capability_don.payload_holders" => String::new(),
        _ => {
            let (head, last) = key.rsplit_once('.').unwrap_or(("", key));
            let kind = head.strip_prefix("faults.").map(|kind| format!("{kind} "));
            format!("{}{last}", kind.unwrap_or_default()).replace('_', " ")
        }
    }
}

/// Ends a title that compares without an order: "by rule set and holders".
pub(super) fn by(keys: &[&str]) -> String {
    let name = |key: &&str| match *key {
        "aggregator.rule_set" => "rule set".to_owned(),
        "capability_don.payload_holders" => "holders".to_owned(),
        other => short_key(other),
    };
    let names: Vec<String> = keys.iter().map(name).collect();
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => format!("by {only}"),
        Some((last, rest)) if names.len() <= 3 => format!("by {} and {last}", rest.join(", ")),
        Some(_) => "by cell".to_owned(),
    }
}

/// How an axis shows its `values`: times the factor, in the unit.
pub(super) fn reading(key: &str, unit: &str, values: &[f64]) -> (f64, String) {
    let share =
        key.rsplit('.').next().is_some_and(|last| matches!(last, "loss" | "duplication" | "probability" | "agree"));
    match unit {
        "bytes" => {
            let sizes = || values.iter().map(|value| value.abs()).filter(|size| *size > 0.0);
            if let [only] = values {
                return size(*only);
            }
            // A unit that suits only the largest would leave tiny fractions to the others.
            bytes(sizes().fold(0.0, f64::max).min(sizes().fold(f64::INFINITY, f64::min) * 16.0))
        }
        "" | "1" if share => (100.0, "%".to_owned()),
        "" | "1" => (1.0, String::new()),
        other => (1.0, other.to_owned()),
    }
}

/// Whether the `values` of an axis need a unit each: sizes from bytes to megabytes have none in common that reads well.
pub(super) fn own_units(unit: &str, values: &[f64]) -> bool {
    let sizes = || values.iter().copied().filter(|size| *size > 0.0);
    unit == "bytes" && sizes().fold(0.0, f64::max) >= 1024.0 * sizes().fold(f64::INFINITY, f64::min)
}

/// A value of an axis that has these `values`, with its unit: `5 %`, `64 KiB`.
pub(super) fn value(key: &str, unit: &str, value: f64, values: &[f64]) -> String {
    let own = [value];
    let (factor, unit) = reading(key, unit, if own_units(unit, values) { &own } else { values });
    format!("{} {unit}", number::short(value * factor)).trim_end().to_owned()
}

/// What a panel is about, before its value: `payload = 64 KiB`.
pub(super) fn panel_name(key: &str) -> String {
    match key {
        "capability_don.nodes" => "N".to_owned(),
        "capability_don.f" => "F".to_owned(),
        "capability_don.payload_holders" => "holders".to_owned(),
        "request.payload_size" => "payload".to_owned(),
        "network.latency.p99" => "p99 of ways".to_owned(),
        "network.response.latency.p99" => "p99 of ways back".to_owned(),
        "network.request.latency.p99" => "p99 of ways there".to_owned(),
        RULE_SET => "rule set".to_owned(),
        _ => {
            let name = axis_name(key);
            if name == key || key.starts_with("faults.") { short_key(key) } else { lower(&name) }
        }
    }
}

/// A name within a sentence; an abbreviation stays.
pub(super) fn lower(name: &str) -> String {
    let mut chars = name.chars();
    if name.chars().nth(1).is_none_or(|second| !second.is_lowercase()) {
        return name.to_owned();
    }
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// The unit for amounts of data up to `largest`.
pub(super) fn bytes(largest: f64) -> (f64, String) {
    let (size, name) = match largest {
        l if l >= 4.0 * 1_073_741_824.0 => (1_073_741_824.0, "GiB"),
        l if l >= 4.0 * 1_048_576.0 => (1_048_576.0, "MiB"),
        l if l >= 2048.0 => (1024.0, "KiB"),
        _ => (1.0, "bytes"),
    };
    (1.0 / size, name.to_owned())
}

/// The unit in which a single size reads best.
fn size(size: f64) -> (f64, String) {
    let units = [(1_073_741_824.0, "GiB"), (1_048_576.0, "MiB"), (1024.0, "KiB")];
    let unit = units.into_iter().find(|(unit, _)| size >= *unit).unwrap_or((1.0, "bytes"));
    (1.0 / unit.0, unit.1.to_owned())
}

/// A name with its unit in brackets.
pub(super) fn with_unit(name: &str, unit: &str) -> String {
    if unit.is_empty() { name.to_owned() } else { format!("{name} [{unit}]") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_a_phrase() {
        for fault in crate::scenario::fault_catalogue() {
            assert!(doing(fault.name).is_some(), "{}", fault.name);
        }
    }

    #[test]
    fn keys_read_as_phrases() {
        assert_eq!(along("network.response.loss"), "as responses get lost");
        assert_eq!(along("faults.silent.nodes"), "as more nodes fall silent");
        assert_eq!(along("faults.caller_silent.0.nodes"), "as more workflow nodes never ask");
        assert_eq!(along("faults.new_kind.nodes"), "as more nodes do “new kind”");
        assert_eq!(along("faults.slow.delay"), "over faults.slow.delay");
        assert_eq!(along("run.seed"), "over run.seed");
        assert_eq!(by(&["aggregator.rule_set", "capability_don.payload_holders"]), "by rule set and holders");
        assert_eq!(short_key("faults.error_spam.nodes"), "error spam nodes");
        assert_eq!(
            ["request.payload_size", "network.response.loss", "capability_don.f", "faults.slow.nodes"].map(panel_name),
            ["payload", "lost responses", "F", "slow nodes"]
        );
        assert_eq!(["Lost messages", "F of the DON", "F"].map(lower), ["lost messages", "F of the DON", "F"]);
        let sizes = [1024.0, 65_536.0, 1_048_576.0];
        assert_eq!(
            sizes.map(|size| value("request.payload_size", "bytes", size, &sizes)),
            ["1 KiB", "64 KiB", "1 MiB"]
        );
        assert_eq!(value("network.loss", "", 0.05, &[0.0, 0.05]), "5 %");
        assert!(own_units("bytes", &sizes) && !own_units("bytes", &sizes[..2]) && !own_units("ms", &sizes));
        assert_eq!(with_unit("Lost messages", &reading("network.loss", "", &[0.2]).1), "Lost messages [%]");
        assert_eq!(reading("request.payload_size", "bytes", &[0.0, 1024.0, 4_194_304.0]).1, "KiB");
        assert_eq!(reading("request.payload_size", "bytes", &[1_048_576.0, 4_194_304.0]).1, "MiB");
    }
}
