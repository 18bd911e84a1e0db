//! All keys of a scenario with their values and origins: what the file and `--set` say laid over the schema's defaults.

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use super::diagnostics::{Diagnostic, Place, did_you_mean, is_enough};
use super::document::{self, Entry, Node, Path, Raw};
use super::files::Files;
use super::kinds::{AgreementLatency, FromValue, Kind, Lowering, Value, parameter};
use super::schema::{EXPECT, Key, Preset, SWEEP, Section};
use super::tables::{INHERITED, SECTIONS, children, number_of, owner};
use crate::engine::{Span, Time, Window};
use crate::sim::PayloadHolders;

/// One key of one table.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    /// Value that the file, `--set` or an axis gives.
    pub given: Option<Arc<Node>>,
    /// Its meaning, or the default when nothing valid is given; `None` where there is none, or none yet that follows from
    /// others.
    pub value: Option<Value>,
    /// Whether `given` was refused: what else it would violate is unknown.
    pub broken: bool,
    /// Whether `given` comes from an axis.
    pub swept: bool,
}

/// One table of the file.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub section: &'static Section,
    /// The section's place in the schema.
    number: usize,
    /// Its header, when it has one.
    pub at: Option<Place>,
    /// One for each of the section's keys, in their order.
    pub slots: Vec<Slot>,
}

/// All tables, in the order of the schema.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub groups: Vec<Group>,
}

/// A key that a dotted path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub group: usize,
    pub slot: usize,
    /// The way on into an inline table: `["p50"]` in `network.latency.p50`.
    pub rest: Vec<String>,
    /// The path in its one canonical form.
    pub dotted: String,
}

/// Defaults by section and key; parsed once, for they are the same in every scenario.
static DEFAULTS: LazyLock<Vec<Vec<Option<Value>>>> = LazyLock::new(|| {
    let files = Files::default();
    let of = |section: &Section, key: &Key| {
        let Preset::Value(text) = key.preset else { return None };
        let node = document::value(text, Place::NOWHERE)?;
        key.kind.read(&mut Lowering::new(&files, &mut Vec::new()), &section.dotted(key.name), &node)
    };
    SECTIONS.iter().map(|section| section.keys.iter().map(|key| of(section, key)).collect()).collect()
});

/// Stand-in for a key that a table does not have.
static NO_SLOT: Slot = Slot { given: None, value: None, broken: false, swept: false };

impl Slot {
    /// Where its value stands in the file.
    pub fn place(&self) -> Option<Place> {
        self.given.as_ref().map(|node| node.at)
    }
}

impl Group {
    fn new(section: &'static Section, at: Option<Place>) -> Self {
        let number = number_of(section.path).unwrap_or_default();
        // What has to be there and is not is as unknown as what is refused.
        let slot = |(value, key): (&Option<Value>, &Key)| Slot {
            given: None,
            value: value.clone(),
            broken: key.preset == Preset::Required,
            swept: false,
        };
        Self { section, number, at, slots: DEFAULTS[number].iter().zip(section.keys.iter()).map(slot).collect() }
    }

    /// The slot called `name`; whoever asks for it knows that the table has it.
    pub fn slot(&self, name: &str) -> &Slot {
        let index = self.section.index_of(name);
        assert!(index.is_some(), "there is no key {name} in [{}]", self.section.path);
        index.and_then(|index| self.slots.get(index)).unwrap_or(&NO_SLOT)
    }

    /// The value of the key called `name`, or what stands for it while it is missing or refused.
    pub fn get<T: FromValue>(&self, name: &str) -> T {
        T::from_value(self.slot(name).value.as_deref())
    }

    /// The text that is given for a key, and where; `None` when none is, or one that was refused.
    pub fn text(&self, name: &str) -> Option<(String, Place)> {
        let slot = self.slot(name);
        slot.place().filter(|_| !slot.broken).map(|at| (self.get(name), at))
    }

    pub fn window(&self) -> Window {
        let end: Option<Span> = self.get("end");
        let at = |span: Span| Time::ZERO + span;
        Window { start: at(self.get("start")), end: end.map_or(Time::NEVER, at) }
    }

    /// Keys and slots side by side.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Key, &Slot)> {
        self.section.keys.iter().zip(&self.slots)
    }

    /// Those that `resolved.toml` and ids know of: all but young keys that are absent.
    pub fn written(&self) -> impl Iterator<Item = (&'static Key, &Slot)> {
        self.iter().filter(|(key, slot)| !key.unwritten || slot.value.is_some())
    }

    /// Findings about keys that have to be there and are not.
    pub fn missing(&self) -> impl Iterator<Item = Diagnostic> {
        let is_missing = |(key, slot): &(&Key, &Slot)| key.preset == Preset::Required && slot.given.is_none();
        self.iter().filter(is_missing).map(|(key, _)| missing(self, key))
    }
}

