//! What was once found and mended, each with the input that showed it.

use std::path::Path;
use std::time::{Duration, Instant};

use donsim::experiment::check_power;
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
    assert_eq!((found.len(), found.iter().count()), (100, 100));
    assert!(found.render(false).ends_with("\n\nstopped after 100 findings; there may be more"));
}

/// Every expectation looked at all others, and at all of the text before it: half as many took
/// twenty seconds, where they now take less than one.
#[test]
#[expect(clippy::disallowed_methods, reason = "a limit of real time, far from what is needed")]
fn many_expectations_are_read_in_time() {
    let one = "[[expect]]\nthat = 'accepted >= 0.1'\nwhere = 'network.loss < 0.5'\n";
    let begun = Instant::now();
    let scenario = Scenario::parse(Path::new("demo.toml"), format!("schema = 1\n{}", one.repeat(10_000)), &[]).unwrap();
    assert_eq!(scenario.check_count(), 10_000);
    assert_eq!(scenario.expectations().last().and_then(|last| last.line), Some(1 + 9_999 * 3 + 2));
    check_power(&scenario).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}
