//! Names of keys in tables and pictures.

use super::schema::Words;
use super::tables::owner;

/// Title of an axis of the dotted `key`, without its unit: `Lost messages`. The key itself where nothing is said.
pub(crate) fn axis_title(key: &str) -> String {
    let title = find(key).map_or("", |(words, _)| words.title);
    let table = key.rsplit('.').nth(1).unwrap_or_default().replace('_', " ");
    if title.is_empty() { key.to_owned() } else { title.replace("{}", &table) }
}

/// The end of a title that tells what happens along an axis of `key`: `as messages get lost`.
pub fn along(key: &str) -> Option<&'static str> {
    find(key).map(|(words, _)| words.along).filter(|along| !along.is_empty())
}

/// A shorter name of `key` than its title or its path, where it has one: `N`.
pub(crate) fn short_label(key: &str) -> Option<&'static str> {
    find(key).map(|(words, _)| words.label).filter(|label| !label.is_empty())
}

/// The name of the dotted `key` in the head of a column: `rule set`, `response loss`.
pub(crate) fn label(key: &str) -> String {
    // Below the table's own name, every part tells something.
    let path = || key.split_once('.').map_or(key, |(_, telling)| telling).replace(['.', '_'], " ");
    match find(key) {
        Some((words, false)) if !words.label.is_empty() => words.label.to_owned(),
        _ => path(),
    }
}

/// The words of what a dotted name means, and whether that is a parameter of a key.
fn find(key: &str) -> Option<(Words, bool)> {
    let (section, rest) = owner(key)?;
    let (name, part) = rest.split_once('.').map_or((rest, None), |(name, part)| (name, Some(part)));
    let words = section.keys[section.index_of(name)?].words;
    match part {
        None => Some((words, false)),
        Some(part) => words.parts.iter().find(|(name, _)| *name == part).map(|(_, words)| (*words, true)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_read_well() {
        for (key, expected) in [
            ("aggregator.rule_set", "rule set"),
            ("capability_don.payload_holders", "holders"),
            ("capability_don.nodes", "N"),
            ("network.response.loss", "response loss"),
            ("network.latency.p99", "latency p99"),
            ("faults.wrong_payload.nodes", "wrong payload nodes"),
            ("odd", "odd"),
        ] {
            assert_eq!(label(key), expected);
        }
    }

    #[test]
    fn titles_say_what_is_measured() {
        for (key, expected) in [
            ("network.loss", "Lost messages"),
            ("network.response.loss", "Lost responses"),
            ("network.request.latency.p99", "99 % quantile of the way there"),
            ("network.latency.p50", "One-way latency"),
            ("capability_don.payload_holders.agree", "Nodes that agree"),
            ("faults.wrong_payload.nodes", "Nodes with the fault “wrong payload”"),
            ("faults.wrong_payload.0.nodes", "faults.wrong_payload.0.nodes"),
            ("network.latency.jitter", "network.latency.jitter"),
            ("run.seed", "run.seed"),
            ("odd", "odd"),
        ] {
            assert_eq!(axis_title(key), expected);
        }
        let swept = super::super::tables::SECTIONS
            .iter()
            .filter(|section| section.sweepable && !section.path.starts_with("faults."));
        for section in swept {
            assert!(section.keys.iter().all(|key| !key.words.title.is_empty()), "{}", section.path);
        }
    }
}
