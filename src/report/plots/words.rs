//! What titles and axes say about the keys of a scenario.

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
    let who = if field == "holders" { "holders" } else { "nodes" };
    let doing = match kind {
        "silent" => "fall silent",
        "crash" => "crash",
        "slow" => "slow down",
        "drop" => "drop messages",
        "delay_to_deadline" => "wait for the deadline",
        "false_pna" => "deny having the payload",
        "error_spam" => "send errors",
        "wrong_payload" | "wrong_payload_stolen_attestation" => "send wrong payloads",
        "forged_signature" | "forged_signatures" => "forge signatures",
        "equivocation" => "equivocate",
        "colluding_signers" => "collude",
        other => return Some(format!("as more {who} do “{}”", other.replace('_', " "))),
    };
    Some(format!("as more {who} {doing}"))
}

/// What an axis measures, without its unit.
pub(super) fn axis_name(key: &str) -> String {
    let known = match key {
        "network.loss" => "Lost messages",
        "network.response.loss" => "Lost responses",
        "network.request.loss" => "Lost requests",
        "network.duplication" => "Duplicated messages",
        "network.latency" | "network.latency.p50" => "One-way latency",
        "network.bandwidth" => "Bandwidth",
        "capability_don.nodes" => "Nodes of the capability DON",
        "capability_don.f" => "F of the capability DON",
        "capability_don.payload_holders" => "Nodes that hold the payload",
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

/// How an axis shows its values: times the factor, in the unit.
pub(super) fn reading(key: &str, unit: &str, largest: f64) -> (f64, String) {
    let share = key.rsplit('.').next().is_some_and(|last| matches!(last, "loss" | "duplication" | "probability"));
    match unit {
        "bytes" => bytes(largest),
        "" | "1" if share => (100.0, "%".to_owned()),
        "" | "1" => (1.0, String::new()),
        other => (1.0, other.to_owned()),
    }
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

/// A name with its unit in brackets.
pub(super) fn with_unit(name: &str, unit: &str) -> String {
    if unit.is_empty() { name.to_owned() } else { format!("{name} [{unit}]") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_as_phrases() {
        assert_eq!(along("network.response.loss"), "as responses get lost");
        assert_eq!(along("faults.silent.nodes"), "as more nodes fall silent");
        assert_eq!(along("faults.high_s.nodes"), "as more nodes do “high s”");
        assert_eq!(along("faults.slow.delay"), "over faults.slow.delay");
        assert_eq!(along("run.seed"), "over run.seed");
        assert_eq!(by(&["aggregator.rule_set", "capability_don.payload_holders"]), "by rule set and holders");
        assert_eq!(short_key("faults.error_spam.nodes"), "error spam nodes");
        assert_eq!(with_unit("Lost messages", &reading("network.loss", "", 0.2).1), "Lost messages [%]");
    }
}
