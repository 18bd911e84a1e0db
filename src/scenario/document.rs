//! TOML text as a tree that knows where each of its values stands.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Value as Json, json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostics::{Diagnostic, Place, Source};
use super::text::{Part, Text};

/// Syntax errors beyond this many repeat what the first ones said.
const MAX_SYNTAX_ERRORS: usize = 20;

/// Several times as deep as any key of the schema. The parser's own limits multiply, as dotted keys may stand in inline
/// tables and these in dotted tables: deep enough to overflow the stack of whoever walks such a tree.
const MAX_DEPTH: usize = 32;

/// A value and its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub at: Place,
    pub raw: Raw,
}

/// A TOML value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Raw {
    Text(String),
    /// Saturates, so that a number of any length is out of range and not a mystery.
    Integer(i128),
    Float(f64),
    Flag(bool),
    Datetime,
    Array(Vec<Node>),
    /// In the order of the file.
    Table(Vec<Entry>),
}

/// A key of a table with its value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub key: String,
    pub key_at: Place,
    pub value: Node,
}

impl Node {
    /// Its description, for "found …".
    pub fn describe(&self) -> String {
        match &self.raw {
            Raw::Text(text) => format!("the string {text:?}"),
            Raw::Integer(number) => format!("the integer {number}"),
            Raw::Float(number) => format!("the number {number}"),
            Raw::Flag(flag) => format!("`{flag}`"),
            Raw::Datetime => "a date".into(),
            Raw::Array(_) => "an array".into(),
            Raw::Table(_) => "a table".into(),
        }
    }

    /// Finding that it is no table, though `name` must be one, which a file writes below `header`.
    pub fn is_no_table(&self, name: &str, header: &str, below: &str) -> Diagnostic {
        let finding = Diagnostic::new(self.at, format!("`{name}` must be a table"));
        finding.label(format!("found {}", self.describe())).help(format!("write {header}, and its {below} below"))
    }

    /// The value of `key`, if this is a table that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entry of `key`, if this is a table that has it.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.raw {
            Raw::Table(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// Puts `value` under `key`; `false` when this is no table.
    pub fn insert(&mut self, key: &str, value: Self) -> bool {
        let Raw::Table(entries) = &mut self.raw else { return false };
        match entries.iter_mut().find(|entry| entry.key == key) {
            Some(entry) => entry.value = value,
            None => entries.push(Entry { key: key.into(), key_at: value.at, value }),
        }
        true
    }

    /// The same value as if all of it stood at `place`.
    pub fn moved_to(mut self, place: Place) -> Self {
        self.at = place;
        match &mut self.raw {
            Raw::Array(items) => items.iter_mut().for_each(|item| *item = item.clone().moved_to(place)),
            Raw::Table(entries) => {
                for entry in entries {
                    entry.key_at = place;
                    entry.value = entry.value.clone().moved_to(place);
                }
            }
            _ => {}
        }
        self
    }

    /// The same as JSON; a date is nothing there.
    pub fn to_json(&self) -> Json {
        match &self.raw {
            Raw::Text(text) => json!(text),
            // What a schema says itself is far from the ends of 64 bits.
            Raw::Integer(number) => json!(i64::try_from(*number).unwrap_or(i64::MAX)),
            Raw::Float(number) => json!(number),
            Raw::Flag(flag) => json!(flag),
            Raw::Datetime => Json::Null,
            Raw::Array(items) => items.iter().map(Self::to_json).collect(),
            Raw::Table(entries) => entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect(),
        }
    }

    /// Adds every value of which this consists, under its key below `key`.
    fn list(&self, key: &str, values: &mut BTreeMap<String, String>) {
        let below = |part: &str| if key.is_empty() { part.to_owned() } else { format!("{key}.{part}") };
        match &self.raw {
            Raw::Table(entries) => entries.iter().for_each(|entry| entry.value.list(&below(&entry.key), values)),
            Raw::Array(items) if items.iter().any(|item| matches!(item.raw, Raw::Table(_))) => {
                items.iter().enumerate().for_each(|(at, item)| item.list(&below(&at.to_string()), values));
            }
            _ => {
                values.insert(key.to_owned(), self.to_json().to_string());
            }
        }
    }

    /// Whether it is the same value as `other`, wherever they stand.
    pub fn says_as(&self, other: &Self) -> bool {
        self.clone().moved_to(other.at) == other.clone().moved_to(other.at)
    }

    /// Calls `visit` with every string under the key `file`, at any depth.
    pub fn for_each_file(&self, visit: &mut impl FnMut(&str)) {
        match &self.raw {
            Raw::Array(items) => items.iter().for_each(|item| item.for_each_file(visit)),
            Raw::Table(entries) => {
                for entry in entries {
                    match &entry.value.raw {
                        Raw::Text(path) if entry.key == "file" => visit(path),
                        _ => entry.value.for_each_file(visit),
                    }
                }
            }
            _ => {}
        }
    }
}

/// The document in `text`, and what is wrong with its syntax.
pub(super) fn parse(text: &str, source: usize) -> (Node, Vec<Diagnostic>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader { source, too_deep: None };
    let root = Node { at: place(source, table.span()), raw: reader.table(table.into_inner(), 0) };
    let findings = errors.iter().take(MAX_SYNTAX_ERRORS).map(|error| {
        let span = error.span().unwrap_or(text.len()..text.len());
        let written = text.get(span.clone()).unwrap_or_default();
        syntax(place(source, span), error.message(), written)
    });
    let too_deep = reader.too_deep.map(|at| {
        Diagnostic::new(at, "tables and arrays are nested too deeply")
            .label(format!("more than {MAX_DEPTH} levels"))
            .help("no key of a scenario is nested so deeply")
    });
    (root, findings.chain(too_deep).collect())
}

/// Every value of a TOML text by its dotted key, tables of a list by their numbers; nothing of what is no TOML.
#[must_use]
pub fn values_by_key(text: &str) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    let (root, findings) = parse(text, 0);
    if findings.is_empty() {
        root.list("", &mut values);
    }
    values
}

