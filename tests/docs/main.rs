//! The pages keep their word: links lead somewhere, command lines parse, scenarios that are named exist, and the README
//! stays short.

mod book;
mod commands;
#[path = "../common/cores.rs"]
mod cores;
mod faults;
mod figures;
mod tables;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use donsim::cli::Cli;
use donsim::experiment::check_power;
use donsim::scenario::Scenario;

/// Lines that the README has at most.
const MOST_LINES: usize = 170;

/// How command lines of donsim begin.
const COMMANDS: [&str; 2] = ["donsim ", "cargo run --release -- "];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Whether files that the tests make are written anew.
fn is_renewing() -> bool {
    std::env::var_os("DONSIM_RENEW").is_some()
}

/// Every page for people, with its text.
fn pages() -> Vec<(PathBuf, String)> {
    let docs =
        fs::read_dir(root().join("docs")).expect("it is there").map(|entry| entry.expect("it is readable").path());
    let docs = docs.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let fixed = ["README.md", "CHANGELOG.md", "benches/README.md", "results/README.md", "scenarios/README.md"];
    let all: BTreeSet<PathBuf> = docs.chain(fixed.map(|page| root().join(page))).collect();
    all.into_iter().map(|page| (page.clone(), read(&page))).collect()
}

/// The anchors of a page: its headings as GitHub spells them, and those that it sets by hand.
fn anchors(page: &Path) -> BTreeSet<String> {
    let text = read(page);
    let slug = |heading: &str| {
        let kept = heading.trim().to_lowercase().replace(' ', "-");
        kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
    };
    let headings = text.lines().filter(|line| line.starts_with('#')).map(|line| slug(line.trim_start_matches('#')));
    let by_hand = text.split("<a id=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned);
    headings.chain(by_hand).collect()
}

/// Command lines of donsim on a page: lines of code blocks, continued ones joined, and what stands in backticks.
fn commands(text: &str) -> Vec<String> {
    let joined = text.replace("\\\n", " ");
    let (mut found, mut is_code) = (Vec::new(), false);
    for line in joined.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if is_code || line.starts_with("    ") {
            found.push(line.trim_start_matches(['$', ' ', '-']).trim_start_matches("run: ").to_owned());
        } else {
            found.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found.retain(|line| COMMANDS.iter().any(|start| line.starts_with(start)));
    found
}

/// The words of a command line as a shell splits them, up to the first pipe, redirection or comment.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for c in line.chars().chain([' ']) {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, ' ') => words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty())),
            _ => word.push(c),
        }
    }
    assert_eq!(quote, None, "an open quote in {line}");
    let end = words.iter().position(|word| matches!(word.as_str(), "|" | "#") || word.contains('>'));
    words.truncate(end.unwrap_or(words.len()));
    words
}

#[test]
fn the_readme_is_short() {
    let lines = read(&root().join("README.md")).lines().count();
    assert!(lines <= MOST_LINES, "{lines} lines");
}

#[test]
fn every_link_leads_somewhere() {
    let mut links = 0;
    for (page, text) in pages() {
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for link in targets.filter(|link| !link.starts_with("https://")) {
            let (file, anchor) = link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
            let target = if file.is_empty() { page.clone() } else { page.with_file_name(file) };
            assert!(target.exists(), "{}: {link}", page.display());
            assert!(anchor.is_none_or(|anchor| anchors(&target).contains(anchor)), "{}: {link}", page.display());
            links += 1;
        }
    }
    assert!(links > 80, "{links} links");
}

