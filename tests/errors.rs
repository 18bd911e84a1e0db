//! Everything that may be wrong is said as the catalogue in `tests/fixtures/errors/` has it, letter by letter.
//!
//! `DONSIM_RENEW=1 cargo test --test errors` writes down what is said now; read every difference as a user would.

#[path = "common/binary.rs"]
#[expect(dead_code, reason = "nothing is simulated here")]
mod binary;
#[path = "common/catalogue.rs"]
mod catalogue;

use std::fs;
use std::path::Path;

use binary::{Said, donsim};
use catalogue::{Entry, entries, pages};

fn say(entry: &Entry) -> Said {
    let folder = tempfile::tempdir().unwrap();
    entry.lay_out(folder.path());
    let args: Vec<&str> = entry.args.iter().map(String::as_str).collect();
    donsim(folder.path(), &args)
}

/// Puts what is said now into the console blocks of a page.
fn renew(page: &Path, entries: &[Entry]) {
    let text = fs::read_to_string(page).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for entry in entries.iter().rev() {
        let said = say(entry);
        let (first, last) = entry.lines;
        let command = lines[first + 1].clone();
        let block = [format!("```console {}", said.code), command];
        lines.splice(first..last, block.into_iter().chain(said.stderr.lines().map(str::to_owned)));
    }
    fs::write(page, lines.join("\n") + "\n").unwrap();
}

#[test]
fn every_error_is_said_as_the_catalogue_has_it() {
    let mut differences = Vec::new();
    let mut count = 0;
    for page in pages() {
        let entries = entries(&page);
        if std::env::var_os("DONSIM_RENEW").is_some() {
            renew(&page, &entries);
            continue;
        }
        for entry in entries {
            count += 1;
            let said = say(&entry);
            let same = said.stderr == entry.said && said.code == entry.exit_code;
            // What is wrong is said on stderr alone.
            if !same || (said.code != 0 && !said.stdout.is_empty()) {
                let (page, title) = (page.file_name().unwrap().display(), &entry.title);
                differences.push(format!("{page}, {title}: exit code {}\n{}{}", said.code, said.stderr, said.stdout));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(count >= 150 || std::env::var_os("DONSIM_RENEW").is_some(), "{count}");
}

/// Each entry tells the reader where and what to do: a place in a text or a name, and a way out.
#[test]
fn every_error_has_a_place_and_a_way_out() {
    for page in pages() {
        for entry in entries(&page) {
            let scenario = entry.said.contains("\n  = help: ") || entry.said.contains("\n   = help: ");
            let place = entry.said.contains(" --> ");
            let usage = page.ends_with("11_command_line.md");
            assert!(usage || (scenario && place), "{}:\n{}", entry.title, entry.said);
        }
    }
}
