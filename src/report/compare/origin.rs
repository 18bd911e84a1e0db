//! What made a run, as far as its folder says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::scenario::values_by_key;

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
        Self { manifest, keys: values_by_key(&text("resolved.toml")) }
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

    /// Keys of two scenarios that differ, each with both values; empty where a scenario does not have it.
    #[must_use]
    pub fn differing([base, new]: [&Self; 2]) -> Vec<(String, [String; 2])> {
        let all: BTreeSet<&String> = base.keys.keys().chain(new.keys.keys()).collect();
        let values = |key: &String| [base, new].map(|it| it.keys.get(key).cloned().unwrap_or_default());
        let pairs = all.into_iter().map(|key| (key.clone(), values(key)));
        pairs.filter(|(_, [before, now])| before != now).collect()
    }
}
