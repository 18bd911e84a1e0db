//! `donsim schema`: what may a scenario file say?

use clap::Args;

use crate::scenario::{json_schema, markdown};

use super::{exit, print};

#[derive(Debug, Args)]
pub(super) struct Schema {
    /// The reference for people (`scenarios/README.md`) in place of the JSON Schema
    #[arg(long)]
    markdown: bool,
}

impl Schema {
    pub(super) fn execute(&self) -> u8 {
        print(if self.markdown { markdown() } else { json_schema() });
        exit::PASS
    }
}