impl Target {
    /// Kind of the parameter that it leads to; `None` for a whole key, and where there is no such parameter.
    pub fn parameter(&self) -> Option<&'static dyn Kind> {
        parameter(self.rest.last()?)
    }
}

impl Settings {
    /// Reads all tables; axes of `[sweep]` are for others to read.
    pub fn read(root: &Node, findings: &mut Vec<Diagnostic>) -> Self {
        let plain = SECTIONS.iter().filter(|section| !section.list);
        let mut settings = Self { groups: plain.map(|section| Group::new(section, None)).collect() };
        let top = Place { source: root.at.source, start: 0, end: 0 };
        settings.read_table("", root, top, findings);
        settings.groups.sort_by_key(|group| group.number);
        settings
    }

    fn read_table(&mut self, path: &str, node: &Node, at: Place, findings: &mut Vec<Diagnostic>) {
        let Raw::Table(entries) = &node.raw else {
            // Whoever reads the axes says so of theirs.
            findings.extend((path != SWEEP).then(|| node.is_no_table(path, &format!("[{path}]"), "keys")));
            return;
        };
        let group = self.groups.iter().position(|group| group.section.path == path && !group.section.list);
        if let Some(group) = group {
            self.groups[group].at = Some(at);
        }
        for entry in entries {
            if is_enough(findings) {
                return;
            }
            let child = join(path, &entry.key);
            let slot = group.and_then(|group| self.groups[group].section.index_of(&entry.key));
            if let (Some(group), Some(slot)) = (group, slot) {
                self.groups[group].slots[slot].given = Some(Arc::new(entry.value.clone()));
            } else if let Some(section) = SECTIONS.iter().find(|section| section.list && section.path == child) {
                self.read_list(section, entry, findings);
            } else if is_table(&child) {
                self.read_table(&child, &entry.value, entry.key_at, findings);
            } else if path != SWEEP {
                findings.push(unknown_key(path, entry));
            }
        }
    }

    fn read_list(&mut self, section: &'static Section, entry: &Entry, findings: &mut Vec<Diagnostic>) {
        let Raw::Array(items) = &entry.value.raw else {
            let message = format!("`{}` may be there several times", section.path);
            let help = format!("write [[{}]] with two brackets", section.path);
            findings.push(Diagnostic::new(entry.key_at, message).label("must be an array of tables").help(help));
            return;
        };
        for item in items {
            let Raw::Table(entries) = &item.raw else {
                findings.push(item.is_no_table(section.path, &format!("[[{}]]", section.path), "keys"));
                continue;
            };
            let mut group = Group::new(section, Some(item.at));
            for entry in entries {
                match section.index_of(&entry.key) {
                    Some(slot) => group.slots[slot].given = Some(Arc::new(entry.value.clone())),
                    None if is_enough(findings) => return,
                    None => findings.push(unknown_key(section.path, entry)),
                }
            }
            self.groups.push(group);
        }
    }

    /// The one table called `path`.
    pub fn group(&self, path: &str) -> &Group {
        self.list(path).find(|group| !group.section.list).unwrap_or_else(|| {
            // Plain tables are always there, and callers name them by literals.
            unreachable!("there is no table [{path}]")
        })
    }

    /// All tables called `path`, in the order of the file.
    pub fn list(&self, path: &str) -> impl Iterator<Item = &Group> {
        self.groups[self.range(path)].iter()
    }

    /// Where all tables called `path` are among the groups, which are in the order of the schema.
    fn range(&self, path: &str) -> Range<usize> {
        let Some(number) = number_of(path) else { return 0..0 };
        let below = |number: usize| self.groups.partition_point(|group| group.number < number);
        below(number)..below(number + 1)
    }

    /// Where a dotted path leads.
    pub fn target(&self, path: &Path) -> Result<Target, Diagnostic> {
        let (section, rest) = owner(&path.dotted).ok_or_else(|| unknown_path(path))?;
        let mut words = rest.split('.').peekable();
        let number = words.peek().filter(|_| section.list).and_then(|word| word.parse::<usize>().ok());
        let key = words.nth(usize::from(number.is_some())).unwrap_or_default();
        let slot = section.index_of(key).ok_or_else(|| unknown_path(path))?;
        let groups = self.range(section.path);
        let position = match number {
            None if groups.len() == 1 => 0,
            Some(number) if number < groups.len() => number,
            _ => return Err(no_such_table(path, section, groups.len())),
        };
        let group = groups.start + position;
        let table = if groups.len() > 1 { format!("{}.{position}", section.path) } else { section.path.into() };
        let rest: Vec<String> = words.map(Into::into).collect();
        if !rest.is_empty() && section.keys[slot].kind.table().is_none() {
            return Err(one_value(path, &join(&table, key)));
        }
        let dotted = rest.iter().fold(join(&table, key), |dotted, word| join(&dotted, word));
        Ok(Target { group, slot, rest, dotted })
    }

