//! One request of a replay, drawn.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::report::{Caption, RequestAt, RequestDiagram, Story};
use crate::sim::{Happening, Row};

use super::exit;

/// Drawings of one request at one caller.
#[derive(Debug, Args)]
pub(super) struct Drawings {
    /// Draw one request at one caller to FILE, as SVG or PNG by the end of its name. `--only workflow.N` and
    /// `--only request.N` choose; otherwise it is the first that failed
    #[arg(long, value_name = "FILE", conflicts_with_all = ["json", "links"])]
    diagram: Option<PathBuf>,
}

impl Drawings {
    pub(super) const fn are_wanted(&self) -> bool {
        self.diagram.is_some()
    }

    /// Makes all that is wanted of a replay, of the subject that `wanted` lets pass.
    pub(super) fn make(
        &self,
        title: &str,
        (rows, happenings): (&[Row], &[Happening]),
        wanted: impl Fn(RequestAt) -> bool,
    ) -> Result<(), (String, u8)> {
        let nothing = || ("no request started that `--only` lets pass".to_owned(), exit::NOTHING_SELECTED);
        let subject = RequestAt::choose(rows, wanted).ok_or_else(nothing)?;
        let story = Story::read(happenings, subject).ok_or_else(nothing)?;
        let caption = Caption { facts: vec![title.to_owned()], name: String::new() };
        if let Some(path) = &self.diagram {
            let diagram = RequestDiagram::new(&story, &caption);
            let is_png = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("png"));
            let bytes = if is_png { diagram.png() } else { diagram.svg().map(String::into_bytes) };
            write(path, &bytes.map_err(|error| (error.to_string(), exit::INCOMPLETE))?)?;
        }
        Ok(())
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), (String, u8)> {
    fs::write(path, bytes).map_err(|error| (format!("cannot write {}: {error}", path.display()), exit::USAGE))
}
