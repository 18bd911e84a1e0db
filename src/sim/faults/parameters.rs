//! Parameters of faults: what a scenario's table says beside what all faults have.

use crate::engine::{Distribution, Span};

/// A key of a fault's table in a scenario.
///
/// ```
/// use donsim::sim::{FAULTS, Parameter};
///
/// let find = |name: &str| FAULTS.iter().find(|fault| fault.name == name).expect("a fault of this name");
/// let [Parameter { name, default, .. }] = find("duplicate_answers").parameters else { panic!("one parameter") };
/// assert_eq!((*name, *default), ("copies", Some("2")));
/// assert_eq!(find("slow").parameters[0].default, None, "how slow has to be said");
/// ```
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
///
/// ```
/// use donsim::sim::{FAULTS, ParameterKind};
///
/// let find = |name: &str| FAULTS.iter().find(|fault| fault.name == name).expect("a fault of this name");
/// assert_eq!(find("duplicate_answers").parameters[0].kind, ParameterKind::Count { min: 2, max: 1_000 });
/// assert_eq!(find("slow").parameters[0].kind, ParameterKind::Distribution);
/// ```
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
///
/// ```
/// use donsim::engine::{Distribution, Span};
/// use donsim::sim::{FaultKind, Value};
///
/// assert_eq!((Value::from(3), Value::from(true)), (Value::Count(3), Value::Flag(true)));
/// let slow = |millis| FaultKind::named("slow", [Distribution::constant(Span::from_millis(millis)).into()]);
/// assert!(slow(100) == slow(100) && slow(100) != slow(200), "a kind of fault is told by its values, too");
/// ```
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
