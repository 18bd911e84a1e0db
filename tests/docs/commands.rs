//! The commands of the pages do what stands beside them: each page's are run in its order, in a folder that looks like the
//! project, what a `text` block shows comes out of them, line after line but where `…` stands for some, and so do every table of figures and every picture, byte by
//! byte.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;

use super::cores::on_all_cores;
use super::{is_renewing, pages, read, root, tables};

/// Lines that are not run here, by what they contain, and who runs them instead.
const ELSEWHERE: [(&str, &str); 17] = [
    ("cargo test", "tests compare what they print with their pages"),
    ("cargo bench", "whoever measures: it checks nothing"),
    ("donsim bench", "whoever measures: it checks nothing"),
    ("cargo install", "a person, by hand: it changes the machine"),
    ("rustup ", "a person, by hand: it changes the machine"),
    ("--target ", "a person, by hand: it needs another target of the toolchain"),
    ("other/quickstart/", "a person, by hand: the line above it makes that"),
    ("target/image/", "a person, by hand: it needs the static binary"),
    ("podman ", "a person, by hand: it needs an engine for containers"),
    ("hq ", "tests/slurm/hyperqueue, which a person starts by hand"),
    ("parallel ", "tests/slurm/hyperqueue, which a person starts by hand"),
    ("duckdb", "a person, by hand: it needs DuckDB"),
    ("scenarios/ci/*.toml", ".ci/run"),
    ("scenarios/payload.toml", ".ci/run, with all reference results"),
    ("studies/who-answers.toml", ".ci/run, with all reference results"),
    ("studies/hash-or-payload.toml", ".ci/run, with all reference results"),
    ("studies/early-failure.toml", ".ci/run, with all reference results"),
];

/// What a Slurm array sets for its first task, for `--shard auto`.
const SLURM: [(&str, &str); 5] = [
    ("SLURM_ARRAY_TASK_ID", "1"),
    ("SLURM_ARRAY_TASK_MIN", "1"),
    ("SLURM_ARRAY_TASK_MAX", "20"),
    ("SLURM_ARRAY_TASK_STEP", "1"),
    ("SLURM_ARRAY_TASK_COUNT", "20"),
];

/// Behind a command that does not end with 0 on its page: the code with which it does.
const CODE: &str = " # exit code ";

/// Commands that take seconds or minutes; they are run when `DONSIM_LONG` is set, as `.ci/run` does.
const LONG: [&str; 5] = [
    "donsim explore",
    "scenarios/studies/",
    "weaknesses/*",
    "scenarios/migration.toml",
    "scenarios/scale.toml -o shards #",
];

/// The line of a block for lines of what is printed that it leaves out.
const OMISSION: &str = "…";

/// Commands of a page as a script, and what it says they print: lines that follow each other, between omissions.
#[derive(Default)]
struct Page {
    script: String,
    printed: Vec<Vec<String>>,
    /// Whether a long command is not run.
    leaves_out: bool,
}

#[test]
fn every_command_does_what_its_page_says() {
    let is_long = std::env::var_os("DONSIM_LONG").is_some();
    let run = AtomicUsize::new(0);
    on_all_cores(pages(), |(path, text)| {
        let page = page(&text, is_long);
        run.fetch_add(page.script.lines().count(), Ordering::Relaxed);
        does_what_it_says(&path, &text, &page);
    });
    let run = run.into_inner();
    assert!(run > 20, "{run} commands");
}

