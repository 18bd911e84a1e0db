//! A loaded scenario: its identity and, on demand, its cells.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::adjust::{self, Adjustments};
use super::axis::{Axis, AxisValue};
use super::cells::{self, Cells};
use super::condition::Context;
use super::diagnostics::{Diagnostic, Diagnostics, Source, Sources};
use super::document;
use super::draft::{self, Draft};
use super::expect::{self, Expectation, Objection};
use super::files::{self, Files, NamedFile};
use super::identity;
use super::outline::{self, Outline};
use super::schema::SWEEP;
use super::selection::{self, Conditions, Selection};
use super::settings::Settings;
use super::stop::StopRules;
use super::sweep::{Ground, Sweep};
use super::{build, render};
use crate::sim::{Run, Safety, Setup};

/// A scenario: one file with its overrides, checked as a whole.
#[derive(Debug)]
pub struct Scenario {
    name: String,
    description: String,
    id: String,
    sources: Sources,
    /// The text that it was resolved from, where that is another than the one it was read from.
    original: Option<String>,
    resolved: String,
    named: Vec<NamedFile>,
    files: Files,
    base: Settings,
    sweep: Sweep,
    cells: Cells,
    /// How many cells there are, selected or not.
    planned: u64,
    axes: Vec<Axis>,
    expectations: Vec<Expectation>,
    warnings: Option<Diagnostics>,
}

/// One point of a scenario's sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// 12 letters and digits that depend on nothing but `setup` without its `run` and `safety`.
    pub id: String,
    /// Its place in the plan, from 0.
    pub index: u64,
    /// Its values, in the order of [`Scenario::axes`].
    pub axes: Vec<AxisValue>,
    /// Setup that it simulates.
    pub setup: Setup,
}

impl Scenario {
    /// Reads the scenario file at `path`, with `key=value` overrides that outrank it.
    ///
    /// # Errors
    /// Everything that is wrong with the file, the overrides and the files that they name, at once.
    pub fn load(path: &Path, overrides: &[String]) -> Result<Self, Diagnostics> {
        Self::load_adjusted(path, &Adjustments { set: overrides.to_vec(), ..Adjustments::default() })
    }

    /// As [`Scenario::load`], with everything that a command line may change or select.
    ///
    /// # Errors
    /// As [`Scenario::load`]; and when nothing is selected, which [`Diagnostics::selects_nothing`] tells apart.
    pub fn load_adjusted(path: &Path, adjustments: &Adjustments) -> Result<Self, Diagnostics> {
        Self::parse_adjusted(path, read_text(path)?, adjustments)
    }

    /// The scenario of a results folder: its `resolved.toml`, with the text and the lines of `scenario.toml`, which it was resolved
    /// from.
    pub(crate) fn of_results(folder: &Path) -> Result<Self, Diagnostics> {
        let original = Source::new("scenario.toml", read_text(&folder.join("scenario.toml"))?);
        let mut scenario = Self::load(&folder.join("resolved.toml"), &[])?;
        for (expectation, line) in scenario.expectations.iter_mut().zip(expect::lines(&original)) {
            expectation.line = line;
        }
        Ok(Self { original: Some(original.text), ..scenario })
    }

    /// The scenario in `text`, as if it were read from the file at `path`: that names it when it does not name itself,
    /// and its folder is where the files lie that it names.
    ///
    /// # Errors
    /// As [`Scenario::load`].
    pub fn parse(path: &Path, text: String, overrides: &[String]) -> Result<Self, Diagnostics> {
        Self::parse_adjusted(path, text, &Adjustments { set: overrides.to_vec(), ..Adjustments::default() })
    }

