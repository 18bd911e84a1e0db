//! That the reference says everything, and that what it says can be written.

use std::path::Path;

use super::super::kinds::{FORMS, PARAMETERS};
use super::super::schema::{Key, Preset, Section};
use super::super::tables::SECTIONS;
use super::super::{Diagnostics, Scenario};
use super::*;

/// Loads `text` as if it lay among the scenarios, whose files the examples name.
fn load(text: &str) -> Result<Scenario, Diagnostics> {
    Scenario::parse(Path::new("scenarios/example.toml"), text.into(), &[])
}

/// A table with the examples of its keys, those that `keep` chooses.
fn table(section: &Section, keep: impl Fn(&Key) -> bool) -> String {
    let header = match (section.path, section.list) {
        ("", _) => String::new(),
        (path, true) => format!("[[{path}]]\n"),
        (path, false) => format!("[{path}]\n"),
    };
    let keys = section.keys.iter().filter(|key| keep(key));
    keys.fold(header, |text, key| text + &format!("{} = {}\n", key.name, key.example()))
}

/// What an example needs beside itself: a matrix needs regions, and they need a matrix.
fn company(path: &str, key: &str) -> String {
    let matrix = "network.latency = { dist = \"regions\", file = \"data/rtt-ibm-cloud-2024-08.csv\" }\n";
    let [callees, callers] = ["capability_don", "workflow_don"].map(|don| format!("{don}.regions = [\"madrid\"]\n"));
    match (path, key) {
        ("capability_don", "regions") => matrix.to_owned() + &callers,
        ("workflow_don", "regions") => matrix.to_owned() + &callees,
        ("network.request" | "network.response", "latency") => callees + &callers,
        ("network.ocr", "latency") => callees,
        ("run.stop", "decided") => "expect = [{ that = \"accepted >= 0.9\" }]\n".to_owned(),
        _ => String::new(),
    }
}

#[test]
fn every_example_loads_by_itself() {
    for section in SECTIONS.iter() {
        for key in section.keys.iter() {
            let required = |other: &Key| other == key || other.preset == Preset::Required;
            let schema = if section.path.is_empty() { "" } else { "schema = 1\n" };
            let text = format!("{schema}{}{}", company(section.path, key.name), table(section, required));
            load(&text).unwrap_or_else(|found| panic!("{text}\n{found}"));
        }
    }
}

#[test]
fn all_examples_load_together() {
    let text: String = SECTIONS
        .iter()
        .filter(|section| !section.path.starts_with("faults."))
        .map(|section| table(section, |_| true))
        .collect();
    load(&text).unwrap_or_else(|found| panic!("{text}\n{found}"));
    for fault in SECTIONS.iter().filter(|section| section.path.starts_with("faults.")) {
        let text = format!("schema = 1\n{}", table(fault, |_| true));
        load(&text).unwrap_or_else(|found| panic!("{text}\n{found}"));
    }
}

/// An example shows something else than what holds anyway.
#[test]
fn no_example_repeats_the_default() {
    for section in SECTIONS.iter() {
        for key in section.keys.iter() {
            assert_ne!(Preset::Value(key.example().leak()), key.preset, "{}", section.dotted(key.name));
        }
    }
}

#[test]
fn every_table_and_key_is_described() {
    let page = markdown();
    for section in SECTIONS.iter() {
        assert!(section.meaning.ends_with('.'), "{}", section.path);
        let name = section.path.strip_prefix("faults.");
        let shown = match name {
            Some(name) => page.contains(&format!("| `{name}` | {}", section.meaning)),
            None => section.keys.iter().all(|key| {
                page.contains(&format!("| `{}` | {} |", key.name, key.kind.about().words))
                    && page.contains(&format!(" | `{}` | {} |", key.example(), key.meaning))
            }),
        };
        assert!(shown, "{}", section.path);
    }
    for form in FORMS {
        assert!(form.meaning.ends_with('.'), "{}", form.name);
        assert!(
            form.parameters.iter().all(|known| PARAMETERS.iter().any(|parameter| parameter.name == known.name)),
            "{}",
            form.name
        );
    }
}

/// A line of the template that stands for a table stands for something.
#[test]
fn no_line_of_the_template_is_lost() {
    let page = markdown();
    assert!(!page.lines().any(|line| line.starts_with('@')));
    let template = include_str!("template.md");
    let generated = template.lines().filter(|line| line.starts_with('@')).count();
    let tables = |text: &str| text.matches("\n| --- |").count();
    assert_eq!(tables(&page), tables(template) + generated);
}

/// The scenarios in the prose are right.
#[test]
fn what_the_page_shows_loads() {
    let page = markdown();
    let blocks = page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let blocks: Vec<_> = blocks.filter(|block| block.contains("schema = 1") || block.starts_with("[[faults")).collect();
    assert!(blocks.len() >= 2);
    for block in blocks {
        let text = if block.contains("schema = 1") { block.into() } else { format!("schema = 1\n{block}") };
        load(&text).unwrap_or_else(|found| panic!("{text}\n{found}"));
    }
}
