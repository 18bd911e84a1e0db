//! Which combinations of a sweep are cells: those that pass its `where`, and of these the ones that `select` and the
//! command line leave. Only what is left has to be right.

use std::collections::{BTreeMap, BTreeSet};

use super::cells::Cells;
use super::condition::{Condition, Context, View};
use super::diagnostics::{Diagnostic, Place, Source};
use super::identity::cell_digest;
use super::schema::SWEEP;
use super::settings::Settings;
use super::sweep::{Ground, Sweep};
use super::text::Text;
use super::validate;

/// More cells than this are a slip of the keyboard.
pub(super) const MAX_CELLS: u64 = 100_000;

/// As many combinations may be looked at when a condition chooses among them.
pub(super) const MAX_COMBINATIONS: u64 = 1_000_000;

/// Findings across keys beyond this many are of no more help.
const MAX_CELL_FINDINGS: usize = 50;

/// Everything that chooses cells.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    /// `where`, with its place.
    plan: Option<(Condition, Place)>,
    /// `select`, and every `--filter`.
    filters: Vec<(Condition, Place)>,
    /// The beginning of an id, and where it stands.
    ids: Vec<(String, Place)>,
}

impl Conditions {
    /// Reads `where`, `select`, `--filter` and `--cell`; `None` when any of them is wrong.
    pub fn read(
        context: Context<'_>,
        (filters, ids): (&[Place], &[Place]),
        sources: &[Source],
        findings: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let before = findings.len();
        let group = context.settings.group(SWEEP);
        let mut given = |key: &str, name: &str| {
            let (content, at) = group.text(key)?;
            let text = Text::new(&content, at, sources);
            let condition = Condition::parse(&text, Context { name, ..context }, findings)?;
            Some((condition, text.place(text.all())))
        };
        let (plan, select) = (given("where", "sweep.where"), given("select", "sweep.select"));
        let text = |at: &Place| sources.get(at.source).map_or("", |source| source.text.as_str());
        let mut filter = |at: &Place| {
            let context = Context { name: "--filter", ..context };
            Some((Condition::parse(&Text::new(text(at), *at, sources), context, findings)?, *at))
        };
        let filters = select.into_iter().chain(filters.iter().filter_map(&mut filter)).collect();
        let ids = ids.iter().map(|at| (text(at).trim().to_owned(), *at)).collect();
        let is_broken = group.slots.iter().any(|slot| slot.broken);
        (findings.len() == before && !is_broken).then_some(Self { plan, filters, ids })
    }

    fn is_empty(&self) -> bool {
        self.plan.is_none() && self.filters.is_empty() && self.ids.is_empty()
    }
}

/// The cells of a plan.
#[derive(Debug)]
pub(super) struct Selection {
    /// Those of the scenario.
    pub planned: Cells,
    /// Those of them that are selected.
    pub selected: Cells,
    /// For every `--cell`, the ids that begin with it.
    ids: Vec<Vec<String>>,
}

/// Looks at every combination once: chooses the cells, and reports what is wrong with any of them as a whole. What is
/// probably not meant comes along.
pub(super) fn choose(
    ground: Ground<'_>,
    conditions: &Conditions,
    findings: &mut Vec<Diagnostic>,
) -> (Selection, Vec<Diagnostic>) {
    let sweep = ground.sweep;
    let mut inspection = Inspection::new(sweep, findings);
    let (mut planned, mut selected) = (Vec::new(), Vec::new());
    let mut ids = vec![Vec::new(); conditions.ids.len()];
    for index in 0..sweep.count {
        let view = View::new(ground, index);
        if !conditions.is_empty() {
            if conditions.plan.as_ref().is_some_and(|(condition, _)| !condition.holds(&view)) {
                continue;
            }
            planned.push(index as u32);
            if !conditions.select(&view, &mut ids) {
                continue;
            }
            selected.push(index as u32);
            if selected.len() as u64 > MAX_CELLS {
                inspection.findings.push(too_many(conditions));
                break;
            }
        }
        if inspection.left > 0 {
            let (settings, found) = view.into_settings();
            inspection.look(index, &settings, found);
        } else if conditions.is_empty() {
            break;
        }
    }
    let warnings = inspection.warnings;
    if planned.is_empty()
        && let Some((_, at)) = &conditions.plan
    {
        let message = format!("`sweep.where` leaves none of {} combinations", sweep.count);
        findings.push(Diagnostic::new(*at, message).label("holds in no cell").help("ask for less, or sweep more"));
    }
    let cells = |chosen| if conditions.is_empty() { Cells::All(sweep.count) } else { Cells::These(chosen) };
    (Selection { planned: cells(planned), selected: cells(selected), ids }, warnings)
}