    /// As [`Scenario::parse`], with everything that a command line may change or select.
    ///
    /// # Errors
    /// As [`Scenario::load_adjusted`].
    pub fn parse_adjusted(path: &Path, text: String, adjustments: &Adjustments) -> Result<Self, Diagnostics> {
        let mut sources = vec![Source::new(path.display().to_string(), text)];
        let (root, mut findings) = document::parse(&sources[0].text, 0);
        let broken = !findings.is_empty();
        let read = adjust::read(adjustments, &mut sources, &mut findings);
        if broken {
            // Whatever a broken text seems to say would only be noise.
            return Err(Diagnostics::new(sources, findings));
        }
        let Draft { mut settings, sweep, files } = draft::read(path, &root, &read, &mut findings);
        let base = settings.of_cells();
        let context = Context { name: "", settings: &settings, files: &files };
        let conditions = Conditions::read(context, (&read.filter, &read.cells), &sources, &mut findings);
        // Which cells there are is unknown when a condition is: then nothing is said about any.
        let ground = sweep.as_ref().map(|sweep| Ground { base: &base, sweep, files: &files });
        let chosen = ground.zip(conditions.as_ref());
        let chosen = chosen.map(|(ground, conditions)| selection::choose(ground, conditions, &mut findings));
        let (selection, warnings) = chosen.unzip();
        let plan = ground.zip(selection.as_ref());
        let expectations = expect::read(&settings, (context, plan), &sources, &mut findings);
        findings.extend(expect::undecidable(&settings, &expectations));
        let (Some(conditions), Some(sweep), Some(selection), true) =
            (conditions, sweep, selection, findings.is_empty())
        else {
            return Err(Diagnostics::new(sources, findings));
        };
        match selection.complaint(&conditions, &sources[0].name) {
            Some((finding, true)) => return Err(Diagnostics::nothing_selected(sources, finding)),
            Some((finding, false)) => return Err(Diagnostics::new(sources, vec![finding])),
            None => {}
        }
        let warnings = warnings.filter(|warnings| !warnings.is_empty());
        let warnings = warnings.map(|warnings| Diagnostics::new(sources.clone(), warnings));
        let filters: Vec<&str> = adjustments.filter.iter().map(String::as_str).collect();
        if let Some(condition) = selection.condition(&settings, &filters)
            && let Some(select) = settings.slot_mut(SWEEP, "select")
        {
            select.value = Some(Arc::new(condition));
        }
        Ok(Self { warnings, ..Self::new((settings, base), files, sources, (sweep, selection), expectations) })
    }

    fn new(
        (settings, base): (Settings, Settings),
        files: Files,
        sources: Sources,
        (sweep, selection): (Sweep, Selection),
        expectations: Vec<Expectation>,
    ) -> Self {
        let ground = Ground { base: &settings, sweep: &sweep, files: &files };
        let first = ground.settings(selection.selected.get(0), &mut Vec::new());
        Self {
            warnings: None,
            name: first.group("").get("name"),
            description: first.group("").get("description"),
            id: identity::scenario_id(&first, &sweep, &selection.selected),
            sources,
            original: None,
            resolved: render::resolved(&first, &sweep),
            named: files.named(),
            axes: sweep.named(),
            expectations,
            files,
            base,
            planned: selection.planned.len(),
            cells: selection.selected,
            sweep,
        }
    }

    /// Warnings about what is probably not meant, if there are any.
    #[must_use]
    pub const fn warnings(&self) -> Option<&Diagnostics> {
        self.warnings.as_ref()
    }

    /// Its name, which is also the name of its folder of results.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Sentence that says what it shows; empty where it says nothing.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// 8 letters and digits that change with everything that may change results.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The file, verbatim but for a byte order mark.
    #[must_use]
    pub fn text(&self) -> &str {
        if let Some(original) = &self.original {
            return original;
        }
        self.sources.first().map_or("", |source| &source.text)
    }

    /// The path that the file was read from.
    #[must_use]
    pub fn path(&self) -> &str {
        self.sources.first().map_or("", |source| &source.name)
    }

    /// The text of `resolved.toml`: a scenario file with every default written out and all overrides in it, which loads
    /// to the same ids and cells when [`Scenario::files`] lie beside it.
    #[must_use]
    pub fn resolved(&self) -> &str {
        &self.resolved
    }

    /// The files that it names.
    #[must_use]
    pub fn files(&self) -> &[NamedFile] {
        &self.named
    }

    /// `[run]`.
    #[must_use]
    pub fn run(&self) -> Run {
        build::run(&self.base)
    }

    /// `[run.stop]`; `None` when every cell has all replicates.
    pub(crate) fn stop_rules(&self) -> Option<StopRules> {
        StopRules::of(&self.base)
    }

    /// `[safety]`.
    #[must_use]
    pub fn safety(&self) -> Safety {
        build::safety(&self.base)
    }

    /// `[[expect]]`.
    #[must_use]
    pub fn expectations(&self) -> &[Expectation] {
        &self.expectations
    }

