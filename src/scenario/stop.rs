//! `[run.stop]`: rules by which a cell ends before its last replicate.

use super::diagnostics::Diagnostic;
use super::expect::{Expectation, Subject};
use super::metric::Metric;
use super::schema::EXPECT;
use super::settings::Settings;
use super::validate::{blame, sound};

/// Their table.
pub(super) const STOP: &str = "run.stop";

/// Rules by which a cell may end at a look: after [`StopRules::FIRST_LOOK`] replicates, twice as many, and so on. The first that
/// holds ends it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StopRules {
    /// The rate whose interval has to be narrow, and half of its width then.
    pub narrow: Option<(Metric, f64)>,
    /// Whether it is enough that all expectations of the cell alone are decided.
    pub decided: bool,
}

impl StopRules {
    /// Replicates before the first look.
    pub const FIRST_LOOK: u64 = 1_000;

    /// Those of a scenario; `None` when nothing ends a cell early.
    pub(super) fn of(settings: &Settings) -> Option<Self> {
        let group = settings.group(STOP);
        let half_width: Option<f64> = group.get("half_width");
        let rules =
            Self { narrow: half_width.map(|width| (group.get("metric"), width)), decided: group.get("decided") };
        (rules.narrow.is_some() || rules.decided).then_some(rules)
    }
}

/// Strata, of which every one needs its replicates.
pub(super) fn check(settings: &Settings) -> Option<Diagnostic> {
    let (run, group) = (settings.group("run"), settings.group(STOP));
    let slots = ["half_width", "decided"].map(|key| group.slot(key));
    let both = run.get("strata") && StopRules::of(settings).is_some();
    (both && sound(&[slots[0], slots[1], run.slot("strata")])).then(|| {
        let message = "`run.stop`: replicates that are dealt to strata cannot end early".to_owned();
        let finding = blame(group, &slots, message).label("with `run.strata = true`");
        finding.help("leave out `[run.stop]` or `run.strata`")
    })
}

/// A warning about rules that no look comes for.
pub(super) fn warning(settings: &Settings) -> Option<Diagnostic> {
    let (run, group) = (settings.group("run"), settings.group(STOP));
    let replicates: u64 = run.get("replicates");
    let idle = replicates <= StopRules::FIRST_LOOK && StopRules::of(settings).is_some();
    (idle && sound(&[run.slot("replicates")])).then(|| {
        let first = StopRules::FIRST_LOOK;
        let message = format!(
            "`run.stop` never ends a cell: there are {replicates} replicates, and the first look is after {first}"
        );
        let slots = ["half_width", "decided"].map(|key| group.slot(key));
        let finding = blame(group, &slots, message).label("without effect");
        finding.help(format!("raise `run.replicates`, which is the most that a cell may have, above {first}")).warning()
    })
}

/// All that keeps expectations from ending a cell: there are none, or some that no look decides.
pub(super) fn undecidable(settings: &Settings, expectations: &[Expectation]) -> Vec<Diagnostic> {
    let group = settings.group(STOP);
    if !group.get::<bool>("decided") {
        return Vec::new();
    }
    if settings.list(EXPECT).next().is_none() {
        let message = "`run.stop.decided`: nothing is expected".to_owned();
        let finding = blame(group, &[group.slot("decided")], message).label("what is to be decided?");
        return vec![finding.help("add an [[expect]], or end cells by the width of an interval: `half_width = 0.01`")];
    }
    let finding = |expectation: &Expectation| {
        let label = match expectation.subjects.first() {
            Some(Subject::Difference { .. }) => "a difference of cells, which may end at different looks",
            _ if !expectation.metric.has_equal_rows() => "no share of equally many rows in every replicate",
            _ => return None,
        };
        let message = format!("`run.stop.decided`: no look can decide `{}`", expectation.that);
        let help = "leave `run.stop.decided` out, or put this expectation into a scenario of its own";
        Some(Diagnostic::new(expectation.at, message).label(label).help(help))
    };
    expectations.iter().filter_map(finding).collect()
}
