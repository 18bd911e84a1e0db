//! Tables and keys of a scenario file as types; `tables` has all of them.

use std::borrow::Cow;

use super::kinds::{Count, Kind, MAX_NODES, TIME};

/// Default of a key that is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// Nothing: the key must be there.
    Required,
    /// This TOML value.
    Value(&'static str),
    /// A value that follows from other keys: the rule in words, and the dotted keys it reads.
    Derived(&'static str, &'static [&'static str]),
    /// No value at all, which means this.
    Open(&'static str),
}

/// A key of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    pub(super) kind: &'static dyn Kind,
    /// What holds when it is absent.
    pub preset: Preset,
    /// What it says, in one line.
    pub meaning: &'static str,
    /// A value, as TOML, that shows what can be written; `None` where the kind's own example does.
    pub(super) example: Option<&'static str>,
    pub(super) words: Words,
    /// Whether `resolved.toml` is silent about it where it is absent: a key that is younger than results which stay.
    pub(super) unwritten: bool,
}

/// Names of a key, or of a parameter in it, in tables and pictures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Words {
    /// Title of an axis of it, without the unit; `{}` is the name of its table, a fault's. Empty for the key itself.
    pub title: &'static str,
    /// Its name in a column's head and within a sentence; empty for its path, and for the title.
    pub label: &'static str,
    /// The end of a title that tells what happens along its axis; empty where there is none.
    pub along: &'static str,
    pub parts: &'static [(&'static str, Words)],
}

impl Words {
    const NONE: Self = Self { title: "", label: "", along: "", parts: &[] };
}

/// Words of a parameter: its title, its name within a sentence, and what happens along its axis.
pub(super) const fn part(title: &'static str, label: &'static str, along: &'static str) -> Words {
    Words { title, label, along, ..Words::NONE }
}

impl Key {
    /// Key with an example of its own.
    pub(super) const fn such_as(self, example: &'static str) -> Self {
        Self { example: Some(example), ..self }
    }

    pub(super) const fn axis(self, title: &'static str) -> Self {
        Self { words: Words { title, ..self.words }, ..self }
    }

    pub(super) const fn unwritten(self, unwritten: bool) -> Self {
        Self { unwritten, ..self }
    }

    /// Key with a name for tables.
    pub(super) const fn column(self, label: &'static str) -> Self {
        Self { words: Words { label, ..self.words }, ..self }
    }

    pub(super) const fn along(self, along: &'static str) -> Self {
        Self { words: Words { along, ..self.words }, ..self }
    }

    pub(super) const fn parts(self, parts: &'static [(&'static str, Words)]) -> Self {
        Self { words: Words { parts, ..self.words }, ..self }
    }

    /// Table and name of the key whose value this one has by default, if there is such a key.
    pub(super) fn origin(&self) -> Option<(&'static str, &'static str)> {
        match self.preset {
            Preset::Derived(rule, [origin]) if rule == *origin => origin.rsplit_once('.'),
            _ => None,
        }
    }

    /// Whether two keys are the same in files, whatever they are called in pictures.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        Self { words: other.words, ..*self } == *other
    }

    /// A value that shows what can be written for it.
    pub(super) fn example(&self) -> String {
        self.example.map_or_else(|| self.kind.about().example, Into::into)
    }
}

/// A table, or one kind of table array.
#[derive(Clone, Debug)]
pub(super) struct Section {
    /// Its dotted name; empty for the top of the file.
    pub path: &'static str,
    /// Its subject, in one line.
    pub meaning: &'static str,
    /// Whether there may be any number of it (`[[…]]`).
    pub list: bool,
    /// Whether its keys may be swept.
    pub sweepable: bool,
    pub keys: Cow<'static, [Key]>,
}

impl Section {
    /// The dotted name of one of its keys.
    pub fn dotted(&self, key: &str) -> String {
        if self.path.is_empty() { key.into() } else { format!("{}.{key}", self.path) }
    }

    /// Where the key called `name` is in [`Section::keys`].
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.keys.iter().position(|key| key.name == name)
    }
}

/// The tables of what is expected; no result depends on them, so ids do not either.
pub(super) const EXPECT: &str = "expect";

/// The table of axes.
pub(super) const SWEEP: &str = "sweep";

/// The table of rules that end a cell early.
pub(super) const STOP: &str = "run.stop";

/// The tables in `[sweep]` whose keys are those of other tables, each with an array of values or a range.
pub(super) const AXES: &[(&str, &str)] = &[
    ("zip", "Axes that advance together, all of one length; they are the slowest."),
    ("grid", "Axes of which every combination is a cell; the last one is the fastest."),
];

/// The parameters of a range, which stands for the list of its values.
pub(super) const RANGE: &[(&str, &str)] = &[
    ("from", "The first value."),
    ("to", "The last value; with a step, unless the steps miss it."),
    ("step", "The distance of two values; this or `points`."),
    (
        "points",
        "How many values there are, ends included. What does not come out even has three significant digits; counts are \
         whole, and equal ones are one.",
    ),
    ("scale", "With `points`: \"linear\" (the default), or \"log\" for equal ratios."),
];

pub(super) const UP_TO_ALL: &dyn Kind = &Count { min: 0, max: MAX_NODES };

pub(super) const fn key(name: &'static str, kind: &'static dyn Kind, preset: Preset, meaning: &'static str) -> Key {
    Key { name, kind, preset, meaning, example: None, words: Words::NONE, unwritten: false }
}

/// A key: its name, kind, what holds without it, and meaning; behind these whatever methods of [`Key`] add.
macro_rules! row {
    ($name:ident: $kind:expr, $preset:expr, $meaning:expr $(, $more:ident $value:expr)*) => {
        key(stringify!($name), $kind, $preset, $meaning)$(.$more($value))*
    };
    ($key:ident) => {
        $key
    };
}
pub(super) use row;

pub(super) const START: Key =
    row!(start: &TIME, Preset::Value("\"0s\""), "When it begins.", such_as "\"1s\"", axis "Beginning");
pub(super) const END: Key = row!(end: &TIME, Preset::Open("it never ends"),
    "When it is over; the instant itself is outside.", such_as "\"5s\"", axis "End");
