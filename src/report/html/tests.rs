//! Pages of a made-up run, and what a scenario may put into them.

use serde_json::{Value, json};

use super::*;
use crate::experiment::Estimate;
use crate::report::plots::{Formats, draw};
use crate::report::read::tests::sample;
use crate::report::witness::Shown;

/// What XML parsers, too, take for a page: void elements closed, and attributes without a value given one.
fn as_xml(page: &str) -> String {
    let (_, page) = page.split_once("<!DOCTYPE html>").expect("it begins with its type");
    let page = page.replace(" hidden>", " hidden=\"\">").replace(STYLE, "").replace(SCRIPT, "");
    page.split_inclusive('>').map(close).collect()
}

fn close(piece: &str) -> String {
    let void = ["<meta ", "<link ", "<input "].iter().any(|tag| piece.trim_start().starts_with(tag));
    if void { piece.replace('>', "/>") } else { piece.to_owned() }
}

/// The names of all elements; it fails where tags do not match.
fn elements(page: &str) -> Vec<String> {
    let text = as_xml(page);
    let mut reader = quick_xml::Reader::from_str(&text);
    let (mut open, mut all) = (0, Vec::new());
    loop {
        let event = reader.read_event().unwrap_or_else(|error| panic!("{error} at {}", reader.error_position()));
        match &event {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(_) => open += 1,
            quick_xml::events::Event::End(_) => open -= 1,
            _ => {}
        }
        if let quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) = &event {
            all.push(tag.name().as_ref().to_owned());
        }
    }
    assert_eq!(open, 0, "all elements end");
    all
}

fn page_of(run: &RunSummary, account: &Account) -> String {
    page(run, account, &Exhibits::default(), &draw(run, Formats::Svg).expect("it is drawn"))
}

fn account(verdict: &str, expectations: &Value) -> Account {
    let manifest = json!({ "verdict": verdict, "description": "Is it <fast>?", "donsim": "0.1.0", "results_version": 5, "seed": 7 });
    Account::new(&manifest, expectations, "schema = 1\n")
}

fn check(ruling: &str, that: &str) -> Value {
    let text = format!("{that} [N = 4]: {ruling}, observed 0.5, at most 0.6");
    json!({ "that": that, "place": "N = 4", "verdict": ruling, "text": text, "cells": ["a1b2"] })
}

