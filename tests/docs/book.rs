//! The pages are a book: `docs/SUMMARY.md`, which mdbook reads, and the index in `docs/README.md` have every page once, in
//! the same order, by its own title.

use std::collections::BTreeSet;

use super::{pages, read, root};

/// Titles and files of the links at which lines begin with `start`.
fn entries(page: &str, start: &str) -> Vec<(String, String)> {
    let text = read(&root().join("docs").join(page));
    let links = text.lines().filter_map(|line| line.strip_prefix(start)?.split_once(')')?.0.split_once("]("));
    links.map(|(title, file)| (title.to_owned(), file.to_owned())).collect()
}

#[test]
fn every_page_is_in_the_book_once_by_its_title() {
    let mut wanted = BTreeSet::new();
    for (path, text) in pages().into_iter().filter(|(path, _)| path.parent() == Some(&root().join("docs"))) {
        let name = path.strip_prefix(root().join("docs")).expect("it is below").display().to_string();
        let title = text.lines().find_map(|line| line.strip_prefix("# ")).expect("a title");
        wanted.insert((title.to_owned(), name));
    }
    wanted.remove(&("Summary".to_owned(), "SUMMARY.md".to_owned()));
    let chapters: Vec<_> = entries("SUMMARY.md", "[").into_iter().chain(entries("SUMMARY.md", "- [")).collect();
    assert_eq!(chapters.iter().cloned().collect::<BTreeSet<_>>(), wanted);
    assert_eq!(chapters.len(), wanted.len(), "a page stands twice in {chapters:?}");
}

#[test]
fn the_index_has_the_pages_of_the_book_in_its_order() {
    let files = |entries: Vec<(String, String)>| entries.into_iter().map(|(_, file)| file).collect::<Vec<_>>();
    assert_eq!(files(entries("README.md", "| [")), files(entries("SUMMARY.md", "- [")));
}
