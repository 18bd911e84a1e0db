//! A loaded scenario: its identity and, on demand, its cells.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::diagnostics::{Diagnostic, Diagnostics, Place, Source, Sources};
use super::document::{self, Node, Override};
use super::expect::{self, Expectation, Objection};
use super::files::{self, Files, NamedFile};
use super::lower::{Lowering, is_name};
use super::settings::Settings;

use super::sweep::{RawSweep, Sweep};
use super::value::Value;
use super::{Axis, AxisValue, build, render, validate};
use crate::sim::{Run, Safety, Setup};

/// Part of every id: raised whenever the same scenario begins to give other results.
pub const RESULTS_VERSION: u32 = 1;

/// Findings across keys beyond this many are of no more help.
const MAX_CELL_FINDINGS: usize = 50;

/// A scenario: one file with its overrides, checked as a whole.
#[derive(Debug)]
pub struct Scenario {
    name: String,
    id: String,
    sources: Sources,
    resolved: String,
    named: Vec<NamedFile>,
    files: Files,
    base: Settings,
    sweep: Sweep,
    axes: Vec<Axis>,
    run: Run,
    safety: Safety,
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
    /// What it simulates.
    pub setup: Setup,
}

impl Scenario {
    /// Reads the scenario file at `path`, with `key=value` overrides that outrank it.
    ///
    /// # Errors
    /// Everything that is wrong with the file, the overrides and the files that they name, at once.
    pub fn load(path: &Path, overrides: &[String]) -> Result<Self, Diagnostics> {
        let bytes = files::read(path).map_err(|error| unreadable(path, &error))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            not_utf8(path, &String::from_utf8_lossy(&error.as_bytes()[..valid]))
        })?;
        Self::parse(path, text, overrides)
    }

    /// The scenario in `text`, as if it were read from the file at `path`: that names it when it does not name itself,
    /// and its folder is where the files lie that it names.
    ///
    /// # Errors
    /// As [`Scenario::load`].
    pub fn parse(path: &Path, text: String, overrides: &[String]) -> Result<Self, Diagnostics> {
        let mut sources = vec![Source { name: path.display().to_string(), text }];
        let (root, mut findings) = document::parse(&sources[0].text, 0);
        let broken = !findings.is_empty();
        let overrides = read_overrides(overrides, &mut sources, &mut findings);
        if broken {
            // Whatever a broken text seems to say would only be noise.
            return Err(Diagnostics::new(sources, findings));
        }
        let draft = Draft::read(path, &root, &overrides, &mut findings);
        let mut warnings = Vec::new();
        let (draft, sweep) = draft.lower(&mut findings);
        if let Some(sweep) = &sweep {
            check_cells(&draft, sweep, &mut findings, &mut warnings);
        }
        let expectations = expect::read(&draft.settings, sweep.as_ref(), &draft.files, &sources, &mut findings);
        match sweep {
            Some(sweep) if findings.is_empty() => {
                let warnings = (!warnings.is_empty()).then(|| Diagnostics::new(sources.clone(), warnings));
                Ok(Self { warnings, ..draft.finish(sources, sweep, expectations) })
            }
            _ => Err(Diagnostics::new(sources, findings)),
        }
    }

    /// What is probably not meant, if something is.
    #[must_use]
    pub const fn warnings(&self) -> Option<&Diagnostics> {
        self.warnings.as_ref()
    }

    /// Its name, which is also the name of its folder of results.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// 8 letters and digits that change with everything that may change results.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The file, verbatim.
    #[must_use]
    pub fn text(&self) -> &str {
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
    pub const fn run(&self) -> Run {
        self.run
    }

    /// `[safety]`.
    #[must_use]
    pub const fn safety(&self) -> Safety {
        self.safety
    }

    /// `[[expect]]`.
    #[must_use]
    pub fn expectations(&self) -> &[Expectation] {
        &self.expectations
    }

    /// What is to be said against some of its expectations, in the form of all that is wrong with a scenario.
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

    /// How many cells there are; 1 without a sweep.
    #[must_use]
    pub const fn cell_count(&self) -> u64 {
        self.sweep.count
    }

    /// Cell number `index`, made on the spot: a plan takes no memory for its cells. The last grid axis runs fastest,
    /// the zipped group slowest. Indices wrap at [`Scenario::cell_count`].
    #[must_use]
    pub fn cell(&self, index: u64) -> Cell {
        let index = index % self.sweep.count.max(1);
        // Loading has made every cell once and found nothing wrong with any.
        let settings = self.sweep.settings(&self.base, index, &self.files, &mut Vec::new());
        Cell {
            id: id(&cell_digest(&settings), 12),
            index,
            axes: self.sweep.values(index),
            setup: build::setup(&settings),
        }
    }
}

