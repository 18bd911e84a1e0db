//! Progress on stderr: a bar on a terminal, a line every 10 % elsewhere.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

use super::say;
use crate::experiment::Observer;

pub(super) enum Progress {
    Bar(ProgressBar),
    Lines { name: String, unit: &'static str, tenths: u64 },
}

impl Progress {
    /// Progress of so many of a unit, such as `replicates`.
    pub(super) fn new(name: &str, total: u64, unit: &'static str) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self::Lines { name: name.to_owned(), unit, tenths: 0 };
        }
        let bar = ProgressBar::new(total);
        if let Ok(style) =
            ProgressStyle::with_template(&format!("{{prefix}} {{wide_bar}} {{pos}}/{{len}} {unit}, {{eta}} left"))
        {
            bar.set_style(style);
        }
        bar.set_prefix(name.to_owned());
        Self::Bar(bar)
    }

    pub(super) fn update(&mut self, done: u64, total: u64) {
        match self {
            Self::Bar(bar) => {
                bar.set_length(total);
                bar.set_position(done);
            }
            Self::Lines { name, unit, tenths } => {
                let now = (u128::from(done) * 10 / u128::from(total.max(1))) as u64;
                if now > *tenths {
                    *tenths = now;
                    say(format_args!("{name}: {} % ({done} of {total} {unit})", now * 10));
                }
            }
        }
    }

    pub(super) fn finish(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

/// Of a run of which nothing else is wanted.
impl Observer for Progress {
    fn handle_progress(&mut self, done: u64, total: u64) {
        self.update(done, total);
    }
}
