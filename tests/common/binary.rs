//! Runs the `donsim` binary in a folder and finds what it leaves there.

use std::fs;
use std::path::{Path, PathBuf};

/// What a finished process said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// `donsim ARGS` in `folder`.
pub fn donsim(folder: &Path, args: &[&str]) -> Said {
    let output = assert_cmd::cargo_bin_cmd!("donsim").current_dir(folder).args(args).output().expect("it starts");
    let text = |bytes| String::from_utf8(bytes).expect("it writes UTF-8");
    let code = output.status.code().expect("it ends by itself");
    Said { code, stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Writes a scenario of this text and runs it; its results folder, which is the only one below `output`.
pub fn results(folder: &Path, output: &str, text: &str, args: &[&str]) -> PathBuf {
    let scenario = format!("{output}.toml");
    fs::write(folder.join(&scenario), text).expect("the folder is writable");
    let said = donsim(folder, &[&["run", &scenario, "-o", output], args].concat());
    assert!(said.code != 2 && said.stdout.contains("wrote ") && !said.stderr.contains("panicked"), "{said:?}");
    only_entry(&only_entry(&folder.join(output)))
}

/// What is alone in `folder`.
pub fn only_entry(folder: &Path) -> PathBuf {
    let entries = fs::read_dir(folder).expect("it is there").map(|entry| entry.expect("it is readable").path());
    let entries: Vec<PathBuf> = entries.collect();
    assert_eq!(entries.len(), 1, "{entries:?}");
    entries.into_iter().next().expect("there is one")
}
