//! One request of a replay, drawn.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::network::Node;
use crate::report::{Difference, RequestAt, RequestDiagram, Story, perfetto};
use crate::scenario::Cell;
use crate::sim::{Happening, Replicate, ReplicateCache, Row, faulty_nodes, replay};

use super::{exit, print, write_into_folder};

/// Reason that nothing is told, and the exit code.
pub(super) type Failure = (String, u8);

/// A replicate that was simulated once more.
pub(super) struct Replayed {
    pub(super) replicate: Replicate,
    pub(super) happenings: Vec<Happening>,
    faulty: Vec<(Node, &'static str)>,
}

impl Replayed {
    pub(super) fn new(Cell { setup, .. }: &Cell, number: u64) -> Self {
        let (replicate, happenings) = replay(setup, number, &mut ReplicateCache::new(setup.run.seed));
        Self { replicate, happenings, faulty: faulty_nodes(setup, number) }
    }

    /// The story of a request; `None` where nothing is told of it.
    pub(super) fn story(&self, request: RequestAt) -> Option<Story> {
        Some(Story::read(&self.replicate.rows, &self.happenings, request)?.with_faults(&self.faulty))
    }
}

/// A replay beside another, with its name.
pub(super) type Side<'a> = (String, &'a Replayed);

/// What of a replay is drawn.
pub(super) struct Choice<'a> {
    /// Whether it may be a request.
    pub(super) wanted: &'a dyn Fn(RequestAt) -> bool,
    /// Capability nodes that are drawn, all where none is named.
    pub(super) nodes: &'a [u32],
}

impl Choice<'_> {
    fn request(&self, rows: &[Row]) -> Result<RequestAt, Failure> {
        RequestAt::choose(rows, self.wanted).ok_or_else(nothing)
    }

    fn story(&self, story: Story) -> Result<Story, Failure> {
        if self.nodes.is_empty() {
            return Ok(story);
        }
        let nobody = || ("`--only` names a capability node that there is not".to_owned(), exit::NOTHING_SELECTED);
        story.of_nodes(self.nodes).ok_or_else(nobody)
    }
}

/// Drawings of one request at one caller.
#[derive(Debug, Args)]
pub(super) struct Drawings {
    /// Draw one request at one caller to FILE, as SVG or as PNG, as its name ends. `--only workflow.N` and
    /// `--only request.N` choose it; otherwise it is the first that was not accepted. `--only capability.N` leaves the
    /// other capability nodes out
    #[arg(long, value_name = "FILE", value_parser = picture, conflicts_with_all = ["json", "links"])]
    diagram: Option<PathBuf>,
    /// Print the request as a Mermaid sequence diagram instead
    #[arg(long, conflicts_with_all = ["json", "links", "beside"])]
    mermaid: bool,
    /// Write the whole replicate to FILE as a trace for <https://ui.perfetto.dev>
    #[arg(long, value_name = "FILE", conflicts_with_all = ["json", "links", "beside"])]
    perfetto: Option<PathBuf>,
    /// Draw the same replicate and request of another cell at the right, by its id or the beginning of it, and mark
    /// where the two part
    #[arg(long, value_name = "ID", requires = "diagram")]
    pub(super) beside: Option<String>,
}

impl Drawings {
    pub(super) const fn are_wanted(&self) -> bool {
        self.diagram.is_some() || self.mermaid || self.perfetto.is_some()
    }

    /// Makes all that is wanted of a replay, of the first request that is chosen.
    pub(super) fn make(&self, title: &str, replayed: &Replayed, choice: &Choice<'_>) -> Result<(), Failure> {
        if let Some(path) = &self.perfetto {
            write(path, &perfetto(&replayed.happenings))?;
        }
        if self.diagram.is_none() && !self.mermaid {
            return Ok(());
        }
        let request = choice.request(&replayed.replicate.rows)?;
        let story = choice.story(replayed.story(request).ok_or_else(nothing)?)?;
        if let Some(path) = &self.diagram {
            draw(path, &RequestDiagram::new(&story, title))?;
        }
        if self.mermaid {
            print(story.mermaid(title));
        }
        Ok(())
    }

    /// Draws the same request of two cells, each with its name.
    pub(super) fn make_beside(&self, title: &str, sides: &[Side<'_>; 2], choice: &Choice<'_>) -> Result<(), Failure> {
        let Some(path) = &self.diagram else { return Ok(()) };
        let request = choice.request(&sides[0].1.replicate.rows)?;
        let ([left, right], difference) = stories(sides, request).ok_or_else(nothing)?;
        let (left, right) = (choice.story(left)?, choice.story(right)?);
        let sides = [(&*sides[0].0, &left), (&*sides[1].0, &right)];
        draw(path, &RequestDiagram::beside(sides, title, difference.as_ref()))
    }
}

/// A request of two replays, each with its name, and where they part; `None` where one of them tells nothing of it.
pub(super) fn beside(title: &str, sides: &[Side<'_>; 2], request: RequestAt) -> Option<RequestDiagram> {
    let ([left, right], difference) = stories(sides, request)?;
    let sides = [(&*sides[0].0, &left), (&*sides[1].0, &right)];
    Some(RequestDiagram::beside(sides, title, difference.as_ref()))
}

fn stories(sides: &[Side<'_>; 2], request: RequestAt) -> Option<([Story; 2], Option<Difference>)> {
    let [(_, left), (_, right)] = sides;
    let stories = [left.story(request)?, right.story(request)?];
    Some((stories, Difference::first([&left.happenings, &right.happenings], request)))
}

fn nothing() -> Failure {
    ("no request that `--only` lets pass was started".to_owned(), exit::NOTHING_SELECTED)
}

fn ends_in(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case(ending))
}

/// A file for a picture.
fn picture(name: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(name);
    let is_known = ["svg", "png"].iter().any(|ending| ends_in(&path, ending));
    is_known.then_some(path).ok_or_else(|| "name a file that ends in .svg or .png".to_owned())
}

fn draw(path: &Path, diagram: &RequestDiagram) -> Result<(), Failure> {
    let bytes = if ends_in(path, "png") { diagram.png() } else { diagram.svg().map(String::into_bytes) };
    write(path, &bytes.map_err(|error| (error.to_string(), exit::INCOMPLETE))?)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_into_folder(path, bytes).map_err(|error| (format!("cannot write {}: {error}", path.display()), exit::USAGE))
}
