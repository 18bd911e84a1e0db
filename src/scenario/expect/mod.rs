//! `[[expect]]`: what has to hold of the results, and in which cells.
//!
//! 1. `that` reads the bound, [`Condition`] the `where`, `cells` the brackets that name values of axes;
//! 2. [`read`] puts them together and lists the cells, or pairs of cells, that each expectation is about.
//!
//! Whether an expectation holds, and whether the run is large enough to ever show it, is for those to say who know
//! statistics.

mod cells;
mod that;

use super::condition::{Condition, Context, View};
use super::diagnostics::{Diagnostic, Place, Source, is_enough, position};
use super::document::{self, Node, Raw};
use super::metric::Metric;
use super::schema::{EXPECT, STOP};
use super::selection::Selection;
use super::settings::{Group, Settings, blame};
use super::sweep::Ground;
use super::text::Text;
pub use cells::Subject;
pub use that::Direction;
use that::{Cells, That};

/// Something that has to hold in some cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// `that`, as the scenario writes it.
    pub that: String,
    /// `where`, likewise; `None` for every cell.
    pub condition: Option<String>,
    /// How certain its verdict has to be.
    pub confidence: f64,
    /// Quantity of a number with a unit.
    pub metric: Metric,
    /// On which side of the threshold it has to be.
    pub direction: Direction,
    /// The threshold, in the unit of the metric.
    pub threshold: f64,
    /// Cells that it is checked on; empty only when nothing of it is selected.
    pub subjects: Vec<Subject>,
    /// How many more checks it makes on cells that are not, or not both, selected.
    pub unselected: usize,
    /// The line of `that` in the scenario file, from 1; `None` when it comes from elsewhere.
    pub line: Option<usize>,
    pub(super) at: Place,
}

impl Expectation {
    /// Whether it is about cell number `index` alone.
    pub(super) fn is_about(&self, index: u64) -> bool {
        self.subjects.contains(&Subject::Cell(index))
    }
}

/// Objection to an expectation that cannot be met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// Its number in the scenario, from 0.
    pub expectation: usize,
    /// The mistake.
    pub message: String,
    /// The same at the place itself, in a few words.
    pub label: String,
    /// Circumstances.
    pub notes: Vec<String>,
    /// How to mend it.
    pub help: String,
}

impl Objection {
    pub(super) fn about(&self, expectation: &Expectation) -> Diagnostic {
        let finding = Diagnostic::new(expectation.at, &self.message).label(&self.label).help(&self.help);
        self.notes.iter().fold(finding, Diagnostic::note)
    }
}

/// The combinations of a sweep, and which of them are cells.
type Plan<'a> = (Ground<'a>, &'a Selection);

/// Reads all expectations; reports what is wrong with any of them. Without a sweep that makes cells only their text can
/// be judged.
pub(super) fn read(
    settings: &Settings,
    (context, plan): (Context<'_>, Option<Plan<'_>>),
    sources: &[Source],
    findings: &mut Vec<Diagnostic>,
) -> Vec<Expectation> {
    let context = Context { name: "expect.where", ..context };
    let mut expectations = Vec::new();
    for group in settings.list(EXPECT) {
        if is_enough(findings) {
            break;
        }
        expectations.extend(expectation(group, (context, plan), sources, findings));
    }
    expectations
}

