//! What made a run, as far as its folder says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::scenario::values_by_key;

/// A key of two scenarios with its value in each.
pub type Differing = (String, [String; 2]);

/// Manifest and scenario of a run; what cannot be read is empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Origin {
    manifest: Value,
    /// Values of the scenario by their keys, as JSON.
    keys: BTreeMap<String, String>,
}

impl Origin {
    /// What the results folder says of itself.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
        let manifest = serde_json::from_str(&text("manifest.json")).unwrap_or_default();
        Self { manifest, ..Self::of_scenario(&text("resolved.toml")) }
    }

    /// A scenario alone.
    #[must_use]
    pub fn of_scenario(text: &str) -> Self {
        Self { manifest: Value::Null, keys: values_by_key(text) }
    }

    /// A field of the manifest in words: `seed`, `donsim`.
    #[must_use]
    pub fn field(&self, name: &str) -> String {
        match &self.manifest[name] {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            value => value.to_string(),
        }
    }

    /// Keys of two scenarios that differ; a value is empty where a scenario does not have it. `None` where one cannot be read.
    #[must_use]
    pub fn differing([base, new]: [&Self; 2]) -> Option<Vec<Differing>> {
        if base.keys.is_empty() || new.keys.is_empty() {
            return None;
        }
        let all: BTreeSet<&String> = base.keys.keys().chain(new.keys.keys()).collect();
        let values = |key: &String| [base, new].map(|it| it.keys.get(key).cloned().unwrap_or_default());
        let pairs = all.into_iter().map(|key| (key.clone(), values(key)));
        Some(pairs.filter(|(_, [before, now])| before != now).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenarios_differ_in_single_keys() {
        let origin = Origin::of_scenario;
        let base = origin("network.latency = { dist = \"uniform\", min = \"1ms\" }\n[[faults.slow]]\nnodes = 1\n");
        let new = origin(
            "[network.latency]\ndist = \"uniform\"\nmin = \"2ms\"\n[[faults.slow]]\n[[faults.slow]]\nnodes = 1\n",
        );
        let differing = |key: &str, values: [&str; 2]| (key.to_owned(), values.map(str::to_owned));
        let wanted = vec![
            differing("faults.slow.0.nodes", ["1", ""]),
            differing("faults.slow.1.nodes", ["", "1"]),
            differing("network.latency.min", ["\"1ms\"", "\"2ms\""]),
        ];
        assert_eq!(Origin::differing([&base, &new]), Some(wanted));
        assert_eq!(Origin::differing([&base, &origin("no scenario")]), None);
    }
}
