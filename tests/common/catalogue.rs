//! The catalogue of errors in `tests/fixtures/errors/`: Markdown pages, on which every entry has a title, the files that
//! a reader would write, and what donsim says to them, letter by letter.

use std::fs;
use std::path::{Path, PathBuf};

/// Something that is wrong, and what is said to it.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    pub title: String,
    /// Names and contents.
    pub files: Vec<(String, String)>,
    /// What stands behind `donsim`.
    pub args: Vec<String>,
    pub exit_code: i32,
    /// What stderr has to say, with a line break at its end.
    pub said: String,
    /// The lines of the console block, from 0: its first fence and its last.
    pub lines: (usize, usize),
}

impl Entry {
    /// Writes its files.
    pub fn lay_out(&self, folder: &Path) {
        for (name, text) in &self.files {
            fs::write(folder.join(name), text).expect("the folder is writable");
        }
    }
}

/// All pages, by name.
pub fn pages() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/errors");
    let entries = fs::read_dir(folder).expect("the catalogue is there").map(|entry| entry.expect("readable").path());
    let mut pages: Vec<_> = entries.filter(|path| path.extension().is_some_and(|ending| ending == "md")).collect();
    pages.sort();
    pages
}

/// The entries of a page.
pub fn entries(page: &Path) -> Vec<Entry> {
    let text = fs::read_to_string(page).expect("the page is readable");
    let mut entries: Vec<Entry> = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if let Some(title) = line.strip_prefix("## ") {
            entries.push(Entry { title: title.into(), ..Entry::default() });
        }
        let Some(fence) = line.strip_prefix("```") else { continue };
        let block: Vec<(usize, &str)> = lines.by_ref().take_while(|(_, line)| !line.starts_with("```")).collect();
        let content = block.iter().fold(String::new(), |text, (_, line)| text + line + "\n");
        let entry = entries.last_mut().unwrap_or_else(|| panic!("{}: a block before any title", page.display()));
        if let Some(exit_code) = fence.strip_prefix("console ") {
            let (command, said) = content.split_once('\n').expect("a command comes first");
            entry.args = words(command.strip_prefix("$ donsim ").expect("a call of donsim"));
            entry.exit_code = exit_code.parse().expect("an exit code");
            entry.said = said.into();
            entry.lines = (number, number + block.len() + 1);
        } else {
            let name = fence.split_once(' ').map_or("demo.toml", |(_, name)| name);
            entry.files.push((name.into(), content));
        }
    }
    entries
}

/// The words of a command; quotes keep one together.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in command.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    words
}