/// The lines of all expectations in a scenario file, as [`Expectation::line`] has them.
pub(super) fn lines(file: &Source) -> Vec<Option<usize>> {
    let (root, _) = document::parse(&file.text, 0);
    let Some(Node { raw: Raw::Array(entries), .. }) = root.get(EXPECT) else { return Vec::new() };
    let line = |entry: &Node| Some(position(std::slice::from_ref(file), entry.get("that")?.at)?.0);
    entries.iter().map(line).collect()
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

/// One expectation; `None` when it is wrong, or when there is nothing that it could be about.
fn expectation(
    group: &Group,
    (context, plan): (Context<'_>, Option<Plan<'_>>),
    sources: &[Source],
    findings: &mut Vec<Diagnostic>,
) -> Option<Expectation> {
    findings.extend(group.missing());
    let texts = ["that", "where"].map(|key| group.text(key));
    let [that_text, where_text] =
        texts.each_ref().map(|given| given.as_ref().map(|(text, at)| Text::new(text, *at, sources)));
    let parsed = that_text.as_ref().map(|text| that::parse(text, context.files));
    let condition = match &where_text {
        Some(text) => Condition::parse(text, context, findings).map(Some),
        None => (!group.slot("where").broken).then_some(None),
    };
    let that = parsed?.map_err(|finding| findings.push(finding)).ok()?;
    let (text, plan) = (that_text?, plan?);
    let subjects = subjects(&text, &that, plan, condition.as_ref());
    let subjects = subjects.map_err(|finding| findings.push(finding)).ok()?;
    condition?;
    if subjects.is_empty() {
        findings.push(no_cell(&text, &that, where_text.as_ref()));
        return None;
    }
    let at = text.place(text.all());
    let all = subjects.len();
    let subjects: Vec<_> = subjects.into_iter().filter_map(|subject| selected(subject, plan.1)).collect();
    Some(Expectation {
        unselected: all - subjects.len(),
        condition: where_text.map(|text| text.all().text.to_owned()),
        that: text.all().text.to_owned(),
        confidence: group.get("confidence"),
        metric: that.metric,
        direction: that.direction,
        threshold: that.threshold,
        subjects,
        line: position(sources, at).filter(|_| at.source == 0).map(|(line, _)| line),
        at,
    })
}

/// Cells that the brackets and `where` leave. Brackets are read even when `where` makes no sense.
fn subjects(
    text: &Text<'_>,
    that: &That<'_>,
    (ground, selection): Plan<'_>,
    condition: Option<&Option<Condition>>,
) -> Result<Vec<Subject>, Diagnostic> {
    let fits = |index| match condition {
        None => false,
        Some(None) => true,
        Some(Some(condition)) => condition.holds(&View::new(ground, index)),
    };
    let planned = &selection.planned;
    match that.cells {
        Cells::Each(bracket) => {
            let selection = bracket.map_or(Ok(Vec::new()), |bracket| cells::selection(ground, text, bracket))?;
            Ok(cells::matching(ground.sweep, planned, &selection, &fits).into_iter().map(Subject::Cell).collect())
        }
        Cells::Difference(first, second) => {
            let (one, other) = (cells::selection(ground, text, first)?, cells::selection(ground, text, second)?);
            let both = text.place(first.to(second, text.all()));
            if !one.iter().map(|(axis, _)| axis).eq(other.iter().map(|(axis, _)| axis)) {
                let message = "the brackets of a difference name different axes";
                let finding = Diagnostic::new(both, message).label("which cells differ in this alone?");
                return Err(finding.help("name the same axes in both, each with its value"));
            }
            if one == other {
                let finding = Diagnostic::new(both, "a difference is of two cells").label("these are one");
                return Err(finding.help("name another value in one of the brackets"));
            }
            Ok(cells::pairs(ground.sweep, planned, [&one, &other], &fits))
        }
    }
}

/// A subject by the numbers of selected cells; `None` when not all of it is selected.
fn selected(subject: Subject, selection: &Selection) -> Option<Subject> {
    let number = |index| selection.selected.number_of(index);
    Some(match subject {
        Subject::Cell(index) => Subject::Cell(number(index)?),
        Subject::Difference { of, minus } => Subject::Difference { of: number(of)?, minus: number(minus)? },
    })
}

fn no_cell(text: &Text<'_>, that: &That<'_>, condition: Option<&Text<'_>>) -> Diagnostic {
    let place = condition.map_or_else(|| text.place(text.all()), |condition| condition.place(condition.all()));
    let finding = Diagnostic::new(place, "the expectation matches no cell").label("nothing fits");
    match (&that.cells, condition) {
        (Cells::Difference(..), None) => finding.help(
            "a difference is of cells that agree on all other axes; name all axes that advance together in [sweep.zip]",
        ),
        (_, _) => finding.help("`donsim plan` lists the cells; drop the expectation if none is meant"),
    }
}