    /// Objections to some of its expectations, in the form of all that is wrong with a scenario.
    #[must_use]
    pub fn object(&self, objections: &[Objection]) -> Diagnostics {
        let finding = |objection: &Objection| Some(objection.about(self.expectations.get(objection.expectation)?));
        Diagnostics::new(self.sources.clone(), objections.iter().filter_map(finding).collect())
    }

    /// The swept axes: the zipped ones first, then those of the grid, in the order of the file.
    #[must_use]
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// How many cells there are; 1 without a sweep. Those that its `where` leaves out are none, nor are those that are not
    /// selected.
    #[must_use]
    pub fn cell_count(&self) -> u64 {
        self.cells.len()
    }

    /// How many cells the whole scenario has, of which [`Scenario::cell_count`] are selected.
    pub(crate) const fn planned_count(&self) -> u64 {
        self.planned
    }

    /// Whether some of its cells are not selected, so that not all can be said about it.
    pub(crate) fn is_partial(&self) -> bool {
        self.cells.len() < self.planned
    }

    /// How many checks all expectations make together, those on cells that are not selected included.
    #[must_use]
    pub fn check_count(&self) -> usize {
        self.expectations.iter().map(|expectation| expectation.subjects.len() + expectation.unselected).sum()
    }

    /// Bytes that a plan keeps of its cells.
    #[cfg(test)]
    pub(super) fn kept_bytes(&self) -> u64 {
        self.cells.chosen().map_or(0, |chosen| std::mem::size_of_val(chosen) as u64)
    }

    /// Cell number `index`, made on the spot: of its cells a plan keeps four bytes each when a condition chooses them, and
    /// nothing otherwise. The last grid axis runs fastest, the zipped group slowest. Indices wrap at
    /// [`Scenario::cell_count`].
    #[must_use]
    pub fn cell(&self, index: u64) -> Cell {
        let index = index % self.cells.len().max(1);
        let combination = self.cells.get(index);
        // Loading has made every cell once and found nothing wrong with any.
        let ground = Ground { base: &self.base, sweep: &self.sweep, files: &self.files };
        let settings = ground.settings(combination, &mut Vec::new());
        let id = identity::cell_id(&settings);
        Cell { id, index, axes: self.sweep.values(combination), setup: build::setup(&settings) }
    }

    /// Cell number `index` as a scenario of its own, which names the files of [`Scenario::files`] as they are stored. Of the
    /// expectations it keeps those that are about the cell alone.
    pub(crate) fn outline(&self, index: u64) -> Outline {
        let ground = Ground { base: &self.base, sweep: &self.sweep, files: &self.files };
        let settings = ground.settings(self.cells.get(index), &mut Vec::new());
        outline::of(&settings, &self.expectations, index)
    }

    /// Every cell that has not the first value of the axis `key`, in the order of the plan, with the cell that has it and
    /// is equal on all other axes; cells without such a partner are left out.
    pub(crate) fn against_first(&self, key: &str) -> Vec<(u64, u64)> {
        cells::against_first(&self.sweep, &self.cells, key)
    }
}

fn read_text(path: &Path) -> Result<String, Diagnostics> {
    let bytes = files::read(path).map_err(|error| unreadable(path, &error))?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        not_utf8(path, &String::from_utf8_lossy(&error.as_bytes()[..valid]))
    })
}

fn unreadable(path: &Path, error: &io::Error) -> Diagnostics {
    let path = path.display();
    let finding = Diagnostic::new(None, format!("cannot read the scenario `{path}`: {error}"));
    let help = match error.kind() {
        io::ErrorKind::NotFound => "check the path; scenarios to start from are in `scenarios/`",
        io::ErrorKind::IsADirectory => "name a scenario file, such as `scenarios/quickstart.toml`",
        io::ErrorKind::PermissionDenied => "make the file readable for this user",
        _ => "name a readable TOML file",
    };
    Diagnostics::new(Vec::new(), vec![finding.help(help)])
}

fn not_utf8(path: &Path, valid: &str) -> Diagnostics {
    let line = valid.matches('\n').count() + 1;
    let column = valid.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let message = format!("the scenario `{}` is not UTF-8 text from line {line}, column {column} on", path.display());
    let finding = Diagnostic::new(None, message).help("scenario files are TOML; save this one as UTF-8");
    Diagnostics::new(Vec::new(), vec![finding])
}
