//! Progress on stderr: a bar on a terminal, elsewhere a line a minute and one at the end.

use std::collections::VecDeque;
use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::host::Clock;
use super::say;
use crate::experiment::{self, Observer};
use crate::scenario::escaped;

/// The recent past, by which the time that is left is estimated.
const RECENT: Duration = Duration::from_secs(60);

/// Time between two looks at a bar, and between two lines.
const OF_BAR: Duration = Duration::from_millis(500);
const OF_LINES: Duration = Duration::from_secs(60);

/// Progress of so many of a unit.
pub(super) struct Progress {
    name: String,
    /// Such as `replicates`.
    unit: &'static str,
    clock: Clock,
    /// Moments of the recent past, each with what was done by then.
    recent: VecDeque<(Duration, u64)>,
    /// Time of the next words.
    next: Duration,
    /// What is done, and all there is to do.
    state: (u64, u64),
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(super) fn new(name: &str, unit: &'static str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0);
            let style = ProgressStyle::with_template("{prefix} {bar:20} {wide_msg}");
            style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style)).with_prefix(name.to_owned())
        });
        let (clock, recent) = (Clock::start(), [(Duration::ZERO, 0)].into());
        let next = if bar.is_some() { Duration::ZERO } else { OF_LINES };
        Self { name: name.to_owned(), unit, clock, recent, next, state: (0, 0), bar }
    }

    /// So many of all are done; `most` are the words in front of all that may yet become fewer, and `more` come behind the rest.
    pub(super) fn update(&mut self, state: (u64, u64), most: &str, more: impl FnOnce() -> Option<String>) {
        self.state = state;
        let now = self.clock.elapsed();
        if now < self.next {
            return;
        }
        self.next = now + if self.bar.is_some() { OF_BAR } else { OF_LINES };
        self.recent.push_back((now, state.0));
        while self.recent.get(1).is_some_and(|(moment, _)| *moment + RECENT <= now) {
            self.recent.pop_front();
        }
        let ((done, total), unit) = (state, self.unit);
        let pace = self.pace().map_or_else(String::new, |pace| {
            let left = Duration::from_secs_f64((total.saturating_sub(done) as f64 / pace).min(1e9));
            format!(", {}/s, {} left", rounded(pace), span(left))
        });
        let more = more().map_or_else(String::new, |more| format!("; {more}"));
        let words = format!("{done} of {most}{total} {unit}{pace}{more}");
        if let Some(bar) = &self.bar {
            bar.set_length(total);
            bar.set_position(done);
            bar.set_message(words);
        } else {
            say(format_args!("{}: {words}", self.name));
        }
    }

    /// Units a second in the recent past; `None` when none was done.
    fn pace(&self) -> Option<f64> {
        let ((began, before), (now, done)) = (self.recent.front()?, self.recent.back()?);
        let seconds = now.saturating_sub(*began).as_secs_f64();
        (done > before && seconds > 0.0).then(|| (done - before) as f64 / seconds)
    }

    pub(super) fn finish(&self) {
        let Self { name, unit, state: (done, total), .. } = self;
        match &self.bar {
            Some(bar) => bar.finish_and_clear(),
            None => say(format_args!("{name}: {done} of {total} {unit} in {}", span(self.clock.elapsed()))),
        }
    }
}

/// Of a run of which nothing else is wanted.
impl Observer for Progress {
    fn handle_progress(&mut self, progress: &experiment::Progress<'_>) {
        let most = if progress.may_end_early { "at most " } else { "" };
        self.update((progress.done, progress.total), most, || {
            let experiment::Widest { place, middle, half_width } = progress.widest()?;
            let place = if place.is_empty() { place } else { format!(" ({})", escaped(&place)) };
            Some(format!("widest: accepted {middle:.3} ± {half_width:.3}{place}"))
        });
    }
}

/// A number of which one digit at least is told.
fn rounded(number: f64) -> String {
    if number < 10.0 { format!("{number:.1}") } else { format!("{number:.0}") }
}

/// A time in the unit that suits it.
fn span(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        ..100.0 => format!("{} s", rounded(seconds)),
        ..6_000.0 => format!("{} min", rounded(seconds / 60.0)),
        _ => format!("{} h", rounded(seconds / 3_600.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_the_unit_that_suits_them() {
        for (seconds, told) in
            [(0.04, "0.0 s"), (99.4, "99 s"), (100.0, "1.7 min"), (5_999.0, "100 min"), (7_200.0, "2.0 h")]
        {
            assert_eq!(span(Duration::from_secs_f64(seconds)), told);
        }
    }

    /// What was done a long time ago, or came from a record at once, says nothing of the time that is left.
    #[test]
    fn the_pace_is_that_of_the_recent_past() {
        let mut progress = Progress::new("demo", "replicates");
        assert_eq!(progress.pace(), None);
        progress.recent = [(0, 0), (1, 1_000), (61, 1_600)].map(|(at, done)| (Duration::from_secs(at), done)).into();
        progress.next = Duration::ZERO;
        progress.recent.pop_front();
        assert_eq!(progress.pace(), Some(10.0));
    }
}
