//! A cell as conditions look at it.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};

use super::super::axis::AxisValue;
use super::super::diagnostics::Diagnostic;
use super::super::identity;
use super::super::settings::{Settings, Target};
use super::super::sweep::Ground;

/// A cell that conditions look at; no more of it is made than they ask for.
#[derive(Debug)]
pub(in super::super) struct View<'a> {
    ground: Ground<'a>,
    index: u64,
    settings: OnceCell<(Settings, Vec<Diagnostic>)>,
    id: OnceCell<String>,
    /// Whether a key was asked for whose value is refused.
    is_unknown: Cell<bool>,
}

impl<'a> View<'a> {
    /// Of combination number `index`.
    pub const fn new(ground: Ground<'a>, index: u64) -> Self {
        Self { ground, index, settings: OnceCell::new(), id: OnceCell::new(), is_unknown: Cell::new(false) }
    }

    fn make(&self) -> (Settings, Vec<Diagnostic>) {
        let mut findings = Vec::new();
        (self.ground.settings(self.index, &mut findings), findings)
    }

    fn made(&self) -> &Settings {
        &self.settings.get_or_init(|| self.make()).0
    }

    /// The cell's settings, and what is wrong with them one by one.
    pub fn into_settings(mut self) -> (Settings, Vec<Diagnostic>) {
        self.settings.take().unwrap_or_else(|| self.make())
    }

    /// The cell's id.
    pub fn id(&self) -> &str {
        self.id.get_or_init(|| identity::cell_id(self.made()))
    }

    /// The value of a key, or of a parameter in it; without text where it has none. `None` when it was refused.
    pub fn value(&self, target: &Target) -> Option<Cow<'_, AxisValue>> {
        let value = if let Some(axis) = self.ground.sweep.axis_of(target) {
            self.ground.sweep.value(self.index, axis).map(Cow::Borrowed)
        } else {
            let slot = &self.made().groups[target.group].slots[target.slot];
            let part = || target.rest.iter().try_fold(slot.value.clone()?, |value, name| value.part(name));
            let shown = || part().map_or_else(|| AxisValue::word(""), |value| value.axis_value());
            (!slot.broken).then(|| Cow::Owned(shown()))
        };
        self.is_unknown.set(self.is_unknown.get() || value.is_none());
        value
    }

    /// Whether a test holds, or asks for what was refused: what is wrong with that must come to light.
    pub fn may_hold(&self, holds: impl FnOnce(&Self) -> bool) -> bool {
        self.is_unknown.set(false);
        holds(self) || self.is_unknown.get()
    }
}
