//! Every public item of the rooms that others build on has an example on its own page of the documentation: in its own
//! doc comment or in that of one of its methods. Every method is called in an example.

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms, each with the files of others whose types it passes on.
const ROOMS: [&[&str]; 5] = [
    &["aggregator"],
    &["attestation"],
    &["wire"],
    &["experiment", "scenario/axis.rs", "scenario/metric.rs", "scenario/expect/that.rs"],
    &["sim"],
];

/// Types that have no name outside the crate: they are only ever made by `into()` and read by `.0`.
const NAMELESS: [&str; 2] = ["DeclaredFields", "Lenient"];

/// A public item: `owner` is the type whose method or constant it is.
#[derive(Debug)]
struct Item {
    place: String,
    page: PathBuf,
    owner: Option<String>,
    name: String,
}

/// The code of a doc comment, with the page that it stands on: that of a module, or of an item in it.
struct Example {
    page: PathBuf,
    code: String,
}

#[derive(Default)]
struct Room {
    items: Vec<Item>,
    examples: Vec<Example>,
}

impl Room {
    fn read(places: &[&str]) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let (page, name) = (root.join(places[0]), places[0].to_owned());
        let itself = Item { place: page.display().to_string(), page, owner: None, name };
        let mut room = Self { items: vec![itself], examples: Vec::new() };
        for file in places.iter().flat_map(|place| sources(root.join(place))) {
            room.scan(&file);
        }
        room
    }

    fn scan(&mut self, file: &Path) {
        let text = fs::read_to_string(file).expect("a source file");
        let module = if file.ends_with("mod.rs") { file.with_file_name("") } else { file.with_extension("") };
        // The type that lines belong to, and the line with which it ends: a macro makes some that are indented.
        let (mut owner, mut end, mut is_trait, mut doc) = (None, String::new(), false, String::new());
        let mut lines = text.lines().enumerate();
        while let Some((number, line)) = lines.next() {
            let code = line.trim_start();
            if let Some(comment) = code.strip_prefix("///").or_else(|| code.strip_prefix("//!")) {
                doc.extend([comment, "\n"]);
            } else if code.starts_with("#[cfg(test)]") {
                // A module of tests is the last thing in its file, or has a file of its own.
                if lines.next().is_some_and(|(_, next)| next.starts_with("mod ") && next.ends_with('{')) {
                    break;
                }
            } else if owner.is_some() && line == end {
                (owner, is_trait) = (None, false);
            } else if !code.starts_with("#[") {
                let item = declared(code, is_trait);
                let home = owner.clone().or_else(|| implemented(code)).or_else(|| item.map(str::to_owned));
                // Behind the doc comment of a module stands an empty line.
                let page = home.as_ref().map_or_else(|| module.clone(), |home| module.join(home));
                let example = code_of(&doc);
                if !example.is_empty() && (home.is_some() || code.is_empty()) {
                    self.examples.push(Example { page: page.clone(), code: example });
                }
                if let Some(name) = item.filter(|name| !NAMELESS.contains(name)) {
                    let place = format!("{}:{}", file.display(), number + 1);
                    self.items.push(Item { place, page, owner: owner.clone(), name: name.to_owned() });
                }
                if owner.is_none() && home.is_some() && line.ends_with('{') && !code.contains("fn ") {
                    end = line.replace(code, "}");
                    (owner, is_trait) = (home, code.starts_with("pub trait"));
                }
                doc.clear();
            }
        }
    }

    /// Whether an example shows the item: one on its page. A method has to be called in an example that stands on the
    /// page of its type or names it.
    fn shows(&self, item: &Item) -> bool {
        self.examples.iter().any(|Example { page, code }| match &item.owner {
            None => *page == item.page,
            Some(owner) => {
                let is_of_type = page.ends_with(owner) || names(code, owner, |_| true);
                let is_called = |before: &str| [".", "::", "fn "].iter().any(|sign| before.ends_with(sign));
                is_of_type && names(code, &item.name, is_called)
            }
        })
    }
}

/// The files of a folder and of those in it, without those of unit tests; a file is all of itself.
fn sources(path: PathBuf) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path];
    }
    let entries = fs::read_dir(path).expect("a room").map(|entry| entry.expect("it is readable").path());
    let mut paths: Vec<PathBuf> =
        entries.filter(|path| !path.file_name().is_some_and(|name| name.to_string_lossy().contains("tests"))).collect();
    paths.sort();
    paths.into_iter().flat_map(sources).collect()
}

/// Name of the public item that a line declares; everything in a trait is public.
fn declared(code: &str, is_in_trait: bool) -> Option<&str> {
    let rest = code.strip_prefix("pub ").or_else(|| Some(code).filter(|_| is_in_trait))?;
    let rest = rest.strip_prefix("const ").filter(|rest| rest.starts_with("fn ")).unwrap_or(rest);
    let kinds = ["fn ", "struct ", "enum ", "trait ", "const ", "static ", "type ", "mod "];
    let rest = kinds.iter().find_map(|kind| rest.strip_prefix(kind))?;
    let name = rest.split(|c: char| !is_part_of_name(c)).next()?;
    Some(name).filter(|name| !name.is_empty())
}

/// The type of an `impl` of its own, without parameters.
fn implemented(line: &str) -> Option<String> {
    let of_itself = Some(line).filter(|line| !line.contains(" for "))?;
    let name = match of_itself.strip_prefix("impl")? {
        parameters if parameters.starts_with('<') => after_parameters(parameters),
        name => name,
    };
    Some(name.trim_start().split(|c: char| !is_part_of_name(c)).next().unwrap_or_default().to_owned())
}

/// What stands behind `<…>`, in which there may be more of them.
fn after_parameters(text: &str) -> &str {
    let mut depth = 0;
    let is_end = |(_, c): &(usize, char)| {
        depth += i32::from(*c == '<') - i32::from(*c == '>');
        depth == 0
    };
    text.char_indices().find(is_end).map_or("", |(at, _)| &text[at + 1..])
}

/// Code of a doc comment that is compiled: a block in another language, such as ```` ```text ````, is none.
fn code_of(doc: &str) -> String {
    let blocks = doc.split("```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
    blocks.filter(|(language, _)| matches!(*language, "" | "no_run")).map(|(_, code)| code).collect()
}

/// Whether a name stands in the code as a word of its own, behind something that is fitting.
fn names(code: &str, name: &str, is_fitting: impl Fn(&str) -> bool) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let (before, behind) = (&code[..at], &code[at + name.len()..]);
        !before.ends_with(is_part_of_name) && !behind.starts_with(is_part_of_name) && is_fitting(before)
    })
}

fn is_part_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[test]
fn every_public_item_has_an_example_on_its_page() {
    let (mut missing, mut seen) = (Vec::new(), 0);
    for room in ROOMS.map(Room::read) {
        let types: Vec<&str> = room.items.iter().filter(|item| item.owner.is_none()).map(|item| &*item.name).collect();
        let is_public = |item: &&Item| item.owner.as_ref().is_none_or(|owner| types.contains(&&**owner));
        for item in room.items.iter().filter(is_public) {
            seen += 1;
            if !room.shows(item) {
                missing.push(format!("{}: {} {}", item.place, item.owner.as_deref().unwrap_or_default(), item.name));
            }
        }
    }
    assert!(missing.is_empty(), "without an example:\n{}", missing.join("\n"));
    assert!(seen > 300, "{seen} items");
}