    pub fn key(&self, target: &Target) -> &'static Key {
        &self.groups[target.group].section.keys[target.slot]
    }

    /// Kind of the key, or of the part of it, that `target` names.
    pub fn kind(&self, target: &Target) -> &'static dyn Kind {
        target.parameter().unwrap_or(self.key(target).kind)
    }

    /// Gives the key (or a part of its inline table) a value, not yet understood.
    pub fn give(&mut self, target: &Target, node: &Arc<Node>) -> Result<(), Diagnostic> {
        let key = self.key(target);
        let slot = &mut self.groups[target.group].slots[target.slot];
        if target.rest.is_empty() {
            slot.given = Some(Arc::clone(node));
            return Ok(());
        }
        let whole = match (&slot.given, key.preset) {
            (Some(given), _) => Some(given.as_ref().clone()),
            (None, Preset::Value(text)) => document::value(text, node.at),
            (None, _) => None,
        };
        let inserted = whole.and_then(|mut whole| insert(&mut whole, &target.rest, node).then_some(whole));
        let Some(whole) = inserted else {
            return Err(no_parameter(key, target, node));
        };
        slot.given = Some(Arc::new(whole));
        Ok(())
    }

    /// Understands what is given for one key.
    pub fn lower(&mut self, group: usize, slot: usize, lowering: &mut Lowering<'_>) {
        let section = self.groups[group].section;
        let slot_ref = &mut self.groups[group].slots[slot];
        let Some(given) = &slot_ref.given else { return };
        let key = &section.keys[slot];
        match key.kind.read(lowering, &section.dotted(key.name), given) {
            Some(value) => (slot_ref.value, slot_ref.broken) = (Some(value), false),
            None => slot_ref.broken = true,
        }
    }

    /// Fills the defaults that follow from other keys.
    pub fn derive(&mut self) {
        let count = |count: u32| -> Option<Value> { Some(Arc::new(u64::from(count))) };
        for don in ["capability_don", "workflow_don"] {
            let nodes: u32 = self.group(don).get("nodes");
            self.fill(don, "f", count(nodes.saturating_sub(1) / 3), false);
        }
        let workflow = self.group("workflow_don");
        let (nodes, f): (u32, u32) = (workflow.get("nodes"), workflow.get("f"));
        let needed = f.saturating_mul(2).saturating_add(1).min(nodes);
        self.fill("workflow_don", "needed", count(needed), false);
        // Rounds make the holders.
        let is_round = self.group("capability_don").get::<AgreementLatency>("ocr").0.is_none();
        let holders = || -> Value { Arc::new(PayloadHolders::FPlusOne) };
        self.fill("capability_don", "payload_holders", (!is_round).then(holders), false);
        for [(path, key), (table, origin)] in INHERITED.iter() {
            let Slot { value, broken, .. } = self.group(table).slot(origin).clone();
            self.fill(path, key, value, broken);
        }
    }

    /// The slot of a key in a plain table.
    pub fn slot_mut(&mut self, path: &str, key: &str) -> Option<&mut Slot> {
        let group = self.groups.iter_mut().find(|group| group.section.path == path)?;
        group.section.index_of(key).map(|index| &mut group.slots[index])
    }

    /// Gives a key that nothing valid is given for a value that follows from others.
    fn fill(&mut self, path: &str, key: &str, value: Option<Value>, broken: bool) {
        if let Some(slot) = self.slot_mut(path, key).filter(|slot| slot.given.is_none() || slot.broken) {
            slot.value = value;
            slot.broken |= broken;
        }
    }

    /// The same without expectations, on which no cell depends. Keys that may be swept stay where a [`Target`] has them, for
    /// expectations stand behind all of them.
    pub fn of_cells(&self) -> Self {
        Self { groups: self.groups.iter().filter(|group| group.section.path != EXPECT).cloned().collect() }
    }
}

/// Whether none of the values was refused.
pub(super) fn sound(slots: &[&Slot]) -> bool {
    slots.iter().all(|slot| !slot.broken)
}