impl Conditions {
    /// Whether the command line selects a cell; notes its id where `--cell` does.
    fn select(&self, view: &View<'_>, ids: &mut [Vec<String>]) -> bool {
        if !self.filters.iter().all(|(condition, _)| condition.holds(view)) {
            return false;
        }
        if self.ids.is_empty() {
            return true;
        }
        let id = view.id();
        let mut found = false;
        for ((wanted, _), ids) in self.ids.iter().zip(ids) {
            if id.starts_with(wanted.as_str()) {
                found = true;
                ids.push(id.to_owned());
            }
        }
        found
    }
}

impl Selection {
    /// Finding about what the command line selects in vain. An id that begins in several ways is a slip; the rest selects nothing.
    pub fn complaint(&self, conditions: &Conditions, path: &str) -> Option<(Diagnostic, bool)> {
        let help = format!("`donsim plan {path}` lists them");
        for ((wanted, at), ids) in conditions.ids.iter().zip(&self.ids) {
            let (message, label) = match ids.len() {
                0 => (format!("no cell's id begins with `{wanted}`"), "selects nothing"),
                1 => continue,
                _ => (format!("several cells' ids begin with `{wanted}`"), "ambiguous"),
            };
            return Some((Diagnostic::new(*at, message).label(label).help(help), ids.is_empty()));
        }
        if self.selected.len() > 0 {
            return None;
        }
        let at = conditions.filters.last().map(|(_, at)| *at);
        let message = format!("nothing is selected of {} cells", self.planned.len());
        Some((Diagnostic::new(at, message).label("holds in no cell").help(help), true))
    }

    /// The condition that selects exactly these cells in place of `select`, when the command line has selected some.
    pub fn condition(&self, settings: &Settings, filters: &[&str]) -> Option<String> {
        let ids: Vec<_> = self.ids.iter().flatten().map(|id| format!("cell == '{id}'")).collect();
        if ids.is_empty() && filters.is_empty() {
            return None;
        }
        let select: Option<String> = settings.group(SWEEP).get("select");
        let ids = (!ids.is_empty()).then(|| ids.join(" or "));
        let all: Vec<&str> =
            select.as_deref().into_iter().chain(filters.iter().copied()).chain(ids.as_deref()).collect();
        match all[..] {
            [only] => Some(only.to_owned()),
            _ => Some(all.iter().map(|condition| format!("({condition})")).collect::<Vec<_>>().join(" and ")),
        }
    }
}

fn too_many(conditions: &Conditions) -> Diagnostic {
    let at = conditions.plan.as_ref().or(conditions.filters.first()).map(|(_, at)| *at);
    let finding = Diagnostic::new(at, format!("more than {MAX_CELLS} cells remain")).label("too many");
    finding.help("choose fewer, or drop values from the sweep")
}

/// Looks for what is wrong with cells as a whole.
struct Inspection<'a> {
    sweep: &'a Sweep,
    findings: &'a mut Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
    is_sound: bool,
    seen: BTreeSet<(Option<Place>, String)>,
    /// How many more findings are of help.
    left: usize,
    /// Digests of the cells so far.
    twins: BTreeMap<[u8; 32], u32>,
}

impl<'a> Inspection<'a> {
    fn new(sweep: &'a Sweep, findings: &'a mut Vec<Diagnostic>) -> Self {
        let (is_sound, seen) = (findings.is_empty(), findings.iter().map(Diagnostic::key).collect());
        let (warnings, left, twins) = (Vec::new(), MAX_CELL_FINDINGS, BTreeMap::new());
        Self { sweep, findings, warnings, is_sound, seen, left, twins }
    }

    /// Takes a cell with what is already found.
    fn look(&mut self, index: u64, settings: &Settings, mut found: Vec<Diagnostic>) {
        found.extend(validate::check(settings));
        let twin = self.twins.insert(cell_digest(settings), index as u32);
        if let Some(twin) = twin.filter(|_| self.is_sound && found.is_empty()) {
            found.push(same_cell(self.sweep, u64::from(twin), index));
        }
        for finding in found {
            if self.seen.insert(finding.key()) {
                self.left = self.left.saturating_sub(1);
                self.findings.push(in_cell(self.sweep, finding, index));
            }
        }
        for warning in validate::warnings(settings) {
            if self.seen.insert(warning.key()) {
                self.warnings.push(in_cell(self.sweep, warning, index));
            }
        }
    }
}

fn in_cell(sweep: &Sweep, finding: Diagnostic, index: u64) -> Diagnostic {
    if sweep.axes.is_empty() { finding } else { finding.note(format!("in the cell {}", sweep.describe(index))) }
}

fn same_cell(sweep: &Sweep, twin: u64, index: u64) -> Diagnostic {
    let message = format!("cells {twin} and {index} of the sweep are the same");
    Diagnostic::new(sweep.place(index), message)
        .label("repeats an earlier cell")
        .note(format!("the other is {}", sweep.describe(twin)))
        .help("every cell of a sweep must differ from all others; remove the repeated value")
}
