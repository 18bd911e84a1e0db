//! Parameters of faults: what a scenario's table says beside what all faults have.

use crate::engine::{Distribution, Span};

/// A key of a fault's table in a scenario.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Name of the key.
    pub name: &'static str,
    /// Kind of its values.
    pub kind: ParameterKind,
    /// Default as TOML; `None` for a key that may not be absent.
    pub default: Option<&'static str>,
    /// Meaning in one line.
    pub meaning: &'static str,
    /// Example as TOML; `None` where that of the kind will do.
    pub example: Option<&'static str>,
}

impl Parameter {
    /// A key that may not be absent.
    pub(super) const fn required(name: &'static str, kind: ParameterKind, meaning: &'static str) -> Self {
        Self { name, kind, default: None, meaning, example: None }
    }

    /// A key with a default.
    pub(super) const fn new(
        name: &'static str,
        kind: ParameterKind,
        default: &'static str,
        meaning: &'static str,
    ) -> Self {
        Self { name, kind, default: Some(default), meaning, example: None }
    }

    /// The same with an example.
    pub(super) const fn such_as(self, example: &'static str) -> Self {
        Self { example: Some(example), ..self }
    }
}

/// Kinds of parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// A whole number within bounds, both included: [`Value::Count`].
    Count {
        /// The least.
        min: u64,
        /// The most.
        max: u64,
    },
    /// A length of time: [`Value::Time`].
    Time,
    /// A distribution of a time: [`Value::Distribution`].
    Distribution,
    /// Yes or no: [`Value::Flag`].
    Flag,
    /// A text that is not empty: [`Value::Text`].
    Text,
    /// A number of bytes: [`Value::Count`].
    Size,
    /// One of these words: [`Value::Word`].
    Word(&'static [&'static str]),
}

/// A value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A whole number.
    Count(u64),
    /// A length of time.
    Time(Span),
    /// A distribution of a time.
    Distribution(Distribution),
    /// Yes or no.
    Flag(bool),
    /// A text.
    Text(String),
    /// One of the words of its kind.
    Word(&'static str),
}

/// The values of a fault's parameters, in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Values(pub Vec<Value>);

impl Values {
    /// Value number `at`.
    ///
    /// # Panics
    /// When it is not of the kind that the fault's own definition gives to the parameter.
    pub(super) fn get<T: FromValue>(&self, at: usize) -> T {
        self.0.get(at).and_then(T::from_value).expect("a fault reads its parameters as it defines them")
    }
}

/// A type that a value may have.
pub(super) trait FromValue: Sized {
    /// `None` for a value of another kind.
    fn from_value(value: &Value) -> Option<Self>;
}

macro_rules! value {
    ($($variant:ident($type:ty),)+) => {
        $(
            impl FromValue for $type {
                fn from_value(value: &Value) -> Option<Self> {
                    if let Value::$variant(value) = value { Some(value.clone()) } else { None }
                }
            }

            impl From<$type> for Value {
                fn from(value: $type) -> Self {
                    Self::$variant(value)
                }
            }
        )+
    };
}

value! {
    Count(u64),
    Time(Span),
    Distribution(Distribution),
    Flag(bool),
    Text(String),
    Word(&'static str),
}

impl FromValue for u32 {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Count(count) = value { Self::try_from(*count).ok() } else { None }
    }
}