/// A finding at the slot that most likely causes it: a swept one, else a given one, else the table.
pub(super) fn blame(group: &Group, slots: &[&Slot], message: String) -> Diagnostic {
    let swept = slots.iter().find(|slot| slot.swept);
    let given = slots.iter().find(|slot| slot.given.is_some());
    let place = swept.or(given).and_then(|slot| slot.place()).or(group.at);
    Diagnostic::new(place, message)
}

/// A path into a value that is no table.
fn no_parameter(key: &Key, target: &Target, node: &Node) -> Diagnostic {
    let whole = target.dotted.strip_suffix(&format!(".{}", target.rest.join("."))).unwrap_or(&target.dotted);
    let parameter = target.rest.join(".");
    let table = key.kind.table().unwrap_or_default().replace("{}", &parameter);
    let help = format!("give `{whole}` {table}");
    let finding = Diagnostic::new(node.at, format!("`{whole}` has no parameter `{parameter}`: its value is no table"));
    finding.label(format!("for `{}`", target.dotted)).help(help)
}

fn missing(group: &Group, key: &Key) -> Diagnostic {
    let dotted = group.section.dotted(key.name);
    let finding = Diagnostic::new(group.at, format!("`{dotted}` is missing"));
    if group.section.path.is_empty() {
        finding.help(format!("begin the file with `{} = 1`", key.name))
    } else {
        let help = format!("add it, for example `{} = {}`: {}", key.name, key.example(), key.meaning);
        finding.label(format!("no `{}` in this table", key.name)).help(help)
    }
}

fn insert(table: &mut Node, path: &[String], value: &Node) -> bool {
    match path {
        [] => false,
        [last] => table.insert(last, value.clone()),
        [first, rest @ ..] => {
            let Some(mut inner) = table.get(first).cloned() else { return false };
            insert(&mut inner, rest, value) && table.insert(first, inner)
        }
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.into() } else { format!("{path}.{key}") }
}

fn is_table(path: &str) -> bool {
    SECTIONS.iter().any(|section| section.path == path || section.path.starts_with(&format!("{path}.")))
}

fn unknown_key(path: &str, entry: &Entry) -> Diagnostic {
    let name = entry.key.as_str();
    let message = match path {
        "" if matches!(entry.value.raw, Raw::Table(_) | Raw::Array(_)) => format!("unknown table `{name}`"),
        "" => format!("unknown key `{name}` at the top of the file"),
        "faults" => format!("unknown fault `{name}`"),
        _ if matches!(entry.value.raw, Raw::Table(_)) => format!("unknown table `{name}` in `{path}`"),
        _ => format!("unknown key `{name}` in `{path}`"),
    };
    let known = children(path);
    let elsewhere = SECTIONS.iter().find(|section| !section.list && section.index_of(name).is_some());
    let near = super::diagnostics::nearest(name, known.iter().copied());
    let help = match (near, elsewhere) {
        (None, Some(section)) if !section.path.is_empty() => format!("`{name}` belongs to `[{}]`", section.path),
        _ => did_you_mean(name, known),
    };
    Diagnostic::new(entry.key_at, message).label("not known here").help(help)
}

fn unknown_path(path: &Path) -> Diagnostic {
    let dotted = &path.dotted;
    let all: Vec<String> =
        SECTIONS.iter().flat_map(|section| section.keys.iter().map(|key| section.dotted(key.name))).collect();
    let near = super::diagnostics::nearest(dotted, all.iter().map(String::as_str));
    let same_name = || all.iter().find(|known| known.rsplit('.').next() == dotted.rsplit('.').next());
    let near = near.or_else(|| same_name().map(String::as_str));
    Diagnostic::new(path.at, format!("unknown key `{dotted}`")).label("not a key of any table").help(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "a key goes by its table and its name, such as `network.loss`".into(),
    })
}

/// A path that goes on behind a key of one value.
fn one_value(path: &Path, key: &str) -> Diagnostic {
    let finding = Diagnostic::new(path.at, format!("`{key}` has no parameters")).label("its value is one and whole");
    finding.help(format!("write `{key}`"))
}

fn no_such_table(path: &Path, section: &Section, count: usize) -> Diagnostic {
    let name = section.path;
    let (label, help) = match count {
        0 => (format!("there is no [[{name}]]"), format!("add a [[{name}]] to the file first")),
        1 => ("there is one only".into(), format!("write `{name}.…` without a number, or `{name}.0.…`")),
        count => (format!("there are {count} of them"), format!("write `{name}.0.…` to `{name}.{}.…`", count - 1)),
    };
    Diagnostic::new(path.at, format!("this path leads to no single `{name}`")).label(label).help(help)
}