/// A scenario in the making.
struct Draft {
    settings: Settings,
    sweep: RawSweep,
    files: Files,
}

impl Draft {
    /// Lays the file, the overrides and the schema's defaults over each other and reads the files they name.
    fn read(path: &Path, root: &Node, overrides: &[Override], findings: &mut Vec<Diagnostic>) -> Self {
        let (mut settings, sweep) = Settings::read(root, findings);
        let mut sweep = RawSweep::read(sweep.as_ref(), &settings, findings);
        for set in overrides {
            match settings.target(&set.path) {
                Ok(target) if sweep.pin(&target, set) => {}
                Ok(target) => {
                    let given = settings.give(&target, &Arc::new(set.value.clone()));
                    findings.extend(given.err().or_else(|| sweep.clash(&target, set)));
                }
                Err(finding) => findings.push(finding),
            }
        }
        name_after(path, &mut settings, findings);
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut files = Files::default();
        let mut load = |name: &str| files.load(folder, name);
        let given = settings.groups.iter().flat_map(|group| &group.slots).filter_map(|slot| slot.given.as_ref());
        given.for_each(|node| node.for_each_file(&mut load));
        sweep.for_each_file(&mut load);
        Self { settings, sweep, files }
    }

    /// Understands every value.
    fn lower(mut self, findings: &mut Vec<Diagnostic>) -> (Self, Option<Sweep>) {
        let mut lowering = Lowering::new(&self.files);
        for group in 0..self.settings.groups.len() {
            for slot in 0..self.settings.groups[group].slots.len() {
                // A table that an axis completes may be incomplete by itself; every cell reads it anew.
                if !self.sweep.touches_part_of(group, slot) {
                    self.settings.lower(group, slot, &mut lowering);
                }
            }
        }
        let raw = std::mem::take(&mut self.sweep);
        let swept: Vec<(usize, usize)> = raw.slots().collect();
        let sweep = raw.lower(&self.settings, &mut lowering);
        findings.append(&mut lowering.findings);
        if sweep.is_none() {
            findings.extend(self.check_unswept(&swept));
        }
        (self, sweep)
    }

    /// What is wrong with the file as a whole when its sweep makes no cells; says nothing of keys that it sweeps.
    fn check_unswept(&self, swept: &[(usize, usize)]) -> Vec<Diagnostic> {
        let mut settings = self.settings.clone();
        for (group, slot) in swept {
            settings.groups[*group].slots[*slot].broken = true;
        }
        settings.derive();
        validate::check(&settings)
    }

    fn finish(self, sources: Sources, sweep: Sweep, expectations: Vec<Expectation>) -> Scenario {
        let Self { settings: base, files, .. } = self;
        let first = sweep.settings(&base, 0, &files, &mut Vec::new());
        let identity = format!("donsim {RESULTS_VERSION}\n{}", render::identity(&first, &sweep));
        let id = id(&Sha256::digest(identity.as_bytes()), 8);
        Scenario {
            warnings: None,
            name: first.group("").get("name"),
            id,
            sources,
            resolved: render::resolved(&first, &sweep),
            named: files.named(),
            axes: sweep.axes.iter().map(|axis| axis.axis.clone()).collect(),
            run: build::run(&base),
            safety: build::safety(&base),
            expectations,
            files,
            base,
            sweep,
        }
    }
}

fn read_overrides(texts: &[String], sources: &mut Sources, findings: &mut Vec<Diagnostic>) -> Vec<Override> {
    let mut overrides = Vec::new();
    for text in texts {
        match document::parse_override(text, sources.len()) {
            Ok(set) => overrides.push(set),
            Err(finding) => findings.push(finding),
        }
        sources.push(Source { name: "--set".into(), text: text.clone() });
    }
    overrides
}

