//! What becomes of names without room.

use super::runs::*;
use super::*;
use crate::report::plots::names::{distinct, wrap};
use std::collections::{BTreeMap, BTreeSet};

fn lines(names: &[&str], room: f64, most: usize) -> Vec<String> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    distinct(&names, |_, name| wrap(name, room, most)).iter().map(|lines| lines.join("|")).collect()
}

#[test]
fn names_are_cut_at_their_ends_while_that_leaves_them_different() {
    assert_eq!(lines(&["attested", "identical"], 100.0, 1), ["attested", "identical"]);
    assert_eq!(lines(&["first_of_many_names", "second_of_many_names"], 100.0, 1), ["first_of_…", "second_…"]);
    assert_eq!(lines(&["the same name", "the same name"], 70.0, 1), ["the s…", "the s…"], "one name is one name");
}

#[test]
fn names_that_would_be_alike_lose_what_they_share() {
    assert_eq!(lines(&["europe_west_one", "europe_west_two"], 100.0, 1), ["euro…one", "euro…two"]);
    // Neither end tells these apart.
    let middles = ["europe_west_one_of_the_cluster", "europe_west_two_of_the_cluster"];
    assert_eq!(lines(&middles, 100.0, 1), ["…one_of…", "…two_of…"]);
    // Two of these differ beyond that, too.
    let scattered =
        ["a_long_start_1_middle_x_long_end", "a_long_start_1_middle_y_long_end", "a_long_start_2_middle_x_long_end"];
    assert_eq!(lines(&scattered, 60.0, 1), ["#1…", "#2…", "…2_…"]);
    // A name that styles like a number gets one.
    assert_eq!(lines(&["\u{6771}", "\u{5927}", "#1 · ?"], 100.0, 2), ["#1 · ?", "#2 · ?", "#3 · #1 · ?"]);
    // The font shows neither.
    assert_eq!(lines(&["\u{6771}", "\u{5927}", "tokyo"], 100.0, 2), ["#1 · ?", "#2 · ?", "tokyo"]);
}

#[test]
fn categories_series_and_bars_are_told_apart() {
    // Names below a plot have lines of one centre, names beside it have one line each at one left edge.
    let count = |run: &RunSummary, picture: &str, align: scene::Align| {
        let (_, scene) = scenes(run).into_iter().find(|(name, _)| *name == picture).unwrap();
        let mut names: BTreeMap<u64, String> = BTreeMap::new();
        for shape in &scene.shapes {
            let Shape::Text { at, text } = shape else { continue };
            if text.align == align && text.color == theme::INK && at.1 > 130.0 {
                let key = if align == scene::Align::Center { at.0 } else { at.1 };
                names.entry(key.to_bits()).or_default().push_str(&text.content);
            }
        }
        let different: BTreeSet<&String> = names.values().collect();
        assert_eq!(different.len(), names.len(), "{picture}: {names:?}");
        names.len()
    };
    let (names, series) = (similar_names(), similar_series());
    assert_eq!(count(&names, "reliability", scene::Align::Center), 10);
    assert_eq!(count(&names, "latency_quantiles", scene::Align::Center), 10);
    assert_eq!(count(&series, "reliability", scene::Align::Left), 10);
    assert_eq!(count(&series, "latency_ccdf", scene::Align::Left), 16);
}