/// Finding about the syntax at `at`, where the text says `written`.
fn syntax(at: Place, message: &str, written: &str) -> Diagnostic {
    if message.starts_with("duplicate key") {
        return Diagnostic::new(at, format!("`{}` stands twice", written.trim())).label("the second").help(
            "write every key and every [table] once; only [[tables]] in double brackets may be there several times",
        );
    }
    // The parser takes whatever has no other name for a text without quotes, also nothing at all.
    if message.starts_with("string values must be quoted") {
        let finding = if written.trim().is_empty() {
            Diagnostic::new(at, "a value is missing").label("nothing behind the `=`")
        } else {
            Diagnostic::new(at, format!("`{written}` is no value"))
                .label("no number, no text in quotes, no true or false")
        };
        let example = if written.trim().is_empty() { "3, \"40ms\" or [0, 0.1]".into() } else { format!("{written:?}") };
        return finding.help(format!("write {example}"));
    }
    Diagnostic::new(at, message)
        .label("not valid TOML from here")
        .help("text stands in double quotes, and what is opened is closed")
}

/// The value that `text` is, as if it stood at `place`.
pub(super) fn value(text: &str, place: Place) -> Option<Node> {
    match parse_strictly(&format!("x = {text}"), place.source) {
        Some(Raw::Table(mut list)) if list.len() == 1 => Some(list.remove(0).value.moved_to(place)),
        _ => None,
    }
}

/// The document in a text that must be right.
fn parse_strictly(text: &str, source: usize) -> Option<Raw> {
    let mut reader = Reader { source, too_deep: None };
    let raw = reader.table(DeTable::parse(text).ok()?.into_inner(), 0);
    reader.too_deep.is_none().then_some(raw)
}

/// Turns the parser's tree into ours, down to [`MAX_DEPTH`].
struct Reader {
    source: usize,
    /// Where it is deeper than that.
    too_deep: Option<Place>,
}

impl Reader {
    fn table(&mut self, table: DeTable<'_>, depth: usize) -> Raw {
        let mut entries: Vec<_> = table
            .into_iter()
            .map(|(key, value)| {
                let key_at = place(self.source, key.span());
                Entry { key: key.into_inner().into_owned(), key_at, value: self.node(value, depth + 1) }
            })
            .collect();
        // The parser's map is sorted by name; the order of axes and of messages is the file's.
        entries.sort_by_key(|entry| entry.key_at.start);
        Raw::Table(entries)
    }