#[test]
fn every_command_line_parses_and_names_scenarios_that_exist() {
    let mut parsed = 0;
    for (page, text) in pages() {
        for line in commands(&text) {
            let start = COMMANDS.iter().find(|start| line.starts_with(**start)).expect("it is a command line");
            let words = words(&line[start.len()..]);
            // A command that is only named, such as `donsim check`, lacks its arguments.
            let has_arguments = words[1..].iter().any(|word| !word.starts_with('-'));
            let is_named = |kind| kind == ErrorKind::MissingRequiredArgument && !has_arguments;
            if let Err(error) = Cli::try_parse_from(["donsim"].into_iter().chain(words.iter().map(String::as_str))) {
                let is_fine = is_named(error.kind()) || error.kind() == ErrorKind::DisplayVersion;
                assert!(is_fine, "{}: {line}\n{error}", page.display());
            }
            for file in words.iter().filter(|word| word.starts_with("scenarios/")) {
                let file = file.trim_end_matches("*.toml");
                assert!(root().join(file).exists(), "{}: {line}", page.display());
                assert!(
                    cells_of(&words).all(|id| has_cell(file, &words, id)),
                    "{}: no such cell: {line}",
                    page.display()
                );
            }
            parsed += 1;
        }
    }
    assert!(parsed > 30, "{parsed} command lines");
}

/// Values of an option on a command line.
fn values<'a>(words: &'a [String], option: &'a str) -> impl Iterator<Item = &'a str> {
    words.windows(2).filter(move |pair| pair[0] == option).map(|pair| pair[1].as_str())
}

/// Beginnings of cells' ids on a command line; a shell's variable is none.
fn cells_of(words: &[String]) -> impl Iterator<Item = &str> {
    ["--cell", "--beside"].into_iter().flat_map(|option| values(words, option)).filter(|id| !id.starts_with('$'))
}

fn has_cell(file: &str, words: &[String], id: &str) -> bool {
    let overrides: Vec<String> = values(words, "--set").map(str::to_owned).collect();
    let scenario = Scenario::load(&root().join(file), &overrides).unwrap_or_else(|findings| panic!("{findings}"));
    (0..scenario.cell_count()).any(|at| scenario.cell(at).id.starts_with(id))
}

/// A page's blocks of TOML, with the numbers of their first lines. All are scenarios or parts of one: what is shown as wrong stands in a
/// block without a language, above its finding.
fn toml_blocks(text: &str) -> Vec<(usize, String)> {
    let (mut blocks, mut lines) = (Vec::new(), (1..).zip(text.lines()));
    while let Some((number, _)) = lines.find(|(_, line)| *line == "```toml") {
        let block: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
        blocks.push((number + 1, block.join("\n")));
    }
    blocks
}

#[test]
fn every_scenario_on_a_page_is_one() {
    let mut wrong = Vec::new();
    let is_here = |path: &PathBuf| path.starts_with(root().join("docs")) || *path == root().join("README.md");
    for (path, text) in pages().into_iter().filter(|(path, _)| is_here(path)) {
        for (line, block) in toml_blocks(&text) {
            let start = if block.starts_with("schema = 1\n") { "" } else { "schema = 1\n" };
            let file = root().join("scenarios/page.toml");
            let scenario = Scenario::parse(&file, format!("{start}{block}\n"), &[]);
            if let Err(findings) = scenario.and_then(|scenario| check_power(&scenario)) {
                wrong.push(format!("{}:{line}: {findings}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Words of the page of commands, and of those that it sends readers of one of them to.
fn words_about(command: &str) -> BTreeSet<String> {
    let path = root().join("docs/running.md");
    let page = read(&path);
    let row = page.lines().find(|line| line.starts_with(&format!("| `donsim {command}`"))).expect("a row");
    let links = row.split("](").skip(1).filter_map(|rest| rest.split(['#', ')']).next());
    let pages = links.map(|link| read(&path.with_file_name(link))).chain([page.clone()]);
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '-').to_owned();
    pages.flat_map(|text| text.split_whitespace().map(bare).collect::<Vec<_>>()).collect()
}

#[test]
fn every_option_is_on_the_page_of_commands_or_of_its_command() {
    let mut missing = Vec::new();
    for command in Cli::command().get_subcommands() {
        let words = words_about(command.get_name());
        for option in command.get_arguments().filter(|option| !option.is_hide_set()) {
            let long = option.get_long().map(|name| format!("--{name}"));
            let short = option.get_short().map(|letter| format!("-{letter}"));
            let is_there = [&long, &short].into_iter().flatten().any(|name| words.contains(name));
            missing.extend(long.filter(|_| !is_there).map(|name| format!("{} {name}", command.get_name())));
        }
    }
    assert!(missing.is_empty(), "not on docs/running.md or a page that its row names: {missing:?}");
}
