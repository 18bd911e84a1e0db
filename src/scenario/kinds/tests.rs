//! That every kind is whole.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value as Json};

use super::super::diagnostics::{Diagnostic, Place};
use super::super::document::{self, Node};
use super::super::files::{FileNames, Files};
use super::super::tables::SECTIONS;
use super::*;

/// What `text` means as a value of `kind`, or what is said against it.
fn read(kind: &dyn Kind, node: &Node) -> Result<Value, Vec<Diagnostic>> {
    let mut files = Files::default();
    node.for_each_file(&mut |name| files.load(Path::new("scenarios"), name));
    files.load(Path::new("scenarios"), "data/rtt-ibm-cloud-2024-08.csv");
    let mut findings = Vec::new();
    kind.read(&mut Lowering::new(&files, &mut findings), "table.key", node).ok_or(findings)
}

fn node(text: &str) -> Node {
    document::value(text, Place::NOWHERE).unwrap_or_else(|| panic!("{text}"))
}

fn accepts(kind: &dyn Kind, value: &Json) -> bool {
    let kinds = KINDS.iter().copied().chain(PARAMETERS.iter().map(|parameter| parameter.kind));
    let mut schema = kind.about().schema;
    schema["$defs"] = kinds.flat_map(Kind::definitions).collect::<Map<_, _>>().into();
    jsonschema::draft202012::new(&schema).unwrap().is_valid(value)
}

/// The example of a kind can be written, editors take it, and what is printed of it is read as the same.
#[test]
fn every_example_is_read_and_printed_as_itself() {
    for kind in KINDS {
        let example = node(&kind.about().example);
        let value = read(*kind, &example).unwrap_or_else(|found| panic!("{kind:?}: {found:?}"));
        assert!(accepts(*kind, &example.to_json()), "{kind:?}");
        assert!(!value.axis_value().text.is_empty(), "{kind:?}");
        let printed = value.print(FileNames::Stored);
        // Files are called otherwise where results keep them.
        if !printed.contains("files/") {
            let again = read(*kind, &node(&printed)).unwrap_or_else(|found| panic!("{kind:?}: {found:?}"));
            assert_eq!((again.print(FileNames::Stored), again.axis_value()), (printed, value.axis_value()), "{kind:?}");
        }
    }
}

/// What is no value of a kind is said to be none, with a way out, and editors refuse it, too.
#[test]
fn every_kind_refuses_what_it_does_not_know() {
    for kind in KINDS {
        for wrong in ["1979-05-27", "{ nobody = 1 }", "[[1]]"] {
            let found = read(*kind, &node(wrong)).expect_err(wrong);
            let is_helpful =
                |found: &Diagnostic| found.message().contains("`table.key") && found.suggestion().is_some();
            assert!(!found.is_empty() && found.iter().all(is_helpful), "{kind:?}: {found:?}");
            assert!(!accepts(*kind, &node(wrong).to_json()), "{kind:?}: {wrong}");
        }
    }
}

/// Ticks of an ordered kind are values of it with a number, in the order of the ticks.
#[test]
fn every_order_has_ticks() {
    for (kind, measure) in KINDS.iter().filter_map(|kind| Some((kind, kind.measure()?))) {
        let ticks = match measure {
            Measure::Count => [2, 3],
            Measure::Decimal => [500_000_000_000_000_000, 750_000_000_000_000_000],
            Measure::Of(_) => [1_000, 2_000_000],
        };
        let numbers = ticks.map(|ticks| {
            let node = Node { at: Place::NOWHERE, raw: measure.raw(ticks) };
            assert_eq!(measure.ticks(&node), Some(ticks), "{kind:?}");
            read(*kind, &node).unwrap_or_else(|found| panic!("{kind:?}: {found:?}")).axis_value().number.unwrap()
        });
        assert!(numbers[0] < numbers[1], "{kind:?}");
    }
}

#[test]
fn kinds_have_words_and_names_of_their_own() {
    let names: BTreeSet<_> = KINDS.iter().map(|kind| kind.about().name).collect();
    assert_eq!(names.len(), KINDS.len());
    assert!(KINDS.iter().all(|kind| !kind.about().words.is_empty()));
}

/// No key and no parameter has a kind that the list does not know.
#[test]
fn every_key_has_a_kind_of_the_list() {
    let family = |kind: &dyn Kind| kind.about().name.split('.').next().unwrap().to_owned();
    let known: BTreeSet<_> = KINDS.iter().map(|kind| family(*kind)).collect();
    let keys = SECTIONS.iter().flat_map(|section| section.keys.iter().map(|key| key.kind));
    for kind in keys.chain(PARAMETERS.iter().map(|parameter| parameter.kind)) {
        assert!(known.contains(&family(kind)), "{kind:?}");
    }
}