fn does_what_it_says(path: &Path, text: &str, page: &Page) {
    let (folder, said) = said(&page.script);
    let lines: Vec<&str> = said.lines().map(str::trim_end).collect();
    let mut from = 0;
    for wanted in page.printed.iter().filter(|wanted| !wanted.is_empty()) {
        let found = lines[from..].windows(wanted.len()).position(|lines| lines == wanted);
        let at = found.unwrap_or_else(|| panic!("{}: not printed so, or later: {wanted:#?}\n{said}", path.display()));
        from += at + wanted.len();
    }
    let (renewed, missing) = tables::renewed(text, folder.path());
    assert!(page.leaves_out || missing.is_empty(), "{}: no command on it makes {missing:?}", path.display());
    if renewed != text {
        assert!(is_renewing(), "{}: tables are out of date: run DONSIM_RENEW=1\n{renewed}", path.display());
        fs::write(path, renewed).expect("it is writable");
    }
    let own = own_pictures(path, text);
    let place = path.parent().and_then(|parent| parent.strip_prefix(root()).ok()).expect("a page below the root");
    for name in pictures(text) {
        let [made, committed] = [folder.path(), root()].map(|root| fs::read(root.join(place).join(name)).ok());
        // One of the reference results is made by its page or by `.ci/run`.
        let is_elsewhere = made.is_none() && !own.contains(&name);
        assert!(is_elsewhere || made == committed, "{}: no command on it makes {name} as it is", path.display());
    }
}

/// Pictures of a page in `docs/` that its commands have to make; those of a run lie with its results.
fn own_pictures<'a>(page: &Path, text: &'a str) -> Vec<&'a str> {
    let is_own = |name: &&str| !name.contains('/') && page.parent() == Some(&root().join("docs"));
    pictures(text).filter(is_own).collect()
}

fn pictures(text: &str) -> impl Iterator<Item = &str> {
    text.split("![").skip(1).filter_map(|rest| rest.split_once("](")?.1.split(')').next())
}

/// The gate for a shell ends with 0 where the scenario holds, and only there.
#[test]
fn the_gate_in_a_plain_shell_ends_with_the_verdict() {
    let page = read(&root().join("docs/gate.md"));
    let section = page.split_once("## In a plain shell").expect("a section").1;
    let gate = section.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a block");
    let (holds, fails) = ("scenarios/ci/errors.toml", "scenarios/ci/errors.toml --set faults.error_spam.nodes=1");
    assert!(gate.contains(holds), "{gate}");
    for (scenario, is_good) in [(holds, true), (fails, false)] {
        let folder = checkout();
        let output = bash(folder.path(), ":", &gate.replace(holds, scenario));
        assert_eq!(output.status.success(), is_good, "{scenario}: {}\n{gate}", String::from_utf8_lossy(&output.stdout));
    }
}

/// A picture is made again: by its page, by the test of the fault catalogue, or with the reference results.
#[test]
fn every_picture_is_made_again() {
    let renewed = reference_runs();
    for (page, text) in pages() {
        for name in pictures(&text).filter(|name| !own_pictures(&page, &text).contains(name)) {
            let mut folders = name.trim_start_matches("../").split('/');
            let is_made = match (folders.next(), folders.next()) {
                (Some("faults"), _) => page.ends_with("docs/faults.md"),
                (Some("results"), Some(run)) => renewed.contains(run),
                _ => false,
            };
            assert!(is_made, "{}: nothing makes {name} again", page.display());
        }
    }
}

/// Names of the reference results, all of which `.ci/run` makes again.
pub fn reference_runs() -> BTreeSet<String> {
    let ci = fs::read_to_string(root().join(".ci/run")).expect("it is there");
    let list = ci.lines().find_map(|line| line.strip_prefix("for scenario in ")?.strip_suffix("; do")).expect("a list");
    list.split(' ').map(|name| name.rsplit('/').next().unwrap_or(name).to_owned()).collect()
}

