//! One request as it went between one caller and the capability nodes: as a picture, as a Mermaid sequence diagram.
//!
//! [`Story`] is read once from the happenings of a replicate; whoever shows it knows happenings no more. A `Clock` gives
//! instants their places and leaves out where nothing happens, `lanes` bundles nodes that do the same thing. The picture
//! itself is drawn beside the other pictures, in `plots`.

mod clock;
mod difference;
mod lanes;
mod mermaid;
mod notes;
mod perfetto;
mod showing;
mod stages;
mod story;
mod track_event;

pub(super) use clock::{Clock, Piece, Stretch};
pub use difference::Difference;
pub(super) use lanes::{Lane, lanes, same_lanes};
pub(super) use notes::{Gist, Note, Reach};
pub use perfetto::perfetto;
pub(super) use stages::bytes;
pub(super) use stages::{Stage, Step};
pub(super) use story::{Doing, Fate, Kind, Mark, Passage, millis, millis_between};
pub use story::{RequestAt, Story};

#[cfg(test)]
pub(in crate::report) mod tests;
