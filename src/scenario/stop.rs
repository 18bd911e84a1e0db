//! `[run.stop]`: rules by which a cell ends before its last replicate.

use super::diagnostics::Diagnostic;
use super::metric::Metric;
use super::schema::STOP;
use super::settings::{Settings, blame, sound};

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