/// A scenario without a name has its file's.
fn name_after(path: &Path, settings: &mut Settings, findings: &mut Vec<Diagnostic>) {
    let stem = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let group = settings.groups.iter_mut().find(|group| group.section.path.is_empty());
    let slot = group.and_then(|group| group.section.index_of("name").map(|index| &mut group.slots[index]));
    let Some(slot) = slot.filter(|slot| slot.given.is_none()) else { return };
    if !is_name(&stem) {
        findings.push(
            Diagnostic::new(
                Place { source: 0, start: 0, end: 0 },
                format!("the file's name {stem:?} cannot be a folder's"),
            )
            .help("add `name = \"…\"` to the file, of letters, digits, `_`, `-` and `.`"),
        );
    }
    slot.value = Arc::new(Value::Text(stem));
}

/// Makes every cell once and reports what is wrong with it as a whole.
fn check_cells(draft: &Draft, sweep: &Sweep, findings: &mut Vec<Diagnostic>, warnings: &mut Vec<Diagnostic>) {
    let in_cell = |finding: Diagnostic, index| {
        let note = || format!("in the cell {}", sweep.describe(index));
        if sweep.axes.is_empty() { finding } else { finding.note(note()) }
    };
    let sound_so_far = findings.is_empty();
    let mut seen: BTreeSet<_> = findings.iter().map(Diagnostic::key).collect();
    let limit = seen.len() + MAX_CELL_FINDINGS;
    let mut cells = BTreeMap::new();
    let mut warned = BTreeSet::new();
    for index in 0..sweep.count {
        let mut found = Vec::new();
        let settings = sweep.settings(&draft.settings, index, &draft.files, &mut found);
        found.extend(validate::check(&settings));
        if let Some(twin) = cells.insert(cell_digest(&settings), index).filter(|_| sound_so_far && found.is_empty()) {
            found.push(same_cell(sweep, twin, index));
        }
        for finding in found.into_iter().filter(|finding| seen.insert(finding.key())) {
            findings.push(in_cell(finding, index));
        }
        for warning in validate::warnings(&settings) {
            if warned.insert(warning.key()) {
                warnings.push(in_cell(warning, index));
            }
        }
        if seen.len() >= limit {
            return;
        }
    }
}

fn same_cell(sweep: &Sweep, twin: u64, index: u64) -> Diagnostic {
    let message = format!("cells {twin} and {index} of the sweep are the same");
    Diagnostic::new(sweep.place(index), message)
        .label("repeats an earlier cell")
        .note(format!("the other is {}", sweep.describe(twin)))
        .help("every cell of a sweep must differ from all others; remove the repeated value")
}

fn cell_digest(settings: &Settings) -> [u8; 32] {
    let text = render::cell(settings);
    let mut hash = Sha256::new();
    hash.update(format!("donsim cell {RESULTS_VERSION}\n"));
    hash.update(text.as_bytes());
    hash.finalize().into()
}

/// The first hexadecimal digits of a digest. Tables are read by programs that take 12345678 and 1234e567 for numbers:
/// the first digit of such an id becomes a letter from `g` on.
fn id(digest: &[u8], digits: usize) -> String {
    let mut id = files::hex(digest);
    id.truncate(digits);
    let (first, rest) = id.split_at(1);
    let letters = rest.trim_matches(|c: char| c.is_ascii_digit());
    let is_number = letters.is_empty() || letters == "e" && !rest.ends_with('e');
    match first.bytes().next() {
        Some(digit @ b'0'..=b'9') if is_number => format!("{}{rest}", char::from(b'g' + digit - b'0')),
        _ => id,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_id_reads_as_a_number() {
        for (digest, expected) in [
            ([0x12, 0x34, 0x56, 0x78], "h2345678"),
            ([0x92, 0x34, 0xe5, 0x67], "p234e567"),
            ([0x1e, 0x34, 0x55, 0x67], "he345567"),
            ([0x12, 0x34, 0xd5, 0x67], "1234d567"),
            ([0xe2, 0x34, 0x55, 0x67], "e2345567"),
            ([0x12, 0x34, 0x55, 0x6e], "1234556e"),
            ([0x12, 0x3e, 0x55, 0xe7], "123e55e7"),
            ([0x12, 0x3a, 0x55, 0x67], "123a5567"),
        ] {
            assert_eq!(id(&digest, 8), expected);
        }
        assert_eq!(id(&[0xab, 0xcd], 3), "abc");
    }
}
