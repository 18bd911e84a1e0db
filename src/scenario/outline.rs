//! The outline of a cell: a scenario of one cell as tables of keys, for programs that change scenarios and write them.

use std::fmt::Write as _;

use super::expect::Expectation;
use super::files::FileNames;
use super::kinds::quote;
use super::schema::{EXPECT, Preset, STOP, SWEEP};
use super::settings::{Group, Settings};
use super::tables::number_of;

/// Scenario of one cell, without sweep and without the defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// Its tables, the top of the file first.
    pub tables: Vec<Table>,
}

/// Table of a scenario.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Table {
    /// Dotted name; empty for the top of the file.
    pub path: String,
    /// Whether there may be several of it (`[[…]]`).
    pub is_list: bool,
    /// Names of keys, each with its value as TOML.
    pub keys: Vec<(String, String)>,
}

impl Table {
    /// A table of `[[path]]`.
    pub(crate) fn of_list(path: impl Into<String>) -> Self {
        Self { path: path.into(), is_list: true, keys: Vec::new() }
    }

    /// The value of a key, as TOML.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.keys.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Gives a key a value, as TOML.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        match self.keys.iter_mut().find(|(key, _)| key == name) {
            Some((_, old)) => *old = value.into(),
            None => self.keys.push((name.to_owned(), value.into())),
        }
    }

    /// Takes a key away; whether it was there.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.keys.len();
        self.keys.retain(|(key, _)| key != name);
        self.keys.len() < before
    }
}

impl Outline {
    /// The table called `path`, made if it is not there.
    pub fn table(&mut self, path: &str) -> &mut Table {
        let at = self.tables.iter().position(|table| table.path == path).unwrap_or_else(|| {
            self.tables.push(Table { path: path.to_owned(), is_list: false, keys: Vec::new() });
            self.tables.len() - 1
        });
        &mut self.tables[at]
    }

    /// The scenario as a file has it.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        let mut tables: Vec<&Table> =
            self.tables.iter().filter(|table| table.is_list || !table.keys.is_empty()).collect();
        tables.sort_by_key(|table| number_of(&table.path));
        for table in tables {
            // Writing to a string cannot fail.
            let _ = match (table.path.as_str(), table.is_list) {
                ("", _) => Ok(()),
                (path, true) => writeln!(out, "\n[[{path}]]"),
                (path, false) => writeln!(out, "\n[{path}]"),
            };
            for (key, value) in &table.keys {
                let _ = writeln!(out, "{key} = {value}");
            }
        }
        out
    }
}

/// The cell with these settings, without rules that would end it early, and with those of `expectations` that are about cell number `index` alone.
pub(super) fn of(settings: &Settings, expectations: &[Expectation], index: u64) -> Outline {
    let groups = settings.groups.iter().filter(|group| ![EXPECT, SWEEP, STOP].contains(&group.section.path));
    let expectations = expectations.iter().filter(|expectation| expectation.is_about(index));
    let tables = groups.map(table).filter(|table| table.is_list || !table.keys.is_empty());
    Outline { tables: tables.chain(expectations.map(expectation)).collect() }
}

fn table(group: &Group) -> Table {
    let given = group.iter().filter(|(_, slot)| slot.given.is_some());
    let printed = given.filter_map(|(key, slot)| {
        let value = slot.value.as_ref()?.print(FileNames::Stored);
        let is_default = matches!(key.preset, Preset::Value(default) if default == value);
        (!is_default).then(|| (key.name.to_owned(), value))
    });
    Table { path: group.section.path.to_owned(), is_list: group.section.list, keys: printed.collect() }
}

/// `that` without brackets: there is no axis whose values they could name.
fn expectation(expectation: &Expectation) -> Table {
    let that = match (expectation.that.find('['), expectation.that.rfind(']')) {
        (Some(open), Some(close)) => format!("{}{}", &expectation.that[..open], &expectation.that[close + 1..]),
        _ => expectation.that.clone(),
    };
    let mut table = Table::of_list(EXPECT);
    table.set("that", quote(&that));
    table.set("confidence", expectation.confidence.to_string());
    table
}
