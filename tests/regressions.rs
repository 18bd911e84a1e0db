//! What was once found and mended, each with the input that showed it.

use std::path::Path;

use donsim::scenario::{Diagnostics, Scenario};

fn findings(text: &str) -> Diagnostics {
    Scenario::parse(Path::new("regression.toml"), text.into(), &[]).expect_err(text)
}

/// A sweep without any key had its finding nowhere.
#[test]
fn an_array_in_place_of_axes_has_a_position() {
    for table in ["grid", "zip"] {
        let found = findings(&format!("schema = 1\nsweep.{table} = [1]\n"));
        let all: Vec<_> = found.iter().map(|item| (item.message(), item.line(), item.column())).collect();
        assert_eq!(all, [(format!("`sweep.{table}` must be a table").as_str(), Some(2), Some(10 + table.len()))]);
    }
}

/// Walking 6,400 nested tables took more than a thread's stack.
#[test]
fn tables_are_not_nested_beyond_reason() {
    let dotted = vec!["a"; 79].join(".");
    let text = format!("schema = 1\n{dotted} = {}1{}", format!("{{{dotted} = ").repeat(79), "}".repeat(79));
    let found = findings(&text);
    let all: Vec<_> = found.iter().map(|item| (item.message(), item.line())).collect();
    assert_eq!(all, [("tables and arrays are nested too deeply", Some(2))]);
}

/// Showing every one of very many findings took time by their number and by the length of the file.
#[test]
fn of_very_many_findings_the_first_are_shown() {
    let text = (0..5_000).fold(String::from("schema = 1\n"), |text, at| text + "unknown_" + &at.to_string() + " = 1\n");
    let found = findings(&text);
    assert_eq!((found.len(), found.iter().count()), (5_000, 200));
    assert!(found.render(false).ends_with("\n\nand 4800 more"));
}