    fn node(&mut self, value: Spanned<DeValue<'_>>, depth: usize) -> Node {
        let at = place(self.source, value.span());
        let raw = match value.into_inner() {
            deep @ (DeValue::Array(_) | DeValue::Table(_)) if depth > MAX_DEPTH => {
                self.too_deep.get_or_insert(at);
                take_apart(deep);
                Raw::Table(Vec::new())
            }
            DeValue::String(text) => Raw::Text(text.into_owned()),
            DeValue::Integer(number) => {
                let too_long = if number.as_str().starts_with('-') { i128::MIN } else { i128::MAX };
                Raw::Integer(i128::from_str_radix(number.as_str(), number.radix()).unwrap_or(too_long))
            }
            DeValue::Float(number) => Raw::Float(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(flag) => Raw::Flag(flag),
            DeValue::Datetime(_) => Raw::Datetime,
            DeValue::Array(items) => Raw::Array(items.into_iter().map(|item| self.node(item, depth + 1)).collect()),
            DeValue::Table(table) => self.table(table, depth),
        };
        Node { at, raw }
    }
}

/// Drops a tree level by level: left to itself it would do so recursively.
fn take_apart(tree: DeValue<'_>) {
    let mut rest = vec![tree];
    while let Some(value) = rest.pop() {
        match value {
            DeValue::Array(items) => rest.extend(items.into_iter().map(Spanned::into_inner)),
            DeValue::Table(table) => rest.extend(table.into_iter().map(|(_, value)| value.into_inner())),
            _ => {}
        }
    }
}

fn place(source: usize, span: Range<usize>) -> Place {
    Place { source, start: span.start, end: span.end }
}

/// `text` as a value that stands at `place`: TOML if it parses as such, otherwise a bare string.
pub(super) fn literal(text: &str, place: Place) -> Node {
    value(text, place).unwrap_or_else(|| Node { at: place, raw: Raw::Text(text.into()) })
}

/// A dotted key.
#[derive(Clone, Debug, Default)]
pub(super) struct Path {
    pub dotted: String,
    /// Where it stands, as far as its parts stand beside each other: a table that several keys share has its place where
    /// it is named first. `None` for a path without any part.
    pub at: Option<Place>,
}

impl Path {
    /// The path of `key`, which may itself hold dots when it was quoted.
    pub fn new(key: &str, at: Place) -> Self {
        Self { dotted: key.into(), at: Some(at) }
    }