#[test]
fn a_page_says_what_was_found_and_how_it_is_seen_again() {
    let mut failed = check("fail", "accepted >= 0.9");
    failed["replicate"] = json!(17);
    let expectations =
        json!({ "expectations": [check("pass", "served >= 0"), failed, check("inconclusive", "p99 <= 2s")] });
    let page = page_of(&sample(), &account("fail", &expectations));
    for words in [
        "<title>sample-1 · donsim</title>",
        "<p class=\"question\">Is it &lt;fast&gt;?</p>",
        "<strong class=\"badge fail\">Failed</strong>",
        "<span>1 of 3 checks do not hold.</span>",
        "donsim replay resolved.toml --cell a1b2 --replicate 17</code>",
        "observed 0.5, at most 0.6",
        "donsim 0.1.0, results version 5",
        "No closed form for 1 of 4 cells: losses, and &quot;cuts&quot;.",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    let place = |words: &str| page.find(words).unwrap_or_else(|| panic!("no {words}"));
    assert!(place("accepted &gt;= 0.9") < place("p99 &lt;= 2s") && place("p99 &lt;= 2s") < place("served &gt;= 0"));
    let elements = elements(&page);
    let count = |name: &str| elements.iter().filter(|it| *it == name).count();
    assert_eq!((count("h1"), count("main"), count("script"), count("style")), (1, 1, 1, 1));
    assert_eq!(count("table"), count("caption"), "every table has a caption");
    assert_eq!(count("svg"), count("figcaption"), "every picture has a caption");
    assert!(count("svg") > 3);
    assert_eq!(page, page_of(&sample(), &account("fail", &expectations)), "equal runs make equal bytes");
}

#[test]
fn a_page_needs_nothing_but_itself() {
    let page = page_of(&sample(), &account("pass", &Value::Null));
    for loads in ["src=", "@import", "url(", "http:", "https:", "fetch(", "<img", "<iframe", "<object"] {
        assert!(!page.contains(loads), "{loads}");
    }
    let links = page.split(" href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    for link in links {
        let is_known = link.starts_with('#') || link == "data:," || link.starts_with("plots/");
        assert!(is_known || FILES.iter().any(|(file, _)| *file == link), "{link}");
    }
}

#[test]
fn words_of_a_scenario_stay_words() {
    let mut run = sample();
    let hostile = "</script><script>alert(1)</script>\"'&<b>\u{202e}\u{1b}\n";
    run.name = hostile.to_owned();
    for cell in &mut run.cells {
        cell.axes[1].text = hostile.to_owned();
        cell.rule_set = hostile.to_owned();
        cell.faults[0].name = hostile.to_owned();
        cell.exact = Err(hostile.to_owned());
    }
    let mut failed = check(hostile, hostile);
    for key in ["place", "text"] {
        failed[key] = json!(hostile);
    }
    failed["cells"] = json!([hostile]);
    failed["replicate"] = json!(1);
    let manifest = json!({ "verdict": hostile, "description": hostile, "donsim": hostile, "seed": hostile });
    let account = Account::new(&manifest, &json!({ "expectations": [failed] }), hostile);
    let page = page_of(&run, &account);
    let plain = page_of(&sample(), &Account::default());
    assert!(!page.contains("<b>") && !page.contains("alert(1)<") && !page.contains(['\u{202e}', '\u{1b}']), "{page}");
    let scripts = |page: &str| elements(page).iter().filter(|name| *name == "script").count();
    assert_eq!((scripts(&page), scripts(&plain)), (1, 1));
}

#[test]
fn each_expectation_is_shown_before_one_is_again() {
    let failed = |that: &str, replicate: u64| {
        let mut failed = check("fail", that);
        failed["replicate"] = json!(replicate);
        failed
    };
    let checks = [failed("accepted >= 0.9", 1), failed("accepted >= 0.9", 2), failed("p99 <= 1s", 3)];
    let account = account("fail", &json!({ "expectations": checks }));
    assert_eq!(account.witnesses().map(|witness| witness.replicate).collect::<Vec<_>>(), [1, 3, 2]);
}

/// A run of so many cells that differ in what they accept.
fn large(cells: usize) -> RunSummary {
    let mut run = sample();
    let first = run.cells[1].clone();
    run.cells = (0..cells).map(|_| first.clone()).collect();
    for (at, cell) in run.cells.iter_mut().enumerate() {
        cell.id = format!("c{at}");
        cell.axes[2].text = at.to_string();
        cell.axes[2].number = Some(at as f64);
        let accepted = |it: &&mut Estimate| it.metric == Metric::Accepted;
        let estimate = cell.estimates.iter_mut().find(accepted).expect("it is there");
        estimate.value = Some(if at % 1000 == 999 { 0.25 } else { 1.0 });
    }
    run
}

#[test]
fn of_many_cells_the_worst_are_shown_and_the_rest_is_said_to_be_elsewhere() {
    let run = large(10_000);
    let page = page_of(&run, &account("pass", &Value::Null));
    assert!(page.len() <= 1_000_000, "{}", page.len());
    assert!(
        page.contains("Of 10,000 cells the 200 that fail a check or accepted least")
            && page.contains("requests in 200 of 10,000 cells")
    );
    assert!(page.contains("data-noun=\"cells\" data-all=\"10,000\""));
    let shown = worst(&run, &Account::default(), MOST_CELLS);
    let bad: Vec<&str> = shown.cells.iter().map(|cell| cell.id.as_str()).filter(|id| id.ends_with("999")).collect();
    assert_eq!((shown.cells.len(), bad.len()), (200, 10), "{bad:?}");
    let mut failed = check("fail", "p99 <= 1s");
    failed["cells"] = json!(["c5000"]);
    let of_failing = account("fail", &json!({ "expectations": [failed] }));
    let has = |account: &Account| worst(&run, account, MOST_CELLS).cells.iter().any(|cell| cell.id == "c5000");
    assert_eq!((has(&of_failing), has(&Account::default())), (true, false));
    assert!(
        worst(&sample(), &Account::default(), MOST_CELLS).cells.len() == 4
            && !page_of(&sample(), &Account::default()).contains("accepted least")
    );
}

#[test]
fn what_is_not_known_is_not_made_up() {
    let page = page_of(&sample(), &Account::new(&Value::Null, &Value::Null, ""));
    assert!(page.contains("Not judged") && page.contains("donsim unknown, results version unknown"), "{page}");
    assert!(!page.contains("id=\"expectations\"") && !page.contains("<pre"));
}

/// A run, its account and its diagrams of which all words are `long`.
fn long_winded(long: &str) -> (RunSummary, Account) {
    let mut run = large(300);
    for cell in &mut run.cells {
        cell.axes[1].text = format!("{long}{}", cell.axes[2].text);
    }
    let failed = |at: u64| {
        let mut failed = check("fail", "accepted >= 0.9");
        failed["place"] = json!(long);
        failed["replicate"] = json!(at);
        failed
    };
    let manifest = json!({ "verdict": "fail", "description": long.repeat(100) });
    let expectations = json!({ "expectations": (0..300).map(failed).collect::<Vec<_>>() });
    (run, Account::new(&manifest, &expectations, &long.repeat(7)))
}

#[test]
fn a_page_has_less_than_a_megabyte_however_large_its_parts_are() {
    use crate::report::diagram::tests::{LOSSY, story};
    let long = "\"<&> ".repeat(1000);
    let (run, account) = long_winded(&long);
    let drawn = |facts: &str| {
        let story = story(LOSSY, 0);
        let request = crate::report::RequestAt { request: 0, caller: 0 };
        Some(Shown { request, diagram: crate::report::RequestDiagram::new(&story, facts) })
    };
    let exhibits = Exhibits::new(account.witnesses(), &|witness| {
        drawn(&if witness.replicate == 0 { long.repeat(20) } else { long.clone() })
    });
    let mut pictures = draw(&sample(), Formats::Svg).expect("it is drawn");
    for (at, drawing) in pictures.iter_mut().enumerate() {
        drawing.inline = format!("<svg>{}</svg>", " ".repeat(1000 + at * 200_000));
    }
    let page = page(&run, &account, &exhibits, &pictures);
    assert!((500_000..1_000_000).contains(&page.len()), "{} bytes", page.len());
    elements(&page);
    let first = &exhibits.shown[0].name;
    for words in [
        "its diagram is too large for this page",
        &format!("id=\"{first}\""),
        &format!("<a href=\"plots/{first}.svg\">"),
        "class=\"diagram\"",
        " of 300 checks; all are in",
        "Of 300 cells the ",
        "Too large for this page:",
        "class=\"picture\"",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("<pre") && !page.contains("in every cell"));
    let place = |words: &str| page.find(words).unwrap_or_else(|| panic!("no {words}"));
    let order = ["results", "expectations", "why", "pictures", "intervals", "made"];
    assert!(order.is_sorted_by_key(|id| place(&format!("<h2 id=\"{id}\""))));
}
