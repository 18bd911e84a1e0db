//! Names that have too little room: cut at their ends as long as that leaves them different, otherwise where they are alike.

use super::font;
use super::font::SEPARATOR;
use super::scene::TEXT;

/// The lines in which each of `names` is shown; `lines` cuts one to its room, given its place. Names that differ are never
/// shown alike: where cut ends make them so, their middles go, then what they begin with, and at last they are numbered.
pub(super) fn distinct(names: &[String], lines: impl Fn(usize, &str) -> Vec<String>) -> Vec<Vec<String>> {
    let shown = |at: usize, name: &str| lines(at, &font::printable(name, false));
    let mut all: Vec<Vec<String>> = names.iter().enumerate().map(|(at, name)| shown(at, name)).collect();
    for pass in 0..names.len() + 2 {
        let before = all.clone();
        for (at, name) in names.iter().enumerate() {
            let alike = || (0..names.len()).filter(|other| before[*other] == before[at]).map(|other| &names[other]);
            if alike().any(|other| other != name) {
                let shorter = match pass {
                    0 => without_middle(name, |text| is_whole(text, &shown(at, text))),
                    1 => without_start(name, alike()),
                    _ => format!("#{}{SEPARATOR}{name}", at + 1),
                };
                all[at] = shown(at, &shorter);
            }
        }
    }
    all
}

/// A name in up to `most` lines, broken where its parts meet.
pub(super) fn wrap(name: &str, room: f64, most: usize) -> Vec<String> {
    if name.contains(SEPARATOR) {
        font::wrap(name.split(SEPARATOR), SEPARATOR, TEXT, room, most)
    } else {
        font::wrap(name.split_inclusive([' ', '_', '-', '/']), "", TEXT, room, most)
    }
}

/// The longest form of `name` that fits without the characters in its middle.
fn without_middle(name: &str, fits: impl Fn(&str) -> bool) -> String {
    let letters: Vec<char> = name.chars().collect();
    let ends = |kept: usize| {
        let (head, tail) = (kept.div_ceil(2), letters.len() - kept / 2);
        letters[..head].iter().chain(&['…']).chain(&letters[tail..]).collect::<String>()
    };
    (0..letters.len()).map(ends).take_while(|text| fits(text)).last().unwrap_or_else(|| name.to_owned())
}

/// `name` without what all of the `others` begin with, too.
fn without_start<'a>(name: &str, others: impl Iterator<Item = &'a String>) -> String {
    let common = |other: &String| name.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let shared = others.map(common).min().unwrap_or(0);
    format!("…{}", name.chars().skip(shared).collect::<String>())
}

/// Whether nothing of `text` is missing from its lines but what lies between them.
fn is_whole(text: &str, lines: &[String]) -> bool {
    let bare = |text: &str| text.replace([' ', '·'], "");
    bare(&lines.concat()) == bare(text)
}