    /// The path one part further.
    pub fn join(&self, key: &str, at: Place) -> Self {
        // A dot, and quotes around either part.
        const BETWEEN: usize = 3;
        let Some(before) = self.at else { return Self::new(key, at) };
        let is_beside = before.source == at.source && (0..=BETWEEN).any(|gap| before.end + gap == at.start);
        let start = if is_beside { before.start } else { at.start };
        Self { dotted: format!("{}.{key}", self.dotted), at: Some(Place { start, ..at }) }
    }
}

/// A `--set key=value` argument, or a `--sweep` one with all values in an array.
#[derive(Clone, Debug)]
pub(super) struct Override {
    pub path: Path,
    /// Its value: TOML if it parses as such, otherwise a bare string.
    pub value: Node,
}

/// Reads an argument of the form `key=value`; `option` names it.
pub(super) fn parse_override(text: &str, option: &str, source: usize) -> Result<Override, Diagnostic> {
    let whole = place(source, 0..text.len());
    let malformed = || {
        Diagnostic::new(whole, format!("`{option}` needs a key and a value"))
            .label("not of the form `key=value`")
            .help(format!("for example `{option} network.loss=0.01`"))
    };
    let equals = text.find('=').ok_or_else(malformed)?;
    let (key, value) = (&text[..equals], &text[equals + 1..]);
    let path = parse_strictly(&format!("{key}=0"), source).and_then(single_path).ok_or_else(malformed)?;
    // The value keeps its offset behind a stand-in for the key, so that findings point into the argument itself.
    let stand_in = format!("x{:width$}={value}", "", width = equals.saturating_sub(1));
    let value = match parse_strictly(&stand_in, source) {
        Some(Raw::Table(mut list)) if list.len() == 1 => list.remove(0).value,
        _ => {
            let start = equals + 1 + (value.len() - value.trim_start().len());
            let raw = Raw::Text(value.trim().into());
            Node { at: place(source, start..start.max(text.trim_end().len())), raw }
        }
    };
    Ok(Override { path, value })
}

/// Reads a `--sweep` argument: values between commas, or what an axis of a file may be.
pub(super) fn parse_sweep(text: &str, source: usize, sources: &[Source]) -> Result<Override, Diagnostic> {
    let set = parse_override(text, "--sweep", source)?;
    if matches!(set.value.raw, Raw::Array(_) | Raw::Table(_)) {
        return Ok(set);
    }
    let whole = Text::new(text, place(source, 0..text.len()), sources);
    let values = whole.all().split_at(text.find('=').map_or(0, |equals| equals + 1)).1.trim();
    let items: Vec<_> = values.split(|rest| rest.starts_with(',').then_some(1)).into_iter().map(Part::trim).collect();
    if let Some(empty) = items.iter().find(|item| item.text.is_empty()) {
        let finding = Diagnostic::new(whole.place(*empty), "`--sweep` lacks a value").label("nothing between commas");
        return Err(finding.help("for example `--sweep network.loss=0,0.1,0.2`"));
    }
    let items = items.into_iter().map(|item| literal(item.text, whole.place(item))).collect();
    Ok(Override { value: Node { at: whole.place(values), raw: Raw::Array(items) }, ..set })
}

/// The path to the only leaf of nested tables, if there is one leaf only.
fn single_path(mut raw: Raw) -> Option<Path> {
    let mut path = Path::default();
    while let Raw::Table(mut list) = raw {
        let entry = list.pop().filter(|_| list.is_empty())?;
        path = path.join(&entry.key, entry.key_at);
        raw = entry.value.raw;
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_order_are_those_of_the_text() {
        let (root, findings) = parse("b = 1_000\n[a]\nz = [0x10, \"x\"]\n", 0);
        assert!(findings.is_empty());
        let Raw::Table(list) = &root.raw else { panic!("a document is a table") };
        assert_eq!(list.iter().map(|entry| entry.key.as_str()).collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(root.get("b").map(|node| &node.raw), Some(&Raw::Integer(1_000)));
        let Some(Raw::Array(items)) = root.get("a").and_then(|a| a.get("z")).map(|node| &node.raw) else {
            panic!("an array")
        };
        assert_eq!((items[0].at.start, items[0].at.end), (19, 23));
        assert_eq!(items[0].raw, Raw::Integer(16));
    }

    #[test]
    fn an_override_is_toml_or_a_bare_string() {
        for (text, key, raw, start) in [
            ("network.loss=0.5", "network.loss", Raw::Float(0.5), 13),
            ("a.\"b.c\" = attested", "a.b.c", Raw::Text("attested".into()), 10),
            ("t=40ms", "t", Raw::Text("40ms".into()), 2),
            ("t=\"40ms\"", "t", Raw::Text("40ms".into()), 2),
            ("t=", "t", Raw::Text(String::new()), 2),
            ("t=1\nb=2", "t", Raw::Text("1\nb=2".into()), 2),
        ] {
            let set = parse_override(text, "--set", 1).unwrap_or_else(|_| panic!("{text}"));
            assert_eq!((set.path.dotted, set.value.raw, set.value.at.start), (key.into(), raw, start), "{text}");
        }
        for text in ["", "network.loss", "=3", "a b=3", "a=1\nb=2\nc"] {
            assert_eq!(parse_override(text, "--set", 1).is_err(), text != "a=1\nb=2\nc", "{text}");
        }
    }

    #[test]
    fn huge_integers_saturate() {
        let (root, _) = parse("a = 9999999999999999999999999999999999999999999", 0);
        assert_eq!(root.get("a").map(|node| &node.raw), Some(&Raw::Integer(i128::MAX)));
    }
}
