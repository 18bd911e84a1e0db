//! Names of keys in tables and pictures.

use super::schema::{Key, Section};
use super::tables::SECTIONS;

/// Title of an axis of the dotted `key`, without its unit: `Lost messages`. The key itself where nothing is said.
#[must_use]
pub fn axis_title(key: &str) -> String {
    let title = find(key).map_or("", |(_, known, part)| match part {
        None => known.words.title,
        Some(part) => known.words.parts.iter().find(|(name, _)| *name == part).map_or("", |(_, title)| title),
    });
    let table = key.rsplit('.').nth(1).unwrap_or_default().replace('_', " ");
    if title.is_empty() { key.to_owned() } else { title.replace("{}", &table) }
}

/// The name of the dotted `key` in the head of a column: `rule set`, `response loss`.
#[must_use]
pub fn label(key: &str) -> String {
    match find(key) {
        Some((_, known, None)) if !known.words.label.is_empty() => known.words.label.to_owned(),
        // Below the table's own name, every part tells something.
        _ => key.split_once('.').map_or(key, |(_, telling)| telling).replace(['.', '_'], " "),
    }
}

/// The key that a dotted name means, with its section, and the parameter of it.
fn find(key: &str) -> Option<(&'static Section, &'static Key, Option<&str>)> {
    let fits = |section: &&Section| key.strip_prefix(section.path).is_some_and(|rest| rest.starts_with('.'));
    let section = SECTIONS.iter().filter(fits).max_by_key(|section| section.path.len())?;
    let rest = &key[section.path.len() + 1..];
    let (name, part) = rest.split_once('.').map_or((rest, None), |(name, part)| (name, Some(part)));
    section.index_of(name).map(|index| (section, &section.keys[index], part))
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
        let swept = SECTIONS.iter().filter(|section| section.sweepable && !section.path.starts_with("faults."));
        for section in swept {
            assert!(section.keys.iter().all(|key| !key.words.title.is_empty()), "{}", section.path);
        }
    }
}