/// Blocks of commands and what they print.
fn page(text: &str, is_long: bool) -> Page {
    let mut page = Page::default();
    // Printed lines of a command that is not run are not looked for.
    let (mut fence, mut is_run) = (None, false);
    for line in text.replace("\\\n", " ").replace(" |\n    ", " | ").lines() {
        let begun = line.trim_start().strip_prefix("```");
        match (fence, begun) {
            (None, Some(language)) => {
                fence = Some(language.to_owned().leak() as &str);
                page.printed.push(Vec::new());
            }
            (Some(_), Some(_)) => fence = None,
            (Some("sh"), None) => is_run = add(&mut page, line, is_long),
            (None, None) if line.starts_with("    donsim ") => is_run = add(&mut page, line.trim(), is_long),
            (Some("text"), None) if line == OMISSION => page.printed.push(Vec::new()),
            (Some("text"), None) if is_run => {
                page.printed.last_mut().expect("a block").push(line.trim_end().to_owned());
            }
            _ => {}
        }
    }
    page
}

/// Adds a line to the script; `false` when it is not for here.
fn add(page: &mut Page, line: &str, is_long: bool) -> bool {
    let has = |part: &&str| line.contains(*part);
    if line.is_empty() || ELSEWHERE.iter().any(|(part, _)| has(part)) {
        return false;
    }
    if !is_long && LONG.iter().any(has) {
        page.leaves_out = true;
        return false;
    }
    page.script +=
        &line.replace("cargo run --release --example ", "example ").replace("cargo run --release -- ", "donsim ");
    page.script.push('\n');
    true
}

/// Output of a script in a folder with all that the project has. Each of its lines ends with 0, or with the code that is said behind it.
fn said(script: &str) -> (TempDir, String) {
    let folder = checkout();
    // What stands behind an `exit` on a page is run as well.
    let before = "exit() { return $1; }; trap 'echo $LINENO $? >>ended' ERR";
    // The last line of a page may end with another code than 0, too.
    let output = bash(folder.path(), before, &format!("{script}\ntrue"));
    let said = String::from_utf8(output.stdout).expect("it writes UTF-8");
    let ended = fs::read_to_string(folder.path().join("ended")).unwrap_or_default();
    let mut codes: BTreeMap<&str, &str> = ended.lines().filter_map(|line| line.split_once(' ')).collect();
    for (number, line) in script.lines().enumerate() {
        let wanted = line.split_once(CODE).map_or("0", |(_, code)| code);
        // The script begins on the second line of what the shell is given.
        let code = codes.remove(&*(number + 2).to_string()).unwrap_or("0");
        assert!(code == wanted, "exit code {code}, not {wanted}: {line}\n{said}");
    }
    assert!(codes.is_empty() && output.status.success(), "{codes:?}\n{said}");
    (folder, said)
}

/// A folder that looks like a checkout that nothing was run in.
fn checkout() -> TempDir {
    let folder = tempfile::tempdir().expect("there is room");
    let own: BTreeSet<&str> = ["target", "results", "docs"].into();
    for entry in fs::read_dir(root()).expect("it is there").map(|entry| entry.expect("it is readable")) {
        let name = entry.file_name();
        if !own.contains(name.to_str().unwrap_or_default()) {
            symlink(entry.path(), folder.path().join(name)).expect("there is room");
        }
    }
    for name in ["target", "docs", "home"] {
        fs::create_dir_all(folder.path().join(name)).expect("there is room");
    }
    folder
}

/// Runs a script in a folder, behind a line of another. Its home is not that of whoever tests; only cargo knows that one.
fn bash(folder: &Path, before: &str, script: &str) -> Output {
    let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
    let script = format!(
        "exec 2>&1; set -o pipefail; donsim() {{ '{}' \"$@\"; }}; example() {{ HOME=$CARGO_USER '{}' run --quiet --profile {profile} \
         --manifest-path '{}' --example $1; }}; {before}\n{script}",
        env!("CARGO_BIN_EXE_donsim"),
        env!("CARGO"),
        root().join("Cargo.toml").display()
    );
    let mut bash = Command::new("bash");
    bash.arg("-c").arg(script).current_dir(folder).env("HOME", folder.join("home")).envs(SLURM);
    bash.env("CARGO_USER", std::env::home_dir().unwrap_or_default()).output().expect("it starts")
}
